from typing import Protocol

from retrovm.core.device import Device

class _Keeper(Protocol):
    """Keeps the sectors of an overlay in a file of their own."""

    def append(self, sector: int, data: bytes) -> None:
        """A sector has changed; `OSError` when it cannot be kept, which the guest sees as a write error."""

    def replace(self, packed: bytes) -> None:
        """The overlay is now these sectors, as `Image.packed` gives them."""

    def flush(self) -> None: ...
    def close(self) -> None: ...

class SectorMap: ...

class Disk(Device):
    """A medium of `sectors` sectors of 512 bytes."""

    @property
    def sectors(self) -> int: ...
    @property
    def writable(self) -> bool: ...
    @property
    def size(self) -> int:
        """In bytes."""

    def read_sectors(self, sector: int, count: int = 1) -> bytes:
        """Sectors from number `sector` on, as the guest sees them. Raises `ArgumentError`, `OSError`."""

    def write_sectors(self, sector: int, data: bytes | bytearray | memoryview) -> None:
        """Writes whole sectors from number `sector` on, as the guest would. Raises `ArgumentError`, `OSError`."""

    def check(self, sector: int, count: int) -> None:
        """Raises `ArgumentError` for sectors that are not there."""

    @property
    def fault(self) -> OSError | None:
        """Why the host could not do what the guest has last asked for in vain."""

class ImageFile:
    """An open file, whose contents are sectors. It owns `handle`."""

    def __init__(self, handle: int, path: str, size: int, writable: bool) -> None: ...
    @property
    def path(self) -> str: ...
    @property
    def sectors(self) -> int: ...
    @property
    def writable(self) -> bool: ...
    @property
    def closed(self) -> bool: ...
    def flush(self) -> None:
        """Waits until the host's disk has what was written: it then survives a crash of the host."""

    def close(self) -> None:
        """Flushes, and gives up the file and its lock."""

class Image(Disk):
    """A disk whose contents are a file."""

    def __init__(self, name: str, file: ImageFile, *, overlay: bool = False, keeper: _Keeper | None = None) -> None: ...
    @property
    def file(self) -> ImageFile: ...
    @property
    def overlay(self) -> bool: ...
    @property
    def path(self) -> str:
        """The file, as it was named."""

    @property
    def changed(self) -> tuple[int, ...]:
        """The numbers of the sectors in the overlay, ascending."""

    def drop(self) -> None:
        """Forgets the overlay: the disk is what the file is."""

    def fill(self, packed: bytes) -> None:
        """Begins with these sectors in the overlay, as `packed` gives them."""

    def packed(self) -> bytes:
        """The overlay: its sectors by ascending number, each as 8 bytes, little-endian, and its contents."""

    def twin(self, name: str) -> Image:
        """A disk with the same contents for a copy of the machine: an overlay, unless this one is read-only."""

    def base_identity(self) -> int:
        """The identity of the contents below the overlay, a number of 64 bits."""

    def flush(self) -> None:
        """Waits until the host's disk has what was written: it then survives a crash of the host."""

    def close(self) -> None:
        """Flushes. The guest's accesses fail from then on; the file is given up when no copy of this disk needs it."""
