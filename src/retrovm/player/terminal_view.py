"""A terminal in the window: what a guest sends over its serial line, as a picture.

    view = TerminalView()
    view.feed(b"\\x1b[1mHELLO\\x1b[m WORLD\\r\\n")
    view.tobytes()

It has 80 columns and 24 lines, or 132 columns where the guest asks for them, and understands what pyte does of a VT102 and
its followers: the cursor, erasing, inserting, scrolling regions, tabs, line drawing, and colours, 16, 256 or any. What it does
not know it leaves out. Bold is bright; blinking and italics are as ever. What comes is UTF-8, of which ASCII is a part.

The view is a `Picture` for the window. Only lines that have changed are drawn again. `retrovm.player.terminal_line` connects
it with a machine.
"""

from __future__ import annotations

import codecs
import re
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyte
from pyte import graphics, modes
from pyte.screens import Char

from retrovm.core import png
from retrovm.player.font import HEIGHT, WIDTH, glyphs, indices

COLUMNS, LINES = 80, 24
UNDERLINE, STRIKE = 14, 7                         # lines of a glyph
DECCKM = 1 << 5                                   # cursor key mode, as pyte counts private modes
# Sequences of xterm's, such as CSI > 4 ; 2 m, of which pyte would do those that VT100s have without the sign.
OF_OTHERS = re.compile("\x1b\\[[<=>][0-9;]*[@-~]")

# The colours that have names, by pyte's names for them.
NAMED = {name: code % 10 + bright for table, bright in (
    (graphics.FG_ANSI, 0), (graphics.BG_ANSI, 0), (graphics.FG_AIXTERM, 8), (graphics.BG_AIXTERM, 8))
    for code, name in table.items() if name != "default"}
INK, PAPER, BRIGHT = 7, 0, 8


class _Screen(pyte.Screen):
    """pyte's model of the screen, which keeps what the terminal answers to the guest."""

    def __init__(self, columns: int, lines: int) -> None:
        self.replies = bytearray()
        super().__init__(columns, lines)

    def write_process_input(self, data: str) -> None:
        self.replies += data.encode("ascii")

    def select_graphic_rendition(self, *attrs: int, private: bool = False) -> None:
        if not private:                           # xterm's questions about keys, which pyte takes for colours
            super().select_graphic_rendition(*attrs)


class TerminalView:
    """The screen of a terminal, as text and as a picture of 8 x 16 pixels a character."""

    aspect = Fraction(1)
    rotation = 0

    def __init__(self) -> None:
        self._screen = _Screen(COLUMNS, LINES)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._stream = self._new_stream()
        self._pixels = np.zeros((0, 0, 3), np.uint8)
        self._shown: list[_Row | None] = []
        self._cursor: tuple[int, int] | None = None

    def _new_stream(self) -> pyte.Stream:
        stream = pyte.Stream(self._screen, strict=False)
        stream.use_utf8 = False                   # or it would ignore the character sets, and with them line drawing
        return stream

    # --- what the guest says --------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Shows what the guest has sent, whatever that is."""
        for piece in re.split("(?=\x1b)", OF_OTHERS.sub("", self._decode(data))):
            try:
                self._stream.feed(piece)
            except (TypeError, ValueError, LookupError, NameError):
                # A sequence with parameters that pyte does not expect has ended its parser; the rest of the piece is lost.
                self._stream = self._new_stream()

    def take_replies(self) -> bytes:
        """What the terminal has answered since the last call: where its cursor is, and what it is."""
        replies = bytes(self._screen.replies)
        self._screen.replies.clear()
        return replies

    @property
    def application_keys(self) -> bool:
        """Whether the guest wants the codes for applications from the cursor keys (DECCKM)."""
        return DECCKM in self._screen.mode

    @property
    def new_line(self) -> bool:
        """Whether the guest wants a line feed behind the carriage return of the key for it (LNM)."""
        return modes.LNM in self._screen.mode

    # --- what is seen ---------------------------------------------------------------------------------------

    @property
    def text(self) -> list[str]:
        """The lines as text, each as wide as the screen."""
        return ["".join(cell.data[:1] or " " for cell in self._cells(line)) for line in range(self._screen.lines)]

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Column and line of the cursor, from 0; None while the guest hides it."""
        cursor = self._screen.cursor
        return None if cursor.hidden else (min(cursor.x, self._screen.columns - 1), cursor.y)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""
        return self._screen.columns * WIDTH, self._screen.lines * HEIGHT

    @property
    def ndarray(self) -> npt.NDArray[np.uint8]:
        """The picture as RGB: shape (height, width, 3), read-only, as it is now."""
        self._draw()
        found = self._pixels.view()
        found.flags.writeable = False
        return found

    def tobytes(self) -> bytes:
        """The picture as `ndarray` has it, as bytes: red, green, blue, row by row."""
        return self.ndarray.tobytes()

    def png(self, scale: int = 1) -> bytes:
        """The picture as the bytes of a PNG file; `scale` is how many pixels a pixel becomes each way."""
        return png.encode(*self.size, self.tobytes(), None, scale)

    def _cells(self, line: int) -> list[Char]:
        row = self._screen.buffer[line]
        return [row[column] for column in range(self._screen.columns)]

    def _draw(self) -> None:
        """Draws the lines that have changed, and those of the cursor."""
        width, height = self.size
        if self._pixels.shape != (height, width, 3):
            self._pixels = np.zeros((height, width, 3), np.uint8)
            self._shown = [None] * self._screen.lines
            self._screen.dirty.update(range(self._screen.lines))
        cursor = self.cursor
        if cursor != self._cursor:
            self._screen.dirty.update(place[1] for place in (cursor, self._cursor) if place is not None)
            self._cursor = cursor
        dirty = [line for line in self._screen.dirty if line < self._screen.lines]
        self._screen.dirty.clear()
        if not dirty:
            return
        # A line that scrolls has been drawn already: a screen costs 3 ms then, and 10 ms with 24 new lines.
        known = {row.key: row for row in self._shown if row is not None}
        for line in dirty:
            column = cursor[0] if cursor is not None and cursor[1] == line else None
            key = (tuple(self._cells(line)), column)
            row = known.get(key) or _Row(key, _picture(*key))
            self._shown[line] = row
            self._pixels[line * HEIGHT:(line + 1) * HEIGHT] = row.pixels


Key = tuple[tuple[Char, ...], int | None]
"""What a line looks like: its cells, and the column of the cursor where that is in it."""


class _Row(NamedTuple):
    key: Key
    pixels: npt.NDArray[np.uint8]


def _picture(cells: tuple[Char, ...], cursor: int | None) -> npt.NDArray[np.uint8]:
    """The pixels of a line, of shape (HEIGHT, width, 3)."""
    mask = glyphs()[indices("".join(cell.data[:1] or " " for cell in cells))]
    lined = [at for at, cell in enumerate(cells) if cell.underscore or cell.strikethrough]
    if lined:
        mask = mask.copy()
        for at in lined:
            mask[at, UNDERLINE] |= cells[at].underscore
            mask[at, STRIKE] |= cells[at].strikethrough
    colours = []
    for at, cell in enumerate(cells):
        ink, paper = _colour(cell.fg, INK, cell.bold), _colour(cell.bg, PAPER, False)
        colours.append((paper, ink) if cell.reverse != (at == cursor) else (ink, paper))
    ink, paper = np.array(colours, "<u4").T[:, :, None, None]
    drawn = np.where(mask, ink, paper).swapaxes(0, 1).reshape(HEIGHT, len(cells) * WIDTH, 1)
    pixels: npt.NDArray[np.uint8] = drawn.view(np.uint8)[:, :, :3]
    return pixels


@cache
def _colour(name: str, default: int, bold: bool) -> int:
    """A colour of pyte's, a name or six hexadecimal digits, with red in its lowest byte. Bold makes those with names bright."""
    number = default if name == "default" else NAMED.get(name)
    if number is not None:
        name = graphics.FG_BG_256[number + BRIGHT if bold and number < BRIGHT else number]
    return int.from_bytes(bytes.fromhex(name), "little")
