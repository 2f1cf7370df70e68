"""Ranges of addresses, as options and messages write them: $0000-$7FFF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from retrovm.spec import integer


@dataclass(frozen=True, order=True)
class Range:
    """The addresses from `first` to `last`, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"${self.first:04X}-${self.last:04X}"

    def __contains__(self, address: int) -> bool:
        return self.first <= address <= self.last

    @property
    def size(self) -> int:
        """How many addresses."""
        return self.last - self.first + 1

    def overlaps(self, other: Range) -> bool:
        """True where both have an address."""
        return self.first <= other.last and other.first <= self.last


def address_range(most: int = 0xFFFF, least_size: int = 1) -> Callable[[Any], Range]:
    """Parses "$0000-$7FFF", "0-32767" or (first, last), of `least_size` addresses or more."""
    number = integer(0, most)

    def parse(value: Any) -> Range:
        if isinstance(value, Range):
            return value
        ends = value.split("-") if isinstance(value, str) else value
        if not isinstance(ends, (list, tuple)) or len(ends) != 2:
            raise ValueError(f"expected the first and the last address, like $0000-${most:04X}")
        found = Range(number(ends[0]), number(ends[1]))
        if found.size < least_size:
            raise ValueError(f"{found} has {max(found.size, 0)} addresses; {least_size} or more are needed")
        return found

    return parse


def address_ranges(most: int = 0xFFFF) -> Callable[[Any], tuple[Range, ...]]:
    """Parses one or more ranges: "$0000-$3FFF,$6000-$7FFF", or a list of what `address_range` takes."""
    one = address_range(most)

    def parse(value: Any) -> tuple[Range, ...]:
        if isinstance(value, str):
            value = value.split(",")
        elif isinstance(value, Range) or (len(value) == 2 and all(isinstance(end, int) for end in value)):
            value = [value]
        found = sorted(one(each) for each in value)
        if not found:
            raise ValueError("expected one range or more, like $0000-$7FFF")
        for lower, upper in pairwise(found):
            if lower.overlaps(upper):
                raise ValueError(f"{lower} and {upper} overlap")
        return tuple(found)

    return parse


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and last number of each run of consecutive ones among ascending numbers."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last
