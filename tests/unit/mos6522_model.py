"""A VIA that is clocked cycle by cycle, written from the datasheet with nothing of the compiled one: slow, and easy to check.

A cycle is `tick()`, then what others do to the pins, then at most one access. Counters really count here.
"""

ORB, ORA, DDRB, DDRA, T1CL, T1CH, T1LL, T1LH, T2CL, T2CH, SR, ACR, PCR, IFR, IER, ORA15 = range(16)
CA2, CA1, SHIFT, CB2, CB1, T2, T1 = (1 << bit for bit in range(7))
C1, C2 = 0x100, 0x200


class Port:
    """Ten lines: 8 of data, C1 and C2. Low wins; what nobody drives is high, or as it was."""

    def __init__(self, holds):
        self.holds = holds
        self.levels = self.seen = 0x3FF
        self.chip = self.outside = (0, 0)

    def settle(self):
        high = self.chip[0] & self.chip[1] | self.outside[0] & self.outside[1]
        low = self.chip[0] & ~self.chip[1] | self.outside[0] & ~self.outside[1]
        floating = 0x3FF & ~(high | low)
        self.levels = high & ~low | (self.levels & floating if self.holds else floating)


class Model:
    def __init__(self, variant="65c22"):
        self.a, self.b = Port(variant == "65c22"), Port(variant == "65c22")
        self.ora = self.orb = self.ddra = self.ddrb = self.acr = self.pcr = self.ifr = self.ier = 0
        self.ira = self.irb = 0
        self.low = {"a": 0, "b": 0}            # CA2, CB2 pulled low by a handshake (-1), or for so many more ticks
        self.t1 = self.t1_latch = self.t2 = 0xFFFF
        self.t2_latch = 0xFF
        self.t1_after_end = self.t1_armed = self.t2_armed = False
        self.t1_load = self.t2_load = None
        self.t2_timed = self.t2_timed_next = True
        self.t2_low_ended = self.t2_clock = False
        self.fired = 0
        self.pb7 = True
        self.sr, self.edges, self.sr_out = 0, 16, True
        self.phi2_wait = 0
        self.pins()

    @property
    def irq(self):
        return bool(self.ifr & self.ier)

    @property
    def mode(self):
        return self.acr >> 2 & 7

    # --- a cycle ------------------------------------------------------------------------------------------------------

    def tick(self):
        self.fired = 0
        self.tick_t1()
        clocked = self.t2_clock
        self.tick_t2()
        if clocked and self.mode in (1, 4, 5):
            self.shift_edge()
        if self.mode in (2, 6) and self.edges < 16:
            if self.phi2_wait:
                self.phi2_wait -= 1
            if not self.phi2_wait:
                self.shift_edge()
        for side in "ab":
            if self.low[side] > 0:
                self.low[side] -= 1
        self.pins()

    def tick_t1(self):
        if self.t1_load is not None:
            self.t1, self.t1_load, self.t1_after_end = self.t1_load, None, False
        elif self.t1_after_end:
            self.t1, self.t1_after_end = self.t1_latch, False
        elif self.t1:
            self.t1 -= 1
        else:
            self.t1, self.t1_after_end = 0xFFFF, True
            if self.t1_armed:
                self.ifr |= T1
                self.fired |= T1
                self.pb7 = not self.pb7
                self.t1_armed = bool(self.acr & 0x40)

    def tick_t2(self):
        timed, self.t2_timed, self.t2_clock = self.t2_timed, not self.acr & 0x20, False
        low_ended, self.t2_low_ended = self.t2_low_ended, False
        if self.t2_load is not None:
            self.t2, self.t2_load = self.t2_load, None
        elif low_ended and self.mode in (1, 4, 5):
            self.t2 = self.t2 & 0xFF00 | self.t2_latch
            self.t2_clock = True
        elif timed:
            self.count_t2()

    def count_t2(self):
        self.t2 = (self.t2 - 1) & 0xFFFF
        self.t2_low_ended = self.t2 & 0xFF == 0xFF
        if self.t2 == 0xFFFF and self.t2_armed:
            self.ifr |= T2
            self.fired |= T2
            self.t2_armed = False

    def shift_edge(self):
        if self.edges == 16:
            return
        falling = self.edges % 2 == 0
        if falling and self.mode >= 4:
            self.out()
        if not falling and self.mode < 4:
            self.sr = (self.sr << 1) & 0xFF | bool(self.b.levels & C2)
        self.edges += 1
        if self.edges == 16:
            if self.mode == 4:
                self.edges = 0
            else:
                self.ifr |= SHIFT

    def out(self):
        self.sr_out = bool(self.sr & 0x80)
        self.sr = (self.sr << 1) & 0xFF | self.sr_out

    # --- pins ---------------------------------------------------------------------------------------------------------

    def c2(self, control, side):
        """What CA2 or CB2 shows as an output."""
        return {4: not self.low[side], 5: not self.low[side], 6: False, 7: True}[control & 7]

    def pins(self):
        """Drives the ports as the registers say, and looks at what comes of it, until nothing changes any more."""
        while True:
            driven, levels = self.ddra, self.ora
            if self.pcr & 8:
                driven, levels = driven | C2, levels | (C2 if self.c2(self.pcr >> 1, "a") else 0)
            self.a.chip = driven, levels
            driven, levels = self.ddrb, self.orb
            if self.acr & 0x80:
                levels = levels & 0x7F | self.pb7 << 7
            if self.mode in (1, 2, 4, 5, 6):
                driven, levels = driven | C1, levels | (0 if self.edges % 2 else C1)
            if self.mode >= 4:
                driven, levels = driven | C2, levels | (C2 if self.sr_out else 0)
            elif self.mode == 0 and self.pcr & 0x80:
                driven, levels = driven | C2, levels | (C2 if self.c2(self.pcr >> 5, "b") else 0)
            self.b.chip = driven, levels
            self.a.settle()
            self.b.settle()
            if (self.a.levels, self.b.levels) == (self.a.seen, self.b.seen):
                return
            self.look()

    def look(self):
        (before, now), self.a.seen = (self.a.seen, self.a.levels), self.a.levels
        if (before ^ now) & C2 and not self.pcr & 8 and bool(now & C2) == bool(self.pcr & 4):
            self.ifr |= CA2
        if (before ^ now) & C1 and bool(now & C1) == bool(self.pcr & 1):
            if not self.ifr & CA1:
                self.ira = now & 0xFF
            self.ifr |= CA1
            if self.low["a"] < 0:
                self.low["a"] = 0
        (before, now), self.b.seen = (self.b.seen, self.b.levels), self.b.levels
        if before & ~now & 0x40 and self.acr & 0x20:
            self.count_t2()
            self.t2_low_ended = self.t2_low_ended and self.mode in (1, 4, 5)
        if (before ^ now) & C2 and not self.pcr & 0x80 and bool(now & C2) == bool(self.pcr & 0x40):
            self.ifr |= CB2
        if (before ^ now) & C1:
            rising = bool(now & C1)
            if self.mode == 7 and not rising:
                self.out()
            if self.mode in (0, 3) and rising:
                self.sr = (self.sr << 1) & 0xFF | bool(now & C2)
            if self.mode in (3, 7) and rising:
                self.edges = self.edges % 16 // 2 * 2 + 2
                if self.edges == 16:
                    self.edges = 0
                    self.ifr |= SHIFT
            if rising == bool(self.pcr & 0x10):
                if not self.ifr & CB1:
                    self.irb = now & 0xFF
                self.ifr |= CB1
                if self.low["b"] < 0:
                    self.low["b"] = 0

    def outside(self, port, driven, levels):
        (self.a if port == "a" else self.b).outside = driven, levels
        self.pins()

    # --- registers ----------------------------------------------------------------------------------------------------

    def peek(self, register):
        port_b = self.irb if self.acr & 2 and self.ifr & CB1 else self.b.levels & 0xFF
        port_b = port_b & ~self.ddrb | self.orb & self.ddrb
        if self.acr & 0x80:
            port_b = port_b & 0x7F | self.pb7 << 7
        port_a = self.ira if self.acr & 1 and self.ifr & CA1 else self.a.levels & 0xFF
        return (port_b, port_a, self.ddrb, self.ddra, self.t1 & 0xFF, self.t1 >> 8, self.t1_latch & 0xFF, self.t1_latch >> 8,
                self.t2 & 0xFF, self.t2 >> 8, self.sr, self.acr, self.pcr, self.ifr | (0x80 if self.irq else 0),
                self.ier | 0x80, port_a)[register]

    def clear(self, flags):
        self.ifr &= ~(flags & ~self.fired)

    def serve(self, side, written):
        control = self.pcr >> (1 if side == "a" else 5) & 7
        keeps = control in (1, 3)
        if side == "a":
            self.clear(CA1 | (0 if keeps else CA2))
        else:
            self.clear(CB1 | (0 if keeps else CB2))
        if control in (4, 5) and (written or side == "a"):
            self.low[side] = -1 if control == 4 else 2

    def serve_sr(self):
        self.clear(SHIFT)
        if self.mode in (3, 7):
            self.edges = 0
        elif self.mode and self.edges == 16:
            self.edges = 0
            self.phi2_wait = 2

    def read(self, register):
        value = self.peek(register)
        if register == ORB:
            self.serve("b", False)
        elif register == ORA:
            self.serve("a", False)
        elif register == T1CL:
            self.clear(T1)
        elif register == T2CL:
            self.clear(T2)
        elif register == SR:
            self.serve_sr()
        self.pins()
        return value

    def write(self, register, value):
        if register == ORB:
            self.orb = value
            self.serve("b", True)
        elif register in (ORA, ORA15):
            self.ora = value
            if register == ORA:
                self.serve("a", True)
        elif register == DDRB:
            self.ddrb = value
        elif register == DDRA:
            self.ddra = value
        elif register in (T1CL, T1LL):
            self.t1_latch = self.t1_latch & 0xFF00 | value
        elif register in (T1CH, T1LH):
            self.t1_latch = self.t1_latch & 0xFF | value << 8
            self.clear(T1)
            if register == T1CH:
                self.t1_load, self.t1_armed, self.pb7 = self.t1_latch, True, False
        elif register == T2CL:
            self.t2_latch = value
        elif register == T2CH:
            self.t2_load, self.t2_armed = value << 8 | self.t2_latch, True
            self.clear(T2)
        elif register == SR:
            self.sr = value
            self.serve_sr()
        elif register == ACR:
            self.write_acr(value)
        elif register == PCR:
            for side, mask in (("a", 0x0E), ("b", 0xE0)):
                if (self.pcr ^ value) & mask:
                    self.low[side] = 0
            self.pcr = value
        elif register == IFR:
            self.clear(value & 0x7F)
        else:
            self.ier = (self.ier | value if value & 0x80 else self.ier & ~value) & 0x7F
        self.pins()

    def write_acr(self, value):
        before, self.acr = self.acr, value
        if value & ~before & 1:
            self.ira = self.a.levels & 0xFF
        if value & ~before & 2:
            self.irb = self.b.levels & 0xFF
        if self.fired & T1 and not value & 0x40:
            self.t1_armed = False
        if self.mode == 0:
            self.clear(SHIFT)
        if self.mode in (2, 6) and before >> 2 & 7 not in (2, 6):
            self.phi2_wait = 4
