"""Recordings with sound, read again with PyAV: pictures, rate, samples, and that both stay together."""

import os
import subprocess
import sys
from contextlib import nullcontext, suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

import retrovm
from retrovm import recording
from retrovm.recording.video import KINDS

CHANGING = bytes.fromhex("A200 7001 7103 D015 1202")
# After 30 frames a tone of 0.5 s and a picture, at once.
BEEP = bytes.fromhex("601E F015 F007 3000 1204 A200 621E F218 D115 1212")
KIND = pytest.mark.parametrize("suffix", KINDS)


def make(program, **options):
    return retrovm.create("chip8", program, name="test.ch8", **options)


def film(vm, path, frames, scale):
    """Records so many frames; returns the picture of each and all samples."""
    pictures, samples = [], []
    with recording.record(vm, path, scale=scale) as recorder:
        for _ in range(frames):
            vm.tick()
            recorder.capture()
            pictures.append(vm.screen.ndarray.repeat(scale, axis=0).repeat(scale, axis=1))
            samples.append(vm.audio.ndarray)
    return pictures, np.concatenate(samples)


def pictures_of(path, whole=True):
    """When each picture of a video is shown, in seconds, and the pictures; without `whole`, up to where it is damaged."""
    frames = []
    with av.open(str(path)) as container, nullcontext() if whole else suppress(av.error.InvalidDataError):
        frames.extend(container.decode(video=0))
    return [frame.pts * frame.time_base for frame in frames], [frame.to_ndarray(format="rgb24") for frame in frames]


def sound_of(path):
    """When the sound of a video begins, in seconds, its samples from -1 to 1, and their rate."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    parts = [frame.to_ndarray() for frame in frames]
    samples = np.concatenate([part.reshape(-1) if part.dtype == np.int16 else part[0] for part in parts])
    return frames[0].pts * frames[0].time_base, samples / (32768 if samples.dtype == np.int16 else 1), frames[0].sample_rate


def pitch(samples, rate):
    """The strongest frequency in hertz."""
    spectrum = np.abs(np.fft.rfft((samples - samples.mean()) * np.hanning(len(samples))))
    return spectrum.argmax() * rate / len(samples)


def test_without_loss_every_pixel_and_every_sample_is_as_on_the_machine(tmp_path):
    pictures, samples = film(make(BEEP), tmp_path / "a.mkv", 60, 3)
    _, found = pictures_of(tmp_path / "a.mkv")
    assert all((picture == wanted).all() for picture, wanted in zip(found, pictures, strict=True))
    start, heard, rate = sound_of(tmp_path / "a.mkv")
    assert (start, rate) == (0, 48000)
    assert samples.any()
    assert (heard * 32768 == samples[:, 0]).all()


@KIND
def test_pictures_look_as_on_the_machine(tmp_path, suffix):
    pictures, _ = film(make(CHANGING), tmp_path / f"a{suffix}", 60, 4)
    _, found = pictures_of(tmp_path / f"a{suffix}")
    off = [np.abs(picture.astype(int) - wanted).mean() for picture, wanted in zip(found, pictures, strict=True)]
    assert max(off) < 4


@KIND
@pytest.mark.parametrize("rate", ["60", "50", "60000/1001"])
def test_the_rate_is_the_machines(tmp_path, suffix, rate):
    film(make(CHANGING, frame_rate=rate), tmp_path / f"a{suffix}", 90, 1)
    with av.open(str(tmp_path / f"a{suffix}")) as container:
        assert abs(container.streams.video[0].average_rate - Fraction(rate)) < Fraction(1, 1000)
    times, _ = pictures_of(tmp_path / f"a{suffix}")
    # Matroska counts milliseconds.
    assert all(abs(time - number / Fraction(rate)) <= Fraction(1, 1000) for number, time in enumerate(times))


@KIND
def test_a_tone_is_heard_at_its_pitch_when_its_picture_is_seen(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    _, samples = film(make(BEEP), path, 90, 4)
    times, found = pictures_of(path)
    seen = next(time for time, picture in zip(times, found, strict=True) if picture.max() > 128)
    start, heard, rate = sound_of(path)
    loud = np.flatnonzero(np.abs(heard) > np.abs(heard).max() / 2)
    assert abs(start + loud[0] / rate - seen) < 0.025
    assert abs((loud[-1] - loud[0]) / rate - 0.5) < 0.03
    tone = samples[np.flatnonzero(samples[:, 0])[0]:, 0][:20000]
    assert pitch(tone, 48000) == pytest.approx(pitch(heard[loud[0]:loud[0] + 20000], rate), abs=5)
    assert pitch(tone, 48000) > 100


@KIND
def test_sound_and_pictures_are_as_long_as_each_other(tmp_path, suffix):
    film(make(CHANGING, frame_rate="60000/1001"), tmp_path / f"a{suffix}", 300, 1)
    times, _ = pictures_of(tmp_path / f"a{suffix}")
    start, heard, rate = sound_of(tmp_path / f"a{suffix}")
    assert abs(times[-1] + Fraction(1001, 60000) - (start + Fraction(len(heard), rate))) < 0.05


def test_silence_stands_where_a_tick_gave_less_sound_than_frames(tmp_path):
    vm = make(BEEP)
    with recording.record(vm, tmp_path / "a.mkv", scale=1) as recorder:
        for _ in range(12):
            vm.tick(4)
            recorder.capture(5)
    times, _ = pictures_of(tmp_path / "a.mkv")
    _, heard, rate = sound_of(tmp_path / "a.mkv")
    assert len(times) == 60
    assert abs(len(heard) / rate - 1) <= 2 / 60


def test_several_frames_may_be_captured_at_once(tmp_path):
    vm = make(CHANGING)
    with recording.record(vm, tmp_path / "a.mkv", scale=1) as recorder:
        for _ in range(20):
            vm.tick(3)
            recorder.capture(3)
        assert recorder.frames == 60
    times, found = pictures_of(tmp_path / "a.mkv")
    assert len(times) == 60
    assert all((found[at] == found[at + 2]).all() for at in range(0, 60, 3))
    assert len(sound_of(tmp_path / "a.mkv")[1]) == 48000


def test_a_size_that_is_odd_or_changes_is_no_trouble(tmp_path):
    vm = make(bytes.fromhex("A200 D015 00FF A200 D015 120A"), variant="schip1.1", tickrate=1)
    with recording.record(vm, tmp_path / "a.mkv", scale=1) as recorder:
        for _ in range(12):
            vm.tick()
            recorder.capture()
    _, found = pictures_of(tmp_path / "a.mkv")
    assert {picture.shape for picture in found} == {(64, 128, 3)}
    assert (found[-1] == vm.screen.ndarray).all()


def test_without_pyav_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(retrovm.RecordingError, match=r"retrovm\[video\]"):
        recording.record(make(CHANGING), tmp_path / "a.mp4")
    assert not os.listdir(tmp_path)


def test_a_codec_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(KINDS, ".mp4", recording.video.Kind("mp4", "nosuchcodec", "yuv420p", "aac"))
    with pytest.raises(retrovm.RecordingError, match="nosuchcodec"):
        recording.record(make(CHANGING), tmp_path / "a.mp4")
    assert not os.listdir(tmp_path)


def test_the_recorder_of_videos_knows_its_suffixes(tmp_path):
    with pytest.raises(retrovm.ArgumentError, match=r"no video has the suffix '\.gif'; there are: \.mkv, \.mp4, \.webm"):
        recording.VideoRecording(make(CHANGING), tmp_path / "a.gif")
    assert not os.listdir(tmp_path)


RUN = f"""
import os, resource, signal, sys
import retrovm
from retrovm import recording
vm = retrovm.create("chip8", bytes.fromhex("{CHANGING.hex()}"), name="test.ch8")
with recording.record(vm, sys.argv[1], scale=2) as recorder:
    if sys.argv[2] == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (200000, 200000))
    for frame in range(400 if sys.argv[2] == "kill" else 20000):
        vm.tick()
        recorder.capture()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@KIND
@pytest.mark.skipif(sys.platform == "win32", reason="the ways to go wrong are those of POSIX")
@pytest.mark.parametrize("way", ["kill", "full"])
def test_a_recording_that_was_cut_off_can_be_shown_up_to_there(tmp_path, suffix, way):
    path = tmp_path / f"a{suffix}"
    done = subprocess.run([sys.executable, "-c", RUN, path, way], stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode != 0
    assert ("the recording ends here, because it cannot be written: File too large" in done.stderr) == (way == "full")
    assert not path.exists()
    times, found = pictures_of(Path(f"{path}.part"), whole=False)
    assert len(times) >= (200 if way == "kill" else 20)
    wanted, _ = film(make(CHANGING), tmp_path / "whole.mkv", 60, 2)
    assert all(np.abs(picture.astype(int) - right).mean() < 4 for picture, right in zip(found, wanted, strict=False))
