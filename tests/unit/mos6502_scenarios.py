"""Programs with pulses on IRQ and NMI, run in either build, and what can be seen of the interrupts that they get.

The page of the vectors belongs to a device that records, which neither build can do without: so it tells for both in which
cycle a vector was read, and which one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import NamedTuple

from retrovm.core.bus import Tracer
from retrovm.core.line_script import LineScript
from retrovm.core.machine import Machine
from retrovm.core.recorder import RecordingMemory
from retrovm.core.types import Line
from retrovm.cpu.mos6502 import MODELS, Mos6502
from retrovm.isa.mos6502 import Opcode, opcodes

IRQ, NMI = int(Line.IRQ), int(Line.NMI)
NMI_VECTOR, IRQ_VECTOR = 0xFFFA, 0xFFFE
NOP = 0xEA
WARM_UP = 8
"""Cycles of NOPs before a program: a processor begins in the exact build."""

LONG = os.environ.get("RETROVM_PROFILE_LONG") == "1"
"""Whole sweeps instead of samples."""

WITH_LINES = [model for model in MODELS if Line.IRQ in Mos6502(model=model).wires]
WITH_SO = [model for model in MODELS if Line.SO in Mos6502(model=model).wires]
NMOS = [model for model in WITH_LINES if not model.startswith("65c02")]


class Served(NamedTuple):
    """An interrupt sequence: the cycle that it begins in, and the vector that it takes."""

    cycle: int
    vector: int


@dataclass(frozen=True)
class Program:
    """What stands at $0400 among NOPs, what the stack holds, and the registers."""

    code: bytes
    p: int = 0x20
    stack: bytes = b""
    registers: dict[str, int] = field(default_factory=dict)
    memory: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """served: the interrupt sequences. state: every field in the end. stack: page one in the end."""

    served: list[Served]
    state: dict[str, object]
    stack: bytes


def levels(*pulses: tuple[int, int, int]) -> list[int]:
    """The lines of every cycle, of pulses [(line, first cycle, length)]."""
    end = max((first + length for _, first, length in pulses), default=0)
    return [sum({line for line, first, length in pulses if first <= cycle < first + length}) for cycle in range(end)]


def play(program: Program, lines: list[int], *, exact: bool, model: str = "6502", cycles: int = 24) -> Seen:
    """Runs a program for so many cycles with these lines, low where the bit is set, and released behind the end."""
    machine = Machine(1_000_000)
    tracer = Tracer()
    bus = machine.add_bus()
    bus.map(0, 0x10000, machine.add(RecordingMemory("ram", 0x10000, machine.clock, tracer, fill=NOP)))
    cpu = machine.add(Mos6502(model=model, bus=bus))
    cpu.exact = exact
    s = 0xFD - len(program.stack)
    for address, content in {0x0400: program.code, 0x0101 + s: program.stack, NMI_VECTOR: b"\x00\x90",
                             IRQ_VECTOR: b"\x00\x91", **program.memory}.items():
        bus.poke_bytes(address, content)
    cpu.registers = {"pc": 0x0400 - WARM_UP // 2, "s": s, "p": program.p, **program.registers}
    steps = enumerate(zip([0, *lines], [*lines, 0], strict=True), WARM_UP)
    changes = [(cycle, now) for cycle, (before, now) in steps if now != before]
    machine.add(LineScript("script", cpu, changes))
    bus.trap(0xFF00, 0x100)
    machine.run_cycles(WARM_UP + cycles)
    served = [Served(tick - WARM_UP - 5, address) for tick, address, _, _ in tracer.rows() if address in (NMI_VECTOR, IRQ_VECTOR)]
    state = machine.dump_fields()
    del state["cpu.changed"]             # what had been seen at the end of a cycle that the next one looks at anew
    return Seen(served, state, bytes(cpu.memory[0x0100:0x0200]))


def both(program: Program, lines: list[int], *, model: str = "6502", cycles: int = 24) -> Seen:
    """What is seen in both builds. Fails where it is not the same."""
    exact, fast = (play(program, lines, exact=exact, model=model, cycles=cycles) for exact in (True, False))
    assert fast.served == exact.served, "the fast build is interrupted otherwise than the exact one"
    assert fast.state == exact.state, "the fast build leaves another state than the exact one"
    return exact


@dataclass(frozen=True)
class Variant:
    """An opcode in one of its timings, I clear before it.

    cycles  what it takes
    polled  in which of its cycles the lines are polled
    after   I once it has run
    own     I that its own poll goes by
    """

    opcode: Opcode
    name: str
    program: Program
    cycles: int
    polled: frozenset[int]
    after: bool = False
    own: bool = False

    def __str__(self) -> str:
        return f"{self.opcode.code:02X}-{self.opcode.mnemonic}-{self.name or self.opcode.mode}"


POINTERS = {0x20: b"\x20\x12", 0x30: b"\x20\x12", 0x1040: b"\x00\x05"}
IN_PAGE, OVER_PAGE = 0x10, 0xF0
# P with which a branch is taken: N, V, C or Z in bits 7-6 of the opcode, taken when it is as bit 5.
FLAG_OF_BRANCH = (0x80, 0x40, 0x01, 0x02)


def variants(model: str = "6502") -> list[Variant]:
    """Every opcode in all its timings; without those that stop the processor."""
    return [variant for opcode in opcodes(model) if opcode.mnemonic not in ("JAM", "STP") for variant in timings(opcode)]


def timings(opcode: Opcode) -> list[Variant]:
    # The operand of an indirect jump is a pointer; at any other there are NOPs to jump to.
    code = bytes([opcode.code, 0x40 if opcode.mode == "ind" else 0x20, 0x10][: opcode.size])
    index = {"x": IN_PAGE, "y": IN_PAGE}
    made = []
    if opcode.mode == "rel":
        flag = FLAG_OF_BRANCH[opcode.code >> 6]
        taken, not_taken = (0x20 | flag, 0x20) if opcode.code & 0x20 else (0x20, 0x20 | flag)
        for name, p, offset, cycles, polled in (("not taken", not_taken, 0x20, 2, {0}), ("taken", taken, 0x20, 3, {0}),
                                                ("taken over a page", taken, 0x80, 4, {0, 2})):
            made.append(Variant(opcode, name, Program(bytes([opcode.code, offset]), p), cycles, frozenset(polled)))
    elif opcode.mode in ("plp", "rti"):
        for name, p in (("I clear", 0x20), ("I set", 0x24)):
            stack = bytes([p]) if opcode.mode == "plp" else bytes([p, 0x00, 0x05])
            made.append(Variant(opcode, name, Program(code, stack=stack), opcode.cycles, frozenset({opcode.cycles - 2}),
                                after=p == 0x24, own=p == 0x24 and opcode.mode == "rti"))
    elif opcode.mode in ("abx", "aby", "izy"):
        for name, distance in (("in its page", IN_PAGE), ("over a page", OVER_PAGE)):
            cycles = opcode.cycles + (opcode.page_penalty and distance == OVER_PAGE)
            program = Program(code, registers={"x": distance, "y": distance}, memory=POINTERS)
            made.append(Variant(opcode, name, program, cycles, frozenset({cycles - 2})))
    else:
        stack = b"\xff\x04" if opcode.mnemonic == "RTS" else b""
        program = Program(code, registers=index, memory=POINTERS, stack=stack)
        made.append(Variant(opcode, "", program, opcode.cycles, frozenset({opcode.cycles - 2}),
                            after=opcode.mnemonic == "SEI"))
    return made


def expected(variant: Variant, line: int, first: int, length: int) -> list[Served]:
    """What rules R1 to R5, R7 and R11 say of one pulse (docs/references.md: 6502-interrupts)."""
    if variant.opcode.mnemonic == "BRK":
        return in_a_brk(line, first, length)
    polls = [(cycle, variant.own, variant.cycles) for cycle in sorted(variant.polled)]
    # The NOPs behind it.
    polls += [(variant.cycles + 2 * n, variant.after, variant.cycles + 2 * n + 2) for n in range(10)]
    for cycle, masked, begins in polls:
        if line == NMI and first <= cycle:
            return [Served(begins, NMI_VECTOR)]
        if line == IRQ and first <= cycle < first + length and not masked:
            return [Served(begins, IRQ_VECTOR)]
    return []


def in_a_brk(line: int, first: int, length: int) -> list[Served]:
    if line == NMI and first <= 3:
        return [Served(0, NMI_VECTOR)]
    found = [Served(0, IRQ_VECTOR)]
    if line == IRQ or (first in (4, 5) and first + length <= 6):
        return found
    return [*found, Served(9 if first <= 7 else 11, NMI_VECTOR)]
