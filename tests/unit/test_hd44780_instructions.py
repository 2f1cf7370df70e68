"""The HD44780's instructions, sentence by sentence: what each does, and how long the chip is busy with it."""

from fractions import Fraction

import pytest
from hd44780_bench import (
    ADDED,
    BF,
    BITS8,
    BLINK,
    CGRAM,
    CLEAR,
    CURSOR,
    DDRAM,
    DISPLAY,
    HOME,
    INCREMENT,
    LONG,
    RESET,
    SHIFTING,
    SHORT,
    TALL,
    TWO_LINES,
    Bench,
)

from retrovm.chips.hd44780 import Hd44780
from retrovm.core.errors import ArgumentError
from retrovm.core.machine import Machine

HELLO = b"Hello, world!"


@pytest.fixture
def bench():
    return Bench().begin()


def busy_for(bench, not_before):
    """How many ticks BF is 1; it is known to be so for a number of them."""
    bench.wait(not_before)
    ticks = not_before
    while bench.lcd.is_busy:
        bench.wait(1)
        ticks += 1
    return ticks


# --- power-on -------------------------------------------------------------------------------------------------------


def test_the_reset_at_power_on_keeps_bf_at_1_for_10_milliseconds():
    bench = Bench(ready=False)
    assert bench.get() & BF
    bench.wait(RESET - 1)
    assert bench.get() == BF
    bench.wait(1)
    assert bench.get() == 0


def test_after_the_reset_ddram_is_blank_the_display_off_and_the_address_0_and_counts_up():
    bench = Bench()
    assert bench.lcd.ddram_bytes == b" " * 80
    bench.write(b"AB")
    assert bench.lcd.ddram_bytes[:3] == b"AB "
    assert bench.get() == 2
    assert bench.lcd.text == (" " * 16, " " * 16)


def test_after_the_reset_the_interface_has_8_bits_and_the_display_one_line():
    bench = Bench()
    bench.do(DDRAM | 0x4F)
    bench.write(b"x")
    assert bench.get() == 0
    assert bench.lcd.ddram_bytes[79:] == b"x"


def test_the_reset_line_of_the_machine_does_not_reach_the_chip(bench):
    bench.write(HELLO)
    bench.machine.reset(power_on=False)
    assert bench.lcd.text[0].rstrip() == HELLO.decode()


def test_the_power_switch_does(bench):
    bench.write(HELLO)
    bench.machine.reset(power_on=True)
    assert bench.lcd.ddram_bytes == b" " * 80
    assert bench.lcd.is_busy


# --- clear display and return home ----------------------------------------------------------------------------------


def test_clear_display_writes_blanks_everywhere_and_sets_the_address_to_0(bench):
    bench.do(DDRAM | 0x45)
    bench.write(HELLO)
    bench.do(CLEAR)
    assert bench.lcd.ddram_bytes == b" " * 80
    assert bench.get() == 0


def test_clear_display_takes_back_the_shift_and_counts_up_again_but_goes_on_shifting(bench):
    bench.do(0x18, 0x04 | SHIFTING, CLEAR)
    assert bench.lcd.display_shift == 0
    bench.write(b"a")
    assert bench.get() == 1
    assert bench.lcd.display_shift == 1


def test_clear_display_leaves_cgram_as_it_is(bench):
    bench.do(CGRAM | 5)
    bench.write(b"\x15")
    bench.do(CLEAR)
    assert bench.lcd.cgram_bytes[5] == 0x15
    bench.write(b"a")
    assert bench.lcd.ddram_bytes[0] == ord("a")


def test_return_home_sets_the_address_to_0_and_takes_back_the_shift_but_changes_no_data(bench):
    bench.write(HELLO)
    bench.do(0x18, 0x18, 0x04, HOME)
    assert bench.lcd.ddram_bytes.startswith(HELLO)
    assert (bench.get(), bench.lcd.display_shift) == (0, 0)
    bench.write(b"J")
    assert bench.get() == 0x67                    # entry mode still counts down


# --- entry mode -----------------------------------------------------------------------------------------------------


def test_entry_mode_says_whether_the_address_counts_up_or_down(bench):
    bench.do(DDRAM | 5, 0x04)
    bench.write(b"cba")
    assert bench.get() == 2
    assert bench.lcd.ddram_bytes[:6] == b"   abc"


@pytest.mark.parametrize(("mode", "shift"), [(INCREMENT | SHIFTING, 3), (SHIFTING, 37), (INCREMENT, 0)])
def test_entry_mode_may_shift_the_display_with_every_write_to_ddram(bench, mode, shift):
    bench.do(0x04 | mode, DDRAM | 0x10)
    bench.write(b"abc")
    assert bench.lcd.display_shift == shift


def test_the_display_does_not_shift_with_reads_nor_with_cgram(bench):
    bench.do(0x04 | INCREMENT | SHIFTING, DDRAM | 3)
    bench.read(3)
    bench.do(CGRAM)
    bench.write(b"\x01\x02")
    bench.read(2)
    assert bench.lcd.display_shift == 0


# --- display control ------------------------------------------------------------------------------------------------


def test_a_display_that_is_off_keeps_its_data(bench):
    bench.write(HELLO)
    bench.do(0x08)
    assert bench.lcd.text[0] == " " * 16
    bench.do(0x08 | DISPLAY)
    assert bench.lcd.text[0] == "Hello, world!   "


# --- shift ----------------------------------------------------------------------------------------------------------


def test_cursor_shift_moves_the_address_and_not_the_display(bench):
    bench.do(DDRAM | 5, 0x14, 0x14, 0x10)
    assert (bench.get(), bench.lcd.display_shift) == (6, 0)


def test_display_shift_moves_the_display_and_not_the_address(bench):
    bench.write(HELLO)
    bench.do(0x18, 0x18)
    assert bench.lcd.text[0] == "llo, world!     "
    assert bench.get() == len(HELLO)
    bench.do(0x1C, 0x1C, 0x1C)
    assert bench.lcd.text[0] == " Hello, world!  "


def test_both_lines_shift_together_each_within_its_40_cells(bench):
    bench.do(DDRAM | 0x00)
    bench.write(b"one")
    bench.do(DDRAM | 0x40)
    bench.write(b"two")
    bench.do(*[0x18] * 38)
    assert bench.lcd.text == ("  one           ", "  two           ")
    bench.do(0x18, 0x18)
    assert bench.lcd.display_shift == 0
    assert bench.lcd.text == ("one             ", "two             ")


def test_one_line_shifts_within_80_cells():
    bench = Bench(module="16x1").begin(BITS8)
    bench.write(b"one")
    bench.do(0x1C)
    assert bench.lcd.display_shift == 79
    bench.do(*[0x18] * 41)
    assert bench.lcd.display_shift == 40


# --- function set ---------------------------------------------------------------------------------------------------


def test_function_set_sets_lines_and_font_at_the_head_of_a_program_as_often_as_it_likes():
    bench = Bench()
    bench.do(0x20 | BITS8 | TALL, 0x20 | BITS8, 0x20 | BITS8 | TWO_LINES, DDRAM | 0x27)
    bench.write(b"a")
    assert bench.get() == 0x40


def test_after_other_instructions_function_set_keeps_lines_and_font(bench):
    bench.do(0x20 | BITS8, DDRAM | 0x27)
    bench.write(b"a")
    assert bench.get() == 0x40


def test_clear_display_may_come_before_function_set():
    bench = Bench()
    bench.do(CLEAR, 0x20 | BITS8 | TWO_LINES, DDRAM | 0x27)
    bench.write(b"a")
    assert bench.get() == 0x40


def test_chips_that_take_function_set_at_any_time_are_an_option():
    bench = Bench(always_function_set=True).begin()
    bench.do(*[0x18] * 39)
    bench.do(0x20 | BITS8, DDRAM | 0x4F)
    bench.write(b"a")
    assert bench.get() == 0
    bench.do(0x18, 0x20 | BITS8 | TWO_LINES)
    assert bench.lcd.display_shift == 0           # 40 of 80 cells are none of 40


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("function", "address", "after"), [
    (BITS8, 0x27, 0x28), (BITS8, 0x4F, 0x00), (BITS8 | TWO_LINES, 0x27, 0x40), (BITS8 | TWO_LINES, 0x67, 0x00),
])
def test_the_address_counter_goes_round_over_all_lines_in_both_directions(function, address, after):
    bench = Bench().begin(function)
    bench.do(DDRAM | address)
    bench.write(b"x")
    assert bench.get() == after
    bench.do(0x10)
    assert bench.get() == address
    bench.do(0x14, 0x04)
    bench.write(b"y")
    assert bench.get() == address


def test_the_second_line_begins_with_the_address_40(bench):
    bench.do(DDRAM | 0x40)
    bench.write(HELLO)
    assert bench.lcd.text == (" " * 16, "Hello, world!   ")


def test_addresses_without_a_cell_lose_writes_and_the_counter_goes_through_them(bench):
    before = bench.lcd.ddram_bytes
    bench.do(DDRAM | 0x3E)
    bench.write(b"abc")
    assert bench.get() == 0x41
    assert bench.lcd.ddram_bytes == before[:40] + b"c" + before[41:]
    bench.do(DDRAM | 0x28)
    assert bench.read() == b"\xFF"


def test_cgram_has_64_addresses_and_keeps_all_8_bits(bench):
    bench.do(CGRAM | 0x3F)
    bench.write(b"\xE1\x1E")
    assert bench.lcd.cgram_bytes[0x3F] == 0xE1
    assert bench.lcd.cgram_bytes[0] == 0x1E
    assert bench.get() == 1
    bench.do(0x04, CGRAM)
    bench.write(b"\x55")
    assert bench.get() == 0x3F


# --- reading --------------------------------------------------------------------------------------------------------


def test_reads_give_the_data_from_the_address_that_was_set_on(bench):
    bench.write(HELLO)
    bench.do(DDRAM)
    assert bench.read(13) == HELLO
    bench.do(CGRAM | 8)
    bench.write(b"\x11\x0A\x04")
    bench.do(CGRAM | 8)
    assert bench.read(3) == b"\x11\x0A\x04"


def test_reads_count_down_in_that_entry_mode(bench):
    bench.write(b"abc")
    bench.do(0x04, DDRAM | 2)
    assert bench.read(3) == b"cba"


def test_a_read_without_an_address_gives_what_is_in_the_data_register_and_the_second_one_is_right(bench):
    bench.do(DDRAM)
    bench.write(b"abcdef")
    bench.do(DDRAM | 1)
    bench.write(b"X")
    assert bench.read(3) == b"Xde"


def test_a_cursor_shift_takes_the_place_of_an_address_and_leads_from_cgram_to_ddram(bench):
    bench.write(b"abcdef")
    bench.do(0x10, 0x10)
    assert bench.read(2) == b"ef"
    bench.do(CGRAM | 1, 0x14)
    assert bench.read(2) == b"cd"


# --- time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("instruction", [0x04, 0x0C, 0x10, 0x14, 0x18, 0x1C, 0x38, 0x40, 0x80, 0xFF])
def test_an_instruction_takes_10_periods_of_the_oscillator_37_microseconds(bench, instruction):
    bench.put(instruction)
    assert busy_for(bench, SHORT - 2) == SHORT


@pytest.mark.parametrize("instruction", [CLEAR, HOME, HOME | 1])
def test_clear_display_and_return_home_take_410_periods_1520_microseconds(bench, instruction):
    bench.put(instruction)
    assert busy_for(bench, LONG - 2) == LONG


@pytest.mark.parametrize("access", [lambda bench: bench.put(0x41, rs=1), lambda bench: bench.get(rs=1)], ids=["write", "read"])
def test_the_address_follows_data_by_one_and_a_half_periods_behind_bf(bench, access):
    bench.do(DDRAM | 7)
    access(bench)
    assert busy_for(bench, SHORT - 2) == SHORT
    assert bench.get() == 7
    bench.wait(ADDED - 1)
    assert bench.get() == 7
    bench.wait(1)
    assert bench.get() == 8


def test_the_address_of_an_instruction_shows_at_once(bench):
    bench.put(0x41, rs=1)
    bench.wait(SHORT)
    bench.put(DDRAM | 0x15)
    assert bench.get() == BF | 0x15


def test_an_instruction_between_bf_and_the_change_of_the_address_finds_it_changed(bench):
    bench.put(ord("a"), rs=1)
    bench.wait(SHORT)
    bench.put(ord("b"), rs=1)
    assert bench.lcd.ddram_bytes[:2] == b"ab"


def test_reading_bf_takes_no_time_and_nothing_does_nothing(bench):
    bench.put(0x00)
    assert bench.get() == 0
    assert bench.get() == 0


def test_what_comes_while_bf_is_1_is_lost(bench):
    bench.put(ord("a"), rs=1)
    bench.wait(SHORT - 1)
    bench.put(ord("b"), rs=1)
    bench.put(CLEAR)
    assert bench.get(rs=1) == ord("a")
    bench.wait(1)
    assert not bench.lcd.is_busy
    bench.wait(ADDED)
    assert bench.get() == 1
    assert bench.lcd.ddram_bytes[:2] == b"a "


@pytest.mark.parametrize(("rate", "oscillator", "ticks"), [
    (1_000_000, 270_000, 38), (1_000_000, 250_000, 40), (1_000_000, 190_000, 53), (8_000_000, "350000", 229),
    (Fraction(39_375_000, 11), 270_000, 133),
])
def test_times_go_by_the_oscillator_and_end_with_the_first_tick_behind_them(rate, oscillator, ticks):
    bench = Bench(rate, oscillator=oscillator)
    bench.put(0x06)
    assert busy_for(bench, 0) == ticks


def test_peeking_changes_nothing(bench):
    bench.write(b"abc")
    bench.do(DDRAM)
    before = bench.machine.save_fields()
    assert bench.bus.peek_bytes(0x8000, 4) == b"\x00a\x00a"
    assert bench.machine.save_fields() == before


def test_cursor_and_blinking_are_bits_of_display_control(bench):
    bench.do(0x08 | DISPLAY | CURSOR)
    assert bench.lcd.art.splitlines()[7].startswith("##### .....")
    bench.do(0x08 | BLINK)
    assert "#" not in bench.lcd.art


@pytest.mark.parametrize(("oscillator", "message"), [
    (0, "lcd: an oscillator has a positive frequency in Hz, not 0"),
    ("270000000000001/1000000007", "has numbers of more than 31 bits; give rates with fewer digits"),
])
def test_a_frequency_that_cannot_be_is_refused(oscillator, message):
    with pytest.raises(ArgumentError, match=message):
        Hd44780("lcd", Machine(1_000_000).clock, oscillator=oscillator)
