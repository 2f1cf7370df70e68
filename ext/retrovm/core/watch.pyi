from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from retrovm.core.bus import Bus
from retrovm.core.cpu import Cpu
from retrovm.core.device import Device
from retrovm.core.types import Access

REAL: int
ANY: int
COUNTED: dict[str, tuple[int, int]]

@dataclass(frozen=True)
class WatchEvent:
    """An access that a watchpoint waited for."""

    watch: Watch
    address: int
    value: int
    old: int | None
    kind: str
    access: Access
    cycle: int
    pc: int | None

class Watch:
    """A watchpoint, made by `vm.watch`. It works until `remove()`, or to the end of its `with` block."""

    first: int
    last: int
    on: str
    value: int | None
    callback: Callable[[Any, WatchEvent], object] | None

    def __init__(
        self,
        machine: Any,
        watcher: Watcher,
        first: int,
        last: int,
        on: str,
        value: int | None,
        callback: Callable[[Any, WatchEvent], object] | None,
    ) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    @property
    def active(self) -> bool:
        """True until it is removed."""

    def remove(self) -> None:
        """Ends it, now; it may be ended already."""

class Watcher(Device):
    """Stands before the parts in the watched pages of a bus."""

    def __init__(self, bus: Bus) -> None: ...
    @property
    def watches(self) -> dict[int, Watch]: ...
    def add(self, watch: Watch) -> int:
        """Lets a `Watch` begin; returns its number. `BusyError` in the middle of a run, as for `remove`."""

    def remove(self, id: int) -> None:
        """Ends the `Watch` of this number."""

    def forget(self) -> None:
        """Drops what was noted and not told."""

    def take(self, cpu: Cpu) -> list[tuple[int, dict[str, Any]]]:
        """What was noted, once: [(number of the watch, `WatchEvent` but for its watch), ...] in order."""
