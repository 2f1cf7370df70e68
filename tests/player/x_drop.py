"""Another program of the desktop from which a file is dragged onto a window: the protocol XDND, version 5, of freedesktop.org."""

import time
from pathlib import Path

from Xlib import X, Xatom, display
from Xlib.protocol import event

VERSION = 5
SECONDS = 20


def drop_file(name: str, window: int, path: Path) -> None:
    """Drops a file on a window of an X display and serves its name when the window asks for it."""
    server = display.Display(name)
    target = server.create_resource_object("window", window)
    source = server.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
    atom = server.intern_atom
    kind, selection, copy = atom("text/uri-list"), atom("XdndSelection"), atom("XdndActionCopy")
    source.set_selection_owner(selection, X.CurrentTime)
    place = target.get_geometry()
    corner = target.translate_coords(server.screen().root, 0, 0)
    x, y = place.width // 2 - corner.x, place.height // 2 - corner.y

    def send(message: str, *data: int) -> None:
        values = [source.id, *data, *[0] * (4 - len(data))]
        target.send_event(event.ClientMessage(window=target, client_type=atom(message), data=(32, values)), event_mask=0)
        server.flush()

    send("XdndEnter", VERSION << 24, kind)
    deadline = time.monotonic() + SECONDS
    position_sent = 0.0
    dropped = False
    while time.monotonic() < deadline:
        if not dropped and time.monotonic() - position_sent > 0.5:
            send("XdndPosition", 0, x << 16 | y, X.CurrentTime, copy)
            position_sent = time.monotonic()
        if not server.pending_events():
            time.sleep(0.01)
            continue
        got = server.next_event()
        if got.type == X.ClientMessage and got.client_type == atom("XdndStatus") and not dropped:
            dropped = True
            send("XdndDrop", 0, X.CurrentTime)
        elif got.type == X.SelectionRequest:
            got.requestor.change_property(got.property, kind if got.target == kind else Xatom.STRING, 8,
                                          f"{path.as_uri()}\r\n".encode())
            got.requestor.send_event(event.SelectionNotify(time=got.time, requestor=got.requestor, selection=got.selection,
                                                           target=got.target, property=got.property))
            server.flush()
        elif got.type == X.ClientMessage and got.client_type == atom("XdndFinished"):
            server.close()
            return
    raise AssertionError(f"after {SECONDS} s the window has not taken what was dropped on it")
