"""The single-step corpus of others, through the suite runner.

RETROVM_TESTDATA names the folder that holds 65x02/. By default every sixteenth opcode runs; with
RETROVM_PROFILE_LONG=1 all do.
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
def test_the_6502_agrees_with_every_case_of_the_corpus_in_both_builds(start: int) -> None:
    tasks = discover([Path(str(DATA), "65x02", "6502")])[start::16]
    report = run(tasks, jobs=2)
    assert report.ok, "\n".join(report.lines())
    assert report.passed >= 100 * len(tasks)
