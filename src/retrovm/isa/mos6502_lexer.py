"""The words of a 6502 assembler's source, a line at a time.

    name       main, a3, and with an @ in front for a cheap local label: @loop
    number     $hex, %binary, decimal, or a character in single quotes: 'A'
    string     "in double quotes", as it stands there
    directive  .byte
    unnamed    :+ :++ :- :--, the unnamed label so many ahead or behind
    sign       operators, brackets, commas; a ; begins a comment

Sources: ca65 ("Input format", "Unnamed labels").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from .assembly import AssemblyError

WORDS = re.compile(r"""
    (?P<space>\s+|;.*)
  | (?P<name>@?[A-Za-z_][A-Za-z0-9_]*)
  | (?P<hexadecimal>\$[0-9A-Fa-f]+)
  | (?P<binary>%[01]+)
  | (?P<decimal>[0-9]+)
  | (?P<character>'[^']')
  | (?P<string>"[^"]*")
  | (?P<directive>\.[A-Za-z][A-Za-z0-9]*)
  | (?P<unnamed>(?<![A-Za-z0-9_]):(?:\++|-+))
  | (?P<sign><<|>>|<=|>=|<>|&&|\|\||:=|[-+*/|^&~!<>=()\#,:])
""", re.VERBOSE)
BASES = {"hexadecimal": (1, 16), "binary": (1, 2), "decimal": (0, 10)}
LONGEST_NUMBER = 64         # digits; Python itself refuses to read decimal numbers of some thousand


class Token(NamedTuple):
    """A word: its `kind` as listed above, its `text` as written, and the `value` of a number."""

    kind: str
    text: str
    path: str
    line: int
    column: int
    value: int = 0

    def error(self, message: str) -> AssemblyError:
        """An error at this place."""
        return AssemblyError(self.path, self.line, self.column, message)

    @property
    def shown(self) -> str:
        """The word as messages show it."""
        return "the end of the line" if self.kind == "end" else f"'{self.text}'"


def tokenize(text: str, path: str, line: int) -> list[Token]:
    """The words of a line and one of the kind "end". Raises AssemblyError for what is no word."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = WORDS.match(text, at)
        place = Token("", text[at], path, line, at + 1)
        if found is None:
            raise place.error(_problem(text[at:]))
        at = found.end()
        kind, word = found.lastgroup or "", found[0]
        if kind in BASES:
            skip, base = BASES[kind]
            if len(word) > LONGEST_NUMBER:
                raise place.error("this number is too long for an address or a byte")
            tokens.append(place._replace(kind="number", text=word, value=int(word[skip:], base)))
        elif kind == "character":
            code = ord(word[1])
            if code > 0xFF:
                raise place.error(f"{word} has no code of one byte; write its number")
            tokens.append(place._replace(kind="number", text=word, value=code))
        elif kind != "space":
            tokens.append(place._replace(kind=kind, text=word))
    return [*tokens, Token("end", "", path, line, len(text.partition(";")[0].rstrip()) + 1)]


def _problem(rest: str) -> str:
    if rest[0] == '"':
        return "this string has no closing quote"
    if rest[0] == "'":
        return "a character stands between two single quotes: 'A'"
    if rest[0] == "$":
        return "hexadecimal digits stand behind a $"
    if rest[0] == "%":
        return "binary digits stand behind a %; the remainder of a division is .mod"
    return f"{rest[0]!r} means nothing here"


@dataclass
class Line:
    """The words of a line that are still to be read."""

    tokens: list[Token]
    at: int = 0
    depth: int = 0          # how deep in brackets and prefix operators

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    @property
    def after(self) -> Token:
        """The word behind the next one."""
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    @property
    def ended(self) -> bool:
        return self.next.kind == "end"

    def take(self) -> Token:
        token = self.next
        self.at += token.kind != "end"
        return token

    def accept(self, *texts: str) -> Token | None:
        """The next word, if it is one of these signs."""
        return self.take() if self.next.kind == "sign" and self.next.text in texts else None

    def expect(self, text: str, where: str) -> Token:
        token = self.accept(text)
        if token is None:
            raise self.next.error(f"expected '{text}' {where}, found {self.next.shown}")
        return token

    def register(self, *names: str) -> str | None:
        """The name of the next word in upper case, if it is one of these registers."""
        name = self.next.text.upper()
        if self.next.kind != "name" or name not in names:
            return None
        self.take()
        return name

    def end(self, what: str) -> None:
        """Raises AssemblyError if something is left behind `what`."""
        if not self.ended:
            raise self.next.error(f"expected the end of the line behind {what}, found {self.next.shown}")
