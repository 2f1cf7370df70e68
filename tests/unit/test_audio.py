"""Sound: levels at ticks become band-limited samples, exactly as many as the time asks for."""

import hashlib
import runpy
import subprocess
import sys
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrovm.core.audio import Audio
from retrovm.core.clock import Clock
from retrovm.core.errors import ArgumentError, StateError
from retrovm.core.machine import Machine

CORE = Path(__file__).parents[2] / "ext" / "retrovm" / "core"
NES = Fraction(39375000, 22)  # ticks a second
DELAY = 7


def sound(clock=NES, **options):
    return Audio("sound", Clock(clock), **options)


def play(audio, changes, ends):
    """Changes of (tick, voice, level), and frames that end at these ticks; all samples."""
    changes = sorted(changes, key=lambda change: change[0])
    for end in ends:
        while changes and changes[0][0] < end:
            tick, voice, level = changes.pop(0)
            audio.set_level(level, voice, tick)
        audio.finish(end)
    return audio.ndarray


def square(half_period, ticks, level=8000, start=0):
    """A square wave whose halves last `half_period` ticks."""
    return [(tick, 0, -level if i % 2 else level) for i, tick in enumerate(range(start, ticks, half_period))]


def decibel(amplitude):
    return 20 * np.log10(np.maximum(amplitude, 1e-12))


# --- what it sounds like --------------------------------------------------------------------------


def test_a_square_wave_of_440_hz_has_odd_harmonics_and_its_aliases_are_80_db_below():
    second = 880 * 1009
    audio = sound(second)
    samples = play(audio, square(1009, 3 * second, level=16000), [second, 2 * second, 3 * second])
    last = samples[2 * 48000 :, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(last)) / 24000
    odd = np.arange(440, 24000, 880)
    for harmonic in odd[odd < 14000]:
        expected = 16000 * 4 / np.pi * 440 / harmonic
        assert abs(decibel(spectrum[harmonic]) - decibel(expected)) < 0.1
    rest = spectrum.copy()
    rest[odd] = 0
    assert decibel(rest.max()) - decibel(spectrum[440]) < -80


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000])
def test_a_step_reaches_its_level_after_seven_samples_and_then_fades(rate):
    audio = sound(1_000_000, rate=rate)
    samples = play(audio, [(500_000, 0, 10_000)], [1_000_000])[:, 0].astype(int)
    edge = rate // 2 + DELAY
    assert not samples[: edge - DELAY].any()
    assert abs(samples[edge + DELAY] - 10_000) < 400
    assert abs(samples[edge - 1 : edge + 1].mean() - 5_000) < 1_500
    assert abs(samples[edge + rate // 10]) < 100
    tail = samples[edge + DELAY + 3 :]
    assert (np.diff(tail) <= 0).all()
    assert tail[-1] == 0


def test_there_is_no_click_where_nothing_changes():
    audio = sound()
    changes = [(frame * 29780 + 7, 0, 12_000) for frame in range(60)]
    samples = play(audio, changes, [29780 * (frame + 1) for frame in range(60)])[:, 0].astype(int)
    assert np.abs(np.diff(samples[40:])).max() <= 12_000 >> 8


def test_silence_is_exactly_zero():
    audio = sound()
    play(audio, [], [1_000_000])
    assert len(audio.ndarray) > 0
    assert not audio.ndarray.any()


def test_voices_are_added():
    one, two = sound(voices=2), sound()
    mixed = play(one, [(1000, 0, 5000), (1000, 1, 3000), (9000, 0, 0)], [29780])
    single = play(two, [(1000, 0, 8000), (9000, 0, 3000)], [29780])
    assert np.array_equal(mixed, single)


def test_even_voices_are_left_and_odd_ones_right():
    samples = play(sound(channels=2, voices=4), [(1000, 2, 9000), (1000, 3, -5000)], [29780])
    assert samples.shape[1] == 2
    assert samples[60, 0] > 7000
    assert samples[60, 1] < -4000
    assert np.array_equal(samples[:, :1], play(sound(), [(1000, 0, 9000)], [29780]))


def test_a_sum_that_is_too_loud_is_clipped_and_does_not_wrap():
    samples = play(sound(voices=3), [(1000, voice, 32767) for voice in range(3)], [29780])
    assert samples.max() == 32767
    assert samples[60:].min() > 0


def test_of_two_changes_at_one_tick_the_last_counts():
    twice = play(sound(), [(1000, 0, 30000), (1000, 0, 4000)], [29780])
    once = play(sound(), [(1000, 0, 4000)], [29780])
    assert np.array_equal(twice, once)


# --- how many samples, and when -------------------------------------------------------------------


@pytest.mark.parametrize("clock", [NES, Fraction(236_250_000, 11), 1_000_000, 500, Fraction(17734475, 18)])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_thousand_frames_have_exactly_the_samples_of_their_time(clock, rate):
    audio = sound(clock, rate=rate)
    frame = Fraction(clock) * 1001 / 60000
    total = 0
    for number in range(1000):
        end = floor((number + 1) * frame)
        audio.finish(end)
        total += len(audio.ndarray)
        audio.forget()
        assert total == floor(end * Fraction(rate) / clock)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 99_999), st.integers(0, 1), st.integers(-32768, 32767)), max_size=40),
    st.lists(st.integers(0, 100_000), max_size=10),
)
def test_samples_do_not_depend_on_where_frames_end(changes, ends):
    whole = play(sound(voices=2), changes, [100_000])
    cut = play(sound(voices=2), changes, [*sorted(ends), 100_000])
    assert np.array_equal(whole, cut)


def test_a_change_at_the_tick_at_which_a_frame_ends_belongs_to_the_next_frame():
    audio = sound()
    audio.finish(29780)
    first = audio.ndarray
    audio.forget()
    audio.set_level(9000, tick=29780)
    audio.finish(2 * 29780)
    second = audio.ndarray
    assert np.array_equal(np.concatenate([first, second]), play(sound(), [(29780, 0, 9000)], [2 * 29780]))


def test_a_minute_without_a_reader_keeps_the_newest_samples_and_no_more():
    audio = sound(1000, rate=8000)
    most = 0
    for second in range(1, 101):
        audio.set_level(second, tick=1000 * (second - 1))
        audio.finish(1000 * second - 1)
        most = max(most, len(audio.ndarray))
    newest = audio.ndarray
    audio.forget()
    assert len(audio.ndarray) == 0
    assert 30 * 8000 <= len(newest) <= most <= 60 * 8000
    again = sound(1000, rate=8000)
    again_samples = []
    for second in range(1, 101):
        again.set_level(second, tick=1000 * (second - 1))
        again.finish(1000 * second - 1)
        again_samples.append(again.ndarray)
        again.forget()
    assert np.array_equal(newest, np.concatenate(again_samples)[-len(newest) :])


def test_samples_are_the_same_on_every_host():
    audio = sound(channels=2, voices=3)
    changes = square(777, 120_000, 9000)
    changes += [(tick, 1, tick % 30011 - 15000) for tick in range(0, 120_000, 131)]
    samples = play(audio, changes, [29780, 59561, 89342, 120_000])
    digest = hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest()
    assert digest[:16] == "99c556af497ae62a"


# --- the array ------------------------------------------------------------------------------------


def test_the_array_is_read_only_int16_and_outlives_the_next_frame():
    audio = sound()
    samples = play(audio, [(100, 0, 5000)], [29780])
    kept = samples.copy()
    assert samples.dtype == np.int16
    assert samples.shape == (798, 1)
    assert not samples.flags.writeable
    audio.forget()
    play(audio, [(30000, 0, -5000)], [2 * 29780])
    assert np.array_equal(samples, kept)


def test_sound_does_not_import_numpy_before_somebody_looks_at_samples():
    code = ("import sys; from retrovm.core.audio import Audio; from retrovm.core.clock import Clock;"
            "Audio('sound', Clock(1000000)).finish(1000); sys.exit('numpy' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "voice", "tick", "message"),
    [
        (32768, 0, 2000, "-32768 to 32767"),
        (0, 1, 2000, "voices 0 to 0"),
        (0, -1, 2000, "voices 0 to 0"),
        (0, 0, 999, "ticks 1000 to"),
        (0, 0, -1, "ticks 1000 to"),
        (0, 0, 1 << 70, "ticks 1000 to"),
    ],
)
def test_a_level_that_cannot_be_is_refused(level, voice, tick, message):
    audio = sound()
    audio.finish(1000)
    with pytest.raises(ArgumentError, match=message):
        audio.set_level(level, voice, tick)


def test_the_last_tick_of_the_second_ahead_is_possible_at_every_rate():
    for clock in (1, 2, 3, 48000, NES, 10**9):
        audio = sound(clock)
        stride = floor(clock)
        audio.set_level(9, tick=stride)
        with pytest.raises(ArgumentError):
            audio.set_level(8, tick=stride + 1)
        audio.finish(stride)
        assert len(audio.ndarray) == floor(stride * 48000 / Fraction(clock))


@pytest.mark.parametrize(
    ("clock", "options", "message"),
    [
        (1000, {"rate": 4000}, "sample rate"),
        (1000, {"channels": 3}, "1 or 2 channels"),
        (1000, {"channels": 2, "voices": 1}, "2 to 64 voices"),
        (1000, {"voices": 65}, "1 to 64 voices"),
        (Fraction(1, 2), {}, "too slow"),
        (Fraction(1789772.727272727), {}, "Fraction of small integers"),
    ],
)
def test_a_sound_output_that_cannot_be_is_refused(clock, options, message):
    with pytest.raises(ArgumentError, match=message):
        sound(clock, **options)


# --- state ----------------------------------------------------------------------------------------


def machine_with_sound(**options):
    machine = Machine(NES)
    machine.add(Audio("sound", machine.clock, **options))
    return machine


@settings(max_examples=20, deadline=None)
@given(st.integers(30_000, 59_000), st.integers(1, 2))
def test_a_run_that_was_saved_and_loaded_gives_the_same_samples(cut, channels):
    changes = square(1777, 120_000) + [(tick, 1, tick % 9001) for tick in range(0, 120_000, 977)]
    early = [change for change in changes if change[0] < cut]
    late = [change for change in changes if change[0] >= cut]
    one = machine_with_sound(channels=channels, voices=2)
    play(one.audio, [change for change in early if change[0] < 29780], [29780])
    for tick, voice, level in sorted(change for change in early if change[0] >= 29780):
        one.audio.set_level(level, voice, tick)
    fields = one.save_fields()
    assert one.save_fields() == fields
    two = machine_with_sound(channels=channels, voices=2)
    two.load_fields(fields)
    assert two.save_fields() == fields
    one.audio.forget()
    assert np.array_equal(play(one.audio, late, [59561, 120_000]), play(two.audio, late, [59561, 120_000]))
    assert one.save_fields() == two.save_fields()


def test_a_load_forgets_what_was_sounding():
    machine = machine_with_sound()
    silent = machine.save_fields()
    machine.audio.set_level(20_000, tick=5)
    machine.load_fields(silent)
    machine.audio.finish(29780)
    assert not machine.audio.ndarray.any()


def changed(fields, key, values, width=8):
    """The state with other bytes in a field of the sound."""
    name = key.encode()
    at = fields.index(bytes([len(name)]) + name) + 1 + len(name) + 5
    data = b"".join((value & (1 << 8 * width) - 1).to_bytes(width, "little") for value in values)
    return fields[:at] + data + fields[at + len(data) :]


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("phase", [1 << 62], "phase"),
        ("level0", [65536], "level0"),
        ("finished", [-1], "finished"),
        ("finished", [1 << 62], "finished"),
        ("finished", [-(1 << 63)], "finished"),
        ("signal", [1 << 62], "louder"),
        ("signal", [-(1 << 63)], "louder"),
    ],
)
def test_a_state_that_no_sound_can_have_is_refused_and_changes_nothing(key, values, message):
    machine = machine_with_sound()
    machine.audio.set_level(20_000, tick=5)
    fields = machine.save_fields()
    with pytest.raises(StateError, match=message):
        machine.load_fields(changed(fields, key, values))
    assert machine.save_fields() == fields


@pytest.mark.parametrize("size", [0, 7, 8 * (1 + 48000 + 1 + 16) + 8])
def test_a_signal_of_a_wrong_length_is_refused(size):
    machine = machine_with_sound()
    fields = machine.save_fields()
    at = fields.index(b"signal") + 6
    assert fields[at : at + 5] == bytes([1, 8, 0, 0, 0])
    hostile = fields[:at] + bytes([1]) + size.to_bytes(4, "little") + bytes(size) + fields[at + 13 :]
    with pytest.raises(StateError, match="no signal of 1 channels"):
        machine.load_fields(hostile)
    assert machine.save_fields() == fields


def test_power_on_silences_and_the_reset_line_does_not():
    machine = machine_with_sound()
    machine.audio.set_level(20_000, tick=0)
    machine.reset(power_on=False)
    machine.audio.finish(29780)
    assert machine.audio.ndarray.any()
    machine.reset(power_on=True)
    machine.audio.finish(29780)
    assert len(machine.audio.ndarray) == 798
    assert not machine.audio.ndarray.any()


# --- the kernel -----------------------------------------------------------------------------------


def test_the_committed_kernel_is_what_its_generator_computes():
    generator = runpy.run_path(str(CORE / "audio_kernel.py"))
    assert (CORE / "audio_kernel.pxi").read_text("utf-8") == generator["text"]()


def test_every_row_of_the_kernel_sums_to_exactly_one_and_mirrors_another():
    table = runpy.run_path(str(CORE / "audio_kernel.py"))["table"]()
    assert {sum(row) for row in table} == {1 << 15}
    assert all(abs(a - b) <= 3 for row, other in zip(table, reversed(table), strict=True)
               for a, b in zip(row, reversed(other), strict=True))


WITHOUT_MEMORY = """
import resource, retrovm
vm = retrovm.create("chip8", bytes.fromhex("6020 F018 1204"), name="beep.ch8")
held = []
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))
for block in 100_000, 10_000, 2_000:      # what the process has already
    try:
        while True:
            held.append(bytes(block))
    except MemoryError:
        pass
try:
    vm.tick()
except MemoryError as error:
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process as Linux does")
def test_a_run_that_finds_no_memory_for_the_sound_raises():
    done = subprocess.run([sys.executable, "-c", WITHOUT_MEMORY], capture_output=True, text=True, check=True)
    assert "no memory for the sound" in done.stdout
