"""TAP, the Test Anything Protocol: a line a test, below a failure its details as YAML.

The protocol is version 14 but for the number in its first line: version 14 is a version 13 with more in it, its readers
take both, and TAP::Harness 3.44, the `prove` of Perl 5.36, refuses 14. A known failure is a TODO, and means what that
does: `prove` expects it to fail.

Source: tap14.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from retrovm.suite.report import Report
from retrovm.suite.task import Outcome, Result


def text(report: Report) -> str:
    """The report as TAP."""
    return "".join(f"{line}\n" for line in lines(report))


def lines(report: Report) -> Iterator[str]:
    yield "TAP version 13"
    yield f"1..{len(report.results)}" + ("" if report.results else " # SKIP no tests")
    for number, result in enumerate(report.results, 1):
        yield from point(number, result)
    if report.unfinished:
        yield f"Bail out! {report.unfinished}"


def point(number: int, result: Result) -> Iterator[str]:
    reason = flat(result.reason.partition("\n")[0])
    ok = "not ok" if result.outcome in (Outcome.FAILED, Outcome.KNOWN) else "ok"
    directive = {Outcome.SKIPPED: f" # SKIP {reason}", Outcome.KNOWN: f" # TODO {reason}"}.get(result.outcome, "")
    cases = "" if result.count == 1 else f" ({result.count} cases)"
    yield f"{ok} {number} - {flat(result.name)}{cases}{directive}"
    yield "  ---"
    # JSON is YAML: texts in its quotes need no other care.
    yield f"  duration_ms: {result.seconds * 1000:.3f}"
    if result.outcome in (Outcome.FAILED, Outcome.KNOWN):
        yield f"  message: {json.dumps(result.reason)}"
        yield f"  reproduce: {json.dumps(result.reproduce)}"
        if result.scene is not None:
            yield f"  machine: {json.dumps(result.scene.machine)}"
            yield f"  cycle: {result.scene.cycles}"
            yield f"  registers: {json.dumps(dict(result.scene.registers))}"
    yield "  ..."


def flat(value: str) -> str:
    """A text for one line, in which a backslash and the sign that begins a directive are escaped."""
    return re.sub(r"[\\#]", r"\\\g<0>", " ".join(value.split()))
