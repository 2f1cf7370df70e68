"""What is written in a format is what it reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm import registry
from retrovm.errors import MediaError
from retrovm.media import Segment, ihex, srec

RECORDS = {"ihex": ihex, "srec": srec}


@pytest.mark.parametrize("module", RECORDS.values(), ids=RECORDS)
@given(pieces=st.lists(st.tuples(st.integers(0, 200), st.binary(min_size=1, max_size=40)), max_size=5))
def test_records_give_the_segments_back(module, pieces):
    segments, at = [], 0
    for gap, data in pieces:
        at += gap + 1                                   # segments that touch are read as one
        segments.append(Segment(at, data))
        at += len(data)
    assert list(module.parse(module.write(segments), "a").segments) == segments


def test_records_are_those_of_the_formats():
    segments = [Segment(0x0200, bytes(range(17)))]
    assert ihex.write(segments) == (b":10020000000102030405060708090A0B0C0D0E0F76\n:0102100010DD\n:00000001FF\n")
    assert srec.write([Segment(0x0200, b"\xa9\x01\x8d")]) == b"S1060200A9018DC0\nS9030000FC\n"


def test_raw_bytes_have_0_between_the_segments():
    write = registry.formats()["binary"].write
    assert write([Segment(0x10, b"ab"), Segment(0x14, b"c")]) == b"ab\0\0c"
    assert write([]) == b""


@pytest.mark.parametrize("module", RECORDS.values(), ids=RECORDS)
@pytest.mark.parametrize(("address", "found"), [(0xFFFF, "$FFFF-$10000"), (None, "2 bytes")])
def test_what_has_no_address_in_64_kib_cannot_be_written(module, address, found):
    with pytest.raises(MediaError) as caught:
        module.write([Segment(address, b"ab")])
    assert f"cannot say where this belongs: found {found}, expected addresses up to $FFFF" in str(caught.value)
