"""A 6551 on a bus, with its wire and the host's end of its line, for tests.

The clock has 1 MHz and the crystal 1.8432 MHz, so that a 16x clock of 19200 baud takes 3.26 ticks.
"""

from fractions import Fraction

from retrovm.chips.mos6551 import Mos6551
from retrovm.core.device import Wire
from retrovm.core.machine import Machine
from retrovm.core.ports import Serial

DATA, STATUS, COMMAND, CONTROL = range(4)
PARITY, FRAMING, OVERRUN, RDRF, TDRE, DCD, DSR, IRQ = (1 << bit for bit in range(8))

DTR, IRD, TIC_IRQ, TIC_ON, TIC_BREAK, ECHO, PARITY_ON = 0x01, 0x02, 0x04, 0x08, 0x0C, 0x10, 0x20
ON = DTR | IRD | TIC_ON                     # sends and receives, no interrupts
B19200 = 0x1F                               # 8 bits, 1 stop bit, 19200 baud in both directions
CLOCK16 = Fraction(6 * 1_000_000, 1_843_200)   # ticks of a 16x clock at 19200 baud
CHARACTER = 160 * CLOCK16                   # 8N1: 10 bits
RECEIVED = 152 * CLOCK16                    # to the middle of the stop bit
RATES = (50, 75, 109.92, 134.58, 150, 300, 600, 1200, 1800, 2400, 3600, 4800, 7200, 9600, 19200)


class Bench:
    """The chip, its wire and the host's end of the line."""

    def __init__(self, rate=1_000_000, **options):
        self.machine = Machine(rate)
        self.clock = self.machine.clock
        self.bus = self.machine.add_bus()
        self.port = self.machine.add(Serial("serial"))
        self.wire = Wire()
        self.acia = self.machine.add(Mos6551("acia", self.clock, self.port, self.wire, **options))
        self.bus.map(0x8000, 0x100, self.acia, mirror=4)

    def __getitem__(self, register):
        return self.bus.read(0x8000 + register)

    def __setitem__(self, register, value):
        self.bus.write(0x8000 + register, value)

    def begin(self, command=ON, control=B19200):
        self[CONTROL] = control
        self[COMMAND] = command

    def wait(self, ticks):
        self.clock.wait(-(-ticks // 1))

    def peek(self, register):
        return self.bus.peek_bytes(0x8000 + register, 1)[0]

    def ticks_until(self, condition, not_before=0):
        """Waits tick by tick until something holds, and returns the present tick.

        It must not hold yet after `not_before` ticks, which are passed in one go.
        """
        if not_before:
            self.wait(not_before)
            assert not condition()
        for _ in range(500_000):
            if condition():
                return self.clock.ticks
            self.clock.wait(1)
        raise AssertionError("it never happened")

    def empties(self, not_before=0):
        """Waits until the transmit data register is empty, and returns the present tick."""
        return self.ticks_until(lambda: self.peek(STATUS) & TDRE, not_before)
