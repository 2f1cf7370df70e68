"""What runs the machine that is in the player: at its own speed, faster, slower, backwards, by a movie, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from retrovm.errors import ArgumentError, RetroVMError
from retrovm.movie import Movie, Playback, Recorder
from retrovm.player.audio import Sound
from retrovm.player.keyboard import Keyboard
from retrovm.player.pacing import SECOND, HostClock, Pacer
from retrovm.player.past import Past
from retrovm.player.resampling import Samples

if TYPE_CHECKING:
    from retrovm.player.terminal_line import TerminalLine
    from retrovm.player.video import Picture
    from retrovm.session import VM

# How long a fast forward runs the machine before it shows a picture.
FAST_BURST = SECOND // 70

# In slow motion the machine has a quarter of its speed.
SLOW = 4

# Of a faster forward than so many times nothing could be heard anyway.
MOST_HEARD = 32


class Line(Protocol):
    """Where the serial line of the machine ends: `retrovm.hostline` tells."""

    @property
    def stalled(self) -> bool: ...

    @property
    def ended(self) -> bool: ...

    def exchange(self) -> bool: ...


class Recording(Protocol):
    """Pictures and sound that are being written into a file: `retrovm.recording` has them."""

    @property
    def path(self) -> Path: ...

    def capture(self) -> None: ...

    def close(self) -> None: ...


class Deck:
    """A machine with what it takes to play it.

    Parameters
        vm       the machine
        keys     {button: host keys} where the user has chosen them
        pads     {button: buttons of a game controller}, likewise
        line     where its serial line ends
        saves    the folder of the save slots; None: the user's
        rewind   bytes of memory for going back in time
    A machine without a screen is shown by the terminal of its serial line. Raises `ArgumentError` for one that has neither.
    """

    def __init__(self, vm: VM, *, keys: Mapping[str, tuple[str, ...]] | None = None,
                 pads: Mapping[str, tuple[str, ...]] | None = None,
                 line: Line | None = None, saves: Path | None = None, rewind: int | None = None) -> None:
        if vm.screen is None and (vm.serial is None or line is not None):
            raise ArgumentError(f"{vm.spec.id} has no screen to show in a window")
        self.vm = vm
        self.line = line
        self.terminal: TerminalLine | None = None
        self.shows_terminal = False
        self.keyboard = Keyboard(vm, vm.spec.ports_for(vm.options), keys, pads)
        self.pacer = Pacer(vm.frame_rate)
        self.past = Past(vm, saves, rewind)
        self.paused = False
        self.fast = False
        self.slow = False
        self.rewinding = False
        self.halted = False
        self.pitched = False                     # whether a fast forward is heard
        self.emulated = 0                        # nanoseconds that the host has spent on the machine itself
        self.frames: int | None = None           # how many are left to run; None: no end
        self.recorder: Recorder | None = None
        self.playback: Playback | None = None
        self.recording: Recording | None = None
        self.trouble = ""                        # what went wrong while the machine ran, until somebody has told it
        if vm.screen is None:
            self.toggle_terminal()

    @property
    def picture(self) -> Picture:
        """What is shown: the screen, or the terminal."""
        if self.terminal is not None and self.shows_terminal:
            return self.terminal.view
        assert self.vm.screen is not None
        return self.vm.screen

    def toggle_terminal(self) -> None:
        """Shows the terminal of the serial line, or the screen. Raises `ArgumentError` where one of them is missing."""
        if self.terminal is None:
            if self.vm.serial is None or self.line is not None:
                raise ArgumentError(f"{self.vm.spec.title} has no serial line that could end here")
            from retrovm.player.terminal_line import TerminalLine

            self.line = self.terminal = TerminalLine(self.vm)
        elif self.vm.screen is None:
            raise ArgumentError(f"{self.vm.spec.title} has no screen")
        self.shows_terminal = not self.shows_terminal
        self.keyboard.release_all()

    @property
    def name(self) -> str:
        """Program and machine in words."""
        name = [] if self.vm.media is None else [self.vm.media.name]
        return " - ".join([*name, self.vm.spec.title])

    @property
    def state(self) -> str:
        """What it does, in words; empty where it just plays."""
        return ("going back" if self.rewinding else "paused" if self.paused else "halted" if self.halted
                else "slow" if self.slow else "fast" if self.fast else "movie" if self.playback is not None else "")

    @property
    def done(self) -> bool:
        """Whether there are no more frames to run."""
        return self.frames == 0

    # --- running --------------------------------------------------------------------------------------------

    def run_due(self, sound: Sound) -> int:
        """Runs the frames that are due with their sound; returns how many; more than one when the host was late."""
        due = self.pacer.take()
        ran = 0
        for left in reversed(range(due)):
            if not self.tick(render=left == 0 or self.frames == 1):
                break
            ran += 1
            if self.vm.audio is not None and not self.slow:
                sound.queue(self.vm.audio.ndarray)
        return ran

    def run_fast(self, sound: Sound) -> None:
        """Runs frames as fast as the host can, for a moment, and renders the last one."""
        end = HostClock.now() + FAST_BURST
        heard: list[Samples] = []
        while True:
            last = HostClock.now() >= end or self.frames == 1
            if not self.tick(render=last, keep=last):
                break
            if self.pitched and self.vm.audio is not None and len(heard) < MOST_HEARD:
                heard.append(self.vm.audio.ndarray)
            if last:
                break
        if heard:
            sound.squeeze(np.concatenate(heard))

    def run_back(self) -> int:
        """Goes back the frames that are due, in silence; returns how many were due, more than it went at the beginning."""
        due = self.pacer.take()
        for _ in range(due):
            if not self.past.back():
                break
        return due

    def tick(self, render: bool, keep: bool = True) -> bool:
        """Runs a frame, and keeps what comes of it for going back; False when there are no more to run."""
        if self.frames == 0:
            return False
        if self.frames is not None:
            self.frames -= 1
        if self.line is not None:
            self.line.exchange()
        begin = HostClock.now()
        self.halted = not self.vm.tick(render=render or self.recording is not None)
        self.emulated += HostClock.now() - begin
        self.keyboard.frame_ran()
        if keep:
            self.past.frame_ran()
        if self.recording is not None:
            self._record(self.recording)
        if self.playback is not None and not self.playback.is_open:
            self.playback = None
        return True

    def set_keys(self, keys: Mapping[str, tuple[str, ...]], pads: Mapping[str, tuple[str, ...]]) -> None:
        """Other keys and controllers' buttons for the machine's, as in `__init__`. Raises `ArgumentError`."""
        keyboard = Keyboard(self.vm, self.vm.spec.ports_for(self.vm.options), keys, pads)
        self.keyboard.release_all()
        self.keyboard = keyboard

    def _record(self, recording: Recording) -> None:
        """Writes the frame down; a recording that cannot go on ends, and what is there of it stays."""
        try:
            recording.capture()
        except RetroVMError as error:
            self.recording = None
            self.trouble = str(error)

    # --- speeds ---------------------------------------------------------------------------------------------

    def pause(self, on: bool) -> None:
        """Holds the machine where it is, or lets it go on."""
        self.paused = on
        self.pacer.restart()

    def set_fast(self, on: bool) -> None:
        """Runs as fast as the host can, or at the machine's own speed."""
        if on != self.fast:
            self.fast = on
            self.pacer.restart()

    def set_slow(self, on: bool) -> None:
        """Runs at a quarter of the machine's speed, in silence, or at its own."""
        self.slow = on
        self.pacer.set_rate(self.vm.frame_rate / (SLOW if on else 1))

    def set_rewinding(self, on: bool) -> None:
        """Goes back in time, as long as that is on. Raises `ArgumentError` where nothing is kept to go back to."""
        if on and self.past.no_rewind:
            raise ArgumentError(f"no way back: {self.past.no_rewind}")
        if on != self.rewinding:
            self.rewinding = on
            self._came_back()

    def advance(self) -> None:
        """Runs one frame of a machine that is paused, or pauses it."""
        if self.paused:
            self.tick(render=True)
        else:
            self.pause(True)

    def let_go(self) -> None:
        """Every key comes up, and what lasts as long as a key is held ends: the window has lost the keyboard."""
        self.keyboard.release_all()
        self.set_fast(False)
        self.set_rewinding(False)

    # --- going elsewhere ------------------------------------------------------------------------------------

    def save(self) -> Path:
        """Saves into the slot; returns its file. Raises `RetroVMError` and `OSError`."""
        return self.past.save()

    def load(self) -> None:
        """Loads the slot. Raises `RetroVMError`."""
        self.past.load()
        self._came_back()

    def load_bytes(self, state: bytes) -> None:
        """Loads a state of this program. Raises `StateError`."""
        self.past.load_bytes(state)
        self._came_back()

    def undo(self) -> None:
        """Takes the last load back. Raises `ArgumentError` where there was none."""
        self.past.undo()
        self._came_back()

    def reset(self, power_on: bool) -> None:
        """Pulls the reset line, or switches off and on."""
        self.vm.reset(power_on)
        self._came_back()

    def _came_back(self) -> None:
        self.halted = False
        self.pacer.restart()
        if self.playback is None:
            self.keyboard.restore()

    # --- movies and recordings ------------------------------------------------------------------------------

    def record_movie(self, path: Path) -> None:
        """Begins a movie: what the user does from now on. Raises `RetroVMError` and `OSError`."""
        self.end_movie()
        self.recorder = Recorder(self.vm, path)

    def play_movie(self, movie: Movie) -> None:
        """Plays a movie of this machine and program. Raises `RetroVMError`."""
        self.end_movie()
        self.playback = Playback(movie, self.vm)
        self._came_back()

    def end_movie(self) -> None:
        """Ends a movie that is recorded or played."""
        if self.recorder is not None:
            recorder, self.recorder = self.recorder, None
            if recorder.is_open:
                recorder.close()
        if self.playback is not None:
            self.playback.stop()
            self.playback = None

    def end_recording(self) -> None:
        """Finishes the file that pictures and sound are written into."""
        if self.recording is not None:
            recording, self.recording = self.recording, None
            recording.close()

    # --- text -----------------------------------------------------------------------------------------------

    def paste(self, text: str) -> None:
        """Types text into a computer that has a serial line, as fast as that takes it. Raises `ArgumentError` for others."""
        if self.terminal is not None:
            self.terminal.paste(text)
        elif self.vm.serial is not None:
            self.vm.serial.send(text.replace("\r\n", "\r").replace("\n", "\r").encode("utf-8", "replace"))
        else:
            raise ArgumentError(f"nothing typed: {self.vm.spec.title} has no serial line")

    def close(self) -> list[str]:
        """Finishes all files, and those of the machine's disks. Returns what went wrong, in words."""
        troubles = []
        for end in (self.end_movie, self.end_recording):
            try:
                end()
            except (RetroVMError, OSError) as error:
                troubles.append(str(error))
        troubles += [f"{disk.fault.filename}: the guest had a disk error: {disk.fault.strerror}"
                     for disk in self.vm.disks.values() if disk.fault is not None]
        self.vm.close()
        return troubles
