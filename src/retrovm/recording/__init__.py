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

from typing import TYPE_CHECKING

from retrovm.lazy import names

if TYPE_CHECKING:
    from retrovm.recording.base import Recording
    from retrovm.recording.choice import SUFFIXES, check, record
    from retrovm.recording.gif import GifRecording
    from retrovm.recording.video import VideoRecording

__all__ = ["SUFFIXES", "GifRecording", "Recording", "VideoRecording", "check", "record"]

__getattr__, __dir__ = names(__name__, base=("Recording",),
                             choice=("SUFFIXES", "check", "record"),
                             gif=("GifRecording",),
                             video=("VideoRecording",))
