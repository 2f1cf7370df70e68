"""From a `DiskChoice` to a disk in a machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from retrovm.core.blocks import Image, ImageFile
from retrovm.errors import MediaError
from retrovm.storage.choice import DiskChoice, parse_disk
from retrovm.storage.delta import Delta
from retrovm.storage.locking import lock

SECTOR = 512
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def open_disk(name: str, choice: DiskChoice | Image | str | Path) -> Image:
    """The disk of a machine, a part of this name. What `parse_disk` takes is as good as a `DiskChoice`.

    Raises `MediaError`, which names the file and says what to do.
    """
    chosen = parse_disk(choice)
    if chosen.source is not None:
        return chosen.source.twin(name)
    file = open_image(chosen.path, writable=chosen.mode == "write")
    if chosen.changes is None:
        return Image(name, file, overlay=chosen.mode == "overlay")
    delta = Delta.open(chosen.changes, file)
    disk = Image(name, file, overlay=True, keeper=delta)
    disk.fill(delta.packed())
    return disk


def open_image(path: str | Path, writable: bool) -> ImageFile:
    """Opens and locks a disk image: a file, or a block device, of whole sectors. Raises `MediaError`."""
    shown = os.fspath(path)
    handle = _open(shown, os.O_RDWR if writable else os.O_RDONLY)
    try:
        lock(handle, shown, writable)
        size = os.lseek(handle, 0, os.SEEK_END)
        if size == 0:
            raise MediaError("the disk image is empty", file=shown, expected=f"sectors of {SECTOR} bytes",
                             hint=f"'truncate -s 64M {shown}' makes it a blank disk of 64 MiB")
        if size % SECTOR:
            raise MediaError("this is no disk image, or not all of one", file=shown, found=f"{size:,} bytes",
                             expected=f"a multiple of {SECTOR}",
                             hint="copy or unpack it again; a raw image has whole sectors")
    except BaseException:
        os.close(handle)
        raise
    return ImageFile(handle, shown, size, writable)


def missing(path: str) -> MediaError:
    """The error of a disk image that is not there."""
    return MediaError("there is no such disk image", file=path,
                      hint=f"'truncate -s 64M {path}' makes a blank one of 64 MiB, 'mkfs.fat {path}' formats it")


def _open(path: str, flags: int) -> int:
    try:
        mode = os.stat(path).st_mode                     # before opening: to open a pipe could wait for ever
        if not stat.S_ISREG(mode) and not stat.S_ISBLK(mode):
            found = "a folder" if stat.S_ISDIR(mode) else "something else"
            raise MediaError("a disk image is a file", file=path, found=found)
        return os.open(path, flags | _BINARY)
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        denied = isinstance(error, PermissionError) or error.errno == 30                # EROFS
        hint = f"{path}:overlay leaves the file as it is, {path}:readonly too" if denied and flags != os.O_RDONLY else None
        raise MediaError(f"the disk image cannot be opened: {error.strerror}", file=path, hint=hint) from None
