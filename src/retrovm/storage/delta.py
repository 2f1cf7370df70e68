"""Overlay files: the sectors that differ from a disk image, until they are committed to it or dropped.

All numbers are little-endian.

    sector    content
    0         head: "retrovm overlay" and $1A; the version of this layout, 1 (4 bytes); 0, or 1 while it is being
              committed (4); the sectors of the image (8); the identity of its contents (8); CRC-32 of these but the
              third (4)
    1         index of the first group: 64 numbers of 8 bytes: 1 + the number of a sector, or 0
    2-65      those sectors
    66, ...   the index of the next group, and so on

A sector is written first and then its number, and one that is there already in place, each by one call of the operating
system: a process that is killed leaves every sector as it was before or after a write.
"""

from __future__ import annotations

import os
import struct
import tempfile
import zlib
from pathlib import Path

from retrovm.core.blocks import Image, ImageFile
from retrovm.errors import ArgumentError, MediaError
from retrovm.storage.locking import lock

SECTOR = 512
GROUP = 64
MAGIC = b"retrovm overlay\x1a"
VERSION = 1
_HEAD = struct.Struct("<16sIIQQI")
_STATE = struct.Struct("<I")
_STATE_AT = 20
_NUMBER = struct.Struct("<Q")
_ENTRY = _NUMBER.size + SECTOR               # in what `Image.packed` gives
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Delta:
    """An open overlay file. `Delta.open` makes one; it is the `keeper` of an `Image`."""

    def __init__(self, path: Path, handle: int, sectors: int, base: int, committing: bool) -> None:
        self.path, self.sectors, self.base, self.committing = path, sectors, base, committing
        self._handle = handle
        self._places: dict[int, int] = {}

    @classmethod
    def open(cls, path: str | Path, image: ImageFile) -> Delta:
        """Opens an overlay of this image; one that does not exist begins empty. Raises `MediaError`."""
        path = Path(path)
        base = Image("image", image).base_identity()
        if not path.exists():
            _write(path, image.sectors, base, b"")
        delta = cls.read(path)
        try:
            delta.must_be_whole()
            delta.must_fit(image, base)
        except MediaError:
            delta.close()
            raise
        return delta

    @classmethod
    def read(cls, path: str | Path) -> Delta:
        """Opens an overlay file by itself. Raises `MediaError`."""
        path = Path(path)
        handle = _open(path)
        try:
            head = os.read(handle, _HEAD.size)
            if head[:len(MAGIC)] != MAGIC or len(head) < _HEAD.size:
                raise MediaError("this is no overlay of a disk image", file=str(path), found=repr(head[:16]),
                                 expected=repr(MAGIC))
            _, version, state, sectors, base, check = _HEAD.unpack(head)
            if version != VERSION:
                raise MediaError("another retrovm has written this overlay", file=str(path), found=f"layout {version}",
                                 expected=f"layout {VERSION}", hint="update retrovm")
            if check != _check(sectors, base) or state > 1:
                raise MediaError("the head of the overlay is damaged", file=str(path))
        except BaseException:
            os.close(handle)
            raise
        delta = cls(path, handle, sectors, base, state == 1)
        delta._load()
        return delta

    def must_be_whole(self) -> None:
        """Raises `MediaError` when a commit of it was interrupted."""
        if self.committing:
            raise MediaError("this overlay was being committed when something ended that", file=str(self.path),
                             hint=f"'retrovm disk commit IMAGE {self.path}' finishes it")

    def must_fit(self, image: ImageFile, base: int) -> None:
        """Raises `MediaError` unless this belongs to the image."""
        if self.sectors != image.sectors:
            raise MediaError(f"it does not belong to {image.path}", file=str(self.path),
                             found=f"an overlay of {self.sectors:,} sectors", expected=f"{image.sectors:,}")
        if self.base != base:
            raise MediaError(f"{image.path} has changed since this overlay was begun", file=str(self.path),
                             hint=f"put the image back as it was, or 'retrovm disk drop {self.path}' gives up the changes")

    def __len__(self) -> int:
        return len(self._places)

    @property
    def changed(self) -> tuple[int, ...]:
        """The numbers of the sectors that it holds, ascending."""
        return tuple(sorted(self._places))

    def packed(self) -> bytes:
        """Its sectors as `Image.packed` gives them."""
        return b"".join(_NUMBER.pack(sector) + self._read(_data_at(self._places[sector]), SECTOR)
                        for sector in self.changed)

    def append(self, sector: int, data: bytes) -> None:
        """Keeps a sector. Raises `OSError`."""
        place = self._places.get(sector)
        if place is not None:
            self._write(_data_at(place), data)
            return
        place = len(self._places)
        self._write(_data_at(place), data)
        self._write(_index_at(place), _NUMBER.pack(sector + 1))
        self._places[sector] = place

    def replace(self, packed: bytes) -> None:
        """Holds these sectors and no others, from one moment to the next. Raises `OSError`."""
        _write(self.path, self.sectors, self.base, packed)
        os.close(self._handle)
        self._handle = _open(self.path)
        self._load()

    def begin_commit(self) -> None:
        """Notes that the image is about to change: from then on only a further commit helps."""
        self._write(_STATE_AT, _STATE.pack(1))
        self.flush()

    def flush(self) -> None:
        """Waits until the host's disk has it."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Gives up the file and its lock."""
        if self._handle >= 0:
            handle, self._handle = self._handle, -1
            os.close(handle)

    def __del__(self) -> None:
        self.close()

    def _load(self) -> None:
        """Finds out what is where."""
        self._places = {}
        size = os.lseek(self._handle, 0, os.SEEK_END)
        for at in range(SECTOR, size, SECTOR * (1 + GROUP)):
            index = self._read(at, SECTOR).ljust(SECTOR, b"\0")
            for number, in _NUMBER.iter_unpack(index):
                place = len(self._places)
                if number == 0:
                    return
                if number > self.sectors or number - 1 in self._places or _data_at(place) + SECTOR > size:
                    raise MediaError("the overlay is damaged", file=str(self.path), offset=_index_at(place),
                                     found=f"sector {number - 1}")
                self._places[number - 1] = place

    def _read(self, at: int, size: int) -> bytes:
        os.lseek(self._handle, at, os.SEEK_SET)
        return os.read(self._handle, size)

    def _write(self, at: int, data: bytes) -> None:
        os.lseek(self._handle, at, os.SEEK_SET)
        if os.write(self._handle, data) != len(data):
            raise OSError(28, os.strerror(28), str(self.path))                          # ENOSPC


def commit(image: str | Path, changes: str | Path) -> int:
    """Writes the sectors of an overlay file to its image and deletes the file. Returns how many there were.

    One that was interrupted is finished. Raises `MediaError`, before anything has changed.
    """
    from retrovm.storage.opening import open_image

    delta = Delta.read(changes)
    file = open_image(image, writable=True)
    try:
        disk = Image("image", file)
        if not delta.committing:
            delta.must_fit(file, disk.base_identity())
            delta.begin_commit()
        elif delta.sectors != file.sectors:
            delta.must_fit(file, delta.base)
        packed = delta.packed()
        for at in range(0, len(packed), _ENTRY):
            disk.write_sectors(_NUMBER.unpack_from(packed, at)[0], packed[at + _NUMBER.size:at + _ENTRY])
        file.flush()
        os.unlink(changes)
        return len(delta)
    finally:
        file.close()
        delta.close()


def drop(changes: str | Path) -> int:
    """Deletes an overlay file and what it holds. Returns how many sectors that were. Raises `MediaError`."""
    delta = Delta.read(changes)
    try:
        delta.must_be_whole()
        os.unlink(changes)
        return len(delta)
    finally:
        delta.close()


def save_overlay(disk: Image, path: str | Path) -> None:
    """Writes what the guest has changed to an overlay file, for `commit` or a machine to come.

    Raises `ArgumentError` for a disk without an overlay.
    """
    if not disk.overlay:
        raise ArgumentError(f"{disk.name}: what the guest writes is in {disk.path} already; there is no overlay")
    _write(Path(path), disk.sectors, disk.base_identity(), disk.packed())


def _check(sectors: int, base: int) -> int:
    return zlib.crc32(struct.pack("<16sIQQ", MAGIC, VERSION, sectors, base))


def _index_at(place: int) -> int:
    return SECTOR * (1 + place // GROUP * (1 + GROUP)) + place % GROUP * _NUMBER.size


def _data_at(place: int) -> int:
    return SECTOR * (2 + place // GROUP * (1 + GROUP) + place % GROUP)


def _open(path: Path) -> int:
    """Opens and locks an overlay file."""
    while True:
        try:
            handle = os.open(path, os.O_RDWR | _BINARY)
        except OSError as error:
            raise MediaError(f"the overlay cannot be opened: {error.strerror}", file=str(path)) from None
        try:
            lock(handle, str(path), writing=True)
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)                     # another process has replaced the file meanwhile


def _write(path: Path, sectors: int, base: int, packed: bytes) -> None:
    """Writes an overlay file, so that there is the old one or the new one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(_HEAD.pack(MAGIC, VERSION, 0, sectors, base, _check(sectors, base)).ljust(SECTOR, b"\0"))
            for first in range(0, len(packed), GROUP * _ENTRY):
                group = [packed[at:at + _ENTRY] for at in range(first, min(first + GROUP * _ENTRY, len(packed)), _ENTRY)]
                numbers = [_NUMBER.pack(1 + _NUMBER.unpack_from(entry)[0]) for entry in group]
                stream.write(b"".join(numbers).ljust(SECTOR, b"\0"))
                stream.write(b"".join(entry[_NUMBER.size:] for entry in group))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
