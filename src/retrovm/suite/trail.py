"""The last instructions that a machine ran, as a listing.

To keep them costs a look before every instruction, which only a failure is worth. Machines do the same every time, so
a test that failed runs again, at full speed until shortly before its end, and there an instruction at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from retrovm.suite.scene import digits, registers

if TYPE_CHECKING:
    from retrovm.session import VM

Made = TypeVar("Made")

KEPT = 24
"""How many instructions are kept."""

LOOKED = 10_000
"""Cycles before the end from which on each instruction is looked at: enough for `KEPT` of them on every processor."""

LONGEST = 5
"""Bytes of the longest instruction of any processor: F000 nnnn of XO-CHIP has four, a 6502's three."""


FEW = 8
"""So many registers are shown whole beside every instruction; of more, those that have changed."""


INTERRUPTED = frozenset({0x00, 0x9A})
"""BRK and TXS alone may move the stack pointer of a 6502 as an interrupt or a reset does: down by three."""


class Trail:
    """The last `KEPT` instructions from the cycle `begin` on: `step` is called for each."""

    def __init__(self, begin: int) -> None:
        self.begin = begin
        self.steps: deque[tuple[int, bytes, dict[str, int]]] = deque(maxlen=KEPT)
        self.again = 0

    def step(self, vm: VM, run: Callable[[], Made]) -> Made:
        """Runs one instruction of the machine by `run`, returns what that returns, and keeps it if it is time."""
        if vm.cpu.cycles < self.begin:
            return run()
        pc, held = vm.cpu.pc, registers(vm)
        step = pc, bytes(vm.memory[pc:min(pc + LONGEST, len(vm.memory))]), held
        made = run()
        if type(vm.cpu).__name__ == "Mos6502" and step[1][0] not in INTERRUPTED and held["s"] == registers(vm)["s"] + 3 & 0xFF:
            return made                                      # an interrupt or a reset came first
        if self.steps and self.steps[-1] == step:            # what leads to a trap tells more than its repetitions
            self.again += 1
        else:
            self.steps.append(step)
            self.again = 0
        return made

    def listing(self, vm: VM) -> Iterator[str]:
        """A line an instruction: its address, bytes and text, the registers before it, and the symbol of its address."""
        before: dict[str, int] = {}
        for pc, data, held in self.steps:
            text, length = disassembled(vm, data, pc)
            shown = " ".join(f"{name}={digits(name, value)}" for name, value in held.items()
                             if name != "pc" and (len(held) <= FEW or before.get(name, value) != value))
            label = "".join(f"{name}: " for name in vm.symbols.at(pc)[:1])
            yield f"${pc:04X}  {data[:length].hex(' ').upper():11}  {label}{text:18}  {shown}".rstrip()
            before = held
        if self.again:
            yield f"       and {self.again:,} times more"


def disassembled(vm: VM, data: bytes, pc: int) -> tuple[str, int]:
    """The instruction at the beginning of `data` and its length; no text for a processor without a disassembler."""
    from retrovm.isa import chip8_dis, mos6502_dis

    cpu: Any = vm.cpu
    match type(cpu).__name__:
        case "Mos6502":
            return mos6502_dis.disassemble_one(data, 0, pc, model=cpu.model)
        case "Chip8":
            return chip8_dis.disassemble_one(data)
    return "", 1
