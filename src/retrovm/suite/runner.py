"""Runs tasks on threads, which run at the same time because no emulation holds the interpreter's lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor, wait

from retrovm.suite.report import Report
from retrovm.suite.task import Result, Settings, Stopped, Task, execute

Progress = Callable[[list[Result]], None]
"""Told the results of each task as it ends, in whatever order that is; called from one thread at a time."""

LOOK = 0.2
"""Seconds after which waiting looks for Ctrl-C: not every system lets a signal end a wait."""


def run(tasks: Iterable[Task], settings: Settings | None = None, *, jobs: int = 1,
        progress: Progress = lambda results: None) -> Report:
    """Runs all tasks, `jobs` at a time, and reports on them in the order in which they were given.

    When it is interrupted (Ctrl-C), tests that go on are stopped, and the report says that it is not whole.
    """
    settings = Settings() if settings is None else settings
    stopped = threading.Event()
    telling = threading.Lock()

    def work(task: Task) -> list[Result]:
        results = execute(task, settings, stopped.is_set)
        with telling:
            progress(results)
        return results

    report = Report()
    with ThreadPoolExecutor(jobs, "retrovm test") as executor:
        futures = [executor.submit(work, task) for task in tasks]
        try:
            for future in futures:
                while not wait([future], LOOK).done:
                    pass
                report.add(future.result())
        except KeyboardInterrupt:
            stopped.set()
            interrupt(executor)
            # What has ended by itself counts; a test that was stopped has no result.
            for future in futures[report.tasks:]:
                if future.done() and not future.cancelled() and not isinstance(future.exception(), Stopped):
                    report.add(future.result())
            report.interrupted = True
        except BaseException:
            stopped.set()
            interrupt(executor)
            raise
    return report


def interrupt(executor: Executor) -> None:
    """Lets no task begin any more and waits for those that go on."""
    executor.shutdown(wait=True, cancel_futures=True)
