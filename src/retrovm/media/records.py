"""What Intel HEX and S-records have in common: lines of hexadecimal digits with address and checksum."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from retrovm.errors import MediaError
from retrovm.media.model import Segment, suffix
from retrovm.spec import Judgement

HEX = re.compile(rb"[0-9A-Fa-f]*")
# Control-Z ends a text under CP/M and MS-DOS, NUL ends a line on some terminals and paper tapes.
PADDING = b" \t\0\x1a"
RECORD_BYTES = 16       # of data, in a record that is written: no reader has trouble with so few


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text file with what an error message about it needs."""

    file: str
    number: int
    text: bytes

    def error(self, problem: str, column: int, found: str | None = None, expected: str | None = None,
              hint: str | None = None) -> MediaError:
        """An error about the character at `column`, counted from 0."""
        return MediaError(problem, file=self.file, line=self.number, column=column + 1, found=found,
                          expected=expected, hint=hint)

    def character(self, column: int) -> str:
        """The character there, in words that survive any terminal."""
        if column >= len(self.text):
            return "the end of the line"
        return ascii(chr(self.text[column])) if self.text[column] < 0x80 else f"byte ${self.text[column]:02X}"

    def digits(self, start: int) -> bytes:
        """The bytes whose hexadecimal digits run from column `start` to the end of the line."""
        found = HEX.match(self.text, start)
        stop = found.end() if found else start
        if stop != len(self.text):
            raise self.error("this is no hexadecimal digit", stop, self.character(stop), "0-9 or A-F")
        if (stop - start) % 2:
            raise self.error("the last byte has one digit only", stop - 1, expected="two digits a byte",
                             hint="the line was cut off")
        return bytes.fromhex(self.text[start:].decode("ascii"))

    def length(self, start: int, found: int, expected: int) -> None:
        """Checks how many bytes follow the count at column `start`."""
        if found != expected:
            raise self.error("the line does not have the length that it announces", start,
                             f"{found} bytes after the count", f"{expected}",
                             "the line was cut off, or two were joined")

    def checksum(self, found: int, expected: int) -> None:
        """Compares the checksum, the last two digits of the line."""
        if found != expected:
            raise self.error("the checksum is wrong", len(self.text) - 2, f"${found:02X}", f"${expected:02X}",
                             "a character of this line was damaged")


@dataclass(frozen=True, slots=True)
class Piece:
    """The data of one record, and the line where it stands."""

    address: int
    data: bytes
    line: Line

    @property
    def end(self) -> int:
        return self.address + len(self.data)


def lines(data: bytes, file: str) -> Iterator[Line]:
    """The lines that are not empty, whatever ends a line on the host that wrote them."""
    for number, text in enumerate(data.splitlines(), 1):
        if stripped := text.rstrip(PADDING):
            yield Line(file, number, stripped)


def judge(data: bytes, name: str, record: Callable[[Line], object], what: str,
          suffixes: tuple[str, ...]) -> Judgement | None:
    """Sure if the first line is a `record`, which is `what`; likely by the end of the name."""
    first = next(lines(data[:1024], name), None)
    if first is not None:
        try:
            record(first)
        except MediaError:
            pass
        else:
            return Judgement(0.95, f"its first line is an {what}")
    return Judgement(0.7, f"its name ends in {suffix(name)}") if suffix(name) in suffixes else None


def merge(pieces: list[Piece]) -> tuple[Segment, ...]:
    """Joins what touches, by ascending address.

    A byte may be given twice if both times it is the same; if not, a `MediaError` names both lines.
    """
    ordered = sorted((piece for piece in pieces if piece.data), key=lambda piece: piece.address)
    runs: list[tuple[int, bytearray]] = []
    for piece in ordered:
        if not runs or piece.address > runs[-1][0] + len(runs[-1][1]):
            runs.append((piece.address, bytearray(piece.data)))
            continue
        start, run = runs[-1]
        known = run[piece.address - start : piece.end - start]
        if piece.data[: len(known)] != known:
            raise _conflict(piece, known, ordered)
        run += piece.data[len(known) :]
    return tuple(Segment(start, bytes(run)) for start, run in runs)


def records(segments: Sequence[Segment], format: str, limit: int) -> Iterator[tuple[int, bytes]]:
    """(address, data) of each record to write. `MediaError` for addresses from `limit` on, and for none at all."""
    for segment in segments:
        if segment.address is None or segment.address + len(segment.data) > limit:
            raise MediaError(f"{format} cannot say where this belongs", found=str(segment),
                             expected=f"addresses up to ${limit - 1:X}")
        for at in range(0, len(segment.data), RECORD_BYTES):
            yield segment.address + at, segment.data[at : at + RECORD_BYTES]


def _conflict(piece: Piece, known: bytearray, ordered: list[Piece]) -> MediaError:
    at = next(index for index, byte in enumerate(known) if piece.data[index] != byte)
    address = piece.address + at
    other = next(earlier for earlier in ordered if earlier.address <= address < earlier.end)
    first, second = sorted((piece, other), key=lambda each: each.line.number)
    value = second.data[address - second.address]
    before = first.data[address - first.address]
    return second.line.error(f"${address:04X} is given again, with another value", 0, f"${value:02X}",
                             f"${before:02X} as in line {first.line.number}")
