"""Where a serial line ends outside of the process: pseudo-terminals and TCP ports, with real ones of both."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
import serial_guest

import retrovm
from retrovm import bundled, hostline
from retrovm.chips.mos6551 import Mos6551
from retrovm.core.machine import Machine
from retrovm.core.ports import Serial
from retrovm.errors import ArgumentError

MONITOR = [sys.executable, "-m", "retrovm", "run", "-m", "sbc6502",
           str(bundled.program("sbc6502/monitor").file), "--serial"]
no_pty = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
DCD = 0x20


class Socket:
    """A client of a TCP line."""

    def __init__(self, line):
        _, host, port = hostline.parse(line.where)
        self.socket = socket.create_connection((host, port), timeout=10)
        self.socket.setblocking(False)

    def send(self, content):
        """How many bytes went without waiting."""
        try:
            return self.socket.send(content)
        except BlockingIOError:
            return 0

    def receive(self):
        try:
            return self.socket.recv(1 << 20)
        except BlockingIOError:
            return b""

    def close(self):
        self.socket.close()


class Terminal:
    """A client of a pseudo-terminal."""

    def __init__(self, line):
        self.handle = os.open(line.where, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def send(self, content):
        try:
            return os.write(self.handle, content)
        except BlockingIOError:
            return 0

    def receive(self):
        try:
            return os.read(self.handle, 1 << 20)
        except BlockingIOError:
            return b""

    def close(self):
        os.close(self.handle)


class Echo:
    """A guest that sends back what it gets: an ACIA in echo mode, whose data somebody reads."""

    def __init__(self, place, **options):
        self.machine = Machine(1_000_000)
        self.clock, self.bus = self.machine.clock, self.machine.add_bus()
        self.port = self.machine.add(Serial("serial"))
        self.acia = self.machine.add(Mos6551("acia", self.clock, self.port, **options))
        self.bus.map(0, 0x100, self.acia, mirror=4)
        self.bus.write(2, 0x13)                       # COMMAND: echo, DTR, no interrupts
        self.line = hostline.HostLine(self.machine, hostline.open_end(place))

    def client(self):
        return (Terminal if self.line.where.startswith("/dev") else Socket)(self.line)

    def connected(self, client):
        """The client, now that the line has noticed it."""
        until(lambda: (self.line.exchange(), self.line.connected)[1])
        return client

    def hears(self, count):
        until(lambda: (self.line.exchange(), self.port.pending)[1] >= count)

    def send_back(self):
        self.bus.write(3, 0x10)                       # CONTROL: 8N1, 115200 baud; looks for what has come
        while self.port.pending:
            self.clock.wait(80)
            self.bus.read(0)
        self.clock.wait(200)


def until(condition):
    """Waits until something is so, for the kernel to carry bytes over."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


PLACES = [pytest.param("tcp:127.0.0.1:0", id="tcp"), pytest.param("pty", id="pty", marks=no_pty)]


@pytest.fixture
def guest():
    """An `Echo` on a TCP port."""
    echo = Echo("tcp:127.0.0.1:0")
    with echo.line:
        yield echo


@pytest.fixture(params=PLACES)
def echo(request):
    """An `Echo` on a line of each kind."""
    echo = Echo(request.param)
    with echo.line:
        yield echo


# --- places -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["", "tty", "tcp", "tcp:6551", "tcp::6551", "tcp:127.0.0.1:", "tcp:127.0.0.1:65536",
                                   "tcp:127.0.0.1:-1", "udp:127.0.0.1:1", "pty:"])
def test_a_place_that_is_none_is_refused(place):
    with pytest.raises(ArgumentError, match=r"pty, pty:PATH or tcp:HOST:PORT, as in tcp:127.0.0.1:6551, not at"):
        hostline.open_end(place)


def test_an_address_of_ipv6_stands_in_brackets():
    assert hostline.parse("tcp:[::1]:6551") == ("tcp", "::1", 6551)


def test_a_port_that_is_taken_is_refused_with_the_reason(guest):
    with pytest.raises(hostline.HostLineError, match=re.escape(guest.line.where) + ".*port 0 takes a free one"):
        hostline.open_end(guest.line.where)


def test_a_host_that_is_none_is_refused():
    with pytest.raises(hostline.HostLineError, match="tcp:no host at all:1: "):
        hostline.open_end("tcp:no host at all:1")


def test_a_machine_without_a_serial_line_is_refused():
    with pytest.raises(ArgumentError, match="chip8 has no serial line"):
        retrovm.load(bundled.program("chip8/ember").file).connect("pty")


def test_a_line_may_be_closed_twice(echo):
    echo.line.close()
    echo.line.close()


@no_pty
def test_a_link_leads_to_the_pseudo_terminal_for_as_long_as_the_line_is_open(tmp_path):
    link = tmp_path / "board"
    link.symlink_to("left by a run that was killed")
    vm = retrovm.create("sbc6502")
    with vm.connect(f"pty:{link}") as line:
        assert line.where == str(link)
        assert os.readlink(link).startswith("/dev/")
        os.close(os.open(link, os.O_RDWR | os.O_NOCTTY))
    assert not link.is_symlink()


@no_pty
def test_a_file_in_the_place_of_the_link_stays_and_is_an_error(tmp_path):
    (tmp_path / "board").write_text("mine")
    with pytest.raises(hostline.HostLineError, match=r"pty:.*board: File exists; give the path of a link"):
        hostline.open_end(f"pty:{tmp_path / 'board'}")
    assert (tmp_path / "board").read_text() == "mine"


# --- bytes --------------------------------------------------------------------------------------------------


def test_every_byte_comes_as_it_is_both_ways_for_one_client_after_another(echo):
    everything = bytes(range(256))
    for _ in range(3):
        client = echo.connected(echo.client())
        assert client.send(everything) == 256
        echo.hears(256)
        echo.send_back()
        back = b""

        def read(client=client):
            nonlocal back
            echo.line.exchange()
            back += client.receive()
            return len(back) >= 256

        until(read)
        assert back == everything
        client.close()
        until(lambda: (echo.line.exchange(), not echo.line.connected)[1])


def test_a_second_client_waits_until_the_first_has_gone(guest):
    first = guest.connected(guest.client())
    second = guest.client()
    second.send(b"22")
    first.send(b"1")
    guest.hears(1)
    for _ in range(100):
        guest.line.exchange()
    assert guest.port.pending == 1
    first.close()
    until(lambda: (guest.line.exchange(), not guest.line.connected)[1])
    guest.send_back()                                 # the guest takes what the first has sent
    guest.hears(2)
    second.close()


def test_bytes_wait_with_their_sender_while_the_guest_takes_none(echo):
    client = echo.connected(echo.client())
    sent = refused = 0
    while refused < 100:
        count = client.send(bytes(65536))
        sent += count
        refused = 0 if count else refused + 1
        echo.line.exchange()
    assert 0 < echo.port.pending <= hostline.AHEAD < sent
    received = 0
    while received < sent and sent < 100_000:         # a TCP connection holds megabytes: too long to watch
        received += echo.port.pending
        echo.send_back()
        echo.hears(min(1, sent - received))
    client.close()


def test_what_a_client_sent_before_it_went_arrives(echo):
    client = echo.client()
    client.send(b"last words")
    client.close()
    echo.hears(10)


def test_what_the_guest_says_before_anybody_is_there_waits(echo):
    client = echo.client()
    client.send(b"hello")
    client.close()
    echo.hears(5)
    echo.send_back()
    until(lambda: (echo.line.exchange(), not echo.line.connected)[1])
    client = echo.client()
    said = b""

    def read():
        nonlocal said
        echo.line.exchange()
        said += client.receive()
        return said == b"hello"

    until(read)
    client.close()


def test_a_client_that_does_not_read_stalls_the_line_and_gets_everything_later(monkeypatch):
    monkeypatch.setattr(hostline, "KEPT", 1000)
    with_terminal = Echo("pty" if sys.platform != "win32" else "tcp:127.0.0.1:0")
    with with_terminal.line as line:
        client = with_terminal.connected(with_terminal.client())
        sent = b""
        while not line.stalled:
            part = bytes(value % 251 for value in range(len(sent), len(sent) + 100))
            assert client.send(part) == 100
            sent += part
            with_terminal.hears(100)
            with_terminal.send_back()
            line.exchange()
        got = b""

        def read():
            nonlocal got
            got += client.receive()
            line.exchange()
            return len(got) >= len(sent)

        until(read)
        assert got == sent
        assert not line.stalled
        client.close()


@pytest.mark.parametrize("place", PLACES)
def test_a_paste_of_100_lines_at_full_speed_arrives_whole_where_rts_is_honoured(place):
    vm = serial_guest.machine()
    with vm.connect(place) as line:
        client = (Socket if place.startswith("tcp") else Terminal)(line)
        left = serial_guest.LISTING
        while len(serial_guest.taken(vm)) < len(serial_guest.LISTING):
            left = left[client.send(left):] if left else left
            line.exchange()
            vm.tick(render=False)
            assert vm.serial.pending <= hostline.AHEAD
            assert vm.frame < 1000
        client.close()
    assert serial_guest.taken(vm) == serial_guest.LISTING


def test_the_same_paste_loses_bytes_in_a_guest_without_rts():
    vm = serial_guest.machine(rts=False)
    vm.serial.send(serial_guest.LISTING)
    vm.tick(1000, render=False)
    assert vm.serial.pending == 0
    assert len(serial_guest.taken(vm)) < len(serial_guest.LISTING)


# --- the carrier --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_dcd_follows_the_client_and_falls_behind_its_last_byte(place):
    echo = Echo(place, carrier=True)
    with echo.line:
        assert echo.bus.read(1) & DCD                 # a high pin: no carrier
        client = echo.connected(echo.client())
        echo.bus.read(1)
        assert not echo.bus.read(1) & DCD
        client.send(b"bye")
        echo.hears(3)
        client.close()
        until(lambda: (echo.line.exchange(), not echo.line.connected)[1])
        assert not echo.bus.read(1) & DCD
        echo.send_back()
        echo.line.exchange()
        assert echo.bus.read(1) & DCD


def test_a_client_on_a_board_with_dcd_tied_low_changes_nothing(guest):
    client = guest.connected(guest.client())
    client.close()
    until(lambda: (guest.line.exchange(), not guest.line.connected)[1])
    assert not guest.bus.read(1) & DCD


# --- waiting ------------------------------------------------------------------------------------------------


def test_waiting_ends_when_something_comes(guest):
    client = guest.client()
    guest.line.wait(60)
    guest.line.exchange()
    assert guest.line.connected
    client.send(b"a")
    guest.line.wait(60)
    assert guest.line.exchange()
    client.close()


# --- the command --------------------------------------------------------------------------------------------


def run_monitor(place):
    process = subprocess.Popen([*MONITOR, place], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return process, re.search(r"is (\S+); Ctrl-C ends", process.stderr.readline())[1]


def end(process):
    """Ctrl-C."""
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "")


def heard(read, end):
    """What a guest says up to `end`."""
    seen = b""
    while not seen.endswith(end):
        part = read(4096)
        assert part, seen
        seen += part
    return seen


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process")
def test_a_monitor_on_a_tcp_port_talks_to_one_client_after_another_and_ctrl_c_ends_it():
    process, where = run_monitor("tcp:127.0.0.1:0")
    _, host, port = hostline.parse(where)
    with socket.create_connection((host, port), timeout=20) as client:
        heard(client.recv, b"> ")                     # its greeting has waited for somebody
        client.sendall(b"R\r")
        assert b"R\r\n" in heard(client.recv, b"> ")
    with socket.create_connection((host, port), timeout=20) as client:
        client.sendall(b"R\r")
        assert b"R\r\n" in heard(client.recv, b"> ")
    end(process)


@no_pty
def test_a_monitor_on_a_pseudo_terminal_answers():
    process, where = run_monitor("pty")
    other = os.open(where, os.O_RDWR | os.O_NOCTTY)
    heard(lambda most: os.read(other, most), b"> ")
    os.write(other, b"R\r")
    assert b"R\r\n" in heard(lambda most: os.read(other, most), b"> ")
    os.close(other)
    end(process)


@no_pty
def test_what_a_run_recorded_repeats_its_state(tmp_path):
    movie, state = tmp_path / "session.rmv", ["--hash"]
    process = subprocess.Popen([*MONITOR, "tcp:127.0.0.1:0", "--record", movie, *state], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _, host, port = hostline.parse(re.search(r"is (\S+); Ctrl-C ends", process.stderr.readline())[1])
    with socket.create_connection((host, port), timeout=20) as client:
        heard(client.recv, b"> ")
        client.sendall(b"0400: A9 2A\rm 0400+2\r")
        heard(client.recv, b"*\r\n> ")
    process.send_signal(signal.SIGINT)
    recorded, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "")
    again = subprocess.run([*MONITOR[:-1], "--input", movie, *state], capture_output=True, timeout=60, text=True, check=True)
    assert again.stdout == recorded
    assert again.stderr == ""
