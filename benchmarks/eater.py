"""Emulated MHz of the breadboard computer whose VIA interrupts every 1,000 cycles, with its LCD, serial line and picture idle.

    python benchmarks/eater.py [RUNS]

The program is that of `via_timer.py`, in ROM, and what is measured is `vm.tick`: whole frames of the whole machine. Beside it the
part of a core that a real one takes at 1 MHz, which is its inverse.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import thread_time

from figures import goal, interleave, show
from via_timer import ACR, HANDLER, IER, PERIOD, T1CH, T1CL, WORK

import retrovm

FRAMES = 1_200                       # 20 seconds of 1 MHz
START, INTERRUPT = 0x8040, 0x8200


def rom() -> bytes:
    """An image of 32 KiB: starts timer 1, then works, and counts interrupts."""
    setup = bytes([0xA2, 0xFF, 0x9A])                                      # LDX #$FF; TXS
    for register, value in ((ACR, 0x40), (IER, 0xC0), (T1CL, (PERIOD - 2) & 0xFF), (T1CH, (PERIOD - 2) >> 8)):
        setup += bytes([0xA9, value, 0x8D, register & 0xFF, register >> 8])      # LDA #; STA
    setup += bytes([0x58, 0x4C, START & 0xFF, START >> 8])                 # CLI; JMP
    image = bytearray(0x8000)
    image[:len(setup)] = setup
    image[START - 0x8000:START - 0x8000 + len(WORK)] = WORK[:-2] + START.to_bytes(2, "little")
    image[INTERRUPT - 0x8000:INTERRUPT - 0x8000 + len(HANDLER)] = HANDLER
    image[-4:] = b"\x00\x80" + INTERRUPT.to_bytes(2, "little")
    return bytes(image)


def runner(**options: str) -> Callable[[], float]:
    """MHz of whole frames."""
    vm = retrovm.load(rom(), machine="eater", name="work.bin", **options)
    vm.tick(60)
    counted = vm.memory[0x20]
    vm.run(10 * PERIOD)
    assert (vm.memory[0x20] - counted) % 256 in (9, 10, 11), "the timer interrupts"

    def run() -> float:
        cycles, start = vm.cpu.cycles, thread_time()
        vm.tick(FRAMES)
        return (vm.cpu.cycles - cycles) / (thread_time() - start) / 1e6

    return run


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    whole = "the whole board"
    figures = interleave({whole: runner(), "without LCD, LEDs and buttons": runner(lcd="none", leds="none", buttons="none")}, runs)
    show(figures, "MHz")
    median = sorted(figures[whole])[runs // 2]
    goal(whole, median, "MHz", "at least 300")
    print(f"{'of a core at 1 MHz':34} {100 / median:12,.3f} %, at most 1")


if __name__ == "__main__":
    main()
