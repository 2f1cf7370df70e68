"""Files that `:include` takes into an Octo program as bytes: data as it is, and pictures as sprites.

A picture is a PNG. It is cut into sprites of 8 pixels by 1 to 15 rows, or of 16 x 16, from left to right and then from top to
bottom; `:include "tiles.png" 8x5` says how large they are. A pixel is set where the picture is opaque and lighter than half.

Source: png (chunks, colour types, filters).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

DATA = frozenset({".bin", ".dat", ".raw", ".ch8"})
PICTURES = frozenset({".png"})
SIZE = re.compile(r"([0-9]{1,2})x([0-9]{1,2})")

# A picture of a program is small; without a limit a file of some bytes could ask for gigabytes.
MOST_PIXELS = 1 << 20

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type: grey, RGB, palette, grey and alpha, RGB and alpha


def sprites(data: bytes, size: str | None = None) -> bytes:
    """The sprites of a PNG, each of a size like "8x5"; without one the whole picture is a sprite.

    Raises ValueError for what is no such picture, and for sizes that do not fit.
    """
    rows = pixels(data)
    picture = f"{len(rows[0])}x{len(rows)}"
    match = SIZE.fullmatch(size or picture)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (width == 8 and 1 <= height <= 15) and (width, height) != (16, 16):
        what = f"{size} is no size of a sprite" if size else f"the picture of {picture} pixels is no sprite"
        raise ValueError(f"{what}: there are 8x1 to 8x15 and 16x16; say behind the name how to cut it, like 8x8")
    if len(rows[0]) % width or len(rows) % height:
        raise ValueError(f"the picture of {picture} pixels cannot be cut into sprites of {width}x{height}")
    made = bytearray()
    for top in range(0, len(rows), height):
        for left in range(0, len(rows[0]), width):
            for row in rows[top : top + height]:
                bits = sum(pixel << (width - 1 - at) for at, pixel in enumerate(row[left : left + width]))
                made += bits.to_bytes(width // 8)
    return bytes(made)


def pixels(data: bytes) -> list[list[bool]]:
    """The rows of a PNG: whether each pixel is opaque and lighter than half. ValueError for what cannot be read."""
    chunks = list(_chunks(data))
    header = next((body for kind, body in chunks if kind == b"IHDR"), b"")
    if len(header) != 13:
        raise ValueError("this is no PNG: it has no header")
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    depth, colour, interlaced = header[8], header[9], header[12]
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16) or interlaced:
        raise ValueError("this PNG is of a kind that is not read: save it without interlacing")
    if not 0 < width * height <= MOST_PIXELS:
        raise ValueError(f"the picture has {width} x {height} pixels, and may have 1 to {MOST_PIXELS}")
    bits = depth * _CHANNELS[colour]
    stride = (width * bits + 7) // 8
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(packed, height * (stride + 1))
    except zlib.error as error:
        raise ValueError(f"the pixels of this PNG are damaged: {error}") from None
    if len(raw) < height * (stride + 1):
        raise ValueError("this PNG ends in the middle of its pixels")
    light = _palette(dict(reversed(chunks))) if colour == 3 else []
    rows = []
    line = bytes(stride)
    for at in range(0, height * (stride + 1), stride + 1):
        line = _unfilter(raw[at], raw[at + 1 : at + 1 + stride], line, max(1, bits // 8))
        samples = _samples(line, depth, width * _CHANNELS[colour])
        if colour == 3:
            rows.append([index < len(light) and light[index] for index in samples])
        else:
            channels = _CHANNELS[colour]
            rows.append([_is_set(samples[n : n + channels], (1 << depth) - 1)
                         for n in range(0, len(samples), channels)])
    return rows


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError("this is no PNG")
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _palette(chunks: dict[bytes, bytes]) -> list[bool]:
    """Which colours of the palette are set."""
    colours, alpha = chunks.get(b"PLTE", b""), chunks.get(b"tRNS", b"")
    return [_is_set([*colours[3 * n : 3 * n + 3], alpha[n] if n < len(alpha) else 255], 255)
            for n in range(len(colours) // 3)]


def _is_set(sample: list[int], most: int) -> bool:
    *colour, alpha = sample if len(sample) in (2, 4) else [*sample, most]
    # The weights of the eye for red, green and blue.
    light = colour[0] if len(colour) == 1 else (299 * colour[0] + 587 * colour[1] + 114 * colour[2]) / 1000
    return 2 * light > most and 2 * alpha > most


def _samples(line: bytes, depth: int, count: int) -> list[int]:
    whole = int.from_bytes(line)
    behind = 8 * len(line)
    return [whole >> (behind - depth * (n + 1)) & (1 << depth) - 1 for n in range(count)]


def _unfilter(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    """A row of bytes from what its filter made of it; `step` bytes back is the pixel to the left."""
    if kind > 4:
        raise ValueError(f"this PNG has a row with the filter {kind}, and there are 0 to 4")
    made = bytearray(len(line))
    for n, value in enumerate(line):
        left = made[n - step] if n >= step else 0
        corner = above[n - step] if n >= step else 0
        up = above[n]
        if kind == 4:
            # The one of the three that is nearest to left + up - corner; of two, the first.
            guess = min((left, up, corner), key=lambda near: abs(left + up - corner - near))
        else:
            guess = (0, left, up, (left + up) // 2)[kind]
        made[n] = value + guess & 0xFF
    return bytes(made)
