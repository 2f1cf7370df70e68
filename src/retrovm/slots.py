"""Save slots: states of a program in files of the user's, each a picture that one can look at with the state in it.

    slots = retrovm.slots.Slots(vm)
    slots.save(1)
    slots.load(1)
    [(slot.number, slot.saved) for slot in slots.all()]

A slot is a PNG file of the screen with the state in a chunk of its own, which other programs ignore; of a machine without a
screen it is the state alone. It is written as a whole or not at all, so a slot has what it had or what it gets.

Sources: docs/references.md: png (chunks).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from retrovm.errors import ArgumentError, StateError
from retrovm.host_files import user_folder, write_whole

if TYPE_CHECKING:
    from retrovm.session import VM

COUNT = 10
"""Slots are numbered from 0 to 9."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHUNK = b"rvSt"                          # by the case of its letters: may be ignored, not public, may be copied
END = b"IEND"


@dataclass(frozen=True)
class Slot:
    """A slot that holds something.

    saved    when, in the host's local time
    picture  a PNG file of the screen, or b"" of a machine without one
    """

    number: int
    path: Path
    saved: datetime

    @property
    def picture(self) -> bytes:
        content = _read(self.path)
        return content if content.startswith(SIGNATURE) else b""


class Slots:
    """The slots of a program on a machine. They are told apart by the machine and the SHA-1 of the program.

    Parameters
        vm      the machine with the program
        folder  where the slots of all programs are; by default the user's folder for data
    Raises `ArgumentError` where there is no such folder without platformdirs.
    """

    def __init__(self, vm: VM, folder: Path | None = None) -> None:
        root = folder or user_folder("data")
        if root is None:
            raise ArgumentError("the user's folder for save slots is found by platformdirs: pip install 'retrovm[player]', or "
                                "name a folder")
        self.vm = vm
        program = "none" if vm.media is None else vm.media.sha1
        self.folder = root / "slots" / vm.spec.id / program

    def path(self, number: int) -> Path:
        """The file of a slot. Raises `ArgumentError` for a number that is none."""
        if not 0 <= number < COUNT:
            raise ArgumentError(f"save slots are numbered from 0 to {COUNT - 1}, not {number}")
        return self.folder / f"{number}.{'state' if self.vm.screen is None else 'png'}"

    def save(self, number: int) -> Path:
        """Keeps the present state in a slot. Raises `OSError`, and leaves what was there, where it cannot be written."""
        path = self.path(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        state, screen = self.vm.save_state(), self.vm.screen
        write_whole(path, state if screen is None else with_state(screen.png(), state))
        return path

    def load(self, number: int) -> None:
        """Goes back to the state in a slot.

        Raises `StateError`, and changes nothing, where the slot is empty or damaged, or is of other options.
        """
        path = self.path(number)
        if not path.exists():
            raise StateError(f"slot {number} is empty: there is no {path}")
        try:
            self.vm.load_state(state_of(_read(path)))
        except StateError as error:
            raise StateError(f"slot {number}, {path}: {error}") from None

    def all(self) -> Iterator[Slot]:
        """The slots that hold something, by their numbers."""
        for number in range(COUNT):
            path = self.path(number)
            if path.exists():
                yield Slot(number, path, datetime.fromtimestamp(path.stat().st_mtime))


def with_state(picture: bytes, state: bytes) -> bytes:
    """A PNG file with a state in it."""
    body = picture[:-12]                 # up to the last chunk, which marks the end
    data = CHUNK + zlib.compress(state)
    return body + (len(data) - 4).to_bytes(4, "big") + data + zlib.crc32(data).to_bytes(4, "big") + picture[-12:]


def state_of(content: bytes) -> bytes:
    """The state in a file: a PNG file with one, or the state itself. Raises `StateError` where there is none."""
    if not content.startswith(SIGNATURE):
        return content
    at = len(SIGNATURE)
    while at + 12 <= len(content):
        size = int.from_bytes(content[at:at + 4], "big")
        data, check = content[at + 4:at + 8 + size], content[at + 8 + size:at + 12 + size]
        if len(check) < 4 or zlib.crc32(data) != int.from_bytes(check, "big"):
            raise StateError(f"the picture is damaged at byte {at}")
        if data.startswith(CHUNK):
            try:
                return zlib.decompress(data[4:])
            except zlib.error as error:
                raise StateError(f"the state in the picture is damaged: {error}") from None
        if data.startswith(END):
            raise StateError("the picture has no state in it")
        at += 12 + size
    raise StateError(f"the picture ends at byte {len(content)}, before its last chunk")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StateError(f"{path}: the slot cannot be read: {error.strerror}") from None
