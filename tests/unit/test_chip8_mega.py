"""What only a MegaChip8 does: its mode of 256 x 192 pixels, palettes, sprites of bytes, blending, an I of 24 bits."""

import numpy as np
import pytest
from chip8_machine import after, lit, machine, memory, v

from retrovm.errors import ArgumentError, OptionError, StateError

COLOURS = 0x400          # where the tests put colours
SPRITE = 0x600           # and sprites
PALETTE = "FF102030 FFFF0000 80FFFFFF FF646464 00FFFFFF"
LOAD = "A400 0205"       # load these five
BLACK = (0, 0, 0)


def mega(program, sprite="", palette=PALETTE, **options):
    """A machine with colours at $400 and a sprite at $600, its own mode on, before the program's first instruction."""
    made = machine("0011" + program, variant="megachip8", **options)
    made.cpu.bus.poke_bytes(COLOURS, bytes.fromhex(palette))
    made.cpu.bus.poke_bytes(SPRITE, bytes.fromhex(sprite))
    made.step()
    return made


def shown(program, sprite="", registers=None, **options):
    """The machine after one frame of the program and 00E0, which shows what was drawn."""
    made = mega(program + "00E0 1200", sprite, **options)
    made.cpu.registers = registers or {}
    made.tick()
    return made


def pixel(made, x, y):
    return tuple(int(part) for part in made.screen.ndarray[y, x])


# --- modes ----------------------------------------------------------------------------------------


def test_the_own_mode_has_256_x_192_pixels_in_direct_colour_and_begins_black():
    made = after("0011", variant="megachip8")
    assert (made.screen.size, made.screen.is_direct) == ((256, 192), True)
    assert not made.screen.ndarray.any()


def test_outside_of_its_mode_it_draws_as_a_superchip():
    made = after("A300 D001 1204", 0, variant="megachip8")
    made.cpu.bus.poke_bytes(0x300, b"\xC0")
    made.tick()
    assert (lit(made), made.screen.size) == ({(0, 0), (1, 0)}, (64, 32))
    made = after("00FF 1202", 0, variant="megachip8")
    made.tick()
    assert (made.screen.size, made.screen.is_direct) == ((128, 64), False)


def test_0010_goes_back_to_a_clear_display_of_64_x_32_pixels():
    made = after("00FF A000 D005 0011 0010 120A", 0, variant="megachip8")
    made.tick()
    assert (made.screen.size, made.screen.is_direct, lit(made)) == ((64, 32), False, set())


def test_the_modes_of_the_superchip_cannot_be_switched_inside_its_own():
    made = after("0011 00FF 00FE 00FF 1208", 0, variant="megachip8")
    made.tick(2)
    assert made.screen.size == (256, 192)
    made.cpu.pc = 0x20A
    made.cpu.bus.poke_bytes(0x20A, bytes.fromhex("0010 120C"))
    made.tick()
    assert made.screen.size == (64, 32)


def test_00e0_shows_the_canvas_clears_it_and_ends_the_frame():
    made = shown(LOAD + "0301 0401 A600 D000", "02")
    assert pixel(made, 0, 0) == (255, 0, 0)
    assert made.cpu.waiting == "frame"
    made = mega(LOAD + "0301 0401 A600 D000 00E0 00E0 1210", "02")
    made.tick()
    assert pixel(made, 0, 0) == (255, 0, 0)
    made.tick()
    assert pixel(made, 0, 0) == BLACK


def test_what_is_drawn_is_not_seen_before_it_is_shown():
    made = mega(LOAD + "0301 0401 A600 D000 120C", "02")
    made.tick(3)
    assert pixel(made, 0, 0) == BLACK


def test_fx0a_shows_the_canvas_and_leaves_it():
    made = mega(LOAD + "0301 0401 A600 D000 F50A 00E0 1210", "02")
    made.tick()
    assert (pixel(made, 0, 0), made.cpu.waiting) == ((255, 0, 0), "key")
    made.cpu.pc = 0x210
    made.tick()
    assert pixel(made, 0, 0) == (255, 0, 0)


def test_a_picture_is_counted_when_it_is_shown():
    made = mega("00E0 1202")
    before = made.screen.frame_number
    made.tick(5)
    assert made.screen.frame_number == before + 5


def test_pictures_do_not_depend_on_which_frames_are_rendered():
    # A picture of the small mode that was not rendered, then one of the own mode, and back.
    program = "A000 D005 00E0 0011 " + LOAD + "0302 0402 A600 D000 00E0 0010 D005 121C"
    seen, unseen = (machine(program, variant="megachip8", tickrate=2) for _ in range(2))
    for frame in range(12):
        seen.tick()
        unseen.tick(render=frame == 11)
    assert seen.save_fields() == unseen.save_fields()
    assert seen.screen.tobytes() == unseen.screen.tobytes()


# --- palettes and sprites -------------------------------------------------------------------------


def test_02nn_loads_colours_from_number_1_on_and_leaves_i():
    made = shown(LOAD + "0304 0401 A600 D000", "01020400")
    assert [pixel(made, x, 0) for x in range(4)] == [(16, 32, 48), (255, 0, 0), (100, 100, 100), BLACK]
    assert after("A400 0205", variant="megachip8").cpu.registers["i"] == 0x400


def test_a_palette_has_255_colours():
    palette = "".join(f"FF{n:02X}00{255 - n:02X}" for n in range(1, 256))
    made = shown("A400 02FF A800 0304 0401 D000", palette=palette)
    made.cpu.bus.poke_bytes(0x800, bytes([1, 2, 254, 255]))
    made.tick()
    assert [pixel(made, x, 0) for x in range(4)] == [(1, 0, 254), (2, 0, 253), (254, 0, 1), (255, 0, 0)]


def test_colours_are_black_and_the_last_one_white_until_they_are_loaded():
    made = shown("0303 0401 A600 D000", "FF01FE")
    assert [pixel(made, x, 0) for x in range(3)] == [(255, 255, 255), BLACK, BLACK]


def test_a_new_palette_changes_what_is_drawn_from_then_on_only():
    made = shown(LOAD + "0301 0401 A600 D000 A404 0201 A600 6101 D100", "01")
    assert (pixel(made, 0, 0), pixel(made, 1, 0)) == ((16, 32, 48), (255, 0, 0))


def test_03nn_and_04nn_size_sprites_and_n_of_dxyn_does_not():
    made = shown(LOAD + "0303 0402 A600 D00F", "020202 020202 02")
    assert {(x, y) for y, x in zip(*made.screen.ndarray.any(axis=2).nonzero(), strict=True)} == {
        (x, y) for x in range(3) for y in range(2)}


def test_a_size_of_0_is_256_and_covers_the_display():
    made = mega(LOAD + "A600 D000 00E0 120A")
    made.cpu.bus.poke_bytes(SPRITE, bytes([2]) * 65536)
    made.tick()
    assert (made.screen.ndarray == (255, 0, 0)).all()


def test_pixels_of_0_are_not_drawn():
    made = shown(LOAD + "0302 0401 A600 D000 A602 D000", "0202 0001")
    assert (pixel(made, 0, 0), pixel(made, 1, 0)) == ((255, 0, 0), (16, 32, 48))


@pytest.mark.parametrize(("clip", "expected"), [
    (True, {(255, 191)}),
    # Rows 192 to 255 are hidden; the row behind 255 is row 0.
    (False, {(255, 191), (0, 191)}),
])
def test_a_sprite_is_cut_at_the_edges_or_goes_on_at_the_other_side(clip, expected):
    made = shown(LOAD + "0302 0402 A600 60FF 61BF D010", "0202 0202", clip=clip)
    assert {(int(x), int(y)) for y, x in zip(*made.screen.ndarray.any(axis=2).nonzero(), strict=True)} == expected


def test_rows_behind_255_are_the_first_ones_where_nothing_is_cut():
    program = LOAD + "0301 0403 A600 60FF 61FE D010"
    assert pixel(shown(program, "020202", clip=False), 255, 0) == (255, 0, 0)
    assert not shown(program, "020202").screen.ndarray.any()


def test_a_sprite_at_the_end_of_memory_goes_on_at_its_beginning():
    made = mega(LOAD + "0304 0401 01FF FFFE D000 00E0 1210")
    made.cpu.bus.poke_bytes(0xFFFFFE, bytes([2, 4]))
    made.cpu.bus.poke_bytes(0, bytes([1, 0]))
    made.tick()
    assert [pixel(made, x, 0) for x in range(4)] == [(255, 0, 0), (100, 100, 100), (16, 32, 48), BLACK]


def test_a_sprite_from_memory_that_is_watched_is_the_same():
    program, sprite = LOAD + "0303 0403 A600 6007 D000", "010204 040201 020000"
    plain, watched = shown(program, sprite), mega(program + "00E0 1200", sprite)
    watched.cpu.bus.trap(SPRITE, 1)
    watched.tick()
    assert (plain.screen.ndarray == watched.screen.ndarray).all()


@pytest.mark.parametrize(("collision", "sprite", "vf"), [
    ("", "FF", 0), ("0902", "01", 1), ("0902", "02", 1), ("0901", "01", 0), ("0902", "00", 0), ("0900", "01", 0)])
def test_vf_tells_that_the_collision_colour_is_drawn_over(collision, sprite, vf):
    made = shown(LOAD + collision + "0301 0401 A600 D000 A601 D000", "02" + sprite)
    assert v(made, 15) == vf


def test_the_collision_colour_is_255_until_one_is_chosen_and_a_clear_canvas_has_colour_0():
    assert v(shown("0301 0401 A600 D000 D000", "FF"), 15) == 1
    assert v(shown("0900 0301 0401 A600 D000", "05"), 15) == 1


def test_a_digit_is_drawn_a_bit_a_pixel_in_white():
    made = shown("6001 F029 D005")
    digit = memory(made, made.cpu.registers["i"], 5)
    expected = {(1 + bit, row) for row in range(5) for bit in range(8) if digit[row] << bit & 0x80}
    # VX = VY = 1: the digit is moved by one column and one row.
    assert {(int(x), int(y) - 1) for y, x in zip(*made.screen.ndarray.any(axis=2).nonzero(), strict=True)} == expected
    assert {tuple(colour) for colour in made.screen.ndarray.reshape(-1, 3).tolist()} == {BLACK, (255, 255, 255)}
    assert v(shown("6001 F029 D005 D005"), 15) == 1


# --- blending -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("blend", "expected"), [
    (0, (255, 0, 0)),
    (1, (76, 24, 36)),          # (16 * 3 + 255) / 4, ...
    (2, (136, 16, 24)),
    (3, (195, 8, 12)),
    (4, (255, 32, 48)),
    (5, (16, 0, 0)),
    (6, (255, 0, 0)),
])
def test_080n_blends_a_sprite_with_what_is_below(blend, expected):
    made = shown(LOAD + f"0301 0401 A600 D000 080{blend} A601 D000", "01 02")
    assert pixel(made, 0, 0) == expected


def test_the_alpha_of_a_colour_lets_the_background_through():
    made = shown(LOAD + "0302 0401 A600 D000 A602 D000", "0202 0305")
    # 128 / 255 of white over (255, 0, 0); an alpha of 0 leaves what is there.
    assert (pixel(made, 0, 0), pixel(made, 1, 0)) == ((255, 128, 128), (255, 0, 0))


def test_a_blend_counts_as_far_as_the_alpha():
    made = shown(LOAD + "0301 0401 A600 D000 0804 A601 D000", "01 03")
    # (16, 32, 48) + white = white, of which 128 / 255 are mixed with what is below.
    assert pixel(made, 0, 0) == tuple(round((255 * 128 + below * 127) / 255) for below in (16, 32, 48))


def test_05nn_darkens_the_pictures_that_are_shown_and_not_the_canvas():
    made = shown(LOAD + "0580 0301 0401 A600 D000", "04")
    assert pixel(made, 0, 0) == (50, 50, 50)
    made = mega(LOAD + "0500 0301 0401 A600 D000 F00A 05FF 00E0 1214", "04")
    made.tick()
    assert pixel(made, 0, 0) == BLACK
    made.cpu.pc = 0x212
    made.tick()
    assert pixel(made, 0, 0) == (100, 100, 100)


# --- scrolling ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("opcode", "place"), [
    ("00B3", (10, 7)), ("00C3", (10, 13)), ("00FB", (14, 10)), ("00FC", (6, 10)), ("00B0", (10, 10)), ("00C0", (10, 10))])
def test_scrolling_moves_the_canvas_and_the_numbers_of_its_colours(opcode, place):
    made = shown(LOAD + "0301 0401 A600 600A D000" + opcode, "02")
    assert list(zip(*made.screen.ndarray.any(axis=2).nonzero(), strict=True)) == [place[::-1]]
    made = shown(LOAD + f"0301 0401 0902 A600 600A D000 {opcode} 61{place[0]:02X} 62{place[1]:02X} D120", "02")
    assert v(made, 15) == 1


def test_scrolling_brings_black_in_at_every_side():
    made = mega(LOAD + "A600 D000 00B5 00FB 00E0 120E")
    made.cpu.bus.poke_bytes(SPRITE, bytes([2]) * 65536)
    made.tick()
    red = (made.screen.ndarray == (255, 0, 0)).all(axis=2)
    assert red[:187, 4:].all()
    assert not red[187:].any()
    assert not red[:, :4].any()


def test_00bn_scrolls_up_outside_of_the_own_mode_too():
    made = after("A000 6105 D011 00B3 1208", 0, variant="megachip8")
    made.tick()
    assert {y for _, y in lit(made)} == {2}


# --- I, skips, memory -----------------------------------------------------------------------------


def test_01nn_loads_24_bits_and_i_keeps_them():
    made = after("0112 3456 60AA F01E F155", 4, variant="megachip8")
    assert made.cpu.registers["i"] == 0x123456 + 0xAA
    assert memory(made, 0x123500, 1) == b"\xAA"
    assert after("01FF FFFF 6002 F01E", 3, variant="megachip8").cpu.registers["i"] == 1


@pytest.mark.parametrize(("quirks", "i"), [
    ({}, 0xFFFFFF), ({"load_store": False}, 2), ({"load_store": False, "load_store_x": True}, 1)])
def test_fx55_and_fx65_move_i_in_24_bits(quirks, i):
    for opcode in ("F255", "F265"):
        made = after(f"01FF FFFF {opcode}", 2, variant="megachip8", **quirks)
        assert made.cpu.registers["i"] == i


@pytest.mark.parametrize(("skip", "registers"), [
    ("3007", {"v0": 7}), ("4008", {"v0": 7}), ("5010", {}), ("9010", {"v0": 1}), ("E0A1", {})])
def test_a_skip_skips_all_four_bytes_of_01nn(skip, registers):
    assert after(skip + "0112 3456", 1, registers, variant="megachip8").cpu.pc == 0x206
    assert after(skip + "1123 3456", 1, registers, variant="megachip8").cpu.pc == 0x204


def test_a_key_that_is_down_skips_all_four_bytes_of_01nn():
    made = machine("1200 E09E 0112 3456", variant="megachip8", tickrate=1)
    made.ports.find("0").press("0")
    made.tick()
    made.cpu.pc = 0x202
    made.step()
    assert made.cpu.pc == 0x208


def test_the_whole_16_mib_can_be_used_and_are_allocated_for_this_member_alone():
    made = machine("1200", variant="megachip8")
    assert made.cpu.bus.size == 1 << 24
    made.cpu.bus.poke_bytes(0xFFFFFF, b"\x55")
    assert memory(made, 0xFFFFFF, 1) == b"\x55"
    assert machine("1200", variant="xochip").cpu.bus.size == 65536


def test_a_program_of_more_than_64_kib_is_taken():
    made = machine(bytes.fromhex("1200") + bytes(200_000) + b"\x77", variant="megachip8")
    assert memory(made, 0x200 + 200_002, 1) == b"\x77"


def test_other_members_do_not_take_its_instructions():
    assert "0011" in after("0011", variant="schip1.1").cpu.halted
    assert "0112" in after("0112 3456", 1, variant="xochip").cpu.halted


def test_the_size_of_memory_is_one_of_three():
    with pytest.raises(OptionError, match="4096, 65536 or 16777216"):
        machine("1200", memory=8192)


# --- state ----------------------------------------------------------------------------------------

BUSY = (LOAD + "0320 0420 A600 6003 0803 0901 05C0"
        "7007 D000 A700 0600 A600 00FB D000 00E0 1210")


def busy():
    made = mega(BUSY, "0102" * 512)
    made.cpu.bus.poke_bytes(0x700, bytes.fromhex("1F40 000200 00"))
    made.tick(3)
    return made


def test_a_machine_goes_on_from_a_state_as_if_nothing_had_been():
    made, other = busy(), machine("1200", variant="megachip8")
    for steps in (0, 1, 3):
        for _ in range(steps):
            made.step()
        other.load_fields(made.save_fields())
        assert other.screen.tobytes() == made.screen.tobytes()
        for one in (made, other):
            one.tick(3)
        assert other.save_fields() == made.save_fields()
        assert np.array_equal(other.audio.ndarray, made.audio.ndarray)


def test_a_state_has_only_the_memory_that_was_written():
    made = busy()
    assert len(made.save_fields()) < 600_000
    made.cpu.bus.poke_bytes(0xABCDEF, b"\x01")
    grown = len(made.save_fields())
    assert grown < 610_000
    other = busy()
    other.cpu.bus.poke_bytes(0x123456, b"\x01")
    other.load_fields(made.save_fields())
    assert (memory(other, 0xABCDEF, 1), memory(other, 0x123456, 1)) == (b"\x01", b"\0")
    assert len(other.save_fields()) == grown


def test_a_state_with_a_sound_that_cannot_be_is_refused():
    made = busy()
    fields = made.save_fields()
    at = fields.index(b"sample_position") + len("sample_position") + 5
    with pytest.raises(StateError, match=r"sample: byte .* of 512"):
        made.load_fields(fields[:at] + (600).to_bytes(4, "little") + fields[at + 4:])


def test_a_reset_ends_the_mode_and_gives_the_palette_back():
    made = busy()
    made.reset(False)
    made.tick()
    made.cpu.pc = 0x200
    made.cpu.bus.poke_bytes(0x200, bytes.fromhex("0011 0301 0401 A600 D000 00E0 120C"))
    made.tick()
    assert pixel(made, 0, 0) == BLACK
    assert made.cpu.registers["i"] == SPRITE


def test_the_processor_says_what_screen_and_audio_it_needs():
    from retrovm.core.audio import Audio
    from retrovm.core.machine import Machine
    from retrovm.core.screen import Screen
    from retrovm.cpu.chip8 import Chip8

    made = Machine(1_000_000)
    bus = made.add_bus(65536)
    with pytest.raises(ArgumentError, match="256 x 192"):
        Chip8("cpu", bus, None, Screen("small", 128, 64, (0, 1), direct=True, planes=1), profile="megachip8")
    with pytest.raises(ArgumentError, match="direct=True"):
        Chip8("cpu", bus, None, Screen("indexed", 256, 192, (0, 1), planes=1), profile="megachip8")
    with pytest.raises(ArgumentError, match="xochip has 2 planes, the screen 1: make it with planes=2"):
        Chip8("cpu", bus, None, Screen("flat", 128, 64, (0, 1), planes=1), profile="xochip")
    with pytest.raises(ArgumentError, match="two voices"):
        Chip8("cpu", bus, None, None, Audio("audio", made.clock), profile="megachip8")
