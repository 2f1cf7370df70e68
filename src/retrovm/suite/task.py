"""What a runner runs and what comes out of it. Both can be pickled, so that any executor may run them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Protocol

from retrovm.errors import RetroVMError
from retrovm.suite.scene import Comparison, Scene
from retrovm.suite.select import Selection


class Outcome(StrEnum):
    """How a test ended. A known failure is one that failed as its manifest says it does."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    KNOWN = "known failure"


@dataclass(frozen=True)
class Result:
    """What became of a test, or of `count` cases of a corpus that ended alike.

    reason       why it did not pass: lines of plain text
    reproduce    the command that runs this test alone
    corrected    how many of them were judged by the chip, because the recording is known to be wrong
    suite        the path that it was found at, with which its name begins
    judge        what judged it, and `machine` what it ran on; "" where it did not come so far
    seconds      how long it took on the host, the results of one task together as the first of them
    scene        what the machine looked like at the end: of a failure, and the picture of a test of pictures
    comparisons  what was expected and what was found, side by side
    worker       which worker of an executor ran it; "" where this process did
    """

    name: str
    outcome: Outcome
    reason: str = ""
    reproduce: str = ""
    count: int = 1
    corrected: int = 0
    suite: str = ""
    judge: str = ""
    machine: str = ""
    seconds: float = 0.0
    scene: Scene | None = None
    comparisons: tuple[Comparison, ...] = ()
    worker: str = ""

    @property
    def title(self) -> str:
        """The name without the path before it."""
        return self.name.removeprefix(f"{self.suite}: ") if self.suite else self.name


@dataclass(frozen=True)
class Settings:
    """What a run is asked for.

    selection      which tests by name
    update_golden  golden pictures are written instead of compared
    sample         of each file of a corpus, only so many cases; None for all
    seed           which ones: the same seed chooses the same cases
    timeout        seconds of the host that a test may run; None for any number
    scenes         failures bring along what the machine looked like, for which they run a second time
    """

    selection: Selection = field(default_factory=Selection)
    update_golden: bool = False
    sample: int | None = None
    seed: int = 0
    timeout: float | None = None
    scenes: bool = True


class Stopped(Exception):
    """The run was interrupted; the test that raises this has no result."""


class Mismatch(RetroVMError):
    """The guest did not do what the test expects. The message says what was expected and what happened.

    `comparisons` show it side by side.
    """

    def __init__(self, message: str, *comparisons: Comparison) -> None:
        super().__init__(message)
        self.comparisons = comparisons


class TimedOut(Mismatch):
    """A test ran longer than it may. The message says how far it came."""


class Skip(RetroVMError):
    """The test cannot run here. The message says what is missing and how to get it."""


Stop = Callable[[], bool]
"""Asked now and then by whatever runs long: true when the run was interrupted."""


class Task(Protocol):
    """A piece of work for an executor: a test, or a file of cases.

    path           where it was found
    name           begins with that path
    machine        the machine or the processor model, for `--machine`; None where that is only known on
                   loading
    known_failure  why it is known to fail, or None
    judge          the name of its judge, for `--judge`; "" where none was found

    What a task opens is a `Path` in it, never a text: on another computer, such a file lies elsewhere.
    """

    @property
    def path(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def machine(self) -> str | None: ...
    @property
    def known_failure(self) -> str | None: ...
    @property
    def judge(self) -> str: ...
    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        """Runs what is selected of it. What is wrong with the guest is a result; only `Stopped` is raised."""
        ...
    def files(self) -> Iterable[Path]:
        """The files of this computer that it may read; of those that it names, the ones that there are."""
        ...


@dataclass(frozen=True)
class Settled:
    """A test whose end is known before it runs: its manifest is broken, or its data is not here."""

    path: str
    outcome: Outcome
    reason: str
    title: str | None = None
    machine: str | None = None
    known_failure: str | None = None
    judge: str = ""

    @property
    def name(self) -> str:
        return self.path if self.title is None else f"{self.path}: {self.title}"

    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        if not settings.selection.matches(self.name, self.path):
            return []
        return [Result(self.name, self.outcome, self.reason, command(self.path, self.title), suite=self.path,
                       judge=self.judge, machine=self.machine or "")]

    def files(self) -> Iterable[Path]:
        return ()


def command(path: str, name: str | None = None, *more: str) -> str:
    """The command line that runs the tests of `path`, or the one called `name`, with more options."""
    words = ["retrovm", "test", path, *more]
    if name is not None:
        words += ["-k", '"' + name.replace('"', "?") + '"']
    return shlex.join(words)


def execute(task: Task, settings: Settings, stop: Stop) -> list[Result]:
    """Runs a task, takes its time, and holds its outcome against what is known about it."""
    began = perf_counter()
    results = task.run(settings, stop)
    if results:
        results[0] = replace(results[0], seconds=perf_counter() - began)
    if task.known_failure is None or all(result.outcome is Outcome.SKIPPED for result in results):
        return results
    if any(result.outcome is Outcome.FAILED for result in results):
        return [replace(result, outcome=Outcome.KNOWN, reason=f"{task.known_failure}\n{result.reason}")
                if result.outcome is Outcome.FAILED else result for result in results]
    return [replace(results[0], name=task.name, outcome=Outcome.FAILED, count=1, corrected=0, reason=(
        f"passes, but is known to fail: {task.known_failure}\ntake known_failure out of the manifest"))]
