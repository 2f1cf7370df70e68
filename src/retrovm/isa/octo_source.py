"""What the Octo assembler reads: tokens, names, numbers and macros."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from .assembly import suggestion
from .octo_expr import braced
from .octo_grammar import DEFAULT_ALIASES, KEYS, KEYWORDS, REGISTERS, Language, language
from .octo_lexer import Token, tokenize

MEMORY_SIZE = 0x10000
MAX_DEPTH = 200


@dataclass
class Macro:
    parameters: list[str]
    body: list[Token]
    calls: int = 0


@dataclass
class StringMode:
    clauses: dict[str, tuple[int, list[Token]]] = field(default_factory=dict)
    calls: int = 0


class Reference(NamedTuple):
    """A use of a label that is not defined yet; `patch` writes its address once it is."""

    token: Token
    patch: Callable[[Token, int], None]


class Source:
    """The tokens still to be read and everything that the program has named so far."""

    def __init__(self, text: str, path: str, here: int, variant: str | None = None) -> None:
        self.path = path
        self.here = here
        self.tokens = tokenize(text, path)[::-1]  # the next token is the last: taking it is cheap
        self.last = Token("", path, text.count("\n") + 1, 1)
        self.memory = bytearray(MEMORY_SIZE)
        self.labels: dict[str, int] = {}
        self.constants: dict[str, float] = dict(KEYS)
        self.fixed: set[str] = set(KEYS)  # the constants that cannot be calculated again
        self.aliases = dict(DEFAULT_ALIASES)
        self.macros: dict[str, Macro] = {}
        self.stringmodes: dict[str, StringMode] = {}
        self.references: dict[str, list[Reference]] = {}
        self.use(variant)

    def use(self, variant: str | None) -> None:
        """Read the language of one member of the family, or Octo's."""
        self.variant = variant
        self.language: Language = language(variant)

    # Tokens

    def next_token(self, expected: str) -> Token:
        if not self.tokens:
            raise self.last.error(f"expected {expected}, found the end of the program")
        self.last = self.tokens.pop()
        return self.last

    def peek(self) -> Token | None:
        return self.tokens[-1] if self.tokens else None

    def insert(self, tokens: list[Token], user: Token) -> None:
        """Read `tokens` next, as what `user` stands for."""
        if user.depth >= MAX_DEPTH:
            raise user.error(f"'{user.text}' expands itself without end")
        self.tokens += [token.expanded_by(user) for token in reversed(tokens)]

    def expect(self, text: str) -> Token:
        token = self.next_token(f"'{text}'")
        if token.text != text:
            raise token.error(f"expected '{text}', found '{token.text}'")
        return token

    def string(self) -> Token:
        """A string in quotes, or a word, which is one where a string is expected."""
        token = self.next_token("a string")
        if token.number is not None:
            raise token.error(f"expected a string, found the number {token.text}: put it into quotes")
        return token if token.string is not None else token._replace(string=token.text)

    def block(self) -> list[Token]:
        """The tokens between a brace and the one that closes it."""
        opening = self.expect("{")
        body: list[Token] = []
        depth = 1
        while self.tokens:
            token = self.next_token("'}'")
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            if depth == 0:
                return body
            body.append(token)
        raise opening.error("this '{' has no '}'")

    # Names and values

    def names(self) -> set[str]:
        return {*self.labels, *self.constants, *self.aliases, *self.macros, *self.stringmodes, *KEYWORDS}

    def new_name(self, kind: str) -> str:
        """A name that may be defined as a `kind`."""
        token = self.next_token(f"the name of a {kind}")
        name = token.text
        if not token.is_word:
            raise token.error(f"expected the name of a {kind}, found {name}")
        if name in self.language.reserved or name.lower() in REGISTERS:
            raise token.error(f"'{name}' is a word of the language and cannot name a {kind}")
        owners: list[tuple[str, Mapping[str, object]]] = [
            ("label", self.labels),
            ("constant", self.constants),
            ("alias", self.aliases),
            ("macro", self.macros),
            ("stringmode", self.stringmodes),
        ]
        # As in Octo: a macro that is defined by another is defined again wherever that is used.
        repeatable = {"calculated constant": "constant"} | {name: name for name in ("alias", "macro", "stringmode")}
        for owner, names in owners:
            if name in names and (owner != repeatable.get(kind) or name in self.fixed):
                raise token.error(f"'{name}' is already the name of a {owner}")
        if kind != "label" and name in self.references:
            raise token.error(f"'{name}' was used as a label before and cannot name a {kind}")
        return name

    def lookup(self, token: Token) -> float:
        """The number that a name stands for here."""
        if token.text == "HERE":
            return self.here
        if token.text in self.constants:
            return self.constants[token.text]
        if token.text in self.labels:
            return self.labels[token.text]
        if (register := self.register_number(token)) is not None:
            return register
        near = suggestion(token.text, {*self.labels, *self.constants, "HERE"})
        raise token.error(f"'{token.text}' is not a number or a name defined before{near}")

    def read_byte(self, token: Token, address: int) -> int:
        if not 0 <= address < MEMORY_SIZE:
            raise token.error(f"'@' reads from 0 to 0x{MEMORY_SIZE - 1:X}, not from {address}")
        return self.memory[address]

    def constant(self, expected: str = "a number") -> int:
        """A number, the name of one, or an expression in braces."""
        token = self.peek()
        if token is not None and token.text == "{":
            return _integer(token, braced(self))
        token = self.next_token(expected)
        if token.number is not None:
            return token.number
        misplaced = token.text in self.language.reserved - {"HERE"} or self.register_number(token) is not None
        if token.string is not None or misplaced:
            raise token.error(f"expected {expected}, found '{token.text}'")
        return _integer(token, self.lookup(token))

    def ranged(self, low: int, high: int, what: str) -> int:
        value = self.constant(what)
        if not low <= value <= high:
            raise self.last.error(f"expected {what} from {low} to {high}, found {value}")
        return value

    def address(self, bits: int, patch: Callable[[Token, int], None]) -> int:
        """An address; for a label that is not defined yet it is 0 and `patch` is called later."""
        token = self.peek()
        if token is None or not self._is_forward(token):
            return self.ranged(0, (1 << bits) - 1, "an address")
        self.next_token("an address")
        self.references.setdefault(token.text, []).append(Reference(token, patch))
        return 0

    def _is_forward(self, token: Token) -> bool:
        return (
            token.is_word
            and token.text not in self.language.reserved
            and token.text not in self.constants
            and token.text not in self.labels
            and self.register_number(token) is None
        )

    def register_number(self, token: Token | None) -> int | None:
        if token is None or not token.is_word:
            return None
        return self.aliases.get(token.text, REGISTERS.get(token.text.lower()))

    def register(self) -> int:
        token = self.next_token("a register")
        number = self.register_number(token)
        if number is None:
            near = suggestion(token.text, self.aliases)
            raise token.error(f"expected a register (v0 to vF or an alias), found '{token.text}'{near}")
        return number

    # Macros

    def define_macro(self) -> None:
        name = self.new_name("macro")
        parameters: list[str] = []
        while (token := self.peek()) is not None and token.text != "{":
            parameters.append(self.next_token("a parameter").text)
        self.macros[name] = Macro(parameters, self.block())

    def expand_macro(self, user: Token, macro: Macro) -> None:
        values: dict[str, Token] = {"CALLS": _literal(user, macro.calls)}
        macro.calls += 1
        for parameter in macro.parameters:
            values[parameter] = self.next_token(f"the argument {parameter} of '{user.text}'")
        self.insert([values.get(token.text, token) if token.is_word else token for token in macro.body], user)

    def define_stringmode(self) -> None:
        name = self.new_name("stringmode")
        alphabet = self.string()
        body = self.block()
        mode = self.stringmodes.setdefault(name, StringMode())
        for value, char in enumerate(alphabet.string or ""):
            if char in mode.clauses:
                raise alphabet.error(f"stringmode '{name}' already says what {char!r} means")
            mode.clauses[char] = (value, body)

    def expand_stringmode(self, user: Token, mode: StringMode) -> None:
        literal = self.string()
        expansion: list[Token] = []
        for index, char in enumerate(literal.string or ""):
            if char not in mode.clauses:
                raise literal.error(f"stringmode '{user.text}' does not say what {char!r} means")
            value, body = mode.clauses[char]
            values = {
                "CALLS": _literal(user, mode.calls),
                "CHAR": _literal(user, ord(char)),
                "INDEX": _literal(user, index),
                "VALUE": _literal(user, value),
            }
            mode.calls += 1
            expansion += [values.get(token.text, token) if token.is_word else token for token in body]
        self.insert(expansion, user)

    def included(self) -> tuple[Token, Path]:
        """The file that an `:include` names: its name as a token, and where it is."""
        user = self.last
        name = self.string()
        return name, Path(user.path).parent / (name.string or "")

    def include_text(self, user: Token, name: Token, path: Path) -> None:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise name.error(f"cannot read {path}: {error}") from None
        self.insert(tokenize(text, str(path)), user)


def _integer(token: Token, value: float) -> int:
    if not math.isfinite(value):
        raise token.error(f"expected a finite number, found {value}")
    return math.trunc(value)


def _literal(place: Token, number: int) -> Token:
    return Token(str(number), place.path, place.line, place.column, number=number)
