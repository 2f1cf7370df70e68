"""The language of Octo for members of the CHIP-8 family that Octo does not know, and files that become bytes."""

import io

import pytest
from PIL import Image

from retrovm.isa.octo import AssemblyError, assemble


def png(rows, mode="L"):
    picture = Image.new(mode, (len(rows[0]), len(rows)))
    picture.putdata([255 if char == "#" else 0 for row in rows for char in row])
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def test_a_variant_brings_its_statements():
    assert assemble(":variant chip8e : main wait if v1 -above v2 then stop").data.hex() == "0151512100ed"
    assert assemble(":variant chip8x : main if v1 key2 then v1 +octal v2 colour-rows v0 v2 4").data.hex() == "e1f55121b024"
    assert assemble(": main tone := v3", variant="chip8x").data.hex() == "f3f8"


def test_words_of_a_variant_are_free_names_in_octo():
    assert assemble(": main wait skip stop : wait ; : skip ; : stop ;").data.hex() == "22062208220a00ee00ee00ee"


@pytest.mark.parametrize(("source", "message"), [
    (":variant chip9 : main", "there is no variant 'chip9'; did you mean 'chip8'"),
    (":variant zx : main", "there is no variant 'zx': there are chip8, "),
    (": main clear :variant chip8e", "':variant' stands at the beginning of a program"),
    (":variant chip8 : main plane 1", "'plane' is no statement of chip8: name another one with ':variant'"),
    (":variant chip8e : main if v1 -above v2 begin clear end", "no opposite of 'if vX -above vY then'"),
    (":variant chip8e : stop ;", "'stop' is a word of the language"),
])
def test_a_wrong_use_of_a_variant_is_refused_with_a_reason(source, message):
    with pytest.raises(AssemblyError, match=message):
        assemble(source)


def test_an_unknown_variant_of_the_caller_is_refused():
    with pytest.raises(ValueError, match="unknown CHIP-8 variant 'x'"):
        assemble(": main clear", variant="x")


def test_data_is_included_as_it_is(tmp_path):
    (tmp_path / "level.bin").write_bytes(bytes(range(5)))
    source = ': main clear :include "level.bin" : after 9'
    made = assemble(source, str(tmp_path / "main.8o"))
    assert made.data.hex() == "00e0000102030409"
    assert made.symbols["after"] == 0x207


@pytest.mark.parametrize("mode", ["1", "L"])
def test_a_picture_is_included_as_a_sprite(tmp_path, mode):
    (tmp_path / "ball.png").write_bytes(png(["..####..", "########"], mode))
    assert assemble(': main :include "ball.png"', str(tmp_path / "main.8o")).data.hex() == "3cff"


def test_a_picture_is_cut_into_sprites_row_by_row(tmp_path):
    (tmp_path / "tiles.png").write_bytes(png(["#......." + ".......#", ".#......" + "......#."] * 2))
    assert assemble(': main :include "tiles.png" 8x2', str(tmp_path / "main.8o")).data.hex() == "8040" "0102" "8040" "0102"


def test_a_large_sprite_has_two_bytes_a_row(tmp_path):
    (tmp_path / "big.png").write_bytes(png(["#" + "." * 14 + "#"] * 16))
    assert assemble(': main :include "big.png"', str(tmp_path / "main.8o")).data.hex() == "8001" * 16


def test_transparent_pixels_and_colours_darker_than_half_are_not_set(tmp_path):
    picture = Image.new("RGBA", (8, 1))
    picture.putdata([(255, 255, 255, 255), (255, 255, 255, 0), (0, 255, 0, 255), (0, 0, 255, 255)] * 2)
    for path, image in {"rgba.png": picture, "palette.png": picture.convert("RGB").quantize(4)}.items():
        image.save(tmp_path / path)
    assert assemble(': main :include "rgba.png"', str(tmp_path / "main.8o")).data.hex() == "aa"
    assert assemble(': main :include "palette.png"', str(tmp_path / "main.8o")).data.hex() == "ee"


@pytest.mark.parametrize(("content", "size", "message"), [
    (b"GIF89a", "", "this is no PNG"),
    (png(["#" * 9]), "", "the picture of 9x1 pixels is no sprite: there are 8x1 to 8x15 and 16x16"),
    (png(["#" * 9]), "8x1", "the picture of 9x1 pixels cannot be cut into sprites of 8x1"),
    (png(["#" * 8]), "9x9", "9x9 is no size of a sprite"),
    (png(["#" * 8])[:42], "", "this PNG ends in the middle of its pixels"),
])
def test_a_picture_that_is_no_sprite_is_refused_with_a_reason(tmp_path, content, size, message):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(AssemblyError, match=message) as caught:
        assemble(f': main\n :include "a.png" {size}', str(tmp_path / "main.8o"))
    assert (caught.value.line, caught.value.column) == (2, 11)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(AssemblyError, match=r"cannot include .*no\.bin"):
        assemble(': main :include "no.bin"', str(tmp_path / "main.8o"))
