"""A machine's disk in its saved states and copies: nothing that is loaded goes with contents that it does not know."""

import pickle
import shutil

import disk_machine
import pytest

from retrovm import cli, registry
from retrovm.core.errors import ArgumentError
from retrovm.errors import MediaError, StateError
from retrovm.session import VM

SECTORS = 64
A, B = b"a" * 512, b"b" * 512


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "card.img"
    path.write_bytes(b"".join(bytes([sector]) * 512 for sector in range(SECTORS)))
    return path


@pytest.fixture
def installed(monkeypatch):
    registry.forget()
    monkeypatch.setattr(registry.MACHINES, "_found", {"disky": None})
    monkeypatch.setattr(registry.MACHINES, "_loaded", {"disky": disk_machine.SPEC})


def machine(disk=None):
    return VM(disk_machine.SPEC, None, {"disk": disk})


def refused(vm, state, *words):
    before = vm.state_hash()
    with pytest.raises(StateError) as caught:
        vm.load_state(state)
    for word in words:
        assert word in str(caught.value)
    assert vm.state_hash() == before


def test_disks_are_found_by_the_names_of_their_options(image):
    assert machine().disks == {}
    vm = machine(image)
    assert list(vm.disks) == ["disk"]
    assert vm.disks["disk"] is vm.devices["disk"]


def test_a_state_holds_what_the_guest_has_written_to_an_overlay(image):
    vm = machine(f"{image}:overlay")
    disk = vm.disks["disk"]
    disk.write_sectors(5, A)
    state = vm.save_state()
    disk.write_sectors(5, B)
    disk.write_sectors(6, B)
    vm.load_state(state)
    assert disk.changed == (5,)
    assert disk.read_sectors(5, 2) == A + bytes([6]) * 512
    vm.close()
    other = machine(f"{image}:overlay")
    other.load_state(state)
    assert other.disks["disk"].read_sectors(5) == A


def test_an_overlay_file_holds_what_the_state_held(image):
    changes = image.with_name("changes")
    vm = machine(f"{image}:overlay={changes}")
    vm.disks["disk"].write_sectors(5, A)
    state = vm.save_state()
    vm.disks["disk"].write_sectors(6, B)
    vm.load_state(state)
    vm.close()
    again = machine(f"{image}:overlay={changes}").disks["disk"]
    assert again.changed == (5,)
    assert again.read_sectors(5) == A


def test_a_state_of_a_disk_that_has_been_written_since_is_refused(image):
    vm = machine(image)
    state = vm.save_state()
    vm.load_state(state)
    vm.disks["disk"].write_sectors(5, A)
    refused(vm, state, f"disk: {image} is not what it was when the state was saved", "open it with :overlay")
    vm.load_state(vm.save_state())
    vm.disks["disk"].write_sectors(5, bytes([5]) * 512)
    vm.load_state(state)                                          # what counts is what is there


def test_so_is_one_of_an_image_that_another_program_has_changed(image):
    vm = machine(f"{image}:overlay")
    vm.disks["disk"].write_sectors(5, A)
    state = vm.save_state()
    vm.close()
    with image.open("r+b") as file:
        file.seek(20_000)
        file.write(b"\xEE")
    refused(machine(f"{image}:overlay"), state, f"{image} is not what it was")


def test_an_image_may_have_another_name_than_it_had(image):
    vm = machine(f"{image}:overlay")
    vm.disks["disk"].write_sectors(5, A)
    state = vm.save_state()
    moved = image.with_name("moved.img")
    shutil.copy(image, moved)
    other = machine(f"{moved}:overlay")
    other.load_state(state)
    assert other.disks["disk"].read_sectors(5) == A
    assert other.state_hash() == vm.state_hash()


def test_a_state_with_an_overlay_is_not_loaded_where_the_guest_writes_to_the_image(image):
    vm = machine(f"{image}:overlay")
    empty = vm.save_state()
    vm.disks["disk"].write_sectors(5, A)
    state = vm.save_state()
    vm.close()
    writer = machine(image)
    refused(writer, state, "an overlay that holds 1 changed sectors", f"the guest writes to {image} itself",
            "open it with :overlay")
    writer.load_state(empty)


def test_a_state_with_a_disk_is_not_loaded_without_one(image):
    with_one, without = machine(f"{image}:overlay"), machine()
    refused(without, with_one.save_state(), "saved with a medium as 'disk', and this machine is without one")
    refused(with_one, without.save_state(), f"saved without a medium as 'disk', and this machine is with {image}:overlay")


def test_a_state_with_a_disk_of_another_size_is_refused(image):
    other = image.with_name("small.img")
    other.write_bytes(image.read_bytes()[:512 * 8])
    refused(machine(f"{other}:overlay"), machine(f"{image}:overlay").save_state(),
            f"with a disk of 64 sectors, and {other} has 8")


def test_equal_contents_give_equal_states(image):
    copy = image.with_name("copy.img")
    shutil.copy(image, copy)
    assert machine(image).state_hash() == machine(f"{copy}:overlay").state_hash()
    vm = machine(f"{image.with_name('copy.img')}:overlay")
    before = vm.state_hash()
    vm.disks["disk"].write_sectors(5, A)
    assert vm.state_hash() != before


def test_sectors_that_change_places_are_other_contents(image):
    vm = machine(image)
    state = vm.save_state()
    disk = vm.disks["disk"]
    fifth, sixth = disk.read_sectors(5), disk.read_sectors(6)
    disk.write_sectors(5, sixth + fifth)
    refused(vm, state, "is not what it was")


# --- copies

@pytest.mark.parametrize("mode", ["", ":overlay", ":overlay=CHANGES"])
def test_a_copy_goes_its_own_way(image, mode):
    vm = machine(f"{image}{mode.replace('CHANGES', str(image.with_name('changes')))}")
    vm.disks["disk"].write_sectors(5, A)
    twin = vm.clone()
    assert twin.state_hash() == vm.state_hash()
    vm.disks["disk"].write_sectors(6, A)
    twin.disks["disk"].write_sectors(7, B)
    third = twin.clone()
    vm.disks["disk"].write_sectors(5, B)
    vm.disks["disk"].write_sectors(8, B)

    def of(vm):
        return [vm.disks["disk"].read_sectors(sector)[:1] for sector in (5, 6, 7, 8)]

    assert of(vm) == [b"b", b"a", b"\x07", b"b"]
    assert of(twin) == of(third) == [b"a", b"\x06", b"b", b"\x08"]
    assert str(twin.options["disk"]) == str(third.options["disk"]) == f"{image}:overlay"
    third.load_state(twin.save_state())


def test_a_copy_of_a_read_only_machine_is_read_only(image):
    twin = machine(f"{image}:readonly").clone()
    assert not twin.disks["disk"].writable
    assert str(twin.options["disk"]) == f"{image}:readonly"


def test_a_copy_outlives_its_machine(image):
    vm = machine(image)
    twin = vm.clone()
    vm.disks["disk"].write_sectors(5, A)
    vm.close()
    assert twin.disks["disk"].read_sectors(5) == bytes([5]) * 512
    with pytest.raises(MediaError, match="it is open in another machine"):
        machine(image)
    twin.close()
    machine(image)


def test_another_machine_may_be_made_with_the_disk_of_one(image):
    vm = machine(image)
    vm.disks["disk"].write_sectors(5, A)
    other = machine(vm.disks["disk"])
    other.disks["disk"].write_sectors(5, B)
    assert vm.disks["disk"].read_sectors(5) == A
    assert other.save_state()


def test_a_pickle_is_a_copy_with_an_overlay(image, installed):
    vm = machine(f"{image}:overlay")
    vm.disks["disk"].write_sectors(5, A)
    twin = pickle.loads(pickle.dumps(vm))
    twin.disks["disk"].write_sectors(6, B)
    assert twin.disks["disk"].changed == (5, 6)
    assert vm.disks["disk"].changed == (5,)


def test_a_pickle_of_a_machine_that_writes_needs_that_machine_to_end(image, installed):
    vm = machine(image)
    vm.disks["disk"].write_sectors(5, A)
    data = pickle.dumps(vm)
    with pytest.raises(MediaError, match="another machine writes to it"):
        pickle.loads(data)
    vm.close()
    twin = pickle.loads(data)
    assert twin.disks["disk"].overlay
    assert twin.disks["disk"].read_sectors(5) == A


def test_a_wiring_that_forgets_the_disk_is_an_error(image):
    from dataclasses import replace

    import tiny_machine

    with pytest.raises(ArgumentError, match="its wiring adds no disk named 'disk'"):
        VM(replace(disk_machine.SPEC, wire=tiny_machine.wire), None, {"disk": f"{image}:overlay"})


# --- the command line

@pytest.fixture
def rom(tmp_path, installed):
    import tiny_machine

    path = tmp_path / "program.bin"
    path.write_bytes(tiny_machine.PROGRAM)
    return str(path)


def test_run_takes_a_disk(rom, image, capsys):
    assert cli.main(["run", rom, "--disk", f"{image}:overlay", "--frames", "2", "--hash"]) == 0
    with_one = capsys.readouterr().out
    assert cli.main(["run", rom, "--frames", "2", "--hash"]) == 0
    assert capsys.readouterr().out != with_one
    state = image.with_name("state")
    assert cli.main(["run", rom, "--disk", str(image), "--frames", "2", "--state-out", str(state)]) == 0
    assert cli.main(["run", rom, "-o", f"disk={image}", "--state-in", str(state), "--frames", "0"]) == 0


def test_run_says_at_its_end_what_the_host_could_not_do(rom, image, capsys, monkeypatch):
    from retrovm.commands import run

    def run_frames(vm, frames, sound):
        image.write_bytes(b"")                            # somebody else empties the file
        with pytest.raises(OSError, match="cannot be read"):
            vm.disks["disk"].read_sectors(0)

    monkeypatch.setattr(run, "run_frames", run_frames)
    assert cli.main(["run", rom, "--disk", f"{image}:readonly"]) == 0
    assert f"retrovm: {image}: the guest had a disk error: " in capsys.readouterr().err


@pytest.mark.parametrize(("disk", "message"), [
    ("none.img", "none.img: there is no such disk image; 'truncate"),
    ("IMAGE:overly", "--disk IMAGE:overly: behind the file, expected one of overlay, readonly"),
])
def test_a_disk_that_cannot_be_meant_is_wrong_use(rom, image, capsys, disk, message):
    assert cli.main(["run", rom, "--disk", disk.replace("IMAGE", str(image))]) == 2
    assert message.replace("IMAGE", str(image)) in capsys.readouterr().err


def test_a_machine_without_a_place_for_a_disk_says_so(image, capsys):
    registry.forget()
    assert cli.main(["play", "--machine", "chip8", "--disk", str(image)]) == 2
    assert "--disk: chip8 has no place for a disk" in capsys.readouterr().err
