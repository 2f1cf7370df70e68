"""The player: one window, the machine in it, and what happens when."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrovm.errors import ArgumentError, RetroVMError
from retrovm.movie import Movie
from retrovm.player import palettes, sdl
from retrovm.player.audio import Silence, Sound, SoundCard
from retrovm.player.canvas import lines_panel
from retrovm.player.commands import SLOT_COMMANDS, Command
from retrovm.player.controllers import Controllers
from retrovm.player.deck import Deck, Line
from retrovm.player.events import Events
from retrovm.player.files import free_path, stem_of, write_new
from retrovm.player.memory import Memory, default_folder
from retrovm.player.menu import Menu
from retrovm.player.opening import MOVIES, STATES, open_movie, open_program
from retrovm.player.pacing import SECOND, HostClock
from retrovm.player.pages import Pages
from retrovm.player.pictures import Curtain, pixels_of, png_of
from retrovm.player.sdl import sdl2
from retrovm.player.settings import Settings, names_of
from retrovm.player.stats import Stats
from retrovm.player.video import Display, Look, Panel, Picture, Rectangle, Window
from retrovm.slots import state_of

if TYPE_CHECKING:
    from retrovm.session import VM

# A player whose machine stands still looks for events this often, in milliseconds; an event wakes it at once.
IDLE = 100

# How long to wait for a client of the serial line that does not read, in milliseconds, before looking for events again.
STALL = 10

# How long a message is to be read in the window.
MESSAGE = 2 * SECOND

# The display may be so many pictures a second off the machine's rate, as it says it in whole numbers.
NEAR_RATE = 1


def play(vm: VM | None, *, settings: Settings | None = None, frames: int | None = None, line: Line | None = None,
         stats: bool = False, program: str | None = None, movie: Path | None = None, record: Path | None = None) -> None:
    """Opens a window, and returns when the user closes it.

    Parameters
        vm        a machine that has a screen or a serial line; None: the menu, to choose a program
        settings  what the user has chosen
        frames    close the window after so many frames
        line      where the serial line ends
        stats     show the player's figures, and say them at the end
        program   how the user can open it again
        movie     a movie to play
        record    where to record one
    Raises `NoDisplay` where no window can be opened; the machine has not run then. Without a sound card it
    says so on standard error, and there is silence.
    """
    chosen = Settings() if settings is None else settings
    sdl.start()
    try:
        deck = None if vm is None else deck_of(vm, chosen, line)
        if deck is not None and movie is not None:
            deck.play_movie(Movie.open(movie))
        if deck is not None and record is not None:
            deck.record_movie(record)
        memory = Memory(default_folder(chosen.home))
        if memory.trouble:
            say(memory.trouble)
        machine, names = ("", ()) if vm is None else (vm.spec.id, names_of(vm))
        scale = chosen.get("scale", machine, names)
        window = Window(Curtain() if deck is None else deck.picture, scale=scale or None,
                        fullscreen=chosen.get("fullscreen", machine, names), vsync=chosen.get("vsync", machine, names),
                        at=None if scale or memory.window is None else Rectangle(*memory.window))
        try:
            player = Player(deck, window, settings=chosen, memory=memory, stats=stats)
            try:
                player.run(frames, program)
            finally:
                player.close()
        finally:
            window.close()
    finally:
        sdl.stop()


def say(message: str) -> None:
    """A line for whoever started the player."""
    print(f"retrovm: {message}", file=sys.stderr, flush=True)


def deck_of(vm: VM, settings: Settings, line: Line | None = None) -> Deck:
    """A machine as the settings say that it is to be played. Raises `ArgumentError` for one that has nothing to show."""
    machine, names = vm.spec.id, names_of(vm)
    saves = settings.get("saves", machine, names)
    return Deck(vm, keys=settings.keys(machine, names), pads=settings.pads(machine, names), line=line,
                saves=Path(saves).expanduser() if saves else settings.home, rewind=settings.get("rewind", machine, names) << 20)


class Player:
    """Shows and sounds a machine, and does what keys, controllers, the menu and dropped files say.

    It reads SDL's events, so SDL must have been started. `deck` has the machine; without one the menu is open until a program is
    chosen. `sound` is opened for each machine where none is given.
    """

    def __init__(self, deck: Deck | None, display: Display, sound: Sound | None = None, *, settings: Settings | None = None,
                 memory: Memory | None = None, stats: bool = False) -> None:
        self.deck = deck
        self.display = display
        self.settings = Settings() if settings is None else settings
        self.memory = Memory(None) if memory is None else memory
        self.sound: Sound = Silence() if sound is None else sound
        self.controllers = Controllers()
        self.events = Events(self)
        self.menu = Menu()
        self.pages = Pages(self)
        self.stats = Stats()
        self.shows_stats = stats
        self.folder = Path(self.get("pictures") or ".").expanduser()
        self.message: Panel | None = None
        self._message_ends = 0
        self.help: Panel | None = None               # the keys, while they are shown
        self._stats_panel: Panel | None = None
        self._title = ""
        self._picture: Picture = Curtain()
        self.stale = True                        # whether what is shown differs from what should be
        self._running = True
        self._commands: dict[Command, Callable[[], None]] = {
            Command.MENU: self.open_menu,
            Command.HELP: self.toggle_help,
            Command.PAUSE: lambda: self.pause(not self.machine.paused),
            Command.FRAME_ADVANCE: lambda: self.machine.advance(),
            Command.FAST_FORWARD: lambda: self.machine.set_fast(True),
            Command.TOGGLE_FAST: lambda: self.machine.set_fast(not self.machine.fast),
            Command.SLOW_MOTION: lambda: self.machine.set_slow(not self.machine.slow),
            Command.REWIND: lambda: self.machine.set_rewinding(True),
            Command.SAVE: self.save,
            Command.LOAD: self.load,
            Command.UNDO: lambda: self.machine.undo(),
            **{command: partial(self.choose_slot, slot) for slot, command in enumerate(SLOT_COMMANDS)},
            Command.PASTE: self.paste,
            Command.TERMINAL: self.toggle_terminal,
            Command.FULLSCREEN: self.toggle_fullscreen,
            Command.SCREENSHOT: self.screenshot,
            Command.RECORD: lambda: self.record(".gif"),
            Command.QUIETER: lambda: self.change_volume(-10),
            Command.LOUDER: lambda: self.change_volume(10),
            Command.MUTE: lambda: self.set("mute", not self.get("mute")),
            Command.STATS: self.toggle_stats,
            Command.RESET: lambda: self.machine.reset(power_on=False),
            Command.POWER_CYCLE: lambda: self.machine.reset(power_on=True),
            Command.QUIT: self.quit,
        }
        self._apply_look()
        if sound is None:
            self.open_sound()
        if deck is not None:
            self._began(deck)

    # --- settings -------------------------------------------------------------------------------------------

    def get(self, name: str) -> Any:
        """What counts for a setting, for the machine and program that are played."""
        if self.deck is None:
            return self.settings.get(name)
        return self.settings.get(name, self.deck.vm.spec.id, names_of(self.deck.vm))

    def set(self, name: str, value: Any) -> None:
        """Chooses a value of a setting, from now on and for the next time."""
        with self.telling("kept until the end only"):
            self.settings.change(name, value)
        if name in ("volume", "mute"):
            if isinstance(self.sound, Silence):
                self.open_sound()
            self._apply_volume()
            self.tell(f"volume {self.get('volume')} %" if self.sound.volume else "no sound")
        elif name == "vsync":
            self.display.set_vsync(value)
        elif name == "fullscreen":
            self.display.fullscreen = value
        elif name == "fast" and self.deck is not None:
            self.deck.pitched = value == "pitch"
        else:
            self._apply_look()

    def _apply_look(self) -> None:
        self.display.look = Look(self.get("scaling"), self.get("pixels"), self.get("filter"))
        self._picture = Curtain()
        if self.deck is not None:
            screen = self.deck.vm.screen
            self._picture = self.deck.picture
            if screen is not None and self.deck.picture is screen:
                colours = None
                try:
                    colours = palettes.find(self.get("palette"))
                except ArgumentError as error:
                    self.tell(str(error))
                if colours is not None:
                    self._picture = palettes.Recoloured(screen, colours)
        self.stale = True

    def _apply_volume(self) -> None:
        self.sound.volume = 0 if self.get("mute") else self.get("volume")

    def change_volume(self, by: int) -> None:
        """Louder or quieter by so many percent."""
        self.settings.change("mute", False)
        self.set("volume", max(0, min(100, self.get("volume") + by)))

    # --- the machine ----------------------------------------------------------------------------------------

    @property
    def machine(self) -> Deck:
        """The deck with the machine. Raises `ArgumentError` where none is there."""
        if self.deck is None:
            raise ArgumentError("no program is open: choose one in the menu")
        return self.deck

    def insert(self, deck: Deck, program: str | None = None) -> None:
        """Plays another machine; what belongs to the one before is finished and closed."""
        self._end_deck()
        self.deck = deck
        self._apply_look()
        self.open_sound()
        self._began(deck)
        self.menu.close()
        if program is not None:
            self.memory.played(program, deck.vm.spec.id)

    def _began(self, deck: Deck) -> None:
        deck.pitched = self.get("fast") == "pitch"
        self.stats.restart(self.deck)
        self._show_title()

    def _end_deck(self) -> None:
        if self.deck is not None:
            for trouble in self.deck.close():
                self.tell(trouble)

    def open(self, program: str, machine: str | None = None) -> None:
        """Opens a program, a state of the one that is played, or a movie; `machine` where the program does not decide."""
        path = Path(program).expanduser()
        with self.telling("not opened"):
            if path.suffix.lower() in MOVIES:
                vm, movie = open_movie(path, None if self.deck is None else self.deck.vm,
                                       [each.program for each in self.memory.recent])
                deck = deck_of(vm, self.settings)
                deck.play_movie(movie)
                self.insert(deck)
            elif path.suffix.lower() in STATES:
                self.machine.load_bytes(state_of(path.read_bytes()))
                self.menu.close()
            else:
                vm = open_program(program, self.settings, machine)
                self.insert(deck_of(vm, self.settings), program if "/" in program and not path.exists()
                            else str(path.resolve()))
        self._show_title()

    def open_sound(self) -> None:
        """Opens the sound card for the machine, or silence where there is none to be had or to be heard."""
        self.sound.close()
        self.sound = Silence()
        audio = None if self.deck is None else self.deck.vm.audio
        if self.deck is not None and audio is not None and not self.get("mute"):
            try:
                self.sound = SoundCard(audio.rate, audio.channels, self.deck.vm.frame_rate, latency=self.get("latency"))
            except sdl.SdlError as error:
                say(f"no sound: {error}")
        self._apply_volume()

    # --- the loop -------------------------------------------------------------------------------------------

    def run(self, frames: int | None = None, program: str | None = None) -> None:
        """Returns after `quit`, or after so many frames of the machine. `program` is how it can be opened again."""
        if self.deck is None:
            self.menu.open(self.pages.programs())
        else:
            self.deck.frames = frames
            self.deck.pacer.restart()
            if program is not None:
                self.memory.played(program, self.deck.vm.spec.id)
        self.stats.restart(self.deck)
        self.draw()
        while self._running and not (self.deck is not None and self.deck.done):
            self.events.handle()
            if self._running:
                self._step()

    def _step(self) -> None:
        """Runs the machine for a moment, or waits for one."""
        deck = self.deck
        if self.idle or (deck is not None and (deck.rewinding or deck.fast or deck.slow)):
            self.sound.rest()
        if self.message is not None and HostClock.now() > self._message_ends:
            self.message, self.stale = None, True
        if deck is None or self.idle:
            self.draw()                          # what was over the window may be gone
            sdl2.SDL_WaitEventTimeout(None, IDLE)
            self.stats.restart(self.deck)
        elif deck.rewinding:
            if deck.run_back():
                self.draw()
            deck.pacer.wait()
        elif deck.line is not None and deck.line.stalled:
            deck.line.exchange()
            deck.pacer.restart()
            sdl2.SDL_WaitEventTimeout(None, STALL)
        elif deck.fast:
            deck.run_fast(self.sound)
            self.draw()
        elif ran := deck.run_due(self.sound):
            self.stats.ran(ran)
            self.draw()
        else:
            deck.pacer.wait()                    # then events again, as late as can be
        if deck is not None:
            if deck.trouble:
                trouble, deck.trouble = deck.trouble, ""
                self.tell(trouble)
            if deck.line is not None and deck.line.ended:
                self.quit()

    @property
    def idle(self) -> bool:
        """Whether the machine stands still, so that there is nothing to do but to look for events."""
        deck = self.deck
        return deck is None or self.menu.is_open or self.help is not None or (deck.paused and not deck.rewinding)

    def draw(self) -> None:
        """Shows what there is now."""
        self.display.draw(self._picture, self._panels())
        self.stale = False
        self.stats.shown()
        if self.deck is not None:
            self.deck.pacer.shown(bool(self.get("vsync")) and not self.deck.slow
                                  and abs(self.display.refresh_rate - self.deck.vm.frame_rate) <= NEAR_RATE)
            self._show_title()

    def _panels(self) -> list[Panel]:
        panels = []
        if self.menu.is_open:
            panels.append(self.menu.panel)
        elif self.help is not None:
            panels.append(self.help)
        if self.shows_stats and self.deck is not None:
            if self.stats.update(self.deck, self.sound) or self._stats_panel is None:
                self._stats_panel = lines_panel(self.stats.lines, 0, 0)
            panels.append(self._stats_panel)
        if self.message is not None:
            panels.append(self.message)
        return panels

    def _show_title(self) -> None:
        deck = self.deck
        title = "retrovm" if deck is None else " - ".join([deck.name, *([deck.state] if deck.state else [])])
        if title != self._title:
            self._title = title
            self.display.set_title(title)

    # --- commands -------------------------------------------------------------------------------------------

    def do(self, command: Command) -> None:
        """Does what a key of the player is for; what goes wrong is told."""
        with self.telling():
            self._commands[command]()
        self.stale = True
        self._show_title()

    def quit(self) -> None:
        """Ends `run`."""
        self._running = False

    def close(self) -> None:
        """Finishes what is being written, gives the host's devices back, and keeps what is to be remembered."""
        if self.shows_stats and self.deck is not None:
            self.stats.update(self.deck, self.sound, SECOND // 10)
            for text in self.stats.lines:
                say(text)
        self._end_deck()
        self.sound.close()
        self.controllers.close()
        if not self.display.fullscreen:
            self.memory.window = self.display.place
        try:
            self.memory.save()
        except OSError as error:
            say(f"not remembered: {error.filename}: {error.strerror}")

    def tell(self, message: str, more: str = "") -> None:
        """A line to be read in the window for a moment, and with `more` for whoever started the player."""
        say(message + more)
        self.message = lines_panel([message if len(message) < 64 else f"{message[:63]}…"], 0.5, 1)
        self._message_ends = HostClock.now() + MESSAGE
        self.stale = True

    @contextmanager
    def telling(self, what: str = "") -> Iterator[None]:
        """Inside of it, what goes wrong is told in one line, and the player goes on."""
        try:
            yield
        except OSError as error:
            reason = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            self.tell(f"{what}: {reason}" if what else reason)
        except RetroVMError as error:
            self.tell(f"{what}: {error}" if what else str(error))

    def pause(self, on: bool) -> None:
        """Holds the machine where it is, or lets it go on."""
        self.machine.pause(on)

    def open_menu(self) -> None:
        """Shows the menu; the machine waits."""
        if self.deck is not None:
            self.deck.let_go()
        self.help = None
        self.menu.open(self.pages.main())

    def close_menu(self) -> None:
        """Goes back to the machine, or ends where there is none."""
        self.menu.close()
        if self.deck is None:
            self.quit()
        else:
            self.deck.pacer.restart()

    def toggle_help(self) -> None:
        """Shows the keys, and hides them again; the machine waits."""
        self.help = None if self.help is not None else self.pages.help()
        if self.deck is not None:
            self.deck.let_go()
            self.deck.pacer.restart()

    def toggle_stats(self) -> None:
        """Shows the player's figures, and hides them again."""
        self.shows_stats = not self.shows_stats
        self.stats.restart(self.deck)

    def choose_slot(self, slot: int) -> None:
        """The slot that saving and loading mean from now on."""
        self.machine.past.choose(slot)
        self.tell(f"slot {self.machine.past.slot}")

    def save(self) -> None:
        """Saves into the slot, and says where that is."""
        deck = self.machine
        with self.telling("not saved"):
            path = deck.save()
            self.tell(f"saved into slot {deck.past.slot}", f": {path}")

    def load(self) -> None:
        """Loads the slot."""
        deck = self.machine
        with self.telling("not loaded"):
            deck.load()
            self.tell(f"slot {deck.past.slot} loaded")

    def paste(self) -> None:
        """Types the clipboard."""
        text = sdl2.SDL_GetClipboardText()
        self.machine.paste((text or b"").decode(errors="replace"))

    def toggle_terminal(self) -> None:
        """Shows the terminal of the serial line, or the screen."""
        self.machine.toggle_terminal()
        self._apply_look()

    def toggle_fullscreen(self) -> None:
        """Covers the display, or goes back to a window."""
        self.display.fullscreen = not self.display.fullscreen

    def screenshot(self) -> None:
        """Writes the picture as a PNG file of a new name, and says which."""
        deck = self.machine
        if self.get("screenshots") == "shown":
            content = png_of(self.display.capture(self._picture))
        else:
            content = png_of(pixels_of(self._picture))
        with self.telling("no screenshot"):
            self.tell(f"wrote {write_new(self.folder, stem_of(deck.vm), '.png', content)}")

    def record(self, suffix: str) -> None:
        """Begins a recording of pictures, and sound where the kind of file has it; ends the one that runs."""
        from retrovm import recording

        deck = self.machine
        if deck.recording is not None:
            path = deck.recording.path
            deck.end_recording()
            self.tell(f"wrote {path}")
            return
        path = free_path(self.folder, stem_of(deck.vm), suffix)
        with self.telling("not recorded"):
            view = deck.terminal.view if deck.terminal is not None and deck.shows_terminal else None
            deck.recording = recording.record(deck.vm, path, picture=view)
            self.tell(f"recording {path}")

    def record_movie(self) -> None:
        """Begins a movie of what is done from now on; ends the one that runs."""
        deck = self.machine
        if deck.recorder is not None:
            path = deck.recorder.path
            deck.end_movie()
            self.tell(f"wrote {path}")
            return
        path = free_path(self.folder, stem_of(deck.vm), ".rmv")
        with self.telling("not recorded"):
            deck.record_movie(path)
            self.tell(f"recording {path}")
