"""The player's sprite, a `.struct` of the sources."""

import pytest


@pytest.mark.parametrize(("xpos", "speed", "after"), [(0, 3, 3), (255, 1, 256), (317, 2, 319), (318, 2, 0), (319, 255, 254)])
def test_the_player_moves_and_comes_back_at_the_left(vm, xpos, speed, after):
    vm.poke("player", {"xpos": xpos, "ypos": 50, "speed": speed, "name": b"PLAYER 1"}, "Sprite")
    with vm.guard_writes("player"):
        vm.call("move_sprite")
    assert vm.peek("player", "Sprite") == {"xpos": after, "ypos": 50, "speed": speed, "name": b"PLAYER 1"}
