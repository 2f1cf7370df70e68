"""When a 65C02 polls otherwise than an NMOS 6502, and when WAI is over. (docs/references.md: cmos-polls, wai)

"In cycle k" means, at the end of the k-th cycle, which is counted from the fetch of the first instruction. Every expectation
is written down from what was measured on chips, none is computed by the code under test.
"""

import pytest
from mos6502_machine import machine, play

from retrovm.core.types import Line
from retrovm.isa.mos6502 import opcodes

CMOS = ("65c02-wdc", "65c02-rockwell", "65c02-synertek")
IRQ, NMI = int(Line.IRQ), int(Line.NMI)
NMI_HANDLER, IRQ_HANDLER = 0x9000, 0x9100

builds = pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])


def made_of(program, model="65c02-wdc", *, at=0x0400, p=0x20, exact=False, period=1, **registers):
    made = machine(bytes(program), at, model=model, exact=exact, period=period, registers={"p": p, **registers})
    made.cpu.memory[0xFFFA:0x10000] = b"\x00\x90\x00\x80\x00\x91"
    return made


# --- NOPs of one cycle ----------------------------------------------------------------------------------------------

SHORT = [(model, opcode.code) for model in CMOS for opcode in opcodes(model) if opcode.cycles == 1]


def test_nops_of_one_cycle_are_in_columns_3_and_b():
    assert {code & 7 for _, code in SHORT} == {3}
    assert [sum(model == each for each, _ in SHORT) for model in CMOS] == [30, 30, 30]


@pytest.mark.parametrize(("line", "handler"), [(IRQ, IRQ_HANDLER), (NMI, NMI_HANDLER)], ids=["IRQ", "NMI"])
@pytest.mark.parametrize(("model", "code"), SHORT, ids=lambda value: value if isinstance(value, str) else f"{value:02X}")
def test_no_interrupt_comes_right_behind_a_nop_of_one_cycle(model, code, line, handler):
    made = made_of([code, code, code, 0xE8, 0xE8], model)
    play(made, [line] * 40)
    assert [made.step() for _ in range(4)] == [1, 1, 1, 2], "three NOPs, and INX, which polls"
    assert made.step() == 7
    assert made.cpu.pc == handler
    assert made.cpu.memory[0x01FC] == 0x04, "the interrupt came behind the INX"


@builds
def test_what_the_instruction_before_has_polled_comes_before_a_nop_of_one_cycle(exact):
    made = made_of([0xE8, 0x03, 0xE8], exact=exact)
    play(made, [IRQ] * 40)
    made.run_cycles(9)
    assert (made.cpu.pc, made.cpu.memory[0x01FC], made.cpu.cycles) == (IRQ_HANDLER, 0x01, 9)


# --- branches -------------------------------------------------------------------------------------------------------

BRANCHES = {                     # at, bytes, P; cycles; to where
    "not taken": (0x0400, b"\x90\x10", 0x21, 2, 0x0402),
    "taken": (0x0400, b"\x90\x10", 0x20, 3, 0x0412),
    "taken over a page": (0x04F0, b"\x90\x20", 0x20, 4, 0x0512),
    "BRA": (0x0400, b"\x80\x10", 0x20, 3, 0x0412),
    "BRA over a page": (0x0410, b"\x80\xd0", 0x20, 4, 0x03E2),
}
BIT_BRANCHES = {
    "BBR not taken": (0x0400, b"\x0f\x11\x10", 0x20, 5, 0x0403),
    "BBR taken": (0x0400, b"\x0f\x10\x10", 0x20, 6, 0x0413),
    "BBR over a page": (0x04F0, b"\x0f\x10\x20", 0x20, 7, 0x0513),
    "BBS not taken": (0x0400, b"\x8f\x10\x10", 0x20, 5, 0x0403),
    "BBS taken": (0x0400, b"\x8f\x11\x10", 0x20, 6, 0x0413),
    "BBS over a page": (0x04F0, b"\x8f\x11\x20", 0x20, 7, 0x0513),
}
CASES = [(model, name) for model in CMOS for name in BRANCHES | BIT_BRANCHES
         if name in BRANCHES or model != "65c02-synertek"]


@builds
@pytest.mark.parametrize("cycle", range(8))
@pytest.mark.parametrize(("model", "name"), CASES)
def test_a_branch_polls_in_its_last_cycle_but_one_taken_or_not(model, name, cycle, exact):
    at, code, p, length, target = (BRANCHES | BIT_BRANCHES)[name]
    made = made_of(code, model, at=at, p=p, exact=exact)
    made.cpu.memory[0x11] = 1
    play(made, [0] * cycle + [IRQ])
    made.run_cycles(1)
    assert (made.cpu.cycles, made.cpu.pc) == (length, target)
    made.run_cycles(1)
    served = made.cpu.pc == IRQ_HANDLER
    assert served == (cycle == length - 2)
    if served:
        assert made.cpu.memory[0x01FD] << 8 | made.cpu.memory[0x01FC] == target


@builds
def test_a_taken_branch_of_an_nmos_6502_does_not_poll_there(exact):
    made = made_of(b"\x90\x10", "6502", exact=exact)
    play(made, [0, IRQ])
    made.run_cycles(1)
    made.run_cycles(1)
    assert made.cpu.pc == 0x0413, "NOP at the target"


# --- WAI ------------------------------------------------------------------------------------------------------------

@builds
@pytest.mark.parametrize("period", [1, 3])
@pytest.mark.parametrize("cycle", [0, 1, 2, 3, 4, 10, 500])
@pytest.mark.parametrize(("line", "p", "handler"), [
    (IRQ, 0x24, None), (IRQ, 0x20, IRQ_HANDLER), (NMI, 0x24, NMI_HANDLER), (NMI, 0x20, NMI_HANDLER),
], ids=["IRQ masked", "IRQ", "NMI masked", "NMI"])
def test_what_follows_wai_begins_in_the_third_cycle_behind_the_one_with_the_line_low(line, p, handler, cycle, period, exact):
    made = made_of([0xCB, 0xE8, 0xE8], p=p, exact=exact, period=period)
    play(made, [0] * cycle + [line] * 20, every=period)
    made.run_cycles(cycle + 3)
    assert (made.cpu.cycles, made.cpu.is_waiting, made.cpu.pc) == (cycle + 3, False, 0x0401)
    made.run_cycles(1)
    if handler is None:
        assert (made.cpu.cycles, made.cpu.pc, made.cpu.registers["x"]) == (cycle + 3 + 2, 0x0402, 1)
    else:
        assert (made.cpu.cycles, made.cpu.pc, made.cpu.memory[0x01FC]) == (cycle + 3 + 7, handler, 0x01)


@builds
@pytest.mark.parametrize("cycle", [1, 7])
def test_wai_waits_until_the_cycle_before_that(cycle, exact):
    made = made_of([0xCB, 0xE8], p=0x24, exact=exact)
    play(made, [0] * cycle + [IRQ] * 20)
    made.run_cycles(cycle + 1)
    assert made.cpu.is_waiting


# --- revision A -----------------------------------------------------------------------------------------------------

RRA = {"izx": b"\x63\x20", "zp": b"\x67\x10", "abs": b"\x6f\x10\x00", "izy": b"\x73\x22", "zpx": b"\x77\x10",
       "aby": b"\x7b\x10\x00", "abx": b"\x7f\x10\x00"}


@builds
@pytest.mark.parametrize("carry", [0, 1])
@pytest.mark.parametrize("mode", RRA)
def test_rra_of_revision_a_shifts_to_the_left_too_and_adds_with_the_old_c(mode, carry, exact):
    made = made_of(RRA[mode], "6502-rev-a", p=0x20 | carry, exact=exact, a=0x10)
    made.cpu.memory[0x10] = 0xC1
    made.cpu.memory[0x20:0x24] = b"\x10\x00\x10\x00"
    made.run_cycles(1)
    assert made.cpu.memory[0x10] == 0x82
    assert made.cpu.registers["a"] == 0x92 + carry
    assert made.cpu.registers["p"] == 0xA0
