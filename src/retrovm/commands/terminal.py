"""The serial line of a machine on standard input and output, or on a line of the host.

What stands on the input when the machine starts reaches it as if it had been there from its first frame on, so that a file
or a finished pipe gives the same run every time; what comes later is sent when it comes. On a terminal the keys go to the
machine as they are, and the machine keeps to its real speed; Ctrl-] ends. With a line of the host it keeps to
its real speed, too, and Ctrl-C ends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from retrovm.hostline import AHEAD, KEPT

if TYPE_CHECKING:
    from retrovm.commands.taps import Tap
    from retrovm.core.ports import Serial
    from retrovm.hostline import HostLine
    from retrovm.session import VM

ESCAPE = b"\x1d"          # Ctrl-], as telnet has it: Ctrl-C belongs to the machine
QUIET_SECONDS = 1         # of emulated time: a machine without input, silent so long, has nothing to do
SETTLE_SECONDS = 0.2      # for a pipe that is already closed to be read whole

# A machine whose line is quiet is run in steps of so many seconds: a host that is woken for each frame spends several times
# as much on waking (cold caches, timers) as on the frame. What comes over the line wakes it at once, so that only what a
# guest says after a silence comes later.
NAP_SECONDS = 0.05
REST_SECONDS = 0.05       # how long to wait for a client that does not read, before looking for other news


class Pace:
    """Says how many frames a machine has to run to keep its real speed. Of what a host was late, a second is made up for."""

    def __init__(self, vm: VM) -> None:
        self._rate = float(vm.frame_rate)
        self.restart()

    def restart(self) -> None:
        """The next frame is due now."""
        self._start = time.monotonic()
        self._frames = 0

    def due(self) -> int:
        """How many frames are due now; they count as run."""
        count = int((time.monotonic() - self._start) * self._rate) + 1 - self._frames
        if count > self._rate + 1:
            self.restart()
            count = 1
        self._frames += count
        return count

    def seconds(self, frames: int) -> float:
        """How long it is until so many more frames are due."""
        return max(0.0, self._start + (self._frames + frames - 1) / self._rate - time.monotonic())


class Traffic:
    """Paces a machine by what goes over its line: by frames, or in naps after a second without any."""

    def __init__(self, vm: VM) -> None:
        self.pace = Pace(vm)
        self._nap = max(1, int(vm.frame_rate * NAP_SECONDS))
        self._last = time.monotonic()

    def rest(self, moved: bool, wait: Callable[[float], None]) -> None:
        """Sleeps until a frame is due; where nothing has moved for a while, in `wait`, which ends early if something comes."""
        now = time.monotonic()
        if moved:
            self._last = now
        if now - self._last < QUIET_SECONDS:
            time.sleep(self.pace.seconds(1))
        else:
            wait(self.pace.seconds(self._nap))


class Input:
    """Standard input, read by a thread of its own. More than `KEPT` bytes wait where they come from."""

    def __init__(self, terminal: bool) -> None:
        self._kept = bytearray()
        self._news = threading.Condition()
        self._terminal = terminal
        self.ended = False           # there is no more, but perhaps something to take
        self.escaped = False         # by Ctrl-] on a terminal
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while not self.escaped and (part := os.read(sys.stdin.fileno(), 65536)):
                with self._news:
                    if self._terminal:
                        part, escape, _ = part.partition(ESCAPE)
                        self.escaped = bool(escape)
                    self._kept += part
                    self._news.notify_all()
                    self._news.wait_for(lambda: len(self._kept) < KEPT)
        except (OSError, ValueError):    # no standard input at all
            pass
        with self._news:
            self.ended = True
            self._news.notify_all()

    def settle(self) -> None:
        """Waits for the end, if that is near."""
        with self._news:
            self._news.wait_for(lambda: self.ended or len(self._kept) >= KEPT, SETTLE_SECONDS)

    def wait(self, seconds: float) -> None:
        """Sleeps so long, or until there is something to take."""
        with self._news:
            self._news.wait_for(lambda: self._kept or self.escaped, seconds)

    def take(self, most: int) -> bytes:
        """What has come, up to so many bytes."""
        with self._news:
            content = bytes(self._kept[:most])
            del self._kept[:most]
            self._news.notify_all()
        return content

    @property
    def waiting(self) -> bool:
        """There is something to take."""
        return bool(self._kept)


class Console:
    """The serial line of a machine on standard input and output. `ended` once Ctrl-] was pressed on a terminal."""

    stalled = False

    def __init__(self, vm: VM, serial: Serial, keys: Input) -> None:
        self._vm = vm
        self._serial = serial
        self.keys = keys
        self._out = sys.stdout.buffer

    def exchange(self) -> bool:
        """Moves what has come, and waits until standard output has taken what the guest says. True if there was something."""
        typed = self.keys.take(max(0, AHEAD - self._serial.pending))
        if typed:
            self._serial.send(typed)
        said = self._serial.receive()
        if said:
            self._out.write(said)
            self._out.flush()
        return bool(typed or said)

    @property
    def ended(self) -> bool:
        return self.keys.escaped


@contextmanager
def raw_terminal(terminal: bool) -> Iterator[None]:
    """Passes keys on one by one, without an echo; where the system cannot do that, line by line.

    The terminal is as before afterwards, also where the program is asked to end from outside.
    """
    try:
        import termios
        import tty
    except ImportError:                  # Windows
        terminal = False
    if not terminal:
        yield
        return
    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    handlers = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        tty.setraw(handle)
        yield
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)


@contextmanager
def console(vm: VM, serial: Serial) -> Iterator[Console]:
    """The serial line on standard input and output, whose terminal passes every key on inside the block."""
    terminal = sys.stdin.isatty()
    if terminal:
        print("retrovm: Ctrl-] ends", file=sys.stderr)
    with raw_terminal(terminal):
        keys = Input(terminal)
        if not terminal:
            keys.settle()
        yield Console(vm, serial, keys)


def connect(vm: VM, serial: Serial, frames: int | None, tap: Tap | None) -> None:
    """Runs `frames` frames, or until there is no more input and the machine has fallen silent."""
    with console(vm, serial) as line:
        if sys.stdin.isatty():
            keep_pace(vm, line, line.keys.wait, frames, tap)
        else:
            hurry(vm, serial, line, frames, tap)


def hurry(vm: VM, serial: Serial, line: Console, frames: int | None, tap: Tap | None) -> None:
    """Runs as fast as the host can, so many frames or until nothing is left to do."""
    quiet_frames = int(vm.frame_rate * QUIET_SECONDS) + 1
    done = quiet = pending = 0
    line.exchange()
    while frames is None or done < frames:
        run_frames(vm, 1, tap, frames is None or done + 1 == frames)
        done += 1
        moved = line.exchange()
        quiet = 0 if moved or serial.pending != pending else quiet + 1
        pending = serial.pending
        if frames is None and line.keys.ended and quiet >= quiet_frames:
            break


def attend(vm: VM, line: HostLine, frames: int | None, tap: Tap | None) -> None:
    """Runs `frames` frames, or until Ctrl-C, with the serial line on a line of the host."""
    print(f"retrovm: the serial line is {line.where}; Ctrl-C ends", file=sys.stderr, flush=True)
    with suppress(KeyboardInterrupt):      # what was asked for at the end is still written
        keep_pace(vm, line, line.wait, frames, tap)


def keep_pace(vm: VM, line: HostLine | Console, wait: Callable[[float], None], frames: int | None,
              tap: Tap | None) -> None:
    """Runs at the machine's real speed, so many frames or until the line ends."""
    traffic = Traffic(vm)
    left = frames
    while left != 0:
        moved = line.exchange()
        if line.ended:
            break
        if line.stalled:
            wait(REST_SECONDS)
            traffic.pace.restart()
            continue
        due = traffic.pace.due()
        if left is not None:
            due = min(due, left)
            left -= due
        run_frames(vm, due, tap, left in (None, 0))
        traffic.rest(moved, wait)
    line.exchange()


def run_frames(vm: VM, frames: int, tap: Tap | None, render: bool = True) -> None:
    """Runs frames, draws the last one unless that is not wanted, and lets `tap` take each of them."""
    if tap is None:
        vm.tick(max(frames - 1, 0), render=False)
        vm.tick(min(frames, 1), render=render)
        return
    for frame in range(frames):
        vm.tick(render=tap.pictures or (render and frame == frames - 1))
        tap.take()


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
