"""What the player itself remembers from one time to the next: where its window was, and what was played.

It is a file of its own beside the save slots, in JSON, so that the file of settings has only what the user has said. It is written
as a whole or not at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrovm.host_files import user_folder, write_whole

FILE = "memory.json"
MOST_RECENT = 20


@dataclass(frozen=True)
class Played:
    """A program that was played: a file, or the id of a bundled one, and the machine's id."""

    program: str
    machine: str


class Memory:
    """The memory in a folder; without one nothing is remembered.

    window   x, y, width and height; None where there was no window yet
    recent   what was played, the last first
    trouble  what is wrong with the file, "" if nothing is; it is kept then as memory.json.bad, and another one begun
    """

    def __init__(self, folder: Path | None) -> None:
        self.window: tuple[int, int, int, int] | None = None
        self.recent: list[Played] = []
        self.trouble = ""
        self._file = None if folder is None else folder / FILE
        if self._file is not None and self._file.exists():
            try:
                self._take(json.loads(self._file.read_bytes()))
            except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
                self._give_up(self._file, error)

    def _take(self, values: dict[str, Any]) -> None:
        window = values.get("window")
        if window is not None:
            x, y, width, height = map(int, window)
            self.window = x, y, width, height
        self.recent = [Played(str(each["program"]), str(each["machine"])) for each in values.get("recent", [])][:MOST_RECENT]

    def _give_up(self, file: Path, error: Exception) -> None:
        self.window, self.recent = None, []
        kept = file.with_name(f"{FILE}.bad")
        self.trouble = f"{file} cannot be read: {error}"
        try:
            file.replace(kept)
            self.trouble += f"; it is now {kept}"
        except OSError:
            self._file = None

    def played(self, program: str, machine: str) -> None:
        """Puts a program before all others."""
        new = Played(program, machine)
        self.recent = [new, *(each for each in self.recent if each.program != program)][:MOST_RECENT]

    def save(self) -> None:
        """Writes it down. Raises `OSError`."""
        if self._file is not None:
            values = {"window": self.window, "recent": [vars(each) for each in self.recent]}
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, json.dumps(values, indent=1).encode())


def default_folder(home: Path | None) -> Path | None:
    """Where the memory is: in `home`, or in the user's folder for data; None where platformdirs is not installed."""
    return home or user_folder("data")
