"""From paths to tasks: manifests, corpora that are known by how their files lie or by what is in them, and other programs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from retrovm import registry
from retrovm.errors import ArgumentError, ManifestError
from retrovm.suite import known, manifest, singlestep
from retrovm.suite.judges.runs import Runs
from retrovm.suite.machine_judge import MachineTest
from retrovm.suite.machine_run import Setup
from retrovm.suite.task import Outcome, Settled, Task

FRAMES = 600
"""How long a program without a manifest runs."""


@dataclass(frozen=True)
class Programs:
    """How programs without a manifest are tested: on which machine, None for the one that knows them, and how long."""

    machine: str | Path | None = None
    frames: int = FRAMES

    def test(self, path: Path) -> Task:
        """A test that the program runs."""
        setup = Setup(path.parent, path.name, self.machine, {}, (), (), None, self.frames)
        words = ["--machine", str(self.machine)] if self.machine is not None else []
        words += ["--frames", str(self.frames)] if self.frames != FRAMES else []
        return MachineTest(str(path), f"runs for {self.frames:,} frames", Runs(setup), words=tuple(words))


def discover(paths: Iterable[str | Path], *, machine: str | Path | None = None, frames: int = FRAMES) -> list[Task]:
    """The tests at these paths, in the order of the paths; below a folder, in the order of names.

    A path is a manifest, a program, a file of single-step cases, or a folder, which is searched whole: for manifests, cases
    and known programs, and where there are neither manifests nor cases, for any program. A program that nothing is known
    of has to run for so many `frames`, on `machine` if it is given. A manifest that is wrong becomes a task that fails.
    Raises `ArgumentError` for a path where no test is.
    """
    programs = Programs(machine, frames)
    tasks: list[Task] = []
    for path in map(Path, paths):
        if not path.exists():
            raise ArgumentError(f"{path}: there is no such file or folder")
        found = list(in_folder(path, programs) if path.is_dir() else in_file(path, programs))
        if not found:
            raise ArgumentError(f"{path}: no tests here; expected a {manifest.NAME}, a folder with one, a program or a folder "
                                f"of programs, or single-step cases, MODEL/v1/*.json or .json.gz, with MODEL one of "
                                f"{', '.join(singlestep.MODELS)}")
        tasks += found
    return tasks


def in_file(path: Path, programs: Programs) -> Iterator[Task]:
    if path.suffix == ".toml":
        yield from in_manifest(path)
    elif singlestep.is_cases(path):
        yield singlestep.CaseFile.found(path)
    else:
        yield from list(known.tests_of(path)) or [programs.test(path)]


def in_manifest(path: Path) -> Iterator[Task]:
    try:
        yield from manifest.load(path).tasks()
    except ManifestError as error:
        yield Settled(str(path), Outcome.FAILED, str(error))


def in_folder(path: Path, programs: Programs) -> list[Task]:
    """What is below a folder. A folder with a manifest is described by it, with all that lies below."""
    tasks: list[Task] = []
    unknown: list[int] = []                             # which of the tasks are of programs that nothing is known of
    described = False
    suffixes = {suffix for format in registry.formats().values() for suffix in format.suffixes}
    for folder, folders, files in walk(path):
        if manifest.NAME in files:
            folders.clear()
            described = True
            tasks += in_manifest(folder / manifest.NAME)
            continue
        for file in (folder / name for name in files):
            if singlestep.is_cases(file):
                described = True
                tasks.append(singlestep.CaseFile.found(file))
            elif file.suffix.lower() in suffixes:
                tests: list[Task] = list(known.tests_of(file))
                if not tests:
                    unknown.append(len(tasks))
                    tests.append(programs.test(file))
                tasks += tests
    if described:
        for index in reversed(unknown):
            del tasks[index]
    return tasks


def walk(path: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """All folders below one, each with its folders and its files in the order of their names; those that are hidden stay away."""
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield Path(folder), folders, sorted(name for name in files if not name.startswith("."))
