"""What the bytes of a program tell about the processor it was written for. Machines judge media by it.

`chip8_judgement` does the same for the CHIP-8 family.

Sources: mos-hardware (vectors).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrovm.media.model import Media
from retrovm.spec import Judgement

# What programs begin with after a reset. Loads are immediate or absolute.
MOS6502_BEGINNINGS = {
    0x78: "SEI", 0xD8: "CLD", 0x58: "CLI", 0x18: "CLC", 0xEA: "NOP", 0x4C: "JMP", 0x20: "JSR",
    0xA9: "LDA", 0xA2: "LDX", 0xA0: "LDY", 0xAD: "LDA", 0xAE: "LDX", 0xAC: "LDY",
}


# ORA, AND, EOR, ADC, STA, LDA, CMP, SBC, BIT, STY, LDY, STX, LDX, STZ, INC, DEC, TSB and TRB of an absolute address.
MOS6502_ABSOLUTE = frozenset(bytes.fromhex("0D2D4D6D8DADCDED2C8CAC8EAE9CEECE0C1C"))


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


def mos6502_uses(media: Media, places: Sequence[range]) -> int:
    """How often something that looks like an instruction reads or writes an address in these places."""
    image = mos6502_image(media)
    if image is None:
        return 0
    found = 0
    for data in image.memory.values():
        for at in range(len(data) - 2):
            if data[at] in MOS6502_ABSOLUTE and any(data[at + 1] | data[at + 2] << 8 in place for place in places):
                found += 1
    return found
