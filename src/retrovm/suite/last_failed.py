"""Which tests failed when they last ran, remembered for `retrovm test --last-failed`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from retrovm.errors import OptionError, RetroVMError
from retrovm.host_files import user_folder, write_whole
from retrovm.suite.select import key
from retrovm.suite.task import Outcome, Result, Settings

NAME = "last-failed.json"


class LastFailed:
    """The names of tests that failed when they last ran, in a file of `folder`; without one, in the user's cache.

    `take` is told what becomes of each test, and `write` writes the file, as a whole or not at all. Of tests that did
    not run, the file says what it said before.
    """

    def __init__(self, folder: Path | None, settings: Settings) -> None:
        folder = user_folder("cache") if folder is None else folder
        self.file = None if folder is None else folder / NAME
        self.settings = settings
        self.failed: set[str] = set()
        self.passed: set[str] = set()
        self.whole: dict[str, str] = {}

    def read(self) -> frozenset[str]:
        """The names, as `key` makes them. Raises `OptionError` where nothing can be remembered."""
        if self.file is None:
            raise OptionError('--last-failed needs platformdirs to find the cache: pip install "retrovm[suite]", or give '
                              '--cache')
        try:
            names = json.loads(self.file.read_bytes())
        except FileNotFoundError:
            return frozenset()
        except ValueError:
            names = None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise RetroVMError(f"{self.file}: expected a list of the names of tests, as `retrovm test` writes it; delete it")
        return frozenset(names)

    def take(self, results: list[Result]) -> None:
        """Takes in the results of one task."""
        for result in results:
            if result.outcome is Outcome.FAILED:
                self.failed.add(key(result.name, result.suite))
            elif result.name == result.suite:               # a file of cases: those that failed are among the results
                self.whole[os.path.abspath(result.suite)] = result.suite
            else:
                self.passed.add(key(result.name, result.suite))

    def write(self) -> None:
        """Writes what is known now. Raises `OSError`."""
        if self.file is None:
            return
        try:
            before = self.read()
        except RetroVMError:
            before = frozenset()                            # a file that is damaged has nothing to lose
        after = {name for name in before if name not in self.passed and not self.ran(name)} | self.failed
        if after == before:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.file, json.dumps(sorted(after), indent=0).encode())

    def ran(self, name: str) -> bool:
        """True for a case of a file that has run, and was not left out."""
        for place, suite in self.whole.items():
            if name == place or name.startswith(f"{place}: "):
                return self.settings.sample is None and self.settings.selection.matches(suite + name[len(place):], suite)
        return False
