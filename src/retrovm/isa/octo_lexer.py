"""Tokens of the Octo language: words, numbers and strings, separated by white space.

Everything from a `#` to the end of its line is a comment, except inside a string. Source: octo-manual.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .assembly import AssemblyError

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "v": "\v", "0": "\0", "\\": "\\", '"': '"'}

_NUMBER = re.compile(r"([+-]?)(?:0x([0-9A-Fa-f]+)|0b([01]+)|([0-9]+))")
_WORD = re.compile(r"[^\s#]+")
_SKIP = re.compile(r"(?:\s+|#[^\n]*)+")


class Token(NamedTuple):
    """A piece of source: `number` is set for numbers, `string` for string literals.

    `used_by` is the token whose macro expansion or inclusion produced this one, `depth` the number of them.
    """

    text: str
    path: str
    line: int
    column: int
    number: int | None = None
    string: str | None = None
    used_by: Token | None = None
    depth: int = 0

    def expanded_by(self, user: Token) -> Token:
        """The same token as a part of what `user` expands to."""
        return Token(
            self.text, self.path, self.line, self.column, self.number, self.string, user, user.depth + 1
        )

    @property
    def is_word(self) -> bool:
        return self.number is None and self.string is None

    def error(self, message: str) -> AssemblyError:
        """An error at this place, with the chain of macros that led here."""
        user = self.used_by
        while user is not None:
            message += f"\n  expanded from '{user.text}' at {user.path}:{user.line}:{user.column}"
            user = user.used_by
        return AssemblyError(self.path, self.line, self.column, message)


def parse_number(text: str) -> int | None:
    """The value of a decimal, 0x or 0b number with an optional sign; None if `text` is not one."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, hexadecimal, binary, decimal = match.groups()
    if hexadecimal:
        value = int(hexadecimal, 16)
    elif binary:
        value = int(binary, 2)
    else:
        value = int(decimal)
    return -value if sign == "-" else value


def tokenize(text: str, path: str = "<octo>") -> list[Token]:
    """All tokens of a source text; raises AssemblyError for a string that does not end or a wrong escape."""
    text = text.removeprefix("\ufeff")
    tokens: list[Token] = []
    position = line = 0
    line_start = 0

    def advance(to: int) -> None:
        nonlocal position, line, line_start
        line += text.count("\n", position, to)
        line_start = text.rfind("\n", 0, to) + 1
        position = to

    while position < len(text):
        if skipped := _SKIP.match(text, position):
            advance(skipped.end())
            continue
        place = Token("", path, line + 1, position - line_start + 1)
        if text[position] == '"':
            end, value = _read_string(text, position, place)
            tokens.append(Token(text[position:end], path, place.line, place.column, string=value))
        else:
            word = _WORD.match(text, position)
            assert word is not None  # neither white space nor a comment starts here
            end = word.end()
            tokens.append(Token(word[0], path, place.line, place.column, number=parse_number(word[0])))
        advance(end)
    return tokens


def _read_string(text: str, start: int, place: Token) -> tuple[int, str]:
    """The end and the value of the string literal at `start`."""
    value: list[str] = []
    position = start + 1
    while position < len(text):
        char = text[position]
        if char == '"':
            return position + 1, "".join(value)
        if char == "\\":
            position += 1
            escape = text[position : position + 1]
            if escape not in ESCAPES:
                raise place.error(f"unknown escape '\\{escape}' in a string; known are {' '.join(ESCAPES)}")
            char = ESCAPES[escape]
        value.append(char)
        position += 1
    raise place.error("this string has no closing quote")
