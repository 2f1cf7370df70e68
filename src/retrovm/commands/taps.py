"""What takes something of every frame of a run: the sound, a recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from retrovm.recording import Recording


class Tap(Protocol):
    """Is told after every frame. `pictures` says whether it looks at the screen."""

    @property
    def pictures(self) -> bool: ...

    def take(self) -> None: ...


class Film:
    """Takes every frame into a recording."""

    pictures = True

    def __init__(self, recorder: Recording) -> None:
        self.take = recorder.capture


class Taps:
    """Several taps as one."""

    def __init__(self, taps: Sequence[Tap]) -> None:
        self._taps = taps
        self.pictures = any(tap.pictures for tap in taps)

    def take(self) -> None:
        for tap in self._taps:
            tap.take()


def joined(taps: Sequence[Tap]) -> Tap | None:
    """One tap for all; None for none."""
    return Taps(taps) if taps else None
