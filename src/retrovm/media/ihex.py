"""Intel HEX: lines like `:03020000A9018DC4`.

| digits | field | |
| --- | --- | --- |
| 2 | RECLEN | number of data bytes |
| 4 | LOAD OFFSET | address of the first one, within the base |
| 2 | RECTYP | see below |
| 2 x RECLEN | DATA | |
| 2 | CHKSUM | makes the sum of all bytes of the line 0 modulo 256 |

| type | name | data |
| --- | --- | --- |
| 00 | data | |
| 01 | end of file | none |
| 02 | extended segment address | USBA: the base, in units of 16 bytes |
| 03 | start segment address | CS and IP |
| 04 | extended linear address | ULBA: the upper 16 bits of the base |
| 05 | start linear address | EIP |

A file ends with one record 01. Where its load offset is not 0 it is the address where the program starts, as
the assemblers of 8-bit processors wrote it: their files have neither 03 nor 05.

Source: intel-hex (Intel, Hexadecimal Object File Format Specification, revision A).
"""

from __future__ import annotations

from collections.abc import Sequence

from retrovm.errors import MediaError
from retrovm.media.model import Format, Media, Segment
from retrovm.media.records import Line, Piece, judge, lines, merge, records
from retrovm.spec import Judgement

SUFFIXES = (".hex", ".ihex", ".ihx", ".h86", ".mcs")
TITLE = "Intel HEX"

DATA, END, SEGMENT_BASE, SEGMENT_START, LINEAR_BASE, LINEAR_START = range(6)
NAMES = ("data", "end of file", "extended segment address", "start segment address",
         "extended linear address", "start linear address")
# How many data bytes a record of each type has; data records may have any number.
LENGTHS = {END: 0, SEGMENT_BASE: 2, SEGMENT_START: 4, LINEAR_BASE: 2, LINEAR_START: 4}


def sniff(data: bytes, name: str) -> Judgement | None:
    """Whether this is one, by its first line or its name."""
    return judge(data, name, record, "Intel HEX record", SUFFIXES)


def record(line: Line) -> tuple[int, int, bytes]:
    """Type, load offset and data of a line."""
    if not line.text.startswith(b":"):
        raise line.error("this is no Intel HEX record", 0, line.character(0), "':'")
    raw = line.digits(1)
    if len(raw) < 5:
        raise line.error("the record is too short", len(line.text), f"{len(raw)} bytes", "5 or more")
    line.length(1, len(raw) - 1, raw[0] + 4)
    line.checksum(raw[-1], -sum(raw[:-1]) & 0xFF)
    kind, offset, data = raw[3], int.from_bytes(raw[1:3]), raw[4:-1]
    if kind >= len(NAMES):
        raise line.error("there is no such record type", 7, f"{kind:02X}", "00 to 05")
    if kind != DATA and len(data) != LENGTHS[kind]:
        raise line.error(f"a record {kind:02X} ({NAMES[kind]}) has a fixed length", 1,
                         f"{len(data)} data bytes", f"{LENGTHS[kind]}")
    return kind, offset, data


def parse(data: bytes, name: str) -> Media:
    """The medium; `MediaError` names line and column."""
    pieces: list[Piece] = []
    base, segmented, entry, ended = 0, False, None, False
    for line in lines(data, name):
        if ended:
            raise line.error("the file goes on after its end-of-file record", 0,
                             hint="two files were joined: give them one by one")
        kind, offset, content = record(line)
        if kind == DATA:
            pieces += _place(base, segmented, offset, content, line)
        elif kind == END:
            ended = True
            entry = entry if entry is not None else offset or None
        elif kind == SEGMENT_START:
            entry = (int.from_bytes(content[:2]) << 4) + int.from_bytes(content[2:])
        elif kind == LINEAR_START:
            entry = int.from_bytes(content)
        else:
            segmented = kind == SEGMENT_BASE
            base = int.from_bytes(content) << (4 if segmented else 16)
    if not ended:
        raise MediaError("the file ends without an end-of-file record", file=name, expected=":00000001FF",
                         hint="it was cut off: get it anew")
    return Media(name, data, FORMAT.id, merge(pieces), title=TITLE, entry=entry)


def _place(base: int, segmented: bool, offset: int, content: bytes, line: Line) -> list[Piece]:
    """Where data belongs. Addresses wrap at the end of a 64 KiB segment, or of the 4 GiB linear space."""
    wrap = 0x10000 - offset if segmented else 0x1_0000_0000 - (base + offset)
    head = Piece(base + offset, content[:wrap], line)
    return [head, Piece(base if segmented else 0, content[wrap:], line)] if len(content) > wrap else [head]


def write(segments: Sequence[Segment]) -> bytes:
    """The file with these segments, in $0000-$FFFF."""
    made = [_line(DATA, address, data) for address, data in records(segments, TITLE, 0x10000)]
    return "".join([*made, _line(END, 0, b"")]).encode("ascii")


def _line(kind: int, offset: int, data: bytes) -> str:
    raw = bytes((len(data), *offset.to_bytes(2), kind, *data))
    return f":{raw.hex().upper()}{-sum(raw) & 0xFF:02X}\n"


FORMAT = Format(id="ihex", title=TITLE, suffixes=SUFFIXES, sniff=sniff, parse=parse, write=write)
