"""Runs tasks on threads, which run at the same time because no emulation holds the interpreter's lock."""

from __future__ import annotations

import gc
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from itertools import count
from time import perf_counter

from retrovm.suite.report import FAILED_FAST, INTERRUPTED, Report
from retrovm.suite.task import Outcome, Result, Settings, Stopped, Task, execute

Progress = Callable[[list[Result]], None]
"""Told the results of each task as it ends, in whatever order that is; called from one thread at a time."""

OLD = 32
"""Tasks from one look at all objects to the next, which takes 5 ms and more."""

LOOK = 0.2
"""Seconds after which waiting looks for Ctrl-C: not every system lets a signal end a wait."""


def run(tasks: Iterable[Task], settings: Settings | None = None, *, jobs: int = 1, fail_fast: bool = False,
        keep_passed: bool = False, progress: Progress = lambda results: None) -> Report:
    """Runs all tasks, `jobs` at a time, and reports on them in the order in which they were given.

    With `fail_fast`, the first failure stops those that go on, and no other begins. `keep_passed` is that of `Report`.
    When the run is interrupted (Ctrl-C), tests that go on are stopped, and the report says that it is not whole.
    """
    settings = Settings() if settings is None else settings
    stopped = threading.Event()
    telling = threading.Lock()
    ended = count(1)

    def work(task: Task) -> list[Result]:
        if stopped.is_set():
            raise Stopped
        results = execute(task, settings, stopped.is_set)
        if fail_fast and any(result.outcome is Outcome.FAILED for result in results):
            stopped.set()
        with telling:
            progress(results)
        tidy(next(ended))
        return results

    report, began = Report(keep_passed=keep_passed), perf_counter()
    with ThreadPoolExecutor(jobs, "retrovm test") as executor:
        # A future holds its results, so each goes as soon as the report has them.
        futures = deque(executor.submit(work, task) for task in tasks)
        try:
            while futures:
                while not wait([futures[0]], LOOK).done:
                    pass
                take(report, futures)
        except KeyboardInterrupt:
            stopped.set()
            interrupt(executor)
            # What has ended by itself counts; a test that was stopped has no result.
            while futures:
                take(report, futures)
            report.unfinished = INTERRUPTED
        except BaseException:
            stopped.set()
            interrupt(executor)
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


def interrupt(executor: Executor) -> None:
    """Lets no task begin any more and waits for those that go on."""
    executor.shutdown(wait=True, cancel_futures=True)
