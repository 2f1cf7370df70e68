"""A machine that runs: a `MachineSpec`, a medium, options and a seed, and all that can be done with them.

    vm = retrovm.load("game.ch8")
    vm.tick(60)
    vm.screen.image.save("game.png")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from pickle import PicklingError
from typing import TYPE_CHECKING, Any

from retrovm.core.blocks import Image
from retrovm.core.cpu import CallResult
from retrovm.core.machine import Machine
from retrovm.core.memory_view import MemoryView
from retrovm.core.ports import Buttons
from retrovm.core.types import StopReason
from retrovm.errors import (
    AddressError,
    ArgumentError,
    CallError,
    OptionError,
    StateError,
    UnknownNameError,
)
from retrovm.snapshot import Snapshot
from retrovm.spec import MachineSpec, nearest
from retrovm.symbols import Symbols

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from os import PathLike

    from retrovm.chips.hd44780_module import Hd44780Module
    from retrovm.core.ports import Serial
    from retrovm.core.trace import BusTrace
    from retrovm.core.watch import Watch, WatchEvent
    from retrovm.debug.coverage import Coverage
    from retrovm.debug.profile import Profile
    from retrovm.hostline import HostLine
    from retrovm.media import Media

Target = int | str
"""An address, or the name of one that `vm.symbols` knows."""

Hook = Callable[["VM"], object]

Where = Target | slice | range | tuple[Target, Target]
"""An address or a symbol, several as a slice or a range, or the first and the last."""


class VM(Machine):
    """A machine of `spec` with `media` in it, switched on.

    `retrovm.load` and `retrovm.create` make one. Inherited from `Machine`:

        tick(frames=1, render=True)  runs whole frames; False when it was stopped or the processor halted
        step()                       runs one instruction and returns the cycles that it took
        reset(power_on=True)         switches off and on; with False, pulls the reset line, which keeps memory
        cpu, screen, audio, ports    the parts; None where the machine has no such part
        clock, frame, devices, buses
    `disks` has the disk images by the names of their options.

    Raises `OptionError` for options that the machine does not have, and what it says about its media.
    """

    def __init__(self, spec: MachineSpec, media: Media | None = None,
                 options: Mapping[str, Any] | None = None, seed: int = 1) -> None:
        self.spec = spec
        self.media = media
        self.options = spec.parse_options(options or {})
        self.seed = seed
        super().__init__(spec.clock_rate(self.options), frame_rate=spec.frame_rate(self.options), seed=seed)
        spec.wire(self, media, self.options)
        if self.cpu is None:
            raise ArgumentError(f"{spec.id}: its wiring adds no processor, and a machine has at least one")
        self.memory = MemoryView(self.cpu.bus)
        self.symbols = Symbols()
        self.disks = self._find_disks()
        self.reset(True)

    def __repr__(self) -> str:
        medium = f" with {self.media.name!r}" if self.media is not None else ""
        return f"<VM {self.spec.id}{medium}, frame {self.frame}>"

    def _repr_png_(self) -> bytes | None:
        """Lets a notebook show the picture."""
        return None if self.screen is None else self.screen._repr_png_()

    @property
    def serial(self) -> Serial | None:
        """The host's end of the serial line, with `send` and `receive`; None on a machine without one."""
        return self.ports.serial

    @property
    def lcd(self) -> Hd44780Module | None:
        """The first character display, with `text`, `codes`, `art` and `screen`; None on a machine without one."""
        from retrovm.chips.hd44780_module import Hd44780Module

        return next((part for part in self.devices.values() if isinstance(part, Hd44780Module)), None)

    @property
    def leds(self) -> dict[str, bool]:
        """All LEDs by their names, and whether each is lit now. `vm.devices` has the rows, with `brightness`."""
        from retrovm.chips.leds import Leds

        return {name: part[name] for part in self.devices.values() if isinstance(part, Leds) for name in part.names}

    def _find_disks(self) -> dict[str, Image]:
        """The disks that are in the machine, by the names of their options."""
        disks = {}
        for option in self.spec.options:
            if option.medium and self.options[option.name] is not None:
                part = self.devices.get(option.name)
                if not isinstance(part, Image):
                    raise ArgumentError(f"{self.spec.id}: its wiring adds no disk named {option.name!r} for the option of "
                                        f"that name: machine.add(open_disk({option.name!r}, options[{option.name!r}]))")
                disks[option.name] = part
        return disks

    def close(self) -> None:
        """Gives up the files of the disks, and waits until the host has written what the guest has.

        The machine is of no use afterwards, unless it has no disks. A machine that nobody holds any more does the same,
        but for the waiting.
        """
        for disk in self.disks.values():
            disk.close()

    # --- running --------------------------------------------------------------------------------------------

    def run(self, cycles: int | None = None,
            until: Target | Callable[[VM], object] | None = None) -> StopReason:
        """Runs for so many processor cycles, or until something is so, or whatever comes first.

        Parameters
            cycles  rounded up to a whole instruction
            until   an address or a symbol: the machine stops before the instruction there. Where it stopped,
                    it goes on. Or a predicate, `until(vm)`: asked before every instruction, so it costs time
        Returns the `StopReason`: CYCLES, ADDRESS (or a hook asked for it), WATCH, PREDICATE or HALTED. Without
        any limit the machine runs until a hook or a watchpoint stops it, its processor halts, or Ctrl-C.
        """
        if until is None:
            return self.run_cycles(cycles)
        if callable(until):
            return self._run_until_true(until, cycles)
        address = self._address(until)
        self.add_hook(address, None)
        try:
            return self.run_cycles(cycles)
        finally:
            self.remove_hook(address, None)

    def _run_until_true(self, predicate: Callable[[VM], object], cycles: int | None) -> StopReason:
        end = None if cycles is None else self.clock.ticks + cycles * self.cpu.period
        while not predicate(self):
            if end is not None and self.clock.ticks >= end:
                return StopReason.CYCLES
            reason = self.run_cycles(1)
            if reason != StopReason.CYCLES:
                return reason
        return StopReason.PREDICATE

    def call(self, target: Target, *, limit: int = 100_000_000, **registers: int) -> CallResult:
        """Runs a 6502 subroutine to its RTS, as if a JSR stood at the program counter.

        Parameters
            target     its address or symbol
            limit      the cycles that it may take
            registers  what it begins with: `a=3, x=4`
        Afterwards the program counter and the stack pointer are as before, the other registers as the
        subroutine left them. Raises `CallError` when it does not come back; the machine is then where it has
        come to.
        """
        from retrovm.cpu.mos6502 import Mos6502
        from retrovm.cpu.mos6502_call import call

        if not isinstance(self.cpu, Mos6502):
            raise CallError(f"{self.spec.id}: vm.call runs routines of a 6502, not of {type(self.cpu).__name__}")
        return call(self.cpu, self, self._address(target), limit, registers)

    # --- input ----------------------------------------------------------------------------------------------

    def button(self, name: str, frames: int = 1) -> None:
        """Presses a button, and releases it after so many frames. Names: `vm.spec.ports`."""
        self._buttons(name).press(name, frames)

    def button_press(self, name: str) -> None:
        """Holds a button down from the next frame on."""
        self._buttons(name).press(name)

    def button_release(self, name: str) -> None:
        """Lets a button go from the next frame on."""
        self._buttons(name).release(name)

    def _buttons(self, name: str) -> Buttons:
        groups = [port for port in self.ports.groups.values() if isinstance(port, Buttons)]
        ports = {button: port for port in groups for button in port.names}
        if name not in ports:
            raise UnknownNameError(f"{self.spec.id} has no button {name!r}{nearest(str(name), ports)}")
        return ports[name]

    def connect(self, place: str) -> HostLine:
        """Ends the serial line at a place outside of this process, for a `with` block.

        Parameters
            place  "pty" for a new pseudo-terminal, "pty:PATH" for one with a symbolic link to it, "tcp:HOST:PORT" for a port
        Between two runs, `line.exchange()` moves what can move, without waiting; `line.where` is what a client connects to.
        `retrovm.hostline` tells more. `ArgumentError` for a place that is none, `HostLineError` where the system refuses it.
        """
        from retrovm.hostline import HostLine, open_end

        if self.serial is None:
            raise ArgumentError(f"{self.spec.id} has no serial line to connect")
        return HostLine(self, open_end(place))

    # --- looking inside -------------------------------------------------------------------------------------

    def hook(self, target: Target, callback: Hook | None) -> None:
        """Calls `callback(vm)` before each instruction at an address or symbol.

        A callback that moves the program counter takes the place of the instruction; one that returns
        `StopReason.ADDRESS` ends the run. None instead of a callback ends it always. Hooks are no part of the
        machine's state and do not go into snapshots and copies.
        """
        self.add_hook(self._address(target), callback)

    def unhook(self, target: Target, callback: Hook | None) -> None:
        """Takes back `hook`. `ArgumentError` when there is no such hook."""
        self.remove_hook(self._address(target), callback)

    def watch(self, where: Where, callback: Callable[[VM, WatchEvent], object] | None = None, *,
              on: str = "write", value: int | None = None) -> Watch:
        """Waits for accesses, and calls `callback(vm, event)` for each after the instruction that made it.

        Parameters
            where     an address or symbol, `slice(0x200, 0x300)`, `range(0x200, 0x300)`, or (first, last)
            callback  None ends the run after the instruction, and so does a callback that returns
                      `StopReason.WATCH`; `vm.stopped_by` is then the event
            on        "write", "read" or "access", the accesses that instructions mean to make, and a stack's and
                      a vector's; "bus" every cycle there: fetches of code and dummy accesses, too
            value     counts alone, when it is read or written; None for any
        Returns the `Watch`: `watch.remove()` ends it, as does the end of its `with` block. The event has
        `address`, `value`, `old` (before a write), `kind`, `access`, `cycle`, and `pc` of the instruction.

        An address is what is on the lines of the bus; memory that is mapped twice is watched where it is accessed.
        What the host does with `vm.memory` is not seen. Watchpoints are no part of the machine's state, as hooks are
        none: they stay through `load_state` and `reset`, and do not go into snapshots and copies.
        """
        first, last = self._addresses(where)
        return self.add_watch(first, last, callback, on=on, value=value)

    def trace_calls(self) -> AbstractContextManager[Any]:
        """Makes `vm.cpu.call_stack()` certain inside a `with` block, on a processor on which it is not by itself."""
        return self.cpu.trace_calls()

    def trace_bus(self) -> BusTrace:
        """Records every bus cycle inside a `with` block.

        The trace is a sequence of (cycle, address, value, "read" or "write"), inside the block and after it.
        """
        return self.cpu.trace_bus()

    def coverage(self, debug: str | PathLike[str] | None = None) -> Coverage:
        """Counts which instructions run inside a `with` block, and which ways branches go.

        Parameters
            debug  what ld65 --dbgfile wrote, for coverage by lines of sources; without it, by lines of a listing
        Returns the `Coverage`: `counts`, `branches`, and `write` for lcov or pages, during the block of what ran in others
        before, and after it. It may run in several blocks, and adds. The machine stays as exact, at a third of its speed at
        worst.
        """
        from retrovm.debug.coverage import Coverage

        return Coverage(self.cpu, self.symbols, self._model(), debug)

    def profile(self) -> Profile:
        """Counts inside a `with` block how many cycles each subroutine takes, and calls of whom.

        Returns the `Profile`: `functions`, `table()`, and `write` for callgrind's tools or a flame graph; see `coverage`.
        """
        from retrovm.debug.profile import Profile

        return Profile(self.cpu, self.symbols)

    def _model(self) -> str:
        """Which member of its family the processor is."""
        return str(getattr(self.cpu, "model", None) or getattr(self.cpu, "profile", ""))

    def _address(self, target: Target) -> int:
        try:
            address = self.symbols.resolve(target).__index__()
        except AttributeError:
            raise ArgumentError(f"expected an address or the name of one, not {target!r}") from None
        reach = self.cpu.bus.reach
        if not 0 <= address < reach:
            raise AddressError(f"{target!r} is outside the address space, $0000-${reach - 1:04X}")
        return address

    def _addresses(self, where: Where) -> tuple[int, int]:
        """The first and the last address of a range."""
        if isinstance(where, slice):
            begin = 0 if where.start is None else self.symbols.resolve(where.start)
            end = self.cpu.bus.size if where.stop is None else self.symbols.resolve(where.stop)
            where = range(begin, end, 1 if where.step is None else where.step)
        if isinstance(where, range):
            if where.step != 1 or not where:
                raise ArgumentError(f"expected addresses one after the other, and one at least, not {where!r}")
            where = where[0], where[-1]
        first, last = where if isinstance(where, tuple) and len(where) == 2 else (where, where)
        found = self._address(first), self._address(last)
        if found[0] > found[1]:
            raise ArgumentError(f"expected the first and the last address in order, not {where!r}")
        return found

    # --- state ----------------------------------------------------------------------------------------------

    def save_state(self) -> bytes:
        """The whole state of the machine, for `load_state` of the same machine with the same media."""
        return Snapshot(machine=self.spec.id, options=self.options, seed=self.seed, fields=self.save_fields(),
                        media=None if self.media is None else self.media.sha1).pack()

    def load_state(self, data: bytes) -> None:
        """Goes back to a state that `save_state` gave.

        Raises `StateError`, and changes nothing, when the bytes are damaged or belong to another machine,
        other options or other media.
        """
        snapshot = Snapshot.unpack(bytes(data))
        self.check_origin(snapshot, "snapshot")
        self.load_fields(snapshot.fields)

    def check_origin(self, snapshot: Snapshot, what: str) -> None:
        """Raises `StateError` where a snapshot, or `what` else says so, is of another machine, other media or options."""
        if snapshot.machine != self.spec.id:
            raise StateError(f"the {what} is of a {snapshot.machine}, and this machine is a {self.spec.id}")
        mine = None if self.media is None else self.media.sha1
        if snapshot.media != mine:
            raise StateError(f"the {what} was saved with {_medium(snapshot.media)}, and this machine has "
                             f"{_medium(mine)}: load the same file first")
        try:
            options = self.spec.parse_options(snapshot.options)
        except OptionError as error:
            raise StateError(f"the {what} has options that this machine does not: {error}") from None
        media = {option.name for option in self.spec.options if option.medium}
        missing = [name for name in sorted(media) if (options[name] is None) != (self.options[name] is None)]
        if missing:
            here = {name: "without one" if self.options[name] is None else f"with {self.options[name]}" for name in missing}
            raise StateError("; ".join(f"the {what} was saved {'without' if options[name] is None else 'with'} a medium "
                                       f"as {name!r}, and this machine is {here[name]}" for name in missing))
        other = [f"{name}={value!r} (here {self.options[name]!r})" for name, value in options.items()
                 if value != self.options[name] and name not in media]
        if other:
            raise StateError(f"the {what} was saved with other options: {', '.join(other)}")

    def state_hash(self) -> str:
        """SHA-256 of the state in hexadecimal: the same for equal machines in equal states on every host."""
        return sha256(self.save_fields()).hexdigest()

    def clone(self) -> VM:
        """A second machine in the same state, with the same symbols, no hooks and no watchpoints. It goes its own way.

        Its disks are overlays: what it writes changes no file, and it does not see what this machine writes from now on.
        """
        twin = VM(self.spec, self.media, {**self.options, **self.disks}, self.seed)
        twin.options.update(self._options_of_copy())
        twin.load_fields(self.save_fields())
        twin.symbols = self.symbols.copy()
        return twin

    def _options_of_copy(self) -> dict[str, Any]:
        """The options of a copy, which writes to no disk image."""
        return {**self.options, **{name: self.options[name].of_copy() for name in self.disks}}

    def __copy__(self) -> VM:
        return self.clone()

    def __deepcopy__(self, memo: dict[int, Any]) -> VM:
        return self.clone()

    def __reduce__(self) -> tuple[Any, ...]:
        from retrovm import registry

        find: Callable[[], MachineSpec] | None = self.spec.reload
        if registry.machines().get(self.spec.id) is self.spec:
            find = partial(registry.machine, self.spec.id)
        if find is None:
            raise PicklingError(f"no machine {self.spec.id!r} is registered, so another process would not "
                                f"find it: give it an entry point in the group retrovm.machines")
        return _restore, (find, self.media, self._options_of_copy(), self.seed, self.save_fields(), self.symbols)


def _restore(find: Callable[[], MachineSpec], media: Media | None, options: Mapping[str, Any], seed: int, fields: bytes,
             symbols: Symbols) -> VM:
    """Makes the machine again that a pickle describes."""
    vm = VM(find(), media, options, seed)
    vm.load_fields(fields)
    vm.symbols = symbols
    return vm


def _medium(sha1: str | None) -> str:
    return "no media" if sha1 is None else f"the media of SHA-1 {sha1}"
