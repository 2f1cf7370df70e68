"""Pictures as PNG files, without any library but zlib.

An indexed picture becomes a file of colour type 3 with a byte a pixel and no filter (docs/references.md: png): the palette indices
of the machine are those of the file.
"""

import struct
import zlib

from retrovm.core.errors import ArgumentError


def encode(int width, int height, bytes pixels not None, bytes palette not None, int scale=1):
    """The bytes of a PNG file.

    Parameters
        pixels   width * height palette indices, row by row
        palette  3 bytes red, green, blue for each colour, 1 to 256 of them
        scale    each pixel becomes scale x scale pixels
    Raises `ArgumentError` when the sizes do not fit together.
    """
    if width < 1 or height < 1 or len(pixels) != width * height:
        raise ArgumentError(f"a picture of {width} x {height} pixels has {width * height} bytes, not {len(pixels)}")
    if len(palette) % 3 or not 3 <= len(palette) <= 768 or 3 * max(pixels) >= len(palette):
        raise ArgumentError(f"{len(palette)} bytes are no palette for indices up to {max(pixels)}: it has 3 a colour")
    if not 1 <= scale <= 64:
        raise ArgumentError(f"a picture can be enlarged 1 to 64 times, not {scale}")
    rows = []
    for y in range(height):
        row = pixels[y * width:(y + 1) * width]
        if scale > 1:
            row = b"".join([row[x:x + 1] * scale for x in range(width)])
        rows.append((b"\0" + row) * scale)
    return b"".join([
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", width * scale, height * scale, 8, 3, 0, 0, 0)),
        chunk(b"PLTE", palette),
        chunk(b"IDAT", zlib.compress(b"".join(rows))),
        chunk(b"IEND", b""),
    ])


def chunk(bytes kind, bytes data):
    """A chunk of a PNG file: length, kind, data, CRC."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
