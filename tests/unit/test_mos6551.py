"""The MOS 6551, sentence by sentence of its data sheets: registers, the transmitter and its interrupts, states."""

from fractions import Fraction
from itertools import pairwise

import pytest
from acia_bench import (
    B19200,
    CHARACTER,
    CLOCK16,
    COMMAND,
    CONTROL,
    DATA,
    DCD,
    DSR,
    DTR,
    FRAMING,
    IRD,
    IRQ,
    ON,
    OVERRUN,
    PARITY,
    PARITY_ON,
    RATES,
    RDRF,
    STATUS,
    TDRE,
    TIC_BREAK,
    TIC_IRQ,
    TIC_ON,
    Bench,
)

from retrovm.core.errors import ArgumentError, StateError


@pytest.fixture
def bench():
    return Bench()


# --- reset and registers ------------------------------------------------------------------------------------


def test_after_a_hardware_reset_the_transmit_register_is_empty_and_all_else_is_off(bench):
    assert (bench[STATUS], bench[COMMAND], bench[CONTROL]) == (TDRE, IRD, 0)
    assert not bench.acia.rts
    assert not bench.acia.dtr


def test_the_four_registers_repeat_over_the_page(bench):
    bench[0x52] = 0xE9
    assert bench[COMMAND] == bench[0xFE] == 0xE9


def test_after_a_hardware_reset_status_has_the_levels_of_dsr_and_dcd(bench):
    bench.acia.dsr = False
    bench.machine.reset(power_on=False)
    assert bench[STATUS] == DSR | TDRE
    bench.acia.dsr = True
    bench.acia.dcd = False
    bench.machine.reset(power_on=False)
    assert bench[STATUS] == DCD | TDRE
    assert not bench.wire.asserted


def test_a_programmed_reset_keeps_the_received_character_and_its_errors_and_raises_rts_and_dtr(bench):
    bench.begin()
    bench.acia.inject(0x41, parity_error=True, framing_error=True)
    bench[STATUS] = 0
    assert not bench.acia.rts
    assert not bench.acia.dtr
    assert bench[STATUS] == TDRE | RDRF | FRAMING | PARITY
    assert bench[DATA] == 0x41


def test_command_and_control_read_back_as_they_were_written(bench):
    for value in (0x00, 0xFF, 0x5A):
        bench[COMMAND] = bench[CONTROL] = value
        assert (bench[COMMAND], bench[CONTROL]) == (value, value)


def test_a_programmed_reset_clears_overrun_and_command_but_keeps_parity_and_control(bench):
    bench.begin(command=0xE0 | ON)
    bench.acia.inject(1)
    bench.acia.inject(2)
    assert bench[STATUS] & OVERRUN
    bench[STATUS] = 0x55
    assert bench[STATUS] == TDRE | RDRF
    assert bench[COMMAND] == 0xE0 | IRD
    assert bench[CONTROL] == B19200


def test_a_hardware_reset_forgets_what_was_on_its_way(bench):
    bench.port.send(b"a")
    bench.begin()
    bench[DATA] = 0x41
    bench.wait(CHARACTER / 2)
    bench.machine.reset(power_on=False)
    bench.wait(2 * CHARACTER)
    assert bench[STATUS] == TDRE
    assert bench.port.receive() == b""


def test_peeking_changes_nothing(bench):
    bench.begin(command=DTR | TIC_ON)
    bench.acia.inject(0x41)
    before = bench.machine.save_fields()
    assert bench.peek(STATUS) == IRQ | TDRE | RDRF
    assert bench.peek(DATA) == 0x41
    assert bench.machine.save_fields() == before
    assert bench.wire.asserted


# --- transmitter --------------------------------------------------------------------------------------------


def test_tdre_falls_when_data_is_written_and_rises_when_it_moves_to_the_shift_register(bench):
    bench.begin()
    bench[DATA] = 0x41
    assert not bench.peek(STATUS) & TDRE
    bench.wait(CLOCK16)
    assert bench.peek(STATUS) & TDRE
    assert bench.port.receive() == b""
    bench.wait(CHARACTER)
    assert bench.port.receive() == b"A"


def test_a_second_character_waits_in_the_holding_register_and_follows_without_a_gap(bench):
    bench.begin()
    bench[DATA] = 0x41
    start = bench.empties()
    bench[DATA] = 0x42
    moved = bench.empties()
    assert moved - start in (int(CHARACTER), int(CHARACTER) + 1)
    sent = b""
    while sent != b"AB":
        bench.clock.wait(1)
        sent += bench.port.receive()
    assert bench.clock.ticks - start in (int(2 * CHARACTER), int(2 * CHARACTER) + 1)


def test_a_character_written_before_the_last_one_has_moved_replaces_it(bench):
    bench.begin()
    bench[DATA] = 0x41
    bench[DATA] = 0x42
    bench.wait(3 * CHARACTER)
    assert bench.port.receive() == b"B"


def test_no_tick_is_gained_or_lost_over_a_thousand_characters(bench):
    bench.begin()
    bench[DATA] = 0
    start = bench.empties()
    for number in range(1, 1001):
        bench[DATA] = 0
        end = bench.empties(CHARACTER - 3)
        assert abs(end - start - number * CHARACTER) < 1
    bench.wait(CHARACTER)
    assert len(bench.port.receive()) == 1001


@pytest.mark.parametrize(("select", "baud"), list(enumerate(RATES, 1)))
def test_each_of_the_fifteen_rates_gives_its_bits(bench, select, baud):
    bench.begin(control=0x10 | select)
    bench[DATA] = 0x55
    start = bench.empties()
    bench[DATA] = 0x55
    end = bench.empties(int(9_990_000 / baud))
    assert end - start == pytest.approx(10 * 1_000_000 / baud, abs=1.01, rel=1e-4)


def test_rate_0_is_the_16x_clock_on_xtli_itself(bench):
    bench.begin(control=0x10)
    bench[DATA] = 0x55
    bench.wait(1)
    start = bench.clock.ticks
    bench[DATA] = 0x55
    end = bench.empties()
    assert end - start in (86, 87, 88)              # 10 bits at 115200 baud take 86.8 microseconds


def test_the_16x_clock_runs_on_whether_anything_is_sent_or_not(bench):
    starts = []
    for wait in (0, 1, 2, 50, 333, 4567):               # a start bit begins with a whole 16x clock
        bench.begin(control=0x16)                       # 300 baud: 208.33 ticks
        bench.wait(wait)
        bench[DATA] = 0
        starts.append(bench.empties())
        bench.wait(40_000)
    for start in starts:
        clocks = start / Fraction(384 * 1_000_000, 1_843_200)
        assert round(clocks) == pytest.approx(float(clocks), abs=0.005)


def test_a_new_rate_counts_from_the_next_character_on(bench):
    bench.begin()
    bench[DATA] = 0x55
    start = bench.empties()
    bench[CONTROL] = 0x1E                               # 9600 baud
    bench[DATA] = 0x55
    second = bench.empties()
    bench[DATA] = 0x55
    third = bench.empties()
    assert abs(second - start - CHARACTER) < 1
    assert abs(third - second - 2 * CHARACTER) < 1


@pytest.mark.parametrize(("control", "command", "clocks"), [
    (0x1F, ON, 160),                       # 8 bits, none, 1 stop bit
    (0x9F, ON, 176),                       # 8 bits, none, 2
    (0x1F, ON | PARITY_ON, 176),           # 8 bits, odd, 1
    (0x9F, ON | PARITY_ON, 176),           # 8 bits, odd: SBN leaves 1
    (0x3F, ON, 144),                       # 7 bits, none, 1
    (0xBF, ON | PARITY_ON, 176),           # 7 bits, odd, 2
    (0x5F, ON, 128),                       # 6 bits, none, 1
    (0x7F, ON, 112),                       # 5 bits, none, 1
    (0xFF, ON, 120),                       # 5 bits, none, 1.5
    (0xFF, ON | PARITY_ON, 144),           # 5 bits, odd, 2
])
def test_word_length_parity_and_stop_bits_make_the_time_of_a_character(bench, control, command, clocks):
    bench.begin(command, control)
    bench[DATA] = 0xFF
    start = bench.empties()
    bench[DATA] = 0xFF
    end = bench.empties()
    assert abs(end - start - clocks * CLOCK16) < 1


@pytest.mark.parametrize(("control", "seen"), [(0x1F, 0xFF), (0x3F, 0x7F), (0x5F, 0x3F), (0x7F, 0x1F)])
def test_only_the_bits_of_the_word_are_sent_and_received(bench, control, seen):
    bench.port.send(b"\xff")
    bench.begin(control=control)
    bench[DATA] = 0xFF
    bench.wait(2 * CHARACTER)
    assert bench.port.receive() == bytes([seen])
    assert bench[DATA] == seen


def test_with_tic_00_the_transmitter_is_off_and_keeps_the_data(bench):
    bench.begin(command=DTR | IRD)
    bench[DATA] = 0x41
    bench.wait(3 * CHARACTER)
    assert not bench[STATUS] & TDRE
    assert bench.port.receive() == b""
    bench[COMMAND] = ON
    bench.wait(CHARACTER + CLOCK16)
    assert bench.port.receive() == b"A"


def test_tic_00_cuts_off_the_character_on_the_line(bench):
    bench.begin()
    bench[DATA] = 0x41
    bench.wait(CHARACTER / 2)
    bench[COMMAND] = DTR | IRD
    bench[COMMAND] = ON
    bench.wait(2 * CHARACTER)
    assert bench.port.receive() == b""


def test_during_a_break_nothing_is_sent(bench):
    bench.begin(command=DTR | IRD | TIC_BREAK)
    bench[DATA] = 0x41
    bench.wait(3 * CHARACTER)
    assert bench.port.receive() == b""
    assert bench.acia.rts


# --- transmitter interrupts ---------------------------------------------------------------------------------


def test_the_transmitter_requests_an_interrupt_when_its_register_becomes_empty(bench):
    bench.begin(command=DTR | IRD | TIC_IRQ)
    bench[DATA] = 0x41
    assert not bench.wire.asserted
    bench.wait(CLOCK16)
    assert bench.wire.asserted
    assert bench[STATUS] == IRQ | TDRE


def test_reading_status_releases_the_interrupt(bench):
    bench.begin(command=DTR | IRD | TIC_IRQ)
    bench[DATA] = 0x41
    bench.wait(CLOCK16)
    assert bench[STATUS] & IRQ
    assert not bench.wire.asserted
    assert not bench[STATUS] & IRQ


def test_in_an_underrun_interrupts_go_on_at_the_rate_of_characters(bench):
    bench.begin(command=DTR | IRD | TIC_IRQ)
    times = []
    for _ in range(4):
        times.append(bench.ticks_until(lambda: bench.wire.asserted))
        bench[STATUS]
    assert [later - earlier for earlier, later in pairwise(times)] == pytest.approx(
        [float(CHARACTER)] * 3, abs=1)


def test_data_loaded_in_an_underrun_starts_at_once(bench):
    bench.begin(command=DTR | IRD | TIC_IRQ)
    bench.wait(CHARACTER * 5 / 2)
    bench[STATUS]
    bench[DATA] = 0x41
    bench.wait(CLOCK16)
    assert bench[STATUS] == IRQ | TDRE
    bench.wait(CHARACTER)
    assert bench.port.receive() == b"A"


def test_with_tic_10_the_transmitter_requests_nothing(bench):
    bench.begin()
    bench[DATA] = 0x41
    bench.wait(3 * CHARACTER)
    assert bench[STATUS] == TDRE


@pytest.mark.parametrize(("tic", "rts", "sends", "interrupts"), [
    (0x00, False, False, False), (0x04, True, True, True), (0x08, True, True, False), (0x0C, True, False, False)])
def test_tic_chooses_the_level_of_rts_and_what_the_transmitter_does(bench, tic, rts, sends, interrupts):
    bench.begin(command=DTR | IRD | tic)
    bench[DATA] = 0x41
    bench.wait(CHARACTER + 2 * CLOCK16)
    assert (bench.acia.rts, bench.port.receive() == b"A", bench.wire.asserted) == (rts, sends, interrupts)


# --- state and construction ---------------------------------------------------------------------------------


def test_a_state_in_the_middle_of_two_characters_goes_on_the_same(bench):
    bench.port.send(b"hello")
    bench.begin(command=DTR | TIC_IRQ)
    bench[DATA] = 0x41
    bench.wait(CHARACTER / 3)
    bench[DATA] = 0x42
    state = bench.machine.save_fields()
    bench.wait(5 * CHARACTER)
    expected = bench.machine.save_fields()
    sent = bench.port.receive()
    bench.machine.load_fields(state)
    bench.wait(5 * CHARACTER)
    assert bench.machine.save_fields() == expected
    assert bench.port.receive() == sent == b"AB"


def test_a_state_with_a_character_that_ends_in_a_thousand_years_is_refused(bench):
    bench.begin()
    bench[DATA] = 0x41
    bench.wait(CLOCK16)
    at = bench.machine.dump_fields()["acia.tx_at"]
    state = bench.machine.save_fields()
    damaged = state.replace(at.to_bytes(8, "little"), (1 << 60).to_bytes(8, "little"))
    assert damaged != state
    with pytest.raises(StateError, match=r"acia\.tx_at"):
        bench.machine.load_fields(damaged)
    assert bench.machine.save_fields() == state


def test_a_crystal_beside_any_exact_clock_keeps_its_rate():
    bench = Bench(rate="39375000/11")
    bench.begin()
    bench[DATA] = 0
    start = bench.empties()
    for _ in range(50):
        bench[DATA] = 0
        bench.empties()
    seconds = (bench.clock.ticks - start) / bench.clock.rate
    assert abs(seconds - Fraction(50 * 10, 19200)) < 1 / bench.clock.rate


@pytest.mark.parametrize("crystal", [0, -1, 16_000_001])
def test_a_crystal_that_the_clock_cannot_follow_is_refused(crystal):
    with pytest.raises(ArgumentError, match="crystal"):
        Bench(crystal=crystal)
