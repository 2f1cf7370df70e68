"""Movies: what the host has done to a machine, for doing it again, bit by bit.

    with retrovm.movie.Recorder(vm, "game.rmv"):
        vm.button("5")
        vm.tick(600)

    vm = retrovm.load("game.ch8")
    retrovm.movie.Playback(retrovm.movie.Movie.open("game.rmv"), vm).run()

A movie has every press and release of a button, the bytes that the host sends over serial lines, resets and loaded
states, each with its tick. It begins when the machine is switched on, or with a state. What else a program of the host
changes, such as memory, registers or the pins of a chip, is not input: `Recorder.note_state` puts the state that comes of it
into the movie.

The file is text in UTF-8. Each line is a CRC-32 in eight hexadecimal digits, a space and a value in JSON. The CRC goes on from that
of the line before, so that no line can be missing. The first line is the header:

    {"format": "retrovm movie", "version": 1, "machine": id, "options": {...}, "media": SHA-1 or null, "seed": number,
     "retrovm": the version that has recorded}

Each other line is an event, `[tick, in_frame, action, ...]`: the tick of the master clock, 1 where the frame had begun at it
(its input was latched) and else 0, and one of

    "press", port, button, frames or null     "reset", power_on (true or false)
    "release", port, button                   "load", tick, state: zlib in Base64; the tick that is in it
    "release_all", port                       "check", frame, SHA-256 of the state
    "send", port, bytes as characters 0-255   "end", frame, SHA-256 of the state
    "set_carrier", port, up (true or false)

A recording grows in FILE.part, a line at a time, and takes the place of FILE when it is finished. Where its process was killed,
FILE.part is a movie that has everything up to then; it lacks its "end", and half a line at its end does not count.
"""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from threading import get_ident
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from retrovm.core.ports import Buttons, Serial
from retrovm.core.witness import NEVER, Witness
from retrovm.errors import ArgumentError, MovieError, ReplayError, StateError
from retrovm.snapshot import Snapshot

if TYPE_CHECKING:
    from retrovm.session import VM

FORMAT = "retrovm movie"
VERSION = 1

# What follows the action in an event, and whether it is on a port, which comes first.
_NAME = (str,)
_NUMBER = (int,)
_SHAPES: dict[str, tuple[bool, tuple[tuple[type, ...], ...]]] = {
    "press": (True, (_NAME, (int, type(None)))), "release": (True, (_NAME,)), "release_all": (True, ()),
    "send": (True, (_NAME,)), "set_carrier": (True, ((bool,),)), "reset": (False, ((bool,),)), "load": (False, (_NUMBER, _NAME)),
    "check": (False, (_NUMBER, _NAME)), "end": (False, (_NUMBER, _NAME)),
}


@dataclass(frozen=True)
class Event:
    """Something that happens at a tick, before or after the machine has latched the input of a frame there.

    `port` is None where the machine itself is meant. `arguments` are those of the format, bytes as such.
    """

    tick: int
    in_frame: bool
    action: str
    port: str | None
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Movie:
    """A movie that was read.

    machine    the id of the machine
    options    its options, as `VM` takes them
    media      the SHA-1 of its media in hexadecimal, or None
    seed       of its generator
    recorder   the version of retrovm that has recorded it
    events     in the order of their happening
    """

    machine: str
    options: dict[str, Any]
    media: str | None
    seed: int
    recorder: str
    events: tuple[Event, ...]

    @property
    def complete(self) -> bool:
        """Whether the recording was finished; else its process was killed, and `events` is what it had written."""
        return bool(self.events) and self.events[-1].action == "end"

    @classmethod
    def open(cls, path: str | Path) -> Movie:
        """Reads a movie from a file. `MovieError` names the line that is damaged."""
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise MovieError(f"{path}: the movie cannot be read: {error.strerror}") from None
        return cls.parse(content, str(path))

    @classmethod
    def parse(cls, content: bytes, name: str = "movie") -> Movie:
        """Takes the bytes of a movie apart; `name` is for messages. Raises `MovieError`."""
        values = _values(content, name)
        header = next(values, None)
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise MovieError(f"{name}: this is no movie: its first line has no header of one")
        found = header.get("version")
        if found != VERSION:
            raise MovieError(f"{name}: the movie has format {found!r}, and this retrovm knows {VERSION}: use the retrovm that "
                             f"has recorded it, {header.get('retrovm')}, or a newer one")
        kinds = {"machine": (str,), "options": (dict,), "media": (str, type(None)), "seed": (int,), "retrovm": (str,)}
        for key, kind in kinds.items():
            if key not in header or type(header[key]) not in kind:
                raise MovieError(f"{name}, line 1: the header says {key}: {header.get(key)!r}, which is wrong")
        events: list[Event] = []
        now = 0
        for line, value in enumerate(values, 2):
            where = f"{name}, line {line}"
            if events and events[-1].action == "end":
                raise MovieError(f"{where}: the movie goes on after its end")
            event = _event(value, where)
            if event.tick < now:
                raise MovieError(f"{where}: tick {event.tick} comes before tick {now} of the line above")
            now = _tick_after(event)
            events.append(event)
        return cls(header["machine"], header["options"], header["media"], header["seed"], header["retrovm"], tuple(events))

    def check(self, vm: VM) -> None:
        """Raises `MovieError` when the movie is not for this machine, with its media, options and seed."""
        origin = Snapshot(machine=self.machine, options=self.options, media=self.media, seed=self.seed, fields=b"")
        try:
            vm.check_origin(origin, "movie")
        except StateError as error:
            raise MovieError(str(error)) from None
        if vm.seed != self.seed:
            raise MovieError(f"the movie was recorded with the seed {self.seed}, and this machine has {vm.seed}")
        for event in self.events:
            if event.port is not None:
                _check_port(vm, event)


def _values(content: bytes, name: str) -> Iterator[Any]:
    """The values of the lines, each with its CRC checked. Half a line at the end is left out."""
    crc = 0
    lines = content.split(b"\n")[:-1]
    for number, line in enumerate(lines, 1):
        said, text = line[:8], line[9:]
        crc = zlib.crc32(text, crc)
        if line[8:9] != b" " or said != b"%08x" % crc:
            what = "this is no movie, or its first line is damaged" if number == 1 else "the movie is damaged here"
            raise MovieError(f"{name}, line {number}: {what}: found the CRC {said!r}, expected '{crc:08x}'")
        try:
            yield json.loads(text)
        except (ValueError, RecursionError) as error:
            raise MovieError(f"{name}, line {number}: this is no JSON: {error}") from None


def _event(value: Any, where: str) -> Event:
    """An event, with everything that can be judged without a machine."""
    if not isinstance(value, list) or len(value) < 3 or not isinstance(value[2], str) or value[2] not in _SHAPES:
        raise MovieError(f"{where}: expected [tick, in_frame, action, ...] with an action of {', '.join(_SHAPES)}")
    tick, in_frame, action, *rest = value
    if type(tick) is not int or not 0 <= tick < NEVER or type(in_frame) is not int or in_frame not in (0, 1):
        raise MovieError(f"{where}: expected a tick from 0 and 0 or 1, found {tick!r}, {in_frame!r}")
    on_port, kinds = _SHAPES[action]
    expected = [_NAME] * on_port + list(kinds)
    if len(rest) != len(expected) or any(type(each) not in kind for each, kind in zip(rest, expected, strict=True)):
        raise MovieError(f"{where}: the arguments of {action!r} are wrong: {rest!r:.80}")
    port = rest.pop(0) if on_port else None
    try:
        if action == "press" and rest[1] is not None and not 0 < rest[1] < 1 << 32:
            raise ValueError(f"a button is held for 1 frame or more, not {rest[1]}")
        if action == "send":
            rest[0] = rest[0].encode("latin-1")
        if action == "load":
            if not 0 <= rest[0] < NEVER:
                raise ValueError(f"a state cannot be of tick {rest[0]}")
            rest[1] = base64.b64decode(rest[1], validate=True)
            zlib.decompress(rest[1])
    except (ValueError, zlib.error) as error:
        raise MovieError(f"{where}: the arguments of {action!r} are wrong: {error}") from None
    return Event(tick, bool(in_frame), action, port, tuple(rest))


def _tick_after(event: Event) -> int:
    """The time when an event has happened."""
    if event.action == "load":
        return int(event.arguments[0])
    return 0 if event.action == "reset" and event.arguments[0] else event.tick


def _check_port(vm: VM, event: Event) -> None:
    port = vm.ports.groups.get(event.port or "")
    if not isinstance(port, Serial if event.action in ("send", "set_carrier") else Buttons):
        raise MovieError(f"the movie has {event.action!r} for the port {event.port!r}, and {vm.spec.id} has no such port")
    if isinstance(port, Buttons) and event.arguments and event.arguments[0] not in port.names:
        raise MovieError(f"the movie has the button {event.arguments[0]!r}, and the port {event.port!r} of {vm.spec.id} has "
                         f"{', '.join(port.names)}")


class Recorder(Witness):
    """Records what is done to a machine into a file, from now until `close`; a context manager.

    Parameters
        vm     the machine; where it was not just switched on, or has disks, the movie begins with its state
        path   the file, which appears when the recording is closed and takes the place of one that was there
        every  how many frames there are between checkpoints, with which a replay finds where it goes apart
    Raises `MovieError` when FILE.part, where the recording grows, exists or cannot be written, and `ArgumentError` when the
    machine is being recorded or replayed already.

    The machine may be used as ever. What another thread does to its ports counts from the next frame on, or from the
    beginning of the next run.
    """

    def __init__(self, vm: VM, path: str | Path, *, every: int = 60) -> None:
        if every < 1:
            raise ArgumentError(f"checkpoints are 1 frame apart or more, not {every}")
        self.vm = vm
        self.path = Path(path)
        self.part = self.path.with_name(f"{self.path.name}.part")
        self._every = every
        self._owner = get_ident()
        self._inbox: deque[tuple[Buttons | Serial, str, tuple[Any, ...]]] = deque()
        self._crc = 0
        self._size = 0
        self._checked = vm.frame
        begun = vm.clock.ticks or vm.disks or vm.save_fields() != _switched_on(vm)
        vm.witness = self
        try:
            self._stream = self._begin()
            self._write({"format": FORMAT, "version": VERSION, "machine": vm.spec.id, "options": vm.options,
                         "media": None if vm.media is None else vm.media.sha1, "seed": vm.seed,
                         "retrovm": version("retrovm")})
            if begun:
                self.was_loaded(0, False)
        except BaseException:
            vm.witness = None
            raise

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether the recording goes on."""
        return self.vm.witness is self

    def close(self) -> None:
        """Ends the recording and puts the file in its place. A second time it does nothing."""
        if not self.is_open:
            return
        self._deliver()
        self._note("end", self.vm.frame, self.vm.state_hash())
        self.vm.witness = None
        try:
            os.fsync(self._stream.fileno())
            self._stream.close()
            os.replace(self.part, self.path)
        except OSError as error:
            raise MovieError(f"{self.path}: the movie cannot be written: {error.strerror}; it is in {self.part}") from None

    def note_state(self) -> None:
        """Puts the state of the machine into the movie: after a change that is not input, such as one of memory."""
        self.was_loaded(self.vm.clock.ticks, self.vm.is_in_frame)

    # --- what the machine tells -----------------------------------------------------------------------------

    def attend(self) -> int:
        self._owner = get_ident()
        self._deliver()
        if abs(self.vm.frame - self._checked) >= self._every:
            self._checked = self.vm.frame
            self._note("check", self.vm.frame, self.vm.state_hash())
        return NEVER

    def allow(self, port: Buttons | Serial, action: str, arguments: tuple[Any, ...]) -> bool:
        # In the middle of a run there is no tick at which a replay could do the same.
        if get_ident() != self._owner or self.vm.clock.is_running:
            self._inbox.append((port, action, arguments))
            return False
        shown = (arguments[0].decode("latin-1"),) if action == "send" else arguments
        self._note(action, port.name, *shown)
        return True

    def was_reset(self, power_on: bool, tick: int, in_frame: bool) -> None:
        self._write([tick, int(in_frame), "reset", power_on])

    def was_loaded(self, tick: int, in_frame: bool) -> None:
        state = base64.b64encode(zlib.compress(self.vm.save_fields())).decode("ascii")
        self._write([tick, int(in_frame), "load", self.vm.clock.ticks, state])

    def _deliver(self) -> None:
        """Does what others have asked for meanwhile."""
        while self._inbox:
            port, action, arguments = self._inbox.popleft()
            getattr(port, action)(*arguments)

    # --- the file -------------------------------------------------------------------------------------------

    def _begin(self) -> Any:
        try:
            return self.part.open("xb", buffering=0)        # a line that was written is the host's, whatever becomes of us
        except FileExistsError:
            raise MovieError(f"{self.part} is what was left of a recording that was not finished, or is being made: it can be "
                             f"played; rename or delete it first") from None
        except OSError as error:
            raise MovieError(f"{self.part}: the movie cannot be written: {error.strerror}") from None

    def _note(self, action: str, *arguments: Any) -> None:
        self._write([self.vm.clock.ticks, int(self.vm.is_in_frame), action, *arguments])

    def _write(self, value: Any) -> None:
        text = json.dumps(value, separators=(",", ":"), default=str).encode()
        crc = zlib.crc32(text, self._crc)
        rest = memoryview(line := b"%08x %s\n" % (crc, text))
        try:
            while rest:
                rest = rest[self._stream.write(rest):]
        except OSError as error:
            self._give_up()
            raise MovieError(f"{self.part}: the recording ends here, because it cannot be written: {error.strerror}") from None
        self._crc = crc
        self._size += len(line)

    def _give_up(self) -> None:
        """Leaves a file of whole lines."""
        self.vm.witness = None
        with self._stream, suppress(OSError):               # half a line at the end does not count
            self._stream.truncate(self._size)


def _switched_on(vm: VM) -> bytes:
    """The state of such a machine when it is switched on."""
    return type(vm)(vm.spec, vm.media, vm.options, vm.seed).save_fields()


class Playback(Witness):
    """Plays a movie on a machine: switches it off and on, and then does what was recorded, while the machine is run as ever.

    `vm.tick`, `vm.run` and `vm.step` do what they always do. At the end of the movie the run ends, `is_open` is false, and the
    machine goes on from there by hand. Until then what the host does to its ports has no effect; a reset or the loading of a
    state ends the replay. After a reset or a loaded state of the movie, too, the run ends that has come there: call it again.

    Raises `MovieError`, with the machine as it was, when the movie is not for this machine, and `ArgumentError` when it is being
    recorded or replayed already. A run raises `ReplayError` where the state is not what it was at a checkpoint; the replay is
    over then.
    """

    def __init__(self, movie: Movie, vm: VM) -> None:
        movie.check(vm)
        self.movie = movie
        self.vm = vm
        self._played = 0
        self._held = 0
        self._feeder: int | None = None
        self._actions: dict[str, Callable[[Event], None]] = {
            "reset": lambda event: vm.reset(event.arguments[0]), "load": self._load, "check": self._compare, "end": self._compare,
        }
        before = vm.save_fields()
        vm.witness = self
        try:
            self._feeder = get_ident()
            vm.reset(power_on=True)
            self.attend()
        except BaseException:
            self.stop()
            vm.load_fields(before)
            raise

    @property
    def is_open(self) -> bool:
        """Whether there is more of the movie to come."""
        return self.vm.witness is self

    @property
    def done(self) -> bool:
        """Whether the whole movie was played, and every checkpoint held."""
        return self._played == len(self.movie.events)

    def run(self, render: bool = False) -> None:
        """Runs to the end of the movie; `render=False` skips drawing, but for the last frame."""
        last = self.movie.events[-1].arguments[0] if self.movie.complete else 0
        while self.is_open:
            self.vm.tick(render=render or self.vm.frame + 1 >= last)

    def stop(self) -> None:
        """Ends the replay where it is, and gives the ports back to the host."""
        if self.is_open:
            self.vm.witness = None

    # --- what the machine asks ------------------------------------------------------------------------------

    def attend(self) -> int | None:
        self._feeder = get_ident()
        jumped = False
        try:
            while self._played < len(self.movie.events):
                event = self.movie.events[self._played]
                if event.tick > self.vm.clock.ticks:
                    return None if jumped else event.tick
                self._play(event)
                jumped = jumped or event.action in ("reset", "load")
        except MovieError:
            self.stop()
            raise
        finally:
            self._feeder = None
        self.stop()
        return None

    def allow(self, port: Buttons | Serial, action: str, arguments: tuple[Any, ...]) -> bool:
        return get_ident() == self._feeder

    def was_reset(self, power_on: bool, tick: int, in_frame: bool) -> None:
        if get_ident() != self._feeder:
            self.stop()

    def was_loaded(self, tick: int, in_frame: bool) -> None:
        if get_ident() != self._feeder:
            self.stop()

    def _play(self, event: Event) -> None:
        vm = self.vm
        if event.in_frame and event.tick == vm.clock.ticks:
            vm.enter_frame()
        if event.tick != vm.clock.ticks or event.in_frame != vm.is_in_frame:
            self._apart(f"it is at tick {vm.clock.ticks}, and what comes next happened at tick {event.tick}")
        self._played += 1
        if event.port is None:
            self._actions[event.action](event)
        else:
            getattr(vm.ports.groups[event.port], event.action)(*event.arguments)

    def _load(self, event: Event) -> None:
        try:
            self.vm.load_fields(zlib.decompress(event.arguments[1]))
        except StateError as error:
            raise MovieError(f"a state of the movie does not fit the machine: {error}") from None
        if self.vm.clock.ticks != event.arguments[0]:
            raise MovieError(f"a state of the movie should be of tick {event.arguments[0]}, and is of tick {self.vm.clock.ticks}")

    def _compare(self, event: Event) -> None:
        frame, expected = event.arguments
        found = self.vm.state_hash()
        if (self.vm.frame, found) != (frame, expected):
            self._played -= 1
            self._apart(f"its state has the hash {found[:16]}... in frame {self.vm.frame}, and had {expected[:16]}... in "
                        f"frame {frame}")
        self._held = frame

    def _apart(self, problem: str) -> NoReturn:
        raise ReplayError(f"the replay has gone apart from the recording after frame {self._held}: {problem}. Either something but "
                          f"its input has changed the machine, or it runs otherwise than in retrovm {self.movie.recorder}, which "
                          f"has recorded it", self.vm.frame, self._held)
