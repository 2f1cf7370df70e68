"""What the player can go back to: the last minutes, ten save slots, and what a load has taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from retrovm.errors import ArgumentError
from retrovm.rewind import Rewind
from retrovm.session import VM
from retrovm.slots import COUNT, Slots

# Memory for the past. A frame of a small machine takes some hundred bytes, so this is half an hour and more.
LIMIT = 64 << 20


class Past:
    """The past of a machine that is played.

    slot       the slot that saving and loading mean
    slots      the files of the slots; None where there is no folder for them: `no_slots` says why
    no_rewind  why there is no rewinding; "" where there is
    """

    def __init__(self, vm: VM, folder: Path | None = None, limit: int | None = None) -> None:
        self.vm = vm
        self.slot = 0
        self.slots: Slots | None = None
        self.no_slots = self.no_rewind = ""
        self._rewind: Rewind | None = None
        self._before: bytes | None = None
        try:
            self.slots = Slots(vm, folder)
        except ArgumentError as error:
            self.no_slots = str(error)
        try:
            self._rewind = Rewind(vm, LIMIT if limit is None else limit)
        except ArgumentError as error:
            self.no_rewind = str(error)

    def frame_ran(self) -> None:
        """Keeps what is now."""
        if self._rewind is not None:
            self._rewind.capture()

    def back(self) -> bool:
        """Goes back a frame; False at the beginning of what is kept."""
        return self._rewind is not None and self._rewind.back(1) == 1

    @property
    def frames(self) -> int:
        """How many frames back there are."""
        return 0 if self._rewind is None else len(self._rewind)

    @property
    def size(self) -> int:
        """Bytes of memory that going back takes."""
        return 0 if self._rewind is None else self._rewind.size

    def choose(self, slot: int) -> None:
        """The slot that saving and loading mean from now on."""
        self.slot = slot % COUNT

    def save(self) -> Path:
        """Saves into the slot. Raises `ArgumentError` without slots, and `OSError`."""
        return self.files().save(self.slot)

    def load(self) -> None:
        """Loads the slot; `undo` takes that back. Raises `ArgumentError` without slots, and `StateError`."""
        files = self.files()
        self._replace(lambda: files.load(self.slot))

    def load_bytes(self, state: bytes) -> None:
        """Loads a state; `undo` takes that back. Raises `StateError`."""
        self._replace(lambda: self.vm.load_state(state))

    def undo(self) -> None:
        """Takes the last load back, and then that again. Raises `ArgumentError` when nothing was loaded."""
        before = self._before
        if before is None:
            raise ArgumentError("nothing was loaded that could be taken back")
        self._replace(lambda: self.vm.load_state(before))

    def files(self) -> Slots:
        """The files of the slots. Raises `ArgumentError` where there is no folder for them."""
        if self.slots is None:
            raise ArgumentError(self.no_slots)
        return self.slots

    def _replace(self, load: Callable[[], None]) -> None:
        before = self.vm.save_state()
        load()
        self._before = before
        self.frame_ran()
