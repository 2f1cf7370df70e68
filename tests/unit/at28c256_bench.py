"""A 28C256 at $8000, whose clock has a tick a microsecond."""

from retrovm.chips.at28c256 import At28c256
from retrovm.core.machine import Machine

T_BLC, T_WC = 150, 10_000
PROTECT = ((0x5555, 0xAA), (0x2AAA, 0x55), (0x5555, 0xA0))
UNPROTECT = ((0x5555, 0xAA), (0x2AAA, 0x55), (0x5555, 0x80), (0x5555, 0xAA), (0x2AAA, 0x55), (0x5555, 0x20))


class Bench:
    """`bench[address]` are accesses of the processor by the chip's own addresses; `wait` lets microseconds pass."""

    def __init__(self, contents=b"", rate=1_000_000, disk=None, **options):
        self.machine = Machine(rate)
        self.bus = self.machine.add_bus()
        if disk is not None:
            self.machine.add(disk)
        self.chip = self.machine.add(At28c256("eeprom", self.machine.clock, self.bus, contents, disk=disk, **options))
        self.bus.map(0x8000, 0x8000, self.chip)

    def __getitem__(self, address):
        return self.bus.read(0x8000 + address)

    def __setitem__(self, address, value):
        self.bus.write(0x8000 + address, value)

    def wait(self, ticks=1):
        self.machine.clock.wait(ticks)

    def write(self, *pairs, gap=10):
        """Writes (address, value) after (address, value), `gap` ticks apart; the last one is in the present cycle."""
        for number, (address, value) in enumerate(pairs):
            self.wait(gap if number else 0)
            self[address] = value

    def store(self, *pairs, gap=10):
        """The same, and waits for the end of the write cycle."""
        self.write(*pairs, gap=gap)
        self.wait(self.chip.t_wc)

    @property
    def contents(self):
        return bytes(self.chip)
