"""What a machine sounds like: changes of level at ticks, turned into band-limited samples."""

from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from retrovm.core.types cimport tick_t
from libc.stdint cimport int16_t, int64_t, uint64_t


cdef class Audio(Device):
    cdef readonly int rate
    cdef readonly int channels
    cdef readonly int voices
    cdef readonly Clock clock         # not state: wiring
    cdef int *levels                  # of each voice
    # Where the samples are: sample `count` lies `phase` / `divisor` of a sample before the tick `finished`.
    cdef tick_t finished
    cdef uint64_t phase
    cdef uint64_t factor, divisor     # not state: samples a tick are factor / divisor, exactly
    cdef tick_t stride                # not state: the ticks of a second, which is the most that `wave` has room for
    # The sum of `wave` is the signal; both are in units of 2**-25 of a level.
    cdef int64_t *sums                # of each channel: the signal at the last finished sample
    cdef int64_t *wave                # differences between samples not finished, channels side by side; NULL without any
    cdef int wave_room                # not state: for how many samples it has memory
    cdef bint starved                 # not state: there was no memory for it
    cdef int used                     # so many samples of `wave` are not 0
    cdef int bass                     # not state: the high-pass takes 2**-bass of the signal away, each sample
    cdef int16_t *samples             # not state: finished samples are the host's; NULL while all of them are 0
    cdef int count, room              # not state: how many of them, for how many there is memory

    cdef void level(self, int voice, tick_t now, int level) noexcept nogil
    cdef void finish_to(self, tick_t now) noexcept nogil
    cdef void add_step(self, int channel, tick_t now, int delta) noexcept nogil
    cdef void make(self, int count) noexcept nogil
    cdef bint grow_wave(self, int room) noexcept nogil
    cdef void trim_wave(self) noexcept nogil
    cdef void forget_wave(self) noexcept nogil
    cdef bint is_quiet(self) noexcept nogil
    cdef bint has_room(self, int count, bint quiet) noexcept nogil
    cdef void forget_samples(self) noexcept nogil
    cdef void silence(self) noexcept nogil
    cdef bytes signal(self)
    cdef int set_signal(self, bytes signal) except -1
    cdef tick_t check(self, tick) except -1
