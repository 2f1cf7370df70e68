"""Where the picture goes, and that it gets there."""

from ctypes import c_ubyte
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.player.sdl import sdl2
from retrovm.player.video import Look, Panel, Rectangle, Window, largest_scale, place

ONE = Fraction(1)


class Checkers:
    """A picture of two columns, red and blue."""

    aspect = ONE
    rotation = 0
    size = (2, 1)

    def tobytes(self) -> bytes:
        return bytes([255, 0, 0, 0, 0, 255])


class Stripes:
    """Three rows: green, white, green."""

    aspect = Fraction(2)
    rotation = 0
    size = (1, 3)

    def tobytes(self) -> bytes:
        return bytes([0, 255, 0, 255, 255, 255, 0, 255, 0])


def pixel(window: Window, x: int, y: int) -> tuple[int, int, int]:
    """What the window shows at a place. (The software renderer keeps the picture after it was shown.)"""
    colour = (c_ubyte * 3)()
    area = sdl2.SDL_Rect(x, y, 1, 1)
    assert sdl2.SDL_RenderReadPixels(window._renderer, area, sdl2.SDL_PIXELFORMAT_RGB24, colour, 3) == 0
    return tuple(colour)


def test_the_picture_is_as_large_as_whole_pixels_allow_and_in_the_middle():
    assert place((64, 32), ONE, (1280, 720)) == (0, 40, 1280, 640)
    assert place((256, 240), ONE, (1920, 1080)) == (448, 60, 1024, 960)


def test_pixels_that_are_wider_than_high_make_the_picture_wider():
    assert place((256, 240), Fraction(8, 7), (1920, 1080)) == (375, 60, 1170, 960)
    assert largest_scale((256, 240), Fraction(8, 7), (1100, 1080)) == 3


def test_a_window_smaller_than_the_picture_shows_all_of_it_shrunk():
    assert place((256, 240), ONE, (128, 240)) == (0, 60, 128, 120)


@given(st.tuples(st.integers(1, 512), st.integers(1, 512)), st.fractions(Fraction(1, 4), 4, max_denominator=50),
       st.tuples(st.integers(1, 4000), st.integers(1, 4000)))
def test_the_picture_never_leaves_the_window_and_keeps_its_shape(size, aspect, room):
    x, y, width, height = place(size, aspect, room)
    assert x >= 0
    assert y >= 0
    assert width >= 1
    assert height >= 1
    assert x + width <= room[0]
    assert y + height <= room[1]
    scale = largest_scale(size, aspect, room)
    if scale:
        assert height == scale * size[1]
        assert abs(width - scale * aspect * size[0]) < 1


@pytest.fixture
def window(sdl):
    windows = []

    def make(picture, **options):
        windows.append(Window(picture, vsync=False, **options))
        return windows[-1]

    yield make
    for each in windows:
        each.close()


def test_a_window_opens_at_the_scale_that_is_asked_for(window):
    assert window(Checkers(), scale=100).size == (200, 100)
    assert window(Stripes(), scale=40).size == (80, 120)


def test_without_a_scale_the_window_takes_two_thirds_of_the_display(window):
    width, height = window(Checkers()).size
    usable = sdl2.SDL_Rect()
    sdl2.SDL_GetDisplayUsableBounds(0, usable)
    assert usable.w * 2 // 3 - 2 <= width <= usable.w * 2 // 3
    assert width == 2 * height


def test_the_window_shows_the_colours_of_the_picture(window):
    shown = window(Checkers(), scale=100)
    shown.draw(Checkers())
    assert pixel(shown, 0, 0) == pixel(shown, 99, 99) == (255, 0, 0)
    assert pixel(shown, 100, 0) == pixel(shown, 199, 99) == (0, 0, 255)


def test_around_the_picture_it_is_black(window):
    shown = window(Checkers(), scale=100)
    sdl2.SDL_SetWindowSize(shown._window, 300, 300)
    sdl2.SDL_PumpEvents()
    shown.draw(Checkers())
    assert shown.size == (300, 300)
    assert pixel(shown, 0, 0) == pixel(shown, 299, 74) == pixel(shown, 150, 225) == (0, 0, 0)
    assert pixel(shown, 0, 75) == (255, 0, 0)
    assert pixel(shown, 299, 224) == (0, 0, 255)


def test_a_picture_of_another_size_takes_the_place_of_the_first(window):
    shown = window(Checkers(), scale=60)
    shown.draw(Checkers())
    shown.draw(Stripes())
    assert shown.size == (120, 60)
    assert pixel(shown, 60, 0) == pixel(shown, 60, 59) == (0, 255, 0)
    assert pixel(shown, 60, 30) == (255, 255, 255)
    assert pixel(shown, 39, 30) == pixel(shown, 80, 30) == (0, 0, 0)


def test_a_window_can_begin_in_full_screen_and_leave_it(window):
    shown = window(Checkers(), scale=60, fullscreen=True)
    assert shown.fullscreen
    shown.fullscreen = False
    assert not shown.fullscreen


@pytest.mark.parametrize(("rotation", "corners"), [
    (0, {(10, 50): "red", (90, 50): "blue"}), (180, {(10, 50): "blue", (90, 50): "red"}),
    (90, {(50, 10): "red", (50, 90): "blue"}), (270, {(50, 10): "blue", (50, 90): "red"}),
])
def test_a_screen_that_is_turned_is_shown_turned_to_the_right(window, rotation, corners):
    picture = Checkers()
    picture.rotation = rotation
    shown = window(picture, scale=1)
    sdl2.SDL_SetWindowSize(shown._window, 100, 100)
    sdl2.SDL_PumpEvents()
    shown.draw(picture)
    for (x, y), colour in corners.items():
        assert pixel(shown, x, y) == {"red": (255, 0, 0), "blue": (0, 0, 255)}[colour]


def test_fit_makes_the_picture_as_large_as_its_shape_allows():
    assert place((64, 32), ONE, (1000, 720), "fit") == (0, 110, 1000, 500)
    assert place((64, 32), ONE, (1000, 720), "stretch") == (0, 0, 1000, 720)


def test_square_pixels_ignore_the_shape_that_they_have_on_the_machine(window):
    shown = window(Stripes(), scale=10, look=Look(pixels="square"))
    assert shown.size == (10, 30)


def test_an_uneven_enlargement_is_smooth_at_the_edge_and_nowhere_else(window):
    shown = window(Checkers(), scale=1, look=Look(scaling="fit"))
    sdl2.SDL_SetWindowSize(shown._window, 101, 50)
    sdl2.SDL_PumpEvents()
    shown.draw(Checkers())
    assert pixel(shown, 10, 25) == (255, 0, 0)
    assert pixel(shown, 90, 25) == (0, 0, 255)
    assert pixel(shown, 30, 25) == (255, 0, 0)


def test_a_filter_darkens_what_it_lies_over(window):
    shown = window(Checkers(), scale=9, look=Look(filter="scanlines"))
    shown.draw(Checkers())
    assert pixel(shown, 3, 1) == (255, 0, 0)
    red, green, blue = pixel(shown, 3, 8)
    assert 130 < red < 150
    assert (green, blue) == (0, 0)


def test_what_is_captured_is_the_picture_without_what_is_around_and_over_it(window):
    shown = window(Checkers(), scale=100)
    sdl2.SDL_SetWindowSize(shown._window, 300, 300)
    sdl2.SDL_PumpEvents()
    pixels = shown.capture(Checkers())
    assert pixels.shape == (150, 300, 3)
    assert (pixels[:, :150] == (255, 0, 0)).all()
    assert (pixels[:, 150:] == (0, 0, 255)).all()


def test_a_panel_lies_over_the_picture_until_it_is_shown_no_more(window):
    shown = window(Checkers(), scale=100)
    panel = Panel(np.full((20, 20, 4), (0, 255, 0, 255), np.uint8), 0, 0)
    shown.draw(Checkers(), [panel])
    assert pixel(shown, 5, 5) == (0, 255, 0)
    assert pixel(shown, 30, 30) == (255, 0, 0)
    shown.draw(Checkers())
    assert pixel(shown, 5, 5) == (255, 0, 0)


def test_a_panel_that_is_too_large_for_the_window_is_shrunk(window):
    shown = window(Checkers(), scale=50)
    shown.draw(Checkers(), [Panel(np.full((400, 800, 4), (0, 255, 0, 255), np.uint8))])
    assert pixel(shown, 0, 25) == pixel(shown, 99, 25) == (0, 255, 0)


def test_a_window_is_where_it_was_left_unless_nobody_would_see_it_there(window):
    there = Rectangle(30, 40, 200, 150)
    assert window(Checkers(), at=there).place == there
    assert window(Checkers(), scale=50, at=Rectangle(-5000, 40, 200, 150)).place[2:] == (100, 50)
