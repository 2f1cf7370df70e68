"""The progress of a run on a terminal."""

from __future__ import annotations

from typing import Any

from retrovm.suite.report import Report
from retrovm.suite.task import Outcome, Result


class Live:
    """The progress of a run: `with Live(total) as live: run(..., progress=live)`.

    Written to standard error, and only if that is a terminal: a bar with the counts, and each failure as it happens.
    """

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self.console = Console(stderr=True)
        self.bar: Any = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[counts]}"), console=self.console, transient=True,
            disable=not self.console.is_terminal)
        self.line = self.bar.add_task("testing", total=total, counts="")
        self.report = Report()

    def __enter__(self) -> Live:
        self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.bar.stop()

    def __call__(self, results: list[Result]) -> None:
        self.report.add(results)
        self.report.results.clear()
        self.bar.update(self.line, advance=1, counts=self.report.summary())
        if self.console.is_terminal:
            for result in results:
                if result.outcome is Outcome.FAILED:
                    self.console.print(f"failed: {result.name}", style="red", markup=False, highlight=False)
