"""Test programs of others that are known wherever they lie: by name and SHA-1, from the manifests in `corpora`.

The programs are no part of this package; what is expected of each is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha1
from pathlib import Path

from retrovm.suite.machine_judge import MachineJudge, MachineTest
from retrovm.suite.manifest import Suite, load
from retrovm.suite.task import Task

FOLDER = Path(__file__).parent / "corpora"


@cache
def corpora() -> tuple[Suite, ...]:
    """The manifests of all known corpora."""
    return tuple(load(file) for file in sorted(FOLDER.glob("*.toml")))


def tests_of(path: Path) -> Iterator[Task]:
    """The tests of a program that is known; none for any other."""
    for suite in corpora():
        known = suite.roms.get(path.name)
        if known is None or known != sha1(path.read_bytes(), usedforsecurity=False).hexdigest():
            continue
        for test in suite.tests:
            judge = test.judge
            if isinstance(judge, MachineJudge) and judge.setup.rom == path.name:
                judge = replace(judge, setup=replace(judge.setup, folder=path.parent))
                yield MachineTest(str(path), test.name, judge, test.known_failure)
