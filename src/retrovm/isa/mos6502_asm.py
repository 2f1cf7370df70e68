"""Assembler for the 6502 family, from the table of opcodes: for patches, tests and programs of one source.

    >>> made = assemble("start:  lda #1\\n        bne start", origin=0x0400)
    >>> made.data.hex(" "), made.symbols
    ('a9 01 d0 fc', {'start': 1024})

The language is that of ca65, without its macros, scopes and segments: docs/assembler.md. Sources: ca65.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

from .assembly import AssemblyError, AssemblyErrors, suggestion
from .mos6502 import MODELS
from .mos6502_code import FIELDS, SPACE, Code, Waiting
from .mos6502_directives import DIRECTIVES
from .mos6502_expr import Value, expression
from .mos6502_grammar import Operand, forms, no_such_form, operand, unknown_instruction
from .mos6502_lexer import Line, Token, tokenize
from .mos6502_names import Names

__all__ = ["Assembled", "AssemblyError", "SourceLine", "assemble"]

DEEPEST_INCLUSION = 20
RELATIVE = {"rel": 0, "zpr": 1}         # the modes with a distance, and which of the operand's numbers it is


class Memory(Protocol):
    """What a program can be put into: vm.memory, cpu.memory, a bytearray."""

    def __setitem__(self, addresses: slice, data: bytes, /) -> None: ...


class SourceLine(NamedTuple):
    """A line of source and the `size` bytes at `address` that it became; no bytes for most labels and comments."""

    address: int
    size: int
    path: str
    number: int
    text: str


@dataclass(frozen=True)
class Assembled:
    """An assembled program.

    segments    (address, bytes) of each run of bytes, by ascending address
    symbols     labels and constants by name; a cheap local label as label@name
    lines       every line of source in the order of assembling
    """

    segments: tuple[tuple[int, bytes], ...]
    symbols: dict[str, int]
    lines: tuple[SourceLine, ...]

    @property
    def origin(self) -> int:
        """The first address; 0 where there are no bytes."""
        return self.segments[0][0] if self.segments else 0

    @cached_property
    def data(self) -> bytes:
        """All bytes from `origin` on, with 0 between the segments."""
        image = bytearray()
        for address, data in self.segments:
            image += bytes(address - self.origin - len(image)) + data
        return bytes(image)

    @cached_property
    def _by_address(self) -> list[SourceLine]:
        return sorted(line for line in self.lines if line.size)

    def line_at(self, address: int) -> SourceLine | None:
        """The line that the byte at `address` comes from."""
        at = bisect_right(self._by_address, address, key=lambda line: line.address) - 1
        found = self._by_address[at] if at >= 0 else None
        return found if found is not None and address < found.address + found.size else None

    def put_into(self, memory: Memory) -> None:
        """Writes the bytes where they belong: `made.put_into(vm.memory)`."""
        for address, data in self.segments:
            memory[address : address + len(data)] = data


def assemble(source: str, origin: int = 0x8000, model: str = "6502", name: str = "<string>",
             symbols: Mapping[str, int] | None = None) -> Assembled:
    """Assembles a program.

    Parameters
        origin   where it begins, as long as it does not say .org itself
        model    whose instructions it may use, as long as it does not say .model itself
        name     the path of the source, for messages and for finding what it includes
        symbols  names that it may use, such as `vm.symbols`; what it defines itself goes before them
    Raises AssemblyError with all that is wrong: `error.errors`. ValueError for a model or origin that there is not.
    """
    if model not in MODELS:
        raise ValueError(f"there is no model {model!r}; there are {', '.join(MODELS)}")
    if not 0 <= origin < SPACE:
        raise ValueError(f"a 6502 has no address {origin}; an origin is from 0 to ${SPACE - 1:04X}")
    return Assembler(origin, model, symbols or {}).run(source, name)


class Assembler:
    """One run over a source, from top to bottom; what it does not know yet is filled in at the end."""

    def __init__(self, origin: int, model: str, given: Mapping[str, int]) -> None:
        self.model = model
        self.code = Code(origin)
        self.names = Names(given)
        self.lines: list[SourceLine] = []
        self.errors: list[AssemblyError] = []
        self.asserts: list[tuple[Token, Value, str]] = []
        self.depth = 0

    @property
    def here(self) -> int:
        return self.code.here

    def run(self, source: str, path: str) -> Assembled:
        self.source(source, path)
        self.names.complete = True
        # An address is only right where everything before it was understood.
        understood = not self.errors
        symbols, wrong = self.names.values()
        self.errors += wrong
        self.errors += self.code.fill_in(self.names.lookup, ranges=understood)
        self._check_asserts()
        if self.errors:
            order = {line: place for place, line in enumerate(dict.fromkeys(
                (line.path, line.number) for line in self.lines))}
            found = {str(error): error for error in self.errors}.values()
            raise AssemblyErrors(sorted(found, key=lambda error: (order[error.path, error.line], error.column)))
        return Assembled(self.code.segments(), symbols, tuple(self.lines))

    def _check_asserts(self) -> None:
        clean = not self.errors
        for place, value, message in self.asserts:
            try:
                if value.of(self.names.lookup) == 0 and clean:
                    self.errors.append(place.error(message))
            except AssemblyError as error:
                self.errors.append(error)

    def source(self, text: str, path: str) -> None:
        """Assembles all lines of a source."""
        # Not splitlines(), which takes form feeds and the like for the end of a line, too.
        texts = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines: list[list[Token] | None] = []
        for number, line in enumerate(texts, 1):
            try:
                lines.append(tokenize(line, path, number))
            except AssemblyError as error:
                self.errors.append(error)
                lines.append(None)
        self.names.own(line for line in lines if line)
        for number, (tokens, line) in enumerate(zip(lines, texts, strict=True), 1):
            row, count = len(self.lines), self.code.count
            self.lines.append(SourceLine(self.here, 0, path, number, line))
            try:
                if tokens:
                    self._line(Line(tokens))
            except AssemblyError as error:
                self.errors.append(error)
            if len(self.lines) == row + 1:         # an inclusion has lines of its own
                size = self.code.count - count
                self.lines[row] = SourceLine(self.here - size, size, path, number, line)

    def include(self, place: Token, name: str) -> None:
        """Assembles another source; its path is relative to the one that includes it."""
        if self.depth == DEEPEST_INCLUSION:
            raise place.error(f"sources are included {DEEPEST_INCLUSION} deep here: does this one include itself?")
        path = Path(place.path).parent / name
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            raise place.error(f"cannot read {path}: {reason}") from None
        self.depth += 1
        self.source(text, str(path))
        self.depth -= 1

    def _line(self, line: Line) -> None:
        token = line.next
        assigned = line.after.text in ("=", ":=")
        if assigned and token.text == "*":
            line.take()
            line.take()
            DIRECTIVES[".org"](self, token, line)
        elif assigned and token.kind == "name":
            self._assignment(line)
        else:
            self._labels(line)
            if not line.ended:
                self._statement(line)
        line.end("the statement")

    def _labels(self, line: Line) -> None:
        while True:
            token = line.next
            if token.text == ":" and token.kind == "sign":
                line.take()
                self.names.unnamed_label(self.here)
            elif token.kind == "name" and line.after.text == ":":
                line.take()
                line.take()
                self._may_be_defined(token)
                self.names.label(token, self.here)
            else:
                return

    def _may_be_defined(self, token: Token) -> None:
        name = token.text.upper()
        if name in ("A", "X", "Y"):
            raise token.error(f"'{token.text}' is a register and no name for anything else")
        if name in forms(self.model):
            raise token.error(f"'{token.text}' is an instruction and no name for anything else")

    def _assignment(self, line: Line) -> None:
        token = line.take()
        line.take()
        self._may_be_defined(token)
        try:
            value = expression(line, self.here, self.names.meant)
            line.end("the value")
        except AssemblyError:
            self.names.spoil(token)
            raise
        self.names.assign(token, value)

    def _statement(self, line: Line) -> None:
        token = line.take()
        if token.kind == "directive":
            directive = DIRECTIVES.get(token.text.lower())
            if directive is None:
                near = suggestion(token.text.lower(), DIRECTIVES)
                raise token.error(f"there is no directive '{token.text}'{near or '; there are ' + ' '.join(DIRECTIVES)}")
            directive(self, token, line)
        elif token.kind != "name":
            raise token.error(f"expected a label, an instruction or a directive, found {token.shown}")
        elif token.text.upper() not in forms(self.model):
            raise token.error(unknown_instruction(token, line.next, self.model, MODELS))
        else:
            self._instruction(token, line)

    def _instruction(self, token: Token, line: Line) -> None:
        mnemonic = token.text.upper()
        written = operand(line, self.here, self.names.meant)
        line.end("the operand")
        shapes = forms(self.model)[mnemonic]
        if written.shape == "" and "" not in shapes and "A" in shapes:
            written = written._replace(shape="A")          # ASL is ASL A
        sizes = shapes.get(written.shape, {})
        size = written.width or self._size(written, list(sizes))
        if size not in sizes:
            place = written.places[0] if written.places else token
            raise place.error(no_such_form(mnemonic, written, self.model))
        opcode = sizes[size]
        at = self.here + 1
        self.code.emit(token, bytes((opcode.code,)).ljust(opcode.size, b"\0"))
        for number, (value, place) in enumerate(zip(written.values, written.places, strict=True)):
            if number == RELATIVE.get(opcode.mode):
                field, behind = "byte", self.here
            elif written.shape == "#n":
                field, behind = "byte", None
            else:
                one = size == 1 or opcode.mode in RELATIVE
                field, behind = "address in the zero page" if one else "address", None
            self.code.wait(Waiting(at, field, value, place, behind), self.names.lookup)
            at += FIELDS[field].size

    def _size(self, written: Operand, sizes: Iterable[int]) -> int:
        """The bytes of an operand that may have several sizes: one only where its value is known to fit."""
        choices = sorted(sizes)
        if choices == [1, 2]:
            return 1 if written.values[0].fits_a_byte(self.names.lookup) else 2
        return choices[0] if choices else -1
