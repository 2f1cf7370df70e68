"""What a program and its author rely on: the lines pulled from outside between instructions, in both builds.

Facts from the chip's description (docs/references.md: mos-hardware, 6502-interrupts).
"""

import pytest
from mos6502_scenarios import NMOS, WITH_LINES

from retrovm.core.bus import Bus
from retrovm.core.clock import Clock
from retrovm.core.memory import Memory
from retrovm.cpu import Mos6502
from retrovm.isa.mos6502 import opcodes

PROGRAM, AT_NMI, AT_IRQ = 0x0400, 0x9000, 0x9100
NOP, RTI, CLI, SEI, BRK, PLP, PHP = b"\xea", b"\x40", b"\x58", b"\x78", b"\x00", b"\x28", b"\x08"
MASK, B, ALWAYS = 0x04, 0x10, 0x20


class Bench:
    """A processor before a program among NOPs, advanced an instruction or an interrupt sequence at a time."""

    def __init__(self, model, exact):
        bus = Bus(Clock(1_000_000))
        bus.map(0, 0x10000, Memory("ram", 0x10000, fill=NOP[0]))
        self.cpu = Mos6502(model=model, bus=bus)
        self.cpu.exact = exact
        for vector, address in ((0xFFFA, AT_NMI), (0xFFFC, PROGRAM), (0xFFFE, AT_IRQ)):
            self.cpu.memory[vector : vector + 2] = address.to_bytes(2, "little")
        self.cpu.memory[AT_NMI] = self.cpu.memory[AT_IRQ] = RTI[0]

    def start(self, program=b"", *, p=ALWAYS, s=0xFD, **registers):
        self.cpu.memory[PROGRAM : PROGRAM + len(program)] = program
        self.cpu.registers = {"pc": PROGRAM, "p": p, "s": s, **registers}
        return self

    def step(self, count=1):
        """PC after each of the next steps."""
        found = []
        for _ in range(count):
            if self.cpu.exact:
                self.cpu.step()
            else:
                self.cpu.run(cycles=1)
            found.append(self.cpu.pc)
        return found

    def pushed(self):
        """(PC, P) on top of the stack."""
        s = self.cpu.registers["s"]
        return int.from_bytes(bytes(self.cpu.memory[0x100 + (s + n & 0xFF)] for n in (2, 3)), "little"), \
            self.cpu.memory[0x100 + (s + 1 & 0xFF)]


@pytest.fixture(params=[True, False], ids=["exact", "fast"])
def bench(request):
    return lambda model="6502": Bench(model, request.param)


every_model = pytest.mark.parametrize("model", WITH_LINES)


# --- group 1: one interrupt ---------------------------------------------------------------------------------------------

@every_model
def test_a_reset_takes_its_vector_and_masks_irq_but_not_nmi(bench, model):
    made = bench(model)
    made.cpu.irq = True
    assert made.step(3) == [PROGRAM, PROGRAM + 1, PROGRAM + 2]
    assert made.cpu.registers["p"] & MASK
    made.cpu.nmi = True
    assert AT_NMI in made.step(2)


@every_model
@pytest.mark.parametrize("line", ["irq", "nmi"])
def test_a_line_changes_nothing_before_the_next_step(bench, model, line):
    made = bench(model).start()
    made.step()
    before = made.cpu.registers, bytes(made.cpu.memory[:]), made.cpu.cycles
    setattr(made.cpu, line, True)
    assert (made.cpu.registers, bytes(made.cpu.memory[:]), made.cpu.cycles) == before


@every_model
@pytest.mark.parametrize(("line", "p", "handler"), [
    ("irq", ALWAYS, AT_IRQ), ("irq", ALWAYS | MASK, None), ("nmi", ALWAYS, AT_NMI), ("nmi", ALWAYS | MASK, AT_NMI)])
def test_i_masks_irq_and_not_nmi(bench, model, line, p, handler):
    made = bench(model).start(p=p)
    setattr(made.cpu, line, True)
    assert made.step(2) == [PROGRAM + 1, PROGRAM + 2 if handler is None else handler]


@every_model
@pytest.mark.parametrize(("line", "vector"), [("irq", AT_IRQ), ("nmi", AT_NMI)])
@pytest.mark.parametrize("s", [0xFD, 0x80, 0x01])
def test_a_sequence_takes_seven_cycles_and_three_bytes_of_stack_and_rti_gives_them_back(bench, model, line, vector, s):
    made = bench(model).start(s=s, p=ALWAYS | 0xC3)
    setattr(made.cpu, line, True)
    made.step()
    before = made.cpu.cycles
    assert made.step() == [vector]
    setattr(made.cpu, line, False)
    assert made.cpu.cycles - before == 7
    assert made.cpu.registers["s"] == s - 3 & 0xFF
    assert made.pushed() == (PROGRAM + 1, ALWAYS | 0xC3)
    assert made.cpu.registers["p"] & MASK
    assert made.step(2) == [PROGRAM + 1, PROGRAM + 2]
    assert (made.cpu.registers["s"], made.cpu.registers["p"]) == (s, ALWAYS | 0xC3)


@every_model
def test_an_irq_that_is_released_before_cli_is_not_served(bench, model):
    made = bench(model).start(NOP + CLI, p=ALWAYS | MASK)
    made.cpu.irq = True
    made.step()
    made.cpu.irq = False
    assert made.step(3) == [PROGRAM + 2, PROGRAM + 3, PROGRAM + 4]


@every_model
def test_brk_pushes_b_and_the_address_behind_its_second_byte(bench, model):
    made = bench(model).start(BRK)
    assert made.step() == [AT_IRQ]
    assert made.pushed() == (PROGRAM + 2, ALWAYS | B)
    assert made.cpu.registers["p"] & MASK
    assert made.step() == [PROGRAM + 2]


@every_model
@pytest.mark.parametrize(("pulled", "served"), [(0x00, True), (MASK, False)])
def test_plp_sets_and_clears_the_mask(bench, model, pulled, served):
    made = bench(model).start(PLP, p=ALWAYS | MASK ^ pulled, s=0xFC)
    made.cpu.memory[0x01FD] = pulled
    made.step()
    made.cpu.irq = True
    assert (AT_IRQ in made.step(3)) is served


@every_model
@pytest.mark.parametrize("p", [0x00, 0xC3 | MASK, 0x08, 0x01])
def test_rti_restores_pc_and_every_flag_but_b(bench, model, p):
    made = bench(model).start(RTI, s=0xFA)
    made.cpu.memory[0x01FB:0x01FE] = bytes([p | B, 0x34, 0x12])
    assert made.step() == [0x1234]
    assert made.cpu.registers["p"] == p | ALWAYS


@every_model
def test_php_pushes_b_and_an_irq_does_not(bench, model):
    made = bench(model).start(PHP)
    made.cpu.irq = True
    assert made.step(2) == [PROGRAM + 1, AT_IRQ]
    assert made.cpu.memory[0x01FD] == ALWAYS | B
    assert made.pushed() == (PROGRAM + 1, ALWAYS)


@pytest.mark.parametrize("model", NMOS)
@pytest.mark.parametrize("line", ["irq", "nmi"])
def test_an_interrupt_leaves_d_on_nmos(bench, model, line):
    made = bench(model).start(p=ALWAYS | 0x08)
    setattr(made.cpu, line, True)
    made.step(2)
    assert made.cpu.registers["p"] == ALWAYS | 0x08 | MASK


# --- group 2: several ---------------------------------------------------------------------------------------------------

@every_model
def test_a_held_irq_comes_behind_the_instruction_that_follows_cli(bench, model):
    made = bench(model).start(CLI, p=ALWAYS | MASK)
    made.cpu.irq = True
    assert made.step(3) == [PROGRAM + 1, PROGRAM + 2, AT_IRQ]
    assert made.pushed() == (PROGRAM + 2, ALWAYS)


@every_model
def test_a_held_irq_never_comes_between_cli_and_sei_beside_each_other_but_behind_sei(bench, model):
    made = bench(model).start(CLI + SEI, p=ALWAYS | MASK)
    made.cpu.irq = True
    assert made.step(3) == [PROGRAM + 1, PROGRAM + 2, AT_IRQ]
    assert made.pushed() == (PROGRAM + 2, ALWAYS | MASK)


@every_model
def test_sei_masks_an_irq_that_comes_behind_it(bench, model):
    made = bench(model).start(SEI)
    made.step()
    made.cpu.irq = True
    assert made.step(4) == [PROGRAM + n for n in range(2, 6)]


@every_model
def test_a_held_nmi_is_one_and_a_second_edge_behind_rti_another(bench, model):
    made = bench(model).start()
    made.cpu.nmi = True
    assert made.step(5) == [PROGRAM + 1, AT_NMI, PROGRAM + 1, PROGRAM + 2, PROGRAM + 3]
    made.cpu.nmi = False
    made.step()
    made.cpu.nmi = True
    assert made.step(3) == [PROGRAM + 5, AT_NMI, PROGRAM + 5]


@every_model
def test_a_held_irq_comes_right_behind_the_rti_of_an_nmi_and_not_within_it(bench, model):
    made = bench(model)
    made.cpu.memory[AT_NMI : AT_NMI + 2] = NOP + RTI
    made.start()
    made.cpu.irq = made.cpu.nmi = True
    assert made.step(5) == [PROGRAM + 1, AT_NMI, AT_NMI + 1, PROGRAM + 1, AT_IRQ]
    assert made.pushed()[0] == PROGRAM + 1


@every_model
def test_an_nmi_interrupts_the_handler_of_an_irq(bench, model):
    made = bench(model)
    made.cpu.memory[AT_IRQ : AT_IRQ + 3] = NOP + NOP + RTI
    made.start()
    made.cpu.irq = True
    made.step(2)
    made.cpu.irq = False
    made.cpu.nmi = True
    assert made.step(5) == [AT_IRQ + 1, AT_NMI, AT_IRQ + 1, AT_IRQ + 2, PROGRAM + 1]


@every_model
def test_a_vector_that_a_program_changes_is_used(bench, model):
    made = bench(model).start(bytes.fromhex("A9 92 8D FF FF"))                   # LDA #$92; STA $FFFF
    made.step(2)
    made.cpu.irq = True
    assert made.step(2)[1] == 0x9200


@every_model
def test_a_held_irq_comes_again_behind_an_rti_that_clears_i_and_not_behind_one_that_sets_it(bench, model):
    made = bench(model).start()
    made.cpu.irq = True
    assert made.step(5) == [PROGRAM + 1, AT_IRQ, PROGRAM + 1, AT_IRQ, PROGRAM + 1]
    made = bench(model).start()
    made.cpu.irq = True
    made.step(2)
    s = made.cpu.registers["s"]
    made.cpu.memory[0x101 + s] |= MASK
    assert made.step(4) == [PROGRAM + n for n in range(1, 5)]


# --- group 3: short ones ------------------------------------------------------------------------------------------------

@every_model
@pytest.mark.parametrize(("released_before", "served"), [(CLI, False), (None, True)])
def test_an_irq_has_to_last_until_it_is_polled(bench, model, released_before, served):
    made = bench(model).start(NOP + CLI + NOP, p=ALWAYS | MASK)
    made.cpu.irq = True
    made.step()
    if released_before is CLI:
        made.cpu.irq = False
    assert (AT_IRQ in made.step(3)) is served


@every_model
def test_a_short_irq_within_the_handler_of_an_nmi_is_forgotten(bench, model):
    made = bench(model)
    made.cpu.memory[AT_NMI : AT_NMI + 3] = NOP + NOP + RTI
    made.start()
    made.cpu.nmi = True
    made.step(2)
    made.cpu.irq = True
    made.step()
    made.cpu.irq = False
    assert made.step(4) == [AT_NMI + 2, PROGRAM + 1, PROGRAM + 2, PROGRAM + 3]


# --- every opcode -------------------------------------------------------------------------------------------------------

@every_model
def test_behind_any_opcode_an_nmi_and_an_irq_are_served_at_a_boundary_of_instructions(bench, model):
    for opcode in opcodes(model):
        if opcode.mnemonic in ("JAM", "STP", "WAI", "BRK"):
            continue
        for line, handler in (("nmi", AT_NMI), ("irq", AT_IRQ)):
            alone = bench(model).start(bytes([opcode.code, 0x20, 0x10]), x=0x10, y=0x10)
            boundaries = [PROGRAM, *alone.step(3)]
            made = bench(model).start(bytes([opcode.code, 0x20, 0x10]), x=0x10, y=0x10)
            setattr(made.cpu, line, True)
            passed = made.step(3)
            if line == "irq" and handler not in passed:
                assert opcode.mnemonic in ("PLP", "RTI"), (opcode, passed)
                assert alone.cpu.registers["p"] & MASK, "it pulled I set"
                continue
            at = passed.index(handler)
            assert passed[:at] == boundaries[1 : at + 1], opcode
            made = bench(model).start(bytes([opcode.code, 0x20, 0x10]), x=0x10, y=0x10)
            setattr(made.cpu, line, True)
            made.step(at + 1)
            assert made.pushed()[0] == boundaries[at], opcode
