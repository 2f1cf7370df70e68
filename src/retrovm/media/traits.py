"""What the bytes of a program tell about the processor it was written for. Machines judge media by it.

Sources: chip8-research (instructions of each member of the family), cosmac-vip (memory map), mos-hardware
(vectors).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from retrovm.media.model import Media
from retrovm.spec import Judgement

CHIP8_START = 0x200
# From $0200 to the end of 4 KiB.
CHIP8_ROOM = 3584

# Which member of the family the end of a name promises. Most programs of all members are called .ch8.
CHIP8_SUFFIXES: Mapping[str, str] = {
    ".ch8": "CHIP-8",
    ".c8": "CHIP-8",
    ".ch10": "CHIP-10",
    ".hc8": "two-page CHIP-8",
    ".c8e": "CHIP-8E",
    ".c8x": "CHIP-8X",
    ".sc8": "SUPER-CHIP",
    ".xo8": "XO-CHIP",
    ".mc8": "MEGA-CHIP",
}

# Instructions as four hexadecimal digits; `isa` describes them, a test compares.
CHIP8 = re.compile(r"00E[0E]|[1-467A-D]...|[59]..0|8..[0-7E]|E.(9E|A1)|F.(0[7A]|1[58E]|29|33|[56]5)")
# Those that later members added.
LATER = {
    "XO-CHIP": re.compile(r"00D.|5..[23]|F00[02]|F.01|F.3A"),
    "SUPER-CHIP": re.compile(r"00C.|00F[B-F]|F.(30|75|85)"),
}


@dataclass(frozen=True)
class Chip8Code:
    """What is reached from the start of a CHIP-8 program.

    instructions  how many
    draws         it puts sprites on the display
    variant       the member of the family that it needs, as far as its instructions tell
    foreign       address and word of the first instruction that the COSMAC VIP lacks and `variant` has
    broken        address and word of the first that is no instruction of any
    """

    instructions: int
    draws: bool
    variant: str
    foreign: tuple[int, int] | None
    broken: tuple[int, int] | None


def chip8_code(program: bytes, start: int = CHIP8_START) -> Chip8Code:
    """Follows all branches of a program that lies at `start`, without running it.

    A branch ends where it leaves the program, at BNNN, whose target is not known before it runs, at 0000, and
    at a word that is no instruction. 0000 fills unused space; it is met behind a call that never returns.
    """
    waiting, reached, draws = [start], set[int](), False
    foreign: dict[str, list[tuple[int, int]]] = {name: [] for name in LATER}
    broken: list[tuple[int, int]] = []
    while waiting:
        at = waiting.pop()
        offset = at - start
        if at in reached or not 0 <= offset <= len(program) - 2:
            continue
        word = int.from_bytes(program[offset : offset + 2])
        if word == 0:
            continue
        reached.add(at)
        text = f"{word:04X}"
        if not CHIP8.fullmatch(text):
            variant = next((name for name, words in LATER.items() if words.fullmatch(text)), None)
            if variant is None:
                broken.append((at, word))
                continue
            foreign[variant].append((at, word))
        draws |= text[0] == "D"
        waiting += _chip8_next(text, at, word & 0xFFF)
    # XO-CHIP has SUPER-CHIP's instructions too, and is listed first.
    needed = next((name for name in LATER if foreign[name]), "CHIP-8")
    return Chip8Code(len(reached), draws, needed, min(foreign.get(needed, []), default=None),
                     min(broken, default=None))


def _chip8_next(text: str, at: int, target: int) -> list[int]:
    """Where execution may go after the instruction."""
    if text in ("00EE", "00FD") or text[0] == "B":
        return []
    if text[0] == "1":
        return [target]
    if text[0] == "2":
        return [at + 2, target]
    if text == "F000":  # XO-CHIP: the second word is an address
        return [at + 4]
    if text[0] in "349E" or (text[0] == "5" and text[3] == "0"):
        return [at + 2, at + 4]
    return [at + 2]


def chip8_likeness(media: Media) -> Judgement | None:
    """How surely this is a program for a CHIP-8 with 4 KiB and the instructions of the COSMAC VIP.

    0.95 by name and content, 0.6 by content alone, 0.5 and less if something speaks against it; None if
    nothing speaks for it.
    """
    named = media.format == "ch8"
    program = _chip8_program(media)
    if program is None:
        return None
    title = f"named {media.suffix}" if media.suffix in CHIP8_SUFFIXES else "opened as a CHIP-8 program"
    if len(program) > CHIP8_ROOM:
        reason = f"{title}, but it has {len(program):,} bytes, and {CHIP8_ROOM:,} fit from $0200 on"
        return Judgement(0.1, f"{reason}; it may be for XO-CHIP") if named else None
    if named and CHIP8_SUFFIXES.get(media.suffix, "CHIP-8") != "CHIP-8":
        return Judgement(0.15, f"{title}: it asks for {CHIP8_SUFFIXES[media.suffix]}")
    code = chip8_code(program)
    if code.foreign is not None:
        address, word = code.foreign
        reason = f"{title}, but {word:04X} at ${address:04X} is an instruction of {code.variant}"
        return Judgement(0.5, reason) if named else None
    if code.broken is not None:
        address, word = code.broken
        reason = f"{title}, but {word:04X} at ${address:04X} is no instruction"
        return Judgement(0.4, reason) if named else None
    reason = f"all {code.instructions} instructions reached from $0200 are CHIP-8's"
    if named:
        return Judgement(0.95, f"{title}, and {reason}")
    # Shorter ones turn up in any data.
    return Judgement(0.6, f"{reason}, and it draws") if code.draws and code.instructions >= 8 else None


def _chip8_program(media: Media) -> bytes | None:
    """The bytes from $0200 on, or None if some lie elsewhere or none lie there."""
    first = media.segments[0] if media.segments else None
    if first is None or first.address not in (None, CHIP8_START):
        return None
    if first.address is None:
        return first.data
    end = max(segment.end or 0 for segment in media.segments)
    return media.image(CHIP8_START, end - CHIP8_START, 0) if end <= CHIP8_START + CHIP8_ROOM else None


# What programs begin with after a reset. Loads are immediate or absolute.
MOS6502_BEGINNINGS = {
    0x78: "SEI", 0xD8: "CLD", 0x58: "CLI", 0x18: "CLC", 0xEA: "NOP", 0x4C: "JMP", 0x20: "JSR",
    0xA9: "LDA", 0xA2: "LDX", 0xA0: "LDY", 0xAD: "LDA", 0xAE: "LDX", 0xAC: "LDY",
}


@dataclass(frozen=True)
class Mos6502Image:
    """A 6502 memory image: the bytes by address, and its vectors where it has them."""

    memory: Mapping[int, bytes]
    nmi: int | None
    reset: int | None
    irq: int | None

    def byte(self, address: int) -> int | None:
        """What lies at the address, or None."""
        for start, data in self.memory.items():
            if start <= address < start + len(data):
                return data[address - start]
        return None


def mos6502_image(media: Media) -> Mos6502Image | None:
    """The medium as 6502 memory, or None if it does not lie in 64 KiB.

    A raw binary is taken to end with the vectors, at $FFFF, as the ROM of a 6502 computer does.
    """
    memory = {}
    for segment in media.segments:
        start = 0x10000 - len(segment.data) if segment.address is None else segment.address
        if start < 0 or start + len(segment.data) > 0x10000:
            return None
        memory[start] = segment.data
    image = Mos6502Image(memory, None, None, None)

    def vector(address: int) -> int | None:
        low, high = image.byte(address), image.byte(address + 1)
        return None if low is None or high is None else low | high << 8

    return Mos6502Image(memory, vector(0xFFFA), vector(0xFFFC), vector(0xFFFE))


def mos6502_likeness(media: Media) -> Judgement | None:
    """How surely this is a program for a 6502 with a plain memory map.

    Up to 0.8 for an image whose reset vector points into it at a usual first instruction; 0.5 for a HEX or
    S-record file that says where it starts; 0.15 where that is missing or unusual; otherwise None.
    """
    image = mos6502_image(media)
    if image is None or not image.memory:
        return None
    raw = media.segments[0].address is None
    # A reset vector into the vectors themselves is data that looks like one.
    if image.reset is not None and image.reset < 0xFFFA and (first := image.byte(image.reset)) is not None:
        return _by_reset_vector(media, image.reset, first)
    if raw:
        return None
    if media.entry is not None and image.byte(media.entry) is not None:
        return Judgement(0.5, f"starts at ${media.entry:04X}, which it holds, and lies in 64 KiB")
    return Judgement(0.15, "lies in 64 KiB, but says neither by vector nor by start address where it begins")


def _by_reset_vector(media: Media, reset: int, first: int) -> Judgement:
    where = f"ends with 6502 vectors: reset ${reset:04X} lies inside the image"
    if first not in MOS6502_BEGINNINGS:
        return Judgement(0.15, f"{where}, though few programs begin with ${first:02X}")
    begins = f"{where} and begins with {MOS6502_BEGINNINGS[first]}"
    # ROM chips have sizes of powers of two; a file of another size is less likely to be one.
    if media.size & (media.size - 1):
        return Judgement(0.6, begins)
    return Judgement(0.8, f"{begins}; {media.size:,} bytes are the size of a ROM")
