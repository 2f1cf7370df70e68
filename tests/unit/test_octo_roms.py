"""The bundled CHIP-8 programs are what their sources say, and fit the machine they are for."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from retrovm.isa import chip8
from retrovm.isa.chip8_dis import disassemble

FOLDER = Path(__file__).parents[2] / "roms"
ROMS = sorted((FOLDER / "chip8").glob("*/*.ch8"))
VIP_PROGRAM_BYTES = 3232


def variant(rom):
    """The member of the family that the program's suite runs it on."""
    tests = tomllib.loads((rom.parent / "suite.toml").read_text(encoding="utf-8"))["test"]
    return tests[0].get("options", {}).get("variant", "chip8")


by_name = pytest.mark.parametrize("rom", ROMS, ids=lambda path: path.stem)
for_the_vip = pytest.mark.parametrize("rom", [rom for rom in ROMS if variant(rom) == "chip8"], ids=lambda path: path.stem)


@by_name
def test_the_binary_is_assembled_from_its_source(rom):
    assert runpy.run_path(str(FOLDER / "build.py"))["build"](rom.parent) == {rom: rom.read_bytes()}


@for_the_vip
def test_the_program_fits_a_cosmac_vip(rom):
    assert len(rom.read_bytes()) <= VIP_PROGRAM_BYTES


@for_the_vip
def test_all_code_that_can_be_reached_is_plain_chip8(rom):
    statement = re.compile(r"    +[^0].*# [0-9A-F]{3}  ([0-9A-F]{2}) ([0-9A-F]{2})$")
    lines = disassemble(rom.read_bytes()).splitlines()
    words = [int(match[1] + match[2], 16) for line in lines if (match := statement.match(line))]
    assert len(words) > 50
    for word in words:
        row = chip8.decode(word, chip8.CHIP8)
        assert row not in (None, chip8.BY_NAME["SYS"]), f"{word:04X}"
