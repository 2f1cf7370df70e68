"""Pictures as files and arrays, and the one that is shown while there is no machine."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from retrovm.core.png import encode

if TYPE_CHECKING:
    from retrovm.player.video import Picture, Pixels


class Curtain:
    """A picture with nothing on it."""

    aspect = Fraction(1)
    rotation = 0
    size = (320, 200)

    def tobytes(self) -> bytes:
        """Black: red, green, blue, row by row."""
        return bytes(3 * self.size[0] * self.size[1])


def pixels_of(picture: Picture) -> Pixels:
    """A picture as red, green and blue of shape (height, width, 3)."""
    width, height = picture.size
    return np.frombuffer(picture.tobytes(), np.uint8).reshape(height, width, 3)


def png_of(pixels: Pixels) -> bytes:
    """Pixels of shape (height, width, 3) as the bytes of a PNG file."""
    height, width = pixels.shape[:2]
    return encode(width, height, pixels.tobytes(), None)


def from_png(content: bytes) -> Pixels | None:
    """The pixels of a PNG file; None for one that is damaged."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            return np.asarray(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
