"""Cases of the single-step corpus, judged straight from the text of their file."""

from retrovm.core.bus cimport Tracer
from retrovm.core.memory cimport Memory
from retrovm.core.types cimport tick_t
from retrovm.cpu.mos6502 cimport Mos6502
from libc.stdint cimport uint8_t, uint32_t


cdef enum:
    MOST_CELLS = 64            # of a case's memory, before or after; no instruction needs as many
    MOST_CYCLES = 32


cdef enum Flaw:                # what a recording may show otherwise than the chip works
    NOTHING
    JAMS
    NOP_ABS
    NOP_ABX
    SHX
    SHY
    SHA
    LONG_NOP
    BIT_BRANCH


cdef struct Text:              # what is still to be read
    const uint8_t *at
    const uint8_t *end


cdef struct Span:              # where a case lies in the text
    size_t begin, end


cdef struct Cell:
    uint32_t address, value


cdef struct Side:              # registers and memory, before or after
    uint32_t pc, a, x, y, s, p
    uint32_t count
    Cell[MOST_CELLS] ram


cdef struct Cycle:
    uint32_t address, value
    bint write


cdef struct Case:
    Side initial, final
    uint32_t count
    Cycle[MOST_CYCLES] cycles


cdef class Cases:
    cdef readonly bytes text
    cdef Span *spans
    cdef size_t count, room

    cdef int keep(self, size_t begin, size_t end) except -1


cdef class Judge:
    cdef Mos6502 cpu
    cdef Memory memory
    cdef Tracer tracer
    cdef uint8_t[256] flaws                # of each opcode, a `Flaw`
    cdef readonly size_t corrected

    cdef bint passes(self, Case *case, bint exact, bint fast) noexcept nogil
    cdef void stay_jammed(self, Case *case, tick_t began) noexcept nogil
    cdef void prepare(self, Side *initial) noexcept nogil
    cdef bint went(self, Case *case) noexcept nogil
    cdef bint passes_exact(self, Case *case) noexcept nogil
    cdef bint passes_fast(self, Case *case) noexcept nogil
