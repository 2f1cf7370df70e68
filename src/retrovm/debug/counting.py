"""What has run in a `with` block: the difference between what a processor has counted at its end and at its beginning."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from retrovm.core.cpu import Cpu
from retrovm.errors import ArgumentError

CellKey = tuple[str, int, int, int | None]
Cell = tuple[int, int, int]
Step = tuple[str, int, int]
"""How a function was entered, where it begins, and the address of what called it."""


class Counting(ABC):
    """A `with` block whose code is counted. It may run several times, and what it counts adds."""

    def __init__(self, cpu: Cpu) -> None:
        self._cpu = cpu
        self._before: tuple[dict[CellKey, Cell], list[tuple[int, int]]] | None = None

    def __enter__(self) -> Self:
        if self._before is not None:
            raise ArgumentError("this block is under way already; make another one for another time")
        counts = self._cpu.begin_counting()
        self._counts = counts
        self._before = counts.cells(), [(calls, cycles) for *_, calls, cycles in counts.nodes()]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._before is None:
            return
        cells, nodes = self._before
        self._before = None
        self._cpu.end_counting()
        none = (0, 0, 0)
        ran = {key: (count - cells.get(key, none)[0], moved - cells.get(key, none)[1], cycles - cells.get(key, none)[2])
               for key, (count, moved, cycles) in self._counts.cells().items()}
        paths: list[tuple[Step, ...]] = []
        tree: dict[tuple[Step, ...], tuple[int, int]] = {}
        for number, (parent, how, call, entry, calls, cycles) in enumerate(self._counts.nodes()):
            paths.append((*paths[parent], (how, entry, call)) if number else ())
            before = nodes[number] if number < len(nodes) else (0, 0)
            tree[paths[number]] = calls - before[0], cycles - before[1]
        self.take({key: cell for key, cell in ran.items() if any(cell)},
                  {path: node for path, node in tree.items() if any(node)})

    @abstractmethod
    def take(self, cells: dict[CellKey, Cell], tree: dict[tuple[Step, ...], tuple[int, int]]) -> None:
        """Adds what has run. `cells` and `tree` are as `Counts` has them, the nodes of the tree by their paths from the root."""
