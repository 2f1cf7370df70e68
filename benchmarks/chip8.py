"""Million CHIP-8 instructions a second, on loops that each do one thing.

    python benchmarks/chip8.py [RUNS]

Each loop runs on the COSMAC VIP's CHIP-8 without its display wait, and on Octo. Where `RETROVM_TESTDATA` names a folder that
has chip8/archive/1dcell.ch8, that program is measured too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import thread_time

from figures import goal, interleave, show

import retrovm

TICKRATE = 100_000
FRAMES = 20

LOOPS = {
    "arithmetic": "6000 6101 6202 7001 8014 8023 8132 8125 8306 8107 7203 1206",
    "memory": "6001 A300 2208 1202 A300 F355 F365 F01E 00EE",
    "sprites": "6000 6100 A210 D015 7001 7103 1206 0000 F0909090F0",
}
GOALS = {"arithmetic": 400, "memory": 300, "sprites": 250, "1dcell": 400}


def programs() -> dict[str, bytes]:
    """What is measured, by name."""
    found = {name: bytes.fromhex(loop) for name, loop in LOOPS.items()}
    archive = Path(os.environ.get("RETROVM_TESTDATA", "")) / "chip8" / "archive" / "1dcell.ch8"
    if "RETROVM_TESTDATA" in os.environ and archive.is_file():
        found["1dcell"] = archive.read_bytes()
    return found


def speed(program: bytes, variant: str) -> Callable[[], float]:
    """Million instructions a second, of CPU time."""
    vm = retrovm.create("chip8", program, name="program.ch8", variant=variant, vblank=False, tickrate=TICKRATE)

    def run() -> float:
        before, start = vm.cpu.instructions, thread_time()
        vm.tick(FRAMES, render=False)
        return (vm.cpu.instructions - before) / (thread_time() - start) / 1e6

    return run


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    figures = interleave({f"{name}, {variant}": speed(program, variant)
                          for name, program in programs().items() for variant in ("chip8", "octo")}, runs)
    show(figures, "MIPS")
    for name in programs():
        goal(name, max(figures[f"{name}, chip8"]), "MIPS", f"{GOALS[name]}")


if __name__ == "__main__":
    main()
