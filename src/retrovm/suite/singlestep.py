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
import random
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from retrovm.core.bus import Bus, Tracer
from retrovm.core.clock import Clock
from retrovm.core.recorder import RecordingMemory
from retrovm.cpu.mos6502 import Mos6502
from retrovm.cpu.singlestep import Cases, Judge
from retrovm.errors import ArgumentError, RetroVMError
from retrovm.suite.errata import flaws
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
AT_ONCE = 1000
"""Cases between two looks at whether the run was interrupted."""

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

    path    the name of the file, and `file` where it is
    origin  what the command line that reproduces a failure names: the manifest, or the file itself
    place   the last parts of its path: of a corpus the same wherever it lies
    """

    path: str
    model: str
    builds: tuple[str, ...]
    origin: str
    known_failure: str | None = None
    file: Path = field(init=False)
    place: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", Path(self.path))
        object.__setattr__(self, "place", "/".join(self.file.absolute().parts[-3:]).removesuffix(".gz"))

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

    @property
    def judge(self) -> str:
        return "singlestep"

    def files(self) -> Iterable[Path]:
        return [self.file] if self.file.is_file() else []

    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        if settings.selection.leaves_out(self.path):
            return []
        try:
            text = read(self.file)
            try:
                return self.judged(Cases(text), settings, stop)
            except (ValueError, RecursionError):
                # No array of objects, or an object that is no JSON: the decoder says what is wrong with the file.
                return self.judged(decoded(text), settings, stop)
        except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, RetroVMError) else f"no single-step cases: {error}"
            return [Result(self.name, Outcome.FAILED, reason, command(self.origin), suite=self.path, judge=self.judge,
                           machine=self.model)]

    def judged(self, cases: Cases | list[Case], settings: Settings, stop: Stop) -> list[Result]:
        """The results of those cases that are selected. Raises `ValueError` or `RecursionError` for one that is no JSON."""
        bench = Bench(self.model)
        builds = {build: build in self.builds for build in BUILDS}
        numbers = self.selected(cases, settings)
        passed, corrected, results = 0, 0, []
        for begin in range(0, len(numbers), AT_ONCE):
            some = numbers[begin : begin + AT_ONCE]
            doubtful = bench.judge.doubtful(cases, some, **builds) if isinstance(cases, Cases) else some
            passed += len(some) - len(doubtful)
            corrected += bench.judge.corrected if isinstance(cases, Cases) else 0
            for number in doubtful:
                if stop():
                    raise Stopped
                case = case_of(cases, number)
                reason = bench.reason(case, self.builds)
                if reason:
                    title = title_of(case, number)
                    reproduce = command(self.origin, title)
                    results.append(Result(f"{self.path}: {title}", Outcome.FAILED, reason, reproduce, suite=self.path,
                                          judge=self.judge, machine=self.model))
                    bench = Bench(self.model)   # one that went wrong is not trusted with the next case
                else:
                    passed += 1
                    corrected += bench.corrected
            if stop():
                raise Stopped
        summary = Result(self.name, Outcome.PASSED, count=passed, corrected=corrected, suite=self.path, judge=self.judge,
                         machine=self.model)
        return [summary, *results] if passed else results

    def selected(self, cases: Cases | list[Case], settings: Settings) -> Sequence[int]:
        """The numbers of the cases to judge: those with a selected name, and of these a sample if one is asked for."""
        numbers: Sequence[int] = range(len(cases))
        selection = settings.selection
        if selection.expression.strip() or not selection.holds(self.name, self.path):
            numbers = [number for number in numbers if selection.matches(
                f"{self.path}: {title_of(case_of(cases, number), number)}", self.path)]
        if settings.sample is None or settings.sample >= len(numbers):
            return numbers
        # Of each file another sample, and the same one wherever the corpus lies.
        return sorted(random.Random(f"{settings.seed} {self.place}").sample(numbers, settings.sample))


def read(file: Path) -> bytes:
    """The text of a file. Raises `OSError`, and what gzip raises for damaged files."""
    data = file.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def decoded(text: bytes) -> list[Case]:
    """All cases of a file. Raises `ValueError` or `RecursionError` where there are none."""
    cases = json.loads(text)
    if not isinstance(cases, list):
        raise ValueError(f"expected a list of cases, found {type(cases).__name__}")
    return cases


def case_of(cases: Cases | list[Case], number: int) -> Case:
    case: Case = cases[number] if isinstance(cases, list) else json.loads(cases[number])
    return case


def title_of(case: Case, number: int) -> str:
    return str(case.get("name", f"case {number}")) if isinstance(case, dict) else f"case {number}"


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
        self.judge = Judge(self.cpu, self.memory, self.tracer, flaws(model))
        self.corrected = False

    def reason(self, case: Case, builds: Sequence[str]) -> str:
        """Why a case does not pass in these builds; "" when it does."""
        try:
            return "\n".join(filter(None, (getattr(self, build)(case) for build in builds)))
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            return f"not a single-step case: {type(error).__name__}: {error}"

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
        chip = self.judge.by_the_chip(case)
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
        return self.verdict("exact", case, expected, found)

    def fast(self, case: Case) -> str | None:
        case = self.prepare(case)
        pc, cycles = case["initial"]["pc"], case["cycles"]
        plain = {0, 1, pc >> 8, (pc + 2 & 0xFFFF) >> 8}
        hidden = {address >> 8 for address, _, _ in cycles} - plain
        for page in hidden:
            self.bus.trap(page << 8, 0x100)
        self.clock.wait(0)                          # that the map has changed is no event to stop at
        self.cpu.run(cycles=1)                      # rounded up to one instruction
        self.stay_jammed(case)
        for page in hidden:
            self.bus.untrap(page << 8, 0x100)
        found = self.tracer.rows()
        expected = [(tick, *cycle) for tick, cycle in enumerate(cycles, self.began)
                    if cycle[0] >> 8 in hidden]
        return self.verdict("fast", case, expected, found)

    def stay_jammed(self, case: Case) -> None:
        """A jammed processor reads on, a cycle a step, as long as it was recorded."""
        while self.cpu.is_jammed and self.clock.ticks - self.began < len(case["cycles"]):
            self.cpu.step()

    def verdict(self, build: str, case: Case, expected: Sequence[Cycle],
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
