"""Files that the player writes when it is asked to: never over another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrovm.session import VM


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """NAME.gif, or the first of NAME-2.gif, NAME-3.gif... that there is no file of, and none that is being written."""
    number = 1
    while True:
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        if not path.exists() and not path.with_name(f"{path.name}.part").exists():
            return path
        number += 1


def write_new(folder: Path, stem: str, suffix: str, data: bytes) -> Path:
    """Writes NAME.png, or NAME-2.png, NAME-3.png... where that is taken, and returns the path.

    Raises `OSError` when nothing can be written there; no part of a file is left then.
    """
    number = 1
    while True:
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        try:
            stream = path.open("xb")
            break
        except FileExistsError:
            number += 1
    try:
        with stream:
            stream.write(data)
    except BaseException:
        path.unlink()
        raise
    return path


def stem_of(vm: VM) -> str:
    """The name of the program without folder and ending, or of the machine."""
    name = vm.spec.id if vm.media is None else Path(vm.media.name).stem
    return name or vm.spec.id
