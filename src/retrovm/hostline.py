"""Places outside of this process where the serial line of a machine can end.

    with vm.connect("tcp:127.0.0.1:6551") as line:
        while True:
            line.exchange()
            vm.tick()

`vm.connect` takes

    pty             a new pseudo-terminal, whose name is `line.where`: for terminal programs of this host
    pty:PATH        the same, with a symbolic link PATH to it for as long as the line is open
    tcp:HOST:PORT   a TCP port with nothing but the bytes on it, for one client at a time; port 0 is any free one

A line ends on 127.0.0.1 unless another HOST is written out. Nothing here waits, but for `wait`, and no thread is needed:
`exchange` moves the bytes that can move and returns.

No byte is lost or doubled. Bytes for the guest stay with the host's kernel, and so with whoever sends them, while the guest
takes none (its RTS is high, or it is slow); `AHEAD` of them at most lie in the machine. Bytes of the guest wait for a client.
Without one, the last `KEPT` of them do; with one that does not read, `stalled` says that the machine should rest. Its
CTS would be no help: a 6551 cuts off the character that it sends when CTS goes high.

The client's coming and going is the carrier of the line: /DCD of an ACIA that was made with `carrier=True`.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from retrovm.errors import ArgumentError, RetroVMError

if TYPE_CHECKING:
    from retrovm.core.machine import Machine

AHEAD = 4096              # bytes taken from the client before the guest asks for them
KEPT = 1 << 20            # bytes of the guest that wait for a client
PIECE = 1 << 16           # bytes that the system is offered at a time

READ, WRITE, GONE = 1, 4, 16        # POLLIN, POLLOUT and POLLHUP, where the system has them


class HostLineError(RetroVMError):
    """A serial line cannot end where it was asked to."""


class HostLine:
    """The serial line of a machine between the machine and an `End`.

    where      what another program connects to
    connected  True while one is
    stalled    True while a client is there, does not read, and `KEPT` bytes wait for it: run the machine later
    ended      False: clients come and go, the line stays
    """

    ended = False

    def __init__(self, machine: Machine, end: End) -> None:
        if machine.ports.serial is None:
            end.close()
            raise ArgumentError("this machine has no serial line to connect")
        self._serial = machine.ports.serial
        self._end = end
        self._unsent = bytearray()
        self._carrier: bool | None = None
        self.where = end.where
        self._set_carrier(False)

    @property
    def connected(self) -> bool:
        return self._end.connected

    @property
    def stalled(self) -> bool:
        return self._end.connected and len(self._unsent) >= KEPT

    def exchange(self) -> bool:
        """Moves bytes in both directions, as many as go without waiting. True where there were some."""
        said = self._serial.receive()
        self._unsent += said
        # Nobody else is let in before the guest has what the last client sent, and has seen its carrier fall.
        heard = self._listen() if self._end.look(accept=not self._carrier) else b""
        if heard:
            self._set_carrier(True)
            self._serial.send(heard)
        # Behind the reading, which may have found that the client has gone: nothing is said to nobody.
        if self._end.connected:
            while self._unsent and (count := self._end.write(bytes(self._unsent[:PIECE]))):
                del self._unsent[:count]
        if not self._end.connected:
            del self._unsent[:-KEPT]
        self._set_carrier(self._end.connected or self._serial.pending > 0)
        return bool(said or heard)

    def _listen(self) -> bytes:
        """What the client has sent and the machine has room for."""
        heard = b""
        while (room := AHEAD - self._serial.pending - len(heard)) > 0 and (part := self._end.read(room)):
            heard += part
        return heard

    def _set_carrier(self, up: bool) -> None:
        if up != self._carrier:
            self._carrier = up
            self._serial.set_carrier(up)

    def wait(self, seconds: float) -> None:
        """Sleeps so long, or until there is something for `exchange` to do: a client, a byte, room in a stalled line."""
        if seconds > 0:
            self._end.wait(seconds, writing=self.stalled)

    def close(self) -> None:
        """Ends the line, and with it the carrier. It may be called again."""
        self._end.close()
        self._set_carrier(False)

    def __enter__(self) -> HostLine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


class End(ABC):
    """Something of the host that takes and gives bytes. `where` is its name, `connected` whether a client is there."""

    where: str
    connected = False

    @abstractmethod
    def look(self, accept: bool) -> bool:
        """Finds out about clients, of whom a new one is only let in with `accept`; True where `read` has something."""

    @abstractmethod
    def write(self, content: bytes) -> int:
        """How many bytes the client has taken; 0 while it takes none."""

    @abstractmethod
    def read(self, most: int) -> bytes:
        """What the client has sent; empty where it has gone."""

    @abstractmethod
    def wait(self, seconds: float, writing: bool) -> None:
        """Sleeps so long, or until `look` or, with `writing`, `write` would find something to do."""

    @abstractmethod
    def close(self) -> None:
        """Gives up what it holds. It may be called again."""


class Pty(End):
    """A pseudo-terminal in raw mode. Programs open and leave `where` as they like."""

    def __init__(self, link: str = "") -> None:
        try:
            import tty
        except ImportError:
            raise HostLineError("pty: this system has no pseudo-terminals; give tcp:127.0.0.1:PORT") from None
        self._handle, other = os.openpty()
        self.device = self.where = os.ttyname(other)
        # The mode belongs to the pair. Without our own handle on the other side, the system says when nobody has one.
        tty.setraw(other)
        os.close(other)
        os.set_blocking(self._handle, False)
        self._link: Path | None = None
        if link:
            try:
                self._make_link(Path(link))
            except OSError as error:
                self.close()
                raise HostLineError(f"pty:{link}: {error.strerror}; give the path of a link that is not there yet") from None

    def _make_link(self, path: Path) -> None:
        if path.is_symlink():                    # left by a run that was killed
            path.unlink()
        path.symlink_to(self.device)
        self._link = path
        self.where = str(path)

    def look(self, accept: bool) -> bool:
        events = _poll(self._handle, READ, 0)
        self.connected = not events & GONE
        return bool(events & READ)

    def write(self, content: bytes) -> int:
        try:
            return os.write(self._handle, content)
        except OSError:                          # no room, or nobody there: the next look will tell
            return 0

    def read(self, most: int) -> bytes:
        try:
            return os.read(self._handle, most)
        except OSError:
            return b""

    def wait(self, seconds: float, writing: bool) -> None:
        if self.connected:
            _poll(self._handle, WRITE if writing else READ, seconds)
        else:
            time.sleep(seconds)                  # a poll would not wait where nobody is, and not tell who comes

    def close(self) -> None:
        self.connected = False
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
            if self._link is not None and self._link.is_symlink() and os.readlink(self._link) == self.device:
                self._link.unlink()


class Tcp(End):
    """A listening TCP port. A second client waits until the first has gone; one that has ended its sending has gone."""

    def __init__(self, host: str, port: int) -> None:
        self._client: socket.socket | None = None
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            self._door = socket.socket(family, kind, protocol)
        except (OSError, UnicodeError) as error:
            raise HostLineError(f"tcp:{host}:{port}: {error}") from None
        try:
            if os.name == "posix":     # elsewhere it would let two programs listen on one port
                self._door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._door.bind(address)
            self._door.listen(1)
        except OSError as error:
            self._door.close()
            raise HostLineError(f"tcp:{host}:{port}: {error.strerror}; port 0 takes a free one") from None
        self._door.setblocking(False)
        bound, number = self._door.getsockname()[:2]
        self.where = f"tcp:[{bound}]:{number}" if ":" in bound else f"tcp:{bound}:{number}"

    def look(self, accept: bool) -> bool:
        if self._client is None:
            if not accept or not _poll(self._door.fileno(), READ, 0):
                return False
            try:
                self._client, _ = self._door.accept()
            except OSError:                      # it has gone again before it was let in
                return False
            self._client.setblocking(False)
            self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connected = True
        return bool(_poll(self._client.fileno(), READ, 0))

    def _hang_up(self) -> None:
        self.connected = False
        if self._client is not None:
            self._client.close()
            self._client = None

    def write(self, content: bytes) -> int:
        assert self._client is not None, "only a connected end is written to"
        try:
            return self._client.send(content)
        except BlockingIOError:
            return 0
        except OSError:                          # it has gone; what it has sent may still be read
            self.connected = False
            return 0

    def read(self, most: int) -> bytes:
        assert self._client is not None, "only an end with something to read is read"
        try:
            content = self._client.recv(most)
        except BlockingIOError:
            return b""
        except OSError:
            content = b""
        if not content:
            self._hang_up()
        return content

    def wait(self, seconds: float, writing: bool) -> None:
        handle = self._door if self._client is None else self._client
        _poll(handle.fileno(), WRITE if writing else READ, seconds)

    def close(self) -> None:
        self._hang_up()
        self._door.close()


def _poll(handle: int, wanted: int, seconds: float) -> int:
    """What of `wanted`, and which trouble, is so on a handle within so many seconds; 0 for nothing."""
    if sys.platform == "win32":
        handles = [handle]
        read, write, trouble = select.select(handles if wanted & READ else [], handles if wanted & WRITE else [], handles, seconds)
        return wanted if read or write or trouble else 0
    poll = select.poll()
    poll.register(handle, wanted)
    found = poll.poll(seconds * 1000)
    return found[0][1] if found else 0


def parse(place: str) -> tuple[str, str, int]:
    """Takes a place apart into its kind, its host or path, and its port. `ArgumentError` for one that is none.

    >>> parse("tcp:127.0.0.1:6551")
    ('tcp', '127.0.0.1', 6551)
    >>> parse("pty:board")
    ('pty', 'board', 0)
    """
    kind, colon, rest = place.partition(":")
    if kind == "pty" and bool(colon) == bool(rest):
        return "pty", rest, 0
    host, colon, port = rest.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if kind == "tcp" and colon and host and port.isascii() and port.isdecimal() and int(port) <= 0xFFFF:
        return "tcp", host, int(port)
    raise ArgumentError(f"a serial line ends at pty, pty:PATH or tcp:HOST:PORT, as in tcp:127.0.0.1:6551, not at {place!r}")


def open_end(place: str) -> End:
    """Opens the place where a serial line is to end.

    `ArgumentError` for a place that is none, `HostLineError` where the system refuses it.
    """
    kind, host, port = parse(place)
    return Pty(host) if kind == "pty" else Tcp(host, port)
