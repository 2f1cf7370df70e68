"""The host's keys, and buttons of game controllers, that are a machine's.

They go by position, so that a keypad keeps its shape on every layout; they are named as in the UI Events standard
(docs/references.md: uievents-code), as in `vm.spec.ports`. A key that the machine uses is the machine's: the player then has it
only together with Ctrl or Alt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from retrovm.errors import ArgumentError
from retrovm.player.commands import ALT, CTRL, SHIFT, SHORTCUTS, Command, in_terminal
from retrovm.player.controllers import Source, sources_of
from retrovm.player.sdl import sdl2
from retrovm.spec import Port, nearest

_NAMED = {
    "Backquote": "GRAVE", "Backslash": "BACKSLASH", "Backspace": "BACKSPACE", "BracketLeft": "LEFTBRACKET",
    "BracketRight": "RIGHTBRACKET", "Comma": "COMMA", "Equal": "EQUALS", "IntlBackslash": "NONUSBACKSLASH",
    "IntlRo": "INTERNATIONAL1", "IntlYen": "INTERNATIONAL3", "Minus": "MINUS", "Period": "PERIOD",
    "Quote": "APOSTROPHE", "Semicolon": "SEMICOLON", "Slash": "SLASH", "AltLeft": "LALT",
    "AltRight": "RALT", "CapsLock": "CAPSLOCK", "ContextMenu": "APPLICATION", "ControlLeft": "LCTRL",
    "ControlRight": "RCTRL", "Enter": "RETURN", "MetaLeft": "LGUI", "MetaRight": "RGUI",
    "ShiftLeft": "LSHIFT", "ShiftRight": "RSHIFT", "Space": "SPACE", "Tab": "TAB", "Delete": "DELETE",
    "End": "END", "Home": "HOME", "Insert": "INSERT", "PageDown": "PAGEDOWN", "PageUp": "PAGEUP",
    "ArrowDown": "DOWN", "ArrowLeft": "LEFT", "ArrowRight": "RIGHT", "ArrowUp": "UP",
    "NumLock": "NUMLOCKCLEAR", "NumpadAdd": "KP_PLUS", "NumpadComma": "KP_COMMA",
    "NumpadDecimal": "KP_PERIOD", "NumpadDivide": "KP_DIVIDE", "NumpadEnter": "KP_ENTER",
    "NumpadEqual": "KP_EQUALS", "NumpadMultiply": "KP_MULTIPLY", "NumpadSubtract": "KP_MINUS",
    "Escape": "ESCAPE", "PrintScreen": "PRINTSCREEN", "ScrollLock": "SCROLLLOCK", "Pause": "PAUSE",
}
_NAMES = {
    **{f"Key{letter}": letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    **{f"Digit{digit}": f"{digit}" for digit in range(10)},
    **{f"Numpad{digit}": f"KP_{digit}" for digit in range(10)},
    **{f"F{number}": f"F{number}" for number in range(1, 25)},
    **_NAMED,
}

SCANCODES: dict[str, int] = {code: getattr(sdl2, f"SDL_SCANCODE_{name}") for code, name in _NAMES.items()}
"""SDL's number for the key at a position, by its name in UI Events."""

CODES = {number: code for code, number in SCANCODES.items()}
"""The name of a key, by SDL's number."""


Key = int | Source
"""SDL's number of a key, or a button of a controller."""


class Machine(Protocol):
    """What takes the keys."""

    def button_press(self, name: str) -> None: ...

    def button_release(self, name: str) -> None: ...


class Keyboard:
    """The keys of a machine with these ports, and the buttons of controllers, which are as good as keys.

    `keys` and `pads` have those of buttons for which the user has chosen others. Raises `ArgumentError` for one that does not
    exist.
    """

    def __init__(self, machine: Machine, ports: tuple[Port, ...], keys: Mapping[str, tuple[str, ...]] | None = None,
                 pads: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._machine = machine
        self._buttons: dict[Key, list[str]] = {}
        self._down: set[Key] = set()
        self._new: set[Key] = set()
        self._released: set[Key] = set()
        for name, codes in keys_of(ports, keys or {}).items():
            for code in codes:
                if code not in SCANCODES:
                    raise ArgumentError(f"button {name}: there is no key {code!r}{nearest(code, SCANCODES)}")
                self._buttons.setdefault(SCANCODES[code], []).append(name)
        for name, sources in sources_of(ports, pads or {}).items():
            for source in sources:
                self._buttons.setdefault(source, []).append(name)

    def has(self, key: Key) -> bool:
        """Whether the machine has this key."""
        return key in self._buttons

    def command(self, keysym: sdl2.SDL_Keysym, terminal: bool = False) -> Command | None:
        """What the player does when this key goes down, or None: then it may be the machine's, or that of a terminal."""
        held = sum(group for group in (CTRL, SHIFT, ALT) if keysym.mod & group)
        if terminal:
            return in_terminal(held, keysym.sym)
        if not held & (CTRL | ALT) and keysym.scancode in self._buttons:
            return None
        return SHORTCUTS.get((held, keysym.sym))

    def down(self, key: Key) -> None:
        """A key goes down. One that the machine does not have is ignored."""
        self._released.discard(key)
        if key in self._down:
            return
        for name in self._buttons.get(key, ()):
            self._down.add(key)
            self._new.add(key)
            self._machine.button_press(name)

    def up(self, key: Key) -> None:
        """A key comes up. One that went down since the last frame stays for one: the machine looks once a frame."""
        if key in self._new:
            self._released.add(key)
        elif key in self._down:
            self._release(key)

    def frame_ran(self) -> None:
        """The machine has seen what is held."""
        self._new.clear()
        for key in self._released:
            self._release(key)
        self._released.clear()

    def restore(self) -> None:
        """The machine has another state, in which other buttons may be down: what is held now counts."""
        held = {name for key in self._down for name in self._buttons[key]}
        for name in {name for names in self._buttons.values() for name in names}:
            (self._machine.button_press if name in held else self._machine.button_release)(name)

    def release_all(self) -> None:
        """Every key comes up: the window has lost the keyboard."""
        for key in tuple(self._down):
            self._release(key)
        self._new.clear()
        self._released.clear()

    def _release(self, key: Key) -> None:
        self._down.discard(key)
        still = {name for other in self._down for name in self._buttons[other]}
        for name in self._buttons[key]:
            if name not in still:
                self._machine.button_release(name)


def keys_of(ports: Iterable[Port], chosen: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """{button: its host keys} for the buttons of these ports. Raises `ArgumentError` for a chosen button that none of them has."""
    found = {button.name: button.keys for port in ports for button in port.buttons}
    for name in chosen:
        if name not in found:
            raise ArgumentError(f"keys: the machine has no button {name!r}{nearest(name, found)}")
    return {**found, **chosen}
