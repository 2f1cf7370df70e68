"""The menu: its pages by themselves, and what its entries do to the player."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from player_bench import SteadyClock, Tape, Wall, down, make_player

import retrovm
from retrovm import bundled
from retrovm.player.app import Player
from retrovm.player.commands import Command, help_lines
from retrovm.player.memory import Memory
from retrovm.player.menu import COLUMNS, Entry, Menu, Page, shortened
from retrovm.player.pacing import Pacer
from retrovm.player.sdl import sdl2
from retrovm.player.settings import Settings


def page(*entries, title="Page"):
    return Page(title, lambda: entries)


def acts(*names):
    log = []
    return log, [Entry(name, choose=lambda name=name: log.append(name)) for name in names]


def test_lines_that_only_tell_are_passed_over():
    log, (a, b) = acts("a", "b")
    menu = Menu()
    menu.open(page(Entry("head"), a, Entry("middle"), b))
    menu.choose()
    menu.move(1)
    menu.choose()
    menu.move(1)
    menu.choose()
    menu.move(-1)
    menu.choose()
    assert log == ["a", "b", "a", "b"]


def test_a_letter_finds_the_next_line_that_begins_so():
    _, entries = acts("apple", "bear", "Bean", "cat")
    menu = Menu()
    menu.open(page(*entries))
    found = []
    for letter in "bbbxc":
        menu.seek(letter)
        found.append(menu.entry.text)
    assert found == ["bear", "Bean", "bear", "bear", "cat"]


def test_a_long_page_is_leapt_through_and_stops_at_its_ends():
    _, entries = acts(*map(str, range(50)))
    menu = Menu()
    menu.open(page(*entries))
    menu.leap(10)
    assert menu.entry.text == "10"
    menu.leap(1000)
    assert menu.entry.text == "49"
    menu.leap(-1000)
    assert menu.entry.text == "0"
    assert menu.panel.pixels.shape[1] == COLUMNS * 8


def test_an_empty_page_can_be_left_and_does_nothing_else():
    menu = Menu()
    menu.open(page())
    for act in (menu.choose, lambda: menu.move(1), lambda: menu.change(1), menu.remove, lambda: menu.seek("a")):
        act()
    assert menu.entry is None
    menu.back()
    assert not menu.is_open


def test_a_page_that_gets_shorter_means_its_last_line():
    kept = [*"abc"]
    menu = Menu()
    menu.open(Page("p", lambda: [Entry(name, choose=lambda: None, remove=lambda name=name: kept.remove(name)) for name in kept]))
    menu.leap(5)
    menu.remove()
    assert menu.entry.text == "b"


def test_what_is_meant_can_be_seen():
    _, entries = acts("a", "b")
    menu = Menu()
    menu.open(page(*entries))
    first = menu.panel
    assert menu.panel is first
    menu.move(1)
    assert not np.array_equal(menu.panel.pixels, first.pixels)


def test_long_names_lose_their_middle():
    assert shortened("abcdefghij", 7) == "abc…hij"
    assert shortened("abc", 7) == "abc"
    assert len(shortened("x" * 100, 20)) == 20


# --- in the player


@pytest.fixture
def player(sdl, ember, tmp_path):
    settings = Settings(tmp_path / "config.toml", None, tmp_path)
    player = make_player(ember, tmp_path, sound=Tape(), settings=settings, memory=Memory(tmp_path))
    yield player
    player.close()


KEYS = {"up": ("ArrowUp", sdl2.SDLK_UP), "down": ("ArrowDown", sdl2.SDLK_DOWN), "left": ("ArrowLeft", sdl2.SDLK_LEFT),
        "right": ("ArrowRight", sdl2.SDLK_RIGHT), "enter": ("Enter", sdl2.SDLK_RETURN), "esc": ("Escape", sdl2.SDLK_ESCAPE),
        "del": ("Delete", sdl2.SDLK_DELETE), "t": ("KeyT", sdl2.SDLK_t), "f1": ("F1", sdl2.SDLK_F1)}


def press(player, *keys):
    """Presses keys, each seen before the next."""
    for key in keys:
        if key in KEYS:
            down(*KEYS[key])
        else:
            player.menu.seek(key)
            continue
        player.events.handle()


def go(player, *lines):
    """Opens the menu and chooses entries by what they are called."""
    press(player, "esc")
    for line in lines:
        for _ in range(100):
            if player.menu.entry.text.startswith(line):
                break
            press(player, "down")
        else:
            raise AssertionError(f"there is no entry {line!r} on {player.menu.page.title!r}")
        press(player, "enter")


def test_the_machine_waits_while_the_menu_is_open(player, ember):
    frames = []
    player.display.script = {
        5: lambda: down(*KEYS["esc"]),
        8: lambda: (frames.append(ember.frame), down(*KEYS["esc"])),
    }
    player.run(frames=10)
    assert frames == [4]
    assert ember.frame == 10


def test_keys_in_the_menu_do_not_reach_the_machine(player, ember):
    press(player, "esc")
    down("KeyE", sdl2.SDLK_e)
    player.events.handle()
    assert ember.ports.groups["keypad"].held == ()


def test_a_slot_is_saved_and_loaded_and_its_picture_seen(player, ember):
    player.deck.vm.tick(120)
    saved = ember.frame
    go(player, "Save", "3")
    assert not player.menu.is_open
    assert player.deck.past.slots.path(3).exists()
    player.deck.vm.tick(60)
    go(player, "Load")
    assert player.menu.entry.text.startswith("3  20")
    assert player.menu.entry.picture().shape == (32, 64, 3)
    press(player, "enter")
    assert ember.frame == saved
    go(player, "Take the last load back")
    assert ember.frame == saved + 60


def test_a_setting_is_changed_at_once_and_for_the_next_time(player, tmp_path):
    go(player, "Picture", "Filter")
    assert player.display.look.filter == "scanlines"
    press(player, "right", "right", "right")
    assert player.display.look.filter == "none"
    press(player, "left")
    assert player.display.look.filter == "grid"
    assert tomllib.loads((tmp_path / "config.toml").read_text()) == {"video": {"filter": "grid"}}


def test_a_palette_is_seen_at_once(player, ember):
    player.deck.vm.tick(120)
    go(player, "Picture", "Palette")
    player.draw()
    assert player.display.pictures[-1] != ember.screen.tobytes()
    assert player.get("palette") == "amber"


def test_the_volume_goes_by_the_arrow_keys(player):
    go(player, "Sound", "Volume")
    press(player, "left", "left")
    assert player.get("volume") == 90
    assert player.sound.volume == 90


def test_a_key_of_the_machine_is_chosen_by_pressing_it(player, ember, tmp_path):
    go(player, "Buttons", "6")
    assert player.menu.asks
    press(player, "t")
    assert tomllib.loads((tmp_path / "config.toml").read_text()) == {"machine": {"chip8": {"keys": {"6": ["KeyT"]}}}}
    press(player, "esc", "esc")
    down(*KEYS["t"])
    player.events.handle()
    assert ember.ports.groups["keypad"].held == ("6",)


def test_asking_for_a_key_is_ended_by_escape_and_a_button_may_have_none(player, tmp_path):
    go(player, "Buttons", "6")
    press(player, "esc")
    assert not player.menu.asks
    assert not (tmp_path / "config.toml").exists()
    press(player, "del")
    assert tomllib.loads((tmp_path / "config.toml").read_text())["machine"]["chip8"]["keys"] == {"6": []}


def test_another_program_is_opened_and_remembered(player, tmp_path):
    go(player, "Open a program", "chip8/grotto")
    assert player.deck.vm.media.name == "grotto.ch8"
    assert player.display.titles[-1].startswith("grotto.ch8")
    assert not player.menu.is_open
    player.run(frames=5)
    player.memory.save()
    assert json.loads((tmp_path / "memory.json").read_text())["recent"] == [{"program": "chip8/grotto", "machine": "chip8"}]
    go(player, "Open a program")
    assert [entry.text for entry in player.menu.page.entries()[:3]] == ["Of late", "chip8/grotto", "Files"]


def test_files_of_the_host_are_found_by_folder(player, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "games").mkdir()
    (tmp_path / "games" / "mine.ch8").write_bytes(bundled.find("grotto").file.read_bytes())
    go(player, "Open a program", "Files", "games/", "mine.ch8")
    assert player.deck.vm.media.name == "mine.ch8"
    assert player.memory.recent[0].program == str(tmp_path / "games" / "mine.ch8")


def test_a_file_that_is_no_program_is_one_line_and_the_game_goes_on(player, ember, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.txt").write_text("hello")
    go(player, "Open a program", "Files", "note.txt")
    assert player.deck.vm is ember
    assert "not opened: " in capsys.readouterr().err


def test_a_folder_that_cannot_be_read_is_one_line(player, tmp_path, capsys):
    player.menu.open(player.pages.files(tmp_path))
    with player.telling():
        player.menu.open(player.pages.files(tmp_path / "gone"))
    assert "gone cannot be read: No such file or directory" in capsys.readouterr().err


def test_a_movie_is_recorded_and_played_again(player, ember, tmp_path):
    go(player, "Recordings", "Record a movie")
    player.display.script = {len(player.display.pictures) + 20: lambda: down("KeyE")}
    player.run(frames=60)
    go(player, "Recordings", "End the movie")
    assert (tmp_path / "ember.rmv").exists()
    twin = ember.state_hash()
    go(player, "Recordings", "Play a movie", "ember.rmv")
    assert player.deck.vm is not ember
    player.deck.pacer = Pacer(player.deck.vm.frame_rate, SteadyClock())
    player.run(frames=60)
    assert player.deck.vm.state_hash() == twin


def test_the_keys_are_shown_until_a_key(player):
    press(player, "f1")
    player.draw()
    assert len(player.display.panels) == 1
    press(player, "f1")
    player.draw()
    assert player.display.panels == []


def test_the_keys_of_a_terminal_are_those_that_it_leaves(player):
    keys = {what: keys for keys, what in help_lines(terminal=True)}
    assert keys["end"] == "Ctrl-Shift-Q"
    assert keys["menu"] == "F10"
    assert keys["full screen, and back"] == "F11, Alt-Enter"
    assert "P" not in keys["pause, and on"].split(", ")
    assert len(help_lines()) > len(keys) - 1


def test_waiting_for_the_display_is_switched_at_once(player):
    go(player, "Picture", "Wait for the display")
    assert player.display.vsync is False


def test_end_ends(player):
    go(player, "End")
    player.run()
    assert player.deck.vm.frame == 0


def test_without_a_program_the_menu_is_open_and_leads_to_one(sdl, tmp_path):
    player = Player(None, Wall(), Tape(), settings=Settings(None, {"saves": str(tmp_path)}))
    seen = []

    def choose():
        seen.append(player.menu.page.title)
        go_on = [entry.text for entry in player.menu.page.entries()]
        player.menu.leap(go_on.index("chip8/ember"))
        down(*KEYS["enter"])

    player.display.script = {2: choose, 6: player.quit}
    player.run()
    assert seen == ["Open a program"]
    assert player.deck.vm.media.name == "ember.ch8"
    player.close()


def test_leaving_the_menu_without_a_program_ends_the_player(sdl, tmp_path):
    player = Player(None, Wall(), Tape(), settings=Settings(None, {"saves": str(tmp_path)}))
    player.display.script = {2: lambda: down(*KEYS["esc"])}
    player.run()
    assert player.deck is None
    player.close()


def test_every_bundled_program_that_has_a_screen_can_be_chosen(player):
    go(player, "Open a program")
    shown = {entry.text for entry in player.menu.page.entries()}
    assert {program.id for program in bundled.programs().values() if program.machine in ("chip8", "eater")} <= shown


def test_every_page_can_be_drawn(player):
    for make in (player.pages.main, player.pages.programs, player.pages.recordings, player.pages.buttons,
                 lambda: player.pages.slots(True), player.pages.files):
        player.menu.open(make())
        assert player.menu.panel.pixels.any()
        player.menu.close()
    assert player.pages.help().pixels.any()


def test_a_dropped_program_or_state_is_opened(player, ember, tmp_path, capsys):
    kept = []                                # what SDL is given must stay

    def drop(path):
        event = sdl2.SDL_Event()
        event.type = sdl2.SDL_DROPFILE
        kept.append(str(path).encode())
        event.drop.file = kept[-1]
        sdl2.SDL_PushEvent(event)
        player.events.handle()

    ember.tick(50)
    state = tmp_path / "a.state"
    state.write_bytes(ember.save_state())
    ember.tick(50)
    drop(state)
    assert ember.frame == 50
    drop(bundled.find("grotto").file)
    assert player.deck.vm.media.name == "grotto.ch8"
    drop(state)
    assert "not opened: " in capsys.readouterr().err
    drop(tmp_path / "none.ch8")
    assert "not opened: " in capsys.readouterr().err
    assert player.deck.vm.media.name == "grotto.ch8"


def test_a_gif_is_recorded_until_it_is_ended(player, tmp_path, capsys):
    go(player, "Recordings", "Record a GIF")
    player.run(frames=30)
    assert player.deck.recording is not None
    go(player, "Recordings", "End the recording")
    with Image.open(tmp_path / "ember.gif") as image:
        assert image.format == "GIF"
        total = sum(image.seek(number) or image.info["duration"] for number in range(image.n_frames))
    assert 490 <= total <= 510
    assert f"wrote {tmp_path / 'ember.gif'}" in capsys.readouterr().err


def test_a_recording_is_finished_when_the_player_ends(player, tmp_path):
    go(player, "Recordings", "Record a GIF")
    player.run(frames=10)
    player.close()
    with Image.open(tmp_path / "ember.gif") as image:
        assert image.size[0] % 64 == 0


def test_a_recording_that_cannot_be_written_is_one_line(player, tmp_path, capsys):
    player.folder = tmp_path / "gone"
    go(player, "Recordings", "Record a GIF")
    assert player.deck.recording is None
    assert "not recorded: " in capsys.readouterr().err


def test_a_recording_that_cannot_go_on_is_told_and_the_game_goes_on(player, ember, capsys):
    class Full:
        path = Path("full.gif")

        def capture(self):
            raise retrovm.RecordingError("full.gif: the disk is full")

    player.deck.recording = Full()
    player.run(frames=5)
    assert ember.frame == 5
    assert capsys.readouterr().err.count("full.gif: the disk is full") == 1


def test_a_terminal_is_recorded_too(sdl, tmp_path):
    player = make_player(retrovm.load(bundled.find("sbc6502/monitor").file, "sbc6502"), tmp_path)
    player.do(Command.RECORD)
    player.run(frames=30)
    player.do(Command.RECORD)
    with Image.open(tmp_path / "monitor.gif") as image:
        assert image.size[0] % 640 == 0
