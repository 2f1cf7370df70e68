"""From bytes to media: what a file is, and what is in it. No emulation here.

    >>> from retrovm.media import open_media
    >>> media = open_media(bytes.fromhex("00E0 1200"), name="still.ch8")
    >>> media.format, media.description
    ('ch8', 'CHIP-8 program, 4 bytes')

A format is one module with a `FORMAT` and an entry point in the group `retrovm.media`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrovm.media.model import MAX_SIZE, Format, Media, Member, Segment
    from retrovm.media.opening import Source, open_media

__all__ = ["MAX_SIZE", "Format", "Media", "Member", "Segment", "Source", "open_media"]

_HOMES = {"MAX_SIZE": "model", "Format": "model", "Media": "model", "Member": "model", "Segment": "model",
          "Source": "opening", "open_media": "opening"}


def __getattr__(name: str) -> Any:
    # A package that imports its own modules makes threads that import one of them first wait for each other.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
