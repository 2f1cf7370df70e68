"""The listings of 64tass and ACME: which line of which source became the bytes at an address.

    64tass --list --no-monitor --tab-size=1     .1000   a9 01           first: lda #1
    acme --report                                   2  1000 a901               first lda #1

Each names the file before its lines. ACME numbers them; 64tass does not do so for all, so there the next line of the file that
has the same text is taken for it, or the first, which is the one of a macro.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from retrovm.testing.program import SourceLine

TASS_FILE = re.compile(r":?\d*\s*;\*{6}  (?:Processing input file|Processing file|Return to file): (.+)$")
TASS_LINE = re.compile(r"\d*\s*[.>]([0-9a-f]{4,6})\s+[0-9a-f]{2}(?: [0-9a-f]{2})*\s{2,}(\S.*)$")
ACME_FILE = re.compile(r"; \*{8} Source: (.+)$")
ACME_LINE = re.compile(r"\s*(\d+)\s{2}([0-9a-f]{4,6}) [0-9a-f.]+\s*(.*)$")


def tass_lines(listing: str, folders: Iterable[Path]) -> dict[int, SourceLine]:
    """{address: line} of a listing of 64tass; `folders` are those where it has looked for files."""
    found: dict[int, SourceLine] = {}
    places: dict[str, int] = {}                     # of each file, the line behind the last one that was found
    texts: dict[str, list[str]] = {}
    path = ""
    for row in listing.splitlines():
        if match := TASS_FILE.match(row):
            path = located(match[1], folders)
            texts.setdefault(path, stripped(path))
        elif (match := TASS_LINE.match(row)) and match[2].strip() in texts.get(path, ()):
            lines, text = texts[path], match[2].strip()
            try:
                index = lines.index(text, places.get(path, 0))
            except ValueError:
                index = lines.index(text)
            places[path] = index + 1
            found.setdefault(int(match[1], 16), SourceLine(path, index + 1, text))
    return found


def acme_lines(listing: str, folders: Iterable[Path]) -> dict[int, SourceLine]:
    """{address: line} of a report of ACME."""
    found: dict[int, SourceLine] = {}
    path = ""
    for row in listing.splitlines():
        if match := ACME_FILE.match(row):
            path = located(match[1], folders)
        elif match := ACME_LINE.match(row):
            found.setdefault(int(match[2], 16), SourceLine(path, int(match[1]), match[3].strip()))
    return found


def located(name: str, folders: Iterable[Path]) -> str:
    """The path of a file that a listing names; the name itself where it is not there any more."""
    return next((str(folder / name) for folder in folders if (folder / name).is_file()), name)


def stripped(path: str) -> list[str]:
    """The lines of a source without the blanks around them."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines()]
