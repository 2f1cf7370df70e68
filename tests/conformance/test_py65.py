"""The documented opcodes against py65, an independent 6502 in Python (github.com/mnaberez/py65).

Random registers and memory with D clear; decimal mode has a test of its own. A deviation of py65 is accepted by name:
DEC abs takes 6 cycles, py65 1.2.0 counts 3 (`inst_0xce` of `py65/devices/mpu6502.py`).
"""

from __future__ import annotations

import random

import pytest

from retrovm.cpu import Mos6502
from retrovm.isa.mos6502 import opcodes

mpu6502 = pytest.importorskip("py65.devices.mpu6502", reason="install retrovm[test], which brings py65")

D = 0x08
NOT_COUNTED = {0xCE}
DOCUMENTED = [opcode for opcode in opcodes() if opcode.documented]
CASES = 40


@pytest.mark.parametrize("opcode", DOCUMENTED, ids=lambda opcode: f"{opcode.code:02X}-{opcode.mnemonic}-{opcode.mode}")
def test_py65_gets_the_same_registers_memory_and_cycles(opcode):
    draw = random.Random(opcode.code)
    theirs = mpu6502.MPU()
    ours = Mos6502()
    image = draw.randbytes(0x10000)
    theirs.memory[:] = image
    ours.memory[:] = image
    for _ in range(CASES):
        pc = draw.randrange(0x0200, 0xFF00)
        a, x, y, s = draw.randbytes(4)
        p = draw.randrange(256) & ~D | 0x30
        # What RTI and PLP pull has D clear, too.
        pulled = 0x0100 | (s + 1) & 0xFF
        for memory in (theirs.memory, ours.memory):
            memory[pc] = opcode.code
            memory[pulled] = memory[pulled] & ~D
        theirs.pc, theirs.a, theirs.x, theirs.y, theirs.sp, theirs.p = pc, a, x, y, s, p
        ours.registers = {"pc": pc, "a": a, "x": x, "y": y, "s": s, "p": p}
        before = theirs.processorCycles
        theirs.step()
        cycles = ours.step()
        assert ours.registers == {"pc": theirs.pc, "a": theirs.a, "x": theirs.x, "y": theirs.y, "s": theirs.sp,
                                  "p": theirs.p & 0xEF | 0x20}
        if opcode.code not in NOT_COUNTED:
            assert cycles == theirs.processorCycles - before
    assert ours.memory[:] == bytes(theirs.memory)
