"""Which kind of recording a file is to be."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from retrovm.errors import ArgumentError
from retrovm.recording.base import Recording
from retrovm.recording.canvas import Picture
from retrovm.recording.gif import GifRecording
from retrovm.recording.video import KINDS, VideoRecording
from retrovm.spec import nearest

if TYPE_CHECKING:
    from retrovm.session import VM

SUFFIXES = (".gif", *KINDS)


def check(path: str | PathLike[str]) -> None:
    """Raises `ArgumentError` where `path` has no suffix of a recording."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ArgumentError(f"{path}: no recording has the suffix {suffix!r}{nearest(suffix, dict.fromkeys(SUFFIXES))}")


def record(vm: VM, path: str | PathLike[str], *, scale: int | None = None,
           picture: Picture | None = None) -> Recording:
    """Begins a recording of the kind that the suffix of `path` says. `Recording` has the parameters and the errors."""
    check(path)
    kind = GifRecording if Path(path).suffix.lower() == ".gif" else VideoRecording
    return kind(vm, path, scale=scale, picture=picture)
