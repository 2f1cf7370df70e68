"""Who runs tests: threads of this process, or the workers of an executor, which may be anywhere."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from queue import SimpleQueue
from typing import Any, Protocol

from retrovm.errors import RetroVMError
from retrovm.suite import parcel
from retrovm.suite.parcel import Done, Missing, Packing, Parcel, Places
from retrovm.suite.task import Outcome, Result, Settings, Stopped, Task, command, execute

AT_FIRST = 64
"""Tests that an executor gets before there are results; with each result it may have one more at a time. So few ask for a file
before the first has got it, and many workers have enough to do."""

HAND_OVER = 0.0001
"""Seconds after which a thread that needs the interpreter's lock gets it from another one, instead of Python's 0.005: a test has it
for a moment after each slice of its run, in which a machine would stand still while another test is set up."""

Ended = Callable[[list[Result]], None]
"""Told the results of each task, before its future has them."""


class Crew(Protocol):
    """Runs tasks, until it is stopped. Used as a context manager, it waits for all of them."""

    def submit(self, task: Task) -> Future[list[Result]]:
        """The results to come. The future raises `Stopped`, or is cancelled, where a run was stopped before."""
        ...

    def stop(self) -> None:
        """Lets no task begin any more. Afterwards every future is done."""
        ...

    def __enter__(self) -> Crew: ...
    def __exit__(self, *error: object) -> None: ...


class Threads:
    """Threads, which run tests at the same time because no emulation holds the interpreter's lock. As long as they do, Python
    hands this over faster.
    """

    def __init__(self, jobs: int, settings: Settings, stopped: threading.Event, ended: Ended) -> None:
        self.executor = ThreadPoolExecutor(jobs, "retrovm test")
        self.settings = settings
        self.stopped = stopped
        self.ended = ended

    def __enter__(self) -> Threads:
        self.interval = sys.getswitchinterval()
        sys.setswitchinterval(min(HAND_OVER, self.interval))
        return self

    def __exit__(self, *error: object) -> None:
        self.executor.shutdown()
        sys.setswitchinterval(self.interval)

    def submit(self, task: Task) -> Future[list[Result]]:
        return self.executor.submit(self.work, task)

    def work(self, task: Task) -> list[Result]:
        if self.stopped.is_set():
            raise Stopped
        results = execute(task, self.settings, self.stopped.is_set)
        self.ended(results)
        return results

    def stop(self) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)


class Errand:
    """A task that is away: `sent` is what the executor will answer, `future` what becomes of it."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.future: Future[list[Result]] = Future()
        self.parcel: Parcel | None = None
        self.places: Places | None = None
        self.sent: Future[Missing | Done] | None = None
        self.asked: set[str] = set()                        # workers that had not all its files


class Remote:
    """The workers of an executor. A thread of its own sends parcels, gives workers the files that they ask for, and takes
    results home; an executor may not be kept waiting by whom it tells that something is done.
    """

    def __init__(self, executor: Executor, settings: Settings, stopped: threading.Event, ended: Ended) -> None:
        self.executor: Any = executor
        self.packing = Packing(settings, getattr(executor, "identify", parcel.host_and_process))
        self.stopped = stopped
        self.ended = ended
        self.news: SimpleQueue[Errand | None] = SimpleQueue()
        self.waiting: deque[Errand] = deque()
        self.away: set[Errand] = set()
        self.room = AT_FIRST
        self.delivered: set[tuple[str, str]] = set()
        self.thread = threading.Thread(target=self.serve, name="retrovm test", daemon=True)
        self.thread.start()

    def __enter__(self) -> Remote:
        return self

    def __exit__(self, *error: object) -> None:
        self.news.put(None)
        self.thread.join()
        self.executor.shutdown(wait=not self.stopped.is_set(), cancel_futures=self.stopped.is_set())

    def submit(self, task: Task) -> Future[list[Result]]:
        errand = Errand(task)
        self.news.put(errand)
        return errand.future

    def stop(self) -> None:
        """A test that a worker has begun is left to it: nobody waits for its results."""
        self.news.put(None)
        self.thread.join()

    def serve(self) -> None:
        while (errand := self.news.get()) is not None:
            if errand.sent is None:
                self.waiting.append(errand)
            else:
                self.away.discard(errand)
                self.answered(errand, errand.sent)
            if self.stopped.is_set():
                self.call_back()
            while self.waiting and len(self.away) < self.room:
                self.send(self.waiting.popleft())
        self.call_back()

    def call_back(self) -> None:
        """Ends what is not done yet as stopped."""
        for errand in (*self.waiting, *self.away):
            if errand.sent is not None:
                errand.sent.cancel()
            errand.future.set_exception(Stopped())
        self.waiting.clear()
        self.away.clear()

    def send(self, errand: Errand) -> None:
        try:
            if errand.parcel is None:
                errand.parcel, errand.places = self.packing.pack(errand.task)
            errand.sent = self.executor.submit(parcel.run, errand.parcel)
        except Exception as error:
            self.lost(errand, f"this test cannot be sent: {told(error)}")
            return
        self.away.add(errand)
        errand.sent.add_done_callback(lambda _: self.news.put(errand))

    def answered(self, errand: Errand, sent: Future[Missing | Done]) -> None:
        if errand.future.done():
            return
        assert errand.parcel is not None, "it was sent"
        assert errand.places is not None
        try:
            answer = sent.result()
            if isinstance(answer, Missing):
                errand.parcel = self.supplied(errand, errand.parcel, answer)
                self.waiting.appendleft(errand)
                return
        except Stopped as stopped:
            errand.future.set_exception(stopped)
        except CancelledError:
            self.lost(errand, "the executor has cancelled this test")
        except Exception as error:
            self.lost(errand, f"the executor has lost this test: {told(error)}")
        else:
            self.room += 1
            self.finish(errand, [replace(result, reason=errand.places.turned_back(result.reason, answer.folder))
                                 for result in answer.results])

    def supplied(self, errand: Errand, one: Parcel, missing: Missing) -> Parcel:
        """The parcel to send again to a worker that has not all files: they go ahead to it, or along."""
        if not hasattr(self.executor, "deliver") or missing.worker in errand.asked:
            return replace(one, contents=self.packing.contents(missing.digests))
        errand.asked.add(missing.worker)
        new = [digest for digest in missing.digests if (missing.worker, digest) not in self.delivered]
        if new:
            self.executor.deliver(missing.worker, self.packing.contents(new))
            self.delivered.update((missing.worker, digest) for digest in new)
        return one

    def lost(self, errand: Errand, reason: str) -> None:
        task = errand.task
        title = None if task.name == task.path else task.name.removeprefix(f"{task.path}: ")
        self.finish(errand, [Result(task.name, Outcome.FAILED, reason, command(task.path, title), suite=task.path,
                                    judge=task.judge, machine=task.machine or "")])

    def finish(self, errand: Errand, results: list[Result]) -> None:
        self.ended(results)
        errand.future.set_result(results)


def told(error: Exception) -> str:
    """What went wrong, as it may stand in a sentence."""
    return str(error) if isinstance(error, RetroVMError) else f"{type(error).__name__}: {error}"
