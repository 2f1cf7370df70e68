from collections.abc import Iterable
from dataclasses import dataclass

from retrovm.core.bus import Bus
from retrovm.core.clock import Clock
from retrovm.core.device import Device, Wire
from retrovm.core.trace import BusTrace
from retrovm.core.types import Line

@dataclass(frozen=True)
class CallResult:
    """What a subroutine did: `cycles` from its first instruction to the end of its RTS, `registers` then."""

    cycles: int
    registers: dict[str, int]

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

    @property
    def pc(self) -> int:
        """The address of the next instruction."""

    @pc.setter
    def pc(self, value: int) -> None: ...
    @property
    def cycles(self) -> int:
        """Cycles since power-on."""
