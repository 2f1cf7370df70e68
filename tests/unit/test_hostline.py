"""Where a serial line ends outside of the process: pseudo-terminals and TCP ports, with real ones of both."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from retrovm import bundled, hostline
from retrovm.chips.mos6551 import Mos6551
from retrovm.core.machine import Machine
from retrovm.core.ports import Serial
from retrovm.errors import ArgumentError

MONITOR = [sys.executable, "-m", "retrovm", "run", "-m", "sbc6502",
           str(bundled.program("sbc6502/monitor").file), "--serial"]
no_pty = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")


def client_of(line):
    _, host, port = hostline.parse(line.where)
    return socket.create_connection((host, port), timeout=10)


def until(condition):
    """Waits until something is so, for the kernel to carry bytes over."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def hears(line, serial, count):
    until(lambda: (line.exchange(serial), serial.pending)[1] >= count)


@pytest.fixture
def line():
    with hostline.open_line("tcp:127.0.0.1:0") as line:
        yield line


class Echo:
    """A guest that sends back what it gets: an ACIA in echo mode, whose data somebody reads."""

    def __init__(self):
        machine = Machine(1_000_000)
        self.clock, self.bus = machine.clock, machine.add_bus()
        self.port = machine.add(Serial("serial"))
        self.bus.map(0, 0x100, machine.add(Mos6551("acia", self.clock, self.port)), mirror=4)
        self.bus.write(2, 0x13)                       # COMMAND: echo, DTR, no interrupts

    def send_back(self):
        self.bus.write(3, 0x1F)                       # CONTROL: 8N1, 19200 baud; looks for what has come
        while self.port.pending:
            self.clock.wait(100)
            self.bus.read(0)
        self.clock.wait(1000)


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
def serial():
    return Serial("serial")


@pytest.mark.parametrize("place", ["", "tty", "tcp", "tcp:6551", "tcp::6551", "tcp:127.0.0.1:", "tcp:127.0.0.1:65536",
                                   "tcp:127.0.0.1:-1", "udp:127.0.0.1:1", "pty:1"])
def test_a_place_that_is_none_is_refused(place):
    with pytest.raises(ArgumentError, match=r"pty or tcp:HOST:PORT, as in tcp:127.0.0.1:6551, not at"):
        hostline.open_line(place)


def test_an_address_of_ipv6_stands_in_brackets():
    assert hostline.parse("tcp:[::1]:6551") == ("tcp", "::1", 6551)


def test_a_tcp_port_carries_every_byte_as_it_is_both_ways(line, echo):
    everything = bytes(range(256))
    with client_of(line) as client:
        client.sendall(everything)
        hears(line, echo.port, 256)
        echo.send_back()
        line.exchange(echo.port)
        back = b""
        while len(back) < 256:
            back += client.recv(4096)
    assert back == everything


def test_a_second_client_waits_until_the_first_has_gone(line, serial):
    with client_of(line) as first, client_of(line) as second:
        first.sendall(b"1")
        hears(line, serial, 1)
        second.sendall(b"22")
        time.sleep(0.05)
        line.exchange(serial)
        assert serial.pending == 1
        first.close()
        hears(line, serial, 3)


def test_bytes_wait_with_their_sender_while_the_guest_takes_none(line, serial):
    with client_of(line) as client:
        client.setblocking(False)
        sent = 0
        try:
            while True:
                sent += client.send(bytes(65536))
        except BlockingIOError:
            pass
        for _ in range(100):
            line.exchange(serial)
        assert 0 < serial.pending <= hostline.AHEAD < sent


def test_a_port_that_is_taken_is_refused_with_the_reason(line):
    with pytest.raises(hostline.HostLineError, match=re.escape(line.where) + ".*port 0 takes a free one"):
        hostline.open_line(line.where)


def test_a_host_that_is_none_is_refused():
    with pytest.raises(hostline.HostLineError, match="tcp:no host at all:1: "):
        hostline.open_line("tcp:no host at all:1")


def test_a_line_may_be_closed_twice():
    line = hostline.open_line("tcp:127.0.0.1:0")
    line.close()
    line.close()


@no_pty
def test_a_pseudo_terminal_carries_every_byte_as_it_is_both_ways(echo):
    everything = bytes(range(256))
    with hostline.open_line("pty") as line:
        for _ in range(2):                            # programs come and go
            other = os.open(line.where, os.O_RDWR | os.O_NOCTTY)
            os.write(other, everything)
            hears(line, echo.port, 256)
            echo.send_back()
            line.exchange(echo.port)
            back = b""
            while len(back) < 256:
                back += os.read(other, 4096)
            assert back == everything
            os.close(other)


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
