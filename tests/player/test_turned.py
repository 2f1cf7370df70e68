"""Screens that stand on their side."""

from fractions import Fraction

import numpy as np
import pytest

import retrovm
from retrovm.player.turned import turned


class Wide:
    """One green and two red pixels, twice as wide as high."""

    aspect = Fraction(2)
    size = (3, 1)
    ndarray = np.array([[[0, 255, 0], [255, 0, 0], [255, 0, 0]]], np.uint8)


@pytest.mark.parametrize(("degrees", "size", "aspect", "green"), [
    (90, (1, 3), Fraction(1, 2), 0), (180, (3, 1), 2, 2), (270, (1, 3), Fraction(1, 2), 2)])
def test_a_screen_is_turned_clockwise(degrees, size, aspect, green):
    picture = turned(Wide(), degrees)
    assert (picture.size, picture.aspect) == (size, aspect)
    assert picture.tobytes()[3 * green + 1] == 255
    assert len(picture.tobytes()) == 9


def test_an_upright_screen_is_itself():
    screen = Wide()
    assert turned(screen, 0) is screen


def test_a_machine_says_how_its_screen_stands_and_where_its_keys_are():
    vm = retrovm.create("chip8", rotation=270, keys="up=5, a=0x6,player2Up=5")
    front = vm.spec.front_with(vm.options)
    keys = {button.name: button.keys for button in front.ports[0].buttons}
    assert front.rotation == 270
    assert keys["5"] == ("KeyW", "ArrowUp", "KeyI")
    assert keys["6"] == ("KeyE", "Space")
    assert keys["7"] == ("KeyA",)
