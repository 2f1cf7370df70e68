"""The sound of a run, as a file."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrovm.core.audio import Audio


class Sound:
    """The sound of all frames so far: a `Tap`."""

    pictures = False

    def __init__(self, audio: Audio) -> None:
        self._audio = audio
        self._parts: list[bytes] = []

    def take(self) -> None:
        """Keeps what the last tick produced."""
        self._parts.append(self._audio.ndarray.astype("<i2").tobytes())

    def wav(self) -> bytes:
        """The bytes of a WAV file with 16 bits a sample."""
        stream = io.BytesIO()
        with wave.open(stream, "wb") as out:
            out.setnchannels(self._audio.channels)
            out.setsampwidth(2)
            out.setframerate(self._audio.rate)
            out.writeframes(b"".join(self._parts))
        return stream.getvalue()
