"""`retrovm run --video`: what it records, beside what else it is asked for, and what it says when that cannot be."""

import os
import subprocess
import sys
import wave

import av
import numpy as np
import pytest
from PIL import Image

import retrovm
from retrovm import bundled, cli
from retrovm.movie import Recorder

EMBER = bundled.find("ember").file


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        status = cli.main(["run", *(str(word) for word in words)])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def gif(path):
    """The last picture of a GIF, and its time in hundredths of a second."""
    with Image.open(path) as image:
        time = 0
        for number in range(image.n_frames):
            image.seek(number)
            time += image.info["duration"] // 10
        return np.asarray(image.convert("RGB")), time


def test_every_frame_is_recorded_and_nothing_is_printed(run, tmp_path):
    assert run(EMBER, "--frames", 120, "--video", "a.gif", "--scale", 3) == (0, "", "")
    vm = retrovm.load(EMBER)
    vm.tick(120)
    picture, time = gif("a.gif")
    assert time == 200
    assert (picture == vm.screen.ndarray.repeat(3, axis=0).repeat(3, axis=1)).all()
    assert os.listdir(tmp_path) == ["a.gif"]


def test_the_state_is_the_same_with_and_without_it(run):
    _, alone, _ = run(EMBER, "--frames", 60, "--hash")
    _, recorded, _ = run(EMBER, "--frames", 60, "--hash", "--video", "a.gif")
    assert alone == recorded


def test_picture_sound_and_video_are_the_same(run):
    assert run(EMBER, "--frames", 90, "--video", "a.mkv", "--wav", "a.wav", "--screenshot", "a.png")[0] == 0
    with av.open("a.mkv") as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    with av.open("a.mkv") as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    with wave.open("a.wav") as sound:
        assert (np.frombuffer(sound.readframes(sound.getnframes()), "<i2") == heard).all()
    assert (len(pictures), pictures[0].shape) == (90, (320, 640, 3))
    with Image.open("a.png") as image:
        assert image.size == (64, 32)
        assert (np.asarray(image.convert("RGB")) == pictures[-1][::10, ::10]).all()


def test_a_movie_that_is_played_is_recorded_to_its_end(run):
    vm = retrovm.load(EMBER)
    with Recorder(vm, "a.rmv"):
        vm.button("6", frames=10)
        vm.tick(75)
    assert run(EMBER, "--input", "a.rmv", "--video", "a.gif")[0] == 0
    assert gif("a.gif")[1] == 125


def test_a_run_with_a_serial_line_is_recorded(tmp_path):
    words = [sys.executable, "-m", "retrovm", "run", "eater/echo", "--serial", "-", "--frames", "30", "--video", "a.gif"]
    done = subprocess.run(words, cwd=tmp_path, input=b"hello", capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    rate = retrovm.load(bundled.find("eater/echo").file, machine="eater").frame_rate
    assert gif(tmp_path / "a.gif")[1] == round(100 * 30 / rate)


@pytest.mark.parametrize(("words", "status", "message"), [
    (["--video", "a.gfi"], 2, "a.gfi: no recording has the suffix '.gfi'; did you mean .gif?"),
    (["--video", "none/a.gif"], 2, "the folder of none/a.gif does not exist"),
    (["--video", "left.gif"], 1, "left.gif.part is what was left of a recording that was not finished"),
])
def test_what_cannot_be_recorded_is_told(run, tmp_path, words, status, message):
    (tmp_path / "left.gif.part").write_bytes(b"left")
    found = run(EMBER, *words)
    assert found[:2] == (status, "")
    assert message in found[2]
    assert os.listdir(tmp_path) == ["left.gif.part"]


def test_a_machine_without_a_screen_has_no_video(run):
    status, _, err = run("--machine", "sbc6502", "--video", "a.gif")
    assert status == 2
    assert "--video: sbc6502 has no screen" in err
