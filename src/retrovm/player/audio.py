"""The queue between a machine's samples and the sound card.

The queue is kept near a target: a machine that is paced by `Pacer.shift` with what `late` says delivers, over time,
exactly as many samples as the sound card plays.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

from retrovm.player.pacing import SECOND
from retrovm.player.sdl import SdlError, last_error, sdl2

# Nanoseconds of sound to have waiting: three frames of 60 Hz, so that one that comes late is not heard.
TARGET = SECOND // 20

# Samples that the sound card takes at a time: 11 ms at 48 kHz.
PERIOD = 512

# How much of the distance to the target a frame makes good. The card takes 11 ms at a time, which must not be
# heard as a change of speed.
GAIN = 1 / 256


class Sound(Protocol):
    """Where samples go."""

    def queue(self, samples: bytes) -> None:
        """Plays int16 samples, channels interleaved, behind those that wait."""

    def late(self) -> int:
        """Nanoseconds by which the next frame should come later, for the queue to stay near its target."""


class Silence:
    """No sound: muted, a machine without sound, or a host without a sound card."""

    def queue(self, samples: bytes) -> None:
        pass

    def late(self) -> int:
        return 0


class SoundCard:
    """The default sound card.

    Parameters
        rate, channels  of the samples; SDL converts them to what the card can do
        frame_rate      how many times a second samples come
    Raises `SdlError` when there is no card. `close` it before SDL is stopped.
    """

    def __init__(self, rate: int, channels: int, frame_rate: Fraction) -> None:
        if sdl2.SDL_InitSubSystem(sdl2.SDL_INIT_AUDIO) != 0:
            raise SdlError(last_error())
        wanted = sdl2.SDL_AudioSpec(rate, sdl2.AUDIO_S16SYS, channels, PERIOD)
        self._device = sdl2.SDL_OpenAudioDevice(None, 0, wanted, sdl2.SDL_AudioSpec(0, 0, 0, 0), 0)
        if not self._device:
            raise SdlError(last_error())
        self._bytes_a_second = 2 * channels * rate
        target = max(TARGET, int(2 * SECOND / frame_rate))
        self._target = target * rate // SECOND * 2 * channels
        sdl2.SDL_PauseAudioDevice(self._device, 0)

    def close(self) -> None:
        """Stops playing."""
        sdl2.SDL_CloseAudioDevice(self._device)

    def queue(self, samples: bytes) -> None:
        """Plays samples. After a gap silence goes before them; of too many some are dropped."""
        waiting = self._waiting()
        if waiting == 0:
            # At the start, or the machine was late: the gap is heard already, so make it long enough once.
            silence = bytes(self._target)
            sdl2.SDL_QueueAudio(self._device, silence, len(silence))
        elif waiting > 2 * self._target:
            return
        sdl2.SDL_QueueAudio(self._device, samples, len(samples))

    def late(self) -> int:
        """See `Sound`."""
        return int((self._waiting() - self._target) * SECOND / self._bytes_a_second * GAIN)

    def _waiting(self) -> int:
        """Bytes that wait."""
        return int(sdl2.SDL_GetQueuedAudioSize(self._device))
