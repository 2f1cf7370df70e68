"""What an access to a device costs above one to RAM, in ns.

    python benchmarks/device_access.py [RUNS]

The same loop of LDA absolute reads RAM and devices in turn; the difference of two loops is the device's. Trapped
RAM and the open bus are devices in which time changes nothing, so the bus calls `read` alone; the ACIA is also brought
up to the cycle of the access, and asked for its next event.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import thread_time

from figures import difference, goal, interleave, show

import retrovm

READS = 500_000
AT = 0x0200
RAM, ACIA_DATA, ACIA_COMMAND, NOBODY = 0x7000, 0x8000, 0x8002, 0x9000


def reader(address: int, *, trap: bool = False) -> Callable[[], float]:
    """ns a read of this address: 1,000 LDA and a jump to the first."""
    code = bytes([0xAD, address & 0xFF, address >> 8]) * 1000 + bytes([0x4C, AT & 0xFF, AT >> 8])
    vm = retrovm.create("sbc6502", rom=code, name="reads.bin", org=AT)
    if trap:
        vm.cpu.bus.trap(address, 1)
    vm.run(cycles=1000)

    def run() -> float:
        start = thread_time()
        vm.cpu.run(cycles=4 * READS)
        return (thread_time() - start) / READS * 1e9

    return run


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 101
    figures = interleave({
        "RAM": reader(RAM),
        "trapped RAM": reader(RAM, trap=True),
        "open bus": reader(NOBODY),
        "ACIA, command register": reader(ACIA_COMMAND),
        "ACIA, data register": reader(ACIA_DATA),
    }, runs)
    show(figures, "ns ")
    for name in list(figures)[1:]:
        goal(f"{name} above RAM", difference(figures, name, "RAM"), "ns ", "at most 5")


if __name__ == "__main__":
    main()
