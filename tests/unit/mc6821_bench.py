"""A PIA at $5000, its two interrupt lines, and somebody who watches its pins."""

from mos6522_bench import Watcher

from retrovm.chips.mc6821 import Mc6821
from retrovm.core.device import Wire
from retrovm.core.machine import Machine

ORA, CRA, ORB, CRB = range(4)
C1_ENABLE, C1_RISING, DATA, C2_ENABLE, C2_RISING = 0x01, 0x02, 0x04, 0x08, 0x10
C2_FLAG, C1_FLAG = 0x40, 0x80
HANDSHAKE, PULSE, LOW, HIGH = 0x20, 0x28, 0x30, 0x38
C1, C2 = 0x100, 0x200
SIDES = ("a", "b")


class Bench:
    """Registers are read and written at the present cycle; `wait` lets cycles pass."""

    def __init__(self, period=1):
        self.period = period
        self.machine = Machine(1_000_000)
        self.clock = self.machine.clock
        self.bus = self.machine.add_bus()
        self.wires = {"a": Wire(), "b": Wire()}
        self.pia = self.machine.add(Mc6821("pia", self.clock, self.wires["a"], self.wires["b"], period=period))
        self.bus.map(0x5000, 0x100, self.pia, mirror=4)
        self.a, self.b = self.pia.port_a, self.pia.port_b
        self.watch_a = self.machine.add(Watcher("watch a", self.a))
        self.watch_b = self.machine.add(Watcher("watch b", self.b))

    def __getitem__(self, register):
        return self.bus.read(0x5000 + register)

    def __setitem__(self, register, value):
        self.bus.write(0x5000 + register, value)

    def peek(self, register):
        return self.bus.peek_bytes(0x5000 + register, 1)[0]

    @property
    def now(self):
        return self.clock.ticks // self.period

    def wait(self, cycles=1):
        self.clock.wait(cycles * self.period)

    def port(self, side):
        return self.a if side == "a" else self.b

    def control(self, side):
        return CRA if side == "a" else CRB

    def data(self, side):
        return ORA if side == "a" else ORB

    def irq(self, side):
        return self.wires[side].asserted

    def direction(self, side, value):
        """Writes the direction register, and leaves the data register in its place."""
        self[self.control(side)] = 0
        self[self.data(side)] = value
        self[self.control(side)] = DATA

    def flags(self, side):
        return self.peek(self.control(side)) & (C1_FLAG | C2_FLAG)

    def edge(self, side, line, rising):
        """Such an edge at C1 or C2 from outside, a cycle after the line is at the other level."""
        port, name = self.port(side), f"c{side}{line}"
        if port[name] == rising:
            port[name] = not rising
            self.wait()
        port[name] = rising

    def rest(self, side, line, level):
        """Puts C1 or C2 at a level, without a flag that is left of it."""
        self[self.control(side)] = DATA
        self.port(side)[f"c{side}{line}"] = level
        self[self.data(side)]
        self.wait()

    def strobe(self, side):
        """The access that begins a handshake or a pulse."""
        if side == "a":
            self[ORA]
        else:
            self[ORB] = 0
