"""SDL, imported without a word on the screen, and its errors as exceptions."""

from __future__ import annotations

import ctypes.util
import os
import warnings
from contextlib import suppress
from importlib import import_module
from typing import Any

from retrovm.errors import RetroVMError


UNSEEN = (b"offscreen", b"dummy")
"""Video drivers of SDL whose windows are on no display."""


class SdlError(RetroVMError):
    """SDL is not there, or cannot do what the player needs. The message ends with what SDL says."""


class NoDisplay(SdlError):
    """This computer has no display that SDL could open a window on."""


def _import() -> Any:
    """The module `sdl2`, with the library that pysdl2-dll brings, or the system's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")          # of pysdl2-dll without a library: then it is the system's
        with suppress(ImportError):
            import_module("sdl2dll")             # sets the path, and pysdl2 has nothing left to announce
        if os.path.isdir(os.environ.get("PYSDL2_DLL_PATH", "")):
            # pysdl2 also looks for six names in the system, which starts ldconfig and a compiler: 0.2 s.
            find = ctypes.util.find_library
            ctypes.util.find_library = lambda name: None
            try:
                return import_module("sdl2")
            except ImportError:
                pass
            finally:
                ctypes.util.find_library = find
        return import_module("sdl2")


try:
    sdl2 = _import()
except ImportError as error:
    raise SdlError("the player needs SDL: pip install 'retrovm[player]'") from error

__all__ = ["NoDisplay", "SdlError", "last_error", "sdl2", "start", "stop"]


def last_error() -> str:
    """What SDL says about its last failure."""
    return str(sdl2.SDL_GetError().decode(errors="replace"))


def start() -> None:
    """Starts SDL's video and events. Raises `NoDisplay`. Sound is a matter of `retrovm.player.audio`."""
    sdl2.SDL_SetHint(sdl2.SDL_HINT_NO_SIGNAL_HANDLERS, b"1")                     # Ctrl-C stays Python's
    sdl2.SDL_SetHint(sdl2.SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, b"0")     # the desktop keeps its effects
    if sdl2.SDL_Init(sdl2.SDL_INIT_VIDEO) != 0:
        raise NoDisplay(f"no display: {last_error()}")
    # Where SDL finds no display it takes one that nobody can see, unless it is told not to.
    if not os.environ.get("SDL_VIDEODRIVER") and sdl2.SDL_GetCurrentVideoDriver() in UNSEEN:
        sdl2.SDL_Quit()
        raise NoDisplay("no display: SDL finds none to open a window on")


def stop() -> None:
    """Ends SDL; every window and device must be closed already."""
    sdl2.SDL_Quit()
