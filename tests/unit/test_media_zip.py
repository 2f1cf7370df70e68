"""Zip archives: choosing a member, limits and damage."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.errors import MediaError
from retrovm.media import Segment, open_media
from retrovm.media import zip as zip_format


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as writer:
        for name, data in files.items():
            writer.writestr(zipfile.ZipInfo(name), data, method)
    return stream.getvalue()


def failure(*args, **kwargs) -> str:
    with pytest.raises(MediaError) as caught:
        open_media(*args, **kwargs)
    return str(caught.value)


GAMES = {"readme.txt": b"hello", "pong.ch8": b"\x12\x00", "old/brix.ch8": b"\x12\x02"}


def test_the_only_program_is_taken():
    data = archive({"readme.txt": b"hello", "games/": b"", "games/pong.ch8": b"\x12\x00",
                    "__MACOSX/._pong.ch8": b"x"})
    media = open_media(data, name="pong.zip")
    assert (media.name, media.format, media.archive) == ("games/pong.ch8", "ch8", "pong.zip")
    assert media.data == b"\x12\x00"


def test_the_only_file_is_taken_whatever_its_name():
    assert open_media(archive({"kernal": b"\1\2"})).segments == (Segment(None, b"\1\2"),)


def test_the_content_of_a_member_counts():
    assert open_media(archive({"program": b":00000001FF"})).format == "ihex"


def test_several_programs_are_an_error_that_names_them_and_how_to_choose():
    assert failure(archive(GAMES), name="games.zip") == (
        "games.zip: the archive has several programs: found pong.ch8, old/brix.ch8; "
        "choose one: games.zip#pong.ch8")


def test_a_member_is_chosen_by_argument_or_in_the_path(tmp_path):
    path = tmp_path / "games.zip"
    path.write_bytes(archive(GAMES))
    for media in (open_media(path, member="pong.ch8"), open_media(f"{path}#pong.ch8")):
        assert (media.data, media.path, media.archive) == (b"\x12\x00", path, "games.zip")
    assert open_media(f"{path}#old/brix.ch8").data == b"\x12\x02"
    assert open_media(f"{path}#brix.ch8").name == "old/brix.ch8"
    assert open_media(f"{path}#readme.txt", format="binary").data == b"hello"


def test_a_file_with_a_hash_in_its_name_is_that_file(tmp_path):
    (tmp_path / "a.zip").write_bytes(archive({"b.ch8": b"\1"}))
    (tmp_path / "a.zip#b.ch8").write_bytes(b"\2")
    (tmp_path / "c#d.zip").write_bytes(archive({"e#f.ch8": b"\3"}))
    assert open_media(tmp_path / "a.zip#b.ch8").data == b"\2"
    assert open_media(f"{tmp_path}/c#d.zip#e#f.ch8").data == b"\3"


def test_a_member_that_is_not_there_is_an_error_that_lists_the_others():
    assert failure(archive(GAMES), name="g.zip", member="tetris.ch8") == (
        "g.zip: it has no file 'tetris.ch8': expected one of readme.txt, pong.ch8, old/brix.ch8")
    twice = archive({"a/x.ch8": b"\1", "b/x.ch8": b"\2"})
    assert "it has several files 'x.ch8': expected one of a/x.ch8, b/x.ch8" in failure(twice, member="x.ch8")


def test_a_long_list_is_cut_short():
    assert "and 980 more" in failure(archive({f"{number}.ch8": b"\1" for number in range(1000)}))


def test_archives_without_programs_are_errors():
    assert "the archive has no files" in failure(archive({}))
    assert "no name in the archive is that of a program: found a.txt, b.txt" in failure(
        archive({"a.txt": b"1", "b.txt": b"2"}))


def test_an_archive_in_an_archive_is_an_error():
    inner = archive({"pong.ch8": b"\1"})
    assert "#inner.zip: it is an archive in an archive; unpack" in failure(archive({"inner.zip": inner}))


def test_names_cannot_steer_the_terminal():
    assert "found '\\x1b[2J.ch8', b.ch8" in failure(archive({"\x1b[2J.ch8": b"1", "b.ch8": b"2"}))


def test_a_member_without_a_name_is_no_crash():
    data = archive({"a.ch8": b"\1"}).replace(b"a.ch8", b"\0.ch8")
    assert open_media(data).data == b"\1"


def test_of_two_entries_with_one_name_the_last_counts():
    stream = io.BytesIO(archive({"a.ch8": b"\1"}))
    with zipfile.ZipFile(stream, "a") as writer, pytest.warns(UserWarning, match="Duplicate name"):
        writer.writestr("a.ch8", b"\2")
    assert open_media(stream.getvalue()).data == b"\2"


def test_the_archive_itself_can_be_had_as_bytes():
    data = archive(GAMES)
    assert open_media(data, format="binary").data == data


def test_a_zip_bomb_stops_at_the_limit(monkeypatch):
    monkeypatch.setattr(zip_format, "MAX_SIZE", 1 << 20)
    bomb = archive({"a.bin": bytes((1 << 20) + 1)})
    assert "it is too large: found more than 1 MiB unpacked" in failure(bomb)
    assert open_media(archive({"a.bin": bytes(1 << 20)})).size == 1 << 20


def test_too_many_files_are_an_error_before_they_are_looked_at():
    assert "too many files: expected at most 10,000" in failure(b"PK\5\6" + b"PK\1\2" * 10_001)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_bounded_are_refused(method):
    data = archive({"a.ch8": b"1"}, method)
    assert f"found method {method}, expected stored (0) or deflated (8)" in failure(data)


def test_an_encrypted_member_is_an_error():
    data = bytearray(archive({"a.ch8": b"\1"}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    assert "#a.ch8: it is encrypted" in failure(bytes(data))


def test_a_damaged_member_is_an_error():
    data = bytearray(archive({"a.ch8": b"hello world"}, zipfile.ZIP_STORED))
    data[data.index(b"hello")] ^= 1
    assert "#a.ch8: it is damaged (Bad CRC-32" in failure(bytes(data))


def test_an_empty_member_is_an_error():
    assert "a.ch8: the file is empty" in failure(archive({"a.ch8": b""}))


SOUND = archive({"a.ch8": b"\x12\x00" * 20, "b/": b"", "c.hex": b":00000001FF"})
PATCHES = st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), max_size=6)


@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\3\4", b"PK\5\6"]))
def test_random_bytes_are_a_media_error(data, signature):
    assert "a.zip" in failure(signature + data, name="a.zip")


@given(PATCHES, st.integers(0, len(SOUND)), st.sampled_from([None, "a.ch8", "c.hex"]))
def test_a_damaged_archive_is_a_medium_or_a_media_error(patches, cut, member):
    data = bytearray(SOUND)
    for at, value in patches:
        data[at] = value
    for damaged in (bytes(data), bytes(data[:cut])):
        try:
            open_media(damaged, name="a.zip", member=member)
        except MediaError:
            continue
