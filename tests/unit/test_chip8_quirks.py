"""The flags in which the members of the CHIP-8 family differ."""

import pytest
from chip8_machine import after, lit, v

from retrovm.cpu.chip8 import FLAGS, PROFILES


def test_the_profile_of_chip8_is_the_cosmac_vip():
    assert after("1200", 0).cpu.quirks == {
        "shift": False, "load_store": False, "load_store_x": False, "vf_order": False, "clip": True, "jump": False,
        "logic": True, "vblank": True,
    }
    assert PROFILES["chip8"]["stack"] == 12


@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_is_an_option_of_the_machine(flag):
    for value in (True, False):
        quirks = after("1200", 0, **{flag: value}).cpu.quirks
        assert quirks == {**after("1200", 0).cpu.quirks, flag: value}


@pytest.mark.parametrize(("opcode", "result"), [("8346", 0x10), ("834E", 0x40)])
def test_shift_shifts_vx_itself(opcode, result):
    assert v(after(opcode, registers={"v3": 0x20, "v4": 0xFF}, shift=True), 3, 0xF) == [result, 0]


@pytest.mark.parametrize("opcode", ["F255", "F265"])
def test_load_store_leaves_i(opcode):
    assert after("A300" + opcode, load_store=True).cpu.registers["i"] == 0x300


@pytest.mark.parametrize("opcode", ["F255", "F265"])
def test_load_store_x_adds_x_to_i_unless_load_store_keeps_it(opcode):
    assert after("A300" + opcode, load_store_x=True).cpu.registers["i"] == 0x302
    assert after("A300" + opcode, load_store_x=True, load_store=True).cpu.registers["i"] == 0x300


@pytest.mark.parametrize("opcode", ["8F44", "8F45", "8F47", "8F46", "8F4E"])
def test_vf_order_lets_the_result_win_when_vx_is_vf(opcode):
    registers = {"vf": 0xFF, "v4": 0x21}
    expected = {"8F44": 0x20, "8F45": 0xDE, "8F47": 0x22, "8F46": 0x10, "8F4E": 0x42}[opcode]
    assert v(after(opcode, registers=registers, vf_order=True), 0xF) == expected


def test_without_clip_a_sprite_wraps_at_both_edges():
    made = after("A20C 623E 631F D232 120A 1200 C3C3", 5, clip=False, vblank=False)
    made.tick()
    assert lit(made) == {(x, y) for x in (62, 63, 4, 5) for y in (31, 0)}


def test_jump_adds_the_register_that_the_address_names():
    assert after("B300", 1, {"v0": 0x21, "v3": 9}, jump=True).cpu.pc == 0x309


@pytest.mark.parametrize("opcode", ["8341", "8342", "8343"])
def test_without_logic_vf_stays(opcode):
    assert v(after(opcode, registers={"vf": 5}, logic=False), 0xF) == 5


def test_without_vblank_instructions_go_on_after_a_sprite():
    made = after("D005 7301 1202", 0, vblank=False, tickrate=9)
    made.tick()
    assert made.cpu.instructions == 9
    assert made.cpu.waiting is None
