"""What the player does with its machine, without a window."""

from pathlib import Path

import pytest
from player_bench import Tape, down, focus_lost, make_player, up

import retrovm
from retrovm import bundled
from retrovm.player.commands import Command
from retrovm.player.keyboard import SCANCODES
from retrovm.player.sdl import sdl2


@pytest.fixture
def player(sdl, ember, tmp_path):
    return make_player(ember, tmp_path, sound=Tape())


def test_playing_changes_nothing_in_the_machine(player, ember):
    twin = ember.clone()
    player.run(frames=30)
    twin.tick(30)
    assert ember.frame == 30
    assert ember.state_hash() == twin.state_hash()


def test_the_last_picture_is_the_machines(player, ember):
    player.run(frames=20)
    assert player.display.pictures[-1] == ember.screen.ndarray.tobytes()


def test_every_sample_of_the_machine_goes_to_the_sound_card(player, ember):
    player.run(frames=30)
    assert len(player.sound.samples) == 30 * 2 * ember.audio.rate // 60


def test_the_title_names_program_and_machine(player):
    player.run(frames=1)
    assert player.display.titles == ["ember.ch8 - CHIP-8"]


def test_p_pauses_and_goes_on(player, ember):
    frames = []
    player.display.script = {
        5: lambda: down("KeyP", sdl2.SDLK_p),
        8: lambda: (frames.append(ember.frame), down("KeyP", sdl2.SDLK_p)),
    }
    player.run(frames=10)
    assert frames == [4]
    assert ember.frame == 10
    assert player.display.titles[1:] == ["ember.ch8 - CHIP-8 - paused", "ember.ch8 - CHIP-8"]


def test_the_machine_gets_its_keys_by_position(player, ember):
    held = []
    keypad = ember.ports.groups["keypad"]
    player.display.script = {
        3: lambda: down("KeyE", sdl2.SDLK_PERIOD),           # as on a Dvorak keyboard
        4: lambda: held.append(keypad.held),
        5: lambda: up("KeyE", sdl2.SDLK_PERIOD),
        7: lambda: held.append(keypad.held),
    }
    player.run(frames=10)
    assert held == [("6",), ()]


def test_losing_the_keyboard_releases_every_key(player, ember):
    held = []
    keypad = ember.ports.groups["keypad"]
    player.display.script = {
        3: lambda: (down("KeyE"), down("KeyQ")),
        5: lambda: (held.append(keypad.held), focus_lost()),
        7: lambda: held.append(keypad.held),
    }
    player.run(frames=10)
    assert held == [("4", "6"), ()]


def test_ctrl_q_and_closing_the_window_end_the_player(player, ember):
    player.display.script = {5: lambda: down("KeyQ", sdl2.SDLK_q, sdl2.KMOD_LCTRL)}
    player.run()
    assert ember.frame == 4


def test_ctrl_shift_r_switches_off_and_on_and_ctrl_r_does_not(player, ember):
    frames = []
    player.display.script = {
        5: lambda: down("KeyR", sdl2.SDLK_r, sdl2.KMOD_LCTRL),
        8: lambda: (frames.append(ember.frame),
                    down("KeyR", sdl2.SDLK_r, sdl2.KMOD_LCTRL | sdl2.KMOD_LSHIFT)),
        10: lambda: frames.append(ember.frame),
    }
    player.run(frames=12)
    assert frames == [7, 2]


def test_tab_held_runs_many_frames_a_picture_and_without_sound(player, ember):
    counts = []
    player.display.script = {
        3: lambda: down("Tab", sdl2.SDLK_TAB),
        4: lambda: (counts.append((ember.frame, len(player.sound.samples))), up("Tab", sdl2.SDLK_TAB)),
        6: player.quit,
    }
    player.run()
    assert counts[0][0] > 10
    assert counts[0][1] == 2 * 2 * ember.audio.rate // 60


def test_frames_end_a_fast_forward_exactly(player, ember):
    player.deck.set_fast(True)
    player.run(frames=1000)
    assert ember.frame == 1000


def test_f11_and_alt_enter_go_to_full_screen_and_back(player):
    states = []

    def then(press):
        return lambda: (states.append(player.display.fullscreen), press())

    def f11():
        down("F11", sdl2.SDLK_F11)

    def alt_enter():
        down("Enter", sdl2.SDLK_RETURN, sdl2.KMOD_RALT)

    player.display.script = {2: f11, 3: then(f11), 4: then(alt_enter), 5: then(alt_enter), 6: then(player.quit)}
    player.run()
    assert states == [True, False, True, False]


def test_f12_writes_the_picture_as_it_is_shown_and_never_over_another(player, ember, tmp_path, capsys):
    (tmp_path / "ember.png").write_bytes(b"mine")
    player.display.script = {5: lambda: down("F12", sdl2.SDLK_F12)}
    player.run(frames=5)
    assert (tmp_path / "ember.png").read_bytes() == b"mine"
    data = (tmp_path / "ember-2.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 64 * 3
    assert capsys.readouterr().err == f"retrovm: wrote {tmp_path / 'ember-2.png'}\n"


def test_a_picture_that_cannot_be_written_is_one_line_and_the_game_goes_on(player, ember, tmp_path, capsys):
    player.folder = tmp_path / "missing"
    player.display.script = {3: lambda: down("F12", sdl2.SDLK_F12)}
    player.run(frames=5)
    assert ember.frame == 5
    said = capsys.readouterr().err
    assert said.startswith("retrovm: no screenshot: ")
    assert said.count("\n") == 1


def test_nothing_is_written_unasked(player, tmp_path):
    player.run(frames=10)
    assert list(tmp_path.iterdir()) == []


def test_a_halted_machine_says_so_in_the_title_until_it_is_reset(sdl, tmp_path):
    vm = retrovm.load(bytes.fromhex("FFFF"), "chip8", name="stop.ch8")
    player = make_player(vm, tmp_path)
    player.run(frames=3)
    assert player.display.titles == ["stop.ch8 - CHIP-8", "stop.ch8 - CHIP-8 - halted"]
    player.do(Command.POWER_CYCLE)
    assert player.display.titles[-1] == "stop.ch8 - CHIP-8"


def test_a_key_press_comes_from_the_host_and_not_from_key_repeat(player, ember):
    def repeat() -> None:
        event = sdl2.SDL_Event()
        event.type = sdl2.SDL_KEYDOWN
        event.key.repeat = 1
        event.key.keysym = sdl2.SDL_Keysym(SCANCODES["KeyP"], sdl2.SDLK_p, 0, 0)
        sdl2.SDL_PushEvent(event)

    player.display.script = {3: repeat}
    player.run(frames=5)
    assert not player.deck.paused


def test_a_bundled_program_is_found_by_its_name_and_by_its_id():
    assert bundled.find("ember") == bundled.find("chip8/ember")
    assert Path(bundled.find("ember").file).name == "ember.ch8"
    with pytest.raises(retrovm.UnknownNameError, match=r"no bundled program is called 'embr'; did you mean ember"):
        bundled.find("embr")


class Line:
    """A serial line that stalls and ends when a test wants it."""

    def __init__(self) -> None:
        self.exchanges = 0
        self.stalled_for = 0
        self.last: int | None = None

    @property
    def stalled(self) -> bool:
        self.stalled_for -= 1
        return self.stalled_for >= 0

    @property
    def ended(self) -> bool:
        return self.exchanges == self.last

    def exchange(self) -> bool:
        self.exchanges += 1
        return False


def test_a_serial_line_is_served_before_every_frame(sdl, ember, tmp_path):
    line = Line()
    make_player(ember, tmp_path, line=line).run(frames=4)
    assert (ember.frame, line.exchanges) == (4, 4)


def test_the_machine_rests_while_nobody_takes_what_it_says(sdl, ember, tmp_path):
    line = Line()
    line.stalled_for = 3
    make_player(ember, tmp_path, line=line).run(frames=4)
    assert (ember.frame, line.exchanges) == (4, 7)


def test_the_window_closes_when_the_line_ends(sdl, ember, tmp_path):
    line = Line()
    line.last = 3
    make_player(ember, tmp_path, line=line).run()
    assert line.exchanges == 3


# --- a serial line in the window


@pytest.fixture
def monitor(sdl, tmp_path):
    """The machine sbc6502 with its monitor, which has a serial line and no screen."""
    return make_player(retrovm.load(bundled.find("sbc6502/monitor").file, "sbc6502"), tmp_path)


def text(words: str) -> None:
    event = sdl2.SDL_Event()
    event.type = sdl2.SDL_TEXTINPUT
    event.text.text = words.encode()
    assert sdl2.SDL_PushEvent(event) == 1


def shown(player) -> str:
    return "\n".join(player.deck.terminal.view.text)


def test_a_computer_without_a_screen_has_a_terminal_in_the_window(monitor):
    monitor.run(frames=60)
    assert "MON65" in shown(monitor)
    assert monitor.display.pictures[-1] == monitor.deck.terminal.view.tobytes()


def test_what_is_typed_goes_to_the_guest_and_what_it_says_is_seen(monitor):
    monitor.display.script = {40: lambda: (text("300"), down("Enter", sdl2.SDLK_RETURN))}
    monitor.run(frames=120)
    assert "0300" in shown(monitor)


def test_letters_are_the_guests_there_and_the_players_keys_have_ctrl_and_shift(monitor):
    monitor.display.script = {
        10: lambda: down("KeyP", sdl2.SDLK_p),
        12: lambda: down("KeyP", sdl2.SDLK_p, sdl2.KMOD_LCTRL | sdl2.KMOD_LSHIFT),
        15: lambda: (paused.append(monitor.deck.paused), monitor.quit()),
    }
    paused = []
    monitor.run()
    assert paused == [True]
    assert monitor.deck.vm.frame < 15


def test_the_clipboard_is_typed(monitor):
    assert sdl2.SDL_SetClipboardText(b"0400: A9 2A 60\n0400.0402\n") == 0
    monitor.display.script = {40: lambda: down("KeyV", sdl2.SDLK_v, sdl2.KMOD_LCTRL | sdl2.KMOD_LSHIFT)}
    monitor.run(frames=240)
    assert "A9 2A 60" in shown(monitor).split("0400.0402")[-1]


def test_a_machine_with_both_shows_one_or_the_other(sdl, tmp_path):
    player = make_player(retrovm.load(bundled.find("eater/hello").file, "eater"), tmp_path)
    screen = player.deck.picture
    assert screen is player.deck.vm.screen
    player.do(Command.TERMINAL)
    assert player.deck.picture is player.deck.terminal.view
    player.do(Command.TERMINAL)
    assert player.deck.picture is screen


def test_a_machine_without_a_serial_line_says_so(player, capsys):
    player.do(Command.TERMINAL)
    player.do(Command.PASTE)
    said = capsys.readouterr().err
    assert "CHIP-8 has no serial line that could end here" in said
    assert "nothing typed: CHIP-8 has no serial line" in said


def test_the_figures_say_how_long_a_key_takes_to_be_seen(player):
    player.toggle_stats()
    player.display.script = {20: lambda: down("KeyE")}
    player.run(frames=40)
    assert player.stats.update(player.deck, player.sound, 0)
    assert player.stats.lines[0].split()[0] == "machine"
    assert [line.split()[0] for line in player.stats.lines] == ["machine", "display", "host", "keys", "sound"]
    assert int(player.stats.lines[3].split()[1]) < 60_000
