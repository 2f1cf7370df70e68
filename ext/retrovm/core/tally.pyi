from collections.abc import Iterable

KINDS: tuple[str, ...]

class Counts:
    """The tally of a processor, made by `cpu.begin_counting()`. It only grows: who wants a part of the time subtracts."""

    def __init__(self, size: int) -> None: ...
    @property
    def size(self) -> int: ...
    def cells(self) -> dict[tuple[str, int, int, int | None], tuple[int, int, int]]:
        """{(kind, entry, address, opcode): (count, moved, cycles)}: opcodes that were run, each by a function."""

    def nodes(self) -> list[tuple[int, str, int, int, int, int]]:
        """[(parent, kind, call, entry, calls, cycles), ...]: the tree of calls. The first is the root, and its own parent."""

    def complete(self) -> None:
        """Raises `OverflowError` when there was no room for all of it."""

    def restart(self, now: int, stack: Iterable[tuple[int, int, int]]) -> None:
        """Time goes on from this cycle, with these calls under way: [(call, entry, stack pointer), ...], outermost first."""

    def flush(self, now: int) -> None:
        """Gives the time up to this cycle to what has run last."""
