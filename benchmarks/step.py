"""What `vm.step()` costs from Python, in ns a call, loop included.

    python benchmarks/step.py [RUNS]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from timeit import Timer

from figures import goal, interleave, show

import retrovm

CALLS = 200_000


def cost(call: Callable[[], object]) -> Callable[[], float]:
    """ns a call."""
    timer = Timer(call)
    return lambda: timer.timeit(CALLS) / CALLS * 1e9


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    sbc, chip8 = retrovm.create("sbc6502"), retrovm.create("chip8", rom=b"\x12\x00", name="loop.ch8")
    figures = interleave({
        "sbc6502: vm.step()": cost(sbc.step),
        "chip8: vm.step()": cost(chip8.step),
        "a method that does nothing": cost([].__len__),
    }, runs)
    show(figures, "ns ")
    goal("vm.step()", sorted(figures["sbc6502: vm.step()"])[runs // 2], "ns ", "below 150")


if __name__ == "__main__":
    main()
