"""The serial line of a machine that ends in a terminal in the window.

    line = TerminalLine(vm)
    line.type("PRINT 2+2")
    line.press("return")
    line.exchange()                  # with every frame
    line.view.tobytes()

Text comes in the layout of the host's keyboard; `retrovm.player.terminal_keys` knows which of its keys are which here.

Sources: docs/references.md: xterm-ctlseqs (PC-Style Function Keys, VT220-Style Function Keys).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from retrovm.errors import ArgumentError, UnknownNameError
from retrovm.player.terminal_view import TerminalView
from retrovm.spec import nearest

if TYPE_CHECKING:
    from retrovm.session import VM

# Bytes given to the machine before the guest asks for them: those of a frame at 115,200 baud, so that a line is never idle.
AHEAD = 256

# What keys send: as a VT220 has it, and xterm where that has no such key. With DECCKM, the cursor keys begin with ESC O.
CURSOR = {"up": b"A", "down": b"B", "right": b"C", "left": b"D", "home": b"H", "end": b"F"}
KEYS = {
    "return": b"\r", "tab": b"\t", "backspace": b"\b", "delete": b"\x7f", "escape": b"\x1b", "insert": b"\x1b[2~",
    "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~", "f1": b"\x1bOP", "f2": b"\x1bOQ", "f3": b"\x1bOR", "f4": b"\x1bOS",
    "f5": b"\x1b[15~", "f6": b"\x1b[17~", "f7": b"\x1b[18~", "f8": b"\x1b[19~", "f9": b"\x1b[20~", "f10": b"\x1b[21~",
    "f11": b"\x1b[23~", "f12": b"\x1b[24~",
    **{name: b"\x1b[" + end for name, end in CURSOR.items()},
}
# Ctrl with these gives 0 to 31, as the columns of ASCII lie.
CONTROL = {chr(0x40 + code if not 1 <= code <= 26 else 0x60 + code): bytes([code]) for code in range(32)} | {" ": b"\0"}


class TerminalLine:
    """The end of a machine's serial line in a terminal view: a `Line` for the player.

    view     what the guest has sent, as a picture
    waiting  how many bytes were typed and pasted that the machine has not taken yet
    stalled  False: the view takes whatever comes
    ended    False: it stays as long as the window
    Raises `ArgumentError` for a machine without a serial line.
    """

    stalled = False
    ended = False

    def __init__(self, vm: VM) -> None:
        if vm.serial is None:
            raise ArgumentError(f"{vm.spec.id} has no serial line for a terminal")
        self.view = TerminalView()
        self._serial = vm.serial
        self._typed: deque[bytes] = deque()
        self.waiting = 0
        self._serial.set_carrier(True)

    def exchange(self) -> bool:
        """Shows what the guest has sent, and gives it what it has room for. True where there was something."""
        said = self._serial.receive()
        if said:
            self.view.feed(said)
        # Answers come first: a guest that has asked where the cursor is takes the next bytes for the answer.
        given = self.view.take_replies()
        room = AHEAD - self._serial.pending - len(given)
        while self._typed and room > 0:
            part = self._typed.popleft()
            if len(part) > room:
                self._typed.appendleft(part[room:])
                part = part[:room]
            given += part
            room -= len(part)
            self.waiting -= len(part)
        if given:
            self._serial.send(given)
        return bool(said or given)

    def type(self, text: str) -> None:
        """Types characters, one after the other as the guest takes them."""
        self._give(text.encode("utf-8", "replace"))

    def paste(self, text: str) -> None:
        """Types a text whose lines end as those of the host do. Control characters in it are left out."""
        lines = text.replace("\r\n", "\r").replace("\n", "\r")
        self.type("".join(char for char in lines if char in "\r\t" or char.isprintable()))

    def press(self, key: str) -> None:
        """Presses a key that has a name in `KEYS`. `UnknownNameError` names the nearest ones."""
        if key not in KEYS:
            raise UnknownNameError(f"a terminal has no key {key!r}{nearest(key, KEYS)}")
        code = KEYS[key]
        if key in CURSOR and self.view.application_keys:
            code = b"\x1bO" + CURSOR[key]
        elif key == "return" and self.view.new_line:
            code = b"\r\n"
        self._give(code)

    def control(self, char: str) -> bool:
        """Presses Ctrl with a character; False where that is none of the 32 of ASCII."""
        code = CONTROL.get(char.lower())
        if code is not None:
            self._give(code)
        return code is not None

    def drop(self) -> None:
        """Forgets what was typed and pasted and the machine has not taken yet."""
        self._typed.clear()
        self.waiting = 0

    def close(self) -> None:
        """Ends the line, and with it the carrier."""
        self._serial.set_carrier(False)

    def _give(self, content: bytes) -> None:
        if content:
            self._typed.append(content)
            self.waiting += len(content)
