"""Octo cartridges: programs hidden in the colours of GIF pictures, and the GIF they are in."""

import io
import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrovm
from retrovm.errors import MediaError
from retrovm.isa.octo import assemble
from retrovm.media import gif, octocart, open_media
from retrovm.media.gif import Frame

SOURCE = ": main  v0 := 5  loop again"
PALETTE = tuple(random.Random(8).randrange(1 << 24) for _ in range(256))


def picture(width, height, pixels, palette=PALETTE):
    return gif.write([Frame(width, height, bytes(pixels), palette)])


def test_a_cartridge_is_the_assembled_program_with_octos_options():
    media = open_media(octocart.pack(SOURCE, {"tickrate": 30}), name="game.gif")
    assert media.format == "octocart"
    assert media.description == "Octo cartridge, 4 bytes"
    assert media.segments[0].data == assemble(SOURCE).data
    assert media.options == {"tickrate": 30}


def test_what_was_packed_is_unpacked():
    source = f": main loop again # {'ü' * 30_000}"
    assert octocart.unpack(octocart.pack(source, {"a": [1]})) == (source, {"a": [1]})
    assert octocart.unpack(octocart.pack(source)) == (source, {})


def test_a_long_program_takes_several_frames():
    cartridge = octocart.pack(": main loop again " + "# long " * 4000)
    assert len(gif.read(cartridge)) == 3
    assert open_media(cartridge).segments[0].data == b"\x12\x00"


def test_the_bits_lie_where_octo_puts_them():
    # The colours hold 0 to 15: one bit of red, two of green, one of blue, the lowest of each.
    colours = tuple((n >> 3) << 16 | (n >> 1 & 3) << 8 | n & 1 | 0x503020 for n in range(16))
    text = b'{"program":": main loop again"}'
    content = len(text).to_bytes(4, "big") + text
    nibbles = [half for byte in content for half in (byte >> 4, byte & 15)]
    assert octocart.unpack(picture(len(nibbles), 1, nibbles, colours))[0] == ": main loop again"


def test_a_cartridge_is_a_picture_that_others_can_read():
    image = pytest.importorskip("PIL.Image", reason="pip install 'retrovm[image]'")
    opened = image.open(io.BytesIO(octocart.pack(SOURCE)))
    assert opened.size == (160, 128)
    seen = opened.convert("RGB")
    assert all(abs(a - b) <= 3 for a, b in zip(seen.getpixel((80, 50)), (0xF4, 0xE0, 0xC0), strict=True))


def test_a_machine_is_made_from_a_cartridge():
    vm = retrovm.load(octocart.pack(": main v3 := 7 loop again", {"tickrate": 9}), name="a.gif", machine="chip8")
    vm.tick(2)
    assert vm.cpu.registers["v3"] == 7
    assert vm.options["tickrate"] == 9


def test_characters_that_a_cartridge_cannot_hold_are_refused():
    with pytest.raises(MediaError, match="the characters of Latin-1 only: found '✓'"):
        octocart.pack("# ✓")


@pytest.mark.parametrize("data", [
    picture(10, 10, bytes(100)),
    picture(1, 1, [0]),
    picture(40, 1, random.Random(1).randbytes(40)),
    gif.write([Frame(4, 4, bytes(16), PALETTE)])[:-30] + b"\x3B",
])
def test_a_picture_without_a_program_is_no_cartridge(data):
    with pytest.raises(MediaError, match=r"a\.gif"):
        open_media(data, name="a.gif")


@pytest.mark.parametrize(("source", "message"), [
    (": main\n  v0 := v99", r"a.gif, line 2, column 9: the program of the cartridge cannot be assembled: "),
    ('"', "cannot be assembled"),
    ("# nothing", "cartridge"),
    (':include "secret.8o" : main loop again', "the program of the cartridge includes another file"),
])
def test_a_program_that_cannot_be_assembled_is_an_error_with_its_place(source, message):
    with pytest.raises(MediaError, match=message):
        open_media(octocart.pack(source), name="a.gif")


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"program": 5}', b'{"program": "", "options": 3}', b"nonsense"])
def test_hidden_bytes_of_another_form_are_no_cartridge(content):
    colours = tuple((n >> 3) << 16 | (n >> 1 & 3) << 8 | n & 1 for n in range(16))
    content = len(content).to_bytes(4, "big") + content
    nibbles = [half for byte in content for half in (byte >> 4, byte & 15)]
    with pytest.raises(MediaError, match="it is a picture, and no Octo cartridge"):
        octocart.unpack(picture(len(nibbles), 1, nibbles, colours))


# --- GIF ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colours", [1, 2, 16, 256])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (7, 3), (160, 128), (300, 200)])
def test_a_picture_is_read_as_it_was_written_by_us_and_by_others(width, height, colours):
    noise = random.Random(colours)
    frame = Frame(width, height, bytes(noise.randrange(colours) for _ in range(width * height)), PALETTE)
    data = gif.write([frame, frame])
    assert gif.read(data) == [frame, frame]
    image = pytest.importorskip("PIL.Image", reason="pip install 'retrovm[image]'")
    seen = image.open(io.BytesIO(data)).convert("RGB").tobytes()
    assert seen == b"".join(PALETTE[pixel].to_bytes(3, "big") for pixel in frame.pixels)
    theirs = image.frombytes("P", (width, height), frame.pixels)
    theirs.putpalette(b"".join(colour.to_bytes(3, "big") for colour in PALETTE))
    stream = io.BytesIO()
    theirs.save(stream, "GIF", interlace=0)
    (back,) = gif.read(stream.getvalue())
    assert [back.palette[pixel] for pixel in back.pixels] == [PALETTE[pixel] for pixel in frame.pixels]


def test_a_picture_of_one_colour_is_small_and_read_back():
    frame = Frame(400, 400, bytes(160_000), PALETTE)
    data = gif.write([frame])
    assert len(data) < 3000
    assert gif.read(data) == [frame]


@pytest.mark.parametrize(("data", "message"), [
    (b"PNG", "it is no GIF"),
    (gif.SIGNATURES[1], "ends too early"),
    (gif.SIGNATURES[1] + bytes(7) + b"\x77", "no block of a GIF begins here"),
    (gif.SIGNATURES[1] + bytes(7) + b"\x2C" + bytes(4) + b"\xFF\xFF\xFF\xFF\x00", "more than 16,777,216 pixels"),
    (gif.SIGNATURES[1] + bytes(7) + b"\x2C" + bytes(4) + b"\1\0\1\0\x40", "interlaced"),
    (gif.SIGNATURES[1] + bytes(7) + b"\x2C" + bytes(4) + b"\1\0\1\0\x00\x09", "no size"),
    (gif.SIGNATURES[1] + bytes(7) + b"\x2C" + bytes(4) + b"\1\0\1\0\x00\x02\x00", "damaged"),
])
def test_a_damaged_picture_is_an_error_with_its_place(data, message):
    with pytest.raises(MediaError, match=message):
        gif.read(data)


@given(st.data())
def test_any_change_of_a_cartridge_is_read_or_refused(data):
    cartridge = bytearray(octocart.pack(SOURCE))
    for _ in range(data.draw(st.integers(1, 4))):
        cartridge[data.draw(st.integers(0, len(cartridge) - 1))] = data.draw(st.integers(0, 255))
    with suppress(MediaError):
        octocart.parse(bytes(cartridge[: data.draw(st.integers(1, len(cartridge)))]), "a.gif")
