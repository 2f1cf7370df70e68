"""Draws what the player's window shows, for `docs/pictures.py`: a real window of SDL's, whose display nobody sees."""

import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

import retrovm
from retrovm import bundled
from retrovm.core.png import encode

DRIVERS = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "SDL_RENDER_DRIVER": "software"}
SIZE = (960, 480)
SAVED = datetime(2026, 11, 23, 20, 15, 30)


def window(program: str, frames: int, act: Callable[[object], None], size: tuple[int, int] = SIZE, **settings: object) -> bytes:
    """The window with a bundled program after so many frames, and after `act` has done something to its player."""
    os.environ.update(DRIVERS)
    from retrovm.player import sdl
    from retrovm.player.app import Player
    from retrovm.player.audio import Silence
    from retrovm.player.deck import Deck
    from retrovm.player.sdl import sdl2
    from retrovm.player.settings import Settings
    from retrovm.player.video import Rectangle, Window

    found = bundled.find(program)
    vm = retrovm.load(found.file, machine=found.machine)
    with tempfile.TemporaryDirectory() as folder:
        sdl.start()
        try:
            deck = Deck(vm, saves=Path(folder))
            shown = Window(deck.picture, vsync=False, at=Rectangle(0, 0, *size))
            player = Player(deck, shown, Silence(), settings=Settings(None, {"saves": folder, **settings}))
            for _ in range(frames):
                deck.tick(render=True)
            act(player)
            player.message = None
            player.draw()
            pixels = np.empty((size[1], size[0], 3), np.uint8)
            sdl2.SDL_RenderReadPixels(shown._renderer, None, sdl2.SDL_PIXELFORMAT_RGB24, pixels.ctypes.data, pixels.strides[0])
            player.controllers.close()
            shown.close()
        finally:
            sdl.stop()
    return encode(*size, pixels.tobytes(), None)


def slots(player: object) -> None:
    """Three slots that were saved while the program went on, and the page that shows them."""
    for number in (0, 1, 4):
        player.deck.past.choose(number)
        path = player.deck.save()
        saved = SAVED.timestamp() + 60 * number
        os.utime(path, (saved, saved))
        for _ in range(90):
            player.deck.tick(render=True)
    player.menu.open(player.pages.main())
    player.menu.open(player.pages.slots(saving=False))


def type_program(player: object) -> None:
    """A program in BASIC, typed into the terminal of the serial line."""
    player.toggle_terminal()
    for line in ("10 FOR I=1 TO 5", "20 PRINT I*I", "30 NEXT I", "LIST", "RUN"):
        player.deck.paste(f"{line}\n")
        for _ in range(120):
            player.deck.tick(render=True)


PICTURES = {
    "player-menu.png": lambda: window("ember", 120, lambda player: player.menu.open(player.pages.main())),
    "player-slots.png": lambda: window("grotto", 150, slots),
    "player-keys.png": lambda: window("ember", 120, lambda player: player.toggle_help()),
    "player-phosphor.png": lambda: window("horizon", 600, lambda player: None, filter="phosphor", palette="green"),
    "player-terminal.png": lambda: window("eater/basic", 60, type_program, (1280, 768)),
}
"""{file: what draws it}."""
