"""A test of a program on a machine: the base of the judges that watch one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

from retrovm.errors import RetroVMError
from retrovm.suite.judges import name_of
from retrovm.suite.machine_run import MachineRun, Setup
from retrovm.suite.scene import Scene, capture, picture
from retrovm.suite.task import (
    Mismatch,
    Outcome,
    Result,
    Settings,
    Skip,
    Stop,
    Stopped,
    Task,
    TimedOut,
    command,
)
from retrovm.suite.trail import KEPT, LOOKED, Trail
from retrovm.toml_keys import Keys


@dataclass(frozen=True)
class MachineJudge:
    """A judge that watches a machine. A subclass is a frozen dataclass that adds what it expects.

    `expect` reads the judge's own keys, `setup` those that all have; `watch` runs the machine and raises
    `Mismatch`. It may be called twice, on two machines: `retrovm.suite.trail` tells why. `has_pictures` says that
    it looks at a screen, so that a report shows it even of a test that passed. A judge that opens files, each of which is
    a `Path` in a field, or counts from one, overrides `files`.
    """

    setup: Setup

    has_pictures: ClassVar[bool] = False

    @classmethod
    def parse(cls, keys: Keys) -> Self:
        expected = cls.expect(keys)
        return cls(cls.read_setup(keys, expected), **expected)

    @classmethod
    @abstractmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        """The fields of the subclass, from the manifest."""

    @classmethod
    def read_setup(cls, keys: Keys, expected: dict[str, Any]) -> Setup:
        """The machine and its input; a judge that knows the limit from what it expects overrides this."""
        return Setup.parse(keys)

    @abstractmethod
    def watch(self, run: MachineRun, settings: Settings) -> None:
        """Runs the machine as far as it takes. Raises `Mismatch` when it does not do what is expected."""

    def files(self) -> Iterable[Path]:
        """The files of this computer that a test with this judge may read, as far as they are there."""
        return self.setup.files()

    def tasks(self, path: str, name: str, known_failure: str | None) -> Iterator[Task]:
        yield MachineTest(path, name, self, known_failure)


@dataclass(frozen=True)
class MachineTest:
    """One `[[test]]` of a manifest, to be run on a machine; `words` go into the command that reproduces it."""

    path: str
    title: str
    judging: MachineJudge
    known_failure: str | None = None
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.path}: {self.title}"

    @property
    def machine(self) -> str | None:
        return self.judging.setup.machine_id()

    @property
    def judge(self) -> str:
        return name_of(type(self.judging))

    def files(self) -> Iterable[Path]:
        return self.judging.files()

    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        if not settings.selection.matches(self.name, self.path):
            return []
        result = Result(self.name, Outcome.PASSED, "", command(self.path, self.title, *self.words), suite=self.path,
                        judge=self.judge)
        run = None
        try:
            run = MachineRun(self.judging.setup.power_on(), self.judging.setup, stop, settings.timeout)
            result = replace(result, machine=run.vm.spec.id)
            self.judging.watch(run, settings)
        except Stopped:
            raise
        except Skip as skip:
            return [replace(result, outcome=Outcome.SKIPPED, reason=str(skip))]
        except RetroVMError as error:
            result = replace(result, outcome=Outcome.FAILED, reason=str(error),
                             comparisons=error.comparisons if isinstance(error, Mismatch) else ())
            scene = self.last_scene(run, settings, stop, isinstance(error, TimedOut))
        except Exception as error:
            # A machine may have parts written in Python by anybody; what they raise ends this test and no
            # other.
            result = replace(result, outcome=Outcome.FAILED, reason=f"{type(error).__name__}: {error}")
            scene = self.last_scene(run, settings, stop, False)
        else:
            scene = picture(run.vm) if settings.scenes and self.judging.has_pictures else None
        return [replace(result, scene=scene)]

    def last_scene(self, run: MachineRun | None, settings: Settings, stop: Stop, is_late: bool) -> Scene | None:
        """What a machine looks like at the end of a test that failed; None where there is none, or nobody asks."""
        if run is None or not settings.scenes:
            return None
        vm, trail = run.vm, Trail(0 if is_late else max(0, (run.cycles if run.undecided is None else run.undecided) - LOOKED))
        try:
            if is_late:                     # it would be so again: what it does next is what it has done all the time
                run.trail = trail
                for _ in range(KEPT):
                    run.step()
            if vm.serial is not None:
                run.hear()
            scene = capture(vm, bytes(run.sent))
            # The second machine would find other disks than the first.
            if not is_late and not vm.disks:
                run = self.repeated(trail, settings, stop)
            # A machine with parts that ask the host may go another way; what it does there is not what has failed.
            return replace(scene, instructions=tuple(trail.listing(run.vm))) if run.vm.cpu.pc == scene.pc else scene
        except Stopped:
            raise
        except Exception:
            # Parts written in Python may fail when they are looked at, too: the reason of the failure is known without.
            return None

    def repeated(self, trail: Trail, settings: Settings, stop: Stop) -> MachineRun:
        """The test on a second machine, which leaves a trail."""
        run = MachineRun(self.judging.setup.power_on(), self.judging.setup, stop, settings.timeout, trail)
        try:
            self.judging.watch(run, replace(settings, update_golden=False))
        except Stopped:
            raise
        except Exception:
            return run                              # it has failed as it did before
        return run
