"""Zip archives: `members` lists what is in them; `opening` chooses one.

Stored and deflated members are read, which is what every packer writes. The other methods cannot be unpacked
within a bound of memory by Python's zipfile, and so are refused.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath

from retrovm.errors import MediaError
from retrovm.media.model import MAX_SIZE, Format, Member, suffix
from retrovm.spec import Judgement

SUFFIXES = (".zip",)
TITLE = "zip archive"
MAX_MEMBERS = 10_000

LOCAL_HEADER, CENTRAL_HEADER, END_OF_DIRECTORY = b"PK\3\4", b"PK\1\2", b"PK\5\6"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 1
# What zipfile raises on damaged archives, as its fields are checked late or not at all.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, RuntimeError,
           ValueError, LookupError, OverflowError)


def sniff(data: bytes, name: str) -> Judgement | None:
    """Sure by the signature; likely by the end of the name."""
    if data.startswith((LOCAL_HEADER, END_OF_DIRECTORY)):
        return Judgement(1.0, "it has the signature of a zip archive")
    return Judgement(0.7, f"its name ends in {suffix(name)}") if suffix(name) in SUFFIXES else None


def parse(data: bytes, name: str) -> Sequence[Member]:
    """The files in the archive, without folders and what operating systems add unasked."""
    # Counted before zipfile sees them: it makes an object of each, however many there are.
    if data.count(CENTRAL_HEADER) > MAX_MEMBERS:
        raise MediaError("the archive has too many files", file=name, expected=f"at most {MAX_MEMBERS:,}",
                         hint="unpack it and give one of them")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGED as error:
        raise MediaError(f"the zip archive is damaged ({error})", file=name, hint="get it anew") from error
    # Of several entries with one name the last counts: packers append what replaces a file.
    infos = {info.filename: info for info in archive.infolist() if not _is_litter(info.filename)}
    return [Member(path, info.file_size, partial(_read, archive, info, name)) for path, info in infos.items()]


def _is_litter(name: str) -> bool:
    """Folders, and files that no person put there: resource forks, thumbnails, hidden files."""
    path = PurePosixPath(name)
    return (name.endswith("/") or "__MACOSX" in path.parts or path.name.startswith(".")
            or path.name in ("Thumbs.db", "desktop.ini"))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    file = f"{name}#{info.filename}"
    if info.flag_bits & ENCRYPTED:
        raise MediaError("it is encrypted", file=file, hint="unpack it with its password first")
    if info.compress_type not in METHODS:
        raise MediaError("it is packed with an unsupported method", file=file,
                         found=f"method {info.compress_type}", expected="stored (0) or deflated (8)",
                         hint="unpack it first, or pack it anew")
    try:
        with archive.open(info) as stream:
            # The size in the directory may lie, so what counts is what comes out.
            data = stream.read(MAX_SIZE + 1)
    except DAMAGED as error:
        raise MediaError(f"it is damaged ({error})", file=file, hint="get the archive anew") from error
    if len(data) > MAX_SIZE:
        raise MediaError("it is too large", file=file, found=f"more than {MAX_SIZE >> 20} MiB unpacked",
                         expected=f"at most {MAX_SIZE >> 20} MiB")
    return data


FORMAT = Format(id="zip", title=TITLE, suffixes=SUFFIXES, sniff=sniff, parse=parse, container=True)
