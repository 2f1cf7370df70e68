"""ADC and SBC with D set, for every A, operand and carry, against the published rules of the NMOS chip.

The rules (docs/references.md: decimal, appendix A), said with digits:

ADC   The low digits are added with the carry; from 10 on, 6 more, and one is carried into the high digit. N and V are
      those of the signed sum of the high digits with that carry; then the high digit is adjusted likewise, and C is its
      carry. Z is that of the binary sum.
SBC   Every flag is that of the binary difference. The low digits are subtracted; below 0, 6 less, and one is borrowed
      from the high digit, which is adjusted likewise.
"""

import pytest

from retrovm.cpu import Mos6502

N, V, D, Z, C = 0x80, 0x40, 0x08, 0x02, 0x01


def signed(value):
    return value - 256 if value >= 128 else value


def adc(a, operand, carry):
    """(A, flags)"""
    low = a % 16 + operand % 16 + carry
    carried = low > 9
    if carried:
        low += 6
    low %= 16
    high = a // 16 + operand // 16 + carried
    # Both high digits as signed numbers of sixteen, which is where an overflow is looked for.
    exact = signed(a // 16 * 16) + signed(operand // 16 * 16) + 16 * carried
    flags = N * (high >> 3 & 1) | V * (not -128 <= exact + low <= 127) | Z * ((a + operand + carry) % 256 == 0)
    if high > 9:
        high += 6
        flags |= C
    return high % 16 * 16 + low, flags


def sbc(a, operand, carry):
    borrow = 1 - carry
    difference = a - operand - borrow
    exact = signed(a) - signed(operand) - borrow
    flags = N * (difference >> 7 & 1) | V * (not -128 <= exact <= 127)
    flags |= Z * (difference % 256 == 0) | C * (difference >= 0)
    low = a % 16 - operand % 16 - borrow
    high = a // 16 - operand // 16
    if low < 0:
        low -= 6
        high -= 1
    if high < 0:
        high -= 6
    return high % 16 * 16 + low % 16, flags


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
@pytest.mark.parametrize(("opcode", "rule"), [(0x69, adc), (0xE9, sbc), (0xEB, sbc)], ids=["ADC", "SBC", "SBC $EB"])
def test_every_decimal_sum_and_difference_is_that_of_the_chip(opcode, rule, exact):
    cpu = Mos6502()
    cpu.exact = exact
    # A program of its own for each operand and carry: every A is added to it, and A and P are left on two pages.
    for carry in (0, 1):
        for operand in range(256):
            cpu.memory[0x0400:0x0413] = bytes([
                0xF8, 0x38 if carry else 0x18,          # SED; SEC or CLC
                0x8A, opcode, operand,                  # TXA; ADC #operand
                0x9D, 0x00, 0x20,                       # STA $2000,X
                0x08, 0x68, 0x9D, 0x00, 0x21,           # PHP; PLA; STA $2100,X
                0xE8, 0xD0, 0xF1,                       # INX; BNE $0401
                0x4C, 0x00, 0x05,                       # JMP $0500: a run ends in a page where the fast build is not
            ])
            cpu.registers = {"pc": 0x0400, "x": 0, "s": 0xFF, "p": 0}
            cpu.run(until=0x0500, cycles=20_000)
            results = zip(cpu.memory[0x2000:0x2100], cpu.memory[0x2100:0x2200], strict=True)
            found = [(a, flags & (N | V | Z | C)) for a, flags in results]
            assert found == [rule(a, operand, carry) for a in range(256)], (operand, carry)
            assert cpu.registers["p"] & D


@pytest.mark.parametrize(("a", "operand", "carry", "result", "flags"), [
    (0x58, 0x46, 1, 0x05, N | V | C), (0x12, 0x34, 0, 0x46, 0), (0x15, 0x26, 0, 0x41, 0), (0x81, 0x92, 0, 0x73, V | C),
    (0x99, 0x01, 0, 0x00, N | C), (0x00, 0x00, 0, 0x00, Z), (0x0F, 0x01, 0, 0x16, 0), (0x9C, 0x9D, 0, 0x9F, V | C),
])  # fmt: skip
def test_sums_that_are_known(a, operand, carry, result, flags):
    assert adc(a, operand, carry) == (result, flags)


@pytest.mark.parametrize(("a", "operand", "carry", "result"), [
    (0x46, 0x12, 1, 0x34), (0x40, 0x13, 1, 0x27), (0x32, 0x02, 0, 0x29), (0x12, 0x21, 1, 0x91), (0x21, 0x34, 1, 0x87),
])  # fmt: skip
def test_differences_that_are_known(a, operand, carry, result):
    assert sbc(a, operand, carry)[0] == result
