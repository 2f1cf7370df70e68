"""Overlays: what the guest writes is apart from the image, in memory or in a file of its own."""

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from retrovm import cli
from retrovm.core.errors import ArgumentError
from retrovm.errors import MediaError
from retrovm.storage import Delta, commit, drop, open_disk, save_overlay

SECTORS = 200
A, B = b"a" * 512, b"b" * 512


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "card.img"
    path.write_bytes(b"".join(bytes([sector]) * 512 for sector in range(SECTORS)))
    return path


@pytest.fixture
def changes(image):
    """An overlay file of two sectors."""
    path = image.with_name("changes")
    disk = open_disk("disk", f"{image}:overlay={path}")
    disk.write_sectors(7, A)
    disk.write_sectors(150, B)
    disk.close()
    return path


def test_the_image_never_changes(image):
    before = image.read_bytes()
    disk = open_disk("disk", f"{image}:overlay")
    for sector in range(SECTORS):
        disk.write_sectors(sector, A)
    assert disk.read_sectors(0, SECTORS) == A * SECTORS
    assert disk.changed == tuple(range(SECTORS))
    assert image.read_bytes() == before
    assert os.listdir(image.parent) == ["card.img"]


def test_a_dropped_overlay_shows_the_image_again(image):
    disk = open_disk("disk", f"{image}:overlay")
    disk.write_sectors(3, A)
    disk.drop()
    assert disk.changed == ()
    assert disk.read_sectors(0, SECTORS) == image.read_bytes()


def test_an_overlay_file_is_gone_on_with(image, changes):
    disk = open_disk("disk", f"{image}:overlay={changes}")
    assert disk.changed == (7, 150)
    disk.write_sectors(7, B)
    disk.write_sectors(8, A)
    disk.close()
    again = open_disk("disk", f"{image}:overlay={changes}")
    assert again.changed == (7, 8, 150)
    assert again.read_sectors(6, 4) == bytes([6]) * 512 + B + A + bytes([9]) * 512


def test_it_holds_more_sectors_than_one_group(image):
    path = image.with_name("changes")
    disk = open_disk("disk", f"{image}:overlay={path}")
    for sector in range(SECTORS - 1, -1, -1):
        disk.write_sectors(sector, bytes([sector ^ 0xFF]) * 512)
    disk.close()
    again = open_disk("disk", f"{image}:overlay={path}")
    assert again.read_sectors(0, SECTORS) == b"".join(bytes([sector ^ 0xFF]) * 512 for sector in range(SECTORS))


def test_an_overlay_file_belongs_to_one_machine(image, changes):
    disk = open_disk("disk", f"{image}:overlay={changes}")
    with pytest.raises(MediaError, match="it is open in another machine"):
        open_disk("disk", f"{image}:overlay={changes}")
    other = open_disk("disk", f"{image}:overlay={changes}.2")
    assert (disk.changed, other.changed) == ((7, 150), ())


def test_a_commit_writes_it_to_the_image_and_deletes_it(image, changes):
    expected = bytearray(image.read_bytes())
    expected[7 * 512:8 * 512] = A
    expected[150 * 512:151 * 512] = B
    assert commit(image, changes) == 2
    assert image.read_bytes() == expected
    assert not changes.exists()


def test_a_drop_deletes_it_and_leaves_the_image(image, changes):
    before = image.read_bytes()
    assert drop(changes) == 2
    assert not changes.exists()
    assert image.read_bytes() == before


def test_an_overlay_in_memory_can_be_saved_and_committed(image):
    disk = open_disk("disk", f"{image}:overlay")
    disk.write_sectors(3, A)
    path = image.with_name("changes")
    save_overlay(disk, path)
    disk.close()
    assert Delta.read(path).changed == (3,)
    commit(image, path)
    assert image.read_bytes()[3 * 512:4 * 512] == A


def test_a_disk_without_an_overlay_has_none_to_save(image):
    with pytest.raises(ArgumentError, match="there is no overlay"):
        save_overlay(open_disk("disk", image), image.with_name("changes"))


def test_nothing_is_committed_to_an_image_in_use(image, changes):
    disk = open_disk("disk", f"{image}:overlay")
    with pytest.raises(MediaError, match="it is open in another machine"):
        commit(image, changes)
    disk.close()
    commit(image, changes)


def test_an_interrupted_commit_is_finished_by_another_and_by_nothing_else(image, changes):
    delta = Delta.read(changes)
    delta.begin_commit()
    delta.close()
    with image.open("r+b") as file:
        file.seek(7 * 512)
        file.write(A)                                     # as far as it came
    for action in (lambda: open_disk("disk", f"{image}:overlay={changes}"), lambda: drop(changes)):
        with pytest.raises(MediaError, match=f"'retrovm disk commit IMAGE {changes}' finishes it"):
            action()
    assert commit(image, changes) == 2
    assert image.read_bytes()[150 * 512:151 * 512] == B


@pytest.mark.parametrize("action", [commit, lambda image, changes: open_disk("disk", f"{image}:overlay={changes}")])
def test_an_overlay_does_not_fit_an_image_that_has_changed(image, changes, action):
    with image.open("r+b") as file:
        file.seek(100 * 512 + 77)
        file.write(b"\xFF")
    before = image.read_bytes()
    with pytest.raises(MediaError, match=f"{changes}: .*{image} has changed since this overlay was begun"):
        action(image, changes)
    assert image.read_bytes() == before
    assert changes.exists()


def test_nor_one_of_another_size(image, changes):
    os.truncate(image, 512 * 10)
    with pytest.raises(MediaError, match="found an overlay of 200 sectors, expected 10"):
        commit(image, changes)


@pytest.mark.parametrize(("spoil", "message"), [
    (lambda data: b"", "this is no overlay"),
    (lambda data: b"x" * 2048, "this is no overlay"),
    (lambda data: data[:30], "this is no overlay"),
    (lambda data: data[:16] + b"\x02" + data[17:], "found layout 2, expected layout 1"),
    (lambda data: data[:24] + b"\x07" + data[25:], "the head of the overlay is damaged"),
    (lambda data: data[:512] + b"\xFF" * 8 + data[520:], "the overlay is damaged"),
    (lambda data: data[:520] + data[512:520] + data[528:], "the overlay is damaged"),
    (lambda data: data[:1200], "the overlay is damaged"),
])
def test_a_damaged_overlay_is_an_error(image, changes, spoil, message):
    changes.write_bytes(spoil(changes.read_bytes()))
    with pytest.raises(MediaError, match=message) as caught:
        open_disk("disk", f"{image}:overlay={changes}")
    assert str(caught.value).startswith(f"{changes}")


def test_a_full_host_disk_is_a_write_error_of_the_guest(image, changes, monkeypatch):
    disk = open_disk("disk", f"{image}:overlay={changes}")
    monkeypatch.setattr(os, "write", lambda handle, data: 0)
    with pytest.raises(OSError, match=r"sector 9 cannot be written: .*No space left"):
        disk.write_sectors(9, A)
    assert disk.changed == (7, 150)


# --- the command line

def test_the_commands_show_commit_and_drop(image, changes, capsys):
    assert cli.main(["disk", "info", str(changes)]) == 0
    assert capsys.readouterr().out == f"{changes}: 2 sectors of 200 changed\n  7\n  150\n"
    assert cli.main(["disk", "info", str(changes), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"sectors": 200, "changed": [7, 150], "committing": False}
    assert cli.main(["disk", "commit", str(image), str(changes)]) == 0
    assert capsys.readouterr().out == f"{image}: 2 sectors written\n"
    disk = open_disk("disk", f"{image}:overlay={changes}")
    disk.write_sectors(10, A * 3)
    disk.close()
    cli.main(["disk", "info", str(changes)])
    assert capsys.readouterr().out.endswith("  10-12\n")
    assert cli.main(["disk", "drop", str(changes)]) == 0
    assert capsys.readouterr().out == f"{changes}: 3 sectors dropped\n"
    assert cli.main(["disk", "drop", str(changes)]) == 2
    assert cli.main(["disk", "commit", str(changes), str(image)]) == 2


# --- against a plain model

class Overlays(RuleBasedStateMachine):
    """Disks of one image, each beside a list of what its sectors should be."""

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        self.image = Path(self.folder.name, "card.img")
        self.base = [bytes([sector + 1]) * 512 for sector in range(40)]
        self.image.write_bytes(b"".join(self.base))
        self.disks = [(open_disk("disk", self.image), list(self.base))]

    @rule(which=st.integers(0, 100), sector=st.integers(0, 39), value=st.binary(min_size=1, max_size=1))
    def write(self, which, sector, value):
        disk, model = self.disks[which % len(self.disks)]
        disk.write_sectors(sector, value * 512)
        model[sector] = value * 512

    @precondition(lambda self: len(self.disks) < 6)
    @rule(which=st.integers(0, 100))
    def copy(self, which):
        disk, model = self.disks[which % len(self.disks)]
        self.disks.append((disk.twin("disk"), list(model)))

    @precondition(lambda self: len(self.disks) > 1)
    @rule(which=st.integers(0, 100))
    def end(self, which):
        del self.disks[1 + which % (len(self.disks) - 1)]

    @invariant()
    def every_disk_holds_what_was_written_to_it(self):
        for disk, model in self.disks:
            assert disk.read_sectors(0, 40) == b"".join(model)

    @invariant()
    def the_file_holds_what_the_first_disk_wrote(self):
        assert self.image.read_bytes() == b"".join(self.disks[0][1])

    def teardown(self):
        self.disks.clear()
        self.folder.cleanup()


TestOverlays = Overlays.TestCase
TestOverlays.settings = settings(stateful_step_count=30)


class OverlayFiles(RuleBasedStateMachine):
    """An overlay file that is closed, opened, dropped and committed in between."""

    def __init__(self):
        super().__init__()
        self.folder = TemporaryDirectory()
        self.image = Path(self.folder.name, "card.img")
        self.changes = Path(self.folder.name, "changes")
        self.model = self.base = b"".join(bytes([sector + 1]) * 512 for sector in range(150))
        self.image.write_bytes(self.base)
        self.open()

    def open(self):
        self.disk = open_disk("disk", f"{self.image}:overlay={self.changes}")

    @rule(first=st.integers(0, 149), count=st.integers(1, 100), value=st.binary(min_size=1, max_size=1))
    def write(self, first, count, value):
        count = min(count, 150 - first)
        self.disk.write_sectors(first, value * 512 * count)
        self.model = self.model[:512 * first] + value * 512 * count + self.model[512 * (first + count):]

    @rule()
    def close_and_open(self):
        self.disk.close()
        self.open()

    @rule()
    def drop(self):
        self.disk.drop()
        self.model = self.base

    @rule()
    def commit(self):
        self.disk.close()
        commit(self.image, self.changes)
        self.base = self.model
        self.open()

    @invariant()
    def both_hold_what_they_should(self):
        assert self.disk.read_sectors(0, 150) == self.model
        assert self.image.read_bytes() == self.base

    def teardown(self):
        self.disk.close()
        self.folder.cleanup()


TestOverlayFiles = OverlayFiles.TestCase
TestOverlayFiles.settings = settings(stateful_step_count=15)
