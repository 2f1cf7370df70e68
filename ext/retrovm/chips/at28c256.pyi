from typing_extensions import Buffer

from retrovm.core.blocks import Disk
from retrovm.core.bus import Bus
from retrovm.core.clock import Clock
from retrovm.core.memory import Memory

class At28c256(Memory):
    """An EEPROM of 32 KiB that a program may write."""

    def __init__(self, name: str, clock: Clock, bus: Bus, contents: Buffer = b"", *, disk: Disk | None = None,
                 write_enable: bool = True, protected: bool = False, t_blc_us: int = 150, t_wc_us: int = 10_000) -> None: ...
    @property
    def disk(self) -> Disk | None: ...
    @property
    def write_enable(self) -> bool: ...
    @property
    def t_blc(self) -> int:
        """t_BLC in ticks."""

    @property
    def t_wc(self) -> int:
        """t_WC in ticks."""

    @property
    def protected(self) -> bool:
        """Whether software data protection is on."""

    @property
    def busy(self) -> bool:
        """Whether a write cycle goes on, in which reads are polling."""
