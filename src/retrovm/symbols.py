"""Symbols: names for addresses, read from what assemblers and linkers write.

    format          written by                                   a line of it
    ca65 debug      ld65 --dbgfile                               sym  id=0,name="main",val=0x8000,type=lab
    VICE labels     ld65 -Ln, acme --vicelabels, 64tass, Kick    al C:8000 .main
    assignments     64tass --labels, acme --symbollist           main = $8000
    KickAssembler   kickass -symbolfile                          .label main=$8000 {
    WLA DX          wlalink -s                                   00:8000 main
    Octo            by hand: the source itself, .8o              : main

The content says which it is; only Octo's goes by its name. What names a number and no address, such
as a constant, is a symbol too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from retrovm.errors import ArgumentError, MediaError, UnknownNameError


class UnknownSymbolError(UnknownNameError, KeyError):
    """No symbol has this name, or several have. A `KeyError`, as mappings raise it."""

    __str__ = Exception.__str__          # that of KeyError shows the message in quotes


class Symbol(NamedTuple):
    """A name, its value, and a shorter name that means it where no other symbol has that one."""

    name: str
    value: int
    short: str | None = None


class Symbols(Mapping[str, int]):
    """The names of one machine's addresses: `symbols["main"]`, `"main" in symbols`, `for name in symbols`.

    A name inside a scope is written as its assembler writes it (`helper::again`, `multiply@loop`,
    `main.loop`); the last part alone is enough where it is unique.
    """

    def __init__(self) -> None:
        self._values: dict[str, list[int]] = {}
        self._short: dict[str, list[str]] = {}
        self._names: dict[int, list[str]] = {}

    def load(self, path: str | PathLike[str]) -> int:
        """Adds the symbols of a file and returns how many there are in it.

        Raises `MediaError`, and adds nothing, with the line that cannot be understood.
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise MediaError(f"the symbols cannot be read ({error.strerror})", file=str(path)) from error
        text = data.decode("utf-8", "replace")
        found = _octo(text, str(path)) if Path(path).suffix == ".8o" else parse(text, str(path))
        for symbol in found:
            self._add(symbol)
        return len(found)

    def copy(self) -> Symbols:
        """The same symbols, to go their own way."""
        twin = Symbols()
        for name, values in self._values.items():
            for value in values:
                twin._add(Symbol(name, value))
        twin._short = {short: list(names) for short, names in self._short.items()}
        return twin

    def define(self, name: str, value: int) -> None:
        """Adds a symbol."""
        if not name or not isinstance(value, int) or value < 0:
            raise ArgumentError(f"a symbol is a name and a number from 0 up, not {name!r} = {value!r}")
        self._add(Symbol(name, value))

    def at(self, address: int) -> tuple[str, ...]:
        """The names of an address, in the order of their loading."""
        return tuple(self._names.get(address, ()))

    def resolve(self, target: int | str) -> int:
        """The address of a name; an address is itself. Raises `UnknownNameError` with the nearest names."""
        return self[target] if isinstance(target, str) else target

    def __getitem__(self, name: str) -> int:
        values = self._values.get(name)
        if values is None:
            longer = self._short.get(name, [])
            if len(longer) > 1:
                raise UnknownSymbolError(f"the symbol {name!r} is ambiguous: it may be {' or '.join(longer)}")
            if not longer:
                near = get_close_matches(name, [*self._values, *self._short], 3)
                hint = f"did you mean {' or '.join(near)}?" if near else f"{len(self)} symbols are loaded"
                raise UnknownSymbolError(f"no symbol {name!r}; {hint}")
            values = self._values[longer[0]]
        if len(values) > 1:
            places = ", ".join(f"${value:04X}" for value in values)
            raise UnknownSymbolError(f"the symbol {name!r} is ambiguous: it is at {places}; use the address")
        return values[0]

    def __contains__(self, name: object) -> bool:
        """Whether the name, in full or in short, means one address."""
        try:
            return isinstance(name, str) and self[name] >= 0
        except UnknownSymbolError:
            return False

    def __iter__(self) -> Iterator[str]:
        """The names that mean one address, in full."""
        return (name for name, values in self._values.items() if len(values) == 1)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<Symbols: {len(self)}>"

    def _add(self, symbol: Symbol) -> None:
        values = self._values.setdefault(symbol.name, [])
        if symbol.value not in values:
            values.append(symbol.value)
            self._names.setdefault(symbol.value, []).append(symbol.name)
        if symbol.short:
            longer = self._short.setdefault(symbol.short, [])
            if symbol.name not in longer:
                longer.append(symbol.name)


class Line(NamedTuple):
    """A line of a file, and where it is, for errors."""

    path: str
    number: int
    text: str

    def error(self, expected: str) -> MediaError:
        return MediaError("this line is not understood", file=self.path, line=self.number,
                          expected=expected, found=repr(self.text[:60]))


def parse(text: str, path: str = "symbols") -> list[Symbol]:
    """The symbols in a text. Raises `MediaError`, naming `path` and the line, for no known format."""
    lines = [Line(path, i, line.strip()) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    for _, looks_like, parser in FORMATS:
        if any(looks_like.match(line.text) for line in lines[:64]):
            return parser(lines)
    raise MediaError("these are no symbols of a known format", file=path,
                     expected=" or ".join(title for title, _, _ in FORMATS))


_DEBUG_FIELD = re.compile(r'(\w+)=("[^"]*"|[^,"]*)(?:,|$)')


def _debug_fields(line: Line, text: str) -> dict[str, str]:
    fields, at = {}, 0
    while at < len(text):
        match = _DEBUG_FIELD.match(text, at)
        if not match:
            raise line.error("key=value pairs with commas between them")
        fields[match[1]] = match[2].strip('"')
        at = match.end()
    return fields


def _ca65(lines: list[Line]) -> list[Symbol]:
    tables: dict[str, dict[str, dict[str, str]]] = {"scope": {}, "sym": {}}
    places: dict[str, Line] = {}
    for line in lines:
        kind, _, rest = line.text.partition("\t")
        if kind not in ("version", "scope", "sym"):
            continue
        fields = _debug_fields(line, rest)
        if kind == "version":
            if fields.get("major") != "2":
                raise line.error("version 2 of the debug information")
        elif "id" not in fields or "name" not in fields:
            raise line.error("an id and a name")
        else:
            tables[kind][fields["id"]] = fields
            if kind == "sym":
                places[fields["id"]] = line
    scopes, rows = tables["scope"], tables["sym"]

    def full_name(row: dict[str, str]) -> str:
        if "scope" not in row and row.get("parent") in rows:      # a cheap local label: of the one before it
            return rows[row["parent"]]["name"] + row["name"]
        names = [row["name"]]
        scope = scopes.get(row.get("scope", ""))
        while scope and len(names) <= len(scopes):              # a damaged file may close the chain to a ring
            if scope["name"]:
                names.insert(0, scope["name"])
            scope = scopes.get(scope.get("parent", ""))
        return "::".join(names)

    symbols = []
    for key, row in rows.items():
        if "val" not in row:                                      # imported: another module has its value
            continue
        try:
            value = int(row["val"], 0)
        except ValueError:
            raise places[key].error("a number after val=") from None
        name = full_name(row)
        symbols.append(Symbol(name, value, row["name"] if row["name"] != name else None))
    return symbols


_VICE = re.compile(r"(?:al|add_label)\s+(?:(\w+):)?\$?([0-9A-Fa-f]{1,8})\s+\.?(\S+)$")
_VICE_OTHER = re.compile(r"(?:break|bk|watch|w|trace|tr|until|un)\s|[;#]|//")


def _vice(lines: list[Line]) -> list[Symbol]:
    symbols = []
    for line in lines:
        match = _VICE.match(line.text)
        if match:
            if match[1] in (None, "C", "c"):                      # the others are the memories of disk drives
                symbols.append(Symbol(match[3], int(match[2], 16)))
        elif not _VICE_OTHER.match(line.text):
            raise line.error("al [C:]ADDRESS .NAME")
    return symbols


def vice_labels(symbols: Mapping[str, int]) -> str:
    """The symbols as VICE labels, by their values. Those below 0 or of more than 32 bits stay away: labels have none."""
    rows = sorted((value, name) for name, value in symbols.items() if 0 <= value <= 0xFFFF_FFFF)
    return "".join(f"al {value:06X} .{name}\n" for value, name in rows)


_ASSIGNMENT = re.compile(r"([^\s=;:\[\]\"{}]+)\s*:?=\s*([^=].*)$")
_NUMBER = re.compile(r"(?:\$([0-9A-Fa-f]+)|%([01]+)|([0-9]+))\s*(?:;.*)?$")


def _number(text: str) -> int | None:
    """The value of a number as assemblers write it. None for texts, fractions and lists."""
    match = _NUMBER.match(text)
    if not match:
        return None
    return next(int(digits, base) for digits, base in zip(match.groups(), (16, 2, 10), strict=True) if digits)


def _assignments(lines: list[Line]) -> list[Symbol]:
    symbols = []
    for line in lines:
        if line.text.startswith(";"):
            continue
        match = _ASSIGNMENT.match(line.text)
        if not match:
            raise line.error("NAME = VALUE")
        value = _number(match[2])
        if value is not None:
            short = match[1].rpartition(".")[2]
            symbols.append(Symbol(match[1], value, short if short != match[1] else None))
    return symbols


_KICK_SCOPE = re.compile(r"\.namespace\s+([\w.]+)\s*\{$")
_KICK_LABEL = re.compile(r"\.(?:label|const|var)\s+(\w+)\s*=\s*(\S+?)\s*(\{)?$")


def _kickassembler(lines: list[Line]) -> list[Symbol]:
    symbols = []
    scope: list[str] = []
    for line in lines:
        opened = _KICK_SCOPE.match(line.text)
        label = _KICK_LABEL.match(line.text)
        if opened:
            scope.append(opened[1])
        elif line.text == "}":
            if not scope:
                raise line.error("a label, for no block is open")
            scope.pop()
        elif label:
            value = _number(label[2])
            if value is not None:
                symbols.append(Symbol(".".join([*scope, label[1]]), value, label[1] if scope else None))
            if label[3]:
                scope.append(label[1])
        elif not line.text.startswith("//"):
            raise line.error(".label NAME=VALUE")
    return symbols


_WLA = re.compile(r"([0-9A-Fa-f]{2,4}):([0-9A-Fa-f]{4})\s+(\S+)$")
_WLA_DEFINITION = re.compile(r"([0-9A-Fa-f]{4,16})\s+(\S+)$")


def _wla(lines: list[Line]) -> list[Symbol]:
    symbols = []
    section = "[labels]"
    for line in lines:
        text = line.text.partition(";")[0].strip()
        if text.startswith("["):
            section = text.lower()
        elif not text or section not in ("[labels]", "[definitions]"):
            continue
        elif section == "[labels]":
            match = _WLA.match(text)
            if not match:
                raise line.error("BANK:ADDRESS NAME")
            symbols.append(Symbol(match[3], int(match[2], 16)))
        else:
            match = _WLA_DEFINITION.match(text)
            if not match:
                raise line.error("VALUE NAME")
            symbols.append(Symbol(match[2], int(match[1], 16)))
    return symbols


def _octo(text: str, path: str) -> list[Symbol]:
    """The labels of a program in Octo's language, which has no symbol files: assembling it gives them."""
    from retrovm.isa import octo
    from retrovm.isa.assembly import AssemblyError

    try:
        return [Symbol(name, value) for name, value in octo.assemble(text, path).symbols.items()]
    except AssemblyError as error:
        raise MediaError(error.message, file=path, line=error.line, column=error.column) from error


Parser = Callable[[list[Line]], list[Symbol]]

FORMATS: tuple[tuple[str, re.Pattern[str], Parser], ...] = (
    ("ca65 debug information", re.compile(r"version\tmajor="), _ca65),
    ("VICE labels", _VICE, _vice),
    ("KickAssembler symbols", re.compile(r"\.(?:label|namespace)\s"), _kickassembler),
    ("WLA DX symbols", re.compile(r"\[labels\]|" + _WLA.pattern), _wla),
    ("assignments as 64tass and ACME write them", _ASSIGNMENT, _assignments),
)
