"""What a machine shows: palette indices and the palette, or colours."""

from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from libc.stdint cimport uint8_t, uint32_t, uint64_t


cdef class Screen(Device):
    cdef readonly int max_width, max_height
    cdef readonly object aspect       # not state: wiring
    cdef readonly int rotation        # not state: wiring
    cdef int width, height            # of the picture shown now
    cdef uint32_t frame               # counts pictures
    cdef uint8_t *pixels
    """Palette indices, rows of `width`; max_width * max_height bytes. On a screen of planes derived from them, and NULL until
    somebody looks."""
    cdef bint current                 # not state: `pixels` holds the picture shown now
    cdef readonly int planes          # not state: wiring, of a screen of planes; 0 on the others
    cdef uint32_t plane_words         # not state: wiring, the 64-bit words of a plane
    cdef uint64_t *bits               # the planes, one behind the other; NULL without
    cdef uint8_t common               # bits that each pixel of a picture in planes has besides
    cdef uint32_t *direct             # 0xRRGGBB of each pixel likewise; NULL on a screen without direct colour
    cdef readonly bint is_direct      # the picture shown now is in `direct`, not in `pixels`
    cdef int first_width, first_height  # not state: wiring, the size at power-on
    cdef uint32_t *colours            # not state: 0xRRGGBB, a choice of the session
    cdef int count                    # not state: how many colours there are
    cdef uint8_t *rgb                 # not state: derived from pixels and colours, or from direct; NULL until then
    cdef uint32_t rgb_frame           # not state: the picture that `rgb` holds
    cdef bint coloured                # not state: `rgb` holds a picture in the present colours

    cdef void end_picture(self, int width, int height) noexcept nogil
    cdef void end_direct_picture(self, int width, int height) noexcept nogil
    cdef void end_plane_picture(self, int width, int height, uint8_t common) noexcept nogil
    cdef int look(self) except -1
    cdef uint32_t colour_of(self, size_t index) noexcept nogil
    cdef int colour(self) except -1
    cdef bytes shown(self)
    cdef bytes rgb_palette(self)
