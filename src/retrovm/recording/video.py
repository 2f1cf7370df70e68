"""Video with sound, by PyAV.

A frame of the machine is a frame of the video, at the machine's exact rate, and its samples are the sound's. Where they lack by
more than a frame, because a tick was stopped halfway, there is silence, so that sound and pictures stay together.

Matroska has every pixel and every sample as it is. MP4 and WebM have one colour for each two by two pixels, by which pictures lose
nothing that are enlarged an even number of times; what they leave out besides is hardly to be seen. Of an MP4 file, a table of its
frames is kept in memory until it ends, about a megabyte a minute; the others take no more memory as they grow.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np

from retrovm.errors import ArgumentError, RecordingError
from retrovm.recording.base import Recording
from retrovm.spec import nearest

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream

# What a time base can be made of.
LARGEST = (1 << 31) - 1

# Matroska and WebM are written a second at a time, so that this is what is lost with a process that is killed.
_CLUSTERS = {"cluster_time_limit": "1000", "flush_packets": "1"}


@dataclass(frozen=True)
class Kind:
    """How a kind of file is written: the names are those of FFmpeg."""

    container: str
    video: str
    pixels: str
    audio: str
    video_options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    bit_rate: int | None = None                  # of the sound


KINDS = {
    ".mkv": Kind("matroska", "libx264rgb", "rgb24", "flac",
                 {"preset": "veryfast", "qp": "0", "bf": "0", "g": "120"}, _CLUSTERS),
    # Pieces that stand for themselves, of which an ordinary file is made at the end: a killed recording can be played.
    ".mp4": Kind("mp4", "libx264", "yuv420p", "aac",
                 {"preset": "veryfast", "tune": "animation", "crf": "14", "bf": "0", "g": "120"},
                 {"movflags": "+hybrid_fragmented+frag_keyframe+delay_moov", "flush_packets": "1"}, 192_000),
    ".webm": Kind("webm", "libvpx-vp9", "yuv420p", "libopus",
                  {"deadline": "realtime", "cpu-used": "7", "row-mt": "1", "crf": "18", "b": "0", "g": "120"}, _CLUSTERS,
                  128_000),
}


class VideoRecording(Recording):
    """Records pictures and sound as a video of the kind that the suffix of the file says. `Recording` has the parameters."""

    even = True

    def _begin(self) -> None:
        kind = KINDS.get(suffix := self.path.suffix.lower())
        if kind is None:
            raise ArgumentError(f"{self.path}: no video has the suffix {suffix!r}{nearest(suffix, KINDS)}")
        try:
            import av
        except ImportError:
            raise RecordingError('a video needs PyAV: pip install "retrovm[video]"; a .gif needs only Pillow') from None
        self._av = av
        rate = self.vm.frame_rate
        if max(rate.numerator, rate.denominator) > LARGEST:
            rate = rate.limit_denominator(1_000_000)
        try:
            self._container: OutputContainer = av.open(str(self.part), "w", format=kind.container,
                                                       container_options=kind.container_options)
            self._video = cast("VideoStream", self._container.add_stream(kind.video, rate=rate,
                                                                           options=kind.video_options))
            self._video.width, self._video.height = self.size
            self._video.pix_fmt = kind.pixels
            self._video.codec_context.time_base = 1 / rate
            self._audio = self._open_audio(kind)
            self._container.start_encoding()
        except (OSError, ValueError) as error:       # PyAV's errors are both of Python's kinds
            raise RecordingError(f"{self.path}: no video can be made with {kind.video} and {kind.audio}: {error}") from None
        self._frame_time = 1 / rate
        self._samples = 0

    def _open_audio(self, kind: Kind) -> AudioStream | None:
        audio = self.vm.audio
        if audio is None:
            return None
        self._layout = "mono" if audio.channels == 1 else "stereo"
        stream = cast("AudioStream", self._container.add_stream(kind.audio, rate=audio.rate, layout=self._layout))
        if kind.bit_rate is not None:
            stream.bit_rate = kind.bit_rate
        return stream

    def _take(self, frames: int) -> None:
        picture = self._av.VideoFrame.from_ndarray(np.ascontiguousarray(self._canvas.fit(self._picture.ndarray)), "rgb24")
        picture.time_base = self._frame_time
        for frame in range(self.frames, self.frames + frames):
            picture.pts = frame
            self._container.mux(self._video.encode(picture))
        if self._audio is not None:
            self._hear(self._audio, self.frames + frames)

    def _hear(self, stream: AudioStream, frames: int) -> None:
        """Writes the samples of the last tick, with silence before them where they would come too early."""
        audio = self.vm.audio
        assert audio is not None, "a stream for sound is only made for a machine that has some"
        samples = audio.ndarray
        missing = int(audio.rate * frames / self.vm.frame_rate) - self._samples - len(samples)
        if missing > audio.rate / self.vm.frame_rate:
            samples = np.concatenate([np.zeros((missing, audio.channels), np.int16), samples])
        if not len(samples):
            return
        heard = self._av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), "s16", self._layout)
        heard.sample_rate = audio.rate
        heard.time_base = Fraction(1, audio.rate)
        heard.pts = self._samples
        self._samples += len(samples)
        self._container.mux(stream.encode(heard))

    def _end(self) -> None:
        if self.frames:
            self._container.mux(self._video.encode(None))
            if self._audio is not None:
                self._container.mux(self._audio.encode(None))
        self._container.close()

    def _give_up(self) -> None:
        super()._give_up()
        with suppress(OSError):                      # what made it give up is still so
            self._container.close()
