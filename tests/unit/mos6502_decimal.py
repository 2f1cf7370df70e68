"""What ADC and SBC do with D set on each model: the published rules (docs/references.md: decimal, appendix A), said with digits.

NMOS    ADC: the low digits are added with the carry; from 10 on, 6 more, and one is carried into the high digit. N and V are
        those of the signed sum of the high digits with that carry; then the high digit is adjusted likewise, and C is its
        carry. Z is that of the binary sum. SBC: every flag is that of the binary difference. The low digits are subtracted;
        below 0, 6 less, and one is borrowed from the high digit, which is adjusted likewise.
CMOS    ADC: A, C and V as above; N and Z are those of A. SBC: C and V as above, N and Z are those of A; the difference of
        the bytes is made less by $60 where it is below 0, and by 6 where that of the low digits is, so that A differs from
        NMOS for digits above 9. Both take one cycle more.
WDC     As CMOS, but for A after SBC, which is that of NMOS (docs/references.md: singlestep; the recordings of its three
        folders for CMOS differ in exactly this).
binary  The 2A03 ignores D.
"""

from __future__ import annotations

from collections.abc import Callable

N, V, D, Z, C = 0x80, 0x40, 0x08, 0x02, 0x01
FLAGS = N | V | Z | C

Rule = Callable[[int, int, int], tuple[int, int]]
"""(A, operand, carry) -> (A, flags)"""


def signed(value: int) -> int:
    return value - 256 if value >= 128 else value


def sign_and_zero(a: int) -> int:
    return (N if a >= 128 else 0) | (Z if a == 0 else 0)


def nmos_adc(a: int, operand: int, carry: int) -> tuple[int, int]:
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


def nmos_sbc(a: int, operand: int, carry: int) -> tuple[int, int]:
    low = a % 16 - operand % 16 - (1 - carry)
    high = a // 16 - operand // 16
    if low < 0:
        low -= 6
        high -= 1
    if high < 0:
        high -= 6
    return high % 16 * 16 + low % 16, binary_sbc(a, operand, carry)[1]


def cmos_adc(a: int, operand: int, carry: int) -> tuple[int, int]:
    result, flags = nmos_adc(a, operand, carry)
    return result, flags & (C | V) | sign_and_zero(result)


def cmos_sbc(a: int, operand: int, carry: int) -> tuple[int, int]:
    borrow = 1 - carry
    difference = a - operand - borrow
    result = difference - 0x60 * (difference < 0) - 6 * (a % 16 - operand % 16 - borrow < 0)
    return result % 256, binary_sbc(a, operand, carry)[1] & (C | V) | sign_and_zero(result % 256)


def wdc_sbc(a: int, operand: int, carry: int) -> tuple[int, int]:
    result, flags = nmos_sbc(a, operand, carry)
    return result, flags & (C | V) | sign_and_zero(result)


def binary_adc(a: int, operand: int, carry: int) -> tuple[int, int]:
    total = a + operand + carry
    exact = signed(a) + signed(operand) + carry
    return total % 256, sign_and_zero(total % 256) | V * (not -128 <= exact <= 127) | C * (total > 255)


def binary_sbc(a: int, operand: int, carry: int) -> tuple[int, int]:
    difference = a - operand - (1 - carry)
    exact = signed(a) - signed(operand) - (1 - carry)
    flags = V * (not -128 <= exact <= 127) | C * (difference >= 0)
    return difference % 256, sign_and_zero(difference % 256) | flags


NMOS: dict[str, Rule] = {"ADC": nmos_adc, "SBC": nmos_sbc}
CMOS: dict[str, Rule] = {"ADC": cmos_adc, "SBC": cmos_sbc}
WDC: dict[str, Rule] = {"ADC": cmos_adc, "SBC": wdc_sbc}
BINARY: dict[str, Rule] = {"ADC": binary_adc, "SBC": binary_sbc}


def rules(model: str) -> dict[str, Rule]:
    """{mnemonic: rule} of a model. Whatever is not said to be otherwise is an NMOS chip with another package or pins."""
    if model == "2a03":
        return BINARY
    if model == "65c02-wdc":
        return WDC
    return CMOS if model.startswith("65c02") else NMOS
