"""ADC and SBC with D set, for every A, operand and carry, on every model, against the published rules."""

from functools import cache

import pytest
from mos6502_decimal import FLAGS, C, D, N, V, Z, cmos_adc, cmos_sbc, nmos_adc, nmos_sbc, rules, wdc_sbc

from retrovm.cpu import Mos6502
from retrovm.cpu.mos6502 import MODELS
from retrovm.isa.mos6502 import opcodes

LOOP = 2 + 2 + 2 + 5 + 3 + 4 + 5 + 2 + 3       # cycles of the program below for each A
ENDS = 2 - 1 + 3                               # SED, the branch that is not taken, JMP


@cache
def expected(rule):
    """{(operand, carry): (every A after it, every P after it)}"""
    rows = {}
    for carry in (0, 1):
        for operand in range(256):
            results = [rule(a, operand, carry) for a in range(256)]
            rows[operand, carry] = bytes(a for a, _ in results), bytes(flags for _, flags in results)
    return rows


def every_sum(cpu, opcode):
    """What `expected` is for a rule, found with an opcode, and how many cycles each of the 512 runs took."""
    rows, took = {}, set()
    only = bytes(value & FLAGS for value in range(256))
    for carry in (0, 1):
        for operand in range(256):
            cpu.memory[0x0400:0x0413] = bytes([
                0xF8, 0x38 if carry else 0x18,          # SED; SEC or CLC
                0x8A, opcode, operand,                  # TXA; ADC #operand
                0x9D, 0x00, 0x10,                       # STA $1000,X
                0x08, 0x68, 0x9D, 0x00, 0x11,           # PHP; PLA; STA $1100,X
                0xE8, 0xD0, 0xF1,                       # INX; BNE $0401
                0x4C, 0x00, 0x05,                       # JMP $0500: a run ends in a page where the fast build is not
            ])
            cpu.registers = {"pc": 0x0400, "x": 0, "s": 0xFF, "p": 0}
            before = cpu.cycles
            cpu.run(until=0x0500, cycles=20_000)
            took.add(cpu.cycles - before)
            rows[operand, carry] = bytes(cpu.memory[0x1000:0x1100]), bytes(cpu.memory[0x1100:0x1200]).translate(only)
    return rows, took


def immediate(model):
    """The opcodes of ADC and SBC with an immediate operand."""
    return [opcode.code for opcode in opcodes(model) if opcode.mnemonic in ("ADC", "SBC") and opcode.mode == "imm"]


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
@pytest.mark.parametrize(("model", "opcode"), [(model, opcode) for model in MODELS for opcode in immediate(model)],
                         ids=lambda value: value if isinstance(value, str) else f"{value:02X}")
def test_every_decimal_sum_and_difference_is_that_of_the_chip(model, opcode, exact):
    cpu = Mos6502(model=model)
    cpu.exact = exact
    cpu.pc = 0x0400
    rows, took = every_sum(cpu, opcode)
    wrong = [key for key, row in expected(rules(model)["ADC" if opcode == 0x69 else "SBC"]).items() if rows[key] != row]
    assert wrong == [], "(operand, carry)"
    assert took == {256 * (LOOP + model.startswith("65c02")) + ENDS}
    assert cpu.registers["p"] & D


@pytest.mark.parametrize(("a", "operand", "carry", "result", "flags"), [
    (0x58, 0x46, 1, 0x05, N | V | C), (0x12, 0x34, 0, 0x46, 0), (0x15, 0x26, 0, 0x41, 0), (0x81, 0x92, 0, 0x73, V | C),
    (0x99, 0x01, 0, 0x00, N | C), (0x00, 0x00, 0, 0x00, Z), (0x0F, 0x01, 0, 0x16, 0), (0x9C, 0x9D, 0, 0x9F, V | C),
])  # fmt: skip
def test_sums_that_are_known(a, operand, carry, result, flags):
    assert nmos_adc(a, operand, carry) == (result, flags)


@pytest.mark.parametrize(("a", "operand", "carry", "result"), [
    (0x46, 0x12, 1, 0x34), (0x40, 0x13, 1, 0x27), (0x32, 0x02, 0, 0x29), (0x12, 0x21, 1, 0x91), (0x21, 0x34, 1, 0x87),
])  # fmt: skip
def test_differences_that_are_known(a, operand, carry, result):
    assert nmos_sbc(a, operand, carry)[0] == cmos_sbc(a, operand, carry)[0] == result


def test_flags_of_cmos_are_those_of_the_result():
    assert cmos_adc(0x99, 0x01, 0) == (0x00, Z | C)
    assert cmos_adc(0x79, 0x00, 1) == (0x80, N | V)
    assert cmos_sbc(0x00, 0x01, 1) == (0x99, N)


@pytest.mark.parametrize(("a", "operand", "nmos", "cmos"), [(0x90, 0x0F, 0x8B, 0x7B), (0x00, 0x0B, 0x9F, 0x8F)])
def test_differences_of_digits_above_nine_tell_nmos_and_wdc_from_the_other_cmos(a, operand, nmos, cmos):
    assert nmos_sbc(a, operand, 1)[0] == wdc_sbc(a, operand, 1)[0] == nmos
    assert cmos_sbc(a, operand, 1)[0] == cmos


def test_differences_of_digits_up_to_nine_are_the_same_everywhere():
    numbers = [16 * high + low for high in range(10) for low in range(10)]
    for a in numbers:
        for operand in numbers:
            for carry in (0, 1):
                results = {rule(a, operand, carry)[0] for rule in (nmos_sbc, cmos_sbc, wdc_sbc)}
                assert len(results) == 1, (a, operand, carry)
