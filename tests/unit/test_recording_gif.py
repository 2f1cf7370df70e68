"""Recordings as GIF, read again with Pillow: pictures, times, and what becomes of the file."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import retrovm
from retrovm import recording
from retrovm.recording.gif import reduced

# A piece of a pattern a frame, each at another place.
CHANGING = bytes.fromhex("A200 7001 7103 D015 1202")
STILL = bytes.fromhex("A200 D015 1204")


def make(program, **options):
    return retrovm.create("chip8", program, name="test.ch8", **options)


def enlarged(vm, scale):
    """The picture of a machine as it should be recorded."""
    return vm.screen.ndarray.repeat(scale, axis=0).repeat(scale, axis=1)


def film(vm, path, frames, scale):
    """Records so many frames and returns the picture of each."""
    pictures = []
    with recording.record(vm, path, scale=scale) as recorder:
        for _ in range(frames):
            vm.tick()
            recorder.capture()
            pictures.append(enlarged(vm, scale))
    return pictures


def read(path):
    """The pictures of a GIF and how long each lasts, in hundredths of a second."""
    found = []
    with Image.open(path) as image:
        for number in range(image.n_frames):
            image.seek(number)
            found.append((np.asarray(image.convert("RGB")), round(image.info["duration"] / 10)))
    return found


def test_every_picture_of_fifty_a_second_is_in_it_for_its_time(tmp_path):
    pictures = film(make(CHANGING, frame_rate=50), tmp_path / "a.gif", 40, 2)
    found = read(tmp_path / "a.gif")
    assert [time for _, time in found] == 40 * [2]
    assert all((picture == wanted).all() for (picture, _), wanted in zip(found, pictures, strict=True))


def test_of_sixty_a_second_one_in_six_is_left_out_and_none_comes_late(tmp_path):
    vm = make(CHANGING)
    pictures = film(vm, tmp_path / "a.gif", 120, 1)
    found = read(tmp_path / "a.gif")
    assert len(found) == 100
    assert {time for _, time in found} == {2}
    now, last = 0, -1
    for picture, time in found:
        number = next(at for at in range(last + 1, 120) if (pictures[at] == picture).all())
        assert abs(now - 100 * number / vm.frame_rate) <= 1.5
        now, last = now + time, number


def test_time_adds_up_over_a_long_recording_at_an_odd_rate(tmp_path):
    vm = make(CHANGING, frame_rate="60000/1001")
    film(vm, tmp_path / "a.gif", 600, 1)
    assert abs(sum(time for _, time in read(tmp_path / "a.gif")) - 100 * 600 / vm.frame_rate) <= 1


def test_equal_pictures_are_one(tmp_path):
    film(make(STILL), tmp_path / "a.gif", 90, 4)
    (picture, time), = read(tmp_path / "a.gif")
    assert picture.shape == (128, 256, 3)
    assert time == 150


def test_a_picture_may_last_longer_than_gif_can_say_at_once(tmp_path):
    vm = make(STILL)
    with recording.record(vm, tmp_path / "a.gif") as recorder:
        vm.tick(10)
        recorder.capture(60 * 1500)
    found = read(tmp_path / "a.gif")
    assert sum(time for _, time in found) == 150_000
    assert all((picture == found[0][0]).all() for picture, _ in found)


def test_what_stays_as_it_is_takes_no_room(tmp_path):
    film(make(CHANGING, frame_rate=50), tmp_path / "a.gif", 500, 8)
    assert (tmp_path / "a.gif").stat().st_size < 500 * 600


def test_a_picture_of_fewer_pixels_is_enlarged_more(tmp_path):
    vm = make(bytes.fromhex("A200 D015 00FF A200 D015 120A"), variant="schip1.1", tickrate=1)
    pictures = film(vm, tmp_path / "a.gif", 12, 1)
    assert {picture.shape for picture in pictures} == {(32, 64, 3), (64, 128, 3)}
    with Image.open(tmp_path / "a.gif") as image:
        assert image.size == (128, 64)
    low, high = pictures[0], pictures[-1]
    found = read(tmp_path / "a.gif")
    assert (found[0][0] == low.repeat(2, axis=0).repeat(2, axis=1)).all()
    assert (found[-1][0] == high).all()


def test_a_screen_that_is_turned_is_recorded_turned(tmp_path):
    vm = make(STILL, rotation=90)
    picture = film(vm, tmp_path / "a.gif", 3, 2)[-1]
    assert (read(tmp_path / "a.gif")[0][0] == np.rot90(picture, -1)).all()


def test_the_palette_is_exact_and_may_change(tmp_path):
    vm = make(STILL)
    with recording.record(vm, tmp_path / "a.gif", scale=1) as recorder:
        for colours in ([0x123456, 0xFEDCBA], [0x010203, 0xFEDCBA]):
            vm.screen.set_palette(colours)
            vm.tick(2)
            recorder.capture(6)
    found = read(tmp_path / "a.gif")
    assert [sorted(map(tuple, np.unique(picture.reshape(-1, 3), axis=0).tolist())) for picture, _ in found] == [
        [(0x12, 0x34, 0x56), (0xFE, 0xDC, 0xBA)], [(0x01, 0x02, 0x03), (0xFE, 0xDC, 0xBA)]]


def test_up_to_256_direct_colours_are_exact_and_more_are_brought_down():
    many = np.arange(3 * 16 * 16, dtype=np.uint32).reshape(16, 16, 3).astype(np.uint8)
    indices, palette = reduced(many)
    assert (palette[indices] == many).all()
    more = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    indices, palette = reduced(more)
    assert len(palette) <= 256
    assert np.abs(palette[indices].astype(int) - more).mean() < 32


def test_direct_colour_is_recorded(tmp_path):
    program = bytes.fromhex("0011 A216 0202 A21E 0302 0401 D000 00E0 1210 0000 0000 FFFF0000 FF000080 0102")
    vm = make(program, variant="megachip8")
    picture = film(vm, tmp_path / "a.gif", 2, 1)[-1]
    assert (read(tmp_path / "a.gif")[-1][0] == picture).all()


def test_it_is_shown_again_and_again(tmp_path):
    film(make(STILL), tmp_path / "a.gif", 5, 1)
    with Image.open(tmp_path / "a.gif") as image:
        assert image.info["loop"] == 0


def test_without_a_scale_it_fits_in_640_by_480(tmp_path):
    with recording.record(make(STILL), tmp_path / "a.gif") as recorder:
        assert recorder.size == (640, 320)


def test_the_file_appears_when_the_recording_ends_and_replaces_the_old_one_only_then(tmp_path):
    path = tmp_path / "a.gif"
    path.write_bytes(b"mine")
    vm = make(STILL)
    with recording.record(vm, path) as recorder:
        vm.tick()
        recorder.capture()
        assert path.read_bytes() == b"mine"
    assert path.read_bytes().startswith(b"GIF89a")
    assert os.listdir(tmp_path) == ["a.gif"]
    recorder.close()
    recorder.capture()
    assert not recorder.is_open


def test_a_recording_without_a_frame_leaves_nothing(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"mine")
    recording.record(make(STILL), tmp_path / "a.gif").close()
    assert (tmp_path / "a.gif").read_bytes() == b"mine"
    assert os.listdir(tmp_path) == ["a.gif"]


def test_what_was_left_of_another_recording_is_not_overwritten(tmp_path):
    (tmp_path / "a.gif.part").write_bytes(b"half a recording")
    with pytest.raises(retrovm.RecordingError, match=r"a\.gif\.part is what was left .* move it away or delete it first"):
        recording.record(make(STILL), tmp_path / "a.gif")
    assert (tmp_path / "a.gif.part").read_bytes() == b"half a recording"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(retrovm.RecordingError, match=r"none/a\.gif\.part: .*No such file or directory"):
        recording.record(make(STILL), tmp_path / "none" / "a.gif")


def test_an_unknown_suffix_is_an_error_with_the_nearest(tmp_path):
    with pytest.raises(retrovm.ArgumentError, match=r"suffix '\.gift'; did you mean \.gif\?"):
        recording.record(make(STILL), tmp_path / "a.gift")
    with pytest.raises(retrovm.ArgumentError, match=r"suffix ''; there are: \.gif, \.mkv, \.mp4, \.webm"):
        recording.record(make(STILL), tmp_path / "a")


def test_a_machine_without_a_screen_and_a_senseless_scale_are_errors(tmp_path):
    with pytest.raises(retrovm.ArgumentError, match="sbc6502 has no screen"):
        recording.record(retrovm.create("sbc6502"), tmp_path / "a.gif")
    with pytest.raises(retrovm.ArgumentError, match="1 to 64 times, not 0"):
        recording.record(make(STILL), tmp_path / "a.gif", scale=0)
    assert not os.listdir(tmp_path)


def test_without_pillow_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(retrovm.RecordingError, match=r"retrovm\[image\]"):
        recording.record(make(STILL), tmp_path / "a.gif")
    assert not os.listdir(tmp_path)


RUN = f"""
import os, resource, signal, sys
import retrovm
from retrovm import recording
vm = retrovm.create("chip8", bytes.fromhex("{CHANGING.hex()}"), name="test.ch8", frame_rate=50)
with recording.record(vm, sys.argv[1], scale=2) as recorder:
    for _ in range(40):
        vm.tick()
        recorder.capture()
    if sys.argv[2] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
    for _ in range(1000):
        vm.tick()
        recorder.capture()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the ways to go wrong are those of POSIX")
@pytest.mark.parametrize(("way", "most"), [("kill", 39), ("full", 1000)])
def test_a_recording_that_was_cut_off_can_be_shown_up_to_there(tmp_path, way, most):
    path = tmp_path / "a.gif"
    done = subprocess.run([sys.executable, "-c", RUN, path, way], stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode != 0
    assert ("RecordingError" in done.stderr) == (way == "full")
    assert way == "kill" or "the recording ends here, because it cannot be written: File too large" in done.stderr
    assert not path.exists()
    found = read(Path(f"{path}.part"))
    assert 39 <= len(found) <= most
    pictures = film(make(CHANGING, frame_rate=50), tmp_path / "whole.gif", 39, 2)
    assert all((picture == wanted).all() for (picture, _), wanted in zip(found, pictures, strict=False))
