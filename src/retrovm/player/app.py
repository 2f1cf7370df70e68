"""The player: one machine, one window, and what happens when."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from retrovm.errors import ArgumentError, RetroVMError
from retrovm.player import sdl
from retrovm.player.audio import Silence, Sound, SoundCard
from retrovm.player.files import stem_of, write_new
from retrovm.player.keyboard import SLOT_COMMANDS, Command, Keyboard
from retrovm.player.pacing import SECOND, HostClock, Pacer
from retrovm.player.past import Past
from retrovm.player.sdl import sdl2
from retrovm.player.video import Display, Window

if TYPE_CHECKING:
    from retrovm.core.screen import Screen
    from retrovm.session import VM

# How long a fast forward runs the machine before it shows a picture.
FAST_BURST = SECOND // 70

# In slow motion the machine has a quarter of its speed.
SLOW = 4

# A paused player looks for events this often, in milliseconds; an event wakes it at once.
IDLE = 100


# How long to wait for a client of the serial line that does not read, in milliseconds, before looking for events again.
STALL = 10


class Line(Protocol):
    """Where the serial line of the machine ends: `retrovm.hostline` tells."""

    @property
    def stalled(self) -> bool: ...

    @property
    def ended(self) -> bool: ...

    def exchange(self) -> bool: ...


def say(message: str) -> None:
    """A line for whoever started the player."""
    print(f"retrovm: {message}", file=sys.stderr, flush=True)


def play(vm: VM, *, scale: int | None = None, fullscreen: bool = False, mute: bool = False,
         vsync: bool = True, frames: int | None = None, line: Line | None = None, saves: Path | None = None) -> None:
    """Opens a window on a machine that has a screen, and returns when the user closes it.

    Parameters
        scale       how many lines high a pixel of the machine is at first; None: two thirds of the display
        fullscreen  begin so
        mute        no sound
        vsync       show pictures when the display begins a new one
        frames      close the window after so many frames
        line        where the serial line ends
        saves       the folder of the save slots; None: the user's
    Raises `NoDisplay` where no window can be opened; the machine has not run then. Without a sound card it
    says so on standard error, and there is silence.
    """
    screen = screen_of(vm)
    sdl.start()
    try:
        window = Window(screen, scale=scale, fullscreen=fullscreen, vsync=vsync)
        try:
            with open_sound(vm, mute) as sound:
                Player(vm, window, sound, line=line, saves=saves).run(frames)
        finally:
            window.close()
    finally:
        sdl.stop()


def screen_of(vm: VM) -> Screen:
    """The screen; `ArgumentError` for a machine without one."""
    if vm.screen is None:
        raise ArgumentError(f"{vm.spec.id} has no screen to show in a window")
    return vm.screen


@contextmanager
def open_sound(vm: VM, mute: bool) -> Iterator[Sound]:
    """The sound card, or silence where there is none to be had or to be heard."""
    if mute or vm.audio is None:
        yield Silence()
        return
    try:
        card = SoundCard(vm.audio.rate, vm.audio.channels, vm.frame_rate)
    except sdl.SdlError as error:
        say(f"no sound: {error}")
        yield Silence()
        return
    try:
        yield card
    finally:
        card.close()


class Player:
    """Runs a machine at its own speed, shows and sounds it, and does what the keys say.

    It reads SDL's events, so SDL must have been started. Pictures go into `folder`, and states into slots below `saves`; both
    only on request.
    """

    def __init__(self, vm: VM, display: Display, sound: Sound, folder: Path | None = None,
                 line: Line | None = None, saves: Path | None = None) -> None:
        self.vm = vm
        self.screen = screen_of(vm)
        self.display = display
        self.sound = sound
        self.folder = Path() if folder is None else folder
        self.line = line
        self.keyboard = Keyboard(vm, vm.spec.ports_for(vm.options))
        self.pacer = Pacer(vm.frame_rate)
        self.past = Past(vm, saves)
        self.paused = False
        self.fast = False
        self.slow = False
        self.rewinding = False
        self.halted = False
        self._running = True
        self._left: int | None = None
        self._commands: dict[Command, Callable[[], None]] = {
            Command.QUIT: self.quit,
            Command.PAUSE: self.toggle_pause,
            Command.RESET: lambda: self.reset(power_on=False),
            Command.POWER_CYCLE: lambda: self.reset(power_on=True),
            Command.FULLSCREEN: self.toggle_fullscreen,
            Command.LEAVE_FULLSCREEN: self.leave_fullscreen,
            Command.SCREENSHOT: self.screenshot,
            Command.FAST_FORWARD: lambda: self.set_fast(True),
            Command.TOGGLE_FAST: lambda: self.set_fast(not self.fast),
            Command.SLOW_MOTION: self.toggle_slow,
            Command.FRAME_ADVANCE: self.advance,
            Command.REWIND: lambda: self.set_rewinding(True),
            Command.SAVE: self.save,
            Command.LOAD: self.load,
            Command.UNDO: self.undo,
            **{command: partial(self.choose, slot) for slot, command in enumerate(SLOT_COMMANDS)},
        }

    def run(self, frames: int | None = None) -> None:
        """Returns after `quit`, or after so many frames of the machine."""
        self._left = frames
        self._show_title()
        self.display.draw(self.screen)
        self.pacer.restart()
        while self._running and self._left != 0:
            self._handle_events()
            if not self._running:
                break
            if self.rewinding:
                self._run_back()
            elif self.paused:
                self.display.draw(self.screen)       # what was over the window may be gone
                sdl2.SDL_WaitEventTimeout(None, IDLE)
            elif self.line is not None and self.line.stalled:
                self.line.exchange()
                self.pacer.restart()
                sdl2.SDL_WaitEventTimeout(None, STALL)
            elif self.fast:
                self._run_fast()
            elif due := self.pacer.take():
                self._run_frames(due)
            else:
                self.pacer.wait()                       # then events again, as late as can be

    # --- the machine ----------------------------------------------------------------------------------------

    def _run_frames(self, due: int) -> None:
        """Runs frames with their sound and shows the last one; more than one when the host was late."""
        for left in reversed(range(due)):
            if not self._tick(render=left == 0 or self._left == 1):
                break
            if self.vm.audio is not None and not self.slow:
                self.sound.queue(self.vm.audio.tobytes())
        self.pacer.shift(self.sound.late())
        self.display.draw(self.screen)

    def _run_fast(self) -> None:
        """Runs frames without a sound as fast as the host can, and shows the last one."""
        end = HostClock.now() + FAST_BURST
        while HostClock.now() < end and self._left != 1:
            self._tick(render=False)
        self._tick(render=True)
        self.display.draw(self.screen)

    def _run_back(self) -> None:
        """Goes back frame by frame at the machine's own speed, in silence."""
        for _ in range(self.pacer.take()):
            if not self.past.back():
                break
        self.display.draw(self.screen)
        self.pacer.wait()

    def _tick(self, render: bool) -> bool:
        """Runs a frame; False when there are no more to run."""
        if self._left == 0:
            return False
        if self._left is not None:
            self._left -= 1
        if self.line is not None:
            self.line.exchange()
            if self.line.ended:
                self.quit()
        halted = not self.vm.tick(render=render)
        self.keyboard.frame_ran()
        self.past.frame_ran()
        if halted != self.halted:
            self.halted = halted
            self._show_title()
        return True

    # --- events ---------------------------------------------------------------------------------------------

    def _handle_events(self) -> None:
        event = sdl2.SDL_Event()
        while sdl2.SDL_PollEvent(event):
            if event.type == sdl2.SDL_QUIT:
                self.quit()
            elif event.type == sdl2.SDL_KEYDOWN and not event.key.repeat:
                self._key_down(event.key.keysym)
            elif event.type == sdl2.SDL_KEYUP:
                self._key_up(event.key.keysym)
            elif event.type == sdl2.SDL_WINDOWEVENT and event.window.event == sdl2.SDL_WINDOWEVENT_FOCUS_LOST:
                self.keyboard.release_all()
                self.set_fast(False)
                self.set_rewinding(False)
            elif event.type == sdl2.SDL_AUDIODEVICEREMOVED and not event.adevice.iscapture:
                say("no sound: the sound card is gone")
                self.sound = Silence()

    def _key_down(self, keysym: sdl2.SDL_Keysym) -> None:
        command = self.keyboard.command(keysym)
        if command is None:
            self.keyboard.down(keysym.scancode)
        else:
            self._commands[command]()

    def _key_up(self, keysym: sdl2.SDL_Keysym) -> None:
        # Whatever is held with it now: what went down comes up.
        if keysym.sym == sdl2.SDLK_TAB:
            self.set_fast(False)
        elif keysym.sym == sdl2.SDLK_BACKSPACE:
            self.set_rewinding(False)
        self.keyboard.up(keysym.scancode)

    # --- commands -------------------------------------------------------------------------------------------

    def quit(self) -> None:
        """Ends `run`."""
        self._running = False

    def toggle_pause(self) -> None:
        """Holds the machine where it is, or lets it go on."""
        self.paused = not self.paused
        self.pacer.restart()
        self._show_title()

    def set_fast(self, on: bool) -> None:
        """Runs as fast as the host can, or at the machine's own speed."""
        if on != self.fast:
            self.fast = on
            self.pacer.restart()

    def toggle_slow(self) -> None:
        """Runs at a quarter of the machine's speed, in silence, or at its own."""
        self.slow = not self.slow
        self.pacer.set_rate(self.vm.frame_rate / (SLOW if self.slow else 1))
        self._show_title()

    def set_rewinding(self, on: bool) -> None:
        """Goes back in time, as long as that is on."""
        if on and self.past.trouble:
            say(f"no way back: {self.past.trouble}")
        elif on != self.rewinding:
            self.rewinding = on
            self.halted = False
            self.pacer.restart()
            self._show_title()

    def advance(self) -> None:
        """Runs one frame and holds the machine there."""
        if self.paused:
            self._tick(render=True)
            self.display.draw(self.screen)
        else:
            self.toggle_pause()

    def choose(self, slot: int) -> None:
        """The slot that saving and loading mean from now on."""
        self.past.choose(slot)
        say(f"slot {self.past.slot}")

    def save(self) -> None:
        """Saves into the slot, and says where that is."""
        try:
            say(f"saved into slot {self.past.slot}: {self.past.save()}")
        except OSError as error:
            say(f"not saved: {error.filename}: {error.strerror}")
        except RetroVMError as error:
            say(f"not saved: {error}")

    def load(self) -> None:
        """Loads the slot."""
        try:
            self.past.load()
        except RetroVMError as error:
            say(f"not loaded: {error}")
        else:
            self._came_back()

    def undo(self) -> None:
        """Takes the last load back."""
        if self.past.undo():
            self._came_back()
        else:
            say("nothing was loaded that could be taken back")

    def _came_back(self) -> None:
        self.halted = False
        self.pacer.restart()
        self.display.draw(self.screen)
        self._show_title()

    def reset(self, power_on: bool) -> None:
        """Pulls the reset line, or switches off and on."""
        self.vm.reset(power_on)
        self.halted = False
        self._show_title()

    def toggle_fullscreen(self) -> None:
        """Covers the display, or goes back to a window."""
        self.display.fullscreen = not self.display.fullscreen

    def leave_fullscreen(self) -> None:
        """Goes back to a window."""
        if self.display.fullscreen:
            self.display.fullscreen = False

    def screenshot(self) -> None:
        """Writes the picture, as large as it is shown, as a PNG file of a new name, and says which."""
        picture = self.screen.png(min(64, self.display.scale(self.screen)))
        try:
            path = write_new(self.folder, stem_of(self.vm), ".png", picture)
        except OSError as error:
            say(f"no screenshot: {error.filename}: {error.strerror}")
        else:
            say(f"wrote {path}")

    def _show_title(self) -> None:
        name = [] if self.vm.media is None else [self.vm.media.name]
        state = (["going back"] if self.rewinding else ["paused"] if self.paused else ["halted"] if self.halted
                 else ["slow"] if self.slow else [])
        self.display.set_title(" - ".join([*name, self.vm.spec.title, *state]))
