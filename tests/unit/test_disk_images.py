"""Disk images: which files are some, who may have them, and what a write leaves in them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from retrovm.core.blocks import Disk
from retrovm.core.errors import ArgumentError
from retrovm.errors import MediaError
from retrovm.storage import DiskChoice, open_disk, parse_disk

A, B = b"a" * 512, b"b" * 512


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "card.img"
    path.write_bytes(bytes(range(256)) * 2 * 64)
    return path


def wrong(image, *words):
    with pytest.raises(MediaError) as caught:
        open_disk("disk", image)
    message = str(caught.value)
    assert message.startswith(str(image).partition(":")[0] + ": ")
    for word in words:
        assert word in message
    return message


# --- what a user says

@pytest.mark.parametrize(("text", "choice"), [
    ("card.img", DiskChoice(Path("card.img"))),
    ("card.img:overlay", DiskChoice(Path("card.img"), "overlay")),
    ("card.img:overlay=card.changes", DiskChoice(Path("card.img"), "overlay", Path("card.changes"))),
    ("card.img:readonly", DiskChoice(Path("card.img"), "readonly")),
    ("a:b.img:readonly", DiskChoice(Path("a:b.img"), "readonly")),
    (r"C:\disks\card.img", DiskChoice(Path(r"C:\disks\card.img"))),
    (r"C:\card.img:overlay=D:\x", DiskChoice(Path(r"C:\card.img"), "overlay", Path(r"D:\x"))),
])
def test_a_disk_is_a_file_and_a_mode(text, choice):
    assert parse_disk(text) == choice
    assert parse_disk(str(choice)) == choice


def test_a_path_has_no_mode(tmp_path):
    assert parse_disk(tmp_path / "a:overlay") == DiskChoice(tmp_path / "a:overlay")


def test_a_file_whose_name_ends_like_a_mode_is_a_file(tmp_path):
    path = tmp_path / "card:readonly"
    path.write_bytes(A)
    assert parse_disk(str(path)) == DiskChoice(path)


@pytest.mark.parametrize(("text", "message"), [
    ("card.img:overly", "expected one of overlay, readonly, not 'overly'; did you mean overlay?"),
    ("card.img:overlay=", "expected card.img:overlay, card.img:overlay=FILE or card.img:readonly"),
    ("card.img:readonly=x", "expected card.img:overlay, card.img:overlay=FILE or card.img:readonly"),
    ("", "expected a file"),
    (7, "expected a file"),
])
def test_another_mode_is_an_error(text, message):
    with pytest.raises(ValueError, match="expected") as caught:
        parse_disk(text)
    assert message in str(caught.value)


# --- files

def test_a_disk_has_the_sectors_of_the_file(image):
    disk = open_disk("disk", image)
    assert (disk.sectors, disk.size, disk.writable, disk.overlay) == (64, 32768, True, False)
    assert disk.read_sectors(0, 64) == image.read_bytes()
    assert isinstance(disk, Disk)


def test_a_write_is_in_the_file_at_once(image):
    disk = open_disk("disk", image)
    before = image.read_bytes()
    disk.write_sectors(10, A + B)
    assert image.read_bytes() == before[:5120] + A + B + before[6144:]
    assert disk.read_sectors(9, 4) == before[4608:5120] + A + B + before[6144:6656]
    assert disk.changed == ()


def test_a_file_may_have_any_number_of_sectors(tmp_path):
    for sectors in (1, 3, 1000):
        path = tmp_path / f"{sectors}.img"
        path.write_bytes(bytes(512 * sectors))
        assert open_disk("disk", path).sectors == sectors


def test_a_file_above_4_gib_is_read_and_written_at_its_end(tmp_path):
    path = tmp_path / "large.img"
    with path.open("wb") as file:
        file.truncate(5 << 30)                             # no room is taken
    disk = open_disk("disk", path)
    disk.write_sectors(disk.sectors - 1, A)
    assert disk.read_sectors(disk.sectors - 2, 2) == bytes(512) + A
    assert path.stat().st_size == 5 << 30


def test_a_missing_file_is_an_error_that_says_how_to_make_one(tmp_path):
    wrong(tmp_path / "none.img", "there is no such disk image", "truncate -s 64M", "mkfs.fat")


def test_an_empty_file_is_an_error(tmp_path):
    path = tmp_path / "empty.img"
    path.touch()
    wrong(path, "the disk image is empty", "expected sectors of 512 bytes", "truncate")


def test_a_file_that_is_not_whole_sectors_is_an_error(tmp_path):
    path = tmp_path / "odd.img"
    path.write_bytes(bytes(513))
    wrong(path, "found 513 bytes, expected a multiple of 512")


def test_a_folder_is_an_error(tmp_path):
    wrong(tmp_path, "a disk image is a file", "found a folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this host has no named pipes")
def test_a_pipe_is_an_error_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    wrong(tmp_path / "pipe", "a disk image is a file")


def test_a_file_without_the_right_to_write_is_an_error_that_says_what_goes(image, monkeypatch):
    open_file = os.open

    def refuse(path, flags, *more):
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return open_file(path, flags, *more)

    monkeypatch.setattr(os, "open", refuse)                # root may write to every file, and tests may be root's
    wrong(image, "cannot be opened: Permission denied", f"{image}:overlay")
    assert open_disk("disk", f"{image}:overlay").writable


@pytest.mark.parametrize(("sector", "count"), [(-1, 1), (64, 1), (63, 2), (0, -1), (1 << 70, 1)])
def test_sectors_outside_are_an_error(image, sector, count):
    disk = open_disk("disk", f"{image}:overlay")
    with pytest.raises(ArgumentError, match="it has sectors 0 to 63"):
        disk.read_sectors(sector, count)
    if count > 0:
        with pytest.raises(ArgumentError, match="it has sectors 0 to 63"):
            disk.write_sectors(sector, bytes(512 * count))


def test_parts_of_sectors_are_not_written(image):
    with pytest.raises(ArgumentError, match="whole sectors of 512 bytes are written, not 100 bytes"):
        open_disk("disk", image).write_sectors(0, bytes(100))


def test_a_read_only_disk_is_not_written(image):
    disk = open_disk("disk", f"{image}:readonly")
    assert not disk.writable
    with pytest.raises(ArgumentError, match="read-only"):
        disk.write_sectors(0, A)
    assert disk.read_sectors(0) == image.read_bytes()[:512]


def test_what_the_host_cannot_do_is_an_error_that_names_the_file(image):
    disk = open_disk("disk", image)
    os.truncate(image, 512)
    with pytest.raises(OSError, match="sector 5 cannot be read") as caught:
        disk.read_sectors(5)
    assert str(image) in str(caught.value)
    assert disk.read_sectors(0) == bytes(range(256)) * 2


def test_a_closed_disk_is_neither_read_nor_written(image):
    disk = open_disk("disk", image)
    disk.write_sectors(0, A)
    disk.close()
    disk.close()
    with pytest.raises(OSError, match="cannot be read"):
        disk.read_sectors(0)
    with pytest.raises(OSError, match="cannot be written"):
        disk.write_sectors(0, B)
    assert image.read_bytes()[:512] == A


def test_flushing_waits_for_the_hosts_disk(image, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    disk = open_disk("disk", image)
    disk.flush()
    assert synced == []
    disk.write_sectors(0, A)
    disk.flush()
    disk.flush()
    assert len(synced) == 1
    disk.write_sectors(0, A)
    disk.close()
    assert len(synced) == 2


# --- who may have it

def test_two_machines_do_not_write_to_one_image(image):
    first = open_disk("disk", image)
    wrong(image, "it is open in another machine", f"{image}:overlay")
    first.close()
    open_disk("disk", image).close()


@pytest.mark.parametrize("mode", ["overlay", "readonly"])
def test_what_a_machine_writes_to_is_not_read_by_another(image, mode):
    first = open_disk("disk", image)
    wrong(f"{image}:{mode}", "another machine writes to it", "end that machine")
    assert first.writable


@pytest.mark.parametrize("mode", ["overlay", "readonly"])
def test_any_number_of_machines_read_an_image_and_none_writes_meanwhile(image, mode):
    readers = [open_disk("disk", f"{image}:{mode}") for _ in range(5)]
    wrong(image, "it is open in another machine")
    del readers
    open_disk("disk", image)


def test_another_process_is_another_machine(image):
    program = "import sys; from retrovm.storage import open_disk; open_disk('disk', sys.argv[1])"
    first = open_disk("disk", image)
    found = subprocess.run([sys.executable, "-c", program, image], capture_output=True, text=True)
    assert found.returncode == 1
    assert "it is open in another machine" in found.stderr
    first.close()
    assert subprocess.run([sys.executable, "-c", program, image]).returncode == 0
