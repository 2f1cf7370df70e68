from retrovm.core.clock import Clock
from retrovm.core.device import Device, Wire
from retrovm.core.pins import Pins

METHODS: tuple[str, ...]

class Pin:
    """An output of a `PythonDevice`: `pin.drive(True)` asserts the line that it is wired to."""

    def drive(self, asserted: bool) -> None:
        """Pulls the line, or lets it go."""

class Plug:
    """What a `PythonDevice` drives on the lines of a port."""

    def drive(self, driven: int, levels: int) -> None:
        """Drives the lines whose bits are set in `driven` to `levels`, and lets go of all others."""

class PythonDevice(Device):
    """Subclass this in Python. Any method of the device protocol may be defined."""

    def __init__(self, name: str = "") -> None: ...
    clock: Clock | None
    @property
    def fault(self) -> BaseException | None: ...
    @property
    def now(self) -> int:
        """The tick up to which this device has been run."""

    def output(self, wire: Wire) -> Pin:
        """Connects an output to a line and returns its `Pin`."""

    def plug(self, pins: Pins, group: int = 0) -> Plug:
        """Attaches the device to the lines of a port and returns its `Plug`."""

    def take_fault(self) -> BaseException | None:
        """What a method raised in the run that has just ended, or None."""
