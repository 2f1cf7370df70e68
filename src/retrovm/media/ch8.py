"""Programs of the CHIP-8 family: the bytes from $0200 on, without a header, so only the name tells.

The end of the name may also tell the member of the family; see `SUFFIXES`. There is no standard for them;
these are Cadmium's.

Sources: chip8-research.
"""

from __future__ import annotations

from collections.abc import Mapping

from retrovm.errors import MediaError
from retrovm.media.model import Format, Media, Segment, suffix
from retrovm.spec import Judgement

TITLE = "CHIP-8 program"

# Which member of the family the end of a name promises, as a platform. Most programs of all members are called .ch8.
SUFFIXES: Mapping[str, str | None] = {
    ".ch8": None, ".c8": None,
    ".c8vip": "originalChip8", ".hc8": "hybridVIP", ".ch10": "chip10", ".c10": "chip10", ".c8e": "chip8e",
    ".c8x": "chip8x", ".c8tpd": "chip8-64x64", ".c8h": "chip8-64x64", ".c8fpd": "chip8-64x128",
    ".ch48": "chip48", ".c48": "chip48", ".sc10": "superchip1", ".sc8": "superchip", ".sc11": "superchip",
    ".scc": "schpc", ".scm": "schip-modern", ".xo8": "xochip", ".mc8": "megachip8",
}


def sniff(data: bytes, name: str) -> Judgement | None:
    """Believes the end of the name."""
    if suffix(name) in SUFFIXES:
        return Judgement(0.8, f"its name ends in {suffix(name)}")
    return None


def parse(data: bytes, name: str) -> Media:
    """The medium: one segment without an address, for each machine knows where its programs start."""
    if not data:
        raise MediaError("the file is empty", file=name)
    return Media(name, data, FORMAT.id, (Segment(None, data),), title=TITLE)


FORMAT = Format(id="ch8", title=TITLE, suffixes=tuple(SUFFIXES), sniff=sniff, parse=parse)
