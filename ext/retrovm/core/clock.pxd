"""Time: the exact master rate, the tick that it is, and the next tick at which anything may happen."""

from cpython.object cimport PyObject
from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from retrovm.core.types cimport NEVER, tick_t


cdef class Clock:
    cdef readonly object rate
    cdef tick_t now
    cdef tick_t due
    """No device pulls a line before this tick. May be early, never late; not state: asked for anew after a load."""
    cdef bint stop
    """Set by a device to end the run after the instruction that goes on."""
    cdef list parts
    cdef PyObject **table
    cdef int count

    cdef int add(self, Device device) except -1
    cdef void plan(self) noexcept nogil
    cdef void dispatch(self, tick_t now) noexcept nogil
    cdef void catch_up(self, tick_t now) noexcept nogil
    cdef int sync(self, State state) except -1
