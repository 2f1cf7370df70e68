from collections.abc import Sequence
from typing import ClassVar, Self, overload

from retrovm.core.cpu import Cpu
from retrovm.core.types import Access

_Row = tuple[int, int, int, str]

class BusTrace(Sequence[_Row]):
    """Rows (cycle, address, value, "read" or "write") in the order of time; equal to a list of the same rows.

        with cpu.trace_bus() as trace:           # or vm.trace_bus()
            cpu.step()
        trace[0]                                 # (0, 0x0400, 0xE6, "read")

    It records while its `with` block runs, at most 16 million cycles; `OverflowError` says when more have passed.
    """

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __init__(self, cpu: Cpu) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    @property
    def kinds(self) -> list[Access]:
        """Why the processor made each cycle: an `Access` a row."""

    def clear(self) -> None:
        """Forgets what was recorded so far."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int) -> _Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[_Row]: ...
    def __eq__(self, other: object) -> bool: ...
