"""Every suite.toml of the bundled programs, and the corpora that are known wherever they lie, each test of them a test here.

Programs of others are found through RETROVM_TESTDATA; without it their tests are skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from retrovm.suite import Outcome, Settings, Task, discover
from retrovm.suite.known import corpora
from retrovm.suite.machine_judge import MachineTest
from retrovm.suite.manifest import Suite, load
from retrovm.suite.task import execute

ROOT = Path(__file__).parents[2]
BUNDLED = sorted(ROOT.glob("roms/*/*/suite.toml"))
DATA = os.environ.get("RETROVM_TESTDATA")
FOLDERS = {"klaus": "klaus", "timendus": "chip8/timendus"}
OTHERS = [Path(DATA, folder) for folder in FOLDERS.values()] if DATA else []


@pytest.mark.parametrize("task", discover(BUNDLED), ids=lambda task: str(Path(task.name).relative_to(ROOT)))
def test_a_program_does_what_its_manifest_says(task: Task) -> None:
    judge(task)


@pytest.mark.skipif(not OTHERS, reason="set RETROVM_TESTDATA to the folder that holds klaus and chip8/timendus")
@pytest.mark.parametrize("task", discover(OTHERS), ids=lambda task: Path(task.name).name)
def test_a_program_of_others_does_what_is_known_of_it(task: Task) -> None:
    judge(task)


@pytest.mark.skipif(not OTHERS, reason="set RETROVM_TESTDATA to the folder that holds klaus and chip8/timendus")
@pytest.mark.parametrize("corpus", corpora(), ids=lambda corpus: corpus.file.stem)
def test_all_programs_of_a_known_corpus_are_there_and_all_its_tests_run(corpus: Suite) -> None:
    titles = {task.title for task in discover([Path(str(DATA), FOLDERS[corpus.file.stem])]) if isinstance(task, MachineTest)}
    assert titles == {test.name for test in corpus.tests}


def judge(task: Task) -> None:
    for result in execute(task, Settings(), lambda: False):
        if result.outcome in (Outcome.SKIPPED, Outcome.KNOWN):
            pytest.skip(result.reason)
        assert result.outcome is Outcome.PASSED, f"{result.reason}\n{result.reproduce}"


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in ROOT.glob("roms/*/*/src")), ids=lambda path: path.name
)
def test_a_bundled_program_has_a_manifest_with_a_licence(folder: Path) -> None:
    assert load(folder / "suite.toml").licence
