"""The sampled sound of a MegaChip8."""

import numpy
import pytest
from chip8_machine import machine
from test_chip8_sound import heard, pitch

SOUND = 0x1000


def header(rate, length):
    return rate.to_bytes(2) + length.to_bytes(3) + b"\0"


def playing(samples, rate, program="0100 1000 0600 1206", length=None, **options):
    """A machine that plays these bytes from $1000 on, over and over."""
    made = machine(program, variant="megachip8", **options)
    made.cpu.bus.poke_bytes(SOUND, header(rate, len(samples) if length is None else length) + bytes(samples))
    return made


def square(period):
    return [224] * (period // 2) + [32] * (period // 2)


@pytest.mark.parametrize("rate", [4000, 8000, 11025, 22050, 44100, 65535])
def test_a_sound_has_the_rate_of_its_header(rate):
    made = playing(square(64), rate)
    assert abs(pitch(heard(made, 60)[1000:], made.audio.rate) - rate / 64) <= 1


def test_a_sound_is_played_over_and_over_for_0_and_once_for_other_numbers():
    over = heard(playing([224, 32] * 400, 8000), 20)
    once = heard(playing([224, 32] * 400, 8000, "0100 1000 0601 1206"), 20)
    assert numpy.abs(over[-2000:]).max() > 5000
    # 800 bytes at 8000 a second are a tenth of a second.
    assert numpy.abs(once[4000:4700]).max() > 5000
    assert numpy.abs(once[5200:]).max() < 1500
    assert numpy.abs(once[-100:]).max() == 0


def test_the_level_128_is_silence():
    assert not heard(playing([128] * 100, 8000), 5).any()


def test_0700_stops_the_sound_and_a_new_one_takes_the_place_of_the_old():
    stopped = heard(playing(square(64), 8000, "0100 1000 0600 6005 F015 F107 3100 120A 0700 1212"), 60)
    assert numpy.abs(stopped[2000:4000]).max() > 5000
    assert not stopped[-2000:].any()
    made = playing(square(64), 8000, "0100 1000 0600 6005 F015 F107 3100 120A 0100 2000 0600 1216")
    made.cpu.bus.poke_bytes(0x2000, header(16000, 64) + bytes(square(64)))
    assert abs(pitch(heard(made, 70)[10_000:], made.audio.rate) - 250) <= 1


def test_0010_ends_the_sound_with_the_mode():
    assert not heard(playing(square(64), 8000, "0011 0100 1000 0600 0010 120A"), 10)[-2000:].any()


@pytest.mark.parametrize(("rate", "length"), [(0, 64), (8000, 0)])
def test_a_sound_without_a_rate_or_a_length_is_none(rate, length):
    assert not heard(playing(square(64), rate, length=length), 5).any()


def test_a_sound_at_the_end_of_memory_goes_on_at_its_beginning():
    made = machine("01FF FFF0 0600 1206", variant="megachip8")
    made.cpu.bus.poke_bytes(0xFFFFF0, header(8000, 64) + bytes(square(64)))
    assert abs(pitch(heard(made, 70)[1000:], made.audio.rate) - 125) <= 1


def test_the_tone_and_a_sound_are_heard_together():
    made = playing(square(64), 8000, "0100 1000 0600 60FF F018 120A")
    wave = heard(made, 70)[1000:]
    spectrum = numpy.abs(numpy.fft.rfft(wave[:48000] * numpy.hanning(48000)))
    assert min(spectrum[125], spectrum[1400]) > 20 * numpy.median(spectrum)


def test_the_rate_is_kept_exactly_for_as_long_as_a_sound_lasts():
    # 3 bytes of which one is loud: after a second of 7001 bytes, 2333 times and two bytes more.
    made = playing([255, 0, 0], 7001)
    made.tick(50)
    assert made.dump_fields()["cpu.sample_position"] == 7001 % 3
