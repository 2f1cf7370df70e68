"""Where media come from: paths, bytes, open files, archives; and how the format is chosen."""

import hashlib
import io
import pickle

import pytest

from retrovm import media as media_package
from retrovm.errors import ArgumentError, MediaError, UnknownNameError
from retrovm.media import Media, Segment, open_media, opening

HEX = b":03020000A9018DC4\n:00000001FF\n"
SREC = b"S1060200A9018DC0\nS9030000FC\n"


def failure(*args, **kwargs) -> str:
    with pytest.raises(MediaError) as caught:
        open_media(*args, **kwargs)
    return str(caught.value)


def test_a_path_bytes_and_an_open_file_give_the_same_segments(tmp_path):
    path = tmp_path / "game.ch8"
    path.write_bytes(b"\x12\x00")
    from_path = open_media(path)
    assert (from_path.name, from_path.format, from_path.path) == ("game.ch8", "ch8", path)
    assert from_path.segments == (Segment(None, b"\x12\x00"),)
    assert open_media(str(path)) == from_path
    for data in (b"\x12\x00", bytearray(b"\x12\x00"), memoryview(b"\x12\x00")):
        assert open_media(data, name="game.ch8").segments == from_path.segments
    with path.open("rb") as stream:
        assert open_media(stream).name == "game.ch8"
    with path.open("rb", buffering=0) as stream:
        assert open_media(stream).segments == from_path.segments


def test_a_medium_is_returned_as_it_is():
    media = open_media(b"\x12\x00")
    assert open_media(media) is media


def test_a_stream_that_gives_its_bytes_in_parts_is_read_to_the_end():
    class Trickle(io.RawIOBase):
        def __init__(self) -> None:
            self.rest = HEX

        def read(self, size: int = -1) -> bytes:
            part, self.rest = self.rest[:3], self.rest[3:]
            return part

    assert open_media(Trickle()).format == "ihex"


def test_the_content_counts_for_more_than_the_name():
    assert open_media(HEX, name="game.ch8").format == "ihex"
    assert open_media(SREC, name="game.bin").format == "srec"
    assert open_media(HEX).format == "ihex"


@pytest.mark.parametrize(("name", "format"), [
    ("a.ch8", "ch8"), ("A.CH8", "ch8"), ("a.xo8", "ch8"),
    ("a.bin", "binary"), ("a.xyz", "binary"), ("a", "binary"),
])
def test_without_a_signature_the_end_of_the_name_counts(name, format):
    assert open_media(b"\1\2\3", name=name).format == format


def test_a_name_that_promises_a_format_makes_damage_an_error_instead_of_a_binary():
    assert "a.hex, line 1, column 1: this is no Intel HEX record" in failure(b"\x00\x01", name="a.hex")
    assert "the zip archive is damaged" in failure(b"\x00\x01", name="a.zip")


def test_a_format_can_be_given():
    assert open_media(HEX, format="binary").segments == (Segment(None, HEX),)
    with pytest.raises(UnknownNameError, match="no media format 'ihx'; did you mean ihex"):
        open_media(HEX, format="ihx")


def test_the_sha1_is_that_of_the_whole_file():
    assert open_media(HEX).sha1 == hashlib.sha1(HEX).hexdigest()


def test_an_image_puts_segments_in_their_place_and_fills_the_rest():
    assert open_media(HEX).image(0x01FF, 5, 0xEA) == b"\xEA\xA9\x01\x8D\xEA"
    assert open_media(b"\1\2").image(0x8000, 4) == b"\1\2\xFF\xFF"


def test_an_image_that_would_lose_bytes_is_an_error():
    with pytest.raises(MediaError, match=r"a.hex: it does not fit into this memory: found \$0200-\$0202, "
                                         r"expected at most 2 bytes in \$0200-\$0201"):
        open_media(HEX, name="a.hex").image(0x0200, 2)
    with pytest.raises(MediaError, match="found 3 bytes, expected at most 2 bytes"):
        open_media(b"\1\2\3").image(0, 2)


def test_a_medium_survives_pickling_and_does_not_print_its_bytes():
    media = open_media(HEX, name="a.hex")
    assert pickle.loads(pickle.dumps(media)) == media
    assert "A9" not in repr(media)
    assert "xa9" not in repr(media)


def test_an_error_survives_pickling():
    with pytest.raises(MediaError) as caught:
        open_media(b":00", name="a.hex")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.line) == (str(caught.value), 1)


def test_an_empty_file_is_an_error():
    assert failure(b"", name="a.ch8") == "a.ch8: it is empty"


def test_a_missing_file_is_an_error_with_the_nearest_names(tmp_path):
    (tmp_path / "pong.ch8").write_bytes(b"\1")
    assert failure(tmp_path / "pnog.ch8").endswith("pnog.ch8: there is no such file; did you mean pong.ch8?")
    assert failure(tmp_path / "no" / "way").endswith("way: there is no such file")
    assert "there is no such file" in failure("a\0b")
    assert "there is no such file" in failure("x" * 5000)


def test_a_folder_is_an_error(tmp_path):
    assert "it is a folder: expected a file" in failure(tmp_path)


def test_a_file_above_the_limit_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "MAX_SIZE", 1 << 20)
    path = tmp_path / "large.bin"
    path.write_bytes(bytes((1 << 20) + 1))
    for source in (path, path.read_bytes(), io.BytesIO(path.read_bytes())):
        assert "it is too large: found more than 1 MiB, expected at most 1 MiB" in failure(source)
    path.write_bytes(bytes(1 << 20))
    assert open_media(path).size == 1 << 20


def test_the_limit_is_64_mib():
    assert media_package.MAX_SIZE == opening.MAX_SIZE == 64 * 1024 * 1024


def test_a_file_of_text_and_things_that_are_no_source_are_errors():
    with pytest.raises(ArgumentError, match="binary mode"):
        open_media(io.StringIO("hello"))
    with pytest.raises(ArgumentError, match="not int"):
        open_media(42)


def test_a_plain_file_has_no_members(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"\1")
    assert "it is no archive: found raw binary, expected an archive; leave out 'b'" in failure(f"{path}#b")


def test_the_description_names_the_first_segments_and_the_number_of_the_others():
    segments = tuple(Segment(page << 8, b"\1") for page in range(6))
    media = Media("a", b"", "ihex", segments, title="Intel HEX", entry=0x100)
    assert media.description == ("Intel HEX, 6 bytes at $0000-$0000, $0100-$0100, $0200-$0200, $0300-$0300 "
                                 "and 2 more, starts at $0100")
