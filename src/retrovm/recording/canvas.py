"""What all pictures of a recording are drawn on: as large as the largest of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from retrovm.core.screen import Screen

# Where nobody says how large pictures are to be: as large as fits in here.
ROOM = (640, 480)

Pixels = npt.NDArray[Any]
"""Shape (height, width), or (height, width, 3)."""


class Picture(Protocol):
    """What is recorded: a screen, or what has this of one."""

    @property
    def aspect(self) -> Fraction: ...

    @property
    def rotation(self) -> int: ...

    @property
    def size(self) -> tuple[int, int]: ...

    @property
    def ndarray(self) -> npt.NDArray[np.uint8]: ...


class Canvas:
    """Enlarges pictures by whole numbers.

    Parameters
        scale  how many lines high a pixel is where a picture is as large as the screen can have it; None: what fits in
               `ROOM`. How wide it is follows from the aspect, to the nearest whole number
        even   an even width and height
    `size` is (width, height).
    """

    def __init__(self, picture: Picture, scale: int | None = None, even: bool = False) -> None:
        self._quarters = picture.rotation // 90
        self._aspect = 1 / picture.aspect if self._quarters % 2 else picture.aspect
        sides = (picture.max_width, picture.max_height) if isinstance(picture, Screen) else picture.size
        width, height = sides[::-1] if self._quarters % 2 else sides
        if scale is None:
            scale = 1
            while self._fits(width, height, scale + 1, ROOM):
                scale += 1
        self.size = (width * self._columns(scale), height * scale)
        if even:
            self.size = (self.size[0] + self.size[0] % 2, self.size[1] + self.size[1] % 2)

    def _columns(self, scale: int) -> int:
        """How many pixels wide a pixel is that is so many lines high."""
        return max(1, round(scale * self._aspect))

    def _fits(self, width: int, height: int, scale: int, room: tuple[int, int]) -> bool:
        return width * self._columns(scale) <= room[0] and height * scale <= room[1]

    def fit(self, pixels: Pixels, border: int = 0) -> Pixels:
        """The picture as it goes into the recording, with `border` around it; the right and bottom of a larger one is cut off."""
        pixels = np.rot90(pixels, -self._quarters)          # clockwise
        height, width = pixels.shape[:2]
        scale = 1
        while self._fits(width, height, scale + 1, self.size):
            scale += 1
        large = pixels.repeat(self._columns(scale), axis=1).repeat(scale, axis=0)[:self.size[1], :self.size[0]]
        height, width = large.shape[:2]
        if (width, height) == self.size:
            return large
        found = np.full((self.size[1], self.size[0], *pixels.shape[2:]), border, pixels.dtype)
        top, left = (self.size[1] - height) // 2, (self.size[0] - width) // 2
        found[top:top + height, left:left + width] = large
        return found
