"""GIF pictures as far as data is hidden in them: the frames as numbers of colours, and their palettes.

Nothing is drawn here: no frames over each other, no transparency, no interlacing. What those would change is no frame
that holds data. Pillow reads all of GIF, but the base install has no Pillow, and what it gives are colours as they are
seen.

    >>> data = write([Frame(2, 1, bytes([1, 0]), (0x000000, 0xFFFFFF))])
    >>> read(data)[0].pixels
    b'\\x01\\x00'

Sources: gif89a.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrovm.errors import MediaError

SIGNATURES = (b"GIF87a", b"GIF89a")
TRAILER, EXTENSION, IMAGE = 0x3B, 0x21, 0x2C
TABLE_FOLLOWS, INTERLACED = 0x80, 0x40
MAX_CODE = 12
# Of all frames together; packed, a picture may be a thousandth of its size.
MAX_PIXELS = 16 << 20


@dataclass(frozen=True)
class Frame:
    """A picture in a GIF: `pixels` are numbers of colours, row by row; `palette` has the colours, 0xRRGGBB."""

    width: int
    height: int
    pixels: bytes
    palette: tuple[int, ...]


class _Reader:
    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name, self.at = data, name, 6

    def error(self, problem: str) -> MediaError:
        return MediaError(problem, file=self.name, offset=min(self.at, len(self.data)))

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise self.error("the picture ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self) -> int:
        return int.from_bytes(self.take(2), "little")

    def palette(self, packed: int) -> tuple[int, ...]:
        colours = self.take(3 << (packed & 7) + 1)
        return tuple(int.from_bytes(colours[at : at + 3]) for at in range(0, len(colours), 3))

    def blocks(self) -> bytes:
        """The data of all sub-blocks up to the empty one."""
        parts = []
        while size := self.take(1)[0]:
            parts.append(self.take(size))
        return b"".join(parts)


def read(data: bytes, name: str = "picture.gif") -> list[Frame]:
    """All frames. Raises `MediaError` for what is no GIF, is damaged, interlaced, or larger than 16 million pixels."""
    reader = _Reader(data, name)
    if not data.startswith(SIGNATURES):
        reader.at = 0
        raise reader.error("it is no GIF")
    reader.take(4)                                     # the size of the screen, which frames say again
    packed = reader.take(3)[0]                         # and the background's colour and the shape of pixels
    common = reader.palette(packed) if packed & TABLE_FOLLOWS else ()
    frames: list[Frame] = []
    total = 0
    while (kind := reader.take(1)[0]) != TRAILER:
        if kind == EXTENSION:
            reader.take(1)
            reader.blocks()
            continue
        if kind != IMAGE:
            raise reader.error("no block of a GIF begins here")
        reader.take(4)                                 # where on the screen
        width, height, packed = reader.number(), reader.number(), reader.take(1)[0]
        total += width * height
        if packed & INTERLACED:
            raise reader.error("it is interlaced")
        if total > MAX_PIXELS:
            raise reader.error(f"it has more than {MAX_PIXELS:,} pixels")
        palette = reader.palette(packed) if packed & TABLE_FOLLOWS else common
        bits = reader.take(1)[0]
        if not 1 <= bits <= 8:
            raise reader.error("its pixels have no size")
        pixels = _unpack(reader.blocks(), bits, width * height)
        if len(pixels) < width * height or max(pixels, default=0) >= len(palette):
            raise reader.error("its pixels are damaged")
        frames.append(Frame(width, height, pixels, palette))
    return frames


def _unpack(data: bytes, bits: int, limit: int) -> bytes:
    """LZW: codes below 1 << bits are pixels, then come one that forgets and one that ends, then what was met before."""
    clear, end = 1 << bits, (1 << bits) + 1
    fresh: list[bytes] = [bytes([pixel]) for pixel in range(clear)] + [b"", b""]
    table, size, last = list(fresh), bits + 1, b""
    found = bytearray()
    waiting = count = 0
    for byte in data:
        waiting |= byte << count
        count += 8
        while count >= size:
            code, waiting, count = waiting & (1 << size) - 1, waiting >> size, count - size
            if code == end or len(found) >= limit:
                return bytes(found[:limit])
            if code == clear:
                table, size, last = list(fresh), bits + 1, b""
                continue
            if code > len(table) or (code == len(table) and not last):
                return bytes(found)
            # A code that is just about to be known stands for what came last and its first pixel again.
            entry = table[code] if code < len(table) else last + last[:1]
            if last and len(table) < 1 << MAX_CODE:
                table.append(last + entry[:1])
                if len(table) == 1 << size and size < MAX_CODE:
                    size += 1
            found += entry
            last = entry
    return bytes(found[:limit])


def write(frames: Sequence[Frame]) -> bytes:
    """A GIF that shows the frames again and again, each with 256 colours of its own."""
    parts = [SIGNATURES[1], _words(frames[0].width, frames[0].height), bytes(3),
             bytes([EXTENSION, 0xFF, 11]), b"NETSCAPE2.0", bytes([3, 1, 0, 0, 0])]
    for frame in frames:
        palette = b"".join(colour.to_bytes(3) for colour in frame.palette).ljust(768, b"\0")
        parts += [bytes([IMAGE]), _words(0, 0, frame.width, frame.height), bytes([TABLE_FOLLOWS | 7]), palette, bytes([8])]
        packed = _pack(frame.pixels)
        parts += [bytes([len(packed[at : at + 255])]) + packed[at : at + 255] for at in range(0, len(packed), 255)]
        parts.append(bytes(1))
    return b"".join(parts) + bytes([TRAILER])


def _words(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(2, "little") for number in numbers)


def _pack(pixels: bytes) -> bytes:
    """LZW with pixels of 8 bits."""
    clear, end = 256, 257
    codes: list[tuple[int, int]] = [(clear, 9)]        # and how many bits each has
    table: dict[bytes, int] = {}
    size, known = 9, b""
    for at in range(len(pixels)):
        longer = known + pixels[at : at + 1]
        if len(longer) == 1 or longer in table:
            known = longer
            continue
        codes.append((table.get(known, known[0]), size))
        code = end + 1 + len(table)
        if code == 1 << size:                          # the reader knows one code less, and is as far only now
            size += 1
        table[longer], known = code, longer[-1:]
        if code == (1 << MAX_CODE) - 1:
            codes.append((clear, size))
            table, size = {}, 9
    if known:
        codes.append((table.get(known, known[0]), size))
    return _bytes([*codes, (end, size)])


def _bytes(codes: Sequence[tuple[int, int]]) -> bytes:
    packed = bytearray()
    waiting = count = 0
    for code, size in codes:
        waiting |= code << count
        count += size
        while count >= 8:
            packed.append(waiting & 0xFF)
            waiting, count = waiting >> 8, count - 8
    return bytes(packed + (bytes([waiting]) if count else b""))
