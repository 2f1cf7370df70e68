"""A processor: a device that drives a bus and listens to interrupt lines."""

from retrovm.core.bus cimport Bus
from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device, Wire
from retrovm.core.state cimport State
from retrovm.core.tally cimport Counts, Tally
from retrovm.core.types cimport Line, StopReason, tick_t
from libc.stdint cimport int64_t, uint32_t


cdef class Cpu(Device):
    cdef readonly Bus bus             # not state: wiring
    cdef readonly Clock clock         # not state: wiring
    cdef readonly tick_t period       # not state: wiring
    """Ticks a cycle."""
    cdef int64_t cycle_count
    """Cycles since power-on."""
    cdef uint32_t lines
    """Line bits that are asserted now."""
    cdef readonly dict wires
    cdef dict host                    # not state: wiring, the host's driver of each line
    cdef readonly Counts counts       # not state: of the session, what is counted of the code that runs
    cdef Tally *tally                 # not state: likewise, in `counts`; NULL while nobody counts
    cdef int counters                 # not state: likewise, who counts

    cdef StopReason run_until(self, tick_t until) noexcept nogil
    cdef StopReason run_one(self, tick_t until) noexcept nogil
    cdef uint32_t get_pc(self) noexcept nogil
    cdef int set_pc(self, uint32_t pc) except -1
    cdef int start_counting(self) except -1
    cpdef Wire wire(self, Line line)
