from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

from retrovm.core.audio import Audio
from retrovm.core.bus import Bus
from retrovm.core.clock import Clock
from retrovm.core.cpu import Cpu
from retrovm.core.device import Device
from retrovm.core.ports import Ports
from retrovm.core.random import Random
from retrovm.core.screen import Screen
from retrovm.core.types import StopReason
from retrovm.core.watch import Watch, WatchEvent
from retrovm.core.witness import Witness

_Part = TypeVar("_Part", bound=Device)
_Hook = Callable[[Any], object] | None
_WatchCallback = Callable[[Any, WatchEvent], object] | None

class Machine:
    """Parts that share one clock."""

    def __init__(
        self,
        rate: int | float | str | Fraction,
        *,
        frame_rate: int | float | str | Fraction = 60,
        seed: int = 1,
    ) -> None: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def cpu(self) -> Cpu: ...
    @property
    def screen(self) -> Screen | None: ...
    @property
    def audio(self) -> Audio | None: ...
    @property
    def ports(self) -> Ports: ...
    @property
    def random(self) -> Random: ...
    @property
    def devices(self) -> dict[str, Device]: ...
    @property
    def buses(self) -> dict[str, Bus]: ...
    @property
    def frame_rate(self) -> Fraction: ...
    @property
    def frame(self) -> int:
        """How many frames were finished since power-on."""

    def add(self, device: _Part) -> _Part:
        """Makes a device a part of this machine and returns it. Its name must be new."""

    def show(self, screen: Screen) -> None:
        """Makes one of the screens that were added the machine's `screen`; without this it is the first."""

    def add_bus(self, size: int = 0x10000, page_size: int = 0x100, name: str = "bus") -> Bus:
        """Makes an address space on this machine's clock and returns it."""

    def tick(self, frames: int = 1, render: bool = True) -> bool:
        """Runs whole frames. False when a hook or a watchpoint stopped it or its processor halted."""

    def step(self) -> int:
        """One instruction, or one interrupt sequence. Returns the cycles that it took."""

    def run_cycles(self, cycles: int | None = None) -> StopReason:
        """Runs for so many processor cycles, rounded up to a whole instruction; None is without limit."""

    def run_home(self, address: int, arrived: Callable[[], object], cycles: int) -> StopReason:
        """Runs to before the instruction at `address`, at a time when `arrived()` is true; for so many cycles at most."""

    def reset(self, power_on: bool = True) -> None:
        """Switches the machine off and on, or pulls its reset line."""

    @property
    def witness(self) -> Witness | None:
        """The `Witness` that sees what the host does, or None. There is one at a time: `ArgumentError` for a second."""

    @witness.setter
    def witness(self, witness: Witness | None) -> None: ...
    @property
    def is_in_frame(self) -> bool:
        """Whether the present frame has begun: its input is latched."""

    def enter_frame(self) -> None:
        """Begins the present frame, if it has not begun, as its first instruction would: input is latched now."""

    def add_hook(self, address: int, callback: _Hook) -> None:
        """Calls `callback(machine)` before each instruction at `address`; None stops there instead."""

    def remove_hook(self, address: int, callback: _Hook) -> None:
        """Takes back `add_hook`."""

    def add_watch(
        self, first: int, last: int, callback: _WatchCallback = None, *, on: str = "write", value: int | None = None
    ) -> Watch:
        """Waits for accesses to the addresses from `first` to `last`; returns the `Watch`. See `VM.watch`."""

    @property
    def watches(self) -> tuple[Watch, ...]:
        """The watchpoints, oldest first."""

    @property
    def stopped_by(self) -> WatchEvent | None:
        """What the watchpoint saw that ended the last run."""

    def save_fields(self) -> bytes:
        """Every field of the machine's state, as bytes for `load_fields`."""

    def load_fields(self, data: bytes) -> None:
        """Puts back what `save_fields` gave on a machine of the same parts."""

    def dump_fields(self) -> dict[str, int | list[int] | bytes]:
        """Every field of the machine's state by its name."""
