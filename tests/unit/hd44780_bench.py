"""An HD44780 on a table: on a bus, or with its signals on ports whose lines the test drives."""

from retrovm.chips.hd44780 import WIRINGS
from retrovm.chips.hd44780_module import Hd44780Module
from retrovm.core.machine import Machine
from retrovm.core.pins import Pins

CLEAR, HOME = 0x01, 0x02
INCREMENT, SHIFTING = 0x02, 0x01                # of entry mode, $04
DISPLAY, CURSOR, BLINK = 0x04, 0x02, 0x01       # of display control, $08
BITS8, TWO_LINES, TALL = 0x10, 0x08, 0x04       # of function set, $20
CGRAM, DDRAM = 0x40, 0x80

CLOCK = 27_000_000                              # 100 ticks a period of the oscillator, so that all times are whole
PERIOD = 100
SHORT, ADDED, LONG, RESET = 10 * PERIOD, 150, 410 * PERIOD, CLOCK // 100
BF = 0x80


class Bench:
    """A module on a bus, and everything that a program does with one."""

    def __init__(self, clock=CLOCK, *, ready=True, **options):
        self.machine = Machine(clock)
        self.clock = self.machine.clock
        self.lcd = self.machine.add(Hd44780Module("lcd", self.clock, **options))
        self.machine.add(self.lcd.screen)
        self.wire()
        if ready:
            self.wait(RESET)

    def wire(self):
        self.bus = self.machine.add_bus()
        self.bus.map(0x8000, 0x100, self.lcd, mirror=2)

    def wait(self, ticks):
        self.clock.wait(ticks)

    # A pulse on E each.

    def put(self, value, rs=0):
        self.bus.write(0x8000 + rs, value)

    def get(self, rs=0):
        return self.bus.read(0x8000 + rs)

    # With the time that they take.

    def do(self, *instructions):
        for instruction in instructions:
            self.put(instruction)
            self.wait(LONG if instruction < 4 else SHORT)

    def write(self, data):
        for value in data:
            self.put(value, rs=1)
            self.wait(SHORT + ADDED)

    def read(self, count=1):
        found = bytearray()
        for _ in range(count):
            found.append(self.get(rs=1))
            self.wait(SHORT + ADDED)
        return bytes(found)

    def begin(self, function=BITS8 | TWO_LINES, control=DISPLAY):
        self.do(0x20 | function, 0x08 | control, 0x04 | INCREMENT, CLEAR)
        return self


class PinBench(Bench):
    """The same on two ports of eight lines, by one of the wirings of a breadboard."""

    def __init__(self, wiring, **options):
        self.wiring = WIRINGS[wiring] if isinstance(wiring, str) else wiring
        super().__init__(**options)

    def wire(self):
        self.port_a, self.port_b = (
            Pins(self.clock, name, [f"{name}{bit}" for bit in range(8)], pull_ups=0) for name in ("pa", "pb"))
        self.set(e=0, rs=0, rw=0)
        self.lcd.connect((self.port_a, self.port_b), self.wiring)

    def pins(self, signal):
        line = self.wiring[signal]
        return (self.port_a if line in self.port_a.names else self.port_b), line

    def set(self, **levels):
        """Drives signals; None lets go of one."""
        for signal, level in levels.items():
            pins, line = self.pins(signal)
            pins[line] = None if level is None else bool(level)

    def level(self, signal):
        pins, line = self.pins(signal)
        return pins[line]

    @property
    def data(self):
        return [signal for signal in ("d7", "d6", "d5", "d4", "d3", "d2", "d1", "d0") if signal in self.wiring]

    def nibble_or_byte(self, value, rs):
        self.set(rs=rs, rw=0, **{signal: value >> int(signal[1]) & 1 for signal in self.data})
        self.set(e=1)
        self.set(e=0)

    def put(self, value, rs=0):
        self.nibble_or_byte(value, rs)
        if len(self.data) == 4:
            self.nibble_or_byte(value << 4, rs)

    def sample(self, rs):
        self.set(rs=rs, rw=1, **dict.fromkeys(self.data))
        self.set(e=1)
        value = sum(self.level(signal) << int(signal[1]) for signal in self.data)
        self.set(e=0)
        return value

    def get(self, rs=0):
        value = self.sample(rs)
        return value | self.sample(rs) >> 4 if len(self.data) == 4 else value
