"""What tells a program for a 6502."""

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.media import Media, Segment, open_media
from retrovm.media.traits import mos6502_image, mos6502_likeness, mos6502_uses


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
    judgement = mos6502_likeness(open_media(data, format="binary"))
    assert judgement is None or 0 < judgement.confidence <= 1


def test_noise_is_hardly_ever_taken_for_a_program():
    noise = random.Random(6502)
    media = [open_media(noise.randbytes(noise.choice([256, 1024, 2048, 3500]))) for _ in range(1000)]
    sure = [each for each in media if (judgement := mos6502_likeness(each)) and judgement.confidence >= 0.2]
    assert len(sure) <= 10


def test_instructions_that_use_an_address_are_counted():
    code = bytes.fromhex("8D0060 AD0F60 EE1060 A90060 9C0160 4C0060")          # STA, LDA, INC; LDA #; STZ; JMP
    media = open_media(code.ljust(250, b"\xEA") + b"\x00\xFF" * 3, format="binary")
    assert mos6502_uses(media, (range(0x6000, 0x6010),)) == 3
    assert mos6502_uses(media, (range(0x6010, 0x6020), range(0x5000, 0x5004))) == 1
    assert mos6502_uses(open_media(bytes(70_000), format="binary"), (range(0x10000),)) == 0


@pytest.fixture
def testdata() -> Path:
    folder = os.environ.get("RETROVM_TESTDATA")
    if not folder:
        pytest.skip("set RETROVM_TESTDATA to the folder with the conformance data")
    return Path(folder)


def test_klaus_dormanns_tests_are_for_a_6502(testdata):
    for path in (testdata / "klaus").glob("*.bin"):
        assert mos6502_likeness(open_media(path)).confidence == 0.8
