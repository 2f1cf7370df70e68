"""The runner of ROM test suites.

    tasks = discover(["roms/"])              # suite.toml files and known corpora
    report = run(tasks, jobs=2)              # -> Report
    print(report.summary())                  # 12 passed, 0 failed
    for result in report.problems:
        print(result.name, result.reason, result.scene)

`retrovm.suite.reports` writes it for other programs and as a page to look at. A manifest is described in
`retrovm.suite.manifest`, what it can expect in `retrovm.suite.judges`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrovm.suite.discovery import discover
    from retrovm.suite.manifest import Suite, load
    from retrovm.suite.report import Report
    from retrovm.suite.runner import run
    from retrovm.suite.select import Selection
    from retrovm.suite.task import Outcome, Result, Settings, Task

__all__ = ["Outcome", "Report", "Result", "Selection", "Settings", "Suite", "Task", "discover", "load", "run"]

_HOMES = {"Outcome": "task", "Report": "report", "Result": "task", "Selection": "select", "Settings": "task",
          "Suite": "manifest", "Task": "task", "discover": "discovery", "load": "manifest", "run": "runner"}


def __getattr__(name: str) -> Any:
    # A package that imports its own modules makes threads that import one of them first wait for each other.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
