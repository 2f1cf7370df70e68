"""The machine `chip8`: what its description says, and how it is put together."""

import pytest
from chip8_machine import machine, memory

from retrovm.core.machine import Machine
from retrovm.errors import MediaError, OptionError
from retrovm.machines.chip8 import KEYPAD, SPEC
from retrovm.media import Media, Segment

PAD_BY_PLACE = "123c 456d 789e a0bf"
KEYS_BY_PLACE = "1234 QWER ASDF ZXCV"


def test_the_keypad_has_16_buttons_in_the_order_of_their_numbers():
    assert [button.name for button in KEYPAD.buttons] == list("0123456789abcdef")
    assert machine("1200").ports.groups["keypad"].names == tuple("0123456789abcdef")


def test_host_keys_lie_where_the_keys_of_the_keypad_lie():
    places = {button.name: button.keys for button in KEYPAD.buttons}
    for key, letter in zip(PAD_BY_PLACE.replace(" ", ""), KEYS_BY_PLACE.replace(" ", ""), strict=True):
        assert places[key] == (f"Digit{letter}" if letter.isdigit() else f"Key{letter}",)


def test_a_program_lies_and_starts_at_0200_behind_the_digits():
    made = machine("1234 5678")
    assert memory(made, 0x200, 5) == bytes.fromhex("1234567800")
    assert memory(made, 0, 10).hex() == "f0909090f06020202070"
    assert made.cpu.pc == 0x200


def test_another_start_moves_the_program():
    made = machine("1300", start=0x300)
    assert (memory(made, 0x300, 2), made.cpu.pc) == (b"\x13\x00", 0x300)


def test_the_digits_of_octo_can_be_chosen():
    assert memory(machine("1200", font="octo"), 5, 5).hex() == "2060202070"


@pytest.mark.parametrize(("memory_size", "room"), [(4096, 3584), (65536, 65024)])
def test_a_program_fills_memory_to_its_end_and_a_larger_one_is_refused(memory_size, room):
    full = machine(bytes(room - 1) + b"\x77", memory=memory_size)
    assert memory(full, memory_size - 1, 1) == b"\x77"
    message = rf"test.ch8.*found {room + 1:,} bytes, expected at most {room:,} bytes"
    with pytest.raises(MediaError, match=message):
        machine(bytes(room + 1), memory=memory_size)


def test_a_program_with_addresses_is_put_there():
    media = Media("test.hex", b"", "ihex", (Segment(0x202, b"\x12\x00"), Segment(0x300, b"\x12\x34")))
    options = SPEC.parse_options({})
    made = Machine(SPEC.clock_rate(options))
    SPEC.wire(made, media, options)
    assert memory(made, 0x200, 4).hex() == "00001200"
    assert memory(made, 0x300, 2).hex() == "1234"


def test_without_a_medium_the_machine_halts_at_once():
    made = machine()
    assert made.tick() is False
    assert "at $0200" in made.cpu.halted


def test_a_file_named_ch8_is_judged_to_be_for_it():
    program = bytes.fromhex("A202 D015 1204")
    assert SPEC.judge(Media("a.ch8", program, "ch8", (Segment(None, program),))).confidence > 0.9


@pytest.mark.parametrize(("option", "value"), [
    ("tickrate", 0), ("font", "gothic"), ("start", 4095), ("memory", 8192),
    ("colours", "red,blue"), ("colours", "1"), ("shift", "maybe"), ("speed", 1),
])
def test_options_that_cannot_be_are_refused(option, value):
    with pytest.raises(OptionError, match=option):
        SPEC.parse_options({option: value})


@pytest.mark.parametrize("given", ["000001,ffFF02", "#000001, #FFFF02", (1, 0xFFFF02)])
def test_colours_are_two_numbers_or_their_text(given):
    made = machine("1200", colours=given)
    assert made.screen.palette.tolist() == [[0, 0, 1], [255, 255, 2]]


def test_a_frame_has_exactly_the_tickrates_number_of_slots_for_every_tickrate():
    for tickrate in (1, 7, 15, 999, 16666, 16667, 1_000_000):
        options = SPEC.parse_options({"tickrate": tickrate})
        ticks = SPEC.clock_rate(options) / SPEC.frame_rate(options)
        assert ticks % tickrate == 0


@pytest.mark.parametrize("given", ["up=5,a=0x10", {"up": 5, "a": 16}, (("up", 5), ("a", 16))])
def test_keys_of_a_gamepad_are_pairs_or_their_text(given):
    options = SPEC.parse_options({"keys": given})
    assert options["keys"] == (("up", 5), ("a", 16))
    assert SPEC.show_options({"keys": given}) == {"keys": "up=0x5,a=0x10"}


def test_keys_that_do_not_exist_are_refused():
    with pytest.raises(OptionError, match="there is no 'upp'; did you mean up"):
        SPEC.parse_options({"keys": "upp=5"})
    with pytest.raises(OptionError, match="expected a whole number from 0 to 31"):
        SPEC.parse_options({"keys": {"up": 32}})
    with pytest.raises(OptionError, match="expected a number from 0 to 31"):
        SPEC.parse_options({"keys": "up"})


def test_a_screen_is_turned_by_quarters():
    assert SPEC.parse_options({"rotation": "270"})["rotation"] == 270
    with pytest.raises(OptionError, match="expected 0, 90, 180 or 270 degrees"):
        SPEC.parse_options({"rotation": 45})
