"""SDL, imported without a word on the screen, and its errors as exceptions."""

from __future__ import annotations

import warnings

from retrovm.errors import RetroVMError


class SdlError(RetroVMError):
    """SDL is not there, or cannot do what the player needs. The message ends with what SDL says."""


class NoDisplay(SdlError):
    """This computer has no display that SDL could open a window on."""


try:
    with warnings.catch_warnings():
        # pysdl2 tells which library it found, and pysdl2-dll when it has none; a failure is an ImportError anyway.
        warnings.simplefilter("ignore")
        import sdl2
except ImportError as error:
    raise SdlError("the player needs SDL: pip install 'retrovm[player]'") from error

__all__ = ["NoDisplay", "SdlError", "last_error", "sdl2", "start", "stop"]


def last_error() -> str:
    """What SDL says about its last failure."""
    return str(sdl2.SDL_GetError().decode(errors="replace"))


def start() -> None:
    """Starts SDL's video and events. Raises `NoDisplay`. Sound is a matter of `retrovm.player.audio`."""
    sdl2.SDL_SetHint(sdl2.SDL_HINT_NO_SIGNAL_HANDLERS, b"1")           # Ctrl-C in the terminal stays Python's
    sdl2.SDL_SetHint(sdl2.SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, b"0")    # other windows keep their effects
    if sdl2.SDL_Init(sdl2.SDL_INIT_VIDEO) != 0:
        raise NoDisplay(f"no display: {last_error()}")


def stop() -> None:
    """Ends SDL; every window and device must be closed already."""
    sdl2.SDL_Quit()
