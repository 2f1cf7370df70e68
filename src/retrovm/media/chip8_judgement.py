"""For which member of the CHIP-8 family a medium is: by its SHA-1, by the end of its name, by its instructions.

An Octo cartridge says itself how it is to be run. For others, in this order: what `chip8_database` knows of the SHA-1 is
certain; a name may end in that of a member, which counts unless the program has instructions that this member lacks;
`isa.chip8_analysis` reads the rest off the program.

Sources: chip8-database (platforms and quirks), chip8-research (ends of names, as in Cadmium).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retrovm.isa.chip8 import VARIANTS
from retrovm.isa.chip8_analysis import PLATFORMS, ROOM, Analysis, analyse, runs_as
from retrovm.media import chip8_database
from retrovm.media.ch8 import SUFFIXES
from retrovm.media.chip8_database import Entry
from retrovm.media.model import Media
from retrovm.spec import Judgement

START = 0x200

# The option of the machine for a quirk of the database, and the value that the quirk gives it.
FLAGS = {"shift": ("shift", True), "memoryLeaveIUnchanged": ("load_store", True),
         "memoryIncrementByX": ("load_store_x", True), "wrap": ("clip", False), "jump": ("jump", True),
         "logic": ("logic", True), "vblank": ("vblank", True)}
# The same for Octo's options.
OCTO_FLAGS = {"shiftQuirks": "shift", "loadStoreQuirks": "load_store", "vfOrderQuirks": "vf_order", "clipQuirks": "clip",
              "jumpQuirks": "jump", "logicQuirks": "logic", "vBlankQuirks": "vblank"}
OCTO_COLOURS = {"backgroundColor": 0x996600, "fillColor": 0xFFCC00, "fillColor2": 0xFF6600, "blendColor": 0x662200}
OCTO_NUMBERS = {"tickrate": "tickrate", "screenRotation": "rotation"}
# Platforms that are a variant with other quirks.
USUAL = {"modernChip8": "originalChip8"}
# A program in what is not even named as one has to have this many instructions: fewer turn up in any data.
ENOUGH = 8


def judge(media: Media) -> Judgement | None:
    """How surely this is a program for the CHIP-8 family, for which member, and the options that the machine needs.

    1.0 when its SHA-1 is known; by content 0.95 where it is named as one and 0.6 where not, 0.4 and less if something
    speaks against it; None if nothing speaks for it. The options are those of the machine `chip8`. Raises `MediaError`
    when the user's own database cannot be read.
    """
    if media.format == "octocart":
        return Judgement(1.0, "a cartridge of Octo", octo_options(media.options), details=lambda: _told(_program(media)))
    entry = chip8_database.find(media.sha1)
    if entry is not None and (supported := [name for name in entry.platforms if _is_supported(name)]):
        return _known(media, entry, supported)
    program = _program(media)
    if program is None:
        return None
    found = analyse(program)
    named = media.format == "ch8"
    if not named and not _convincing(found):
        return None
    platform, reason = _by_name(media, found) or (found.platform, f"{found.title}: {found.reasons[0]}")
    title = f"named {media.suffix}" if media.suffix in SUFFIXES else "opened as a CHIP-8 program"
    if not _is_supported(platform):
        return Judgement(0.15, f"{title}, but there is no variant for {PLATFORMS[platform][1]}", details=lambda: found.lines)
    confidence = 0.6
    if named:
        reason, confidence = f"{title}, {reason}", 0.4 if found.walk.strange else 0.95
    if found.doubts and platform == found.platform:
        reason += f"; unsure: {found.doubts[0]}"
    return Judgement(confidence, reason, options_of(platform), details=lambda: found.lines)


def options_of(platform: str, entry: Entry | None = None) -> dict[str, Any]:
    """The options of the machine `chip8` for a platform of the database, and for what it knows of a program.

    `variant` is always there, the rest only where it is not as usual for the variant.
    """
    options: dict[str, Any] = {"variant": PLATFORMS[platform][0]}
    usual = chip8_database.platforms().get(USUAL.get(platform, platform))
    known = chip8_database.platforms().get(platform)
    if usual is not None and known is not None:
        quirks = entry.quirks(platform) if entry is not None else known.quirks
        for quirk, on in quirks.items():
            if quirk in FLAGS and on != usual.quirks.get(quirk, False):
                name, value = FLAGS[quirk]
                options[name] = value if on else not value
    if entry is None:
        return options
    if known is not None and known is not usual:
        options["tickrate"] = known.tickrate
    options |= {name: value for name in ("tickrate", "font", "rotation", "start") if (value := getattr(entry, name)) is not None}
    if entry.pixels:
        options["colours"] = entry.pixels
    if entry.keys:
        options["keys"] = dict(entry.keys)
    return options


def octo_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the machine `chip8` for Octo's options. What is not as Octo writes it is left out.

    Octo runs every program on one machine, whose flags are all off where nothing is said.
    """
    chosen: dict[str, Any] = {"variant": "octo"}
    chosen |= {ours: str(options.get(theirs, 0)).lower() in ("1", "true") for theirs, ours in OCTO_FLAGS.items()}
    for theirs, ours in OCTO_NUMBERS.items():
        if str(options.get(theirs, "")).isdecimal():
            chosen[ours] = int(options[theirs])
    if isinstance(options.get("fontStyle"), str):
        chosen["font"] = options["fontStyle"]
    if OCTO_COLOURS.keys() & options.keys():
        chosen["colours"] = tuple(_colour(options.get(name), default) for name, default in OCTO_COLOURS.items())
    return chosen


def _colour(value: object, default: int) -> int:
    text = str(value).removeprefix("#")
    if len(text) == 3:
        text = "".join(2 * digit for digit in text)
    try:
        return int(text, 16) if len(text) == 6 else default
    except ValueError:
        return default


def _is_supported(platform: str) -> bool:
    """A newer database may have platforms that are none here."""
    return platform in PLATFORMS and PLATFORMS[platform][0] in VARIANTS


def _known(media: Media, entry: Entry, supported: Sequence[str]) -> Judgement:
    platform, *others = supported
    also = f", also for {', '.join(PLATFORMS[other][1] for other in others)}" if others else ""
    reason = f"its SHA-1 is that of a program for {PLATFORMS[platform][1]}{also}"
    return Judgement(1.0, reason, options_of(platform, entry), details=lambda: _told(_program(media)))


def remarks(media: Media) -> dict[str, str]:
    """{a flag of the machine: whether the program notices it, and why}, as far as its instructions tell."""
    program = _program(media)
    found = {} if program is None else analyse(program).quirks
    return {FLAGS[name][0]: quirk.text for name, quirk in found.items() if name in FLAGS}


def _told(program: bytes | None) -> list[str]:
    """What the program itself tells."""
    return [] if program is None else analyse(program).lines


def _by_name(media: Media, found: Analysis) -> tuple[str, str] | None:
    """The platform that the end of the name promises, unless the program says that it cannot be."""
    platform = SUFFIXES.get(media.suffix)
    if platform is None or platform == found.platform or not runs_as(found.walk.program, platform):
        return None
    return platform, f"the name of programs for {PLATFORMS[platform][1]}, which has all its instructions"


def _convincing(found: Analysis) -> bool:
    """Would data look like this? It draws, has some instructions, and none that are not."""
    return not found.walk.strange and len(found.walk.steps) >= ENOUGH and bool(found.walk.sites("DRW"))


def _program(media: Media) -> bytes | None:
    """The bytes from $0200 on, or None if some lie elsewhere, none lie there, or they are too many for all members."""
    first = media.segments[0] if media.segments else None
    if first is None or first.address not in (None, START):
        return None
    if first.address is None:
        return first.data
    end = max(segment.end or 0 for segment in media.segments)
    return media.image(START, end - START, 0) if end <= START + ROOM else None
