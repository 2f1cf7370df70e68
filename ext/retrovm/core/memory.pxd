"""Memory: bytes that a bus lets the processor reach without asking anyone."""

from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from retrovm.core.types cimport Access
from libc.stdint cimport uint8_t, uint32_t


cdef class Memory(Device):
    cdef uint8_t *data
    cdef readonly uint32_t size
    cdef readonly bint writable
    cdef uint8_t fill
    cdef bint patched                 # a ROM that was poked
    cdef bint plain                   # not state: derived, buses reach it by pointers (Bus.expose)
    cdef readonly bytes contents      # not state: wiring, what it holds at power-on
    cdef const uint8_t *image         # into `contents`
    cdef uint32_t image_size
    cdef uint32_t blocks(self) noexcept nogil
    cdef uint32_t block_size(self, uint32_t start) noexcept nogil
    cdef bint untouched(self, uint32_t start) noexcept nogil
    cdef void restore(self) noexcept nogil
    cdef bytes changes(self)
    cdef int change(self, bytes found, bint loading) except -1
