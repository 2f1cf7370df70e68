"""The machines that a test has made: what they show if it fails, and the guest code that they ran."""

from __future__ import annotations

import gc
import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import ref

from retrovm.debug.coverage import Coverage
from retrovm.errors import ArgumentError
from retrovm.loading import create
from retrovm.testing import failure
from retrovm.testing.guest import GuestVM
from retrovm.testing.program import symbols_of

PAIR = 2
"""So many machines of a test a failure shows; of more, which are those of hypothesis, the last."""

LOOKED = 16
"""Machines that are counted from one look for those that nobody holds any more to the next, at least."""


class Running:
    """The machines that tests have made. With `places`, counts what of their programs runs, over all tests."""

    def __init__(self, places: Sequence[str]) -> None:
        self.places = [Path(place).absolute() for place in places]
        if any(place.suffix not in (".info", ".json") for place in self.places) and find_spec("jinja2") is None:
            raise ArgumentError('pages need Jinja2: pip install "retrovm[suite]"; or write F.info for lcov')
        self._made = 0
        self._last: deque[GuestVM] = deque(maxlen=PAIR)
        self._counted: list[tuple[ref[GuestVM], str, Coverage]] = []
        self._room = LOOKED
        self._covered: dict[str, Coverage] = {}

    def begin(self, vm: GuestVM) -> GuestVM:
        """Takes note of a machine that a test, or a fixture of it, has made."""
        self._made += 1
        self._last.append(vm)
        if self.places and vm.program is not None:
            if len(self._counted) >= self._room:
                gc.collect()                         # the parts of a machine may hold each other
                self._finish([each for each in self._counted if each[0]() is None])
                self._room = max(LOOKED, 2 * len(self._counted))
            coverage = vm.coverage(vm.program.debug)
            coverage.__enter__()
            digest = sha256(vm.program.data).hexdigest()
            self._counted.append((ref(vm), f"{Path(vm.program.name).stem}-{digest[:8]}", coverage))
        return vm

    def end_test(self) -> None:
        """The test has ended; its machines may be those of a fixture that others use, too."""
        self._made = 0
        self._last.clear()

    def end(self) -> None:
        """All tests have ended."""
        self.end_test()
        self._finish(self._counted[:])

    def _finish(self, ended: Iterable[tuple[ref[GuestVM], str, Coverage]]) -> None:
        for each in ended:
            self._counted.remove(each)
            each[2].__exit__(None, None, None)
            self._add(each[1], each[2])

    def _add(self, program: str, coverage: Coverage) -> None:
        known = self._covered.get(program)
        self._covered[program] = coverage if known is None else known + coverage

    def reports(self, fixtures: Iterable[object] = ()) -> list[tuple[str, str]]:
        """(heading, text) of the machines of a test: those of its fixtures, and those that it has made, or the last of many."""
        made = list(self._last) if self._made <= PAIR else [self._last[-1]]
        shown = {id(vm): vm for vm in [*fixtures, *made] if isinstance(vm, GuestVM)}
        return [(failure.title(vm), failure.report(vm)) for vm in shown.values()]

    # --- coverage -------------------------------------------------------------------------------------------------------

    def data(self) -> list[dict[str, Any]]:
        """What has run, of plain values, for `add_data` in another process."""
        return [{"program": program, "symbols": dict(coverage.symbols), "debug": coverage.debug and str(coverage.debug),
                 "coverage": coverage.data()} for program, coverage in self._covered.items()]

    def add_data(self, found: Iterable[Mapping[str, Any]]) -> None:
        """Adds what another process has counted."""
        for each in found:
            data = each["coverage"]
            cpu = create("chip8" if data["processor"] == "Chip8" else "sbc6502").cpu
            coverage = Coverage(cpu, symbols_of(each["symbols"]), data["model"], each["debug"])
            with TemporaryDirectory() as folder:
                place = Path(folder) / "worker.json"
                place.write_text(json.dumps(data), encoding="utf-8")
                coverage.add_data(place)
            self._add(each["program"], coverage)

    def write(self) -> list[str]:
        """Writes the coverage: of one program to the places that were asked for, of several each to a name of its own.

        Returns what to say of it, a line each.
        """
        said = [] if self._covered else ["no machine of 'vm' or 'make_vm' has run, so there is nothing to write"]
        for program, coverage in self._covered.items():
            files = coverage.files()
            ran, lines = sum(file.ran for file in files), sum(len(file.lines) for file in files)
            gone, ways = (sum(counts) for counts in zip(*(file.ways for file in files), strict=True))
            for place in self.places:
                if len(self._covered) > 1:
                    place = place.with_name(f"{place.stem}-{program}{place.suffix}")
                place.parent.mkdir(parents=True, exist_ok=True)
                coverage.write(place)
                said.append(f"{place}: {ran} of {lines} lines, {gone} of {ways} ways of branches")
        return said
