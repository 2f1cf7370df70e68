"""The 28C256: an EEPROM of 32 KiB that a program may write."""

from retrovm.core.blocks cimport Disk
from retrovm.core.bus cimport Bus
from retrovm.core.clock cimport Clock
from retrovm.core.memory cimport Memory
from retrovm.core.state cimport State
from retrovm.core.types cimport Access, tick_t
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t


cdef enum:
    PAGE = 64                         # bytes that one write cycle programs


cdef class At28c256(Memory):
    cdef Clock clock                  # not state: wiring
    cdef Bus bus                      # not state: wiring
    cdef readonly Disk disk           # not state: wiring, a part of the machine with a state of its own
    cdef readonly bint write_enable   # not state: wiring
    cdef readonly tick_t t_blc, t_wc  # not state: wiring

    cdef readonly bint protected      # software data protection
    cdef int64_t load_end             # the last tick in which the page takes bytes
    cdef int64_t write_end            # when the write cycle is over; NEVER while there is none
    cdef uint8_t[PAGE] page           # what it is going to program
    cdef uint64_t loaded              # which bytes of it, a bit each
    cdef uint16_t page_at             # their address
    cdef uint8_t last_byte            # written to the chip, and asked for by DATA polling
    cdef bint toggle                  # I/O6 of the last read
    cdef uint8_t step                 # how much of a command has come
    cdef uint8_t command              # that came whole in this write cycle

    cdef int fill_up(self) except -1
    cdef void schedule(self) noexcept nogil
    cdef uint8_t polled(self, bint toggle) noexcept nogil
    cdef bint command_byte(self, uint32_t addr, uint8_t value) noexcept nogil
    cdef void program(self) noexcept nogil
    cdef bint burn(self, uint32_t addr, const uint8_t *values, uint64_t which) noexcept nogil
