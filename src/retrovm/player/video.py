"""The window, the picture in it, and what lies over the picture.

With integer scaling a pixel of the machine is a whole number of lines high and as wide as `screen.aspect` asks for, as large as
the window allows, in the middle, with black around it. Only in a window smaller than the picture is it shrunk. With the scaling
"fit" it is as large as its shape allows, and with "stretch" it fills the window; pixels of different sizes are avoided then by
enlarging it by whole numbers first and smoothly for the rest. A screen that is turned is shown turned, by `screen.rotation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from retrovm.player import filters
from retrovm.player.sdl import SdlError, last_error, sdl2
from retrovm.player.textures import Textures

# A new window takes up so much of the display.
SHARE = Fraction(2, 3)

Pixels = npt.NDArray[np.uint8]

# Panels are drawn for a display of so many pixels, and enlarged by whole numbers for larger ones.
ROOM = (500, 400)


class Picture(Protocol):
    """What the window needs of a machine's screen."""

    @property
    def aspect(self) -> Fraction: ...

    @property
    def rotation(self) -> int: ...

    @property
    def size(self) -> tuple[int, int]: ...

    def tobytes(self) -> bytes: ...


@dataclass(frozen=True)
class Look:
    """How pictures are shown: the settings of the section "video" of the same names."""

    scaling: str = "integer"
    pixels: str = "machine"
    filter: str = filters.NONE


@dataclass(frozen=True, eq=False)
class Panel:
    """Something that the player itself shows over the picture: red, green, blue and opacity, of shape (height, width, 4).

    `x` and `y` say where, from 0, left or top, to 1.
    """

    pixels: Pixels
    x: float = 0.5
    y: float = 0.5


class Display(Protocol):
    """Where pictures are shown."""

    fullscreen: bool
    look: Look

    def draw(self, picture: Picture, panels: Sequence[Panel] = ()) -> None: ...

    def capture(self, picture: Picture) -> Pixels: ...

    def set_title(self, title: str) -> None: ...

    def set_vsync(self, on: bool) -> None: ...

    @property
    def refresh_rate(self) -> int: ...

    @property
    def place(self) -> Rectangle: ...


class Rectangle(NamedTuple):
    x: int
    y: int
    width: int
    height: int


def seen(picture: Picture, look: Look = Look()) -> tuple[tuple[int, int], Fraction]:
    """Size and aspect of a picture as it is shown: turned by a right angle, width and height change places."""
    width, height = picture.size
    aspect = Fraction(1) if look.pixels == "square" else picture.aspect
    return ((height, width), 1 / aspect) if picture.rotation % 180 else ((width, height), aspect)


def shape(size: tuple[int, int], aspect: Fraction, scale: int | Fraction) -> tuple[int, int]:
    """Width and height of a picture whose pixels are `scale` lines high, at least 1 x 1."""
    width, height = size
    return max(1, round(width * aspect * scale)), max(1, round(height * scale))


def largest_scale(size: tuple[int, int], aspect: Fraction, room: tuple[int, int]) -> int:
    """How many lines high a pixel can be at most; 0 when the room is too small for 1."""
    width, height = size
    return int(min(Fraction(room[0]) / (width * aspect), Fraction(room[1], height)))


def place(size: tuple[int, int], aspect: Fraction, room: tuple[int, int], scaling: str = "integer") -> Rectangle:
    """Where the picture goes in a window."""
    if scaling == "stretch":
        return Rectangle(0, 0, *room)
    scale: int | Fraction = largest_scale(size, aspect, room) if scaling == "integer" else 0
    if scale == 0:
        scale = min(Fraction(room[0]) / (size[0] * aspect), Fraction(room[1], size[1]))
    width, height = shape(size, aspect, scale)
    return Rectangle((room[0] - width) // 2, (room[1] - height) // 2, width, height)


def before_turning(target: Rectangle, rotation: int) -> Rectangle:
    """What becomes `target` when it is turned about its middle."""
    if rotation % 180 == 0:
        return target
    x, y, width, height = target
    return Rectangle(x + (width - height) // 2, y + (height - width) // 2, height, width)


class Window:
    """A window for pictures.

    Parameters
        picture     what is shown first
        scale       how many lines high a pixel is at first; the size of the display decides when it is None
        fullscreen  begin so
        vsync       show pictures when the display begins a new one, so that none is torn
        at          where the window is, and how large: as it was left; before `scale`
    Raises `SdlError`. SDL must have been started; `close` the window before it is stopped.
    """

    def __init__(self, picture: Picture, *, scale: int | None = None, fullscreen: bool = False,
                 vsync: bool = True, look: Look = Look(), at: Rectangle | None = None) -> None:
        self.look = look
        size, aspect = seen(picture, look)
        if scale is None:
            scale = max(1, largest_scale(size, aspect, self._share_of_display()))
        width, height = shape(size, aspect, scale)
        x = y = sdl2.SDL_WINDOWPOS_CENTERED
        if at is not None and self._is_on_a_display(at):
            x, y, width, height = at
        self._textures = Textures()
        self._renderer = None
        self._window = sdl2.SDL_CreateWindow(b"retrovm", x, y, width, height,
                                             sdl2.SDL_WINDOW_RESIZABLE | sdl2.SDL_WINDOW_ALLOW_HIGHDPI)
        if not self._window:
            raise SdlError(f"SDL cannot open a window: {last_error()}")
        flags = sdl2.SDL_RENDERER_PRESENTVSYNC if vsync else 0
        self._renderer = sdl2.SDL_CreateRenderer(self._window, -1, flags)
        if not self._renderer:
            message = last_error()
            self.close()
            raise SdlError(f"SDL cannot draw in the window: {message}")
        self._textures.renderer = self._renderer
        sdl2.SDL_SetWindowMinimumSize(self._window, *shape(size, aspect, 1))
        if fullscreen:
            self.fullscreen = True

    @staticmethod
    def _share_of_display() -> tuple[int, int]:
        usable = sdl2.SDL_Rect()
        if sdl2.SDL_GetDisplayUsableBounds(0, usable) != 0:
            return 0, 0
        return int(usable.w * SHARE), int(usable.h * SHARE)

    @staticmethod
    def _is_on_a_display(at: Rectangle) -> bool:
        """Whether the upper edge of the window, by which it is moved, could be seen: displays come and go."""
        bounds = sdl2.SDL_Rect()
        return at.width > 0 and at.height > 0 and any(
            sdl2.SDL_GetDisplayUsableBounds(number, bounds) == 0
            and at.x < bounds.x + bounds.w and bounds.x < at.x + at.width and bounds.y <= at.y < bounds.y + bounds.h
            for number in range(sdl2.SDL_GetNumVideoDisplays()))

    def close(self) -> None:
        """Takes the window from the display."""
        self._textures.close()
        if self._renderer:
            sdl2.SDL_DestroyRenderer(self._renderer)
        sdl2.SDL_DestroyWindow(self._window)
        self._renderer = self._window = None

    def set_title(self, title: str) -> None:
        """What stands above the window."""
        sdl2.SDL_SetWindowTitle(self._window, title.encode())

    @property
    def place(self) -> Rectangle:
        """Where the window is, and how large it is, as `at` takes it."""
        values = [sdl2.c_int() for _ in range(4)]
        sdl2.SDL_GetWindowPosition(self._window, *values[:2])
        sdl2.SDL_GetWindowSize(self._window, *values[2:])
        return Rectangle(*(value.value for value in values))

    @property
    def fullscreen(self) -> bool:
        """Whether the window covers the whole display; the resolution of the display stays as it is."""
        return bool(sdl2.SDL_GetWindowFlags(self._window) & sdl2.SDL_WINDOW_FULLSCREEN_DESKTOP)

    @fullscreen.setter
    def fullscreen(self, on: bool) -> None:
        if sdl2.SDL_SetWindowFullscreen(self._window, sdl2.SDL_WINDOW_FULLSCREEN_DESKTOP if on else 0) == 0:
            sdl2.SDL_ShowCursor(sdl2.SDL_DISABLE if on else sdl2.SDL_ENABLE)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of what can be drawn on, in pixels of the display."""
        width, height = sdl2.c_int(), sdl2.c_int()
        sdl2.SDL_GetRendererOutputSize(self._renderer, width, height)
        return width.value, height.value

    @property
    def refresh_rate(self) -> int:
        """How many pictures a second the display shows, to the nearest whole number; 0 where it does not say."""
        mode = sdl2.SDL_DisplayMode()
        number = max(0, sdl2.SDL_GetWindowDisplayIndex(self._window))
        return int(mode.refresh_rate) if sdl2.SDL_GetCurrentDisplayMode(number, mode) == 0 else 0

    def set_vsync(self, on: bool) -> None:
        """Shows pictures when the display begins a new one, or at once; where the driver cannot do that, it stays as it is."""
        sdl2.SDL_RenderSetVSync(self._renderer, on)

    def draw(self, picture: Picture, panels: Sequence[Panel] = ()) -> None:
        """Shows the picture, and panels over it. With vsync this waits for the display."""
        self._draw_picture(picture)
        for panel in panels:
            self._draw_panel(panel)
        self._textures.forget_panels(panels)
        sdl2.SDL_RenderPresent(self._renderer)

    def capture(self, picture: Picture) -> Pixels:
        """The picture as it is shown, filter and all, without what is around and over it: shape (height, width, 3)."""
        self._draw_picture(picture)
        room = self.size
        target = place(*seen(picture, self.look), room, self.look.scaling)
        left, top = max(0, target.x), max(0, target.y)
        width, height = min(target.width, room[0] - left), min(target.height, room[1] - top)
        pixels = np.empty((height, width, 3), np.uint8)
        if sdl2.SDL_RenderReadPixels(self._renderer, sdl2.SDL_Rect(left, top, width, height), sdl2.SDL_PIXELFORMAT_RGB24,
                                     pixels.ctypes.data, pixels.strides[0]) != 0:
            raise SdlError(f"SDL cannot read what is shown: {last_error()}")
        return pixels

    def _draw_picture(self, picture: Picture) -> None:
        size, aspect = seen(picture, self.look)
        target = place(size, aspect, self.size, self.look.scaling)
        turned = sdl2.SDL_Rect(*before_turning(target, picture.rotation))
        texture = self._textures.picture(picture.size, picture.tobytes())
        if self.look.scaling != "integer":
            texture = self._textures.enlarged(picture.size, max(1, -(-turned.h // picture.size[1])))
        sdl2.SDL_SetRenderDrawColor(self._renderer, 0, 0, 0, 255)
        sdl2.SDL_RenderClear(self._renderer)
        sdl2.SDL_RenderCopyEx(self._renderer, texture, None, turned, picture.rotation, None, sdl2.SDL_FLIP_NONE)
        if self.look.filter != filters.NONE:
            filter = self._textures.filter(self.look.filter, (turned.w, turned.h), picture.size)
            sdl2.SDL_RenderCopyEx(self._renderer, filter, None, turned, picture.rotation, None, sdl2.SDL_FLIP_NONE)

    def _draw_panel(self, panel: Panel) -> None:
        room = self.size
        height, width = panel.pixels.shape[:2]
        scale: int | Fraction = max(1, min(room[0] // ROOM[0], room[1] // ROOM[1]))
        scale = min(scale, Fraction(room[0], width), Fraction(room[1], height))
        width, height = int(width * scale), int(height * scale)
        where = sdl2.SDL_Rect(int((room[0] - width) * panel.x), int((room[1] - height) * panel.y), width, height)
        sdl2.SDL_RenderCopy(self._renderer, self._textures.panel(panel), None, where)
