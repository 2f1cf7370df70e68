"""Movies of serial lines: what arrived at which tick, and that a replay is the same run bit for bit."""

import json

import pytest
import serial_guest

import retrovm
from retrovm import bundled
from retrovm.chips.mos6551 import Mos6551
from retrovm.errors import StateError
from retrovm.hostline import End, HostLine, deliver, set_carrier
from retrovm.movie import Movie

CARRIER = """
[machine]
name = "board"
title = "A board with a modem"
description = "Its ACIA sees the carrier of the line"
family = "6502"

[cpu]
type = "mos6502"
clock_hz = 1_000_000

[[chip]]
type = "ram"
at = "$0000-$7FFF"

[[chip]]
type = "rom"
program = true

[[chip]]
type = "mos6551"
name = "acia"
at = "$8000-$80FF"
model = "w65c51n"
carrier = true
irq = "cpu.irq"

[program]
"""


class Parts(End):
    """A client that says one part at a time, and goes in the end."""

    where = "here"

    def __init__(self, *parts):
        self.parts = list(parts)

    def look(self, accept):
        self.connected = bool(self.parts)
        return self.connected

    def write(self, content):
        return len(content)

    def read(self, most):
        return self.parts.pop(0) if self.parts and len(self.parts[0]) <= most else b""

    def wait(self, seconds, writing):
        pass

    def close(self):
        self.connected = False


def session(vm, *parts):
    """Records a run in which `parts` arrive, at ends of frames and in the middle of them."""
    movie = Movie.begin(vm)
    with HostLine(vm, Parts(*parts), movie) as line:
        for number in range(60):
            line.exchange()
            if number % 3:
                vm.tick()
            else:
                vm.run(cycles=12_345 + number)
    movie.finish(vm)
    return movie


@pytest.fixture
def monitor():
    return lambda **options: retrovm.load(bundled.program("sbc6502/monitor").file, machine="sbc6502", **options)


def test_a_replay_comes_to_the_same_state(monitor):
    vm = monitor(seed=7)
    movie = session(vm, b"0400: A9 2A 8D", b" 00 05\r", b"m 0400+8\r\xff\x00")
    assert b"".join(one.serial for one in movie.arrivals) == b"0400: A9 2A 8D 00 05\rm 0400+8\r\xff\x00"
    twin = monitor(seed=7)
    movie.play(twin)
    assert twin.state_hash() == vm.state_hash()
    assert twin.clock.ticks == vm.clock.ticks
    assert twin.memory[0x0400:0x0403] == b"\xa9\x2a\x8d"


def test_a_movie_may_begin_in_a_saved_state(monitor):
    vm = monitor()
    vm.tick(10)
    vm.run(cycles=1_000)
    state = vm.save_state()
    movie = session(vm, b"R\r")
    twin = monitor()
    twin.load_state(state)
    movie.play(twin)
    assert twin.state_hash() == vm.state_hash()


def test_a_replay_of_a_paste_under_flow_control_comes_to_the_same_state():
    vm = serial_guest.machine()
    movie = session(vm, *(serial_guest.LISTING[at:at + 1000] for at in range(0, len(serial_guest.LISTING), 1000)))
    twin = serial_guest.machine()
    movie.play(twin)
    assert twin.state_hash() == vm.state_hash()


def test_the_carrier_is_recorded_and_comes_and_goes_at_the_same_ticks(tmp_path):
    (tmp_path / "board.toml").write_text(CARRIER)
    rom = bundled.program("sbc6502/monitor").file
    vm = retrovm.load(rom, machine=str(tmp_path / "board.toml"))
    assert isinstance(vm.devices["acia"], Mos6551)
    movie = session(vm, b"R\r")
    assert [one.carrier for one in movie.arrivals if not one.serial] == [False, True, False]
    twin = retrovm.load(rom, machine=str(tmp_path / "board.toml"))
    movie.play(twin)
    assert twin.state_hash() == vm.state_hash()


def test_on_a_board_without_the_line_no_carrier_is_recorded(monitor):
    vm = monitor()
    movie = Movie.begin(vm)
    set_carrier(vm, True, movie)
    assert movie.arrivals == []


def test_a_movie_is_text_and_what_is_read_is_what_was_written(monitor):
    movie = session(monitor(), bytes(range(256)))
    text = movie.text()
    assert text.isascii()
    again = Movie.parse(text)
    assert (again.arrivals, again.end, again.end_state) == (movie.arrivals, movie.end, movie.end_state)
    assert again.text() == text
    assert [json.loads(line).get("serial") for line in text.splitlines()[1:-1]] == ["".join(map(chr, range(256)))]


@pytest.mark.parametrize(("other", "message"), [
    ({"seed": 2}, "begins with seed 1, and here it is 2"),
    ({"model": "65c02-wdc"}, "in another state than this machine is in; it was made with: .*model=6502"),
])
def test_another_machine_is_refused_and_left_as_it_was(monitor, other, message):
    movie = session(monitor(), b"R\r")
    vm = monitor(**other)
    if "model" in other:
        vm.cpu.registers = {"a": 1}
    before = vm.state_hash()
    with pytest.raises(StateError, match=message):
        movie.play(vm)
    assert vm.state_hash() == before


def test_a_machine_that_has_run_is_refused(monitor):
    vm = monitor()
    movie = session(vm, b"R\r")
    with pytest.raises(StateError, match="begins with tick 0, and here it is"):
        movie.play(vm)


def test_bytes_that_were_not_recorded_are_found_out_at_the_end(monitor):
    vm = monitor()
    movie = Movie.begin(vm)
    deliver(vm, b"a", movie)
    deliver(vm, b"b")
    vm.tick(3)
    movie.finish(vm)
    with pytest.raises(StateError, match=r"another state than the end of the movie|movie says"):
        movie.play(monitor())


@pytest.mark.parametrize(("damage", "line"), [
    (lambda lines: [], 1),
    (lambda lines: ["{}", *lines[1:]], 1),
    (lambda lines: [lines[0].replace('"version": 1', '"version": 2'), *lines[1:]], 1),
    (lambda lines: lines[:-1], 2),
    (lambda lines: [lines[0], lines[1][:-3], *lines[2:]], 2),
    (lambda lines: [*lines[:2], '{"tick": 1, "serial": "a"}', *lines[2:]], 3),
    (lambda lines: [lines[0], lines[1].replace("R", "\\u0416"), *lines[2:]], 2),
    (lambda lines: [*lines[:-1], '{"end": 5, "state": ""}'], 3),
])
def test_a_damaged_movie_is_refused_with_its_line(monitor, damage, line):
    vm = monitor()
    vm.tick(5)
    lines = session(vm, b"R\r").text().splitlines()
    with pytest.raises(StateError, match=f"line {line} is no line of a movie, or the file is cut off"):
        Movie.parse("\n".join(damage(lines)))
