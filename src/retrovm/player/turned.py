"""Pictures of a screen that stands on its side or on its head, as that of some programs for the CHIP-8."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from retrovm.core.screen import Screen


class Turned:
    """The picture of a screen, turned clockwise by so many quarters."""

    def __init__(self, screen: Screen, quarters: int) -> None:
        self._screen, self._quarters = screen, quarters

    @property
    def aspect(self) -> Fraction:
        """How much wider than high a pixel is."""
        return 1 / self._screen.aspect if self._quarters % 2 else self._screen.aspect

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = self._screen.size
        return (height, width) if self._quarters % 2 else (width, height)

    def tobytes(self) -> bytes:
        """The pixels as RGB, row by row."""
        return np.rot90(self._screen.ndarray, -self._quarters).tobytes()


def turned(screen: Screen, degrees: int) -> Screen | Turned:
    """The picture of the screen, turned clockwise by 0, 90, 180 or 270 degrees."""
    return Turned(screen, degrees // 90) if degrees else screen
