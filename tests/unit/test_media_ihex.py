"""Intel HEX: the records, the errors and where they point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.errors import MediaError
from retrovm.media import Media, Segment
from retrovm.media.ihex import parse, sniff

END = ":00000001FF"


def record(kind: int, offset: int, data: bytes) -> str:
    body = bytes([len(data)]) + offset.to_bytes(2) + bytes([kind]) + data
    return f":{(body + bytes([-sum(body) & 0xFF])).hex().upper()}"


def read(*lines: str) -> Media:
    return parse("\n".join(lines).encode("latin-1"), "a.hex")


def failure(*lines: str) -> MediaError:
    with pytest.raises(MediaError) as caught:
        read(*lines)
    return caught.value


def test_data_records_become_segments_by_ascending_address():
    media = read(record(0, 0x8000, b"\5"), record(0, 0x0200, b"\1\2"), record(0, 0x0202, b"\3"), END)
    assert media.segments == (Segment(0x0200, b"\1\2\3"), Segment(0x8000, b"\5"))
    assert media.description == "Intel HEX, 4 bytes at $0200-$0202, $8000-$8000"


def test_the_documented_record_is_read():
    assert read(":03020000A9018DC4", END).segments == (Segment(0x0200, b"\xA9\x01\x8D"),)


def test_a_segment_base_counts_in_units_of_16_bytes_and_wraps_at_64_kib():
    media = read(record(2, 0, b"\x12\x34"), record(0, 0xFFFF, b"\1\2"), END)
    assert media.segments == (Segment(0x12340, b"\2"), Segment(0x2233F, b"\1"))


def test_a_linear_base_is_the_upper_half_of_the_address_and_does_not_wrap_at_64_kib():
    media = read(record(4, 0, b"\x00\x01"), record(0, 0xFFFF, b"\1\2"), END)
    assert media.segments == (Segment(0x1FFFF, b"\1\2"),)


def test_linear_addresses_wrap_at_4_gib():
    media = read(record(4, 0, b"\xFF\xFF"), record(0, 0xFFFF, b"\1\2"), END)
    assert media.segments == (Segment(0, b"\2"), Segment(0xFFFFFFFF, b"\1"))


@pytest.mark.parametrize(("lines", "entry"), [
    ((record(3, 0, b"\x12\x34\x00\x05"), END), 0x12345),
    ((record(5, 0, b"\x00\x00\xC0\x00"), END), 0xC000),
    ((record(1, 0xC000, b""),), 0xC000),
    ((END,), None),
])
def test_the_start_address_is_in_records_03_and_05_and_in_old_files_in_01(lines, entry):
    assert read(*lines).entry == entry


def test_lower_case_blank_lines_carriage_returns_and_control_z_are_fine():
    text = b"\r\n:03020000a9018dc4\r\n\r\n:00000001ff\r\n\x1a"
    assert parse(text, "a.hex").segments[0].data == b"\xA9\x01\x8D"


def test_a_wrong_checksum_names_line_column_and_both_values():
    error = failure(record(0, 0, b"\0"), ":03020000A9018DC5", END)
    assert str(error) == ("a.hex, line 2, column 16: the checksum is wrong: found $C5, expected $C4; "
                          "a character of this line was damaged")
    assert (error.file, error.line, error.column) == ("a.hex", 2, 16)
    assert (error.found, error.expected) == ("$C5", "$C4")


@pytest.mark.parametrize(("line", "column", "message"), [
    ("03020000A9018DC4", 1, "no Intel HEX record: found '0', expected ':'"),
    (":0302000xA9018DC4", 9, "no hexadecimal digit: found 'x', expected 0-9 or A-F"),
    (":0302000\xe9A9018DC4", 9, "no hexadecimal digit: found byte $E9"),
    (":03020000A9018DC", 16, "the last byte has one digit only"),
    (":0302", 6, "too short: found 2 bytes, expected 5 or more"),
    (":04020000A9018DC4", 2, "found 7 bytes after the count, expected 8"),
    (record(6, 0, b""), 8, "no such record type: found 06, expected 00 to 05"),
    (record(4, 0, b"\0"), 2, "a record 04 (extended linear address) has a fixed length"),
])
def test_a_damaged_line_is_an_error_with_its_column(line, column, message):
    error = failure("", line, END)
    assert (error.line, error.column) == (2, column)
    assert message in str(error)


def test_a_file_without_an_end_is_cut_off():
    assert "ends without an end-of-file record: expected :00000001FF" in str(failure(record(0, 0, b"\0")))


def test_nothing_may_follow_the_end():
    assert "line 2, column 1: the file goes on" in str(failure(END, record(0, 0, b"\0")))


def test_a_byte_may_be_given_twice_only_with_the_same_value():
    assert read(record(0, 0, b"\1\2\3"), record(0, 1, b"\2\3\4"), END).segments == (Segment(0, b"\1\2\3\4"),)
    error = failure(record(0, 0x10, b"\1\2\3"), record(0, 0x0F, b"\0\1\7"), END)
    assert str(error) == ("a.hex, line 2, column 1: $0011 is given again, with another value: "
                          "found $07, expected $02 as in line 1")


def test_the_content_makes_it_sure_and_the_name_alone_likely():
    assert sniff(b"\n:00000001FF", "a.txt").confidence == 0.95
    assert sniff(b"hello", "a.hex").confidence == 0.7
    assert sniff(b":hello", "a.txt") is None


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=200)), max_size=30))
def test_what_is_written_is_read_again(pages):
    memory = {}
    lines = []
    for page, data in pages:
        at = page << 8
        if at not in memory:
            memory[at] = data
            lines.append(record(0, at, data))
    media = read(*lines, END)
    expected = {at + index: byte for at, data in memory.items() for index, byte in enumerate(data)}
    found = {part.address + index: byte for part in media.segments for index, byte in enumerate(part.data)}
    assert found == expected


ALPHABET = st.sampled_from(b":0123456789ABCDEFabcdef\r\n S\x1a\x00\xff")
LINE = st.one_of(
    st.builds(record, st.integers(0, 7), st.integers(0, 0xFFFF), st.binary(max_size=8)),
    st.builds(record, st.sampled_from([2, 4]), st.just(0), st.binary(min_size=2, max_size=2)),
    st.lists(ALPHABET, max_size=30).map(lambda each: bytes(each).decode("latin-1")),
    st.just(END),
)


TEXT = st.lists(LINE, max_size=8).map(lambda each: "\n".join(each).encode("latin-1"))


@given(st.one_of(st.binary(max_size=200), TEXT))
def test_any_bytes_are_a_medium_or_a_media_error(data):
    sniff(data, "a.hex")
    try:
        media = parse(data, "a.hex")
    except MediaError as caught:
        error = caught
    else:
        assert all(part.data and part.end <= 1 << 32 for part in media.segments)
        return
    assert str(error).startswith("a.hex")
