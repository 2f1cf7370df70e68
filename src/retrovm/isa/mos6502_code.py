"""The bytes that an assembler makes, and the places in them that wait for a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .assembly import AssemblyError
from .mos6502_expr import Lookup, Value
from .mos6502_lexer import Token

SPACE = 0x10000


class Field(NamedTuple):
    """What a value is for: its bytes in memory, the values that fit, and what to do about others."""

    size: int
    low: int
    high: int
    hint: str
    order: str = "little"


FIELDS: Mapping[str, Field] = {
    # A byte or a word may also be meant with a sign.
    "byte": Field(1, -0x80, 0xFF, "take a part of it with < or >"),
    "word": Field(2, -0x8000, 0xFFFF, "make it smaller, or take .dword"),
    "big-endian word": Field(2, -0x8000, 0xFFFF, "make it smaller, or take .dword", "big"),
    "double word": Field(4, -0x8000_0000, 0xFFFF_FFFF, "make it smaller"),
    "address in the zero page": Field(1, 0, 0xFF, "only such an address can stand here"),
    "address": Field(2, 0, 0xFFFF, "only such an address can stand here"),
}  # fmt: skip


class Waiting(NamedTuple):
    """A place in memory whose value may not be known yet. `behind` is for branches: where they count from."""

    address: int
    field: str
    value: Value
    place: Token
    behind: int | None = None


class Code:
    """64 KiB of memory that is filled from `here` on."""

    def __init__(self, origin: int) -> None:
        self.here = origin
        self.count = 0          # bytes so far
        self.memory = bytearray(SPACE)
        self.used = bytearray(SPACE)
        self.waiting: list[Waiting] = []

    def emit(self, place: Token, data: bytes) -> None:
        """Puts bytes here. AssemblyError where memory ends, or holds something already."""
        end = self.here + len(data)
        if end > SPACE:
            raise place.error(f"this reaches beyond $FFFF: it would lie at ${self.here:04X}-${end - 1:04X}")
        taken = self.used.find(1, self.here, end)
        if taken >= 0:
            raise place.error(f"address ${taken:04X} holds something already; move this or that with .org")
        self.memory[self.here : end] = data
        self.used[self.here : end] = b"\1" * len(data)
        self.here = end
        self.count += len(data)

    def value(self, place: Token, value: Value, field: str, lookup: Lookup) -> None:
        """Puts a value here as `field` says, now or when it is known."""
        address = self.here
        self.emit(place, bytes(FIELDS[field].size))
        self.wait(Waiting(address, field, value, place), lookup)

    def wait(self, waiting: Waiting, lookup: Lookup) -> None:
        """Takes note of a place that gets its value in the end."""
        waiting.value.of(lookup)                     # says now what is wrong whatever the names are
        self.waiting.append(waiting)

    def fill_in(self, lookup: Lookup, ranges: bool) -> list[AssemblyError]:
        """Gives every waiting place its value, and returns what is wrong; what does not fit only with `ranges`."""
        errors = []
        for waiting in self.waiting:
            try:
                number = waiting.value.of(lookup)
                if number is not None:
                    data = _distance(waiting, number) if waiting.behind is not None else _encode(waiting, number)
                    self.memory[waiting.address : waiting.address + len(data)] = data
            except _RangeError as error:
                if ranges:
                    errors.append(error.error)
            except AssemblyError as error:
                errors.append(error)
        return errors

    def segments(self) -> tuple[tuple[int, bytes], ...]:
        """(address, bytes) of every run of bytes."""
        found = []
        start = self.used.find(1)
        while start >= 0:
            end = self.used.find(0, start)
            end = SPACE if end < 0 else end
            found.append((start, bytes(self.memory[start:end])))
            start = self.used.find(1, end)
        return tuple(found)


class _RangeError(Exception):
    def __init__(self, error: AssemblyError) -> None:
        super().__init__(str(error))
        self.error = error


def _encode(waiting: Waiting, number: int) -> bytes:
    field = FIELDS[waiting.field]
    if not field.low <= number <= field.high:
        raise _RangeError(waiting.place.error(
            f"{shown(number)} is no {waiting.field} ({shown(field.low)} to {shown(field.high)}); {field.hint}"))
    big = field.order == "big"
    return (number & ((1 << 8 * field.size) - 1)).to_bytes(field.size, "big" if big else "little")


def _distance(waiting: Waiting, number: int) -> bytes:
    if not 0 <= number < SPACE:
        raise _RangeError(waiting.place.error(f"{shown(number)} is no address to branch to; $0000 to $FFFF are"))
    # A branch goes around the end of memory as the program counter does.
    distance = (number - (waiting.behind or 0) + SPACE // 2) % SPACE - SPACE // 2
    if not -0x80 <= distance <= 0x7F:
        raise _RangeError(waiting.place.error(
            f"{shown(number)} is too far away for a branch: {distance:+d} bytes, and it reaches from -128 to +127; "
            f"branch around a JMP"))
    return bytes((distance & 0xFF,))


def shown(number: int) -> str:
    """A number as messages show it."""
    if number > 0xFFFF_FFFF or number < -0x8000_0000:
        return "a number of more than 32 bits"
    return str(number) if -10 < number < 10 or number < 0 else f"${number:0{2 if number < 0x100 else 4}X}"
