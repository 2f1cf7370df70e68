"""What `retrovm test` runs and when it stops: judges, the first failure, what failed last time, time limits, plain ROMs."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import suite_folder

from retrovm.cli import main
from retrovm.errors import OptionError, RetroVMError
from retrovm.suite import Outcome, Result, Selection, Settings, discover, known, run
from retrovm.suite.last_failed import NAME, LastFailed
from retrovm.suite.task import Stop, Stopped

CASE = {"name": "ea 00 00", "initial": {"pc": 512, "s": 0, "a": 0, "x": 0, "y": 0, "p": 36, "ram": [[512, 0xEA], [513, 0]]},
        "final": {"pc": 513, "s": 0, "a": 0, "x": 0, "y": 0, "p": 36, "ram": [[512, 0xEA], [513, 0]]},
        "cycles": [[512, 0xEA, "read"], [513, 0, "read"]]}
"""A NOP as the single-step corpus has it."""

ENDLESS = "[suite]\ntitle = 'x'\n[[test]]\nname = 'it ends'\nrom = 'count.bin'\n" + suite_folder.FLAT + """judge = "serial"
text = "x"
limit = { cycles = 1_000_000_000_000 }
"""


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("RETROVM_TESTDATA", raising=False)
    monkeypatch.setenv("RETROVM_CACHE", str(tmp_path / "cache"))
    return suite_folder.write(tmp_path / "suite")


def ran(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[str, list[str]]:
    """Runs `retrovm test`. Returns its last line, and the titles of the tests that ran."""
    main(["test", *map(str, arguments), "--json"])
    captured = capsys.readouterr()
    return captured.err.splitlines()[-1], [test["title"] for test in json.loads(captured.out)["tests"]]


# --- judges and the first failure ---------------------------------------------------------------------------------------


def test_tests_are_chosen_by_their_judge(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(capsys, suite, "--judge", "serial")[1] == ["it says goodbye"]
    assert ran(capsys, suite, "--judge", "screen")[1] == ["a digit is drawn", "the picture is the golden one"]


@dataclass(frozen=True)
class Planned:
    name: str
    outcome: Outcome
    wait: bool = False
    machine: str | None = None
    known_failure: str | None = None
    judge: str = ""

    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        while self.wait and not stop():
            time.sleep(0.001)
        if self.wait:
            raise Stopped
        return [Result(self.name, self.outcome)]


def test_the_first_failure_stops_what_goes_on_and_nothing_else_begins() -> None:
    tasks = [Planned("goes on", Outcome.PASSED, wait=True), Planned("passes", Outcome.PASSED), Planned("fails", Outcome.FAILED),
             *(Planned(f"later {i}", Outcome.PASSED) for i in range(50))]
    report = run(tasks, jobs=2, fail_fast=True)
    assert report.summary() == "1 passed, 1 failed"
    assert report.unfinished == "a test failed: the others have not run"
    assert not report.ok
    assert not report.interrupted
    assert threading.active_count() < 10


def test_fail_fast_on_the_command_line_ends_with_the_status_1(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(suite), "-x", "--jobs", "1"]) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1] == "0 passed, 1 failed"
    assert captured.err.splitlines()[-1] == "a test failed: the others have not run"


def test_without_failures_fail_fast_changes_nothing() -> None:
    report = run([Planned(str(i), Outcome.PASSED) for i in range(5)], fail_fast=True)
    assert report.ok
    assert report.summary() == "5 passed, 0 failed"


# --- what failed last time ----------------------------------------------------------------------------------------------


def test_only_what_failed_runs_again_until_it_passes(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["test", str(suite)])
    capsys.readouterr()
    assert len(ran(capsys, suite, "--last-failed")[1]) == suite_folder.FAILED
    main(["test", str(suite), "--update-golden"])
    capsys.readouterr()
    again = ran(capsys, suite, "--last-failed")[1]
    assert "the picture is the golden one" not in again
    assert len(again) == suite_folder.FAILED - 1


def test_a_failure_is_remembered_by_where_it_lies_and_not_by_how_it_was_named(
    suite: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["test", str(suite), "-k", "goodbye"])
    monkeypatch.chdir(suite)
    capsys.readouterr()
    assert ran(capsys, "suite.toml", "--last-failed")[1] == ["it says goodbye"]


def test_what_did_not_run_stays_remembered(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["test", str(suite)])
    main(["test", str(suite), "-k", "memory is as it was"])
    capsys.readouterr()
    assert len(ran(capsys, suite, "--last-failed")[1]) == suite_folder.FAILED


def test_where_nothing_failed_all_tests_run(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(ran(capsys, suite, "--last-failed")[1]) == len(suite_folder.TESTS)


def test_a_case_of_a_corpus_that_failed_is_run_alone_and_forgotten_when_it_passes(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = suite / "6502" / "v1" / "ea.json"
    file.parent.mkdir(parents=True)
    wrong = {**CASE, "name": "ea wrong", "final": {**CASE["final"], "a": 1}}            # type: ignore[dict-item]
    file.write_text(json.dumps([CASE, wrong]))
    assert ran(capsys, file)[0] == "1 passed, 1 failed"
    assert ran(capsys, file, "--last-failed")[1] == ["ea wrong"]
    file.write_text(json.dumps([CASE, {**wrong, "final": CASE["final"]}]))
    assert ran(capsys, file, "--last-failed")[0] == "1 passed, 0 failed"
    assert json.loads((suite.parent / "cache" / NAME).read_text()) == []


def test_a_cache_that_is_no_cache_is_an_error_for_last_failed_and_none_otherwise(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = suite.parent / "cache"
    cache.mkdir()
    (cache / NAME).write_text("{")
    assert main(["test", str(suite), "--last-failed"]) == 1
    assert f"{cache / NAME}: expected a list of the names of tests" in capsys.readouterr().err
    main(["test", str(suite), "-k", "goodbye"])
    assert len(json.loads((cache / NAME).read_text())) == 1


def test_a_cache_that_cannot_be_written_is_said_and_changes_no_result(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (suite.parent / "file").write_text("")
    assert main(["test", str(suite), "-k", "goodbye", "--cache", str(suite.parent / "file" / "below")]) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1] == "0 passed, 1 failed"
    assert "cannot be written, so --last-failed will not know" in captured.err


def test_the_cache_is_replaced_as_a_whole(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = LastFailed(suite.parent / "cache", Settings())
    memory.take([Result("a", Outcome.FAILED)])
    memory.write()
    memory.take([Result("b", Outcome.FAILED)])

    def broken(*_: object) -> None:
        raise OSError(28, "the disk is full")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError, match="full"):
        memory.write()
    assert os.listdir(suite.parent / "cache") == [NAME]
    assert memory.read() == {"a"}


def test_without_platformdirs_and_without_a_folder_nothing_is_remembered_and_asking_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "platformdirs", None)
    memory = LastFailed(None, Settings())
    memory.take([Result("a", Outcome.FAILED)])
    memory.write()
    with pytest.raises(OptionError, match=r"retrovm\[suite\]"):
        memory.read()


def test_the_users_cache_is_where_platformdirs_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platformdirs.PlatformDirs.user_cache_path", property(lambda folders: tmp_path / folders.appname))
    assert LastFailed(None, Settings()).file == tmp_path / "retrovm" / NAME


# --- time ---------------------------------------------------------------------------------------------------------------


def test_a_test_that_hangs_is_stopped_and_the_others_run(suite: Path) -> None:
    (suite / "suite.toml").write_text(ENDLESS.replace("serial", "memory").replace('text = "x"', 'at = 0\nbytes = "FF"')
                                      + "[[test]]\nname = 'it is short'\nrom = 'count.bin'\n" + suite_folder.FLAT
                                      + "judge = 'memory'\nat = 0x400\nbytes = 'A2'\nlimit = { cycles = 10 }\n")
    began = time.monotonic()
    report = run(discover([suite]), Settings(timeout=0.3), keep_passed=True)
    assert time.monotonic() - began < 20
    assert report.summary() == "1 passed, 1 failed"
    late = report.results[0]
    assert late.reason.startswith("stopped by --timeout after 0.3 s, in cycle ")
    assert "with the program counter at $" in late.reason
    assert late.scene is not None
    assert "JMP $0406" in "".join(late.scene.instructions)


def test_a_guest_that_is_looked_at_before_every_instruction_is_stopped_in_time_too(suite: Path) -> None:
    (suite / "suite.toml").write_text("[suite]\ntitle = 'x'\n[[test]]\nname = 'it ends'\nrom = 'count.bin'\n" + suite_folder.FLAT
                                      + "judge = 'checkpoints'\nlimit = { frames = 1_000_000 }\n"
                                      "checkpoints = [ { reach = 0x5000 } ]\n")
    began = time.monotonic()
    (late,) = run(discover([suite]), Settings(timeout=0.2)).problems
    assert time.monotonic() - began < 20
    assert "stopped by --timeout after 0.2 s" in late.reason


# --- programs without a suite -------------------------------------------------------------------------------------------


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    folder = tmp_path / "programs"
    (folder / "more").mkdir(parents=True)
    (folder / "digit.ch8").write_bytes(suite_folder.DIGIT)
    (folder / "more" / "ends.ch8").write_bytes(bytes.fromhex("00 FD"))
    (folder / "more" / "broken.hex").write_text(":00000001FE\n")
    (folder / "README.md").write_text("no program")
    (folder / ".hidden.ch8").write_bytes(suite_folder.DIGIT)
    return folder


def test_each_program_of_a_plain_folder_has_to_run(programs: Path) -> None:
    report = run(discover([programs], frames=20), keep_passed=True)
    outcomes = {Path(result.suite).name: (str(result.outcome), result.reason) for result in report.results}
    assert list(outcomes) == ["digit.ch8", "broken.hex", "ends.ch8"]
    assert outcomes["digit.ch8"] == ("passed", "")
    assert "broken.hex, line 1" in outcomes["broken.hex"][1]
    assert "the processor halted at $020" in outcomes["ends.ch8"][1]
    assert all(result.title == "runs for 20 frames" for result in report.results)
    assert report.results[0].scene is not None
    assert report.results[0].scene.screen is not None


def test_a_program_that_is_named_runs_on_the_machine_that_is_named(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["test", str(suite / "digit.ch8"), "--machine", "chip8", "--frames", "7"])
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"
    main(["test", str(suite / "digit.ch8"), "--machine", "sbc6502", "--frames", "7"])
    out = capsys.readouterr().out
    assert "sbc6502 does not take this format" in out
    assert f"""reproduce: retrovm test {suite}/digit.ch8 --machine sbc6502 --frames 7 -k '"runs for 7 frames"'""" in out


def test_beside_a_manifest_programs_are_no_tests_of_their_own(suite: Path) -> None:
    assert [task.name for task in discover([suite.parent])] == [f"{suite}/suite.toml: {name}".replace('\\"', '"')
                                                                for name in suite_folder.TESTS]


def test_a_selection_of_names_is_no_expression() -> None:
    only = Selection("", frozenset({"/a/suite.toml: not (this", "/b/00.json"}))
    assert only.matches("/a/suite.toml: not (this", "/a/suite.toml")
    assert not only.matches("/a/suite.toml: that", "/a/suite.toml")
    assert only.matches("/b/00.json: a case", "/b/00.json")
    assert not only.leaves_out("/b/00.json")
    assert only.leaves_out("/c/00.json")


def test_a_damaged_file_of_the_cache_names_itself(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"a": 1}')
    with pytest.raises(RetroVMError, match="delete it"):
        LastFailed(tmp_path, Settings()).read()


def test_a_known_program_has_its_tests_wherever_it_lies_and_none_if_it_is_another_one(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = programs.parent / "corpora"
    corpus.mkdir()
    sha1 = hashlib.sha1(suite_folder.DIGIT).hexdigest()
    (corpus / "digits.toml").write_text(f"""[suite]
title = "digits"
roms = {{ "digit.ch8" = "{sha1}" }}
[[test]]
name = "a digit is drawn"
rom = "digit.ch8"
machine = "chip8"
judge = "runs"
limit = {{ frames = 5 }}
[[test]]
name = "another program does something"
rom = "other.ch8"
machine = "chip8"
judge = "runs"
limit = {{ frames = 5 }}
""")
    monkeypatch.setattr(known, "FOLDER", corpus)
    known.corpora.cache_clear()
    try:
        report = run(discover([programs / "digit.ch8"]), keep_passed=True)
        assert [(result.outcome, result.title) for result in report.results] == [("passed", "a digit is drawn")]
        assert [Path(task.name).name for task in discover([programs], frames=5)] == [
            "digit.ch8: a digit is drawn", "broken.hex: runs for 5 frames", "ends.ch8: runs for 5 frames"]
        (programs / "digit.ch8").write_bytes(suite_folder.DIGIT + b"x")
        assert discover([programs / "digit.ch8"], frames=5)[0].name.endswith("digit.ch8: runs for 5 frames")
    finally:
        known.corpora.cache_clear()
