"""Every suite.toml of the bundled programs, each test of it a test here."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrovm.suite import Outcome, Settings, Task, discover
from retrovm.suite.manifest import load
from retrovm.suite.task import execute

ROMS = Path(__file__).parents[2] / "roms"
MANIFESTS = sorted(ROMS.glob("*/*/suite.toml"))


@pytest.mark.parametrize("task", discover(MANIFESTS), ids=lambda task: str(Path(task.name).relative_to(ROMS)))
def test_a_bundled_program_does_what_its_manifest_says(task: Task) -> None:
    for result in execute(task, Settings(), lambda: False):
        if result.outcome in (Outcome.SKIPPED, Outcome.KNOWN):
            pytest.skip(result.reason)
        assert result.outcome is Outcome.PASSED, f"{result.reason}\n{result.reproduce}"


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in ROMS.glob("*/*/src")}), ids=lambda folder: folder.name
)
def test_a_bundled_program_has_a_manifest_with_a_licence(folder: Path) -> None:
    assert load(folder / "suite.toml").licence
