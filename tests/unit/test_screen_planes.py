"""Screens of bit planes: where pictures are kept as planes until somebody looks."""

import pytest

import retrovm
from retrovm.core.screen import Screen
from retrovm.errors import ArgumentError, StateError

CHECKS = "A208 6100 D012 1206 AAAA"      # two rows of alternate pixels at (0, 0)


@pytest.fixture
def vm():
    made = retrovm.create("chip8", bytes.fromhex(CHECKS), name="checks.ch8")
    made.tick(2)
    return made


def test_a_screen_of_planes_is_a_multiple_of_64_pixels_wide():
    with pytest.raises(ArgumentError, match="a multiple of 64 pixels wide"):
        Screen("screen", 100, 32, (0, 1), planes=1)
    with pytest.raises(ArgumentError, match="at first 40"):
        Screen("screen", 128, 32, (0, 1), planes=1, width=40, height=32)


@pytest.mark.parametrize("planes", [-1, 9])
def test_a_pixel_has_at_most_8_planes(planes):
    with pytest.raises(ArgumentError, match="1 to 8 planes"):
        Screen("screen", 64, 32, (0, 1), planes=planes)


def test_nothing_is_shown_before_the_first_picture():
    screen = Screen("screen", 64, 32, (0x102030, 0xFFFFFF), planes=1)
    assert screen.planes == 1
    assert not screen.indices.any()
    assert screen.tobytes() == bytes([0x10, 0x20, 0x30]) * 64 * 32


def test_each_way_to_look_shows_the_same_picture(vm):
    lit = {(x, y) for y in range(2) for x in range(0, 8, 2)}
    pixels = vm.screen.indices
    assert {(x, y) for y in range(32) for x in range(64) if pixels[y, x]} == lit
    assert vm.screen.image.tobytes() == pixels.tobytes()
    colours = vm.screen.palette
    assert (vm.screen.ndarray == colours[pixels]).all()


def test_looking_changes_no_state(vm):
    twin = vm.clone()
    twin.screen.tobytes()
    assert twin.state_hash() == vm.state_hash()
    assert len(twin.save_state()) == len(vm.save_state()) < 7000


def test_a_state_brings_its_picture_along(vm):
    state = vm.save_state()
    seen = vm.screen.tobytes()
    other = retrovm.create("chip8", bytes.fromhex(CHECKS), name="checks.ch8")
    assert other.screen.tobytes() != seen
    other.load_state(state)
    assert other.screen.tobytes() == seen


def test_a_state_with_a_width_that_planes_cannot_have_is_refused(vm):
    fields = vm.save_fields()
    at = fields.index(b"width", fields.index(b"screen")) + len(b"width") + 5
    before = vm.state_hash()
    with pytest.raises(StateError, match="not 63 pixels wide"):
        vm.load_fields(fields[:at] + bytes([62]) + fields[at + 1:])      # from 1 on
    assert vm.state_hash() == before


def test_a_palette_that_was_chosen_too_short_shows_black(vm):
    vm.screen.set_palette([0x405060])
    assert vm.screen.tobytes()[:6] == bytes([0, 0, 0, 0x40, 0x50, 0x60])
    assert vm.screen.png()
