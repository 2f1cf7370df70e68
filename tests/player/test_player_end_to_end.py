"""The real program in a real window, driven by key presses from outside."""

import subprocess
import sys
import time

import numpy as np
import pytest
from x_display import require_tools, until, x_display
from x_drop import drop_file

import retrovm
from retrovm import bundled
from retrovm.player.terminal_view import TerminalView

BACKGROUND, LIT = 0x14181C, 0xF2E8C8
BAR = slice(12, 16)                      # rows of the title that move


@pytest.fixture(scope="module")
def display(tmp_path_factory):
    require_tools()
    with x_display(tmp_path_factory.mktemp("framebuffer")) as display:
        yield display


class Game:
    """EMBER in its window."""

    def __init__(self, display, folder, home, *arguments, title="ember"):
        self.display, self.folder, self.home = display, folder, home
        command = [sys.executable, "-m", "retrovm", "play", "--home", str(home), *arguments]
        self.process = subprocess.Popen(command, env=display.environment, cwd=folder, stderr=subprocess.PIPE)
        until(lambda: title in display.active_title or self.process.poll() is not None, "the window opens", 60)
        assert self.process.poll() is None, self.process.stderr.read()

    def find(self):
        """Where the picture is on the display: (x, y, width, height); None if it is nowhere."""
        pixels = self.display.pixels()
        ours = (pixels == BACKGROUND) | (pixels == LIT)
        rows, columns = np.flatnonzero(ours.sum(1) > 100), np.flatnonzero(ours.sum(0) > 100)
        if not len(rows) or not len(columns):
            return None
        return columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1

    def size(self):
        """Width and height of the picture on the display."""
        box = self.find()
        return None if box is None else (int(box[2]), int(box[3]))

    def picture(self):
        """The 64 x 32 pixels of the machine as the display shows them: True where lit."""
        x, y, width, height = self.find()
        pixels = self.display.pixels()[y:y + height, x:x + width]
        scale = width // 64
        small = pixels[scale // 2::scale, scale // 2::scale] == LIT
        assert np.array_equal(np.kron(small, np.ones((scale, scale), bool)), pixels == LIT)     # nothing is blurred
        return small

    def shows_title(self):
        try:
            return np.array_equal(without_bar(self.picture()), without_bar(title_picture()))
        except (AssertionError, TypeError, ValueError):     # no window yet, or half a picture
            return False

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=20)


def without_bar(picture):
    return np.delete(picture, BAR, axis=0)


def title_picture():
    vm = retrovm.load(bundled.find("ember").file)
    vm.tick(120)
    return vm.screen.indices != 0


@pytest.fixture
def play(display, tmp_path, tmp_path_factory):
    games, home = [], tmp_path_factory.mktemp("home")

    def start(*arguments):
        games.append(Game(display, tmp_path, home, "ember", "--scale", "8", *arguments))
        return games[-1]

    start.menu = lambda: games.append(Game(display, tmp_path, home, title="retrovm")) or games[-1]

    yield start
    for game in games:
        game.end()


def test_the_window_shows_the_title_of_the_game_pixel_by_pixel(play):
    game = play()
    until(game.shows_title, "the title of EMBER is on the display")
    assert game.size() == (512, 256)


def test_a_key_starts_the_game(play, display):
    game = play()
    until(game.shows_title, "the title")
    display.type("e")
    vm = retrovm.load(bundled.find("ember").file)
    vm.tick(130)
    vm.button("6", 5)
    vm.tick(110)
    score = (vm.screen.indices != 0)[:6]

    def started():
        if game.shows_title():             # the title looks at its key now and then only
            display.type("e")
        return np.array_equal(game.picture()[:6], score)

    until(started, "score, level and lives are on the display")


def test_p_freezes_the_picture_and_lets_it_go_on(play, display):
    game = play()
    until(game.shows_title, "the title")
    moving = game.picture()
    until(lambda: not np.array_equal(game.picture(), moving), "the bar moves")
    display.type("p")
    until(lambda: display.active_title.endswith("paused"), "the title says that it is paused")
    time.sleep(0.2)
    frozen = display.pixels()
    time.sleep(1)
    assert np.array_equal(display.pixels()[100:], frozen[100:])
    still = game.picture()
    display.type("p")
    until(lambda: not display.active_title.endswith("paused"), "the title says that it goes on")
    until(lambda: not np.array_equal(game.picture(), still), "the bar moves again")


def test_f11_fills_the_display_and_comes_back(play, display):
    game = play()
    until(game.shows_title, "the title")
    display.type("F11")
    until(lambda: game.size() == (1280, 640), "the picture is as wide as the display")
    until(game.shows_title, "the title in full screen")
    display.type("F11")
    until(lambda: game.size() == (512, 256), "the window is as before")
    display.type("alt+Return")
    until(lambda: game.size() == (1280, 640), "full screen again")


def test_it_can_begin_in_full_screen(play):
    game = play("--fullscreen")
    until(lambda: game.size() == (1280, 640), "the picture is as wide as the display")


def test_f12_writes_the_picture_on_the_display(play, display, tmp_path):
    image = pytest.importorskip("PIL.Image")
    game = play()
    until(game.shows_title, "the title")
    display.type("p")
    until(lambda: display.active_title.endswith("paused"), "the title says that it is paused")
    display.type("F12")
    until((tmp_path / "ember.png").exists, "there is a file")
    until(lambda: (tmp_path / "ember.png").stat().st_size > 0, "it is written")
    with image.open(tmp_path / "ember.png") as file:
        saved = np.asarray(file.convert("RGB")).astype(np.uint32)
    colours = saved[..., 0] << 16 | saved[..., 1] << 8 | saved[..., 2]

    def same():                              # once the message about the file is gone
        x, y, width, height = game.find()
        return np.array_equal(display.pixels()[y:y + height, x:x + width], colours)

    until(same, "the file has what is on the display")


def test_ctrl_q_ends_with_status_0_and_without_a_word(play, display, tmp_path):
    game = play()
    until(game.shows_title, "the title")
    display.type("ctrl+q")
    assert game.process.wait(20) == 0
    assert game.process.stderr.read() == b""
    assert list(tmp_path.iterdir()) == []
    assert [path.name for path in game.home.iterdir()] == ["memory.json"]


def test_closing_the_window_ends_with_status_0(play, display):
    game = play()
    until(game.shows_title, "the title")
    display.type("alt+F4")
    assert game.process.wait(20) == 0


def test_240_frames_take_the_4_seconds_that_they_take_on_the_machine(play):
    start = time.monotonic()
    game = play("--frames", "240")
    assert game.process.wait(60) == 0
    assert 239 / 60 < time.monotonic() - start < 20     # with the time to start and to end, on a busy host


def play_on(game, display):
    """Starts the game from its title."""
    until(game.shows_title, "the title")

    def started():
        if game.shows_title():             # the title looks at its key now and then only
            display.type("e")
        return not game.shows_title() and game.find() is not None

    until(started, "the game has begun")


def test_f5_saves_and_f8_is_back_there(play, display):
    game = play()
    until(game.shows_title, "the title")
    display.type("F5")
    until(lambda: list(game.home.glob("slots/chip8/*/0.png")), "the slot is a file")
    play_on(game, display)
    display.type("F8")
    until(game.shows_title, "the title is there again")


def test_backspace_held_goes_back_to_the_title(play, display):
    game = play()
    play_on(game, display)
    display.xdotool("keydown", "BackSpace")
    try:
        until(lambda: display.active_title.endswith("going back"), "the title says that it goes back")
        until(game.shows_title, "the title of the game is there again", 60)
    finally:
        display.xdotool("keyup", "BackSpace")
    until(lambda: not display.active_title.endswith("going back"), "it goes on")


def test_the_menu_saves_into_a_slot_and_sets_a_filter(play, display):
    game = play()
    until(game.shows_title, "the title")
    display.type("Escape")
    until(lambda: not game.shows_title(), "the menu lies over the picture")
    for key in ("Down", "Return", "Down", "Down", "Return"):             # Save, slot 2
        display.type(key)
    until(lambda: list(game.home.glob("slots/chip8/*/2.png")), "the slot is a file")
    until(game.shows_title, "the menu is closed", 30)
    display.type("Escape")
    for key in ("p", "Return", "f", "Right"):                            # Picture, Filter: the next
        display.type(key)
    until(lambda: (game.home / "config.toml").exists(), "the setting is in the file")
    assert "scanlines" in (game.home / "config.toml").read_text()
    display.type("Escape")
    display.type("Escape")

    def darkened():
        lit = set(np.unique(display.pixels()).tolist())
        return LIT in lit and any(0x70 < colour >> 16 < 0xA0 for colour in lit)

    until(darkened, "there are gaps between the lines")


def test_without_a_program_the_menu_offers_the_bundled_ones(play, display):
    play.menu()
    time.sleep(0.5)
    for key in ("c", "c", "c", "Return"):                                # chip8/ascent, cinders or ember...
        display.type(key)
    until(lambda: "CHIP-8" in display.active_title, "a program runs")


def test_a_program_that_is_dropped_on_the_window_is_played(play, display):
    game = play()
    until(game.shows_title, "the title")
    drop_file(display.name, int(display.xdotool("getactivewindow")), bundled.find("grotto").file)
    until(lambda: "grotto" in display.active_title, "the other program is in the window")


def test_the_window_is_where_it_was_left(play, display):
    game = play()
    until(game.shows_title, "the title")
    display.xdotool("getactivewindow", "windowmove", "200", "150")
    until(lambda: game.find()[0] >= 200, "the window has moved")
    place = game.find()
    display.type("ctrl+q")
    assert game.process.wait(20) == 0
    again = Game(display, game.folder, game.home, "ember")
    try:
        until(again.shows_title, "the title")
        assert all(abs(int(a) - int(b)) <= 30 for a, b in zip(again.find(), place, strict=True))
    finally:
        again.end()


def test_a_computer_without_a_screen_is_talked_to_in_the_window(display, tmp_path):
    game = Game(display, tmp_path, tmp_path, "sbc6502/monitor", "--scale", "1", title="6502")
    expected = TerminalView()
    vm = retrovm.load(bundled.find("sbc6502/monitor").file, "sbc6502")
    vm.tick(60)
    vm.serial.send(b"200\r")
    vm.tick(60)
    expected.feed(vm.serial.receive())
    used = [number for number, line in enumerate(expected.text) if line.strip()]
    lines = expected.ndarray[16 * used[0]:16 * (used[-1] + 1)]           # the greeting, what was typed and the answer
    wanted = lines[..., 0].astype(np.uint32) << 16 | lines[..., 1].astype(np.uint32) << 8 | lines[..., 2]

    def shows(wanted):
        pixels = display.pixels()
        rows, columns = np.nonzero(pixels == wanted[wanted != 0][0])
        if not len(rows):
            return False
        lit = np.argwhere(wanted != 0)
        y, x = rows.min() - lit[:, 0].min(), columns.min() - lit[:, 1].min()
        return np.array_equal(pixels[y:y + wanted.shape[0], x:x + wanted.shape[1]], wanted)

    try:
        until(lambda: shows(wanted[:16]), "the greeting of the monitor is on the display")
        for key in ("2", "0", "0", "Return"):
            display.type(key)
        until(lambda: shows(wanted), "the answer is on the display")
        display.type("ctrl+shift+q")
        assert game.process.wait(20) == 0
    finally:
        game.end()
