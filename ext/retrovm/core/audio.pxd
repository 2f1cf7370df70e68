"""What a machine sounds like: changes of level at ticks, turned into band-limited samples."""

from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device
from retrovm.core.types cimport tick_t
from libc.stdint cimport int16_t, int32_t, int64_t, uint32_t


cdef class Audio(Device):
    cdef readonly int rate
    cdef readonly int channels

    cdef void level(self, int channel, tick_t now, int level) noexcept nogil
