"""The debug information of ld65 --dbgfile: rows of fields, each row with an id, which refer to one another.

    seg <TAB> id=0,name="CODE",start=0x008000,size=0x001F,addrsize=absolute,type=ro,oname="a.bin",ooffs=0

Whatever is wrong in it raises `MediaError` with line and column.

Source: ca65.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from retrovm.errors import MediaError
from retrovm.symbols.lines import Line, Shape, lines_of

VERSION = Shape("version 2 of the debug information of ld65", r"version\t", r"major=2\b")
FIELD = re.compile(r'(\w+)=("[^"]*"|[^,"]*)(?:,|$)')
NUMBER = re.compile(r"0x[0-9A-Fa-f]+|[0-9]{1,20}")
KINDS = ("file", "line", "seg", "span", "scope", "sym")
"""What programs, coverage and symbols are made of; there is more."""

SPACE = 1 << 24
"""All addresses that a program of ld65 can have."""


class Row:
    """One line of the file: `row["name"]` is the text of a field. `line` is where it stands."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.kind = line.text.partition("\t")[0]
        self.fields: dict[str, str] = {}
        at = len(self.kind) + 1
        while at < len(line.text):
            match = FIELD.match(line.text, at)
            if match is None:
                raise line.error("key=value pairs with commas between them", at)
            self.fields[match[1]] = match[2].strip('"')
            at = match.end()

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def __getitem__(self, key: str) -> str:
        if key not in self.fields:
            raise self.line.error(f"the field {key}=", len(self.line.text))
        return self.fields[key]

    def get(self, key: str) -> str:
        """The text of a field, "" where there is none."""
        return self.fields.get(key, "")

    def number(self, key: str) -> int:
        """A field that is a number, decimal or with 0x."""
        if NUMBER.fullmatch(self[key]) is None:
            raise self.error(key, "a number")
        return int(self[key], 16 if self[key].startswith("0x") else 10)

    def error(self, key: str, expected: str) -> MediaError:
        """What is wrong with a field that is there."""
        found = next(match for match in FIELD.finditer(self.line.text) if match[1] == key)
        return self.line.error(f"{expected} after {key}=", found.start(2))


class DebugInfo:
    """The rows of a file by their kinds and ids: `info["seg"]["0"]`."""

    def __init__(self, lines: list[Line], kinds: Collection[str] = KINDS) -> None:
        VERSION.take(lines[0])
        self.path = Path(lines[0].path)
        self.tables: dict[str, dict[str, Row]] = {kind: {} for kind in kinds}
        for line in lines[1:]:
            if line.text.partition("\t")[0] in self.tables:
                row = Row(line)
                self.tables[row.kind][row["id"]] = row

    @classmethod
    def read(cls, path: Path) -> DebugInfo:
        """The rows of a file. Raises `MediaError`."""
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise MediaError(f"the debug information cannot be read ({error.strerror})", file=str(path)) from error
        return cls(lines_of(text, str(path)) or [Line(str(path), 1, 0, "")])

    def __getitem__(self, kind: str) -> dict[str, Row]:
        return self.tables[kind]

    def referred(self, row: Row, key: str, kind: str | None = None) -> Row:
        """The row whose id a field has; of the kind that the field is called after, where no other is given."""
        kind = kind or key
        if row[key] not in self.tables[kind]:
            raise row.error(key, f"the id of a {kind}")
        return self.tables[kind][row[key]]

    def outer(self, row: Row) -> list[Row]:
        """The scopes around a symbol, the innermost first."""
        scopes: list[Row] = []
        inner, key = row, "scope"
        while key in inner:
            inner, key = self.referred(inner, key, "scope"), "parent"
            if inner in scopes:
                raise inner.error(key, "no scope that lies within this one")
            scopes.append(inner)
        return scopes

    def full_name(self, symbol: Row) -> str:
        """The name of a symbol with those of its scopes before it: `helper::again`, `multiply@loop`."""
        if "scope" not in symbol and "parent" in symbol:                      # a cheap local label: of the one before it
            return self.referred(symbol, "parent", "sym")["name"] + symbol["name"]
        names = [scope["name"] for scope in reversed(self.outer(symbol))]
        return "::".join([*filter(None, names), symbol["name"]])

    def addresses(self, span: Row) -> range:
        """The addresses that a span covers."""
        first = self.referred(span, "seg").number("start") + span.number("start")
        size = span.number("size")
        if first + size > SPACE:
            raise span.error("size", "bytes that lie within 24 bits of addresses")
        return range(first, first + size)

    def spans(self, row: Row) -> Iterator[Row]:
        """The spans that a row refers to: `span=1+4`."""
        for key in row["span"].split("+") if "span" in row else ():
            if key not in self.tables["span"]:
                raise row.error("span", "ids of spans with + between them")
            yield self.tables["span"][key]
