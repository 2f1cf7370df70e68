"""The timers of the VIA, sentence by sentence, with the cycles of the datasheets' timing diagrams.

`wait(n)` after a write in cycle w stands before the access of cycle w + n: what is read there is what the processor would
read in that cycle.
"""

import pytest
from mos6522_bench import (
    ACR,
    DDRB,
    IER,
    IFR,
    ORB,
    OUT_T2,
    SR,
    T1,
    T1_FREE,
    T1_PB7,
    T1CH,
    T1CL,
    T1LH,
    T1LL,
    T2,
    T2_PULSES,
    T2CH,
    T2CL,
    Bench,
)

from retrovm.chips.mos6522 import Mos6522
from retrovm.core.line_script import LineScript
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.types import Line
from retrovm.cpu.mos6502 import Mos6502


@pytest.fixture
def bench():
    return Bench()


# --- timer 1 ----------------------------------------------------------------------------------------------------------


def test_t1_shows_n_in_the_cycle_after_the_write_and_counts_down_from_there(bench):
    bench.start_t1(0x1234)
    bench.wait()
    assert bench.t1() == 0x1234
    bench.wait(0x35)
    assert bench.t1() == 0x11FF


@pytest.mark.parametrize("count", [0, 1, 2, 10, 255, 256, 1000, 0xFFFF])
@pytest.mark.parametrize("mode", [0, T1_FREE])
def test_the_interrupt_of_t1_falls_one_and_a_half_cycles_after_n_cycles_behind_the_write(bench, mode, count):
    """The write ends with cycle w, so that is in the middle of cycle w + N + 2, where T1 shows $FFFF."""
    bench.enable(T1)
    bench[ACR] = mode
    bench.start_t1(count)
    bench.wait(count + 1)
    assert (bench.irq, bench.t1(), bench.flags()) == (False, 0, 0)
    bench.wait()
    assert (bench.irq, bench.t1(), bench.flags()) == (True, 0xFFFF, T1)


def test_in_free_run_t1_interrupts_every_n_plus_two_cycles(bench):
    bench.enable(T1)
    bench[ACR] = T1_FREE
    bench.start_t1(98)
    times = []
    for _ in range(5):
        bench.cycles_until(lambda: bench.irq)
        times.append(bench.now)
        bench.wait()
        assert bench.t1() == 98
        assert bench[T1CL] == 98
        assert not bench.irq
    assert times == [100, 200, 300, 400, 500]


def test_in_one_shot_mode_t1_interrupts_once_and_goes_on_from_its_latch(bench):
    bench.enable(T1)
    bench.start_t1(5)
    bench.wait(7)
    assert (bench.irq, bench.t1()) == (True, 0xFFFF)
    bench.wait()
    assert bench.t1() == 5
    bench[T1CL]
    bench.wait(7 * 1000)
    assert (bench.irq, bench.t1()) == (False, 5)
    bench[T1CH] = 0
    bench.wait(7)
    assert bench.irq


@pytest.mark.parametrize(("access", "clears"), [
    (lambda b: b[T1CL], True),
    (lambda b: b[T1CH], False),
    (lambda b: b[T1LL], False),
    (lambda b: b[T1LH], False),
    (lambda b: b.__setitem__(T1CL, 1), False),
    (lambda b: b.__setitem__(T1LL, 1), False),
    (lambda b: b.__setitem__(T1CH, 1), True),
    (lambda b: b.__setitem__(T1LH, 1), True),
    (lambda b: b.__setitem__(IFR, T1), True),
    (lambda b: b.__setitem__(IFR, 0xFF & ~T1), False),
])
def test_reading_t1_low_or_writing_a_high_byte_or_the_flag_clears_it_and_nothing_else_does(bench, access, clears):
    bench.start_t1(3)
    bench.wait(20)
    assert bench.flags() == T1
    access(bench)
    assert bench.flags() == (0 if clears else T1)


@pytest.mark.parametrize("access", [lambda b: b[T1CL], lambda b: b.__setitem__(IFR, T1), lambda b: b.__setitem__(T1CH, 1)])
def test_an_access_in_the_cycle_that_sets_the_flag_of_t1_does_not_clear_it(bench, access):
    bench.start_t1(3)
    bench.wait(5)
    access(bench)
    assert bench.flags() == T1
    bench.wait()
    assert bench.flags() == T1


def test_the_latches_of_t1_are_read_and_written_without_touching_the_counter(bench):
    bench.start_t1(0x1000)
    bench.wait(5)
    bench[T1LL], bench[T1LH] = 0x34, 0x12
    assert (bench[T1LL], bench[T1LH], bench.t1()) == (0x34, 0x12, 0x1000 - 4)
    bench[T1CL] = 0x78
    assert bench[T1LL] == 0x78


def test_new_latches_take_effect_at_the_next_time_out(bench):
    bench[ACR] = T1_FREE
    bench.start_t1(10)
    bench.wait(5)
    bench[T1LL] = 20
    bench.enable(T1)
    assert bench.cycles_until(lambda: bench.irq) == 7
    bench.wait()
    bench[T1CL]
    assert bench.cycles_until(lambda: bench.irq) == 21


@pytest.mark.parametrize(("cycle", "loaded"), [(11, 0x0120), (12, 0x0120), (13, 10)])
def test_a_latch_written_in_the_cycle_before_t1_is_loaded_is_still_in_time(bench, cycle, loaded):
    bench[ACR] = T1_FREE
    bench.start_t1(10)
    bench.wait(cycle)
    bench[T1LL] = 0x20
    bench[T1LH] = 0x01
    bench.wait(13 - cycle)
    assert bench.t1() == loaded


def test_one_shot_mode_written_in_the_cycle_of_the_time_out_counts_and_free_run_comes_too_late(bench):
    bench.enable(T1)
    bench[ACR] = T1_FREE
    bench.start_t1(10)
    bench.wait(12)
    bench[ACR] = 0
    bench[IFR] = T1
    bench.wait()
    bench[IFR] = T1
    bench.wait(1000)
    assert not bench.irq
    bench.start_t1(10)
    bench.wait(12)
    bench[ACR] = T1_FREE
    bench.wait()
    bench[IFR] = T1
    bench.wait(1000)
    assert not bench.irq


def test_free_run_written_behind_the_time_out_does_not_arm_t1_again(bench):
    bench.start_t1(10)
    bench.wait(30)
    bench[T1CL]
    bench[ACR] = T1_FREE
    bench.wait(1000)
    assert bench.flags() == 0


# --- PB7 ----------------------------------------------------------------------------------------------------------------


def test_in_one_shot_mode_pb7_is_low_from_the_write_to_the_interrupt(bench):
    bench[DDRB] = 0x80
    bench[ACR] = T1_PB7
    assert bench.b["pb7"]
    bench.wait(3)
    bench.start_t1(10)
    bench.wait(100)
    assert [change for change in bench.watch_b.line(0x80) if change[0]] == [(3, False), (3 + 12, True)]


def test_in_free_run_pb7_is_inverted_at_every_time_out_whoever_reads_the_timer(bench):
    bench[DDRB] = 0x80
    bench[ACR] = T1_PB7 | T1_FREE
    bench.start_t1(8)
    bench.wait(45)
    assert bench.watch_b.line(0x80)[-5:] == [(0, False), (10, True), (20, False), (30, True), (40, False)]


def test_pb7_shows_the_timer_only_as_an_output_but_reads_as_it_in_any_case(bench):
    bench[ACR] = T1_PB7
    bench.b["pb7"] = True
    bench.start_t1(10)
    assert bench.b["pb7"]
    assert bench[ORB] & 0x80 == 0
    bench.wait(12)
    bench.b["pb7"] = False
    assert bench[ORB] & 0x80
    bench[ACR] = 0
    assert bench[ORB] & 0x80 == 0


def test_t1_goes_on_inverting_pb7_while_orb_has_the_pin(bench):
    bench[DDRB] = 0x80
    bench[ACR] = T1_FREE
    bench.start_t1(8)
    bench.wait(15)
    assert not bench.b["pb7"]
    bench[ACR] = T1_FREE | T1_PB7
    assert bench.b["pb7"]
    bench.wait(10)
    assert not bench.b["pb7"]


# --- timer 2 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 10, 255, 256, 1000, 0xFFFF])
def test_the_interrupt_of_t2_falls_one_and_a_half_cycles_after_n_cycles_behind_the_write(bench, count):
    bench.enable(T2)
    bench.start_t2(count)
    bench.wait()
    assert bench.t2() == count
    bench.wait(count)
    assert (bench.irq, bench.t2(), bench.flags()) == (False, 0, 0)
    bench.wait()
    assert (bench.irq, bench.t2(), bench.flags()) == (True, 0xFFFF, T2)


def test_t2_goes_on_counting_down_through_ffff_and_interrupts_no_more(bench):
    bench.enable(T2)
    bench.start_t2(5)
    bench.wait(8)
    assert bench.t2() == 0xFFFE
    bench[T2CL]
    bench.wait(0x20000 + 3)
    assert (bench.irq, bench.t2()) == (False, 0xFFFB)
    bench[T2CH] = 0
    bench.wait(7)
    assert bench.irq


@pytest.mark.parametrize(("access", "clears"), [
    (lambda b: b[T2CL], True),
    (lambda b: b[T2CH], False),
    (lambda b: b.__setitem__(T2CL, 1), False),
    (lambda b: b.__setitem__(T2CH, 1), True),
    (lambda b: b.__setitem__(IFR, T2), True),
])
def test_reading_t2_low_or_writing_t2_high_or_the_flag_clears_it(bench, access, clears):
    bench.start_t2(3)
    bench.wait(20)
    assert bench.flags() == T2
    access(bench)
    assert bench.flags() == (0 if clears else T2)


def test_an_access_in_the_cycle_that_sets_the_flag_of_t2_does_not_clear_it(bench):
    bench.start_t2(3)
    bench.wait(5)
    bench[T2CL]
    bench.wait()
    assert bench[IFR] == T2


def test_a_write_of_t2_low_waits_in_its_latch_for_the_high_byte(bench):
    bench.start_t2(0x2000)
    bench.wait(5)
    bench[T2CL] = 0x55
    assert bench.t2() == 0x2000 - 4
    bench[T2CH] = 0x10
    bench.wait()
    assert bench.t2() == 0x1055


def test_t2_counts_falling_edges_on_pb6_and_interrupts_when_it_counts_past_zero(bench):
    bench.enable(T2)
    bench[ACR] = T2_PULSES
    bench.start_t2(3)
    bench.wait(100)
    assert bench.t2() == 3
    for expected in (2, 1, 0):
        bench.pulse(bench.b, "pb6")
        assert (bench.t2(), bench.irq) == (expected, False)
    bench.b["pb6"] = False
    assert (bench.t2(), bench.irq) == (0xFFFF, True)
    bench.wait()
    bench[T2CL]
    bench.b["pb6"] = True
    bench.pulse(bench.b, "pb6")
    assert (bench.t2(), bench.irq) == (0xFFFE, False)


def test_t2_counts_edges_that_the_program_makes_on_pb6_as_an_output(bench):
    bench[ACR] = T2_PULSES
    bench.start_t2(10)
    bench[DDRB] = 0x40
    for _ in range(4):
        bench[ORB] = 0x40
        bench[ORB] = 0x00
    assert bench.t2() == 10 - 5                     # the first was made by DDRB


def test_t2_stops_and_starts_counting_cycles_a_cycle_after_acr_is_written(bench):
    bench.start_t2(100)
    bench.wait(11)
    assert bench.t2() == 90
    bench[ACR] = T2_PULSES
    bench.wait(50)
    assert bench.t2() == 89
    bench[ACR] = 0
    bench.wait()
    assert bench.t2() == 89
    bench.wait()
    assert bench.t2() == 88


def test_while_t2_clocks_the_shift_register_its_low_byte_is_loaded_behind_ff(bench):
    bench[ACR] = OUT_T2
    bench[T2CL] = 7
    bench[T2CH] = 0x12
    values = []
    for _ in range(12):
        bench.wait()
        values.append(bench.t2())
    assert values == [0x1207, 0x1206, 0x1205, 0x1204, 0x1203, 0x1202, 0x1201, 0x1200, 0x11FF, 0x1107, 0x1106, 0x1105]


def test_t2_interrupts_all_the_same_when_its_high_byte_has_counted_the_periods_of_the_low_one(bench):
    bench.enable(T2)
    bench[ACR] = OUT_T2
    bench[T2CL] = 7
    bench[T2CH] = 2
    assert bench.cycles_until(lambda: bench.irq) == 3 * (7 + 2)
    assert bench.t2() == 0xFFFF
    bench.wait()
    bench[T2CL]
    bench.wait(100_000)
    assert not bench.irq


# --- reset --------------------------------------------------------------------------------------------------------------


def test_reset_leaves_the_timers_counting_and_disarms_them(bench):
    bench.enable(T1 | T2)
    bench[ACR] = T1_FREE
    bench.start_t1(1000)
    bench.start_t2(2000)
    bench[SR] = 0x5A
    bench.wait(11)
    bench.machine.reset(power_on=False)
    assert (bench.t1(), bench.t2(), bench[T1LL], bench[T1LH]) == (990, 1990, 1000 & 0xFF, 1000 >> 8)
    assert (bench[SR], bench[ACR], bench[IER]) == (0x5A, 0, 0x80)
    bench.wait(3000)
    assert bench.flags() == 0


# --- with a processor -------------------------------------------------------------------------------------------------


def board(program, period=1):
    """A 65C02 with RAM, a VIA at $6000, and `program` at $0400; NOPs fill the rest."""
    made = Machine(1_000_000)
    bus = made.add_bus()
    bus.map(0, 0x10000, made.add(Memory("ram", 0x10000, fill=0xEA)))
    cpu = made.add(Mos6502(model="65c02-wdc", bus=bus, period=period))
    bus.map(0x6000, 0x100, made.add(Mos6522("via", made.clock, cpu.wire(Line.IRQ), period=period)), mirror=16)
    bus.poke_bytes(0x0400, program)
    bus.poke_bytes(0xFFFE, b"\x00\x05")
    cpu.registers = {"pc": 0x0400, "s": 0xFD, "p": 0x20}
    return made


SET_UP = bytes([0xA9, 0xC0, 0x8D, 0x0E, 0x60,        # LDA #$C0; STA IER
                0xA9, 0x40, 0x8D, 0x0B, 0x60,        # LDA #$40; STA ACR: free run
                0xA9, 0x62, 0x8D, 0x04, 0x60,        # LDA #98; STA T1C-L
                0xA9, 0x00, 0x8D, 0x05, 0x60])       # LDA #0; STA T1C-H: its last cycle is number 23


HANDLER = bytes([0xAD, 0x04, 0x60, 0x40])            # LDA T1C-L; RTI
WAIT = bytes([0xCB, 0x80, 0xFD])                     # WAI; BRA to it


def entries(made, cycles):
    """The cycles in which the handler at $0500 begins."""
    found = []
    made.add_hook(0x0500, lambda m: found.append(m.cpu.cycles))
    made.run_cycles(cycles)
    return found


@pytest.mark.parametrize("period", [1, 4])
@pytest.mark.parametrize("exact", [False, True])
def test_a_program_is_interrupted_every_n_plus_two_cycles(exact, period):
    made = board(SET_UP + WAIT, period)
    made.cpu.exact = exact
    made.buses["bus"].poke_bytes(0x0500, HANDLER)
    found = entries(made, 10_000)
    assert [entry - found[0] for entry in found] == [100 * n for n in range(99)]


@pytest.mark.parametrize("idle", [WAIT, b"\xea" * 200 + b"\x4c\x14\x04", bytes([0x4C, 0x14, 0x04])])
def test_the_line_falls_in_the_very_cycle_in_which_a_script_would_pull_it(idle):
    """T1 is loaded in cycle 23, the last of the set-up, counted from 0; so /IRQ is low in cycle 23 + N + 2."""
    timed = board(SET_UP + idle)
    scripted = board(SET_UP.replace(b"\x0e\x60", b"\x0e\x70") + idle)      # IER stays 0
    scripted.add(LineScript("script", scripted.cpu, [(23 + 98 + 2, Line.IRQ)]))
    found = entries(timed, 150)
    assert len(found) == 1
    assert found == entries(scripted, 150)


@pytest.mark.parametrize("nops", [0, 10, 47, 48, 49, 98, 1000])
def test_a_program_reads_the_counter_of_the_cycle_of_its_read(nops):
    """LDA absolute reads in its fourth cycle, where T1 has counted three times since it showed N; $FFFF takes one cycle."""
    made = board(SET_UP + bytes([0xEA] * nops) + bytes([0xAD, 0x04, 0x60, 0xDB]))
    made.cpu.registers = {"p": 0x24}
    made.run_cycles(5000)
    since = (3 + 2 * nops) % 100
    assert made.cpu.registers["a"] == (98 - since) & 0xFF
