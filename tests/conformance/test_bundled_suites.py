"""Every suite.toml of the bundled programs and of this folder, each test of it a test here.

Programs of others are found through RETROVM_TESTDATA; without it their tests are skipped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from retrovm.suite import Outcome, Settings, Task, discover
from retrovm.suite.manifest import load
from retrovm.suite.task import execute

ROOT = Path(__file__).parents[2]
BUNDLED = sorted(ROOT.glob("roms/*/*/suite.toml"))
OTHERS = sorted(ROOT.glob("tests/conformance/*/suite.toml"))


@pytest.mark.parametrize(
    "task", discover(BUNDLED + OTHERS), ids=lambda task: str(Path(task.name).relative_to(ROOT))
)
def test_a_program_does_what_its_manifest_says(task: Task) -> None:
    for result in execute(task, Settings(), lambda: False):
        if result.outcome in (Outcome.SKIPPED, Outcome.KNOWN):
            pytest.skip(result.reason)
        assert result.outcome is Outcome.PASSED, f"{result.reason}\n{result.reproduce}"


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in ROOT.glob("roms/*/*/src")), ids=lambda path: path.name
)
def test_a_bundled_program_has_a_manifest_with_a_licence(folder: Path) -> None:
    assert load(folder / "suite.toml").licence
