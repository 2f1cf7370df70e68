"""Tests that run elsewhere: on the workers of any executor, and on a cluster of Dask distributed."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import suite_folder

from retrovm.cli import main
from retrovm.errors import OptionError
from retrovm.suite import Outcome, Report, Result, Selection, Settings, discover, run
from retrovm.suite.crew import AT_FIRST
from retrovm.suite.dask_executor import DaskExecutor
from retrovm.suite.executors import open_executor, registered
from retrovm.suite.parcel import Done, Missing, Packing, Places
from retrovm.suite.parcel import run as run_parcel
from retrovm.suite.reports import as_json, html
from retrovm.suite.task import Stop, Task

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where workers in this process keep files."""
    monkeypatch.setenv("RETROVM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("RETROVM_TESTDATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "cache"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return suite_folder.write(tmp_path / "suite")


def comparable(report: Report) -> list[Result]:
    """The results without what may differ from run to run."""
    return [replace(result, seconds=0, worker="") for result in report.results]


def threads() -> Executor:
    """An executor that knows nothing of files, as most do not."""
    return ThreadPoolExecutor(2)


# --- parcels ------------------------------------------------------------------------------------------------------------


def sent(task: Task, settings: Settings | None = None) -> list[Result]:
    """The results of a task that goes through a parcel."""
    packing = Packing(settings or Settings())
    parcel, places = packing.pack(task)
    answer = run_parcel(pickle.loads(pickle.dumps(parcel)))
    if isinstance(answer, Missing):
        answer = run_parcel(replace(parcel, contents=packing.contents(answer.digests)))
    assert isinstance(answer, Done)
    return [replace(result, reason=places.turned_back(result.reason, answer.folder)) for result in answer.results]


def test_a_parcel_names_files_by_their_content_and_has_no_path_of_its_sender(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(suite)
    for task in discover(["suite.toml"]):
        parcel, _ = Packing(Settings()).pack(task)
        assert str(suite.parent).encode() not in pickle.dumps(parcel)
        assert all(not Path(place).is_absolute() for place in (*parcel.paths, *dict(parcel.files)))
    assert ("suite/digit.ch8", hashlib.sha256(suite_folder.DIGIT).hexdigest()) in Packing(Settings()).pack(
        discover(["suite.toml"])[0])[0].files


def test_a_test_takes_along_what_it_names_and_nothing_else(suite: Path) -> None:
    by_title = {task.name.split(": ")[1]: dict(Packing(Settings()).pack(task)[0].files) for task in discover([suite])}
    assert {Path(place).name for place in by_title["the picture is the golden one"]} == {"digit.ch8", "blank.png"}
    assert {Path(place).name for place in by_title["it says goodbye"]} == {"hello.bin"}


def test_a_worker_without_a_file_asks_for_it_and_keeps_it_by_its_content(suite: Path, cache: Path) -> None:
    packing = Packing(Settings())
    parcel, _ = packing.pack(discover([suite])[0])
    answer = run_parcel(parcel)
    assert isinstance(answer, Missing)
    assert answer.digests == (hashlib.sha256(suite_folder.DIGIT).hexdigest(),)
    run_parcel(replace(parcel, contents=packing.contents(answer.digests)))
    (kept,) = (cache / "files").iterdir()
    assert (kept.name, kept.read_bytes()) == (answer.digests[0], suite_folder.DIGIT)
    assert isinstance(run_parcel(parcel), Done)


def test_a_file_that_was_damaged_in_the_cache_is_asked_for_again(suite: Path, cache: Path) -> None:
    task = discover([suite])[0]
    sent(task)
    (kept,) = (cache / "files").iterdir()
    kept.write_bytes(b"something else")
    assert isinstance(run_parcel(Packing(Settings()).pack(task)[0]), Missing)
    sent(task)
    assert kept.read_bytes() == suite_folder.DIGIT


def test_a_file_that_changes_while_the_tests_run_is_an_error_and_not_another_test(suite: Path) -> None:
    packing = Packing(Settings())
    parcel, _ = packing.pack(discover([suite])[0])
    (suite / "digit.ch8").write_bytes(b"\x12\x00")
    with pytest.raises(Exception, match=r"digit\.ch8 has changed while the tests ran"):
        packing.contents(dict(parcel.files).values())


def test_data_of_others_travels_too_and_is_looked_for_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "deep").mkdir()
    (tmp_path / "data" / "deep" / "count.bin").write_bytes(suite_folder.COUNT)
    (tmp_path / "suite.toml").write_text(
        '[suite]\ntitle = "of others"\n[[test]]\nname = "counts"\nrom = "$RETROVM_TESTDATA/deep/count.bin"\n'
        f'{suite_folder.FLAT}judge = "memory"\nat = 0x0400\nbytes = "A2 05"\nlimit = {{ cycles = 100 }}\n')
    (task,) = discover([tmp_path / "suite.toml"])
    packing = Packing(Settings())
    parcel, _ = packing.pack(task)
    assert dict(parcel.files).keys() == {"testdata/deep/count.bin"}
    contents = packing.contents(dict(parcel.files).values())
    monkeypatch.setenv("RETROVM_TESTDATA", "/nowhere")
    answer = run_parcel(replace(parcel, contents=contents))
    assert isinstance(answer, Done)
    assert answer.results[0].outcome is Outcome.PASSED
    answer = run_parcel(replace(parcel, files=(), testdata=False))
    assert isinstance(answer, Done)
    assert answer.results[0].reason.startswith("set RETROVM_TESTDATA")


@pytest.mark.parametrize("relative", [True, False])
def test_what_is_said_about_a_file_reads_as_if_the_test_had_run_here(
    suite: Path, relative: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (suite / "blank.png").unlink()
    monkeypatch.chdir(suite)
    (task,) = [task for task in discover(["suite.toml" if relative else suite]) if "golden" in task.name]
    (here,), (there,) = task.run(Settings(), lambda: False), sent(task)
    assert "there is no " in here.reason
    assert there.reason == here.reason


def test_places_are_below_one_folder_however_paths_are_written() -> None:
    places = Places([Path("a/b/rom.bin"), Path("a/c/../d/x.png")], None)
    assert [places[Path("a/b/rom.bin")], places[Path("a/c/../d/x.png")]] == ["suite/b/rom.bin", "suite/d/x.png"]
    places = Places([Path("../one/rom.bin"), Path("two.bin")], None)
    for path in "../one/rom.bin", "two.bin":
        assert ".." not in Path(places[Path(path)]).parts


def test_a_machine_file_travels_with_the_images_that_it_names(tmp_path: Path) -> None:
    from retrovm.suite.machine_run import Setup

    (tmp_path / "board.toml").write_text('[rom]\nchip = "rom"\nimage = "parts/basic.bin"\nother = "none.bin"\n')
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/basic.bin").write_bytes(b"x")
    setup = Setup(tmp_path, None, tmp_path / "board.toml", {}, (), (), 1, None)
    assert list(setup.files()) == [tmp_path / "board.toml", tmp_path / "parts/basic.bin"]


def test_a_test_on_a_machine_file_ends_as_it_does_here(suite: Path) -> None:
    (suite / "board.toml").write_bytes((files("retrovm.machines") / "sbc6502.toml").read_bytes())
    (suite / "suite.toml").write_text('[suite]\ntitle = "t"\n[[test]]\nname = "n"\nrom = "hello.bin"\nmachine = "board.toml"\n'
                                      'options = { org = 0x0400 }\njudge = "serial"\ntext = "BYE"\nlimit = { cycles = 90_000 }\n')
    (task,) = discover([suite])
    (here,), (there,) = task.run(Settings(), lambda: False), sent(task)
    assert here.scene is not None
    assert (here.outcome, here.scene.serial) == (Outcome.FAILED, "HI <b>\\x01")
    assert replace(there, seconds=0, worker="") == replace(here, seconds=0)


def test_a_function_finds_beside_it_what_it_imports_and_writes_into_files_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text(
        "from pathlib import Path\nhere = Path(__file__).parent\n"
        "def fine(run):\n    assert (here / 'own/a.txt').read_text() == 'a'\n    (here / 'own/a.txt').write_text('b')\n")
    (tmp_path / "own").mkdir()
    (tmp_path / "own/a.txt").write_text("a")
    (tmp_path / "a.ch8").write_bytes(suite_folder.DIGIT)
    (tmp_path / "suite.toml").write_text('[suite]\ntitle = "t"\n[[test]]\nname = "n"\nrom = "a.ch8"\nmachine = "chip8"\n'
                                         'judge = "python"\nfunction = "checks.py:fine"\nlimit = { frames = 2 }\n')
    for _ in range(2):
        (result,) = sent(discover([tmp_path / "suite.toml"])[0])
        assert (result.outcome, result.reason) == (Outcome.PASSED, "")
    assert (tmp_path / "own/a.txt").read_text() == "a"


# --- any executor -------------------------------------------------------------------------------------------------------


def test_an_executor_that_knows_nothing_of_files_gives_the_results_of_a_local_run(suite: Path) -> None:
    here = run(discover([suite]), keep_passed=True)
    there = run(discover([suite]), keep_passed=True, executor=threads())
    assert comparable(there) == comparable(here)
    assert there.summary() == here.summary() == "1 passed, 5 failed, 2 skipped"


def test_processes_of_this_computer_are_an_executor(suite: Path) -> None:
    here = run(discover([suite]), keep_passed=True)
    there = run(discover([suite]), keep_passed=True, executor=open_executor("processes", 2))
    assert comparable(there) == comparable(here)
    assert all(not result.worker.endswith(f":{os.getpid()}") for result in there.results)


def test_a_sample_and_a_selection_mean_the_same_cases_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "6502/v1/ea.json"
    file.parent.mkdir(parents=True)
    side = {"pc": 512, "s": 0, "a": 0, "x": 0, "y": 0, "p": 0x20, "ram": [[512, 0xEA], [513, 1]]}
    cases = [{"name": f"case {n}", "initial": side, "final": side, "cycles": [[512, 0xEA, "read"], [513, 1, "read"]]}
             for n in range(40)]
    file.write_text(json.dumps(cases))
    monkeypatch.chdir(file.parent)
    for settings in Settings(sample=5, seed=3), Settings(Selection("'case 1?'")), Settings(
            Selection("", frozenset({f"{file}: case 7"}), str(file.parent))):
        here = run(discover(["ea.json"]), settings)
        there = run(discover(["ea.json"]), settings, executor=threads())
        assert here.failed > 0
        assert comparable(there) == comparable(here)


class Told:
    """A task that does what it is told, and can be pickled by its function."""

    path, machine, known_failure, judge = "told.toml", None, None, "told"

    def __init__(self, title: str, act: Callable[[], Any]) -> None:
        self.name = f"told.toml: {title}"
        self.act = act

    def files(self) -> list[Path]:
        return []

    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        self.act()
        return [Result(self.name, Outcome.PASSED, suite=self.path)]


def broken() -> None:
    raise OSError("the worker is on fire")


def test_what_goes_wrong_on_the_way_fails_that_test_and_no_other() -> None:
    tasks = [Told("before", int), Told("lost", broken), Told("cannot be sent", lambda: None), Told("after", int)]
    report = run(tasks, executor=threads())
    assert report.summary() == "2 passed, 2 failed"
    lost, unsent = report.problems
    assert lost.reason == "the executor has lost this test: OSError: the worker is on fire"
    assert unsent.reason.startswith("this test cannot be sent: ")
    assert (unsent.title, unsent.reproduce) == ("cannot be sent", "retrovm test told.toml -k '\"cannot be sent\"'")


def test_results_come_in_the_order_of_the_tests_however_many_there_are() -> None:
    names = [str(number) for number in range(5 * AT_FIRST)]
    report = run([Told(name, int) for name in names], keep_passed=True, executor=ThreadPoolExecutor(3))
    assert [result.title for result in report.results] == names


def test_the_first_failure_stops_the_run_where_it_is_asked_to() -> None:
    tasks = [Told("lost", broken), *(Told(str(number), int) for number in range(10 * AT_FIRST))]
    report = run(tasks, fail_fast=True, executor=ThreadPoolExecutor(1))
    assert report.failed == 1
    assert report.passed < len(tasks) / 2
    assert "a test failed" in report.unfinished


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def test_an_interrupted_run_says_so_and_does_not_wait_for_other_computers() -> None:
    class Never(Executor):
        """Takes work and does none of it."""

        submitted = 0

        def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
            Never.submitted += 1
            return Future()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.3, interrupt).start()
        report = run([Told(str(number), int) for number in range(100)], executor=Never())
    finally:
        signal.signal(signal.SIGINT, before)
    assert report.interrupted
    assert report.total == 0
    assert Never.submitted == AT_FIRST, "it gets more only for results"


INTERRUPTED = """
import signal, sys, threading
from retrovm import cli
from retrovm.suite import crew

answered = crew.Remote.answered

def interrupted(self, errand, sent):
    if self.packing.digests and not called:
        called.append(threading.Timer(2, signal.raise_signal, [signal.SIGINT]))
        called[0].start()
    answered(self, errand, sent)

if __name__ == "__main__":
    called = []
    signal.signal(signal.SIGINT, signal.default_int_handler)
    crew.Remote.answered = interrupted
    sys.exit(cli.main(["test", sys.argv[2], "--jobs", "1", "--executor", sys.argv[1]]))
"""


@pytest.mark.parametrize("executor", ["processes", "dask"])
def test_ctrl_c_ends_endless_tests_in_workers_of_this_computer(tmp_path: Path, executor: str) -> None:
    (tmp_path / "main.py").write_text(INTERRUPTED)
    (tmp_path / "a.ch8").write_bytes(suite_folder.DIGIT)
    (tmp_path / "suite.toml").write_text('[suite]\ntitle = "t"\n[[test]]\nname = "n"\nrom = "a.ch8"\nmachine = "chip8"\n'
                                         'judge = "runs"\nlimit = { frames = 1_000_000_000_000 }\n')
    done = subprocess.run([sys.executable, "main.py", executor, "suite.toml"], cwd=tmp_path, text=True, capture_output=True,
                          timeout=60)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (130, "0 passed, 0 failed")
    assert "interrupted: not all tests have run" in done.stderr
    assert "Traceback" not in done.stderr


# --- reports ------------------------------------------------------------------------------------------------------------


def test_every_report_says_where_each_test_ran(suite: Path) -> None:
    report = run(discover([suite]), keep_passed=True, executor=threads())
    (worker,) = report.workers
    assert worker.endswith(f":{os.getpid()}")
    assert report.workers == {worker: 8}
    lines = list(report.lines())
    assert lines.count(f"    ran on: {worker}") == suite_folder.FAILED
    assert f"8 ran on {worker}" in lines
    content = as_json.whole(report)
    jsonschema.validate(json.loads(as_json.text(report)), json.loads((ROOT / "docs/suite-report.schema.json").read_text()))
    assert content["summary"]["workers"] == {worker: 8}
    assert {test["worker"] for test in content["tests"]} == {worker}
    page = html.text(report)
    assert page.count(f" on {worker}</span>") == 8
    assert f"8 ran on {worker}" in page


def test_a_local_run_says_nothing_about_workers(suite: Path) -> None:
    report = run(discover([suite]), keep_passed=True)
    assert report.workers == {}
    assert not any("ran on" in line for line in report.lines())
    assert "ran on" not in html.text(report)


# --- the command line ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "said"), [
    (["--executor", "dusk"], "--executor dusk: there is no such executor; did you mean dask?"),
    (["--executor", "processes:here"], "processes of this computer have no address"),
    (["--executor", "dask", "--update-golden"], "--update-golden writes pictures on this computer: leave --executor out"),
    (["--executor", "dask:nonsense://x"], "--executor dask:nonsense://x: no scheduler answers there"),
])
def test_an_executor_that_cannot_be_had_is_wrong_use(
    suite: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", str(suite), *arguments]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_without_dask_the_executor_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(OptionError, match=r'pip install "retrovm\[dask\]"'):
        open_executor("dask", 1)


def test_executors_are_entry_points() -> None:
    assert registered().keys() >= {"dask", "processes"}


# --- Dask distributed ---------------------------------------------------------------------------------------------------


class Cluster:
    """A scheduler in this process, and workers that are other processes with a cache of their own."""

    def __init__(self, folder: Path) -> None:
        from distributed import LocalCluster

        self.folder = folder
        self.scheduler = LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0")
        self.workers: list[subprocess.Popen[bytes]] = []

    def add(self, **variables: str) -> None:
        own = self.folder / f"worker{len(self.workers)}"
        (own / "tmp").mkdir(parents=True)
        environment = {**os.environ, "RETROVM_CACHE": str(own / "cache"), "TMPDIR": str(own / "tmp"), **variables}
        del environment["RETROVM_TESTDATA"]
        words = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, "--no-nanny", "--nthreads", "1",
                 "--no-dashboard", "--local-directory", str(own)]
        self.workers.append(subprocess.Popen(words, env=environment, cwd=own, stderr=subprocess.DEVNULL))

    @property
    def address(self) -> str:
        return str(self.scheduler.scheduler_address)

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.scheduler.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.close()


@pytest.fixture
def deliveries(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Which worker got which file."""
    found: list[tuple[str, str]] = []
    deliver = DaskExecutor.deliver

    def spy(self: DaskExecutor, worker: str, contents: dict[str, bytes]) -> None:
        found.extend((worker, digest) for digest in contents)
        deliver(self, worker, contents)

    monkeypatch.setattr(DaskExecutor, "deliver", spy)
    return found


def on(cluster: Cluster, workers: int) -> Executor:
    executor = open_executor(f"dask:{cluster.address}", 1)
    assert isinstance(executor, DaskExecutor)
    executor.client.wait_for_workers(workers, timeout=60)
    return executor


def test_two_workers_give_the_results_of_a_local_run_and_get_each_file_once(
    suite: Path, cluster: Cluster, deliveries: list[tuple[str, str]]
) -> None:
    for _ in range(2):
        cluster.add()
    here = run(discover([suite]), keep_passed=True)
    there = run(discover([suite]), keep_passed=True, executor=on(cluster, 2))
    assert comparable(there) == comparable(here)
    assert len(there.workers) == 2
    assert sum(there.workers.values()) == there.total
    assert len(deliveries) == len(set(deliveries))
    for own in "worker0", "worker1":
        for kept in (cluster.folder / own / "cache/files").iterdir():
            assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.name
    count = len(deliveries)
    again = run(discover([suite]), keep_passed=True, executor=on(cluster, 2))
    assert comparable(again) == comparable(here)
    assert not set(deliveries[:count]) & set(deliveries[count:]), "what a worker has, it does not get again"


KILLS = """
import os, signal
from pathlib import Path

def check(run):
    run.to_frame(2)
    witness = Path(os.environ["WITNESS"])
    if not witness.exists():
        witness.write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="the test kills a process by a signal of POSIX")
def test_the_tests_of_a_killed_worker_run_on_another(suite: Path, cluster: Cluster, tmp_path: Path) -> None:
    (suite / "checks.py").write_text(KILLS)
    with (suite / "suite.toml").open("a") as manifest:
        manifest.write('[[test]]\nname = "its worker dies"\nrom = "digit.ch8"\nmachine = "chip8"\nlimit = { frames = 9 }\n'
                       'judge = "python"\nfunction = "checks.py:check"\n')
    witness = tmp_path / "witness"
    for _ in range(2):
        cluster.add(WITNESS=str(witness))
    report = run(discover([suite]), keep_passed=True, executor=on(cluster, 2))
    dead = [worker for worker in cluster.workers if worker.poll() is not None]
    assert [worker.pid for worker in dead] == [int(witness.read_text())]
    assert report.summary() == "2 passed, 5 failed, 2 skipped"
    (survived,) = [result for result in report.results if result.title == "its worker dies"]
    assert survived.outcome is Outcome.PASSED
    assert [result.title for result in report.results[:-1]] == [title.replace("\\", "") for title in suite_folder.TESTS]


def test_without_an_address_the_command_makes_a_cluster_of_its_own(
    suite: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", str(suite), "--executor", "dask", "-j", "2", "--json", str(tmp_path / "a.json")]) == 1
    out = capfd.readouterr().out.splitlines()
    assert out[-1] == "1 passed, 5 failed, 2 skipped"
    ran = json.loads((tmp_path / "a.json").read_text())["summary"]["workers"]
    assert len(ran) == 2
    assert sum(ran.values()) == 8
    assert sum(" ran on tcp://127.0.0.1:" in line for line in out) == 2
