"""What an HD44780 shows: characters, cursor, blinking and glass of every kind, as text, as dots and as a picture."""

import numpy as np
import pytest
from hd44780_bench import (
    BITS8,
    BLINK,
    CGRAM,
    CLEAR,
    CLOCK,
    CURSOR,
    DDRAM,
    DISPLAY,
    PERIOD,
    SHORT,
    TALL,
    TWO_LINES,
    Bench,
)

from retrovm.chips.hd44780_cgrom import A00, A00_TEXT, DRAWN, cgrom, pattern
from retrovm.chips.hd44780_module import PALETTES, Hd44780Module, geometry
from retrovm.core.errors import ArgumentError
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.cpu.mos6502 import Mos6502

BLINK_TICKS = 102_400 * PERIOD


def art(text):
    return "\n".join(line.strip() for line in text.strip().splitlines())


# --- characters -----------------------------------------------------------------------------------------------------


def test_a_line_of_text_is_made_of_5_x_8_dots():
    bench = Bench(module="8x1").begin(BITS8, DISPLAY | CURSOR)
    bench.write(b"\\y\x7Eg\xB1\xFD")
    assert bench.lcd.art == art("""
    #...# ..... ..... ..... ##### ..... ..... .....
    .#.#. ..... ..#.. .#### ....# ..#.. ..... .....
    ##### #...# ...#. #...# ..#.# ..... ..... .....
    ..#.. #...# ##### #...# ..##. ##### ..... .....
    ##### .#### ...#. .#### ..#.. ..... ..... .....
    ..#.. ....# ..#.. ....# ..#.. ..#.. ..... .....
    ..#.. .###. ..... .###. .#... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ##### .....
    """)
    assert bench.lcd.text == ("¥y→gア÷  ",)


def test_the_rom_a00_has_208_characters_of_5_x_8_and_32_of_5_x_10_dots():
    for code in range(256):
        rows = A00[code * 16:code * 16 + 16]
        assert not any(rows[10:])
        assert code >= 0xE0 or not any(rows[7:])
    for first, last in ((0x00, 0x20), (0x80, 0xA0), (0xFE, 0xFE)):
        assert not any(A00[first * 16:(last + 1) * 16])
    assert pattern(A00, 0xFF, 10) == "\n".join(["#####"] * 10)


def test_characters_of_the_rom_a00_can_be_told_apart_but_for_blanks_and_bars():
    shapes = {}
    for first in DRAWN:
        for code in range(first, first + 16):
            shapes.setdefault(A00[code * 16:code * 16 + 16], []).append(code)
    assert [codes for codes in shapes.values() if len(codes) > 1] == [[0x20, 0xA0, 0xFE], [0x2D, 0xB0]]


def test_the_codes_of_a00_are_those_of_ascii_but_for_three_and_katakana_as_in_jis_x_0201():
    assert A00_TEXT[0x20:0x5C] == bytes(range(0x20, 0x5C)).decode("ascii")
    assert A00_TEXT[0x5D:0x7E] == bytes(range(0x5D, 0x7E)).decode("ascii")
    assert A00_TEXT[0x5C] + A00_TEXT[0x7E:0x80] == "¥→←"
    assert [A00_TEXT[code] for code in (0xA6, 0xB1, 0xC4, 0xDD)] == ["ヲ", "ア", "ト", "ン"]
    assert A00_TEXT[0xF4] == "Ω"
    assert len(A00_TEXT) == 256


def test_a_program_draws_eight_characters_of_its_own_which_have_two_codes_each():
    bench = Bench(module="8x1").begin(BITS8)
    bench.do(CGRAM | 8)
    bench.write([0x00, 0x0A, 0x1F, 0x1F, 0xEE, 0x04, 0x00, 0x11])
    bench.do(DDRAM)
    bench.write(b"\x01\x09\x02")
    assert bench.lcd.art == art("""
    ..... ..... ..... ..... ..... ..... ..... .....
    .#.#. .#.#. ..... ..... ..... ..... ..... .....
    ##### ##### ..... ..... ..... ..... ..... .....
    ##### ##### ..... ..... ..... ..... ..... .....
    .###. .###. ..... ..... ..... ..... ..... .....
    ..#.. ..#.. ..... ..... ..... ..... ..... .....
    ..... ..... ..... ..... ..... ..... ..... .....
    #...# #...# ..... ..... ..... ..... ..... .....
    """)
    assert bench.lcd.text == ("\ue001\ue009\ue002     ",)
    assert bench.lcd.codes == (b"\x01\x09\x02     ",)


def test_with_5_x_10_dots_letters_have_feet_and_the_cursor_is_in_the_11th_line():
    bench = Bench(module="8x1", tall=True).begin(BITS8 | TALL, DISPLAY | CURSOR)
    bench.do(CGRAM | 0x10)
    bench.write([0x1F] + 9 * [0x11] + [0x1F, 0x1F])
    bench.do(DDRAM)
    bench.write(b"g\xE7\xFFA\x02\x03")
    assert bench.lcd.art == art("""
    ..... ..... ##### .###. ##### ##### ..... .....
    .#### ..... ##### #...# #...# #...# ..... .....
    #...# .#### ##### #...# #...# #...# ..... .....
    #...# #...# ##### #...# #...# #...# ..... .....
    .#### #...# ##### ##### #...# #...# ..... .....
    ....# #...# ##### #...# #...# #...# ..... .....
    .###. .#### ##### #...# #...# #...# ..... .....
    ..... ....# ##### ..... #...# #...# ..... .....
    ..... ....# ##### ..... #...# #...# ..... .....
    ..... .###. ##### ..... #...# #...# ..... .....
    ..... ..... ..... ..... ##### ##### ##### .....
    """)


def test_two_lines_have_no_5_x_10_dots():
    bench = Bench().begin(BITS8 | TWO_LINES | TALL, DISPLAY | CURSOR)
    bench.write(b"\xE7")
    assert bench.lcd.art.splitlines()[7].startswith("....# #####")
    assert len(bench.lcd.art.splitlines()) == 16


@pytest.mark.parametrize("rows", [8, 10, 11, 16])
def test_another_character_generator_rom_may_be_given(rows):
    data = bytes((code + row) & 0xFF for code in range(256) for row in range(rows))
    bench = Bench(module="8x1", cgrom=data).begin(BITS8)
    bench.write(b"A")
    assert bench.lcd.art.splitlines()[3][:5] == f"{0x44 & 0x1F:05b}".replace("0", ".").replace("1", "#")
    assert len(bench.lcd.cgrom) == 4096


def test_a_rom_of_another_size_is_refused():
    with pytest.raises(ArgumentError, match="has 8, 10, 11 or 16 bytes for each of 256 codes, not 2,047 bytes"):
        cgrom(bytes(2047))


# --- cursor and blinking --------------------------------------------------------------------------------------------


def test_the_cursor_is_over_the_8th_line_of_what_is_there():
    bench = Bench(module="8x1").begin(BITS8, DISPLAY | CURSOR)
    bench.write(b"AB")
    bench.do(0x10)
    assert bench.lcd.art.splitlines()[6:] == ["#...# ####. " + "..... " * 5 + ".....", "..... ##### " + "..... " * 5 + "....."]


def test_the_cursor_moves_with_the_display():
    bench = Bench(module="8x1").begin(BITS8, DISPLAY | CURSOR)
    bench.write(b"AB")
    bench.do(0x18)
    assert bench.lcd.art.splitlines()[7].split().index("#####") == 1


def test_with_an_address_of_cgram_the_cursor_is_at_that_address_of_ddram_without_a_meaning():
    bench = Bench(module="8x1").begin(BITS8, DISPLAY | CURSOR)
    bench.do(CGRAM | 5)
    assert bench.lcd.art.splitlines()[7].split().index("#####") == 5


def test_an_address_without_a_cell_has_no_cursor():
    bench = Bench().begin(control=DISPLAY | CURSOR)
    bench.do(DDRAM | 0x28)
    assert "#" not in bench.lcd.art


def test_blinking_changes_between_the_character_and_a_block_every_102400_periods():
    bench = Bench(module="8x1").begin(BITS8, DISPLAY | BLINK)
    bench.write(b"A")
    bench.do(0x10)
    shown = []
    for change in range(1, 5):
        bench.wait(change * BLINK_TICKS - 1 - bench.clock.ticks)
        shown.append([line[:5] for line in bench.lcd.art.splitlines()])
        bench.wait(1)
        shown.append([line[:5] for line in bench.lcd.art.splitlines()])
    letter, block = shown[0], ["#####"] * 8
    assert shown == [letter, block, block, letter, letter, block, block, letter]
    assert (letter[3], letter[7]) == ("#...#", ".....")


def test_409_milliseconds_at_250_kilohertz():
    bench = Bench(1_000_000, module="8x1", oscillator=250_000)
    bench.wait(10_000)
    bench.do(0x0D)
    bench.wait(409_600 - 1 - bench.clock.ticks)
    assert "#" not in bench.lcd.art
    bench.wait(1)
    assert bench.lcd.art.splitlines()[0].startswith("#####")


# --- glass ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("module", "starts"), [
    ("8x2", [0x00, 0x40]), ("16x2", [0x00, 0x40]), ("20x2", [0x00, 0x40]), ("40x2", [0x00, 0x40]),
    ("16x4", [0x00, 0x40, 0x10, 0x50]), ("20x4", [0x00, 0x40, 0x14, 0x54]),
])
def test_the_rows_of_a_module_begin_at_these_addresses(module, starts):
    bench = Bench(module=module).begin()
    for row, address in enumerate(starts):
        bench.do(DDRAM | address)
        bench.write(b"row %d" % row)
    assert [text.rstrip() for text in bench.lcd.text] == [f"row {row}" for row in range(len(starts))]
    assert {len(text) for text in bench.lcd.text} == {int(module.partition("x")[0])}


@pytest.mark.parametrize("columns", [8, 16, 20, 24, 40, 80])
def test_a_module_of_one_row_needs_one_line(columns):
    bench = Bench(module=f"{columns}x1").begin(BITS8)
    bench.do(DDRAM | columns - 1)
    bench.write(b"x")
    assert bench.lcd.text == ("x".rjust(columns),)


def test_a_row_of_two_halves_needs_two_lines():
    bench = Bench(module="8+8x1").begin()
    bench.write(b"Hello, w")
    bench.do(DDRAM | 0x40)
    bench.write(b"orld!")
    assert bench.lcd.text == ("Hello, world!   ",)
    one = Bench(module="8+8x1").begin(BITS8)
    one.write(b"Hello, world!")
    assert one.lcd.text == ("Hello, w        ",)


def test_the_second_row_of_a_module_stays_blank_while_one_line_is_set():
    bench = Bench().begin(BITS8)
    bench.write(b"x" * 80)
    assert bench.lcd.text == ("x" * 16, " " * 16)


def test_common_lines_9_to_11_show_the_feet_of_5_x_10_dots_on_a_second_row():
    bench = Bench().begin(BITS8 | TALL)
    bench.write(b"\xE7")
    assert [line[:5] for line in bench.lcd.art.splitlines()[8:12]] == ["....#", ".###.", ".....", "....."]
    assert bench.lcd.text[1] == " " * 16


@pytest.mark.parametrize("module", ["0x1", "81x1", "41x2", "21x4", "40x4", "16x3", "16", "LM016L", "x2"])
def test_a_module_that_there_cannot_be_is_refused(module):
    with pytest.raises(ArgumentError, match=f"a display module is called 16x2, .* not '{module}'; a 40x4 is two of 40x2"):
        geometry(module)


@pytest.mark.parametrize(("options", "message"), [
    ({"tall": True}, "lcd: glass with 11 rows of dots has one row of characters, on COM1 to COM11; it is no 16x2"),
    ({"tall": True, "module": "8+8x1"}, "it is no 8\\+8x1"),
    ({"palette": "pink"}, "lcd: the palettes are green, blue, grey, white, amber, red, or three colours, not 'pink'"),
    ({"palette": (0, 1)}, "lcd: a display has three colours"),
    ({"characters": "abc"}, "lcd: there are 256 codes, and 3 characters for them"),
])
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        Hd44780Module("lcd", Machine(CLOCK).clock, **options)


# --- picture --------------------------------------------------------------------------------------------------------


class Desk(Bench):
    """With a processor that runs in a circle, so that there are frames."""

    def wire(self):
        super().wire()
        self.bus.map(0, 0x1000, self.machine.add(Memory("ram", 0x1000)))
        self.bus.poke_bytes(0x200, b"\x4C\x00\x02")
        self.machine.add(Mos6502(bus=self.bus)).registers = {"pc": 0x200}

    def tick(self, frames=1, render=True):
        self.machine.tick(frames, render)
        return self.lcd.screen.frame_number

    def wait(self, ticks):
        self.machine.run_cycles(ticks)


def desk(**options):
    made = Desk(1_000_000, ready=False, **options)
    made.wait(10_000)
    return made


def begin(made, function=BITS8 | TWO_LINES, control=DISPLAY):
    for instruction in (0x20 | function, 0x08 | control, 0x06, CLEAR):
        made.put(instruction)
        made.wait(1_600)
    return made


def write(made, data):
    for value in data:
        made.put(value, rs=1)
        made.wait(50)


def test_a_dot_is_3_x_3_pixels_with_one_between_and_gaps_between_characters():
    made = begin(desk(module="8x2", palette="blue"))
    write(made, b"L")
    made.tick()
    screen = made.lcd.screen
    assert screen.size == (2 * 8 + 7 * 24 + 19, 2 * 8 + 2 * 34 - 3)
    indices = screen.indices
    assert not any(edge.any() for edge in (indices[:8], indices[:, :8], indices[-8:], indices[:, -8:]))
    cell = indices[8:8 + 31, 8:8 + 19]
    dots = cell[::4, ::4]
    assert ["".join(".#"[dot - 1] for dot in row) for row in dots] == pattern(A00, ord("L")).splitlines()
    assert np.array_equal(cell, np.kron(dots, np.pad(np.ones((3, 3), np.uint8), ((0, 1), (0, 1))))[:31, :19])
    assert not indices[8:8 + 31, 8 + 19:8 + 24].any()
    assert [tuple(colour) for colour in screen.palette] == [((c >> 16), c >> 8 & 0xFF, c & 0xFF) for c in PALETTES["blue"]]


def test_the_picture_shows_the_dots_that_art_shows():
    made = begin(desk(module="20x4"), control=DISPLAY | CURSOR)
    write(made, bytes(range(0xA0, 0xF0)))
    made.tick()
    rows = []
    for row in range(4):
        y = 8 + 34 * row
        for line in range(8):
            cells = (made.lcd.screen.indices[y + 4 * line, 8 + 24 * column:8 + 24 * column + 19:4] for column in range(20))
            rows.append(" ".join("".join(".#"[dot - 1] for dot in cell) for cell in cells))
    assert "\n".join(rows) == made.lcd.art


def test_the_picture_changes_with_the_end_of_a_frame_and_only_when_dots_change():
    made = begin(desk())
    before = made.tick()
    assert made.tick(10) == before
    write(made, b"A")
    assert made.lcd.screen.frame_number == before
    assert made.tick() == before + 1
    made.put(DDRAM | 0x20)                         # shows nothing
    made.wait(50)
    assert made.tick(10) == before + 1


def test_a_blinking_cursor_makes_a_picture_every_379_milliseconds():
    made = begin(desk(), control=DISPLAY | BLINK)
    before = made.tick()
    after = made.tick(600)
    assert after - before in (26, 27)              # 10 seconds of 0.37926


def test_a_frame_that_nobody_renders_leaves_the_same_state():
    one, other = (begin(desk(), control=DISPLAY | CURSOR | BLINK) for _ in range(2))
    for made, render in ((one, True), (other, False)):
        write(made, b"Hello")
        made.tick(100, render)
    assert one.machine.save_fields() == other.machine.save_fields()


def test_a_cursor_that_has_not_moved_yet_at_the_end_of_a_frame_moves_with_the_next():
    made = begin(desk(), control=DISPLAY | CURSOR)
    made.tick()
    made.put(ord("A"), rs=1)
    made.lcd.screen.indices.copy()
    made.tick(3)
    assert (made.lcd.screen.indices[8 + 28, 8 + 24:8 + 24 + 19:4] == 2).all()


@pytest.mark.parametrize("name", PALETTES)
def test_a_dot_that_is_on_stands_out_from_one_that_is_off_in_every_palette(name):
    between, off, on = (np.array([c >> 16, c >> 8 & 0xFF, c & 0xFF], int) for c in PALETTES[name])
    assert 0 < abs(off - between).sum() < 60
    assert abs(on - off).sum() > 250


def test_after_the_power_switch_the_picture_is_blank_again():
    made = begin(desk())
    write(made, b"Hello")
    made.tick()
    made.machine.reset(power_on=True)
    made.machine.cpu.registers = {"pc": 0x200}
    made.tick()
    assert set(np.unique(made.lcd.screen.indices)) == {0, 1}


def test_a_busy_chip_shows_what_it_will():
    bench = Bench(module="8x1").begin(BITS8)
    bench.put(ord("A"), rs=1)
    assert bench.lcd.text == ("A       ",)
    bench.wait(SHORT)
