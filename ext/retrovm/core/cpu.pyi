from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from retrovm.core.bus import Bus
from retrovm.core.clock import Clock
from retrovm.core.device import Device, Wire
from retrovm.core.tally import Counts
from retrovm.core.trace import BusTrace
from retrovm.core.types import Line

@dataclass(frozen=True)
class CallResult:
    """What a subroutine did: `cycles` from its first instruction to the end of its RTS, `registers` then."""

    cycles: int
    registers: dict[str, int]

@dataclass(frozen=True)
class Frame:
    """A subroutine or an interrupt that is under way."""

    kind: str
    call: int
    entry: int | None
    return_address: int
    stack_pointer: int
    certain: bool
    cycle: int | None

class Cpu(Device):
    """The base of every processor; `period` is the master-clock ticks a cycle."""

    def __init__(self, name: str, bus: Bus, period: int = 1, pins: Iterable[Line] = ...) -> None: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def period(self) -> int: ...
    @property
    def wires(self) -> dict[Line, Wire]: ...
    def wire(self, line: Line) -> Wire:
        """The open-collector line that devices drive; `Line.IRQ`, for one."""

    def assert_line(self, line: Line, asserted: bool) -> None:
        """Pulls a line from the host's side, or lets it go."""

    def trace_bus(self) -> BusTrace:
        """Records every bus cycle inside a `with` block, into a `BusTrace`."""

    def call_stack(self) -> tuple[Frame, ...]:
        """The subroutines and interrupts that are under way, innermost first."""

    def trace_calls(self) -> AbstractContextManager[Any]:
        """Follows calls and interrupts inside a `with` block, so that `call_stack` is certain of them."""

    @property
    def counts(self) -> Counts | None: ...
    def begin_counting(self) -> Counts:
        """Counts the code that runs from now on, until as many `end_counting`."""

    def end_counting(self) -> None:
        """Takes back `begin_counting`. The `Counts` keep what they have."""

    @property
    def pc(self) -> int:
        """The address of the next instruction."""

    @pc.setter
    def pc(self, value: int) -> None: ...
    @property
    def cycles(self) -> int:
        """Cycles since power-on."""
