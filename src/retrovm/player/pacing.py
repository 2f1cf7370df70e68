"""When the next frame of a machine is due.

Frame n is due at start + n / rate, computed in whole nanoseconds from the exact rate, so that no rounding ever adds up. Where the
display shows pictures at nearly the machine's rate, each of its pictures is one frame instead: `Pacer.follow`. Then none is shown
twice and none is left out, and the machine is as much too fast or too slow as the display; the sound follows.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

SECOND = 1_000_000_000

# How long before a deadline to stop sleeping and watch the clock. A sleep on Linux ends about 0.1 ms late, on
# Windows up to 0.5 ms.
SPIN = 600_000 if sys.platform == "win32" else 200_000

# A host that is later than this has been asleep or is too slow: lost time is dropped, not caught up in a rush.
MOST_LATE = SECOND // 5

# How far a display may be from the machine's rate to be followed: what the sound can follow without being heard.
NEARLY = Fraction(1, 200)

# For how many pictures the display is watched before it is followed, and while it is.
WATCHED = 30


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
        self.follows = False
        self._misled = False
        self._shown: deque[int] = deque(maxlen=WATCHED + 1)
        self.set_rate(rate)

    def set_rate(self, rate: Fraction) -> None:
        """Another number of frames a second, from now on."""
        self._length = SECOND / rate
        self.restart()

    def restart(self) -> None:
        """The next frame is due now: after a pause."""
        self._start = self._clock.now()
        self._frames = 0
        self.follows = False
        self._shown.clear()

    def _deadline(self) -> int:
        return self._start + self._frames * self._length.numerator // self._length.denominator

    def take(self) -> int:
        """How many frames are due now; they count as run. 0 or 1 on a host that keeps up."""
        late = self._clock.now() - self._deadline()
        if self.follows:
            return 1
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
        if self.follows:
            return
        deadline = self._deadline()
        rest = deadline - self._clock.now()
        if rest > SPIN:
            self._clock.sleep(rest - SPIN)
        while self._clock.now() < deadline:
            pass

    def shown(self, waited: bool) -> None:
        """A picture has been shown just now; `waited`: by a display of about the machine's rate, which makes its caller wait.

        The display is followed from when pictures have come at nearly that rate for half a second, until one of them is late. What
        was seen then may have been this pacer's own pace: a display that leads to another one is never followed again.
        """
        if not waited or self._misled:
            return
        now = self._clock.now()
        if self.follows and abs(now - self._shown[-1] - self._length) > self._length / 2:
            self._misled = now - self._shown[-1] < self._length
            self.restart()
        self._shown.append(now)
        if len(self._shown) > WATCHED:
            near = abs(Fraction(self._shown[-1] - self._shown[0], WATCHED) - self._length) <= self._length * NEARLY
            if self.follows and not near:
                self._misled = True
                self.restart()
            elif not self.follows and near and self._steady():
                self.follows = True
                self._shown = deque([now], WATCHED + 1)

    def _steady(self) -> bool:
        """Whether the pictures of late came at equal distances, as those do that a display asks for."""
        shown = list(self._shown)
        return all(abs(later - earlier - self._length) < self._length / 4 for earlier, later in pairwise(shown))
