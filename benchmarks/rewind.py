"""What a rewindable frame costs: the time of `Rewind.capture` and of a step back, in µs, and the bytes that a frame takes.

    python benchmarks/rewind.py [RUNS]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import thread_time

from figures import goal, interleave, show

import retrovm
from retrovm import bundled
from retrovm.rewind import Rewind

FRAMES = 600


def machine(id: str) -> retrovm.VM:
    """A machine with the program that shows it."""
    demo = retrovm.machines()[id].demo
    return retrovm.create(id, None if demo is None else bundled.program(demo).file)


def capturing(vm: retrovm.VM, rewind: Rewind) -> Callable[[], float]:
    """µs a capture."""

    def measure() -> float:
        spent = 0.0
        for _ in range(FRAMES):
            vm.tick(render=False)
            start = thread_time()
            rewind.capture()
            spent += thread_time() - start
        return spent / FRAMES * 1e6

    return measure


def going_back(rewind: Rewind) -> Callable[[], float]:
    """µs a step back."""

    def measure() -> float:
        start = thread_time()
        steps = 0
        while steps < FRAMES:
            steps += rewind.back()
        return (thread_time() - start) / steps * 1e6

    return measure


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    measures, sizes = {}, {}
    for id in ("chip8", "sbc6502"):
        vm = machine(id)
        rewind = Rewind(vm)
        empty = rewind.size
        measures[f"{id}: capture"] = capturing(vm, rewind)
        measures[f"{id}: back"] = going_back(rewind)
        measures[f"{id}: capture"]()
        sizes[id] = (rewind.size - empty) / FRAMES
        rewind.back(FRAMES)
    figures = interleave(measures, runs)
    show(figures, "µs")
    for id, size in sizes.items():
        print(f"{id}: {size:.0f} bytes a frame")
    goal("capture on the sbc6502", sorted(figures["sbc6502: capture"])[runs // 2], "µs", "below 167, 1 % of a frame")


if __name__ == "__main__":
    main()
