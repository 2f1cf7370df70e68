"""What SDL's events mean: keys and controllers for the machine, the player or its menu, and devices that come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrovm.player.audio import Silence, SoundCard
from retrovm.player.commands import Command
from retrovm.player.controllers import Source, source_text
from retrovm.player.keyboard import CODES
from retrovm.player.sdl import sdl2

if TYPE_CHECKING:
    from retrovm.player.app import Player
    from retrovm.player.deck import Deck

MOVES = {sdl2.SDLK_UP: -1, sdl2.SDLK_DOWN: 1}
LEAPS = {sdl2.SDLK_PAGEUP: -10, sdl2.SDLK_PAGEDOWN: 10, sdl2.SDLK_HOME: -10_000, sdl2.SDLK_END: 10_000}
CHANGES = {sdl2.SDLK_LEFT: -1, sdl2.SDLK_RIGHT: 1}
CHOOSE = (sdl2.SDLK_RETURN, sdl2.SDLK_KP_ENTER)
BACK = (sdl2.SDLK_ESCAPE, sdl2.SDLK_BACKSPACE)
"""What keys do in the menu."""

# What the buttons of a controller are in the menu, as keys.
PAD_KEYS = {"dpup": sdl2.SDLK_UP, "dpdown": sdl2.SDLK_DOWN, "dpleft": sdl2.SDLK_LEFT, "dpright": sdl2.SDLK_RIGHT,
            "a": sdl2.SDLK_RETURN, "start": sdl2.SDLK_RETURN, "b": sdl2.SDLK_ESCAPE, "back": sdl2.SDLK_ESCAPE,
            "guide": sdl2.SDLK_F10, "leftshoulder": sdl2.SDLK_PAGEUP, "rightshoulder": sdl2.SDLK_PAGEDOWN}


class Events:
    """Takes SDL's events and tells a player."""

    def __init__(self, player: Player) -> None:
        self.player = player

    def handle(self) -> None:
        """Does what the events that are waiting say."""
        player, event = self.player, sdl2.SDL_Event()
        while sdl2.SDL_PollEvent(event):
            kind = event.type
            if kind == sdl2.SDL_QUIT:
                player.quit()
            elif kind == sdl2.SDL_KEYDOWN:
                self._key_down(event.key)
            elif kind == sdl2.SDL_KEYUP:
                self._key_up(event.key.keysym)
            elif kind == sdl2.SDL_TEXTINPUT:
                self._text(event.text.text.decode(errors="replace"))
            elif kind == sdl2.SDL_WINDOWEVENT:
                self._window(event.window.event)
            elif kind == sdl2.SDL_DROPFILE:
                player.open(event.drop.file.decode(errors="surrogateescape"))
            elif kind in (sdl2.SDL_AUDIODEVICEADDED, sdl2.SDL_AUDIODEVICEREMOVED):
                if not event.adevice.iscapture:
                    self._sound_device(kind == sdl2.SDL_AUDIODEVICEADDED, event.adevice.which)
            else:
                self._controller(kind, event)

    # --- the window and the sound card ----------------------------------------------------------------------

    def _window(self, kind: int) -> None:
        player = self.player
        if kind == sdl2.SDL_WINDOWEVENT_FOCUS_LOST and player.deck is not None:
            player.deck.let_go()
        player.stale = True

    def _sound_device(self, added: bool, which: int) -> None:
        player = self.player
        if added and isinstance(player.sound, Silence) and not player.get("mute"):
            player.open_sound()
        elif not added and isinstance(player.sound, SoundCard) and which == player.sound.device:
            player.tell("the sound card is gone")
            player.open_sound()

    # --- keys -----------------------------------------------------------------------------------------------

    def _key_down(self, key: sdl2.SDL_KeyboardEvent) -> None:
        player, keysym, repeated = self.player, key.keysym, bool(key.repeat)
        if player.menu.asks:
            if not repeated:
                player.menu.answer(None if keysym.sym == sdl2.SDLK_ESCAPE else CODES.get(keysym.scancode))
        elif player.menu.is_open:
            self._menu_key(keysym.sym, keysym.mod)
        elif player.deck is not None:
            self._machine_key(player.deck, key)

    def _machine_key(self, deck: Deck, key: sdl2.SDL_KeyboardEvent) -> None:
        """A key of the player, of the machine, or of the terminal, which is the only one that keys repeat for."""
        player, terminal, keysym = self.player, deck.terminal if deck.shows_terminal else None, key.keysym
        command = deck.keyboard.command(keysym, terminal is not None)
        if terminal is not None and command is None and player.help is None:
            from retrovm.player.terminal_keys import key_down

            key_down(terminal, keysym)
        elif key.repeat:
            pass
        elif player.help is not None:
            player.toggle_help()
        elif command is not None:
            player.do(command)
        else:
            deck.keyboard.down(keysym.scancode)
            player.stats.pressed(key.timestamp)

    def _text(self, text: str) -> None:
        """What was typed, in the layout of the host's keyboard: for the terminal."""
        deck = self.player.deck
        if deck is not None and deck.terminal is not None and deck.shows_terminal and not self.player.menu.is_open:
            deck.terminal.type(text)

    def _key_up(self, keysym: sdl2.SDL_Keysym) -> None:
        # Whatever is held with it now: what went down comes up.
        deck = self.player.deck
        if deck is not None:
            if keysym.sym == sdl2.SDLK_TAB:
                deck.set_fast(False)
            elif keysym.sym == sdl2.SDLK_BACKSPACE:
                deck.set_rewinding(False)
            deck.keyboard.up(keysym.scancode)

    def _menu_key(self, sym: int, mod: int = 0) -> None:
        player, menu = self.player, self.player.menu
        if sym in BACK:
            menu.back()
            if not menu.is_open and player.deck is None:
                player.quit()                    # there is nothing to see behind it
        elif sym == sdl2.SDLK_F10:
            player.close_menu()
        elif sym in MOVES:
            menu.move(MOVES[sym])
        elif sym in LEAPS:
            menu.leap(LEAPS[sym])
        elif sym in CHANGES:
            menu.change(CHANGES[sym])
        elif sym == sdl2.SDLK_F11 or (sym in CHOOSE and mod & sdl2.KMOD_ALT):
            player.toggle_fullscreen()
        elif sym in CHOOSE:
            with player.telling():
                menu.choose()
        elif sym == sdl2.SDLK_DELETE:
            with player.telling():
                menu.remove()
        elif sym == sdl2.SDLK_q and mod & sdl2.KMOD_CTRL:
            player.quit()
        elif 32 < sym < 127 and not mod & (sdl2.KMOD_CTRL | sdl2.KMOD_ALT):
            menu.seek(chr(sym))
        if not menu.is_open and player.deck is not None:
            player.deck.pacer.restart()
        player.stale = True

    # --- controllers ----------------------------------------------------------------------------------------

    def _controller(self, kind: int, event: sdl2.SDL_Event) -> None:
        player, controllers = self.player, self.player.controllers
        if kind == sdl2.SDL_CONTROLLERDEVICEADDED:
            if name := controllers.added(event.cdevice.which):
                player.tell(f"controller: {name}")
        elif kind == sdl2.SDL_CONTROLLERDEVICEREMOVED:
            for source in controllers.removed(event.cdevice.which):
                if player.deck is not None:
                    player.deck.keyboard.up(source)
            player.tell("a controller is gone")
        elif kind in (sdl2.SDL_CONTROLLERBUTTONDOWN, sdl2.SDL_CONTROLLERBUTTONUP):
            change = controllers.button(event.cbutton.which, event.cbutton.button, kind == sdl2.SDL_CONTROLLERBUTTONDOWN)
            if change is not None:
                self._pad(*change)
        elif kind == sdl2.SDL_CONTROLLERAXISMOTION:
            for change in controllers.axis(event.caxis.which, event.caxis.axis, event.caxis.value):
                self._pad(*change)

    def _pad(self, source: Source, down: bool) -> None:
        """A button of a controller: for the machine, or in the menu."""
        player, name = self.player, source[1]
        if player.menu.asks:
            if down:
                player.menu.answer(f"pad:{source_text(source)}")
        elif player.menu.is_open:
            if down and name in PAD_KEYS:
                self._menu_key(PAD_KEYS[name])
        elif player.help is not None:
            if down:
                player.toggle_help()
        elif name == "guide":
            if down:
                player.do(Command.MENU)
        elif player.deck is not None:
            (player.deck.keyboard.down if down else player.deck.keyboard.up)(source)
