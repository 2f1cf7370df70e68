"""What coverage and profile cost: speed without and with, in one run, taking turns.

    python benchmarks/coverage.py [RUNS]

A 6502 alone runs the bundled cputest, a CHIP-8 the loops of benchmarks/chip8.py. With, the machine counts everything that
both need, so there is no figure for one of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from time import thread_time

from chip8 import FRAMES, LOOPS, TICKRATE
from figures import goal, interleave, show

import retrovm
from retrovm import bench
from retrovm.core.cpu import Cpu
from retrovm.cpu import Mos6502

SLICE = 1_700_000                # cycles of cputest, which takes a little more


def counted(cpu: Cpu, run: Callable[[], float]) -> Callable[[], float]:
    """The same while its code is counted."""
    def with_counts() -> float:
        cpu.begin_counting()
        try:
            return run()
        finally:
            cpu.end_counting()

    return with_counts


def mos6502() -> tuple[Cpu, Callable[[], float]]:
    """MHz on cputest."""
    program = bench.bundled_program()
    cpu = Mos6502()

    def run() -> float:
        spent = cycles = 0.0
        while spent < bench.SHORTEST_RUN:
            cpu.memory[0:0x10000] = program.memory
            cpu.pc = program.start
            before, start = cpu.cycles, thread_time()
            cpu.run(cycles=SLICE)
            spent += thread_time() - start
            cycles += cpu.cycles - before
        return cycles / spent / 1e6

    return cpu, run


def chip8(program: str) -> tuple[Cpu, Callable[[], float]]:
    """Million instructions a second."""
    vm = retrovm.create("chip8", bytes.fromhex(program), name="program.ch8", vblank=False, tickrate=TICKRATE)

    def run() -> float:
        before, start = vm.cpu.instructions, thread_time()
        vm.tick(FRAMES, render=False)
        return (vm.cpu.instructions - before) / (thread_time() - start) / 1e6

    return vm.cpu, run


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    programs = {"6502, cputest": mos6502()} | {f"CHIP-8, {name}": chip8(loop) for name, loop in LOOPS.items()}
    figures = interleave({name + how: run if how == "" else counted(cpu, run)
                          for name, (cpu, run) in programs.items() for how in ("", ", counted")}, runs)
    show(figures, "MHz or MIPS")
    for name in programs:
        goal(f"{name}: slower by", median(figures[name]) / median(figures[name + ", counted"]), "times", "3 at most")


if __name__ == "__main__":
    main()
