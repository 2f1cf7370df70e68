"""The countdown of the Tally: a chip with one register that asserts IRQ when its time is up.

| access | register                                                            |
|--------|---------------------------------------------------------------------|
| write  | starts a countdown of so many units; 0 stops it. Lets IRQ go        |
| read   | the units that are left, begun ones included. Lets IRQ go           |
"""

from libc.stdint cimport uint8_t, uint32_t
from retrovm.core.device cimport Device, Wire
from retrovm.core.state cimport State
from retrovm.core.types cimport NEVER, Access, tick_t


cdef class Countdown(Device):
    """`Countdown(irq, unit)`: `irq` is the line that it pulls, `unit` the ticks of one count."""

    cdef Wire irq      # not state: wiring
    cdef uint32_t bit  # not state: wiring
    cdef tick_t unit   # not state: wiring
    cdef tick_t end    # when the time is up, or NEVER

    def __init__(self, Wire irq not None, tick_t unit):
        super().__init__("countdown")
        self.irq = irq
        self.bit = irq.driver()
        self.unit = unit
        self.end = NEVER
        self.last = 0  # it takes part in time

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        return 0 if self.end == NEVER else <uint8_t> ((self.end - self.last + self.unit - 1) // self.unit)

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        self.irq.drive(self.bit, False)
        return self.peek(addr)

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        self.irq.drive(self.bit, False)
        self.end = self.last + value * self.unit if value else NEVER

    cdef void run_to(self, tick_t now) noexcept nogil:
        self.last = now
        if self.end <= now:
            self.end = NEVER
            self.irq.drive(self.bit, True)

    cdef tick_t next_event(self) noexcept nogil:
        return self.end

    cdef void reset(self, bint power_on) noexcept nogil:
        self.end = NEVER
        self.irq.drive(self.bit, False)

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        return state.i64("end", &self.end)
