"""LEDs on the lines of ports."""

from cpython.object cimport PyObject
from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device
from retrovm.core.types cimport tick_t
from libc.stdint cimport uint8_t, uint32_t


cdef enum:
    MOST_LEDS = 32


cdef class Leds(Device):
    cdef Clock clock                        # not state: wiring
    cdef readonly tuple names               # not state: wiring
    cdef readonly tuple colours             # not state: wiring
    cdef readonly str lit_by                # not state: wiring
    cdef bint high                          # not state: wiring, `lit_by` in C
    cdef list ports                         # not state: wiring, keeps alive what `pins` points to
    cdef PyObject *pins[MOST_LEDS]          # not state: wiring, the port of each LED; NULL for one that leads nowhere
    cdef uint32_t[MOST_LEDS] bits           # not state: wiring, its line there

    cdef uint32_t on                        # those that are lit, a bit each
    cdef tick_t since                       # from this tick on
    cdef tick_t frame_start
    cdef tick_t[MOST_LEDS] lit_for          # ticks of this frame before `since`
    cdef uint8_t[MOST_LEDS] level           # how bright each was in the last whole frame: 0 to 255

    cdef uint32_t gather(self) noexcept nogil
    cdef void advance(self, tick_t now) noexcept nogil
    cdef int index(self, object name) except -1
