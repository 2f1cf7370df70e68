"""Instructions at the end of plain memory: a device behind it sees the same accesses from both builds.

The fast build leaves dummy reads out where nobody can see them. Behind the last page of a program somebody can.
"""

import pytest
from mos6502_scenarios import variants

from retrovm.core.bus import Tracer
from retrovm.core.machine import Machine
from retrovm.core.recorder import RecordingMemory
from retrovm.cpu.mos6502 import Mos6502
from retrovm.isa.mos6502 import MODELS

DEVICE = 0x0500


def accesses(variant, model, behind, *, exact):
    """What a device sees of everything from $0500 up, when an instruction ends so many bytes before it."""
    machine = Machine(1_000_000)
    tracer = Tracer()
    size = 1 << MODELS[model].address_lines
    bus = machine.add_bus(size=size)
    bus.map(0, size, machine.add(RecordingMemory("ram", size, machine.clock, tracer, fill=0xEA)))
    cpu = machine.add(Mos6502(model=model, bus=bus))
    cpu.exact = exact
    program = variant.program
    at = DEVICE - behind - variant.opcode.size             # there are NOPs before it
    s = 0xFD - len(program.stack)
    for address, content in {at: program.code, 0x0101 + s: program.stack, **program.memory}.items():
        bus.poke_bytes(address, content)
    bus.trap(DEVICE, size - DEVICE)
    # Four instructions earlier, so that the fast build has come in by then.
    cpu.registers = {"pc": at - 4, "s": s, "p": program.p, **program.registers}
    machine.run_cycles(8 + 8)
    return [row for row in tracer.rows() if row[1] >= DEVICE], cpu.registers, cpu.cycles


@pytest.mark.parametrize("behind", range(4))
@pytest.mark.parametrize("model", MODELS)
def test_a_device_behind_a_program_sees_the_same_from_both_builds(model, behind):
    wrong = [str(variant) for variant in variants(model)
             if accesses(variant, model, behind, exact=True) != accesses(variant, model, behind, exact=False)]
    assert wrong == []
