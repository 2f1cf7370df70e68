"""Processors, one module per instruction-set family; the classes are here too: `retrovm.cpu.Mos6502`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrovm.cpu.chip8 import Chip8
    from retrovm.cpu.mos6502 import Mos6502

__all__ = ["Chip8", "Mos6502"]


def __getattr__(name: str) -> Any:
    # A processor is imported when it is used: each is a large module.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{name.lower()}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
