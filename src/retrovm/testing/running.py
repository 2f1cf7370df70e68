"""The machines that a test has made: what they show if it fails, and the guest code that they ran."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from retrovm.debug.coverage import Coverage
from retrovm.errors import ArgumentError
from retrovm.loading import create
from retrovm.testing import failure
from retrovm.testing.guest import GuestVM
from retrovm.testing.program import symbols_of

KEPT = 16
"""Machines of one test that are held: one that hypothesis repeats makes many, and the last of them has failed."""

PAIR = 2
"""So many machines a failure shows; of more, which are those of hypothesis, the last."""


class Running:
    """The machines of the present test. With `places`, counts what of their programs runs, over all tests.

    Of more than `KEPT` machines in one test, only as much of the oldest counts as ran before the test made so many others.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self.places = [Path(place).absolute() for place in places]
        if any(place.suffix not in (".info", ".json") for place in self.places) and find_spec("jinja2") is None:
            raise ArgumentError('pages need Jinja2: pip install "retrovm[suite]"; or write F.info for lcov')
        self._machines: deque[tuple[GuestVM, Coverage | None]] = deque()
        self._covered: dict[str, Coverage] = {}

    def begin(self, vm: GuestVM) -> GuestVM:
        """Takes note of a machine that a test has made."""
        while len(self._machines) >= KEPT:
            self._finish(*self._machines.popleft())
        coverage = vm.coverage(None if vm.program is None else vm.program.debug) if self.places else None
        if coverage is not None:
            coverage.__enter__()
        self._machines.append((vm, coverage))
        return vm

    def end(self) -> None:
        """The test has ended."""
        while self._machines:
            self._finish(*self._machines.popleft())

    def _finish(self, vm: GuestVM, coverage: Coverage | None) -> None:
        if coverage is None or vm.program is None:
            return
        coverage.__exit__(None, None, None)
        digest = sha256(vm.program.data).hexdigest()
        self._add(f"{Path(vm.program.name).stem}-{digest[:8]}", coverage)

    def _add(self, program: str, coverage: Coverage) -> None:
        known = self._covered.get(program)
        self._covered[program] = coverage if known is None else known + coverage

    def reports(self) -> list[tuple[str, str]]:
        """(heading, text) of the machines of the test, or of the last of many."""
        shown = self._machines if len(self._machines) <= PAIR else [self._machines[-1]]
        return [(failure.title(vm), failure.report(vm)) for vm, _ in shown]

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
