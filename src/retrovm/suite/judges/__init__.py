"""Judges: what a test can expect, one kind a file.

`judge = "serial"` in a manifest names an entry point of the group `retrovm.judges`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, Self

from retrovm.suite.task import Task
from retrovm.toml_keys import Keys

GROUP = "retrovm.judges"


class Judge(Protocol):
    """What every judge is: the object behind an entry point is a class with these two methods.

    Instances can be pickled. One that watches a machine derives from
    `retrovm.suite.machine_judge.MachineJudge`.
    """

    @classmethod
    def parse(cls, keys: Keys) -> Self:
        """Takes its keys from a `[[test]]`. `Keys` reports what is wrong as `ManifestError`."""
        ...

    def tasks(self, path: str, name: str, known_failure: str | None) -> Iterable[Task]:
        """What there is to run for the test called `name` in the manifest at `path`."""
        ...


@cache
def registered() -> Mapping[str, EntryPoint]:
    """All judges that are installed, by name."""
    return {point.name: point for point in sorted(entry_points(group=GROUP))}


def find(name: str) -> type[Judge]:
    """The judge of this name. Raises `ValueError` naming those that there are."""
    found = registered().get(name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(f"expected a judge: {', '.join(registered()) or 'none is installed'}")
    return found.load()                             # type: ignore[no-any-return]


def name_of(judge: type) -> str:
    """The name under which a judge is registered; that of the class for one that is not."""
    place = f"{judge.__module__}:{judge.__qualname__}"
    return next((name for name, point in registered().items() if point.value == place), judge.__name__)
