"""The sound of XO-CHIP and CHIP-8X."""

import numpy
import pytest
from chip8_machine import after, machine


def heard(made, frames):
    made.tick(frames)
    return made.audio.ndarray[:, 0].astype(int)


def pitch(wave, rate):
    """The strongest frequency of a second of sound."""
    part = wave[:rate] - wave[:rate].mean()
    return int(numpy.abs(numpy.fft.rfft(part * numpy.hanning(len(part)))).argmax())


def playing(pattern, number, **options):
    """A machine that plays a pattern of 16 bytes at this pitch for a long time."""
    program = "F000 020C F002 F13A F218 120A" + pattern
    return after(program, 0, {"v1": number, "v2": 255}, variant="xochip", **options)


@pytest.mark.parametrize("number", [64, 112, 16, 0, 71, 255])
def test_a_pattern_is_played_at_the_rate_of_its_pitch(number):
    made = playing("FF00" * 8, number)             # 8 bits high, 8 low: a 16th of the rate
    rate = 4000 * 2 ** ((number - 64) / 48)
    assert abs(pitch(heard(made, 70)[1000:], made.audio.rate) - rate / 16) <= 1


def test_the_128_bits_of_a_pattern_follow_each_other_and_begin_again():
    made = playing("FFFFFFFFFFFFFFFF0000000000000000", 64)
    assert abs(pitch(heard(made, 70)[1000:], made.audio.rate) - 4000 / 128) <= 1


def test_bits_begin_with_the_highest_of_the_first_byte():
    wave = heard(playing("F0" + "00" * 15, 64), 1)
    high = numpy.flatnonzero(wave > 2000)
    assert abs(len(high) - 4 * 12) <= 4            # 4 bits of 1/4000 s, at 48000 samples a second


def test_without_a_pattern_the_tone_of_a_chip8_is_heard():
    made = after("F118 1202", 0, {"v1": 255}, variant="xochip")
    assert abs(pitch(heard(made, 70)[1000:], made.audio.rate) - 1400) <= 2


def test_setting_the_sound_timer_while_it_sounds_does_not_begin_the_pattern_again():
    again = playing("FF00" * 8, 64)
    once = machine("1200", variant="xochip")
    state = again.save_fields()
    once.load_fields(state)
    once.cpu.bus.poke_bytes(0x20A, bytes.fromhex("1208"))       # sets ST over and over
    assert (heard(again, 9) == heard(once, 9)).all()


def test_another_pitch_goes_on_where_the_pattern_is_without_a_jump():
    made = after("F000 020E F002 F13A F218 F33A 120C" + "FF00" * 8, 0, {"v1": 64, "v2": 200, "v3": 64},
                 variant="xochip", tickrate=50)
    same = playing("FF00" * 8, 64, tickrate=50)
    assert numpy.abs(heard(made, 20) - heard(same, 20)).max() < 12000


def test_a_sound_ends_at_rest():
    made = after("F000 020C F002 F13A F218 120A" + "F0" * 16, 0, {"v1": 100, "v2": 3}, variant="xochip")
    assert abs(heard(made, 60)[-100:]).max() == 0


@pytest.mark.parametrize(("number", "frequency"), [(0, 27535 / 129), (0x80, 27535 / 129), (9, 2753.5), (50, 27535 / 51)])
def test_the_tone_of_a_chip8x_has_the_frequency_of_its_number(number, frequency):
    made = after("F1F8 F218 1304", 0, {"v1": number, "v2": 255}, variant="chip8x")
    assert abs(pitch(heard(made, 70)[1000:], made.audio.rate) - frequency) <= frequency / 100 + 1


def test_a_saved_state_goes_on_sounding_the_same():
    made, other = playing("F0A5" * 8, 91), playing("00" * 16, 64)
    made.tick(3)
    other.load_fields(made.save_fields())
    made.tick(5)
    other.tick(5)
    assert made.save_fields() == other.save_fields()
    assert (made.audio.ndarray[-800:] == other.audio.ndarray[-800:]).all()
