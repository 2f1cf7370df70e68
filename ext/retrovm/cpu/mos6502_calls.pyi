from collections.abc import Sequence
from typing import Self

from retrovm.core.bus import Tracer
from retrovm.core.cpu import Cpu, Frame

KINDS: tuple[str, ...]

class CallFollower(Tracer):
    """Knows what is under way from the cycles of a 6502's bus, from what it finds on the stack at first."""

    def __init__(self, cpu: Cpu) -> None: ...
    @property
    def cpu(self) -> Cpu: ...
    def begin(self) -> None:
        """Starts from what is found on the stack."""

    def stack(self) -> tuple[Frame, ...]:
        """The frames, innermost first."""

def back_from(stack: Sequence[int], s: int, interrupted: bool) -> int:
    """Where a frame goes on, as the stack says now."""

def stack_of(cpu: Cpu) -> tuple[Frame, ...]:
    """The frames that the bytes on the stack look like, innermost first."""

class CallTrace:
    """Follows calls and interrupts while its `with` block runs; see `Mos6502.trace_calls`."""

    def __init__(self, cpu: Cpu) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
