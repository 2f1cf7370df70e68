"""Host keys: which belong to the machine, and what the others do.

The machine's keys go by position, so that a keypad keeps its shape on every layout; they are named as in the UI
Events standard (docs/references.md: uievents-code), as in `vm.spec.ports`. The player's own keys go by the letter
on them. A key that the machine uses is the machine's: the player then has it only together with Ctrl or Alt.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import Protocol

from retrovm.errors import ArgumentError
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


class Command(Enum):
    """What a key of the player does."""

    QUIT = auto()
    PAUSE = auto()
    RESET = auto()
    POWER_CYCLE = auto()
    FULLSCREEN = auto()
    LEAVE_FULLSCREEN = auto()
    SCREENSHOT = auto()
    FAST_FORWARD = auto()
    TOGGLE_FAST = auto()
    SLOW_MOTION = auto()
    FRAME_ADVANCE = auto()
    REWIND = auto()
    SAVE = auto()
    LOAD = auto()
    UNDO = auto()
    SLOT_0 = auto()
    SLOT_1 = auto()
    SLOT_2 = auto()
    SLOT_3 = auto()
    SLOT_4 = auto()
    SLOT_5 = auto()
    SLOT_6 = auto()
    SLOT_7 = auto()
    SLOT_8 = auto()
    SLOT_9 = auto()


SLOT_COMMANDS = tuple(Command[f"SLOT_{number}"] for number in range(10))

CTRL, SHIFT, ALT = sdl2.KMOD_CTRL, sdl2.KMOD_SHIFT, sdl2.KMOD_ALT

SHORTCUTS = {
    (CTRL, sdl2.SDLK_q): Command.QUIT,
    (CTRL, sdl2.SDLK_r): Command.RESET,
    (CTRL | SHIFT, sdl2.SDLK_r): Command.POWER_CYCLE,
    (0, sdl2.SDLK_p): Command.PAUSE,
    (0, sdl2.SDLK_PAUSE): Command.PAUSE,
    (0, sdl2.SDLK_TAB): Command.FAST_FORWARD,
    (0, sdl2.SDLK_f): Command.TOGGLE_FAST,
    (CTRL, sdl2.SDLK_f): Command.TOGGLE_FAST,
    (0, sdl2.SDLK_MINUS): Command.SLOW_MOTION,
    (CTRL, sdl2.SDLK_MINUS): Command.SLOW_MOTION,
    (0, sdl2.SDLK_PERIOD): Command.FRAME_ADVANCE,
    (CTRL, sdl2.SDLK_PERIOD): Command.FRAME_ADVANCE,
    (CTRL, sdl2.SDLK_p): Command.PAUSE,
    (0, sdl2.SDLK_BACKSPACE): Command.REWIND,
    (0, sdl2.SDLK_F5): Command.SAVE,
    (0, sdl2.SDLK_F8): Command.LOAD,
    (CTRL, sdl2.SDLK_z): Command.UNDO,
    **{(CTRL, sdl2.SDLK_0 + number): SLOT_COMMANDS[number] for number in range(10)},
    (0, sdl2.SDLK_F11): Command.FULLSCREEN,
    (ALT, sdl2.SDLK_RETURN): Command.FULLSCREEN,
    (0, sdl2.SDLK_ESCAPE): Command.LEAVE_FULLSCREEN,
    (0, sdl2.SDLK_F12): Command.SCREENSHOT,
}


class Machine(Protocol):
    """What takes the keys."""

    def button_press(self, name: str) -> None: ...

    def button_release(self, name: str) -> None: ...


class Keyboard:
    """The keys of a machine with these ports. Raises `ArgumentError` for a key that does not exist."""

    def __init__(self, machine: Machine, ports: Iterable[Port]) -> None:
        self._machine = machine
        self._buttons: dict[int, list[str]] = {}
        self._down: set[int] = set()
        self._new: set[int] = set()
        self._released: set[int] = set()
        for port in ports:
            for button in port.buttons:
                for code in button.keys:
                    if code not in SCANCODES:
                        raise ArgumentError(f"{port.name}, button {button.name}: there is no key {code!r}"
                                            f"{nearest(code, SCANCODES)}")
                    self._buttons.setdefault(SCANCODES[code], []).append(button.name)

    def command(self, keysym: sdl2.SDL_Keysym) -> Command | None:
        """What the player does when this key goes down, or None: then it may be the machine's."""
        held = sum(group for group in (CTRL, SHIFT, ALT) if keysym.mod & group)
        if not held & (CTRL | ALT) and keysym.scancode in self._buttons:
            return None
        return SHORTCUTS.get((held, keysym.sym))

    def down(self, scancode: int) -> None:
        """A key goes down. One that the machine does not have is ignored."""
        self._released.discard(scancode)
        if scancode in self._down:
            return
        for name in self._buttons.get(scancode, ()):
            self._down.add(scancode)
            self._new.add(scancode)
            self._machine.button_press(name)

    def up(self, scancode: int) -> None:
        """A key comes up. One that went down since the last frame stays for one: the machine looks once a frame."""
        if scancode in self._new:
            self._released.add(scancode)
        elif scancode in self._down:
            self._release(scancode)

    def frame_ran(self) -> None:
        """The machine has seen what is held."""
        self._new.clear()
        for scancode in self._released:
            self._release(scancode)
        self._released.clear()

    def release_all(self) -> None:
        """Every key comes up: the window has lost the keyboard."""
        for scancode in tuple(self._down):
            self._release(scancode)
        self._new.clear()
        self._released.clear()

    def _release(self, scancode: int) -> None:
        self._down.discard(scancode)
        still = {name for other in self._down for name in self._buttons[other]}
        for name in self._buttons[scancode]:
            if name not in still:
                self._machine.button_release(name)
