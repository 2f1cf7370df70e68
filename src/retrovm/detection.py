"""Which machine a program is for.

In three steps: the end of the name and the first bytes choose a format; the format reads the file; every
machine that takes the format judges the medium. The surest machine comes first; of equally sure ones the
first in the order of `retrovm.registry`: built-ins by id, then those of others by id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from retrovm import registry
from retrovm.errors import MediaError
from retrovm.media import Media, Source, open_media
from retrovm.spec import Judgement, MachineSpec

# Below the first nobody can call it a guess; two that are nearer than the second are equally good guesses.
LEAST = 0.2
MARGIN = 0.1


@dataclass(frozen=True)
class Target:
    """A machine for a medium: `confidence` from 0 to 1, the reason in words, options the medium needs.

    `details` gives more reasons, in lines for people.
    """

    spec: MachineSpec
    media: Media
    options: Mapping[str, Any]
    confidence: float
    reason: str
    details: Callable[[], Sequence[str]] = field(default=tuple, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.spec.id} ({self.confidence:.0%}: {self.reason})"


def detect(source: Source, *, name: str | None = None, format: str | None = None,
           member: str | None = None) -> list[Target]:
    """All machines that know the program, best first; the arguments are those of `retrovm.media.open_media`.

    Raises `MediaError` if the source cannot be read or is damaged. A machine of another package whose
    judgement fails is left out and listed by `retrovm.registry.problems`.
    """
    media = open_media(source, name=name, format=format, member=member)
    targets = []
    for spec in registry.machines().values():
        judgement = _judge(spec, media)
        if judgement is not None:
            targets.append(_target(spec, media, judgement))
    # The sort is stable, so the order of the registry breaks ties.
    return sorted(targets, key=lambda target: -target.confidence)


def best(source: Source, machine: str | MachineSpec | None = None, *, name: str | None = None, format: str | None = None,
         member: str | None = None) -> Target:
    """The machine to load the program into: `machine` if given, otherwise the one that is clearly surest.

    Raises `MediaError` that lists the candidates if none is, or if `machine` does not take the format, and
    `UnknownNameError` for an unknown `machine`.
    """
    spec = registry.machine(machine) if isinstance(machine, str) else machine
    media = open_media(source, name=name, format=format, member=member)
    if spec is not None:
        if spec.formats and media.format not in spec.formats:
            raise MediaError(f"{spec.id} does not take this format", file=media.name, found=media.description,
                             expected=" or ".join(spec.formats),
                             hint="give another file, or choose its format")
        return _target(spec, media, spec.judge(media) or Judgement(0.0, "it was chosen by hand"))
    targets = detect(media)
    likely = [target for target in targets if target.confidence >= LEAST]
    if not likely:
        unlikely = f": {'; '.join(map(str, targets))}" if targets else ""
        raise MediaError(f"no machine knows this {media.description}{unlikely}", file=media.name,
                         hint=f"choose the machine: {', '.join(registry.machines())}")
    close = [target for target in likely if likely[0].confidence - target.confidence < MARGIN]
    if len(close) > 1:
        raise MediaError("it may be for several machines", file=media.name, found="; ".join(map(str, close)),
                         hint=f"choose the machine: {', '.join(target.spec.id for target in close)}")
    return likely[0]


def _judge(spec: MachineSpec, media: Media) -> Judgement | None:
    if spec.formats and media.format not in spec.formats:
        return None
    return registry.MACHINES.guard(spec.id, lambda: spec.judge(media))


def _target(spec: MachineSpec, media: Media, judgement: Judgement) -> Target:
    return Target(spec, media, dict(judgement.options), judgement.confidence, judgement.reason, judgement.details)
