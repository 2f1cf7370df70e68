"""A machine whose serial line is a TCP port, a client that talks to it, and the same session once more from its movie.

    python examples/serial_line.py
"""

import socket
import tempfile
from contextlib import suppress
from pathlib import Path

import retrovm
from retrovm import bundled, hostline
from retrovm.movie import Movie, Playback, Recorder

MONITOR = bundled.program("sbc6502/monitor").file


def talk(vm, line, client, text):
    """Types `text`, and runs until the monitor is done with it and shows its prompt."""
    client.sendall(text)
    said = b""
    while not said.endswith(b"\r\n> "):
        line.exchange()
        vm.tick(render=False)
        with suppress(BlockingIOError):
            said += client.recv(4096)
    return said.decode()


def session(vm):
    """Connects a client of this process; any other, such as `nc`, would do."""
    with vm.connect("tcp:127.0.0.1:0") as line:
        _, host, port = hostline.parse(line.where)
        with socket.create_connection((host, port)) as client:
            client.setblocking(False)
            talk(vm, line, client, b"")
            return talk(vm, line, client, b"0400: A9 2A\rm 0400+2\r")


def main():
    vm = retrovm.load(MONITOR, machine="sbc6502")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.rmv"
        with Recorder(vm, path):
            print(session(vm).splitlines()[-2])
        movie = Movie.open(path)
    twin = retrovm.load(MONITOR, machine="sbc6502")
    Playback(movie, twin).run()
    print(f"{len(movie.events)} events, and the same state once more: {twin.state_hash() == vm.state_hash()}")


if __name__ == "__main__":
    main()
