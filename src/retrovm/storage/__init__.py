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

from typing import TYPE_CHECKING

from retrovm.lazy import names

if TYPE_CHECKING:
    from retrovm.storage.choice import DiskChoice, parse_disk
    from retrovm.storage.delta import Delta, commit, drop, save_overlay
    from retrovm.storage.opening import missing, open_disk, open_image

__all__ = ["Delta", "DiskChoice", "commit", "drop", "missing", "open_disk", "open_image", "parse_disk", "save_overlay"]

__getattr__, __dir__ = names(__name__, choice=("DiskChoice", "parse_disk"),
                             delta=("Delta", "commit", "drop", "save_overlay"),
                             opening=("missing", "open_disk", "open_image"))
