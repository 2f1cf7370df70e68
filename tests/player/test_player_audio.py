"""The queue of samples."""

import os
import time
from fractions import Fraction

import pytest

from retrovm.player.app import open_sound
from retrovm.player.audio import TARGET, Silence, SoundCard
from retrovm.player.pacing import SECOND
from retrovm.player.sdl import SdlError

RATE = 48000
FRAME = bytes(2 * RATE // 60)


@pytest.fixture
def card(sdl):
    card = SoundCard(RATE, 1, Fraction(60))
    yield card
    card.close()


def test_the_first_frame_comes_behind_as_much_silence_as_shall_always_wait(card):
    card.queue(FRAME)
    wanted = (TARGET + SECOND // 60) // 256             # see GAIN
    assert wanted // 2 < card.late() + TARGET // 256 <= wanted


def test_a_full_queue_asks_for_later_frames_and_an_empty_one_for_earlier_ones(card):
    assert card.late() < 0
    for _ in range(6):
        card.queue(FRAME)
    assert card.late() > 0


def test_the_queue_never_holds_more_than_twice_its_target_and_a_frame(card):
    for _ in range(500):
        card.queue(FRAME)
    assert card.late() <= (TARGET + SECOND // 60) // 256 + 1


def test_the_sound_card_takes_samples_in_time(card):
    for _ in range(5):
        card.queue(FRAME)
    full = card.late()
    deadline = time.monotonic() + 5
    while card.late() >= full - SECOND // 100 // 256:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_without_a_sound_card_there_is_silence_and_one_line_says_so(sdl, ember, monkeypatch, capfd):
    monkeypatch.setitem(os.environ, "SDL_AUDIODRIVER", "no-such-driver")
    with open_sound(ember, mute=False) as sound:
        assert isinstance(sound, Silence)
        sound.queue(FRAME)
        assert sound.late() == 0
    said = capfd.readouterr().err
    assert said.startswith("retrovm: no sound: ")
    assert said.count("\n") == 1
    with pytest.raises(SdlError):
        SoundCard(RATE, 1, Fraction(60))


def test_a_muted_player_opens_no_sound_card_and_says_nothing(sdl, ember, monkeypatch, capfd):
    monkeypatch.setitem(os.environ, "SDL_AUDIODRIVER", "no-such-driver")
    with open_sound(ember, mute=True) as sound:
        assert isinstance(sound, Silence)
    assert capfd.readouterr().err == ""
