"""When the next frame of a machine is due.

Frame n is due at start + n / rate, computed in whole nanoseconds from the exact rate, so that no rounding ever
adds up. `Pacer.shift` moves the start a little: so the speed follows a sound card whose clock is not the host's.
"""

from __future__ import annotations

import sys
import time
from fractions import Fraction
from typing import Protocol

SECOND = 1_000_000_000

# How long before a deadline to stop sleeping and watch the clock. A sleep on Linux ends about 0.1 ms late, on
# Windows up to 0.5 ms.
SPIN = 600_000 if sys.platform == "win32" else 200_000

# A host that is later than this has been asleep or is too slow: lost time is dropped, not caught up in a rush.
MOST_LATE = SECOND // 5

# The most that `shift` changes the length of a frame: far below what an ear or eye notices.
MOST_SHIFT = Fraction(1, 200)


class Clock(Protocol):
    """Time in nanoseconds, and a way to let it pass."""

    def now(self) -> int: ...

    def sleep(self, nanoseconds: int) -> None: ...


class HostClock:
    """The monotonic clock of the host."""

    now = staticmethod(time.perf_counter_ns)

    @staticmethod
    def sleep(nanoseconds: int) -> None:
        """Sleeps about so long; a little late is normal."""
        time.sleep(nanoseconds / SECOND)


class Pacer:
    """Paces frames of `rate` a second, exact. The first one is due at once."""

    def __init__(self, rate: Fraction, clock: Clock | None = None) -> None:
        self._clock = HostClock() if clock is None else clock
        self.set_rate(rate)

    def set_rate(self, rate: Fraction) -> None:
        """Another number of frames a second, from now on."""
        self._length = SECOND / rate
        self.restart()

    def restart(self) -> None:
        """The next frame is due now: after a pause."""
        self._start = self._clock.now()
        self._frames = 0

    def _deadline(self) -> int:
        return self._start + self._frames * self._length.numerator // self._length.denominator

    def take(self) -> int:
        """How many frames are due now; they count as run. 0 or 1 on a host that keeps up."""
        late = self._clock.now() - self._deadline()
        if late < 0:
            return 0
        if late > MOST_LATE:
            self.restart()
            late = 0
        due = 1 + int(late // self._length)
        self._frames += due
        return due

    def wait(self) -> None:
        """Waits until the next frame is due: sleeps, then watches the clock for the last moment."""
        deadline = self._deadline()
        rest = deadline - self._clock.now()
        if rest > SPIN:
            self._clock.sleep(rest - SPIN)
        while self._clock.now() < deadline:
            pass

    def shift(self, nanoseconds: int) -> None:
        """Moves the coming deadlines, at most by 0.5 % of a frame: later when positive."""
        most = int(self._length * MOST_SHIFT)
        self._start += max(-most, min(most, nanoseconds))
