"""Judge `log`: the processor does what a log says, instruction by instruction.

    judge = "log"
    log = "nestest.log"
    start = 0xC000           # optional: the program counter to begin with, or a symbol

A line is a moment before an instruction, as the log of nestest has it: it begins with the address as four hexadecimal
digits, and somewhere behind are `A:00 X:00 Y:00 P:24 SP:FD`, and `CYC:7` where cycles count, too. What a line does not
have is not compared. Cycles count from those of the first line.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrovm import toml_keys as is_
from retrovm.cpu.mos6502 import Mos6502
from retrovm.errors import MediaError
from retrovm.suite.address import Address
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun, there
from retrovm.suite.scene import Comparison
from retrovm.suite.task import Mismatch, Settings
from retrovm.suite.testdata import locate
from retrovm.toml_keys import Keys

ADDRESS = re.compile(r"([0-9A-Fa-f]{4})\b")
REGISTER = re.compile(r"\b(A|X|Y|P|SP):([0-9A-Fa-f]{2})\b")
CYCLE = re.compile(r"\bCYC: *(\d+)")
FLAGS = 0x30
"""Bits 4 and 5 of P are no flags: what a log has there is a matter of who wrote it."""

SHOWN = 8
"""How many lines before the one that differs a failure shows."""


@dataclass(frozen=True)
class Moment:
    """What a line of a log says: registers by the names of `vm.cpu.registers`, and the cycle, if it has one."""

    number: int
    text: str
    registers: tuple[tuple[str, int], ...]
    cycle: int | None

    def __str__(self) -> str:
        shown = " ".join(f"{name.upper()}:{value:0{4 if name == 'pc' else 2}X}" for name, value in self.registers)
        return shown if self.cycle is None else f"{shown} CYC:{self.cycle}"


def parse(text: str, file: str) -> list[Moment]:
    """The lines of a log. Raises `MediaError` for one that has no address."""
    moments = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        address = ADDRESS.match(line)
        if address is None:
            raise MediaError("this line is not understood", file=file, line=number, column=1,
                             expected="an address of four hexadecimal digits", found=repr(line[:40]))
        held = [("pc", int(address[1], 16))]
        held += [("s" if name == "SP" else name.lower(), int(value, 16)) for name, value in REGISTER.findall(line)]
        cycle = CYCLE.search(line)
        moments.append(Moment(number, line, tuple(held), int(cycle[1]) if cycle else None))
    if not moments:
        raise MediaError("the log is empty", file=file, line=1, expected="a line an instruction")
    return moments


@dataclass(frozen=True)
class Log(MachineJudge):
    """Passes when every line of the log came true. The limit may come first, which is a failure."""

    folder: Path
    log: str
    start: Address | None

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        return {"folder": keys.folder, "log": keys.take("log", is_.file_name),
                "start": keys.take("start", Address.parser(keys, "start"), None)}

    def files(self) -> Iterator[Path]:
        yield from self.setup.files()
        yield from there(self.folder, self.log)

    def watch(self, run: MachineRun, settings: Settings) -> None:
        file = locate(self.folder, self.log)[0]
        moments = parse(file.read_text("latin-1"), str(file))
        cpu = run.vm.cpu
        if not hasattr(cpu, "registers") or not {name for name, _ in moments[0].registers} <= set(cpu.registers):
            raise Mismatch(f"the processor of {run.vm.spec.id} has not the registers of this log")
        if isinstance(cpu, Mos6502):
            run.step()                              # the reset sequence
        if self.start is not None:
            cpu.pc = self.start.of(run.vm)
        began, before = run.cycles, deque[tuple[str, str]](maxlen=SHOWN)
        for moment in moments:
            if run.over:
                raise Mismatch(f"{file.name}:{moment.number}: not reached {run.limit}")
            if moment is not moments[0]:
                run.check_time()
                run.play()
                run.step()
            cycle = None
            if moment.cycle is not None and moments[0].cycle is not None:
                cycle = run.cycles - began + moments[0].cycle
            found = Moment(moment.number, "", tuple((name, cpu.registers[name]) for name, _ in moment.registers), cycle)
            before.append((str(moment), str(found)))
            wrong = [name for (name, value), (_, held) in zip(moment.registers, found.registers, strict=True)
                     if (value ^ held) & (~FLAGS if name == "p" else ~0)]
            wrong += ["cyc"] if moment.cycle is not None and cycle != moment.cycle else []
            if wrong:
                expected, got = zip(*before, strict=True)
                raise Mismatch(f"{file.name}:{moment.number}: {', '.join(wrong).upper()} differ from the log\n"
                               f"  expected {moment}\n  found    {found}\n  the line {moment.text.strip()}",
                               Comparison(f"{file.name}, up to line {moment.number}", "\n".join(expected), "\n".join(got)))
