"""Choosing tests by name: `-k "serial and not (echo or 'line editor')"`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import NoReturn

from retrovm.errors import OptionError

TOKEN = re.compile(r"""\s*(?:(?P<mark>[()])|"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<word>[^\s()"']+))""")


@dataclass(frozen=True)
class Selection:
    """The names that an expression selects; without one, all. `only` are the ones that count, as `key` makes them,
    and `folder` is where relative paths count from, by default the working directory.

    A word or a quoted text selects the names that contain it, whatever the case; in a quoted text `?` stands
    for any character. `not` binds closer than `and`, `and` closer than `or`; parentheses group. Raises
    `OptionError` for anything else.
    """

    expression: str = ""
    only: frozenset[str] | None = None
    folder: str = ""

    def __post_init__(self) -> None:
        self.matches("")

    def matches(self, name: str, suite: str = "") -> bool:
        """True when the test of this name, found at the path `suite`, is selected."""
        if name and not self.holds(name, suite) and not self.holds(suite, suite):
            return False
        if not self.expression.strip():
            return True
        return Parser(self.expression, name.casefold()).whole()

    def holds(self, name: str, suite: str) -> bool:
        """True when `only` does not leave this test out; a path in it stands for all that is there."""
        return self.only is None or key(name, suite, self.folder) in self.only

    def leaves_out(self, suite: str) -> bool:
        """True when `only` has no test of this path."""
        place = key("", suite, self.folder)
        return self.only is not None and not any(name.startswith(place) for name in self.only)


def key(name: str, suite: str, folder: str = "") -> str:
    """A name that means the same test in every folder; this one's relative path counts from `folder`."""
    return os.path.normpath(os.path.join(folder or os.getcwd(), suite)) + name.removeprefix(suite) if suite else name


class Parser:
    """Evaluates an expression for one name while it reads it."""

    def __init__(self, expression: str, name: str) -> None:
        self.expression = expression
        self.name = name
        self.tokens: list[re.Match[str]] = []
        at = 0
        while expression[at:].strip():
            match = TOKEN.match(expression, at)
            if match is None:
                self.fail(f"a quote at character {at + 1} is not closed")
            self.tokens.append(match)
            at = match.end()

    def fail(self, message: str) -> NoReturn:
        raise OptionError(f"-k {self.expression!r}: {message}; expected words, and, or, not, ( and )")

    def peek(self) -> str | None:
        """The next operator or parenthesis; "" before a name, None at the end."""
        if not self.tokens:
            return None
        token = self.tokens[0]
        if token["mark"]:
            return str(token["mark"])
        return str(token["word"]) if token["word"] in ("and", "or", "not") else ""

    def whole(self) -> bool:
        value = self.either()
        if self.tokens:
            self.fail(f"{self.tokens[0].group().strip()!r} does not fit here")
        return value

    def either(self) -> bool:
        value = self.both()
        while self.peek() == "or":
            self.tokens.pop(0)
            value = self.both() or value
        return value

    def both(self) -> bool:
        value = self.one()
        while self.peek() == "and":
            self.tokens.pop(0)
            value = self.one() and value
        return value

    def one(self) -> bool:
        match self.peek():
            case "not":
                self.tokens.pop(0)
                return not self.one()
            case "(":
                self.tokens.pop(0)
                value = self.either()
                if self.peek() != ")":
                    self.fail("a parenthesis is not closed")
                self.tokens.pop(0)
                return value
            case "":
                return self.contains(self.tokens.pop(0))
            case _:
                self.fail("a name is missing")

    def contains(self, token: re.Match[str]) -> bool:
        if token["word"] is not None:
            return token["word"].casefold() in self.name
        quoted = token["double"] if token["double"] is not None else token["single"]
        return re.search(re.escape(quoted.casefold()).replace(r"\?", "."), self.name) is not None
