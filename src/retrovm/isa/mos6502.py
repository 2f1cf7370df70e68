"""The 6502's instruction set: one row of names for every opcode, and what the names mean for the bus.

Everything that knows opcodes reads this table: the execution core (`generate.py` writes its dispatch), the disassembler,
the assembler and the table of cycles in the documentation. What an operation computes stands beside its name in
`ext/retrovm/cpu/mos6502_operations.pxi`, how a mode reaches its operand in `mos6502_modes.pxi`.

A model is a table of rows, or another model with some of its opcodes replaced; what else differs between models is said
in `MODELS`. Mnemonics of undocumented opcodes are those of docs/references.md:
nmos-unintended; what the CMOS models do with theirs is in 65c02-opcodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MODEL_ROWS: Mapping[str, str] = {
    # Sixteen opcodes a line, $00 first: mnemonic and mode. Where a name means another operation than elsewhere, that one's
    # own name follows: MNEMONIC=OPERATION.
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
    "65c02-synertek": """
BRK brk;ORA izx;NOP imm;NOP opc;TSB zp ;ORA zp ;ASL zp ;NOP zp ;PHP php;ORA imm;ASL acc;NOP opc;TSB abs;ORA abs;ASL abs;NOP op3
BPL rel;ORA izy;ORA izp;NOP opc;TRB zp ;ORA zpx;ASL zpx;NOP zpx;CLC imp;ORA aby;INC acc;NOP opc;TRB abs;ORA abx;ASL abx;NOP op4
JSR jsr;AND izx;NOP imm;NOP opc;BIT zp ;AND zp ;ROL zp ;NOP zp ;PLP plp;AND imm;ROL acc;NOP opc;BIT abs;AND abs;ROL abs;NOP op3
BMI rel;AND izy;AND izp;NOP opc;BIT zpx;AND zpx;ROL zpx;NOP zpx;SEC imp;AND aby;DEC acc;NOP opc;BIT abx;AND abx;ROL abx;NOP op4
RTI rti;EOR izx;NOP imm;NOP opc;NOP zp ;EOR zp ;LSR zp ;NOP zp ;PHA pha;EOR imm;LSR acc;NOP opc;JMP jmp;EOR abs;LSR abs;NOP op3
BVC rel;EOR izy;EOR izp;NOP opc;NOP zpx;EOR zpx;LSR zpx;NOP zpx;CLI imp;EOR aby;PHY phy;NOP opc;NOP op8;EOR abx;LSR abx;NOP op4
RTS rts;ADC izx;NOP imm;NOP opc;STZ zp ;ADC zp ;ROR zp ;NOP zp ;PLA pla;ADC imm;ROR acc;NOP opc;JMP ind;ADC abs;ROR abs;NOP op3
BVS rel;ADC izy;ADC izp;NOP opc;STZ zpx;ADC zpx;ROR zpx;NOP zpx;SEI imp;ADC aby;PLY ply;NOP opc;JMP iax;ADC abx;ROR abx;NOP op4
BRA rel;STA izx;NOP imm;NOP opc;STY zp ;STA zp ;STX zp ;NOP zp ;DEY imp;BIT imm;TXA imp;NOP opc;STY abs;STA abs;STX abs;NOP op3
BCC rel;STA izy;STA izp;NOP opc;STY zpx;STA zpx;STX zpy;NOP zpx;TYA imp;STA aby;TXS imp;NOP opc;STZ abs;STA abx;STZ abx;NOP op4
LDY imm;LDA izx;LDX imm;NOP opc;LDY zp ;LDA zp ;LDX zp ;NOP zp ;TAY imp;LDA imm;TAX imp;NOP opc;LDY abs;LDA abs;LDX abs;NOP op3
BCS rel;LDA izy;LDA izp;NOP opc;LDY zpx;LDA zpx;LDX zpy;NOP zpx;CLV imp;LDA aby;TSX imp;NOP opc;LDY abx;LDA abx;LDX aby;NOP op4
CPY imm;CMP izx;NOP imm;NOP opc;CPY zp ;CMP zp ;DEC zp ;NOP zp ;INY imp;CMP imm;DEX imp;NOP imp;CPY abs;CMP abs;DEC abs;NOP op3
BNE rel;CMP izy;CMP izp;NOP opc;NOP zpx;CMP zpx;DEC zpx;NOP zpx;CLD imp;CMP aby;PHX phx;NOP zpx;NOP op4;CMP abx;DEC abx;NOP op4
CPX imm;SBC izx;NOP imm;NOP opc;CPX zp ;SBC zp ;INC zp ;NOP zp ;INX imp;SBC imm;NOP imp;NOP opc;CPX abs;SBC abs;INC abs;NOP op3
BEQ rel;SBC izy;SBC izp;NOP opc;NOP zpx;SBC zpx;INC zpx;NOP zpx;SED imp;SBC aby;PLX plx;NOP opc;NOP op4;SBC abx;INC abx;NOP op4
""",
}
MODEL_CHANGES: Mapping[str, tuple[str, Mapping[int, str]]] = {
    # The model that it is like, and the opcodes that it has in the place of that model's.
    "6502-rev-a": ("6502", {0x66: "ROR=ROR_of_revision_a zp", 0x6A: "ROR=ROR_of_revision_a acc",
                            0x6E: "ROR=ROR_of_revision_a abs", 0x76: "ROR=ROR_of_revision_a zpx",
                            0x7E: "ROR=ROR_of_revision_a abx", 0x63: "RRA=RRA_of_revision_a izx",
                            0x67: "RRA=RRA_of_revision_a zp", 0x6F: "RRA=RRA_of_revision_a abs",
                            0x73: "RRA=RRA_of_revision_a izy", 0x77: "RRA=RRA_of_revision_a zpx",
                            0x7B: "RRA=RRA_of_revision_a aby", 0x7F: "RRA=RRA_of_revision_a abx"}),
    "2a03": ("6502", {}),
    "6507": ("6502", {}),
    "6510": ("6502", {}),
    "65c02-rockwell": ("65c02-synertek",
                       {0x10 * bit + 0x07: f"RMB{bit} zp" for bit in range(8)}
                       | {0x10 * bit + 0x87: f"SMB{bit} zp" for bit in range(8)}
                       | {0x10 * bit + 0x0F: f"BBR{bit} zpr" for bit in range(8)}
                       | {0x10 * bit + 0x8F: f"BBS{bit} zpr" for bit in range(8)}),
    "65c02-wdc": ("65c02-rockwell", {0xCB: "WAI wai", 0xDB: "STP stp"}),
}  # fmt: skip


@dataclass(frozen=True)
class Model:
    """What a model is besides its opcodes.

    technology          "nmos" or "cmos": which of the two sequencers it has
    has_decimal_mode    whether ADC and SBC heed the flag D, which every model has
    subtracts_by_digit  in decimal mode each digit of SBC borrows by itself, where others correct the whole difference; one
                        sees it only where a digit is above 9
    decimal_reads       what ADC # and SBC # read in the additional cycle of decimal mode (CMOS)
    address_lines       how many there are; the program counter has 16 bits all the same
    pins                which of the lines into it, of `retrovm.core.types.Line`, it has
    has_port            whether its first two addresses are an I/O port on the chip
    """

    technology: str = "nmos"
    has_decimal_mode: bool = True
    subtracts_by_digit: bool = True
    decimal_reads: tuple[int, int] = (0, 0)
    address_lines: int = 16
    pins: tuple[str, ...] = ("IRQ", "NMI", "RESET", "RDY", "SO")
    has_port: bool = False


MODELS: Mapping[str, Model] = {
    "6502": Model(),
    "6502-rev-a": Model(),
    "2a03": Model(has_decimal_mode=False),
    "6507": Model(address_lines=13, pins=("RESET", "RDY")),
    "6510": Model(pins=("IRQ", "NMI", "RESET", "RDY"), has_port=True),
    "65c02-wdc": Model("cmos", decimal_reads=(0x7F, 0xB8)),
    "65c02-rockwell": Model("cmos", subtracts_by_digit=False, decimal_reads=(0x59, 0x00)),
    "65c02-synertek": Model("cmos", subtracts_by_digit=False, decimal_reads=(0x56, 0x00)),
}

DOCUMENTED = frozenset(
    "ADC AND ASL BCC BCS BEQ BIT BMI BNE BPL BRK BVC BVS CLC CLD CLI CLV CMP CPX CPY DEC DEX DEY EOR INC INX INY JMP JSR "
    "LDA LDX LDY LSR NOP ORA PHA PHP PLA PLP ROL ROR RTI RTS SBC SEC SED SEI STA STX STY TAX TAY TSX TXA TXS TYA "
    "BRA PHX PHY PLX PLY STP STZ TRB TSB WAI".split()
) | {f"{name}{bit}" for name in ("RMB", "SMB", "BBR", "BBS") for bit in range(8)}
UNDOCUMENTED_SBC = frozenset({0xEB})
# In this mode the mnemonic means another operation: only Z changes.
OTHERWISE: Mapping[tuple[str, str], str] = {("BIT", "imm"): "BIT_imm"}
STORES = frozenset("STA STX STY STZ SAX".split())
UNSTABLE_STORES = frozenset("SHA SHX SHY TAS".split())
SHIFTS = frozenset("ASL LSR ROL ROR".split())
READ_MODIFY_WRITES = SHIFTS | {
    *"INC DEC SLO RLA SRE RRA DCP ISC TRB TSB".split(), *(f"{name}{bit}" for name in ("RMB", "SMB") for bit in range(8))
}


@dataclass(frozen=True)
class Mode:
    """An addressing mode: the bytes behind the opcode, and how assemblers write the operand.

    In `syntax`, {0} is the operand; of two operands, {0} is the first byte and {1} the target of the second.
    """

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
    "izp": Mode(1, "(${0:02X})"),
    "iax": Mode(2, "(${0:04X},X)"),
    "zpr": Mode(2, "${0:02X},${1:04X}"),
}
OWN_SEQUENCE: Mapping[str, str] = {
    # Instructions whose cycles are like no other's have a mode of their own; this is how their operand is written.
    "brk": "imp", "jsr": "abs", "rti": "imp", "rts": "imp", "jmp": "abs", "ind": "ind",
    "pha": "imp", "php": "imp", "pla": "imp", "plp": "imp", "jam": "imp",
    "phx": "imp", "phy": "imp", "plx": "imp", "ply": "imp", "wai": "imp", "stp": "imp",
    # The CMOS models' undocumented opcodes that read no operand: one byte, or three bytes and 3, 4 or 8 cycles.
    "opc": "imp", "op3": "abs", "op4": "abs", "op8": "abs",
}  # fmt: skip

CYCLES: Mapping[str, Mapping[str, int]] = {
    # Cycles by what the instruction does with its operand. A read in an indexed mode takes one more over a page.
    "read": {"imm": 2, "zp": 3, "zpx": 4, "zpy": 4, "abs": 4, "abx": 4, "aby": 4, "izx": 6, "izy": 5, "izp": 5},
    "write": {"zp": 3, "zpx": 4, "zpy": 4, "abs": 4, "abx": 5, "aby": 5, "izx": 6, "izy": 6, "izp": 5},
    "modify": {"zp": 5, "zpx": 6, "abs": 6, "abx": 7, "aby": 7, "izx": 8, "izy": 8},
    "none": {"imp": 2, "acc": 2, "rel": 2, "brk": 7, "jsr": 6, "rti": 6, "rts": 6, "jmp": 3, "ind": 5,
             "pha": 3, "php": 3, "pla": 4, "plp": 4, "jam": 3,
             "phx": 3, "phy": 3, "plx": 4, "ply": 4, "wai": 3, "stp": 3, "iax": 6, "zpr": 5,
             "opc": 1, "op3": 3, "op4": 4, "op8": 8},
}  # fmt: skip
PAGE_CROSSING = frozenset({"abx", "aby", "izy"})


@dataclass(frozen=True)
class Opcode:
    """One opcode.

    access      "read", "write", "modify" or "none": what it does with the operand in memory
    cycles      without what crossing a page, taking a branch, or decimal mode (CMOS: one cycle for ADC and SBC) adds
    technology  "nmos" or "cmos"
    operation   what it computes: the mnemonic, but for chips on which the name means something else
    """

    code: int
    mnemonic: str
    mode: str
    documented: bool
    technology: str = "nmos"
    operation: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "operation", self.operation or self.mnemonic)

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
        if self.mode == "rel" and self.mnemonic == "BRA":
            return 3                                # it is always taken
        # CMOS: JMP (abs) fetches its high byte properly in a cycle more; shifts save a cycle where no page is crossed.
        return (CYCLES[self.access][self.mode]
                + (self.technology == "cmos" and self.mode == "ind") - self.is_quick_shift)

    @property
    def is_quick_shift(self) -> bool:
        """A CMOS shift or rotation at abs,X, which goes without the cycle for a page that is not crossed."""
        return self.technology == "cmos" and self.mode == "abx" and self.mnemonic in SHIFTS

    @property
    def page_penalty(self) -> bool:
        """One cycle more when indexing crosses a page."""
        return (self.access == "read" and self.mode in PAGE_CROSSING) or self.is_quick_shift


def entries(model: str) -> list[str]:
    """"MNEMONIC mode" of the 256 opcodes of a model."""
    if model in MODEL_ROWS:
        return MODEL_ROWS[model].strip().replace("\n", ";").split(";")
    base, changes = MODEL_CHANGES[model]
    rows = entries(base)
    for code, entry in changes.items():
        rows[code] = entry
    return rows


def opcodes(model: str = "6502") -> tuple[Opcode, ...]:
    """The 256 opcodes of a model, by their code. Raises `KeyError` for a model that has no table."""
    technology = MODELS[model].technology
    rows = []
    for code, entry in enumerate(entries(model)):
        name, mode = entry.split()
        mnemonic, _, operation = name.partition("=")
        operation = operation or OTHERWISE.get((mnemonic, mode), "")
        documented = mnemonic in DOCUMENTED and (mnemonic != "NOP" or code == 0xEA)
        if technology == "nmos":
            documented = documented and not operation and code not in UNDOCUMENTED_SBC
        rows.append(Opcode(code, mnemonic, mode, documented, technology, operation))
    return tuple(rows)
