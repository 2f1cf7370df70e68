"""Other colours for a machine's picture: by name, or from a file of colours.

Files are text with a colour RRGGBB on each line (.hex), palettes of GIMP (.gpl), and .pal: text of JASC's Paint Shop Pro, or
bytes red, green, blue, as they are usual for the NES. Sources: docs/references.md: gpl, jasc-pal, octo-palettes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from retrovm.errors import ArgumentError
from retrovm.spec import nearest

if TYPE_CHECKING:
    from retrovm.core.screen import Screen

MACHINE = "machine"
"""The name of the machine's own colours."""

Colours = npt.NDArray[np.uint8]
"""Red, green and blue of each colour: shape (n, 3)."""


@cache
def named() -> dict[str, str]:
    """The palettes that come with the player: {name: colours}."""
    return tomllib.loads((files("retrovm.player") / "palettes.toml").read_text("utf-8"))


def find(name: str) -> Colours | None:
    """The colours of a palette or of a file; None for the machine's own. Raises `ArgumentError`, and says what there is."""
    if name == MACHINE:
        return None
    if name in named():
        return _of_words(name, named()[name].split())
    path = Path(name).expanduser()
    parse = PARSERS.get(path.suffix.lower())
    if parse is None:
        raise ArgumentError(f"there is no palette {name!r}{nearest(name, {MACHINE: '', **named()})}; or name a file: "
                            f"{', '.join(PARSERS)}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArgumentError(f"the palette {path} cannot be read: {error.strerror}") from None
    colours = parse(name, content)
    if not 2 <= len(colours) <= 256:
        raise ArgumentError(f"{path}: a palette has 2 to 256 colours, not {len(colours)}")
    return colours


def _of_words(name: str, words: list[str]) -> Colours:
    """Colours that are written RRGGBB, with or without a #."""
    for number, word in enumerate(words, 1):
        if re.fullmatch(r"#?[0-9A-Fa-f]{6}", word) is None:
            raise ArgumentError(f"{name}: colour {number}: expected RRGGBB, found {word[:20]!r}")
    return np.array([list(bytes.fromhex(word.lstrip("#"))) for word in words], np.uint8).reshape(-1, 3)


def _lines(name: str, content: bytes, first: int) -> Colours:
    """Colours in decimal, one on a line, from line `first` on; names and comments may follow."""
    found = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if number < first or not line.strip() or line.startswith(("#", "Name:", "Columns:")):
            continue
        values = re.match(r"\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})(\s|$)", line)
        if values is None or max(map(int, values.groups()[:3])) > 255:
            raise ArgumentError(f"{name}:{number}: expected red, green and blue from 0 to 255, found {line[:40]!r}")
        found.append([int(value) for value in values.groups()[:3]])
    return np.array(found, np.uint8).reshape(-1, 3)


def _hex(name: str, content: bytes) -> Colours:
    return _of_words(name, content.decode("utf-8", "replace").split())


def _gpl(name: str, content: bytes) -> Colours:
    if not content.startswith(b"GIMP Palette"):
        raise ArgumentError(f"{name}:1: expected 'GIMP Palette'")
    return _lines(name, content, 2)


def _pal(name: str, content: bytes) -> Colours:
    if content.startswith(b"JASC-PAL"):
        return _lines(name, content, 4)
    if not content or len(content) % 3:
        raise ArgumentError(f"{name}: expected JASC-PAL, or three bytes for each colour, found {len(content)} bytes")
    return np.frombuffer(content, np.uint8).reshape(-1, 3)


PARSERS: dict[str, Callable[[str, bytes], Colours]] = {".hex": _hex, ".gpl": _gpl, ".pal": _pal}
"""What reads a file, by its ending."""


class Recoloured:
    """The picture of a machine in other colours; those that the palette lacks, and direct colours, are the machine's."""

    def __init__(self, screen: Screen, colours: Colours | None) -> None:
        self._screen = screen
        self._colours = colours

    @property
    def aspect(self) -> Fraction:
        return self._screen.aspect

    @property
    def rotation(self) -> int:
        return self._screen.rotation

    @property
    def size(self) -> tuple[int, int]:
        return self._screen.size

    def tobytes(self) -> bytes:
        """The picture as bytes: red, green, blue, row by row."""
        if self._colours is None or self._screen.is_direct:
            return self._screen.tobytes()
        table = np.array(self._screen.palette)
        count = min(len(table), len(self._colours))
        table[:count] = self._colours[:count]
        return table[self._screen.indices].tobytes()
