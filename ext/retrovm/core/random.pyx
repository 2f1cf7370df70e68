# cython: overflowcheck=False
# The generator counts modulo 2**64: wrapping around is what it is made of.
"""Randomness that is part of the machine's state.

The generator is PCG32 (docs/references.md: pcg): 64 bits of state, 32 bits a draw. The same seed gives the same machine
on any host.
"""

from retrovm.core.errors import ArgumentError


cdef class Random(Device):
    """`Random(name, seed)`: every random bit of a machine comes from here."""

    def __init__(self, str name="random", seed=1):
        if not isinstance(seed, int) or not 0 <= seed < 1 << 64:
            raise ArgumentError(f"a seed is an integer from 0 to 2**64 - 1, not {seed!r}")
        super().__init__(name)
        self.seed = seed
        self.reset(True)

    cdef uint32_t next32(self) noexcept nogil:
        """32 random bits."""
        cdef uint64_t old = self.state
        cdef uint32_t shifted = <uint32_t> (((old >> 18) ^ old) >> 27)
        cdef uint32_t turn = <uint32_t> (old >> 59)
        self.state = old * <uint64_t> 6364136223846793005 + <uint64_t> 1442695040888963407
        return (shifted >> turn) | (shifted << ((32 - turn) & 31))

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on:
            self.state = 0
            self.next32()
            self.state = self.state + self.seed
            self.next32()

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        return state.u64("state", &self.state)

    def draw(self):
        """The next 32 random bits, as an int; the machine's state moves on."""
        return self.next32()

    def draw_bytes(self, Py_ssize_t count):
        """So many random bytes: four of each draw, the lowest first. What is left of the last draw is lost."""
        cdef Py_ssize_t i
        cdef uint32_t word = 0
        cdef unsigned char[:] view
        if count < 0:
            raise ArgumentError(f"a number of bytes is 0 or more, not {count}")
        drawn = bytearray(count)
        view = drawn
        with nogil:
            for i in range(count):
                word = self.next32() if i % 4 == 0 else word >> 8
                view[i] = <unsigned char> (word & 0xFF)
        return bytes(drawn)
