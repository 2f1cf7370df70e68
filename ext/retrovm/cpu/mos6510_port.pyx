"""The I/O port of the MOS 6510, on the processor's chip, at its first two addresses.

| address | register | bits                                                              |
|---------|----------|-------------------------------------------------------------------|
| $0000   | DDR      | 1: the pin is an output; all are inputs after a reset             |
| $0001   | DATA     | written: what outputs show; read: that of outputs, inputs' levels |

P0 to P5 have pins; P6 and P7 exist inside only. What an input reads:

    0   while somebody pulls its wire low
    1   otherwise, where it has a pull-up
        otherwise what it showed as it was last an output: it holds a 1 for a time, which then fades

Emulated      both registers, levels of the pins in and out, fading, a write that reaches the memory below
Not emulated  the byte that this write leaves there comes from whoever drives the data lines, which the processor does not:
              on a C64 from the VIC-II's access before. Here it is the byte that is written. A read does not reach the
              memory below. Fading takes the same time for every bit, at every temperature. AEC.

Sources: docs/references.md: 6510-port.
"""

from retrovm.core.types cimport NEVER

from retrovm.core.errors import ArgumentError

from libc.stdint cimport uint64_t

PINS = 6


cdef class Mos6510Port(Device):
    """The port, for `Mos6502("6510", port=Mos6510Port(...))`; a 6510 makes one of these by itself.

    Parameters
        pull_ups     the pins with a pull-up resistor, one bit each: $17 on a C64
        fade_cycles  cycles for which a bit that nobody drives holds a 1

    `wire(n)` is the line to pin n that others pull low; `connect(n, wire)` shows its level on a wire of others.
    """

    def __init__(self, *, pull_ups=0, fade_cycles=350_000):
        cdef int pin
        super().__init__("port")
        if not isinstance(pull_ups, int) or not 0 <= pull_ups < 1 << PINS:
            raise ArgumentError(f"pull_ups is a bit for each of P0 to P5, $00 to $3F, not {pull_ups!r}")
        if not isinstance(fade_cycles, int) or not 0 < fade_cycles <= 1 << 40:
            raise ArgumentError(f"a bit fades within 1 cycle or more, up to 2**40, not {fade_cycles!r}")
        self.pull_ups = pull_ups
        self.fade_cycles = fade_cycles
        self.wires = [Wire(self, pin) for pin in range(PINS)]
        self.outputs = []

    cdef int attach(self, Bus bus, tick_t period) except -1:
        if self.bus is not None:
            raise ArgumentError("this port belongs to another processor; each has its own")
        self.bus = bus
        self.fade_ticks = self.fade_cycles * period
        bus.cover(self)
        bus.clock.add(self)
        return 0

    def wire(self, int pin):
        """The line to a pin: low while anyone asserts it. Raises `ArgumentError` for a pin that is not there."""
        if not 0 <= pin < PINS:
            raise ArgumentError(f"the pins of the port are P0 to P5, not P{pin}")
        return self.wires[pin]

    def connect(self, int pin, Wire wire not None):
        """Shows the level of a pin on a wire, which is asserted while it is low. A pin is connected once."""
        self.wire(pin)
        if self.driven[pin] != NULL:
            raise ArgumentError(f"P{pin} is connected already; several parts may listen to what that wire leads to")
        self.drivers[pin] = wire.driver()
        self.driven[pin] = <PyObject *> wire
        self.outputs.append(wire)
        wire.drive(self.drivers[pin], not self.levels >> pin & 1)

    # --- the registers ------------------------------------------------------------------------------------------------

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        return <uint8_t> (self.levels if addr else self.ddr)

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        return <uint8_t> (self.levels if addr else self.ddr)

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        self.bus.write_covered(addr, value)
        if addr:
            self.data = value
            self.update()
        else:
            self.set_direction(value)

    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil:
        """Changes a register, and nothing below it. One that reads as this already stays as it is."""
        if value != self.peek(addr):
            if addr:
                self.data = value
            else:
                self.ddr = value
            self.update()
        return True

    cdef void set_direction(self, uint32_t ddr) noexcept nogil:
        cdef uint32_t released = self.ddr & ~ddr & ~self.pull_ups & ~self.low
        cdef int pin
        for pin in range(8):
            if released >> pin & 1:
                self.fades[pin] = self.bus.clock.now + self.fade_ticks
        self.charge = (self.charge & ~ddr & ~released) | (self.data & released)
        self.ddr = ddr
        self.update()

    # --- the pins -----------------------------------------------------------------------------------------------------

    cdef void update(self) noexcept nogil:
        """Derives the levels, tells them to those who listen, and plans the next one to fade."""
        cdef uint32_t before = self.levels
        cdef tick_t due = NEVER
        cdef int pin
        self.levels = (self.data & self.ddr) | ((self.pull_ups | self.charge) & ~self.low & ~self.ddr)
        for pin in range(8):
            if self.charge & ~self.ddr & ~self.pull_ups & 1 << pin and self.fades[pin] < due:
                due = self.fades[pin]
            if (before ^ self.levels) >> pin & 1 and self.driven[pin] != NULL:
                (<Wire> self.driven[pin]).drive(self.drivers[pin], not self.levels >> pin & 1)
        self.idle_until = due
        self.bus.clock.expect(due)

    cdef void pin_changed(self, int pin, bint asserted) noexcept nogil:
        cdef uint32_t bit = 1 << pin
        self.low = self.low | bit if asserted else self.low & ~bit
        self.charge = self.charge & ~self.low
        if self.bus is not None:
            self.update()

    cdef void run_to(self, tick_t now) noexcept nogil:
        cdef int pin
        self.last = now
        if now < self.idle_until:
            return
        for pin in range(8):
            if self.fades[pin] <= now:
                self.charge = self.charge & ~(<uint32_t> 1 << pin)
        self.update()

    cdef tick_t next_event(self) noexcept nogil:
        return self.idle_until

    cdef void reset(self, bint power_on) noexcept nogil:
        """All pins become inputs."""
        if power_on:
            self.last = self.bus.clock.now
            self.ddr = self.data = self.charge = 0
        self.set_direction(0)

    cdef int sync(self, State state) except -1:
        cdef int pin
        Device.sync(self, state)
        state.u32("ddr", &self.ddr, 0xFF)
        state.u32("data", &self.data, 0xFF)
        state.u32("charge", &self.charge, 0xFF)
        state.field("fades", b"i", self.fades, 8, 8, <uint64_t> NEVER - 1)
        for pin in range(PINS):
            (<Wire> self.wires[pin]).sync(state, f"p{pin}")
        return 0

    cdef int restored(self) except -1:
        cdef int pin
        self.low = 0
        for pin in range(PINS):
            if (<Wire> self.wires[pin]).drivers:
                self.low = self.low | <uint32_t> 1 << pin
        self.update()
        return 0
