"""A VIA at $6000, its /IRQ, and somebody who watches its pins."""

from retrovm.chips.mos6522 import Mos6522
from retrovm.core.device import Wire
from retrovm.core.machine import Machine
from retrovm.core.python_device import PythonDevice

ORB, ORA, DDRB, DDRA, T1CL, T1CH, T1LL, T1LH, T2CL, T2CH, SR, ACR, PCR, IFR, IER, ORA15 = range(16)
CA2, CA1, SHIFT, CB2, CB1, T2, T1, ANY = (1 << bit for bit in range(8))
C1, C2 = 0x100, 0x200

T1_PB7, T1_FREE, T2_PULSES, LATCH_B, LATCH_A = 0x80, 0x40, 0x20, 0x02, 0x01
OFF, IN_T2, IN_PHI2, IN_CB1, OUT_FREE, OUT_T2, OUT_PHI2, OUT_CB1 = (mode << 2 for mode in range(8))


class Watcher(PythonDevice):
    """Writes down every change of a port: (cycle, levels)."""

    def __init__(self, name, pins):
        super().__init__(name)
        self.pins = pins
        self.plug(pins)
        self.last_levels = pins.levels
        self.log = []

    def pins_changed(self, group, levels, driven, now):
        if levels != self.last_levels:
            self.log.append((now, levels))
            self.last_levels = levels

    def line(self, bit):
        """[(cycle, level)] of one line, where it changes."""
        found = []
        for cycle, levels in self.log:
            if not found or found[-1][1] != bool(levels & bit):
                found.append((cycle, bool(levels & bit)))
        return found


class Bench:
    """Registers are read and written at the present cycle; `wait` lets cycles pass."""

    def __init__(self, variant="65c22", watch=True):
        self.machine = Machine(1_000_000)
        self.clock = self.machine.clock
        self.bus = self.machine.add_bus()
        self.wire = Wire()
        self.via = self.machine.add(Mos6522("via", self.clock, self.wire, variant=variant))
        self.bus.map(0x6000, 0x100, self.via, mirror=16)
        self.a, self.b = self.via.port_a, self.via.port_b
        if watch:
            self.watch_a = self.machine.add(Watcher("watch a", self.a))
            self.watch_b = self.machine.add(Watcher("watch b", self.b))

    def __getitem__(self, register):
        return self.bus.read(0x6000 + register)

    def __setitem__(self, register, value):
        self.bus.write(0x6000 + register, value)

    @property
    def now(self):
        return self.clock.ticks

    @property
    def irq(self):
        return self.wire.asserted

    def wait(self, cycles=1):
        self.clock.wait(cycles)

    def peek(self, register):
        return self.bus.peek_bytes(0x6000 + register, 1)[0]

    def t1(self):
        return self.peek(T1CL) | self.peek(T1CH) << 8

    def t2(self):
        return self.peek(T2CL) | self.peek(T2CH) << 8

    def flags(self):
        return self.peek(IFR) & 0x7F

    def enable(self, flags):
        self[IER] = 0x80 | flags

    def start_t1(self, count):
        """Loads T1; the cycle of the write is the present one."""
        self[T1CL] = count & 0xFF
        self[T1CH] = count >> 8

    def start_t2(self, count):
        self[T2CL] = count & 0xFF
        self[T2CH] = count >> 8

    def cycles_until(self, condition, limit=200_000):
        """Waits cycle by cycle; how many it took until something holds, which it does not yet."""
        assert not condition()
        for cycles in range(1, limit):
            self.wait()
            if condition():
                return cycles
        raise AssertionError("it never happened")

    def pulse(self, port, line):
        port[line] = False
        self.wait()
        port[line] = True
        self.wait()
