"""What the player can go back to: the last minutes, ten save slots, and what a load has taken away."""

from __future__ import annotations

from pathlib import Path

from retrovm.errors import ArgumentError
from retrovm.rewind import Rewind
from retrovm.session import VM
from retrovm.slots import COUNT, Slots

# Memory for the past. A frame of a small machine takes some hundred bytes, so this is half an hour and more.
LIMIT = 64 << 20


class Past:
    """The past of a machine that is played.

    slot      the slot that saving and loading mean
    slots     the files of the slots; None where there is no folder for them
    trouble   why there is no rewinding, or no slots; "" where there are both
    """

    def __init__(self, vm: VM, folder: Path | None = None) -> None:
        self.vm = vm
        self.slot = 0
        self.slots: Slots | None = None
        self.trouble = ""
        self._rewind: Rewind | None = None
        self._before: bytes | None = None
        try:
            self.slots = Slots(vm, folder)
            self._rewind = Rewind(vm, LIMIT)
        except ArgumentError as error:
            self.trouble = str(error)

    def frame_ran(self) -> None:
        """Keeps what is now."""
        if self._rewind is not None:
            self._rewind.capture()

    def back(self) -> bool:
        """Goes back a frame; False at the beginning of what is kept."""
        return self._rewind is not None and self._rewind.back(1) == 1

    def choose(self, slot: int) -> None:
        """The slot that saving and loading mean from now on."""
        self.slot = slot % COUNT

    def save(self) -> Path:
        """Saves into the slot. Raises `ArgumentError` without slots, and `OSError`."""
        return self._slots().save(self.slot)

    def load(self) -> None:
        """Loads the slot; `undo` takes that back. Raises `ArgumentError` without slots, and `StateError`."""
        before = self.vm.save_state()
        self._slots().load(self.slot)
        self._before = before
        self.frame_ran()

    def undo(self) -> bool:
        """Takes the last load back, and then that again; False when nothing was loaded."""
        if self._before is None:
            return False
        before, self._before = self._before, self.vm.save_state()
        self.vm.load_state(before)
        self.frame_ran()
        return True

    def _slots(self) -> Slots:
        if self.slots is None:
            raise ArgumentError(self.trouble)
        return self.slots
