"""Motorola S-records: the records, the errors and where they point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.errors import MediaError
from retrovm.media import Media, Segment
from retrovm.media.srec import ADDRESS_BYTES, parse, sniff

END = "S9030000FC"


def record(kind: int, address: int, data: bytes = b"") -> str:
    body = address.to_bytes(ADDRESS_BYTES[kind]) + data
    body = bytes([len(body) + 1]) + body
    return f"S{kind}{(body + bytes([~sum(body) & 0xFF])).hex().upper()}"


def read(*lines: str) -> Media:
    return parse("\n".join(lines).encode("latin-1"), "a.s19")


def failure(*lines: str) -> MediaError:
    with pytest.raises(MediaError) as caught:
        read(*lines)
    return caught.value


def test_the_documented_record_is_read():
    assert read("S1060200A9018DC0", END).segments == (Segment(0x0200, b"\xA9\x01\x8D"),)


def test_s1_s2_and_s3_have_addresses_of_16_24_and_32_bits():
    data = record(3, 0x12345678, b"\3"), record(2, 0x123456, b"\2"), record(1, 0x1234, b"\1")
    media = read(*data, record(7, 0))
    assert media.segments == (Segment(0x1234, b"\1"), Segment(0x123456, b"\2"), Segment(0x12345678, b"\3"))


def test_the_header_is_the_comment():
    media = read(record(0, 0, b"HELLO\0\x7f "), record(1, 0, b"\1"), END)
    assert media.comment == "HELLO"
    assert media.description == 'Motorola S-records, 1 byte at $0000-$0000, says "HELLO"'


@pytest.mark.parametrize(("line", "entry"), [
    (record(9, 0xC000), 0xC000),
    (record(8, 0x12C000), 0x12C000),
    (record(7, 0x8000C000), 0x8000C000),
    (END, None),
])
def test_the_end_record_has_the_start_address_and_zero_means_none(line, entry):
    assert read(line).entry == entry


def test_count_records_are_compared():
    data = [record(1, 0, b"\1"), record(1, 1, b"\2")]
    assert read(*data, record(5, 2), END).size == 2
    assert read(*data, record(6, 2), END).size == 2
    error = failure(*data, record(5, 3), END)
    assert "line 3, column 5: the number of data records is wrong: found 2 records, expected 3" in str(error)


def test_a_wrong_checksum_names_line_column_and_both_values():
    error = failure(record(0, 0), "S1060200A9018DC1", END)
    assert str(error) == ("a.s19, line 2, column 15: the checksum is wrong: found $C1, expected $C0; "
                          "a character of this line was damaged")


@pytest.mark.parametrize(("line", "column", "message"), [
    ("X1060200A9018DC0", 1, "no S-record: found 'X', expected 'S'"),
    ("S", 2, "no such record type: found the end of the line"),
    ("S4030000FC", 2, "no such record type: found '4', expected 0 to 3 or 5 to 9"),
    ("S1060200A9018_C0", 14, "no hexadecimal digit: found '_'"),
    ("S1060200A9018DC", 15, "the last byte has one digit only"),
    ("S30300", 7, "too short: found 2 bytes, expected 6 or more"),
    ("S1070200A9018DC0", 3, "found 6 bytes after the count, expected 7"),
    (record(9, 0, b"\1"), 3, "a record S9 has no data"),
    (record(1, 0xFFFF, b"\1\2"), 5, "beyond the addresses of S1: found $FFFF-$10000, expected up to $FFFF"),
])
def test_a_damaged_line_is_an_error_with_its_column(line, column, message):
    error = failure("", line, END)
    assert (error.line, error.column) == (2, column)
    assert message in str(error)


def test_a_file_without_an_end_is_cut_off():
    assert "ends without an end record: expected S7, S8 or S9" in str(failure(record(1, 0, b"\0")))


def test_nothing_may_follow_the_end():
    assert "line 2, column 1: the file goes on" in str(failure(END, END))


def test_the_content_makes_it_sure_and_the_name_alone_likely():
    assert sniff(b"S9030000FC", "a.txt").confidence == 0.95
    assert sniff(b"hello", "a.s19").confidence == 0.7
    assert sniff(b"Some text", "a.txt") is None


ALPHABET = st.sampled_from(b"S0123456789ABCDEFabcdef\r\n :\x1a\x00\xff")
LINE = st.one_of(
    st.builds(record, st.sampled_from(sorted(ADDRESS_BYTES)), st.integers(0, 0xFFFF), st.binary(max_size=8)),
    st.lists(ALPHABET, max_size=30).map(lambda each: bytes(each).decode("latin-1")),
    st.just(END),
)


TEXT = st.lists(LINE, max_size=8).map(lambda each: "\n".join(each).encode("latin-1"))


@given(st.one_of(st.binary(max_size=200), TEXT))
def test_any_bytes_are_a_medium_or_a_media_error(data):
    sniff(data, "a.s19")
    try:
        media = parse(data, "a.s19")
    except MediaError as caught:
        error = caught
    else:
        assert all(part.data and part.end <= 1 << 32 for part in media.segments)
        return
    assert str(error).startswith("a.s19")
