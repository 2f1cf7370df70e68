"""Running tasks: order, counting, known failures, interruption, the report."""

from __future__ import annotations

import pickle
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from retrovm.suite import Outcome, Report, Result, Settings, run
from retrovm.suite.task import Stop, Stopped, command


@dataclass(frozen=True)
class Planned:
    """A task that ends as planned."""

    name: str
    outcome: Outcome = Outcome.PASSED
    seconds: float = 0.0
    machine: str | None = None
    known_failure: str | None = None

    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        time.sleep(self.seconds)
        return [
            Result(
                self.name, self.outcome, "" if self.outcome is Outcome.PASSED else "because\nof this", "again"
            )
        ]


class Endless:
    name, machine, known_failure = "endless", None, None

    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        while not stop():
            time.sleep(0.001)
        raise Stopped


def test_results_come_in_the_order_of_the_tasks_however_long_each_takes() -> None:
    tasks = [Planned(str(i), Outcome.FAILED, 0.02 if i % 3 == 0 else 0) for i in range(20)]
    assert [result.name for result in run(tasks, jobs=8).problems] == [task.name for task in tasks]


def test_every_task_is_told_to_the_progress_once_and_by_one_thread_at_a_time() -> None:
    inside, told = threading.Lock(), []

    def progress(results: list[Result]) -> None:
        assert inside.acquire(blocking=False)
        told.extend(result.name for result in results)
        time.sleep(0.001)
        inside.release()

    run([Planned(str(i)) for i in range(30)], jobs=8, progress=progress)
    assert sorted(told, key=int) == [str(i) for i in range(30)]


def test_the_summary_counts_passed_failed_and_skipped() -> None:
    report = run([Planned("a"), Planned("b"), Planned("c", Outcome.FAILED)])
    assert report.summary() == "2 passed, 1 failed"
    assert not report.ok
    report = run([Planned("a"), Planned("b", Outcome.SKIPPED)])
    assert report.summary() == "1 passed, 0 failed, 1 skipped"
    assert report.ok


def test_a_result_counts_for_as_many_cases_as_it_stands_for() -> None:
    report = Report()
    report.add([Result("file", Outcome.PASSED, count=99), Result("file: case", Outcome.FAILED)])
    assert report.summary() == "99 passed, 1 failed"


def test_a_known_failure_does_not_fail_the_run() -> None:
    report = run([Planned("a", Outcome.FAILED, known_failure="not done")])
    assert (report.ok, report.summary()) == (True, "0 passed, 0 failed, 1 skipped")
    assert "not done" in report.problems[0].reason


def test_a_known_failure_that_passes_fails_the_run() -> None:
    report = run([Planned("a", known_failure="not done")])
    assert (report.ok, report.summary()) == (False, "0 passed, 1 failed")
    assert "passes, but is known to fail: not done" in report.problems[0].reason


def test_a_known_failure_whose_data_is_absent_is_skipped() -> None:
    report = run([Planned("a", Outcome.SKIPPED, known_failure="not done")])
    assert report.problems[0].outcome is Outcome.SKIPPED


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Lets SIGINT interrupt, also where these tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_an_interruption_stops_what_runs_and_reports_what_has_ended() -> None:
    tasks = [Planned("first", Outcome.FAILED), Endless(), Planned("never", seconds=60)]
    threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
    began = time.monotonic()
    report = run(tasks, jobs=1)
    assert time.monotonic() - began < 10
    assert (report.interrupted, report.ok, report.summary()) == (True, False, "0 passed, 1 failed")


def test_failures_are_shown_with_reason_and_the_way_to_reproduce_them() -> None:
    lines = list(run([Planned("a.toml: it works", Outcome.FAILED)]).lines())
    assert lines == ["", "failed: a.toml: it works", "    because", "    of this", "    reproduce: again", ""]


def test_of_very_many_failures_only_the_first_are_shown_with_reasons() -> None:
    lines = list(run([Planned(str(i), Outcome.FAILED) for i in range(100)]).lines())
    assert sum(line.startswith("failed: ") for line in lines) == 100
    assert sum(line == "    because" for line in lines) == 20


def test_the_command_that_reproduces_a_failure_can_be_pasted_into_a_shell() -> None:
    assert (
        command("a b/suite.toml", 'it says "hi"') == """retrovm test 'a b/suite.toml' -k '"it says ?hi?"'"""
    )


def test_results_and_settings_go_through_pickle() -> None:
    for thing in (Result("a", Outcome.KNOWN, "b"), Settings()):
        assert pickle.loads(pickle.dumps(thing)) == thing
