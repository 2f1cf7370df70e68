"""Processors, one module per instruction-set family; the classes are here too: `retrovm.cpu.Mos6502`."""

from typing import TYPE_CHECKING

from retrovm.lazy import names

if TYPE_CHECKING:
    from retrovm.cpu.chip8 import Chip8
    from retrovm.cpu.mos6502 import Mos6502

__all__ = ["Chip8", "Mos6502"]

__getattr__, __dir__ = names(__name__, chip8=("Chip8",),
                             mos6502=("Mos6502",))
