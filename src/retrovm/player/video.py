"""The window and the picture in it.

The picture keeps its shape: a pixel of the machine is a whole number of lines high and as wide as `screen.aspect`
asks for, as large as the window allows, in the middle, with black around it. Only in a window smaller than the
picture is it shrunk. A screen that is turned is shown turned, by `screen.rotation`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple, Protocol

from retrovm.player.sdl import SdlError, last_error, sdl2

# A new window takes up so much of the display.
SHARE = Fraction(2, 3)


class Picture(Protocol):
    """What the window needs of a machine's screen."""

    @property
    def aspect(self) -> Fraction: ...

    @property
    def rotation(self) -> int: ...

    @property
    def size(self) -> tuple[int, int]: ...

    def tobytes(self) -> bytes: ...


class Display(Protocol):
    """Where pictures are shown."""

    fullscreen: bool

    def draw(self, picture: Picture) -> None: ...

    def set_title(self, title: str) -> None: ...

    def scale(self, picture: Picture) -> int: ...


class Rectangle(NamedTuple):
    x: int
    y: int
    width: int
    height: int


def seen(picture: Picture) -> tuple[tuple[int, int], Fraction]:
    """Size and aspect of a picture as it is shown: turned by a right angle, width and height change places."""
    width, height = picture.size
    return ((height, width), 1 / picture.aspect) if picture.rotation % 180 else ((width, height), picture.aspect)


def shape(size: tuple[int, int], aspect: Fraction, scale: int | Fraction) -> tuple[int, int]:
    """Width and height of a picture whose pixels are `scale` lines high, at least 1 x 1."""
    width, height = size
    return max(1, round(width * aspect * scale)), max(1, round(height * scale))


def largest_scale(size: tuple[int, int], aspect: Fraction, room: tuple[int, int]) -> int:
    """How many lines high a pixel can be at most; 0 when the room is too small for 1."""
    width, height = size
    return int(min(Fraction(room[0]) / (width * aspect), Fraction(room[1], height)))


def place(size: tuple[int, int], aspect: Fraction, room: tuple[int, int]) -> Rectangle:
    """Where the picture goes in a window."""
    scale: int | Fraction = largest_scale(size, aspect, room)
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
    """A window for the pictures of `picture`.

    Parameters
        scale       how many lines high a pixel is at first; the size of the display decides when it is None
        fullscreen  begin so
        vsync       show pictures when the display begins a new one, so that none is torn
    Raises `SdlError`. SDL must have been started; `close` the window before it is stopped.
    """

    def __init__(self, picture: Picture, *, scale: int | None = None, fullscreen: bool = False,
                 vsync: bool = True) -> None:
        size, aspect = seen(picture)
        if scale is None:
            scale = max(1, largest_scale(size, aspect, self._share_of_display()))
        width, height = shape(size, aspect, scale)
        self._texture = self._renderer = None
        self._texture_size = (0, 0)
        centre = sdl2.SDL_WINDOWPOS_CENTERED
        self._window = sdl2.SDL_CreateWindow(b"retrovm", centre, centre, width, height,
                                             sdl2.SDL_WINDOW_RESIZABLE | sdl2.SDL_WINDOW_ALLOW_HIGHDPI)
        if not self._window:
            raise SdlError(f"SDL cannot open a window: {last_error()}")
        flags = sdl2.SDL_RENDERER_PRESENTVSYNC if vsync else 0
        self._renderer = sdl2.SDL_CreateRenderer(self._window, -1, flags)
        if not self._renderer:
            message = last_error()
            self.close()
            raise SdlError(f"SDL cannot draw in the window: {message}")
        sdl2.SDL_SetWindowMinimumSize(self._window, *shape(size, aspect, 1))
        if fullscreen:
            self.fullscreen = True

    @staticmethod
    def _share_of_display() -> tuple[int, int]:
        usable = sdl2.SDL_Rect()
        if sdl2.SDL_GetDisplayUsableBounds(0, usable) != 0:
            return 0, 0
        return int(usable.w * SHARE), int(usable.h * SHARE)

    def close(self) -> None:
        """Takes the window from the display."""
        if self._texture:
            sdl2.SDL_DestroyTexture(self._texture)
        if self._renderer:
            sdl2.SDL_DestroyRenderer(self._renderer)
        sdl2.SDL_DestroyWindow(self._window)
        self._texture = self._renderer = self._window = None

    def set_title(self, title: str) -> None:
        """What stands above the window."""
        sdl2.SDL_SetWindowTitle(self._window, title.encode())

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

    def scale(self, picture: Picture) -> int:
        """How many lines high a pixel of the picture is now, at least 1."""
        return max(1, largest_scale(*seen(picture), self.size))

    def draw(self, picture: Picture) -> None:
        """Shows the picture. With vsync this waits for the display."""
        self._upload(picture)
        target = sdl2.SDL_Rect(*before_turning(place(*seen(picture), self.size), picture.rotation))
        sdl2.SDL_SetRenderDrawColor(self._renderer, 0, 0, 0, 255)
        sdl2.SDL_RenderClear(self._renderer)
        sdl2.SDL_RenderCopyEx(self._renderer, self._texture, None, target, picture.rotation, None, sdl2.SDL_FLIP_NONE)
        sdl2.SDL_RenderPresent(self._renderer)

    def _upload(self, picture: Picture) -> None:
        size = picture.size
        if size != self._texture_size:
            if self._texture:
                sdl2.SDL_DestroyTexture(self._texture)
            self._texture = sdl2.SDL_CreateTexture(self._renderer, sdl2.SDL_PIXELFORMAT_RGB24,
                                                   sdl2.SDL_TEXTUREACCESS_STREAMING, *size)
            if not self._texture:
                raise SdlError(f"SDL cannot show pictures of {size[0]} x {size[1]} pixels: {last_error()}")
            self._texture_size = size
        sdl2.SDL_UpdateTexture(self._texture, None, picture.tobytes(), 3 * size[0])
