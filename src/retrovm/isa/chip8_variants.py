"""The members of the CHIP-8 family as data: in what each differs from the COSMAC VIP's CHIP-8.

`VARIANTS` is the only place that says so. The generator (`chip8_core`) writes it into the execution core, as
`retrovm.cpu.chip8.PROFILES`; which instructions a member has is in the rows of `chip8`.

    >>> VARIANTS["schip1.1"].shift, VARIANTS["schip1.1"].stack
    (True, 16)

Sources: chip8-research (quirk matrix, presets), chip8-database (platforms), cosmac-vip, legacy-superchip, xochip-spec,
megachip8-notes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from . import chip8

FLAGS: dict[str, str] = {
    "shift": "8XY6 and 8XYE shift VX itself, not VY",
    "load_store": "FX55 and FX65 leave I, not add X + 1",
    "load_store_x": "FX55 and FX65 add X to I, not X + 1; load_store goes first",
    "vf_order": "8XYn write VF before the result, not after it",
    "clip": "sprites are cut at the edges, not wrapped",
    "jump": "BXNN jumps to XNN + VX, not to NNN + V0",
    "logic": "8XY1, 8XY2 and 8XY3 clear VF",
    "vblank": "DXYN ends the instructions of the frame",
}
"""What can be chosen for any member, with the meaning of yes."""

FEATURES = (*FLAGS, "wide", "long", "big_in_small", "mega")
"""What decides which operation an opcode is: `chip8_core.ALTERNATIVES` says how."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One member of the family.

    title        its name, for people
    FLAGS        see there
    wide         sprites are drawn by the general routine: a row has 128 pixels, or a pixel more than one bit
    long         instructions of four bytes: skips skip all of one. With them EX9E and EXA1 take a number above 15 for
                 a key that is up, elsewhere its low digit counts
    big_in_small FX29 points at the large digits for 10 to 19
    mega         0011 switches to a display of 256 x 192 pixels with 255 colours, 0010 back; I has 24 bits, and 01NN, of
                 four bytes, loads it
    modes        00FE and 00FF switch between 64 x 32 and width x height pixels
    half_pixels  the display stays at 128 x 64 in both modes, where a pixel of 64 x 32 is four: 00FE and 00FF do not
                 clear, scrolling moves by half pixels, and vblank holds for 64 x 32 alone
    tall         columns of a sprite of 16 rows, DXY0, in the mode of 64 x 32, or without modes; 0 draws nothing. At
                 128 x 64 pixels they are 16
    count_rows   at 128 x 64 pixels VF counts the rows that collide and those below the edge
    planes       bits of a pixel
    blocks       three of the planes are the colours of blocks of pixels, not drawn on
    width, height  pixels of the display, at most; without that of `mega`
    stack        return addresses that have room
    halt_behind  PC of a program that halts is behind the instruction that did it, elsewhere at it
    flags        registers that FX75 saves
    memory       bytes
    start        where programs lie and start
    tickrate     instructions a frame, where nobody says how many
    frame_rate   frames a second
    font         the digits
    """

    title: str
    shift: bool = False
    load_store: bool = False
    load_store_x: bool = False
    vf_order: bool = False
    clip: bool = True
    jump: bool = False
    logic: bool = False
    vblank: bool = False
    wide: bool = False
    long: bool = False
    big_in_small: bool = False
    mega: bool = False
    modes: bool = False
    half_pixels: bool = False
    tall: int = 0
    count_rows: bool = False
    planes: int = 1
    blocks: bool = False
    halt_behind: bool = False
    width: int = 64
    height: int = 32
    stack: int = 16
    flags: int = 0
    memory: int = 4096
    start: int = 0x200
    tickrate: int = 15
    frame_rate: int = 60
    font: str = "vip"


def _vip(title: str, **different: object) -> Variant:
    return Variant(**{"title": title, "logic": True, "vblank": True, "stack": 12} | different)  # type: ignore[arg-type]


def _hp48(title: str, **different: object) -> Variant:
    common = {"title": title, "shift": True, "jump": True, "vblank": True, "tickrate": 30, "frame_rate": 64, "font": "schip"}
    return Variant(**common | different)  # type: ignore[arg-type]


def _superchip(title: str, **different: object) -> Variant:
    common = {"title": title, "wide": True, "modes": True, "width": 128, "height": 64, "tall": 16, "tickrate": 30}
    return Variant(**common | different)  # type: ignore[arg-type]


_CALCULATOR = {"wide": True, "modes": True, "half_pixels": True, "width": 128, "height": 64, "tall": 8, "flags": 8}
_XO = {"clip": False, "long": True, "planes": 2, "flags": 16, "memory": 65536, "font": "octo"}

VARIANTS: dict[str, Variant] = {
    chip8.CHIP8: _vip("CHIP-8"),
    chip8.CHIP10: _vip("CHIP-10", wide=True, width=128, height=64),
    chip8.CHIP8E: _vip("CHIP-8E"),
    chip8.CHIP8X: _vip("CHIP-8X", planes=4, blocks=True, start=0x300, tickrate=18),
    chip8.CHIP8_64X64: _vip("CHIP-8 with two pages of display", height=64, start=0x260),
    chip8.CHIP8_64X128: _vip("CHIP-8 with four pages of display", height=128, start=0x244),
    chip8.DREAM6800: _vip("CHIP-8 of the DREAM 6800", logic=False, vf_order=True, clip=False, tickrate=21,
                          frame_rate=50, font="dream6800"),
    chip8.CHIP48: _hp48("CHIP-48", load_store_x=True),
    chip8.SCHIP10: _hp48("SUPER-CHIP 1.0", load_store_x=True, big_in_small=True, **_CALCULATOR),
    chip8.SCHIP11: _hp48("SUPER-CHIP 1.1", load_store=True, count_rows=True, **_CALCULATOR),
    chip8.SCHPC: _superchip("SUPER-CHIP of SCHPC", flags=8, font="schip"),
    chip8.SCHIP_MODERN: _superchip("SUPER-CHIP as of today", shift=True, load_store=True, jump=True, flags=16,
                                   font="octo"),
    chip8.MEGACHIP8: _superchip("MegaChip8", shift=True, load_store=True, mega=True, tall=8, flags=8, memory=1 << 24,
                                tickrate=3000, frame_rate=50, font="schip"),
    chip8.XOCHIP: _superchip("XO-CHIP", **_XO | {"tickrate": 100}),
    chip8.OCTO: _superchip("Octo", **_XO | {"tickrate": 20, "stack": 12, "halt_behind": True}),
}


def profiles() -> dict[str, dict[str, object]]:
    """Every variant as a dictionary of plain values."""
    return {name: asdict(variant) for name, variant in VARIANTS.items()}
