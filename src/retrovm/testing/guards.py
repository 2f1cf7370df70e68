"""Guards: what a program may not do while it is tested. They are watchpoints, and stop it at the instruction that does it.

    vm.guard_writes("result", vm.program.segment("BSS"))
    vm.guard_reads()

A guarded run takes more time of the host, as a watched one does (docs/library.md): some 50 ns an instruction for `guard_writes`;
`guard_reads` looks at each access to RAM in Python, which takes 5 µs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from retrovm.core.memory import Memory
from retrovm.testing import failure

if TYPE_CHECKING:
    from retrovm.core.watch import Watch, WatchEvent
    from retrovm.testing.guest import GuestVM

STACK = (0x100, 0x1FF)


class Guard:
    """Watchpoints that fail the test. It works until `remove()`, or to the end of its `with` block."""

    def __init__(self, vm: GuestVM) -> None:
        self.vm = vm
        self.watches: list[Watch] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Ends it; it may be ended already."""
        while self.watches:
            self.watches.pop().remove()

    def fail(self, event: WatchEvent, deed: str) -> None:
        """Ends the run and the test."""
        self.vm.fault = event.pc
        who = "a part of the machine" if event.pc is None else failure.place_of(self.vm, event.pc)
        raise failure.GuestFailure(f"{who} {deed}")


class WriteGuard(Guard):
    """Fails the test at a write outside of its regions, which are (first, last)."""

    def __init__(self, vm: GuestVM, regions: Iterable[tuple[int, int]]) -> None:
        super().__init__(vm)
        self.regions = sorted([*regions, *([] if vm.is_chip8 else [STACK])])
        for first, last in gaps(self.regions, vm.cpu.bus.reach):
            self.watches.append(vm.add_watch(first, last, self._written, on="write"))

    def _written(self, vm: GuestVM, event: WatchEvent) -> None:
        allowed = ", ".join(failure.range_of(vm, *region) for region in self.regions)
        place = failure.name_of(vm, event.address)
        self.fail(event, f"writes ${event.value:02X} to {place}, outside of {allowed or 'every region'}")


class ReadGuard(Guard):
    """Fails the test when RAM is read that nobody has written. `written` has a byte for each address, 1 where it was."""

    def __init__(self, vm: GuestVM) -> None:
        super().__init__(vm)
        self.written = vm.memory.stored
        for first, last, _, device, _ in vm.cpu.bus.map_table():
            if isinstance(device, Memory) and device.writable:
                self.watches.append(vm.add_watch(first, last, self._accessed, on="access"))

    def _accessed(self, vm: GuestVM, event: WatchEvent) -> None:
        if event.kind == "write":
            self.written[event.address] = 1
        elif not self.written[event.address]:
            self.fail(event, f"reads {failure.name_of(vm, event.address)}, which nobody has written")


def gaps(regions: Iterable[tuple[int, int]], end: int) -> Iterable[tuple[int, int]]:
    """The ranges of addresses below `end` that sorted regions leave."""
    free = 0
    for first, last in regions:
        if first > free:
            yield free, first - 1
        free = max(free, last + 1)
    if free < end:
        yield free, end - 1
