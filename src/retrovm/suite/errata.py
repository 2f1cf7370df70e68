"""Where the single-step recordings differ from the chip, and what the chip does there.

The corpus was recorded with an emulator. Three of its shortcuts are in the files of the folder `6502`; the netlist of the
chip, and the recordings in the folder `nes6502`, agree on what really happens (docs/references.md: 6502-interrupts,
singlestep; the first two are known to the corpus' authors: SingleStepTests/65x02 issue 1, ProcessorTests issues 46, 75).

| opcodes              | recorded                                    | the chip                                         |
|----------------------|---------------------------------------------|--------------------------------------------------|
| JAM                  | three cycles, the last two at the operand,  | reads $FFFF, $FFFE, $FFFE, then $FFFF for ever;  |
|                      | and PC back at the opcode                   | PC behind the opcode                             |
| NOP abs              | the operand is not read                     | it is                                            |
| NOP abs,X            | over a page, only the address without the   | the carried address is read in one cycle more    |
|                      | carry is read                               |                                                  |
| SHA SHX SHY TAS      | over a page, the register AND the final     | the register AND the uncarried high byte plus    |
|                      | high byte plus one, at the final address    | one, which is also the high byte of the address  |

In the folders of the 65C02 models:

| opcodes              | recorded                                    | the chip                                         |
|----------------------|---------------------------------------------|--------------------------------------------------|
| $5C (all models)     | four cycles                                 | eight: the last page at the low byte of the      |
|                      |                                             | operand once, and $FFFF four times (measured on  |
|                      |                                             | a W65C02S: 65x02 issue 12; 65c02-5c)             |
| BBR BBS (wdc65c02)   | the operand is written, and the branch      | as on Rockwell's chip: read twice, and a branch  |
|                      | takes its cycle when it is not taken        | like any other (ProcessorTests issue 72,         |
|                      |                                             | 65c02-opcodes)                                  |

A case that shows such a shortcut is judged by the chip. Any other case, and a recording that was corrected, is judged as
it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from retrovm.isa.mos6502 import MODELS, UNSTABLE_STORES, Opcode, opcodes

Case = dict[str, Any]
Peek = Callable[[int], int]
OPCODES = {model: opcodes(model) for model in MODELS}


def by_the_chip(model: str, case: Case, peek: Peek) -> Case | None:
    """The case as the chip runs it, or None where the recording is right.

    `peek` gives what memory holds before the instruction, for addresses that the recording does not mention.
    """
    cycles = case["cycles"]
    opcode = OPCODES[model][cycles[0][1]]
    if opcode.mode == "op8":
        return long_nop(case, peek)
    if opcode.mode == "zpr":
        return bit_branch(case, opcode, peek)
    if model != "6502":
        return None
    if opcode.mnemonic == "JAM":
        return jam(case, peek)
    if opcode.mnemonic == "NOP" and opcode.mode in ("abs", "abx"):
        return absolute_nop(case, opcode, peek)
    if opcode.mnemonic in UNSTABLE_STORES:
        return unstable_store(case, opcode)
    return None


def jam(case: Case, peek: Peek) -> Case | None:
    cycles, pc = case["cycles"], case["initial"]["pc"]
    if len(cycles) != 3 or cycles[2] != cycles[1] or case["final"]["pc"] != pc:
        return None
    stuck = [[address, peek(address), "read"] for address in (0xFFFF, 0xFFFE, 0xFFFE)]
    return {**case, "cycles": [*cycles[:2], *stuck], "final": {**case["final"], "pc": (pc + 1) & 0xFFFF}}


def absolute_nop(case: Case, opcode: Opcode, peek: Peek) -> Case | None:
    cycles = case["cycles"]
    base = cycles[1][1] | cycles[2][1] << 8
    address = base if opcode.mode == "abs" else (base + case["initial"]["x"]) & 0xFFFF
    crossed = address >> 8 != base >> 8
    if len(cycles) != (3 if opcode.mode == "abs" else 4) or (opcode.mode == "abx" and not crossed):
        return None
    return {**case, "cycles": [*cycles, [address, peek(address), "read"]]}


def unstable_store(case: Case, opcode: Opcode) -> Case | None:
    cycles, initial = case["cycles"], case["initial"]
    high, low = cycles[-3][1], cycles[-4][1]
    index = initial["x"] if opcode.mode == "abx" else initial["y"]
    register = {"SHX": initial["x"], "SHY": initial["y"]}.get(opcode.mnemonic, initial["a"] & initial["x"])
    recorded = ((high << 8 | low) + index) & 0xFFFF
    if recorded >> 8 == high or cycles[-1] != [recorded, register & (recorded >> 8) + 1, "write"]:
        return None
    value = register & (high + 1)
    address = value << 8 | recorded & 0xFF
    memory = {a: v for a, v in case["final"]["ram"] if a != recorded} | {address: value}
    return {**case, "cycles": [*cycles[:-1], [address, value, "write"]],
            "final": {**case["final"], "ram": [[a, v] for a, v in memory.items()]}}


def long_nop(case: Case, peek: Peek) -> Case | None:
    cycles = case["cycles"]
    if len(cycles) != 4:
        return None
    last_page = [[address, peek(address), "read"] for address in (0xFF00 | cycles[1][1], *[0xFFFF] * 4)]
    return {**case, "cycles": [*cycles[:3], *last_page]}


def bit_branch(case: Case, opcode: Opcode, peek: Peek) -> Case | None:
    cycles, following = case["cycles"], (case["initial"]["pc"] + 3) & 0xFFFF
    if len(cycles) != 6 or cycles[3][2] != "write":
        return None
    address, value, _ = cycles[2]
    offset = cycles[4][1]
    bit = value >> int(opcode.mnemonic[3]) & 1
    found = [*cycles[:3], [address, value, "read"], cycles[4]]
    if bit == (opcode.mnemonic[:3] == "BBS"):
        target = (following + (offset ^ 0x80) - 0x80) & 0xFFFF
        found.append([following, peek(following), "read"])
        if (target ^ following) & 0xFF00:
            found.append([following, peek(following), "read"])
    return {**case, "cycles": found}
