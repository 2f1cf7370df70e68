from collections.abc import Iterable

from retrovm.core.clock import Clock
from retrovm.core.device import Device

class Pins:
    """The lines of a port; `pins["pa0"]` is the level of one, which the host may also drive."""

    def __init__(self, clock: Clock, name: str, names: Iterable[str], *, pull_ups: int | None = None,
                 pull_downs: int = 0) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def mask(self) -> int:
        """The lines that there are, a bit each."""

    @property
    def pull_ups(self) -> int: ...
    @property
    def pull_downs(self) -> int: ...
    @property
    def levels(self) -> int:
        """The levels of all lines, a bit each."""

    @property
    def driven(self) -> int:
        """The lines that anyone drives, a bit each."""

    def __getitem__(self, name: str) -> bool: ...
    def __setitem__(self, name: str, level: bool | None) -> None: ...
    def set(self, driven: int, levels: int) -> None:
        """The host drives the lines whose bits are set in `driven` to `levels`, and lets go of all others."""

    def pull(self, up: int = 0, down: int = 0) -> None:
        """Adds pull-up and pull-down resistors, a bit for each line."""

class Cable(Device):
    """Joins the lines of two ports, bit by bit."""

    def __init__(self, name: str, one: Pins, other: Pins) -> None: ...
