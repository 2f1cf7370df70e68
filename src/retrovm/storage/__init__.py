"""Disk images: files on the host that a machine's cards and drives read and write in sectors of 512 bytes.

    card.img               the guest writes to the file, each sector at once and whole
    card.img:overlay       what the guest writes stays in the machine and its saved states; the file never changes
    card.img:overlay=FILE  the same, and FILE keeps it, to be gone on with, committed to the image, or dropped
    card.img:readonly      the guest cannot write

A file that a machine writes to belongs to it alone: another one that opens it gets an error. Any number of machines may
have it with an overlay or read-only at a time. A copy of a machine gets an overlay of its own.

A machine has a disk by an option and a part of the same name:

    Option(name="disk", help="the SD card", default=None, parse=parse_disk, medium=True)
    ...
    card = machine.add(open_disk("disk", options["disk"]))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrovm.storage.choice import DiskChoice, parse_disk
    from retrovm.storage.delta import Delta, commit, drop, save_overlay
    from retrovm.storage.opening import missing, open_disk, open_image

__all__ = ["Delta", "DiskChoice", "commit", "drop", "missing", "open_disk", "open_image", "parse_disk", "save_overlay"]

_HOMES = {"DiskChoice": "choice", "parse_disk": "choice", "Delta": "delta", "commit": "delta", "drop": "delta",
          "save_overlay": "delta", "missing": "opening", "open_disk": "opening", "open_image": "opening"}


def __getattr__(name: str) -> Any:
    # A package that imports its own modules makes threads that import one of them first wait for each other.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
