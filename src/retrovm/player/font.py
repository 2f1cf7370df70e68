"""The font of the player: glyphs of 8 x 16 pixels, drawn for it.

It has ASCII, Latin-1, the box drawing and block elements of Unicode, the special graphics of the VT100, and some arrows and
signs. They stand in font.txt, where they can be looked at and changed: twelve side by side, each under its code point, with
"#" for a pixel that is set. The baseline is the bottom of line 11, from 0; lines of text stand one below the other
without a gap.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 8, 16
UNKNOWN = "\N{REPLACEMENT CHARACTER}"        # a box, for every character that the font does not have
FILE = "font.txt"


def text_mask(text: str) -> npt.NDArray[np.uint8]:
    """The pixels of a line of text, 1 where one is set: shape (HEIGHT, WIDTH * len(text))."""
    return glyphs()[indices(text)].swapaxes(0, 1).reshape(HEIGHT, WIDTH * len(text))


def glyphs() -> npt.NDArray[np.uint8]:
    """All glyphs, read-only, 1 where a pixel is set: shape (count, HEIGHT, WIDTH). Glyph 0 is the box."""
    return _font()[0]


def indices(text: str) -> npt.NDArray[np.uint16]:
    """Which of `glyphs` each character is: shape (len(text),)."""
    table = _font()[1]
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    found: npt.NDArray[np.uint16] = table[np.minimum(codes, len(table) - 1)]
    return found


@cache
def _font() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16]]:
    """The glyphs, and the number of the glyph of each code point; the last entry stands for all that follow."""
    codes: list[int] = []
    bands = []
    for band in files(__package__).joinpath(FILE).read_text(encoding="utf-8").rstrip("\n").split("\n\n"):
        head, *rows = band.split("\n")
        step = WIDTH + 1                         # a column is empty between glyphs
        codes += [int(head[at + len("U+"):at + len("U+0000")], 16) for at in range(0, len(rows[0]), step)]
        pixels = np.frombuffer("".join(f"{row} " for row in rows).encode("ascii"), np.uint8) == ord("#")
        bands.append(pixels.reshape(HEIGHT, -1, step)[:, :, :WIDTH].swapaxes(0, 1))
    drawn = np.concatenate(bands).astype(np.uint8)
    box = codes.index(ord(UNKNOWN))
    table = np.zeros(max(codes) + 2, np.uint16)
    table[codes] = np.arange(1, len(codes) + 1)
    found = np.concatenate([drawn[box:box + 1], drawn])
    for array in (found, table):
        array.flags.writeable = False
    return found, table
