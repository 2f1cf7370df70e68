"""Locks on open files: one writer, or any number of readers. They end with the process, however that ends."""

from __future__ import annotations

import os
import sys

from retrovm.errors import MediaError

if sys.platform == "win32":
    import msvcrt

    # Windows has exclusive locks only, but of any bytes, also behind the end: a reader locks one of these, a writer all.
    _FIRST, _READERS = 1 << 62, 64

    def _try(handle: int, first: int, count: int) -> bool:
        os.lseek(handle, first, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, count)
        except OSError:
            return False
        return True

    def _take(handle: int, writing: bool) -> bool:
        if writing:
            return _try(handle, _FIRST, _READERS)
        return any(_try(handle, _FIRST + reader, 1) for reader in range(_READERS))

else:
    import fcntl

    def _take(handle: int, writing: bool) -> bool:
        try:
            # Not the locks of POSIX: those a process loses as soon as it closes the file anywhere.
            fcntl.flock(handle, (fcntl.LOCK_EX if writing else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def lock(handle: int, path: str, writing: bool) -> None:
    """Locks an open file until it is closed. Raises `MediaError` when somebody else has it, or nobody can."""
    try:
        taken = _take(handle, writing)
    except OSError as error:
        raise MediaError(f"the host cannot lock this file: {error.strerror}", file=path,
                         hint="copy it to a disk of this computer") from None
    if taken:
        return
    if writing:
        raise MediaError("it is open in another machine, and one that writes to it needs it for itself", file=path,
                         hint=f"end the other one, or open this one with {path}:overlay if the other only reads")
    raise MediaError("another machine writes to it", file=path,
                     hint=f"end that machine; several can have the file at a time when all of them open {path}:overlay")
