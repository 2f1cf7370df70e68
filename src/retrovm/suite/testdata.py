"""Files that a manifest names, its own and those of others that do not come with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from retrovm.errors import ArgumentError
from retrovm.host_files import user_folder
from retrovm.suite.task import Mismatch, Skip

VARIABLE = "RETROVM_TESTDATA"

TOLD: ContextVar[tuple[Path | None]] = ContextVar("TOLD")
"""Where data of others is, for a test that came from elsewhere: what this computer has is not meant."""


@contextmanager
def told(folder: Path | None) -> Iterator[None]:
    """Within it, data of others is in this folder, or nowhere."""
    before = TOLD.set((folder,))
    try:
        yield
    finally:
        TOLD.reset(before)


def given_folder() -> Path | None:
    """The folder that the environment variable names, or None."""
    return Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


def fetched_folder() -> Path:
    """Where `retrovm test --fetch` puts what it gets when there is no other folder. Raises `ArgumentError`."""
    cache = user_folder("cache")
    if cache is None:
        raise ArgumentError("the user's cache is found by platformdirs: pip install 'retrovm[suite]'")
    return cache / "testdata"


def foreign_folder() -> Path | None:
    """Where data of others is on this computer: the folder that was given, else that of what was got; None without."""
    if (elsewhere := TOLD.get(None)) is not None:
        return elsewhere[0]
    if (given := given_folder()) is not None:
        return given
    try:
        fetched = fetched_folder()
    except ArgumentError:
        return None
    return fetched if fetched.is_dir() else None


def locate(folder: Path, name: str) -> list[Path]:
    """The files that a name or pattern (`*`, `?`, `**`) means, sorted; at least one.

    Parameters
        folder  what the name counts from; one that begins with $RETROVM_TESTDATA/ counts from the folder that
                this environment variable names, or from where `retrovm test --fetch` puts things
    Raises `Mismatch` where there is none, and `Skip` where data of others is not on this computer.
    """
    prefix, slash, rest = name.partition("/")
    foreign = prefix == f"${VARIABLE}" and slash != ""
    if foreign:
        there = foreign_folder()
        if there is None:
            raise Skip(f"set {VARIABLE} to the folder that holds {rest}, or get it: retrovm test --fetch")
        folder, name = there, rest
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
        raise Skip(f"the test data is in {folder}, which has no {name}; retrovm test --fetch gets what is public")
    raise Mismatch(f"there is no file {exact}")
