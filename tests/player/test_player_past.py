"""Going back in the player: save slots, what a load has taken away, rewinding; and other speeds."""

import pytest
from player_bench import Tape, down, focus_lost, make_player, up

from retrovm.player.commands import Command
from retrovm.player.past import Past
from retrovm.player.sdl import sdl2


@pytest.fixture
def player(sdl, ember, tmp_path):
    return make_player(ember, tmp_path, sound=Tape())


def f5():
    down("F5", sdl2.SDLK_F5)


def f8():
    down("F8", sdl2.SDLK_F8)


def test_f5_saves_and_f8_goes_back_to_it(player, ember, capsys):
    frames = []
    player.display.script = {
        5: f5,
        20: f8,
        22: lambda: frames.append(ember.frame),
    }
    player.run(frames=30)
    assert frames[0] < 10
    assert list(player.deck.past.slots.folder.iterdir()) == [player.deck.past.slots.path(0)]
    assert f"saved into slot 0: {player.deck.past.slots.path(0)}" in capsys.readouterr().err


def test_ctrl_and_a_digit_choose_the_slot(player, tmp_path):
    player.display.script = {3: lambda: down("Digit7", sdl2.SDLK_7, sdl2.KMOD_LCTRL), 5: f5}
    player.run(frames=8)
    assert player.deck.past.slots.path(7).exists()
    assert not player.deck.past.slots.path(0).exists()


def test_ctrl_z_takes_a_load_back_and_that_again(player, ember):
    frames = []

    def undo():
        frames.append(ember.frame)
        down("KeyZ", sdl2.SDLK_z, sdl2.KMOD_LCTRL)

    player.display.script = {5: f5, 30: f8, 33: undo, 36: undo, 39: lambda: frames.append(ember.frame)}
    player.run(frames=60)
    assert frames[0] < 12                    # after the load
    assert frames[1] > 29                    # after it was taken back
    assert frames[2] < 15


def test_an_empty_slot_is_told_and_the_machine_goes_on(player, ember, capsys):
    player.display.script = {5: f8}
    player.run(frames=10)
    assert "not loaded: slot 0 is empty" in capsys.readouterr().err
    assert ember.frame == 10


def test_ctrl_z_without_a_load_is_told(player, capsys):
    player.display.script = {5: lambda: down("KeyZ", sdl2.SDLK_z, sdl2.KMOD_LCTRL)}
    player.run(frames=8)
    assert "nothing was loaded" in capsys.readouterr().err


def test_backspace_goes_back_as_long_as_it_is_held(player, ember):
    frames, titles = [], []

    def release():
        frames.append(ember.frame)
        titles.extend(player.display.titles)
        up("Backspace", sdl2.SDLK_BACKSPACE)

    player.display.script = {
        40: lambda: (frames.append(ember.frame), down("Backspace", sdl2.SDLK_BACKSPACE)),
        60: release,
        65: lambda: frames.append(ember.frame),
    }
    player.run(frames=60)
    before, back, on = frames
    assert before - 21 <= back <= before - 18
    assert on > back
    assert titles[-1] == "ember.ch8 - CHIP-8 - going back"


def test_what_was_rewound_plays_on_as_it_did(player, ember):
    hashes = {}
    draw = player.display.draw

    def remember(picture, panels=()):
        draw(picture, panels)
        if not player.deck.rewinding:
            hashes.setdefault(ember.frame, set()).add(ember.state_hash())

    player.display.draw = remember
    player.display.script = {
        30: lambda: down("Backspace", sdl2.SDLK_BACKSPACE), 45: lambda: up("Backspace", sdl2.SDLK_BACKSPACE)}
    player.run(frames=60)
    assert len(hashes) > 30
    assert all(len(states) == 1 for states in hashes.values())


def test_going_back_ends_at_the_beginning(player, ember):
    player.display.script = {5: lambda: down("Backspace", sdl2.SDLK_BACKSPACE), 30: lambda: player.quit()}
    player.run()
    assert ember.frame == 0


def test_losing_the_keyboard_ends_going_back(player):
    player.deck.set_rewinding(True)
    focus_lost()
    player.run(frames=3)
    assert not player.deck.rewinding


def test_a_full_stop_goes_on_by_a_frame(player, ember):
    frames = []

    def period():
        down("Period", sdl2.SDLK_PERIOD)

    player.display.script = {
        5: period,
        8: lambda: (frames.append(ember.frame), period()),
        12: lambda: (frames.append(ember.frame), period()),
        15: lambda: (frames.append(ember.frame), player.quit()),
    }
    player.run()
    assert frames == [frames[0], frames[0] + 1, frames[0] + 2]
    assert player.deck.paused


def test_slow_motion_takes_four_times_as_long_in_silence(player, ember):
    clock = player.deck.pacer._clock
    player.run(frames=20)
    usual, sound = clock.time, len(player.sound.samples)
    player.do(Command.SLOW_MOTION)
    player.run(frames=20)
    assert 3.8 < (clock.time - usual) / usual < 4.2
    assert len(player.sound.samples) == sound
    assert player.display.titles[-1] == "ember.ch8 - CHIP-8 - slow"
    player.do(Command.SLOW_MOTION)
    assert player.display.titles[-1] == "ember.ch8 - CHIP-8"


def test_f_runs_fast_until_it_is_pressed_again(player):
    fast = []

    def press():
        fast.append(player.deck.fast)
        down("KeyF", sdl2.SDLK_f, sdl2.KMOD_LCTRL)                             # F itself is a key of the keypad

    player.display.script = {3: press, 5: press, 8: lambda: (fast.append(player.deck.fast), player.quit())}
    player.run()
    assert fast == [False, True, False]


def test_a_machine_that_is_too_large_for_the_past_says_so_and_can_still_be_saved(sdl, ember, tmp_path, capsys):
    player = make_player(ember, tmp_path)
    player.deck.past = Past(ember, tmp_path, 1000)
    player.do(Command.REWIND)
    assert not player.deck.rewinding
    assert "no way back: a state of this machine has" in capsys.readouterr().err
    player.run(frames=3)
    player.do(Command.SAVE)
    assert player.deck.past.slots.path(0).exists()


def test_a_key_that_was_held_in_the_past_is_not_held_now(player, ember):
    keypad, held = ember.ports.groups["keypad"], []
    player.display.script = {
        5: lambda: down("KeyE"),
        10: lambda: up("KeyE"),
        15: lambda: down("Backspace", sdl2.SDLK_BACKSPACE),
        21: lambda: up("Backspace", sdl2.SDLK_BACKSPACE),
        23: lambda: held.append(keypad.held),
    }
    player.run(frames=30)
    assert held == [()]


def test_a_key_that_is_held_stays_so_through_a_load(player, ember):
    keypad, held = ember.ports.groups["keypad"], []
    player.display.script = {3: f5, 5: lambda: down("KeyE"), 8: f8, 10: lambda: held.append(keypad.held)}
    player.run(frames=12)
    assert held == [("6",)]
