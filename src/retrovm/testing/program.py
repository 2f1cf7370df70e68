"""An assembled program, and what is known of it: its symbols, the source lines of its addresses, its structures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from retrovm.debug.covered_files import debug_rows, source_text
from retrovm.errors import ArgumentError, MediaError, UnknownNameError
from retrovm.spec import nearest
from retrovm.symbols import Symbols

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
    tables: dict[str, dict[str, dict[str, str]]] = {kind: {} for kind in ("file", "line", "seg", "span", "scope", "sym")}
    for kind, fields in debug_rows(debug):
        if kind in tables:
            tables[kind][fields["id"]] = fields
    try:
        return _of_tables(data, debug, tables)
    except (KeyError, ValueError) as error:
        raise MediaError("this debug information is damaged", file=str(debug), found=f"no {error}",
                         expected="what ld65 --dbgfile writes") from error


def _of_tables(data: bytes, debug: Path, tables: Mapping[str, Mapping[str, Mapping[str, str]]]) -> GuestProgram:
    segments = {row["name"]: (int(row["start"], 0), int(row["size"], 0)) for row in tables["seg"].values()}
    spans = {key: range(first := int(tables["seg"][row["seg"]]["start"], 0) + int(row["start"]), first + int(row["size"]))
             for key, row in tables["span"].items()}
    texts = {key: source_text(row["name"], debug)[1] for key, row in tables["file"].items()}
    lines: dict[int, SourceLine] = {}
    for row in tables["line"].values():
        if row.get("type") == "2":
            continue                                     # of a macro's definition: the line of its call tells more
        number, text = int(row["line"]), texts[row["file"]]
        line = SourceLine(tables["file"][row["file"]]["name"], number, text[number - 1] if number <= len(text) else "")
        for span in row.get("span", "").split("+"):
            lines.update(dict.fromkeys(spans.get(span, ()), line))
    symbols = Symbols()
    symbols.load(debug)
    labels: dict[int, str] = {}
    sizes: dict[str, int] = {}
    fields: dict[str, dict[str, tuple[int, int]]] = {}
    for row in tables["sym"].values():
        scope = tables["scope"].get(row.get("scope", ""), {})
        if scope.get("type") == "struct" and "size" in row:
            fields.setdefault(scope["name"], {})[row["name"]] = int(row["val"], 0), int(row["size"])
        elif row.get("type") == "lab" and "val" in row:
            address, name = int(row["val"], 0), "::".join([*_scopes(scope, tables["scope"]), row["name"]])
            if row["name"].startswith("@"):
                continue                                 # of the label before it, by which its place is told
            if "size" in row:
                sizes[name] = int(row["size"])
            if address not in labels or name.count("::") < labels[address].count("::"):
                labels[address] = name
    structures = {name: Structure(name, dict(sorted(each.items(), key=lambda item: item[1]))) for name, each in fields.items()}
    ranges = {name: (start, start + size - 1) for name, (start, size) in segments.items() if size}
    return GuestProgram("program.bin", data, _origin(tables["seg"].values(), debug), "6502", symbols, labels, lines, sizes,
                        structures, ranges, debug)


def _scopes(scope: Mapping[str, str], scopes: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The names of a scope and of those around it, the outermost first."""
    names: list[str] = []
    while scope and len(names) < len(scopes):            # a damaged file may close the chain to a ring
        names[:0] = [scope["name"]] if scope["name"] else []
        scope = scopes.get(scope.get("parent", ""), {})
    return names


def _origin(segments: Iterable[Mapping[str, str]], debug: Path) -> int:
    """Where the file of the linker begins: the address of the segment at its beginning."""
    for row in segments:
        if row.get("ooffs") == "0" and int(row["size"], 0):
            return int(row["start"], 0)
    raise MediaError("no segment lies at the beginning of the program", file=str(debug),
                     expected="a linker config whose first memory area in the file begins with a segment that has bytes")


def symbols_of(names: Mapping[str, int]) -> Symbols:
    """The symbols that have these names."""
    symbols = Symbols()
    for name, value in names.items():
        if value >= 0:
            symbols.define(name, value)
    return symbols
