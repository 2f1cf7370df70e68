from fractions import Fraction

from retrovm.core.clock import Clock
from retrovm.core.device import Device, Wire
from retrovm.core.pins import Pins
from retrovm.core.ports import Serial

class Mos6551(Device):
    """A serial port between a bus and a `Serial` line."""

    cts: bool
    dsr: bool
    dcd: bool
    def __init__(self, name: str, clock: Clock, port: Serial, irq: Wire | None = None,
                 crystal: int | Fraction | str = 1_843_200, model: str = "6551", carrier: bool = False) -> None: ...
    @property
    def port(self) -> Serial: ...
    @property
    def carrier(self) -> bool: ...
    @property
    def rts(self) -> bool: ...
    @property
    def dtr(self) -> bool: ...
    def connect_rts(self, port: Pins, line: str) -> None:
        """Lets a line of another chip's port be the RTS of the cable, beside the chip's own."""

    def inject(self, value: int, *, parity_error: bool = False, framing_error: bool = False) -> None: ...
