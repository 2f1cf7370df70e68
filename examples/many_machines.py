"""Many machines in threads: nothing is shared, and no interpreter lock is held while a machine runs a frame.

    python examples/many_machines.py [MACHINES] [FRAMES]

Between frames the lock is taken, for some microseconds: machines with much to do in a frame scale best.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import retrovm
from retrovm import bundled

OPTIONS = {"org": 0x0400, "ram": "$0000-$FFFF", "acia": "none", "clock_hz": 10_000_000}


def run(machines, frames, threads):
    """Runs all machines for so many frames; returns the seconds that it took."""
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda vm: vm.tick(frames, render=False), machines))
    return time.perf_counter() - start


def main(count=8, frames=300):
    program = bundled.find("cputest").file
    hashes = []
    for threads in (1, 2, 4):
        machines = [retrovm.load(program, "sbc6502", seed=seed, **OPTIONS) for seed in range(count)]
        seconds = run(machines, frames, threads)
        hashes.append([vm.state_hash() for vm in machines])
        emulated = sum(vm.cpu.cycles for vm in machines)
        print(f"threads {threads}: {emulated / seconds / 1e6:,.0f} million cycles a second")
    assert hashes[0] == hashes[1] == hashes[2], "equal seeds give equal machines in any number of threads"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
