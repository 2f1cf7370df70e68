"""Symbols in what assemblers and linkers write.

    format          written by                                   a line of it
    ca65 debug      ld65 --dbgfile                               sym  id=0,name="main",val=0x8000,type=lab
    VICE labels     ld65 -Ln, acme --vicelabels, 64tass, Kick    al C:8000 .main
    assignments     64tass --labels, acme --symbollist           main = $8000
    KickAssembler   kickass -symbolfile                          .label main=$8000 {
    WLA DX          wlalink -s                                   00:8000 main
    Octo            by hand: the source itself, .8o              : main

What names a number and no address, such as a constant, is a symbol too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from retrovm.errors import MediaError
from retrovm.symbols import Symbol
from retrovm.symbols.ca65 import DebugInfo
from retrovm.symbols.lines import Line, Shape, lines_of

LOOKED_AT = 64
"""Lines that may say which format it is."""

LABEL = Shape("al [C:]ADDRESS .NAME", r"(?:al|add_label)\b", r"\s+(?:(\w+):)?\$?([0-9A-Fa-f]{1,8})(?!\S)", r"\s+\.?(\S+)$")
VICE_OTHER = re.compile(r"(?:break|bk|watch|w|trace|tr|until|un)\s|[;#]|//")
ASSIGNMENT = Shape("NAME = VALUE", r"([^\s=;:\[\]\"{}]+)", r"\s*:?=", r"\s*([^=].*)$")
NUMBER = re.compile(r"(?:\$([0-9A-Fa-f]+)|%([01]+)|([0-9]+))\s*(?:;.*)?$")
KICK_SCOPE = Shape(".namespace NAME {", r"\.namespace\b", r"\s+([\w.]+)", r"\s*\{$")
KICK_LABEL = Shape(".label NAME=VALUE", r"\.(?:label|const|var)\b", r"\s+(\w+)", r"\s*=", r"\s*([^\s{]\S*?)\s*(\{)?$")
WLA_LABEL = Shape("BANK:ADDRESS NAME", r"([0-9A-Fa-f]{2,4})", r":([0-9A-Fa-f]{4})\b", r"\s+(\S+)$")
WLA_DEFINITION = Shape("VALUE NAME", r"([0-9A-Fa-f]{4,16})\b", r"\s+(\S+)$")


def read_symbols(text: str, path: str = "symbols") -> list[Symbol]:
    """The symbols in a text. Raises `MediaError`, naming `path`, the line and the column, for no known format."""
    lines = lines_of(text, path)
    for _, looks_like, reader in FORMATS:
        if any(looks_like.match(line.text) for line in lines[:LOOKED_AT]):
            return reader(lines)
    raise MediaError("these are no symbols of a known format", file=path, line=1, column=1,
                     expected=" or ".join(title for title, _, _ in FORMATS), found=repr(text[:40]))


def ca65(lines: list[Line]) -> list[Symbol]:
    return debug_symbols(DebugInfo(lines, ("scope", "sym")))


def debug_symbols(info: DebugInfo) -> list[Symbol]:
    """The symbols of debug information. An imported one has no value: another module has it."""
    found = [(info.full_name(row), row) for row in info["sym"].values() if "val" in row]
    return [Symbol(name, row.number("val"), row["name"] if row["name"] != name else None) for name, row in found]


def read_octo(text: str, path: str) -> list[Symbol]:
    """The labels of a program in Octo's language, which has no symbol files: assembling it gives them."""
    from retrovm.isa import octo
    from retrovm.isa.assembly import AssemblyError

    try:
        return [Symbol(name, value) for name, value in octo.assemble(text, path).symbols.items()]
    except AssemblyError as error:
        raise MediaError(error.message, file=path, line=error.line, column=error.column) from error


def vice(lines: list[Line]) -> list[Symbol]:
    symbols = []
    for line in lines:
        if not VICE_OTHER.match(line.text):
            memory, address, name = LABEL.take(line).groups()
            if memory in (None, "C", "c"):                         # the others are the memories of disk drives
                symbols.append(Symbol(name, int(address, 16)))
    return symbols


def vice_labels(symbols: Mapping[str, int]) -> str:
    """The symbols as VICE labels, by their values. Those below 0 or of more than 32 bits stay away: labels have none."""
    rows = sorted((value, name) for name, value in symbols.items() if 0 <= value <= 0xFFFF_FFFF)
    return "".join(f"al {value:06X} .{name}\n" for value, name in rows)


def number(text: str) -> int | None:
    """The value of a number as assemblers write it. None for texts, fractions and lists."""
    match = NUMBER.match(text)
    if not match:
        return None
    return next(int(digits, base) for digits, base in zip(match.groups(), (16, 2, 10), strict=True) if digits)


def assignments(lines: list[Line]) -> list[Symbol]:
    symbols = []
    for line in lines:
        if line.text.startswith(";"):
            continue
        name, text = ASSIGNMENT.take(line).groups()
        value = number(text)
        if value is not None:
            short = name.rpartition(".")[2]
            symbols.append(Symbol(name, value, short if short != name else None))
    return symbols


def kickassembler(lines: list[Line]) -> list[Symbol]:
    symbols = []
    scope: list[str] = []
    for line in lines:
        if line.text.startswith(".namespace"):
            scope.append(KICK_SCOPE.take(line)[1])
        elif line.text == "}":
            if not scope:
                raise line.error("a label, for no block is open")
            scope.pop()
        elif not line.text.startswith("//"):
            name, text, brace = KICK_LABEL.take(line).groups()
            value = number(text)
            if value is not None:
                symbols.append(Symbol(".".join([*scope, name]), value, name if scope else None))
            if brace:
                scope.append(name)
    return symbols


def wla(lines: list[Line]) -> list[Symbol]:
    symbols = []
    section = "[labels]"
    for line in lines:
        line = line._replace(text=line.text.partition(";")[0].strip())
        if line.text.startswith("["):
            section = line.text.lower()
        elif line.text and section == "[labels]":
            _, address, name = WLA_LABEL.take(line).groups()
            symbols.append(Symbol(name, int(address, 16)))
        elif line.text and section == "[definitions]":
            value, name = WLA_DEFINITION.take(line).groups()
            symbols.append(Symbol(name, int(value, 16)))
    return symbols


FORMATS: tuple[tuple[str, re.Pattern[str] | Shape, Callable[[list[Line]], list[Symbol]]], ...] = (
    ("ca65 debug information", re.compile(r"version\tmajor="), ca65),
    ("VICE labels", LABEL, vice),
    ("KickAssembler symbols", re.compile(r"\.(?:label|namespace)\s"), kickassembler),
    ("WLA DX symbols", re.compile(r"\[labels\]|" + WLA_LABEL.whole.pattern), wla),
    ("assignments as 64tass and ACME write them", ASSIGNMENT, assignments),
)
