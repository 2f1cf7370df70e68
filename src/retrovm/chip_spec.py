"""How a chip describes itself, so that a machine file can put it on a board.

A chip is known by a `ChipSpec` and an entry point in the group `retrovm.chips`. It is data, but for `make`, which makes
the part and is called when a machine is wired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from retrovm.errors import OptionError
from retrovm.spec import Button, Judgement, Lamp, Option, Options

if TYPE_CHECKING:
    from retrovm.core.blocks import Image
    from retrovm.core.bus import Bus
    from retrovm.core.clock import Clock
    from retrovm.core.device import Device, Wire
    from retrovm.core.pins import Pins
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
    lamps     its lamps, where the `ChipSpec` has `lamps`
    disks     {option of the `ChipSpec` with `medium`: the disk, a part of the machine already, or None without one}
    shows     the parts that it shows, where the `ChipSpec` has `shows`
    title     what the machine is called
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
    lamps: tuple[Lamp, ...] = ()
    disks: Mapping[str, Image | None] = field(default_factory=dict)
    shows: tuple[Shown, ...] = ()
    title: str = ""
    contents: bytes = b""

    def lines(self) -> dict[str, tuple[Pins, str]]:
        """The lines that its signals are wired to. Raises `OptionError` for one that is tied to a level."""
        for signal, (pins, level) in self.pins.items():
            if pins is None:
                raise OptionError(f"{self.name}: its {signal} is wired to a line of a port, and cannot be tied {level}")
        return dict(self.pins)


@dataclass(frozen=True)
class Shown:
    """A part that another one shows, with the buttons and lamps that the machine file names for it."""

    part: Device
    pad: Buttons | None = None
    buttons: tuple[Button, ...] = ()
    lamps: tuple[Lamp, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChipSpec:
    """The description of a chip.

    make     gives the part for a `Socket`; or a tuple of the part and others that belong to it, such as its screen;
             or an empty one where there is none, as a card without a disk
    size     how many addresses it answers at, a power of two: its registers, or the bytes of a memory; 0 for a chip that
             is not on the bus and for memory that is as large as the machine file says
    options  keys of its table in a machine file; `Option.default` counts where the key is not there
    outputs  lines that it pulls: "irq"
    ports    {an attribute that is `Pins`: the names of its lines}: {"port_a": ("pa0", "pa1")}
    signals  its pins that a machine file wires to a line of another chip's port: "cs"
    serial   True for a chip with a line to the host
    buttons  True for a chip that reads buttons, which the machine file names
    lamps    True for a chip with lamps, which the machine file names
    pin_each True for one whose buttons and lamps are signals, too, each by its name
    shows    True for a picture of other parts, which the machine file names
    memory   "ram" or "rom" for memory; "eeprom" for a ROM that may be blank
    """

    id: str
    title: str
    make: Callable[[Socket], Device | tuple[Device, ...]]
    size: int = 0
    options: tuple[Option, ...] = ()
    outputs: tuple[str, ...] = ()
    ports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    serial: bool = False
    buttons: bool = False
    lamps: bool = False
    pin_each: bool = False
    shows: bool = False
    memory: Literal["ram", "rom", "eeprom"] | None = None


@dataclass(frozen=True, kw_only=True)
class CpuSpec(ChipSpec):
    """The description of a processor.

    lines    its inputs that others pull, by the name of a `Line` in lower case: "irq"
    vectors  the first and the last address of the vectors that it begins and is interrupted by
    reset    the address of the reset vector in them, two bytes, the low one first
    judge    how like a program for this processor a medium looks
    uses     how often such a program seems to read or write an address in these places; None where that cannot be told
    models   what its option `model` chooses between, where it has one
    """

    lines: tuple[str, ...]
    vectors: tuple[int, int]
    reset: int
    judge: Callable[[Media], Judgement | None]
    uses: Callable[[Media, Sequence[range]], int] | None = None
    models: tuple[str, ...] = ()
