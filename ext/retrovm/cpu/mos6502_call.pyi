from collections.abc import Callable, Mapping
from typing import Protocol, type_check_only

from retrovm.core.cpu import CallResult
from retrovm.core.types import StopReason
from retrovm.cpu.mos6502 import Mos6502

@type_check_only
class _Runner(Protocol):
    """What lets the time pass: a machine, or a processor on its own."""

    def step(self) -> int: ...
    def run_home(self, address: int, arrived: Callable[[], object], cycles: int) -> StopReason: ...

def call(cpu: Mos6502, runner: _Runner, address: int, limit: int, registers: Mapping[str, int]) -> CallResult:
    """Runs a subroutine to its RTS, as if a JSR stood at the program counter."""

def why(cpu: Mos6502, reason: StopReason, limit: int) -> str:
    """What kept a subroutine, in words."""
