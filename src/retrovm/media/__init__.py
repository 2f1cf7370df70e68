"""From bytes to media: what a file is, and what is in it. No emulation here.

    >>> media = open_media(bytes.fromhex("00E0 1200"), name="still.ch8")
    >>> media.format, media.description
    ('ch8', 'CHIP-8 program, 4 bytes')

A format is one module with a `FORMAT` and an entry point in the group `retrovm.media`.
"""

from retrovm.media.model import MAX_SIZE, Format, Media, Member, Segment
from retrovm.media.opening import Source, open_media

__all__ = ["MAX_SIZE", "Format", "Media", "Member", "Segment", "Source", "open_media"]
