"""The serial line of a machine in the terminal of the window: keys, pasted text, answers, a computer that one can talk to."""

from ctypes import c_ubyte

import numpy as np
import pytest
from PIL import Image

import retrovm
from retrovm import bundled, recording
from retrovm.player import terminal_keys
from retrovm.player.deck import Line
from retrovm.player.sdl import sdl2
from retrovm.player.terminal_line import AHEAD, TerminalLine
from retrovm.player.video import Window

MONITOR = bundled.programs()["sbc6502/monitor"].file


@pytest.fixture
def vm():
    return retrovm.load(MONITOR)


@pytest.fixture
def line(vm):
    return TerminalLine(vm)


class FakeSerial:
    """A guest that takes so many bytes when it is told to, and says what it is told to."""

    def __init__(self):
        self.heard, self.said, self.pending, self.carrier, self.most = b"", b"", 0, None, 0

    def set_carrier(self, up):
        self.carrier = up

    def send(self, data):
        self.heard += data
        self.pending += len(data)
        self.most = max(self.most, self.pending)

    def receive(self):
        said, self.said = self.said, b""
        return said


class FakeMachine:
    def __init__(self):
        self.serial = FakeSerial()


@pytest.fixture
def guest():
    return FakeMachine()


def test_one_talks_with_a_computer(vm, line):
    as_line: Line = line
    for _ in range(60):
        vm.tick()
        as_line.exchange()
    line.type("0200: 4D 45")
    line.press("return")
    line.paste("200.201\n")
    for _ in range(120):
        vm.tick()
        as_line.exchange()
    text = [row.rstrip() for row in line.view.text]
    assert any(row.startswith("MON65") for row in text)
    assert any(row.startswith("0200 4D 45") for row in text)
    assert line.view.ndarray.any()
    assert (as_line.stalled, as_line.ended, line.waiting) == (False, False, 0)


def test_a_long_paste_is_given_no_faster_than_the_guest_takes_it(guest):
    line = TerminalLine(guest)
    text = "".join(f"{number} PRINT {number}\n" for number in range(2000))
    line.paste(text)
    frames = 0
    while line.waiting or guest.serial.pending:
        line.exchange()
        guest.serial.pending -= min(32, guest.serial.pending)
        frames += 1
    assert guest.serial.heard == text.replace("\n", "\r").encode()
    assert guest.serial.most == AHEAD
    assert frames == -(-len(text) // 32)


def test_a_guest_that_takes_nothing_is_given_nothing_more(guest):
    line = TerminalLine(guest)
    line.paste("x" * 10_000)
    assert line.exchange()
    assert not line.exchange()
    assert (guest.serial.pending, line.waiting) == (AHEAD, 10_000 - AHEAD)
    line.drop()
    guest.serial.pending = 0
    assert not line.exchange()
    assert line.waiting == 0


def test_what_is_typed_behind_a_paste_comes_behind_it_and_an_answer_before(guest):
    line = TerminalLine(guest)
    line.paste("y" * AHEAD)
    line.type("z")
    guest.serial.said = b"\x1b[6n"
    line.exchange()
    assert guest.serial.heard == b"\x1b[1;1R" + b"y" * (AHEAD - 6)
    guest.serial.pending = 0
    line.exchange()
    assert guest.serial.heard.endswith(b"yyyyyyz")


def test_pasted_lines_end_with_the_return_key_and_control_characters_are_left_out(guest):
    line = TerminalLine(guest)
    line.paste("a\r\nb\nc\td\x1b[31m\x00\x7fé")
    line.exchange()
    assert guest.serial.heard == "a\rb\rc\td[31mé".encode()


@pytest.mark.parametrize(("key", "code"), [("return", b"\r"), ("backspace", b"\b"), ("delete", b"\x7f"), ("up", b"\x1b[A"),
                                           ("f1", b"\x1bOP"), ("pagedown", b"\x1b[6~"), ("home", b"\x1b[H")])
def test_a_key_sends_its_code(guest, key, code):
    line = TerminalLine(guest)
    line.press(key)
    line.exchange()
    assert guest.serial.heard == code


def test_keys_send_what_the_guest_has_asked_for(guest):
    line = TerminalLine(guest)
    guest.serial.said = b"\x1b[?1h\x1b[20h"
    line.exchange()
    line.press("up")
    line.press("return")
    line.exchange()
    assert guest.serial.heard == b"\x1bOA\r\n"


def test_ctrl_with_a_character_is_a_control_code(guest):
    line = TerminalLine(guest)
    assert all(line.control(char) for char in "aZ@[\\]^_ ")
    assert not line.control("1")
    line.exchange()
    assert guest.serial.heard == bytes([1, 26, 0, 27, 28, 29, 30, 31, 0])


def test_an_unknown_key_is_an_error_with_the_nearest(line):
    with pytest.raises(retrovm.UnknownNameError, match="no key 'page_up'; did you mean pageup"):
        line.press("page_up")


def test_a_machine_without_a_serial_line_has_no_terminal():
    with pytest.raises(retrovm.ArgumentError, match="chip8 has no serial line"):
        TerminalLine(retrovm.create("chip8", b"\x12\x00", name="a.ch8"))


def test_the_terminal_is_the_carrier_of_the_line(guest):
    line = TerminalLine(guest)
    assert guest.serial.carrier is True
    line.close()
    assert guest.serial.carrier is False


def keysym(sym, mod=0):
    found = sdl2.SDL_Keysym()
    found.sym, found.mod = sym, mod
    return found


@pytest.mark.parametrize(("sym", "mod", "code"), [
    (sdl2.SDLK_RETURN, 0, b"\r"), (sdl2.SDLK_KP_ENTER, 0, b"\r"), (sdl2.SDLK_UP, sdl2.KMOD_NUM, b"\x1b[A"),
    (sdl2.SDLK_TAB, sdl2.KMOD_SHIFT, b"\t"), (sdl2.SDLK_c, sdl2.KMOD_LCTRL, b"\x03"), (sdl2.SDLK_F4, 0, b"\x1bOS"),
])
def test_a_key_of_the_host_is_the_terminals(guest, sym, mod, code):
    line = TerminalLine(guest)
    assert terminal_keys.key_down(line, keysym(sym, mod))
    line.exchange()
    assert guest.serial.heard == code


@pytest.mark.parametrize(("sym", "mod"), [
    (sdl2.SDLK_a, 0), (sdl2.SDLK_a, sdl2.KMOD_LALT), (sdl2.SDLK_c, sdl2.KMOD_LCTRL | sdl2.KMOD_LSHIFT), (sdl2.SDLK_LSHIFT, 0),
    (sdl2.SDLK_1, sdl2.KMOD_LCTRL), (sdl2.SDLK_F5, sdl2.KMOD_RCTRL), (sdl2.SDLK_RETURN, sdl2.KMOD_LALT),
])
def test_other_keys_are_not(guest, sym, mod):
    line = TerminalLine(guest)
    assert not terminal_keys.key_down(line, keysym(sym, mod))
    assert not line.exchange()


@pytest.mark.usefixtures("sdl")
def test_the_window_shows_the_terminal(line):
    line.view.feed(b"\x1b[31mHELLO")
    window = Window(line.view, scale=1, vsync=False)
    try:
        window.draw(line.view)
        width, height = line.view.size
        shown = (c_ubyte * (3 * width * height))()
        assert sdl2.SDL_RenderReadPixels(window._renderer, None, sdl2.SDL_PIXELFORMAT_RGB24, shown, 3 * width) == 0
        assert bytes(shown) == line.view.tobytes()
    finally:
        window.close()


def test_the_terminal_can_be_recorded(vm, line, tmp_path):
    with recording.record(vm, tmp_path / "a.gif", picture=line.view) as recorder:
        for _ in range(60):
            vm.tick()
            line.exchange()
            recorder.capture()
    with Image.open(tmp_path / "a.gif") as image:
        image.seek(image.n_frames - 1)
        assert (np.asarray(image.convert("RGB")) == line.view.ndarray).all()


def test_a_terminal_that_becomes_wider_keeps_the_size_of_its_recording(vm, line, tmp_path):
    with recording.record(vm, tmp_path / "a.gif", picture=line.view) as recorder:
        for codes in (b"80", b"\x1b[?3h132"):
            line.view.feed(codes)
            recorder.capture(6)
    with Image.open(tmp_path / "a.gif") as image:
        image.seek(1)
        assert image.size == (640, 384)
        assert (np.asarray(image.convert("RGB")) == line.view.ndarray[:, :640]).all()
