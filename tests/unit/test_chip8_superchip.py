"""SUPER-CHIP and XO-CHIP: modes, large sprites, scrolling, flag registers, planes, long instructions."""

import pytest
from chip8_machine import after, lit, machine, memory, v

MODERN = ["schpc", "schip-modern", "xochip", "octo"]
CALCULATOR = ["schip1.0", "schip1.1"]


def shown(program, frames=1, registers=None, **options):
    made = after(program, 0, registers, **options)
    made.tick(frames)
    return made


def block(x, y, width, height):
    return {(column, row) for column in range(x, x + width) for row in range(y, y + height)}


# --- modes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", MODERN + CALCULATOR)
def test_00ff_and_00fe_switch_between_the_sizes_of_the_picture(variant):
    made = shown("00FF 1202", variant=variant)
    assert made.screen.size == (128, 64)
    made = shown("00FF 00FE 1204", variant=variant)
    assert made.screen.size == (64, 32)


def test_a_picture_of_another_size_is_there_even_when_its_frame_is_not_rendered():
    made = machine("00FF A20A D231 1206 0000 8000", variant="octo")
    made.cpu.registers = {"v2": 100, "v3": 50}
    made.tick(1, render=False)
    assert (made.screen.size, lit(made)) == ((128, 64), {(100, 50)})


@pytest.mark.parametrize("variant", MODERN)
def test_a_switch_of_the_mode_clears_every_plane(variant):
    assert lit(shown("A20A D231 00FF 1206 0000 8000", variant=variant)) == set()
    assert lit(shown("00FF A20C D231 00FE 1208 0000 8000", variant=variant)) == set()


def test_on_the_calculator_a_switch_keeps_the_picture():
    made = shown("00FF A20C D231 00FE 1208 0000 8000", variant="schip1.1", registers={"v2": 5, "v3": 5})
    assert made.screen.size == (128, 64)          # one of its pixels is a quarter of a pixel of the other mode
    assert lit(made) == {(5, 5)}


@pytest.mark.parametrize("variant", MODERN + CALCULATOR)
def test_a_sprite_reaches_the_whole_of_the_large_picture(variant):
    made = shown("00FF A20A D231 1206 0000 8000", variant=variant, registers={"v2": 127, "v3": 63})
    assert lit(made) == {(127, 63)}


@pytest.mark.parametrize(("variant", "width"), [
    ("chip8", 0), ("chip48", 0), ("schip1.0", 8), ("schip1.1", 8), ("schpc", 16), ("schip-modern", 16), ("xochip", 16)])
def test_dxy0_in_the_small_mode_draws_16_rows_of_as_many_columns_as_the_variant_says(variant, width):
    made = shown("A206 D230 1204" + "FF" * 32, variant=variant)
    assert lit(made) == (block(0, 0, width, 16) if width else set())


@pytest.mark.parametrize("variant", MODERN + CALCULATOR)
def test_dxy0_in_the_large_mode_draws_16_by_16(variant):
    made = shown("00FF A208 D230 1206" + "FF" * 32, variant=variant, registers={"v2": 61, "v3": 3})
    assert lit(made) == block(61, 3, 16, 16)


def test_a_large_sprite_is_cut_at_both_edges_or_wraps():
    program, corner = "00FF A208 D230 1206" + "FF" * 32, {"v2": 120, "v3": 60}
    assert lit(shown(program, variant="schip-modern", registers=corner)) == block(120, 60, 8, 4)
    wrapped = {(x % 128, y % 64) for x, y in block(120, 60, 16, 16)}
    assert lit(shown(program, variant="xochip", registers=corner)) == wrapped


# --- VF of DXYN -----------------------------------------------------------------------------------

OVER_THE_EDGE = "00FF A20C D234 D234 1208 0000 FFFFFFFF"


def test_on_schip11_vf_counts_the_rows_that_collide_and_those_below_the_edge():
    assert v(after(OVER_THE_EDGE, 3, {"v3": 10}, variant="schip1.1"), 0xF) == 0
    assert v(after(OVER_THE_EDGE, 4, {"v3": 10}, variant="schip1.1"), 0xF) == 4
    assert v(after(OVER_THE_EDGE, 3, {"v3": 62}, variant="schip1.1"), 0xF) == 2
    assert v(after(OVER_THE_EDGE, 4, {"v3": 62}, variant="schip1.1"), 0xF) == 4


@pytest.mark.parametrize("variant", ["schip1.0", "schpc", "schip-modern"])
def test_elsewhere_vf_only_says_that_something_collided(variant):
    assert v(after(OVER_THE_EDGE, 3, {"v3": 62}, variant=variant), 0xF) == 0
    assert v(after(OVER_THE_EDGE, 4, {"v3": 62}, variant=variant), 0xF) == 1


def test_on_schip11_vf_is_a_flag_in_the_small_mode():
    made = after("A20A D234 D234 1206 0000 FFFFFFFF", 1, {"v3": 30}, variant="schip1.1")
    made.tick(2)                     # each sprite waits for its frame
    assert v(made, 0xF) == 1


# --- the display wait -----------------------------------------------------------------------------


@pytest.mark.parametrize(("variant", "small", "large"), [
    ("chip8", True, None), ("chip48", True, None), ("schip1.0", True, False), ("schip1.1", True, False),
    ("schpc", False, False), ("schip-modern", False, False), ("xochip", False, False)])
def test_a_sprite_waits_for_the_end_of_the_frame(variant, small, large):
    assert (after("D001", 1, variant=variant).cpu.waiting == "frame") == small
    if large is not None:
        assert (after("00FF D001", 2, variant=variant).cpu.waiting == "frame") == large


# --- scrolling ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["00FE", "00FF"])
@pytest.mark.parametrize(("scroll", "to"), [("00C3", (9, 13)), ("00FB", (13, 10)), ("00FC", (5, 10)), ("00C0", (9, 10))])
@pytest.mark.parametrize("variant", MODERN)
def test_scrolling_moves_by_pixels_of_the_mode(variant, mode, scroll, to):
    made = shown(f"{mode} A20C D231 {scroll} 1208 0000 8000", variant=variant, registers={"v2": 9, "v3": 10})
    assert lit(made) == {to}


def test_what_is_scrolled_out_is_gone_and_what_comes_in_is_dark():
    for scroll, place in (("00CF", 63), ("00FB", 127), ("00FC", 0)):
        made = shown(f"00FF A20C D231 {scroll} 1208 0000 8000", variant="xochip",
                     registers={"v2": place, "v3": place % 64})
        assert lit(made) == set()
    assert lit(shown("00FF A20C D231 00D3 1208 0000 8000", variant="xochip", registers={"v3": 2})) == set()


def test_scrolling_carries_pixels_across_the_middle():
    program = "00FF A20C D231 {} 1208 0000 FF00"
    assert lit(shown(program.format("00FB"), variant="xochip", registers={"v2": 58})) == block(62, 0, 8, 1)
    assert lit(shown(program.format("00FC"), variant="xochip", registers={"v2": 66})) == block(62, 0, 8, 1)


def test_on_schip11_the_small_mode_scrolls_by_half_pixels():
    program = "A20A D231 {} 1206 0000 8000"
    corner = {"v2": 9, "v3": 10}
    made = shown(program.format("00C2"), 2, variant="schip1.1", registers=corner)
    assert (made.screen.size, lit(made)) == ((64, 32), {(9, 11)})
    made = shown(program.format("00FB"), 2, variant="schip1.1", registers=corner)
    assert (made.screen.size, lit(made)) == ((64, 32), {(11, 10)})
    made = shown(program.format("00C1"), 2, variant="schip1.1", registers=corner)
    assert (made.screen.size, lit(made)) == ((128, 64), block(18, 21, 2, 2))


# --- flag registers, digits -----------------------------------------------------------------------


@pytest.mark.parametrize(("variant", "count"), [
    ("schip1.0", 8), ("schip1.1", 8), ("schpc", 8), ("schip-modern", 16), ("xochip", 16), ("octo", 16)])
def test_fx75_and_fx85_keep_as_many_registers_as_there_are(variant, count):
    values = {f"v{n:x}": n + 1 for n in range(16)}
    made = after("FF75 1202", 1, values, variant=variant)
    assert made.cpu.flag_registers == bytes(range(1, count + 1))
    made.reset(False)
    assert made.cpu.flag_registers == bytes(range(1, count + 1))
    assert v(after("FF75 6000 6700 FF85", 4, values, variant=variant), 0, 7) == [1, 8]
    made.reset(True)
    assert made.cpu.flag_registers == bytes(count)


def test_only_the_registers_up_to_vx_are_saved_and_loaded():
    made = after("F175 6000 6100 6200 F285", 5, {"v0": 1, "v1": 2, "v2": 3}, variant="xochip")
    assert v(made, 0, 1, 2) == [1, 2, 0]


def test_flag_registers_can_be_handed_on_to_another_run():
    made = machine("F785", variant="schip1.1")
    made.cpu.flag_registers = bytes(range(8))
    made.step()
    assert v(made, 3, 7) == [3, 7]
    with pytest.raises(ValueError, match="8 flag registers, not 3"):
        made.cpu.flag_registers = b"abc"


def test_large_digits_are_found_by_fx30_and_on_schip10_by_fx29():
    for variant in ("schip1.1", "schpc"):
        made = after("F330", registers={"v3": 9}, variant=variant)
        assert memory(made, made.cpu.registers["i"], 10).hex() == "3c7ec3c37f3f03033e7c"
    made = after("F329", registers={"v3": 19}, variant="schip1.0")
    assert memory(made, made.cpu.registers["i"], 10).hex() == "3c7ec3c37f3f03033e7c"
    assert after("F329", registers={"v3": 9}, variant="schip1.0").cpu.registers["i"] == 45
    assert "is not an instruction of schip1.0" in after("F330", variant="schip1.0").cpu.halted


def test_00fd_ends_the_program():
    made = after("00FD", variant="schip1.1")
    assert made.cpu.halted == "the program has ended, by opcode 00FD at $0200"


# --- XO-CHIP --------------------------------------------------------------------------------------


def test_planes_are_drawn_one_after_the_other_and_make_colours():
    made = shown("F301 A20A D231 1206 0000 C0 A0", variant="xochip")
    assert made.screen.indices[0, :3].tolist() == [3, 1, 2]


def test_only_selected_planes_are_drawn_cleared_and_scrolled():
    made = shown("F301 A212 D231 F201 00FB F101 00E0 120E 0000 8080", variant="xochip")
    assert made.screen.indices[0, :6].tolist() == [0, 0, 0, 0, 2, 0]


def test_without_a_plane_nothing_is_drawn_and_nothing_collides():
    made = shown("F001 A20A D231 D231 1208 FF", variant="xochip", registers={"vf": 1})
    assert (lit(made), v(made, 0xF)) == (set(), 0)


def test_16_colours_come_from_four_planes():
    made = shown("FF01 A20A D231 1206 0000 80 80 00 80", variant="xochip", planes=4)
    assert made.screen.indices[0, 0] == 0b1011
    assert len(made.screen.palette) == 16
    assert len(machine("1200", variant="xochip").screen.palette) == 4


def test_a_program_for_two_planes_selects_two_of_them():
    made = shown("FF01 A20A D231 1206 0000 8080 8080", variant="xochip")
    assert made.screen.indices[0, 0] == 3


@pytest.mark.parametrize(("opcode", "stored"), [("5242", "020304"), ("5422", "040302"), ("5332", "03")])
def test_5xy2_stores_registers_up_or_down_and_leaves_i(opcode, stored):
    made = after("A300" + opcode, registers={f"v{n}": n for n in range(6)}, variant="xochip")
    assert memory(made, 0x300, len(stored) // 2).hex() == stored
    assert made.cpu.registers["i"] == 0x300


@pytest.mark.parametrize(("opcode", "loaded"), [("5243", [7, 8, 9]), ("5423", [9, 8, 7])])
def test_5xy3_loads_registers_up_or_down(opcode, loaded):
    made = after(f"A206 {opcode} 1204 070809", 2, variant="xochip")
    assert v(made, 2, 3, 4) == loaded


def test_f000_loads_an_address_of_16_bits():
    made = after("F000 BEEF", 1, variant="xochip")
    assert (made.cpu.registers["i"], made.cpu.pc) == (0xBEEF, 0x204)


@pytest.mark.parametrize("skip", ["3000", "4001", "5120", "9340", "E0A1"])
def test_every_skip_goes_over_all_of_a_long_instruction(skip):
    for variant, pc in (("xochip", 0x206), ("schip-modern", 0x204)):
        assert after(f"{skip} F000 1234", 1, {"v3": 1}, variant=variant).cpu.pc == pc
    assert after(f"{skip} F001 1234", 1, {"v3": 1}, variant="xochip").cpu.pc == 0x204


def test_a_skip_sees_a_long_instruction_in_code_that_is_watched():
    made = machine("3000 F000 1234", variant="xochip")
    made.cpu.bus.trap(0x200, 0x100)
    made.step()
    assert made.cpu.pc == 0x206


def test_where_there_are_long_instructions_no_key_is_above_15():
    for variant, skips in (("chip8", True), ("octo", False)):
        made = after("E39E", 0, {"v3": 0x15}, variant=variant)
        made.ports.find("5").press("5")
        made.step()
        assert made.cpu.pc == (0x204 if skips else 0x202)
