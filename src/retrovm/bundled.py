"""The programs that come with retrovm: where their files are.

They lie in the package `retrovm.roms`, one folder `machine/program` each: the binary, its source, a README, a
suite.toml.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from retrovm.errors import UnknownNameError
from retrovm.spec import nearest

# What a machine can load; a folder holds one of them.
SUFFIXES = (".bin", ".ch8")


@dataclass(frozen=True)
class Program:
    """A bundled program: `id` is its folder, "sbc6502/monitor", and `file` what a machine loads."""

    id: str
    file: Path

    @property
    def machine(self) -> str:
        """The id of the machine that it was written for."""
        return self.id.split("/")[0]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.id.split("/")[1]


def root() -> Path:
    """The folder of all bundled programs."""
    return Path(str(files("retrovm.roms")))


def programs() -> dict[str, Program]:
    """All bundled programs by id, in the order of their names."""
    found = {}
    for file in sorted(root().glob("*/*/*")):
        if file.suffix in SUFFIXES:
            id = f"{file.parent.parent.name}/{file.parent.name}"
            found[id] = Program(id, file)
    return found


def program(id: str) -> Program:
    """The bundled program with this id. Raises `UnknownNameError`, which names the nearest ones."""
    known = programs()
    if id not in known:
        raise UnknownNameError(f"no bundled program is called {id!r}{nearest(id, known)}")
    return known[id]


def find(name: str) -> Program:
    """The bundled program with this id or, where only one has it, this name alone: "ember".

    Raises `UnknownNameError`, which names the nearest ones.
    """
    known = programs()
    named = [each for each in known.values() if name in (each.id, each.name)]
    if len(named) > 1:
        ids = ", ".join(each.id for each in named)
        raise UnknownNameError(f"several bundled programs are called {name!r}: {ids}")
    if not named:
        names = {each.name: each for each in known.values()} | known
        raise UnknownNameError(f"there is no such file, and no bundled program is called {name!r}"
                               f"{nearest(name, names)}")
    return named[0]


def path(file: str) -> Path:
    """Where a bundled file is: `path("sbc6502/monitor/monitor.lbl")`. Raises `UnknownNameError` if not."""
    found = root() / file
    if not found.is_file():
        known = {each.relative_to(root()).as_posix(): each for each in root().glob("*/*/*") if each.is_file()}
        raise UnknownNameError(f"no bundled file is called {file!r}{nearest(file, known)}")
    return found
