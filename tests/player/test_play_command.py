"""`retrovm play` as a user starts it."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import retrovm
from retrovm import bundled

DUMMY = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
NO_DISPLAY = {"SDL_VIDEODRIVER": "no-such-driver", "SDL_AUDIODRIVER": "dummy"}

# Sends back what it receives, at 19200 bits a second: 6551 at $8000, bit 3 of STATUS = a byte is there.
ECHO = bytes.fromhex("A91F 8D0380 A90B 8D0280 AD0180 2908 F0F9 AD0080 8D0080 4C0A02")


@pytest.fixture
def play(tmp_path):
    def run(*arguments: str, env: dict[str, str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "retrovm", "play", *arguments]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SDL_", "PYSDL2"))}
        return subprocess.run(command, env={**clean, **env}, cwd=tmp_path, input=stdin, capture_output=True,
                              timeout=60)

    return run


def test_it_plays_so_many_frames_and_prints_and_writes_nothing(play, tmp_path):
    done = play("ember", "--frames", "20", env=DUMMY)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_without_a_display_it_writes_a_picture_and_says_which(play, tmp_path):
    done = play("ember", env=NO_DISPLAY)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"retrovm: no display: wrote ember.png after 300 frames\n"
    vm = retrovm.load(bundled.find("ember").file)
    vm.tick(300)
    assert (tmp_path / "ember.png").read_bytes() == vm.screen.png(10)


def test_the_breadboard_is_played_without_a_display_as_a_picture(play, tmp_path):
    done = play("eater/hello", env=NO_DISPLAY)
    assert done.returncode == 0
    assert [path.suffix for path in tmp_path.iterdir()] == [".png"]


def test_a_driver_whose_windows_nobody_sees_is_no_display(play, tmp_path, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    done = play("ember", "--frames", "3", env={"SDL_AUDIODRIVER": "dummy"})
    # Where the tests run there may be a display that SDL finds without any of these variables.
    if done.stderr:
        assert done.stderr.endswith(b"retrovm: no display: wrote ember.png after 3 frames\n")
        assert (tmp_path / "ember.png").exists()


def test_a_second_picture_does_not_replace_the_first(play, tmp_path):
    (tmp_path / "ember.png").write_bytes(b"mine")
    done = play("ember", "--frames", "1", "--scale", "2", env=NO_DISPLAY)
    assert done.stderr == b"retrovm: no display: wrote ember-2.png after 1 frame\n"
    assert (tmp_path / "ember.png").read_bytes() == b"mine"


def test_without_a_sound_card_it_plays_on_and_says_so_once(play):
    done = play("ember", "--frames", "20", env={**DUMMY, "SDL_AUDIODRIVER": "no-such-driver"})
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.startswith(b"retrovm: no sound: ")
    assert done.stderr.count(b"\n") == 1


def test_a_file_of_that_name_goes_before_the_bundled_program(play, tmp_path):
    (tmp_path / "ember").write_bytes(bytes.fromhex("00E0 1202"))
    done = play("ember", "--machine", "chip8", "--frames", "1", env=NO_DISPLAY)
    assert done.returncode == 0
    vm = retrovm.load(bytes.fromhex("00E0 1202"), "chip8")
    vm.tick()
    assert (tmp_path / "ember.png").read_bytes() == vm.screen.png(10)


def test_options_of_the_machine_reach_it(play, tmp_path):
    done = play("ember", "-o", "colours=000000,FF8000", "--frames", "60", env=NO_DISPLAY)
    assert done.returncode == 0
    vm = retrovm.load(bundled.find("ember").file, colours="000000,FF8000")
    vm.tick(60)
    assert (tmp_path / "ember.png").read_bytes() == vm.screen.png(10)


def test_without_a_program_it_lists_the_bundled_ones(play):
    done = play(env=NO_DISPLAY)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"retrovm play ember" in done.stdout
    assert b"CHIP-8" in done.stdout


def test_a_machine_can_be_played_without_a_program(play, tmp_path):
    done = play("--machine", "chip8", "--frames", "3", env=NO_DISPLAY)
    assert (done.returncode, done.stderr) == (0, b"retrovm: no display: wrote chip8.png after 3 frames\n")


def test_an_unknown_name_is_wrong_use_and_names_the_nearest(play):
    done = play("embr", env=NO_DISPLAY)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == (b"retrovm: there is no such file, and no bundled program is called 'embr'; "
                           b"did you mean ember?\n")


def test_without_pysdl2_it_says_what_to_install(play, tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sdl2.py").write_text("raise ImportError('hidden')\n")
    done = play("ember", env={**DUMMY, "PYTHONPATH": str(hidden)})
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"retrovm: the player needs SDL: pip install 'retrovm[player]'\n"


def test_a_computer_without_a_screen_talks_on_standard_input_and_output(play, tmp_path):
    (tmp_path / "echo.bin").write_bytes(ECHO)
    done = play("echo.bin", "--machine", "sbc6502", "-o", "org=0x200", env=NO_DISPLAY, stdin=b"Hello")
    assert done.returncode == 0
    assert done.stdout == b"Hello"
    assert done.stderr == b"retrovm: sbc6502 has no screen: its serial line is connected to this terminal\n"
    assert [path.name for path in tmp_path.iterdir()] == ["echo.bin"]


def test_a_computer_with_a_screen_talks_beside_its_window_when_asked_to(play):
    done = play("eater/echo", "--serial", "-", "--frames", "90", env=DUMMY, stdin=b"Hello")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"Hello", b"")


def test_a_serial_line_that_leads_nowhere_is_wrong_use(play):
    done = play("eater/echo", "--serial", "x", env=DUMMY)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--serial" in done.stderr


def test_a_computer_without_a_screen_talks_where_serial_says(tmp_path):
    (tmp_path / "echo.bin").write_bytes(ECHO)
    command = [sys.executable, "-m", "retrovm", "play", "echo.bin", "-m", "sbc6502", "-o", "org=0x200",
               "--serial", "tcp:127.0.0.1:0"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            port = int(re.search(r"is tcp:127\.0\.0\.1:(\d+); Ctrl-C ends", process.stderr.readline())[1])
            with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
                client.sendall(b"Hello")
                said = b""
                while len(said) < 5:
                    said += client.recv(5)
            assert said == b"Hello"
        finally:
            process.kill()


def test_serial_is_refused_for_a_machine_without_a_line(play):
    done = play("ember", "--serial", "pty", env=DUMMY)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"retrovm: --serial: chip8 has no serial line\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("ending", ["Ctrl-]", "SIGTERM"])
def test_on_a_terminal_keys_go_through_one_by_one_and_afterwards_it_is_as_before(tmp_path, ending):
    import pty
    import termios

    (tmp_path / "echo.bin").write_bytes(ECHO)
    host, terminal = pty.openpty()
    before = termios.tcgetattr(terminal)
    command = [sys.executable, "-m", "retrovm", "play", "echo.bin", "-m", "sbc6502", "-o", "org=0x200", "--serial", "-"]
    process = subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    try:
        said = process.stderr.readline() + process.stderr.readline()
        assert b"no screen" in said
        assert b"Ctrl-] ends" in said
        deadline = time.monotonic() + 20
        while termios.tcgetattr(terminal)[3] & termios.ICANON:       # lines, until the program takes single keys
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.write(host, b"\x03x")                                     # Ctrl-C is a key of the machine
        assert process.stdout.read(2) == b"\x03x"
        if ending == "SIGTERM":
            process.terminate()
        else:
            os.write(host, b"\x1d")
        assert process.wait(20) == (143 if ending == "SIGTERM" else 0)
        assert termios.tcgetattr(terminal) == before
    finally:
        process.kill()
        process.communicate()
        os.close(host)
        os.close(terminal)


def test_importing_the_library_and_the_command_line_does_not_import_sdl():
    code = "import sys, retrovm.cli, retrovm.commands.play, retrovm.commands.terminal; sys.exit('sdl2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, timeout=60).returncode == 0
