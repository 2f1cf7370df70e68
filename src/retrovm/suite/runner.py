"""Runs tasks, on threads or on the workers of an executor, and reports on them."""

from __future__ import annotations

import gc
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, wait
from itertools import count
from time import perf_counter

from retrovm.suite.crew import Crew, Remote, Threads
from retrovm.suite.report import FAILED_FAST, INTERRUPTED, Report
from retrovm.suite.task import Outcome, Result, Settings, Stopped, Task

Progress = Callable[[list[Result]], None]
"""Told the results of each task as it ends, in whatever order that is; called from one thread at a time."""

OLD = 32
"""Tasks from one look at all objects to the next, which takes 5 ms and more."""

LOOK = 0.2
"""Seconds after which waiting looks for Ctrl-C: not every system lets a signal end a wait."""


def run(tasks: Iterable[Task], settings: Settings | None = None, *, jobs: int = 1, fail_fast: bool = False,
        keep_passed: bool = False, progress: Progress = lambda results: None, executor: Executor | None = None) -> Report:
    """Runs all tasks, `jobs` at a time, and reports on them in the order in which they were given.

    With an `executor` (`retrovm.suite.executors`), its workers run them, as many at a time as there are, and it is shut down
    at the end. What a test needs of this computer is sent by content; a golden picture cannot be written there.

    With `fail_fast`, the first failure stops those that go on, and no other begins. `keep_passed` is that of `Report`.
    When the run is interrupted (Ctrl-C), tests that go on are stopped, and the report says that it is not whole.
    """
    settings = Settings() if settings is None else settings
    stopped = threading.Event()
    telling = threading.Lock()
    ended = count(1)

    def tell(results: list[Result]) -> None:
        if fail_fast and any(result.outcome is Outcome.FAILED for result in results):
            stopped.set()
        with telling:
            progress(results)
        tidy(next(ended))

    report, began = Report(keep_passed=keep_passed), perf_counter()
    with Threads(jobs, settings, stopped, tell) if executor is None else Remote(executor, settings, stopped, tell) as crew:
        # A future holds its results, so each goes as soon as the report has them.
        futures = deque(crew.submit(task) for task in tasks)
        try:
            while futures:
                while not wait([futures[0]], LOOK).done:
                    pass
                take(report, futures)
        except KeyboardInterrupt:
            interrupt(crew, stopped)
            # What has ended by itself counts; a test that was stopped has no result.
            while futures:
                take(report, futures)
            report.unfinished = INTERRUPTED
        except BaseException:
            interrupt(crew, stopped)
            raise
    report.seconds = perf_counter() - began
    return report


def tidy(ended: int) -> None:
    """Gives back the memory of machines that nobody holds any more; `ended` is how many tasks have ended.

    The parts of a machine hold each other, so that it waits for the collector, which counts objects and not the megabytes
    in them: left alone, 1,000 tests took 90 MB more than 100. Most machines die young, where looking costs next to nothing.
    """
    gc.collect(2 if ended % OLD == 0 else 1)


def take(report: Report, futures: deque[Future[list[Result]]]) -> None:
    """Reports on the first of these tasks, which has ended, and lets go of it."""
    future = futures.popleft()
    if future.cancelled():
        return
    try:
        report.add(future.result())
    except Stopped:
        report.unfinished = FAILED_FAST


def interrupt(crew: Crew, stopped: threading.Event) -> None:
    """Lets no task begin any more and waits for those of this process that go on."""
    stopped.set()
    crew.stop()
