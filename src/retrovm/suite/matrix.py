"""Where a program behaves alike: the same program on every member of a machine's family.

    matrix = compare(open_media("game.ch8"), frames=600)
    matrix.members["schip1.1"].verdict          # Verdict.SAME

What can be seen of a run is compared frame by frame: the picture, and what is sent over the serial line. The program runs
twice on each member: untouched, and with keys that are pressed one after the other. Members with switches (`MachineSpec`),
as CHIP-8 has its quirks, are also compared with each switch the other way.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from hashlib import blake2b
from itertools import cycle, groupby
from typing import TYPE_CHECKING

from retrovm import detection
from retrovm.errors import OptionError, RetroVMError
from retrovm.session import VM

if TYPE_CHECKING:
    from retrovm.media import Media
    from retrovm.spec import MachineSpec, Options

PRESSED_EVERY = 20
PRESSED_FOR = 6
"""Frames from one key to the next, and for how long it is held."""

STAYS = 4
MOST = 0.8
"""A picture that is seen in so many frames in a row belongs to the program, and is no half of a drawing; of the others, which
depend on when a frame ends, so large a part has to be the same."""


class Verdict(StrEnum):
    """How a member's behaviour compares with that of the machine that was chosen."""

    SAME = "the same in every frame"
    OTHER_TIMES = "the same pictures at other times"
    DIFFERS = "differs"
    FAILS = "cannot run it"


@dataclass(frozen=True)
class Behaviour:
    """What was seen of a program.

    runs      for each of the two runs, a mark of what could be seen after each frame
    halted    (frame, address) where the processor has halted by itself in the first run, or None
    picture   a PNG file of the last picture of the first run; empty without a screen
    error     why it cannot run; the others are empty, then
    """

    runs: tuple[tuple[bytes, ...], ...] = ()
    halted: tuple[int, int] | None = None
    picture: bytes = field(default=b"", repr=False)
    error: str = ""


@dataclass(frozen=True)
class Member:
    """A machine that was compared.

    options   of this machine, as they were given
    verdict   how it compares; `frame` is the first in which something else was seen, counted from 1, and `keys` whether that
              took keys; both mean nothing where it is the same
    """

    options: Options
    behaviour: Behaviour
    verdict: Verdict
    frame: int = 0
    keys: bool = False


@dataclass(frozen=True)
class Matrix:
    """What a comparison found.

    chosen    the machine that the others are compared with: its options, and what was seen
    members   by their names
    switches  {a switch: the chosen machine with this switch the other way}
    remarks   {a switch: what the text of the program tells of it}
    frames    how long each run was
    """

    spec: MachineSpec
    media: Media
    chosen: Options
    behaviour: Behaviour
    members: Mapping[str, Member]
    switches: Mapping[str, Member]
    remarks: Mapping[str, str]
    frames: int

    @property
    def alike(self) -> list[str]:
        """The members on which every frame is the same."""
        return [name for name, member in self.members.items() if member.verdict is Verdict.SAME]


def compare(media: Media, spec: MachineSpec | None = None, options: Options | None = None, *, frames: int = 600, seed: int = 1,
            jobs: int = 1) -> Matrix:
    """Runs a program on every member of the family of a machine.

    Parameters
        spec     the machine, by default the one that is surest about the program
        options  of it, before those that the program asks for
        frames   the length of each of the two runs
        seed     of the machines, and of the order of the keys
        jobs     how many run at once
    Raises `OptionError` for a machine that is the only one of its family, and what `retrovm.load` raises where the chosen
    machine cannot run the program.
    """
    target = detection.best(media, spec)
    spec, media = target.spec, target.media
    given = spec.combine_options(target.options, options or {})
    if spec.members is None:
        raise OptionError(f"{spec.id} has no members to compare: it is the only machine of its family")
    VM(spec, media, given, seed)                                  # what is wrong with the program is told as ever
    watch = partial(observe, spec, media, frames=frames, seed=seed)
    members = spec.members(given)
    switched = {name: {**given, name: not on} for name, on in spec.switches(given).items()}
    with ThreadPoolExecutor(jobs, "retrovm matrix") as executor:
        base, *others = executor.map(watch, [given, *members.values(), *switched.values()])
    judged = iter([judge(base, other, chosen) for other, chosen in zip(others, [*members.values(), *switched.values()],
                                                                       strict=True)])
    return Matrix(spec, media, given, base, {name: next(judged) for name in members}, {name: next(judged) for name in switched},
                  spec.remarks(media) if switched else {}, frames)


def observe(spec: MachineSpec, media: Media, options: Options, *, frames: int, seed: int) -> Behaviour:
    """Runs a program twice, and keeps a mark of each frame."""
    try:
        first = VM(spec, media, options, seed)
        seen, halted = watched(first, frames, ())
        again, _ = watched(VM(spec, media, options, seed), frames, keys_of(first, seed, frames))
    except (RetroVMError, OSError) as error:
        return Behaviour(error=str(error))
    return Behaviour((seen, again), halted, b"" if first.screen is None else first.screen.png(1))


def keys_of(vm: VM, seed: int, frames: int) -> list[tuple[int, str]]:
    """(frame, button): those that have a key of the host, all of them in an order by chance, again and again."""
    names = sorted({button.name for port in vm.spec.ports_for(vm.options) for button in port.buttons if button.keys})
    random.Random(seed).shuffle(names)
    return list(zip(range(PRESSED_EVERY, frames, PRESSED_EVERY), cycle(names)))


def watched(vm: VM, frames: int, keys: Iterable[tuple[int, str]]) -> tuple[tuple[bytes, ...], tuple[int, int] | None]:
    """The marks of what could be seen, and where the processor has halted."""
    presses = dict(keys)
    marks, said, halted = [], blake2b(digest_size=8), None
    for frame in range(frames):
        if frame in presses:
            vm.button(presses[frame], PRESSED_FOR)
        if not vm.tick() and halted is None:
            halted = vm.frame, vm.cpu.pc
        if vm.serial is not None:
            said.update(vm.serial.receive())
        mark = blake2b(said.digest(), digest_size=8)
        if vm.screen is not None:
            mark.update(repr(vm.screen.size).encode())
            mark.update(vm.screen.ndarray.tobytes())
        marks.append(mark.digest())
    return tuple(marks), halted


def judge(base: Behaviour, other: Behaviour, options: Options) -> Member:
    """How a behaviour compares with another one."""
    if other.error:
        return Member(options, other, Verdict.FAILS)
    verdict, first, keys = Verdict.SAME, 0, False
    for number, (expected, found) in enumerate(zip(base.runs, other.runs, strict=True)):
        frame = next((frame for frame, (one, two) in enumerate(zip(expected, found, strict=True), 1) if one != two), None)
        if frame is None:
            continue
        worse = Verdict.OTHER_TIMES if at_other_times(expected, found) else Verdict.DIFFERS
        if verdict is Verdict.SAME or (verdict is Verdict.OTHER_TIMES and worse is Verdict.DIFFERS):
            verdict, first, keys = worse, frame, number > 0
    return Member(options, other, verdict, first, keys)


def at_other_times(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> bool:
    """Whether two runs show the same: every picture that stays for a while, and most of those that pass by."""
    both = set(one) & set(other)
    # What is there before the first drawing is not the program's.
    staying = {mark for marks in (one, other) for mark, stay in list(stays(marks))[1:] if stay >= STAYS}
    return staying <= both and len(both) >= MOST * len(set(one))


def stays(marks: tuple[bytes, ...]) -> Iterator[tuple[bytes, int]]:
    """What was seen, one after the other, and for how many frames."""
    for mark, stay in groupby(marks):
        yield mark, sum(1 for _ in stay)
