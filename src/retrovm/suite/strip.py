"""The last pictures of machines side by side, each with its name: a PNG file to look at."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from retrovm.errors import ArgumentError

CELL = (160, 120)
"""Room for a picture, which is shown as large as whole pixels allow."""
BELOW = 30
EDGE = 8
COLUMNS = 6
PAPER, INK = (250, 250, 246), (24, 26, 30)


def strip(pictures: Iterable[tuple[str, str, bytes]]) -> bytes:
    """A PNG file of pictures: (name, what is said of it, the picture as PNG, or b"" where there is none).

    Raises `ArgumentError` without Pillow.
    """
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError:
        raise ArgumentError("a strip of pictures needs Pillow: pip install 'retrovm[image]'") from None
    shown = list(pictures)
    columns = min(COLUMNS, len(shown))
    width, height = CELL[0] + EDGE, CELL[1] + BELOW + EDGE
    sheet = Image.new("RGB", (EDGE + columns * width, EDGE + -(-len(shown) // columns) * height), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default()
    for number, (name, said, data) in enumerate(shown):
        left, top = EDGE + number % columns * width, EDGE + number // columns * height
        if data:
            picture = Image.open(BytesIO(data)).convert("RGB")
            scale = min(CELL[0] / picture.width, CELL[1] / picture.height)
            scale = int(scale) if scale >= 1 else scale
            size = round(picture.width * scale), round(picture.height * scale)
            sheet.paste(picture.resize(size, Image.Resampling.NEAREST), (left, top + CELL[1] - size[1]))
        draw.text((left, top + CELL[1] + 3), name, INK, font)
        draw.text((left, top + CELL[1] + 15), said, INK, font)
    stream = BytesIO()
    sheet.save(stream, "PNG")
    return stream.getvalue()
