"""Judge `audio`: the last frames before the limit sound as expected.

    judge = "audio"
    limit = { frames = 120 }
    tone = 440               # Hz; or silence = true
    tolerance = 5            # optional: so many Hz more or less; 1 % of the tone without it
    listen = 30              # optional: how many frames are listened to
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrovm import toml_keys as is_
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun, Setup
from retrovm.suite.task import Mismatch, Settings
from retrovm.toml_keys import Keys

LISTENED = 30
SILENT = 64
"""Levels of int16 between the lowest and the highest sample up to which nothing is heard: -54 dB of full scale."""

CLEAR = 0.5
"""The part of all energy that a tone has together with its harmonics."""


@dataclass(frozen=True)
class Sound:
    """What is heard for `frames` frames: silence where `tone` is None, else a tone of so many Hz."""

    tone: float | None
    tolerance: float
    frames: int

    @classmethod
    def parse(cls, keys: Keys) -> Sound:
        tone, tolerance = None, 0.0
        if keys.one_of("tone", "silence") == "tone":
            tone = keys.take("tone", is_.positive_number)
            tolerance = keys.take("tolerance", is_.positive_number, tone / 100)
        else:
            keys.take("silence", is_.true)
        return cls(tone, tolerance, keys.take("listen", is_.positive, LISTENED))

    def check(self, run: MachineRun) -> None:
        """Listens to the frames that come next. Raises `Mismatch` for what sounds otherwise."""
        audio = run.vm.audio
        if audio is None:
            raise Mismatch(f"{run.vm.spec.id} makes no sound")
        first = run.frames
        samples = run.listen(self.frames).mean(axis=1)
        when = f"in the frames {first:,} to {run.frames:,}"
        loud = float(np.ptp(samples)) > SILENT if samples.size else False
        if self.tone is None:
            if loud:
                raise Mismatch(f"expected silence {when}, and heard {heard(tone_of(samples, audio.rate))}")
            return
        if not loud:
            raise Mismatch(f"expected a tone of {self.tone:g} Hz {when}, and heard nothing")
        found = tone_of(samples, audio.rate)
        if found is None or abs(found - self.tone) > self.tolerance:
            raise Mismatch(f"expected a tone of {self.tone:g} Hz, {self.tolerance:g} Hz more or less, {when}, and heard "
                           f"{heard(found)}")


def heard(tone: float | None) -> str:
    return "no clear tone" if tone is None else f"one of {tone:.1f} Hz"


def tone_of(samples: NDArray[np.floating[Any]], rate: int) -> float | None:
    """The frequency of the tone that these samples are; None where no tone stands out."""
    if len(samples) < 16:
        return None
    spectrum = np.abs(np.fft.rfft((samples - samples.mean()) * np.hanning(len(samples)))) ** 2
    spectrum[:2] = 0                                # what is left of the mean
    peak = int(spectrum.argmax())
    total = float(spectrum.sum())
    if not total or peak + 1 >= len(spectrum):
        return None
    # The top of a parabola through three logarithms lies nearer to the frequency than the highest of them.
    below, top, above = np.log(np.maximum(spectrum[peak - 1:peak + 2], 1e-12))
    place = peak + 0.5 * (below - above) / (below - 2 * top + above)
    energy, overtone = 0.0, place
    while overtone + 3 < len(spectrum):
        near = round(overtone)
        energy += float(spectrum[max(0, near - 2):near + 3].sum())
        overtone += place
    return float(place * rate / len(samples)) if energy >= CLEAR * total else None


@dataclass(frozen=True)
class Audio(MachineJudge):
    """Runs to where the limit is only so far away as is listened to, and listens."""

    sound: Sound

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        return {"sound": Sound.parse(keys)}

    @classmethod
    def read_setup(cls, keys: Keys, expected: dict[str, Any]) -> Setup:
        setup = Setup.parse(keys)
        if setup.frames is None:
            keys.fail("limit", "expected a limit in frames, { frames = N }: sound is made by the frame")
        if setup.frames < expected["sound"].frames:
            keys.fail("limit", f"expected at least the {expected['sound'].frames} frames that are listened to")
        return setup

    def watch(self, run: MachineRun, settings: Settings) -> None:
        assert run.limit_frames is not None, "read_setup asks for it"
        run.to_frame(run.limit_frames - self.sound.frames)
        self.sound.check(run)
