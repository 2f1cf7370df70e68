"""Profile of guest code: where a program's cycles go, by subroutine.

    with vm.profile() as profile:
        vm.run(cycles=1_000_000)
    print(profile.table())
    profile.write("game.callgrind")              # for kcachegrind and callgrind_annotate
    profile.write("game.speedscope.json")        # a flame graph, for https://www.speedscope.app

A function is an address that was called, by JSR, 2NNN or the host, or that an interrupt led to: a handler is a function of
its own, and has the cycles of the sequence before it. A jump from one routine into another stays in the first. What was under
way before the block began is `(running)`, unless its calls are found on the stack.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from retrovm.core.cpu import Cpu
from retrovm.debug.counting import Cell, CellKey, Counting, Step
from retrovm.errors import ArgumentError
from retrovm.symbols import Symbols


class Function(NamedTuple):
    """A function by how it is entered, "outermost", "call", "irq", "nmi" or "brk", and where it begins."""

    kind: str
    entry: int


class Edge(NamedTuple):
    """Calls of one function by another from one address."""

    caller: Function
    address: int
    callee: Function


@dataclass
class Cost:
    """Cycles `own` and with callees, and `calls`."""

    own: int = 0
    total: int = 0
    calls: int = 0


def function_of(step: Step) -> Function:
    """The function of a step of a path: the host and a reset call as a JSR does."""
    kind, entry, _ = step
    return Function("call" if kind in ("host", "reset") else kind, entry)


class Profile(Counting):
    """Where the cycles went; made by `vm.profile()`. `a + b` is both together, of the same program.

    Attributes
        cycles     all of them, also those in which the processor waited
        functions  {Function: Cost}, the most expensive first
        edges      {Edge: Cost}: who called whom from where; `own` is nothing
        addresses  {(Function, address): cycles} of the instructions there
        stacks     {(Function, ...): cycles} that the last one took while the others were under way
    """

    def __init__(self, cpu: Cpu, symbols: Symbols) -> None:
        super().__init__(cpu)
        self.symbols = symbols
        self.addresses: dict[tuple[Function, int], int] = {}
        self._tree: dict[tuple[Step, ...], tuple[int, int]] = {}

    def __repr__(self) -> str:
        return f"<Profile: {self.cycles} cycles>"

    def take(self, cells: dict[CellKey, Cell], tree: dict[tuple[Step, ...], tuple[int, int]]) -> None:
        for (kind, entry, address, _), (_, _, cycles) in cells.items():
            self._spend(Function(kind, entry), address, cycles)
        self._grow(tree)

    def _spend(self, function: Function, address: int, cycles: int) -> None:
        self.addresses[function, address] = self.addresses.get((function, address), 0) + cycles

    def _grow(self, tree: dict[tuple[Step, ...], tuple[int, int]]) -> None:
        for path, (calls, cycles) in tree.items():
            before = self._tree.get(path, (0, 0))
            self._tree[path] = before[0] + calls, before[1] + cycles

    def __add__(self, other: Profile) -> Profile:
        total = Profile(self._cpu, self.symbols)
        for one in (self, other):
            for (function, address), cycles in one.addresses.items():
                total._spend(function, address, cycles)
            total._grow(one._tree)
        return total

    @property
    def cycles(self) -> int:
        return sum(cycles for _, cycles in self._tree.values())

    @property
    def functions(self) -> dict[Function, Cost]:
        found: dict[Function, Cost] = defaultdict(Cost)
        for path, (calls, cycles) in self._tree.items():
            on_it = [function_of(step) for step in path]
            if on_it:
                found[on_it[-1]].own += cycles
                found[on_it[-1]].calls += calls
            for function in set(on_it):              # once, however deep a recursion is
                found[function].total += cycles
        return dict(sorted(found.items(), key=lambda row: (-row[1].own, row[0])))

    @property
    def edges(self) -> dict[Edge, Cost]:
        found: dict[Edge, Cost] = defaultdict(Cost)
        for path, (calls, cycles) in self._tree.items():
            on_it = [Edge(function_of(one), other[2], function_of(other)) for one, other in pairwise(path)]
            if on_it:
                found[on_it[-1]].calls += calls
            for edge in set(on_it):
                found[edge].total += cycles
        return dict(sorted(found.items()))

    @property
    def stacks(self) -> dict[tuple[Function, ...], int]:
        found: dict[tuple[Function, ...], int] = defaultdict(int)
        for path, (_, cycles) in self._tree.items():
            if cycles:
                found[tuple(function_of(step) for step in path)] += cycles
        return dict(sorted(found.items()))

    def name(self, function: Function) -> str:
        """The symbol of a function, or its address; an interrupt's says which."""
        if function.kind == "outermost":
            return "(running)"
        names = self.symbols.at(function.entry)
        name = names[0] if names else f"${function.entry:04X}"
        return name if function.kind == "call" else f"{name} ({function.kind.upper()})"

    def table(self) -> str:
        """The functions as text, the most expensive first: cycles of their own, with callees, and calls."""
        rows = [f"{'own':>14} {'':>6} {'with callees':>14} {'':>6} {'calls':>10}  function"]
        whole = self.cycles or 1
        for function, cost in self.functions.items():
            rows.append(f"{cost.own:14,} {100 * cost.own / whole:5.1f}% {cost.total:14,} {100 * cost.total / whole:5.1f}% "
                        f"{cost.calls:10,}  {self.name(function)}")
        return "".join(row + "\n" for row in rows)

    def write(self, path: str | PathLike[str], title: str = "program") -> None:
        """Writes it: F.speedscope.json a flame graph, F.txt the table, F.callgrind, callgrind.out.N for callgrind's tools.

        Raises `ArgumentError` for other names.
        """
        from retrovm.debug.profile_files import callgrind, speedscope_json

        path = Path(path)
        check_name(path)
        if path.suffix == ".json":
            text = speedscope_json(self, title)
        else:
            text = self.table() if path.suffix == ".txt" else callgrind(self, title)
        path.write_text(text, encoding="utf-8")


def check_name(path: Path) -> None:
    """Raises `ArgumentError` where the name of a profile does not say what it is."""
    if not (path.name.endswith((".speedscope.json", ".txt", ".callgrind")) or path.name.startswith("callgrind.out")):
        raise ArgumentError(f"a profile is F.callgrind, F.speedscope.json or F.txt, not {path.name}")
