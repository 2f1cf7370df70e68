"""Animated GIF, written picture by picture.

A picture has the colours that it has on the machine; only one in direct colour with more than 256 of them is brought down to
that many, without dithering. What is written of a picture is the rectangle in which it differs from the one before, and what
stays as it is takes no room.

GIF counts time in hundredths of a second. A picture begins at the one nearest to its time, so that no error adds up, but it
lasts two at least: programs show one that lasts less for a tenth of a second. So of a machine with 60 pictures a second that
are all different, one in six is left out.

Sources: docs/references.md: gif89a (18-24, 26 and appendix F).
"""

from __future__ import annotations

import os
import struct
from io import BytesIO

import numpy as np
import numpy.typing as npt

from retrovm.core.screen import Screen
from retrovm.errors import RecordingError
from retrovm.recording.base import Recording

LEAST, MOST = 2, 0xFFFF                  # hundredths of a second that a picture lasts
COLOURS = 256
HEADER, EXTENSION, IMAGE, TRAILER = b"GIF89a", b"\x21", b"\x2C", b"\x3B"
KEEP = 1 << 2                            # disposal method: the picture stays where the next one does not cover it
TABLE_FOLLOWS = 0x80

Indices = npt.NDArray[np.uint8]
Palette = npt.NDArray[np.uint8]


class GifRecording(Recording):
    """Records pictures as a GIF that is shown again and again. `Recording` has the parameters."""

    def _begin(self) -> None:
        try:
            import PIL.Image
        except ImportError:
            raise RecordingError('a GIF needs Pillow: pip install "retrovm[image]"') from None
        self._pack = PIL.Image.fromarray
        self._stream = self.part.open("wb", buffering=0)     # what was written is the host's, whatever becomes of us
        self._size = 0
        self._put(HEADER, struct.pack("<HHBBB", *self.size, 0, 0, 0),
                  EXTENSION, b"\xFF\x0BNETSCAPE2.0", struct.pack("<BBHB", 3, 1, 0, 0))
        # The picture that is to be written when its end is known, when it begins, and what the one before has left.
        self._next: tuple[Indices, Palette] | None = None
        self._start = 0
        self._shown: npt.NDArray[np.uint32] | None = None
        self._seen: object = None

    def _take(self, frames: int) -> None:
        pixels = self._picture.ndarray
        seen = (pixels.shape, pixels.tobytes())
        if seen == self._seen:
            return
        now = self._hundredths(self.frames)
        if self._next is not None and now > self._start:
            now = max(now, self._start + LEAST)
            self._write(now - self._start)
            self._start = now
        self._seen = seen
        self._next = self._coloured()

    def _end(self) -> None:
        if self._next is not None:
            self._write(max(LEAST, self._hundredths(self.frames) - self._start))
        self._put(TRAILER)
        os.fsync(self._stream.fileno())
        self._stream.close()

    def _give_up(self) -> None:
        super()._give_up()
        self._stream.close()

    def _hundredths(self, frames: int) -> int:
        """When a frame begins, in hundredths of a second."""
        return round(100 * frames / self.vm.frame_rate)

    def _coloured(self) -> tuple[Indices, Palette]:
        """The picture as palette indices, and the palette."""
        picture = self._picture
        if isinstance(picture, Screen) and not picture.is_direct:
            indices, palette = picture.indices, picture.palette[:COLOURS]
        else:
            indices, palette = reduced(picture.ndarray)
        darkest = int(palette.sum(axis=1, dtype=int).argmin())
        return self._canvas.fit(indices, darkest), palette

    def _write(self, delay: int) -> None:
        """Writes what the next picture changes of the one that is shown, and that it lasts so long."""
        assert self._next is not None, "there is a picture once one was taken"
        indices, palette = self._next
        codes = palette.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
        colours = codes[indices]
        left, top, width, height = changed(self._shown, colours)
        self._shown = colours
        self._show(left, top, indices[top:top + height, left:left + width], palette, min(delay, MOST))
        while (delay := delay - MOST) > 0:                   # one pixel as it is: nothing changes, and the time goes on
            self._show(0, 0, indices[:1, :1], palette, min(delay, MOST))

    def _show(self, left: int, top: int, indices: Indices, palette: Palette, delay: int) -> None:
        """Writes a rectangle of the picture and how long nothing follows it."""
        bits = max(1, (len(palette) - 1).bit_length())
        self._put(EXTENSION, struct.pack("<BBBHBB", 0xF9, 4, KEEP, delay, 0, 0),
                  IMAGE, struct.pack("<HHHHB", left, top, *indices.shape[::-1], TABLE_FOLLOWS | bits - 1),
                  palette.tobytes().ljust(3 << bits, b"\0"), self._packed(indices))

    def _put(self, *parts: bytes) -> None:
        """Writes all of it or, where that cannot be, nothing: half a picture could not be shown."""
        content = b"".join(parts)
        try:
            written = 0
            while written < len(content):
                written += self._stream.write(content[written:])
        except OSError:
            self._stream.truncate(self._size)
            raise
        self._size += len(content)

    def _packed(self, indices: Indices) -> bytes:
        """LZW data, with the size of its codes before it, as Pillow writes it into a file of one picture."""
        stream = BytesIO()
        self._pack(np.ascontiguousarray(indices)).save(stream, "GIF", optimize=False, interlace=0)
        content = stream.getvalue()
        at = 13 + (3 << (content[10] & 7) + 1)               # behind the header and the colours of all pictures
        while content[at:at + 1] == EXTENSION:
            at += 2
            while size := content[at]:
                at += 1 + size
            at += 1
        return content[at + 10:-1]                            # behind what is said of the picture, up to the trailer


def reduced(pixels: npt.NDArray[np.uint8]) -> tuple[Indices, Palette]:
    """Palette indices and palette of a picture in direct colour: exact where it has 256 colours or fewer."""
    codes = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    colours, indices = np.unique(codes, return_inverse=True)
    if len(colours) <= COLOURS:
        palette = np.stack([colours >> 16, colours >> 8 & 0xFF, colours & 0xFF], axis=1).astype(np.uint8)
        return indices.reshape(codes.shape).astype(np.uint8), palette
    from PIL import Image

    few = Image.fromarray(np.ascontiguousarray(pixels)).quantize(COLOURS, Image.Quantize.MEDIANCUT,
                                                                 dither=Image.Dither.NONE)
    return np.asarray(few), np.array(few.getpalette(), np.uint8).reshape(-1, 3)


def changed(before: npt.NDArray[np.uint32] | None, after: npt.NDArray[np.uint32]) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is different; one pixel where nothing is, and everything where nothing was."""
    if before is None:
        return 0, 0, after.shape[1], after.shape[0]
    other = before != after
    columns, rows = np.flatnonzero(other.any(axis=0)), np.flatnonzero(other.any(axis=1))
    if not len(rows):
        return 0, 0, 1, 1
    return (int(columns[0]), int(rows[0]), int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1)
