"""Coverage as a tracefile of lcov, which genhtml, editors and services for coverage read.

Source: docs/references.md: lcov-tracefile.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrovm.debug.coverage import Coverage
    from retrovm.debug.covered_files import CoveredFile


def lcov(coverage: Coverage, listing: Path | None = None) -> str:
    """The tracefile. `listing` is where the text of a listing lies, where that takes the place of sources."""
    return "".join(_of_file(file, listing) for file in coverage.files())


def write_lcov(coverage: Coverage, path: Path) -> None:
    """Writes the tracefile, and beside it the listing (F.lst) where there are no sources."""
    listing = None
    if coverage.debug is None:
        listing = path.with_suffix(".lst")
        listing.write_text("".join(line + "\n" for line in coverage.files()[0].text), encoding="utf-8")
    path.write_text(lcov(coverage, listing), encoding="utf-8")


def _of_file(file: CoveredFile, listing: Path | None) -> str:
    path = file.path or listing
    rows = ["TN:", f"SF:{file.name if path is None else path.resolve()}"]
    rows += [f"FN:{line},{name}" for name, (line, _) in file.functions.items()]
    rows += [f"FNDA:{count},{name}" for name, (_, count) in file.functions.items()]
    rows += [f"FNF:{len(file.functions)}", f"FNH:{sum(1 for _, count in file.functions.values() if count)}"]
    for number, line in sorted(file.lines.items()):
        for block, ways in enumerate(line.branches.values()):
            rows += [f"BRDA:{number},{block},{way},{'-' if ways is None else ways[way]}" for way in (0, 1)]
    gone, all_ways = file.ways
    rows += [f"BRF:{all_ways}", f"BRH:{gone}"]
    rows += [f"DA:{number},{line.count}" for number, line in sorted(file.lines.items())]
    rows += [f"LF:{len(file.lines)}", f"LH:{file.ran}", "end_of_record"]
    return "".join(row + "\n" for row in rows)
