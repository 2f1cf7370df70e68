"""Which keys of the host's keyboard do what on the terminal in the window."""

from __future__ import annotations

from retrovm.player.sdl import sdl2
from retrovm.player.terminal_line import TerminalLine

NAMES = {
    sdl2.SDLK_RETURN: "return", sdl2.SDLK_KP_ENTER: "return", sdl2.SDLK_TAB: "tab", sdl2.SDLK_BACKSPACE: "backspace",
    sdl2.SDLK_DELETE: "delete", sdl2.SDLK_ESCAPE: "escape", sdl2.SDLK_INSERT: "insert", sdl2.SDLK_PAGEUP: "pageup",
    sdl2.SDLK_PAGEDOWN: "pagedown", sdl2.SDLK_UP: "up", sdl2.SDLK_DOWN: "down", sdl2.SDLK_LEFT: "left",
    sdl2.SDLK_RIGHT: "right", sdl2.SDLK_HOME: "home", sdl2.SDLK_END: "end",
    **{getattr(sdl2, f"SDLK_F{number}"): f"f{number}" for number in range(1, 13)},
}


def key_down(line: TerminalLine, keysym: sdl2.SDL_Keysym) -> bool:
    """Gives the terminal a key that went down, or repeats; False for a key that types text or that it does not have.

    Text comes by events of its own, SDL_TEXTINPUT, once SDL_StartTextInput was called: give it to `line.type`. With Ctrl and
    Shift together, or with Alt or the window manager's key, a key is not the terminal's.
    """
    mods = keysym.mod & (sdl2.KMOD_CTRL | sdl2.KMOD_SHIFT | sdl2.KMOD_ALT | sdl2.KMOD_GUI)
    if mods & (sdl2.KMOD_ALT | sdl2.KMOD_GUI) or (mods & sdl2.KMOD_CTRL and mods & sdl2.KMOD_SHIFT):
        return False
    if mods & sdl2.KMOD_CTRL:
        return keysym.sym < 0x80 and line.control(chr(keysym.sym))
    if keysym.sym not in NAMES:
        return False
    line.press(NAMES[keysym.sym])
    return True
