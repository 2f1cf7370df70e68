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
it stands. What becomes of a case is in `retrovm.cpu.singlestep`, where cases are judged.
"""

from __future__ import annotations

from retrovm.isa.mos6502 import UNSTABLE_STORES, Opcode, opcodes

STORES = {"SHX": "shx", "SHY": "shy", "SHA": "sha", "TAS": "sha"}
"""Unstable stores by what they store: X, Y, or A and X."""


def flaws(model: str) -> dict[int, str]:
    """The opcodes of which cases may be recorded wrongly, and how, as `retrovm.cpu.singlestep.FLAWS` names it."""
    named = {opcode.code: flaw(model, opcode) for opcode in opcodes(model)}
    return {code: name for code, name in named.items() if name}


def flaw(model: str, opcode: Opcode) -> str:
    if opcode.mode == "op8":
        return "nop long"
    if opcode.mode == "zpr":
        return "bit branch"
    if model != "6502":
        return ""
    if opcode.mnemonic == "JAM":
        return "jam"
    if opcode.mnemonic == "NOP" and opcode.mode in ("abs", "abx"):
        return f"nop {opcode.mode}"
    return STORES[opcode.mnemonic] if opcode.mnemonic in UNSTABLE_STORES else ""
