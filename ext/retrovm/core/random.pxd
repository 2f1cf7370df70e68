"""Randomness that is part of the machine's state."""

from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from libc.stdint cimport uint32_t, uint64_t


cdef class Random(Device):
    cdef readonly uint64_t seed       # not state: wiring
    cdef uint64_t state
    cdef uint32_t next32(self) noexcept nogil
