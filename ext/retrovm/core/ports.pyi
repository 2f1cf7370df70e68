from collections.abc import Iterable
from typing import TypeVar

from typing_extensions import Buffer

from retrovm.core.device import Device

_Port = TypeVar("_Port", Buttons, Serial)

class Buttons(Device):
    """Up to 64 named inputs of one port: a pad, a keyboard, a row of switches."""

    def __init__(self, name: str, names: Iterable[str]) -> None: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    def press(self, button: str, frames: int | None = None) -> None:
        """Holds a button down from the next frame on, until `release` or for so many frames."""

    def release(self, button: str) -> None:
        """Lets a button go from the next frame on."""

    def release_all(self) -> None:
        """Lets every button go."""

    @property
    def held(self) -> tuple[str, ...]:
        """The names of the buttons that the host holds down."""

class Queue:
    """Bytes in the order of their arrival."""

class Serial(Device):
    """The host's end of a serial line."""

    def __init__(self, name: str = "serial") -> None: ...
    def send(self, data: Buffer) -> None:
        """Queues bytes for the guest."""

    def set_carrier(self, up: bool) -> None:
        """Tells the parts that are wired to the carrier of the line whether the host's end has somebody."""

    def receive(self) -> bytes:
        """What the guest has sent since the last call."""

    @property
    def pending(self) -> int:
        """How many bytes the guest has not taken yet."""

class Ports:
    """All ports of a machine: `groups` by name, and `serial` where it has such a line."""

    @property
    def groups(self) -> dict[str, Buttons | Serial]: ...
    @property
    def serial(self) -> Serial | None: ...
    def add(self, port: _Port) -> _Port:
        """Plugs in a port and returns it."""

    def find(self, button: str) -> Buttons:
        """The `Buttons` that have a button of this name. `KeyError` names the nearest ones."""
