# The sound: the bits of a pattern, one after the other, over and over, for as long as ST is not 0. The tone of a machine
# without patterns is the pattern of alternating bits.

cdef enum:
    TONE = 1400                  # Hz, the VIP's; its oscillator is not exact
    LOUDNESS = 6000              # of a level of 16 bits
    PITCH_RATE = 4000            # bits a second at pitch 64
    VP595 = 27535                # Hz, what CHIP-8X's number plus 1 divides
    VP595_DEFAULT = 0x80         # what the sound board takes for 0

cdef uint64_t[256] PITCHES       # of each pitch the length of a bit in those of pitch 64, times 2**32


cdef int fill_pitches() except -1:
    """2**((64 - pitch) / 48), rounded down from an integer root, so that it is the same on every host."""
    for pitch in range(256):
        octaves, part = divmod(64 - pitch, 48)
        power = 1 << 48 * 40 + part
        root = int(2.0 ** (40 + part / 48))
        while root ** 48 > power:
            root -= 1
        while (root + 1) ** 48 <= power:
            root += 1
        PITCHES[pitch] = root >> 8 - octaves
    return 0


cdef inline void start_sound(Chip8 self, tick_t now) noexcept nogil:
    self.position = 0
    self.edge = now
    self.edge_part = 0


cdef inline bint sounding(Chip8 self) noexcept nogil:
    return self.q if self.vip else self.reg.st != 0


cdef inline bint bit_is_high(Chip8 self) noexcept nogil:
    return self.pattern[self.position >> 3] >> (7 - (self.position & 7)) & 1
