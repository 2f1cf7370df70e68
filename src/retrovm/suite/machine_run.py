"""A machine that plays the input of a test, and the part of a manifest that describes both."""

from __future__ import annotations

import tomllib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from retrovm import toml_keys as is_
from retrovm.core.types import StopReason
from retrovm.errors import MediaError, OptionError, RetroVMError, UnknownNameError
from retrovm.suite.address import Address
from retrovm.suite.task import Mismatch, Stop, Stopped, TimedOut
from retrovm.suite.testdata import locate
from retrovm.suite.trail import Made, Trail
from retrovm.toml_keys import Keys, placed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retrovm.session import VM

SLICE = 5_000_000
"""A run comes back after so many cycles at the latest, so that a judge may look and a user interrupt: 5 to 10 ms. Each time it
waits for the interpreter's lock, which another test has for about 1 ms at its beginning and its end."""

CREPT = 20_000
"""The same where it goes an instruction at a time."""


@dataclass(frozen=True)
class Input:
    """What the host does at a moment: `cycle` or `frame` is set, and one of `serial`, `press`, `release`."""

    cycle: int | None = None
    frame: int | None = None
    serial: bytes = b""
    press: tuple[str, ...] = ()
    release: tuple[str, ...] = ()
    where: str = field(default="", compare=False)

    @classmethod
    def parse(cls, keys: Keys) -> Input:
        unit = keys.one_of("cycle", "frame")
        moment = keys.take(unit, is_.count)
        cycle, frame = (moment, None) if unit == "cycle" else (None, moment)
        action = keys.one_of("serial", "press", "release")
        serial = keys.take("serial", is_.latin, b"")
        press, release = keys.take_list("press", is_.sentence, ()), keys.take_list("release", is_.sentence, ())
        keys.finish()
        return cls(cycle, frame, serial, press, release, keys.where(action))

    def play(self, vm: VM) -> None:
        if self.serial:
            if vm.serial is None:
                raise Mismatch(f"{self.where}: {vm.spec.id} has no serial line to send this to".removeprefix(": "))
            vm.serial.send(self.serial)
        with placed(self.where, UnknownNameError):
            for button in self.press:
                vm.button_press(button)
            for button in self.release:
                vm.button_release(button)


@dataclass(frozen=True)
class Poke:
    """Bytes put into memory after loading, before the first instruction."""

    at: Address
    data: bytes

    @classmethod
    def parse(cls, keys: Keys) -> Poke:
        at = keys.take("at", Address.parser(keys, "at"))
        data = keys.take_list("bytes", is_.hexadecimal)
        keys.finish()
        return cls(at, b"".join(data))


def machine_name(folder: Path, machine: str) -> str | Path:
    """The id of a machine; of a machine file its whole path, where a relative one counts from `folder`."""
    from retrovm.machines.machine_file.opening import SUFFIX

    return (folder / machine).resolve() if machine.lower().endswith(SUFFIX) else machine


@dataclass(frozen=True)
class Setup:
    """Which machine, with what in it, and what the host does. `cycles` or `frames` is the limit.

    The ROM's name counts from the folder of the manifest, or begins with $RETROVM_TESTDATA/ (see
    `testdata.locate`). `machine` is an id, or the whole path of a machine file.
    """

    folder: Path
    rom: str | None
    machine: str | Path | None
    options: Mapping[str, Any]
    inputs: tuple[Input, ...]
    pokes: tuple[Poke, ...]
    cycles: int | None
    frames: int | None
    symbols: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def parse(cls, keys: Keys, *, cycles: int | None = None, frames: int | None = None) -> Setup:
        """Reads what all tests of machines have; `cycles` or `frames` is the limit if none is given."""
        rom = keys.take("rom", is_.file_name, None)
        named = keys.take("machine", is_.sentence, None)
        machine = None if named is None else machine_name(keys.folder, named)
        if rom is None and machine is None:
            keys.document.fail(keys.path, "expected the key 'rom', or 'machine', or both; found none")
        symbols = keys.take_list("symbols", is_.file_name, ())
        options = keys.table("options", required=False)
        limit = keys.table("limit", required=cycles is None and frames is None)
        if limit is not None:
            unit = limit.one_of("cycles", "frames")
            most = limit.take(unit, is_.positive)
            limit.finish()
            cycles, frames = (most, None) if unit == "cycles" else (None, most)
        places = {key: keys.where(key) for key in ("rom", "machine", "symbols", "options")}
        if options is not None:
            places |= {f"options.{name}": options.where(name) for name in options.values}
        return cls(keys.folder, rom, machine, dict(options.values) if options else {},
                   tuple(Input.parse(one) for one in keys.tables("input")),
                   tuple(Poke.parse(one) for one in keys.tables("poke")), cycles, frames, symbols, places)

    def place(self, key: str) -> str:
        """Where a key is in the manifest, "" of a test that has none."""
        return self.places.get(key, "")

    def machine_id(self) -> str | None:
        """The machine that the test runs on, by detection if the manifest names none; None if that fails."""
        from retrovm.detection import detect

        if self.machine is not None or self.rom is None:
            return None if self.machine is None else str(self.machine)
        try:
            targets = detect(locate(self.folder, self.rom)[0])
        except (RetroVMError, OSError):
            return None
        return targets[0].spec.id if targets else None

    def files(self) -> Iterator[Path]:
        """The program, its symbols, and the machine file with the images that it names, as far as they are there."""
        for name in (self.rom, *self.symbols) if self.rom is not None else self.symbols:
            yield from there(self.folder, name)
        if isinstance(self.machine, Path) and self.machine.is_file():
            yield self.machine
            yield from named_in(self.machine)

    def power_on(self) -> VM:
        """Makes the machine, loads it, and pokes. Raises what `testdata.locate` and `retrovm.load` do."""
        from retrovm.loading import create, load

        rom = None
        if self.rom is not None:
            with placed(self.place("rom"), Mismatch):
                rom = locate(self.folder, self.rom)[0]
        try:
            with placed(self.place("machine"), UnknownNameError):
                vm = (create(str(self.machine), **self.options) if rom is None else
                      load(rom, machine=None if self.machine is None else str(self.machine), **self.options))
        except OptionError as error:
            with placed(self.place("options" if error.option is None else f"options.{error.option}"), OptionError):
                raise
        except MediaError as error:
            if rom is not None and error.file == rom.name:
                error.file = str(rom)
            raise
        for file in self.symbols:
            with placed(self.place("symbols"), Mismatch):
                path = locate(self.folder, file)[0]
            vm.symbols.load(path)
        for poke in self.pokes:
            poke.at.write(vm, poke.data)
        return vm


def there(folder: Path, name: str) -> list[Path]:
    """The file that a test opens by this name, in a list; none where the test will say that it is not there."""
    try:
        return locate(folder, name)[:1]
    except RetroVMError:
        return []


def named_in(machine: Path) -> Iterator[Path]:
    """The files that a machine file names; none of one that is broken, which the test will say."""
    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for inner in value.values() if isinstance(value, dict) else value:
                yield from texts(inner)

    try:
        document = tomllib.loads(machine.read_text("utf-8"))
    except (OSError, ValueError):
        return
    for text in texts(document):
        if "\0" not in text and (machine.parent / text).is_file():
            yield machine.parent / text


class MachineRun:
    """A machine on its way through a test: `advance` plays what is due and runs to the next thing of
    interest.

    over      the limit is reached, or the processor has halted
    halted    the processor has stopped by itself
    sent      what the guest has sent over the serial line, as far as `hear` has listened
    undecided the cycle of the last look that decided nothing, before which no instruction of interest lies; None for the present
    trail     keeps the last instructions where it is given, for which the machine goes an instruction at a time

    `timeout` is how many seconds of the host the run may take. A machine runs in slices, between which it is looked
    at, so it ends as cleanly as any other run.
    """

    def __init__(self, vm: VM, setup: Setup, stop: Stop, timeout: float | None = None, trail: Trail | None = None) -> None:
        self.vm = vm
        self.timeout = timeout
        self.deadline = None if timeout is None else monotonic() + timeout
        self.trail = trail
        self.sent = bytearray()
        self.undecided: int | None = None
        self.limit_cycles = setup.cycles
        self.limit_frames = setup.frames
        self.stop = stop
        self.halted = False
        self.inputs = setup.inputs
        inputs = list(enumerate(setup.inputs))
        self.by_cycle = deque(sorted((one.cycle, i) for i, one in inputs if one.cycle is not None))
        self.by_frame = deque(sorted((one.frame, i) for i, one in inputs if one.frame is not None))
        # More than any frame takes: within so many cycles of an event by cycle, frames are not run whole.
        self.whole_frame = 2 * ceil(vm.clock.rate / vm.frame_rate / vm.cpu.period)

    @property
    def cycles(self) -> int:
        """Processor cycles since power-on."""
        return int(self.vm.cpu.cycles)

    @property
    def frames(self) -> int:
        """Frames finished since power-on."""
        return int(self.vm.frame)

    @property
    def over(self) -> bool:
        return (self.halted or (self.limit_cycles is not None and self.cycles >= self.limit_cycles)
                or (self.limit_frames is not None and self.frames >= self.limit_frames))

    @property
    def limit(self) -> str:
        """The limit, or what came before it, as it may stand in a sentence."""
        if self.halted:
            return f"before the processor halted at ${self.vm.cpu.pc:04X}"
        return (f"within {self.limit_cycles:,} cycles" if self.limit_cycles is not None
                else f"within {self.limit_frames:,} frames")

    def play(self) -> None:
        """Does what the host has to do by now."""
        for waiting, now in (self.by_cycle, self.cycles), (self.by_frame, self.frames):
            while waiting and waiting[0][0] <= now:
                self.inputs[waiting.popleft()[1]].play(self.vm)

    def advance(self, *, frame: int | None = None, cycle: int | None = None, address: int | None = None) -> bool:
        """Runs to the next input, the limit, the end of a slice, or what is asked for; never past any of
        them.

        Parameters
            frame    stop when so many frames are finished
            cycle    stop when so many cycles have passed
            address  stop before the instruction there; the one at the present address runs first
        Returns True when it stopped at `address`.
        """
        self.check_time()
        self.play()
        is_near = self.trail is not None and self.cycles >= self.trail.begin
        far = [] if self.trail is None or is_near else [self.trail.begin]
        next_cycle = earliest(self.by_cycle, self.limit_cycles, cycle, *far)
        next_frame = earliest(self.by_frame, self.limit_frames, frame)
        near = SLICE if next_cycle is None else min(next_cycle - self.cycles, SLICE)
        if is_near:
            reason = self.creep(near, next_frame, address)
        elif next_frame is None:
            reason = self.vm.run(cycles=near, until=address)
        elif address is None and (next_cycle is None or next_cycle - self.cycles > self.whole_frame):
            frames = min(next_frame - self.frames, max(1, near // self.whole_frame))
            reason = StopReason.CYCLES if self.vm.tick(frames) else StopReason.HALTED
        else:
            # Frames and cycles or addresses at once: only looking after each instruction is exact for both.
            reason = self.creep(near, next_frame, address)
        self.halted = self.halted or reason == StopReason.HALTED
        return address is not None and self.vm.cpu.pc == address

    def check_time(self) -> None:
        """Raises `Stopped` when the run was interrupted, `TimedOut` when this test has had its time."""
        if self.stop():
            raise Stopped
        if self.deadline is not None and monotonic() >= self.deadline:
            raise TimedOut(f"stopped by --timeout after {self.timeout:g} s, in cycle {self.cycles:,} and frame {self.frames:,}, "
                           f"with the program counter at ${self.vm.cpu.pc:04X}")

    def creep(self, cycles: int, frame: int | None, address: int | None) -> StopReason:
        """Runs for so many cycles, `CREPT` at most, or to the end of a frame, or to an address, an instruction at a time."""
        vm, end = self.vm, self.cycles + min(cycles, CREPT)
        while self.cycles < end and (frame is None or vm.frame < frame):
            reason = self.one(lambda: vm.run(cycles=1))
            if reason != StopReason.CYCLES or vm.cpu.pc == address:
                return reason
        return StopReason.CYCLES

    def step(self) -> None:
        """Runs one instruction, or one interrupt sequence."""
        self.one(self.vm.step)

    def one(self, run: Callable[[], Made]) -> Made:
        """Runs one instruction by a function of the machine, which leaves its trail."""
        return run() if self.trail is None else self.trail.step(self.vm, run)

    def hear(self) -> bytes:
        """All that the guest has sent over the serial line until now. Raises `Mismatch` where there is none."""
        if self.vm.serial is None:
            raise Mismatch(f"{self.vm.spec.id} has no serial line to read from")
        self.sent += self.vm.serial.receive()
        return bytes(self.sent)

    def to_frame(self, frame: int) -> None:
        """Runs until so many frames are finished. A halted processor does not keep the other parts from going
        on.

        Raises `Mismatch` when the limit comes first.
        """
        while self.frames < frame:
            if self.halted:
                self.check_time()
                self.play()
                self.vm.tick()
            elif self.over:
                raise Mismatch(f"frame {frame:,} is not reached {self.limit}")
            else:
                self.advance(frame=frame)

    def to_cycle(self, cycle: int) -> None:
        """Runs until so many cycles have passed. Raises `Mismatch` when the limit comes first."""
        while self.cycles < cycle:
            if self.over:
                raise Mismatch(f"cycle {cycle:,} is not reached {self.limit}")
            self.advance(cycle=cycle)

    def listen(self, frames: int) -> NDArray[np.int16]:
        """Runs for so many frames. Returns their sound, of shape (n, channels). The machine has to have an `audio`."""
        import numpy as np

        audio = self.vm.audio
        assert audio is not None, "who listens has asked the machine"
        audio.forget()
        parts = [audio.ndarray]
        for frame in range(self.frames + 1, self.frames + frames + 1):
            self.to_frame(frame)
            parts.append(audio.ndarray)
            audio.forget()
        return np.concatenate(parts)

    def to_end(self) -> None:
        """Runs to the limit, or until the processor halts."""
        while not self.over:
            self.advance()


def earliest(waiting: deque[tuple[int, int]], *stops: int | None) -> int | None:
    """The first of the moments at which something is to happen."""
    moments = [stop for stop in stops if stop is not None]
    return min([*moments, waiting[0][0]] if waiting else moments, default=None)
