"""What every CHIP-8 instruction does, as on the COSMAC VIP."""

import pytest
from chip8_machine import after, memory, v


def test_00ee_returns_behind_the_call():
    made = after("2206 6101 1204 00EE", 2)
    assert made.cpu.pc == 0x202
    assert made.cpu.registers["sp"] == 0


def test_1nnn_jumps():
    assert after("1ABC", 1).cpu.pc == 0xABC


def test_2nnn_calls_and_remembers_where_it_was():
    made = after("2300", 1)
    assert made.cpu.pc == 0x300
    assert made.cpu.stack == (0x202,)


@pytest.mark.parametrize(("opcode", "v3", "v4", "skips"), [
    ("3342", 0x42, 0, True), ("3342", 0x41, 0, False),
    ("4342", 0x42, 0, False), ("4342", 0x41, 0, True),
    ("5340", 7, 7, True), ("5340", 7, 8, False),
    ("9340", 7, 7, False), ("9340", 7, 8, True),
])
def test_3xnn_4xnn_5xy0_and_9xy0_skip_when_their_condition_holds(opcode, v3, v4, skips):
    made = after(opcode, 1, {"v3": v3, "v4": v4})
    assert made.cpu.pc == (0x204 if skips else 0x202)


def test_6xnn_loads_a_number():
    assert v(after("6A42"), 0xA) == 0x42


def test_7xnn_adds_without_a_carry():
    made = after("7303", registers={"v3": 0xFE, "vf": 7})
    assert v(made, 3, 0xF) == [1, 7]


def test_8xy0_copies():
    assert v(after("8340", registers={"v4": 9}), 3) == 9


@pytest.mark.parametrize(("opcode", "result"), [("8341", 0b1110), ("8342", 0b1000), ("8343", 0b0110)])
def test_8xy1_8xy2_and_8xy3_combine_bits_and_clear_vf(opcode, result):
    made = after(opcode, registers={"v3": 0b1100, "v4": 0b1010, "vf": 5})
    assert v(made, 3, 0xF) == [result, 0]


@pytest.mark.parametrize(("opcode", "v3", "v4", "result", "flag"), [
    ("8344", 200, 55, 255, 0), ("8344", 200, 56, 0, 1),
    ("8345", 5, 5, 0, 1), ("8345", 5, 6, 255, 0),
    ("8347", 5, 5, 0, 1), ("8347", 6, 5, 255, 0),
    ("8346", 0, 0b101, 0b10, 1), ("8346", 0, 0b100, 0b10, 0),
    ("834E", 0, 0x81, 0x02, 1), ("834E", 0, 0x41, 0x82, 0),
])
def test_8xy4_to_8xye_calculate_and_leave_their_flag_in_vf(opcode, v3, v4, result, flag):
    made = after(opcode, registers={"v3": v3, "v4": v4})
    assert v(made, 3, 4, 0xF) == [result, v4, flag]


@pytest.mark.parametrize(("opcode", "flag"), [
    ("8F44", 1), ("8F45", 1), ("8F47", 0), ("8F46", 1), ("8F4E", 0),
])
def test_the_flag_wins_when_vx_is_vf(opcode, flag):
    assert v(after(opcode, registers={"vf": 0xFF, "v4": 0x21}), 0xF) == flag


def test_annn_loads_i():
    assert after("A987").cpu.registers["i"] == 0x987


def test_bnnn_jumps_to_the_sum_with_v0():
    assert after("B300", 1, {"v0": 0x21, "v3": 9}).cpu.pc == 0x321


def test_cxnn_draws_the_numbers_of_the_generator_and_masks_them():
    made = after("C3FF C40F C500")
    state, expected = 1, []
    for mask in (0xFF, 0x0F, 0x00):
        state = (state * 1103515245 + 12345) % 2**31
        expected.append(state >> 16 & mask)
    assert v(made, 3, 4, 5) == expected
    assert made.cpu.draws == 3


def test_the_seed_of_the_machine_chooses_the_random_numbers():
    assert v(after("C3FF", seed=1), 3) == v(after("C3FF", seed=1), 3) != v(after("C3FF", seed=2), 3)


@pytest.mark.parametrize(("opcode", "key", "skips"), [
    ("E39E", 5, True), ("E39E", 6, False), ("E3A1", 5, False), ("E3A1", 6, True),
    ("E39E", 0x35, True),
])
def test_ex9e_and_exa1_skip_by_the_key_in_the_low_digit_of_vx(opcode, key, skips):
    made = after(opcode, 0, {"v3": key})
    made.ports.find("5").press("5")
    made.step()
    assert made.cpu.pc == (0x204 if skips else 0x202)


def test_fx07_reads_the_delay_timer_and_fx15_sets_it():
    made = after("F315 F407", registers={"v3": 77})
    assert made.cpu.registers["dt"] == v(made, 4) == 77


def test_fx18_sets_the_sound_timer():
    assert after("F318", registers={"v3": 77}).cpu.registers["st"] == 77


def test_fx1e_adds_to_i_without_a_flag_in_16_bits():
    made = after("F31E", registers={"v3": 2, "vf": 9, "i": 0xFFFF})
    assert made.cpu.registers["i"] == 1
    assert v(made, 0xF) == 9


def test_fx29_points_at_the_digit():
    made = after("F329", registers={"v3": 0x1A})
    assert memory(made, made.cpu.registers["i"], 5).hex() == "f090f09090"


def test_fx33_stores_three_decimal_digits():
    made = after("A300 F333", registers={"v3": 207})
    assert memory(made, 0x300, 4) == bytes([2, 0, 7, 0])
    assert made.cpu.registers["i"] == 0x300


def test_fx55_stores_registers_and_moves_i_behind_them():
    made = after("A300 F255", registers={"v0": 1, "v1": 2, "v2": 3, "v3": 4})
    assert memory(made, 0x300, 4) == bytes([1, 2, 3, 0])
    assert made.cpu.registers["i"] == 0x303


def test_fx65_loads_registers_and_moves_i_behind_them():
    made = after("A200 F265", registers={"v3": 4})
    assert v(made, 0, 1, 2, 3) == [0xA2, 0x00, 0xF2, 4]
    assert made.cpu.registers["i"] == 0x203


def test_memory_wraps_for_data():
    made = after("AFFF F155", registers={"v0": 0x55, "v1": 0x66})
    assert memory(made, 0xFFF, 1) + memory(made, 0, 1) == b"\x55\x66"


def test_a_program_may_change_the_instructions_that_it_is_about_to_run():
    made = after("6063 6177 A208 F155 1208 120A", 0)
    made.tick()
    assert v(made, 3) == 0x77
