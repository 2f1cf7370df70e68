"""Expressions of the Octo language, the part between braces in `:calc name { ... }`.

Values are floating point; bit operations first convert to 32-bit signed integers. There is no precedence:
an operator applies to everything on its right, so `2 * 3 + 5` is 16; parentheses group. Source: octo-manual.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from .assembly import suggestion
from .octo_lexer import Token


class Scope(Protocol):
    """What an expression needs from the program around it."""

    def next_token(self, expected: str) -> Token: ...
    def peek(self) -> Token | None: ...
    def string(self) -> Token: ...
    def lookup(self, token: Token) -> float: ...
    def read_byte(self, token: Token, address: int) -> int: ...


def int32(value: float) -> int:
    """Truncate to a 32-bit two's complement integer; what is not a finite number becomes 0."""
    if not math.isfinite(value):
        return 0
    return (math.trunc(value) + 0x8000_0000 & 0xFFFF_FFFF) - 0x8000_0000


def _sign(value: float) -> float:
    return (value > 0) - (value < 0)


UNARY: dict[str, Callable[[float], float]] = {
    "-": lambda a: -a,
    "~": lambda a: ~int32(a),
    "!": lambda a: float(a == 0),
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "exp": math.exp,
    "log": math.log,
    "abs": abs,
    "sqrt": math.sqrt,
    "sign": _sign,
    "ceil": math.ceil,
    "floor": math.floor,
}

BINARY: dict[str, Callable[[float, float], float]] = {
    "-": lambda a, b: a - b,
    "+": lambda a, b: a + b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": math.fmod,
    "&": lambda a, b: int32(a) & int32(b),
    "|": lambda a, b: int32(a) | int32(b),
    "^": lambda a, b: int32(a) ^ int32(b),
    # A shift uses the low five bits of its right operand, as 32-bit processors do.
    "<<": lambda a, b: int32(int32(a) << (int32(b) & 31)),
    ">>": lambda a, b: int32(a) >> (int32(b) & 31),
    "pow": math.pow,
    "min": min,
    "max": max,
    "<": lambda a, b: float(a < b),
    ">": lambda a, b: float(a > b),
    "<=": lambda a, b: float(a <= b),
    ">=": lambda a, b: float(a >= b),
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
}

CONSTANTS = {"E": math.e, "PI": math.pi}


def braced(scope: Scope) -> float:
    """Evaluate `{ expression }`; the next token of `scope` must be the opening brace."""
    opening = scope.next_token("'{'")
    if opening.text != "{":
        raise opening.error(f"expected '{{' before an expression, found '{opening.text}'")
    return _expression(scope, "}")


def _expression(scope: Scope, closing: str) -> float:
    """Evaluate up to and including the token `closing`."""
    value = _value(scope)
    end = scope.next_token(f"an operator or '{closing}'")
    if end.text != closing:
        near = suggestion(end.text, BINARY)
        raise end.error(f"expected an operator or '{closing}', found '{end.text}'{near}")
    return value


def _value(scope: Scope) -> float:
    """Evaluate a term and every operator to its right."""
    left = _term(scope)
    operator = scope.peek()
    if operator is None or operator.text not in BINARY:
        return left
    scope.next_token("an operator")
    return _apply(operator, BINARY[operator.text], left, _value(scope))


def _term(scope: Scope) -> float:
    token = scope.next_token("a value")
    if token.number is not None:
        return token.number
    if token.text == "(":
        return _expression(scope, ")")
    if token.text == "strlen":
        return len(scope.string().string or "")
    if token.text == "@":
        return scope.read_byte(token, int32(_value(scope)))
    if token.text in UNARY:
        return _apply(token, UNARY[token.text], _value(scope))
    if token.text in CONSTANTS:
        return CONSTANTS[token.text]
    if token.string is not None or token.text in ("}", ")", "{") or token.text in BINARY:
        raise token.error(f"expected a value, found '{token.text}'")
    return scope.lookup(token)


def _apply(token: Token, function: Callable[..., float], *arguments: float) -> float:
    try:
        return function(*arguments)
    except (ArithmeticError, ValueError) as error:
        values = " and ".join(f"{value:g}" for value in arguments)
        raise token.error(f"'{token.text}' cannot be applied to {values}: {error}") from None
