"""What is known of CHIP-8 programs by their SHA-1: platforms, quirks, instructions a frame, colours, keys.

The facts come from chip-8-database, whose platforms and quirks keep their names here. They lie in
`chip8_programs.txt`: one line a platform and one a program, the latter in the order of their SHA-1, so that a look-up
reads one line only.

    >>> entry = find("440c5fbe9f5f840e76c308738fb0d37772d66674")
    >>> entry.platforms, entry.tickrate, entry.quirks("xochip")["wrap"]
    (('xochip',), 1000, False)

The environment variable RETROVM_CHIP8_DATABASE names a file of your own: a table like this one, or a `programs.json`
in chip-8-database's form. What it says of a program goes before what is here. The bundled programs, which that
database does not know, are in `chip8_bundled.txt`.

The table is made anew from a newer database, its `platforms.json` and `programs.json` in one folder, by

    python -m retrovm.media.chip8_database FOLDER

Sources: chip8-database.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from retrovm.errors import MediaError

TABLE = Path(__file__).with_name("chip8_programs.txt")
BUNDLED = Path(__file__).with_name("chip8_bundled.txt")
VARIABLE = "RETROVM_CHIP8_DATABASE"

SHA1 = re.compile(r"[0-9a-f]{40}")
# What the database says of a program in one word or number, and how it is called here.
NUMBERS = {"tickrate": "tickrate", "screenRotation": "rotation", "startAddress": "start"}
WORDS = {"fontStyle": "font"}


@dataclass(frozen=True)
class Platform:
    """A platform of the database: its quirks, and instructions in a frame of 1/60 second where a program says none."""

    id: str
    tickrate: int
    quirks: Mapping[str, bool]


@dataclass(frozen=True)
class Entry:
    """What the database says of a program.

    platforms    all that run it, the one it was written for first; those that need other quirks come last
    overrides    by platform, the quirks that are not as usual on it
    tickrate     instructions in a frame of 1/60 second
    pixels       colours 0xRRGGBB: background, pixels; with XO-CHIP also plane 2, both planes
    buzzer       the colour around the screen while the tone is heard, and silence: while it is not
    keys         keys of the keypad by what they do: "up", "down", "left", "right", "a", "b", "player2Up"; from 0x10
                 on those of a second keypad
    font         the digits: "octo", "vip", "dream6800", "eti660", "schip" or "fish"
    rotation     degrees clockwise by which the screen is turned
    start        the address where it begins

    What is not said is None, or empty.
    """

    sha1: str
    platforms: tuple[str, ...]
    overrides: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    tickrate: int | None = None
    pixels: tuple[int, ...] = ()
    buzzer: int | None = None
    silence: int | None = None
    keys: Mapping[str, int] = field(default_factory=dict)
    font: str | None = None
    rotation: int | None = None
    start: int | None = None

    def quirks(self, platform: str) -> dict[str, bool]:
        """All quirks of the program on one of its platforms."""
        usual = platforms()[platform].quirks if platform in platforms() else {}
        return {**usual, **self.overrides.get(platform, {})}


def find(sha1: str) -> Entry | None:
    """What is known of the program with this SHA-1 (40 hexadecimal digits), or None.

    Raises `MediaError` when RETROVM_CHIP8_DATABASE names a file that cannot be read.
    """
    own = os.environ.get(VARIABLE)
    tables = [(_own(own), own)] if own else []
    for text, file in (*tables, (_text(TABLE), TABLE.name), (_text(BUNDLED), BUNDLED.name)):
        at = text.find(f"\n{sha1.lower()} ")
        if at >= 0:
            return _entry(text[at + 1 : text.index("\n", at + 1)], file)
    return None


def entries(text: str | None = None) -> Iterator[Entry]:
    """All programs of a table; without one, of that which is shipped."""
    for line in (_text(TABLE) if text is None else text).splitlines():
        if SHA1.match(line):
            yield _entry(line, TABLE.name)


@cache
def platforms() -> dict[str, Platform]:
    """All platforms by id."""
    found = {}
    for line in _text(TABLE).splitlines():
        if line.startswith("platform "):
            id, facts = line.split()[1], _facts(line.split()[2:])
            quirks = {name: value == "1" for name, value in facts.items() if name != "tickrate"}
            found[id] = Platform(id, int(facts["tickrate"]), quirks)
    return found


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _own(path: str) -> str:
    try:
        return _own_text(path, os.stat(path).st_mtime_ns)
    except OSError as error:
        raise MediaError(f"the database of {VARIABLE} cannot be read ({error.strerror})", file=path,
                         hint="give a file in the form of chip-8-database's programs.json") from error


@cache
def _own_text(path: str, changed: int) -> str:
    """The file as a table; `changed` is there so that a file which was written anew is read anew."""
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    if text.lstrip().startswith("["):
        text = program_lines(text, path)
    return f"\n{text}\n"


def _facts(words: list[str]) -> dict[str, str]:
    return dict(word.split("=", 1) for word in words if "=" in word)


def _entry(line: str, file: str) -> Entry:
    sha1, names, *rest = line.split()
    facts = _facts(rest)
    known: dict[str, Any] = {}
    overrides: dict[str, dict[str, bool]] = {}
    try:
        for name, value in facts.items():
            if "." in name:
                platform, quirk = name.split(".")
                overrides.setdefault(platform, {})[quirk] = value == "1"
            elif name == "keys":
                known[name] = {action: int(key, 16) for action, key in _pairs(value)}
            elif name == "pixels":
                known[name] = tuple(int(colour, 16) for colour in value.split(","))
            elif name in ("buzzer", "silence"):
                known[name] = int(value, 16)
            else:
                known[name] = value if name in WORDS.values() else int(value)
        usual = [name for name in names.split(",") if name != "-"]
        return Entry(sha1, tuple(dict.fromkeys([*usual, *overrides])), overrides, **known)
    except (ValueError, TypeError) as error:
        raise MediaError(f"the line of {sha1} is wrong ({error})", file=file,
                         expected="SHA-1, platforms, name=value ...") from error


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(pair.partition(":")[0], pair.partition(":")[2]) for pair in text.split(",")]


# --- making the table ---------------------------------------------------------------------------------------

NOTICE = """\
# What is known of CHIP-8 programs by their SHA-1. Made by retrovm.media.chip8_database from platforms.json and
# programs.json of chip-8-database, https://github.com/chip-8/chip-8-database; do not edit. Its licence:
#
# Copyright 2023 The CHIP-8 database authors
#
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
# rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
# persons to whom the Software is furnished to do so, subject to the following conditions:
#
# The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
# Software.
#
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
# WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
# COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
# OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
#
# platform ID tickrate=INSTRUCTIONS-A-FRAME QUIRK=0-or-1 ...
# SHA-1 PLATFORM,... (- for none) FACT=VALUE ... PLATFORM.QUIRK=0-or-1 ...
"""


def table(platforms: str, programs: str) -> str:
    """The table of the texts of `platforms.json` and `programs.json`. Raises `MediaError`."""
    lines = []
    for platform in _json(platforms, "platforms.json"):
        quirks = [f"{name}={int(value)}" for name, value in platform["quirks"].items()]
        lines.append(" ".join(["platform", platform["id"], f"tickrate={platform['defaultTickrate']}", *quirks]))
    return "\n".join([NOTICE + lines[0], *lines[1:], program_lines(programs, "programs.json")])


def program_lines(programs: str, file: str) -> str:
    """The lines of the programs in the text of a `programs.json`. Raises `MediaError`."""
    lines = []
    try:
        for program in _json(programs, file):
            for sha1, rom in program["roms"].items():
                if not SHA1.fullmatch(sha1):
                    raise ValueError(f"{sha1!r} is no SHA-1")
                lines.append(f"{sha1} {','.join(rom.get('platforms', ())) or '-'} {' '.join(_words(rom))}".strip())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MediaError(f"it is not in the form of chip-8-database's programs.json ({error})", file=file) from error
    return "".join(f"{line}\n" for line in sorted(lines))


def _words(rom: dict[str, Any]) -> Iterator[str]:
    for theirs, ours in (NUMBERS | WORDS).items():
        if theirs in rom:
            yield f"{ours}={rom[theirs]}"
    colours = rom.get("colors", {})
    if "pixels" in colours:
        yield "pixels=" + ",".join(colour.lstrip("#").lower() for colour in colours["pixels"])
    for name in ("buzzer", "silence"):
        if name in colours:
            yield f"{name}={colours[name].lstrip('#').lower()}"
    if rom.get("keys"):
        yield "keys=" + ",".join(f"{action}:{key:x}" for action, key in rom["keys"].items())
    for platform, quirks in rom.get("quirkyPlatforms", {}).items():
        for quirk, value in quirks.items():
            yield f"{platform}.{quirk}={int(value)}"


def _json(text: str, file: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise MediaError(f"it is no JSON ({error})", file=file) from error


def main(arguments: list[str]) -> int:
    """Writes the table anew from the folder that is given."""
    if len(arguments) != 1:
        print("usage: python -m retrovm.media.chip8_database FOLDER-WITH-platforms.json-AND-programs.json")
        return 2
    folder = Path(arguments[0])
    text = table(*((folder / f"{name}.json").read_text(encoding="utf-8") for name in ("platforms", "programs")))
    TABLE.write_text(text, encoding="utf-8", newline="\n")
    print(f"{TABLE}: {sum(1 for _ in entries(text))} programs, {len(text):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
