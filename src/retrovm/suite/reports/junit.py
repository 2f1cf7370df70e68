"""JUnit XML: a `testsuite` a manifest or file, a `testcase` a test.

Nobody owns this format. What is written here is in the schemas of Surefire, which wants counts at every `testsuite`, and
of the xUnit plugin of Jenkins alike. A known failure is `skipped`, as it is where counts are shown; cases of a corpus
that passed together are one `testcase`.

Source: junit-xunit.
"""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree import ElementTree as Xml

from retrovm.suite.report import Report
from retrovm.suite.task import Outcome, Result

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not have (its section 2.2)."""


def text(report: Report) -> str:
    """The report as XML."""
    root = Xml.Element("testsuites", {"name": "retrovm test", **counts(report.results), "time": f"{report.seconds:.3f}"})
    for suite, results in groupby(report.results, lambda result: result.suite or result.name):
        root.append(testsuite(suite, list(results)))
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n"))


def counts(results: list[Result]) -> dict[str, str]:
    """The attributes with counts that `testsuites` and `testsuite` share."""
    failures = sum(result.outcome is Outcome.FAILED for result in results)
    return {"tests": str(len(results)), "failures": str(failures), "errors": "0"}


def testsuite(name: str, results: list[Result]) -> Xml.Element:
    skipped = sum(result.outcome in (Outcome.SKIPPED, Outcome.KNOWN) for result in results)
    element = Xml.Element("testsuite", {"name": clean(name), **counts(results), "skipped": str(skipped),
                                        "time": f"{sum(result.seconds for result in results):.3f}"})
    element.extend(testcase(name, result) for result in results)
    return element


def testcase(suite: str, result: Result) -> Xml.Element:
    title = result.title if result.count == 1 else f"{result.title} ({result.count:,} cases)"
    element = Xml.Element("testcase", name=clean(title), classname=clean(suite), time=f"{result.seconds:.3f}")
    first, reason = clean(result.reason.partition("\n")[0]), clean(result.reason)
    if result.outcome is Outcome.FAILED:
        failure = Xml.SubElement(element, "failure", message=first, type=result.judge or "suite")
        failure.text = f"{reason}\nreproduce: {clean(result.reproduce)}" if result.reproduce else reason
    elif result.outcome is not Outcome.PASSED:
        Xml.SubElement(element, "skipped", message=first)
    if result.scene is not None and result.scene.serial:
        Xml.SubElement(element, "system-out").text = clean(result.scene.serial)
    return element


def clean(value: str) -> str:
    """A text without what XML cannot have in it."""
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", value)
