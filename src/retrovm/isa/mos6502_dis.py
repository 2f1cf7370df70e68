"""Disassembler for the 6502 family: a listing of memory, instruction by instruction, or source for the assembler.

    >>> code = bytes.fromhex("a9018d0002d0f9")
    >>> print(disassemble(code, 0x8000, {"main": 0x8000, "port": 0x0200}), end="")
    main:
    8000  A9 01     LDA #$01
    8002  8D 00 02  STA port
    8005  D0 F9     BNE main
    >>> print(source(code, 0x8000, labels=True), end="")
            .model "6502"
            .org $8000
    L8000:
            LDA #$01                ; 8000  A9 01
            STA $0200               ; 8002  8D 00 02
            BNE L8000               ; 8005  D0 F9

Undocumented opcodes have a star behind the mnemonic in a listing. `retrovm.isa.mos6502_layout` finds out what is data.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence

from .mos6502_grammar import NUMBER, forms, shape
from .mos6502_layout import Item, instruction, label_targets, layout

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
REGISTERS = frozenset("AXY")


def disassemble_one(data: bytes, address: int = 0, pc: int = 0, names: Mapping[int, str] | None = None,
                    model: str = "6502") -> tuple[str, int]:
    """The instruction at the offset `address` of `data` as text, and its length in bytes.

    `pc` is where it lies in memory, for the targets of branches; `names` gives names to addresses. An
    instruction that is cut off is shown as bytes. An `address` outside of `data` raises ValueError.
    """
    if not 0 <= address < len(data):
        raise ValueError(f"address ${address:X} is outside the {len(data)} bytes of data")
    item = instruction(data, address, pc, model)
    return _listed(item, names or {}), len(item.data)


def disassemble(data: bytes, origin: int = 0, symbols: Mapping[str, int] | None = None, model: str = "6502", *,
                marks: Iterable[range] = (), entries: Iterable[int] | None = None,
                labels: bool = False) -> str:
    """A listing of memory that begins at `origin`: address, bytes, instruction.

    Parameters
        symbols  names of addresses
        marks    ranges of addresses that are data and no instructions
        entries  where instructions begin: what is not reached from there is data. None: everything is reached
        labels   give labels to the targets of jumps that have no name
    """
    names = _by_address(symbols or {})
    items = layout([(origin, data)], model, marks, entries, names)
    if labels:
        names = label_targets(items, names)
    lines = []
    for item in items:
        if item.address in names:
            lines.append(f"{names[item.address]}:")
        raw = item.data.hex(" ").upper()
        # The bytes of data stand in its text already.
        lines.append(f"{item.address:04X}  {raw:<8}  {_listed(item, names)}" if len(item.data) <= 3 else
                     f"{item.address:04X}            {_listed(item, names)}")
    return "\n".join([*lines, ""])


def source(data: bytes, origin: int = 0, symbols: Mapping[str, int] | None = None, model: str = "6502", *,
           marks: Iterable[range] = (), entries: Iterable[int] | None = None, labels: bool = False) -> str:
    """The same as source: `retrovm.isa.mos6502_asm` makes the same bytes of it.

    What the assembler would encode in another way is written as bytes. Characters that its names cannot have become
    underscores. ValueError if the data does not lie in $0000-$FFFF.
    """
    return source_of([(origin, data)], symbols, model, marks=marks, entries=entries, labels=labels)


def source_of(segments: Sequence[tuple[int, bytes]], symbols: Mapping[str, int] | None = None, model: str = "6502", *,
              marks: Iterable[range] = (), entries: Iterable[int] | None = None, labels: bool = False) -> str:
    """The source of several segments, (origin, bytes), which have their names in common."""
    names = _writable(_by_address(symbols or {}), model)
    items = layout(segments, model, marks, entries, names)
    if labels:
        names = label_targets(items, names)
    places = {item.address for item in items}
    origins = {origin for origin, _ in segments}
    texts = [_written(item, names, places, model) for item in items]
    used = set(WORD.findall(" ".join(texts)))
    lines = [f"        .model \"{model}\"",
             *(f"{name} = ${address:04X}" for address, name in sorted(names.items())
               if address not in places and name in used)]
    for item, text in zip(items, texts, strict=True):
        if item.address in origins:
            lines.append(f"        .org ${item.address:04X}")
        if item.address in names:
            lines.append(f"{names[item.address]}:")
        lines.append(f"        {text:<23} ; {item.address:04X}  {_remark(item, text)}".rstrip())
    return "\n".join([*lines, ""])


def _remark(item: Item, text: str) -> str:
    """What stands behind an item in a source: its bytes, or their characters; and an instruction that is not written."""
    if item.opcode is None:
        return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in item.data)
    raw = item.data.hex(" ").upper()
    return f"{raw}  {_listed(item, {})}" if text.startswith(".byte") else raw


def _by_address(symbols: Mapping[str, int]) -> dict[int, str]:
    names: dict[int, str] = {}
    for name, value in symbols.items():
        names.setdefault(value, name)
    return names


def _bytes(data: bytes) -> str:
    return ".byte " + ",".join(f"${byte:02X}" for byte in data)


def _listed(item: Item, names: Mapping[int, str]) -> str:
    """The text of an item in a listing."""
    if item.opcode is None:
        return _bytes(item.data)
    star = "" if item.opcode.documented else "*"
    return f"{item.opcode.mnemonic}{star} {_operand(item, names)}".rstrip()


def _operand(item: Item, names: Mapping[int, str]) -> str:
    """The operand; every address that has a name by its name."""
    assert item.opcode is not None
    text = item.opcode.syntax.syntax
    if item.opcode.mode == "imm":
        return text.format(*item.numbers)
    parts = iter(item.numbers)

    def write(found: re.Match[str]) -> str:
        number = next(parts)
        return names[number] if number in names else found[0].replace("{1", "{0").format(number)

    return NUMBER.sub(write, text)


def _written(item: Item, names: Mapping[int, str], places: Container[int], model: str) -> str:
    """The text of an item in a source; the assembler makes the same bytes of it."""
    opcode = item.opcode
    if opcode is None:
        return _bytes(item.data)
    sizes = forms(model)[opcode.mnemonic][shape(opcode)]
    size = opcode.syntax.size
    if sizes[size] != opcode:
        return _bytes(item.data)
    operand = _operand(item, names)
    if len(sizes) > 1 and item.numbers[0] < 0x100:
        # A label is taken for an absolute address until it is known, and a number below $100 never is.
        if size == 2:
            operand = f"a:{operand}"
        elif item.numbers[0] in names and item.numbers[0] in places:
            operand = f"z:{operand}"
    return f"{opcode.mnemonic} {operand}".rstrip()


def _writable(names: Mapping[int, str], model: str) -> dict[int, str]:
    """The names that can stand in a source, each once."""
    reserved = {*forms(model), *REGISTERS}
    found: dict[int, str] = {}
    taken: set[str] = set()
    for address, name in names.items():
        word = re.sub(r"[^A-Za-z0-9_]", "_", name)
        if not WORD.fullmatch(word) or word.upper() in reserved:
            word = f"_{word}"
        while word in taken:
            word += "_"
        if 0 <= address <= 0xFFFF:
            taken.add(word)
            found[address] = word
    return found
