import numpy as np
import numpy.typing as npt

from retrovm.core.clock import Clock
from retrovm.core.device import Device

class Audio(Device):
    """The sound output of a machine: levels at ticks become band-limited int16 samples."""

    def __init__(
        self, name: str, clock: Clock, *, rate: int = 48000, channels: int = 1, voices: int | None = None
    ) -> None: ...
    @property
    def rate(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def voices(self) -> int: ...
    @property
    def clock(self) -> Clock: ...
    def set_level(self, level: int, voice: int = 0, tick: int | None = None) -> None:
        """Changes the level of a voice at a tick: for devices written in Python."""

    def take_fault(self) -> MemoryError | None:
        """A `MemoryError` where the run that has just ended found no memory for the sound, else None."""

    def finish(self, tick: int) -> None:
        """Makes the samples up to this tick: a machine does so as a frame ends."""

    def forget(self) -> None:
        """Drops the finished samples: a machine does so as a tick begins."""

    @property
    def ndarray(self) -> npt.NDArray[np.int16]:
        """The samples that the last tick produced, of shape (n, channels), a read-only copy."""

    def tobytes(self) -> bytes:
        """The samples of `ndarray` as bytes: int16 in the host's byte order. Works without numpy."""
