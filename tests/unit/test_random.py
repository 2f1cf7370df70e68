"""The generator of a machine's random bits: the same ones by number and by the byte."""

import pytest

from retrovm.core.random import Random
from retrovm.errors import ArgumentError


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 1001])
def test_bytes_are_those_of_as_many_draws_as_they_need_the_lowest_first(count):
    one, other = Random(seed=6502), Random(seed=6502)
    words = [other.draw() for _ in range(-(-count // 4))]
    assert one.draw_bytes(count) == b"".join(word.to_bytes(4, "little") for word in words)[:count]
    assert one.draw() == other.draw()


def test_a_negative_number_of_bytes_is_refused():
    with pytest.raises(ArgumentError, match="0 or more, not -1"):
        Random().draw_bytes(-1)
