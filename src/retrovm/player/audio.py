"""The queue between a machine's samples and the sound card.

The machine makes samples by its clock, and the card plays them by another one. The queue is kept near a target by playing a
little faster where it is long and a little slower where it is short, at most by half a percent, which nobody hears: dynamic rate
control (docs/references.md: rate-control).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

from retrovm.player.resampling import Resampler, Samples, squeezed
from retrovm.player.sdl import SdlError, last_error, sdl2

LATENCY = 50
"""Milliseconds of sound to have waiting, where nothing else is asked for: three frames of 60 Hz."""

# How many times a second the sound card takes samples.
PERIODS = 100

# The most that the speed of the sound is changed by.
MOST = 0.005

# How much of the news about the queue counts: the card takes 10 ms at a time, which must not be heard as a change of speed.
SMOOTHING = 1 / 32


@dataclass
class Figures:
    """What has become of the sound.

    gaps     how often the queue was found empty after its beginning
    least    the least that was waiting, in milliseconds
    speed    what the sound was played at last, 1 being that of the machine
    """

    gaps: int = 0
    least: float = float("inf")
    speed: float = 1.0


class Sound(Protocol):
    """Where samples go: int16 of shape (n, channels)."""

    volume: int
    figures: Figures

    def queue(self, samples: Samples) -> None:
        """Plays samples behind those that wait."""

    def squeeze(self, samples: Samples) -> None:
        """Plays a part of a fast forward, as much higher as there is no time for."""

    def rest(self) -> None:
        """Nothing comes for a while: that the queue runs empty is as it should be."""

    def waiting(self) -> float:
        """Milliseconds of sound that wait."""

    def close(self) -> None:
        """Stops playing."""


class Silence:
    """No sound: muted, a machine without sound, or a host without a sound card."""

    def __init__(self) -> None:
        self.volume = 0
        self.figures = Figures()

    def queue(self, samples: Samples) -> None:
        pass

    def squeeze(self, samples: Samples) -> None:
        pass

    def rest(self) -> None:
        pass

    def waiting(self) -> float:
        return 0.0

    def close(self) -> None:
        pass


class SoundCard:
    """The default sound card.

    Parameters
        rate, channels  of the samples; SDL converts them to what the card can do
        frame_rate      how many times a second samples come
        latency         milliseconds of sound to have waiting; two frames at least
        volume          percent
    Raises `SdlError` when there is no card. `close` it before SDL is stopped.
    """

    def __init__(self, rate: int, channels: int, frame_rate: Fraction, *, latency: int = LATENCY, volume: int = 100) -> None:
        if sdl2.SDL_WasInit(sdl2.SDL_INIT_AUDIO) == 0 and sdl2.SDL_InitSubSystem(sdl2.SDL_INIT_AUDIO) != 0:
            raise SdlError(last_error())
        wanted = sdl2.SDL_AudioSpec(rate, sdl2.AUDIO_S16SYS, channels, rate // PERIODS)
        self.device = sdl2.SDL_OpenAudioDevice(None, 0, wanted, sdl2.SDL_AudioSpec(0, 0, 0, 0), 0)
        if not self.device:
            raise SdlError(last_error())
        self.volume = volume
        self.figures = Figures()
        self._channels = channels
        self._a_millisecond = 2 * channels * rate / 1000
        self._target = max(latency, float(2000 / frame_rate))
        self._usual = self._target                       # what waits, without the steps of the card
        self._resampler = Resampler(channels)
        self._begun = False
        sdl2.SDL_PauseAudioDevice(self.device, 0)

    def close(self) -> None:
        """Stops playing."""
        sdl2.SDL_CloseAudioDevice(self.device)

    def rest(self) -> None:
        """See `Sound`."""
        self._begun = False

    def waiting(self) -> float:
        """Milliseconds of sound that wait."""
        return int(sdl2.SDL_GetQueuedAudioSize(self.device)) / self._a_millisecond

    def queue(self, samples: Samples) -> None:
        """Plays samples. After a gap silence goes before them; of too many some are dropped."""
        waiting = self.waiting()
        if waiting == 0:
            # At the start, or the machine was late: the gap is heard already, so make it long enough once.
            self.figures.gaps += self._begun
            self._begun = True
            self._usual = self._target
            self._put(bytes(int(self._target * self._a_millisecond) // (2 * self._channels) * 2 * self._channels))
        elif waiting > 3 * self._target:
            return
        else:
            self.figures.least = min(self.figures.least, waiting)
            self._usual += (waiting - self._usual) * SMOOTHING
        apart = (self._usual - self._target) / self._target
        self.figures.speed = 1 + MOST * max(-1.0, min(1.0, apart))
        self._put(self._loud(self._resampler.feed(samples, self.figures.speed)).tobytes())

    def squeeze(self, samples: Samples) -> None:
        """See `Sound`."""
        room = self._target - self.waiting()
        if room > 0 and len(samples):
            count = int(room * self._a_millisecond) // (2 * self._channels)
            self._put(self._loud(squeezed(samples, count)).tobytes())

    def _loud(self, samples: Samples) -> Samples:
        """The samples at the volume; its square, since an ear hears ratios."""
        if self.volume >= 100:
            return samples
        return (samples * np.float32((max(0, self.volume) / 100) ** 2)).astype(np.int16)

    def _put(self, samples: bytes) -> None:
        sdl2.SDL_QueueAudio(self.device, samples, len(samples))
