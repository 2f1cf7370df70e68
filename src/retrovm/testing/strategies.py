"""Hypothesis strategies for what guest code works on: bytes, words, registers.

    from hypothesis import given
    from retrovm.testing.strategies import byte, registers

    @given(a=byte(), x=byte())
    def test_multiply_is_the_product(make_vm, a, x):
        assert make_vm().call("multiply", a=a, x=x).a == a * x & 0xFF

They are hypothesis's own strategies, so they shrink, map and combine as all do.
"""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from retrovm.errors import ArgumentError

RANGES = {**dict.fromkeys(("a", "x", "y", "p", "dt", "st", *(f"v{digit:x}" for digit in range(16))), 0xFF), "i": 0xFFF}
"""Registers that a call may begin with, and the largest value of each."""


def byte(first: int = 0, last: int = 0xFF) -> SearchStrategy[int]:
    """Numbers of eight bits, or those from `first` to `last`."""
    return _within(first, last, 0xFF)


def word(first: int = 0, last: int = 0xFFFF) -> SearchStrategy[int]:
    """Numbers of 16 bits, or those from `first` to `last`."""
    return _within(first, last, 0xFFFF)


def signed_byte() -> SearchStrategy[int]:
    """Numbers from -128 to 127; `value & 0xFF` is how a register holds one."""
    return st.integers(-0x80, 0x7F)


def bcd() -> SearchStrategy[int]:
    """Bytes of two decimal digits, for arithmetic in decimal mode: $00 to $99."""
    return st.integers(0, 99).map(lambda number: number // 10 << 4 | number % 10)


def data(smallest: int = 0, largest: int = 256) -> SearchStrategy[bytes]:
    """Bytes for a buffer, at least and at most so many."""
    return st.binary(min_size=smallest, max_size=largest)


def registers(*names: str, **strategies: SearchStrategy[int]) -> SearchStrategy[Mapping[str, int]]:
    """Registers for a call: `vm.call("f", **held)` with `registers("a", "x", y=byte(1, 8))`; without any, a, x and y.

    Raises `ArgumentError` for a name that no register has.
    """
    wanted = names or ("a", "x", "y") if not strategies else names
    for name in wanted:
        if name not in RANGES:
            raise ArgumentError(f"a call begins with {', '.join(RANGES)}, and there is no {name!r}")
    return st.fixed_dictionaries({**{name: st.integers(0, RANGES[name]) for name in wanted}, **strategies})


def _within(first: int, last: int, largest: int) -> SearchStrategy[int]:
    if not 0 <= first <= last <= largest:
        raise ArgumentError(f"expected numbers in order from 0 to {largest}, not {first} to {last}")
    return st.integers(first, last)
