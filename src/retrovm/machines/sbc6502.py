"""A minimal 6502 computer: a processor, memory, and a MOS 6551 as its only way out.

| address     | size   | what                                           | option |
|-------------|--------|------------------------------------------------|--------|
| $0000-$7FFF | 32 KiB | RAM                                            | `ram`  |
| $8000-$80FF | 4, x64 | MOS 6551 ACIA: DATA, STATUS, COMMAND, CONTROL  | `acia` |
| $8100-$BFFF |        | nobody: a read gives what was last on the bus  |        |
| $C000-$FFFF | 16 KiB | ROM; a raw image makes it as large as itself   | `rom`  |

/IRQ of the ACIA is /IRQ of the processor. The ACIA has a crystal of its own; its CTS, DSR and DCD are ready.

What goes where:

    raw bytes       a ROM that ends at $FFFF with its vectors; `rom` puts it elsewhere, `org` puts it into RAM
    HEX, S-records  go where they say, into RAM or ROM, and start where they say
    nothing given   the bundled monitor

Where a program begins by `start`, `org` or its file instead of by its own reset vector, the vector holds
that address at power-on. Without memory up there, six bytes of RAM at $FFFA hold the vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrovm import bundled
from retrovm.chips.mos6551 import Mos6551
from retrovm.core.memory import Memory
from retrovm.core.ports import Serial
from retrovm.core.types import Line
from retrovm.cpu.mos6502 import WITH_64_KIB, Mos6502
from retrovm.errors import MediaError, OptionError
from retrovm.media.traits import mos6502_likeness
from retrovm.ranges import Range, address_range, address_ranges
from retrovm.spec import MachineSpec, Option, Options, Port, choice, integer, rate

if TYPE_CHECKING:
    from retrovm.core.machine import Machine
    from retrovm.core.random import Random
    from retrovm.media import Media

MONITOR = "sbc6502/monitor"
ADDRESS_SPACE = 0x10000
ROM = Range(0xC000, 0xFFFF)
VECTORS = Range(0xFFFA, 0xFFFF)
RESET = 0xFFFC


@dataclass(frozen=True)
class Program:
    """What is in memory at power-on.

    segments  bytes by their address
    rom       the ROM that they need
    start     where to begin, if not at their own reset vector
    """

    name: str
    segments: tuple[tuple[int, bytes], ...]
    rom: Range | None
    start: int | None

    def byte(self, address: int) -> int | None:
        """The byte at an address, or None."""
        return next((data[address - at] for at, data in self.segments if 0 <= address - at < len(data)), None)


def program_of(media: Media | None, options: Options) -> Program:
    """Reads a medium by the options `rom`, `org` and `start`."""
    rom, org, start = options["rom"], options["org"], options["start"]
    if org is not None and rom is not None:
        raise OptionError("sbc6502: `org` loads a program into RAM and `rom` one into ROM; give one of them")
    if media is None:
        if org is not None or rom is not None:
            raise OptionError("sbc6502: `org` and `rom` say where a program goes, and no program is given")
        file = bundled.program(MONITOR).file
        return raw_rom(file.name, file.read_bytes(), None, start)
    if not media.segments:
        raise MediaError("it puts nothing into memory", file=media.name)
    data = media.segments[0].data
    if media.segments[0].address is None:
        if org is None:
            return raw_rom(media.name, data, rom, start)
        return Program(media.name, ((org, data),), None, org if start is None else start)
    if org is not None:
        raise OptionError(f"sbc6502: {media.name} says itself where it belongs; `org` is for raw bytes")
    if start is None and media.entry is not None and media.entry >= ADDRESS_SPACE:
        raise MediaError("it starts where a 6502 has no addresses", file=media.name, found=f"${media.entry:04X}",
                         expected="$0000-$FFFF", hint="give start=ADDRESS")
    return addressed(media, rom, media.entry if start is None else start)


def raw_rom(name: str, data: bytes, rom: int | Range | None, start: int | None) -> Program:
    """Raw bytes as a ROM."""
    first = ADDRESS_SPACE - len(data) if rom is None else rom.first if isinstance(rom, Range) else rom
    room = rom.size if isinstance(rom, Range) else ADDRESS_SPACE - max(first, 0)
    if first < 0 or len(data) > room:
        raise MediaError("it is too large for the ROM", file=name, found=f"{len(data):,} bytes",
                         expected=f"at most {room:,}")
    region = rom if isinstance(rom, Range) else Range(first, first + len(data) - 1)
    program = Program(name, ((first, data),), region, start)
    if rom is None and start is None:
        low, high = program.byte(RESET), program.byte(RESET + 1)
        if low is None or high is None or low | high << 8 not in region:
            found = "too few bytes" if low is None or high is None else f"${low | high << 8:04X} for reset"
            raise MediaError("it does not end with the vectors of a ROM", file=name, found=found,
                             expected=f"an address in {region}",
                             hint="org=ADDRESS loads a program into RAM; rom=ADDRESS says where a ROM lies")
    return program


def addressed(media: Media, rom: int | Range | None, start: int | None) -> Program:
    """Bytes that say where they belong. Without an option there is a ROM only if something goes there."""
    segments = tuple((segment.address or 0, segment.data) for segment in media.segments)
    region = Range(rom, ADDRESS_SPACE - 1) if isinstance(rom, int) else rom
    if region is None and any(ROM.overlaps(Range(at, at + len(data) - 1)) for at, data in segments):
        region = ROM
    return Program(media.name, segments, region, start)


def memory_map(program: Program, options: Options) -> dict[str, Range]:
    """The regions by name. Raises `OptionError` where two of them overlap."""
    rams = options["ram"]
    regions = {"ram" if number == 1 else f"ram{number}": ram for number, ram in enumerate(rams, 1)}
    if program.rom is not None:
        regions["rom"] = program.rom
    if options["acia"] is not None:
        regions["acia"] = options["acia"]
    names = list(regions)
    for i, one in enumerate(names):
        for other in names[i + 1:]:
            if regions[one].overlaps(regions[other]):
                raise OptionError(f"sbc6502: {one} at {regions[one]} and {other} at {regions[other]} overlap;"
                                  f" move one with the options ram, rom and acia")
    if program.start is not None:
        there = [name for name, region in regions.items() if region.overlaps(VECTORS)]
        if not there:
            regions["vectors"] = VECTORS
        elif not any(name != "acia" and regions[name].overlaps(Range(RESET, RESET)) for name in there):
            raise OptionError(f"sbc6502: a start address needs memory at $FFFC for the reset vector, and "
                              f"{there[0]} at {regions[there[0]]} is in the way")
    return regions


def contents_of(program: Program, regions: dict[str, Range], fill: int | None,
                random: Random) -> dict[str, bytes]:
    """What each memory holds at power-on.

    Raises `MediaError` for bytes outside memory, and for a program that does not say where it starts.
    """
    memories = {name: region for name, region in regions.items() if name != "acia"}
    found = {}
    for name, region in memories.items():
        if fill is None and name != "rom":
            words = (random.draw().to_bytes(4, "little") for _ in range(-(-region.size // 4)))
            found[name] = bytearray(b"".join(words)[:region.size])
        else:
            found[name] = bytearray([0xFF if name == "rom" else fill or 0]) * region.size
    segments = program.segments
    if program.start is not None:
        segments = (*segments, (RESET, program.start.to_bytes(2, "little")))
    for at, data in segments:
        here = Range(at, at + len(data) - 1)
        stored = 0
        for name, region in memories.items():
            if region.overlaps(here):
                first, last = max(region.first, at), min(region.last, here.last)
                found[name][first - region.first:last + 1 - region.first] = data[first - at:last + 1 - at]
                stored += last + 1 - first
        if stored != len(data):
            present = ", ".join(f"{name} {region}" for name, region in memories.items())
            raise MediaError("some of its bytes lie where no memory is", file=program.name, found=str(here),
                             expected=f"memory: {present}", hint="give the options ram and rom")
    if program.start is None and (program.byte(RESET) is None or program.byte(RESET + 1) is None):
        raise MediaError("it does not say where it starts: nothing of it lies at the reset vector, $FFFC",
                         file=program.name, hint="give start=ADDRESS")
    return {name: bytes(held) for name, held in found.items()}


def wire(machine: Machine, media: Media | None, options: Options) -> None:
    """Builds the computer."""
    program = program_of(media, options)
    regions = memory_map(program, options)
    contents = contents_of(program, regions, options["fill"], machine.random)
    bus = machine.add_bus()
    for name, held in contents.items():
        memory = machine.add(Memory(name, contents=held, writable=name != "rom"))
        bus.map(regions[name].first, regions[name].size, memory)
    cpu = machine.add(Mos6502(model=options["model"], name="cpu", bus=bus, ane_constant=options["ane_constant"],
                              lxa_constant=options["lxa_constant"]))
    if "acia" in regions:
        port = machine.add(Serial("serial"))
        acia = Mos6551("acia", machine.clock, port, cpu.wire(Line.IRQ), options["crystal_hz"])
        bus.map(regions["acia"].first, regions["acia"].size, machine.add(acia), mirror=4)


def start_or_range(value: Any) -> int | Range:
    """Parses the first address of a ROM, or its range."""
    ranged = isinstance(value, (Range, list, tuple)) or (isinstance(value, str) and "-" in value)
    parse: Callable[[Any], int | Range] = address_range() if ranged else integer(0, 0xFFFF)
    return parse(value)


def range_or_none(value: Any) -> Range | None:
    """Parses a range of four addresses or more, or "none"."""
    return None if value == "none" else address_range(least_size=4)(value)


def byte_or_random(value: Any) -> int | None:
    """Parses a byte, or "random", which is None."""
    return None if value == "random" else integer(0, 0xFF)(value)


SPEC = MachineSpec(
    id="sbc6502",
    title="6502 single-board computer",
    summary="A 6502 with RAM, ROM and a serial port, whose memory map you choose",
    family="6502",
    wire=wire,
    clock_rate=lambda options: options["clock_hz"],
    judge=mos6502_likeness,
    options=(
        Option(name="ram", help="where RAM is: $0000-$7FFF, or several ranges with commas between them",
               default="$0000-$7FFF", parse=address_ranges()),
        Option(name="rom", help="where the ROM is: $C000-$FFFF, or its first address; without it a raw image "
                                "ends at $FFFF", default=None, parse=start_or_range),
        Option(name="acia", help="where the ACIA is, its four registers again and again; none leaves it out",
               default="$8000-$80FF", parse=range_or_none),
        Option(name="org", help="loads raw bytes into RAM from this address on, and starts there",
               default=None, parse=integer(0, 0xFFFF)),
        Option(name="start", help="where to begin, instead of at the reset vector", default=None,
               parse=integer(0, 0xFFFF)),
        Option(name="fill", help="what RAM holds at power-on: a byte, or random", default="random",
               parse=byte_or_random),
        Option(name="model", help="the processor", default="6502", parse=choice(*WITH_64_KIB)),
        Option(name="ane_constant", help="what A is ORed with in the undocumented opcode ANE of an NMOS model, a byte",
               default=0xEE, parse=integer(0, 0xFF)),
        Option(name="lxa_constant", help="the same in LXA", default=0xEE, parse=integer(0, 0xFF)),
        Option(name="clock_hz", help="the clock of the processor", default=1_000_000, parse=rate),
        Option(name="crystal_hz", help="the crystal of the ACIA", default=1_843_200, parse=rate),
    ),
    ports=(Port(name="serial", title="Serial line of the ACIA", kind="serial"),),
    formats=("binary", "ihex", "srec"),
    demo=MONITOR,
)
