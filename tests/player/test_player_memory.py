"""What the player remembers of the last time."""

import json

import pytest

from retrovm.player.memory import MOST_RECENT, Memory, Played


def test_what_was_saved_is_there_the_next_time(tmp_path):
    memory = Memory(tmp_path / "new")
    memory.window = (1, 2, 300, 200)
    memory.played("/games/a.ch8", "chip8")
    memory.save()
    again = Memory(tmp_path / "new")
    assert again.window == (1, 2, 300, 200)
    assert again.recent == [Played("/games/a.ch8", "chip8")]


def test_the_last_program_is_the_first_and_each_is_there_once():
    memory = Memory(None)
    for name in ("a", "b", "a", *map(str, range(40))):
        memory.played(name, "chip8")
    assert [each.program for each in memory.recent] == [str(number) for number in reversed(range(40))][:MOST_RECENT]
    memory.played("25", "chip8")
    assert [each.program for each in memory.recent[:2]] == ["25", "39"]
    assert len(memory.recent) == MOST_RECENT


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"window": [1, 2]}', b'{"recent": [3]}', b"\xff"])
def test_a_damaged_file_is_told_and_kept(tmp_path, content):
    (tmp_path / "memory.json").write_bytes(content)
    memory = Memory(tmp_path)
    assert memory.window is None
    assert memory.recent == []
    assert "cannot be read" in memory.trouble
    assert (tmp_path / "memory.json.bad").read_bytes() == content
    memory.save()
    assert json.loads((tmp_path / "memory.json").read_bytes()) == {"window": None, "recent": []}


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    memory = Memory(None)
    memory.played("a", "chip8")
    memory.save()
    assert list(tmp_path.iterdir()) == []
