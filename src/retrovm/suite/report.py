"""What a run found, and how it is shown: failures with their reasons, and a last line with the counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from retrovm.suite.task import Outcome, Result

INTERRUPTED = "interrupted: not all tests have run"
FAILED_FAST = "a test failed: the others have not run"

DETAILED = 20
"""How many failures are shown with their reasons; of the others, the names."""


@dataclass
class Report:
    """The results of a run, and their counts.

    keep_passed  keeps results of tests that passed, for reports that show all; without it, any number of tests fits
    results      what is kept, in the order of the tests
    unfinished   why not all tests have run; "" when they have
    seconds      how long the run took
    workers      how many tests each worker of an executor ran
    """

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    known: int = 0
    corrected: int = 0
    tasks: int = 0
    unfinished: str = ""
    seconds: float = 0.0
    keep_passed: bool = False
    results: list[Result] = field(default_factory=list)
    workers: dict[str, int] = field(default_factory=dict)

    def add(self, results: list[Result]) -> None:
        """Takes in the results of one task."""
        self.tasks += 1
        for result in results:
            if result.worker:
                self.workers[result.worker] = self.workers.get(result.worker, 0) + result.count
            match result.outcome:
                case Outcome.PASSED:
                    self.passed += result.count
                    self.corrected += result.corrected
                case Outcome.FAILED:
                    self.failed += result.count
                case Outcome.SKIPPED:
                    self.skipped += result.count
                case Outcome.KNOWN:
                    self.known += result.count
            if self.keep_passed or result.outcome is not Outcome.PASSED:
                self.results.append(result)

    @property
    def problems(self) -> list[Result]:
        """Those that did not pass."""
        return [result for result in self.results if result.outcome is not Outcome.PASSED]

    @property
    def interrupted(self) -> bool:
        """True when a user has interrupted the run."""
        return self.unfinished == INTERRUPTED

    @property
    def ok(self) -> bool:
        """True when all tests have run and nothing failed."""
        return not self.failed and not self.unfinished

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
            shown = [result for result in self.results if result.outcome is outcome]
            for i, result in enumerate(shown):
                if outcome is Outcome.FAILED and i < DETAILED:
                    yield ""
                yield f"{outcome}: {result.name}" + ("" if result.count == 1 else f" ({result.count} cases)")
                if outcome is not Outcome.FAILED or i < DETAILED:
                    yield from (f"    {line}" for line in result.reason.splitlines())
                    if result.reproduce and outcome is not Outcome.SKIPPED:
                        yield f"    reproduce: {result.reproduce}"
                    if result.worker and outcome is Outcome.FAILED:
                        yield f"    ran on: {result.worker}"
        if self.corrected:
            yield (f"{self.corrected} of the passed cases are recorded otherwise than the chip works, and were judged by "
                   f"the chip (retrovm.suite.errata)")
        for worker, count in sorted(self.workers.items()):
            yield f"{count} ran on {worker}"
        if self.failed or self.skipped or self.known or self.corrected or self.workers:
            yield ""
