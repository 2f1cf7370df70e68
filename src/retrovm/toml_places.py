"""Where in a TOML text each key and each value stands.

`tomllib` gives values without places. The scanner here gives places without values: it walks a text that
`tomllib` has accepted already, so it only has to find where things end, not whether they are right.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

Path = tuple[str | int, ...]
"""How a value is reached: ("test", 1, "limit", "cycles") is `cycles` in `limit` of the second `[[test]]`."""


class Place(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int


BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
BARE = re.compile(r"[^\s,\]}#]*(?: \d\d:[^\s,\]}#]*)?")       # second part: a time behind a date
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
QUOTED = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)


def places(text: str) -> dict[Path, Place]:
    """The place of every key and every array element of a valid TOML text. Lines end with \\n or \\r\\n."""
    scanner = Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    offsets = scanner.found
    starts = [0, *(match.end() for match in re.finditer("\n", scanner.text))]
    return {path: _place(starts, offset) for path, offset in offsets.items()}


def _place(starts: list[int], offset: int) -> Place:
    from bisect import bisect_right

    line = bisect_right(starts, offset)
    return Place(line, offset - starts[line - 1] + 1)


class Scanner:
    """One pass over the text; `found` maps each path to the offset at which it begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {(): 0}
        self.tables: dict[Path, int] = {}       # arrays of tables: how many there are so far

    def skip(self, pattern: re.Pattern[str] = BLANK) -> str:
        match = pattern.match(self.text, self.at)
        assert match is not None, f"not the TOML that tomllib accepts, at offset {self.at}"
        self.at = match.end()
        return match.group()

    def document(self) -> None:
        table: Path = ()
        self.skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip()

    def header(self) -> Path:
        start = self.at
        array = self.text.startswith("[[", start)
        self.at += 2 if array else 1
        path: Path = ()
        *outer, last = self.key()
        for name in outer:
            path = self.newest((*path, name))
        path = (*path, last)
        self.skip()
        self.at += 2 if array else 1
        if not array:
            path = self.newest(path)
        else:
            self.found.setdefault(path, start)
            self.tables[path] = self.tables.get(path, 0) + 1
            path = self.newest(path)
        self.found[path] = start
        return path

    def newest(self, path: Path) -> Path:
        """In a header the name of an array of tables means its last element."""
        return (*path, self.tables[path] - 1) if path in self.tables else path

    def key(self) -> Iterator[str]:
        """The parts of a dotted key."""
        names = []
        while True:
            self.skip()
            if self.text[self.at] in "\"'":
                # An escape in a quoted key is read by the only one who knows them all.
                names.append(next(iter(tomllib.loads(f"{self.skip(QUOTED)} = 0"))))
            else:
                names.append(self.skip(BARE_KEY))
            self.skip()
            if self.text[self.at] != ".":
                return iter(names)
            self.at += 1

    def pair(self, table: Path) -> None:
        start = self.at
        for name in self.key():
            table = (*table, name)
            self.found.setdefault(table, start)
        self.at += 1                            # the equals sign
        self.skip()
        self.value(table)

    def value(self, path: Path) -> None:
        opening = self.text[self.at]
        if opening in "\"'":
            self.skip(QUOTED)
        elif opening in "[{":
            self.at += 1
            self.inside(path, "]" if opening == "[" else "}")
        else:
            self.skip(BARE)

    def inside(self, path: Path, closing: str) -> None:
        """The elements of an array or the pairs of an inline table."""
        count = 0
        self.skip()
        while self.text[self.at] != closing:
            if closing == "]":
                self.found[(*path, count)] = self.at
                self.value((*path, count))
                count += 1
            else:
                self.pair(path)
            self.skip()
            if self.text[self.at] == ",":
                self.at += 1
                self.skip()
        self.at += 1
