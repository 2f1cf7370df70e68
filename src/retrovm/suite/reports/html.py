"""HTML: one page with everything in it, to look at in any browser and to keep as an artifact of a CI run.

It loads nothing from anywhere. A filter by text and by outcome shows some tests of many; what is filtered for stands
in the address, so that it can be passed on.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.metadata import version
from itertools import zip_longest
from typing import Any

from retrovm.errors import RetroVMError
from retrovm.suite.report import Report
from retrovm.suite.scene import Comparison

LONG = 400
"""Characters of a line, and lines of a text, above which a difference is marked by lines alone."""


@dataclass(frozen=True)
class Piece:
    """A part of a line, and whether it is another one on the other side."""

    text: str
    differs: bool


Line = tuple[Piece, ...]


def text(report: Report) -> str:
    """The report as a page. Raises `RetroVMError` where Jinja2 is not installed."""
    return str(template().render(report=report, version=version("retrovm"), rows=rows, url=url, outcomes=outcomes(report)))


def template() -> Any:
    """The page as Jinja2 knows it, which escapes all that is put into it."""
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise RetroVMError('a report in HTML needs Jinja2: pip install "retrovm[suite]"') from None
    environment = Environment(loader=PackageLoader("retrovm.suite.reports", "."), autoescape=True,
                              undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("page.html")


def outcomes(report: Report) -> dict[str, int]:
    """The outcomes that there are, with their counts."""
    counts = {"failed": report.failed, "known failure": report.known, "skipped": report.skipped, "passed": report.passed}
    return {outcome: count for outcome, count in counts.items() if count}


def url(picture: bytes) -> str:
    """A PNG file as an address that holds it."""
    return f"data:image/png;base64,{b64encode(picture).decode('ascii')}"


def rows(comparison: Comparison) -> Iterator[tuple[Line, Line]]:
    """The lines of two texts, which pictures are not, side by side, cut where they begin or end to differ."""
    left, right = str(comparison.expected).split("\n"), str(comparison.found).split("\n")
    if max(len(left), len(right)) > LONG:
        opcodes = [("equal" if left == right else "replace", 0, len(left), 0, len(right))]
    else:
        opcodes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()     # type: ignore[assignment]
    for kind, a, b, c, d in opcodes:
        for one, other in zip_longest(left[a:b], right[c:d], fillvalue=""):
            yield pieces(one, other) if kind != "equal" else ((Piece(one, False),), (Piece(other, False),))


def pieces(left: str, right: str) -> tuple[Line, Line]:
    """Two lines, cut where they begin or end to differ."""
    if max(len(left), len(right)) > LONG:
        return (Piece(left, left != right),), (Piece(right, left != right),)
    one, other = [], []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        one.append(Piece(left[a:b], kind != "equal"))
        other.append(Piece(right[c:d], kind != "equal"))
    return tuple(one), tuple(other)
