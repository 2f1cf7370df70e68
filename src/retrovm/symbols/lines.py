"""Lines of a text, and where a line that is not understood stops to be so."""

from __future__ import annotations

import re
from typing import NamedTuple

from retrovm.errors import MediaError


class Line(NamedTuple):
    """A line of a file, without the blanks around it, and where it is."""

    path: str
    number: int
    indent: int
    text: str

    def error(self, expected: str, at: int = 0) -> MediaError:
        """What is wrong from the character `at` of its text on. Blanks there are not meant, but what is behind them."""
        at += len(self.text[at:]) - len(self.text[at:].lstrip())
        return MediaError("this line is not understood", file=self.path, line=self.number, column=self.indent + at + 1,
                          expected=expected, found=repr(self.text[:60]))


def lines_of(text: str, path: str) -> list[Line]:
    """The lines that are not blank."""
    return [Line(path, number, len(line) - len(line.lstrip()), line.strip())
            for number, line in enumerate(text.splitlines(), 1) if line.strip()]


class Shape:
    """How a line is written: regular expressions, one behind the other, so that an error can say which one does not fit."""

    def __init__(self, written: str, *parts: str) -> None:
        self.written = written
        self.parts = [re.compile(part) for part in parts]
        self.whole = re.compile("".join(parts))

    def match(self, text: str) -> re.Match[str] | None:
        return self.whole.match(text)

    def error(self, line: Line) -> MediaError:
        """What is expected of a line that is not written so."""
        at = 0
        for part in self.parts:
            found = part.match(line.text, at)
            if found is None:
                break
            at = found.end()
        return line.error(self.written, at)

    def take(self, line: Line) -> re.Match[str]:
        """The match of a line. Raises `MediaError`."""
        found = self.match(line.text)
        if found is None:
            raise self.error(line)
        return found
