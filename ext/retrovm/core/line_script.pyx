"""Pulls a processor's lines at given ticks: interrupts that come when a test, an example or an experiment wants them.

    machine.add(LineScript("script", machine.cpu, [(100, Line.IRQ), (107, 0), (500, Line.NMI | Line.IRQ), (501, 0)]))

asserts IRQ from tick 100 to 106, and both lines at tick 500. Other devices and the host pull the same lines on their own
account: a line is asserted while anyone asserts it.
"""

from cpython.object cimport PyObject
from libc.stdint cimport uint32_t
from libc.stdlib cimport calloc, free

from retrovm.core.cpu cimport Cpu
from retrovm.core.device cimport Wire
from retrovm.core.types cimport NEVER, tick_t

from retrovm.core.errors import ArgumentError


cdef class LineScript(Device):
    """`LineScript(name, cpu, changes)`: from each tick on, exactly these `Line` bits are asserted: [(tick, lines), ...].

    Raises `ArgumentError` unless the ticks rise and the lines are those that the processor has.
    """

    def __dealloc__(self):
        free(self.levels)

    def __init__(self, str name, Cpu cpu not None, changes):
        cdef uint32_t i
        super().__init__(name)
        self.changes = tuple((int(tick), int(lines)) for tick, lines in changes)
        every = 0
        before = -1
        for tick, lines in self.changes:
            if not before < tick < NEVER:
                raise ArgumentError(f"{name}: the ticks of changes rise from 0 or more; {tick} comes behind {before}")
            before = tick
            every |= lines
        known = sum(cpu.wires)
        if every & ~known:
            raise ArgumentError(f"{name}: lines are bits of ${known:02X}, as {cpu.name} has them, not ${every:02X}")
        self.wires = {line: cpu.wire(line) for line in cpu.wires if line & every}
        for line, wire in self.wires.items():
            i = int(line).bit_length() - 1
            self.pulled[i] = <PyObject *> wire
            self.drivers[i] = (<Wire> wire).driver()
        self.levels = <LineLevel *> calloc(len(self.changes) + 1, sizeof(LineLevel))
        if self.levels == NULL:
            raise MemoryError
        self.count = len(self.changes)
        for i in range(self.count):
            self.levels[i].tick, self.levels[i].lines = self.changes[i]
        self.last = 0

    cdef void pull(self, uint32_t lines) noexcept nogil:
        cdef int i
        for i in range(32):
            if self.pulled[i] != NULL:
                (<Wire> self.pulled[i]).drive(self.drivers[i], (lines >> i) & 1)

    cdef void run_to(self, tick_t now) noexcept nogil:
        while self.at < self.count and self.levels[self.at].tick <= now:
            self.pull(self.levels[self.at].lines)
            self.at = self.at + 1
        self.last = now

    cdef tick_t next_event(self) noexcept nogil:
        return self.levels[self.at].tick if self.at < self.count else NEVER

    cdef void reset(self, bint power_on) noexcept nogil:
        """The script begins anew with the machine's time; the reset line does not touch it."""
        if power_on:
            self.at = 0
            self.pull(0)

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        return state.u32("at", &self.at, self.count)
