"""What a machine file says: the parts of a computer, and where each of them lies.

A `Setting` gives a value when the options of the machine are known: what the file says itself, or what one of the
options says that the file declares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from retrovm.chip_spec import ChipSpec, CpuSpec
from retrovm.errors import OptionError
from retrovm.machines.machine_file.wires import Wires
from retrovm.ranges import Range
from retrovm.spec import Button, Lamp, Option, Options

Setting = Callable[[Options], Any]
ADDRESS_SPACE = 0x10000


@dataclass(frozen=True, kw_only=True)
class Part:
    """One `[[chip]]`.

    at         None, a first address, a `Range` or several
    movable    whether an option says where it lies, and not the file
    size       the bytes of a memory that repeats, or has a size of its own; None where it is as large as its ranges
    outputs    {its output: the processor's line}
    pins       its `Wires`, or None where it is left out
    media      {an option of the chip: the option of the machine that says the disk}
    shows      the names of the parts that it shows
    serial     the name of its line to the host
    pad        the name of the port with its `buttons`
    image      what a ROM of its own holds; None for other chips
    program    True for the ROM that holds the program
    default_at where the program's ROM is for a program that says itself where it lies
    align      "start" or "end": where raw bytes lie in the program's ROM that do not fill it
    """

    spec: ChipSpec
    name: str
    number: int
    at: Setting
    movable: bool = False
    size: int | None = None
    priority: int = 0
    options: Mapping[str, Setting] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    pins: Setting = lambda options: Wires()
    media: Mapping[str, str] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    serial: str | None = None
    pad: str | None = None
    buttons: tuple[Button, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    image: bytes | None = None
    program: bool = False
    default_at: Range | None = None
    align: str = "start"


@dataclass(frozen=True, kw_only=True)
class Processor:
    """`[cpu]`; `model` is the option of the machine that chooses one of its models, None where the file does."""

    spec: CpuSpec
    name: str
    clock_hz: Setting
    options: Mapping[str, Setting]
    model: str | None = None


@dataclass(frozen=True, kw_only=True)
class Slot:
    """`[program]`: where a user's program goes. `bundled` is the one that runs when there is none."""

    org: Setting
    start: Setting
    bundled: str | None


@dataclass(frozen=True, kw_only=True)
class Board:
    """A machine file.

    detect   whether it is offered for programs that look like its processor's: True, False, or "chips" for those that also use
             its chips
    screen   the part whose screen is the machine's; None for the first
    movable  the options that say where something lies
    """

    id: str
    title: str
    summary: str
    family: str
    frame_rate: Fraction
    formats: tuple[str, ...]
    detect: bool | str
    cpu: Processor
    parts: tuple[Part, ...]
    slot: Slot | None
    options: tuple[Option, ...]
    movable: tuple[str, ...]
    screen: str | None = None

    @property
    def rom(self) -> Part | None:
        """The ROM that holds the program."""
        return next((part for part in self.parts if part.program), None)

    @property
    def defaults(self) -> Options:
        """All options at their defaults."""
        return {option.name: None if option.default is None else option.parse(option.default) for option in self.options}


@dataclass(frozen=True)
class Placed:
    """A part at its addresses: `size` is what repeats in each range, None for as much as the range has."""

    part: Part | None
    name: str
    ranges: tuple[Range, ...]
    size: int | None = None

    @property
    def is_memory(self) -> bool:
        """Whether it holds bytes. Without a part it is the memory that a start address needs for its vectors."""
        return self.part is None or self.part.spec.memory is not None

    @property
    def is_rom(self) -> bool:
        """Whether it is read-only memory."""
        return self.part is not None and self.part.spec.memory in ("rom", "eeprom")

    @property
    def priority(self) -> int:
        """Which part answers where two could: the one with more."""
        return 0 if self.part is None else self.part.priority

    @property
    def bytes(self) -> int:
        """How much memory it is."""
        return self.ranges[0].size if self.size is None else self.size

    def __str__(self) -> str:
        return f"{self.name} at {' and '.join(map(str, self.ranges))}"


class OverlapError(OptionError):
    """Two parts at one address; `part` is the later one."""

    def __init__(self, message: str, part: Part) -> None:
        super().__init__(message)
        self.part = part


def ranges_of(part: Part, options: Options, rom: Range | None) -> tuple[Range, ...]:
    """Where a part lies; `rom` is where the program's ROM does."""
    if part.program:
        return () if rom is None else (rom,)
    at = part.at(options)
    if at is None:
        return ()
    if isinstance(at, int):
        size = part.size or part.spec.size or len(part.image or b"")
        at = Range(at, at + size - 1)
    return (at,) if isinstance(at, Range) else tuple(at)


def place(board: Board, options: Options, rom: Range | None) -> list[Placed]:
    """All parts that have addresses, in the order of the file. Raises `OverlapError`."""
    placed: list[Placed] = []
    for part in board.parts:
        ranges = ranges_of(part, options, rom)
        if not ranges:
            continue
        if ranges[-1].last >= ADDRESS_SPACE:
            raise OverlapError(f"{board.id}: {part.name} at {ranges[-1]} leaves the address space $0000-$FFFF", part)
        if part.spec.memory is not None and part.size is None:
            # Each range is a memory of its own.
            for number, each in enumerate(ranges, 1):
                placed.append(Placed(part, part.name if number == 1 else f"{part.name}{number}", (each,)))
        else:
            placed.append(Placed(part, part.name, ranges, part.size or part.spec.size))
    for number, other in enumerate(placed):
        for one in placed[:number]:
            check_pair(board, one, other)
    return placed


def check_pair(board: Board, one: Placed, other: Placed) -> None:
    """Raises `OverlapError` for two parts at one address, unless one has priority; and for two of one name."""
    if one.part is None or other.part is None:
        return                                      # vectors are placed where nobody is
    if one.name == other.name:
        raise OverlapError(f"{board.id}: two parts are called {one.name}; give one another name", other.part)
    if one.part.priority != other.part.priority and one.part is not other.part:
        return
    for mine in one.ranges:
        for theirs in other.ranges:
            if mine.overlaps(theirs):
                raise OverlapError(f"{board.id}: {one.name} at {mine} and {other.name} at {theirs} overlap; "
                                   f"{remedy(board)}", other.part)


def remedy(board: Board) -> str:
    """What to do about two parts at one address."""
    if not board.movable:
        return "move one, or give one of them a higher priority"
    *most, last = board.movable
    named = f"options {', '.join(most)} and {last}" if most else f"option {last}"
    return f"move one with the {named}"
