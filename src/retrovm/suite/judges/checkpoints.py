"""Judge `checkpoints`: at several moments of one run, what is then expected.

    judge = "checkpoints"
    symbols = "game.lbl"
    checkpoints = [
        { reach = "main", cycles = { least = 20_000, most = 25_000 } },
        { frame = 60, golden = "title.png", memory = [ { at = "lives", bytes = "03" } ] },
        { cycle = 2_000_000, serial = "READY", registers = { a = 0 } },
        { frame = 120, tone = 440, tolerance = 5, listen = 10 },
        { frame = 180, silence = true, lcd = ["GAME OVER"] },
    ]

The moment of each is one of

    frame    so many frames are finished since power-on
    cycle    so many cycles have passed since then
    reach    the program counter comes to an address or a symbol, in so many `cycles` since the checkpoint before

and what is expected one or more of `golden`, `sha1`, `memory`, `serial` (a text, or several in their order, since
power-on), `lcd`, `registers`, `tone` and `silence`, as the judges of those names have them. Sound is listened to behind the
moment. The last moment is the limit where no other is written; one without `frame` and `cycle` needs a `limit`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrovm import toml_keys as is_
from retrovm.suite.address import Address
from retrovm.suite.judges import lcd, memory, serial
from retrovm.suite.judges.audio import Sound
from retrovm.suite.judges.screen import Checkpoint as Picture
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun, Setup
from retrovm.suite.task import Mismatch, Settings
from retrovm.toml_keys import Keys


@dataclass(frozen=True)
class Moment:
    """When something is expected: one of `frame`, `cycle` and `reach` is set."""

    frame: int | None
    cycle: int | None
    reach: Address | None
    least: int
    most: int | None

    @classmethod
    def parse(cls, keys: Keys) -> Moment:
        unit = keys.one_of("frame", "cycle", "reach")
        at = keys.take(unit, Address.parser(keys, unit)) if unit == "reach" else keys.take(unit, is_.count)
        bounds = keys.table("cycles", required=False) if unit == "reach" else None
        least, most = 0, None
        if bounds is not None:
            least, most = bounds.take("least", is_.count, 0), bounds.take("most", is_.positive, None)
            if most is not None and most < least:
                bounds.fail("most", f"expected at least {least:,}, found {most:,}")
            bounds.finish()
        return cls(**{**dict.fromkeys(("frame", "cycle", "reach")), unit: at}, least=least, most=most)    # type: ignore[arg-type]

    def await_(self, run: MachineRun) -> None:
        """Runs to this moment. Raises `Mismatch` where it does not come in time."""
        if self.frame is not None:
            run.to_frame(self.frame)
        elif self.cycle is not None:
            run.to_cycle(self.cycle)
        else:
            self.arrive(run)

    def arrive(self, run: MachineRun) -> None:
        assert self.reach is not None, "the third of three"
        address, name, began = self.reach.of(run.vm), self.reach.shown(run.vm), run.cycles
        while not run.advance(address=address):
            late = self.most is not None and run.cycles - began > self.most
            if late or run.over:
                limit = f"within {self.most:,} cycles" if late else run.limit
                raise Mismatch(f"expected the program counter to reach {name} {limit}; it is at ${run.vm.cpu.pc:04X}")
        took = run.cycles - began
        if took < self.least or (self.most is not None and took > self.most):
            bound = f"at least {self.least:,}" if took < self.least else f"at most {self.most:,}"
            raise Mismatch(f"reached {name} after {took:,} cycles; expected {bound}")


@dataclass(frozen=True)
class Checkpoint:
    """A moment and what is expected then."""

    moment: Moment
    picture: Picture | None
    memory: tuple[memory.Expected, ...]
    texts: tuple[bytes, ...]
    rows: tuple[str, ...]
    registers: Mapping[str, int]
    sound: Sound | None

    @classmethod
    def parse(cls, keys: Keys) -> Checkpoint:
        moment = Moment.parse(keys)
        picture = Picture.parse(keys, moment.frame) if "sha1" in keys or "golden" in keys else None
        places = memory.Expected.parse_all(keys.tables("memory"))
        texts = keys.take_list("serial", is_.latin, ())
        rows = keys.take_list("lcd", is_.text, ())
        held = keys.table("registers", required=False)
        registers = {} if held is None else {name: held.take(name, is_.count) for name in held.values}
        sound = Sound.parse(keys) if "tone" in keys or "silence" in keys else None
        keys.finish()
        if not (picture or places or texts or rows or registers or sound or moment.reach is not None):
            keys.document.fail(keys.path, "nothing is expected here; give golden, sha1, memory, serial, lcd, registers, tone "
                                          "or silence")
        return cls(moment, picture, places, texts, rows, registers, sound)

    def check(self, run: MachineRun, settings: Settings) -> None:
        """Raises `Mismatch` for the first thing that is not as expected."""
        if self.picture is not None:
            if run.vm.screen is None:
                raise Mismatch(f"{run.vm.spec.id} has no screen to look at")
            self.picture.check(run, settings)
        memory.check(run, self.memory)
        if self.rows:
            lcd.check(run, self.rows, f"in frame {run.frames:,}")
        if self.texts:
            serial.check(run, self.texts, f"by cycle {run.cycles:,}")
        self.check_registers(run)
        if self.sound is not None:
            self.sound.check(run)

    def check_registers(self, run: MachineRun) -> None:
        found: dict[str, int] = getattr(run.vm.cpu, "registers", {})
        for name, value in self.registers.items():
            if name not in found:
                raise Mismatch(f"the processor of {run.vm.spec.id} has no register {name!r}; it has {', '.join(found) or 'none'}")
            if found[name] != value:
                raise Mismatch(f"{name} is ${found[name]:02X} in cycle {run.cycles:,}; expected ${value:02X}")


@dataclass(frozen=True)
class Checkpoints(MachineJudge):
    """Passes when every checkpoint holds, in the order of the manifest."""

    checkpoints: tuple[Checkpoint, ...]

    has_pictures = True

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        found = tuple(Checkpoint.parse(one) for one in keys.tables("checkpoints", required=True))
        if not found:
            keys.fail("checkpoints", "the list is empty")
        for unit in "frame", "cycle":
            moments = [getattr(one.moment, unit) for one in found if getattr(one.moment, unit) is not None]
            if moments != sorted(moments):
                keys.fail("checkpoints", f"expected each {unit} after the one before, found {moments}")
        return {"checkpoints": found}

    @classmethod
    def read_setup(cls, keys: Keys, expected: dict[str, Any]) -> Setup:
        last = expected["checkpoints"][-1]
        frame = last.moment.frame
        if frame is not None and last.sound is not None:
            frame += last.sound.frames
        return Setup.parse(keys, cycles=last.moment.cycle, frames=frame)

    def files(self) -> Iterator[Path]:
        yield from self.setup.files()
        for checkpoint in self.checkpoints:
            if checkpoint.picture is not None:
                yield from checkpoint.picture.files()

    def watch(self, run: MachineRun, settings: Settings) -> None:
        for number, checkpoint in enumerate(self.checkpoints, 1):
            try:
                checkpoint.moment.await_(run)
                checkpoint.check(run, settings)
            except Mismatch as mismatch:
                mismatch.args = (f"checkpoint {number} of {len(self.checkpoints)}: {mismatch}",)
                raise
