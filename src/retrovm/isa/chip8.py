"""The CHIP-8 family's instructions, each described once.

`INSTRUCTIONS` and `EXTENSIONS` are the only list of CHIP-8 opcodes: the assembler (`octo`), the disassembler
(`chip8_dis`), the reference table (`markdown_table`) and the names in the execution core come from it.

A row's `pattern` spells the 16-bit opcode as four characters. Hexadecimal digits are fixed; X and Y stand for
the nibbles that select VX and VY; N, NN and NNN stand for a number of 4, 8 or 12 bits. An instruction
of 4 bytes has a second word, the number NNNN.

    >>> decode(0x8AB4).form
    'vX += vY'
    >>> decode(0x8AB4).fields(0x8AB4)
    {'X': 10, 'Y': 11}
    >>> encode(BY_NAME["ADD"], X=10, Y=11).hex()
    '8ab4'

Sources: octo-manual (syntax), xochip-spec, megachip8-spec (names of its instructions), chip8-research (variants and quirks),
chip8-database (quirk ids).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property

CHIP8 = "chip8"
CHIP10 = "chip10"
CHIP8E = "chip8e"
CHIP8X = "chip8x"
CHIP8_64X64 = "chip8-64x64"
CHIP8_64X128 = "chip8-64x128"
DREAM6800 = "dream6800"
CHIP48 = "chip48"
SCHIP10 = "schip1.0"
SCHIP11 = "schip1.1"
SCHPC = "schpc"
SCHIP_MODERN = "schip-modern"
MEGACHIP8 = "megachip8"
XOCHIP = "xochip"
OCTO = "octo"

VARIANTS: tuple[str, ...] = (
    CHIP8, CHIP10, CHIP8E, CHIP8X, CHIP8_64X64, CHIP8_64X128, DREAM6800, CHIP48,
    SCHIP10, SCHIP11, SCHPC, SCHIP_MODERN, MEGACHIP8, XOCHIP, OCTO,
)

ALL = frozenset(VARIANTS)
FROM_XOCHIP = frozenset({XOCHIP, OCTO})
FROM_SCHIP11 = frozenset({SCHIP11, SCHPC, SCHIP_MODERN, MEGACHIP8}) | FROM_XOCHIP
FROM_SCHIP10 = frozenset({SCHIP10}) | FROM_SCHIP11
# Interpreters of the seventies, on a processor whose machine code programs may call.
WITH_MACHINE_CODE = ALL - FROM_SCHIP10 - {CHIP48}


class Flow(Enum):
    """Where execution goes after an instruction."""

    NEXT = "next"
    SKIP = "skip"
    JUMP = "jump"
    CALL = "call"
    INDEXED = "indexed"
    RETURN = "return"
    STOP = "stop"


@dataclass(frozen=True)
class Instruction:
    """One row of the table.

    name      identifier, unique in the family
    pattern   opcode, for example "8XY4"
    form      statement in Octo's language; a skip is the condition under which the next instruction runs
    meaning   what it does, in one line
    variants  names out of `VARIANTS`
    flow      where execution goes next
    length    bytes
    flags     out of `FLAGS`
    quirks    ids of chip8-database quirks that change it
    """

    name: str
    pattern: str
    form: str
    meaning: str
    variants: frozenset[str]
    flow: Flow = Flow.NEXT
    length: int = 2
    flags: frozenset[str] = frozenset()
    quirks: frozenset[str] = frozenset()

    @cached_property
    def mask(self) -> int:
        """The opcode bits that the pattern fixes."""
        return sum(0xF << shift for shift, char in self._nibbles() if char not in "XYN")

    @cached_property
    def bits(self) -> int:
        """The value of the fixed bits."""
        return sum(int(char, 16) << shift for shift, char in self._nibbles() if char not in "XYN")

    @cached_property
    def operands(self) -> dict[str, int]:
        """Operand letters (X, Y, N, NN, NNN, NNNN) with their width in bits."""
        letters = {char: 4 for char in "XY" if char in self.pattern}
        if digits := self.pattern.count("N"):
            letters["N" * digits] = 4 * digits
        if self.length == 4:
            letters["NNNN"] = 16
        return letters

    def fields(self, word: int, second: int = 0) -> dict[str, int]:
        """Operand values of an opcode; `second` is the second word of an instruction of length 4."""
        return {
            letter: second if letter == "NNNN" else word >> self.shift(letter) & (1 << width) - 1
            for letter, width in self.operands.items()
        }

    def shift(self, letter: str) -> int:
        """How many bits of the opcode lie below the operand `letter`."""
        return 4 * (3 - self.pattern.rindex(letter[0]))

    def text(self, values: dict[str, int], names: dict[int, str] | None = None) -> str:
        """The statement with its operands filled in; addresses found in `names` are written by name."""
        return " ".join(self._operand(part, values, names or {}) for part in self.form.split())

    def _operand(self, part: str, values: dict[str, int], names: dict[int, str]) -> str:
        if part in ("vX", "vY"):
            return f"v{values[part[1]]:X}"
        if part not in self.operands:
            return part
        value = values[part]
        if part == "N":
            return str(value)
        if part == "NN":
            return f"0x{value:02X}"
        return names.get(value, f"0x{value:0{len(part)}X}")

    def _nibbles(self) -> Iterator[tuple[int, str]]:
        return zip((12, 8, 4, 0), self.pattern, strict=True)


FLAGS: dict[str, str] = {
    "sets_vf": "VF holds a flag afterwards",
    "reads_i": "uses the address in I",
    "sets_i": "changes I",
    "reads_memory": "reads memory at I",
    "writes_memory": "writes memory at I",
    "draws": "changes the display",
    "reads_keys": "reads the keypad",
    "waits": "may stop execution until something happens",
    "timer": "reads or writes a timer",
    "random": "draws a random number",
    "sound": "changes what is heard",
}


def _row(
    pattern: str,
    name: str,
    form: str,
    meaning: str,
    variants: frozenset[str] = ALL,
    flow: Flow = Flow.NEXT,
    flags: str = "",
    quirks: str = "",
    length: int = 2,
) -> Instruction:
    sets = frozenset(flags.split()), frozenset(quirks.split())
    return Instruction(name, pattern, form, meaning, variants, flow, length, *sets)


_SAVE_QUIRKS = "memoryIncrementByX memoryLeaveIUnchanged"

# fmt: off
INSTRUCTIONS: tuple[Instruction, ...] = (
    _row("0NNN", "SYS", "native NNN", "call machine code of the host at NNN", WITH_MACHINE_CODE),
    _row("00CN", "SCD", "scroll-down N", "scroll the display N pixels down", FROM_SCHIP11, flags="draws"),
    _row("00DN", "SCU", "scroll-up N", "scroll the display N pixels up", FROM_XOCHIP, flags="draws"),
    _row("00E0", "CLS", "clear", "clear the display", flags="draws"),
    _row("00EE", "RET", "return", "return from a subroutine", flow=Flow.RETURN),
    _row("00FB", "SCR", "scroll-right", "scroll the display 4 pixels right", FROM_SCHIP11, flags="draws"),
    _row("00FC", "SCL", "scroll-left", "scroll the display 4 pixels left", FROM_SCHIP11, flags="draws"),
    _row("00FD", "EXIT", "exit", "end the program", FROM_SCHIP10, Flow.STOP),
    _row("00FE", "LORES", "lores", "switch to the 64x32 display", FROM_SCHIP10, flags="draws"),
    _row("00FF", "HIRES", "hires", "switch to the 128x64 display", FROM_SCHIP10, flags="draws"),
    _row("1NNN", "JP", "jump NNN", "jump to NNN", flow=Flow.JUMP),
    _row("2NNN", "CALL", ":call NNN", "call the subroutine at NNN", flow=Flow.CALL),
    _row("3XNN", "SE_NN", "if vX != NN then", "skip the next instruction if VX = NN", flow=Flow.SKIP),
    _row("4XNN", "SNE_NN", "if vX == NN then", "skip the next instruction if VX is not NN", flow=Flow.SKIP),
    _row("5XY0", "SE", "if vX != vY then", "skip the next instruction if VX = VY", flow=Flow.SKIP),
    _row("5XY2", "SAVE_RANGE", "save vX - vY", "store VX to VY, in that order, at I; I stays", FROM_XOCHIP,
         flags="reads_i writes_memory"),
    _row("5XY3", "LOAD_RANGE", "load vX - vY", "load VX to VY, in that order, from I; I stays", FROM_XOCHIP,
         flags="reads_i reads_memory"),
    _row("6XNN", "LD_NN", "vX := NN", "VX = NN"),
    _row("7XNN", "ADD_NN", "vX += NN", "VX = VX + NN; VF stays"),
    _row("8XY0", "LD", "vX := vY", "VX = VY"),
    _row("8XY1", "OR", "vX |= vY", "VX = VX or VY", quirks="logic"),
    _row("8XY2", "AND", "vX &= vY", "VX = VX and VY", quirks="logic"),
    _row("8XY3", "XOR", "vX ^= vY", "VX = VX xor VY", quirks="logic"),
    _row("8XY4", "ADD", "vX += vY", "VX = VX + VY; VF = carry", flags="sets_vf"),
    _row("8XY5", "SUB", "vX -= vY", "VX = VX - VY; VF = 1 unless it borrows", flags="sets_vf"),
    _row("8XY6", "SHR", "vX >>= vY", "VX = VY shifted right; VF = bit shifted out", flags="sets_vf",
         quirks="shift"),
    _row("8XY7", "SUBN", "vX =- vY", "VX = VY - VX; VF = 1 unless it borrows", flags="sets_vf"),
    _row("8XYE", "SHL", "vX <<= vY", "VX = VY shifted left; VF = bit shifted out", flags="sets_vf",
         quirks="shift"),
    _row("9XY0", "SNE", "if vX == vY then", "skip the next instruction if VX is not VY", flow=Flow.SKIP),
    _row("ANNN", "LD_I", "i := NNN", "I = NNN", flags="sets_i"),
    _row("BNNN", "JP_V0", "jump0 NNN", "jump to NNN + V0", ALL - {CHIP8X}, flow=Flow.INDEXED, quirks="jump"),
    _row("CXNN", "RND", "vX := random NN", "VX = random byte and NN", flags="random"),
    _row("DXYN", "DRW", "sprite vX vY N", "draw N rows from I at VX, VY; VF = pixels were erased",
         flags="sets_vf reads_i reads_memory draws waits", quirks="vblank wrap"),
    _row("EX9E", "SKP", "if vX -key then", "skip the next instruction if key VX is down", flow=Flow.SKIP,
         flags="reads_keys"),
    _row("EXA1", "SKNP", "if vX key then", "skip the next instruction if key VX is up", flow=Flow.SKIP,
         flags="reads_keys"),
    _row("F000", "LD_I_LONG", "i := long NNNN", "I = NNNN", FROM_XOCHIP, flags="sets_i", length=4),
    _row("F002", "AUDIO", "audio", "load the audio pattern, 16 bytes, from I", FROM_XOCHIP,
         flags="reads_i reads_memory sound"),
    _row("FN01", "PLANE", "plane N", "select the display planes of bit mask N", FROM_XOCHIP),
    _row("FX07", "LD_VX_DT", "vX := delay", "VX = delay timer", flags="timer"),
    _row("FX0A", "LD_VX_K", "vX := key", "wait for a key, VX = its number", flags="reads_keys waits"),
    _row("FX15", "LD_DT_VX", "delay := vX", "delay timer = VX", flags="timer"),
    _row("FX18", "LD_ST_VX", "buzzer := vX", "sound timer = VX", flags="timer sound"),
    _row("FX1E", "ADD_I", "i += vX", "I = I + VX; VF stays", flags="reads_i sets_i"),
    _row("FX29", "FONT", "i := hex vX", "I = address of the 5-row digit VX", flags="sets_i"),
    _row("FX30", "BIG_FONT", "i := bighex vX", "I = address of the 10-row digit VX", FROM_SCHIP11,
         flags="sets_i"),
    _row("FX33", "BCD", "bcd vX", "store the three decimal digits of VX at I", flags="reads_i writes_memory"),
    _row("FX3A", "PITCH", "pitch := vX", "play the audio pattern at 4000*2^((VX-64)/48) Hz", FROM_XOCHIP,
         flags="sound"),
    _row("FX55", "SAVE", "save vX", "store V0 to VX at I; I = I + X + 1",
         flags="reads_i sets_i writes_memory", quirks=_SAVE_QUIRKS),
    _row("FX65", "LOAD", "load vX", "load V0 to VX from I; I = I + X + 1",
         flags="reads_i sets_i reads_memory", quirks=_SAVE_QUIRKS),
    _row("FX75", "SAVE_FLAGS", "saveflags vX", "store V0 to VX in the flag registers", FROM_SCHIP10),
    _row("FX85", "LOAD_FLAGS", "loadflags vX", "load V0 to VX from the flag registers", FROM_SCHIP10),
)

# What single members of the family have, and Octo's language has no statement for: only with the name of the variant are
# they decoded. An octal digit is the middle of a nibble's three bits, so two of them are added with the mask 77.
EXTENSIONS: tuple[Instruction, ...] = (
    _row("0010", "MEGAOFF", "mega-off", "switch to the 64x32 display", frozenset({MEGACHIP8}), flags="draws sound"),
    _row("0011", "MEGAON", "mega-on", "switch to the 256x192 display", frozenset({MEGACHIP8}), flags="draws"),
    _row("00BN", "SCRU", "scroll-mega-up N", "scroll the display N pixels up", frozenset({MEGACHIP8}), flags="draws"),
    _row("01NN", "LDHI", "i := mega NN NNNN", "I = NN * 65536 + NNNN", frozenset({MEGACHIP8}), flags="sets_i", length=4),
    _row("02NN", "LDPAL", "palette NN", "load NN colours, 4 bytes each, from I; they are the colours from 1 on",
         frozenset({MEGACHIP8}), flags="reads_i reads_memory"),
    _row("03NN", "SPRW", "sprite-width NN", "sprites have NN columns; 0 is 256", frozenset({MEGACHIP8})),
    _row("04NN", "SPRH", "sprite-height NN", "sprites have NN rows; 0 is 256", frozenset({MEGACHIP8})),
    _row("05NN", "ALPHA", "alpha NN", "pictures are shown with NN / 255 of their brightness", frozenset({MEGACHIP8})),
    _row("060N", "DIGISND", "play N", "play the sampled sound at I: over and over for N = 0, else once",
         frozenset({MEGACHIP8}), flags="reads_i reads_memory sound"),
    _row("0700", "STOPSND", "stop-sound", "stop the sampled sound", frozenset({MEGACHIP8}), flags="sound"),
    _row("080N", "BMODE", "blend N", "sprites cover 0: all, 1 to 3: N quarters of a colour; they are 4: added, "
         "5: multiplied", frozenset({MEGACHIP8})),
    _row("09NN", "CCOL", "collision-colour NN", "DXYN tells by VF that it draws over colour NN", frozenset({MEGACHIP8})),
    _row("00ED", "STOP", "stop", "end the program", frozenset({CHIP8E}), Flow.STOP),
    _row("00F2", "NOP", "nop", "do nothing", frozenset({CHIP8E})),
    _row("0151", "WAIT", "wait", "wait until the delay timer is 0", frozenset({CHIP8E}), flags="timer waits"),
    _row("0188", "SKIP", "skip", "skip the next instruction", frozenset({CHIP8E}), Flow.SKIP),
    _row("0230", "CLS_64X64", "clear-64x64", "clear the display", frozenset({CHIP8_64X64}), flags="draws"),
    _row("02A0", "BACKGROUND", "background", "step to the next of the four background colours",
         frozenset({CHIP8X}), flags="draws"),
    _row("5XY1", "SGT", "if vX -above vY then", "skip the next instruction if VX > VY", frozenset({CHIP8E}), Flow.SKIP),
    _row("5XY2", "SAVE_TO", "save-next vX - vY", "store VX to VY at I, if X < Y; I is then behind them",
         frozenset({CHIP8E}), flags="reads_i sets_i writes_memory"),
    _row("5XY3", "LOAD_TO", "load-next vX - vY", "load VX to VY from I, if X < Y; I is then behind them",
         frozenset({CHIP8E}), flags="reads_i sets_i reads_memory"),
    _row("5XY1", "ADD_OCTAL", "vX +octal vY", "add each of the two octal digits of VY to that of VX, without a carry",
         frozenset({CHIP8X})),
    _row("8XY3", "NOP_XOR", "nop vX ^= vY", "do nothing", frozenset({DREAM6800})),
    _row("8XY6", "NOP_SHR", "nop vX >>= vY", "do nothing", frozenset({DREAM6800})),
    _row("8XY7", "NOP_SUBN", "nop vX =- vY", "do nothing", frozenset({DREAM6800})),
    _row("8XYE", "NOP_SHL", "nop vX <<= vY", "do nothing", frozenset({DREAM6800})),
    _row("BBNN", "BACK", "back NN", "jump NN bytes back, counted from here", frozenset({CHIP8E}), Flow.INDEXED),
    _row("BFNN", "FORTH", "forth NN", "jump NN bytes forward, counted from here", frozenset({CHIP8E}), Flow.INDEXED),
    _row("BXY0", "COLOUR_ZONES", "colour-zones vX vY", "colour VY for blocks of 8 x 4 pixels: VX says which columns, "
         "the register behind it which rows", frozenset({CHIP8X}), flags="draws"),
    _row("BXYN", "COLOUR_ROWS", "colour-rows vX vY N", "colour VY for N rows of 8 pixels at VX and the register behind it",
         frozenset({CHIP8X}), flags="draws"),
    _row("EXF2", "SKP_2", "if vX -key2 then", "skip the next instruction if key VX of the second keypad is down",
         frozenset({CHIP8X}), Flow.SKIP, flags="reads_keys"),
    _row("EXF5", "SKNP_2", "if vX key2 then", "skip the next instruction if key VX of the second keypad is up",
         frozenset({CHIP8X}), Flow.SKIP, flags="reads_keys"),
    _row("FX02", "AUDIO_X", "audio-x vX", "load the audio pattern, 16 bytes, from I", frozenset({OCTO}),
         flags="reads_i reads_memory sound"),
    _row("FX03", "OUT", "out vX", "send VX to the output port, where nothing is", frozenset({CHIP8E})),
    _row("FX1B", "SKIP_VX", "skip-bytes vX", "skip VX bytes", frozenset({CHIP8E}), Flow.INDEXED),
    _row("FX4F", "DELAY", "wait-for vX", "delay timer = VX, wait until it is 0", frozenset({CHIP8E}), flags="timer waits"),
    _row("FXE3", "IN_STROBE", "in-strobe vX", "read the input port, where nothing is", frozenset({CHIP8E})),
    _row("FXE7", "IN", "in vX", "read the input port, where nothing is", frozenset({CHIP8E})),
    _row("FXF8", "TONE", "tone := vX", "the tone's frequency is 27535 / (VX + 1) Hz", frozenset({CHIP8X}), flags="sound"),
    _row("FXFB", "IN_8X", "in-8x vX", "read the input port, where nothing is", frozenset({CHIP8X})),
)
# fmt: on

BY_NAME: dict[str, Instruction] = {row.name: row for row in INSTRUCTIONS + EXTENSIONS}


def _by_first_nibble(rows: Iterable[Instruction]) -> list[list[Instruction]]:
    # 00E0 is also of the form 0NNN: the pattern that fixes more bits is asked first.
    ordered = sorted(rows, key=lambda row: -row.mask.bit_count())
    return [[row for row in ordered if row.bits >> 12 == nibble] for nibble in range(16)]


_OF_ALL = _by_first_nibble(INSTRUCTIONS)


def instructions(variant: str) -> tuple[Instruction, ...]:
    """The rows of one member of the family; of two with one pattern it has only one.

    An unknown variant raises ValueError.
    """
    if variant not in VARIANTS:
        raise ValueError(f"unknown CHIP-8 variant {variant!r}: choose one of {', '.join(VARIANTS)}")
    own = {row.pattern: row for row in EXTENSIONS if variant in row.variants}
    common = {row.pattern: row for row in INSTRUCTIONS if variant in row.variants}
    return tuple({**common, **own}.values())


@cache
def _of_variant(variant: str) -> list[list[Instruction]]:
    return _by_first_nibble(instructions(variant))


def decode(word: int, variant: str | None = None) -> Instruction | None:
    """The instruction of a 16-bit opcode, or None if there is none.

    `variant` asks one member of the family; without it, the instructions of all count that Octo's language has a
    statement for, `INSTRUCTIONS`. An unknown variant raises ValueError.
    """
    rows = _OF_ALL if variant is None else _of_variant(variant)
    for row in rows[word >> 12 & 0xF]:
        if word & row.mask == row.bits:
            return row
    return None


def encode(instruction: Instruction, **operands: int) -> bytes:
    """The bytes of an instruction; `operands` are its letters, for example X=1, NN=0x40.

    Raises ValueError if a letter is missing, not the instruction's, or its number does not fit.
    """
    if operands.keys() != instruction.operands.keys():
        raise ValueError(
            f"{instruction.pattern} takes the operands {list(instruction.operands)}, not {list(operands)}"
        )
    for letter, value in operands.items():
        bits = instruction.operands[letter]
        if not 0 <= value < 1 << bits:
            raise ValueError(f"{letter} of {instruction.pattern} has {bits} bits: {value} does not fit")
    word = instruction.bits
    for letter, value in operands.items():
        if letter != "NNNN":
            word |= value << instruction.shift(letter)
    return word.to_bytes(2, "big") + (operands["NNNN"].to_bytes(2, "big") if instruction.length == 4 else b"")


def markdown_table() -> str:
    """The table as Markdown, for the reference pages."""
    titles = ("opcode", "name", "Octo", "meaning", "variants", "quirks")
    lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]
    for row in INSTRUCTIONS + EXTENSIONS:
        opcode = row.pattern + (" NNNN" if row.length == 4 else "")
        variants = "all" if row.variants == ALL else ", ".join(filter(row.variants.__contains__, VARIANTS))
        form = row.form.replace("|", "\\|")
        quirks = ", ".join(sorted(row.quirks))
        lines.append(f"| `{opcode}` | {row.name} | `{form}` | {row.meaning} | {variants} | {quirks} |")
    return "\n".join(lines) + "\n"
