"""What lies over the picture: made once for a size, as factors that each pixel of the display is multiplied by.

    scanlines   the gaps between the lines of a picture tube
    phosphor    the stripes of red, green and blue of an aperture grille, and the gaps between the lines
    grid        the edges of a liquid crystal's cells
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

NONE = "none"

# How bright the darkest place of a gap is, and how bright the neighbours of a colour's stripe are.
GAP = 0.55
STRIPE = 0.72


def overlay(name: str, width: int, height: int, pixels: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The factors, 255 being 1, of shape (height, width, 3), for a picture of so many pixels in so many of the display's."""
    columns, rows = pixels
    down = _gaps(height, rows)[:, None]
    factors = np.ones((height, width, 3))
    if name == "scanlines":
        factors *= down[..., None]
    elif name == "grid":
        factors *= np.minimum(down, _gaps(width, columns)[None, :])[..., None]
    elif name == "phosphor":
        stripes = np.full((3, 3), STRIPE) + np.eye(3) * (1 - STRIPE)
        factors *= stripes[np.arange(width) % 3][None, :, :] * ((1 + down) / 2)[..., None]
    else:
        raise ValueError(f"there is no filter {name!r}")
    return np.rint(factors * 255).astype(np.uint8)


def _gaps(length: int, parts: int) -> npt.NDArray[np.float64]:
    """Factors along a length of so many parts: the last third of each is darker. Parts of under three are too small for gaps."""
    if length < 3 * parts:
        return np.ones(length)
    within = np.arange(length) * parts / length % 1
    return np.where(within >= 2 / 3, GAP, 1.0)
