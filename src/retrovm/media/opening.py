"""`open_media`: from whatever a user has in hand to one medium."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from io import TextIOBase
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from retrovm import registry
from retrovm.errors import ArgumentError, MediaError
from retrovm.media.model import MAX_SIZE, Format, Media, Member, suffix

Readable = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
Source = Readable | Media

# An error message is read by people.
LISTED = 20


@dataclass(frozen=True)
class _File:
    """The bytes of a file and what is known of it."""

    data: bytes
    name: str
    path: Path | None = None
    member: str | None = None


def open_media(source: Source, *, name: str | None = None, format: str | None = None,
               member: str | None = None) -> Media:
    """Reads a program.

    source  path, bytes, file open for reading in binary mode, or a `Media`, which is returned as it is. The
            path "games.zip#pong.ch8" means a member of an archive, unless a file has that very name
    name    the file name to go by, for bytes; its end tells formats apart that have no signature
    format  id of the format: "ihex". Without it the bytes and the name decide: the surest format wins, and of
            equally sure ones the first in the order of `retrovm.registry.formats`
    member  which file of an archive. Without it, the only one with the suffix of a format, or the only one

    `format` is that of the member where `member` or "#" names one, otherwise that of the source itself.
    Raises `MediaError` if the source cannot be read, is larger than 64 MiB, or is not what its format says.
    """
    if isinstance(source, Media):
        return source
    file = _read(source, name, member)
    outer = registry.format(format) if format and file.member is None else _sniff(file.data, file.name)
    if file.member is not None and not outer.container:
        raise MediaError("it is no archive", file=file.name, found=outer.title, expected="an archive",
                         hint=f"leave out {file.member!r}")
    content = outer.parse(file.data, file.name)
    if isinstance(content, Media):
        return replace(content, path=file.path)
    chosen = _choose(content, file)
    data = chosen.read()
    inner = registry.format(format) if format and format != outer.id else _sniff(data, chosen.name)
    medium = None if inner.container else inner.parse(data, chosen.name)
    if not isinstance(medium, Media):
        raise MediaError("it is an archive in an archive", file=f"{file.name}#{chosen.name}",
                         hint="unpack the outer one first")
    return replace(medium, path=file.path, archive=file.name)


def _read(source: Readable, name: str | None, member: str | None) -> _File:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _File(_limited(bytes(source), name or "bytes"), name or "bytes", None, member)
    if isinstance(source, (str, os.PathLike)):
        path, inside = _split(os.fspath(source), member)
        try:
            with path.open("rb") as stream:
                return _File(_limited(stream.read(MAX_SIZE + 1), str(path)), name or path.name, path, inside)
        except OSError as error:
            raise MediaError(f"it cannot be read ({error.strerror})", file=str(path)) from error
    if isinstance(source, TextIOBase):
        raise ArgumentError("expected a file open in binary mode, open(..., 'rb'), not one of text")
    if not hasattr(source, "read"):
        raise ArgumentError(f"expected a path, bytes, a binary file or a Media, not {type(source).__name__}")
    given = getattr(source, "name", None)
    file = name or (Path(given).name if isinstance(given, str) else "file")
    return _File(_limited(_drain(source), file), file, None, member)


def _drain(stream: BinaryIO) -> bytes:
    """All that comes, up to the first byte too many; an unbuffered file or a pipe gives it in parts."""
    data = bytearray()
    while len(data) <= MAX_SIZE and (part := stream.read(MAX_SIZE + 1 - len(data))):
        data += part
    return bytes(data)


def _split(given: str, member: str | None) -> tuple[Path, str | None]:
    """The file on disk and the member of it that "archive#member" asks for."""
    path = Path(given)
    if os.path.isdir(path):
        raise MediaError("it is a folder", file=given, expected="a file")
    if os.path.exists(path):
        return path, member
    # Both names may have a # in them: the longest one that is a file counts.
    at = given.rfind("#")
    while member is None and at > 0:
        if os.path.isfile(given[:at]):
            return Path(given[:at]), given[at + 1 :]
        at = given.rfind("#", 0, at)
    near = _neighbours(path)
    raise MediaError("there is no such file", file=given,
                     hint=f"did you mean {' or '.join(near)}?" if near else None)


def _neighbours(path: Path) -> list[str]:
    try:
        return get_close_matches(path.name, [each.name for each in path.parent.iterdir()], 3)
    except (OSError, ValueError):  # the folder does not exist either, or the name cannot be one
        return []


def _limited(data: bytes, file: str) -> bytes:
    if len(data) > MAX_SIZE:
        raise MediaError("it is too large", file=file, found=f"more than {MAX_SIZE >> 20} MiB",
                         expected=f"at most {MAX_SIZE >> 20} MiB", hint="is it the right file?")
    if not data:
        raise MediaError("it is empty", file=file)
    return data


def _sniff(data: bytes, name: str) -> Format:
    """The surest format; `binary` takes anything, so there is always one."""
    best, confidence = None, -1.0
    for format in registry.formats().values():
        judgement = registry.FORMATS.guard(format.id, partial(format.sniff, data, name))
        if judgement is not None and judgement.confidence > confidence:
            best, confidence = format, judgement.confidence
    if best is None:
        raise MediaError("no format knows it", file=name, hint="is retrovm installed? pip install retrovm")
    return best


def _choose(members: Sequence[Member], file: _File) -> Member:
    if file.member is not None:
        return _named(members, file, file.member)
    known = {end for format in registry.formats().values() if not format.container for end in format.suffixes}
    likely = [member for member in members if suffix(member.name) in known]
    if len(likely) == 1:
        return likely[0]
    if not likely and len(members) == 1:
        return members[0]
    if not members:
        raise MediaError("the archive has no files", file=file.name)
    problem = "the archive has several programs" if likely else "no name in the archive is that of a program"
    raise MediaError(problem, file=file.name, found=_listed(likely or members),
                     hint=f"choose one: {file.path or file.name}#{(likely or members)[0].name}")


def _named(members: Sequence[Member], file: _File, wanted: str) -> Member:
    """The member with this path, or the only one whose path ends in it."""
    exact = [member for member in members if member.name == wanted]
    ends = [member for member in members if PurePosixPath(member.name).name == wanted]
    if exact or len(ends) == 1:
        return (exact or ends)[0]
    problem = f"it has several files {wanted!r}" if ends else f"it has no file {wanted!r}"
    raise MediaError(problem, file=file.name, expected=f"one of {_listed(ends or members)}")


def _listed(members: Sequence[Member]) -> str:
    # An archive may hold names that would steer the terminal.
    plain = [member.name if member.name.isprintable() else ascii(member.name) for member in members[:LISTED]]
    names = ", ".join(plain)
    return f"{names} and {len(members) - LISTED} more" if len(members) > LISTED else names
