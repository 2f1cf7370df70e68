"""Where tests run: any `concurrent.futures.Executor`, by the name of an entry point of the group `retrovm.executors`.

    [project.entry-points."retrovm.executors"]
    mine = "package.module:open_executor"

    retrovm test roms/ --executor mine:ADDRESS

What is behind the name is called as `open_executor(address, jobs)`, with the text behind the colon, None without one, and
what `--jobs` says. It returns an executor, which is shut down at the end. What is submitted to it are functions and arguments
that can be pickled; its workers have retrovm installed, and nothing else of the computer that sends them tests. An executor
may have two more methods, which Dask's has:

    identify()                   run by a worker: its name, for the report; a function that can be pickled. Without it, the
                                 name is the computer's and the number of the process
    deliver(worker, contents)    gives these contents of files to the worker of this name, `retrovm.suite.store.receive`
                                 being the function to run there. Without it, a test takes the contents along that its worker
                                 has asked for
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from multiprocessing.synchronize import Event

from retrovm.errors import OptionError
from retrovm.spec import nearest
from retrovm.suite import parcel

GROUP = "retrovm.executors"

Open = Callable[[str | None, int], Executor]


@cache
def registered() -> Mapping[str, EntryPoint]:
    """All executors that are installed, by name."""
    return {point.name: point for point in sorted(entry_points(group=GROUP))}


def open_executor(wanted: str, jobs: int) -> Executor:
    """The executor that `NAME` or `NAME:ADDRESS` asks for. Raises `OptionError` where there is none."""
    name, colon, address = wanted.partition(":")
    if name not in registered():
        raise OptionError(f"--executor {wanted}: there is no such executor{nearest(name, registered())}")
    make: Open = registered()[name].load()
    return make(address if colon else None, jobs)


def processes(address: str | None, jobs: int) -> Executor:
    """The executor `processes`: so many processes of this computer. For machines with parts in Python, which threads share."""
    if address is not None:
        raise OptionError(f"--executor processes:{address}: processes of this computer have no address")
    return Processes(jobs)


class Processes(ProcessPoolExecutor):
    """Processes of this computer, which end the tests that they run when they are called back."""

    def __init__(self, jobs: int) -> None:
        # A process that is forked while threads run may wait for a lock for ever.
        context = multiprocessing.get_context("spawn")
        self.called_back = context.Event()
        super().__init__(jobs, context, begin, (self.called_back,))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            self.called_back.set()
        super().shutdown(wait, cancel_futures=cancel_futures)


def begin(called_back: Event) -> None:
    """What a process does first. Ctrl-C is for whom it works for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parcel.stop = called_back.is_set
