"""Expressions of the 6502 assembler: ca65's operators in ca65's order.

    binds    operators
    1st      + - ~ < > ^ before a value: sign, complement, low byte, high byte, bank byte
    2nd      * / .mod & ^ << >>
    3rd      + - |
    4th      = <> < > <= >=, which give 1 or 0
    5th      && .xor
    6th      ||
    last     ! before a whole expression

A * where a value belongs is the address of the statement. Division goes towards 0. The operators have names, too:
.bitand .bitor .bitxor .shl .shr .and .or .bitnot .not .lobyte .hibyte .bankbyte.

Sources: ca65 ("Expressions").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .mos6502_lexer import Line, Token

Lookup = Callable[[Token], int | None]
"""Gives the value of a name, or None while it has none."""
Naming = Callable[[Token], Token]
"""Makes of a name what it means at this place: which label of several with that name."""


@dataclass(frozen=True)
class Value:
    """An expression that was read.

    place      where it stands
    calculate  its value, or None while a name in it has none
    is_byte    whether it is taken for a byte while it has no value: so are < and >, comparisons, and what is calculated
               from bytes alone
    """

    place: Token
    calculate: Callable[[Lookup], int | None]
    is_byte: Callable[[Lookup], bool]

    def of(self, lookup: Lookup) -> int | None:
        """Its value, or None while a name in it has none. Raises AssemblyError."""
        try:
            return self.calculate(lookup)
        except RecursionError:
            raise self.place.error("this takes too many steps to calculate: split it") from None

    def fits_a_byte(self, lookup: Lookup) -> bool:
        """Whether it fits into the zero page, as far as can be said with what is known."""
        value = self.of(lookup)
        return self.is_byte(lookup) if value is None else 0 <= value <= 0xFF


DEEPEST = 32
LARGEST_SHIFT = 63

NAMES = {
    ".mod": ".mod", ".xor": ".xor", ".bitand": "&", ".bitor": "|", ".bitxor": "^", ".shl": "<<", ".shr": ">>",
    ".and": "&&", ".or": "||", ".bitnot": "~", ".not": "!", ".lobyte": "<", ".hibyte": ">", ".bankbyte": "^",
}  # fmt: skip


def _quotient(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _shift_count(b: int) -> int:
    if not 0 <= b <= LARGEST_SHIFT:
        raise ArithmeticError(f"it shifts by 0 to {LARGEST_SHIFT} bits")
    return b


BINARY: tuple[dict[str, Callable[[int, int], int]], ...] = (
    {"||": lambda a, b: int(bool(a) or bool(b))},
    {"&&": lambda a, b: int(bool(a) and bool(b)), ".xor": lambda a, b: int(bool(a) != bool(b))},
    {"=": lambda a, b: int(a == b), "<>": lambda a, b: int(a != b), "<": lambda a, b: int(a < b),
     ">": lambda a, b: int(a > b), "<=": lambda a, b: int(a <= b), ">=": lambda a, b: int(a >= b)},
    {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "|": lambda a, b: a | b},
    {"*": lambda a, b: a * b, "/": _quotient, ".mod": lambda a, b: a - b * _quotient(a, b),
     "&": lambda a, b: a & b, "^": lambda a, b: a ^ b, "<<": lambda a, b: a << _shift_count(b),
     ">>": lambda a, b: a >> _shift_count(b)},
)
UNARY: dict[str, Callable[[int], int]] = {
    "+": lambda a: a, "-": lambda a: -a, "~": lambda a: ~a,
    "<": lambda a: a & 0xFF, ">": lambda a: a >> 8 & 0xFF, "^": lambda a: a >> 16 & 0xFF,
}  # fmt: skip
BYTE_PREFIXES = frozenset("<>^!")
LOGICAL = frozenset(name for level in (0, 1, 2) for name in BINARY[level])


def expression(line: Line, here: int, naming: Naming) -> Value:
    """Reads an expression; `here` is what * stands for. Raises AssemblyError for what is none."""
    operator = line.next
    if _operator(operator) == "!":
        line.take()
        _deeper(line, operator)
        inner = expression(line, here, naming)
        line.depth -= 1
        return _apply(operator, lambda a: int(not a), inner)
    return _binary(line, here, naming, 0)


def _operator(token: Token) -> str:
    if token.kind == "directive":
        return NAMES.get(token.text.lower(), "")
    return token.text if token.kind == "sign" else ""


def _binary(line: Line, here: int, naming: Naming, level: int) -> Value:
    if level == len(BINARY):
        return _term(line, here, naming)
    left = _binary(line, here, naming, level + 1)
    while (name := _operator(line.next)) in BINARY[level]:
        operator = line.take()
        left = _apply(operator, BINARY[level][name], left, _binary(line, here, naming, level + 1))
    return left


def _term(line: Line, here: int, naming: Naming) -> Value:
    token = line.take()
    name = _operator(token)
    if token.kind == "number":
        return _constant(token, token.value)
    if token.kind == "unnamed" or (token.kind == "name" and token.text.upper() not in ("A", "X", "Y")):
        meant = naming(token)
        return Value(token, lambda lookup: lookup(meant), lambda lookup: lookup(meant) in range(0x100))
    if name == "*":
        return _constant(token, here)
    if name == "(":
        _deeper(line, token)
        inner = expression(line, here, naming)
        line.expect(")", "behind the expression")
        line.depth -= 1
        return inner
    if name in UNARY:
        _deeper(line, token)
        operand = _term(line, here, naming)
        line.depth -= 1
        return _apply(token, UNARY[name], operand)
    if token.kind == "string":
        raise token.error(f"a text is no number; write a character as '{token.text[1:2] or 'A'}'")
    what = "the register " if token.kind == "name" else ""
    raise token.error(f"expected a value, found {what}{token.shown}")


def _constant(token: Token, number: int) -> Value:
    return Value(token, lambda lookup: number, lambda lookup: 0 <= number <= 0xFF)


def _deeper(line: Line, token: Token) -> None:
    line.depth += 1
    if line.depth > DEEPEST:
        raise token.error(f"this expression has more than {DEEPEST} operators or brackets one inside the other")


def _apply(operator: Token, function: Callable[..., int], *operands: Value) -> Value:
    operator_is_byte = _operator(operator) in (BYTE_PREFIXES if len(operands) == 1 else LOGICAL)

    def value(lookup: Lookup) -> int | None:
        values = [operand.calculate(lookup) for operand in operands]
        if None in values:
            return None
        try:
            return function(*values)
        except ZeroDivisionError:
            raise operator.error("a division by 0") from None
        except ArithmeticError as error:
            raise operator.error(f"'{operator.text}' cannot be: {error}") from None

    def is_byte(lookup: Lookup) -> bool:
        return operator_is_byte or all(operand.is_byte(lookup) for operand in operands)

    return Value(operator, value, is_byte)
