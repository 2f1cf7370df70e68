from retrovm.core.clock import Clock
from retrovm.core.device import Device, Wire
from retrovm.core.pins import Pins

class Mc6821(Device):
    """Two parallel ports with two control lines each."""

    def __init__(self, name: str, clock: Clock, irqa: Wire | None = None, irqb: Wire | None = None, *,
                 period: int = 1) -> None: ...
    @property
    def period(self) -> int: ...
    @property
    def port_a(self) -> Pins: ...
    @property
    def port_b(self) -> Pins: ...
