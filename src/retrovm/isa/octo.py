"""Assembler for the Octo language of CHIP-8 programs.

    >>> assemble(": main  v0 := 5  loop again").data.hex()
    '60051202'

The language is Octo's, with every statement of CHIP-8, SUPER-CHIP and XO-CHIP, and three additions. An
expression in braces may stand wherever a statement takes a number. `:include "file"` reads another
source, found relative to the file that includes it, or takes in data and pictures (`octo_include`). `:variant chip8e`
says whose instructions there are: those of one member of the family, with statements for what Octo does not have.
Source: octo-manual, octo-metaprogramming, octo-compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from . import chip8
from .assembly import AssemblyError, suggestion
from .octo_expr import braced
from .octo_grammar import (
    COMPARISONS,
    KEYS,
    NEGATED,
    OPPOSITE,
    OPPOSITE_COMPARISON,
    Node,
    language,
)
from .octo_include import DATA, PICTURES, SIZE, sprites
from .octo_lexer import Token
from .octo_source import MEMORY_SIZE, Source

__all__ = ["Assembly", "AssemblyError", "Location", "Monitor", "assemble"]

ORIGIN = 0x200


class Location(NamedTuple):
    """The source line of the `size` bytes from `address` on."""

    address: int
    path: str
    line: int
    size: int


class Monitor(NamedTuple):
    """What a `:monitor` asks a debugger to show: registers from `base` on, or memory.

    `shape` is a number of bytes or Octo's format string.
    """

    name: str
    register: bool
    base: int
    shape: int | str


@dataclass(frozen=True)
class Assembly:
    """An assembled program: `data` is to be loaded at `origin`.

    `symbols` are the labels; `constants` the numbers of `:const` and `:calc`; `breakpoints` maps addresses to
    names.
    """

    data: bytes
    path: str
    origin: int
    symbols: dict[str, int]
    constants: dict[str, float]
    locations: list[Location]
    breakpoints: dict[int, str]
    monitors: list[Monitor]

    @property
    def lines(self) -> list[tuple[int, int]]:
        """(address, line) of every statement of the main file, in the order of the source."""
        return [(place.address, place.line) for place in self.locations if place.path == self.path]


def assemble(text: str, path: str = "<octo>", origin: int = ORIGIN, variant: str | None = None) -> Assembly:
    """Assemble a program; `path` is for messages and for finding included files.

    `variant` is one of `chip8.VARIANTS`, if the program does not name one itself. Raises AssemblyError for anything that is
    not a correct program, ValueError for an unknown variant.
    """
    return _Assembler(text, path, origin, variant).run()


@dataclass
class _Loop:
    token: Token
    start: int
    exits: list[int] = field(default_factory=list)


class _Branch(NamedTuple):
    token: Token
    jump: int


class _Condition(NamedTuple):
    """A parsed condition: a skip instruction, or a comparison of register X with another or a number."""

    row: chip8.Instruction | None
    operands: dict[str, int]
    comparison: str = ""

    def opposite(self, token: Token) -> _Condition:
        """The condition that holds when this does not; `token` is what needs it."""
        if self.row is not None:
            if self.row.name not in OPPOSITE:
                raise token.error(f"there is no opposite of '{self.row.form}', which this needs: use 'if ... then'")
            return self._replace(row=chip8.BY_NAME[OPPOSITE[self.row.name]])
        return self._replace(comparison=OPPOSITE_COMPARISON[self.comparison])


class _Assembler(Source):
    def __init__(self, text: str, path: str, origin: int, variant: str | None) -> None:
        # A program that does not begin with `: main` begins with a jump to it.
        super().__init__(text, path, here=origin + 2, variant=variant)
        self.has_slot = True
        self.origin = origin
        self.used = bytearray(MEMORY_SIZE)
        self.loops: list[_Loop] = []
        self.branches: list[_Branch] = []
        self.locations: list[Location] = []
        self.breakpoints: dict[int, str] = {}
        self.monitors: list[Monitor] = []
        self.statement = self.last  # the token that began the statement being assembled
        self.end = -1  # where the last statement's bytes ended

    def run(self) -> Assembly:
        while self.tokens:
            self._statement(self.next_token("a statement"))
        if self.has_slot:
            self._jump_to_main()
        if self.references:
            token = next(iter(self.references.values()))[0].token
            raise token.error(f"the name '{token.text}' is not defined{suggestion(token.text, self.names())}")
        if self.loops:
            raise self.loops[-1].token.error("this 'loop' has no 'again'")
        if self.branches:
            token = self.branches[-1].token
            raise token.error(f"this '{token.text}' has no 'end'")
        end = self.used.rfind(1) + 1
        if end <= self.origin:
            raise self.last.error("the program is empty")
        return Assembly(
            bytes(self.memory[self.origin : end]),
            self.path,
            self.origin,
            self.labels,
            {name: value for name, value in self.constants.items() if name not in KEYS},
            self.locations,
            self.breakpoints,
            self.monitors,
        )

    def _jump_to_main(self) -> None:
        if "main" not in self.labels:
            raise self.last.error("the program has no ': main', where it starts")
        self._write(self.origin, self._encode(self.last, "JP", NNN=self.labels["main"]))

    # Output

    def _emit(self, data: bytes) -> None:
        place = Location(self.here, self.statement.path, self.statement.line, len(data))
        last = self.locations[-1] if self.locations else None
        if last is not None and last[1:3] == place[1:3] and self.here == self.end:
            self.locations[-1] = last._replace(size=last.size + len(data))
        else:
            self.locations.append(place)
        self._write(self.here, data)
        self.here += len(data)
        self.end = self.here

    def _write(self, address: int, data: bytes) -> None:
        if not 0 <= address <= MEMORY_SIZE - len(data):
            raise self.statement.error(f"address 0x{address:X} is outside the {MEMORY_SIZE} bytes of memory")
        span = slice(address, address + len(data))
        # Nothing below the origin reaches the program: macros use it as scratch space again and again.
        if address >= self.origin and any(self.used[span]):
            raise self.statement.error(f"address 0x{address:X} already holds something: move this ':org'")
        self.memory[span] = data
        self.used[span] = b"\1" * len(data)

    def _encode(self, token: Token, name: str, **operands: int) -> bytes:
        try:
            return chip8.encode(chip8.BY_NAME[name], **operands)
        except ValueError as error:
            raise token.error(str(error)) from None

    def _instruction(self, name: str, **operands: int) -> None:
        self._emit(self._encode(self.last, name, **operands))

    def _patch_word(self, address: int, bits: int) -> Callable[[Token, int], None]:
        """A function that puts an address into the low bits of the word at `address`."""

        def patch(token: Token, value: int) -> None:
            _check_bits(token, value, bits)
            high = self.memory[address] & (0xFF << (bits - 8))
            self.memory[address : address + 2] = bytes((high & 0xFF | value >> 8, value & 0xFF))

        return patch

    def _jump_here(self, address: int) -> None:
        """Complete the jump at `address`: it leads here."""
        self.memory[address : address + 2] = self._encode(self.last, "JP", NNN=self.here)

    # Statements

    def _statement(self, token: Token) -> None:
        self.statement = token
        if token.number is not None:
            if not -128 <= token.number <= 255:
                raise token.error(f"expected a byte from -128 to 255, found {token.number}")
            self._emit(bytes((token.number & 0xFF,)))
        elif token.string is not None:
            raise token.error("a string stands only after the name of a stringmode, ':assert' or 'strlen'")
        elif token.text in _DIRECTIVES:
            _DIRECTIVES[token.text](self)
        elif token.text in self.macros:
            self.expand_macro(token, self.macros[token.text])
        elif token.text in self.stringmodes:
            self.expand_stringmode(token, self.stringmodes[token.text])
        elif token.text in self.language.statements.words or self.register_number(token) is not None:
            self.tokens.append(token)
            row, operands = self._match(self.language.statements)
            self._instruction(row.name, **operands)
        elif token.text in self.language.reserved:
            raise token.error(self._misplaced(token.text))
        else:
            self._check_call(token)
            self.tokens.append(token)
            address = self.address(12, self._patch_word(self.here, 12))
            self._instruction("CALL", NNN=address)

    def _misplaced(self, word: str) -> str:
        """Why a word of the language cannot begin a statement."""
        if self.variant is not None and word in language().statements.words:
            return f"'{word}' is no statement of {self.variant}: name another one with ':variant', or leave it out"
        return f"'{word}' cannot begin a statement"

    def _check_call(self, token: Token) -> None:
        """A name alone is a call; a name before an assignment was meant to be a register."""
        operator = self.peek()
        if operator is not None and operator.text in self.language.assignments:
            near = suggestion(token.text, self.aliases)
            raise token.error(f"'{token.text}' is not a register or an alias{near}")

    def _match(self, node: Node) -> tuple[chip8.Instruction, dict[str, int]]:
        """Follow the tree with the next tokens to an instruction and its operands."""
        operands: dict[str, int] = {}
        while True:
            token = self.peek()
            if token is not None and token.is_word and token.text in node.words:
                self.next_token("")
                node = node.words[token.text]
            elif node.row is not None:
                return node.row, operands
            elif node.register and (self.register_number(token) is not None or not node.number):
                letter, node = node.register
                operands[letter] = self.register()
            elif node.number is not None:
                letter, node = node.number
                operands[letter.removeprefix("-")] = self._number(letter)
            else:
                token = self.next_token(node.expected())
                near = suggestion(token.text, node.words)
                raise token.error(f"expected {node.expected()}, found '{token.text}'{near}")

    def _number(self, letter: str) -> int:
        if letter == "N":
            return self.ranged(0, 15, "a number")
        if letter == "NN":
            return self.ranged(-128, 255, "a number") & 0xFF
        if letter == NEGATED:
            return -self.ranged(-128, 255, "a number") & 0xFF
        if letter == "NNN":
            return self.address(12, self._patch_word(self.here, 12))
        return self.address(16, self._patch_word(self.here + 2, 16))

    def _condition(self) -> _Condition:
        """Read a condition, up to and not including what follows it."""
        operator = self.tokens[-2] if len(self.tokens) > 1 else None
        if operator is None or operator.text not in COMPARISONS:
            return _Condition(*self._match(self.language.conditions))
        operands = {"X": self.register()}
        self.next_token("a comparison")
        if self.register_number(self.peek()) is not None:
            operands["Y"] = self.register()
        else:
            operands["NN"] = self._number("NN")
        return _Condition(None, operands, operator.text)

    def _run_if(self, condition: _Condition) -> None:
        """Emit the skip that lets the next instruction run only under `condition`."""
        if condition.row is not None:
            self._instruction(condition.row.name, **condition.operands)
            return
        temporary = self.aliases["compare-temp"]
        if condition.operands["X"] == temporary:
            raise self.last.error(
                f"this comparison overwrites v{temporary:X} before it reads it; "
                "compare another register, or name one to overwrite with ':alias compare-temp'"
            )
        subtraction, skip = COMPARISONS[condition.comparison]
        if "Y" in condition.operands:
            self._instruction("LD", X=temporary, Y=condition.operands["Y"])
        else:
            self._instruction("LD_NN", X=temporary, NN=condition.operands["NN"])
        self._instruction(subtraction, X=temporary, Y=condition.operands["X"])
        self._instruction(skip, X=0xF, NN=0)

    def _if(self) -> None:
        condition = self._condition()
        token = self.next_token("'then' or 'begin'")
        if token.text == "then":
            self._run_if(condition)
        elif token.text == "begin":
            self._run_if(condition.opposite(token))
            self.branches.append(_Branch(token, self.here))
            self._instruction("JP", NNN=0)
        else:
            near = suggestion(token.text, ("then", "begin"))
            raise token.error(f"expected 'then' or 'begin', found '{token.text}'{near}")

    def _else(self) -> None:
        if not self.branches or self.branches[-1].token.text != "begin":
            raise self.last.error("this 'else' has no 'begin'")
        branch = self.branches.pop()
        self.branches.append(_Branch(self.last, self.here))
        self._instruction("JP", NNN=0)
        self._jump_here(branch.jump)

    def _end_if(self) -> None:
        if not self.branches:
            raise self.last.error("this 'end' has no 'begin'")
        self._jump_here(self.branches.pop().jump)

    def _loop(self) -> None:
        self.loops.append(_Loop(self.last, self.here))

    def _while(self) -> None:
        if not self.loops:
            raise self.last.error("this 'while' is not in a loop")
        self._run_if(self._condition().opposite(self.statement))
        self.loops[-1].exits.append(self.here)
        self._instruction("JP", NNN=0)

    def _again(self) -> None:
        if not self.loops:
            raise self.last.error("this 'again' has no 'loop'")
        loop = self.loops.pop()
        self._instruction("JP", NNN=loop.start)
        for jump in loop.exits:
            self._jump_here(jump)

    # Directives

    def _label(self, address: int) -> None:
        name = self.new_name("label")
        if name == "main":
            address = self._start(address)
        self.labels[name] = address
        for reference in self.references.pop(name, ()):
            reference.patch(reference.token, address)

    def _start(self, address: int) -> int:
        """Where `main` is: it begins the program, without a jump to it, if nothing came before."""
        if address == self.origin + 2 and not any(self.used[self.origin :]):
            for label, value in self.labels.items():
                if value == address:
                    self.labels[label] = self.origin
            self.here = address = self.origin
        if address == self.origin:
            self.has_slot = False
        return address

    def _define_alias(self) -> None:
        name = self.new_name("alias")
        token = self.peek()
        if token is not None and token.text == "{":
            self.aliases[name] = self.ranged(0, 15, "a register number")
        else:
            self.aliases[name] = self.register()

    def _define_const(self) -> None:
        name = self.new_name("constant")
        self.constants[name] = self.constant()
        self.fixed.add(name)

    def _define_calc(self) -> None:
        name = self.new_name("calculated constant")
        self.constants[name] = braced(self)

    def _assert(self) -> None:
        directive = self.last
        token = self.peek()
        message = f": {self.string().string}" if token is not None and token.text != "{" else ""
        if not braced(self):
            raise directive.error(f"this assertion does not hold{message}")

    def _breakpoint(self) -> None:
        self.breakpoints[self.here] = self.next_token("the name of the breakpoint").text

    def _monitor(self) -> None:
        token = self.peek()
        register = self.register_number(token)
        base = self.register() if register is not None else self.ranged(0, MEMORY_SIZE - 1, "an address")
        name = token.text if token is not None else ""
        shape = self.peek()
        if shape is not None and shape.string is not None:
            self.monitors.append(Monitor(name, register is not None, base, self.string().string or ""))
        else:
            length = self.ranged(1, MEMORY_SIZE, "a number of bytes")
            self.monitors.append(Monitor(name, register is not None, base, length))

    def _byte(self) -> None:
        token = self.peek()
        if token is not None and token.text == "{":  # a calculated byte keeps its low eight bits
            value = self.constant()
        else:
            value = self.ranged(-128, 255, "a byte")
        self._emit(bytes((value & 0xFF,)))

    def _pointer(self) -> None:
        value = self.address(16, self._patch_word(self.here, 16))
        self._emit(value.to_bytes(2, "big"))

    def _org(self) -> None:
        self.here = self.ranged(0, MEMORY_SIZE - 1, "an address")

    def _proto(self) -> None:
        """Octo no longer needs forward declarations, and accepts them."""
        self.next_token("a name")

    def _include(self) -> None:
        """A source, or data and pictures that become bytes."""
        user = self.last
        name, path = self.included()
        kind = path.suffix.lower()
        if kind not in DATA | PICTURES:
            self.include_text(user, name, path)
            return
        size = None
        if kind in PICTURES and (token := self.peek()) is not None and SIZE.fullmatch(token.text):
            size = self.next_token("a size").text
        try:
            data = path.read_bytes()
            if kind in PICTURES:
                data = sprites(data, size)
        except (OSError, ValueError) as error:
            raise name.error(f"cannot include {path}: {error}") from None
        self._emit(data)

    def _variant(self) -> None:
        """Whose instructions the program uses."""
        token = self.next_token("the name of a variant")
        if token.text not in chip8.VARIANTS:
            near = suggestion(token.text, chip8.VARIANTS) or f": there are {', '.join(chip8.VARIANTS)}"
            raise token.error(f"there is no variant '{token.text}'{near}")
        if self.used.rfind(1) >= 0 or self.labels:
            raise self.statement.error(
                "':variant' stands at the beginning of a program, before its labels and statements"
            )
        self.use(token.text)

    def _unpack(self) -> None:
        """Two registers receive an address: its 16 bits, or a nibble and its 12 bits."""
        at = self.here
        token = self.peek()
        if token is not None and token.text == "long":
            self.next_token("'long'")
            high, bits = 0, 16
        else:
            high, bits = self.ranged(0, 15, "a number") << 12, 12

        def patch(token: Token, value: int) -> None:
            _check_bits(token, value, bits)
            self.memory[at + 1] = high >> 8 | value >> 8
            self.memory[at + 3] = value & 0xFF

        value = high | self.address(bits, patch)
        self._instruction("LD_NN", X=self.aliases["unpack-hi"], NN=value >> 8)
        self._instruction("LD_NN", X=self.aliases["unpack-lo"], NN=value & 0xFF)

    def _return(self) -> None:
        self._instruction("RET")

    def _label_here(self) -> None:
        self._label(self.here)

    def _label_next(self) -> None:
        self._label(self.here + 1)


def _check_bits(token: Token, address: int, bits: int) -> None:
    if address >= 1 << bits:
        raise token.error(f"'{token.text}' is at 0x{address:X}, which does not fit into {bits} bits here")


_DIRECTIVES: dict[str, Callable[[_Assembler], None]] = {
    ":": _Assembler._label_here,
    ":next": _Assembler._label_next,
    ":alias": _Assembler._define_alias,
    ":assert": _Assembler._assert,
    ":breakpoint": _Assembler._breakpoint,
    ":byte": _Assembler._byte,
    ":calc": _Assembler._define_calc,
    ":const": _Assembler._define_const,
    ":include": _Assembler._include,
    ":macro": _Assembler.define_macro,
    ":monitor": _Assembler._monitor,
    ":org": _Assembler._org,
    ":pointer": _Assembler._pointer,
    ":proto": _Assembler._proto,
    ":stringmode": _Assembler.define_stringmode,
    ":unpack": _Assembler._unpack,
    ":variant": _Assembler._variant,
    ";": _Assembler._return,
    "again": _Assembler._again,
    "else": _Assembler._else,
    "end": _Assembler._end_if,
    "if": _Assembler._if,
    "loop": _Assembler._loop,
    "while": _Assembler._while,
}
