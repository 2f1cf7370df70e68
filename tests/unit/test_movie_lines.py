"""Movies of serial lines that end outside of the machine: bytes and the carrier, at the same ticks again."""

import pytest
import serial_guest

import retrovm
from retrovm import MovieError, bundled
from retrovm.hostline import End, HostLine
from retrovm.movie import Movie, Playback, Recorder

MONITOR = bundled.program("sbc6502/monitor").file
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


def session(vm, path, *parts):
    """Records a run in which `parts` arrive, at ends of frames and in the middle of them."""
    with Recorder(vm, path), HostLine(vm, Parts(*parts)) as line:
        for number in range(60):
            line.exchange()
            if number % 3:
                vm.tick()
            else:
                vm.run(cycles=12_345 + number)
    return Movie.open(path)


def sent(movie):
    return b"".join(event.arguments[0] for event in movie.events if event.action == "send")


def test_a_replay_comes_to_the_same_state(tmp_path):
    vm, twin = (retrovm.load(MONITOR, machine="sbc6502", seed=7) for _ in range(2))
    movie = session(vm, tmp_path / "a.rmv", b"0400: A9 2A 8D", b" 00 05\r", b"m 0400+8\r\xff\x00")
    assert sent(movie) == b"0400: A9 2A 8D 00 05\rm 0400+8\r\xff\x00"
    Playback(movie, twin).run()
    assert twin.state_hash() == vm.state_hash()
    assert twin.memory[0x0400:0x0403] == b"\xa9\x2a\x8d"


def test_a_replay_of_a_paste_under_flow_control_comes_to_the_same_state(tmp_path):
    vm, twin = serial_guest.machine(), serial_guest.machine()
    parts = [serial_guest.LISTING[at:at + 1000] for at in range(0, len(serial_guest.LISTING), 1000)]
    Playback(session(vm, tmp_path / "a.rmv", *parts), twin).run()
    assert twin.state_hash() == vm.state_hash()


def test_the_carrier_comes_and_goes_at_the_same_ticks(tmp_path):
    (tmp_path / "board.toml").write_text(CARRIER)
    vm, twin = (retrovm.load(MONITOR, machine=str(tmp_path / "board.toml")) for _ in range(2))
    movie = session(vm, tmp_path / "a.rmv", b"R\r")
    assert [event.arguments[0] for event in movie.events if event.action == "set_carrier"] == [False, True, False]
    Playback(movie, twin).run()
    assert twin.state_hash() == vm.state_hash()


def test_on_a_board_without_the_line_no_carrier_is_recorded(tmp_path):
    movie = session(retrovm.load(MONITOR, machine="sbc6502"), tmp_path / "a.rmv", b"R\r")
    assert {event.action for event in movie.events} == {"send", "end"}


def test_a_carrier_for_a_machine_without_a_line_is_refused(tmp_path):
    (tmp_path / "board.toml").write_text(CARRIER)
    movie = session(retrovm.load(MONITOR, machine=str(tmp_path / "board.toml")), tmp_path / "a.rmv", b"R\r")
    with pytest.raises(MovieError, match=r"the movie was|the movie is of"):
        Playback(movie, retrovm.create("chip8"))
