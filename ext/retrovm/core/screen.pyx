"""What a machine shows: palette indices and the palette, or colours.

A video chip writes a byte a pixel into `pixels` and calls `end_picture` with the size of the finished picture; colours
are only looked up when somebody asks for them. Two others ask for a screen of their kind:

    planes   one that has a bit a pixel in each of several planes writes those into `bits` and calls `end_plane_picture`:
             an eighth of the memory, and pixels are only made of them when somebody asks
    direct   one that computes colours, because it blends or has more than 256, writes 0xRRGGBB into `direct` and calls
             `end_direct_picture`

Pictures in direct colour and others may follow each other.
"""

from fractions import Fraction

from cpython.buffer cimport PyBuffer_FillInfo
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset
from retrovm.core import png
from retrovm.core.errors import ArgumentError, StateError
from retrovm.core.types cimport tick_t

include "screen_planes.pxi"


cdef class Pixels:
    """The memory of a picture, lent to numpy without a copy and read-only."""

    cdef object owner
    cdef void *data
    cdef Py_ssize_t size

    def __getbuffer__(self, Py_buffer *view, int flags):
        PyBuffer_FillInfo(view, self, self.data, self.size, 1, flags)


cdef Pixels lend(owner, void *data, size_t size):
    cdef Pixels lent = Pixels()
    lent.owner = owner
    lent.data = data
    lent.size = size
    return lent


cdef class Screen(Device):
    """A picture of at most `max_width` x `max_height` pixels.

    Parameters
        palette  colours as 0xRRGGBB, at most 256
        aspect   the width of a pixel divided by its height
        rotation  how far the screen is turned to the right, for those who look at it: 0, 90, 180 or 270 degrees. A
                  picture is always as the machine makes it; a window turns it.
        direct   whether pictures may have direct colour
        planes   of a picture that is not in direct colour, 1 to 8; 0 where it is a byte a pixel. The widths of pictures in
                 planes are multiples of 64.
        width, height  of the first picture, which has palette indices; the largest when not given
    """

    def __init__(self, str name, int max_width, int max_height, palette, *, aspect=1, int rotation=0, bint direct=False,
                 int planes=0, width=None, height=None):
        super().__init__(name)
        if not (0 < max_width <= 4096 and 0 < max_height <= 4096):
            raise ArgumentError(f"{name}: a picture has 1 to 4096 pixels a side, not {max_width} x {max_height}")
        if rotation not in (0, 90, 180, 270):
            raise ArgumentError(f"{name}: a screen is turned by 0, 90, 180 or 270 degrees, not {rotation}")
        self.max_width = max_width
        self.max_height = max_height
        self.aspect = Fraction(aspect)
        self.rotation = rotation
        self.first_width = max_width if width is None else width
        self.first_height = max_height if height is None else height
        if not 0 <= planes <= 8 or (planes and (max_width % 64 or self.first_width % 64)):
            raise ArgumentError(f"{name}: a screen of 1 to 8 planes is a multiple of 64 pixels wide, at first too; not {planes} "
                                f"planes of {max_width} pixels, at first {self.first_width}")
        self.planes = planes
        if planes:
            self.plane_words = max_width * max_height >> 6
            self.bits = <uint64_t *> calloc(planes * self.plane_words, sizeof(uint64_t))
        else:
            self.pixels = <uint8_t *> calloc(max_width, max_height)
        if direct:
            self.direct = <uint32_t *> calloc(max_width * max_height, sizeof(uint32_t))
        if not (self.pixels or self.bits) or (direct and not self.direct):
            raise MemoryError
        self.set_palette(palette)
        self.reset(True)

    def __dealloc__(self):
        free(self.pixels)
        free(self.bits)
        free(self.direct)
        free(self.colours)
        free(self.rgb)

    cdef void end_picture(self, int width, int height) noexcept nogil:
        """The first width * height bytes of `pixels` are a finished picture."""
        self.is_direct = False
        self.current = self.planes == 0
        self.width = width
        self.height = height
        self.frame = self.frame + 1

    cdef void end_plane_picture(self, int width, int height, uint8_t common) noexcept nogil:
        """The planes in `bits` are a finished picture.

        A word is 64 pixels, the leftmost in its highest bit; row y begins at word y * width / 64 of each plane. Plane 0 is
        bit 0 of a pixel, and `common` is in all of them.
        """
        self.common = common
        self.end_picture(width, height)

    cdef void end_direct_picture(self, int width, int height) noexcept nogil:
        """The first width * height colours of `direct` are a finished picture."""
        self.end_picture(width, height)
        self.is_direct = True

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on:
            if self.planes:
                memset(self.bits, 0, self.planes * self.plane_words * sizeof(uint64_t))
                self.common = 0
            else:
                memset(self.pixels, 0, self.max_width * self.max_height)
            if self.direct:
                memset(self.direct, 0, self.max_width * self.max_height * sizeof(uint32_t))
            self.frame = 0
            self.end_picture(self.first_width, self.first_height)

    cdef void end_frame(self, tick_t now, bint render) noexcept nogil:
        # Somebody has looked at the pixels, and may still hold the array.
        if render and self.pixels and not self.current and not self.is_direct:
            make_pixels(self)

    cdef int sync(self, State state) except -1:
        cdef int plane
        Device.sync(self, state)
        state.i32("width", &self.width, 1, self.max_width)
        state.i32("height", &self.height, 1, self.max_height)
        state.u32("frame", &self.frame)
        if self.direct:
            state.flag("is_direct", &self.is_direct)
            state.words("direct", self.direct, 4, self.max_width * self.max_height)
        for plane in range(self.planes):
            state.words(f"plane{plane}", self.bits + plane * self.plane_words, 8, self.plane_words)
        if self.planes:
            return state.u8("common", &self.common)
        return state.block("pixels", self.pixels, self.max_width * self.max_height)

    cdef int restored(self) except -1:
        if self.planes and self.width % 64 and not self.is_direct:
            raise StateError(f"{self.name}.width: a picture in planes is not {self.width} pixels wide")
        self.current = self.planes == 0
        self.coloured = False
        return 0

    def set_palette(self, palette):
        """Chooses other colours, 0xRRGGBB each. A choice of the session: no part of the machine's state."""
        cdef uint32_t *chosen
        colours = [int(colour) for colour in palette]
        if not 0 < len(colours) <= 256 or any(not 0 <= colour <= 0xFFFFFF for colour in colours):
            raise ArgumentError(f"{self.name}: a palette is 1 to 256 colours from 0x000000 to 0xFFFFFF")
        chosen = <uint32_t *> calloc(len(colours), sizeof(uint32_t))
        if not chosen:
            raise MemoryError
        for i, colour in enumerate(colours):
            chosen[i] = colour
        free(self.colours)
        self.colours = chosen
        self.count = len(colours)
        self.coloured = False

    cdef uint32_t colour_of(self, size_t index) noexcept nogil:
        """A colour of the palette; of one that was chosen too short, the rest is black."""
        return self.colours[index] if index < <size_t> self.count else 0

    cdef int look(self) except -1:
        """Has the picture in `pixels`. A screen of planes has no memory for it before somebody looks."""
        if self.pixels == NULL:
            self.pixels = <uint8_t *> calloc(self.max_width, self.max_height)
            if self.pixels == NULL:
                raise MemoryError
        if not self.current and not self.is_direct:
            make_pixels(self)
        return 0

    cdef int colour(self) except -1:
        """Has the picture in `rgb`. A screen that nobody looks at has no memory for it."""
        cdef size_t i, size = <size_t> self.width * self.height
        cdef uint32_t value
        if self.coloured and self.rgb_frame == self.frame:
            return 0
        self.look()
        if self.rgb == NULL:
            self.rgb = <uint8_t *> calloc(3 * self.max_width, self.max_height)
            if self.rgb == NULL:
                raise MemoryError
        for i in range(size):
            value = self.direct[i] if self.is_direct else self.colour_of(self.pixels[i])
            self.rgb[3 * i] = <uint8_t> (value >> 16)
            self.rgb[3 * i + 1] = <uint8_t> (value >> 8)
            self.rgb[3 * i + 2] = <uint8_t> value
        self.coloured = True
        self.rgb_frame = self.frame
        return 0

    @property
    def size(self):
        """(width, height) of the picture shown now, in pixels."""
        return self.width, self.height

    @property
    def frame_number(self):
        """How many pictures were finished since power-on."""
        return self.frame

    @property
    def ndarray(self):
        """The picture as RGB: uint8 of shape (height, width, 3), read-only, without a copy.

        The next picture of the same size that somebody asks for appears in the same memory: `.copy()` keeps one.
        """
        import numpy
        self.colour()
        flat = numpy.frombuffer(lend(self, self.rgb, 3 * self.width * self.height), numpy.uint8)
        return flat.reshape(self.height, self.width, 3)

    def tobytes(self):
        """The picture as `ndarray` has it, as bytes: red, green, blue, row by row. Works without numpy."""
        self.colour()
        return (<char *> self.rgb)[:3 * self.width * self.height]

    @property
    def palette(self):
        """The colours of pictures that have palette indices: uint8 of shape (n, 3)."""
        import numpy
        rows = [(self.colours[i] >> 16, self.colours[i] >> 8 & 0xFF, self.colours[i] & 0xFF)
                for i in range(self.count)]
        return numpy.array(rows, numpy.uint8)

    @property
    def indices(self):
        """The palette index of each pixel: uint8 of shape (height, width), read-only, without a copy.

        Raises `ArgumentError` for a picture in direct colour, which has none: see `is_direct`.
        """
        import numpy
        if self.is_direct:
            raise ArgumentError(f"{self.name}: the picture has colours of its own and no palette indices; "
                                f"screen.ndarray has the colours")
        self.look()
        flat = numpy.frombuffer(lend(self, self.pixels, self.width * self.height), numpy.uint8)
        return flat.reshape(self.height, self.width)

    @property
    def image(self):
        """The picture as a Pillow image of its own, mode "P", or "RGB" in direct colour.

        `ImportError` says how to get Pillow.
        """
        try:
            from PIL import Image
        except ImportError as error:
            raise ImportError('screen.image needs Pillow: pip install "retrovm[image]"') from error
        if self.is_direct:
            return Image.frombytes("RGB", self.size, self.tobytes())
        image = Image.frombytes("P", self.size, self.shown())
        image.putpalette(self.rgb_palette())
        return image

    def png(self, int scale=1):
        """The picture as the bytes of a PNG file; `scale` is how many pixels a pixel becomes each way."""
        if self.is_direct:
            return png.encode(self.width, self.height, self.tobytes(), None, scale)
        return png.encode(self.width, self.height, self.shown(), self.rgb_palette(), scale)

    def _repr_png_(self):
        """Lets a notebook show the picture, at least 320 pixels wide."""
        return self.png(max(1, -(-320 // self.width)))

    cdef bytes shown(self):
        self.look()
        return self.pixels[:self.width * self.height]

    cdef bytes rgb_palette(self):
        count = max(self.count, 1 + max(self.shown()))
        return b"".join([int(self.colour_of(i)).to_bytes(3, "big") for i in range(count)])
