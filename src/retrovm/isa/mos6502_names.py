"""The names of a program: labels, constants, cheap local and unnamed labels.

A cheap local label, @name, belongs to the label or constant before it; an unnamed one is counted. Both are kept under
a name of their own, "main@name" and ":3", which Names.meant finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from .assembly import AssemblyError, suggestion
from .mos6502_expr import Value
from .mos6502_lexer import Token

DEEPEST = 30            # constants, each made of the next


class Names:
    """What every name means, as far as it is known. `given` are names from outside."""

    def __init__(self, given: Mapping[str, int]) -> None:
        self.given = given
        self.owned: set[str] = set()
        self.borrowed: set[str] = set()          # given names that were used
        self.labels: dict[str, int] = {}
        self.constants: dict[str, tuple[Token, Value]] = {}
        self.spoiled: set[str] = set()           # defined, but by something that was not understood
        self.places: dict[str, Token] = {}
        self.scope = ""
        self.unnamed = 0
        self.complete = False
        self._open: list[str] = []
        self._found: dict[str, tuple[object, int | None]] = {}

    def own(self, lines: Iterable[list[Token]]) -> None:
        """Takes note of the names that these lines define, so that none of the given ones stands for them before."""
        for tokens in lines:
            for token, after in pairwise(tokens):
                if token.kind == "name" and after.text in (":", "=", ":="):
                    self.owned.add(token.text)

    def meant(self, token: Token) -> Token:
        """The token with the full name of what it means at this place."""
        if token.kind == "unnamed":
            steps = len(token.text) - 1
            number = self.unnamed - steps if token.text[1] == "-" else self.unnamed + steps - 1
            if number < 0:
                raise token.error("there are not so many unnamed labels before this")
            return token._replace(text=f":{number}")
        return token._replace(text=self.scope + token.text) if token.text.startswith("@") else token

    def label(self, token: Token, address: int) -> None:
        name = self._define(token)
        self.labels[name] = address

    def unnamed_label(self, address: int) -> None:
        self.labels[f":{self.unnamed}"] = address
        self.unnamed += 1

    def assign(self, token: Token, value: Value) -> None:
        """A constant; its value may use names that come later."""
        name = self._define(token)
        self.constants[name] = (token, value)
        self._constant(name)             # now, so that a long row of constants is not followed down at once

    def spoil(self, token: Token) -> None:
        """Takes the name as defined, so that its uses are no errors, too."""
        self.spoiled.add(self._define(token))

    def _define(self, token: Token) -> str:
        name = self.meant(token).text
        known = self.places.get(name)
        if known is not None:
            where = f"line {known.line}" if known.path == token.path else f"{known.path}, line {known.line}"
            raise token.error(f"'{token.text}' is defined already, in {where}; rename one of them")
        if name in self.borrowed:
            raise token.error(f"'{name}' was used before with its value from outside; include this source further up")
        self.places[name] = token
        if not token.text.startswith("@"):
            self.scope = token.text
        return name

    def lookup(self, token: Token) -> int | None:
        """The value of a full name, or None while it is not known. AssemblyError when it never will be."""
        name = token.text
        if name in self.labels:
            return self.labels[name]
        if name in self.constants:
            return self._constant(name)
        if name in self.spoiled:
            return None
        if name not in self.owned and name in self.given:
            self.borrowed.add(name)
            return self.given[name]
        if not self.complete:
            return None
        if name.startswith(":"):
            raise token.error("there are not so many unnamed labels behind this")
        label, at, local = name.rpartition("@")
        if at:
            scope = f" of '{label}'" if label else " before the first label"
            near = suggestion(local, [other.rpartition("@")[2] for other in self.places if other.startswith(f"{label}@")])
            raise token.error(f"there is no '@{local}' among the local labels{scope}{near}")
        near = suggestion(name, [*self.places, *self.given])
        raise token.error(f"the name '{name}' is not defined{near}")

    def _constant(self, name: str) -> int | None:
        # That a value is not known holds as long as no name is added.
        known = len(self.places), self.unnamed, self.complete
        then, number = self._found.get(name, (None, None))
        if then == known or number is not None:
            return number
        if len(self._open) > DEEPEST and not self.complete:
            return None                  # later, when those at the end of the row are known
        token, value = self.constants[name]
        if name in self._open:
            raise token.error(f"the value of '{token.text}' depends on itself: {' from '.join(self._open[-4:])}")
        self._open.append(name)
        try:
            number = value.of(self.lookup)
        finally:
            self._open.pop()
        self._found[name] = known, number
        return number

    def values(self) -> tuple[dict[str, int], list[AssemblyError]]:
        """All that have a name and a value, and what is wrong with others."""
        found, errors = {}, []
        for name in reversed(self.places):       # the last first: they are what others that come before wait for
            try:
                value = self.labels[name] if name in self.labels else self._value(name)
            except AssemblyError as error:
                errors.append(error)
            else:
                if value is not None:
                    found[name] = value
        return {name: found[name] for name in self.places if name in found}, errors

    def _value(self, name: str) -> int | None:
        return None if name in self.spoiled else self._constant(name)
