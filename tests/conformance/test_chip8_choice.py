"""Choosing the member of the CHIP-8 family for the programs of chip-8-database and of the CHIP-8 archive."""

import json
import os
from collections import Counter
from hashlib import sha1
from pathlib import Path

import pytest

from retrovm.isa.chip8_analysis import PLATFORMS, analyse
from retrovm.media import chip8_database, open_media
from retrovm.media.chip8_database import entries, find
from retrovm.media.chip8_judgement import judge, options_of

ROOT = Path(os.environ.get("RETROVM_TESTDATA", "")) / "chip8"
pytestmark = pytest.mark.skipif(not os.environ.get("RETROVM_TESTDATA"),
                                reason="set RETROVM_TESTDATA to the folder of conformance data")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def archive():
    """(path, platforms of the database) for each program of the archive; no platforms where it is not in there."""
    return [(path, list(entry.platforms) if (entry := find(sha1(path.read_bytes()).hexdigest())) else [])
            for path in sorted((ROOT / "archive").glob("*.ch8"))]


def test_the_table_is_what_the_database_says():
    made = chip8_database.table(read("database/platforms.json"), read("database/programs.json"))
    assert chip8_database.TABLE.read_text(encoding="utf-8") == made, (
        "make the table anew: python -m retrovm.media.chip8_database FOLDER")


def test_each_program_of_the_database_is_a_variant():
    programs = json.loads(read("database/programs.json"))
    assert len(programs) == 484
    for program in programs:
        for known, rom in program["roms"].items():
            entry = find(known)
            wanted = [*rom["platforms"], *rom.get("quirkyPlatforms", {})]
            assert entry.platforms[0] == wanted[0], program["title"]
            assert options_of(entry.platforms[0], entry)["variant"] == PLATFORMS[wanted[0]][0], program["title"]
            for quirk, value in rom.get("quirkyPlatforms", {}).get(wanted[0], {}).items():
                assert entry.quirks(wanted[0])[quirk] is value


def test_each_fact_of_the_database_is_kept():
    roms = {known: rom for program in json.loads(read("database/programs.json")) for known, rom in program["roms"].items()}
    for entry in entries():
        rom = roms.pop(entry.sha1)
        assert entry.tickrate == rom.get("tickrate")
        assert entry.font == rom.get("fontStyle")
        assert entry.rotation == rom.get("screenRotation")
        assert entry.start == rom.get("startAddress")
        assert dict(entry.keys) == rom.get("keys", {})
        colours = rom.get("colors", {})
        assert [f"#{colour:06x}" for colour in entry.pixels] == [colour.lower() for colour in colours.get("pixels", [])]
        for name in ("buzzer", "silence"):
            value = getattr(entry, name)
            assert (None if value is None else f"#{value:06x}") == (colours[name].lower() if name in colours else None)
    assert roms == {}


def test_the_instructions_alone_tell_the_platform_of_nine_in_ten_programs_of_the_archive():
    known = [(path.name, platforms[0], analyse(path.read_bytes())) for path, platforms in archive() if platforms]
    assert len(known) == 49
    wrong = {name: (platform, found.platform) for name, platform, found in known if found.platform != platform}
    assert len(wrong) <= len(known) // 10, wrong
    # The member alone, with no say on how a CHIP-8 program takes quirks that it may not even notice:
    variants = {name: pair for name, pair in wrong.items() if PLATFORMS[pair[0]][0] != PLATFORMS[pair[1]][0]}
    assert len(variants) <= 1, variants


def test_where_the_instructions_tell_something_else_than_the_database_it_is_one_of_its_platforms_or_said_to_be_unsure():
    for path, platforms in archive():
        found = analyse(path.read_bytes())
        if platforms and found.platform not in platforms:
            same = any(PLATFORMS[platform][0] == found.variant for platform in platforms)
            assert same or found.doubts, path.name


def test_all_instructions_that_are_reached_in_programs_are_instructions():
    for path in [*(ROOT / "archive").glob("*.ch8"), *(ROOT / "timendus").glob("*.ch8")]:
        found = analyse(path.read_bytes())
        assert found.walk.strange == {}, path.name
        assert found.walk.patience > 0, path.name


def test_every_program_of_the_archive_is_known_by_its_sha_1_or_by_its_instructions():
    reasons = Counter()
    for path, platforms in archive():
        judgement = judge(open_media(path))
        reasons[judgement.reason.split(",")[0].split(" is ")[0]] += 1
        assert judgement.confidence >= 0.95, path.name
        if platforms:
            assert judgement.options["variant"] == PLATFORMS[platforms[0]][0]
    assert reasons == {"its SHA-1": 49, "named .ch8": 1}
