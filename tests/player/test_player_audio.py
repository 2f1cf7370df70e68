"""The queue of samples, and their speed."""

import os
import time
from fractions import Fraction

import numpy as np
import pytest
from player_bench import make_player

from retrovm.player.audio import LATENCY, MOST, Silence, SoundCard
from retrovm.player.resampling import Resampler, squeezed
from retrovm.player.sdl import SdlError, sdl2

RATE = 48000
FRAME = np.zeros((RATE // 60, 1), np.int16)


@pytest.fixture
def card(sdl):
    card = SoundCard(RATE, 1, Fraction(60))
    yield card
    card.close()


def test_the_first_frame_comes_behind_as_much_silence_as_shall_always_wait(card):
    card.queue(FRAME)
    wanted = LATENCY + 1000 / 60
    assert wanted / 2 < card.waiting() <= wanted


def test_a_queue_that_is_long_is_played_faster_and_a_short_one_slower(card):
    card.queue(FRAME)
    sdl2.SDL_PauseAudioDevice(card.device, 1)
    for _ in range(4):
        card.queue(FRAME)
    assert 1 < card.figures.speed <= 1 + MOST
    sdl2.SDL_ClearQueuedAudio(card.device)
    card._put(bytes(2))
    for _ in range(3):
        card._usual = 1.0
        card.queue(FRAME)
    assert 1 - MOST <= card.figures.speed < 1


def test_the_queue_never_holds_much_more_than_three_times_its_target(card):
    for _ in range(500):
        card.queue(FRAME)
    assert card.waiting() <= 3 * LATENCY + 2 * 1000 / 60


def test_the_sound_card_takes_samples_in_time(card):
    for _ in range(5):
        card.queue(FRAME)
    full = card.waiting()
    deadline = time.monotonic() + 5
    while card.waiting() >= full - 10:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_queue_that_ran_empty_is_counted(card):
    card.queue(FRAME)
    assert card.figures.gaps == 0
    sdl2.SDL_ClearQueuedAudio(card.device)
    card.queue(FRAME)
    assert card.figures.gaps == 1


def test_a_queue_that_ran_empty_while_the_machine_rested_is_not(card):
    card.queue(FRAME)
    card.rest()
    sdl2.SDL_ClearQueuedAudio(card.device)
    card.queue(FRAME)
    assert card.figures.gaps == 0


def test_a_player_that_began_in_silence_can_be_heard(sdl, ember, tmp_path):
    player = make_player(ember, tmp_path)
    player.settings.change("mute", True)
    player.open_sound()
    player.set("mute", False)
    assert isinstance(player.sound, SoundCard)
    player.close()


def test_the_volume_is_heard_as_its_square(card):
    loud = np.full((10, 1), 10_000, np.int16)
    card.volume = 50
    assert set(card._loud(loud).ravel()) == {2500}
    card.volume = 0
    assert not card._loud(loud).any()
    card.volume = 100
    assert card._loud(loud) is loud


def test_a_fast_forward_fills_the_queue_to_its_target_and_no_further(card):
    for _ in range(20):
        card.squeeze(np.zeros((RATE // 4, 1), np.int16))
    assert card.waiting() <= LATENCY + 10


def test_without_a_sound_card_there_is_silence_and_one_line_says_so(sdl, ember, monkeypatch, capfd, tmp_path):
    monkeypatch.setitem(os.environ, "SDL_AUDIODRIVER", "no-such-driver")
    player = make_player(ember, tmp_path)
    player.open_sound()
    assert isinstance(player.sound, Silence)
    said = capfd.readouterr().err
    assert said.startswith("retrovm: no sound: ")
    assert said.count("\n") == 1
    with pytest.raises(SdlError):
        SoundCard(RATE, 1, Fraction(60))


def test_a_muted_player_opens_no_sound_card_and_says_nothing(sdl, ember, monkeypatch, capfd, tmp_path):
    monkeypatch.setitem(os.environ, "SDL_AUDIODRIVER", "no-such-driver")
    player = make_player(ember, tmp_path)
    player.settings.change("mute", True)
    player.open_sound()
    assert isinstance(player.sound, Silence)
    assert capfd.readouterr().err == ""


def test_a_sound_card_that_goes_is_told_and_one_that_comes_is_used(sdl, ember, tmp_path, capsys):
    player = make_player(ember, tmp_path)
    player.open_sound()
    first = player.sound
    assert isinstance(first, SoundCard)
    event = sdl2.SDL_Event()
    event.type = sdl2.SDL_AUDIODEVICEREMOVED
    event.adevice.which = first.device
    sdl2.SDL_PushEvent(event)
    player.run(frames=2)
    assert "the sound card is gone" in capsys.readouterr().err
    player.sound.close()
    player.sound = Silence()
    event.type = sdl2.SDL_AUDIODEVICEADDED
    sdl2.SDL_PushEvent(event)
    player.run(frames=2)
    assert isinstance(player.sound, SoundCard)
    player.close()


# --- resampling


def wave(count, frequency=440, rate=RATE):
    return (10_000 * np.sin(2 * np.pi * frequency * np.arange(count) / rate)).astype(np.int16)[:, None]


def test_at_the_same_rate_every_sample_stays_as_it_is():
    sound = wave(5000)
    resampler = Resampler(1)
    parts = [resampler.feed(sound[start:start + 800]) for start in range(0, 4800, 800)]
    assert np.array_equal(np.concatenate(parts)[2:], sound[:4798])


@pytest.mark.parametrize("step", [0.995, 1.0003, 1.005])
def test_another_rate_changes_the_pitch_and_leaves_no_seam(step):
    sound = wave(48_000)
    resampler = Resampler(1)
    out = np.concatenate([resampler.feed(sound[start:start + 800], step) for start in range(0, 48_000, 800)]).ravel()
    assert abs(len(out) - 48_000 / step) <= 3
    ideal = 10_000 * np.sin(2 * np.pi * 440 * (np.arange(len(out)) * step - 2) / RATE)
    assert np.abs(out[10:] - ideal[10:]).max() < 20


def test_both_channels_are_resampled_alike():
    left = wave(800)
    out = Resampler(2).feed(np.hstack([left, -left]), 1.003)
    assert np.abs(out[:, 0] + out[:, 1]).max() <= 1


def test_no_samples_are_no_samples():
    assert Resampler(1).feed(np.empty((0, 1), np.int16)).shape[1] == 1


def test_a_squeezed_sound_is_the_mean_of_what_becomes_one():
    out = squeezed(np.array([[0], [10], [20], [30], [5]], np.int16), 2)
    assert out.tolist() == [[5], [25]]
