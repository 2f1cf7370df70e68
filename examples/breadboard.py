"""A 6502 computer of one's own: RAM, ROM, and a chip in Python that counts button presses and interrupts.

    python examples/breadboard.py
"""

from retrovm import Line, Machine, PythonDevice
from retrovm.core.memory import Memory
from retrovm.cpu import Mos6502

ROM = bytes.fromhex(
    "A2 FF 9A"        # E000  LDX #$FF  TXS
    "58"              # E003  CLI
    "4C 04 E0"        # E004  JMP *            waits for interrupts
    "AD 00 80"        # E007  LDA $8000        the counter; reading it lets IRQ go
    "85 10"           # E00A  STA $10
    "40"              # E00C  RTI
).ljust(0x1FFA, b"\xEA") + bytes.fromhex("00E0 00E0 07E0")      # NMI, reset, IRQ


class PushButton(PythonDevice):
    """Pressed every `period` ticks. Asserts IRQ then; a read gives the number of presses and lets IRQ go."""

    def __init__(self, irq, period):
        self.period, self.presses, self.due = period, 0, period
        super().__init__("button")
        self.irq = self.output(irq)

    def next_event(self):
        return self.due

    def run_to(self, now):
        while self.due <= now:
            self.presses, self.due = self.presses + 1, self.due + self.period
            self.irq.drive(True)

    def peek(self, addr):
        return self.presses & 0xFF

    def read(self, addr):
        self.irq.drive(False)
        return self.peek(addr)

    def save(self):
        return self.presses.to_bytes(8, "little") + self.due.to_bytes(8, "little")

    def load(self, data):
        self.presses, self.due = int.from_bytes(data[:8], "little"), int.from_bytes(data[8:], "little")


def breadboard(period=10_000):
    """The computer, at 1 MHz, switched on."""
    machine = Machine(1_000_000)
    bus = machine.add_bus()
    bus.map(0x0000, 0x2000, machine.add(Memory("ram", 0x0800)), mirror=0x0800)
    bus.map(0xE000, 0x2000, machine.add(Memory("rom", contents=ROM, writable=False)))
    cpu = machine.add(Mos6502(bus=bus))
    bus.map(0x8000, 0x0100, machine.add(PushButton(cpu.wire(Line.IRQ), period)), mirror=1)
    machine.reset()
    return machine


if __name__ == "__main__":
    computer = breadboard()
    computer.tick(60)
    print(f"after a second the program has counted {computer.cpu.memory[0x10]} presses")
