"""The bus cycles of a machine, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from retrovm.core.bus import Tracer

if TYPE_CHECKING:
    from retrovm.core.cpu import Cpu
    from retrovm.core.types import Access

Row = tuple[int, int, int, str]


class BusTrace(Sequence[Row]):
    """Rows (cycle, address, value, "read" or "write") in the order of time; equal to a list of the same rows.

    `vm.trace_bus()` makes one. It records while its `with` block runs, at most 16 million cycles;
    `OverflowError` says when more have passed.
    """

    def __init__(self, cpu: Cpu) -> None:
        self._cpu = cpu
        self._tracer = Tracer()
        self._rows: list[Row] = []

    def __enter__(self) -> BusTrace:
        # A cycle has the number that the processor counts for it, also where the host has set that count.
        self._first_tick, self._first_cycle = self._cpu.clock.ticks, self._cpu.cycles
        self._cpu.bus.trace(self._tracer)
        return self

    def __exit__(self, *error: object) -> None:
        self._cpu.bus.trace(None)

    @property
    def kinds(self) -> list[Access]:
        """Why the processor made each cycle: an `Access` a row."""
        kinds: list[Access] = self._tracer.kinds()
        return kinds

    def clear(self) -> None:
        """Forgets what was recorded so far."""
        self._tracer.clear()
        self._rows = []

    def _all(self) -> list[Row]:
        if len(self._rows) != len(self._tracer):
            tick, cycle, period = self._first_tick, self._first_cycle, self._cpu.period
            self._rows = [((at - tick) // period + cycle, address, value, access)
                          for at, address, value, access in self._tracer.rows()]
        return self._rows

    def __len__(self) -> int:
        return len(self._tracer)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        return self._all()[index]

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, BusTrace) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._all())
