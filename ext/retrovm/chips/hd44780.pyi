from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from retrovm.core.clock import Clock
from retrovm.core.device import Device
from retrovm.core.pins import Pins

SIGNAL_NAMES: tuple[str, ...]
LEVELS: dict[str, int]
WIRINGS: dict[str, dict[str, str]]
LONG: int
SHORT: int
ADDRESS: Fraction
BLINK: int
RESET_SECONDS: Fraction

class Hd44780(Device):
    """A controller for character displays, on the lines of ports or on a bus.

    `oscillator` is fOSC in Hz; `cgrom` another character generator ROM than A00; `always_function_set` says whether
    function set changes N and F at any time.
    """

    def __init__(self, name: str, clock: Clock, *, oscillator: int | Fraction | str = 270_000, cgrom: bytes | None = None,
                 always_function_set: bool = False) -> None: ...
    def connect(self, ports: Iterable[Pins], wiring: Mapping[str, str]) -> None:
        """Wires the chip to lines of ports: {signal: line}, as in `WIRINGS`."""

    def check(self, ports: Iterable[Pins], wiring: Mapping[str, str]) -> dict[str, Any]: ...
    @property
    def cgrom(self) -> bytes:
        """The character generator ROM: 16 rows for each of the 256 codes."""

    @property
    def ddram_bytes(self) -> bytes:
        """The 80 bytes of DDRAM: a line of 80, or two of 40."""

    @property
    def cgram_bytes(self) -> bytes:
        """The 64 bytes of CGRAM."""

    @property
    def address(self) -> int:
        """The address counter, as it shows now: 0 to $7F."""

    @property
    def is_busy(self) -> bool:
        """BF."""

    @property
    def display_shift(self) -> int:
        """How many cells the display is shifted to the left."""
