"""From paths to tasks: manifests, and corpora that are known by how their files lie."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from retrovm.errors import ArgumentError, ManifestError
from retrovm.suite import manifest, singlestep
from retrovm.suite.task import Outcome, Settled, Task


def discover(paths: Iterable[str | Path]) -> list[Task]:
    """The tests at these paths, in the order of the paths; below a folder, in the order of names.

    A path is a manifest, a folder, which is searched whole, or a file of single-step cases. A manifest that
    is wrong becomes a task that fails. Raises `ArgumentError` for a path where no test is.
    """
    tasks: list[Task] = []
    for path in map(Path, paths):
        if not path.exists():
            raise ArgumentError(f"{path}: there is no such file or folder")
        found = list(in_folder(path) if path.is_dir() else in_file(path))
        if not found:
            raise ArgumentError(f"{path}: no tests here; expected a {manifest.NAME}, a folder with one, "
                                f"or single-step cases, MODEL/v1/*.json or .json.gz, with MODEL one of "
                                f"{', '.join(singlestep.MODELS)}")
        tasks += found
    return tasks


def in_file(path: Path) -> Iterator[Task]:
    if path.suffix == ".toml":
        yield from in_manifest(path)
    elif singlestep.is_cases(path):
        yield singlestep.CaseFile.found(path)


def in_manifest(path: Path) -> Iterator[Task]:
    try:
        yield from manifest.load(path).tasks()
    except ManifestError as error:
        yield Settled(str(path), Outcome.FAILED, str(error))


def in_folder(path: Path) -> Iterator[Task]:
    """Everything below a folder. A folder with a manifest is described by it, with all that lies below."""
    for folder, folders, files in os.walk(path):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith(".")]
        if manifest.NAME in files:
            folders.clear()
            yield from in_manifest(Path(folder, manifest.NAME))
            continue
        for name in sorted(files):
            if singlestep.is_cases(Path(folder, name)):
                yield singlestep.CaseFile.found(Path(folder, name))
