"""Judge `singlestep`: files of the single-step corpus.

    judge = "singlestep"
    files = "v1/*.json.gz"       # a pattern, or a list of them; $RETROVM_TESTDATA/ may begin one
    model = "6502"               # 6502 nes6502 wdc65c02 rockwell65c02 synertek65c02
    builds = ["exact", "fast"]   # optional: in which builds of the processor
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from retrovm import toml_keys as is_
from retrovm.spec import choice
from retrovm.suite.singlestep import BUILDS, MODELS, CaseFile
from retrovm.suite.task import Mismatch, Outcome, Settled, Skip, Task
from retrovm.suite.testdata import locate
from retrovm.toml_keys import Keys


@dataclass(frozen=True)
class SingleStep:
    """Each case of each file counts as a test."""

    folder: Path
    patterns: tuple[str, ...]
    model: str
    builds: tuple[str, ...]

    @classmethod
    def parse(cls, keys: Keys) -> SingleStep:
        patterns = keys.take_list("files", is_.file_name)
        model = MODELS[keys.take("model", choice(*MODELS))]
        return cls(keys.folder, patterns, model, keys.take_list("builds", choice(*BUILDS), BUILDS))

    def tasks(self, path: str, name: str, known_failure: str | None) -> Iterator[Task]:
        for pattern in self.patterns:
            try:
                files = locate(self.folder, pattern)
            except Skip as skip:
                yield Settled(path, Outcome.SKIPPED, str(skip), name)
            except Mismatch as mismatch:
                yield Settled(path, Outcome.FAILED, str(mismatch), name)
            else:
                for file in files:
                    yield CaseFile(str(file), self.model, self.builds, path, known_failure)
