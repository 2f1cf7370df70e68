from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from PIL.Image import Image

from retrovm.core.device import Device

class Pixels:
    """The memory of a picture, lent to numpy without a copy and read-only."""

class Screen(Device):
    """A picture of at most `max_width` x `max_height` pixels, each an index into a palette, or a colour."""

    def __init__(
        self,
        name: str,
        max_width: int,
        max_height: int,
        palette: Iterable[int],
        *,
        aspect: int | float | str | Fraction = 1,
        rotation: int = 0,
        direct: bool = False,
        planes: int = 0,
        width: int | None = None,
        height: int | None = None,
    ) -> None: ...
    @property
    def max_width(self) -> int: ...
    @property
    def max_height(self) -> int: ...
    @property
    def aspect(self) -> Fraction: ...
    @property
    def rotation(self) -> int: ...
    @property
    def planes(self) -> int: ...
    def set_palette(self, palette: Iterable[int]) -> None:
        """Chooses other colours, 0xRRGGBB each."""

    @property
    def is_direct(self) -> bool: ...
    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the picture shown now, in pixels."""

    @property
    def frame_number(self) -> int:
        """How many pictures were finished since power-on."""

    @property
    def ndarray(self) -> npt.NDArray[np.uint8]:
        """The picture as RGB: shape (height, width, 3), read-only, without a copy."""

    def tobytes(self) -> bytes:
        """The picture as `ndarray` has it, as bytes: red, green, blue, row by row. Works without numpy."""

    @property
    def palette(self) -> npt.NDArray[np.uint8]:
        """The colours of pictures that have palette indices, of shape (n, 3)."""

    @property
    def indices(self) -> npt.NDArray[np.uint8]:
        """The palette index of each pixel: shape (height, width), read-only, without a copy.

        Raises `ArgumentError` for a picture in direct colour, which has none: see `is_direct`.
        """

    @property
    def image(self) -> Image:
        """The picture as a Pillow image of its own, mode "P", or "RGB" in direct colour."""

    def png(self, scale: int = 1) -> bytes:
        """The picture as the bytes of a PNG file; `scale` is how many pixels a pixel becomes each way."""

    def _repr_png_(self) -> bytes: ...
