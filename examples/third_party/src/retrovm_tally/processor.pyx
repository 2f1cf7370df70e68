"""The processor of the Tally: one register, eight instructions of two bytes, 256 addresses.

| opcode | instruction | cycles | does                                           |
|--------|-------------|--------|------------------------------------------------|
| 0      | HLT         | 2      | stops                                          |
| 1      | LDA a       | 3      | loads A                                        |
| 2      | ADD a       | 3      | adds to A                                      |
| 3      | STA a       | 3      | stores A                                       |
| 4      | JMP a       | 2      | goes on at a                                   |
| 5      | JNZ a       | 2      | goes on at a unless A is 0                     |
| 6      | LDI n       | 2      | loads A with n                                 |
| 7      | WAI         | 2      | waits until IRQ is asserted, and goes on       |

Only the lower three bits of an opcode count.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t
from retrovm.core.bus cimport Bus, hooked, trap_read, trap_write
from retrovm.core.cpu cimport Cpu
from retrovm.core.state cimport State
from retrovm.core.types cimport Access, Line, StopReason, tick_t

cdef enum:
    HLT = 0
    LDA = 1
    ADD = 2
    STA = 3
    JMP = 4
    JNZ = 5
    LDI = 6
    WAI = 7


cdef class Tally(Cpu):
    """`Tally(bus, period=1)`: `bus` has 256 addresses, and a cycle takes `period` ticks."""

    cdef uint8_t a, counter
    cdef bint halted, waiting

    def __init__(self, Bus bus, period=1):
        super().__init__("cpu", bus, period)

    @property
    def registers(self):
        """The registers by name: {"a": ..., "pc": ...}."""
        return {"a": self.a, "pc": self.counter}

    cdef uint32_t get_pc(self) noexcept nogil:
        return self.counter

    cdef int set_pc(self, uint32_t pc) except -1:
        self.counter = <uint8_t> pc
        return 0

    cdef StopReason run_until(self, tick_t until) noexcept nogil:
        while self.clock.now < until:
            if self.clock.due <= self.clock.now:
                self.clock.dispatch(self.clock.now)
            if self.clock.stop:
                return StopReason.ERROR
            if self.is_idle():
                self.pass_time(min(until, self.clock.due))
            elif hooked(self.bus, self.counter):
                return StopReason.ADDRESS
            else:
                self.instruction()
        return StopReason.HALTED if self.halted else StopReason.CYCLES

    cdef StopReason run_one(self, tick_t until) noexcept nogil:
        if self.clock.due <= self.clock.now:
            self.clock.dispatch(self.clock.now)
        if self.is_idle():
            self.pass_time(self.clock.now + 1)
        else:
            self.instruction()
        return StopReason.HALTED if self.halted else StopReason.CYCLES

    cdef bint is_idle(self) noexcept nogil:
        if self.waiting and self.lines & Line.IRQ:
            self.waiting = False
        return self.halted or self.waiting

    cdef void pass_time(self, tick_t until) noexcept nogil:
        cdef int64_t cycles = (until - self.clock.now + self.period - 1) // self.period
        self.cycle_count += cycles
        self.clock.now += cycles * self.period

    cdef void cycle(self) noexcept nogil:
        self.cycle_count += 1
        self.clock.now += self.period

    cdef uint8_t read_bus(self, uint8_t addr, Access kind) noexcept nogil:
        cdef uint8_t *page = self.bus.rp[addr >> self.bus.shift]
        self.bus.data = page[addr] if page != NULL else trap_read(self.bus, addr, kind, self.clock.now)
        if self.bus.tracing:
            self.bus.tracer.record(self.clock.now, addr, self.bus.data, kind, False)
        self.cycle()
        return self.bus.data

    cdef void write_bus(self, uint8_t addr, uint8_t value) noexcept nogil:
        cdef uint8_t *page = self.bus.wp[addr >> self.bus.shift]
        self.bus.data = value
        if page != NULL:
            page[addr] = value
        else:
            trap_write(self.bus, addr, value, self.clock.now)
        if self.bus.tracing:
            self.bus.tracer.record(self.clock.now, addr, value, Access.WRITE, True)
        self.cycle()

    cdef void instruction(self) noexcept nogil:
        cdef uint8_t opcode = self.read_bus(self.counter, Access.FETCH) & 7
        cdef uint8_t operand = self.read_bus(<uint8_t> (self.counter + 1), Access.OPERAND)
        self.counter = <uint8_t> (self.counter + 2)
        if opcode == HLT:
            self.halted = True
        elif opcode == LDA:
            self.a = self.read_bus(operand, Access.READ)
        elif opcode == ADD:
            self.a = <uint8_t> (self.a + self.read_bus(operand, Access.READ))
        elif opcode == STA:
            self.write_bus(operand, self.a)
        elif opcode == JMP or (opcode == JNZ and self.a != 0):
            self.counter = operand
        elif opcode == LDI:
            self.a = operand
        elif opcode == WAI:
            self.waiting = True

    cdef void reset(self, bint power_on) noexcept nogil:
        self.counter = 0
        self.halted = self.waiting = False
        if power_on:
            self.a = 0
            self.cycle_count = 0

    cdef int sync(self, State state) except -1:
        Cpu.sync(self, state)
        state.u8("a", &self.a)
        state.u8("counter", &self.counter)
        state.flag("halted", &self.halted)
        return state.flag("waiting", &self.waiting)
