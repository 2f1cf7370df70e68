from retrovm.core.device import Device, Wire

PINS: int

class Mos6510Port(Device):
    """The I/O port of a 6510: pins with `pull_ups`, and the cycles for which others hold a 1."""

    def __init__(self, *, pull_ups: int = 0, fade_cycles: int = 350_000) -> None: ...
    @property
    def pull_ups(self) -> int: ...
    @property
    def fade_cycles(self) -> int: ...
    @property
    def ddr(self) -> int:
        """The data direction register: 1 for an output."""

    @property
    def data(self) -> int:
        """What outputs show."""

    @property
    def levels(self) -> int:
        """The levels of the pins, which reads of $0001 give."""

    def wire(self, pin: int) -> Wire:
        """The line to a pin: low while anyone asserts it."""

    def connect(self, pin: int, wire: Wire) -> None:
        """Shows the level of a pin on a wire, which is asserted while it is low."""
