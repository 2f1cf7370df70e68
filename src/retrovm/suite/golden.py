"""Golden pictures: PNG files of what a screen is expected to show, in its palette or in colours, a pixel a pixel.

`pixels` are palette indices of shape (height, width), or colours of shape (height, width, 3).
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrovm.errors import RetroVMError
from retrovm.suite.scene import Comparison
from retrovm.suite.task import Mismatch, Skip


def pillow() -> Any:
    """Pillow's Image module. Raises `Skip` where it is not installed."""
    try:
        from PIL import Image
    except ImportError:
        raise Skip('golden pictures need Pillow: pip install "retrovm[image]"') from None
    return Image


def write(path: Path, pixels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> None:
    """Writes a picture. A file that is there is replaced as a whole, and only if the picture differs."""
    content = png(pixels, palette)
    if path.is_file() and path.read_bytes() == content:
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def compare(path: Path, pixels: NDArray[np.uint8], palette: NDArray[np.uint8], when: str) -> None:
    """Raises `Mismatch` where the picture is not the one in the file; the message says where they differ.

    Of a PNG with a palette the indices are compared, because colours are a choice of whoever looks; of any
    other PNG, which may have been drawn by hand, the colours.
    """
    if not path.is_file():
        raise Mismatch(f"there is no {path}; `retrovm test --update-golden` writes it, for you to look at")
    image_module = pillow()
    try:
        content = path.read_bytes()
        with image_module.open(io.BytesIO(content)) as image:
            indexed = image.mode == "P" and pixels.ndim == 2
            expected = np.asarray(image if indexed else image.convert("RGB"))
    except image_module.UnidentifiedImageError:
        raise RetroVMError(f"{path} is no picture: expected a PNG; `retrovm test --update-golden` writes it anew") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise RetroVMError(f"{path} is no picture that can be read: {error}") from None
    found = pixels if indexed or pixels.ndim == 3 else palette[pixels]
    (height, width), (rows, columns) = found.shape[:2], expected.shape[:2]
    if (width, height) != (columns, rows):
        raise Mismatch(f"the picture {when} is {width} x {height} pixels; {path.name} is {columns} x {rows}",
                       Comparison(f"the picture {when}", content, png(pixels, palette)))
    differs = found != expected
    at_rows, at_columns = np.nonzero(differs if indexed else differs.any(axis=2))
    if at_rows.size:
        raise Mismatch(f"the picture {when} differs from {path.name} in {at_rows.size:,} of "
                       f"{width * height:,} pixels, all in columns {at_columns.min()}-{at_columns.max()}, "
                       f"rows {at_rows.min()}-{at_rows.max()}",
                       Comparison(f"the picture {when}", content, png(pixels, palette), marked(found, differs, palette)))


def png(pixels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """A picture as the bytes of a PNG file."""
    height, width = pixels.shape[:2]
    image = pillow().frombytes("P" if pixels.ndim == 2 else "RGB", (width, height), pixels.tobytes())
    if pixels.ndim == 2:
        image.putpalette(palette.tobytes(), "RGB")
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


MARK = (255, 0, 80)
"""The colour of pixels that differ."""


def marked(found: NDArray[np.uint8], differs: NDArray[np.bool_], palette: NDArray[np.uint8]) -> bytes:
    """The picture that was found, paled, with the pixels that differ in a colour of their own, as a PNG file."""
    colours = palette[found] if found.ndim == 2 else found
    pale = (colours // 4).astype(np.uint8)
    pale[differs if differs.ndim == 2 else differs.any(axis=2)] = MARK
    return png(pale, palette)
