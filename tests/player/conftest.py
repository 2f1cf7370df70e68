"""A machine to play, and SDL without a screen."""

import os
from collections.abc import Iterator

import pytest

import retrovm
from retrovm import bundled


@pytest.fixture
def ember() -> retrovm.VM:
    """The bundled game EMBER, switched on."""
    return retrovm.load(bundled.find("ember").file, "chip8")


@pytest.fixture
def sdl(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SDL, started with its drivers that show and sound nothing."""
    monkeypatch.setitem(os.environ, "SDL_VIDEODRIVER", "dummy")
    monkeypatch.setitem(os.environ, "SDL_AUDIODRIVER", "dummy")
    from retrovm.player import sdl

    sdl.start()
    yield
    sdl.stop()
