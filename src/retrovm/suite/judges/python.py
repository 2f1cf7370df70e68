"""Judge `python`: a function decides.

    judge = "python"
    function = "checks.py:score_is_kept"      # in a file beside the manifest, or "package.module:function"
    limit = { frames = 600 }

The function is called as `function(run)` with a `retrovm.suite.machine_run.MachineRun`: `run.vm` is the machine, and
`run.to_frame(60)`, `run.advance()` and `run.to_end()` play the input of the test and run it. `assert` says what is
expected; returning None or True is a pass, False or an exception a failure. A failure is looked at on a second machine,
so the function may be called twice, and on several threads at once. On another computer, a file has beside it what is in its
folder and below; a module has to be installed there.
"""

from __future__ import annotations

import importlib
import os
import runpy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb
from typing import Any

from retrovm.errors import RetroVMError
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun
from retrovm.suite.task import Mismatch, Settings, Stopped
from retrovm.toml_keys import Keys


@dataclass(frozen=True)
class Function:
    """A function by its name, and the file or the module that has it; `where` is its place in the manifest."""

    folder: Path
    home: str
    name: str
    where: str

    def find(self) -> Callable[[MachineRun], object]:
        """The function. Raises `Mismatch` where there is none."""
        try:
            found: Any = (definitions(str(self.folder / self.home)).get(self.name) if self.home.endswith(".py")
                     else getattr(importlib.import_module(self.home), self.name, None))
        except Exception as error:
            raise Mismatch(f"{self.where}: {self.home} cannot be imported: {type(error).__name__}: {error}") from None
        if not callable(found):
            raise Mismatch(f"{self.where}: {self.home} has no function {self.name}")
        return found                                    # type: ignore[no-any-return]


@lru_cache(maxsize=64)
def definitions(file: str) -> dict[str, Any]:
    """What a Python file defines."""
    return runpy.run_path(file)


def place(value: Any) -> tuple[str, str]:
    """Where a function is: "FILE.py:NAME" or "MODULE:NAME"."""
    home, colon, name = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not colon or not home or not name.isidentifier():
        raise ValueError('expected a function in quotes, "FILE.py:NAME" or "MODULE:NAME"')
    return home, name


def beside(file: Path) -> Iterator[Path]:
    """All files in the folder of this one and below, but for those that are hidden or Python's own."""
    for folder, folders, names in os.walk(file.parent):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__pycache__")))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))


@dataclass(frozen=True)
class Python(MachineJudge):
    """Passes when the function finds nothing wrong."""

    function: Function

    has_pictures = True

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        home, name = keys.take("function", place)
        if home.endswith(".py") and not (keys.folder / home).is_file():
            keys.fail("function", f"there is no file {keys.folder / home}")
        return {"function": Function(keys.folder, home, name, keys.where("function"))}

    def files(self) -> Iterator[Path]:
        yield from self.setup.files()
        if self.function.home.endswith(".py"):
            # Nobody can tell what it imports and opens.
            yield from beside(self.function.folder / self.function.home)

    def watch(self, run: MachineRun, settings: Settings) -> None:
        function = self.function.find()
        try:
            verdict = function(run)
        except (RetroVMError, Stopped):
            raise
        except Exception as error:
            at = extract_tb(error.__traceback__)[-1]
            what = str(error) or at.line or "no reason given"
            raise Mismatch(f"{Path(at.filename).name}:{at.lineno}: {type(error).__name__}: {what}") from None
        if verdict is not None and verdict is not True:
            raise Mismatch(f"{self.function.name} returned {verdict!r}; expected None or True")
