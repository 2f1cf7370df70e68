"""Pictures as PNG files, without any library but zlib.

An indexed picture becomes a file of colour type 3 with a byte a pixel and no filter (docs/references.md: png): the palette indices
of the machine are those of the file. A picture in direct colour becomes one of colour type 2, three bytes a pixel.
"""

import struct
import zlib

from retrovm.core.errors import ArgumentError


def encode(int width, int height, bytes pixels not None, bytes palette, int scale=1):
    """The bytes of a PNG file.

    Parameters
        pixels   width * height palette indices, row by row; or 3 bytes red, green, blue for each, without a palette
        palette  3 bytes red, green, blue for each colour, 1 to 256 of them; or None
        scale    each pixel becomes scale x scale pixels
    Raises `ArgumentError` when the sizes do not fit together.
    """
    cdef int depth = 3 if palette is None else 1
    if width < 1 or height < 1 or len(pixels) != depth * width * height:
        raise ArgumentError(f"a picture of {width} x {height} pixels has {depth * width * height} bytes, not {len(pixels)}")
    if palette is not None and (len(palette) % 3 or not 3 <= len(palette) <= 768 or 3 * max(pixels) >= len(palette)):
        raise ArgumentError(f"{len(palette)} bytes are no palette for indices up to {max(pixels)}: it has 3 a colour")
    if not 1 <= scale <= 64:
        raise ArgumentError(f"a picture can be enlarged 1 to 64 times, not {scale}")
    rows = []
    for y in range(height):
        row = pixels[y * width * depth:(y + 1) * width * depth]
        if scale > 1:
            row = b"".join([row[x:x + depth] * scale for x in range(0, width * depth, depth)])
        rows.append((b"\0" + row) * scale)
    return b"".join([
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", width * scale, height * scale, 8, 3 if palette else 2, 0, 0, 0)),
        chunk(b"PLTE", palette) if palette else b"",
        chunk(b"IDAT", zlib.compress(b"".join(rows))),
        chunk(b"IEND", b""),
    ])


def chunk(bytes kind, bytes data):
    """A chunk of a PNG file: length, kind, data, CRC."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
