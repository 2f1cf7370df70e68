"""Raw binaries: the bytes of a ROM or a memory, nothing else. Any file is one, so this is the last resort."""

from __future__ import annotations

from collections.abc import Sequence

from retrovm.errors import MediaError
from retrovm.media.model import Format, Media, Segment, suffix
from retrovm.spec import Judgement

SUFFIXES = (".bin", ".rom", ".raw", ".img")
TITLE = "raw binary"


def sniff(data: bytes, name: str) -> Judgement | None:
    """Believes the end of the name; of anything else it is barely sure."""
    if suffix(name) in SUFFIXES:
        return Judgement(0.5, f"its name ends in {suffix(name)}")
    return Judgement(0.1, "no other format fits: taken as plain bytes")


def parse(data: bytes, name: str) -> Media:
    """The medium: one segment without an address."""
    if not data:
        raise MediaError("the file is empty", file=name)
    return Media(name, data, FORMAT.id, (Segment(None, data),), title=TITLE)


def write(segments: Sequence[Segment]) -> bytes:
    """The bytes from the first segment on, with 0 between them. Where they belong is lost."""
    image = bytearray()
    first = segments[0].address or 0 if segments else 0
    for segment in segments:
        image += bytes((segment.address or 0) - first - len(image)) + segment.data
    return bytes(image)


FORMAT = Format(id="binary", title=TITLE, suffixes=SUFFIXES, sniff=sniff, parse=parse, write=write)
