from typing import Literal

from retrovm.core.blocks import Disk
from retrovm.core.device import Device
from retrovm.core.pins import Pins

class SdCard(Device):
    """An SD card between four lines and a disk."""

    def __init__(self, name: str, disk: Disk, *, cs: tuple[Pins, str], sclk: tuple[Pins, str], di: tuple[Pins, str],
                 do: tuple[Pins, str], kind: Literal["sdhc", "sdsc", "sd1"] | None = None, response_delay: int = 1,
                 access_delay: int = 1, busy_time: int = 8, polls: int = 1, serial: int = 1) -> None: ...
    @property
    def disk(self) -> Disk: ...
    @property
    def kind(self) -> str: ...
    @property
    def csd(self) -> bytes:
        """The card-specific data register, 16 bytes."""

    @property
    def cid(self) -> bytes:
        """The card identification register, 16 bytes."""

    @property
    def response_delay(self) -> int: ...
    @property
    def access_delay(self) -> int: ...
    @property
    def busy_time(self) -> int: ...
    @property
    def polls(self) -> int: ...
    @property
    def reads(self) -> int:
        """Sectors that were read since the card was made."""

    @property
    def writes(self) -> int:
        """Sectors that were written since the card was made."""

    @property
    def active(self) -> bool:
        """Whether a lamp on the card's reader is lit: a transfer goes on."""
