"""Programs of the CHIP-8 family: the bytes from $0200 on, without a header, so only the name tells.

The end of the name may also tell the member of the family; see `traits.CHIP8_SUFFIXES`.
"""

from __future__ import annotations

from retrovm.errors import MediaError
from retrovm.media.model import Format, Media, Segment, suffix
from retrovm.media.traits import CHIP8_SUFFIXES
from retrovm.spec import Judgement

TITLE = "CHIP-8 program"


def sniff(data: bytes, name: str) -> Judgement | None:
    """Believes the end of the name."""
    if suffix(name) in CHIP8_SUFFIXES:
        return Judgement(0.8, f"its name ends in {suffix(name)}")
    return None


def parse(data: bytes, name: str) -> Media:
    """The medium: one segment without an address, for each machine knows where its programs start."""
    if not data:
        raise MediaError("the file is empty", file=name)
    return Media(name, data, FORMAT.id, (Segment(None, data),), title=TITLE)


FORMAT = Format(id="ch8", title=TITLE, suffixes=tuple(CHIP8_SUFFIXES), sniff=sniff, parse=parse)
