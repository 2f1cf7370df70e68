from typing import Any, Literal

from typing_extensions import Buffer

from retrovm.core.clock import Clock
from retrovm.core.device import Device
from retrovm.core.types import Access

class Tracer:
    """Records every cycle of a bus while it is attached to it."""

    def __len__(self) -> int: ...
    def clear(self) -> None:
        """Forgets what was recorded."""

    def complete(self) -> None:
        """Raises `OverflowError` when more cycles passed than fit."""

    def rows(self) -> list[tuple[int, int, int, Literal["read", "write"]]]:
        """[(tick, address, value, "read" or "write")] of every cycle, in order."""

    def kinds(self) -> list[Access]:
        """The `Access` of every cycle, in order."""

class OpenBus(Device):
    """Nobody there: a read gives what the data lines carried last."""

class Split(Device):
    """A page that several parts share: each of its addresses has a slot of its own."""

class Bus:
    """An address space: a table of pages that are plain memory or answered by a device."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any: ...
    def __init__(
        self, clock: Clock, size: int = 0x10000, page_size: int = 0x100, name: str = "bus"
    ) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def page_size(self) -> int: ...
    @property
    def reach(self) -> int:
        """Up to here a processor on it has addresses: `size`, or more, which are mirrors then."""

    @property
    def clock(self) -> Clock: ...
    def map(
        self, start: int, size: int, device: Device, *, mirror: int | None = None, offset: int = 0
    ) -> None:
        """Lets `device` answer at `size` addresses from `start`."""

    def unmap(self, start: int, size: int) -> None:
        """Leaves nobody at these addresses."""

    def trap(self, start: int, size: int, read: bool = True, write: bool = True) -> None:
        """Sends accesses to these addresses through the device interface. Whole pages."""

    def untrap(self, start: int, size: int) -> None:
        """Takes back `trap`."""

    def map_table(self) -> list[tuple[int, int, str, Device | None, int | None]]:
        """[(first, last, name, device or None, mirror or None)] in the order of mapping."""

    def read(self, addr: int) -> int:
        """A real read at the present tick, with every side effect."""

    def write(self, addr: int, value: int) -> None:
        """A real write at the present tick, with every side effect."""

    def peek_bytes(self, start: int, size: int) -> bytes:
        """`size` bytes from `start`, without any side effect."""

    def poke_bytes(self, start: int, data: Buffer) -> None:
        """Stores bytes without any side effect. `ArgumentError` where nothing is stored."""

    def who(self, addr: int) -> str:
        """The name of the part that answers at this address."""

    def hook(self, addr: int, on: bool = True) -> None:
        """Makes runs stop before the instruction at this address, or no longer."""

    def trace(self, tracer: Tracer | None) -> None:
        """Records every cycle from now on into `tracer`; None ends it."""
