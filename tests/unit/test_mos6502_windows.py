"""Windows in which a pulse is served, hijacks or is lost, in both builds: flag I, and IRQ, NMI and BRK against each other.

The tables are read off the netlist of the NMOS chip (docs/references.md: 6502-interrupts). Cycle 0 is the fetch of the first
opcode; a pulse (first, length) is low at the end of cycles first to first + length - 1.
"""

import pytest
from mos6502_scenarios import IRQ, IRQ_VECTOR, NMI, NMI_VECTOR, NMOS, Program, both, levels

NEVER = (99, None)
pytestmark = pytest.mark.parametrize("model", NMOS)

# {first cycle: (the least length that is served, the cycle in which the sequence begins)}
LATE = {0: (5, 6), 1: (4, 6), 2: (3, 6), 3: (2, 6), 4: (1, 6), 5: (2, 8), 6: (1, 8)}
I_WINDOWS = {
    "CLI": (Program(b"\x58", p=0x24), {0: (3, 4), 1: (2, 4), 2: (1, 4), 3: (2, 6), 4: (1, 6), 5: (2, 8), 6: (1, 8)}),
    "SEI": (Program(b"\x78"), {0: (1, 2)} | dict.fromkeys(range(1, 7), NEVER)),
    "PLP to I clear": (Program(b"\x28", p=0x24, stack=b"\x20"), LATE),
    "PLP to I set": (Program(b"\x28", stack=b"\x24"),
                     {0: (3, 4), 1: (2, 4), 2: (1, 4)} | dict.fromkeys(range(3, 7), NEVER)),
    "RTI to I clear": (Program(b"\x40", p=0x24, stack=b"\x20\x50\x04"), LATE),
    "RTI to I set": (Program(b"\x40", stack=b"\x24\x50\x04"), dict.fromkeys(range(7), NEVER)),
}


@pytest.mark.parametrize("name", I_WINDOWS)
def test_an_irq_around_a_change_of_i_is_served_in_its_window_alone(model, name):
    program, table = I_WINDOWS[name]
    tried = 0
    for first, (least, cycle) in table.items():
        for length in range(1, 9 - first):
            seen = both(program, levels((IRQ, first, length)), model=model)
            assert seen.served == ([(cycle, IRQ_VECTOR)] if length >= least else []), (first, length)
            tried += 1
    assert tried == 35


@pytest.mark.parametrize(("name", "pushed"), [
    ("CLI", (0x0402, 0x20)), ("SEI", (0x0401, 0x24)), ("PLP to I clear", (0x0402, 0x20)),
    ("PLP to I set", (0x0401, 0x24)), ("RTI to I clear", (0x0450, 0x20)),
])  # fmt: skip
def test_the_pushed_i_is_the_new_one_and_pc_says_which_instructions_have_run(model, name, pushed):
    program, table = I_WINDOWS[name]
    first, (length, _) = next(iter(table.items()))
    seen = both(program, levels((IRQ, first, length)), model=model)
    assert (int.from_bytes(seen.stack[0xFC:0xFE], "little"), seen.stack[0xFB]) == pushed


# --- BRK ----------------------------------------------------------------------------------------------------------------

def test_an_nmi_takes_a_brk_over_or_is_lost_or_waits_for_the_first_instruction_of_its_handler(model):
    program = Program(b"\x00", p=0x24)
    for first in range(9):
        for length in range(1, 11 - first):
            seen = both(program, levels((NMI, first, length)), model=model, cycles=28)
            if first <= 3:
                expected = [(0, NMI_VECTOR)]
            elif first in (4, 5) and first + length <= 6:
                expected = [(0, IRQ_VECTOR)]
            else:
                # The handler is NOPs; in cycle 8 the first of them has already polled.
                expected = [(0, IRQ_VECTOR), (9 if first <= 7 else 11, NMI_VECTOR)]
            assert seen.served == expected, (first, length)
            assert seen.stack[0xFB:0xFE] == b"\x34\x02\x04", "what was pushed stays that of the BRK"
            if len(expected) == 2:
                ran = 1 if first <= 7 else 2
                assert seen.stack[0xF9:0xFB] == bytes([ran, 0x91]), "this many instructions of the handler have run"


@pytest.mark.parametrize("p", [0x20, 0x24])
def test_a_brk_with_irq_low_is_just_a_brk(model, p):
    for first in range(9):
        for length in range(1, 11 - first):
            seen = both(Program(b"\x00", p=p), levels((IRQ, first, length)), model=model, cycles=28)
            assert seen.served == [(0, IRQ_VECTOR)], (first, length)
            assert seen.stack[0xFB] == p | 0x10


# --- both lines ---------------------------------------------------------------------------------------------------------

HANDLERS = {0x9000: b"\x40", 0x9100: b"\x40"}          # RTI
# LDX #$FF; TXS; NOP ...
ON_THE_WAY = Program(b"\xa2\xff\x9a", memory=HANDLERS)

OVERLAPS = {
    # name: (pulses, sequences); a handler takes 7 + 6 cycles
    "in the same cycle": ([(IRQ, 0, 1), (NMI, 0, 1)], [(2, NMI_VECTOR)]),
    # The IRQ has been accepted; in the first cycles of its sequence the NMI takes it over.
    "the IRQ first by a cycle": ([(IRQ, 0, 2), (NMI, 1, 1)], [(2, NMI_VECTOR)]),
    "the NMI first by a cycle": ([(NMI, 1, 1), (IRQ, 2, 1)], [(4, NMI_VECTOR)]),
    "a held IRQ and an NMI of one cycle": ([(IRQ, 0, 40), (NMI, 2, 1)], [(2, NMI_VECTOR), (15, IRQ_VECTOR)]),
    "an NMI, then a held IRQ": ([(NMI, 0, 1), (IRQ, 1, 40)], [(2, NMI_VECTOR), (15, IRQ_VECTOR)]),
    "both, the NMI goes first": ([(IRQ, 0, 40), (NMI, 0, 3)], [(2, NMI_VECTOR), (15, IRQ_VECTOR)]),
    "both, the IRQ goes first": ([(IRQ, 0, 3), (NMI, 0, 6)], [(2, NMI_VECTOR)]),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_of_both_lines_the_nmi_comes_first_and_an_irq_only_if_it_is_still_low(model, name):
    pulses, sequences = OVERLAPS[name]
    seen = both(ON_THE_WAY, levels(*pulses), model=model, cycles=28)
    assert seen.served == sequences


def test_an_nmi_held_through_its_handler_is_one_and_a_second_edge_another(model):
    program = Program(b"", memory=HANDLERS)
    assert both(program, levels((NMI, 0, 44)), model=model, cycles=60).served == [(2, NMI_VECTOR)]
    assert both(program, levels((NMI, 0, 20), (NMI, 22, 2)), model=model, cycles=60).served == [
        (2, NMI_VECTOR), (25, NMI_VECTOR)]


@pytest.mark.parametrize("second", range(7, 19))
def test_a_second_edge_is_lost_until_the_high_half_of_the_vector_is_read(model, second):
    """The first falls in cycle 5, its sequence runs in cycles 8 to 14, the handler is NOP (15, 16) and RTI (17 to 22)."""
    program = Program(b"", memory={0x9000: b"\xea\x40"})
    seen = both(program, levels((NMI, 5, 1), (NMI, second, 1)), model=model, cycles=32)
    again = [] if second <= 13 else [(17, NMI_VECTOR)] if second <= 15 else [(23, NMI_VECTOR)]
    assert seen.served == [(8, NMI_VECTOR), *again]
    if second in (14, 15):
        assert seen.stack[0xF8:0xFB] == b"\x24\x01\x90", "after one instruction of the handler"


def test_an_irq_held_before_and_through_an_nmi_comes_behind_its_rti(model):
    program = Program(b"\xee\x00\x10", memory=HANDLERS)                        # INC $1000
    assert both(program, levels((IRQ, 0, 60), (NMI, 1, 1)), model=model, cycles=22).served == [
        (6, NMI_VECTOR), (19, IRQ_VECTOR)]


def test_an_irq_that_falls_within_the_nmi_handler_comes_behind_its_rti(model):
    program = Program(b"\xee\x00\x10", memory=HANDLERS)
    assert both(program, levels((NMI, 1, 1), (IRQ, 14, 60)), model=model, cycles=22).served == [
        (6, NMI_VECTOR), (19, IRQ_VECTOR)]
