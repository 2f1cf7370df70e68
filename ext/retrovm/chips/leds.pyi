from collections.abc import Mapping
from typing import Literal

from retrovm.core.clock import Clock
from retrovm.core.device import Device
from retrovm.core.pins import Pins

class Leds(Device):
    """LEDs on lines: {its name: its colour, 0xRRGGBB} and {its name: (pins, "pb0")}."""

    def __init__(self, name: str, clock: Clock, leds: Mapping[str, int], lines: Mapping[str, tuple[Pins, str]], *,
                 lit_by: Literal["low", "high"] = "high") -> None: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def colours(self) -> tuple[int, ...]: ...
    @property
    def lit_by(self) -> str: ...
    @property
    def lit(self) -> tuple[str, ...]:
        """The names of those that are lit now."""

    def __getitem__(self, name: str) -> bool:
        """Whether an LED is lit now."""

    def brightness(self, name: str) -> float:
        """The part of the last whole frame for which an LED was lit, from 0.0 to 1.0, in steps of 1/255."""
