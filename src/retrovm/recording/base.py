"""What all recordings have in common: the machine, the file, and the count of frames."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from retrovm.errors import ArgumentError, RecordingError
from retrovm.recording.canvas import Canvas, Picture

if TYPE_CHECKING:
    from retrovm.session import VM


class Recording(ABC):
    """Records what a machine shows, from now until `close`; a context manager.

    Parameters
        vm       the machine. It may be used as ever: only `capture` looks at it
        path     the file, which appears when the recording is closed and takes the place of one that was there
        scale    how many pixels high a pixel of the machine is; None: as many as fit in 640 x 480
        picture  what is seen, where that is not its screen: an object with `size`, `aspect`, `rotation` and `ndarray`
    Raises `ArgumentError` where the machine has no screen or the scale is wrong, and `RecordingError` where the extra that it
    needs is not installed, or FILE.part, where the recording grows, exists or cannot be written.

        frames   how many were captured
        is_open  False after `close`, and where the recording has ended because it cannot be written
    """

    even = False

    def __init__(self, vm: VM, path: str | PathLike[str], *, scale: int | None = None,
                 picture: Picture | None = None) -> None:
        picture = vm.screen if picture is None else picture
        if picture is None:
            raise ArgumentError(f"{vm.spec.id} has no screen to record")
        if scale is not None and not 1 <= scale <= 64:
            raise ArgumentError(f"a recording is enlarged 1 to 64 times, not {scale}")
        self.vm = vm
        self.path = Path(path)
        self.part = self.path.with_name(f"{self.path.name}.part")
        self.frames = 0
        self.is_open = False
        self._picture = picture
        self._canvas = Canvas(picture, scale, self.even)
        try:
            self.part.open("xb").close()
        except FileExistsError:
            raise RecordingError(f"{self.part} is what was left of a recording that was not finished, or is being made: it "
                                 "can be played; move it away or delete it first") from None
        except OSError as error:
            raise RecordingError(f"{self.part}: the recording cannot be written: {error.strerror}") from None
        try:
            self._begin()
        except BaseException:
            self.part.unlink()
            raise
        self.is_open = True

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the recording."""
        return self._canvas.size

    def capture(self, frames: int = 1) -> None:
        """Takes the picture, and the sound, of the last tick, which ran so many frames; after `close` it does nothing.

        Raises `RecordingError` where the file cannot be written. The recording has ended then, and FILE.part has it so far.
        """
        if not self.is_open:
            return
        try:
            self._take(frames)
        except OSError as error:
            self._give_up()
            raise RecordingError(f"{self.part}: the recording ends here, because it cannot be written: "
                                 f"{error.strerror}") from None
        self.frames += frames

    def close(self) -> None:
        """Ends the recording and puts the file in its place. A second time it does nothing.

        Without any frame there is no file. Raises `RecordingError` where the file cannot be written.
        """
        if not self.is_open:
            return
        self.is_open = False
        try:
            self._end()
            if self.frames:
                os.replace(self.part, self.path)
            else:
                self.part.unlink()
        except OSError as error:
            self._give_up()
            raise RecordingError(f"{self.path}: the recording cannot be written: {error.strerror}; it is in "
                                 f"{self.part}") from None

    @abstractmethod
    def _begin(self) -> None:
        """Opens `part`, which is there and empty."""

    @abstractmethod
    def _take(self, frames: int) -> None:
        """Writes what the machine shows, behind `self.frames` frames. May raise `OSError`."""

    @abstractmethod
    def _end(self) -> None:
        """Completes the file and closes it. May raise `OSError`."""

    @abstractmethod
    def _give_up(self) -> None:
        """Closes the file, which cannot be written any more."""
        self.is_open = False
