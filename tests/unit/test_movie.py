"""Movies: what a recording keeps, what a replay does, and what is said of files that are damaged."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from dataclasses import replace

import pytest
import tiny_machine as tiny
from hypothesis import given
from hypothesis import strategies as st

import retrovm
from retrovm import ArgumentError, MovieError, PythonDevice, ReplayError, StopReason
from retrovm.media import open_media
from retrovm.movie import Event, Movie, Playback, Recorder
from retrovm.session import VM


def new(vm, **options):
    """Another machine like this one."""
    return VM(vm.spec, vm.media, options or vm.options, vm.seed)


def pack(*values):
    """The bytes of a movie with these lines."""
    lines, crc = [], 0
    for value in values:
        text = json.dumps(value).encode()
        crc = zlib.crc32(text, crc)
        lines.append(b"%08x %s\n" % (crc, text))
    return b"".join(lines)


def header(vm, **changes):
    return {"format": "retrovm movie", "version": 1, "machine": vm.spec.id, "media": vm.media.sha1, "seed": vm.seed,
            "options": {name: str(value) for name, value in vm.options.items()}, "retrovm": "1", **changes}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "play.rmv"


def record(vm, path):
    """A movie with one of each deed."""
    with Recorder(vm, path, every=2):
        vm.button_press("left")
        vm.tick(2)
        vm.button("fire", 3)
        vm.run(cycles=777)
        vm.serial.send(b"\x00\xff\r\n")
        vm.button_release("left")
        vm.tick(2)
        vm.reset(power_on=False)
        saved = vm.save_state()
        vm.tick(3)
        vm.load_state(saved)
        vm.reset()
        vm.ports.find("left").release_all()
        vm.tick(2)
    return path.read_bytes()


def test_a_movie_lists_what_was_done_with_its_tick(vm, path):
    record(vm, path)
    movie = Movie.open(path)
    assert (movie.machine, movie.seed, movie.media, movie.complete) == ("tiny", 1, vm.media.sha1, True)
    assert movie.recorder == retrovm.__version__
    deeds = [event for event in movie.events if event.action not in ("check", "end", "load")]
    assert deeds[0] == Event(0, False, "press", "keys", ("left", None))
    assert [(event.action, event.port, event.arguments) for event in deeds[1:]] == [
        ("press", "keys", ("fire", 3)), ("send", "serial", (b"\x00\xff\r\n",)), ("release", "keys", ("left",)),
        ("reset", None, (False,)), ("reset", None, (True,)), ("release_all", "keys", ()),
    ]
    assert 20_777 <= deeds[2].tick < 20_790
    assert deeds[2].in_frame
    checks = [event.arguments[0] for event in movie.events if event.action == "check"]
    assert checks
    assert movie.events[-1].arguments == (2, vm.state_hash())


def test_a_machine_that_was_just_switched_on_needs_no_state_in_its_movie(vm, path):
    Recorder(vm, path).close()
    assert [event.action for event in Movie.open(path).events] == ["end"]
    vm.tick()
    Recorder(vm, path).close()
    assert [event.action for event in Movie.open(path).events] == ["load", "end"]
    vm.reset()
    vm.memory[0x10] = 1
    Recorder(vm, path).close()
    assert [event.action for event in Movie.open(path).events] == ["load", "end"]


def test_a_replay_does_what_was_done(vm, path):
    record(vm, path)
    other = new(vm)
    playback = Playback(Movie.open(path), other)
    assert other.ports.find("left").held == ("left",)
    playback.run()
    assert playback.done
    assert not playback.is_open
    assert other.state_hash() == vm.state_hash()


def test_a_replay_ends_at_the_tick_where_the_recording_was_closed(vm, path):
    with Recorder(vm, path):
        vm.run(cycles=12_345)
    other = new(vm)
    Playback(Movie.open(path), other)
    assert other.tick(5)
    assert other.clock.ticks == vm.clock.ticks
    assert other.tick(5)
    assert other.frame == 6


def test_the_host_has_no_say_during_a_replay_and_afterwards_has(vm, path):
    record(vm, path)
    playback = Playback(Movie.open(path), other := new(vm))
    other.button_press("right")
    other.button_release("left")
    other.ports.find("left").release_all()
    other.serial.send(b"no")
    assert other.ports.find("left").held == ("left",)
    assert other.serial.pending == 0
    playback.stop()
    other.button_press("right")
    assert other.ports.find("left").held == ("left", "right")


@pytest.mark.parametrize("act", [lambda vm: vm.reset(), lambda vm: vm.load_state(vm.save_state())], ids=["reset", "load"])
def test_a_reset_or_a_loaded_state_of_the_host_ends_a_replay(vm, path, act):
    record(vm, path)
    playback = Playback(Movie.open(path), other := new(vm))
    other.tick()
    act(other)
    assert not playback.is_open
    assert not playback.done
    other.button_press("right")
    assert "right" in other.ports.find("left").held


def test_input_from_a_hook_is_replayed_in_the_frame_that_it_fell_into(vm, path):
    """Also where the hook is at the first instruction of a frame, whose input is latched already."""
    pressed, boundaries = [], []

    def press(vm):
        pressed.append((vm.clock.ticks, vm.is_in_frame))
        vm.button("fire")

    with Recorder(vm, path, every=1):
        for _ in range(8):
            vm.tick()
            boundaries.append(vm.clock.ticks)
            first = vm.cpu.pc
            vm.hook(first, press)
            vm.run(cycles=8)
            vm.unhook(first, press)
    assert any(tick in boundaries and in_frame for tick, in_frame in pressed)
    other = new(vm)
    Playback(Movie.open(path), other).run()
    assert other.state_hash() == vm.state_hash()


def test_a_step_of_a_replay_ends_where_something_was_done_in_the_middle_of_a_wait(path):
    """On a VIP, DXYN waits for the end of the picture, and a step passes all of what is left of it."""
    vm = retrovm.create("chip8", rom=bytes.fromhex("A202D0011200"), timing="vip")
    with Recorder(vm, path):
        vm.tick(2)
        while vm.cpu.waiting:
            vm.step()
        while not vm.cpu.waiting:
            vm.step()
        vm.run(cycles=100)
        assert vm.cpu.waiting == "frame"
        pressed = vm.clock.ticks
        vm.button_press("5")
        vm.tick(2)
    other = new(vm)
    playback = Playback(Movie.open(path), other)
    ends = set()
    while playback.is_open:
        other.step()
        ends.add(other.clock.ticks)
    assert pressed in ends
    assert other.state_hash() == vm.state_hash()


def test_input_after_a_run_to_an_address_is_replayed(vm, path):
    with Recorder(vm, path, every=1):
        for _ in range(4):
            vm.tick()
            assert vm.run(until=vm.cpu.pc) is StopReason.ADDRESS
            vm.button("left", 2)
    other = new(vm)
    Playback(Movie.open(path), other).run()
    assert other.state_hash() == vm.state_hash()


def test_what_other_threads_send_during_a_run_comes_with_the_next_frame_and_is_replayed(vm, path):
    with Recorder(vm, path, every=1) as recorder:
        done = threading.Event()

        def type_on():
            for number in range(50):
                vm.serial.send(b"%d" % number)
                vm.button("left")
                time.sleep(0.0005)
            done.set()

        thread = threading.Thread(target=type_on)
        thread.start()
        while not done.is_set():
            vm.tick(50)
        thread.join()
        assert recorder.is_open
    sent = b"".join(event.arguments[0] for event in Movie.open(path).events if event.action == "send")
    assert sent == b"".join(b"%d" % number for number in range(50))
    assert vm.serial.pending == len(sent)
    other = new(vm)
    Playback(Movie.open(path), other).run()
    assert other.state_hash() == vm.state_hash()


def test_what_a_part_in_python_presses_during_an_instruction_comes_with_the_next_frame(media, path):
    class Presser(PythonDevice):
        """Presses a button when its address is read."""

        def read(self, address):
            self.machine.button("fire")
            return 0

    def wire(machine, media, options):
        tiny.wire(machine, media, options)
        presser = machine.add(Presser("presser"))
        presser.machine = machine
        machine.buses["bus"].map(0x8000, 0x100, presser)

    vm = VM(replace(tiny.SPEC, wire=wire), media)
    with Recorder(vm, path) as recorder:
        vm.memory[0x0200:0x0206] = bytes.fromhex("AD00804C0002")          # LDA $8000: JMP $0200
        recorder.note_state()
        vm.tick(3)
    assert "press" in [event.action for event in Movie.open(path).events]
    other = new(vm)
    playback = Playback(Movie.open(path), other)
    playback.run()
    assert playback.done
    assert other.state_hash() == vm.state_hash()


def test_a_replay_that_goes_apart_says_after_which_checkpoint(vm, path):
    with Recorder(vm, path, every=5):
        vm.tick(12)
        vm.memory[0x30] = 1
        vm.tick(12)
    other = new(vm)
    playback = Playback(Movie.open(path), other)
    with pytest.raises(ReplayError, match=r"after frame 10: its state has the hash") as caught:
        playback.run()
    assert (caught.value.since, caught.value.frame) == (10, 15)
    assert not playback.is_open
    assert not playback.done
    assert other.tick()


def test_a_state_that_is_noted_takes_changes_by_hand_into_the_movie(vm, path):
    with Recorder(vm, path, every=5) as recorder:
        vm.tick(12)
        vm.memory[0x30] = 1
        recorder.note_state()
        vm.tick(12)
    other = new(vm)
    Playback(Movie.open(path), other).run()
    assert other.memory[0x30] == 1
    assert other.state_hash() == vm.state_hash()


def test_a_replay_on_a_machine_that_comes_to_other_ticks_goes_apart(vm, path):
    vm.cpu.pc = tiny.START
    first = pack(header(vm), [1, 0, "press", "keys", "left", None], [3, 0, "reset", True])
    with pytest.raises(ReplayError, match=r"it is at tick 7, and what comes next happened at tick 1"):
        Playback(Movie.parse(first), new(vm)).run()


# --- the file ---------------------------------------------------------------------------------------------------


def test_a_recording_takes_its_place_when_it_is_closed_and_keeps_the_old_file_until_then(vm, path):
    path.write_text("old")
    recorder = Recorder(vm, path)
    vm.tick()
    assert path.read_text() == "old"
    recorder.close()
    recorder.close()
    assert Movie.open(path).complete
    assert not recorder.part.exists()
    vm.tick()


def test_an_unfinished_recording_is_not_written_over(vm, path):
    part = path.with_name("play.rmv.part")
    part.write_text("mine")
    with pytest.raises(MovieError, match=r"play\.rmv\.part is what was left of a recording.*rename or delete it"):
        Recorder(vm, path)
    assert part.read_text() == "mine"
    assert vm.witness is None


def test_a_folder_that_is_not_there_is_named(vm, tmp_path):
    with pytest.raises(MovieError, match="nowhere"):
        Recorder(vm, tmp_path / "nowhere" / "a.rmv")
    assert vm.witness is None
    with pytest.raises(MovieError, match=r"a\.rmv: the movie cannot be read: No such file"):
        Movie.open(tmp_path / "a.rmv")


def test_a_full_disk_ends_the_recording_and_leaves_whole_lines_and_the_machine_running(vm, path):
    class FullDisk(io.FileIO):
        """Takes half of a line and no more."""

        full = False

        def write(self, data):
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device")
            self.full = True
            return super().write(data[:len(data) // 2])

    recorder = Recorder(vm, path)
    vm.button("right")
    vm.tick()
    recorder._stream.close()
    recorder._stream = FullDisk(recorder.part, "ab")
    with pytest.raises(MovieError, match=r"the recording ends here.*No space left"):
        vm.button("left")
    assert not recorder.is_open
    recorder.close()
    assert [event.arguments for event in Movie.open(recorder.part).events] == [("right", 1)]
    vm.button("left")
    assert vm.tick()


def test_there_is_one_recording_or_replay_at_a_time(vm, path):
    with Recorder(vm, path):
        with pytest.raises(ArgumentError, match="has a witness already"):
            Recorder(vm, path.with_name("other.rmv"))
        vm.tick()
    assert not path.with_name("other.rmv.part").exists()
    movie = Movie.open(path)
    Playback(movie, vm)
    with pytest.raises(ArgumentError, match="has a witness already"):
        Playback(movie, vm)


def test_checkpoints_are_a_frame_apart_or_more(vm, path):
    with pytest.raises(ArgumentError, match="1 frame apart or more, not 0"):
        Recorder(vm, path, every=0)


KILLED = """
import sys, time
sys.path.insert(0, sys.argv[2])
import tiny_machine as tiny
from retrovm.media import open_media
from retrovm.movie import Recorder
from retrovm.session import VM
vm = VM(tiny.SPEC, open_media(tiny.PROGRAM, name="program.bin", format="binary"))
Recorder(vm, sys.argv[1], every=10)
frame = 0
while True:
    vm.button("left", 1 + frame % 3)
    vm.tick()
    frame += 1
    if frame == 200:
        print("going", flush=True)
"""


def test_a_killed_process_leaves_a_movie_of_what_it_had_recorded(vm, path):
    child = subprocess.Popen([sys.executable, "-c", KILLED, path, os.path.dirname(tiny.__file__)], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"going\n"
    child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    child.wait()
    child.stdout.close()
    movie = Movie.open(f"{path}.part")
    assert not movie.complete
    assert len([event for event in movie.events if event.action == "press"]) >= 200
    playback = Playback(movie, vm)
    playback.run()
    assert playback.done
    assert vm.frame >= 199


def test_a_movie_that_is_cut_off_has_every_whole_line(vm, path):
    content = record(vm, path)
    whole = Movie.parse(content)
    first = content.index(b"\n") + 1
    for end in range(first, len(content)):
        movie = Movie.parse(content[:end])
        assert movie.events == whole.events[:content[first:end].count(b"\n")]
        assert not movie.complete
    with pytest.raises(MovieError, match="this is no movie"):
        Movie.parse(content[:first - 1])


@given(st.data())
def test_a_flipped_bit_is_found_in_its_line(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "flipped.rmv"
    medium = open_media(tiny.PROGRAM, name="program.bin", format="binary")
    content = path.read_bytes() if path.exists() else record(VM(tiny.SPEC, medium), path)
    place = data.draw(st.integers(0, len(content) - 2))
    damaged = bytearray(content)
    damaged[place] ^= 1 << data.draw(st.integers(0, 7))
    if content[place] == 0x0A or damaged[place] == 0x0A:
        with pytest.raises(MovieError):
            Movie.parse(bytes(damaged))
        return
    line = content[:place].count(b"\n") + 1
    with pytest.raises(MovieError, match=rf"line {line}: .*damaged"):
        Movie.parse(bytes(damaged))


@given(st.binary(max_size=300))
def test_anything_else_is_no_movie(content):
    with pytest.raises(MovieError, match="this is no movie"):
        Movie.parse(content, "noise")


def test_a_line_that_is_missing_or_stands_elsewhere_is_found(vm, path):
    lines = record(vm, path).splitlines(keepends=True)
    with pytest.raises(MovieError, match="line 4: the movie is damaged here"):
        Movie.parse(b"".join(lines[:3] + lines[4:]))
    with pytest.raises(MovieError, match="line 3: the movie is damaged here"):
        Movie.parse(b"".join([*lines[:2], lines[3], lines[2], *lines[4:]]))


@pytest.mark.parametrize(("line", "message"), [
    ([], "expected .tick, in_frame, action"),
    ({}, "expected .tick, in_frame, action"),
    ([0, 0, "jump"], "with an action of press"),
    ([0, 0, ["press"]], "with an action of press"),
    ([-1, 0, "reset", True], "expected a tick"),
    ([1 << 63, 0, "reset", True], "expected a tick"),
    ([0, True, "reset", True], "expected a tick"),
    ([0, 2, "reset", True], "expected a tick"),
    ([0, 0, "reset"], "arguments of 'reset' are wrong"),
    ([0, 0, "reset", 1], "arguments of 'reset' are wrong"),
    ([0, 0, "press", "keys", "left"], "arguments of 'press' are wrong"),
    ([0, 0, "press", "keys", "left", 0], "1 frame or more, not 0"),
    ([0, 0, "press", "keys", "left", True], "arguments of 'press' are wrong"),
    ([0, 0, "send", "serial", "\u20ac"], "arguments of 'send' are wrong"),
    ([0, 0, "load", 0, "AAAA"], "arguments of 'load' are wrong"),
    ([0, 0, "load", 0, "\u20ac"], "arguments of 'load' are wrong"),
    ([0, 0, "load", -1, ""], "cannot be of tick -1"),
    ([0, 0, "check", 1, None], "arguments of 'check' are wrong"),
])
def test_a_line_that_means_nothing_is_named(vm, line, message):
    with pytest.raises(MovieError, match=rf"a\.rmv, line 2: .*{message}"):
        Movie.parse(pack(header(vm), line), "a.rmv")


def test_time_does_not_go_back_without_a_reason(vm):
    with pytest.raises(MovieError, match="line 3: tick 4 comes before tick 5"):
        Movie.parse(pack(header(vm), [5, 0, "reset", False], [4, 0, "reset", False]))
    assert Movie.parse(pack(header(vm), [5, 0, "reset", True], [4, 0, "reset", False])).events
    with pytest.raises(MovieError, match="line 3: the movie goes on after its end"):
        Movie.parse(pack(header(vm), [5, 0, "end", 0, ""], [5, 0, "reset", False]))


@pytest.mark.parametrize(("changes", "message"), [
    ({"format": "film"}, "no header"),
    ({"version": 2}, r"has format 2, and this retrovm knows 1: .*that has recorded it, 1,"),
    ({"version": None}, "has format None"),
    ({"machine": 1}, "line 1: the header says machine: 1"),
    ({"options": []}, "line 1: the header says options"),
    ({"seed": True}, "line 1: the header says seed: True"),
    ({"media": 5}, "line 1: the header says media: 5"),
])
def test_a_header_that_is_wrong_is_told(vm, changes, message):
    with pytest.raises(MovieError, match=message):
        Movie.parse(pack(header(vm, **changes)))


@pytest.mark.parametrize(("changes", "message"), [
    ({"machine": "other"}, "the movie is of a other"),
    ({"media": None}, "the movie was saved with no media"),
    ({"options": {"divider": 2}}, "other options: divider=2"),
    ({"options": {"colour": 2}}, "options that this machine does not"),
    ({"seed": 9}, "with the seed 9, and this machine has 1"),
])
def test_a_movie_of_another_machine_is_refused_and_changes_nothing(vm, changes, message):
    vm.tick(3)
    before = vm.save_fields()
    with pytest.raises(MovieError, match=message):
        Playback(Movie.parse(pack(header(vm, **changes))), vm)
    assert vm.save_fields() == before
    assert vm.witness is None


@pytest.mark.parametrize(("line", "message"), [
    ([0, 0, "send", "keys", "A"], "'send' for the port 'keys', and tiny has no such port"),
    ([0, 0, "release_all", "pad"], "'release_all' for the port 'pad'"),
    ([0, 0, "release", "keys", "up"], "the button 'up', and the port 'keys' of tiny has left, right, fire"),
    ([0, 0, "load", 0, "eJwDAAAAAAE="], "a state of the movie does not fit the machine"),
    ([0, 0, "check", 0, "00"], "the replay has gone apart from the recording after frame 0"),
])
def test_an_event_that_the_machine_cannot_take_is_refused_and_changes_nothing(vm, line, message):
    vm.tick(3)
    before = vm.save_fields()
    with pytest.raises(MovieError, match=message):
        Playback(Movie.parse(pack(header(vm), line)), vm)
    assert vm.save_fields() == before
    assert vm.witness is None
