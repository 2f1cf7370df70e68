"""The single-step corpus: what one instruction does to registers, memory and bus, cycle by cycle.

A file holds the cases of one opcode, as JSON, maybe gzipped: [{"name", "initial", "final", "cycles"}, ...]
with registers and "ram": [[address, value], ...] before and after, and "cycles": [[address, value, "read" |
"write"], ...]. Files lie in MODEL/v1/ (github.com/SingleStepTests/65x02).

Each case is judged in both builds of the processor:

A recording that shows otherwise than the chip works is judged by the chip: `errata`.

exact   one step with a tracer on the bus: registers, memory, and every cycle with address, value and
        direction.
fast    the build that runs where nobody looks. Pages that the case touches are hidden behind a device that
        records: all but zero page, stack, and those that the instruction lies in, for code on a device page
        is a matter of the exact build. Compared are what the device saw and when, registers, memory, and how
        many cycles passed.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from retrovm.core.bus import Bus, Tracer
from retrovm.core.clock import Clock
from retrovm.core.recorder import RecordingMemory
from retrovm.cpu.mos6502 import Mos6502
from retrovm.errors import ArgumentError, RetroVMError
from retrovm.suite.errata import by_the_chip
from retrovm.suite.task import Outcome, Result, Settings, Stop, Stopped, command

MODELS = {
    "6502": "6502",
    "nes6502": "2a03",
    "wdc65c02": "65c02-wdc",
    "rockwell65c02": "65c02-rockwell",
    "synertek65c02": "65c02-synertek",
}
"""The folders of the corpus and what `Mos6502` calls these models."""

BUILDS = ("exact", "fast")
FILE = re.compile(r"[0-9a-f]{2}\.json(\.gz)?")

Case = dict[str, Any]
Cycle = tuple[int, int, int, str]
"""(tick, address, value, "read" or "write")"""

REGISTERS = ("pc", "a", "x", "y", "s", "p")


def is_cases(path: Path) -> bool:
    """True for a file of this corpus, by its name."""
    return FILE.fullmatch(path.name) is not None


@dataclass(frozen=True)
class CaseFile:
    """The cases of a file, as one task. Each counts as a test, and can be selected by its name.

    origin  what the command line that reproduces a failure names: the manifest, or the file itself
    """

    path: str
    model: str
    builds: tuple[str, ...]
    origin: str
    known_failure: str | None = None

    @classmethod
    def found(cls, path: Path) -> CaseFile:
        """A file whose folder says the model. Raises `ArgumentError` where it does not."""
        for folder in path.absolute().parts[-2:-4:-1]:
            if folder in MODELS:
                return cls(str(path), MODELS[folder], BUILDS, str(path))
        raise ArgumentError(f"{path}: cannot tell the processor of these cases; expected them in MODEL/v1/, "
                            f"with MODEL one of {', '.join(MODELS)}")

    @property
    def name(self) -> str:
        return self.path

    @property
    def machine(self) -> str:
        return self.model

    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        try:
            cases = read_cases(self.path)
            bench = Bench(self.model)
        except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, RetroVMError) else f"no single-step cases: {error}"
            return [Result(self.name, Outcome.FAILED, reason, command(self.origin))]
        passed, corrected, results = 0, 0, []
        for number, case in enumerate(cases):
            if stop():
                raise Stopped
            title = str(case.get("name", f"case {number}")) if isinstance(case, dict) else f"case {number}"
            if not settings.selection.matches(f"{self.path}: {title}"):
                continue
            try:
                reason = "\n".join(filter(None, (getattr(bench, build)(case) for build in self.builds)))
            except (LookupError, TypeError, ValueError, ArithmeticError) as error:
                reason = f"not a single-step case: {type(error).__name__}: {error}"
            if reason:
                reproduce = command(self.origin, title)
                results.append(Result(f"{self.path}: {title}", Outcome.FAILED, reason, reproduce))
                bench = Bench(self.model)   # one that went wrong is not trusted with the next case
            else:
                passed += 1
                corrected += bench.corrected
        summary = Result(self.name, Outcome.PASSED, count=passed, corrected=corrected)
        return [summary, *results] if passed else results


def read_cases(path: str) -> list[Case]:
    """The cases of a file. Raises `OSError` or `ValueError`, and what gzip raises for damaged files."""
    data = Path(path).read_bytes()
    cases = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    if not isinstance(cases, list):
        raise ValueError(f"expected a list of cases, found {type(cases).__name__}")
    return cases


class Bench:
    """A processor on flat memory, put into the initial state of case after case.

    `exact` and `fast` judge a case in that build. They return None, or how it went and how it should have
    gone, side by side. What is no case raises `LookupError`, `TypeError`, `ValueError` or `ArithmeticError`.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self.clock = Clock(1_000_000)
        self.tracer = Tracer()
        self.memory = RecordingMemory("ram", 0x10000, self.clock, self.tracer)
        self.bus = Bus(self.clock)
        self.bus.map(0, 0x10000, self.memory)
        self.cpu = Mos6502(model=model, bus=self.bus)
        # Out of reset there may be an interrupt to look for; behind the first instruction both builds may
        # run.
        self.cpu.pc = 0
        self.cpu.step()

        self.corrected = False

    def prepare(self, case: Case) -> Case:
        """Puts everything into the initial state. Returns the case as it is judged."""
        state = case["initial"]
        self.cpu.registers = {name: state[name] for name in REGISTERS}
        self.memory.store(state["ram"])
        self.tracer.clear()
        self.began = self.clock.ticks
        # Bits 4 and 5 of P are no flags: some recordings keep what the initial state has there.
        final = {**case["final"], "p": case["final"]["p"] & 0xEF | 0x20}
        case = {**case, "final": final}
        chip = by_the_chip(self.model, case, lambda address: self.bus.peek_bytes(address, 1)[0])
        self.corrected = chip is not None
        return chip or case

    def exact(self, case: Case) -> str | None:
        case = self.prepare(case)
        self.bus.trace(self.tracer)
        self.cpu.step()
        self.stay_jammed(case)
        self.bus.trace(None)
        found = self.tracer.rows()
        expected = [(tick, *cycle) for tick, cycle in enumerate(case["cycles"], self.began)]
        return self.judge("exact", case, expected, found)

    def fast(self, case: Case) -> str | None:
        case = self.prepare(case)
        pc, cycles = case["initial"]["pc"], case["cycles"]
        plain = {0, 1, pc >> 8, (pc + 2 & 0xFFFF) >> 8}
        hidden = {address >> 8 for address, _, _ in cycles} - plain
        for page in hidden:
            self.bus.trap(page << 8, 0x100)
        self.cpu.run(cycles=1)                      # rounded up to one instruction
        self.stay_jammed(case)
        for page in hidden:
            self.bus.untrap(page << 8, 0x100)
        found = self.tracer.rows()
        expected = [(tick, *cycle) for tick, cycle in enumerate(cycles, self.began)
                    if cycle[0] >> 8 in hidden]
        return self.judge("fast", case, expected, found)

    def stay_jammed(self, case: Case) -> None:
        """A jammed processor reads on, a cycle a step, as long as it was recorded."""
        while self.cpu.is_jammed and self.clock.ticks - self.began < len(case["cycles"]):
            self.cpu.step()

    def judge(self, build: str, case: Case, expected: Sequence[Cycle],
              found: Sequence[Cycle]) -> str | None:
        final, registers = case["final"], self.cpu.registers
        took = self.clock.ticks - self.began
        differences = self.memory.differences(final["ram"])
        if (expected == found and not differences and took == len(case["cycles"])
                and all(registers[name] == final[name] for name in REGISTERS)):
            return None
        lines = [f"{build} build:" if took == len(case["cycles"]) else
                 f"{build} build: {took} cycles passed, expected {len(case['cycles'])}"]
        rows = [(name, digits(name, final[name]), digits(name, registers[name])) for name in REGISTERS]
        rows += [(f"${address:04X}", f"{value:02X}", f"{held:02X}") for address, value, held in differences]
        for left, right in zip_longest(expected, found):
            tick = (left or right)[0] - self.began
            late = f" in cycle {right[0] - self.began}" if left and right and left[0] != right[0] else ""
            rows.append((f"cycle {tick}", shown(left), shown(right) + late))
        lines += [f"  {'':8} {'expected':14} found"]
        for name, left, right in rows:
            lines.append(f"  {name:8} {left:14} {right:14}{'' if left == right else ' <'}".rstrip())
        return "\n".join(lines)


def digits(register: str, value: int) -> str:
    return f"{value:04X}" if register == "pc" else f"{value:02X}"


def shown(cycle: Cycle | None) -> str:
    return "none" if cycle is None else f"{cycle[1]:04X} {cycle[2]:02X} {cycle[3]}"
