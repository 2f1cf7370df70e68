"""A player without a window: a display and a sound card that remember, keys and other events, and a steady clock."""

import numpy as np

from retrovm.player.app import Player
from retrovm.player.audio import Silence
from retrovm.player.deck import Deck
from retrovm.player.keyboard import SCANCODES
from retrovm.player.pacing import SECOND, Pacer
from retrovm.player.pictures import pixels_of
from retrovm.player.sdl import sdl2
from retrovm.player.settings import Settings
from retrovm.player.video import Look, Rectangle


class Wall:
    """A display that remembers. `script` has what happens at the n-th picture."""

    fullscreen = False
    look = Look()
    size = (640, 480)
    place = Rectangle(10, 20, 640, 480)
    refresh_rate = 0

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.titles: list[str] = []
        self.script = {}

    def draw(self, picture, panels=()) -> None:
        self.panels = list(panels)
        self.pictures.append(picture.tobytes())
        action = self.script.pop(len(self.pictures), None)
        if action is not None:
            action()

    def set_vsync(self, on: bool) -> None:
        self.vsync = on

    def set_title(self, title: str) -> None:
        self.titles.append(title)

    def capture(self, picture):
        return np.kron(pixels_of(picture), np.ones((3, 3, 1), np.uint8))


class Tape(Silence):
    """A sound card that keeps everything."""

    def __init__(self) -> None:
        super().__init__()
        self.samples = b""
        self.squeezed = 0

    def queue(self, samples) -> None:
        self.samples += samples.tobytes()

    def squeeze(self, samples) -> None:
        self.squeezed += len(samples)


class SteadyClock:
    """A host that is never late, however busy the real one is."""

    def __init__(self) -> None:
        self.time = 0

    def now(self) -> int:
        self.time += SECOND // 10_000
        return self.time

    def sleep(self, nanoseconds: int) -> None:
        self.time += nanoseconds


def make_player(vm, folder, *, line=None, sound=None, settings=None, memory=None):
    """A player with this machine, whose files are in `folder`; its slots are below `folder`/saves."""
    player = Player(Deck(vm, line=line, saves=folder / "saves"), Wall(), Silence() if sound is None else sound,
                    settings=Settings(None, {"saves": str(folder / "saves")}) if settings is None else settings, memory=memory)
    player.folder = folder
    steady(player)
    return player


def steady(player):
    """Gives the machine's pacer a clock that the host cannot disturb."""
    player.deck.pacer = Pacer(player.deck.vm.frame_rate, SteadyClock())


def key(kind: int, code: str, sym: int = 0, mod: int = 0) -> None:
    event = sdl2.SDL_Event()
    event.type = kind
    event.key.keysym = sdl2.SDL_Keysym(SCANCODES[code], sym, mod, 0)
    assert sdl2.SDL_PushEvent(event) == 1


def down(code: str, sym: int = 0, mod: int = 0) -> None:
    key(sdl2.SDL_KEYDOWN, code, sym, mod)


def up(code: str, sym: int = 0, mod: int = 0) -> None:
    key(sdl2.SDL_KEYUP, code, sym, mod)


def focus_lost() -> None:
    event = sdl2.SDL_Event()
    event.type = sdl2.SDL_WINDOWEVENT
    event.window.event = sdl2.SDL_WINDOWEVENT_FOCUS_LOST
    assert sdl2.SDL_PushEvent(event) == 1
