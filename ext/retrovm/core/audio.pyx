"""What a machine sounds like: changes of level at ticks, turned into band-limited samples.

A sound chip says when which of its voices changes to which level. Every change is a step, and a step has no end of
overtones; taken at sample points alone, those above half the sample rate come back as tones that nobody has played. So
each step is added as a band-limited one, at its exact place between two samples (docs/references.md: brandt2001):

    level()     voice 0 ──┐        the difference to the level before, times the row of the kernel for
                voice 1 ──┴──> wave  the place between two samples, is added to TAPS differences
    end_frame()                wave ──> running sum ──> high-pass ──> int16 samples

All of it is in integers and the place of a tick is computed without rounding: the same machine gives the same samples on
every host, and after years of emulated time it still gives `rate` of them for a second.

Emulated: the sum of the voices, the coupling capacitor behind it (a high-pass between 10 and 21 Hz), clipping.
Not emulated: mixers that are not linear (a chip with one computes the level of its output and has one voice here), filters.
"""

from fractions import Fraction
from struct import pack, unpack

from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memmove, memset
from retrovm.core.errors import ArgumentError, StateError

include "audio_kernel.pxi"

cdef enum:
    FINE_BITS = 10                    # between two rows of the kernel, in 1/1024
    PLACE_BITS = 16                   # a place between two samples: PHASES * 2**FINE_BITS
    ONE_BITS = 25                     # UNITY_BITS + FINE_BITS: a level of 1 in `wave`
    KEPT_SECONDS = 60
    MOST_VOICES = 64


cdef class Audio(Device):
    """The sound output of a machine. Add it before the chips that sound through it.

    Parameters
        name      as in every device
        clock     the clock of the machine; a frame lasts at most a minute
        rate      samples a second, 8000 to 192000
        channels  1, or 2 for left and right
        voices    how many sources are added up, `channels` to 64. In stereo the voices 0, 2, 4.. are heard left and
                  1, 3, 5.. right; what is heard on both sides is two voices.

    Levels are -32768 to 32767 for each voice; a sum beyond that is clipped. The sound is late by 7 samples. A level that
    does not change fades away in 0.1 s, as behind the capacitor of a real output.
    """

    def __init__(self, str name, Clock clock not None, *, int rate=48000, int channels=1, voices=None):
        super().__init__(name)
        if not 8000 <= rate <= 192000:
            raise ArgumentError(f"{name}: a sample rate is 8000 to 192000 samples per second, not {rate}")
        if channels not in (1, 2):
            raise ArgumentError(f"{name}: sound has 1 or 2 channels, not {channels}")
        voices = channels if voices is None else voices
        if not channels <= voices <= MOST_VOICES:
            raise ArgumentError(f"{name}: {channels} to {MOST_VOICES} voices are possible, not {voices}")
        step = Fraction(rate) / clock.rate
        if step.denominator >= 1 << 44:      # so that no product below leaves 63 bits
            raise ArgumentError(f"{name}: {clock.rate} ticks per second cannot be divided into samples exactly: "
                                f"give the rate of the clock as a Fraction of small integers")
        stride = int(clock.rate)
        if stride < 1:
            raise ArgumentError(f"{name}: a clock of {clock.rate} ticks per second is too slow for sound")
        self.clock = clock
        self.rate = rate
        self.channels = channels
        self.voices = voices
        self.factor = step.numerator
        self.divisor = step.denominator
        self.stride = stride
        self.bass = (rate // 66).bit_length() - 1
        self.levels = <int *> calloc(voices, sizeof(int))
        self.sums = <int64_t *> calloc(channels, sizeof(int64_t))
        if not self.levels or not self.sums:
            raise MemoryError
        self.silence()

    def __dealloc__(self):
        free(self.levels)
        free(self.sums)
        free(self.wave)
        free(self.samples)

    # --- the chip's side ----------------------------------------------------------------------------------------

    cdef void level(self, int voice, tick_t now, int level) noexcept nogil:
        """From the tick `now` on, this voice has this level.

        The voices need not agree about the time, but each calls in the order of time, and not for ticks of a frame
        that has ended: such a change happens at the beginning of the frame that goes on.
        """
        cdef int before = self.levels[voice]
        level = -32768 if level < -32768 else 32767 if level > 32767 else level
        if level != before:
            self.levels[voice] = level
            self.add_step(voice % self.channels, now, level - before)

    cdef bint grow_wave(self, int room) noexcept nogil:
        """Has memory for so many samples of the wave; false where there is none."""
        cdef void *grown
        if room <= self.wave_room:
            return True
        room = max(room, 2 * self.wave_room)
        grown = realloc(self.wave, room * self.channels * sizeof(int64_t))
        if grown == NULL:
            return False
        self.wave = <int64_t *> grown
        memset(self.wave + self.wave_room * self.channels, 0, (room - self.wave_room) * self.channels * sizeof(int64_t))
        self.wave_room = room
        return True

    cdef void trim_wave(self) noexcept nogil:
        """Keeps as much of the wave as is in use: between two frames hardly any."""
        cdef void *less
        if self.used == 0:
            free(self.wave)
            self.wave = NULL
            self.wave_room = 0
        elif self.used < self.wave_room:
            less = realloc(self.wave, self.used * self.channels * sizeof(int64_t))
            if less != NULL:
                self.wave = <int64_t *> less
                self.wave_room = self.used

    cdef void add_step(self, int channel, tick_t now, int delta) noexcept nogil:
        cdef uint64_t at
        cdef int index, place, fine, tap
        cdef const short *row
        cdef const short *next_row
        cdef int64_t *out
        if now > self.finished + self.stride:
            self.finish_to(now - self.stride)     # in a frame of more than a second
        at = self.phase
        if now > self.finished:
            at += <uint64_t> (now - self.finished) * self.factor
        index = <int> (at // self.divisor)
        place = <int> (((at % self.divisor) << PLACE_BITS) // self.divisor)
        if not self.grow_wave(index + TAPS):
            self.starved = True
            self.clock.stop = self.clock.failed = True
            self.clock.wake()
            return
        fine = place & ((1 << FINE_BITS) - 1)
        row = KERNEL[place >> FINE_BITS]
        next_row = KERNEL[(place >> FINE_BITS) + 1]
        out = self.wave + index * self.channels + channel
        for tap in range(TAPS):
            out[0] += <int64_t> delta * (row[tap] * ((1 << FINE_BITS) - fine) + next_row[tap] * fine)
            out += self.channels
        if index + TAPS > self.used:
            self.used = index + TAPS

    def take_fault(self):
        """A `MemoryError` where the run that has just ended found no memory for the sound, else None."""
        starved, self.starved = self.starved, False
        return MemoryError(f"{self.name}: no memory for the sound") if starved else None

    # --- samples ------------------------------------------------------------------------------------------------

    cdef void finish_to(self, tick_t now) noexcept nogil:
        """Makes every sample that lies before or at this tick."""
        cdef tick_t end
        cdef uint64_t at
        while self.finished < now:
            end = now if now - self.finished <= self.stride else self.finished + self.stride
            at = self.phase + <uint64_t> (end - self.finished) * self.factor
            self.finished = end
            self.phase = at % self.divisor
            self.make(<int> (at // self.divisor))

    cdef void make(self, int count) noexcept nogil:
        """Adds up the next `count` samples of the wave and takes them off it."""
        cdef int channels = self.channels
        cdef int channel, i, ready = self.used if self.used < count else count
        cdef bint quiet = ready == 0 and self.is_quiet()
        cdef bint kept = self.has_room(count, quiet)
        cdef int16_t *out = NULL
        cdef int64_t signal, value
        if kept and self.samples:
            out = self.samples + self.count * channels
        for channel in range(channels):
            signal = self.sums[channel]
            for i in range(count):
                signal -= signal >> self.bass
                if i < ready:
                    signal += self.wave[i * channels + channel]
                if out:
                    value = (signal + ((<int64_t> 1) << (ONE_BITS - 1))) >> ONE_BITS
                    value = -32768 if value < -32768 else 32767 if value > 32767 else value
                    out[i * channels + channel] = <int16_t> value
                elif quiet and signal >> self.bass == 0:
                    break                         # and so it stays
            self.sums[channel] = signal
        if kept:
            self.count = self.count + count
        if ready:
            memmove(self.wave, self.wave + ready * channels, (self.used - ready) * channels * sizeof(int64_t))
            memset(self.wave + (self.used - ready) * channels, 0, ready * channels * sizeof(int64_t))
            self.used = self.used - ready

    cdef bint is_quiet(self) noexcept nogil:
        """Whether the signal is that near to 0 that every sample is 0 until the next step."""
        cdef int channel
        for channel in range(self.channels):
            if not -(<int64_t> 1 << (ONE_BITS - 1)) <= self.sums[channel] < <int64_t> 1 << (ONE_BITS - 1):
                return False
        return True

    cdef bint has_room(self, int count, bint quiet) noexcept nogil:
        """Makes room for so many samples, at the cost of the oldest; false where there is no memory for them.

        As long as there were none but `quiet` ones, they need no memory.
        """
        cdef int most = KEPT_SECONDS * self.rate
        cdef int room, kept
        cdef void *grown
        if self.count + count > most:
            kept = most // 2                      # half at once, so that each sample moves once
            if self.samples:
                memmove(self.samples, self.samples + (self.count - kept) * self.channels,
                        kept * self.channels * sizeof(int16_t))
            self.count = kept
        if self.samples == NULL:
            if quiet:
                return True
            self.samples = <int16_t *> calloc((self.count + count) * self.channels, sizeof(int16_t))
            self.room = self.count + count
            return self.samples != NULL
        if self.count + count > self.room:
            room = min(2 * (self.count + count), most)
            grown = realloc(self.samples, room * self.channels * sizeof(int16_t))
            if grown == NULL:
                return False
            self.samples = <int16_t *> grown
            self.room = room
        return True

    cdef void forget_samples(self) noexcept nogil:
        free(self.samples)
        self.samples = NULL
        self.count = 0

    cdef void end_frame(self, tick_t now, bint render) noexcept nogil:
        self.finish_to(now)
        self.trim_wave()

    # --- state --------------------------------------------------------------------------------------------------

    cdef void silence(self) noexcept nogil:
        memset(self.levels, 0, self.voices * sizeof(int))
        memset(self.sums, 0, self.channels * sizeof(int64_t))
        self.forget_wave()
        self.forget_samples()
        self.phase = 0
        self.finished = self.clock.now

    cdef void forget_wave(self) noexcept nogil:
        self.used = 0
        self.trim_wave()

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on:
            self.silence()

    cdef bytes signal(self):
        """`sums` and the used part of `wave`, as little-endian integers of 8 bytes."""
        cdef int i
        values = [self.sums[i] for i in range(self.channels)]
        values += [self.wave[i] for i in range(self.used * self.channels)]
        return pack(f"<{len(values)}q", *values)

    cdef int set_signal(self, bytes signal) except -1:
        cdef int i, used = len(signal) // (8 * self.channels) - 1
        values = unpack(f"<{len(signal) // 8}q", signal)
        self.forget_wave()
        if not self.grow_wave(used):
            raise MemoryError
        for i in range(self.channels):
            self.sums[i] = values[i]
        for i in range(used * self.channels):
            self.wave[i] = values[self.channels + i]
        self.used = used
        return 0

    cdef int sync(self, State state) except -1:
        cdef int voice
        cdef bytes found
        Device.sync(self, state)
        state.i64("finished", &self.finished)
        state.u64("phase", &self.phase, self.divisor - 1)
        for voice in range(self.voices):
            state.i32(f"level{voice}", &self.levels[voice], -32768, 32767)
        found = state.blob("signal", self.signal())
        whole = 8 * self.channels
        if len(found) % whole or not whole <= len(found) <= whole * (1 + self.rate + 1 + TAPS):
            raise StateError(f"{self.name}.signal: {len(found)} bytes are no signal of {self.channels} channels")
        if sum(map(abs, unpack(f"<{len(found) // 8}q", found))) >= 1 << 62:
            raise StateError(f"{self.name}.signal: louder than any sound of {self.voices} voices can be")
        if state.loading:
            self.set_signal(found)
        return 0

    cdef int restored(self) except -1:
        cdef tick_t minute = KEPT_SECONDS * self.stride
        if self.finished < 0 or not -minute <= self.clock.now - self.finished <= minute:
            raise StateError(f"{self.name}: the sound is finished up to tick {self.finished}, which is more than a minute "
                             f"away from tick {self.clock.now} of the machine")
        return 0

    # --- the host's side ----------------------------------------------------------------------------------------

    def set_level(self, int level, int voice=0, tick=None):
        """Changes the level of a voice: for devices written in Python.

        Parameters
            level  -32768 to 32767
            voice  0 to `voices` - 1
            tick   when; from the end of the last frame to a second later. The present tick when not given.
        Raises `ArgumentError` for anything else.
        """
        if not -32768 <= level <= 32767:
            raise ArgumentError(f"{self.name}: a level is -32768 to 32767, not {level}")
        if not 0 <= voice < self.voices:
            raise ArgumentError(f"{self.name}: there are the voices 0 to {self.voices - 1}, not {voice}")
        self.level(voice, self.clock.now if tick is None else self.check(tick), level)

    def finish(self, tick):
        """Makes the samples up to this tick, at most a second behind the last: a machine does so as a frame ends."""
        self.finish_to(self.check(tick))

    cdef tick_t check(self, tick) except -1:
        if not self.finished <= tick <= self.finished + self.stride:
            raise ArgumentError(f"{self.name}: the ticks {self.finished} to {self.finished + self.stride} are possible now, "
                                f"not {tick}")
        return tick

    def forget(self):
        """Drops the finished samples: a machine does so as a tick begins."""
        self.clock.begin()
        self.forget_samples()
        self.clock.end()

    @property
    def ndarray(self):
        """The samples that the last tick produced: int16 of shape (n, channels), a read-only copy.

        Without a tick they pile up; once there is a minute of them, the older half is dropped.
        """
        import numpy
        return numpy.frombuffer(self.tobytes(), numpy.int16).reshape(-1, self.channels)

    def tobytes(self):
        """The samples of `ndarray` as bytes: int16 in the host's byte order. Works without numpy."""
        cdef Py_ssize_t size
        self.clock.begin()             # a run may move the samples
        try:
            size = self.count * self.channels * sizeof(int16_t)
            return (<char *> self.samples)[:size] if self.samples else bytes(size)
        finally:
            self.clock.end()
