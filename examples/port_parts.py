"""Parts on the ports of a 6522: eight LEDs behind a shift register on CB1 and CB2, and a button on CA1.

    python examples/port_parts.py
"""

from retrovm import Line, Machine, PythonDevice
from retrovm.chips.mos6522 import Mos6522
from retrovm.core.memory import Memory
from retrovm.cpu import Mos6502

CB1, CB2 = 0x100, 0x200            # in `port_b`, above PB0 to PB7

ROM = bytes.fromhex(
    "A2 FF 9A"        # E000  LDX #$FF  TXS
    "A9 18 8D 0B 60"  # E003  LDA #$18  STA ACR      shift out under phi2
    "A9 82 8D 0E 60"  # E008  LDA #$82  STA IER      interrupts from CA1
    "58"              # E00D  CLI
    "4C 0E E0"        # E00E  JMP *
    "AD 01 60"        # E011  LDA ORA                lets the interrupt go
    "E6 10 A5 10"     # E014  INC $10  LDA $10
    "8D 0A 60"        # E018  STA SR
    "40"              # E01B  RTI
).ljust(0x1FFA, b"\xEA") + bytes.fromhex("00E0 00E0 11E0")      # NMI, reset, IRQ


class Leds(PythonDevice):
    """A 74HC164 with an LED at each output: takes CB2 at each rising edge of CB1."""

    def __init__(self, port):
        self.lit, self.cb1_high = 0, True
        super().__init__("leds")
        self.plug(port)

    def pins_changed(self, group, levels, driven, now):
        if levels & CB1 and not self.cb1_high:
            self.lit = (self.lit << 1 | bool(levels & CB2)) & 0xFF
        self.cb1_high = bool(levels & CB1)

    def save(self):
        return bytes([self.lit, self.cb1_high])

    def load(self, data):
        self.lit, self.cb1_high = data[0], bool(data[1])


def board():
    """The computer, at 1 MHz, switched on, with its VIA and its LEDs."""
    machine = Machine(1_000_000)
    bus = machine.add_bus()
    bus.map(0x0000, 0x2000, machine.add(Memory("ram", 0x0800)), mirror=0x0800)
    bus.map(0xE000, 0x2000, machine.add(Memory("rom", contents=ROM, writable=False)))
    cpu = machine.add(Mos6502(bus=bus))
    via = machine.add(Mos6522("via", machine.clock, cpu.wire(Line.IRQ)))
    bus.map(0x6000, 0x0100, via, mirror=16)
    leds = machine.add(Leds(via.port_b))
    machine.reset()
    return machine, via, leds


if __name__ == "__main__":
    computer, via, leds = board()
    for _ in range(5):
        via.port_a["ca1"] = False          # pressed
        computer.tick(6)
        via.port_a["ca1"] = True           # released
        computer.tick(6)
    print(f"after five presses the LEDs show {leds.lit:08b}")
