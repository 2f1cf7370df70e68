"""Pictures in the memory of the host's graphics: made when they are first needed, and again where something else is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from retrovm.player import filters
from retrovm.player.sdl import SdlError, last_error, sdl2

if TYPE_CHECKING:
    from retrovm.player.video import Panel

# Enlarging by more than this before smoothing cannot be told from less.
MOST_ENLARGED = 8


class Textures:
    """What a window draws: the machine's picture, a filter over it, and panels. `renderer` is that of the window."""

    def __init__(self) -> None:
        self.renderer: Any = None
        self._picture: Any = None
        self._enlarged: Any = None
        self._filter: Any = None
        self._made: dict[str, Any] = {}              # what each of them was made for
        self._panels: dict[int, tuple[Panel, Any]] = {}

    def close(self) -> None:
        """Gives them all back."""
        for texture in (self._picture, self._enlarged, self._filter, *(texture for _, texture in self._panels.values())):
            if texture:
                sdl2.SDL_DestroyTexture(texture)
        self._picture = self._enlarged = self._filter = None
        self._panels.clear()
        self._made.clear()

    def picture(self, size: tuple[int, int], pixels: bytes) -> Any:
        """The machine's picture: red, green, blue, row by row."""
        if self._made.get("picture") != size:
            self._picture = self._new(self._picture, sdl2.SDL_PIXELFORMAT_RGB24, sdl2.SDL_TEXTUREACCESS_STREAMING, size)
            self._made["picture"] = size
        sdl2.SDL_UpdateTexture(self._picture, None, pixels, 3 * size[0])
        return self._picture

    def enlarged(self, size: tuple[int, int], scale: int) -> Any:
        """The picture `scale` times as large, which is then drawn smoothly."""
        scale = min(scale, MOST_ENLARGED)
        if self._made.get("enlarged") != (size, scale):
            self._enlarged = self._new(self._enlarged, sdl2.SDL_PIXELFORMAT_RGB24, sdl2.SDL_TEXTUREACCESS_TARGET,
                                       (size[0] * scale, size[1] * scale))
            sdl2.SDL_SetTextureScaleMode(self._enlarged, sdl2.SDL_ScaleModeLinear)
            self._made["enlarged"] = size, scale
        sdl2.SDL_SetRenderTarget(self.renderer, self._enlarged)
        sdl2.SDL_RenderCopy(self.renderer, self._picture, None, None)
        sdl2.SDL_SetRenderTarget(self.renderer, None)
        return self._enlarged

    def filter(self, name: str, size: tuple[int, int], pixels: tuple[int, int]) -> Any:
        """What lies over a picture of so many pixels that is shown in this size."""
        if self._made.get("filter") != (name, size, pixels):
            self._filter = self._new(self._filter, sdl2.SDL_PIXELFORMAT_RGB24, sdl2.SDL_TEXTUREACCESS_STATIC, size)
            sdl2.SDL_UpdateTexture(self._filter, None, filters.overlay(name, *size, pixels).tobytes(), 3 * size[0])
            sdl2.SDL_SetTextureBlendMode(self._filter, sdl2.SDL_BLENDMODE_MOD)
            self._made["filter"] = name, size, pixels
        return self._filter

    def panel(self, panel: Panel) -> Any:
        """A panel; it is made once."""
        if id(panel) not in self._panels:
            height, width = panel.pixels.shape[:2]
            texture = self._new(None, sdl2.SDL_PIXELFORMAT_RGBA32, sdl2.SDL_TEXTUREACCESS_STATIC, (width, height))
            sdl2.SDL_UpdateTexture(texture, None, panel.pixels.tobytes(), 4 * width)
            sdl2.SDL_SetTextureBlendMode(texture, sdl2.SDL_BLENDMODE_BLEND)
            self._panels[id(panel)] = panel, texture
        return self._panels[id(panel)][1]

    def forget_panels(self, but: Iterable[Panel]) -> None:
        """Gives back those that are shown no more."""
        kept = {id(panel) for panel in but}
        for key in [key for key in self._panels if key not in kept]:
            sdl2.SDL_DestroyTexture(self._panels.pop(key)[1])

    def _new(self, old: Any, format: int, access: int, size: tuple[int, int]) -> Any:
        if old:
            sdl2.SDL_DestroyTexture(old)
        texture = sdl2.SDL_CreateTexture(self.renderer, format, access, *size)
        if not texture:
            raise SdlError(f"SDL cannot show pictures of {size[0]} x {size[1]} pixels: {last_error()}")
        return texture
