"""Places outside of this process where the serial line of a machine can end.

    with hostline.open_line("tcp:127.0.0.1:6551") as line:
        while True:
            vm.tick()
            line.exchange(vm.serial)

`open_line` takes

    pty             a new pseudo-terminal, whose name is `line.where`: for terminal programs of this host
    tcp:HOST:PORT   a TCP port with nothing but the bytes on it, for one client at a time; port 0 is any free one

A line ends on 127.0.0.1 unless another HOST is written out. Nothing waits for anybody here: `exchange` moves the
bytes that can move and returns. Bytes for the guest stay with whoever sends them while the guest takes none, so a
paste of any length arrives whole. What the guest says and nobody reads is kept, the last mebibyte of it.
"""

from __future__ import annotations

import os
import socket
from abc import ABC, abstractmethod
from types import TracebackType
from typing import TYPE_CHECKING

from retrovm.errors import ArgumentError, RetroVMError

if TYPE_CHECKING:
    from retrovm.core.ports import Serial

AHEAD = 4096              # bytes taken from the other side before the guest asks for them
KEPT = 1 << 20            # bytes of the guest that wait for a reader


class HostLineError(RetroVMError):
    """A serial line cannot end where it was asked to."""


class HostLine(ABC):
    """One end of a serial line. `where` says what another program connects to."""

    where: str

    def __init__(self) -> None:
        self._unsent = bytearray()

    def exchange(self, serial: Serial) -> bool:
        """Moves bytes in both directions, as many as go without waiting. True where there were some."""
        said = serial.receive()
        self._unsent += said
        del self._unsent[:-KEPT]
        while self._unsent and (count := self._write(bytes(self._unsent))):
            del self._unsent[:count]
        heard = self._read(AHEAD - serial.pending) if serial.pending < AHEAD else b""
        if heard:
            serial.send(heard)
        return bool(said or heard)

    @abstractmethod
    def _write(self, content: bytes) -> int:
        """How many bytes the other side has taken; 0 while it takes none."""

    @abstractmethod
    def _read(self, most: int) -> bytes:
        """What the other side has sent; empty while there is nothing."""

    @abstractmethod
    def close(self) -> None:
        """Ends the line. It may be called again."""

    def __enter__(self) -> HostLine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


class Pty(HostLine):
    """A pseudo-terminal in raw mode. Programs open and leave `where` as they like."""

    def __init__(self) -> None:
        super().__init__()
        try:
            import tty
        except ImportError:
            raise HostLineError("pty: this system has no pseudo-terminals; give tcp:127.0.0.1:PORT") from None
        # Our own handle on the side of the others keeps the terminal and its mode alive between two programs.
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.where = os.ttyname(self._theirs)

    def _write(self, content: bytes) -> int:
        try:
            return os.write(self._ours, content)
        except BlockingIOError:
            return 0

    def _read(self, most: int) -> bytes:
        try:
            return os.read(self._ours, most)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        for handle in (self._ours, self._theirs):
            if handle >= 0:
                os.close(handle)
        self._ours = self._theirs = -1


class Tcp(HostLine):
    """A listening TCP port. A second client waits until the first has gone."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
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

    def _other_side(self) -> socket.socket | None:
        if self._client is None:
            try:
                self._client, _ = self._door.accept()
            except (BlockingIOError, ConnectionError):
                return None
            self._client.setblocking(False)
            self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._client

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _write(self, content: bytes) -> int:
        client = self._other_side()
        if client is None:
            return 0
        try:
            return client.send(content)
        except BlockingIOError:
            return 0
        except OSError:
            self._hang_up()
            return 0

    def _read(self, most: int) -> bytes:
        client = self._other_side()
        if client is None:
            return b""
        try:
            content = client.recv(most)
        except BlockingIOError:
            return b""
        except OSError:
            content = b""
        if not content:
            self._hang_up()
        return content

    def close(self) -> None:
        self._hang_up()
        self._door.close()


def parse(place: str) -> tuple[str, str, int]:
    """Takes a place apart into its kind, its host and its port. `ArgumentError` for one that is none.

    >>> parse("tcp:127.0.0.1:6551")
    ('tcp', '127.0.0.1', 6551)
    """
    if place == "pty":
        return "pty", "", 0
    kind, _, rest = place.partition(":")
    host, colon, port = rest.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if kind == "tcp" and colon and host and port.isascii() and port.isdecimal() and int(port) <= 0xFFFF:
        return "tcp", host, int(port)
    raise ArgumentError(f"a serial line ends at pty or tcp:HOST:PORT, as in tcp:127.0.0.1:6551, not at {place!r}")


def open_line(place: str) -> HostLine:
    """Opens the place where a serial line is to end: `pty` or `tcp:HOST:PORT`.

    `ArgumentError` for a place that is none, `HostLineError` where the system refuses it.
    """
    kind, host, port = parse(place)
    return Pty() if kind == "pty" else Tcp(host, port)
