from collections.abc import Mapping
from typing import Any

from retrovm.core.audio import Audio
from retrovm.core.bus import Bus
from retrovm.core.cpu import Cpu
from retrovm.core.ports import Buttons
from retrovm.core.screen import Screen

PROFILES: dict[str, dict[str, Any]]
FLAGS: tuple[str, ...]
FEATURES: tuple[str, ...]
VARIANTS: tuple[str, ...]

class Decoding:
    """What each opcode is: shared by all processors of one variant with the same flags."""

class Chip8(Cpu):
    """A CHIP-8 with its display, keypad and timers."""

    def __init__(
        self,
        name: str,
        bus: Bus,
        keypad: Buttons | None = None,
        screen: Screen | None = None,
        audio: Audio | None = None,
        *,
        keypad2: Buttons | None = None,
        profile: str = "chip8",
        start: int | None = None,
        seed: int = 1,
        period: int = 1,
        vip: bool = False,
        vip_random: bytes | None = None,
        **quirks: int,
    ) -> None: ...
    @property
    def keypad(self) -> Buttons | None: ...
    @property
    def keypad2(self) -> Buttons | None: ...
    @property
    def screen(self) -> Screen | None: ...
    @property
    def audio(self) -> Audio | None: ...
    @property
    def profile(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def vip(self) -> bool: ...
    @property
    def registers(self) -> dict[str, int]: ...
    @registers.setter
    def registers(self, values: Mapping[str, int]) -> None: ...
    @property
    def stack(self) -> tuple[int, ...]: ...
    @property
    def instructions(self) -> int: ...
    @property
    def draws(self) -> int: ...
    @property
    def waiting(self) -> str | None: ...
    @property
    def halted(self) -> str | None: ...
    @property
    def quirks(self) -> dict[str, bool]: ...
    @property
    def flag_registers(self) -> bytes: ...
    @flag_registers.setter
    def flag_registers(self, values: bytes) -> None: ...
