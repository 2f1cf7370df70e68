"""An assembled program, and what is known of it: its symbols, the source lines of its addresses, its structures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from retrovm.debug.covered_files import source_text
from retrovm.errors import ArgumentError, MediaError, UnknownNameError
from retrovm.spec import nearest
from retrovm.symbols import Symbols
from retrovm.symbols.ca65 import DebugInfo
from retrovm.symbols.formats import debug_symbols

if TYPE_CHECKING:
    from retrovm.isa.mos6502_asm import Assembled
    from retrovm.isa.octo import Assembly


class SourceLine(NamedTuple):
    """A line of a source, as the assembler was told of it."""

    path: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{Path(self.path).name}:{self.number}"


@dataclass(frozen=True)
class Structure:
    """How fields lie in memory: {name: (offset, size)}.

    A field of up to four bytes is a number, low byte first; a longer one is bytes.

        >>> point = Structure.of("point", x=1, y=2)
        >>> point.unpack(bytes([3, 0x34, 0x12])) == {"x": 3, "y": 0x1234}
        True
    """

    name: str
    fields: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, name: str, /, **sizes: int) -> Structure:
        """Fields one after the other, by their sizes in bytes."""
        fields, offset = {}, 0
        for field_name, size in sizes.items():
            fields[field_name] = offset, size
            offset += size
        return cls(name, fields)

    @property
    def size(self) -> int:
        """In bytes, as far as its fields reach."""
        return max((offset + size for offset, size in self.fields.values()), default=0)

    def unpack(self, data: bytes) -> dict[str, int | bytes]:
        """The values of all fields."""
        return {name: value_of(data[offset:offset + size]) for name, (offset, size) in self.fields.items()}

    def pack(self, values: Mapping[str, int | bytes]) -> Iterable[tuple[int, bytes]]:
        """(offset, bytes) of each field that has a value here. `UnknownNameError` for one that is no field."""
        for name, value in values.items():
            if name not in self.fields:
                raise UnknownNameError(f"{self.name} has no field {name!r}{nearest(name, self.fields)}")
            offset, size = self.fields[name]
            yield offset, bytes_of(value, size, f"{self.name}.{name}")


def value_of(data: bytes) -> int | bytes:
    """A field as a number where it has up to four bytes."""
    return int.from_bytes(data, "little") if len(data) <= 4 else data


def bytes_of(value: int | bytes, size: int, what: str) -> bytes:
    """A value as so many bytes. `ArgumentError` where it does not fit."""
    if isinstance(value, int):
        if not -(1 << 8 * size - 1) <= value < 1 << 8 * size:
            raise ArgumentError(f"{value} does not fit into the {size} bytes of {what}")
        return (value % (1 << 8 * size)).to_bytes(size, "little")
    if len(value) != size:
        raise ArgumentError(f"{what} has {size} bytes, not {len(value)}")
    return bytes(value)


@dataclass(frozen=True)
class GuestProgram:
    """An assembled program.

    name        a file name, whose end says what it is
    data        bytes, to be loaded from `origin` on
    processor   "6502" or "chip8"
    symbols     all names; `labels` {address: name} are those of places in the program and its variables, where that is known
    lines       {address: SourceLine} of each byte that is a line's
    sizes       {label in full: bytes}, as far as the assembler says
    structures  {name: Structure}, from .struct of ca65
    segments    {name: (first, last)}, of ca65, without empty ones
    debug       the file of debug information, for coverage by source line; None without
    """

    name: str
    data: bytes
    origin: int
    processor: str = "6502"
    symbols: Symbols = field(default_factory=Symbols)
    labels: Mapping[int, str] = field(default_factory=dict)
    lines: Mapping[int, SourceLine] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    structures: Mapping[str, Structure] = field(default_factory=dict)
    segments: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    debug: Path | None = None

    def size_of(self, name: str, address: int) -> int:
        """The bytes of what a symbol in full or in short names at an address, 1 where nothing is said of it."""
        full = [each for each in self.symbols.at(address) if each == name or each.endswith(f"::{name}")]
        return max([1, *(self.sizes.get(each, 1) for each in full)])

    def segment(self, name: str) -> tuple[int, int]:
        """The first and the last address of a segment, to be watched or guarded."""
        if name not in self.segments:
            raise UnknownNameError(f"there is no segment {name!r} with bytes in it{nearest(name, self.segments)}")
        return self.segments[name]

    def structure(self, name: str) -> Structure:
        """A `.struct` of the sources."""
        if name not in self.structures:
            raise UnknownNameError(f"there is no structure {name!r}{nearest(name, self.structures)}; debug information of ca65 has "
                                   "those of the sources, Structure.of(name, field=size) makes one")
        return self.structures[name]


def of_assembled(name: str, made: Assembled) -> GuestProgram:
    """A program of retrovm's own assembler for the 6502."""
    symbols = symbols_of(made.symbols)
    lines = {address: SourceLine(line.path, line.number, line.text) for line in made.lines
             for address in range(line.address, line.address + line.size)}
    inside = range(made.origin, made.origin + len(made.data))
    labels = {value: label for label, value in made.symbols.items() if value in inside}
    return GuestProgram(name, made.data, made.origin, symbols=symbols, labels=labels, lines=lines)


def of_octo(name: str, made: Assembly, texts: Mapping[str, list[str]]) -> GuestProgram:
    """A program of retrovm's own assembler for Octo's language; `texts` are the lines of its sources by their paths."""
    lines = {address: SourceLine(place.path, place.line, texts[place.path][place.line - 1]) for place in made.locations
             for address in range(place.address, place.address + place.size)}
    return GuestProgram(name, made.data, made.origin, "chip8", symbols_of(made.symbols),
                        {value: label for label, value in made.symbols.items()}, lines)


def of_ca65(data: bytes, debug: Path) -> GuestProgram:
    """A program of ld65, from the debug information that is written with it. Raises `MediaError`."""
    info = DebugInfo.read(debug)
    symbols = Symbols()
    symbols.add(debug_symbols(info))
    labels, sizes = _labels(info)
    segments = {row["name"]: (row.number("start"), row.number("size")) for row in info["seg"].values()}
    ranges = {name: (start, start + size - 1) for name, (start, size) in segments.items() if size}
    return GuestProgram("program.bin", data, _origin(info), "6502", symbols, labels, _lines(info), sizes, _structures(info), ranges,
                        debug)


def _lines(info: DebugInfo) -> dict[int, SourceLine]:
    """The line of each address. That of a macro's call tells more than those of its definition, which are of type 2."""
    texts = {key: source_text(row["name"], info.path)[1] for key, row in info["file"].items()}
    lines: dict[int, SourceLine] = {}
    for row in info["line"].values():
        if row.get("type") != "2":
            file, number = info.referred(row, "file"), row.number("line")
            text = texts[file["id"]]
            line = SourceLine(file["name"], number, text[number - 1] if 0 < number <= len(text) else "")
            for span in info.spans(row):
                lines.update(dict.fromkeys(info.addresses(span), line))
    return lines


def _labels(info: DebugInfo) -> tuple[dict[int, str], dict[str, int]]:
    """The outermost label of each address, and the sizes of labels. A cheap one is told by the label before it."""
    labels: dict[int, str] = {}
    sizes: dict[str, int] = {}
    for row in info["sym"].values():
        if row.get("type") == "lab" and "val" in row and not row["name"].startswith("@"):
            address, name = row.number("val"), info.full_name(row)
            if "size" in row:
                sizes[name] = row.number("size")
            if address not in labels or name.count("::") < labels[address].count("::"):
                labels[address] = name
    return labels, sizes


def _structures(info: DebugInfo) -> dict[str, Structure]:
    """Each `.struct`: a scope whose symbols are its fields."""
    fields: dict[str, dict[str, tuple[int, int]]] = {}
    for row in info["sym"].values():
        if "scope" in row and "size" in row:
            scope = info.referred(row, "scope")
            if scope.get("type") == "struct":
                fields.setdefault(scope["name"], {})[row["name"]] = row.number("val"), row.number("size")
    return {name: Structure(name, dict(sorted(each.items(), key=lambda item: item[1]))) for name, each in fields.items()}


def _origin(info: DebugInfo) -> int:
    """Where the file of the linker begins: the address of the segment at its beginning."""
    for row in info["seg"].values():
        if row.get("ooffs") == "0" and row.number("size"):
            return row.number("start")
    raise MediaError("no segment lies at the beginning of the program", file=str(info.path),
                     expected="a linker config whose first memory area in the file begins with a segment that has bytes")


def symbols_of(names: Mapping[str, int]) -> Symbols:
    """The symbols that have these names."""
    symbols = Symbols()
    for name, value in names.items():
        if value >= 0:
            symbols.define(name, value)
    return symbols
