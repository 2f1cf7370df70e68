"""From a machine file to its `MachineSpec`.

    spec = machine_file("my.toml")
    vm = VM(spec, options={"clock_hz": 2_000_000})

docs/machine-files.md has every key. A package registers its machine file as a machine of any kind:

    SPEC = machine_file(Path(__file__).with_suffix(".toml"))
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from retrovm import registry
from retrovm.errors import ManifestError
from retrovm.machines.machine_file.reading import read
from retrovm.machines.machine_file.wiring import spec_of
from retrovm.spec import MachineSpec
from retrovm.toml_keys import Document

SUFFIX = ".toml"


def machine_file(path: str | Path) -> MachineSpec:
    """The machine that a file describes. Raises `ManifestError` with file, line and column, and what is near."""
    file = Path(path)
    try:
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ManifestError(f"{file}: the machine file cannot be read: {reason}") from None
    board = read(Document(file, content))
    return spec_of(board, partial(machine_file, file.absolute()))


def machine(name: str) -> MachineSpec:
    """The machine with this id, or of this machine file, whose name ends in ".toml"."""
    return machine_file(name) if name.lower().endswith(SUFFIX) else registry.machine(name)
