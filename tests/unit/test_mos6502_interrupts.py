"""IRQ, NMI and BRK of the NMOS 6502: when the lines are polled, who wins, and what is pushed.

Cycle 0 is the fetch of the first opcode at $0400. A line is low in a cycle when it is low at its end. The handlers at
$9000 (NMI) and $9100 (IRQ, BRK) are NOPs where nothing else is said. (docs/references.md: visual6502, 6502-interrupts)
"""

from typing import NamedTuple

import pytest
from mos6502_machine import machine, play, record

IRQ, NMI = 1, 2
NMI_VECTOR, IRQ_VECTOR = 0xFFFA, 0xFFFE
RTI, NOP, BRK = b"\x40", b"\xea", b"\x00"


class Served(NamedTuple):
    """An interrupt sequence: the cycle that it begins in, the vector that it takes, what it pushes."""

    cycle: int
    vector: int
    pc: int
    p: int


@pytest.fixture(params=[1, 3], ids=["period 1", "period 3"])
def served(request):
    """Runs a program with pulses [(line, first cycle, length)] and returns its interrupt sequences."""

    def run(program, *pulses, p=0x20, cycles=40, stack=b"", nmi_handler=b"", irq_handler=b"", **registers):
        made = machine(program, registers={"p": p, "s": 0xFD - len(stack), **registers}, period=request.param)
        memory = made.cpu.memory
        memory[0x1FE - len(stack) : 0x1FE] = stack
        memory[0x9000 : 0x9000 + len(nmi_handler)] = nmi_handler
        memory[0x9100 : 0x9100 + len(irq_handler)] = irq_handler
        memory[0xFFFA:0xFFFC] = b"\x00\x90"
        memory[0xFFFE:0x10000] = b"\x00\x91"
        levels = [0] * cycles
        for line, first, length in pulses:
            for cycle in range(first, min(first + length, cycles)):
                levels[cycle] |= line
        play(made, levels, every=request.param)
        return sequences(record(made, cycles))

    return run


def sequences(rows):
    """Where three pushes and the two halves of a vector follow each other."""
    found = []
    for at in range(2, len(rows) - 3):
        high, low, p, vector = rows[at : at + 4]
        if [row[3] for row in (high, low, p, vector)] == ["write"] * 3 + ["read"] and vector[1] >= 0xFFFA:
            found.append(Served(high[0] - 2, vector[1], high[2] << 8 | low[2], p[2]))
    return found


# --- R1, R2: the cycle in which an instruction polls ----------------------------------------------

INSTRUCTIONS = {
    # name: (bytes, cycles, those that are polled); X is $20, Z is clear
    "NOP": ("EA", 2, {0}),
    "LDA zp": ("A5 10", 3, {1}),
    "LDA abs": ("AD 34 12", 4, {2}),
    "LDA abs,X in its page": ("BD 34 12", 4, {2}),
    "LDA abs,X over a page": ("BD F0 12", 5, {3}),
    "INC zp": ("E6 10", 5, {3}),
    "INC abs": ("EE 34 12", 6, {4}),
    "INC abs,X": ("FE 34 12", 7, {5}),
    "SLO (zp,X)": ("03 10", 8, {6}),
    "a branch not taken": ("F0 10", 2, {0}),
    "a branch taken within its page": ("D0 10", 3, {0}),
    "a branch taken over a page": ("D0 80", 4, {0, 2}),
}


@pytest.mark.parametrize(("code", "length", "polled"), INSTRUCTIONS.values(), ids=INSTRUCTIONS)
def test_an_irq_of_one_cycle_is_taken_only_where_the_instruction_polls(served, code, length, polled):
    program = bytes.fromhex(code)
    taken = {cycle for cycle in range(length) if served(program, (IRQ, cycle, 1), x=0x20)}
    assert taken == polled
    for cycle in polled:
        assert served(program, (IRQ, cycle, 1), x=0x20)[0].cycle == length


@pytest.mark.parametrize(("code", "length", "polled"), INSTRUCTIONS.values(), ids=INSTRUCTIONS)
def test_an_nmi_edge_waits_for_the_next_poll(served, code, length, polled):
    for cycle in range(length):
        (found,) = served(bytes.fromhex(code), (NMI, cycle, 1), x=0x20)
        assert found.cycle == (length if cycle <= max(polled) else length + 2)


# --- R3: the flag I at the poll -------------------------------------------------------------------

def first_cycle(found):
    return found[0].cycle if found else None


def windows(table):
    """(start, length, cycle) of every pulse up to 8 cycles: {start: (the least length that is served, the cycle)}."""
    return [(start, length, cycle if length >= least else None)
            for start, (least, cycle) in table.items() for length in range(1, 9 - start)]


@pytest.mark.parametrize(("start", "length", "cycle"), windows(
    {0: (3, 4), 1: (2, 4), 2: (1, 4), 3: (2, 6), 4: (1, 6), 5: (2, 8), 6: (1, 8)}))
def test_cli_lets_an_irq_in_after_one_more_instruction(served, start, length, cycle):
    found = served(b"\x58" + NOP, (IRQ, start, length), p=0x24)
    assert first_cycle(found) == cycle
    if cycle == 4:
        assert found[0] == (4, IRQ_VECTOR, 0x0402, 0x20)


@pytest.mark.parametrize(("start", "length", "cycle"), windows(
    {0: (1, 2), 1: (9, None), 2: (9, None), 3: (9, None), 4: (9, None), 5: (9, None), 6: (9, None)}))
def test_sei_is_interrupted_only_by_what_its_own_poll_saw_and_then_pushes_i_set(served, start, length, cycle):
    found = served(b"\x78" + NOP, (IRQ, start, length), p=0x20)
    assert first_cycle(found) == cycle
    if cycle:
        assert found[0] == (2, IRQ_VECTOR, 0x0401, 0x24)


@pytest.mark.parametrize(("start", "length", "cycle"), windows(
    {0: (5, 6), 1: (4, 6), 2: (3, 6), 3: (2, 6), 4: (1, 6), 5: (2, 8), 6: (1, 8)}))
def test_plp_lets_an_irq_in_after_one_more_instruction(served, start, length, cycle):
    assert first_cycle(served(b"\x28" + NOP, (IRQ, start, length), p=0x24, stack=b"\x20")) == cycle


@pytest.mark.parametrize("start", range(7))
def test_plp_to_i_set_is_interrupted_only_by_what_its_own_poll_saw(served, start):
    found = served(b"\x28" + NOP, (IRQ, start, 1), p=0x20, stack=b"\x24")
    assert first_cycle(found) == (4 if start == 2 else None)


@pytest.mark.parametrize(("start", "length", "cycle"), windows(
    {0: (5, 6), 1: (4, 6), 2: (3, 6), 3: (2, 6), 4: (1, 6), 5: (2, 8), 6: (1, 8)}))
def test_rti_polls_with_the_flag_that_it_pulled(served, start, length, cycle):
    found = served(RTI, (IRQ, start, length), p=0x24, stack=b"\x20\x50\x04")
    assert first_cycle(found) == cycle
    if cycle == 6:
        assert found[0] == (6, IRQ_VECTOR, 0x0450, 0x20), "no instruction runs at the return address"


def test_rti_to_i_set_masks_at_once(served):
    assert all(not served(RTI, (IRQ, start, 30), p=0x20, stack=b"\x24\x50\x04") for start in range(8))


# --- R4, R5: level and edge, both at once ---------------------------------------------------------

def test_an_irq_that_is_gone_before_the_poll_was_never_there(served):
    assert served(bytes.fromhex("EE 34 12"), (IRQ, 0, 4)) == []


def test_an_irq_that_stays_comes_again_after_every_rti(served):
    found = served(b"", (IRQ, 0, 40), irq_handler=RTI)
    assert [(row.cycle, row.vector, row.pc) for row in found] == [(2 + 13 * n, IRQ_VECTOR, 0x0401) for n in range(3)]


def test_an_nmi_that_stays_low_comes_once(served):
    assert len(served(b"", (NMI, 0, 60), cycles=60, nmi_handler=RTI)) == 1


def test_an_nmi_that_was_released_comes_again_when_it_falls(served):
    found = served(b"", (NMI, 0, 20), (NMI, 22, 2), cycles=60, nmi_handler=RTI)
    assert [row.vector for row in found] == [NMI_VECTOR] * 2


@pytest.mark.parametrize(("irq", "nmi"), [(0, 0), (2, 3), (3, 2)])
def test_of_both_the_nmi_is_served_and_the_irq_at_the_rti_if_it_is_still_low(served, irq, nmi):
    found = served(bytes.fromhex("EE 34 12"), (IRQ, irq, 40), (NMI, nmi, 1), nmi_handler=RTI)
    assert found[:2] == [(6, NMI_VECTOR, 0x0403, 0xA0), (19, IRQ_VECTOR, 0x0403, 0xA0)]


def test_of_both_the_irq_is_forgotten_when_it_is_released(served):
    found = served(bytes.fromhex("EE 34 12"), (IRQ, 0, 8), (NMI, 0, 1), nmi_handler=RTI)
    assert [row.vector for row in found] == [NMI_VECTOR]


# --- R6, R11: what is pushed ----------------------------------------------------------------------

@pytest.mark.parametrize("p", [0x20, 0xE9, 0x2B])
def test_brk_pushes_b_and_the_lines_do_not_and_bit_5_is_always_set(served, p):
    assert served(BRK, p=p)[0] == (0, IRQ_VECTOR, 0x0402, p | 0x10)
    assert served(b"", (IRQ, 0, 1), p=p)[0] == (2, IRQ_VECTOR, 0x0401, p)
    assert served(b"", (NMI, 0, 1), p=p)[0] == (2, NMI_VECTOR, 0x0401, p)


@pytest.mark.parametrize("exact", [True, False])
def test_an_interrupt_sets_i_and_leaves_d(exact):
    made = machine(BRK, exact=exact, registers={"p": 0x28})
    made.cpu.memory[0xFFFE:0x10000] = b"\x00\x91"
    assert made.step() == 7
    assert made.cpu.registers == {"pc": 0x9100, "a": 0, "x": 0, "y": 0, "s": 0xFA, "p": 0x2C}


@pytest.mark.parametrize("p", [0x20, 0x24])
def test_a_brk_with_irq_low_is_just_a_brk(served, p):
    assert served(BRK, (IRQ, 0, 40), p=p) == [(0, IRQ_VECTOR, 0x0402, p | 0x10)]


# --- R7, R8, R9: an NMI within a sequence ---------------------------------------------------------

def nmi_in_brk(begin=0):
    """[(start, length, the cycles and vectors of the sequences)] with an NMI pulse; the first begins in `begin`."""
    return [(start + begin, length, expected) for start, length, expected in hijackings()]


def hijackings():
    own, late, later = (0, IRQ_VECTOR), (9, NMI_VECTOR), (11, NMI_VECTOR)
    for length in (1, 2, 3, 5):
        for start in range(4):
            yield start, length, [(0, NMI_VECTOR)]
        yield 4, length, [own, late] if length >= 3 else [own]
        yield 5, length, [own, late] if length >= 2 else [own]
        for start in (6, 7):
            yield start, length, [own, late]
        yield 8, length, [own, later]


@pytest.mark.parametrize(("start", "length", "expected"), nmi_in_brk())
def test_an_nmi_takes_a_brk_over_or_is_lost_or_waits_for_one_instruction(served, start, length, expected):
    found = served(BRK, (NMI, start, length), p=0x24)
    assert [(row.cycle, row.vector) for row in found] == expected
    assert (found[0].pc, found[0].p) == (0x0402, 0x34), "what was pushed stays that of the BRK"
    if expected[-1][0] == 9:
        assert found[1].pc == 0x9101, "the first instruction of the handler has run"


@pytest.mark.parametrize(("start", "length", "expected"), nmi_in_brk(2))
def test_an_nmi_does_the_same_to_an_irq(served, start, length, expected):
    found = served(b"", (IRQ, 0, 1), (NMI, start, length), p=0x20)
    assert [(row.cycle - 2, row.vector) for row in found] == expected
    assert (found[0].pc, found[0].p) == (0x0401, 0x20)


@pytest.mark.parametrize("start", range(2, 12))
def test_a_second_nmi_edge_is_absorbed_until_the_vector_is_being_read(served, start):
    """The first edge is in cycle 0, its sequence in cycles 2 to 8; the second is low for one cycle."""
    found = [row.cycle for row in served(b"", (NMI, 0, 1), (NMI, start, 1))]
    assert found == ([2] if start <= 7 else [2, 11] if start <= 9 else [2, 13])


def test_the_first_instruction_of_a_handler_always_runs(served):
    found = served(b"", (IRQ, 0, 1), (NMI, 8, 3), irq_handler=bytes.fromhex("EE 34 12"))
    assert found[1] == (15, NMI_VECTOR, 0x9103, 0xA4)


# --- R10 ------------------------------------------------------------------------------------------

def test_a_jammed_processor_hears_no_interrupt(served):
    assert served(b"\x02", (IRQ, 0, 10), (NMI, 12, 10)) == []
