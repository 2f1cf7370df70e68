"""What a user says about a disk: which file, and what becomes of what the guest writes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from retrovm.core.blocks import Image
from retrovm.spec import nearest

MODES = ("overlay", "readonly")
_ENDING = re.compile(r"(?P<path>.+):(?P<mode>[A-Za-z-]+)(?:=(?P<changes>.*))?", re.DOTALL)


@dataclass(frozen=True)
class DiskChoice:
    """A disk image and how to open it. `str` gives the text that `parse_disk` takes.

    path     the file
    mode     "write": the guest writes to it; "overlay" or "readonly"
    changes  the file that keeps an overlay, or None
    source   an open disk, of which this is to be a copy; or None
    """

    path: Path
    mode: str = "write"
    changes: Path | None = None
    source: Image | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        if self.mode == "write":
            return str(self.path)
        return f"{self.path}:{self.mode}" + (f"={self.changes}" if self.changes is not None else "")

    def of_copy(self) -> DiskChoice:
        """The same for a copy of the machine, which writes to no file."""
        return replace(self, mode=self.mode if self.mode == "readonly" else "overlay", changes=None, source=None)


def parse_disk(value: Any) -> DiskChoice:
    """Parses "card.img", "card.img:overlay", "card.img:overlay=FILE" and "card.img:readonly".

    Takes a path, a `DiskChoice`, and an open `Image` of another machine, of which this one gets a copy. A file whose own
    name ends like a mode is meant as a file. Raises `ValueError`.
    """
    if isinstance(value, DiskChoice):
        return value
    if isinstance(value, Image):
        return DiskChoice(Path(value.path), "overlay" if value.writable else "readonly", source=value)
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise ValueError("expected a file, like card.img, card.img:overlay or card.img:readonly")
    ending = _ENDING.fullmatch(value) if isinstance(value, str) else None
    if ending is None or os.path.exists(value):
        return DiskChoice(Path(value))
    mode, changes = ending["mode"], ending["changes"]
    if mode == "overlay" and changes != "":
        return DiskChoice(Path(ending["path"]), mode, None if changes is None else Path(changes))
    if mode == "readonly" and changes is None:
        return DiskChoice(Path(ending["path"]), mode)
    if mode in MODES:
        raise ValueError(f"expected {ending['path']}:overlay, {ending['path']}:overlay=FILE or {ending['path']}:readonly")
    raise ValueError(f"behind the file, expected one of {', '.join(MODES)}, not {mode!r}"
                     f"{nearest(mode, dict.fromkeys(MODES))}")
