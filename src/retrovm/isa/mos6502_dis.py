"""Disassembler for the 6502 family: a listing of memory, instruction by instruction.

    >>> print(disassemble(bytes.fromhex("a9018d0002d0f9"), 0x8000, {"main": 0x8000, "port": 0x0200}), end="")
    main:
    8000  A9 01     LDA #$01
    8002  8D 00 02  STA port
    8005  D0 F9     BNE main

It goes straight on from the start, so data between the instructions is shown as instructions too.
Undocumented opcodes have a star behind the mnemonic.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from retrovm.isa.mos6502 import Opcode, opcodes

TARGETS = frozenset({"abs", "abx", "aby", "ind", "rel", "zp", "zpx", "zpy", "izx", "izy", "jsr", "jmp"})


@cache
def _table(model: str) -> tuple[Opcode, ...]:
    return opcodes(model)


def disassemble_one(data: bytes, address: int = 0, pc: int = 0, names: Mapping[int, str] | None = None,
                    model: str = "6502") -> tuple[str, int]:
    """The instruction at the offset `address` of `data` as text, and its length in bytes.

    `pc` is where it lies in memory, for the targets of branches; `names` gives names to addresses. An
    instruction that is cut off is shown as bytes. An `address` outside of `data` raises ValueError.
    """
    if not 0 <= address < len(data):
        raise ValueError(f"address ${address:X} is outside the {len(data)} bytes of data")
    opcode = _table(model)[data[address]]
    operand = data[address + 1 : address + opcode.size]
    if len(operand) < opcode.size - 1:
        raw = data[address:]
        return ".byte " + ",".join(f"${byte:02X}" for byte in raw), len(raw)
    value = int.from_bytes(operand, "little")
    if opcode.mode == "rel":
        value = (pc + 2 + value - (0x100 if value & 0x80 else 0)) & 0xFFFF
    syntax = opcode.syntax.syntax
    if names and opcode.mode in TARGETS and value in names:
        text = syntax.replace("${0:02X}", "{0}").replace("${0:04X}", "{0}").format(names[value])
    else:
        text = syntax.format(value)
    return f"{opcode.mnemonic}{'' if opcode.documented else '*'} {text}".rstrip(), opcode.size


def disassemble(data: bytes, origin: int = 0, symbols: Mapping[str, int] | None = None,
                model: str = "6502") -> str:
    """A listing of memory that begins at `origin`: address, bytes, instruction. `symbols` names addresses."""
    names: dict[int, str] = {}
    for name, value in (symbols or {}).items():
        names.setdefault(value, name)
    lines = []
    at = 0
    while at < len(data):
        pc = origin + at
        text, size = disassemble_one(data, at, pc, names, model)
        if pc in names:
            lines.append(f"{names[pc]}:")
        raw = " ".join(f"{byte:02X}" for byte in data[at : at + size])
        lines.append(f"{pc:04X}  {raw:<8}  {text}")
        at += size
    return "\n".join([*lines, ""])
