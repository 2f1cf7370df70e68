"""JSON: everything that is known of a run. `docs/suite-report.schema.json` describes it; pictures are PNG files in base64."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from retrovm.suite.report import Report
from retrovm.suite.task import Result

VERSION = 1
"""Of the form: it changes when something in it gets another meaning or goes."""


def text(report: Report) -> str:
    """The report as JSON."""
    return json.dumps(whole(report), indent=1, ensure_ascii=False, default=picture) + "\n"


def whole(report: Report) -> dict[str, Any]:
    """The report as plain data, but for pictures, which are bytes."""
    return {
        "version": VERSION,
        "retrovm": version("retrovm"),
        "summary": {"passed": report.passed, "failed": report.failed, "skipped": report.skipped,
                    "known failures": report.known, "corrected": report.corrected, "seconds": round(report.seconds, 3),
                    "unfinished": report.unfinished or None, "workers": dict(sorted(report.workers.items()))},
        "tests": [test(result) for result in report.results],
    }


def test(result: Result) -> dict[str, Any]:
    row = asdict(result) | {"title": result.title, "outcome": str(result.outcome), "seconds": round(result.seconds, 6)}
    if result.scene is not None:
        row["scene"]["registers"] = dict(result.scene.registers)
    return row


def picture(data: object) -> str:
    """A picture as `json` writes it."""
    assert isinstance(data, bytes), "everything else is plain data"
    return b64encode(data).decode("ascii")
