from retrovm.core.clock import Clock
from retrovm.core.device import Device, Wire
from retrovm.core.pins import Pins

VARIANTS: tuple[str, ...]

class Mos6522(Device):
    """Two parallel ports with handshakes, two timers and a shift register."""

    def __init__(self, name: str, clock: Clock, irq: Wire | None = None, *, variant: str = "65c22",
                 period: int = 1) -> None: ...
    @property
    def variant(self) -> str: ...
    @property
    def period(self) -> int: ...
    @property
    def port_a(self) -> Pins: ...
    @property
    def port_b(self) -> Pins: ...
