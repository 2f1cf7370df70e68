"""From a program to a machine that runs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import retrovm.core
from retrovm import detection
from retrovm.machines.machine_file.opening import machine as find_machine
from retrovm.session import VM

if TYPE_CHECKING:
    from retrovm.media import Source


def load(source: Source, machine: str | None = None, *, seed: int = 1, name: str | None = None,
         format: str | None = None, member: str | None = None, **options: Any) -> VM:
    """A machine with a program in it, switched on.

    Parameters
        source   path, bytes, a file open in binary mode, or a `Media`; a zip archive with it is as good
        machine  the id of a machine, or the name of a machine file, which ends in .toml; without it the surest one
                 that `retrovm.detect` finds
        seed     of the machine's generator: equal seeds and equal input give equal runs
        name     the file name of bytes; format: of the file; member: which file of an archive. As in
                 `retrovm.media.open_media`
        options  of the machine, before what the program says; `retrovm.machines()[id].options` lists them
    Raises `MediaError`, `OptionError` or `UnknownNameError`, and says what to do.
    """
    spec = None if machine is None else find_machine(machine)
    target = detection.best(source, spec, name=name, format=format, member=member)
    return VM(target.spec, target.media, target.spec.combine_options(target.options, options), seed)


def create(machine: str, rom: Source | None = None, *, seed: int = 1, name: str | None = None,
           format: str | None = None, member: str | None = None, **options: Any) -> VM:
    """A machine by its id or machine file, with or without a program, switched on; the parameters are those of `load`."""
    if rom is None:
        return VM(find_machine(machine), None, options, seed)
    return load(rom, machine, seed=seed, name=name, format=format, member=member, **options)


def get_include() -> str:
    """The folder where a `cimport` of retrovm finds its `.pxd` files: an `include_path` of `cythonize`."""
    return str(Path(retrovm.core.__file__).parents[2])
