"""The tests of a suite.toml as tests of pytest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retrovm.errors import ManifestError
from retrovm.suite import manifest
from retrovm.suite.task import Outcome, Result, Settings, Task, execute


class SuiteFailure(Exception):
    """A test of a suite has failed: its reasons, a text."""


class SuiteFile(pytest.File):
    """A suite.toml."""

    def collect(self) -> Iterator[pytest.Item]:
        try:
            tasks = list(manifest.load(self.path).tasks())
        except ManifestError as error:
            raise self.CollectError(str(error)) from None
        count: Counter[str] = Counter()
        for task in tasks:
            name = task.name.removeprefix(f"{self.path}: ")
            count[name] += 1
            item: SuiteItem = SuiteItem.from_parent(self, name=name if count[name] == 1 else f"{name} [{count[name]}]", task=task)
            yield item


class SuiteItem(pytest.Item):
    """A test of a suite: a ROM and what is expected of it."""

    def __init__(self, *, task: Task, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.task = task

    def runtest(self) -> None:
        results = execute(self.task, Settings(scenes=False), lambda: False)
        failed = [result for result in results if result.outcome is Outcome.FAILED]
        if failed:
            raise SuiteFailure("\n".join(map(told, failed)))
        known = [result for result in results if result.outcome is Outcome.KNOWN]
        if known:
            pytest.xfail("\n".join(result.reason for result in known))
        if results and all(result.outcome is Outcome.SKIPPED for result in results):
            pytest.skip(results[0].reason)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, SuiteFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.path.parent.name}: {self.name}"


def told(result: Result) -> str:
    """A failure in words: what was expected and what happened, and how to see it again."""
    return f"{result.reason}\nagain: {result.reproduce}" if result.reproduce else result.reason
