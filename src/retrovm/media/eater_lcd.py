"""How a program for the 6502 breadboard computer has the LCD wired: it can drive no line that it never makes an output.

    8-bit   the control lines of the LCD are PA7, PA6 and PA5
    4-bit   they are PB6, PB5 and PB4, with the data below them

A program says what is an output by storing bytes in the direction registers of the VIA.

Sources: eater-6502, eater-msbasic.
"""

from __future__ import annotations

from collections.abc import Iterator

from retrovm.media.model import Media
from retrovm.media.traits import mos6502_image

DDRB, DDRA = 0x6002, 0x6003
# What sets bits there: STA, STX, STY and TSB, each with the instruction that loads a byte for it; and what cannot be followed.
STORES = {0x8D: 0xA9, 0x8E: 0xA2, 0x8C: 0xA0, 0x0C: 0xA9}
OTHERS = frozenset(bytes.fromhex("EE CE 0E 4E 2E 6E"))      # INC, DEC, ASL, LSR, ROL, ROR
CONTROL_ON_A, CONTROL_ON_B = 0xE0, 0x70


def is_wired_for_4_bits(media: Media) -> bool:
    """Whether it drives an LCD as the 4-bit wiring has it, and cannot drive one wired for 8 bits."""
    of_a, of_b = list(stored(media, DDRA)), list(stored(media, DDRB))
    return (None not in of_a and not any(has(value, CONTROL_ON_A) for value in of_a)
            and any(has(value, CONTROL_ON_B) for value in of_b))


def has(value: int | None, lines: int) -> bool:
    """Whether all these lines are outputs."""
    return value is not None and value & lines == lines


def stored(media: Media, register: int) -> Iterator[int | None]:
    """What instructions set in this register, a byte each; None for one that does not have it from the instruction before."""
    image = mos6502_image(media)
    for data in image.memory.values() if image is not None else ():
        for at in range(len(data) - 2):
            opcode = data[at]
            if opcode in STORES.keys() | OTHERS and int.from_bytes(data[at + 1:at + 3], "little") == register:
                loaded = at >= 2 and opcode in STORES and data[at - 2] == STORES[opcode]
                yield data[at - 1] if loaded else None
