from collections.abc import Iterable, Mapping

from retrovm.chips.leds import Leds
from retrovm.core.device import Device
from retrovm.core.ports import Buttons
from retrovm.core.screen import Screen

class Panel(Device):
    """A picture of a board, to be added to a machine behind the parts that it shows, together with its `screen`.

    `lamps` has rows of LEDs, (`Leds`, {name: label}); `keys` rows of buttons, (`Buttons`, {name: (label, host key)}).
    """

    def __init__(self, name: str, title: str = "", *, screens: Iterable[Screen] = (),
                 lamps: Iterable[tuple[Leds, Mapping[str, str]]] = (),
                 keys: Iterable[tuple[Buttons, Mapping[str, tuple[str, str]]]] = (),
                 screen_name: str = "screen") -> None: ...
    @property
    def screen(self) -> Screen: ...
