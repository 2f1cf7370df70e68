"""A sheet of letters that panels are made of: text in columns and rows, and small pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from retrovm.player.font import HEIGHT, WIDTH, text_mask
from retrovm.player.video import Panel

SHEET, TEXT, FAINT, BRIGHT, BAR = 0x12161C, 0xD8DCE2, 0x8A94A0, 0xFFD479, 0x2B4A6B
"""Colours: of the sheet, of what can be read, of what matters less, of what is meant, and behind that."""

OPACITY = 0xE8


class Canvas:
    """So many columns and rows of letters."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._pixels = np.empty((rows * HEIGHT, columns * WIDTH, 4), np.uint8)
        self._pixels[:] = (*_rgb(SHEET), OPACITY)

    def text(self, column: int, row: int, text: str, colour: int = TEXT) -> None:
        """Writes from a place on; what does not fit is left out."""
        fitting = text[:max(0, self.columns - column)]
        if fitting and 0 <= row < self.rows:
            place = self._pixels[row * HEIGHT:(row + 1) * HEIGHT, column * WIDTH:(column + len(fitting)) * WIDTH]
            place[text_mask(fitting) != 0] = (*_rgb(colour), 0xFF)

    def bar(self, row: int, colour: int = BAR) -> None:
        """Marks a row: before its text is written."""
        if 0 <= row < self.rows:
            self._pixels[row * HEIGHT:(row + 1) * HEIGHT] = (*_rgb(colour), 0xFF)

    def picture(self, column: int, row: int, pixels: npt.NDArray[np.uint8], columns: int, rows: int) -> None:
        """Puts a picture (height, width, 3) into so many cells, as large as its shape allows, by its nearest pixels."""
        room = columns * WIDTH, rows * HEIGHT
        height, width = pixels.shape[:2]
        scale = min(room[0] / width, room[1] / height)
        shown = max(1, int(width * scale)), max(1, int(height * scale))
        x = column * WIDTH + (room[0] - shown[0]) // 2
        y = row * HEIGHT + (room[1] - shown[1]) // 2
        across, down = (np.arange(shown[0]) / scale).astype(int), (np.arange(shown[1]) / scale).astype(int)
        enlarged = pixels[down.clip(max=height - 1)][:, across.clip(max=width - 1)]
        place = self._pixels[y:y + shown[1], x:x + shown[0]]
        place[..., :3] = enlarged[:place.shape[0], :place.shape[1]]
        place[..., 3] = 0xFF

    def panel(self, x: float = 0.5, y: float = 0.5) -> Panel:
        """What is on the canvas, for a place in the window."""
        return Panel(self._pixels, x, y)


def lines_panel(lines: list[str], x: float = 0.5, y: float = 0.5) -> Panel:
    """Lines of text on a sheet that is as large as they need."""
    canvas = Canvas(max(len(line) for line in lines) + 2, len(lines))
    for row, line in enumerate(lines):
        canvas.text(1, row, line)
    return canvas.panel(x, y)


def _rgb(colour: int) -> tuple[int, int, int]:
    return colour >> 16, colour >> 8 & 0xFF, colour & 0xFF
