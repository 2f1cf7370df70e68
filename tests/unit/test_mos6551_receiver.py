"""The MOS 6551, sentence by sentence of its data sheets: the receiver, flow control, echo, the modem's lines."""

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
    RDRF,
    RECEIVED,
    STATUS,
    TDRE,
    TIC_IRQ,
    TIC_ON,
    Bench,
)


@pytest.fixture
def bench():
    return Bench()


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
