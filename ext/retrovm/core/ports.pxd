"""What the host puts into a machine: buttons, keys, switches, and the bytes of serial lines."""

cimport cython
from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from libc.stdint cimport uint8_t, uint32_t, uint64_t


cdef class Buttons(Device):
    cdef readonly tuple names         # not state: wiring
    cdef dict index                   # not state: name to bit
    cdef uint64_t live                # what the host holds down
    cdef uint64_t pressed             # what the guest sees in this frame
    cdef uint64_t timed               # those of `live` that let go by themselves
    cdef uint32_t *left               # after how many more frames they do, a number a name
    cdef object witness               # not state: of the session, the machine's

    cdef void let_go(self, uint64_t bits) noexcept nogil


cdef class Queue:
    cdef uint8_t *data
    cdef size_t head, count, room
    cdef cython.pymutex lock
    cdef bint push(self, const uint8_t *source, size_t size) noexcept nogil
    cdef int pop(self) noexcept nogil
    cdef bint make_room(self, size_t size) noexcept nogil
    cdef bytes content(self)
    cdef bytes take_all(self)
    cdef void clear(self) noexcept nogil


cdef class Serial(Device):
    cdef Queue incoming               # host to guest
    cdef list modems                  # not state: wiring, parts whose `dcd` is the carrier of the line
    cdef Queue outgoing               # not state: guest to host, what the host has not read yet is the host's
    cdef object witness               # not state: of the session, the machine's
    cdef size_t waiting(self) noexcept nogil
    cdef int take(self) noexcept nogil
    cdef void give(self, uint8_t value) noexcept nogil


cdef class Ports:
    cdef readonly dict groups
    cdef readonly Serial serial
