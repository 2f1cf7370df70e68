"""Judge `screen`: the picture at one or more moments is the expected one.

    judge = "screen"
    limit = { frames = 60 }
    golden = "logo.png"      # a PNG beside the manifest, written by `retrovm test --update-golden`
    sha1 = "..."             # of the palette indices, a byte a pixel, row by row; in direct colour red, green, blue

or at several moments, each with one or both of these:

    checkpoints = [ { frame = 60, sha1 = "..." }, { frame = 120, golden = "two.png" } ]
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrovm import toml_keys as is_
from retrovm.suite import golden
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun, Setup
from retrovm.suite.scene import Comparison
from retrovm.suite.task import Mismatch, Settings
from retrovm.toml_keys import Keys


@dataclass(frozen=True)
class Checkpoint:
    """A picture: after so many frames, or at the limit where `frame` is None."""

    frame: int | None
    sha1: str | None
    golden: Path | None

    @classmethod
    def parse(cls, keys: Keys, frame: int | None) -> Checkpoint:
        sha1 = keys.take("sha1", is_.sha1, None)
        picture = keys.take("golden", is_.file_name, None)
        if sha1 is None and picture is None:
            keys.document.fail(keys.path, "expected the key 'sha1', or 'golden', or both; found none")
        return cls(frame, sha1, None if picture is None else keys.folder / picture)

    def files(self) -> Iterator[Path]:
        """The golden picture, if it is there."""
        if self.golden is not None and self.golden.is_file():
            yield self.golden

    def check(self, run: MachineRun, settings: Settings) -> None:
        screen = run.vm.screen
        assert screen is not None               # `parse` has asked the machine
        when = f"after {run.frames:,} frames"
        pixels = screen.ndarray if screen.is_direct else screen.indices
        if self.golden is not None:
            if settings.update_golden:
                golden.write(self.golden, pixels, screen.palette)
            else:
                golden.compare(self.golden, pixels, screen.palette, when)
        if self.sha1 is not None:
            found = hashlib.sha1(pixels.tobytes(), usedforsecurity=False).hexdigest()
            if found != self.sha1:
                width, height = screen.size
                raise Mismatch(f"the picture {when} differs ({width} x {height} pixels):\n"
                               f"  expected sha1 {self.sha1}\n  found    sha1 {found}",
                               Comparison(f"the picture {when}", None, screen.png()))


@dataclass(frozen=True)
class Screen(MachineJudge):
    """Compares at every checkpoint. The last one is the limit where no other is written."""

    has_pictures = True

    checkpoints: tuple[Checkpoint, ...]

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        found = []
        for one in keys.tables("checkpoints"):
            found.append(Checkpoint.parse(one, one.take("frame", is_.count)))
            one.finish()
        if not found or "sha1" in keys or "golden" in keys:
            found.append(Checkpoint.parse(keys, None))
        return {"checkpoints": tuple(sorted(found, key=lambda one: (one.frame is None, one.frame or 0)))}

    @classmethod
    def read_setup(cls, keys: Keys, expected: dict[str, Any]) -> Setup:
        last = expected["checkpoints"][-1]
        return Setup.parse(keys, frames=last.frame)

    def files(self) -> Iterator[Path]:
        yield from self.setup.files()
        for checkpoint in self.checkpoints:
            yield from checkpoint.files()

    def watch(self, run: MachineRun, settings: Settings) -> None:
        if run.vm.screen is None:
            raise Mismatch(f"{run.vm.spec.id} has no screen to look at")
        for checkpoint in self.checkpoints:
            if checkpoint.frame is None:
                run.to_end()
            else:
                run.to_frame(checkpoint.frame)
            checkpoint.check(run, settings)
