"""Resident memory of a machine, when a process has many of them.

    python benchmarks/memory.py [MACHINES]

A machine is cloned; runs two frames with a tone in them; and has its picture looked at. Linux only: it reads /proc.
"""

from __future__ import annotations

import gc
import resource
import sys
from pathlib import Path

import retrovm

GOAL = 12 * 1024
PROGRAM = bytes.fromhex("6020 F018 A20A D005 1208 F0 90 90 90 F0")      # a tone of half a second, and a sprite
WARM = 100


def resident() -> int:
    """Bytes of this process that are in memory now."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def show(what: str, taken: float) -> None:
    print(f"{what:34} {taken:9,.0f} bytes a machine, {24 * 2**30 / taken:11,.0f} in 24 GiB")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    first = retrovm.create("chip8", PROGRAM, name="beep.ch8")
    first.tick()
    warm = [first.clone() for _ in range(WARM)]
    before = resident()
    machines = [first.clone() for _ in range(count)]
    show("a chip8", (resident() - before) / count)
    for _ in range(2):
        for vm in machines:
            vm.tick()
    show("  with a frame of sound", (resident() - before) / count)
    for vm in machines:
        vm.screen.tobytes()
    show("  and its picture, looked at", (resident() - before) / count)
    print(f"goal: {GOAL:,} bytes a machine; {len(first.save_state()):,} bytes are a saved state")
    del warm


if __name__ == "__main__":
    main()
