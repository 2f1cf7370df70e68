"""What tells a program for a CHIP-8 and one for a 6502 apart."""

import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.media import Media, Segment, open_media
from retrovm.media.traits import CHIP8, LATER, chip8_code, chip8_likeness, mos6502_image, mos6502_likeness

# Draws the digit in V0 at V1, V2 and waits for the next one.
DIGITS = bytes.fromhex("00E0 6000 6108 6208 F029 D125 F00A 1200")


def test_reasons_are_for_a_named_program():
    judgement = chip8_likeness(open_media(DIGITS, name="digits.ch8"))
    assert judgement.confidence == 0.95
    assert judgement.reason == "named .ch8, and all 8 instructions reached from $0200 are CHIP-8's"


def test_a_program_without_a_name_is_known_by_its_instructions():
    judgement = chip8_likeness(open_media(DIGITS))
    assert judgement.confidence == 0.6
    assert judgement.reason == "all 8 instructions reached from $0200 are CHIP-8's, and it draws"


def test_a_short_program_or_one_that_never_draws_needs_a_name():
    assert chip8_likeness(open_media(bytes.fromhex("D125 1200"))) is None
    assert chip8_likeness(open_media(bytes.fromhex("6000") * 20 + bytes.fromhex("1200"))) is None


def test_an_instruction_of_a_later_member_is_named_with_its_address():
    later = bytes.fromhex("1204 0000 00FF 1200")
    judgement = chip8_likeness(open_media(later, name="a.ch8"))
    assert judgement.confidence == 0.5
    assert judgement.reason == "named .ch8, but 00FF at $0204 is an instruction of SUPER-CHIP"
    assert chip8_likeness(open_media(later)) is None


def test_a_word_that_is_no_instruction_is_named_with_its_address():
    judgement = chip8_likeness(open_media(bytes.fromhex("6000 FFFF"), name="a.ch8"))
    assert judgement.confidence == 0.4
    assert judgement.reason == "named .ch8, but FFFF at $0202 is no instruction"


def test_the_name_may_ask_for_another_member():
    judgement = chip8_likeness(open_media(DIGITS, name="a.xo8"))
    assert (judgement.confidence, judgement.reason) == (0.15, "named .xo8: it asks for XO-CHIP")


def test_a_program_that_does_not_fit_is_unlikely():
    judgement = chip8_likeness(open_media(DIGITS.ljust(3585, b"\0"), name="a.ch8"))
    assert judgement.confidence == 0.1
    assert judgement.reason == ("named .ch8, but it has 3,585 bytes, and 3,584 fit from $0200 on; "
                                "it may be for XO-CHIP")
    assert chip8_likeness(open_media(DIGITS.ljust(3584, b"\0"), name="a.ch8")).confidence == 0.95


def test_a_program_with_addresses_must_lie_at_0200():
    def hex_file(*segments: Segment) -> Media:
        return Media("a.hex", b"", "ihex", segments)

    assert chip8_likeness(hex_file(Segment(0x200, DIGITS))).confidence == 0.6
    assert chip8_likeness(hex_file(Segment(0x200, DIGITS), Segment(0xFFF, b"\1"))).confidence == 0.6
    assert chip8_likeness(hex_file(Segment(0x200, DIGITS), Segment(0x1000, b"\1"))) is None
    assert chip8_likeness(hex_file(Segment(0x300, DIGITS))) is None
    assert chip8_likeness(hex_file()) is None


def test_all_branches_are_followed_and_data_is_not():
    code = chip8_code(bytes.fromhex("3000 1206 2208 1200 D125 00EE FFFF"))
    assert (code.instructions, code.draws, code.variant, code.broken) == (6, True, "CHIP-8", None)


def test_the_second_word_of_a_long_load_is_no_instruction():
    code = chip8_code(bytes.fromhex("F000 FFFF 1200"))
    assert (code.variant, code.foreign, code.broken) == ("XO-CHIP", (0x200, 0xF000), None)


def test_the_instructions_are_those_of_the_instruction_set_table():
    isa = pytest.importorskip("retrovm.isa.chip8", reason="the CHIP-8 table is not installed")
    for word in range(0x10000):
        text = f"{word:04X}"
        row = isa.decode(word)
        # 0NNN calls code of the host's processor, which a CHIP-8 program alone does not have.
        mine = None if row is None or row.name == "SYS" else row
        assert bool(CHIP8.fullmatch(text)) == (mine is not None and isa.CHIP8 in mine.variants), text
        later = {name for name, words in LATER.items() if words.fullmatch(text)}
        assert bool(later) == (mine is not None and isa.CHIP8 not in mine.variants), text


def rom(size: int, reset: int, first: int = 0xD8) -> bytes:
    data = bytearray([0xEA]) * size
    if reset >= 0x10000 - size:
        data[reset - 0x10000] = first
    data[-6:] = b"\0\0" + reset.to_bytes(2, "little") + b"\0\0"
    return bytes(data)


def test_a_rom_whose_reset_vector_points_into_it_is_for_a_6502():
    judgement = mos6502_likeness(open_media(rom(0x4000, 0xC000), name="basic.rom"))
    assert judgement.confidence == 0.8
    assert judgement.reason == ("ends with 6502 vectors: reset $C000 lies inside the image and begins with "
                                "CLD; 16,384 bytes are the size of a ROM")


@pytest.mark.parametrize(("data", "confidence"), [
    (rom(0x3000, 0xD000), 0.6),
    (rom(0x4000, 0xC000, first=0x00), 0.15),
    (rom(0x4000, 0xBFFF), None),
    (rom(0x4000, 0xFFFC), None),
    (bytes(0x10001), None),
    (b"\1", None),
])
def test_less_speaks_for_other_sizes_beginnings_and_vectors(data, confidence):
    judgement = mos6502_likeness(open_media(data))
    assert (judgement and judgement.confidence) == confidence


def test_segments_lie_where_they_say():
    def hex_file(*segments: Segment, entry: int | None = None) -> Media:
        return Media("a.hex", b"", "ihex", segments, entry=entry)

    vectors = Segment(0xFFFA, bytes.fromhex("0010 0002 0030"))
    image = mos6502_image(hex_file(Segment(0x200, b"\x78"), vectors))
    assert (image.nmi, image.reset, image.irq) == (0x1000, 0x0200, 0x3000)
    assert (image.byte(0x200), image.byte(0x201)) == (0x78, None)
    assert mos6502_likeness(hex_file(Segment(0x200, b"\x78"), vectors)).confidence == 0.6
    started = mos6502_likeness(hex_file(Segment(0x400, b"\x78"), entry=0x400))
    assert started.confidence == 0.5
    assert started.reason == "starts at $0400, which it holds, and lies in 64 KiB"
    assert mos6502_likeness(hex_file(Segment(0x400, b"\x78"))).confidence == 0.15
    assert mos6502_likeness(hex_file(Segment(0x10000, b"\x78"))) is None
    assert mos6502_likeness(hex_file()) is None


@given(st.binary(min_size=1, max_size=5000))
def test_any_bytes_can_be_judged(data):
    for format in ("binary", "ch8"):
        media = open_media(data, format=format)
        for judgement in (chip8_likeness(media), mos6502_likeness(media)):
            assert judgement is None or 0 < judgement.confidence <= 1


def test_noise_is_hardly_ever_taken_for_a_program():
    noise = random.Random(6502)
    media = [open_media(noise.randbytes(noise.choice([256, 1024, 2048, 3500]))) for _ in range(1000)]
    sure = [each for each in media for judge in (chip8_likeness, mos6502_likeness)
            if (judgement := judge(each)) is not None and judgement.confidence >= 0.2]
    assert len(sure) <= 10


@pytest.fixture
def testdata() -> Path:
    folder = os.environ.get("RETROVM_TESTDATA")
    if not folder:
        pytest.skip("set RETROVM_TESTDATA to the folder with the conformance data")
    return Path(folder)


def test_programs_of_the_chip8_archive_are_known(testdata):
    programs = json.loads((testdata / "chip8/archive/programs.json").read_text())
    for path in (testdata / "chip8/archive").glob("*.ch8"):
        if programs[path.stem]["platform"] == "chip8":
            assert chip8_likeness(open_media(path)).confidence == 0.95, path.name
            assert chip8_likeness(open_media(path.read_bytes())).confidence == 0.6, path.name
        elif programs[path.stem]["platform"] == "xochip":
            assert chip8_likeness(open_media(path)).confidence <= 0.5, path.name


def test_klaus_dormanns_tests_are_for_a_6502(testdata):
    for path in (testdata / "klaus").glob("*.bin"):
        assert mos6502_likeness(open_media(path)).confidence == 0.8
        assert chip8_likeness(open_media(path)) is None
