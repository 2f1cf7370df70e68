"""Disassembler from CHIP-8 programs to Octo's language.

`disassemble` separates code from data by following the control flow, and writes a source that `octo.assemble`
turns into the same bytes again, an instruction a line. `source_of` writes one for people who want to read or change the
program, with loops and branches (`chip8_decompile`). `disassemble_one` shows a single instruction, for debuggers and traces.

    >>> print(disassemble(bytes.fromhex("6005a208d0021202f090")), end="")
    : main
        v0 := 0x05                      # 200  60 05
    : loc_202
        i := data_208                   # 202  A2 08
        sprite v0 v0 2                  # 204  D0 02
        jump loc_202                    # 206  12 02
    : data_208
        0b11110000                      # 208  ####....
        0b10010000                      # 209  #..#....

What the program text alone does not show (targets of `jump0` beyond a table of jumps, code that the program
writes itself) stays data, which assembles to the same bytes all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .chip8 import Flow, Instruction, decode
from .chip8_decompile import decompile
from .chip8_layout import ORIGIN, Layout

__all__ = ["ORIGIN", "disassemble", "disassemble_one", "source_of"]

_WIDTH = 36


def disassemble_one(data: bytes, address: int = 0, variant: str | None = None) -> tuple[str, int]:
    """The instruction at the offset `address` of `data` as text, and its length in bytes.

    `variant` is one of `chip8.VARIANTS`; without it, the instructions of Octo's language count. Bytes that are no
    instruction, or the first part of one that is cut off, are shown as numbers. An `address` outside of `data` raises
    ValueError.
    """
    if not 0 <= address < len(data):
        raise ValueError(f"address 0x{address:X} is outside the {len(data)} bytes of data")
    found = _decode_at(data, address, variant)
    if found is None:
        raw = data[address : address + 2]
        return " ".join(f"0x{byte:02X}" for byte in raw), len(raw)
    instruction, operands = found
    return instruction.text(operands), instruction.length


def disassemble(data: bytes, origin: int = ORIGIN, symbols: Mapping[str, int] | None = None,
                variant: str | None = None) -> str:
    """The source of a program that is loaded and started at `origin`.

    `symbols` gives names to addresses, for example those of `octo.Assembly.symbols`. Addresses outside the
    program and words of the language are ignored; `main` always names the start. `variant` is one of `chip8.VARIANTS`; the
    source then names it. Assembled with the same `origin`, the source gives `data` again. Empty data raises ValueError.
    """
    layout = Layout(data, origin, symbols, variant)
    lines = [] if variant is None else [f":variant {variant}"]
    address = layout.origin
    indent = ""
    while address < layout.end:
        lines += [f": {name}" for name in layout.labels.get(address, ())]
        step = layout.code.get(address)
        if step is not None:
            lines += [f"    :next {name}" for name in layout.labels.get(address + 1, ())]
            raw = data[address - origin : step.after - origin].hex(" ").upper()
            lines.append(f"    {indent}{layout.statement(step)}".ljust(_WIDTH) + f"# {address:03X}  {raw}")
            indent = "    " if step.instruction.flow is Flow.SKIP else ""
            address = step.after
            continue
        text, picture, behind = layout.data_line(address)
        line = f"    {text}"
        lines.append((line.ljust(_WIDTH) if picture else f"{line}  ") + f"# {address:03X}  {picture}".rstrip())
        address = behind
        indent = ""
    return "\n".join([*lines, ""])


def source_of(segments: Iterable[tuple[int, bytes]], symbols: Mapping[str, int] | None = None,
              variant: str | None = None) -> str:
    """The source of a program for people: that of `chip8_decompile.decompile` for each (address, bytes)."""
    return "\n".join(decompile(data, address, symbols, variant) for address, data in segments)


def _decode_at(data: bytes, offset: int, variant: str | None) -> tuple[Instruction, dict[str, int]] | None:
    word = int.from_bytes(data[offset : offset + 2], "big")
    instruction = decode(word, variant) if offset + 2 <= len(data) else None
    if instruction is None or offset + instruction.length > len(data):
        return None
    return instruction, instruction.fields(word, int.from_bytes(data[offset + 2 : offset + 4], "big"))
