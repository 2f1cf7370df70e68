"""Snapshots: the whole state of a machine as bytes.

All numbers are little-endian.

    offset     size  content
         0        8  "retrovm" and $1A
         8        4  version of this layout: 1
        12        4  h, the size of the header
        16        8  f, the size of the fields
        24        h  header: JSON in UTF-8 with the keys machine, options, media, seed
      24+h        f  fields, as `retrovm.core.state` describes them
    24+h+f        4  CRC-32 of all bytes before it

`media` is null, or the SHA-1 of what the machine was started with: a snapshot holds no ROM. The fields stand
as they are, not compressed, because rewinding writes and reads sixty of them a second.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from retrovm.errors import StateError

MAGIC = b"retrovm\x1a"
VERSION = 1
_HEAD = struct.Struct("<8sIIQ")
_CRC = struct.Struct("<I")


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A snapshot taken apart.

    machine  the id of the machine
    options  its options, as JSON or as text that the options parse
    media    the SHA-1 of its media in hexadecimal, or None
    seed     of its generator
    fields   what `Machine.load_fields` takes
    """

    machine: str
    options: dict[str, Any]
    media: str | None
    seed: int
    fields: bytes

    def pack(self) -> bytes:
        """The bytes of the snapshot; equal snapshots give equal bytes."""
        header = json.dumps(
            {"machine": self.machine, "media": self.media, "options": self.options, "seed": self.seed},
            sort_keys=True, separators=(",", ":"), default=str,
        ).encode()
        body = b"".join([_HEAD.pack(MAGIC, VERSION, len(header), len(self.fields)), header, self.fields])
        return body + _CRC.pack(zlib.crc32(body))

    @classmethod
    def unpack(cls, data: bytes) -> Snapshot:
        """Takes a snapshot apart. Raises `StateError` that says what is wrong with it."""
        if data[:8] != MAGIC[: len(data)] or not data:
            raise StateError(f"this is no snapshot: it begins with {data[:8]!r}, a snapshot with {MAGIC!r}")
        if len(data) < _HEAD.size:
            raise StateError(f"the snapshot is cut off: it has {len(data)} bytes, its head {_HEAD.size}")
        _, version, header_size, fields_size = _HEAD.unpack_from(data)
        if version > VERSION:
            raise StateError(f"the snapshot has layout {version}, and this retrovm knows {VERSION}: it was "
                             f"saved by a newer one; update retrovm to load it")
        size = _HEAD.size + header_size + fields_size + _CRC.size
        if version < 1 or len(data) != size:
            raise StateError(f"the snapshot is damaged: it has {len(data)} bytes and should have {size}")
        body = data[: -_CRC.size]
        if zlib.crc32(body) != _CRC.unpack(data[-_CRC.size :])[0]:
            raise StateError("the snapshot is damaged: its checksum is not that of its bytes")
        fields = body[_HEAD.size + header_size :]
        try:
            header = json.loads(body[_HEAD.size : _HEAD.size + header_size])
            snapshot = cls(machine=header["machine"], options=header["options"], media=header["media"],
                           seed=header["seed"], fields=fields)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise StateError(f"the header of the snapshot cannot be read: {error!r}") from None
        kinds = {"machine": str, "options": dict, "media": str | None, "seed": int}
        for key, kind in kinds.items():
            if not isinstance(header[key], kind):
                raise StateError(f"the header of the snapshot says {key}: {header[key]!r}, which is wrong")
        return snapshot
