"""The MOS 6522 versatile interface adapter (VIA), and the W65C22.

             ┌────╮╭────┐
        VSS ─┤ 1      40 ├─ CA1
        PA0 ─┤ 2      39 ├─ CA2
        PA1 ─┤ 3      38 ├─ RS0
        PA2 ─┤ 4      37 ├─ RS1
        PA3 ─┤ 5      36 ├─ RS2
        PA4 ─┤ 6      35 ├─ RS3
        PA5 ─┤ 7      34 ├─ /RES
        PA6 ─┤ 8      33 ├─ D0
        PA7 ─┤ 9      32 ├─ D1
        PB0 ─┤ 10     31 ├─ D2
        PB1 ─┤ 11     30 ├─ D3
        PB2 ─┤ 12     29 ├─ D4
        PB3 ─┤ 13     28 ├─ D5
        PB4 ─┤ 14     27 ├─ D6
        PB5 ─┤ 15     26 ├─ D7
        PB6 ─┤ 16     25 ├─ phi2
        PB7 ─┤ 17     24 ├─ CS1
        CB1 ─┤ 18     23 ├─ /CS2
        CB2 ─┤ 19     22 ├─ R/W
        VCC ─┤ 20     21 ├─ /IRQ
             └───────────┘

| RS | name  | write                                      | read                                                   |
|----|-------|--------------------------------------------|--------------------------------------------------------|
| 0  | ORB   | outputs; handshake on CB2                  | outputs as written, inputs as on the pins or latched   |
| 1  | ORA   | outputs; handshake on CA2                  | the pins, or latched; handshake on CA2                 |
| 2  | DDRB  | 1: output                                  | same                                                   |
| 3  | DDRA  | 1: output                                  | same                                                   |
| 4  | T1C-L | low latch                                  | counter; clears the flag of T1                         |
| 5  | T1C-H | high latch, loads T1, clears its flag      | counter                                                |
| 6  | T1L-L | low latch                                  | latch                                                  |
| 7  | T1L-H | high latch, clears the flag of T1          | latch                                                  |
| 8  | T2C-L | low latch                                  | counter; clears the flag of T2                         |
| 9  | T2C-H | loads T2, clears its flag                  | counter                                                |
| 10 | SR    | shift register; may start it               | same                                                   |
| 11 | ACR   | auxiliary control                          | same                                                   |
| 12 | PCR   | peripheral control                         | same                                                   |
| 13 | IFR   | clears the flags whose bits are 1          | flags; bit 7: one of them is enabled                   |
| 14 | IER   | bit 7 = 1 sets the bits that are 1,        | enables; bit 7 reads 1                                 |
|    |       | bit 7 = 0 clears them                      |                                                        |
| 15 | ORA   | as 1, without handshake                    | same                                                   |

| bit | ACR             | PCR                        | IFR, IER |
|-----|-----------------|----------------------------|----------|
| 7   | T1 shows on PB7 | CB2                        |          |
| 6   | T1 runs on      | CB2                        | T1       |
| 5   | T2 counts PB6   | CB2                        | T2       |
| 4   | shift register  | edge of CB1, 1 = rising    | CB1      |
| 3   | shift register  | CA2                        | CB2      |
| 2   | shift register  | CA2                        | SR       |
| 1   | port B latches  | CA2                        | CA1      |
| 0   | port A latches  | edge of CA1, 1 = rising    | CA2      |

|     | CA2, CB2 by PCR                              | shift register by ACR                                 |
|-----|----------------------------------------------|-------------------------------------------------------|
| 000 | input, falling edge                          | off; a rising edge of CB1 shifts CB2 in               |
| 001 | the same; an access of the port leaves it    | in, clocked by T2                                     |
| 010 | input, rising edge                           | in, clocked by phi2                                   |
| 011 | the same; an access of the port leaves it    | in, clocked by CB1                                    |
| 100 | low from an access to the next edge of C1    | out, clocked by T2, for ever                          |
| 101 | low for a cycle after an access              | out, clocked by T2                                    |
| 110 | low                                          | out, clocked by phi2                                  |
| 111 | high                                         | out, clocked by CB1                                   |

Emulated
    All of the above, to the cycle. A timer that is loaded with N in cycle w shows N in cycle w + 1 and $FFFF in
    w + N + 2; /IRQ falls in the middle of that cycle, N + 1.5 after the end of the write. T1 then shows its latch,
    in both of its modes, so that it comes round every N + 2 cycles; T2 goes on at $FFFE. While T2 clocks the shift
    register, its low byte is loaded from the latch behind $FF, and a cycle later CB1 changes. Pins go both ways:
    `port_a` has PA0 to PA7, CA1 and CA2, `port_b` PB0 to PB7, CB1 and CB2 (retrovm.core.pins).

Variants
    "6522"   NMOS: inputs that nobody drives are high
    "65c22"  the W65C22S: its bus holders keep such an input at what it was

Not emulated
    What takes less than a cycle: an edge at CA1, CA2, CB1, CB2 or PB6 counts in its own cycle, however short the pulse.
    The fault of the NMOS chip that loses an edge of CB1 close to one of phi2. The totem pole on /IRQ of the W65C22S,
    which must not share a line: here it does. Strengths of outputs: low wins where two drive against each other.

Not in the datasheets, decided here
    T1 and T2 hold $FFFF and SR 0 at power-on. PB7 and the data of the shift register on CB2 are then high. A change of
    the mode of CA2 or CB2 ends its handshake or pulse.

Sources: r6522, "Timer 1 operation", "Timer 2 operation", "Shift register operation", "Interrupt operation", "Reset";
w65c22 (PB7 needs DDRB too); w65c22-an004 (bus holders, /IRQ); beeb-via (the flag of a timer is not cleared in the cycle that
sets it; T1L-H clears it; latches written in the cycle before T1 is loaded; ACR6 at the time-out; PB7 without ACR7; T2 starts
and stops counting cycles one later); vice-via (T2 as the clock of the shift register, when SR and CB1 change, and that an
access in the middle of a byte does not start it anew).
"""

from retrovm.core.types cimport NEVER

from retrovm.core.errors import ArgumentError, StateError

VARIANTS = ("6522", "65c22")


cdef enum Register:
    ORB = 0
    ORA = 1
    DDRB = 2
    DDRA = 3
    T1CL = 4
    T1CH = 5
    T1LL = 6
    T1LH = 7
    T2CL = 8
    T2CH = 9
    SR = 10
    ACR = 11
    PCR = 12
    IFR = 13
    IER = 14
    ORA_NO_HANDSHAKE = 15

cdef enum Flag:                # of IFR and IER
    F_CA2 = 0x01
    F_CA1 = 0x02
    F_SR = 0x04
    F_CB2 = 0x08
    F_CB1 = 0x10
    F_T2 = 0x20
    F_T1 = 0x40
    F_ANY = 0x80
    FLAGS = 0x7F

cdef enum AcrBit:
    LATCH_A = 0x01
    LATCH_B = 0x02
    SHIFT_MODE = 0x1C
    SHIFT_OUT = 0x10
    T2_PULSES = 0x20
    T1_FREE = 0x40
    T1_PB7 = 0x80

cdef enum ShiftMode:
    OFF = 0
    IN_T2 = 1
    IN_PHI2 = 2
    IN_CB1 = 3
    OUT_FREE = 4
    OUT_T2 = 5
    OUT_PHI2 = 6
    OUT_CB1 = 7

cdef enum PcrBit:              # of CA1 and CA2; those of CB1 and CB2 are four higher
    C1_RISING = 0x01
    C2_INDEPENDENT = 0x02      # of an input
    C2_RISING = 0x04
    C2_OUTPUT = 0x08
    C2_MODE = 0x0E
    C2_HANDSHAKE = 0x08
    C2_PULSE = 0x0A
    C2_LOW = 0x0C

cdef enum Line:                # in a port, beside its eight data lines
    DATA = 0x0FF
    C1 = 0x100
    C2 = 0x200

cdef enum:
    PB6 = 0x40
    PB7 = 0x80
    SHIFTED = 16               # `edges` when a byte is through


include "mos6522_timers.pxi"
include "mos6522_shift.pxi"
include "mos6522_pins.pxi"


cdef inline bint c2_high(uint8_t control, bint low) noexcept nogil:
    """What an output CA2 or CB2 shows; `low` while a handshake or pulse goes on."""
    if control & C2_MODE < C2_LOW:
        return not low
    return control & C2_MODE != C2_LOW


cdef inline bint c2_keeps(uint8_t control) noexcept nogil:
    """The flag of an independent input stays when the port is accessed."""
    return control & (C2_OUTPUT | C2_INDEPENDENT) == C2_INDEPENDENT


cdef class Mos6522(Device):
    """A VIA.

    Parameters
        name     as in every device
        clock    of the machine
        irq      the wire that /IRQ pulls; None leaves the pin open
        variant  "65c22" or "6522"
        period   ticks a cycle of phi2: that of the processor
    Map it with `mirror=16` where its page is larger than its sixteen registers. `via.port_a["pa0"]` is the level of a pin,
    which the host may also drive; parts are attached to `port_a` and `port_b`.
    """

    def __init__(self, str name, Clock clock not None, Wire irq=None, *, variant="65c22", period=1):
        super().__init__(name)
        if variant not in VARIANTS:
            raise ArgumentError(f"{name}: {variant!r} is no variant of the VIA; there are {' and '.join(VARIANTS)}")
        if not isinstance(period, int) or not 0 < period < 1 << 31:
            raise ArgumentError(f"{name}: a cycle takes a whole number of ticks, 1 or more, not {period!r}")
        self.clock = clock
        self.variant = variant
        self.period = period
        self.irq = Wire() if irq is None else irq
        self.irq_bit = self.irq.driver()
        pull_ups = None if variant == "6522" else 0
        self.port_a = Pins(clock, f"{name}.port_a", [f"pa{bit}" for bit in range(8)] + ["ca1", "ca2"], pull_ups=pull_ups)
        self.port_b = Pins(clock, f"{name}.port_b", [f"pb{bit}" for bit in range(8)] + ["cb1", "cb2"], pull_ups=pull_ups)
        self.slot_a = self.port_a.attach(self, 0)
        self.slot_b = self.port_b.attach(self, 1)
        self.last = clock.now
        self.reset(True)

    # --- time -----------------------------------------------------------------------------------------------------

    cdef void advance(self, int64_t now) noexcept nogil:
        """Everything up to this cycle that the chip does by itself."""
        cdef bint pulse_a = self.ca2_rise <= now
        cdef bint pulse_b = self.cb2_rise <= now
        cdef uint8_t flags = self.ifr
        cdef bint pb7 = self.pb7
        run_t1(self, now)
        run_t2(self, now)
        if self.edges < SHIFTED and clocked_by_phi2(self):
            while self.phi2_at <= now and self.edges < SHIFTED:
                self.phi2_at = self.phi2_at + 1
                shift_edge(self)
                drive_b(self, self.phi2_at - 1)
        if pulse_a:
            self.ca2_rise = NEVER
            self.ca2_low = False
            drive_a(self, now)
        if pulse_b:
            self.cb2_rise = NEVER
            self.cb2_low = False
        if pulse_b or pb7 != self.pb7:
            drive_b(self, now)
        if flags != self.ifr:
            self.request()

    cdef void run_to(self, tick_t now) noexcept nogil:
        self.last = now
        self.advance(self.cycle_of(now))
        self.schedule()

    cdef tick_t next_event(self) noexcept nogil:
        return self.idle_until

    cdef void schedule(self) noexcept nogil:
        cdef int64_t cycle = self.next_cycle()
        self.idle_until = NEVER if cycle == NEVER else cycle * self.period
        self.clock.expect(self.idle_until)

    cdef int64_t next_cycle(self) noexcept nogil:
        """The next cycle in which /IRQ or a pin may change. What nobody can see is made up for at the next access."""
        cdef int64_t due = min(self.ca2_rise, self.cb2_rise)
        cdef int64_t at
        if self.t1_armed and ((self.acr & T1_PB7 and self.ddrb & PB7) or self.ier & ~self.ifr & F_T1):
            at = self.t1_start + self.t1_loaded + 1
            if at == self.t1_fired:
                at += self.t1_latch + 2
            due = min(due, at)
        if self.ier & ~self.ifr & F_T2:
            due = min(due, t2_timeout(self))
        if self.edges < SHIFTED:
            if clocked_by_phi2(self):
                due = min(due, self.phi2_at)
            elif clocked_by_t2(self):
                due = min(due, self.shift_at)
                if self.t2_reload != NEVER:
                    due = min(due, self.t2_reload + 1)
        return due

    cdef void request(self) noexcept nogil:
        self.irq.drive(self.irq_bit, (self.ifr & self.ier) != 0)

    cdef void clear(self, uint8_t flags, int64_t now) noexcept nogil:
        """Clears flags of IFR, but for those of a timer that has come to its end in this very cycle (beeb-via)."""
        if self.t1_fired == now:
            flags = flags & ~<uint8_t> F_T1
        if self.t2_fired == now:
            flags = flags & ~<uint8_t> F_T2
        self.ifr = self.ifr & ~flags
        self.request()

    # --- pins -----------------------------------------------------------------------------------------------------

    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil:
        cdef int64_t cycle = self.cycle_of(now)
        cdef uint8_t flags
        if self.resetting:
            return
        if not self.driving:                     # what answers to the chip's own output comes in the middle of its work
            if self.last < now:
                self.last = now
            self.advance(cycle)
        flags = self.ifr
        if group == 0:
            look_a(self, cycle)
        else:
            look_b(self, cycle)
        if flags != self.ifr:
            self.request()
        self.schedule()

    # --- registers ------------------------------------------------------------------------------------------------

    cdef uint8_t value_a(self) noexcept nogil:
        if self.acr & LATCH_A and self.ifr & F_CA1:
            return self.ira
        return <uint8_t> (self.port_a.levels & DATA)

    cdef uint8_t value_b(self) noexcept nogil:
        cdef uint8_t value
        value = self.irb if self.acr & LATCH_B and self.ifr & F_CB1 else <uint8_t> (self.port_b.levels & DATA)
        value = value & ~self.ddrb | self.orb & self.ddrb
        if self.acr & T1_PB7:
            value = value & ~<uint8_t> PB7 | (<uint8_t> PB7 if self.pb7 else 0)
        return value

    cdef uint8_t register(self, uint32_t addr, int64_t now) noexcept nogil:
        """What a register reads as, without what the read does."""
        addr = addr & 15
        if addr == ORB:
            return self.value_b()
        if addr == ORA or addr == ORA_NO_HANDSHAKE:
            return self.value_a()
        if addr == DDRB:
            return self.ddrb
        if addr == DDRA:
            return self.ddra
        if addr == T1CL:
            return <uint8_t> (t1_count(self, now) & 0xFF)
        if addr == T1CH:
            return t1_count(self, now) >> 8
        if addr == T1LL:
            return <uint8_t> (self.t1_latch & 0xFF)
        if addr == T1LH:
            return self.t1_latch >> 8
        if addr == T2CL:
            return <uint8_t> (t2_count(self, now) & 0xFF)
        if addr == T2CH:
            return t2_count(self, now) >> 8
        if addr == SR:
            return self.sr
        if addr == ACR:
            return self.acr
        if addr == PCR:
            return self.pcr
        if addr == IFR:
            return self.ifr | (<uint8_t> F_ANY if self.ifr & self.ier else 0)
        return self.ier | F_ANY

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        cdef int64_t now = self.cycle_of(self.last)
        cdef uint8_t value
        self.advance(now)
        value = self.register(addr, now)
        addr = addr & 15
        if addr == ORB:
            self.serve_b(False, now)
        elif addr == ORA:
            self.serve_a(now)
        elif addr == T1CL:
            self.clear(F_T1, now)
        elif addr == T2CL:
            self.clear(F_T2, now)
        elif addr == SR:
            access_sr(self, now)
        else:
            return value
        self.schedule()
        return value

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        # What can be seen from outside happens at its own tick, and not because somebody peeks.
        cdef tick_t now = self.clock.now
        self.advance(self.cycle_of(min(now, self.idle_until - 1)) if self.idle_until > 0 else 0)
        return self.register(addr, self.cycle_of(now))

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        cdef int64_t now = self.cycle_of(self.last)
        self.advance(now)
        addr = addr & 15
        if addr == ORB:
            self.orb = value
            self.serve_b(True, now)
            drive_b(self, now)
        elif addr == ORA or addr == ORA_NO_HANDSHAKE:
            self.ora = value
            if addr == ORA:
                self.serve_a(now)
            drive_a(self, now)
        elif addr == DDRB:
            self.ddrb = value
            drive_b(self, now)
        elif addr == DDRA:
            self.ddra = value
            drive_a(self, now)
        elif addr == T1CL or addr == T1LL:
            self.t1_latch = self.t1_latch & 0xFF00 | value
        elif addr == T1CH or addr == T1LH:
            self.t1_latch = <uint16_t> ((self.t1_latch & 0xFF) | value << 8)
            if addr == T1CH:
                self.t1_loaded = self.t1_latch
                self.t1_start = now + 1
                self.t1_armed = True
                self.pb7 = False
                drive_b(self, now)
            self.clear(F_T1, now)
        elif addr == T2CL:
            self.t2_latch = value
        elif addr == T2CH:
            self.t2_value = <uint16_t> (self.t2_latch | value << 8)
            self.t2_at = now + 1
            self.t2_stop = now + 1 if self.acr & T2_PULSES else NEVER
            self.t2_armed = True
            plan_reload(self, now)
            self.clear(F_T2, now)
        elif addr == SR:
            self.sr = value
            access_sr(self, now)
        elif addr == ACR:
            self.write_acr(value, now)
        elif addr == PCR:
            self.write_pcr(value)
            drive_a(self, now)
            drive_b(self, now)
        elif addr == IFR:
            self.clear(value & FLAGS, now)
        else:
            self.ier = (self.ier | value if value & F_ANY else self.ier & ~value) & FLAGS
        self.request()
        self.schedule()

    cdef void serve_a(self, int64_t now) noexcept nogil:
        """What an access of ORA does beside: flags, and the handshake or pulse on CA2."""
        self.clear(F_CA1 if c2_keeps(self.pcr) else F_CA1 | F_CA2, now)
        if self.pcr & C2_OUTPUT and self.pcr & C2_MODE < C2_LOW:
            self.ca2_low = True
            self.ca2_rise = now + 2 if self.pcr & C2_MODE == C2_PULSE else NEVER
            drive_a(self, now)

    cdef void serve_b(self, bint written, int64_t now) noexcept nogil:
        """The same for ORB and CB2, where only a write has a handshake."""
        cdef uint8_t control = self.pcr >> 4
        self.clear(F_CB1 if c2_keeps(control) else F_CB1 | F_CB2, now)
        if written and control & C2_OUTPUT and control & C2_MODE < C2_LOW:
            self.cb2_low = True
            self.cb2_rise = now + 2 if control & C2_MODE == C2_PULSE else NEVER

    cdef void write_acr(self, uint8_t value, int64_t now) noexcept nogil:
        cdef uint8_t before = self.acr
        cdef bint by_phi2 = clocked_by_phi2(self)
        self.acr = value
        if value & ~before & LATCH_A:
            self.ira = <uint8_t> (self.port_a.levels & DATA)
        if value & ~before & LATCH_B:
            self.irb = <uint8_t> (self.port_b.levels & DATA)
        if self.t1_fired == now and not value & T1_FREE:
            self.t1_armed = False            # beeb-via: one-shot mode comes in time for the time-out of this cycle
        if value & ~before & T2_PULSES:
            self.t2_stop = now + 1
        elif before & ~value & T2_PULSES:
            self.t2_value = t2_count(self, now)
            self.t2_at = now + 1
            self.t2_stop = NEVER
        if self.t2_reload != now + 1 or not clocked_by_t2(self):
            plan_reload(self, now)
        if shift_mode(self) == OFF:
            self.clear(F_SR, now)
        elif clocked_by_phi2(self) and not by_phi2:
            self.phi2_at = now + 4           # vice-via
        drive_b(self, now)

    cdef void write_pcr(self, uint8_t value) noexcept nogil:
        if (value ^ self.pcr) & C2_MODE:
            self.ca2_low = False
            self.ca2_rise = NEVER
        if (value ^ self.pcr) >> 4 & C2_MODE:
            self.cb2_low = False
            self.cb2_rise = NEVER
        self.pcr = value

    cdef void reset(self, bint power_on) noexcept nogil:
        """/RES clears every register but the timers, their latches and SR; r6522 "Reset"."""
        cdef int64_t now = self.cycle_of(self.clock.now)
        if power_on:
            self.t1_latch = self.t1_loaded = 0xFFFF
            self.t2_value = 0xFFFF
            self.t2_latch = 0xFF
            self.t1_start = self.t2_at = now
            self.t2_stop = self.t2_reload = self.shift_at = NEVER
            self.sr = 0
            self.sr_out = True
        else:
            self.last = self.clock.now
            self.advance(now)
            if self.acr & T2_PULSES:
                self.t2_value = t2_count(self, now)
                self.t2_at = now
                self.t2_stop = NEVER
        self.ora = self.orb = self.ddra = self.ddrb = self.acr = self.pcr = self.ifr = self.ier = 0
        self.ira = self.irb = 0
        self.ca2_low = self.cb2_low = False
        self.ca2_rise = self.cb2_rise = NEVER
        self.t1_armed = self.t2_armed = False
        self.t1_fired = self.t2_fired = -1
        self.pb7 = True
        self.t2_reload = self.shift_at = NEVER
        self.edges = SHIFTED
        self.phi2_at = now
        self.resetting = True
        drive_a(self, now)
        drive_b(self, now)
        if power_on:
            self.port_a.power_on(now * self.period)
            self.port_b.power_on(now * self.period)
        self.resetting = False
        self.seen_a = self.port_a.levels
        self.seen_b = self.port_b.levels
        self.request()
        self.schedule()

    # --- state ----------------------------------------------------------------------------------------------------

    cdef int sync(self, State state) except -1:
        if not state.loading:
            self.advance(self.cycle_of(self.last))       # so that equal chips have equal fields, whoever looked at them when
        Device.sync(self, state)
        self.port_a.sync(state, "port_a")
        self.port_b.sync(state, "port_b")
        state.u8("ora", &self.ora)
        state.u8("orb", &self.orb)
        state.u8("ddra", &self.ddra)
        state.u8("ddrb", &self.ddrb)
        state.u8("acr", &self.acr)
        state.u8("pcr", &self.pcr)
        state.u8("ifr", &self.ifr, FLAGS)
        state.u8("ier", &self.ier, FLAGS)
        state.u8("ira", &self.ira)
        state.u8("irb", &self.irb)
        state.flag("ca2_low", &self.ca2_low)
        state.flag("cb2_low", &self.cb2_low)
        state.i64("ca2_rise", &self.ca2_rise)
        state.i64("cb2_rise", &self.cb2_rise)
        state.u16("t1_latch", &self.t1_latch)
        state.u16("t1_loaded", &self.t1_loaded)
        state.i64("t1_start", &self.t1_start)
        state.i64("t1_fired", &self.t1_fired)
        state.flag("t1_armed", &self.t1_armed)
        state.flag("pb7", &self.pb7)
        state.u8("t2_latch", &self.t2_latch)
        state.u16("t2_value", &self.t2_value)
        state.i64("t2_at", &self.t2_at)
        state.i64("t2_stop", &self.t2_stop)
        state.i64("t2_fired", &self.t2_fired)
        state.flag("t2_armed", &self.t2_armed)
        state.i64("t2_reload", &self.t2_reload)
        state.i64("shift_at", &self.shift_at)
        state.u8("sr", &self.sr)
        state.u8("edges", &self.edges, SHIFTED)
        state.flag("sr_out", &self.sr_out)
        state.i64("phi2_at", &self.phi2_at)
        return 0

    cdef int restored(self) except -1:
        cdef int64_t now = self.cycle_of(self.last)
        shifting = self.edges < SHIFTED and clocked_by_phi2(self)
        ahead = now + 0x10002
        for key, at, least, most, never in (
            ("t1_start", self.t1_start, max(0, now - self.t1_loaded - 1), now + 1, False),
            ("t1_fired", self.t1_fired, -1, now, False),
            ("t2_at", self.t2_at, 0, now + 1, False),
            ("t2_fired", self.t2_fired, -1, now + 1, False),
            ("phi2_at", self.phi2_at, now + 1 if shifting else 0, now + 4, False),
            ("t2_stop", self.t2_stop, 0, now + 1, True),
            ("t2_reload", self.t2_reload, now + 1, ahead, True),
            ("shift_at", self.shift_at, now + 1, ahead, True),
            ("ca2_rise", self.ca2_rise, now + 1, now + 2, True),
            ("cb2_rise", self.cb2_rise, now + 1, now + 2, True),
        ):
            if not least <= at <= most and not (never and at == NEVER):
                raise StateError(f"{self.name}.{key}: cycle {at} is not between {least} and {most}, "
                                 f"where the chip is in cycle {now}")
        self.seen_a = self.port_a.levels
        self.seen_b = self.port_b.levels
        self.request()
        self.schedule()
        return 0
