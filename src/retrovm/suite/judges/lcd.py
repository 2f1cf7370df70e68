"""Judge `lcd`: the character display shows this text.

    judge = "lcd"
    text = ["Hello, world!", ""]       # its rows from the top; blanks at their ends do not count
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retrovm import toml_keys as is_
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun
from retrovm.suite.scene import Comparison
from retrovm.suite.task import Mismatch, Settings
from retrovm.toml_keys import Keys


@dataclass(frozen=True)
class Lcd(MachineJudge):
    """Passes as soon as the rows are shown at the end of a frame. Rows that are not given may hold anything."""

    rows: tuple[str, ...]

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        return {"rows": keys.take_list("text", is_.text)}

    def watch(self, run: MachineRun, settings: Settings) -> None:
        while True:
            try:
                check(run, self.rows, run.limit)
                return
            except NotShown:
                if run.over:
                    raise
            run.advance(frame=run.frames + 1)


class NotShown(Mismatch):
    """The display shows other text than is expected."""


def check(run: MachineRun, rows: tuple[str, ...], when: str) -> None:
    """Raises `NotShown` where the display has other text now, `Mismatch` where it can never have this."""
    lcd = run.vm.lcd
    if lcd is None:
        raise Mismatch(f"{run.vm.spec.id} has no character display")
    if len(rows) > lcd.rows:
        raise Mismatch(f"expected {len(rows)} rows of text, and the display {lcd.module} has {lcd.rows}")
    expected = [row.rstrip() for row in rows]
    found = [row.rstrip() for row in lcd.text[:len(rows)]]
    if found != expected:
        raise NotShown(f"expected the display to show {shown(rows)} {when}\nit shows {shown(lcd.text)}",
                       Comparison("the display", "\n".join(expected), "\n".join(found)))


def shown(rows: tuple[str, ...]) -> str:
    """The rows of a display as they may stand in a sentence."""
    return " / ".join(repr(row) for row in rows)
