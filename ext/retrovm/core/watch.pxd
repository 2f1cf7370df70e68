"""Watchpoints: accesses to memory and registers that are told, or that end a run."""

from cpython.object cimport PyObject
from retrovm.core.bus cimport Bus
from retrovm.core.device cimport Device
from retrovm.core.types cimport Access, tick_t
from libc.stdint cimport uint8_t, uint32_t


cdef struct Point:             # a watchpoint
    uint32_t id
    uint32_t first, last       # addresses
    uint32_t reads, writes     # the kinds that count, a bit an `Access`
    int value                  # that is read or written; -1 for any


cdef struct Hit:               # an access that a watchpoint waited for
    uint32_t id
    tick_t tick
    uint32_t addr
    uint32_t instruction
    uint8_t value, old, kind
    bint write


cdef class Watcher(Device):
    cdef PyObject *bus                # not state: wiring; the bus owns this
    cdef PyObject *touched            # not state: who answered the last access
    cdef Point *points                # not state: of the session
    cdef uint32_t count               # not state: likewise
    cdef Hit *hits                    # not state: of the session, not told yet
    cdef size_t hit_count, hit_room   # not state: likewise
    cdef bint overflow                # not state: likewise
    cdef uint32_t last_id             # not state: likewise
    cdef readonly dict watches        # not state: of the session, the `Watch` of each id

    cdef bint wants(self, const Point *point, uint32_t addr, uint8_t value, Access kind, bint write) noexcept nogil
    cdef bint wanted(self, uint32_t addr, uint8_t value, Access kind, bint write) noexcept nogil
    cdef void note(self, uint32_t addr, uint8_t value, uint8_t old, Access kind, bint write) noexcept nogil
    cdef PyObject *answering(self, uint32_t addr, uint32_t *at) noexcept nogil
    cdef uint32_t begin(self, watch) except? 0
    cdef int end(self, uint32_t id) except -1
    cdef int set_pages(self, uint32_t first, uint32_t last) except -1
