"""Push buttons on the lines of ports."""

from cpython.object cimport PyObject
from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device
from retrovm.core.pins cimport Pins
from retrovm.core.ports cimport Buttons
from retrovm.core.types cimport tick_t
from libc.stdint cimport uint32_t, uint64_t


cdef enum:
    MOST_BUTTONS = 64


cdef class PushButtons(Device):
    cdef Clock clock                        # not state: wiring
    cdef readonly Buttons buttons           # not state: wiring, visited by itself
    cdef readonly str closes_to             # not state: wiring
    cdef bint high                          # not state: wiring, `closes_to` in C
    cdef uint64_t down                      # those that are pressed, a bit each

    cdef list ports                         # not state: wiring, each port once; keeps alive what the pointers point to
    cdef PyObject *pins[MOST_BUTTONS]       # not state: wiring, the port of each button; NULL for one that leads nowhere
    cdef uint32_t[MOST_BUTTONS] bits        # not state: wiring, its line there
    cdef PyObject *port[MOST_BUTTONS]       # not state: wiring
    cdef int[MOST_BUTTONS] slot             # not state: wiring, what each port calls this part
    cdef int port_count                     # not state: wiring

    cdef void put(self, tick_t now) noexcept nogil
