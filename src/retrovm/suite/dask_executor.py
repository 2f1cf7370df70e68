"""The executor `dask`: workers of a cluster of Dask distributed.

    retrovm test roms/ --executor dask                         # a cluster on this computer, a worker a job
    retrovm test roms/ --executor dask:tcp://host:8786         # the cluster of this scheduler

A test whose worker is lost runs on another: Dask's setting `distributed.scheduler.allowed-failures` says how often a test may
lose its worker before it has failed.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from functools import partial
from importlib import import_module
from typing import Any

from retrovm.errors import OptionError
from retrovm.suite.store import receive

CONNECT = 10.0
"""Seconds in which a scheduler has to answer."""


def open_executor(address: str | None, jobs: int) -> Executor:
    """The executor. Raises `OptionError` where Dask is not installed or no scheduler answers."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise OptionError('--executor dask needs Dask distributed: pip install "retrovm[dask]"') from None
    if address is None:
        # A worker runs one test at a time: threads of one process would share its standard streams, but not its cores.
        # Its status page is for this computer alone, at any free port: another cluster may have the one that is Dask's own.
        cluster = distributed.LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address="127.0.0.1:0",
                                           preload=[__name__], silence_logs=logging.ERROR)
        return DaskExecutor(distributed.Client(cluster), cluster)
    try:
        return DaskExecutor(distributed.Client(address, timeout=CONNECT))
    except (OSError, TimeoutError, ValueError) as error:
        raise OptionError(f"--executor dask:{address}: no scheduler answers there: {error}") from None


def dask_setup(worker: object) -> None:
    """What Dask runs first in a worker of a cluster on this computer: Ctrl-C is for whom it works for, who then ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class DaskExecutor(Executor):
    """The workers that a client of Dask knows; `cluster` is closed with it."""

    def __init__(self, client: Any, cluster: Any = None) -> None:
        self.client = client
        self.cluster = cluster
        self.called_back = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        # Two tests are two tests, even where they look alike.
        self.client.submit(fn, *args, pure=False, **kwargs).add_done_callback(partial(self.settle, future))
        return future

    def settle(self, future: Future[Any], remote: Any) -> None:
        """What Dask's future has become, this one becomes."""
        if self.called_back or not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(remote.result())
        except Exception as error:
            future.set_exception(error)

    @staticmethod
    def identify() -> str:
        """The address of the worker that runs this."""
        return str(import_module("distributed").get_worker().address)

    def deliver(self, worker: str, contents: Mapping[str, bytes]) -> None:
        """Gives contents of files to a worker, unless it is gone: another one will ask for them."""
        if worker in self.client.scheduler_info(n_workers=-1)["workers"]:
            self.client.run(receive, dict(contents), workers=[worker], on_error="ignore")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Everything is done when this is called, or nobody waits for it: a closed client calls back what it has submitted."""
        self.called_back = cancel_futures
        self.client.close()
        if self.cluster is not None:
            self.cluster.close()
