"""The CHIP-8 family: the machine that an interpreter made of the RCA COSMAC VIP in 1977, and what became of it.

The option `variant` chooses the member. Memory of one with 4 KiB:

| address     | size | what |
|-------------|------|------|
| $0000-$004F |   80 | the digits 0 to F, 5 bytes each |
| $0050-$00EF |  160 | large digits, 10 bytes each, where the font has some |
| $00F0-$01FF |  272 | free; on a VIP the interpreter |
| $0200-$0E9F | 3232 | the program, which starts at $0200 |
| $0EA0-$0FFF |  352 | free; on a VIP stack, registers and display |

All of it is RAM. XO-CHIP has 64 KiB, to $FFFF, MegaChip8 16 MiB, to $FFFFFF. Display, keypad, timers, stack and flag
registers have no address.

The keypad, and the keys of a PC keyboard in the same places; the second keypad of a CHIP-8X has none:

    1 2 3 C        1 2 3 4
    4 5 6 D        Q W E R
    7 8 9 E        A S D F
    A 0 B F        Z X C V

What a pixel of the picture is

    the rest      bit 0 and, on XO-CHIP, bits 1 to 3: the planes
    chip8x        bit 0 it is lit, bits 1 to 3 its colour, bits 4 and 5 the background: 64 colours
    megachip8     as the rest; in its mode of 256 x 192 pixels a colour of its own, not an index

Sources: cosmac-vip (memory map, keypad), chip8-database (instructions a frame), chip8-research, chip8-extensions (colours and
second keypad of CHIP-8X, programs for two pages of display), megachip8-notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrovm.core.audio import Audio
from retrovm.core.memory import Memory
from retrovm.core.ports import Buttons
from retrovm.core.screen import Screen
from retrovm.cpu.chip8 import FLAGS, PROFILES, Chip8
from retrovm.errors import OptionError
from retrovm.machines.chip8_fonts import FONTS, large, small
from retrovm.machines.chip8_keys import GAMEPAD, with_keys
from retrovm.media import chip8_judgement
from retrovm.spec import Button, MachineSpec, Option, Options, Port, boolean, choice, integer, rate

if TYPE_CHECKING:
    from retrovm.core.machine import Machine
    from retrovm.media import Media

LARGE_DIGITS = 0x50
MEGA_DISPLAY = (256, 192)
VIP_CLOCK = 1_760_640            # Hz
VIP_CYCLE = 8                    # of the VIP's clocks a machine cycle has
OF_A_VIP = (*FLAGS, "tickrate", "frame_rate", "memory", "stack", "planes")     # cannot be chosen with its time

COLOURS = (0x14181C, 0xF2E8C8, 0xE06C4B, 0x7A4B8C, 0x4B8CE0, 0x6CC07A, 0xE0C24B, 0x4BC2B4,
           0x3A444C, 0x9AA4A8, 0xA03C28, 0x50306A, 0x2A5CA0, 0x3C8048, 0xA0842C, 0x2C8478)
# Of the colour board of CHIP-8X: bits red, blue, green.
BACKGROUNDS = (0x000080, 0x000000, 0x008000, 0x800000)
FOREGROUNDS = (0x000000, 0xFF0000, 0x0000FF, 0xFF00FF, 0x00FF00, 0xFFFF00, 0x00FFFF, 0xFFFFFF)

KEYS = {
    "1": "Digit1", "2": "Digit2", "3": "Digit3", "c": "Digit4",
    "4": "KeyQ",   "5": "KeyW",   "6": "KeyE",   "d": "KeyR",
    "7": "KeyA",   "8": "KeyS",   "9": "KeyD",   "e": "KeyF",
    "a": "KeyZ",   "0": "KeyX",   "b": "KeyC",   "f": "KeyV",
}

KEYPAD = Port(name="keypad", title="Hexadecimal keypad",
              buttons=tuple(Button(name=f"{n:x}", label=f"{n:X}", keys=(KEYS[f"{n:x}"],)) for n in range(16)))
KEYPAD2 = Port(name="keypad2", title="Second keypad of a CHIP-8X",
               buttons=tuple(Button(name=f"{16 + n:x}", label=f"2-{n:X}") for n in range(16)))

# Begins programs for two pages of display that carry their own interpreter: those start at a place of their own.
CARRIED = bytes.fromhex("1260")
BEHIND_CARRIED = 0x2C0


def chosen(options: Options) -> dict[str, Any]:
    """The options, those that were not given as the variant has them."""
    profile = PROFILES[options["variant"]]
    return {name: profile.get(name) if value is None else value for name, value in options.items()}


def frame_rate(options: Options) -> Fraction:
    """Frames a second."""
    return Fraction(60) if options["timing"] is not None else Fraction(chosen(options)["frame_rate"])


def slot_ticks(options: Options) -> int:
    """Ticks of the master clock an instruction takes, or a machine cycle of a VIP.

    Of instructions so many that a second has a million or more: the edges of the sound lie on ticks, off by 1 us at most.
    """
    if options["timing"] is not None:
        return VIP_CYCLE
    tickrate: int = chosen(options)["tickrate"]
    return -(1_000_000 // -(tickrate * frame_rate(options)))


def clock_rate(options: Options) -> Fraction:
    """The master clock: a frame has exactly `tickrate` instructions, or is that of a VIP."""
    if options["timing"] is not None:
        return Fraction(VIP_CLOCK)
    tickrate: int = chosen(options)["tickrate"]
    return tickrate * frame_rate(options) * slot_ticks(options)


def wire(machine: Machine, media: Media | None, options: Options) -> None:
    """Adds the parts."""
    check_timing(options)
    told = chosen(options)
    profile = PROFILES[told["variant"]]
    size, load, start = told["memory"], told["start"], told["start"]
    if (profile["height"] == 64 and not profile["wide"] and options["start"] is None and media is not None
            and media.segments[0].data.startswith(CARRIED)):
        load, start = 0x200, BEHIND_CARRIED
    memory = bytearray(load)
    for address, digits in ((0, small(told["font"])), (LARGE_DIGITS, large(told["font"]))):
        memory[address:address + len(digits)] = digits
    if media is not None:            # no medium: memory without a program, in which the processor halts at once
        memory[load:] = media.image(load, extent(media, load, size), 0)
    bus = machine.add_bus(size, max(0x100, size >> 8))
    bus.map(0, size, machine.add(Memory("ram", contents=bytes(memory).rstrip(b"\0"), size=size)))
    pads = [machine.add(Buttons(port.name, [button.name for button in port.buttons])) for port in (KEYPAD, KEYPAD2)]
    audio = machine.add(Audio("audio", machine.clock, voices=2 if profile["mega"] else 1))
    largest = MEGA_DISPLAY if profile["mega"] else (profile["width"], profile["height"])
    at_first = (64, 32) if profile["modes"] else (None, None)
    screen = Screen("screen", largest[0], largest[1], tuple(palette(told)), rotation=told["rotation"], direct=profile["mega"],
                    planes=told["planes"], width=at_first[0], height=at_first[1])
    quirks = {flag: told[flag] for flag in FLAGS} | {"stack": told["stack"], "planes": told["planes"]}
    machine.add(Chip8("cpu", bus, pads[0], screen, audio, keypad2=pads[1], profile=told["variant"], start=start,
                      seed=machine.random.seed, period=slot_ticks(options), vip=options["timing"] is not None,
                      vip_random=options["vip_random"], **quirks))
    machine.add(screen)


def extent(media: Media, load: int, size: int) -> int:
    """How many bytes of memory the medium takes, from `load` on; all up to `size` when something lies outside."""
    ends = [load + len(segment.data) if segment.end is None else segment.end for segment in media.segments]
    return (max(ends) if load < max(ends) <= size else size) - load


def check_timing(options: Options) -> None:
    """Refuses what does not go with the time that was chosen."""
    if options["timing"] is None:
        if options["vip_random"] is not None:
            raise OptionError("chip8: vip_random goes with timing=vip")
        return
    if options["variant"] != "chip8":
        raise OptionError(f"chip8: timing=vip is known for variant=chip8, the VIP's own, not {options['variant']}")
    for name in OF_A_VIP:
        if options[name] is not None:
            raise OptionError(f"chip8: with timing=vip everything is as on a COSMAC VIP: leave out {name}")


def palette(told: Options) -> Iterator[int]:
    """The colours of the variant, by what a pixel is."""
    if PROFILES[told["variant"]]["blocks"]:
        for background in BACKGROUNDS:
            for foreground in FOREGROUNDS:
                yield from (background, foreground)
        return
    given = told["colours"]
    yield from (given + COLOURS[len(given):])[:1 << told["planes"]]


def colours(value: Any) -> tuple[int, ...]:
    """Parses 2 to 16 colours, 0xRRGGBB, background first: (0, 0xFFFFFF), "000000,FFFFFF", "#000000,#FFFFFF"."""
    try:
        if isinstance(value, str):
            value = [int(part.strip().removeprefix("#").removeprefix("$"), 16) for part in value.split(",")]
        parsed = tuple(integer(0, 0xFFFFFF)(colour) for colour in value)
    except (ValueError, TypeError):
        parsed = ()
    if not 2 <= len(parsed) <= 16:
        raise ValueError("expected 2 to 16 colours in hexadecimal, background first: RRGGBB,RRGGBB")
    return parsed


def page_of_numbers(value: Any) -> bytes:
    """Parses the page that the VIP's interpreter makes random numbers from.

    256 bytes, an image of the interpreter with 512 bytes or more, of which it is the second page; either may be the path of
    a file, or in hexadecimal.
    """
    if isinstance(value, str):
        try:
            value = bytes.fromhex(value)
        except ValueError:
            value = Path(value)
    try:
        data = value.read_bytes() if isinstance(value, Path) else bytes(memoryview(value))
    except (OSError, TypeError) as error:
        raise ValueError(f"expected 256 bytes, the interpreter, or a file with one of them: {error}") from None
    if len(data) != 256 and not 512 <= len(data) <= 4096:
        raise ValueError(f"expected the 256 bytes of the page, or the interpreter, 512 bytes or more; these are {len(data)}")
    return data if len(data) == 256 else data[256:512]


def memory_size(value: Any) -> int:
    """Parses the size of memory."""
    size = integer(4096, 1 << 24)(value)
    if size not in (4096, 65536, 1 << 24):
        raise ValueError("expected 4096, 65536 or 16777216 bytes")
    return size


def frames_a_second(value: Any) -> Fraction:
    """Parses the frame rate."""
    parsed = rate(value)
    if not 1 <= parsed <= 1000:
        raise ValueError("expected 1 to 1000 frames per second, like 60 or 59.94")
    return parsed


def right_angles(value: Any) -> int:
    """Parses how far the screen is turned."""
    degrees = integer(0, 270)(value)
    if degrees % 90:
        raise ValueError("expected 0, 90, 180 or 270 degrees")
    return degrees


def planes(value: Any) -> int:
    """Parses the number of planes."""
    number = integer(1, 4)(value)
    if number == 3:
        raise ValueError("expected 1, 2 or 4 planes")
    return number


def quirk(name: str, text: str) -> Option:
    """One of the flags; None is as the variant has it."""
    return Option(name=name, help=f"{text}; as the variant has it when not given", default=None, parse=boolean)


def members(options: Options) -> dict[str, Options]:
    """Every variant, and the VIP with its own time, with what these options say of the program and not of the variant."""
    of_program = {name: value for name, value in options.items()
                  if name not in ("variant", "timing", "vip_random", *OF_A_VIP)}
    speed = {"tickrate": chosen(SPEC.parse_options(options))["tickrate"]}
    vip = {"timing": "vip"} | ({"vip_random": options["vip_random"]} if "vip_random" in options else {})
    return {variant: {**of_program, **speed, "variant": variant} for variant in PROFILES} | {"timing=vip": of_program | vip}


def switches(options: Options) -> dict[str, bool]:
    """The flags of these options; none with the VIP's time, which has no others."""
    parsed = SPEC.parse_options(options)
    told = chosen(parsed)
    return {flag: told[flag] for flag in FLAGS} if parsed["timing"] is None else {}


SPEC = MachineSpec(
    id="chip8",
    title="CHIP-8",
    summary="64 x 32 pixels, 16 keys, a tone: the interpreter of 1977 on the RCA COSMAC VIP, and all that came of it",
    family="CHIP-8",
    wire=wire,
    clock_rate=clock_rate,
    frame_rate=frame_rate,
    judge=chip8_judgement.judge,
    options=(
        Option(name="variant", help=f"the member of the family: {', '.join(PROFILES)}", default="chip8",
               parse=choice(*PROFILES), settles=("tickrate", *FLAGS)),
        Option(name="tickrate", help="instructions a frame; by the variant when not given", default=None,
               parse=integer(1, 1_000_000)),
        Option(name="timing", help="vip: instructions take the machine cycles of a COSMAC VIP; all the same when not given",
               default=None, parse=choice("vip"), settles=("variant", *OF_A_VIP)),
        Option(name="vip_random", help="with timing=vip: a file with the VIP's interpreter, or the 256 bytes of its second "
               "page, for its own random numbers", default=None, parse=page_of_numbers, show=bytes.hex),
        Option(name="frame_rate", help="frames a second, 1 to 1000; by the variant when not given", default=None,
               parse=frames_a_second),
        Option(name="font", help=f"the digits: {', '.join(FONTS)}; by the variant when not given", default=None,
               parse=choice(*FONTS)),
        Option(name="start", help="where the program lies and starts; by the variant when not given", default=None,
               parse=integer(0x50, 0xFFE), show="0x{:04X}".format),
        Option(name="memory", help="bytes of RAM: 4096, 65536 or 16777216; by the variant when not given", default=None,
               parse=memory_size),
        Option(name="stack", help="return addresses that have room, 1 to 16; by the variant when not given",
               default=None, parse=integer(1, 16)),
        Option(name="planes", help="bits of a pixel, for xochip and octo: 2 or 4", default=None, parse=planes),
        Option(name="colours", help="2 to 16 colours by what a pixel is, the background first, RRGGBB,RRGGBB",
               default=COLOURS[:2], parse=colours,
               show=lambda value: ",".join(f"{colour:06X}" for colour in value)),
        Option(name="rotation", help="degrees by which a window turns the picture to the right: 0, 90, 180 or 270",
               default=0, parse=right_angles),
        quirk("shift", "8XY6 and 8XYE shift VX itself, not VY"),
        quirk("load_store", "FX55 and FX65 leave I, not add X + 1"),
        quirk("load_store_x", "FX55 and FX65 add X to I, not X + 1"),
        quirk("vf_order", "8XYn write VF before the result, not after it"),
        quirk("clip", "sprites are cut at the edges, not wrapped"),
        quirk("jump", "BXNN jumps to XNN + VX, not to NNN + V0"),
        quirk("logic", "8XY1, 8XY2 and 8XY3 clear VF"),
        quirk("vblank", "DXYN ends the instructions of the frame"),
        GAMEPAD,
    ),
    ports=(KEYPAD, KEYPAD2),
    formats=("ch8", "octocart", "binary", "ihex", "srec"),
    demo="chip8/ember",
    members=members,
    switches=switches,
    remarks=chip8_judgement.remarks,
    ports_with=with_keys(KEYPAD, KEYPAD2),
)
