"""A device that pulls a processor's lines when a list says."""

from cpython.object cimport PyObject
from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from retrovm.core.types cimport tick_t
from libc.stdint cimport uint32_t


cdef struct LineLevel:         # the lines that are asserted from a tick on
    tick_t tick
    uint32_t lines


cdef class LineScript(Device):
    cdef readonly tuple changes       # not state: wiring
    cdef LineLevel *levels            # not state: wiring, the changes once more
    cdef uint32_t count               # not state: wiring
    cdef dict wires                   # not state: wiring, keeps alive what `pulled` points to
    cdef PyObject *pulled[32]         # not state: wiring, the wire of each line bit
    cdef uint32_t drivers[32]         # not state: wiring
    cdef uint32_t at                  # the next change

    cdef void pull(self, uint32_t lines) noexcept nogil
