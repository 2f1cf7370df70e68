"""The timing diagrams of the VIA's data sheet, cycle by cycle.

A column is a cycle of phi2, a row what is there at its end. In cycle 0 the processor writes or reads the register that starts
what the diagram shows. /IRQ falls, and a pin changes, in the cycle of the first column that shows it; what happens in the
middle of cycle N + 2 is N + 1.5 cycles behind the end of cycle 0.
"""

import pytest
from mos6522_bench import (
    ACR,
    CB1,
    DDRB,
    IFR,
    ORA,
    ORB,
    OUT_PHI2,
    OUT_T2,
    PCR,
    SR,
    T1,
    T1_FREE,
    T1_PB7,
    T2,
    T2_PULSES,
    Bench,
)


@pytest.fixture
def bench():
    return Bench()


def rows(bench, cycles, *looks):
    """What each look finds in the cycles 1, 2, ..., as text."""
    found = [[] for _ in looks]
    for _ in range(cycles):
        bench.wait()
        for row, look in zip(found, looks, strict=True):
            row.append(look())
    return [" ".join(row) for row in found]


def level(port, line):
    return lambda: "‾" if port[line] else "_"


def irq(bench):
    """The level of /IRQ."""
    return lambda: "_" if bench.irq else "‾"


def counter(read):
    return lambda: f"{read() & 0xF:X}"


def test_t1_in_one_shot_mode(bench):
    bench[DDRB], bench[ACR] = 0x80, T1_PB7
    bench.enable(T1)
    bench.start_t1(3)
    assert rows(bench, 12, counter(bench.t1), irq(bench), level(bench.b, "pb7")) == [
        "3 2 1 0 F 3 2 1 0 F 3 2",
        "‾ ‾ ‾ ‾ _ _ _ _ _ _ _ _",            # in the middle of cycle 5 = N + 2
        "_ _ _ _ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾"]


def test_t1_in_free_run_mode(bench):
    bench[DDRB], bench[ACR] = 0x80, T1_PB7 | T1_FREE
    bench.enable(T1)
    bench.start_t1(3)

    def served():
        """/IRQ, and a program that clears the flag in the next cycle."""
        asserted = bench.irq
        if asserted and bench.t1() != 0xFFFF:
            bench[IFR] = T1
        return "_" if asserted else "‾"

    assert rows(bench, 16, counter(bench.t1), served, level(bench.b, "pb7")) == [
        "3 2 1 0 F 3 2 1 0 F 3 2 1 0 F 3",      # a period is N + 2 cycles
        "‾ ‾ ‾ ‾ _ _ ‾ ‾ ‾ _ _ ‾ ‾ ‾ _ _",
        "_ _ _ _ ‾ ‾ ‾ ‾ ‾ _ _ _ _ _ ‾ ‾"]


def test_t2_in_one_shot_mode(bench):
    bench.enable(T2)
    bench.start_t2(3)
    assert rows(bench, 10, counter(bench.t2), irq(bench)) == [
        "3 2 1 0 F E D C B A",                  # it goes on, and is not loaded again
        "‾ ‾ ‾ ‾ _ _ _ _ _ _"]


def test_t2_counting_pulses_on_pb6(bench):
    bench.enable(T2)
    bench[ACR] = T2_PULSES
    bench.start_t2(2)
    levels = iter("‾ _ _ ‾ _ ‾ ‾ _ _ ‾ _ _".split())

    def pb6():
        bench.b["pb6"] = next(levels) == "‾"
        return "‾" if bench.b["pb6"] else "_"

    assert rows(bench, 12, pb6, counter(bench.t2), irq(bench)) == [
        "‾ _ _ ‾ _ ‾ ‾ _ _ ‾ _ _",
        "2 1 1 1 0 0 0 F F F E E",
        "‾ ‾ ‾ ‾ ‾ ‾ ‾ _ _ _ _ _"]


@pytest.mark.parametrize("write", [False, True])
def test_the_handshake_of_port_a(bench, write):
    bench[PCR] = 0b1000
    levels = iter("‾ ‾ ‾ _ _ ‾ ‾".split())

    def ca1():
        bench.a["ca1"] = next(levels) == "‾"
        return "‾" if bench.a["ca1"] else "_"

    if write:
        bench[ORA] = 0x55
    else:
        bench[ORA]
    assert rows(bench, 7, ca1, level(bench.a, "ca2")) == [
        "‾ ‾ ‾ _ _ ‾ ‾",
        "_ _ _ ‾ ‾ ‾ ‾"]


def test_the_pulse_of_port_a(bench):
    bench[PCR] = 0b1010
    bench[ORA]
    assert rows(bench, 4, level(bench.a, "ca2")) == ["_ ‾ ‾ ‾"]


def test_the_handshake_of_port_b(bench):
    bench[PCR] = 0b1000_0000
    bench.enable(CB1)
    levels = iter("‾ ‾ _ _ ‾".split())

    def cb1():
        bench.b["cb1"] = next(levels) == "‾"
        return "‾" if bench.b["cb1"] else "_"

    bench[ORB] = 0x55
    assert rows(bench, 5, cb1, level(bench.b, "cb2"), irq(bench)) == [
        "‾ ‾ _ _ ‾",
        "_ _ ‾ ‾ ‾",
        "‾ ‾ _ _ _"]


def test_the_shift_register_out_under_phi2(bench):
    bench[ACR] = OUT_PHI2
    bench.wait(4)
    bench.enable(4)
    bench[SR] = 0b10110010
    assert rows(bench, 20, level(bench.b, "cb1"), level(bench.b, "cb2"), irq(bench)) == [
        "‾ _ ‾ _ ‾ _ ‾ _ ‾ _ ‾ _ ‾ _ ‾ _ ‾ ‾ ‾ ‾",
        "‾ ‾ ‾ _ _ ‾ ‾ ‾ ‾ _ _ _ _ ‾ ‾ _ _ _ _ _",
        "‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ _ _ _ _"]


def test_the_shift_register_out_under_t2(bench):
    bench[ACR] = OUT_T2
    bench.start_t2(1)
    bench[SR] = 0b10110010
    assert rows(bench, 30, counter(bench.t2), level(bench.b, "cb1"), level(bench.b, "cb2")) == [
        "1 0 F 1 0 F 1 0 F 1 0 F 1 0 F 1 0 F 1 0 F 1 0 F 1 0 F 1 0 F",       # the low byte, loaded again every N + 2 cycles
        "‾ ‾ ‾ ‾ _ _ _ ‾ ‾ ‾ _ _ _ ‾ ‾ ‾ _ _ _ ‾ ‾ ‾ _ _ _ ‾ ‾ ‾ _ _",
        "‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ _ _ _ _ _ _ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ ‾ _ _"]
