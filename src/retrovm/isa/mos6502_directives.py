"""The directives of the 6502 assembler: what begins with a dot.

    .byte .byt .text    bytes: numbers, and the characters of texts
    .asciiz             the same, and a 0 at the end
    .word .addr         words, low byte first
    .dbyt               words, high byte first
    .dword              double words, low byte first
    .res COUNT[, FILL]  so many bytes, of 0 or FILL
    .align SIZE[, FILL] bytes up to an address that SIZE divides
    .org ADDRESS        what follows lies there; also written * = ADDRESS
    .model "NAME"       whose instructions follow
    .include "PATH"     another source, found relative to this one
    .assert VALUE[, "MESSAGE"]  an error if the value is 0 in the end

Sources: ca65 ("Control commands").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .assembly import suggestion
from .mos6502 import MODELS
from .mos6502_code import SPACE, shown
from .mos6502_expr import Value, expression
from .mos6502_lexer import Line, Token

if TYPE_CHECKING:
    from .mos6502_asm import Assembler

Directive = Callable[["Assembler", Token, Line], None]


def _value(run: Assembler, line: Line) -> Value:
    return expression(line, run.here, run.names.meant)


def _known(run: Assembler, line: Line, low: int, high: int, what: str) -> int:
    """A number that has to be known here, because the addresses behind it depend on it."""
    place = line.next
    number = _value(run, line).of(run.names.lookup)
    if number is None:
        raise place.error(f"{what} has to be known here: define what it is made of above this line")
    if not low <= number <= high:
        raise place.error(f"{what} is {shown(low)} to {shown(high)}, not {shown(number)}")
    return number


def _text(line: Line, what: str) -> Token:
    if line.next.kind != "string":
        raise line.next.error(f"expected {what} in double quotes, found {line.next.shown}")
    return line.take()


def _characters(token: Token) -> bytes:
    try:
        return token.text[1:-1].encode("latin-1")
    except UnicodeEncodeError as error:
        wrong = error.object[error.start]
        raise token.error(f"{wrong!r} has no code of one byte; write its bytes as numbers") from None


def _data(field: str, texts: bool = False, end: bytes = b"") -> Directive:
    def directive(run: Assembler, token: Token, line: Line) -> None:
        while True:
            place = line.next
            if texts and place.kind == "string":
                line.take()
                run.code.emit(place, _characters(place))
            else:
                # * is where this value lies, not where the line begins.
                run.code.value(place, _value(run, line), field, run.names.lookup)
            if not line.accept(","):
                break
        run.code.emit(token, end)

    return directive


def _fill(run: Assembler, token: Token, line: Line, count: int) -> None:
    fill = _known(run, line, 0, 0xFF, "the byte to fill with") if line.accept(",") else 0
    run.code.emit(token, bytes((fill,)) * count)


def _res(run: Assembler, token: Token, line: Line) -> None:
    _fill(run, token, line, _known(run, line, 0, SPACE, "the number of bytes"))


def _align(run: Assembler, token: Token, line: Line) -> None:
    _fill(run, token, line, -run.here % _known(run, line, 1, SPACE, "what divides the address"))


def _org(run: Assembler, token: Token, line: Line) -> None:
    run.code.here = _known(run, line, 0, SPACE - 1, "the address")


def _model(run: Assembler, token: Token, line: Line) -> None:
    name = _text(line, "the name of a model")
    model = name.text[1:-1].lower()
    if model not in MODELS:
        raise name.error(f"there is no model {name.text}{suggestion(model, MODELS)}; there are {', '.join(MODELS)}")
    run.model = model


def _include(run: Assembler, token: Token, line: Line) -> None:
    path = _text(line, "the path of a source")
    line.end("the path")
    run.include(path, path.text[1:-1])


def _assert(run: Assembler, token: Token, line: Line) -> None:
    place = line.next
    value = _value(run, line)
    message = _text(line, "a message").text[1:-1] if line.accept(",") else "this is not so"
    run.asserts.append((place, value, message))


DIRECTIVES: dict[str, Directive] = {
    ".byte": _data("byte", texts=True), ".byt": _data("byte", texts=True), ".text": _data("byte", texts=True),
    ".asciiz": _data("byte", texts=True, end=b"\0"),
    ".word": _data("word"), ".addr": _data("address"), ".dbyt": _data("big-endian word"),
    ".dword": _data("double word"),
    ".res": _res, ".align": _align, ".org": _org, ".model": _model, ".include": _include, ".assert": _assert,
}  # fmt: skip
