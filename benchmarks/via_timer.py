"""Emulated MHz of a 6502 that a timer of a VIA interrupts every 1,000 cycles.

    python benchmarks/via_timer.py [RUNS]

The program adds, compares and stores in RAM; the interrupt handler clears the flag by reading T1C-L, and counts.
Beside it run the same program without the interrupt, and with the timer in free run but its interrupt disabled, which
costs nothing: what nobody can see is no event.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import thread_time

from figures import goal, interleave, ratio, show

from retrovm.chips.mos6522 import Mos6522
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.types import Line
from retrovm.cpu.mos6502 import Mos6502

CYCLES = 20_000_000
PERIOD = 1_000
VIA = 0x6000
T1CL, T1CH, ACR, IER = VIA + 4, VIA + 5, VIA + 11, VIA + 14
WORK = bytes([0xA2, 0x00,                  # LDX #0
              0xBD, 0x00, 0x10,            # again: LDA $1000,X
              0x18, 0x69, 0x03,            # CLC; ADC #3
              0x9D, 0x00, 0x11,            # STA $1100,X
              0x85, 0x10, 0xC5, 0x10,      # STA $10; CMP $10
              0xD0, 0xFE,                  # BNE to itself, never
              0xE8, 0xD0, 0xEE,            # INX; BNE again
              0xE6, 0x11,                  # INC $11
              0x4C, 0x00, 0x04])           # JMP from the beginning
HANDLER = bytes([0x48, 0xAD, T1CL & 0xFF, T1CL >> 8, 0xE6, 0x20, 0x68, 0x40])      # PHA; LDA T1C-L; INC $20; PLA; RTI


def runner(enable: int, free: bool) -> Callable[[], float]:
    """MHz with these interrupts enabled and the timer in free run, or without a VIA's timer at all."""
    machine = Machine(1_000_000)
    bus = machine.add_bus()
    bus.map(0, 0x10000, machine.add(Memory("ram", 0x10000)))
    cpu = machine.add(Mos6502(bus=bus))
    bus.map(VIA, 0x100, machine.add(Mos6522("via", machine.clock, cpu.wire(Line.IRQ))), mirror=16)
    bus.poke_bytes(0x0400, WORK)
    bus.poke_bytes(0x0500, HANDLER)
    bus.poke_bytes(0xFFFE, b"\x00\x05")
    cpu.registers = {"pc": 0x0400, "s": 0xFD, "p": 0x20}
    if free:
        bus.write(ACR, 0x40)
        bus.write(IER, 0x80 | enable)
        bus.write(T1CL, (PERIOD - 2) & 0xFF)
        bus.write(T1CH, (PERIOD - 2) >> 8)
    machine.run_cycles(10 * PERIOD)

    def run() -> float:
        start = thread_time()
        machine.run_cycles(CYCLES)
        return CYCLES / (thread_time() - start) / 1e6

    return run


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    figures = interleave({
        "no timer": runner(0, False),
        "T1 in free run, not enabled": runner(0, True),
        "T1 interrupts every 1,000 cycles": runner(0x40, True),
    }, runs)
    show(figures, "MHz")
    goal("T1 interrupts every 1,000 cycles", sorted(figures["T1 interrupts every 1,000 cycles"])[runs // 2], "MHz", "at least 300")
    print(f"{'of the speed without it':34} {ratio(figures, 'T1 interrupts every 1,000 cycles', 'no timer'):12,.3f}")


if __name__ == "__main__":
    main()
