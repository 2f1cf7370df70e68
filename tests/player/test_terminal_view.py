"""The terminal in the window: what is seen of what a guest sends."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyte import charsets

from retrovm.player import font, video
from retrovm.player.font import HEIGHT, WIDTH
from retrovm.player.terminal_view import COLUMNS, LINES, TerminalView

BLACK, GREY, WHITE = (0, 0, 0), (0xE5, 0xE5, 0xE5), (0xFF, 0xFF, 0xFF)
RED, BRIGHT_RED, BLUE = (0xCD, 0, 0), (0xFF, 0, 0), (0, 0, 0xEE)


@pytest.fixture
def view():
    return TerminalView()


def cell(view, column, line):
    """The pixels of a character."""
    return view.ndarray[line * HEIGHT:(line + 1) * HEIGHT, column * WIDTH:(column + 1) * WIDTH]


def drawn(char, ink=GREY, paper=BLACK):
    """What the pixels of a character should be."""
    return np.where(font.text_mask(char)[..., None], np.array(ink, np.uint8), np.array(paper, np.uint8))


def shows(view, column, line, char, ink=GREY, paper=BLACK):
    return bool((cell(view, column, line) == drawn(char, ink, paper)).all())


def stripped(view):
    return [line.rstrip() for line in view.text]


def test_text_is_seen_in_the_glyphs_of_the_font(view):
    view.feed(b"Hi {42}\r\nthere")
    for line, text in enumerate(["Hi {42}", "there"]):
        assert all(shows(view, column, line, char) for column, char in enumerate(text))
    assert shows(view, 20, 20, " ")


def test_it_is_a_picture_for_the_window(view):
    picture: video.Picture = view
    assert video.seen(picture) == ((COLUMNS * WIDTH, LINES * HEIGHT), 1)
    assert picture.tobytes() == view.ndarray.tobytes()
    assert len(picture.tobytes()) == 640 * 384 * 3


def test_a_png_of_it_is_as_large_as_it_should_be(view):
    view.feed(b"A")
    with Image.open(io.BytesIO(view.png(2))) as image:
        assert (np.asarray(image.convert("RGB"))[::2, ::2] == view.ndarray).all()


def test_the_cursor_is_a_character_in_reverse_and_goes_on(view):
    assert shows(view, 0, 0, " ", BLACK, GREY)
    view.feed(b"ab\x1b[1;2H")
    assert view.cursor == (1, 0)
    assert shows(view, 1, 0, "b", BLACK, GREY)
    assert shows(view, 0, 0, "a")
    view.feed(b"\x1b[5;7H")
    assert shows(view, 1, 0, "b")
    assert shows(view, 6, 4, " ", BLACK, GREY)


def test_a_guest_may_hide_the_cursor(view):
    view.feed(b"\x1b[?25l")
    assert view.cursor is None
    assert not view.ndarray.any()
    view.feed(b"\x1b[?25h")
    assert shows(view, 0, 0, " ", BLACK, GREY)


def test_behind_the_last_column_the_cursor_stays_on_it_until_the_next_character(view):
    view.feed(b"x" * COLUMNS)
    assert view.cursor == (COLUMNS - 1, 0)
    view.feed(b"y")
    assert view.cursor == (1, 1)
    assert stripped(view)[:2] == ["x" * COLUMNS, "y"]


def test_codes_erase_insert_and_move(view):
    view.feed(b"one\r\ntwo\r\nthree\x1b[1;1H\x1b[L\x1b[3;1H\x1b[2Pt\x1b[4;3H\x1b[K\tx\x08\x08y")
    assert stripped(view)[:4] == ["", "one", "t", "th     yx"]
    view.feed(b"\x1b[2J")
    assert not any(stripped(view))


def test_a_full_screen_scrolls(view):
    view.feed(b"\r\n".join(b"line %d" % number for number in range(LINES + 3)))
    assert stripped(view) == [f"line {number}" for number in range(3, LINES + 3)]
    assert all(shows(view, 0, line, "l") for line in range(LINES))
    assert shows(view, 5, 0, "3")


def test_only_a_region_scrolls_where_one_is_set(view):
    view.feed(b"top\r\na\r\nb\r\nc\r\nbottom\x1b[2;4r\x1b[4;1H\nd")
    assert stripped(view)[:5] == ["top", "b", "c", "d", "bottom"]


@pytest.mark.parametrize(("codes", "ink", "paper"), [
    ("31", RED, BLACK), ("1;31", BRIGHT_RED, BLACK), ("91", BRIGHT_RED, BLACK), ("1", WHITE, BLACK), ("44", GREY, BLUE),
    ("7", BLACK, GREY), ("31;44;7", BLUE, RED), ("38;5;208", (0xFF, 0x87, 0), BLACK), ("48;5;21", GREY, (0, 0, 0xFF)),
    ("38;2;1;2;3", (1, 2, 3), BLACK), ("105", GREY, (0xFF, 0, 0xFF)), ("31;0", GREY, BLACK), ("1;38;5;1", RED, BLACK),
])
def test_a_character_has_the_colours_that_were_asked_for(view, codes, ink, paper):
    view.feed(f"\x1b[{codes}mR".encode())
    assert shows(view, 0, 0, "R", ink, paper)


def test_a_character_may_be_underlined_or_struck_out(view):
    view.feed(b"\x1b[4m \x1b[24;9m \x1b[m ")
    assert [row.tolist() for row in cell(view, 0, 0).any(axis=2)].index([True] * WIDTH) == 14
    assert [row.tolist() for row in cell(view, 1, 0).any(axis=2)].index([True] * WIDTH) == 7
    assert not cell(view, 2, 0).any()


def test_line_drawing_of_a_vt100_has_glyphs(view):
    view.feed(b"\x1b(0lqk\x1b(B lqk \x1b)0\x0ex\x0f x")
    assert stripped(view)[0] == "┌─┐ lqk │ x"
    assert shows(view, 0, 0, "┌")
    assert not [char for char in charsets.VT100_MAP[0x5F:0x7F] if font.indices(char)[0] == 0]


def test_utf_8_is_understood_in_pieces_and_damaged(view):
    view.feed("é".encode()[:1])
    view.feed("é".encode()[1:] + "─".encode() + b"\xff!")
    assert stripped(view)[0] == "é─\N{REPLACEMENT CHARACTER}!"


def test_a_wide_or_unknown_character_takes_its_room(view):
    view.feed("中x".encode())
    assert shows(view, 0, 0, font.UNKNOWN)
    assert shows(view, 1, 0, " ")
    assert shows(view, 2, 0, "x")


def test_a_guest_may_ask_for_132_columns_and_the_picture_is_wider(view):
    view.feed(b"\x1b[?3hX")
    assert view.size == (132 * WIDTH, LINES * HEIGHT)
    assert view.ndarray.shape == (LINES * HEIGHT, 132 * WIDTH, 3)
    assert shows(view, 0, 0, "X")
    view.feed(b"\x1b[?3l")
    assert view.ndarray.shape == (LINES * HEIGHT, COLUMNS * WIDTH, 3)


def test_a_guest_may_have_the_whole_screen_in_reverse(view):
    view.feed(b"\x1b[?25l\x1b[?5hR")
    assert shows(view, 0, 0, "R", BLACK, GREY)
    assert shows(view, 9, 9, " ", BLACK, GREY)


def test_it_answers_who_it_is_and_where_the_cursor_is(view):
    view.feed(b"\x1b[c\x1b[3;5H\x1b[6n\x1b[5n")
    assert view.take_replies() == b"\x1b[?6c\x1b[3;5R\x1b[0n"
    assert view.take_replies() == b""


def test_it_knows_what_the_guest_wants_of_the_keys(view):
    assert (view.application_keys, view.new_line) == (False, False)
    view.feed(b"\x1b[?1h\x1b[20h")
    assert (view.application_keys, view.new_line) == (True, True)


@pytest.mark.parametrize("sequence", [b"\x1b[?4m", b"\x1b[>4;2m", b"\x1b[?1A", b"\x1b[1;2;3;4H", "\x1b[²m".encode(),
                                      b"\x1b[" + b"9" * 5000 + b"A", b"\x1b]0;title\x07", b"\x1b#9", b"\x1b%G"])
def test_a_sequence_that_it_does_not_know_is_left_out_and_the_next_one_is_not(view, sequence):
    view.feed(sequence + b"\x1b[H\x1b[31mOK")
    assert shows(view, 0, 0, "O", RED)
    assert stripped(view)[0].startswith("OK")


SEQUENCES = st.builds(lambda text: b"\x1b[" + text.encode(), st.text("0123456789;?>!$ABCDHJKLMPXfghlmnr", max_size=12))
OTHERS = st.sampled_from([b"\x1b(0", b"\x1b)B", b"\x0e", b"\x0f", b"\x1bD", b"\x1bM", b"\x1b7", b"\x1b8", b"\x1bc"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=20), SEQUENCES, OTHERS), max_size=30))
def test_whatever_a_guest_sends_there_is_a_picture_and_it_is_the_one_of_the_text(parts):
    view = TerminalView()
    for part in parts:
        view.feed(part)
        view.tobytes()
    pixels = view.ndarray.copy()
    assert pixels.shape == (view.size[1], view.size[0], 3)
    view._screen.dirty.update(range(LINES))
    view._shown = [None] * LINES
    assert (view.ndarray == pixels).all(), "a line had changed and was not drawn again"


def test_a_line_that_has_not_changed_is_not_drawn_again(view):
    view.feed(b"one\r\ntwo\r\n")
    view.tobytes()
    view._pixels[:HEIGHT] = 7
    view.feed(b"three")
    assert (view.ndarray[:HEIGHT] == 7).all()
    assert shows(view, 0, 2, "t")


def test_the_picture_cannot_be_changed_by_who_looks_at_it(view):
    with pytest.raises(ValueError, match="read-only"):
        view.ndarray[0] = 1
