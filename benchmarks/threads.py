"""The wall time of two machines in two threads, in parts of that of one: 1 when nothing keeps them apart.

    python benchmarks/threads.py [RUNS]

It needs two processors that are idle. Beside it stands the same ratio for two processes, which share nothing at all:
what the host itself makes of two at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from time import perf_counter

from figures import goal, interleave, ratio, show

import retrovm

FRAMES = 20_000


def work() -> None:
    """20,000 frames of a 6502 computer that waits for input: half a second or so."""
    vm = retrovm.create("sbc6502")
    vm.tick(FRAMES, render=False)


def wall(executor: Executor, machines: int) -> Callable[[], float]:
    """The ms that so many machines take at once."""

    def run() -> float:
        start = perf_counter()
        for done in [executor.submit(work) for _ in range(machines)]:
            done.result()
        return (perf_counter() - start) * 1e3

    return run


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2) as processes:
        figures = interleave({
            "one machine": wall(threads, 1),
            "two machines, two threads": wall(threads, 2),
            "two machines, two processes": wall(processes, 2),
        }, runs)
    show(figures, "ms ")
    goal("two threads / one", ratio(figures, "two machines, two threads", "one machine"), "x  ", "at most 1.15")
    print(f"{'two processes / one':34} {ratio(figures, 'two machines, two processes', 'one machine'):12,.3f} x")
    print(f"{os.cpu_count()} processors")


if __name__ == "__main__":
    main()
