"""CHIP-8: the machine that an interpreter made of the RCA COSMAC VIP in 1977.

| address     | size | what |
|-------------|------|------|
| $0000-$004F |   80 | the digits 0 to F, 5 bytes each, 4 pixels wide |
| $0050-$01FF |  432 | free; on a VIP the interpreter |
| $0200-$0E9F | 3232 | the program, which starts at $0200 |
| $0EA0-$0FFF |  352 | free; on a VIP stack, registers and display |

All of it is RAM. With `memory=65536` it goes on to $FFFF. Display, keypad, timers and stack have no address.

The keypad, and the keys of a PC keyboard in the same places:

    1 2 3 C        1 2 3 4
    4 5 6 D        Q W E R
    7 8 9 E        A S D F
    A 0 B F        Z X C V

Sources: cosmac-vip (memory map, keypad, digits), octo-manual (its digits), chip8-database (instructions a frame).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from retrovm.core.audio import Audio
from retrovm.core.memory import Memory
from retrovm.core.ports import Buttons
from retrovm.core.screen import Screen
from retrovm.cpu.chip8 import FLAGS, Chip8
from retrovm.errors import OptionError
from retrovm.machines.chip8_host import HOST_OPTIONS, front
from retrovm.media import chip8_judgement
from retrovm.spec import Button, Judgement, MachineSpec, Option, Options, Port, boolean, choice, integer

if TYPE_CHECKING:
    from retrovm.core.machine import Machine
    from retrovm.media import Media

FRAME_RATE = 60

FONTS = {
    "vip": bytes.fromhex(
        "F0909090F0 6020202070 F010F080F0 F010F010F0 A0A0F02020 F080F010F0 F080F090F0 F010101010"
        "F090F090F0 F090F010F0 F090F09090 F050705070 F0808080F0 F0505050F0 F080F080F0 F080F08080"),
    "octo": bytes.fromhex(
        "F0909090F0 2060202070 F010F080F0 F010F010F0 9090F01010 F080F010F0 F080F090F0 F010204040"
        "F090F090F0 F090F010F0 F090F09090 E090E090E0 F0808080F0 E0909090E0 F080F080F0 F080F08080"),
}

KEYS = {
    "1": "Digit1", "2": "Digit2", "3": "Digit3", "c": "Digit4",
    "4": "KeyQ",   "5": "KeyW",   "6": "KeyE",   "d": "KeyR",
    "7": "KeyA",   "8": "KeyS",   "9": "KeyD",   "e": "KeyF",
    "a": "KeyZ",   "0": "KeyX",   "b": "KeyC",   "f": "KeyV",
}

KEYPAD = Port(name="keypad", title="Hexadecimal keypad",
              buttons=tuple(Button(name=f"{n:x}", label=f"{n:X}", keys=(KEYS[f"{n:x}"],)) for n in range(16)))


def slot_ticks(options: Options) -> int:
    """Ticks of the master clock an instruction takes.

    So many that a second has a million or more: the edges of the tone lie on ticks, off by 0.5 us at most.
    """
    tickrate: int = options["tickrate"]
    return -(1_000_000 // -(tickrate * FRAME_RATE))


def clock_rate(options: Options) -> Fraction:
    """The master clock: a frame has exactly `tickrate` instructions."""
    return Fraction(options["tickrate"] * FRAME_RATE * slot_ticks(options))


def wire(machine: Machine, media: Media | None, options: Options) -> None:
    """Adds the parts."""
    size, start = options["memory"], options["start"]
    font = FONTS[options["font"]]
    # No medium: memory without a program, in which the processor halts at once.
    program = b"" if media is None else media.image(start, size - start, 0)
    bus = machine.add_bus(size)
    bus.map(0, size, machine.add(Memory("ram", contents=font.ljust(start, b"\0") + program, size=size)))
    keypad = machine.add(Buttons("keypad", [button.name for button in KEYPAD.buttons]))
    audio = machine.add(Audio("audio", machine.clock))
    screen = Screen("screen", 64, 32, options["colours"])
    machine.add(Chip8("cpu", bus, keypad, screen, audio, start=start, seed=machine.random.seed,
                      period=slot_ticks(options),
                      **{flag: options[flag] for flag in FLAGS if options[flag] is not None}))
    machine.add(screen)


def colours(value: Any) -> tuple[int, int]:
    """Parses two colours, 0xRRGGBB, background first: (0, 0xFFFFFF), "000000,FFFFFF", "#000000,#FFFFFF"."""
    try:
        if isinstance(value, str):
            value = [int(part.strip().removeprefix("#").removeprefix("$"), 16) for part in value.split(",")]
        background, lit = (integer(0, 0xFFFFFF)(colour) for colour in value)
    except (ValueError, TypeError):
        raise ValueError("expected two colours in hexadecimal, background first: RRGGBB,RRGGBB") from None
    return background, lit


def memory_size(value: Any) -> int:
    """Parses the size of memory."""
    size = integer(4096, 65536)(value)
    if size not in (4096, 65536):
        raise ValueError("expected 4096 or 65536 bytes")
    return size


def quirk(name: str, text: str) -> Option:
    """One of the flags; None is as on the COSMAC VIP."""
    return Option(name=name, help=f"{text}; as on the COSMAC VIP when not given", default=None, parse=boolean)


def _takes(name: str, value: Any) -> bool:
    try:
        SPEC.parse_options({name: value})
    except OptionError:
        return False
    return True


def judge(media: Media) -> Judgement | None:
    """How surely the medium is for a member of the family, and for which."""
    found = chip8_judgement.judge(media)
    if found is None:
        return None
    options = {name: value for name, value in found.options.items() if _takes(name, value)}
    if "variant" not in options and found.options["variant"] != "chip8":
        return Judgement(0.15, found.reason, options, found.details)
    return Judgement(found.confidence, found.reason, options, found.details)


SPEC = MachineSpec(
    id="chip8",
    title="CHIP-8",
    summary="64 x 32 pixels, 16 keys, a tone: the interpreter of 1977 on the RCA COSMAC VIP",
    family="CHIP-8",
    wire=wire,
    clock_rate=clock_rate,
    frame_rate=lambda options: Fraction(FRAME_RATE),
    judge=judge,
    options=(
        Option(name="tickrate", help="instructions a frame", default=15, parse=integer(1, 1_000_000)),
        Option(name="font", help="the digits: vip or octo", default="vip", parse=choice(*FONTS)),
        Option(name="start", help="where the program lies and starts", default=0x200,
               parse=integer(0x50, 0xFFE), show="0x{:04X}".format),
        Option(name="memory", help="bytes of RAM: 4096 or 65536", default=4096, parse=memory_size),
        Option(name="colours", help="background and pixels, RRGGBB,RRGGBB", default=(0x14181C, 0xF2E8C8),
               parse=colours, show=lambda value: ",".join(f"{colour:06X}" for colour in value)),
        quirk("shift", "8XY6 and 8XYE shift VX itself, not VY"),
        quirk("load_store", "FX55 and FX65 leave I, not add X + 1"),
        quirk("vf_order", "8XYn write VF before the result, not after it"),
        quirk("clip", "sprites are cut at the edges, not wrapped"),
        quirk("jump", "BXNN jumps to XNN + VX, not to NNN + V0"),
        quirk("logic", "8XY1, 8XY2 and 8XY3 clear VF"),
        quirk("vblank", "DXYN ends the instructions of the frame"),
        *HOST_OPTIONS,
    ),
    ports=(KEYPAD,),
    formats=("ch8", "octocart", "binary", "ihex", "srec"),
    demo="chip8/ember",
    front=front(KEYPAD),
)
