"""How a chip describes itself, so that a machine file can put it on a board.

A chip is known by a `ChipSpec` and an entry point in the group `retrovm.chips`. It is data, but for `make`, which makes
the part and is called when a machine is wired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from retrovm.spec import Judgement, Option, Options

if TYPE_CHECKING:
    from retrovm.core.bus import Bus
    from retrovm.core.clock import Clock
    from retrovm.core.device import Device, Wire
    from retrovm.core.ports import Buttons, Serial
    from retrovm.media import Media


@dataclass(frozen=True, kw_only=True)
class Socket:
    """What a chip finds where it is plugged in.

    name      of the part, in errors, snapshots and `machine.devices`
    clock     of the machine; a tick is a cycle of its processor
    bus       the address space
    options   every option of its `ChipSpec`, parsed
    wires     {output: the line of the processor that it pulls, or None}
    serial    its line to the host, where the `ChipSpec` has `serial`
    buttons   what the host presses, where the `ChipSpec` has `buttons`
    pins      {signal: (the `Pins` of another chip's port, the name of a line), or (None, "low" or "high")}
    contents  what a memory holds at power-on
    """

    name: str
    clock: Clock
    bus: Bus
    options: Options
    wires: Mapping[str, Wire | None] = field(default_factory=dict)
    serial: Serial | None = None
    buttons: Buttons | None = None
    pins: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    contents: bytes = b""


@dataclass(frozen=True, kw_only=True)
class ChipSpec:
    """The description of a chip.

    make     gives the part for a `Socket`
    size     how many addresses it answers at, a power of two: its registers; 0 for a chip that is not on the bus and
             for memory, which is as large as the machine file says
    options  keys of its table in a machine file; `Option.default` counts where the key is not there
    outputs  lines that it pulls: "irq"
    ports    {an attribute that is `Pins`: the names of its lines}: {"port_a": ("pa0", "pa1")}
    signals  its pins that a machine file wires to a line of another chip's port: "cs"
    serial   True for a chip with a line to the host
    buttons  True for a chip that reads buttons, which the machine file names
    memory   "ram" or "rom" for memory
    """

    id: str
    title: str
    make: Callable[[Socket], Device]
    size: int = 0
    options: tuple[Option, ...] = ()
    outputs: tuple[str, ...] = ()
    ports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    serial: bool = False
    buttons: bool = False
    memory: Literal["ram", "rom"] | None = None


@dataclass(frozen=True, kw_only=True)
class CpuSpec(ChipSpec):
    """The description of a processor.

    lines    its inputs that others pull, by the name of a `Line` in lower case: "irq"
    vectors  the first and the last address of the vectors that it begins and is interrupted by
    reset    the address of the reset vector in them, two bytes, the low one first
    judge    how like a program for this processor a medium looks
    """

    lines: tuple[str, ...]
    vectors: tuple[int, int]
    reset: int
    judge: Callable[[Media], Judgement | None]
