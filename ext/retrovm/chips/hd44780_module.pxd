"""A display module: an HD44780U and the glass that it drives."""

from retrovm.chips.hd44780 cimport Hd44780
from retrovm.core.screen cimport Screen
from retrovm.core.types cimport tick_t
from libc.stdint cimport uint8_t


cdef enum:
    GLASS_CELLS = 80           # more than 16 commons times 200 segments cannot show


cdef class Hd44780Module(Hd44780):
    cdef readonly str module          # not state: wiring
    cdef readonly int columns, rows   # not state: wiring, of characters
    cdef readonly Screen screen       # not state: wiring, visited by itself
    cdef readonly str characters      # not state: wiring
    cdef int cell_rows                # not state: wiring, rows of dots of a character
    cdef int[GLASS_CELLS] com         # not state: wiring, the common line of the first row of each character
    cdef int[GLASS_CELLS] position    # not state: wiring, and its place along the segment lines
    cdef bint block                   # not state: derived, the picture may show a blinking block: a hint, as `changed` is

    cdef bint paint(self, tick_t now) noexcept nogil
    cdef bint paint_dot(self, int x, int y, uint8_t colour) noexcept nogil
    cdef int code_at(self, int cell) noexcept
