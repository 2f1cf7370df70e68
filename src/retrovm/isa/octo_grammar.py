"""The statements of Octo that are one instruction each: trees built from the CHIP-8 table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from . import chip8

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


@dataclass(frozen=True)
class Language:
    """The statements that are instructions, for one member of the family or for Octo's own superset of it.

    statements   what begins with a word or a register
    conditions   what follows `if` and `while`
    assignments  what may follow a register at the beginning of a statement
    reserved     the words that cannot be names
    """

    statements: Node
    conditions: Node
    assignments: frozenset[str]
    reserved: frozenset[str]


@cache
def language(variant: str | None = None) -> Language:
    """The language for one of `chip8.VARIANTS`; without one, Octo's."""
    rows = chip8.INSTRUCTIONS if variant is None else chip8.instructions(variant)
    forms = [(row.form.split(), row) for row in rows]
    statements = _tree((parts, row) for parts, row in forms if parts[0] != "if")
    conditions = _tree((parts[1:-1], row) for parts, row in forms if parts[0] == "if")
    # CHIP-8 has no `vX -= NN`: it adds the two's complement.
    assert statements.register is not None
    statements.register[1].words["-="].number = (NEGATED, Node(row=chip8.BY_NAME["ADD_NN"]))
    assignments = frozenset(parts[1] for parts, _ in forms if parts[0] == "vX")
    return Language(statements, conditions, assignments, RESERVED | _words(rows))


def _words(rows: Iterable[chip8.Instruction]) -> frozenset[str]:
    # As in Octo, `-` may be a name, say of a macro for a tile of a map: it only means a range behind a register.
    return frozenset(part for row in rows for part in row.form.split()
                     if part not in row.operands and part not in ("vX", "vY", "-"))


NEGATED = "-NN"

# The condition that holds when the other does not.
_PAIRS = (("SE_NN", "SNE_NN"), ("SE", "SNE"), ("SKP", "SKNP"), ("SKP_2", "SKNP_2"))
OPPOSITE = dict(_PAIRS) | {second: first for first, second in _PAIRS}

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
    :stringmode :unpack :variant ; if then begin else end loop while again { } long strlen
"""

KEYWORDS = frozenset(_DIRECTIVES.split()) | _words(chip8.INSTRUCTIONS)
RESERVED = KEYWORDS | COMPARISONS.keys() | {"HERE", "CALLS"}

REGISTERS = {f"v{digit}": number for number, digit in enumerate("0123456789abcdef")}
# Aliases that every program starts with, and may define again.
DEFAULT_ALIASES = {"compare-temp": 15, "unpack-hi": 0, "unpack-lo": 1}

# Keypad numbers by the keys of the usual layout.
KEYS = {f"OCTO_KEY_{key}": number for key, number in zip("X123QWEASDZC4RFV", range(16), strict=True)}


def is_taken(name: str, variant: str | None = None) -> bool:
    """Whether a program cannot use `name` for a label, because the language does."""
    taken = (language(variant).reserved, DEFAULT_ALIASES, KEYS)
    return any(name in names for names in taken) or name.lower() in REGISTERS
