"""Files that a manifest names, its own and those of others that do not come with it."""

from __future__ import annotations

import os
from pathlib import Path

from retrovm.suite.task import Mismatch, Skip

VARIABLE = "RETROVM_TESTDATA"


def locate(folder: Path, name: str) -> list[Path]:
    """The files that a name or pattern (`*`, `?`, `**`) means, sorted; at least one.

    Parameters
        folder  what the name counts from; one that begins with $RETROVM_TESTDATA/ counts from the folder that
                this environment variable names
    Raises `Mismatch` where there is none, and `Skip` where data of others is not on this computer.
    """
    prefix, slash, rest = name.partition("/")
    foreign = prefix == f"${VARIABLE}" and slash != ""
    if foreign:
        if not os.environ.get(VARIABLE):
            raise Skip(f"set {VARIABLE} to the folder that holds {rest}")
        folder, name = Path(os.environ[VARIABLE]), rest
    exact = folder / name
    if exact.is_file():
        return [exact]
    try:
        found = sorted(path for path in folder.glob(name) if path.is_file())
    except (ValueError, NotImplementedError, OSError) as error:
        raise Mismatch(f"{name!r} is no name of files below {folder}: {error}") from None
    if found:
        return found
    if foreign:
        raise Skip(f"{VARIABLE} is {folder}, which has no {name}")
    raise Mismatch(f"there is no file {exact}")
