"""What a machine sounds like: changes of level at ticks, turned into band-limited samples."""


cdef class Audio(Device):
    cdef void level(self, int channel, tick_t now, int level) noexcept nogil:
        pass
