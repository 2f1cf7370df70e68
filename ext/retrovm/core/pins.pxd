"""The lines of a parallel port, and the parts at both of their ends."""

from cpython.object cimport PyObject
from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from retrovm.core.types cimport tick_t
from libc.stdint cimport uint32_t


cdef enum:
    PINS_PARTS = 16            # parts on one `Pins`


cdef class Pins:
    cdef readonly str name            # not state: wiring
    cdef readonly tuple names         # not state: wiring, of the lines, from bit 0 on
    cdef readonly uint32_t mask       # not state: wiring, the lines that there are
    cdef readonly uint32_t pull_ups   # not state: wiring
    cdef readonly uint32_t pull_downs # not state: wiring
    cdef Clock clock                  # not state: wiring
    cdef list parts                   # not state: wiring, keeps alive what `part` points to
    cdef PyObject *part[PINS_PARTS]   # not state: wiring
    cdef int group[PINS_PARTS]        # not state: wiring, as what each part knows these lines
    cdef int count                    # not state: wiring
    cdef uint32_t out_driven[PINS_PARTS]
    cdef uint32_t out_levels[PINS_PARTS]
    cdef readonly uint32_t driven     # not state: derived, the lines that anyone drives
    cdef readonly uint32_t levels
    cdef bint settling, changed       # not state: only within `drive`

    cdef int attach(self, Device part, int group) except -1
    cdef void drive(self, int slot, uint32_t driven, uint32_t levels, tick_t now) noexcept nogil
    cdef void others(self, int slot, uint32_t *driven, uint32_t *levels) noexcept nogil
    cdef void power_on(self, tick_t now) noexcept nogil
    cdef void resolve(self) noexcept nogil
    cdef void tell(self, int but, tick_t now) noexcept nogil
    cdef uint32_t bits(self, object name) except 0
    cdef int sync(self, State state, str key) except -1


cdef class Cable(Device):
    cdef Pins one, other              # not state: wiring
    cdef int one_slot, other_slot     # not state: wiring
