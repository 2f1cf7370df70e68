"""Judge `runs`: the program runs to the limit. Neither does the processor halt, nor a part of the machine fail.

    judge = "runs"
    limit = { frames = 600 }
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun
from retrovm.suite.task import Mismatch, Settings
from retrovm.toml_keys import Keys


@dataclass(frozen=True)
class Runs(MachineJudge):
    """Has nothing to expect but that there is no end. What programs without a manifest are judged by."""

    has_pictures = True

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        return {}

    def watch(self, run: MachineRun, settings: Settings) -> None:
        run.to_end()
        if run.halted:
            why = getattr(run.vm.cpu, "halted", None)
            raise Mismatch(f"the processor halted at ${run.vm.cpu.pc:04X} in cycle {run.cycles:,}, frame {run.frames:,}"
                           + (f": {why}" if isinstance(why, str) else ""))
