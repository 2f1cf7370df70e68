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
        lcd = run.vm.lcd
        if lcd is None:
            raise Mismatch(f"{run.vm.spec.id} has no character display")
        if len(self.rows) > lcd.rows:
            raise Mismatch(f"expected {len(self.rows)} rows of text, and the display {lcd.module} has {lcd.rows}")
        expected = [row.rstrip() for row in self.rows]
        while [row.rstrip() for row in lcd.text[:len(expected)]] != expected:
            if run.over:
                raise Mismatch(f"expected the display to show {shown(self.rows)} {run.limit}\nit shows {shown(lcd.text)}",
                               Comparison("the display", "\n".join(expected), "\n".join(lcd.text[:len(expected)])))
            run.advance(frame=run.frames + 1)


def shown(rows: tuple[str, ...]) -> str:
    """The rows of a display as they may stand in a sentence."""
    return " / ".join(repr(row) for row in rows)
