"""The 6502 family."""

from cpython.object cimport PyObject
from retrovm.core.bus cimport Bus
from retrovm.core.clock cimport Clock
from retrovm.core.cpu cimport Cpu
from retrovm.core.state cimport State
from retrovm.core.tally cimport Kind
from retrovm.core.types cimport Access, StopReason, tick_t
from retrovm.cpu.mos6510_port cimport Mos6510Port
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t


cdef enum Halt:
    RUNS
    JAMMED                     # for good, but for a reset
    STOPPED                    # by STP: likewise
    WAITS                      # in WAI: until an interrupt
    HELD                       # by RDY within an instruction, and nobody lets go: for good, but for a reset


cdef enum:
    HELD_FOR_GOOD = 0x100000    # cycles after which a stall within an instruction counts as that


cdef struct LineChange:        # the lines as they were from a cycle on
    tick_t tick
    uint32_t lines


cdef struct PageTable:         # the pointers of a bus with 256 pages
    uint8_t *read[256]
    uint8_t *write[256]


# What a run holds in the host's registers, one struct for each build. The flags of P are kept apart: p has D and I, c is 0
# or 1, V is bit 7 of v. N and Z share nz, since nearly every instruction sets both from one byte: Z is set when
# bits 0-7 are 0, N when bit 7 or bit 15 is not; bit 15 serves those that set N and Z from two values.

cdef struct FastRegisters:
    uint32_t a, x, y, p, c, nz, v
    uint8_t s                              # a byte, so that the compiler knows that it stays in page one
    size_t pc                              # as wide as a pointer, which it is added to in every cycle
    uint32_t data, ea, carry, temp         # data lines, effective address, carry into its high byte
    tick_t period
    PageTable *pages
    PyObject *core
    int64_t left                           # cycles until the run ends, but for `used`, those of this instruction so far,
    int64_t used                           # which the compiler knows
    uint32_t overflow                      # which it knows too: 0, or 1 + how many cycles behind its end this instruction writes V
    uint8_t *code                          # biased pointer to the code window
    size_t window, window_end              # an instruction may start from `window` on, and below `window_end`
    uint8_t *zero                          # page zero of a model with a port
    uint32_t careful                       # IRQ_WAITS, DEVICE_BELOW

cdef struct ExactRegisters:
    uint32_t a, x, y, pc, p, c, nz, v
    uint8_t s
    uint32_t data, ea, carry, temp
    tick_t period
    PageTable *pages
    PyObject *core
    tick_t now                             # of the next cycle


cdef class Mos6502(Cpu):
    cdef readonly str model           # not state: wiring
    cdef bint is_cmos                 # not state: what the model is, as `Model` in isa/mos6502.py says
    cdef int table                    # not state: likewise, its table among those of its technology
    cdef readonly Mos6510Port port    # its own `sync` visits it
    cdef uint8_t *zero                # not state: derived, page zero behind the port, where it is plain memory
    cdef uint32_t zero_generation     # not state: derived, of the bus, when this was
    cdef const uint16_t *numbers      # not state: likewise, the handlers of its opcodes
    cdef bint has_decimal_mode        # not state: likewise
    cdef bint subtracts_by_digit      # not state: likewise
    cdef uint32_t adc_reads           # not state: likewise
    cdef uint32_t sbc_reads           # not state: likewise
    cdef readonly uint32_t ane_constant    # not state: wiring
    cdef readonly uint32_t lxa_constant    # not state: wiring
    cdef uint32_t a, x, y, s, pc
    cdef uint32_t p, c, nz, v
    cdef uint32_t active              # interrupts that want service, whatever I says: Line.IRQ, Line.NMI
    cdef uint32_t active_before       # not state: what `active` was before its last change
    cdef tick_t active_since          # not state: the cycle of that change
    cdef tick_t wake                  # not state: the exact build's cycles are plain before this tick
    cdef uint32_t polled              # not state: what the poll of an instruction with one of its own saw; else OPEN
    cdef uint32_t vector              # not state: where the last interrupt sequence was led by
    cdef uint32_t polled_p            # not state: the P that an instruction's poll goes by: that from before it
    cdef bint eventful                # not state: of an exact run, there is more to the end of an instruction than the time
    cdef bint changed                 # a line has changed since the last sample
    cdef bint nmi_was_low             # at the last sample
    cdef bint nmi_latched             # an edge was seen and not served
    cdef bint nmi_blind               # not state: within an interrupt sequence the edge detector does not look
    cdef bint so_was_low              # at the last sample
    cdef tick_t overflow_at           # when an edge at SO sets V; 0 without one
    cdef tick_t overflow_again_at     # when the last one does
    cdef tick_t overflow_written      # not state: within an instruction, edges that set V up to this tick are lost
    cdef bint taken                   # the last instruction's poll accepted an interrupt
    cdef bint resetting               # the reset sequence comes next
    cdef uint32_t halt                # a `Halt`: what keeps the next instruction from being executed
    cdef public bint exact            # not state: never use the fast build, so that it can be compared
    cdef int64_t left                 # not state: cycles until the present fast run ends
    cdef tick_t end                   # not state: the tick at which `left` is 0
    cdef bint leaving                 # not state: the fast run ends after the present instruction
    cdef bint stuck                   # not state: the fast run ended before an instruction that it leaves to the exact build
    cdef uint8_t *code                # not state: the code window of the fast run
    cdef uint32_t window, window_end  # not state: likewise, an instruction may start from `window` on, below `window_end`
    cdef tick_t due                   # not state: the event before which the present fast run ends
    cdef uint32_t access_addr         # not state: the address and nature of the access of a device that the fast run is in
    cdef uint32_t access_how          # not state: likewise
    cdef bint stalled                 # not state: RDY has stretched an instruction of the fast run
    cdef tick_t stalled_from          # not state: the cycle in which that began
    cdef tick_t stretched             # not state: of a run, the last cycle that RDY has stretched
    cdef uint32_t polled_before       # not state: likewise, what a poll before that cycle saw
    cdef uint32_t polled_meanwhile    # not state: likewise, what polls in its repetitions saw, but for the last
    cdef int64_t patience             # not state: likewise, repetitions until the processor counts as held
    cdef bint holding                 # not state: of a run, RDY stretches the first cycle of the next instruction
    cdef LineChange[16] log           # not state: changes of lines within one fast run
    cdef int logged                   # not state: how many of them there are
    cdef public object follower       # not state: of the session, knows the calls under way (mos6502_calls.pyx) or None

    cdef void sample(self, tick_t cycle) noexcept nogil
    cdef void look_back(self, tick_t end) noexcept nogil
    cdef bint must_run_exactly(self) noexcept nogil
    cdef bint may_run_fast(self) noexcept nogil
    cdef bint fast(self, tick_t until) noexcept nogil
    cdef void settle_after_fast(self, tick_t now) noexcept nogil
    cdef void exactly(self, tick_t until, bint stay) noexcept nogil
    cdef uint32_t hold(self, uint32_t pc, Access kind, uint32_t data, tick_t now, tick_t until) noexcept nogil
    cdef void stay_halted(self, tick_t until) noexcept nogil
    cdef void stay_waiting(self, tick_t until) noexcept nogil
    cdef uint32_t get_p(self) noexcept nogil
    cdef void set_p(self, uint32_t p) noexcept nogil
    cdef void count(self, tick_t since) noexcept nogil
    cdef void count_ended(self, uint32_t at, uint32_t pc, uint32_t s, tick_t now) noexcept nogil
    cdef void count_sequence(self, Kind kind, uint32_t at, uint32_t pc, uint32_t s, tick_t began) noexcept nogil
    cdef object ended(self, StopReason reason)
    cdef int raise_fault(self) except -1
