"""What a medium is made of, and what a format has to know."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from retrovm.errors import MediaError
from retrovm.spec import Judgement

# No cartridge, tape or floppy of the time comes near; a larger file was meant for something else.
MAX_SIZE = 64 << 20


@dataclass(frozen=True)
class Segment:
    """A run of bytes. `address` is where it belongs in memory, or None if the file does not say."""

    address: int | None
    data: bytes = field(repr=False)

    @property
    def end(self) -> int | None:
        """The address behind the last byte."""
        return None if self.address is None else self.address + len(self.data)

    def __str__(self) -> str:
        if self.address is None:
            return f"{len(self.data):,} bytes"
        return f"${self.address:04X}-${self.address + len(self.data) - 1:04X}"


@dataclass(frozen=True)
class Media:
    """A program as it was delivered.

    name      file name without folders; for a member of an archive, its path in there
    data      the whole file, as it was
    format    id of the format that read it
    segments  what it puts into memory; those with addresses by ascending address, never overlapping
    title     the name of the format, for people
    entry     address where the program starts, if the file says
    comment   what the file says about itself
    options   how the file says that it is to be run, in the words of its format
    path      the file on disk, if there is one (the archive, for a member of it)
    archive   name of the archive that it was in
    """

    name: str
    data: bytes = field(repr=False)
    format: str
    segments: tuple[Segment, ...]
    title: str = ""
    entry: int | None = None
    comment: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    path: Path | None = None
    archive: str | None = None

    @cached_property
    def sha1(self) -> str:
        """SHA-1 of `data` in hexadecimal: the key that program databases use."""
        return hashlib.sha1(self.data, usedforsecurity=False).hexdigest()

    @property
    def suffix(self) -> str:
        """The end of the name in lower case, with its dot: ".ch8"; empty if there is none."""
        return suffix(self.name)

    @property
    def size(self) -> int:
        """How many bytes it puts into memory."""
        return sum(len(segment.data) for segment in self.segments)

    @property
    def description(self) -> str:
        """What it is, in one line for people."""
        count = len(self.segments)
        addressed = [str(segment) for segment in self.segments if segment.address is not None]
        parts = [self.title or self.format, f"{self.size:,} byte{'s' * (self.size != 1)}"]
        if addressed:
            more = f" and {count - 4} more" if count > 4 else ""
            parts[-1] += f" at {', '.join(addressed[:4])}{more}"
        if self.entry is not None:
            parts.append(f"starts at ${self.entry:04X}")
        if self.comment:
            parts.append(f'says "{self.comment}"')
        return ", ".join(parts)

    def image(self, start: int, size: int, fill: int = 0xFF) -> bytes:
        """The memory from `start` on, `size` bytes, with `fill` (0-255) where the medium says nothing.

        A segment without an address lies at `start`. Raises `MediaError` if anything lies outside.
        """
        memory = bytearray([fill]) * size
        for segment in self.segments:
            address = start if segment.address is None else segment.address
            end = address + len(segment.data)
            if address < start or end > start + size:
                raise MediaError("it does not fit into this memory", file=self.name, found=str(segment),
                                 expected=f"at most {size:,} bytes in ${start:04X}-${start + size - 1:04X}")
            memory[address - start : end - start] = segment.data
        return bytes(memory)


@dataclass(frozen=True)
class Member:
    """A file in an archive. `read` gives its bytes, or raises `MediaError`."""

    name: str
    size: int
    read: Callable[[], bytes] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Format:
    """A file format.

    id         the name of its entry point in the group `retrovm.media`
    title      its name for people
    suffixes   ends of file names in lower case, with their dots
    sniff      `sniff(data, name)`: how sure it is that the bytes are of this format, or None. It looks at the
               name and the first bytes, never raises, and is fast
    parse      `parse(data, name)`: the medium; from an archive, its members. Raises `MediaError` and nothing
               else, whatever the bytes are
    container  it is an archive: `parse` gives members
    write      `write(segments)`: the file with these segments, by ascending addresses; None if nobody needs to write one.
               Raises `MediaError` for what the format cannot hold
    """

    id: str
    title: str
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes, str], Judgement | None]
    parse: Callable[[bytes, str], Media | Sequence[Member]]
    container: bool = False
    write: Callable[[Sequence[Segment]], bytes] | None = None


def suffix(name: str) -> str:
    """The end of a file name in lower case, with its dot; of "a.zip#b.CH8" it is ".ch8"."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    at = last.rfind(".")
    return last[at:].lower() if 0 < at < len(last) - 1 else ""
