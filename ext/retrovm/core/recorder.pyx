"""RAM that records what comes to it through the device interface.

On a bus it is plain memory, and its pages are reached by pointer, until `bus.trap(start, size)` hides some of them. Then it
shows what a device in those pages would see: every access with its tick, dummy ones included. A processor is judged by it in
the build that it runs at full speed.
"""

from retrovm.core.types cimport Access
from libc.stdint cimport uint8_t, uint32_t

from retrovm.core.errors import ArgumentError


cdef class RecordingMemory(Memory):
    """`RecordingMemory(name, size, clock, tracer, fill=0)`: records into `tracer`, with the ticks of `clock`."""

    def __init__(self, str name, size, Clock clock not None, Tracer tracer not None, int fill=0):
        super().__init__(name, size, fill=fill)
        self.clock = clock
        self.tracer = tracer

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        cdef uint8_t value = Memory.read(self, addr, kind)
        self.tracer.record(self.clock.now, addr, value, kind, False)
        return value

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        self.tracer.record(self.clock.now, addr, value, Access.WRITE, True)
        Memory.write(self, addr, value)

    def store(self, cells):
        """Puts bytes into memory, without recording: [(address, value), ...]. Raises `ArgumentError` outside of it."""
        for address, value in cells:
            if not (0 <= address < self.size and 0 <= value <= 0xFF):
                raise ArgumentError(f"{self.name}: expected an address below {self.size} and a byte, not {address}, {value}")
            self.data[<uint32_t> address] = value

    def differences(self, cells):
        """Those of [(address, value), ...] that memory does not hold, as [(address, value, what it holds), ...]."""
        return [(address, value, self.data[<uint32_t> address % self.size]) for address, value in cells
                if self.data[<uint32_t> address % self.size] != value]
