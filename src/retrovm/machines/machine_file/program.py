"""What is in the memory of a machine at power-on: a program, and where it goes.

    raw bytes       a ROM that ends at $FFFF with its vectors; `rom` puts it elsewhere, `org` puts it into RAM
    HEX, S-records  go where they say, into RAM or ROM, and start where they say
    nothing given   the bundled program of the machine file, or what its own ROMs hold
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrovm import bundled
from retrovm.errors import MediaError, OptionError
from retrovm.machines.machine_file.board import ADDRESS_SPACE, Board, Placed, Slot
from retrovm.ranges import Range
from retrovm.spec import Options

if TYPE_CHECKING:
    from retrovm.core.random import Random
    from retrovm.media import Media


@dataclass(frozen=True)
class Program:
    """Bytes by their address, the ROM that they need, and where to begin, if not at their own reset vector."""

    name: str
    segments: tuple[tuple[int, bytes], ...] = ()
    rom: Range | None = None
    start: int | None = None

    def byte(self, address: int) -> int | None:
        """The byte at an address, or None."""
        return next((data[address - at] for at, data in self.segments if 0 <= address - at < len(data)), None)


def program_of(board: Board, media: Media | None, options: Options) -> Program:
    """Reads a medium by the settings of `[program]` and the place of the program's ROM."""
    slot = board.slot
    if slot is None:
        if media is not None:
            raise MediaError(f"{board.id} takes no program: its machine file has no table [program]", file=media.name)
        return Program(board.id)
    rom = board.rom.at(options) if board.rom is not None else None
    org, start = slot.org(options), slot.start(options)
    chosen = rom if board.rom is not None and board.rom.movable and rom != board.rom.at(board.defaults) else None
    if org is not None and chosen is not None:
        raise OptionError(f"{board.id}: `org` loads a program into RAM and `rom` one into ROM; give one of them")
    if media is None:
        if slot.bundled is not None and (org is not None or chosen is not None):
            raise OptionError(f"{board.id}: `org` and `rom` say where a program goes, and no program is given")
        return without_media(board, slot, rom, start)
    if not media.segments:
        raise MediaError("it puts nothing into memory", file=media.name)
    data = media.segments[0].data
    if media.segments[0].address is None:
        if org is not None:
            return Program(media.name, ((org, data),), region_of(rom), org if start is None else start)
        if board.rom is None:
            raise MediaError(f"{board.id} has no ROM for a program", file=media.name,
                             hint="say with `org` of [program] where in RAM it goes")
        return raw_rom(board, media.name, data, rom, start)
    if org is not None:
        raise OptionError(f"{board.id}: {media.name} says itself where it belongs; `org` is for raw bytes")
    if start is None and media.entry is not None and media.entry >= ADDRESS_SPACE:
        raise MediaError("it starts where a processor of this machine has no addresses", file=media.name,
                         found=f"${media.entry:04X}", expected="$0000-$FFFF", hint=advice(board, "give start=ADDRESS", "start"))
    return addressed(board, media, rom, media.entry if start is None else start)


def region_of(rom: int | Range | None) -> Range | None:
    """A ROM of which only the first address is said goes on to the end of memory."""
    return Range(rom, ADDRESS_SPACE - 1) if isinstance(rom, int) else rom


def advice(board: Board, text: str, *options: str) -> str:
    """What to do: `text`, where the machine file declares these options."""
    known = {option.name for option in board.options}
    return text if known.issuperset(options) else "change the program, or [program] and the memory of the machine file"


def without_media(board: Board, slot: Slot, rom: int | Range | None, start: int | None) -> Program:
    """What runs when nobody gives a program."""
    if slot.bundled is not None:
        file = bundled.program(slot.bundled).file
        return raw_rom(board, file.name, file.read_bytes(), rom, start)
    if board.rom is not None:
        raise MediaError(f"{board.id} needs a program for its ROM {board.rom.name}, and none is given",
                         hint="give a file: retrovm.create(machine, rom=FILE), or on the command line")
    return Program(board.id, (), None, start)


def raw_rom(board: Board, name: str, data: bytes, rom: int | Range | None, start: int | None) -> Program:
    """Raw bytes as a ROM."""
    first = ADDRESS_SPACE - len(data) if rom is None else rom.first if isinstance(rom, Range) else rom
    room = rom.size if isinstance(rom, Range) else ADDRESS_SPACE - max(first, 0)
    if board.rom is not None and board.rom.size is not None:
        room = min(room, board.rom.size)
    if first < 0 or len(data) > room:
        raise MediaError("it is too large for the ROM", file=name, found=f"{len(data):,} bytes",
                         expected=f"at most {room:,}")
    region = rom if isinstance(rom, Range) else Range(first, first + len(data) - 1)
    at_end = board.rom is not None and board.rom.align == "end"
    if at_end:
        first = region.last + 1 - len(data)
    program = Program(name, ((first, data),), region, start)
    reset = board.cpu.spec.reset
    if (rom is None or at_end) and start is None:
        low, high = program.byte(reset), program.byte(reset + 1)
        if low is None or high is None or low | high << 8 not in region:
            found = "too few bytes" if low is None or high is None else f"${low | high << 8:04X} for reset"
            raise MediaError("it does not end with the vectors of a ROM", file=name, found=found,
                             expected=f"an address in {region}",
                             hint=advice(board, "org=ADDRESS loads a program into RAM; rom=ADDRESS says where a ROM "
                                                "lies", "org", "rom"))
    return program


def addressed(board: Board, media: Media, rom: int | Range | None, start: int | None) -> Program:
    """Bytes that say where they belong. Without a setting there is a ROM only if something goes there."""
    segments = tuple((segment.address or 0, segment.data) for segment in media.segments)
    region = region_of(rom)
    usual = board.rom.default_at if board.rom is not None else None
    if region is None and usual is not None and any(usual.overlaps(Range(at, at + len(data) - 1))
                                                    for at, data in segments):
        region = usual
    return Program(media.name, segments, region, start)


def add_vectors(board: Board, program: Program, placed: list[Placed]) -> None:
    """Adds the memory for the vectors that a start address needs, where there is none. Raises `OptionError`."""
    if program.start is None:
        return
    vectors, reset = Range(*board.cpu.spec.vectors), board.cpu.spec.reset
    there = [each for each in placed if any(region.overlaps(vectors) for region in each.ranges)]
    if not there:
        placed.append(Placed(None, "vectors", (vectors,)))
    elif not any(each.is_memory and any(reset in region for region in each.ranges) for each in there):
        raise OptionError(f"{board.id}: a start address needs memory at ${reset:04X} for the reset vector, and "
                          f"{there[0]} is in the way")


def contents_of(board: Board, program: Program, placed: list[Placed], options: Options,
                random: Random) -> dict[str, bytes]:
    """What each memory holds at power-on, but for those whose contents are a file of the host's.

    Raises `MediaError` for bytes outside memory, and for a program that does not say where it starts.
    """
    kept = [each for each in placed if each.part is not None and any(options[id] is not None for id in each.part.media.values())]
    memories = [each for each in placed if each.is_memory and each not in kept]
    found = {each.name: blank(board, each, options, random) for each in memories}
    segments = program.segments
    if program.start is not None:
        segments = (*segments, (board.cpu.spec.reset, program.start.to_bytes(2, "little")))
    for at, data in segments:
        if store(at, data, memories, found):
            present = ", ".join(f"{each.name} {region}" for each in memories for region in each.ranges)
            raise MediaError("some of its bytes lie where no memory is", file=program.name,
                             found=str(Range(at, at + len(data) - 1)), expected=f"memory: {present}",
                             hint=advice(board, "give the options ram and rom", "ram", "rom"))
    own = any(each.part is not None and each.part.image is not None for each in memories)
    if program.start is None and not own and not kept and (program.byte(board.cpu.spec.reset) is None
                                              or program.byte(board.cpu.spec.reset + 1) is None):
        raise MediaError(f"it does not say where it starts: nothing of it lies at the reset vector, "
                         f"${board.cpu.spec.reset:04X}", file=program.name, hint=advice(board, "give start=ADDRESS", "start"))
    return {name: bytes(held) for name, held in found.items()}


def store(at: int, data: bytes, memories: list[Placed], held: dict[str, bytearray]) -> bool:
    """Puts bytes into the memories that answer at their addresses. True if some are left over."""
    pieces = [(at, data)] if data else []
    # Where two answer, the processor sees the one of higher priority.
    for each in sorted(memories, key=lambda each: -each.priority):
        for region in each.ranges:
            rest = []
            for start, piece in pieces:
                first, last = max(region.first, start), min(region.last, start + len(piece) - 1)
                if first > last:
                    rest.append((start, piece))
                    continue
                for address in range(first, last + 1, each.bytes):
                    part = piece[address - start:min(address + each.bytes, last + 1) - start]
                    put(held[each.name], (address - region.first) % each.bytes, part)
                rest += [(start, piece[:first - start])] * (first > start)
                rest += [(last + 1, piece[last + 1 - start:])] * (last + 1 < start + len(piece))
            pieces = rest
    return bool(pieces)


def put(held: bytearray, offset: int, data: bytes) -> None:
    """Stores at most as many bytes as a memory has, those behind its end at its beginning."""
    room = len(held) - offset
    held[offset:offset + len(data[:room])] = data[:room]
    held[:len(data[room:])] = data[room:]


def blank(board: Board, memory: Placed, options: Options, random: Random) -> bytearray:
    """What a memory holds before the program is in it: an image, or what its `fill` says."""
    if memory.is_rom:
        image = memory.part.image if memory.part is not None else None
        return bytearray((image or b"").ljust(memory.bytes, b"\xFF"))
    # The vectors of a start address are memory like the machine's first.
    part = memory.part or next((part for part in board.parts if part.spec.memory == "ram"), None)
    fill = part.options["fill"](options) if part is not None and "fill" in part.options else 0
    if fill is not None:
        return bytearray([fill]) * memory.bytes
    return bytearray(random.draw_bytes(memory.bytes))
