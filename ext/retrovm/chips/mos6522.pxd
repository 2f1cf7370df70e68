"""The 6522 VIA: two parallel ports with handshakes, two timers and a shift register."""

from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device, Wire
from retrovm.core.pins cimport Pins
from retrovm.core.state cimport State
from retrovm.core.types cimport Access, tick_t
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t


cdef class Mos6522(Device):
    cdef Clock clock                  # not state: wiring
    cdef readonly str variant         # not state: wiring
    cdef readonly tick_t period       # not state: wiring
    cdef readonly Pins port_a, port_b
    cdef int slot_a, slot_b           # not state: wiring
    cdef uint32_t seen_a, seen_b      # not state: derived, the lines as the chip has seen them last
    cdef int driving                  # not state: only within `drive_a` and `drive_b`
    cdef bint resetting               # not state: only within `reset`, when edges mean nothing
    cdef Wire irq                     # not state: wiring
    cdef uint32_t irq_bit             # not state: wiring

    cdef uint8_t ora, orb, ddra, ddrb, acr, pcr, ifr, ier
    cdef uint8_t ira, irb             # the pins, as they were when the interrupt flag of CA1 or CB1 was set
    cdef bint ca2_low, cb2_low        # the outputs of handshakes and pulses
    cdef int64_t ca2_rise, cb2_rise   # when a pulse ends

    # Times are cycles since power-on.
    cdef uint16_t t1_latch, t1_loaded
    cdef int64_t t1_start             # the cycle in which T1C is `t1_loaded`
    cdef int64_t t1_fired             # the last cycle that set the flag
    cdef bint t1_armed                # the next time-out will
    cdef bint pb7                     # what T1 shows there

    cdef uint8_t t2_latch
    cdef uint16_t t2_value
    cdef int64_t t2_at                # the cycle in which T2C is `t2_value`
    cdef int64_t t2_stop              # from there on it counts pulses; NEVER while it counts cycles
    cdef int64_t t2_fired
    cdef bint t2_armed
    cdef int64_t t2_reload            # when its low byte is next loaded, where it clocks the shift register
    cdef int64_t shift_at             # when it clocks that

    cdef uint8_t sr
    cdef uint8_t edges                # edges of the shift clock so far: even while CB1 is high, 16 when all is shifted
    cdef bint sr_out                  # the bit on CB2
    cdef int64_t phi2_at              # when phi2 clocks the shift register next

    cdef inline int64_t cycle_of(self, tick_t tick) noexcept nogil:
        return tick if self.period == 1 else tick // self.period

    cdef void advance(self, int64_t now) noexcept nogil
    cdef void schedule(self) noexcept nogil
    cdef int64_t next_cycle(self) noexcept nogil
    cdef void request(self) noexcept nogil
    cdef void clear(self, uint8_t flags, int64_t now) noexcept nogil

    cdef uint8_t value_a(self) noexcept nogil
    cdef uint8_t value_b(self) noexcept nogil
    cdef uint8_t register(self, uint32_t addr, int64_t now) noexcept nogil
    cdef void serve_a(self, int64_t now) noexcept nogil
    cdef void serve_b(self, bint written, int64_t now) noexcept nogil
    cdef void write_acr(self, uint8_t value, int64_t now) noexcept nogil
    cdef void write_pcr(self, uint8_t value) noexcept nogil
