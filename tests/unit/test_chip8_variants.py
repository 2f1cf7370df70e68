"""What each member of the CHIP-8 family is, and what only one of them does."""

import pytest
from chip8_machine import after, lit, machine, memory, v

from retrovm.cpu.chip8 import PROFILES, VARIANTS
from retrovm.errors import ArgumentError, MediaError, OptionError
from retrovm.isa.chip8 import decode
from retrovm.machines.chip8_fonts import FONTS, large, small


def shown(program, frames=1, registers=None, **options):
    made = after(program, 0, registers, **options)
    made.tick(frames)
    return made


# --- all of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_is_chosen_by_its_name_and_gives_the_rest(variant):
    profile, made = PROFILES[variant], machine("1200", variant=variant, tickrate=None)
    assert made.cpu.profile == variant
    assert made.cpu.start == profile["start"]
    assert made.cpu.bus.size == profile["memory"]
    assert made.frame_rate == profile["frame_rate"]
    made.cpu.bus.poke_bytes(made.cpu.start, (0x1000 | made.cpu.start).to_bytes(2))
    made.tick()
    assert made.cpu.instructions == profile["tickrate"]
    assert made.cpu.quirks == {flag: profile[flag] for flag in made.cpu.quirks}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_opcode_runs_if_the_variants_table_has_it_and_halts_if_not(variant):
    made = machine("1200", variant=variant)
    start = made.cpu.start
    # All of 0, 5, 8, 9, B, E and F, where the members differ; of the others, which have one instruction each, some.
    for word in (word for word in range(0x10000) if f"{word:04X}"[0] in "0589BEF" or word % 61 == 0):
        row = decode(word, variant)
        made.reset(False)
        made.cpu.bus.poke_bytes(start, word.to_bytes(2))
        made.cpu.registers = {"sp": 1, "i": 0x300}
        made.step()
        runs = row is not None and row.pattern not in ("0NNN", "00FD", "00ED")
        halted_by_it = made.cpu.halted is not None and "ran off" not in made.cpu.halted
        assert runs != halted_by_it, f"{word:04X}: {made.cpu.halted}"


def test_machines_of_one_variant_share_their_decoding_and_flags_change_it():
    first = machine("8126", variant="schip1.1", shift=False)
    second = machine("8126", variant="schip1.1")
    for made in (first, second):
        made.cpu.registers = {"v1": 8, "v2": 4}
        made.step()
    assert (v(first, 1), v(second, 1)) == (2, 4)


@pytest.mark.parametrize(("variant", "depth"), [("chip8", 12), ("octo", 12), ("xochip", 16), ("schip1.1", 16)])
def test_the_stack_is_as_deep_as_the_variant_says_or_as_one_asks(variant, depth):
    assert after("2200", depth, variant=variant).cpu.halted is None
    assert f"all {depth} places of the stack" in after("2200", depth + 1, variant=variant).cpu.halted
    assert "all 3 places of the stack" in after("2200", 4, variant=variant, stack=3).cpu.halted


@pytest.mark.parametrize("program", ["0000", "00FD", "5001", "00EE"])
def test_a_program_that_halts_has_its_pc_at_the_instruction_and_on_octo_behind_it(program):
    for variant, pc in (("xochip", 0x200), ("octo", 0x202)):
        made = after(program, 3, variant=variant)
        assert (made.cpu.pc, made.cpu.instructions) == (pc, 1)
        assert f"{program} at $0200" in made.cpu.halted


@pytest.mark.parametrize(("variant", "i"), [
    ("chip8", 0x303), ("chip48", 0x302), ("schip1.0", 0x302), ("schip1.1", 0x300), ("schpc", 0x303),
    ("schip-modern", 0x300), ("xochip", 0x303), ("dream6800", 0x303)])
def test_fx55_and_fx65_leave_i_where_the_variant_does(variant, i):
    for opcode in ("F255", "F265"):
        assert after("A300" + opcode, variant=variant).cpu.registers["i"] == i


@pytest.mark.parametrize(("variant", "pc"), [
    ("chip8", 0x321), ("chip48", 0x309), ("schip1.0", 0x309), ("schip1.1", 0x309), ("schpc", 0x321),
    ("schip-modern", 0x309), ("xochip", 0x321)])
def test_bnnn_adds_the_register_that_the_variant_takes(variant, pc):
    assert after("B300", 1, {"v0": 0x21, "v3": 9}, variant=variant).cpu.pc == pc


@pytest.mark.parametrize(("options", "message"), [
    ({"variant": "chip9"}, "variant"), ({"stack": 17}, "stack"), ({"planes": 3}, "planes"),
    ({"frame_rate": 0}, "frame_rate"), ({"frame_rate": "fast"}, "frame_rate"),
])
def test_choices_that_cannot_be_are_refused(options, message):
    with pytest.raises(OptionError, match=message):
        machine("1200", **options)


def test_four_planes_are_refused_where_there_is_one():
    with pytest.raises(ArgumentError, match="chip8 has 1 planes, not 4"):
        machine("1200", planes=4)


@pytest.mark.parametrize("rate", [50, 64, "59.94"])
def test_the_frame_rate_is_a_choice_and_a_frame_keeps_its_instructions(rate):
    made = machine("1200", frame_rate=rate, tickrate=7)
    assert float(made.frame_rate) == float(rate)
    made.tick(3)
    assert made.cpu.instructions == 21


def test_colours_that_are_not_given_are_those_of_the_machine():
    palette = machine("1200", variant="xochip", colours="000001,FFFF02,000003").screen.palette.tolist()
    assert palette[:3] == [[0, 0, 1], [255, 255, 2], [0, 0, 3]]
    assert palette[3] == machine("1200", variant="xochip").screen.palette.tolist()[3]


def test_a_rotation_is_told_to_those_who_show_the_picture_and_changes_none():
    made = machine("1200", rotation=270)
    assert (made.screen.rotation, made.screen.size) == (270, (64, 32))
    with pytest.raises(OptionError, match="0, 90, 180 or 270 degrees"):
        machine("1200", rotation=45)


# --- digits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("font", FONTS)
def test_a_font_has_16_digits_of_5_rows_and_large_ones_of_10(font):
    assert len(small(font)) == 80
    assert len(large(font)) in (0, 100, 160)
    made = machine("1200", font=font)
    assert memory(made, 0, 80) == small(font)
    assert memory(made, 80, 160) == large(font).ljust(160, b"\0")
    assert len({small(font)[n:n + 5] for n in range(0, 80, 5)}) == 16


def test_a_program_that_lies_where_digits_would_takes_their_place():
    made = machine("1234", start=0x60, font="octo")
    assert memory(made, 0x5E, 6) == large("octo")[14:16] + b"\x12\x34\0\0"


# --- CHIP-10 and the larger pictures of the VIP -----------------------------------------------------


@pytest.mark.parametrize(("variant", "width", "height"), [
    ("chip10", 128, 64), ("chip8-64x64", 64, 64), ("chip8-64x128", 64, 128)])
def test_a_larger_picture_is_reached_to_its_last_pixel(variant, width, height):
    start = PROFILES[variant]["start"]
    program = f"{0xA000 | start + 6:04X} D231 {0x1000 | start + 4:04X} 8000"
    made = shown(program, variant=variant, registers={"v2": width - 1, "v3": height - 1})
    assert made.screen.size == (width, height)
    assert lit(made) == {(width - 1, height - 1)}
    made = shown(program, variant=variant, registers={"v2": width + 1, "v3": height + 2})
    assert lit(made) == {(1, 2)}


def test_0230_clears_the_picture_of_two_pages():
    assert lit(shown("A268 D231 0230 1266 8000", 2, variant="chip8-64x64")) == set()


def test_a_program_that_carries_its_interpreter_lies_at_0200_and_starts_behind_it():
    made = machine(bytes.fromhex("1260").ljust(0xC0, b"\0") + b"\x12\xC0", variant="chip8-64x64")
    assert (memory(made, 0x200, 2), made.cpu.pc) == (b"\x12\x60", 0x2C0)


# --- CHIP-8E --------------------------------------------------------------------------------------


def test_chip8e_skips_if_vx_is_greater():
    assert after("5121", 1, {"v1": 3, "v2": 2}, variant="chip8e").cpu.pc == 0x204
    assert after("5121", 1, {"v1": 2, "v2": 2}, variant="chip8e").cpu.pc == 0x202
    assert after("0188", 1, variant="chip8e").cpu.pc == 0x204


def test_chip8e_stores_and_loads_a_range_and_moves_i():
    made = after("A300 5242", registers={f"v{n}": n for n in range(6)}, variant="chip8e")
    assert (memory(made, 0x300, 3), made.cpu.registers["i"]) == (b"\2\3\4", 0x303)
    made = after("A208 5243 1204 0000 070809", 2, variant="chip8e")
    assert (v(made, 2, 3, 4), made.cpu.registers["i"]) == ([7, 8, 9], 0x20B)
    assert after("A300 5422", variant="chip8e").cpu.registers["i"] == 0x300


def test_chip8e_jumps_from_where_it_is():
    assert after("0000 BB02", 0, variant="chip8e").cpu.pc == 0x200
    for program, pc in (("BF10", 0x210), ("BB10", 0x1F0)):
        assert after(program, 1, variant="chip8e").cpu.pc == pc
    assert after("F31B", 1, {"v3": 6}, variant="chip8e").cpu.pc == 0x208


@pytest.mark.parametrize("program", ["F34F 7001 1204", "F315 0151 7001 1206"])
def test_chip8e_waits_for_the_delay_timer(program):
    made = after(program, 0, {"v3": 2}, variant="chip8e", tickrate=10)
    made.tick(2)
    assert (made.cpu.waiting, v(made, 0), made.cpu.registers["dt"]) == ("delay", 0, 0)
    made.tick()
    assert (made.cpu.waiting, v(made, 0)) == (None, 1)


def test_chip8e_ends_with_00ed():
    assert "ended, by opcode 00ED" in after("00ED", variant="chip8e").cpu.halted


# --- CHIP-8X: bit 0 lit, bits 1 to 3 the colour, bits 4 and 5 the background ------------------------


def colour(made, x, y):
    """(background, colour, lit) of a pixel."""
    value = int(made.screen.indices[y, x])
    return value >> 4, value >> 1 & 7, value & 1


def test_chip8x_begins_white_on_blue_and_steps_through_the_backgrounds():
    for steps, background in ((0, [0, 0, 128]), (1, [0, 0, 0]), (2, [0, 128, 0]), (3, [128, 0, 0])):
        made = shown("02A0" * steps + f"1{0x300 + 2 * steps:03X}", variant="chip8x")
        assert made.screen.ndarray[0, 0].tolist() == background
        assert colour(made, 0, 0) == (steps, 7, 0)


def test_chip8x_colours_blocks_of_8_by_4():
    made = shown("B130 1302", variant="chip8x", registers={"v1": 0x12, "v2": 0x21, "v3": 1})
    coloured = {(x, y) for y in range(32) for x in range(64) if colour(made, x, y)[1] == 1}
    assert coloured == {(x, y) for x in range(16, 32) for y in range(4, 16)}
    assert colour(made, 0, 0) == (0, 7, 0)


def test_chip8x_colours_single_rows():
    made = shown("B133 1302", variant="chip8x", registers={"v1": 20, "v2": 30, "v3": 5})
    coloured = {(x, y) for y in range(32) for x in range(64) if colour(made, x, y)[1] == 5}
    assert coloured == {(x, y) for x in range(16, 24) for y in (30, 31, 0)}


def test_chip8x_draws_in_the_colour_of_the_block_and_clears_without_touching_it():
    made = shown("A30C B131 D221 00E0 D221 130A 80", 4, variant="chip8x",
                 registers={"v1": 0, "v2": 0, "v3": 4})
    assert colour(made, 0, 0) == (0, 4, 1)
    assert made.screen.ndarray[0, 0].tolist() == [0, 255, 0]


def test_chip8x_adds_octal_digits():
    assert v(after("5121", registers={"v1": 0x65, "v2": 0x14}, variant="chip8x"), 1) == 0x71


@pytest.mark.parametrize(("opcode", "skips"), [("E3F2", True), ("E3F5", False)])
def test_chip8x_asks_the_second_keypad(opcode, skips):
    for name, down in (("15", True), ("5", False)):
        made = after(opcode, 0, {"v3": 5}, variant="chip8x")
        made.ports.find(name).press(name)
        made.step()
        assert made.cpu.pc == (0x304 if skips == down else 0x302)


# --- DREAM 6800 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("opcode", ["8123", "8126", "8127", "812E"])
def test_the_dream6800_lacks_four_operations_and_goes_on(opcode):
    made = after(opcode, registers={"v1": 5, "v2": 9, "vf": 3}, variant="dream6800")
    assert (v(made, 1, 0xF), made.cpu.pc, made.cpu.halted) == ([5, 3], 0x202, None)


def test_a_program_has_to_fit_behind_the_start_of_its_variant():
    with pytest.raises(MediaError, match="3,328 bytes"):
        machine(bytes(3329), variant="chip8x")
