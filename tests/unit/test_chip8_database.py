"""What is known of CHIP-8 programs by their SHA-1: the table, the user's own, and how it is made."""

import hashlib
import json

import pytest

from retrovm import bundled
from retrovm.errors import MediaError
from retrovm.media import chip8_database
from retrovm.media.chip8_database import Entry, entries, find, main, platforms, program_lines, table

SUPERNEATBOY = "440c5fbe9f5f840e76c308738fb0d37772d66674"
MINE = "0123456789abcdef0123456789abcdef01234567"


def programs(**facts):
    return json.dumps([{"title": "Mine", "roms": {MINE: {"file": "mine.ch8", **facts}}}])


@pytest.fixture
def own(tmp_path, monkeypatch):
    def write(text):
        path = tmp_path / "mine.json"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("RETROVM_CHIP8_DATABASE", str(path))
    return write


def test_a_program_is_found_by_its_sha_1_with_all_that_is_known_of_it():
    entry = find(SUPERNEATBOY.upper())
    assert (entry.platforms, entry.tickrate, entry.font, len(entry.pixels)) == (("xochip",), 1000, "octo", 4)
    assert entry.overrides == {"xochip": {"wrap": False}}


def test_an_unknown_program_is_none():
    assert find(MINE) is None
    assert find("") is None


def test_quirks_are_those_of_the_platform_where_the_program_has_no_other():
    quirks = find(SUPERNEATBOY).quirks("xochip")
    assert quirks["wrap"] is False
    assert {**quirks, "wrap": True} == platforms()["xochip"].quirks


def test_the_table_has_543_programs_each_with_a_platform():
    everything = list(entries())
    assert len(everything) == len({entry.sha1 for entry in everything}) == 543
    assert all(entry.platforms for entry in everything)
    assert {platform for entry in everything for platform in entry.platforms} <= set(platforms())


def test_the_table_keeps_the_notice_of_its_licence_and_no_text_of_others():
    text = chip8_database.TABLE.read_text(encoding="utf-8")
    assert "Copyright 2023 The CHIP-8 database authors" in text
    assert "The above copyright notice and this permission notice shall be included" in text
    facts = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert max(map(len, facts)) < 200


def test_every_bundled_program_is_known():
    for program in bundled.programs().values():
        if program.machine == "chip8":
            sha1 = hashlib.sha1(program.file.read_bytes()).hexdigest()
            assert find(sha1) is not None, (
                f"{program.id} was built anew: write its SHA-1, {sha1}, into {chip8_database.BUNDLED.name}")


def test_a_database_of_the_users_own_goes_first(own):
    own(programs(platforms=["superchip"], tickrate=7, keys={"up": 5, "a": 16}, screenRotation=90,
                 colors={"pixels": ["#102030", "#FFFFFF"], "buzzer": "#FF0000"}, startAddress=768))
    assert find(MINE) == Entry(MINE, ("superchip",), {}, 7, (0x102030, 0xFFFFFF), 0xFF0000, None,
                               {"up": 5, "a": 16}, None, 90, 768)
    assert find(SUPERNEATBOY).tickrate == 1000
    own(programs(platforms=["chip48"]).replace(MINE, SUPERNEATBOY))
    assert find(SUPERNEATBOY).platforms == ("chip48",)


def test_a_database_of_the_users_own_may_be_a_table(own):
    own(f"# mine\n{MINE} xochip tickrate=500\n")
    assert find(MINE).tickrate == 500


def test_a_platform_that_needs_other_quirks_is_one_of_the_program(own):
    own(programs(platforms=[], quirkyPlatforms={"superchip": {"shift": False}}))
    assert find(MINE).platforms == ("superchip",)
    assert find(MINE).quirks("superchip")["shift"] is False


@pytest.mark.parametrize(("text", "message"), [
    ("[{]", r"mine.json: it is no JSON"),
    ("[1]", r"mine.json: it is not in the form of chip-8-database's programs.json"),
    ('[{"roms": {"abc": {}}}]', r"'abc' is no SHA-1"),
    (f"{MINE} xochip tickrate=many\n", rf"mine.json: the line of {MINE} is wrong"),
])
def test_a_damaged_database_of_the_users_own_is_an_error_that_names_it(own, text, message):
    own(text)
    with pytest.raises(MediaError, match=message):
        find(MINE)


def test_a_missing_database_of_the_users_own_is_an_error_that_names_the_variable(monkeypatch):
    monkeypatch.setenv("RETROVM_CHIP8_DATABASE", "/nowhere/mine.json")
    with pytest.raises(MediaError, match=r"/nowhere/mine.json: the database of RETROVM_CHIP8_DATABASE cannot be read"):
        find(MINE)


def test_a_table_is_made_of_platforms_and_programs(tmp_path, monkeypatch, capsys):
    kind = [{"id": "xochip", "defaultTickrate": 100, "quirks": {"wrap": True}}]
    text = table(json.dumps(kind), programs(platforms=["xochip"]))
    assert text.endswith(f"platform xochip tickrate=100 wrap=1\n{MINE} xochip\n")
    (tmp_path / "platforms.json").write_text(json.dumps(kind))
    (tmp_path / "programs.json").write_text(programs(platforms=["xochip"]))
    monkeypatch.setattr(chip8_database, "TABLE", tmp_path / "table.txt")
    assert main([str(tmp_path)]) == 0
    assert (tmp_path / "table.txt").read_text(encoding="utf-8") == text
    assert "1 programs" in capsys.readouterr().out
    assert main([]) == 2


def test_lines_of_programs_are_in_the_order_of_their_sha_1():
    text = json.dumps([{"roms": {MINE: {"platforms": ["a"]}, "0" * 40: {"platforms": ["b", "c"]}}}])
    assert program_lines(text, "x") == f"{'0' * 40} b,c\n{MINE} a\n"
