"""The Motorola 6821 peripheral interface adapter (PIA); also the 6520, 6521, 6820 and W65C21.

             ┌────╮╭────┐
        VSS ─┤ 1      40 ├─ CA1
        PA0 ─┤ 2      39 ├─ CA2
        PA1 ─┤ 3      38 ├─ /IRQA
        PA2 ─┤ 4      37 ├─ /IRQB
        PA3 ─┤ 5      36 ├─ RS0
        PA4 ─┤ 6      35 ├─ RS1
        PA5 ─┤ 7      34 ├─ /RESET
        PA6 ─┤ 8      33 ├─ D0
        PA7 ─┤ 9      32 ├─ D1
        PB0 ─┤ 10     31 ├─ D2
        PB1 ─┤ 11     30 ├─ D3
        PB2 ─┤ 12     29 ├─ D4
        PB3 ─┤ 13     28 ├─ D5
        PB4 ─┤ 14     27 ├─ D6
        PB5 ─┤ 15     26 ├─ D7
        PB6 ─┤ 16     25 ├─ E
        PB7 ─┤ 17     24 ├─ CS1
        CB1 ─┤ 18     23 ├─ /CS2
        CB2 ─┤ 19     22 ├─ CS0
        VCC ─┤ 20     21 ├─ R/W
             └───────────┘

| RS | name       | write                                       | read                                                 |
|----|------------|---------------------------------------------|------------------------------------------------------|
| 0  | DDRA       | while CRA2 = 0: 1 is an output              | same                                                 |
|    | ORA        | while CRA2 = 1: outputs                     | the pins, outputs among them; clears CRA7 and CRA6;  |
|    |            |                                             | handshake on CA2                                     |
| 1  | CRA        | bits 5 to 0                                 | same, and the flags                                  |
| 2  | DDRB       | while CRB2 = 0: 1 is an output              | same                                                 |
|    | ORB        | while CRB2 = 1: outputs; handshake on CB2   | outputs as written, inputs as on the pins; clears    |
|    |            |                                             | CRB7 and CRB6                                        |
| 3  | CRB        | bits 5 to 0                                 | same, and the flags                                  |

| bit  | CRA, with CA1, CA2 and /IRQA; CRB likewise                                     |
|------|--------------------------------------------------------------------------------|
| 7    | flag of CA1, read only                                                         |
| 6    | flag of CA2, read only; 0 while CA2 is an output                               |
| 5..3 | CA2                                                                            |
| 2    | 0: DDRA is at RS 0; 1: ORA is                                                  |
| 1    | edge of CA1 that sets its flag, 1 = rising                                     |
| 0    | 1: the flag of CA1 pulls /IRQA                                                 |

| 5..3 | CA2 and CB2                                                                                     |
|------|-------------------------------------------------------------------------------------------------|
| 000  | input, a falling edge sets its flag                                                             |
| 001  | the same, and the flag pulls /IRQ                                                               |
| 010  | input, a rising edge sets its flag                                                              |
| 011  | the same, and the flag pulls /IRQ                                                               |
| 100  | output; low from a read of ORA, or a write of ORB, to the edge of CA1 or CB1 that sets its flag |
| 101  | output; low from there to the end of the first cycle in which the chip is not selected          |
| 110  | output, low                                                                                     |
| 111  | output, high                                                                                    |

Emulated
    All of the above. Port A and CA2 have pull-ups; CA1, port B, CB1 and CB2 have none: a line that nobody drives is what it was.
    Pins go both ways: `port_a` has PA0 to PA7, CA1 and CA2, `port_b` PB0 to PB7, CB1 and CB2 (retrovm.core.pins).

Not emulated
    What takes less than a cycle: an edge counts in its own cycle, however short the pulse, and needs no pulse of E before it.
    CB2 changes in the middle of a cycle, half a cycle behind CA2; here both change between cycles. Strengths of outputs: low
    wins where two drive against each other. What the pins of the W65C21 have instead of pull-ups.

Not in the datasheets, decided here
    A change of the mode of CA2 or CB2 ends its handshake or pulse. An edge of CA1 or CB1 ends a handshake also where its flag is
    set already.

Sources: mc6821 (internal addressing, control registers, control of CA1, CA2, CB1 and CB2, hardware characteristics of the ports,
reset); w65c21 (which chips it replaces).
"""

from retrovm.core.types cimport NEVER

from retrovm.core.errors import ArgumentError, StateError

cdef enum:
    A = 0                      # a side
    B = 1

cdef enum ControlBit:
    C1_ENABLE = 0x01
    C1_RISING = 0x02
    DATA_REGISTER = 0x04
    C2_ENABLE = 0x08           # of an input
    C2_PULSE = 0x08            # of an output, where it is not set by hand
    C2_HIGH = 0x08             # of an output that is
    C2_RISING = 0x10           # of an input
    C2_BY_HAND = 0x10          # of an output
    C2_OUTPUT = 0x20
    C2_MODE = 0x38
    WRITABLE = 0x3F
    C2_FLAG = 0x40
    C1_FLAG = 0x80
    FLAGS = 0xC0

cdef enum Line:                # in a port, beside its eight data lines
    DATA = 0x0FF
    C1 = 0x100
    C2 = 0x200


cdef inline bint asks(uint8_t control) noexcept nogil:
    """Whether a side pulls its interrupt line. An output at C2 has no flag, so its mode bits enable nothing."""
    return ((control & C1_FLAG and control & C1_ENABLE)
            or (control & C2_FLAG and control & C2_ENABLE))


cdef class Mc6821(Device):
    """A PIA.

    Parameters
        name        as in every device
        clock       of the machine
        irqa, irqb  the wires that /IRQA and /IRQB pull, also one and the same; None leaves the pin open
        period      ticks a cycle of E: that of the processor
    Map it with `mirror=4` where its page is larger than its four registers. `pia.port_a["pa0"]` is the level of a pin, which
    the host may also drive; parts are attached to `port_a` and `port_b`.
    """

    def __init__(self, str name, Clock clock not None, Wire irqa=None, Wire irqb=None, *, period=1):
        super().__init__(name)
        if not isinstance(period, int) or not 0 < period < 1 << 31:
            raise ArgumentError(f"{name}: a cycle takes a whole number of ticks, 1 or more, not {period!r}")
        self.clock = clock
        self.period = period
        self.irqa = Wire() if irqa is None else irqa
        self.irqb = Wire() if irqb is None else irqb
        self.irq_bit[A] = self.irqa.driver()
        self.irq_bit[B] = self.irqb.driver()
        self.port_a = Pins(clock, f"{name}.port_a", [f"pa{bit}" for bit in range(8)] + ["ca1", "ca2"], pull_ups=DATA | C2)
        self.port_b = Pins(clock, f"{name}.port_b", [f"pb{bit}" for bit in range(8)] + ["cb1", "cb2"], pull_ups=0)
        self.port[A] = <PyObject *> self.port_a
        self.port[B] = <PyObject *> self.port_b
        self.slot[A] = self.port_a.attach(self, A)
        self.slot[B] = self.port_b.attach(self, B)
        self.last = clock.now
        self.reset(True)

    # --- time -----------------------------------------------------------------------------------------------------

    cdef void run_to(self, tick_t now) noexcept nogil:
        cdef int64_t cycle = self.cycle_of(now)
        cdef int side
        self.last = now
        for side in range(2):
            if self.c2_rise[side] <= cycle:
                self.c2_rise[side] = NEVER
                self.c2_low[side] = False
                self.drive(side, cycle)
        self.schedule()

    cdef tick_t next_event(self) noexcept nogil:
        return self.idle_until

    cdef void schedule(self) noexcept nogil:
        """The end of a pulse is all that happens by itself."""
        cdef int64_t cycle = min(self.c2_rise[A], self.c2_rise[B])
        self.idle_until = NEVER if cycle == NEVER else cycle * self.period
        self.clock.expect(self.idle_until)

    # --- pins -----------------------------------------------------------------------------------------------------

    cdef void request(self) noexcept nogil:
        self.irqa.drive(self.irq_bit[A], asks(self.control[A]))
        self.irqb.drive(self.irq_bit[B], asks(self.control[B]))

    cdef void drive(self, int side, int64_t now) noexcept nogil:
        """Puts on the lines what the registers say."""
        cdef uint8_t control = self.control[side]
        cdef uint32_t driven = self.ddr[side]
        cdef uint32_t levels = self.output[side]
        if control & C2_OUTPUT:
            driven |= C2
            if (control & C2_HIGH != 0) if control & C2_BY_HAND else self.c2_low[side] == 0:
                levels |= C2
        self.driving = self.driving + 1
        (<Pins> self.port[side]).drive(self.slot[side], driven, levels, now * self.period)
        self.driving = self.driving - 1
        self.look(side, now)

    cdef void look(self, int side, int64_t now) noexcept nogil:
        """Does what edges at C1 and C2 ask for."""
        cdef uint8_t control = self.control[side]
        cdef uint32_t levels = (<Pins> self.port[side]).levels
        cdef uint32_t changed = levels ^ self.seen[side]
        if self.resetting:
            return
        self.seen[side] = levels
        if changed & C2 and not control & C2_OUTPUT and (levels & C2 != 0) == (control & C2_RISING != 0):
            self.control[side] = self.control[side] | C2_FLAG
        if changed & C1 and (levels & C1 != 0) == (control & C1_RISING != 0):
            self.control[side] = self.control[side] | C1_FLAG
            if self.c2_low[side] and self.c2_rise[side] == NEVER:
                self.c2_low[side] = False
                self.drive(side, now)

    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil:
        if self.resetting:
            return
        if not self.driving:                     # what answers to the chip's own output comes in the middle of its work
            self.run_to(max(self.last, now))
        self.look(group, self.cycle_of(now))
        self.request()
        self.schedule()

    # --- registers ------------------------------------------------------------------------------------------------

    cdef uint8_t register(self, uint32_t addr) noexcept nogil:
        """What a register reads as, without what the read does."""
        cdef int side = addr >> 1 & 1
        cdef uint8_t pins
        if addr & 1:
            return self.control[side]
        if not self.control[side] & DATA_REGISTER:
            return self.ddr[side]
        pins = <uint8_t> ((<Pins> self.port[side]).levels & DATA)
        if side == A:
            return pins
        return pins & ~self.ddr[B] | self.output[B] & self.ddr[B]

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        cdef int64_t now = self.cycle_of(self.last)
        cdef int side = addr >> 1 & 1
        cdef uint8_t value = self.register(addr)
        self.hold_pulses(now)
        if not addr & 1 and self.control[side] & DATA_REGISTER:
            self.control[side] = self.control[side] & ~<uint8_t> FLAGS
            self.request()
            if side == A:
                self.strobe(A, now)
        self.schedule()
        return value

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        return self.register(addr)

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        cdef int64_t now = self.cycle_of(self.last)
        cdef int side = addr >> 1 & 1
        self.hold_pulses(now)
        if addr & 1:
            if (value ^ self.control[side]) & C2_MODE:
                self.c2_low[side] = False
                self.c2_rise[side] = NEVER
            self.control[side] = self.control[side] & FLAGS | value & WRITABLE
            if value & C2_OUTPUT:
                self.control[side] = self.control[side] & ~<uint8_t> C2_FLAG
        elif not self.control[side] & DATA_REGISTER:
            self.ddr[side] = value
        else:
            self.output[side] = value
            if side == B:
                self.strobe(B, now)
        self.drive(side, now)
        self.request()
        self.schedule()

    cdef void hold_pulses(self, int64_t now) noexcept nogil:
        """A pulse goes on for as long as the chip is selected."""
        cdef int side
        for side in range(2):
            if self.c2_rise[side] != NEVER:
                self.c2_rise[side] = now + 2

    cdef void strobe(self, int side, int64_t now) noexcept nogil:
        """What a read of ORA does with CA2, and a write of ORB with CB2, behind this cycle."""
        cdef uint8_t control = self.control[side]
        if control & C2_OUTPUT and not control & C2_BY_HAND:
            self.c2_low[side] = True
            self.c2_rise[side] = now + 2 if control & C2_PULSE else NEVER
            self.drive(side, now)

    cdef void reset(self, bint power_on) noexcept nogil:
        """/RESET clears every register."""
        cdef int64_t now = self.cycle_of(self.clock.now)
        cdef int side
        self.resetting = True
        for side in range(2):
            self.output[side] = self.ddr[side] = self.control[side] = 0
            self.c2_low[side] = False
            self.c2_rise[side] = NEVER
            self.drive(side, now)
            if power_on:
                (<Pins> self.port[side]).power_on(now * self.period)
            self.seen[side] = (<Pins> self.port[side]).levels
        self.resetting = False
        self.request()
        self.schedule()

    # --- state ----------------------------------------------------------------------------------------------------

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        self.port_a.sync(state, "port_a")
        self.port_b.sync(state, "port_b")
        for side, name in enumerate("ab"):
            state.u8(f"or{name}", &self.output[side])
            state.u8(f"ddr{name}", &self.ddr[side])
            state.u8(f"cr{name}", &self.control[side])
            state.flag(f"c{name}2_low", &self.c2_low[side])
            state.i64(f"c{name}2_rise", &self.c2_rise[side])
        return 0

    cdef int restored(self) except -1:
        cdef int64_t now = self.cycle_of(self.last)
        for side, name in enumerate("ab"):
            at = self.c2_rise[side]
            if at != NEVER and not now < at <= now + 2:
                raise StateError(f"{self.name}.c{name}2_rise: a pulse cannot end in cycle {at}, where the chip is in "
                                 f"cycle {now}")
            self.seen[side] = (<Pins> self.port[side]).levels
        self.request()
        self.schedule()
        return 0
