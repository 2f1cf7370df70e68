"""What the player measures about itself: how exact its time is, what it costs the host, and whether the sound ever ran out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from retrovm.player.pacing import SECOND, HostClock
from retrovm.player.sdl import sdl2

if TYPE_CHECKING:
    from retrovm.player.audio import Sound
    from retrovm.player.deck import Deck

# How often the figures of the moment are made anew.
PERIOD = SECOND


class Stats:
    """Figures of the last second, and of the whole time since the machine has been played without a break."""

    def __init__(self) -> None:
        self.lines: list[str] = ["..."]
        self.restart(None)

    def restart(self, deck: Deck | None) -> None:
        """The machine was paused, loaded or run at another speed: its time begins anew."""
        self._start = self._mark = HostClock.now()
        self._frames = self._shown = self._all = 0
        self._cpu, self._busy = time.process_time_ns(), 0
        self._emulated = 0 if deck is None else deck.emulated
        self._last: int | None = None
        self._longest = 0
        self._pressed: tuple[int, int] | None = None     # when, and how many frames had run
        self._answered: int | None = None

    def ran(self, frames: int) -> None:
        """So many frames of the machine ran."""
        self._frames += frames
        self._all += frames

    def pressed(self, when: int) -> None:
        """A key of the machine went down, by SDL's clock of milliseconds."""
        if self._pressed is None:
            self._pressed = when, self._all

    def shown(self) -> None:
        """A picture was shown."""
        now = HostClock.now()
        if self._pressed is not None and self._all > self._pressed[1]:
            self._answered, self._pressed = sdl2.SDL_GetTicks() - self._pressed[0], None
        self._shown += 1
        if self._last is not None:
            self._longest = max(self._longest, now - self._last)
        self._last = now

    def update(self, deck: Deck, sound: Sound, period: int = PERIOD) -> bool:
        """Makes the figures when a second is over, or another period; True where they are new."""
        now = HostClock.now()
        if now - self._mark < period:
            return False
        seconds = (now - self._mark) / SECOND
        cpu = time.process_time_ns()
        emulated = deck.emulated - self._emulated
        drift = self.drift(deck, now)
        figures = sound.figures
        answered = "-" if self._answered is None else self._answered
        least = "-" if figures.least == float("inf") else f"{figures.least:.0f}"
        self.lines = [
            f"machine  {self._frames / seconds:7.2f} of {float(deck.vm.frame_rate):.2f} frames/s, {drift:+.0f} ppm",
            f"display  {self._shown / seconds:7.2f} pictures/s, longest {self._longest / 1e6:.1f} ms"
            f"{', followed' if deck.pacer.follows else ''}",
            f"host     {(cpu - self._cpu) / (now - self._mark) * 100:7.1f} % of a core, machine "
            f"{emulated / (now - self._mark) * 100:.1f} %",
            f"keys     {answered:>7} ms to the picture that has seen the last one",
            f"sound    {sound.waiting():7.0f} ms wait, least {least}, {figures.gaps} gaps, speed {figures.speed:.4f}",
        ]
        self._mark, self._frames, self._shown, self._longest = now, 0, 0, 0
        self._cpu, self._emulated = cpu, deck.emulated
        return True

    def drift(self, deck: Deck, now: int) -> float:
        """Millionths by which the machine was too fast since it has been played without a break."""
        elapsed = now - self._start
        return float((self._all * SECOND / deck.vm.frame_rate / elapsed - 1) * 1_000_000) if elapsed > 0 else 0.0
