"""Who writes where: the routines that store into some addresses while a machine runs, by watchpoints and call stacks.

    python examples/who_writes.py                     the monitor of the bundled 6502 computer, its zero page
"""

from collections import Counter

import retrovm
from retrovm import VM, WatchEvent, bundled


def writers(vm: VM, where: slice, frames: int) -> Counter[tuple[str, str]]:
    """How often each routine has written to each address, by their names where they have one."""
    found: Counter[tuple[str, str]] = Counter()

    def note(vm: VM, event: WatchEvent) -> None:
        calls = vm.cpu.call_stack()
        routine = calls[0].entry if calls else event.pc
        found[name(vm, routine), name(vm, event.address)] += 1

    with vm.trace_calls(), vm.watch(where, note):
        vm.tick(frames)
    return found


def name(vm: VM, address: int | None) -> str:
    """The first symbol of an address, or the address."""
    names = [] if address is None else vm.symbols.at(address)
    return names[0] if names else "?" if address is None else f"${address:04X}"


def main() -> None:
    vm = retrovm.create("sbc6502")
    vm.symbols.load(bundled.path("sbc6502/monitor/monitor.lbl"))
    vm.tick(10)
    vm.serial.send(b"m 0400 0420\r")
    for (routine, address), count in writers(vm, slice(0x00, 0x100), 30).most_common(8):
        print(f"{count:5}  {routine} -> {address}")


if __name__ == "__main__":
    main()
