"""What a run found, and how it is shown: failures with their reasons, and a last line with the counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from retrovm.suite.task import Outcome, Result

DETAILED = 20
"""How many failures are shown with their reasons; of the others, the names."""


@dataclass
class Report:
    """The results of a run. Only those that did not pass are kept, so that any number of tests fits."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    known: int = 0
    corrected: int = 0
    tasks: int = 0
    interrupted: bool = False
    problems: list[Result] = field(default_factory=list)

    def add(self, results: list[Result]) -> None:
        """Takes in the results of one task."""
        self.tasks += 1
        for result in results:
            match result.outcome:
                case Outcome.PASSED:
                    self.passed += result.count
                    self.corrected += result.corrected
                    continue
                case Outcome.FAILED:
                    self.failed += result.count
                case Outcome.SKIPPED:
                    self.skipped += result.count
                case Outcome.KNOWN:
                    self.known += result.count
            self.problems.append(result)

    @property
    def ok(self) -> bool:
        """True when nothing failed and nothing was left out by an interruption."""
        return not self.failed and not self.interrupted

    @property
    def total(self) -> int:
        """How many tests have a result."""
        return self.passed + self.failed + self.skipped + self.known

    def summary(self) -> str:
        """The last line: "12 passed, 0 failed, 1 skipped"; a known failure counts as skipped."""
        skipped = self.skipped + self.known
        return f"{self.passed} passed, {self.failed} failed" + (f", {skipped} skipped" if skipped else "")

    def lines(self) -> Iterator[str]:
        """The report as plain text, without the summary."""
        for outcome in (Outcome.SKIPPED, Outcome.KNOWN, Outcome.FAILED):
            shown = [result for result in self.problems if result.outcome is outcome]
            for i, result in enumerate(shown):
                if outcome is Outcome.FAILED and i < DETAILED:
                    yield ""
                yield f"{outcome}: {result.name}" + ("" if result.count == 1 else f" ({result.count} cases)")
                if outcome is not Outcome.FAILED or i < DETAILED:
                    yield from (f"    {line}" for line in result.reason.splitlines())
                    if result.reproduce and outcome is not Outcome.SKIPPED:
                        yield f"    reproduce: {result.reproduce}"
        if self.corrected:
            yield (f"{self.corrected} of the passed cases are recorded otherwise than the chip works, and were judged by "
                   f"the chip (retrovm.suite.errata)")
        if self.problems or self.corrected:
            yield ""


class Live:
    """The progress of a run on a terminal: `with Live(total) as live: run(..., progress=live)`.

    Written to standard error, and only if that is a terminal; standard output holds the report alone.
    """

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        self.bar: Any = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[counts]}"), console=console, transient=True,
            disable=not console.is_terminal)
        self.line = self.bar.add_task("testing", total=total, counts="")
        self.report = Report()

    def __enter__(self) -> Live:
        self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.bar.stop()

    def __call__(self, results: list[Result]) -> None:
        self.report.add(results)
        self.report.problems.clear()
        self.bar.update(self.line, advance=1, counts=self.report.summary())
