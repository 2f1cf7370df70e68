"""A test on its way to a worker and its results on their way back.

    parcel = Packing(settings).pack(task)       # here
    answer = run(parcel)                        # there -> Missing, until the worker has all files; then Done
    results = parcel.unpack(answer)             # here

A parcel has the SHA-256 of the files that the test may read, and where they lie seen from each other, but neither their
contents nor their places on this computer: every `Path` in the task becomes one below a folder that is made there for this
test. What a result says about files is turned back, so that it reads as if the test had run here.
"""

from __future__ import annotations

import io
import os
import pickle
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from retrovm.errors import RetroVMError
from retrovm.suite import store, testdata
from retrovm.suite.task import Result, Settings, Stop, Task, execute

SUITE, TESTDATA = "suite", "testdata"
"""The folders of a worker: what is on the sender's side below one folder, and below that of data of others."""


def never() -> bool:
    return False


stop: Stop = never
"""Tells a worker whether to end the tests that it runs; one that can be told puts its own here."""


def host_and_process() -> str:
    """The name of a worker that has no other."""
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True)
class Parcel:
    """A test, ready to be sent.

    task      the task, pickled; a `Path` in it is a number in `paths`
    paths     where those are on the worker, below the folder of the test
    files     where files have to be there, and their SHA-256
    testdata  there is a folder with data of others
    contents  files that the worker has asked for, by SHA-256
    identify  tells a worker its name
    """

    task: bytes
    paths: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    testdata: bool
    settings: Settings
    identify: Callable[[], str]
    contents: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Missing:
    """A worker has to get these files first."""

    worker: str
    digests: tuple[str, ...]


@dataclass(frozen=True)
class Done:
    """The results of a test, and the folder that it ran in."""

    results: list[Result]
    folder: str


def run(parcel: Parcel) -> Missing | Done:
    """What a worker does with a parcel."""
    store.receive(parcel.contents)
    contents = {digest: store.find(digest) for _, digest in parcel.files}
    missing = tuple(digest for digest, content in contents.items() if content is None)
    worker = parcel.identify()
    if missing:
        return Missing(worker, missing)
    with TemporaryDirectory(prefix="retrovm-test-") as name:
        folder = Path(name).resolve()
        # Each test has files of its own, for it may write into them: no other test, here or anywhere, sees that.
        for place, digest in parcel.files:
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_bytes(contents[digest] or b"")
        task = Unpickler(parcel.task, [folder / path for path in parcel.paths]).load()
        with testdata.told(folder / TESTDATA if parcel.testdata else None):
            results = execute(task, parcel.settings, stop)
    return Done([replace(result, worker=worker) for result in results], str(folder))


class Unpickler(pickle.Unpickler):
    """Reads a task whose paths are these."""

    def __init__(self, task: bytes, paths: list[Path]) -> None:
        super().__init__(io.BytesIO(task))
        self.paths = paths

    def persistent_load(self, number: int) -> Path:
        return self.paths[number]


class Pickler(pickle.Pickler):
    """Writes a task and keeps the paths in it apart."""

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self.paths: list[Path] = []

    def persistent_id(self, thing: Any) -> int | None:
        if not isinstance(thing, Path):
            return None
        self.paths.append(thing)
        return len(self.paths) - 1


class Places:
    """Where paths of this computer are on a worker, and what is said about them there turned back."""

    def __init__(self, paths: Iterable[Path], foreign: Path | None) -> None:
        self.foreign = foreign
        own = [path for path in paths if not self.is_foreign(path)]
        # Messages name a file as the user has named it, so relative paths stay what they are where that is possible.
        parents = [os.path.normpath(path.parent) for path in own]
        if len({os.path.isabs(parent) for parent in parents}) > 1 or any(parent.startswith(os.pardir) for parent in parents):
            parents = [os.path.abspath(parent) for parent in parents]
        try:
            self.base = PurePath(os.path.commonpath(parents)) if parents else PurePath()
        except ValueError:
            raise RetroVMError(f"the files of a test lie on several drives: {', '.join(sorted(set(parents)))}; on another "
                               f"computer they have to be below one folder") from None

    def is_foreign(self, path: Path) -> bool:
        return self.foreign is not None and Path(os.path.abspath(path)).is_relative_to(os.path.abspath(self.foreign))

    def __getitem__(self, path: Path) -> str:
        if self.foreign is not None and self.is_foreign(path):
            return PurePath(TESTDATA, os.path.relpath(path, self.foreign)).as_posix()
        whole = os.path.abspath(path) if self.base.is_absolute() else os.path.normpath(path)
        return PurePath(SUITE, PurePath(whole).relative_to(self.base)).as_posix()

    def turned_back(self, text: str, folder: str) -> str:
        """What a test that ran in `folder` says."""
        for name, home in (SUITE, self.base), (TESTDATA, self.foreign):
            there = os.path.join(folder, name)
            text = text.replace(there + os.sep, os.path.join(home or "", "") if home != PurePath() else "")
            text = text.replace(there, str(home))
        return text


class Packing:
    """Packs tests for workers. Each file is read once for its SHA-256, and again when a worker asks for it."""

    def __init__(self, settings: Settings, identify: Callable[[], str] = host_and_process) -> None:
        self.settings = settings
        self.identify = identify
        self.digests: dict[Path, str] = {}
        self.files: dict[str, Path] = {}

    def pack(self, task: Task) -> tuple[Parcel, Places]:
        """A parcel, and what its places mean. Raises `OSError`, `RetroVMError`, and what pickle raises."""
        stream = io.BytesIO()
        pickler = Pickler(stream)
        pickler.dump(task)
        files = list(task.files())
        foreign = testdata.foreign_folder()
        places = Places([*pickler.paths, *files], foreign)
        return Parcel(stream.getvalue(), tuple(places[path] for path in pickler.paths),
                      tuple({places[file]: self.digest(file) for file in files}.items()), foreign is not None,
                      self.settings, self.identify), places

    def digest(self, file: Path) -> str:
        if file not in self.digests:
            digest = self.digests[file] = sha256(file.read_bytes()).hexdigest()
            self.files[digest] = file
        return self.digests[file]

    def contents(self, digests: Iterable[str]) -> dict[str, bytes]:
        """The files with these SHA-256. Raises `OSError`, and `RetroVMError` for one that has changed."""
        found = {digest: self.files[digest].read_bytes() for digest in digests}
        for digest, content in found.items():
            if sha256(content).hexdigest() != digest:
                raise RetroVMError(f"{self.files[digest]} has changed while the tests ran: run them again")
        return found
