"""The font of the player: what it has, and that what stands in its file is what comes out."""

from importlib.resources import files

import numpy as np
import pytest

from retrovm.player import font

LATIN = [chr(code) for code in [*range(0x20, 0x7F), *range(0xA0, 0x100)]]
# What a VT100 shows for 0x5F-0x7E after ESC ( 0.
VT100 = " ◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"


def picture(text):
    """A mask as lines of text."""
    return ["".join(".#"[pixel] for pixel in row) for row in font.text_mask(text)]


def test_a_glyph_is_as_it_was_drawn():
    assert picture("T") == ["........", ".######."] + 10 * ["...##..."] + 4 * ["........"]


def test_a_line_of_text_has_its_glyphs_side_by_side():
    mask = font.text_mask("Ag|")
    assert mask.shape == (font.HEIGHT, 3 * font.WIDTH)
    assert mask.dtype == np.uint8
    for place, char in enumerate("Ag|"):
        assert (mask[:, place * font.WIDTH:(place + 1) * font.WIDTH] == font.glyphs()[font.indices(char)[0]]).all()


def test_no_text_has_no_pixels():
    assert font.text_mask("").shape == (font.HEIGHT, 0)


@pytest.mark.parametrize("chars", [LATIN, VT100, [chr(code) for code in range(0x2500, 0x25A0)], "←↑→↓↔↕▲▼◀▶"],
                         ids=["Latin-1", "VT100", "boxes and blocks", "arrows"])
def test_every_character_of_a_set_has_a_glyph(chars):
    missing = [char for char in chars if font.indices(char)[0] == 0]
    assert not missing


def test_no_two_characters_of_ascii_look_the_same():
    seen = {font.text_mask(chr(code)).tobytes() for code in range(0x20, 0x7F)}
    assert len(seen) == 0x7F - 0x20


def test_letters_stand_apart_and_only_space_is_empty():
    for char in map(chr, range(0x21, 0x7F)):
        mask = font.text_mask(char)
        assert mask.any(), char
        assert char == "_" or not mask[:, -1].any(), char


def test_lines_of_boxes_meet_their_neighbours_at_every_edge():
    across, down = font.text_mask("─"), font.text_mask("│")
    assert across.any(axis=0).all()
    assert down.any(axis=1).all()
    cross = font.text_mask("┼")
    assert (cross[:, 0] == across[:, 0]).all()
    assert (cross[:, -1] == across[:, 0]).all()
    assert (cross[0] == down[0]).all()
    assert (cross[-1] == down[0]).all()


@pytest.mark.parametrize("char", ["\0", "\x1b", "\u4e2d", "\U0001f600", "\udc80"])
def test_an_unknown_character_is_a_box(char):
    assert picture(char) == picture(font.UNKNOWN)
    assert picture(char)[1] == "#######."


def test_the_file_has_each_character_once_and_every_glyph_whole():
    codes = []
    for band in files("retrovm.player").joinpath(font.FILE).read_text(encoding="utf-8").rstrip("\n").split("\n\n"):
        head, *rows = band.split("\n")
        count = len(rows[0].split())
        assert len(rows) == font.HEIGHT
        assert all([len(glyph) for glyph in row.split(" ")] == count * [font.WIDTH] for row in rows)
        assert all(set(row) <= set("#. ") for row in rows)
        names = [head[9 * place:9 * place + 8] for place in range(count)]
        codes += [int(name[2:6], 16) for name in names]
        assert all(name[:2] == "U+" and name[7:].strip() in ("", chr(code))
                   for name, code in zip(names, codes[-count:], strict=True))
    assert codes == sorted(set(codes))
    assert len(font.glyphs()) == len(codes) + 1


def test_the_glyphs_cannot_be_changed_by_who_looks_at_them():
    with pytest.raises(ValueError, match="read-only"):
        font.glyphs()[0] = 1
