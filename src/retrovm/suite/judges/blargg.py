"""Judge `blargg`: the program reports in memory, as blargg's test ROMs for the NES do.

    judge = "blargg"
    at = 0x6000              # optional: where it reports
    limit = { frames = 1800 }

    at        $80 while it runs, $81 when it asks for a reset, and at the end its result: 0 is success
    at + 1    $DE $B0 $61, by which it is known that the others mean something
    at + 4    text, up to a zero

Source: blargg-tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retrovm import toml_keys as is_
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun
from retrovm.suite.scene import decoded
from retrovm.suite.task import Mismatch, Settings
from retrovm.toml_keys import Keys

SIGNATURE = bytes.fromhex("DE B0 61")
RUNNING, NEEDS_RESET = 0x80, 0x81
DELAY = 6
"""Frames between the wish for a reset and the reset: the protocol asks for 100 ms at least."""

LONGEST = 4096
"""Bytes of a text without end."""


@dataclass(frozen=True)
class Blargg(MachineJudge):
    """Passes with the result 0. The reset line is pulled as often as the program asks for it."""

    at: int

    has_pictures = True

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        return {"at": keys.take("at", is_.address, 0x6000)}

    def watch(self, run: MachineRun, settings: Settings) -> None:
        reset_at: int | None = None
        while True:
            status = self.status(run)
            if status is not None and status < RUNNING:
                break
            if status != NEEDS_RESET:
                reset_at = None
            elif reset_at is None:
                reset_at = run.frames + DELAY
            elif run.frames >= reset_at:
                run.vm.reset(power_on=False)
                reset_at = None
            if run.over:
                raise Mismatch(f"{self.missing(status)} {run.limit}{self.text(run)}")
            run.advance(frame=run.frames + 1)
        if status:
            raise Mismatch(f"the program ended with the result {status}, expected 0{self.text(run)}")

    def status(self, run: MachineRun) -> int | None:
        """What the program says of itself; None before it says anything."""
        report = bytes(run.vm.memory[self.at:self.at + 4])
        return report[0] if report[1:] == SIGNATURE else None

    def missing(self, status: int | None) -> str:
        if status is None:
            return f"expected {SIGNATURE.hex(' ').upper()} at ${self.at + 1:04X}, by which a program reports, and found none"
        return f"the program has not ended: ${self.at:04X} is ${status:02X}"

    def text(self, run: MachineRun) -> str:
        """What the program has written, as lines of a message."""
        if self.status(run) is None:
            return ""
        begin = self.at + 4
        written = bytes(run.vm.memory[begin:min(begin + LONGEST, len(run.vm.memory))]).partition(b"\0")[0]
        return "".join(f"\n  | {line}" for line in decoded(written).strip().split("\n")) if written.strip() else ""
