"""Screens that show colours instead of palette indices, and what is made of their pictures."""

import io

import numpy as np
import pytest

import retrovm
from retrovm.errors import ArgumentError, RetroVMError
from retrovm.suite import golden
from retrovm.suite.task import Mismatch

# One sprite of 2 x 1 pixels at the left end of row 0, red and half blue.
PROGRAM = bytes.fromhex("0011 A216 0202 A21E 0302 0401 D000 00E0 1210 0000 0000 FFFF0000 FF000080 0102")


@pytest.fixture
def vm():
    made = retrovm.create("chip8", PROGRAM, name="two.ch8", variant="megachip8")
    made.tick()
    return made


def test_a_picture_in_direct_colour_is_seen_as_any_other(vm):
    assert vm.screen.is_direct
    assert vm.screen.ndarray.shape == (192, 256, 3)
    assert vm.screen.ndarray[0, :3].tolist() == [[255, 0, 0], [0, 0, 128], [0, 0, 0]]
    assert vm.screen.tobytes() == vm.screen.ndarray.tobytes()


def test_it_has_no_palette_indices_and_says_where_the_colours_are(vm):
    with pytest.raises(ArgumentError, match=r"no palette indices; screen\.ndarray"):
        _ = vm.screen.indices


@pytest.mark.parametrize("scale", [1, 3])
def test_a_png_of_it_has_its_colours(vm, scale):
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(vm.screen.png(scale)))
    assert (image.mode, image.size) == ("RGB", (256 * scale, 192 * scale))
    assert (np.asarray(image)[::scale, ::scale] == vm.screen.ndarray).all()


def test_its_pillow_image_is_rgb(vm):
    pytest.importorskip("PIL")
    assert (vm.screen.image.mode, vm.screen.image.getpixel((1, 0))) == ("RGB", (0, 0, 128))


def test_a_golden_picture_of_it_holds_colours(vm, tmp_path):
    pytest.importorskip("PIL")
    path = tmp_path / "two.png"
    golden.write(path, vm.screen.ndarray, vm.screen.palette)
    golden.compare(path, vm.screen.ndarray, vm.screen.palette, "now")
    other = vm.screen.ndarray.copy()
    other[5, 7] = (1, 2, 3)
    with pytest.raises(Mismatch, match=r"in 1 of 49,152 pixels, all in columns 7-7, rows 5-5"):
        golden.compare(path, other, vm.screen.palette, "now")


def test_a_picture_with_indices_can_follow(vm):
    vm.memory[0x210:0x214] = bytes.fromhex("0010 1212")
    vm.tick(2)
    assert (vm.screen.is_direct, vm.screen.size, vm.screen.indices.shape) == (False, (64, 32), (32, 64))


def test_a_screen_without_direct_colour_never_has_it():
    vm = retrovm.create("chip8", b"\x12\x00", name="loop.ch8")
    assert not vm.screen.is_direct
    assert "screen.direct" not in vm.dump_fields()


@pytest.mark.parametrize("damage", [(2**32 - 1).to_bytes(4, "little"), (4096).to_bytes(4, "little")])
def test_blocks_of_memory_that_are_not_there_are_refused(vm, damage):
    vm.memory[0x5000] = 1
    fields = vm.save_fields()
    at = fields.index(b"changes") + len("changes") + 5
    before = vm.state_hash()
    with pytest.raises(RetroVMError, match=r"ram\.changes: byte 0 of \d+ does not begin a block"):
        vm.load_fields(fields[:at] + damage + fields[at + 4:])
    assert vm.state_hash() == before
