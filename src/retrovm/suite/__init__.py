"""The runner of ROM test suites.

    tasks = discover(["roms/"])              # suite.toml files and known corpora
    report = run(tasks, jobs=2)              # -> Report
    print(report.summary())                  # 12 passed, 0 failed
    for result in report.problems:
        print(result.name, result.reason, result.scene)

`retrovm.suite.reports` writes it for other programs and as a page to look at. A manifest is described in
`retrovm.suite.manifest`, what it can expect in `retrovm.suite.judges`.
"""

from typing import TYPE_CHECKING

from retrovm.lazy import names

if TYPE_CHECKING:
    from retrovm.suite.discovery import discover
    from retrovm.suite.manifest import Suite, load
    from retrovm.suite.report import Report
    from retrovm.suite.runner import run
    from retrovm.suite.select import Selection
    from retrovm.suite.task import Outcome, Result, Settings, Task

__all__ = ["Outcome", "Report", "Result", "Selection", "Settings", "Suite", "Task", "discover", "load", "run"]

__getattr__, __dir__ = names(__name__, discovery=("discover",),
                             manifest=("Suite", "load"),
                             report=("Report",),
                             runner=("run",),
                             select=("Selection",),
                             task=("Outcome", "Result", "Settings", "Task"))
