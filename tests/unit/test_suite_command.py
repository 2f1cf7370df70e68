"""`retrovm test` on the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from retrovm.cli import main

MANIFEST = """[suite]
title = "x"

[[test]]
name = "a picture appears"
rom = "a.ch8"
machine = "chip8"
judge = "screen"
limit = { frames = 9 }
golden = "a.png"

[[test]]
name = "memory has the program"
rom = "a.ch8"
machine = "chip8"
limit = { frames = 1 }
judge = "memory"
at = 0x200
bytes = "60 00"
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "a.ch8").write_bytes(bytes.fromhex("60 00 F0 29 D0 05 12 06"))
    (tmp_path / "suite.toml").write_text(MANIFEST)
    return tmp_path


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def test_the_last_line_has_the_counts_and_the_status_says_whether_anything_failed(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", str(suite)]) == 1
    assert last_line(capsys) == "1 passed, 1 failed"
    assert main(["test", str(suite), "-k", "not picture", "--jobs", "2"]) == 0
    assert last_line(capsys) == "1 passed, 0 failed"


def test_a_failure_stands_above_with_its_reason_and_the_command_that_runs_it_alone(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["test", str(suite / "suite.toml")])
    out = capsys.readouterr().out
    assert f"failed: {suite}/suite.toml: a picture appears\n    there is no {suite}/a.png; " in out
    assert f"""reproduce: retrovm test {suite}/suite.toml -k '"a picture appears"'\n""" in out


def test_golden_pictures_are_written_only_when_asked_for(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(suite.iterdir())
    main(["test", str(suite)])
    assert set(suite.iterdir()) == before
    assert main(["test", str(suite), "--update-golden"]) == 0
    assert set(suite.iterdir()) == before | {suite / "a.png"}
    assert main(["test", str(suite)]) == 0
    assert last_line(capsys) == "2 passed, 0 failed"


def test_tests_are_chosen_by_machine(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(suite), "-k", "memory", "--machine", "chip8"]) == 0
    assert last_line(capsys) == "1 passed, 0 failed"


@pytest.mark.parametrize(("arguments", "said"), [
    (["gone"], "gone: there is no such file or folder"),
    (["."], "no tests here; expected a suite.toml"),
    (["suite", "-k", "picture and"], "a name is missing"),
    (["suite", "-k", "nothing", "-m", "chip8"], "-k 'nothing' and --machine chip8: selects none of the"),
    (["suite", "--jobs", "0"], "jobs"),
    ([], "PATH"),
])
def test_wrong_use_has_the_status_2_and_says_why(
    suite: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    empty = suite / "empty"
    empty.mkdir()
    (empty / "suite").symlink_to(suite)
    monkeypatch.chdir(empty)
    if arguments == ["."]:
        (empty / "suite").unlink()
    assert main(["test", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err.replace("\n", " ")
    assert captured.out == ""


# Ctrl-C as the second test begins; in the background of a shell SIGINT would be ignored.
INTERRUPTED = """
import signal, sys
from retrovm import cli
from retrovm.suite import crew

signal.signal(signal.SIGINT, signal.default_int_handler)
execute, begun = crew.execute, []

def interrupted(task, settings, stop):
    begun.append(task)
    if len(begun) == 2:
        signal.raise_signal(signal.SIGINT)
    return execute(task, settings, stop)

crew.execute = interrupted
sys.exit(cli.main(["test", sys.argv[1], "--jobs", "1"]))
"""


def test_ctrl_c_ends_the_run_with_what_was_found_so_far(suite: Path) -> None:
    manifest = MANIFEST.replace("frames = 1 }", "frames = 1_000_000_000 }").replace("frames = 9", "frames = 1")
    (suite / "suite.toml").write_text(manifest)
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, suite], text=True, capture_output=True, timeout=120)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (130, "0 passed, 1 failed")
    assert "interrupted: not all tests have run" in done.stderr
    assert "Traceback" not in done.stderr
