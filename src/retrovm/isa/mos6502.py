"""The 6502's instruction set: one row of names for every opcode, and what the names mean for the bus.

Everything that knows opcodes reads this table: the execution core (`generate.py` writes its dispatch), the disassembler,
the assembler and the table of cycles in the documentation. What an operation computes stands beside its name in
`ext/retrovm/cpu/mos6502_operations.pxi`, how a mode reaches its operand in `mos6502_modes.pxi`.

Mnemonics of undocumented opcodes are those of docs/references.md: nmos-unintended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MODEL_ROWS: Mapping[str, str] = {
    # Sixteen opcodes a line, $00 first: mnemonic and mode.
    "6502": """
BRK brk;ORA izx;JAM jam;SLO izx;NOP zp ;ORA zp ;ASL zp ;SLO zp ;PHP php;ORA imm;ASL acc;ANC imm;NOP abs;ORA abs;ASL abs;SLO abs
BPL rel;ORA izy;JAM jam;SLO izy;NOP zpx;ORA zpx;ASL zpx;SLO zpx;CLC imp;ORA aby;NOP imp;SLO aby;NOP abx;ORA abx;ASL abx;SLO abx
JSR jsr;AND izx;JAM jam;RLA izx;BIT zp ;AND zp ;ROL zp ;RLA zp ;PLP plp;AND imm;ROL acc;ANC imm;BIT abs;AND abs;ROL abs;RLA abs
BMI rel;AND izy;JAM jam;RLA izy;NOP zpx;AND zpx;ROL zpx;RLA zpx;SEC imp;AND aby;NOP imp;RLA aby;NOP abx;AND abx;ROL abx;RLA abx
RTI rti;EOR izx;JAM jam;SRE izx;NOP zp ;EOR zp ;LSR zp ;SRE zp ;PHA pha;EOR imm;LSR acc;ALR imm;JMP jmp;EOR abs;LSR abs;SRE abs
BVC rel;EOR izy;JAM jam;SRE izy;NOP zpx;EOR zpx;LSR zpx;SRE zpx;CLI imp;EOR aby;NOP imp;SRE aby;NOP abx;EOR abx;LSR abx;SRE abx
RTS rts;ADC izx;JAM jam;RRA izx;NOP zp ;ADC zp ;ROR zp ;RRA zp ;PLA pla;ADC imm;ROR acc;ARR imm;JMP ind;ADC abs;ROR abs;RRA abs
BVS rel;ADC izy;JAM jam;RRA izy;NOP zpx;ADC zpx;ROR zpx;RRA zpx;SEI imp;ADC aby;NOP imp;RRA aby;NOP abx;ADC abx;ROR abx;RRA abx
NOP imm;STA izx;NOP imm;SAX izx;STY zp ;STA zp ;STX zp ;SAX zp ;DEY imp;NOP imm;TXA imp;ANE imm;STY abs;STA abs;STX abs;SAX abs
BCC rel;STA izy;JAM jam;SHA izy;STY zpx;STA zpx;STX zpy;SAX zpy;TYA imp;STA aby;TXS imp;TAS aby;SHY abx;STA abx;SHX aby;SHA aby
LDY imm;LDA izx;LDX imm;LAX izx;LDY zp ;LDA zp ;LDX zp ;LAX zp ;TAY imp;LDA imm;TAX imp;LXA imm;LDY abs;LDA abs;LDX abs;LAX abs
BCS rel;LDA izy;JAM jam;LAX izy;LDY zpx;LDA zpx;LDX zpy;LAX zpy;CLV imp;LDA aby;TSX imp;LAS aby;LDY abx;LDA abx;LDX aby;LAX aby
CPY imm;CMP izx;NOP imm;DCP izx;CPY zp ;CMP zp ;DEC zp ;DCP zp ;INY imp;CMP imm;DEX imp;SBX imm;CPY abs;CMP abs;DEC abs;DCP abs
BNE rel;CMP izy;JAM jam;DCP izy;NOP zpx;CMP zpx;DEC zpx;DCP zpx;CLD imp;CMP aby;NOP imp;DCP aby;NOP abx;CMP abx;DEC abx;DCP abx
CPX imm;SBC izx;NOP imm;ISC izx;CPX zp ;SBC zp ;INC zp ;ISC zp ;INX imp;SBC imm;NOP imp;SBC imm;CPX abs;SBC abs;INC abs;ISC abs
BEQ rel;SBC izy;JAM jam;ISC izy;NOP zpx;SBC zpx;INC zpx;ISC zpx;SED imp;SBC aby;NOP imp;ISC aby;NOP abx;SBC abx;INC abx;ISC abx
""",
}

DOCUMENTED = frozenset(
    "ADC AND ASL BCC BCS BEQ BIT BMI BNE BPL BRK BVC BVS CLC CLD CLI CLV CMP CPX CPY DEC DEX DEY EOR INC INX INY JMP JSR "
    "LDA LDX LDY LSR NOP ORA PHA PHP PLA PLP ROL ROR RTI RTS SBC SEC SED SEI STA STX STY TAX TAY TSX TXA TXS TYA".split()
)
UNDOCUMENTED_SBC = frozenset({0xEB})
STORES = frozenset("STA STX STY SAX".split())
UNSTABLE_STORES = frozenset("SHA SHX SHY TAS".split())
READ_MODIFY_WRITES = frozenset("ASL LSR ROL ROR INC DEC SLO RLA SRE RRA DCP ISC".split())


@dataclass(frozen=True)
class Mode:
    """An addressing mode: the bytes behind the opcode, and how assemblers write the operand."""

    size: int
    syntax: str


MODES: Mapping[str, Mode] = {
    "imp": Mode(0, ""),
    "acc": Mode(0, "A"),
    "imm": Mode(1, "#${0:02X}"),
    "zp": Mode(1, "${0:02X}"),
    "zpx": Mode(1, "${0:02X},X"),
    "zpy": Mode(1, "${0:02X},Y"),
    "abs": Mode(2, "${0:04X}"),
    "abx": Mode(2, "${0:04X},X"),
    "aby": Mode(2, "${0:04X},Y"),
    "ind": Mode(2, "(${0:04X})"),
    "izx": Mode(1, "(${0:02X},X)"),
    "izy": Mode(1, "(${0:02X}),Y"),
    "rel": Mode(1, "${0:04X}"),
}
OWN_SEQUENCE: Mapping[str, str] = {
    # Instructions whose cycles are like no other's have a mode of their own; this is how their operand is written.
    "brk": "imp", "jsr": "abs", "rti": "imp", "rts": "imp", "jmp": "abs", "ind": "ind",
    "pha": "imp", "php": "imp", "pla": "imp", "plp": "imp", "jam": "imp",
}  # fmt: skip

CYCLES: Mapping[str, Mapping[str, int]] = {
    # Cycles by what the instruction does with its operand. A read in an indexed mode takes one more over a page.
    "read": {"imm": 2, "zp": 3, "zpx": 4, "zpy": 4, "abs": 4, "abx": 4, "aby": 4, "izx": 6, "izy": 5},
    "write": {"zp": 3, "zpx": 4, "zpy": 4, "abs": 4, "abx": 5, "aby": 5, "izx": 6, "izy": 6},
    "modify": {"zp": 5, "zpx": 6, "abs": 6, "abx": 7, "aby": 7, "izx": 8, "izy": 8},
    "none": {"imp": 2, "acc": 2, "rel": 2, "brk": 7, "jsr": 6, "rti": 6, "rts": 6, "jmp": 3, "ind": 5,
             "pha": 3, "php": 3, "pla": 4, "plp": 4, "jam": 3},
}  # fmt: skip
PAGE_CROSSING = frozenset({"abx", "aby", "izy"})


@dataclass(frozen=True)
class Opcode:
    """One opcode.

    access   "read", "write", "modify" or "none": what it does with the operand in memory
    cycles   without what crossing a page, or taking a branch, adds
    """

    code: int
    mnemonic: str
    mode: str
    documented: bool

    @property
    def syntax(self) -> Mode:
        """How the operand is written, and its size."""
        return MODES[OWN_SEQUENCE.get(self.mode, self.mode)]

    @property
    def size(self) -> int:
        """Bytes in memory, the opcode included. BRK skips a byte on its way back that this does not count."""
        return 1 + self.syntax.size

    @property
    def access(self) -> str:
        if self.mode not in CYCLES["read"]:
            return "none"
        if self.mnemonic in STORES or self.mnemonic in UNSTABLE_STORES:
            return "write"
        return "modify" if self.mnemonic in READ_MODIFY_WRITES else "read"

    @property
    def cycles(self) -> int:
        return CYCLES[self.access][self.mode]

    @property
    def page_penalty(self) -> bool:
        """One cycle more when indexing crosses a page."""
        return self.access == "read" and self.mode in PAGE_CROSSING


def opcodes(model: str = "6502") -> tuple[Opcode, ...]:
    """The 256 opcodes of a model, by their code. Raises `KeyError` for a model that has no table."""
    entries = MODEL_ROWS[model].strip().replace("\n", ";").split(";")
    rows = []
    for code, entry in enumerate(entries):
        mnemonic, mode = entry.split()
        documented = mnemonic in DOCUMENTED and code not in UNDOCUMENTED_SBC and (mnemonic != "NOP" or code == 0xEA)
        rows.append(Opcode(code, mnemonic, mode, documented))
    return tuple(rows)
