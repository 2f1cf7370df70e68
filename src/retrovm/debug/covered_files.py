"""The lines of sources, and what ran of each: from the debug information of ca65, or of a listing made for want of one.

A line has instructions where ca65 says that it has bytes, unless they are data: those that it gives a type, or that a
directive has made (`.res`). The line of a macro's call has those of the whole macro, and so has each line of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from retrovm.debug.guest_code import Instruction
from retrovm.symbols.ca65 import DebugInfo

if TYPE_CHECKING:
    from retrovm.debug.coverage import Coverage

DIRECTIVE = re.compile(r"\s*(?:@?\w*:)?\s*\.\w+")


@dataclass
class CoveredLine:
    """A line with instructions: how often it ran, and its branches, {address: (taken, not taken) or None if it never ran}."""

    count: int
    branches: dict[int, tuple[int, int] | None] = field(default_factory=dict)

    @property
    def is_partial(self) -> bool:
        """It ran, and a branch of it went only one way, or not at all."""
        return self.count > 0 and any(ways is None or 0 in ways for ways in self.branches.values())


@dataclass
class CoveredFile:
    """A source.

    name       as the assembler was told; of a listing, "listing"
    path       where its text was found; None where it was not, and of a listing
    text       its lines
    lines      those with instructions, by number from 1 on
    functions  {name: (line, times that it was begun)}
    """

    name: str
    path: Path | None
    text: list[str]
    lines: dict[int, CoveredLine] = field(default_factory=dict)
    functions: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def ran(self) -> int:
        """Lines that ran."""
        return sum(1 for line in self.lines.values() if line.count)

    @property
    def ways(self) -> tuple[int, int]:
        """The ways of branches that were gone, and all there are."""
        ways = [way for line in self.lines.values() for pair in line.branches.values() for way in pair or (0, 0)]
        return sum(1 for way in ways if way), len(ways)


def covered_files(coverage: Coverage) -> list[CoveredFile]:
    """The sources of a program; the listing alone where there is no debug information."""
    return [listing(coverage)] if coverage.debug is None else sources(coverage, coverage.debug)


def listing(coverage: Coverage) -> CoveredFile:
    """A listing of the instructions that ran, and of those that might have, as a file."""
    made = CoveredFile("listing", None, [])
    branches = coverage.branches
    behind = None
    for address, instruction in coverage.instructions().items():
        if behind is not None and address > behind:
            made.text.append("")
        behind = address + instruction.size
        for name in coverage.symbols.at(address):
            made.text.append(f"{name}:")
            made.functions[name] = len(made.text) + 1, coverage.counts.get(address, 0)
        data = coverage.image[address:behind].hex(" ").upper()
        made.text.append(f"{address:04X}  {data:<12}{instruction.text}")
        line = CoveredLine(coverage.counts.get(address, 0))
        if instruction.branch:
            line.branches[address] = branches.get(address)
        made.lines[len(made.text)] = line
    return made


def sources(coverage: Coverage, debug: Path) -> list[CoveredFile]:
    """The sources that debug information of ca65 names, where they have instructions."""
    info = DebugInfo.read(debug)
    rows = [(info.referred(row, "file")["id"], row.number("line"), info.addresses(span))
            for row in info["line"].values() for span in info.spans(row) if "type" not in span]
    procedures = {info.referred(row, "sym")["name"]: info.referred(row, "sym").number("val")
                  for row in info["scope"].values() if row.get("type") == "scope" and "sym" in row}
    files = {key: CoveredFile(row["name"], *source_text(row["name"], debug)) for key, row in info["file"].items()}
    known = coverage.instructions()
    branches = coverage.branches
    for key, number, span in rows:
        _cover(files[key], number, span, coverage, known, branches)
    for key, number, span in rows:
        for name, address in procedures.items():
            if span and span.start == address and number in files[key].lines:
                files[key].functions.setdefault(name, (number, coverage.counts.get(address, 0)))
    return [file for file in files.values() if file.lines]


def _cover(file: CoveredFile, number: int, span: range, coverage: Coverage, known: dict[int, Instruction],
           branches: dict[int, tuple[int, int]]) -> None:
    """What ran of one line's bytes."""
    ran = [address for address in span if address in coverage.counts]
    is_data = number <= len(file.text) and DIRECTIVE.match(file.text[number - 1])
    if not ran and is_data:
        return
    line = file.lines.setdefault(number, CoveredLine(0))
    line.count += max((coverage.counts[address] for address in ran), default=0)
    address = span.start
    while address < span.stop:                   # one that did not run is read as far as it lies here
        instruction = known.get(address) or coverage.decode(address)
        if instruction.branch:
            line.branches[address] = branches.get(address)
        address += instruction.size


def source_text(name: str, debug: Path) -> tuple[Path | None, list[str]]:
    """The text of a source, from where the assembler ran or beside the debug information."""
    for path in (debug.parent / name, Path(name), debug.parent / Path(name).name):
        if path.is_file():
            return path, path.read_text(encoding="utf-8", errors="replace").splitlines()
    return None, []
