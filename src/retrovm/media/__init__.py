"""From bytes to media: what a file is, and what is in it. No emulation here.

    >>> from retrovm.media import open_media
    >>> media = open_media(bytes.fromhex("00E0 1200"), name="still.ch8")
    >>> media.format, media.description
    ('ch8', 'CHIP-8 program, 4 bytes')

A format is one module with a `FORMAT` and an entry point in the group `retrovm.media`.
"""

from typing import TYPE_CHECKING

from retrovm.lazy import names

if TYPE_CHECKING:
    from retrovm.media.model import MAX_SIZE, Format, Media, Member, Segment
    from retrovm.media.opening import Source, open_media

__all__ = ["MAX_SIZE", "Format", "Media", "Member", "Segment", "Source", "open_media"]

__getattr__, __dir__ = names(__name__, model=("MAX_SIZE", "Format", "Media", "Member", "Segment"),
                             opening=("Source", "open_media"))
