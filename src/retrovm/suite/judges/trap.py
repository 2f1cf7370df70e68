"""Judge `trap`: the program ends in an instruction that jumps to itself, and where it does so says how it
went.

    judge = "trap"
    start = 0x0400           # optional: the program counter to begin with
    success = 0x3469         # the program counter stays here
    failure = [0x37AB]       # optional: known bad ends; any other trap is one, too
                             # each may be a symbol, where the test has `symbols`
    cycles = 96241364        # optional: exactly so many cycles from the start to `success`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retrovm import toml_keys as is_
from retrovm.suite.address import Address
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun, Setup
from retrovm.suite.task import Mismatch, Settings
from retrovm.toml_keys import Keys

SEEN = 100_000, 1_000_000
"""A trap that nobody waits for is seen after a sixteenth of the run, but within these bounds, in cycles: looking takes time, and
so does following a failure back to before it."""


@dataclass(frozen=True)
class Trap(MachineJudge):
    """Runs until the program counter stays. With `cycles`, no other limit is needed."""

    start: Address | None
    success: Address
    failure: tuple[Address, ...]
    exact_cycles: int | None

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        return {"start": keys.take("start", Address.parser(keys, "start"), None),
                "success": keys.take("success", Address.parser(keys, "success")),
                "failure": keys.take_list("failure", Address.parser(keys, "failure"), ()),
                "exact_cycles": keys.take("cycles", is_.positive, None)}

    @classmethod
    def read_setup(cls, keys: Keys, expected: dict[str, Any]) -> Setup:
        exact = expected["exact_cycles"]
        # Room for a reset sequence before the start, and for seeing that the trap holds.
        return Setup.parse(keys, cycles=None if exact is None else exact + 1000)

    def watch(self, run: MachineRun, settings: Settings) -> None:
        cpu = run.vm.cpu
        success, failures = self.success.of(run.vm), [each.of(run.vm) for each in self.failure]
        if self.start is not None:
            cpu.pc = self.start.of(run.vm)
        began = run.cycles
        while not run.over:
            run.undecided = run.cycles
            least, most = SEEN
            arrived = run.advance(address=success, cycle=run.cycles + min(max(least, (run.cycles - began) // 16), most))
            took = run.cycles - began
            pc = cpu.pc
            if run.halted or not self.stays(run):
                continue
            if not arrived:
                known = "a known failure" if pc in failures else "no success"
                raise Mismatch(f"the program counter stays at ${pc:04X}, {known}, after {took:,} cycles; "
                               f"expected {self.success.shown(run.vm)}\nregisters: {registers(run)}")
            if self.exact_cycles not in (None, took):
                raise Mismatch(f"reached {self.success.shown(run.vm)} after {took:,} cycles; "
                               f"expected {self.exact_cycles:,}")
            return
        raise Mismatch(f"expected the program counter to stay at {self.success.shown(run.vm)} {run.limit}; it is at "
                       f"${cpu.pc:04X}\nregisters: {registers(run)}")

    @staticmethod
    def stays(run: MachineRun) -> bool:
        """True when the next instruction leads to itself. Runs it."""
        pc = run.vm.cpu.pc
        run.step()
        return bool(run.vm.cpu.pc == pc)


def registers(run: MachineRun) -> str:
    held: dict[str, int] = getattr(run.vm.cpu, "registers", {})      # every processor has its own
    return " ".join(f"{name}={value:02X}" for name, value in held.items())
