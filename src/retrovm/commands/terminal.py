"""The serial line of a machine on standard input and output.

What stands on the input when the machine starts is sent before its first frame, so that a file or a finished
pipe gives the same run every time; what comes later is sent when it comes. On a terminal the keys go to the
machine as they are, and the machine keeps to its real speed; Ctrl-] ends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrovm.commands.sound import Sound
    from retrovm.core.ports import Serial
    from retrovm.session import VM

ESCAPE = b"\x1d"          # Ctrl-], as telnet has it: Ctrl-C belongs to the machine
QUIET_SECONDS = 1         # of emulated time: a machine without input, silent so long, has nothing to do
SETTLE_SECONDS = 0.2      # for a pipe that is already closed to be read whole


class Input:
    """Standard input, read by a thread of its own."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while part := os.read(sys.stdin.fileno(), 65536):
                with self._lock:
                    self._parts.append(part)
        except (OSError, ValueError):    # no standard input at all
            pass
        self._ended.set()

    def settle(self) -> None:
        """Waits for the end, if that is near."""
        self._ended.wait(SETTLE_SECONDS)

    def take(self) -> bytes:
        """What has come since the last call."""
        with self._lock:
            content = b"".join(self._parts)
            self._parts.clear()
        return content

    @property
    def ended(self) -> bool:
        return self._ended.is_set()


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


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def connect(vm: VM, serial: Serial, frames: int | None, sound: Sound | None) -> None:
    """Runs `frames` frames, or until there is no more input and the machine has fallen silent."""
    terminal = sys.stdin.isatty()
    if terminal:
        print("retrovm: Ctrl-] ends", file=sys.stderr)
    with raw_terminal(terminal):
        _run(vm, serial, frames, sound, Input(), terminal)


def _run(vm: VM, serial: Serial, frames: int | None, sound: Sound | None, keys: Input,
         terminal: bool) -> None:
    out = sys.stdout.buffer
    quiet_frames = int(vm.frame_rate * QUIET_SECONDS) + 1
    start = time.monotonic()
    done = quiet = pending = 0
    if not terminal:
        keys.settle()
    while frames is None or done < frames:
        if typed := keys.take():
            typed, escape, _ = typed.partition(ESCAPE) if terminal else (typed, b"", b"")
            serial.send(typed)
            if escape:
                break
        vm.tick(render=done + 1 == frames or frames is None)
        done += 1
        if sound is not None:
            sound.take()
        if said := serial.receive():
            out.write(said)
            out.flush()
        if terminal:
            time.sleep(max(0.0, start + float(done / vm.frame_rate) - time.monotonic()))
        quiet = 0 if said or typed or serial.pending != pending else quiet + 1
        pending = serial.pending
        if frames is None and keys.ended and quiet >= quiet_frames:
            break
