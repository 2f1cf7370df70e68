"""The single-step corpus of others, through the suite runner.

RETROVM_TESTDATA names the folder that holds 65x02/. By default every sixteenth opcode of the models with a hundred cases
each runs, and every opcode of the others; with RETROVM_PROFILE_LONG=1 all do.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from retrovm.suite import discover, run

DATA = os.environ.get("RETROVM_TESTDATA")
LONG = os.environ.get("RETROVM_PROFILE_LONG") == "1"


@pytest.mark.skipif(DATA is None, reason="set RETROVM_TESTDATA to a folder with 65x02/6502/v1/*.json.gz")
@pytest.mark.parametrize("start", range(16) if LONG else [1])
@pytest.mark.parametrize("folder", ["6502", "wdc65c02"])
def test_a_model_agrees_with_every_case_of_the_corpus_in_both_builds(folder: str, start: int) -> None:
    tasks = discover([Path(str(DATA), "65x02", folder)])[start::16]
    report = run(tasks, jobs=2)
    assert report.ok, "\n".join(report.lines())
    assert report.passed >= 100 * len(tasks)


@pytest.mark.skipif(DATA is None, reason="set RETROVM_TESTDATA to a folder with 65x02/nes6502/v1/*.json.gz")
@pytest.mark.parametrize("folder", ["nes6502", "rockwell65c02", "synertek65c02"])
def test_a_model_agrees_with_every_opcode_of_the_corpus_in_both_builds(folder: str) -> None:
    report = run(discover([Path(str(DATA), "65x02", folder)]), jobs=2)
    assert report.ok, "\n".join(report.lines())
    assert report.passed >= 8 * 256
