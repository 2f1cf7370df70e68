"""A test of a program on a machine: the base of the judges that watch one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from retrovm.errors import RetroVMError
from retrovm.suite.machine_run import MachineRun, Setup
from retrovm.suite.task import Outcome, Result, Settings, Skip, Stop, Stopped, Task, command
from retrovm.toml_keys import Keys


@dataclass(frozen=True)
class MachineJudge:
    """A judge that watches a machine. A subclass is a frozen dataclass that adds what it expects.

    `expect` reads the judge's own keys, `setup` those that all have; `watch` runs the machine and raises
    `Mismatch`.
    """

    setup: Setup

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

    def tasks(self, path: str, name: str, known_failure: str | None) -> Iterator[Task]:
        yield MachineTest(path, name, self, known_failure)


@dataclass(frozen=True)
class MachineTest:
    """One `[[test]]` of a manifest, to be run on a machine."""

    path: str
    title: str
    judge: MachineJudge
    known_failure: str | None = None

    @property
    def name(self) -> str:
        return f"{self.path}: {self.title}"

    @property
    def machine(self) -> str | None:
        return self.judge.setup.machine_id()

    def run(self, settings: Settings, stop: Stop) -> list[Result]:
        if not settings.selection.matches(self.name):
            return []
        outcome, reason = Outcome.PASSED, ""
        try:
            self.judge.watch(MachineRun(self.judge.setup.power_on(), self.judge.setup, stop), settings)
        except Stopped:
            raise
        except Skip as skip:
            outcome, reason = Outcome.SKIPPED, str(skip)
        except RetroVMError as error:
            outcome, reason = Outcome.FAILED, str(error)
        except Exception as error:
            # A machine may have parts written in Python by anybody; what they raise ends this test and no
            # other.
            outcome, reason = Outcome.FAILED, f"{type(error).__name__}: {error}"
        return [Result(self.name, outcome, reason, command(self.path, self.title))]
