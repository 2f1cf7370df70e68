"""The shift register of the VIA, sentence by sentence, in its eight modes."""

from itertools import pairwise

import pytest
from mos6522_bench import (
    ACR,
    C1,
    C2,
    CB1,
    IFR,
    IN_CB1,
    IN_PHI2,
    IN_T2,
    OFF,
    OUT_CB1,
    OUT_FREE,
    OUT_PHI2,
    OUT_T2,
    PCR,
    SHIFT,
    SR,
    T2CH,
    T2CL,
    Bench,
)

from retrovm.core.python_device import PythonDevice


@pytest.fixture
def bench():
    return Bench()


class Sender(PythonDevice):
    """A shift register on CB1 and CB2: its next bit is on CB2 when CB1 has fallen."""

    def __init__(self, pins, value):
        super().__init__("sender")
        self.bits = [value >> bit & 1 for bit in range(7, -1, -1)]
        self.plugged = self.plug(pins)
        self.clock_high = True

    def pins_changed(self, group, levels, driven, now):
        if self.clock_high and not levels & C1 and self.bits:
            self.plugged.drive(C2, C2 if self.bits.pop(0) else 0)
        self.clock_high = bool(levels & C1)


def received(bench):
    """The bits on CB2 at each rising edge of CB1, as a number, and the cycles of these edges."""
    value, times, before = 0, [], True
    for cycle, levels in bench.watch_b.log:
        if levels & C1 and not before:
            value = value << 1 | bool(levels & C2)
            times.append(cycle)
        before = bool(levels & C1)
    return value, times


# --- by phi2 ----------------------------------------------------------------------------------------------------------


def test_phi2_shifts_a_byte_out_at_half_its_rate_most_significant_bit_first(bench):
    bench[ACR] = OUT_PHI2
    bench.wait(10)
    bench[SR] = 0xA5
    bench.wait(40)
    value, times = received(bench)
    assert value == 0xA5
    assert times == [13 + 2 * n for n in range(8)]
    assert bench.watch_b.line(C1)[-16:] == [(12 + n, bool(n % 2)) for n in range(16)]


def test_the_flag_is_set_with_the_last_edge_and_cb1_stays_high(bench):
    bench.enable(SHIFT)
    bench[ACR] = OUT_PHI2
    bench.wait(10)
    bench[SR] = 0xA5
    assert bench.cycles_until(lambda: bench.irq) == 17
    assert (bench.flags() & SHIFT, bench.b["cb1"]) == (SHIFT, True)
    assert bench.peek(SR) == 0xA5                   # it has gone round
    bench.wait(100)
    assert bench.watch_b.line(C1)[-1] == (27, True)


def test_phi2_shifts_a_byte_in_and_a_read_starts_it(bench):
    bench.machine.add(Sender(bench.b, 0x3C))
    bench[ACR] = IN_PHI2
    bench.wait(10)
    bench[SR]
    bench.wait(17)
    assert bench.flags() & SHIFT
    assert bench[SR] == 0x3C


def test_an_access_in_the_middle_of_a_byte_does_not_begin_it_anew(bench):
    bench[ACR] = OUT_PHI2
    bench.wait(10)
    bench[SR] = 0xFF
    bench.wait(7)
    bench[SR] = 0x00
    bench.wait(10)
    assert bench.flags() & SHIFT
    assert len(received(bench)[1]) == 8


def test_a_read_or_a_write_of_sr_clears_the_flag(bench):
    for access in (lambda: bench[SR], lambda: bench.__setitem__(SR, 1)):
        bench[ACR] = OUT_PHI2
        bench[SR] = 1
        bench.wait(30)
        assert bench.flags() & SHIFT
        access()
        assert not bench.flags() & SHIFT
        bench.wait(30)


# --- by T2 ------------------------------------------------------------------------------------------------------------


def test_t2_shifts_a_byte_out_with_an_edge_every_n_plus_two_cycles(bench):
    bench.enable(SHIFT)
    bench[ACR] = OUT_T2
    bench[T2CL] = 7
    bench[T2CH] = 0x12
    bench.wait(1)
    bench[SR] = 0x96
    bench.wait(200)
    value, times = received(bench)
    assert value == 0x96
    assert times == [11 + 9 + 18 * n for n in range(8)]
    # T2 shows $1200 in cycle 8, $11FF in 9 and its latch in 10; CB1 falls for cycle 11.
    falls = [cycle for cycle, level in bench.watch_b.line(C1) if not level]
    assert falls == [11 + 18 * n for n in range(8)]
    assert bench.irq


def test_t2_shifts_a_byte_in(bench):
    bench.machine.add(Sender(bench.b, 0xC3))
    bench[ACR] = IN_T2
    bench[T2CL] = 3
    bench[T2CH] = 0
    bench[SR]
    bench.wait(200)
    assert bench.flags() & SHIFT
    assert bench.peek(SR) == 0xC3


def test_in_free_run_a_byte_goes_round_for_ever_and_sets_no_flag(bench):
    bench[ACR] = OUT_FREE
    bench[T2CL] = 0
    bench[T2CH] = 0
    bench.wait(1)
    bench[SR] = 0xB1
    bench.wait(200)
    value, times = received(bench)
    assert len(times) > 32
    assert value >> (len(times) - 32) == 0xB1B1B1B1
    assert {later - earlier for earlier, later in pairwise(times)} == {4}
    assert bench.flags() & SHIFT == 0


def test_a_new_latch_changes_the_rate_from_the_next_edge_on(bench):
    bench[ACR] = OUT_FREE
    bench[T2CL] = 3
    bench[T2CH] = 0
    bench[SR] = 0
    bench.wait(50)
    bench[T2CL] = 8
    edges = len(bench.watch_b.line(C1))
    bench.wait(100)
    times = [cycle for cycle, _ in bench.watch_b.line(C1)][edges:]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[0] in (5, 10)
    assert set(gaps[1:]) == {10}


# --- by CB1 -----------------------------------------------------------------------------------------------------------


def clock_in(bench, value):
    for bit in range(7, -1, -1):
        bench.b["cb1"] = False
        bench.b["cb2"] = bool(value >> bit & 1)
        bench.wait(3)
        bench.b["cb1"] = True
        bench.wait(3)


def test_rising_edges_of_cb1_shift_cb2_in_and_eight_of_them_set_the_flag(bench):
    bench[ACR] = IN_CB1
    bench[SR]
    clock_in(bench, 0x5E)
    assert (bench.flags() & SHIFT, bench.peek(SR)) == (SHIFT, 0x5E)


def test_an_external_clock_goes_on_shifting_behind_the_eighth_bit(bench):
    bench[ACR] = IN_CB1
    clock_in(bench, 0x5E)
    bench[IFR] = SHIFT
    clock_in(bench, 0x81)
    assert (bench.flags() & SHIFT, bench.peek(SR)) == (SHIFT, 0x81)


def test_an_access_of_sr_begins_the_count_of_external_pulses_anew(bench):
    bench[ACR] = IN_CB1
    for _ in range(5):
        bench.pulse(bench.b, "cb1")
    bench[SR]
    for _ in range(7):
        bench.pulse(bench.b, "cb1")
    assert not bench.flags() & SHIFT
    bench.pulse(bench.b, "cb1")
    assert bench.flags() & SHIFT


def test_falling_edges_of_cb1_shift_a_byte_out_on_cb2(bench):
    bench[ACR] = OUT_CB1
    bench[SR] = 0xD2
    value = 0
    for _ in range(8):
        assert not bench.flags() & SHIFT
        bench.b["cb1"] = False
        bench.wait()
        bench.b["cb1"] = True
        value = value << 1 | bench.b["cb2"]
        bench.wait()
    assert (value, bench.flags() & SHIFT) == (0xD2, SHIFT)


# --- off --------------------------------------------------------------------------------------------------------------


def test_switched_off_it_still_takes_cb2_at_rising_edges_of_cb1_and_sets_no_flag(bench):
    bench[SR] = 0
    clock_in(bench, 0x77)
    assert (bench[SR], bench.flags() & SHIFT) == (0x77, 0)


def test_switching_it_off_clears_the_flag_and_gives_cb1_and_cb2_back_to_pcr(bench):
    bench[PCR] = 0xC0                               # CB2 low
    bench[ACR] = OUT_PHI2
    assert bench.b.driven & (C1 | C2) == C1 | C2
    bench[SR] = 0xFF
    bench.wait(30)
    assert bench.b["cb2"]
    bench[ACR] = OFF
    assert (bench.flags() & SHIFT, bench.b.driven, bench.b["cb2"]) == (0, C2, False)


@pytest.mark.parametrize(("mode", "driven"), [(OFF, 0), (IN_T2, C1), (IN_PHI2, C1), (IN_CB1, 0), (OUT_FREE, C1 | C2),
                                              (OUT_T2, C1 | C2), (OUT_PHI2, C1 | C2), (OUT_CB1, C2)])
def test_cb1_and_cb2_are_outputs_as_the_mode_needs_them(bench, mode, driven):
    bench[ACR] = mode
    assert bench.b.driven == driven


def test_edges_that_the_shift_clock_makes_set_the_flag_of_cb1_too(bench):
    bench[ACR] = OUT_PHI2
    bench[SR] = 0
    bench.wait(5)
    assert bench.flags() & CB1
