"""From a TOML document to a `Board`. Whatever is wrong is an error with its file, line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from retrovm import registry, toml_keys
from retrovm.chip_spec import ChipSpec, CpuSpec
from retrovm.errors import RetroVMError
from retrovm.machines.machine_file.board import (
    ADDRESS_SPACE,
    Board,
    OverlapError,
    Part,
    Processor,
    Setting,
    Slot,
    place,
)
from retrovm.ranges import Range, address_range, address_ranges
from retrovm.spec import Button, Option, Options, boolean, integer, nearest, rate
from retrovm.toml_keys import REQUIRED, Document, Keys

FORMATS = ("binary", "ihex", "srec")
NAME = re.compile(r"[a-z][a-z0-9_-]*")
PRIORITY = integer(-1000, 1000)
ADDRESS = integer(0, ADDRESS_SPACE - 1)


def name(value: Any) -> str:
    """The name of a machine, part, port or option."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError('expected a name of small letters, digits, - and _ in quotes, like "acia"')
    return value


def registered(value: Any) -> ChipSpec:
    """A chip by its id."""
    try:
        return registry.chip(toml_keys.sentence(value))
    except RetroVMError as error:
        raise ValueError(str(error)) from None


def power_of_two(value: Any) -> int:
    """The size of memory that repeats."""
    size = integer(1, ADDRESS_SPACE)(value)
    if size & (size - 1):
        raise ValueError("expected a power of two, because it repeats")
    return size


def start_or_range(value: Any) -> int | Range:
    """Parses the first address of a ROM, or its range."""
    ranged = isinstance(value, (Range, list, tuple)) or (isinstance(value, str) and "-" in value)
    parse: Callable[[Any], int | Range] = address_range() if ranged else integer(0, 0xFFFF)
    return parse(value)


def of_ram(value: Any) -> tuple[Range, ...]:
    """Parses where RAM is that does not repeat: one range or several."""
    if isinstance(value, int):
        raise ValueError('expected a range, like "$0000-$3FFF", or a first address and the key `size`')
    return address_ranges()(value)


def of_chip(size: int, *, many: bool = True) -> Callable[[Any], Any]:
    """Parses where a chip of so many addresses is: the first one, a range of at least as many, with `many` several
    ranges, or "none"."""
    one, several = address_range(least_size=size), address_ranges()

    def parse(value: Any) -> Any:
        if value == "none":
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return ADDRESS(value)
        if isinstance(value, str) and "-" not in value:
            return ADDRESS(value)
        if many and (isinstance(value, list) or (isinstance(value, str) and "," in value)):
            return several(value)
        return one(value)

    return parse


@dataclass
class Reader:
    """What is known while the tables are read: the options that they declare, with the paths of their values."""

    document: Document
    options: dict[str, tuple[tuple[str | int, ...], Option]] = field(default_factory=dict)

    def setting(self, keys: Keys, key: str, parse: Callable[[Any], Any], default: Any = REQUIRED, *,
                help: str = "", show: Callable[[Any], str] = str) -> Setting:
        """A value, or an option of the machine that gives it: { option = "name", default = value, help = "..." }."""
        given = keys.take(key, lambda value: value, default)
        path = (*keys.path, key)
        if not isinstance(given, dict) or "option" not in given:
            fixed = given if key not in keys and given is None else keys.parse(path, parse, given)
            return lambda options: fixed
        table = Keys(self.document, path, given)
        id = table.take("option", name)
        text = table.take("help", toml_keys.sentence, help or f"{key} of the machine")
        usual = table.take("default", lambda value: value, default)
        if usual is not None:
            table.parse((*path, "default") if "default" in table else path, parse, usual)
        table.finish()
        if id in self.options:
            self.document.fail((*path, "option"), f"there is an option {id!r} already, at line "
                                                  f"{self.document.place(self.options[id][0]).line}")
        self.options[id] = path, Option(name=id, help=text, default=usual, parse=parse, show=show)
        return lambda options: options[id]

    def chosen(self, keys: Keys, spec: ChipSpec) -> dict[str, Setting]:
        """The options of a chip."""
        return {option.name: self.setting(keys, option.name, option.parse, option.default, help=option.help,
                                          show=option.show) for option in spec.options}

    def in_order(self) -> tuple[Option, ...]:
        """The options of the machine, as they stand in the file."""
        return tuple(option for path, option in
                     sorted(self.options.values(), key=lambda each: self.document.place(each[0])))

    def movable(self) -> tuple[str, ...]:
        """The options that say where something lies."""
        return tuple(option.name for option in self.in_order() if self.options[option.name][0][-1] == "at")


def read(document: Document) -> Board:
    """Reads a machine file whole. Raises `ManifestError`."""
    reader, root = Reader(document), Keys(document)
    head, cpu = root.required_table("machine"), read_cpu(reader, root.required_table("cpu"))
    parts: list[Part] = []
    for number, keys in enumerate(root.tables("chip", required=True)):
        parts.append(read_part(reader, keys, number, parts, cpu))
    slot = read_slot(reader, root.table("program", required=False), parts, document)
    root.finish()
    board = Board(
        id=head.take("name", name),
        title=head.take("title", toml_keys.sentence),
        summary=head.take("description", toml_keys.sentence, ""),
        family=head.take("family", toml_keys.sentence, cpu.spec.id),
        frame_rate=head.take("frame_rate", rate, Fraction(60)),
        formats=head.take_list("formats", known_format, FORMATS if slot is not None else ()),
        detect=head.take("detect", boolean, False),
        cpu=cpu, parts=tuple(parts), slot=slot, options=reader.in_order(), movable=reader.movable(),
    )
    head.finish()
    check(document, board)
    return board


def known_format(value: Any) -> str:
    """The id of a media format."""
    if value not in registry.FORMATS.ids():
        raise ValueError(f"there is no media format of this name"
                         f"{nearest(str(value), dict.fromkeys(registry.FORMATS.ids()))}")
    return str(value)


def read_cpu(reader: Reader, keys: Keys) -> Processor:
    """`[cpu]`."""
    spec = keys.take("type", registered)
    if not isinstance(spec, CpuSpec):
        keys.fail("type", f"{spec.id} is no processor{among(CpuSpec)}")
    cpu = Processor(spec=spec, name=keys.take("name", name, "cpu"), options=reader.chosen(keys, spec),
                    clock_hz=reader.setting(keys, "clock_hz", rate, help="the clock of the processor"))
    keys.finish()
    return cpu


def among(kind: type[ChipSpec]) -> str:
    """The chips of a kind, at the end of an error."""
    return f"; there are: {', '.join(id for id, spec in registry.chips().items() if isinstance(spec, kind))}"


def read_part(reader: Reader, keys: Keys, number: int, before: list[Part], cpu: Processor) -> Part:
    """One `[[chip]]`; `before` are those above it."""
    spec = keys.take("type", registered)
    if isinstance(spec, CpuSpec):
        keys.fail("type", f"{spec.id} is a processor: it belongs into [cpu]")
    own = keys.take("name", name, spec.id)
    taken = {cpu.name, *(each for other in before for each in (other.name, other.serial, other.pad))}
    if own in taken:
        keys.fail("name", f"there is a part {own!r} already; give one of them another name")
    image, program = read_image(keys, spec, before)
    size = keys.take("size", power_of_two, None) if spec.memory is not None and not program else None
    if image is not None and size is not None and len(image) > size:
        keys.fail("size", f"the image has {len(image):,} bytes, which do not fit into {size:,}")
    part = Part(
        spec=spec, name=own, number=number, image=image, program=program, size=size,
        at=read_place(reader, keys, spec, size, image, program), movable=isinstance(keys.values.get("at"), dict),
        priority=keys.take("priority", PRIORITY, 0) if spec.size or spec.memory is not None else 0,
        default_at=keys.take("default_at", address_range(), None) if program else None,
        options=reader.chosen(keys, spec), outputs=dict(read_outputs(keys, spec, cpu)),
        pins=dict(read_pins(keys, spec, before)),
        serial=read_port(keys, "serial", {*taken, own}) if spec.serial else None,
        pad=read_port(keys, "pad", {*taken, own}) if spec.buttons else None,
        buttons=tuple(read_button(each) for each in keys.tables("buttons", required=True)) if spec.buttons else (),
    )
    keys.finish()
    return part


def read_place(reader: Reader, keys: Keys, spec: ChipSpec, size: int | None, image: bytes | None,
               program: bool) -> Setting:
    """Where a chip lies: `at`, or `decode` for those that look at some of the address lines only."""
    if not spec.size and spec.memory is None:
        return lambda options: None
    if program:
        return reader.setting(keys, "at", start_or_range, None, help="where the ROM is, or its first address")
    if spec.memory is not None and size is None and "decode" in keys:
        keys.fail("decode", "a memory that is decoded by a mask repeats: give its size")
    if keys.one_of("at", "decode") == "decode":
        ranges = decoded(keys.required_table("decode"), size or spec.size)
        return lambda options: ranges
    help = f"where the {spec.title} is"
    if spec.size:
        parse: Callable[[Any], Any] = of_chip(spec.size)
        help += "; none leaves it out"
    elif size is not None:
        parse = of_chip(1)
    else:
        parse = of_ram if image is None else of_chip(len(image), many=False)
    return reader.setting(keys, "at", parse, help=help)


def decoded(keys: Keys, size: int) -> tuple[Range, ...]:
    """The addresses that are equal to `match` in the bits of `mask`."""
    mask, match = keys.take("mask", ADDRESS), keys.take("match", ADDRESS)
    keys.finish()
    if match & ~mask:
        keys.fail("match", f"${match:04X} has bits that the mask ${mask:04X} has not: no address is like that")
    if mask & (size - 1):
        keys.fail("mask", f"${mask:04X} has address lines that the chip takes itself: it has ${size:X} addresses, so the "
                          f"mask ends in ${-size & 0xFFFF:04X}")
    starts = [start for start in range(0, ADDRESS_SPACE, size) if start & mask == match]
    edges = [starts[0], *(edge for one, next in pairwise(starts) if next != one + size for edge in (one, next)), starts[-1]]
    return tuple(Range(first, last + size - 1) for first, last in zip(edges[::2], edges[1::2], strict=True))


def read_image(keys: Keys, spec: ChipSpec, before: list[Part]) -> tuple[bytes | None, bool]:
    """What a ROM holds: a file, from the byte `from` on; or the user's program."""
    if spec.memory != "rom":
        return None, False
    if keys.one_of("image", "program") == "program":
        if not keys.take("program", boolean):
            keys.fail("program", "a ROM holds the program, or an image: give `image` a file")
        for other in before:
            if other.program:
                keys.fail("program", f"{other.name} holds the program already; give this ROM an image")
        return None, True
    named = keys.take("image", toml_keys.file_name)
    start = keys.take("from", integer(0, 2**31), 0)
    try:
        with (keys.folder / named).open("rb") as stream:
            stream.seek(start)
            data = stream.read(ADDRESS_SPACE + 1)
    except (OSError, ValueError) as error:
        there = {each.name: None for each in keys.folder.iterdir() if each.is_file()} if keys.folder.is_dir() else {}
        reason = getattr(error, "strerror", None) or str(error)
        keys.fail("image", f"the image {named!r} cannot be read: {reason}{nearest(named, there)}")
    if not 0 < len(data) <= ADDRESS_SPACE:
        found = f"more than {ADDRESS_SPACE:,} bytes" if data else "nothing"
        keys.fail("from" if start else "image", f"expected 1 to {ADDRESS_SPACE:,} bytes in {named} from byte {start:,} on, "
                                               f"found {found}")
    return data, False


def read_outputs(keys: Keys, spec: ChipSpec, cpu: Processor) -> Iterator[tuple[str, str]]:
    """The lines of the processor that a chip pulls: irq = "cpu.irq"."""
    known = {f"{cpu.name}.{line}": line for line in cpu.spec.lines}
    for output in spec.outputs:
        wanted = keys.take(output, toml_keys.sentence, None)
        if wanted is not None:
            if wanted not in known:
                keys.fail(output, f"there is no line {wanted!r}{nearest(wanted, known)}")
            yield output, known[wanted]


def read_pins(keys: Keys, spec: ChipSpec, before: list[Part]) -> Iterator[tuple[str, tuple[str | None, str]]]:
    """What a chip's signals are wired to: pins = { cs = "via.pb4", rw = "low" }."""
    table = keys.table("pins", required=False) if spec.signals else None
    if table is None:
        return
    known: dict[str, tuple[str | None, str]] = {level: (None, level) for level in ("low", "high")}
    known |= {f"{part.name}.{line}": (part.name, line)
              for part in before for lines in part.spec.ports.values() for line in lines}
    for signal in spec.signals:
        wanted = table.take(signal, toml_keys.sentence, None)
        if wanted is not None:
            if wanted not in known:
                table.fail(signal, f"no chip above this one has a line {wanted!r}{nearest(wanted, known)}")
            yield signal, known[wanted]
    table.finish()


def read_port(keys: Keys, key: str, taken: Set[str | None]) -> str:
    """The name of the serial line of a chip, or of its buttons."""
    port = keys.take(key, name, key)
    if port in taken:
        keys.fail(key, f"there is a part {port!r} already; give `{key}` another name")
    return port


def read_button(keys: Keys) -> Button:
    """One of a chip's buttons, and the host's keys for it."""
    own = keys.take("name", toml_keys.sentence)
    button = Button(name=own, label=keys.take("label", toml_keys.sentence, own),
                    keys=keys.take_list("keys", toml_keys.sentence, ()))
    keys.finish()
    return button


def read_slot(reader: Reader, keys: Keys | None, parts: list[Part], document: Document) -> Slot | None:
    """`[program]`."""
    if keys is None:
        for part in parts:
            if part.program:
                document.fail(("chip", part.number, "program"), "a ROM for the program needs a table [program]")
        return None
    bundled = keys.take("bundled", known_program, None)
    if bundled is not None and not any(part.program for part in parts):
        keys.fail("bundled", "a bundled program goes into a ROM, and no [[chip]] has program = true")
    slot = Slot(
        org=reader.setting(keys, "org", ADDRESS, None, help="loads raw bytes into RAM from this address on"),
        start=reader.setting(keys, "start", ADDRESS, None, help="where to begin, instead of at the reset vector"),
        bundled=bundled,
    )
    keys.finish()
    return slot


def known_program(value: Any) -> str:
    """The id of a bundled program."""
    from retrovm import bundled

    try:
        return bundled.program(toml_keys.sentence(value)).id
    except RetroVMError as error:
        raise ValueError(str(error)) from None


def check(document: Document, board: Board) -> None:
    """Looks for parts at one address, where the options are at their defaults."""
    rom = board.rom
    defaults: Options = {option.name: None if option.default is None else option.parse(option.default)
                         for option in board.options}
    at = rom.at(defaults) if rom is not None else None
    region = Range(at, ADDRESS_SPACE - 1) if isinstance(at, int) else at
    try:
        place(board, defaults, region or (rom.default_at if rom is not None else None))
    except OverlapError as error:
        document.fail(("chip", error.part.number, "at"), str(error))
