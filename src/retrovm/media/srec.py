"""Motorola S-records: lines like `S1060200A9018DC0`.

| characters | field | |
| --- | --- | --- |
| 2 | type | S0 to S9 |
| 2 | count | bytes that follow: address, data and checksum |
| 4, 6 or 8 | address | |
| | data | |
| 2 | checksum | ones' complement of the low byte of the sum of count, address and data |

| type | address | meaning |
| --- | --- | --- |
| S0 | 16 bits | header; its data is a text |
| S1 S2 S3 | 16, 24, 32 bits | data |
| S5 S6 | 16, 24 bits | number of data records since the start or the last count |
| S7 S8 S9 | 32, 24, 16 bits | end; the address where the program starts, 0 if there is none |

Sources: srec-m68k (M68000 Family Programmer's Reference Manual, appendix C), srec-man (srec_motorola(5)).
"""

from __future__ import annotations

from collections.abc import Sequence

from retrovm.errors import MediaError
from retrovm.media.model import Format, Media, Segment
from retrovm.media.records import Line, Piece, judge, lines, merge, records
from retrovm.spec import Judgement

SUFFIXES = (".s19", ".s28", ".s37", ".srec", ".mot", ".s1", ".s2", ".s3")
TITLE = "Motorola S-records"

# Bytes of the address field, by the digit of the type; S4 is reserved.
ADDRESS_BYTES = {0: 2, 1: 2, 2: 3, 3: 4, 5: 2, 6: 3, 7: 4, 8: 3, 9: 2}
DATA = (1, 2, 3)
COUNT = (5, 6)
END = (7, 8, 9)


def sniff(data: bytes, name: str) -> Judgement | None:
    """Whether this is one, by its first line or its name."""
    return judge(data, name, record, "S-record", SUFFIXES)


def record(line: Line) -> tuple[int, int, bytes]:
    """Digit of the type, address and data of a line."""
    if not line.text.startswith(b"S"):
        raise line.error("this is no S-record", 0, line.character(0), "'S'")
    kind = line.text[1] - ord("0") if len(line.text) > 1 else -1
    if kind not in ADDRESS_BYTES:
        raise line.error("there is no such record type", 1, line.character(1), "0 to 3 or 5 to 9")
    raw = line.digits(2)
    width = ADDRESS_BYTES[kind]
    if len(raw) < width + 2:
        raise line.error("the record is too short", len(line.text), f"{len(raw)} bytes",
                         f"{width + 2} or more")
    line.length(2, len(raw) - 1, raw[0])
    line.checksum(raw[-1], ~sum(raw[:-1]) & 0xFF)
    data = raw[1 + width : -1]
    if data and kind in COUNT + END:
        raise line.error(f"a record S{kind} has no data", 2, f"{len(data)} data bytes", "0")
    return kind, int.from_bytes(raw[1 : 1 + width]), data


def parse(data: bytes, name: str) -> Media:
    """The medium; `MediaError` names line and column."""
    pieces: list[Piece] = []
    counted, entry, comment, ended = 0, None, "", False
    for line in lines(data, name):
        if ended:
            raise line.error("the file goes on after its end record", 0,
                             hint="two files were joined: give them one by one")
        kind, address, content = record(line)
        if kind in DATA:
            _check_end(line, kind, address, content)
            pieces.append(Piece(address, content, line))
        elif kind in COUNT:
            if address != len(pieces) - counted:
                raise line.error("the number of data records is wrong", 4, f"{len(pieces) - counted} records",
                                 f"{address}", "lines are missing or came twice: get the file anew")
            counted = len(pieces)
        elif kind in END:
            ended, entry = True, address or None
        else:
            comment = "".join(chr(byte) for byte in content if 0x20 <= byte < 0x7F).strip()
    if not ended:
        raise MediaError("the file ends without an end record", file=name, expected="S7, S8 or S9",
                         hint="it was cut off: get it anew")
    return Media(name, data, FORMAT.id, merge(pieces), title=TITLE, entry=entry, comment=comment)


def _check_end(line: Line, kind: int, address: int, content: bytes) -> None:
    limit = 1 << 8 * ADDRESS_BYTES[kind]
    if address + len(content) > limit:
        raise line.error(f"the data of this record reaches beyond the addresses of S{kind}", 4,
                         f"${address:X}-${address + len(content) - 1:X}", f"up to ${limit - 1:X}")


def write(segments: Sequence[Segment]) -> bytes:
    """The file with these segments, in $0000-$FFFF: records S1 and S9."""
    made = [_line(1, address, data) for address, data in records(segments, TITLE, 0x10000)]
    return "".join([*made, _line(9, 0, b"")]).encode("ascii")


def _line(kind: int, address: int, data: bytes) -> str:
    raw = bytes((len(data) + 3, *address.to_bytes(2), *data))
    return f"S{kind}{raw.hex().upper()}{~sum(raw) & 0xFF:02X}\n"


FORMAT = Format(id="srec", title=TITLE, suffixes=SUFFIXES, sniff=sniff, parse=parse, write=write)
