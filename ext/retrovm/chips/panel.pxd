"""A picture of a board: its displays, LEDs and buttons in one screen."""

from cpython.object cimport PyObject
from retrovm.core.device cimport Device
from retrovm.core.screen cimport Screen
from libc.stdint cimport uint8_t


cdef enum:
    MOST_SCREENS = 8
    MOST_LAMPS = 64
    MOST_KEYS = 64


cdef class Panel(Device):
    cdef readonly Screen screen             # not state: wiring, visited by itself
    cdef bytes background                   # not state: wiring
    cdef const char *empty                  # not state: wiring, the bytes of `background`
    cdef list parts                         # not state: wiring, keeps alive what the pointers point to
    cdef bint blank                         # the background is not in the picture yet
    cdef bint restart                       # not state: a hint, to look at everything once more is harmless

    cdef int screens, lamps, keys           # not state: wiring, how many there are
    cdef PyObject *shown[MOST_SCREENS]      # not state: wiring
    cdef int[MOST_SCREENS] shown_at         # not state: wiring, the first pixel
    cdef int[MOST_SCREENS] shown_colour     # not state: wiring, the palette index of its colour 0
    cdef int[MOST_SCREENS] shown_frame      # not state: a hint, the picture that was copied last
    cdef PyObject *lamp[MOST_LAMPS]         # not state: wiring, the row of LEDs of each
    cdef int[MOST_LAMPS] lamp_index         # not state: wiring, which of the row
    cdef int[MOST_LAMPS] lamp_at            # not state: wiring
    cdef int[MOST_LAMPS] lamp_colour        # not state: wiring
    cdef int[MOST_LAMPS] lamp_level         # not state: a hint, as it was drawn last
    cdef PyObject *key[MOST_KEYS]           # not state: wiring, the row of buttons of each
    cdef int[MOST_KEYS] key_index           # not state: wiring, which of the row
    cdef int[MOST_KEYS] key_at              # not state: wiring
    cdef int[MOST_KEYS] key_level           # not state: a hint, as it was drawn last
    cdef uint8_t[8] key_colour              # not state: wiring

    cdef bint show_screens(self) noexcept nogil
    cdef bint show_lamps(self) noexcept nogil
    cdef bint show_keys(self) noexcept nogil
    cdef bint set_pixel(self, int at, uint8_t colour) noexcept nogil
