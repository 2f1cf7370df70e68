"""The statements of Octo that are one instruction each: a tree built from the CHIP-8 table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import chip8
from .octo_expr import CONSTANTS

REGISTER = "a register"
NUMBER = "a number"


@dataclass
class Node:
    """What may follow the tokens read so far.

    `words` are literal words; `register` and `number` are an operand's letter and what follows it;
    `row` is the instruction if the statement may end here.
    """

    words: dict[str, Node] = field(default_factory=dict)
    register: tuple[str, Node] | None = None
    number: tuple[str, Node] | None = None
    row: chip8.Instruction | None = None

    def expected(self) -> str:
        """What may follow, for an error message."""
        choices = [f"'{word}'" for word in self.words]
        if self.register:
            choices.append(REGISTER)
        if self.number:
            choices.append(NUMBER)
        return " or ".join(choices)

    def _add(self, parts: list[str], row: chip8.Instruction) -> None:
        node = self
        for part in parts:
            if part in ("vX", "vY"):
                node.register = node.register or (part[1], Node())
                node = node.register[1]
            elif part in row.operands:
                node.number = node.number or (part, Node())
                node = node.number[1]
            else:
                node = node.words.setdefault(part, Node())
        node.row = row


def _tree(forms: Iterable[tuple[list[str], chip8.Instruction]]) -> Node:
    root = Node()
    for parts, row in forms:
        root._add(parts, row)
    return root


_FORMS = [(row.form.split(), row) for row in chip8.INSTRUCTIONS]

STATEMENTS = _tree((parts, row) for parts, row in _FORMS if parts[0] != "if")
CONDITIONS = _tree((parts[1:-1], row) for parts, row in _FORMS if parts[0] == "if")

# CHIP-8 has no `vX -= NN`: it adds the two's complement.
NEGATED = "-NN"
assert STATEMENTS.register is not None
STATEMENTS.register[1].words["-="].number = (NEGATED, Node(row=chip8.BY_NAME["ADD_NN"]))

# What may follow a register at the beginning of a statement.
ASSIGNMENTS = frozenset(parts[1] for parts, _ in _FORMS if parts[0] == "vX")

# The condition that holds when the other does not.
OPPOSITE = {"SE_NN": "SNE_NN", "SNE_NN": "SE_NN", "SE": "SNE", "SNE": "SE", "SKP": "SKNP", "SKNP": "SKP"}

# Comparisons that CHIP-8 lacks: `vf := operand`, a subtraction, and a skip that compares the flag with 0.
COMPARISONS = {
    "<": ("SUBN", "SNE_NN"),
    ">": ("SUB", "SNE_NN"),
    "<=": ("SUB", "SE_NN"),
    ">=": ("SUBN", "SE_NN"),
}
OPPOSITE_COMPARISON = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}

_DIRECTIVES = """
    : :next :alias :assert :breakpoint :byte :calc :const :include :macro :monitor :org :pointer :proto
    :stringmode :unpack ; if then begin else end loop while again { } long strlen
"""

_WORDS = {part for parts, row in _FORMS for part in parts if part not in row.operands} - {"vX", "vY"}
KEYWORDS = frozenset(_DIRECTIVES.split()) | _WORDS
RESERVED = KEYWORDS | COMPARISONS.keys() | CONSTANTS.keys() | {"HERE", "CALLS"}

REGISTERS = {f"v{digit}": number for number, digit in enumerate("0123456789abcdef")}
# Aliases that every program starts with, and may define again.
DEFAULT_ALIASES = {"compare-temp": 15, "unpack-hi": 0, "unpack-lo": 1}

# Keypad numbers by the keys of the usual layout.
KEYS = {f"OCTO_KEY_{key}": number for key, number in zip("X123QWEASDZC4RFV", range(16), strict=True)}


def is_taken(name: str) -> bool:
    """Whether a program cannot use `name` for a label, because the language does."""
    return name in RESERVED or name in DEFAULT_ALIASES or name in KEYS or name.lower() in REGISTERS
