"""The MOS 6551, sentence by sentence of its data sheets: its bus, its two shift registers, its interrupts, its modem lines."""

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
    ECHO,
    FRAMING,
    IRD,
    IRQ,
    ON,
    OVERRUN,
    PARITY,
    PARITY_ON,
    RATES,
    RDRF,
    RECEIVED,
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


# --- receiver -----------------------------------------------------------------------------------------------


def test_a_character_is_received_in_the_middle_of_its_stop_bit(bench):
    bench.port.send(b"A")
    bench.begin()
    begun = bench.clock.ticks
    received = bench.ticks_until(lambda: bench.peek(STATUS) & RDRF)
    assert RECEIVED < received - begun <= RECEIVED + CLOCK16 + 1
    assert bench[DATA] == 0x41
    assert not bench[STATUS] & RDRF


def test_characters_follow_each_other_at_the_rate_of_the_line(bench):
    bench.port.send(b"ABC")
    bench.begin()
    times = []
    for expected in b"ABC":
        times.append(bench.ticks_until(lambda: bench.peek(STATUS) & RDRF))
        assert bench[DATA] == expected
    assert [later - earlier for earlier, later in pairwise(times)] == pytest.approx(
        [float(CHARACTER)] * 2, abs=1)


def test_a_line_that_was_idle_looks_at_the_host_when_a_frame_begins():
    bench = Bench()
    bench.begin()
    bench.wait(100)
    bench.port.send(b"A")
    bench.wait(2 * CHARACTER)
    assert not bench[STATUS] & RDRF


def test_reading_status_clears_neither_rdrf_nor_tdre_nor_errors(bench):
    bench.begin()
    bench.acia.inject(0x41, parity_error=True, framing_error=True)
    bench.acia.inject(0x42)
    for _ in range(3):
        assert bench[STATUS] == TDRE | RDRF | OVERRUN | FRAMING | PARITY


def test_reading_data_again_gives_the_same_character(bench):
    bench.begin()
    bench.acia.inject(0x41)
    assert (bench[DATA], bench[DATA]) == (0x41, 0x41)


def test_a_received_character_requests_an_interrupt_unless_ird_is_set(bench):
    bench.port.send(b"AB")
    bench.begin(command=DTR | TIC_ON)
    bench.wait(RECEIVED + CLOCK16)
    assert bench.wire.asserted
    assert bench[STATUS] == IRQ | TDRE | RDRF
    assert not bench.wire.asserted
    bench[DATA]
    bench[COMMAND] = ON
    bench.wait(CHARACTER)
    assert bench[STATUS] == TDRE | RDRF


def test_an_overrun_keeps_the_first_character_and_loses_the_others(bench):
    bench.port.send(b"ABCD")
    bench.begin()
    bench.wait(3 * CHARACTER + CLOCK16)
    assert bench[STATUS] == TDRE | RDRF | OVERRUN
    assert bench[DATA] == 0x41
    bench.wait(CHARACTER)
    assert bench[DATA] == 0x44


def test_overrun_is_cleared_by_a_character_that_arrives_after_data_was_read(bench):
    bench.begin()
    bench.acia.inject(1)
    bench.acia.inject(2)
    assert bench[DATA] == 1
    assert bench[STATUS] == TDRE | OVERRUN
    bench.acia.inject(3)
    assert bench[STATUS] == TDRE | RDRF
    assert bench[DATA] == 3


def test_an_overrun_requests_an_interrupt_too(bench):
    bench.begin(command=DTR | TIC_ON)
    bench.acia.inject(1)
    bench[STATUS]
    bench.acia.inject(2)
    assert bench[STATUS] == IRQ | TDRE | RDRF | OVERRUN


def test_errors_stay_until_data_is_read_and_a_character_comes_without_error(bench):
    bench.begin()
    bench.acia.inject(0x41, parity_error=True)
    assert bench[STATUS] == TDRE | RDRF | PARITY
    assert bench[DATA] == 0x41
    assert bench[STATUS] == TDRE | PARITY
    bench.acia.inject(0x42, framing_error=True)
    assert bench[STATUS] == TDRE | RDRF | PARITY | FRAMING
    bench[DATA]
    bench.acia.inject(0x43)
    assert bench[STATUS] == TDRE | RDRF


def test_with_dtr_high_nothing_is_received_and_no_interrupt_requested(bench):
    bench.begin(command=TIC_IRQ)
    bench.acia.inject(0x41)
    bench.acia.dcd = False
    bench[DATA] = 0x41
    bench.wait(3 * CHARACTER)
    assert bench[STATUS] == TDRE | DCD
    assert not bench.wire.asserted
    assert bench.port.receive() == b"A"            # the transmitter does not depend on DTR


def test_without_the_internal_receiver_clock_nothing_is_received(bench):
    bench.port.send(b"A")
    bench.begin(control=B19200 & ~0x10)
    bench.wait(3 * CHARACTER)
    assert not bench[STATUS] & RDRF
    assert bench.port.pending == 1


# --- flow control -------------------------------------------------------------------------------------------


def test_the_host_keeps_its_bytes_while_rts_is_high(bench):
    bench.port.send(b"A")
    bench.begin(command=DTR | IRD)
    bench.wait(3 * CHARACTER)
    assert bench.port.pending == 1
    bench[COMMAND] = ON
    bench.wait(CHARACTER)
    assert bench[DATA] == 0x41


def test_a_byte_on_its_way_arrives_although_rts_went_high(bench):
    bench.port.send(b"AB")
    bench.begin()
    bench.wait(CHARACTER / 2)
    bench[COMMAND] = DTR | IRD
    assert not bench.acia.rts
    bench.wait(3 * CHARACTER)
    assert bench[STATUS] & RDRF
    assert bench[DATA] == 0x41
    assert bench.port.pending == 1


def test_the_host_keeps_its_bytes_while_dtr_is_high(bench):
    bench.port.send(b"A")
    bench.begin(command=TIC_ON)
    bench.wait(3 * CHARACTER)
    assert bench.port.pending == 1


# --- echo ---------------------------------------------------------------------------------------------------


def test_in_echo_mode_the_line_gets_back_what_it_sent_and_rts_is_low(bench):
    bench.port.send(b"AB")
    bench.begin(command=DTR | IRD | ECHO)
    assert bench.acia.rts
    bench.wait(RECEIVED + CLOCK16)
    assert bench[DATA] == 0x41
    bench.wait(CHARACTER)
    assert bench[DATA] == 0x42
    bench.wait(CHARACTER)
    assert bench.port.receive() == b"AB"


def test_echo_needs_tic_00(bench):
    bench.port.send(b"A")
    bench.begin(command=ON | ECHO)
    bench.wait(2 * CHARACTER)
    assert bench[DATA] == 0x41
    assert bench.port.receive() == b""


def test_in_echo_mode_received_characters_request_interrupts(bench):
    bench.port.send(b"A")
    bench.begin(command=DTR | ECHO)
    bench.wait(RECEIVED + CLOCK16)
    assert bench.wire.asserted


def test_an_overrun_silences_the_echo_until_data_is_read(bench):
    bench.port.send(b"ABCDE")
    bench.begin(command=DTR | IRD | ECHO)
    bench.wait(3 * CHARACTER + CHARACTER / 2)     # A received, B overran, C is past, D has begun
    assert bench.port.receive() == b"AB"
    bench[DATA]
    bench.wait(3 * CHARACTER)
    assert bench.port.receive() == b"E"


# --- modem lines --------------------------------------------------------------------------------------------


def test_cts_high_stops_the_transmitter_and_hides_tdre(bench):
    bench.begin()
    bench.acia.cts = False
    assert not bench[STATUS] & TDRE
    bench[DATA] = 0x41
    bench.wait(3 * CHARACTER)
    assert bench.port.receive() == b""
    bench.acia.cts = True
    bench.wait(CHARACTER + CLOCK16)
    assert bench.port.receive() == b"A"
    assert bench[STATUS] & TDRE


def test_cts_high_cuts_off_the_character_on_the_line_and_interrupts_go_on(bench):
    bench.begin(command=DTR | IRD | TIC_IRQ)
    bench[DATA] = 0x41
    bench.wait(CHARACTER / 2)
    bench[STATUS]
    bench.acia.cts = False
    bench.wait(CHARACTER)
    assert bench[STATUS] == IRQ
    bench.wait(CHARACTER)
    assert bench[STATUS] == IRQ
    assert bench.port.receive() == b""


def test_cts_does_not_touch_the_receiver(bench):
    bench.acia.cts = False
    bench.port.send(b"A")
    bench.begin()
    bench.wait(CHARACTER)
    assert bench[DATA] == 0x41


def test_dcd_does_not_touch_the_receiver(bench):
    bench.acia.dcd = False
    bench.port.send(b"A")
    bench.begin()
    bench[STATUS]
    bench.wait(CHARACTER)
    assert bench[STATUS] == TDRE | DCD | RDRF
    assert bench[DATA] == 0x41


@pytest.mark.parametrize(("line", "bit"), [("dsr", DSR), ("dcd", DCD)])
def test_a_change_of_dsr_or_dcd_requests_an_interrupt_and_is_kept_until_status_is_read(bench, line, bit):
    bench.begin()
    setattr(bench.acia, line, False)
    assert bench.wire.asserted
    setattr(bench.acia, line, True)
    assert bench[STATUS] == IRQ | TDRE | bit        # the level at the first change
    assert bench.wire.asserted                      # and at once the next interrupt, for the new level
    assert bench[STATUS] == IRQ | TDRE
    assert not bench.wire.asserted
    assert bench[STATUS] == TDRE


def test_ird_and_tic_do_not_keep_dsr_and_dcd_from_interrupting(bench):
    bench.begin(command=DTR | IRD)
    bench.acia.dcd = False
    assert bench[STATUS] == IRQ | TDRE | DCD


def test_an_interrupt_stays_requested_until_status_is_read_whatever_else_is_done(bench):
    bench.begin(command=DTR | TIC_ON)
    bench.acia.inject(0x41)
    bench[DATA]
    bench[COMMAND] = ON
    bench[CONTROL] = B19200
    assert bench.wire.asserted
    assert bench[STATUS] == IRQ | TDRE
    assert not bench.wire.asserted


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
