"""How instructions are written: the shapes of operands, and which opcode a shape means.

A shape is an operand with n for each number: "#n", "n,X", "(n),Y". It comes from the table's own `syntax`, so that a
mode is written, read and encoded by one description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from .assembly import suggestion
from .mos6502 import Opcode, opcodes
from .mos6502_expr import Naming, Value, expression
from .mos6502_lexer import Line, Token

ALIASES: Mapping[str, tuple[str, ...]] = {
    # Other names for the same instruction, by the table's. Source: ca65 ("6502X mode", "65C02 mode").
    "SBX": ("AXS",), "LXA": ("LAX",), "INC": ("INA",), "DEC": ("DEA",),
}  # fmt: skip
ONLY_ACCUMULATOR = {"INA", "DEA"}
NUMBER = re.compile(r"\$\{\d:0\dX\}")

Forms = Mapping[str, Mapping[str, Mapping[int, Opcode]]]
"""Opcodes by mnemonic, shape of the operand, and bytes of the operand."""


def shape(opcode: Opcode) -> str:
    """The shape of an opcode's operand."""
    return NUMBER.sub("n", opcode.syntax.syntax)


@cache
def forms(model: str) -> Forms:
    """Everything that can be written. Of opcodes that are written alike, it is the documented or the first one."""
    found: dict[str, dict[str, dict[int, Opcode]]] = {}
    for opcode in sorted(opcodes(model), key=lambda opcode: not opcode.documented):
        written = shape(opcode)
        sizes = found.setdefault(opcode.mnemonic, {}).setdefault(written, {})
        sizes.setdefault(opcode.syntax.size, opcode)
    for mnemonic, others in ALIASES.items():
        for other in others:
            for written, sizes in found.get(mnemonic, {}).items():
                if other in ONLY_ACCUMULATOR:
                    if written == "A":
                        found.setdefault(other, {})[""] = sizes
                else:
                    found.setdefault(other, {}).setdefault(written, sizes)
    return found


class Operand(NamedTuple):
    """An operand as it was written. `width` is the bytes that a: or z: asks for, else 0."""

    shape: str
    values: tuple[Value, ...]
    places: tuple[Token, ...]
    width: int = 0


def operand(line: Line, here: int, naming: Naming) -> Operand:
    """Reads what stands behind a mnemonic, up to the end of the line."""
    first = line.next
    if line.ended:
        return Operand("", (), ())
    if line.after.kind == "end" and line.register("A"):
        return Operand("A", (), ())
    if line.accept("#"):
        place = line.next
        return Operand("#n", (expression(line, here, naming),), (place,))
    if line.accept("("):
        place = line.next
        value = expression(line, here, naming)
        if line.accept(","):
            index = line.register("X")
            if index is None:
                raise line.next.error(f"expected X, as in (n,X), found {line.next.shown}")
            line.expect(")", "behind the X")
            return _indirect(line, first, "(n,X)", value, place)
        line.expect(")", "behind the address")
        if line.accept(","):
            if line.register("Y") is None:
                raise line.next.error(f"expected Y, as in (n),Y, found {line.next.shown}")
            return _indirect(line, first, "(n),Y", value, place)
        return _indirect(line, first, "(n)", value, place)
    width = 0
    if line.next.text.lower() in ("a", "z") and line.after.text == ":":
        width = 2 if line.take().text.lower() == "a" else 1
        line.take()
    place = line.next
    value = expression(line, here, naming)
    if line.accept(","):
        if index := line.register("X", "Y"):
            return Operand(f"n,{index}", (value,), (place,), width)
        second = line.next
        return Operand("n,n", (value, expression(line, here, naming)), (place, second), width)
    return Operand("n", (value,), (place,), width)


def _indirect(line: Line, opening: Token, shape: str, value: Value, place: Token) -> Operand:
    if not line.ended:
        raise opening.error("an operand that begins with a bracket is an indirect one, and this goes on behind it; "
                            "for an expression write 0+(...)")
    return Operand(shape, (value,), (place,))


def unknown_instruction(token: Token, after: Token, model: str, models: Iterable[str]) -> str:
    """Why a word is no instruction, and what it may have been meant to be; `after` is the word behind it."""
    name = token.text.upper()
    if after.text.upper() in forms(model):
        return f"'{token.text}' is no instruction of the {model}; a label has a colon behind it"
    others = [other for other in models if name in forms(other)]
    if others:
        return f"'{token.text}' is an instruction of {', '.join(others)}, not of the {model}; choose one with .model"
    documented = [opcode.mnemonic for opcode in opcodes(model) if opcode.documented]
    turned = [known for known in documented if sorted(known) == sorted(name)]      # letters in another order
    near = suggestion(name, turned or documented) or suggestion(name, forms(model))
    return f"'{token.text}' is no instruction of the {model}{near or '; a label has a colon behind it'}"


def no_such_form(mnemonic: str, written: Operand, model: str) -> str:
    """Why an instruction cannot have an operand like this."""
    shapes = forms(model)[mnemonic]
    known = " or ".join(f"{mnemonic} {shape}".rstrip() for shape in shapes)
    if written.shape in shapes:
        kind = "an absolute" if written.width == 2 else "a zero page"
        return f"{mnemonic} has no form with {kind} address here; leave out the {'a' if written.width == 2 else 'z'}:"
    asked = f"with {written.shape}" if written.shape else "without an operand"
    return f"there is no {mnemonic} {asked} on the {model}; there is {known}"
