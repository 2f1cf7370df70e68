"""Who stands between the host and a machine: it sees what the host does, and may put it off, refuse it, or do it itself.

A recording is made by one witness and played by another (`retrovm.movie`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrovm.core.ports import Buttons, Serial


NEVER = (1 << 63) - 1
"""The tick that no run comes to."""


class Witness:
    """The base of witnesses, which lets everything happen. `machine.witness = it` lets one see, None sends it away."""

    def attend(self) -> int | None:
        """Called when a run begins, after every frame of it, at the tick that was asked for, and when it ends.

        The machine stands between two instructions and may be changed. Returns the tick to be called at, if there is no
        other reason to be called before; None ends the run here, and has to follow a reset or the loading of a state.
        An exception ends the run, too, and goes to whoever has started it.
        """
        return NEVER

    def allow(self, port: Buttons | Serial, action: str, arguments: tuple[Any, ...]) -> bool:
        """Called when the host calls `getattr(port, action)(*arguments)`; False, and the port does nothing.

        In the thread of the caller, who may call while the machine runs in another one.
        """
        return True

    def was_reset(self, power_on: bool, tick: int, in_frame: bool) -> None:
        """Called after a reset, with the time before it and whether its frame had begun."""

    def was_loaded(self, tick: int, in_frame: bool) -> None:
        """Called after a state was put back, with the same."""
