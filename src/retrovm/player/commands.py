"""What the player can be told to do by a key, and by which.

The player's own keys go by the letter on them. A key that the machine has is the machine's; the commands that lie on letters
are had with Ctrl, too, therefore.
"""

from __future__ import annotations

from enum import Enum

from retrovm.player.sdl import sdl2


class Command(Enum):
    """What a key of the player does, in words for the help."""

    MENU = "menu"
    HELP = "the keys, and back"
    PAUSE = "pause, and on"
    FRAME_ADVANCE = "a frame further, and pause there"
    FAST_FORWARD = "run fast, while held"
    TOGGLE_FAST = "run fast, and back"
    SLOW_MOTION = "a quarter of the speed, and back"
    REWIND = "go back in time, while held"
    SAVE = "save into the slot"
    LOAD = "load the slot"
    UNDO = "take a load back"
    SLOT_0 = "slot 0"
    SLOT_1 = "slot 1"
    SLOT_2 = "slot 2"
    SLOT_3 = "slot 3"
    SLOT_4 = "slot 4"
    SLOT_5 = "slot 5"
    SLOT_6 = "slot 6"
    SLOT_7 = "slot 7"
    SLOT_8 = "slot 8"
    SLOT_9 = "slot 9"
    PASTE = "type the clipboard"
    TERMINAL = "the serial line's terminal, and back"
    FULLSCREEN = "full screen, and back"
    SCREENSHOT = "write a picture"
    RECORD = "record a GIF, and end that"
    QUIETER = "quieter"
    LOUDER = "louder"
    MUTE = "no sound, and back"
    STATS = "figures of the player, and back"
    RESET = "pull the reset line"
    POWER_CYCLE = "switch off and on"
    QUIT = "end"


SLOT_COMMANDS = tuple(Command[f"SLOT_{number}"] for number in range(10))

CTRL, SHIFT, ALT = sdl2.KMOD_CTRL, sdl2.KMOD_SHIFT, sdl2.KMOD_ALT

SHORTCUTS = {
    (0, sdl2.SDLK_ESCAPE): Command.MENU,
    (0, sdl2.SDLK_F10): Command.MENU,
    (0, sdl2.SDLK_F1): Command.HELP,
    (0, sdl2.SDLK_p): Command.PAUSE,
    (CTRL, sdl2.SDLK_p): Command.PAUSE,
    (0, sdl2.SDLK_PAUSE): Command.PAUSE,
    (0, sdl2.SDLK_PERIOD): Command.FRAME_ADVANCE,
    (CTRL, sdl2.SDLK_PERIOD): Command.FRAME_ADVANCE,
    (0, sdl2.SDLK_TAB): Command.FAST_FORWARD,
    (0, sdl2.SDLK_f): Command.TOGGLE_FAST,
    (CTRL, sdl2.SDLK_f): Command.TOGGLE_FAST,
    (0, sdl2.SDLK_MINUS): Command.SLOW_MOTION,
    (CTRL, sdl2.SDLK_MINUS): Command.SLOW_MOTION,
    (0, sdl2.SDLK_BACKSPACE): Command.REWIND,
    (CTRL, sdl2.SDLK_BACKSPACE): Command.REWIND,
    (0, sdl2.SDLK_F5): Command.SAVE,
    (0, sdl2.SDLK_F8): Command.LOAD,
    (CTRL, sdl2.SDLK_z): Command.UNDO,
    **{(CTRL, sdl2.SDLK_0 + number): SLOT_COMMANDS[number] for number in range(10)},
    (CTRL, sdl2.SDLK_v): Command.PASTE,
    (0, sdl2.SDLK_F2): Command.TERMINAL,
    (0, sdl2.SDLK_F11): Command.FULLSCREEN,
    (ALT, sdl2.SDLK_RETURN): Command.FULLSCREEN,
    (0, sdl2.SDLK_F12): Command.SCREENSHOT,
    (CTRL, sdl2.SDLK_F12): Command.RECORD,
    (CTRL, sdl2.SDLK_DOWN): Command.QUIETER,
    (CTRL, sdl2.SDLK_UP): Command.LOUDER,
    (CTRL, sdl2.SDLK_s): Command.MUTE,
    (0, sdl2.SDLK_F3): Command.STATS,
    (CTRL, sdl2.SDLK_r): Command.RESET,
    (CTRL | SHIFT, sdl2.SDLK_r): Command.POWER_CYCLE,
    (CTRL, sdl2.SDLK_q): Command.QUIT,
}
"""{(held keys, SDL's keycode): command}."""

FUNCTION_KEYS = {sdl2.SDLK_F1 + number for number in range(12)} | {sdl2.SDLK_PAUSE}


def in_terminal(held: int, sym: int) -> Command | None:
    """What a key does while a terminal has the keyboard: function keys, keys with Alt, and for those with Ctrl Ctrl-Shift."""
    if held == CTRL | SHIFT:
        return SHORTCUTS.get((CTRL, sym))
    return SHORTCUTS.get((held, sym)) if held == ALT or (held == 0 and sym in FUNCTION_KEYS) else None


# How held keys and keys are written in a help.
_HELD = {CTRL: "Ctrl-", CTRL | SHIFT: "Ctrl-Shift-", ALT: "Alt-", 0: ""}
_NAMES = {sdl2.SDLK_ESCAPE: "Esc", sdl2.SDLK_BACKSPACE: "Backspace", sdl2.SDLK_TAB: "Tab", sdl2.SDLK_PAUSE: "Pause",
          sdl2.SDLK_RETURN: "Enter", sdl2.SDLK_UP: "Up", sdl2.SDLK_DOWN: "Down",
          **{sdl2.SDLK_F1 + number: f"F{number + 1}" for number in range(12)}}


def shortcut_text(held: int, sym: int) -> str:
    """A shortcut in words: "Ctrl-Q"."""
    return _HELD[held] + _NAMES.get(sym, chr(sym).upper() if sym < 0x110000 else "?")


def help_lines(terminal: bool = False) -> list[tuple[str, str]]:
    """What each key of the player does, also while a terminal has the keyboard: (keys, what), the slots in one line."""
    lines: dict[Command, list[str]] = {}
    for (held, sym), command in SHORTCUTS.items():
        if not terminal or in_terminal(held, sym) is command:
            lines.setdefault(command, []).append(shortcut_text(held, sym))
        elif held == CTRL:
            lines.setdefault(command, []).append(shortcut_text(CTRL | SHIFT, sym))
    slots = {True: "Ctrl-Shift-0 to 9", False: "Ctrl-0 to Ctrl-9"}[terminal]
    return [(slots, "the slot that is meant") if command is Command.SLOT_0 else (", ".join(lines[command]), command.value)
            for command in Command if command in lines and command not in SLOT_COMMANDS[1:]]
