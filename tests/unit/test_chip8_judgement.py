"""For which member of the CHIP-8 family a medium is: by its SHA-1, its name, its instructions, or as a cartridge says."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrovm
from retrovm import bundled
from retrovm.isa.chip8 import VARIANTS
from retrovm.isa.chip8_analysis import PLATFORMS
from retrovm.isa.octo import assemble
from retrovm.machines.chip8 import SPEC
from retrovm.media import Media, Segment, chip8_database, octocart, open_media
from retrovm.media.ch8 import SUFFIXES
from retrovm.media.chip8_database import Entry, entries
from retrovm.media.chip8_judgement import judge, octo_options, options_of

# Draws the digit in V0 at V1, V2 and waits for the next one.
DIGITS = bytes.fromhex("00E0 6000 6108 6208 F029 D125 F00A 1200")
HIGH = assemble(": main hires loop sprite v0 v1 5 again").data


@pytest.fixture
def known(monkeypatch):
    """Puts a program into the database: `known(data, **facts of chip8_database.Entry)`."""
    def put(data, platforms, **facts):
        sha1 = open_media(data).sha1
        entry = Entry(sha1, tuple(platforms), **facts)
        monkeypatch.setattr(chip8_database, "find", lambda asked: entry if asked == sha1 else None)
    return put


def test_a_known_sha_1_is_certain_and_its_facts_become_options(known):
    known(DIGITS, ["superchip", "xochip"], tickrate=40, pixels=(1, 2), keys={"up": 5}, font="fish", rotation=270,
          start=0x300)
    found = judge(open_media(DIGITS, name="x.ch8"))
    assert found.confidence == 1.0
    assert found.reason == "its SHA-1 is that of a program for SCHIP 1.1, also for XO-CHIP"
    assert found.options == {"variant": "schip1.1", "tickrate": 40, "colours": (1, 2), "keys": {"up": 5}, "font": "fish",
                             "rotation": 270, "start": 0x300}
    assert found.details()[0].startswith("CHIP-8 as later interpreters run it: ")
    assert judge(open_media(DIGITS)).confidence == 1.0


@pytest.mark.parametrize(("name", "variant"), [("grotto", "schip1.1"), ("ascent", "xochip")])
def test_a_bundled_program_is_told_by_its_sha_1_and_by_its_instructions_alone(name, variant, monkeypatch):
    program = bundled.find(name).file.read_bytes()
    found = judge(open_media(program, name="a.ch8"))
    assert (found.confidence, found.options["variant"]) == (1.0, variant)
    monkeypatch.setattr(chip8_database, "find", lambda sha1: None)
    assert judge(open_media(program, name="a.ch8")).options["variant"] == variant


def test_a_platform_that_is_a_variant_with_other_quirks_gives_those(known):
    known(DIGITS, ["modernChip8"])
    assert judge(open_media(DIGITS)).options == {"variant": "chip8", "logic": False, "vblank": False, "tickrate": 12}
    known(DIGITS, ["originalChip8"])
    assert judge(open_media(DIGITS)).options == {"variant": "chip8"}


def test_platforms_that_a_newer_database_has_are_passed_over(known):
    known(DIGITS, ["chip9000", "xochip"])
    assert judge(open_media(DIGITS)).reason == "its SHA-1 is that of a program for XO-CHIP"
    known(DIGITS, ["chip9000"])
    assert judge(open_media(DIGITS, name="a.ch8")).confidence == 0.95


def test_quirks_of_a_program_are_given_only_where_its_platform_has_others():
    entry = Entry("", ("xochip",), {"xochip": {"wrap": False, "shift": False, "memoryLeaveIUnchanged": True}})
    assert options_of("xochip", entry) == {"variant": "xochip", "clip": True, "load_store": True}
    entry = Entry("", ("superchip",), {"superchip": {"memoryLeaveIUnchanged": False, "memoryIncrementByX": True}})
    assert options_of("superchip", entry) == {"variant": "schip1.1", "load_store": False, "load_store_x": True}


def test_without_a_database_the_variant_says_how_fast():
    assert options_of("xochip") == {"variant": "xochip"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_is_a_variant(platform):
    assert options_of(platform)["variant"] == PLATFORMS[platform][0]


def test_reasons_are_for_a_named_program():
    found = judge(open_media(HIGH, name="high.ch8"))
    assert found.confidence == 0.95
    assert found.reason == "named .ch8, SCHIP 1.1: 00FF at $0200 is new in SCHIP 1.0"
    assert found.options == {"variant": "schip1.1"}
    assert "shift quirk irrelevant: no 8XY6, no 8XYE" in found.details()


def test_what_cannot_be_told_is_said():
    found = judge(open_media(DIGITS, name="digits.ch8"))
    assert found.options == {"variant": "chip8", "logic": False, "vblank": False}
    assert found.reason.startswith("named .ch8, CHIP-8 as later interpreters run it: all 8 instructions reached from $0200 "
                                   "are CHIP-8's; unsure: nothing tells whether it was made for the COSMAC VIP")


def test_a_program_without_a_name_is_known_by_its_instructions():
    found = judge(open_media(DIGITS))
    assert (found.confidence, found.options["variant"]) == (0.6, "chip8")
    assert judge(open_media(HIGH + bytes(3), name="a.bin")) is None
    assert judge(open_media(assemble(": main hires v0 := 1 v1 := 2 v2 := 3 v3 := 4 v4 := 5 loop sprite v0 v1 5 again").data))


def test_a_short_program_or_one_that_never_draws_needs_a_name():
    assert judge(open_media(bytes.fromhex("D125 1200"))) is None
    assert judge(open_media(bytes.fromhex("6000") * 20 + bytes.fromhex("1200"))) is None
    assert judge(open_media(bytes.fromhex("D125 1200"), name="a.ch8")).confidence == 0.95


def test_a_word_that_is_no_instruction_is_named_with_its_address():
    found = judge(open_media(bytes.fromhex("6000 FFFF"), name="a.ch8"))
    assert found.confidence == 0.4
    assert found.reason.endswith("FFFF at $0202, which is reached, is no instruction")


def test_the_name_may_promise_a_member():
    found = judge(open_media(DIGITS, name="a.xo8"))
    assert found.confidence == 0.95
    assert found.reason == "named .xo8, the name of programs for XO-CHIP, which has all its instructions"
    assert found.options == {"variant": "xochip"}
    assert judge(open_media(DIGITS, name="a.c8vip")).options == {"variant": "chip8"}
    assert judge(open_media(HIGH, name="a.scm")).options == {"variant": "schip-modern"}


def test_a_name_that_the_instructions_contradict_does_not_count():
    found = judge(open_media(HIGH, name="a.ch48"))
    assert found.options == {"variant": "schip1.1"}
    assert found.reason == "named .ch48, SCHIP 1.1: 00FF at $0200 is new in SCHIP 1.0"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_suffix_is_that_of_a_member(suffix):
    assert SUFFIXES[suffix] is None or SUFFIXES[suffix] in PLATFORMS
    found = judge(open_media(DIGITS, name=f"a{suffix}"))
    platform = SUFFIXES[suffix] or "modernChip8"
    if PLATFORMS[platform][0] in VARIANTS:
        assert SPEC.parse_options(found.options)["variant"] == PLATFORMS[platform][0]
    else:
        assert found.confidence == 0.15
        assert f"there is no variant for {PLATFORMS[platform][1]}" in found.reason


def test_the_machine_takes_the_options_of_every_program_of_the_database():
    for entry in entries():
        options = SPEC.parse_options(options_of(entry.platforms[0], entry))
        assert options["variant"] in VARIANTS
        assert options["colours"][:len(entry.pixels)] == entry.pixels or not entry.pixels


def test_a_variant_that_is_given_settles_what_the_program_asks_for(known):
    known(DIGITS, ["modernChip8"], tickrate=40, keys={"up": 5})
    vm = retrovm.load(DIGITS)
    assert [vm.options[name] for name in ("variant", "logic", "tickrate")] == ["chip8", False, 40]
    vm = retrovm.create("chip8", DIGITS, variant="schip1.1")
    assert [vm.options[name] for name in ("variant", "logic", "tickrate")] == ["schip1.1", None, None]
    assert vm.options["keys"] == (("up", 5),)


def test_a_program_with_addresses_must_lie_at_0200():
    def hex_file(*segments: Segment) -> Media:
        return Media("a.hex", b"", "ihex", segments)

    assert judge(hex_file(Segment(0x200, DIGITS))).confidence == 0.6
    assert judge(hex_file(Segment(0x200, DIGITS), Segment(0xFFF, b"\1"))).confidence == 0.6
    assert judge(hex_file(Segment(0x200, DIGITS), Segment(0x1000, b"\1"))) is None
    assert judge(hex_file(Segment(0x300, DIGITS))) is None
    assert judge(hex_file()) is None


def test_a_large_program_is_for_xo_chip():
    found = judge(open_media(DIGITS.ljust(3585, b"\0"), name="a.ch8"))
    assert found.options == {"variant": "xochip"}
    assert found.reason.endswith("3,585 bytes are more than the 3,584 from $0200 to the end of 4 KiB")


@given(st.binary(min_size=1, max_size=5000))
def test_any_bytes_can_be_judged(data):
    for format in ("binary", "ch8"):
        found = judge(open_media(data, format=format))
        assert found is None or 0 < found.confidence <= 1


def test_noise_is_hardly_ever_taken_for_a_program():
    noise = random.Random(6502)
    media = [open_media(noise.randbytes(noise.choice([256, 1024, 2048, 3500]))) for _ in range(1000)]
    assert len([each for each in media if judge(each) is not None]) <= 10


# --- cartridges ---------------------------------------------------------------------------------------------


def test_a_cartridge_says_how_it_is_to_be_run():
    options = {"tickrate": 30, "shiftQuirks": True, "clipQuirks": 1, "logicQuirks": "1", "vBlankQuirks": False,
               "fillColor": "#112233", "backgroundColor": "#abc", "screenRotation": 90, "fontStyle": "fish",
               "enableXO": True, "touchInputMode": "none"}
    found = judge(open_media(octocart.pack(": main loop again", options), name="a.gif"))
    assert (found.confidence, found.reason) == (1.0, "a cartridge of Octo")
    assert found.options == {
        "variant": "octo", "tickrate": 30, "shift": True, "load_store": False, "vf_order": False, "clip": True,
        "jump": False, "logic": True, "vblank": False, "rotation": 90, "font": "fish",
        "colours": (0xAABBCC, 0x112233, 0xFF6600, 0x662200)}


def test_options_that_octo_would_not_write_are_left_out():
    found = octo_options({"tickrate": "many", "fillColor": "blue", "fontStyle": 7, "screenRotation": [1]})
    assert "tickrate" not in found
    assert "rotation" not in found
    assert "font" not in found
    assert found["colours"] == (0x996600, 0xFFCC00, 0xFF6600, 0x662200)
    assert octo_options({"tickrate": "7"})["tickrate"] == 7


@given(st.dictionaries(st.sampled_from(["tickrate", "fillColor", "shiftQuirks", "screenRotation", "fontStyle"]),
                       st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)))
def test_any_options_of_a_cartridge_can_be_read(options):
    assert octo_options(json.loads(json.dumps(options)))["variant"] == "octo"
