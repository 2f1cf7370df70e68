"""From a TOML document to a `Board`. Whatever is wrong is an error with its file, line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
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
from retrovm.machines.machine_file.wires import Wires, parse_wires
from retrovm.ranges import Range, address_range, address_ranges
from retrovm.spec import Button, Lamp, Option, boolean, choice, integer, nearest, rate
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


def colour(value: Any) -> int:
    """Parses a colour: 0xFF2A1E, or "#FF2A1E"."""
    if isinstance(value, str) and re.fullmatch("#[0-9a-fA-F]{6}", value):
        return int(value[1:], 16)
    try:
        return integer(0, 0xFFFFFF)(value)
    except ValueError:
        raise ValueError('expected a colour, like 0xFF2A1E or "#FF2A1E"') from None


def named(keys: Keys, parse: Callable[[Any], Any],
          show: Callable[[Any], str]) -> tuple[Callable[[Any], Any], Callable[[Any], str]]:
    """What parses and shows values of which some have names."""
    known = {key: keys.take(key, parse) for key in keys.values}

    def parse_named(value: Any) -> Any:
        if isinstance(value, str) and value in known:
            return known[value]
        try:
            return parse(value)
        except ValueError as error:
            if not isinstance(value, str):
                raise
            raise ValueError(f"{error}; or one of {', '.join(known)}{near(value, known)}") from None

    return parse_named, lambda value: next((key for key, each in known.items() if each == value), None) or show(value)


def near(name: str, known: Mapping[str, Any]) -> str:
    """The nearest names, at the end of an error, where there are any."""
    found = nearest(name, known)
    return found if "did you mean" in found else ""


@dataclass
class Reader:
    """What is known while the tables are read: the options that they declare, with the paths of their values."""

    document: Document
    options: dict[str, tuple[tuple[str | int, ...], Option]] = field(default_factory=dict)

    def setting(self, keys: Keys, key: str, parse: Callable[[Any], Any], default: Any = REQUIRED, *,
                help: str = "", show: Callable[[Any], str] = str, medium: bool = False) -> Setting:
        """A value, or an option of the machine that gives it: { option = "name", default = value, help = "..." }.

        With `choices`, {name: value}, the option takes these names as well.
        """
        given = keys.take(key, lambda value: value, default)
        path = (*keys.path, key)
        if not isinstance(given, dict) or "option" not in given:
            fixed = given if key not in keys and given is None else keys.parse(path, parse, given)
            return lambda options: fixed
        table = Keys(self.document, path, given)
        id = table.take("option", name)
        text = table.take("help", toml_keys.sentence, help or f"{key} of the machine")
        usual = table.take("default", lambda value: value, default)
        if "choices" in table:
            parse, show = named(table.required_table("choices"), parse, show)
        if usual is not None:
            table.parse((*path, "default") if "default" in table else path, parse, usual)
        table.finish()
        if id in self.options:
            self.document.fail((*path, "option"), f"there is an option {id!r} already, at line "
                                                  f"{self.document.place(self.options[id][0]).line}")
        self.options[id] = path, Option(name=id, help=text, default=usual, parse=parse, show=show, medium=medium)
        return lambda options: options[id]

    def chosen(self, keys: Keys, spec: ChipSpec) -> dict[str, Setting]:
        """The options of a chip."""
        for option in spec.options:
            optional = spec.memory is not None and option.name not in keys
            if option.medium and not optional and not isinstance(keys.values.get(option.name), dict):
                keys.fail(option.name, f"a disk is what a user puts in: expected {{ option = \"{option.name}\" }}")
        return {option.name: self.setting(keys, option.name, option.parse, option.default, help=option.help,
                                          show=option.show, medium=option.medium) for option in spec.options}

    def media(self, keys: Keys, spec: ChipSpec) -> dict[str, str]:
        """The options of the machine that say which disks a chip has, by its own."""
        return {option.name: keys.values[option.name]["option"] for option in spec.options
                if option.medium and option.name in keys}

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
        detect=head.take("detect", detection(cpu.spec), False),
        cpu=cpu, parts=tuple(parts), slot=slot, options=reader.in_order(), movable=reader.movable(),
        screen=head.take("screen", part_of(parts), None),
    )
    head.finish()
    check(document, board)
    return board


def part_of(parts: list[Part]) -> Callable[[Any], str]:
    """Parses the name of a part."""
    known = dict.fromkeys(part.name for part in parts)

    def parse(value: Any) -> str:
        if value not in known:
            raise ValueError(f"there is no such part{nearest(str(value), known)}")
        return str(value)

    return parse


def detection(cpu: CpuSpec) -> Callable[[Any], bool | str]:
    """Parses whether a machine is offered for programs."""

    def parse(value: Any) -> bool | str:
        if value != "chips":
            return boolean(value)
        if cpu.uses is None:
            raise ValueError(f"programs for {cpu.id} do not tell which chips they use: expected true or false")
        return "chips"

    return parse


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
    model = keys.values.get("model")
    cpu = Processor(spec=spec, name=keys.take("name", name, "cpu"), options=reader.chosen(keys, spec),
                    clock_hz=reader.setting(keys, "clock_hz", rate, help="the clock of the processor"),
                    model=model["option"] if isinstance(model, dict) and spec.models else None)
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
    taken = {cpu.name, *(each for other in before for each in (other.name, other.serial, other.pad, *other.media.values()))}
    if own in taken:
        keys.fail("name", f"there is a part {own!r} already; give one of them another name")
    image, program = read_image(keys, spec, before)
    size = spec.size if spec.memory is not None and spec.size else None
    if spec.memory is not None and size is None and not program:
        size = keys.take("size", power_of_two, None)
    if image is not None and size is not None and len(image) > size:
        keys.fail("image" if spec.size else "size", f"the image has {len(image):,} bytes, which do not fit into {size:,}")
    pad = read_port(keys, "pad", {*taken, own}) if spec.buttons else None
    buttons: tuple[Button, ...] = read_buttons(keys, before) if spec.buttons else ()
    lamps = read_lamps(keys, before) if spec.lamps else ()
    names = [*(button.name for button in buttons), *(lamp.name for lamp in lamps)]
    part = Part(
        spec=spec, name=own, number=number, image=image, program=program, size=size,
        at=read_place(reader, keys, spec, size, image, program), movable=isinstance(keys.values.get("at"), dict),
        priority=keys.take("priority", PRIORITY, 0) if spec.size or spec.memory is not None else 0,
        default_at=keys.take("default_at", address_range(), None) if program else None,
        align=keys.take("align", choice("start", "end"), "start") if program else "start",
        options=reader.chosen(keys, spec), media=reader.media(keys, spec), outputs=dict(read_outputs(keys, spec, cpu)),
        pins=read_pins(reader, keys, spec, names if spec.pin_each else [], before),
        shows=read_shows(keys, before) if spec.shows else (),
        serial=read_port(keys, "serial", {*taken, own}) if spec.serial else None,
        pad=pad, buttons=buttons, lamps=lamps,
    )
    for option, id in part.media.items():
        if image is not None or program:
            keys.fail(option, f"it says what {own} holds, as {'program' if program else 'image'} does: leave out one of them")
        if id in {*taken, own}:
            keys.fail(option, f"the disk is a part {id!r}, and there is one already; give the option another name")
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
    if size is not None:
        parse: Callable[[Any], Any] = of_chip(1)
    elif spec.size:
        parse = of_chip(spec.size)
        help += "; none leaves it out"
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
    blank = spec.memory == "eeprom" and "image" not in keys and "program" not in keys
    if spec.memory in (None, "ram") or blank:
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


def read_pins(reader: Reader, keys: Keys, spec: ChipSpec, names: list[str], before: list[Part]) -> Setting:
    """What a chip's signals are wired to: pins = { cs = "via.pb4", rw = "low" }; `names` are signals beside its own."""
    signals = (*spec.signals, *names)
    if not signals:
        return lambda options: Wires()
    lines = {part.name: tuple(line for each in part.spec.ports.values() for line in each) for part in before}
    return reader.setting(keys, "pins", parse_wires(signals, lines), {}, help=f"how the {spec.title} is wired")


def read_shows(keys: Keys, before: list[Part]) -> tuple[str, ...]:
    """The parts that a picture shows: shows = ["lcd", "leds"]."""
    return keys.take_list("shows", part_of(before))


def read_port(keys: Keys, key: str, taken: Set[str | None]) -> str:
    """The name of the serial line of a chip, or of its buttons."""
    port = keys.take(key, name, key)
    if port in taken:
        keys.fail(key, f"there is a part {port!r} already; give `{key}` another name")
    return port


def read_buttons(keys: Keys, before: list[Part]) -> tuple[Button, ...]:
    """A chip's buttons, and the host's keys for them; no two of a machine have one name."""
    taken = {button.name for part in before for button in part.buttons}
    found: list[Button] = []
    for table in keys.tables("buttons", required=True):
        own = table.take("name", toml_keys.sentence)
        if own in taken:
            table.fail("name", f"there is a button {own!r} already; give one of them another name")
        taken.add(own)
        found.append(Button(name=own, label=table.take("label", toml_keys.sentence, own),
                            keys=table.take_list("keys", toml_keys.sentence, ())))
        table.finish()
    return tuple(found)


def read_lamps(keys: Keys, before: list[Part]) -> tuple[Lamp, ...]:
    """A chip's lamps; no two of a machine have one name."""
    taken = {lamp.name for part in before for lamp in part.lamps}
    found: list[Lamp] = []
    for table in keys.tables("lamps", required=True):
        own = table.take("name", name)
        if own in taken:
            table.fail("name", f"there is a lamp {own!r} already; give one of them another name")
        taken.add(own)
        found.append(Lamp(name=own, label=table.take("label", toml_keys.sentence, own),
                          colour=table.take("colour", colour, 0xFF2A1E)))
        table.finish()
    return tuple(found)


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
    rom, defaults = board.rom, board.defaults
    at = rom.at(defaults) if rom is not None else None
    region = Range(at, ADDRESS_SPACE - 1) if isinstance(at, int) else at
    try:
        place(board, defaults, region or (rom.default_at if rom is not None else None))
    except OverlapError as error:
        document.fail(("chip", error.part.number, "at"), str(error))
