"""Recordings: what a machine shows and sounds like, as a file to look at. It needs no window.

    with retrovm.recording.record(vm, "game.gif") as recording:
        for _ in range(600):
            vm.tick()
            recording.capture()

The name says what comes of it:

    .gif    the pictures, each colour as it is, without sound; extra `image`
    .mkv    pictures and sound without any loss, H.264 in RGB and FLAC; extra `video`, as for the next two
    .mp4    H.264 and AAC: small, and for every program and page
    .webm   VP9 and Opus

A picture is enlarged by whole numbers, turned as its screen is, and as wide as its pixels are. All of a recording are as large as
the largest that the screen can have; one with fewer pixels is enlarged more, in the middle. A frame lasts as long as on the
machine: time is counted in frames, whatever the host was doing.

A recording grows in FILE.part and takes the place of FILE when it is closed. Where its process was killed, FILE.part can be
played up to then.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from retrovm.errors import RecordingError
from retrovm.recording.gif import GifRecorder
from retrovm.recording.recorder import Recorder
from retrovm.recording.video import KINDS, VideoRecorder
from retrovm.spec import nearest

if TYPE_CHECKING:
    from retrovm.session import VM

__all__ = ["SUFFIXES", "GifRecorder", "Recorder", "VideoRecorder", "check", "record"]

SUFFIXES = (".gif", *KINDS)


def check(path: str | PathLike[str]) -> None:
    """Raises `RecordingError` where `path` has no suffix of a recording."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise RecordingError(f"{path}: no recording has the suffix {suffix!r}{nearest(suffix, dict.fromkeys(SUFFIXES))}")


def record(vm: VM, path: str | PathLike[str], *, scale: int | None = None) -> Recorder:
    """Begins a recording of the kind that the suffix of `path` says. `Recorder` has the parameters and the errors."""
    check(path)
    kind = GifRecorder if Path(path).suffix.lower() == ".gif" else VideoRecorder
    return kind(vm, path, scale=scale)
