"""The 6821 PIA: two parallel ports with two control lines each."""

from cpython.object cimport PyObject
from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device, Wire
from retrovm.core.pins cimport Pins
from retrovm.core.state cimport State
from retrovm.core.types cimport Access, tick_t
from libc.stdint cimport int64_t, uint8_t, uint32_t


cdef class Mc6821(Device):
    cdef Clock clock                  # not state: wiring
    cdef readonly tick_t period       # not state: wiring
    cdef readonly Pins port_a, port_b
    cdef PyObject *port[2]            # not state: wiring, the same
    cdef Wire irqa, irqb              # not state: wiring
    cdef uint32_t[2] irq_bit          # not state: wiring
    cdef int[2] slot                  # not state: wiring
    cdef uint32_t[2] seen             # not state: derived, the lines as the chip has seen them last
    cdef int driving                  # not state: only within `drive`
    cdef bint resetting               # not state: only within `reset`, when edges mean nothing

    # Of side A and of side B:
    cdef uint8_t[2] output            # ORA, ORB
    cdef uint8_t[2] ddr
    cdef uint8_t[2] control           # CRA, CRB
    cdef bint[2] c2_low               # a handshake or a pulse goes on
    cdef int64_t[2] c2_rise           # the cycle in which a pulse has ended, if nobody selects the chip before; or NEVER

    cdef inline int64_t cycle_of(self, tick_t tick) noexcept nogil:
        return tick if self.period == 1 else tick // self.period

    cdef void schedule(self) noexcept nogil
    cdef void request(self) noexcept nogil
    cdef void drive(self, int side, int64_t now) noexcept nogil
    cdef void look(self, int side, int64_t now) noexcept nogil
    cdef uint8_t register(self, uint32_t addr) noexcept nogil
    cdef void hold_pulses(self, int64_t now) noexcept nogil
    cdef void strobe(self, int side, int64_t now) noexcept nogil
