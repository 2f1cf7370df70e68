from collections.abc import Mapping
from typing import Literal

from retrovm.core.clock import Clock
from retrovm.core.device import Device
from retrovm.core.pins import Pins
from retrovm.core.ports import Buttons

class PushButtons(Device):
    """Push buttons on lines, {a name in `buttons`: (pins, "pa0")}, each with a resistor that holds the other level."""

    def __init__(self, name: str, clock: Clock, buttons: Buttons, lines: Mapping[str, tuple[Pins, str]], *,
                 closes_to: Literal["low", "high"] = "low") -> None: ...
    @property
    def buttons(self) -> Buttons: ...
    @property
    def closes_to(self) -> str: ...
