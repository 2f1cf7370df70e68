"""The single-step corpus of others, through the suite runner.

RETROVM_TESTDATA names the folder that holds 65x02/. Every case of every model that there is runs, in both builds.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from retrovm.cpu import mos6502
from retrovm.suite import discover, run
from retrovm.suite.singlestep import MODELS

DATA = os.environ.get("RETROVM_TESTDATA")
FOLDERS = [folder for folder, model in MODELS.items() if model in mos6502.MODELS]
# WDC's WAI and STP never end, and have no file; NMOS has one of each opcode.
FILES = {"wdc65c02": 254}


@pytest.mark.skipif(DATA is None, reason="set RETROVM_TESTDATA to a folder with 65x02/MODEL/v1/*.json.gz")
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_processor_agrees_with_every_case_of_the_corpus_in_both_builds(folder: str) -> None:
    tasks = discover([Path(str(DATA), "65x02", folder)])
    report = run(tasks, jobs=2)
    assert report.ok, "\n".join(report.lines())
    assert len(tasks) == FILES.get(folder, 256)
    assert report.passed >= 8 * len(tasks)
