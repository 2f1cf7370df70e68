"""The command line: what it prints, what it writes, and how it ends."""

import io
import json
import os
import subprocess
import sys
import time

import pytest
import tiny_machine as tiny

import retrovm
from retrovm import bundled, cli
from retrovm.commands import arguments, terminal
from retrovm.hostline import KEPT
from retrovm.movie import Recorder
from retrovm.session import VM


@pytest.fixture
def rom(tmp_path, installed):
    path = tmp_path / "program.bin"
    path.write_bytes(tiny.PROGRAM)
    return path


@pytest.fixture
def run(capsys):
    def run(*words):
        status = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_version_is_fast_and_alone():
    done = subprocess.run([sys.executable, "-X", "importtime", "-m", "retrovm", "--version"],
                          capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"retrovm {retrovm.__version__}\n")
    assert "typer" not in done.stderr


def test_without_a_command_it_shows_help_and_that_is_wrong_use(run):
    status, out, _ = run()
    assert status == 2
    for command in cli.COMMANDS:
        assert command in out


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help_with_an_example(command, run):
    status, out, err = run(command, "--help")
    assert (status, err) == (0, "")
    assert f"Example: retrovm {command}" in out


@pytest.mark.parametrize(("words", "message"), [
    (["rnu"], "No such command 'rnu'. Did you mean 'run'?; see 'retrovm --help'"),
    (["run"], "expected a program, or --machine with the machine that runs without one"),
    (["run", "x.bin", "--bogus"], "No such option"),
    (["run", "nowhere.bin"], "nowhere.bin: there is no such file"),
    (["info", "nowhere.bin"], "nowhere.bin: there is no such file"),
    (["info", "."], "it is a folder"),
    (["run", "ROM", "--frames", "-1"], "'--frames'"),
    (["run", "ROM", "--machine", "tini"], "there is no machine 'tini'; did you mean tiny?"),
    (["run", "ROM", "-o", "divider"], "an option is NAME=VALUE, not 'divider'"),
    (["run", "ROM", "-o", "dividr=2"], "tiny has no option 'dividr'; did you mean divider?"),
    (["run", "ROM", "-o", "divider=99"], "tiny: option divider='99': expected a whole number from 1 to 16"),
    (["run", "ROM", "--wav", "x.wav"], "--wav: tiny makes no sound"),
    (["run", "ROM", "--serial", "tty"], "--serial takes -"),
    (["run", "ROM", "--serial", "tcp:6551"], "tcp:HOST:PORT"),
    (["play", "ROM", "--serial", "tcp:6551"], "tcp:HOST:PORT"),
    (["run", "ROM", "--record", "F.movie"], "give --serial too"),
    (["run", "ROM", "--screenshot", "no/where.png"], "the folder of no/where.png does not exist"),
    (["run", "ROM", "--state-in", "none.state"], "none.state: there is no such file"),
])
def test_wrong_use_is_one_line_and_status_2(words, message, run, rom):
    status, out, err = run(*[rom if word == "ROM" else word for word in words])
    assert (status, out) == (2, "")
    assert err.startswith("retrovm: ")
    assert err.count("\n") == 1
    assert message in err


def test_run_prints_nothing_and_leaves_nothing_behind(run, rom):
    assert run("run", rom, "--frames", 3) == (0, "", "")
    assert [path.name for path in rom.parent.iterdir()] == ["program.bin"]


def test_run_prints_the_hash_of_the_state_when_asked(run, rom):
    vm = VM(tiny.SPEC, retrovm.load(rom).media, {"divider": 2}, seed=5)
    vm.tick(7)
    expected = vm.state_hash() + "\n"
    assert run("run", rom, "--frames", 7, "--hash", "-o", "divider=2", "--seed", 5) == (0, expected, "")
    assert run("run", rom, "--hash")[1] == run("run", rom, "--hash", "--frames", 60)[1]


def test_run_writes_the_picture_as_png(run, rom, tmp_path):
    image = pytest.importorskip("PIL.Image")
    picture = tmp_path / "a.png"
    assert run("run", rom, "--frames", 1, "--screenshot", picture) == (0, "", "")
    assert image.open(io.BytesIO(picture.read_bytes())).size == (8, 4)
    run("run", rom, "--frames", 1, "--screenshot", picture, "--scale", 5)
    assert image.open(io.BytesIO(picture.read_bytes())).size == (40, 20)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "program.bin"]


def test_run_saves_a_state_and_goes_on_from_it(run, rom, tmp_path):
    state = tmp_path / "a.state"
    assert run("run", rom, "--frames", 5, "--state-out", state) == (0, "", "")
    _, whole, _ = run("run", rom, "--frames", 12, "--hash")
    assert run("run", rom, "--frames", 7, "--state-in", state, "--hash") == (0, whole, "")


def test_a_damaged_state_is_a_failure_and_writes_nothing(run, rom, tmp_path):
    state = tmp_path / "a.state"
    state.write_bytes(b"nonsense")
    status, out, err = run("run", rom, "--state-in", state, "--state-out", tmp_path / "b.state")
    assert (status, out) == (1, "")
    assert "this is no snapshot" in err
    assert not (tmp_path / "b.state").exists()


def test_run_plays_a_movie_to_its_end_with_its_options_and_seed(run, rom, tmp_path):
    vm = retrovm.create("tiny", rom, seed=5, divider=2)
    vm.tick(3)
    with Recorder(vm, tmp_path / "play.rmv"):
        vm.button("left", 4)
        vm.tick(20)
    words = ("run", str(rom), "--input", str(tmp_path / "play.rmv"))
    assert run(*words, "--hash") == (0, f"{vm.state_hash()}\n", "")
    assert run(*words, "--frames", "2", "--hash")[1] != f"{vm.state_hash()}\n"
    status, _, said = run(*words, "-o", "divider=3")
    assert status == 1
    assert "other options: divider=2 (here 3)" in said


def test_a_movie_that_is_no_movie_or_not_there_is_told(run, rom, tmp_path):
    (tmp_path / "a.rmv").write_bytes(b"x")
    assert "this is no movie" in run("run", str(rom), "--input", str(tmp_path / "a.rmv"))[2]
    status, _, said = run("run", str(rom), "--input", str(tmp_path / "b.rmv"))
    assert (status, "there is no movie" in said) == (2, True)
    status, _, said = run("run", str(rom), "--input", str(tmp_path / "a.rmv"), "--serial", "-")
    assert (status, "without --state-in and --serial" in said) == (2, True)


def test_a_file_that_cannot_be_written_is_a_failure_and_keeps_the_old_one(run, rom, tmp_path, monkeypatch):
    old = tmp_path / "a.state"
    old.write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device", str(old))

    monkeypatch.setattr(arguments.os, "fsync", full)
    status, _, err = run("run", rom, "--state-out", old)
    assert (status, err) == (1, f"retrovm: {old}: No space left on device\n")
    assert old.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.state", "program.bin"]


class Keys:
    """Standard input that a test gives: a part for each time that it is asked."""

    def __init__(self, parts):
        self.parts = list(parts)
        self.escaped = False

    def take(self, most):
        return self.parts.pop(0) if self.parts else b""

    @property
    def ended(self):
        return not self.parts


@pytest.fixture
def wired(media, monkeypatch):
    """A machine on standard input and output, and its line."""
    vm = VM(tiny.SPEC, media)
    monkeypatch.setattr(terminal.sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    return vm, lambda *parts: terminal.Console(vm, vm.serial, Keys(parts))


def test_the_serial_line_ends_when_input_has_ended_and_the_machine_is_silent(wired):
    vm, line = wired
    terminal.hurry(vm, vm.serial, line(b"abc"), 5, None)
    assert (vm.frame, vm.serial.pending) == (5, 3)
    vm.reset()
    terminal.hurry(vm, vm.serial, line(b"", b"", b"abc"), None, None)             # nobody takes it
    assert vm.frame == 2 + 101


@pytest.fixture
def pipe(monkeypatch):
    """The end of a pipe that leads to standard input."""
    read, write = os.pipe()
    monkeypatch.setattr(terminal.sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    with os.fdopen(read) as stdin, os.fdopen(write, "wb", buffering=0) as pipe:
        monkeypatch.setattr(terminal.sys, "stdin", stdin)
        yield pipe


def test_ctrl_right_bracket_on_a_terminal_ends_and_is_not_sent(media, pipe):
    vm = VM(tiny.SPEC, media)
    pipe.write(b"ab\x1dc")
    keys = terminal.Input(terminal=True)
    keys.wait(10)
    terminal.keep_pace(vm, terminal.Console(vm, vm.serial, keys), keys.wait, None, None)
    assert (vm.frame, vm.serial.pending) == (0, 2)


def test_no_more_of_the_input_is_held_than_a_mebibyte(pipe):
    os.set_blocking(pipe.fileno(), False)
    keys = terminal.Input(terminal=False)
    sent = refused = 0
    while refused < 100:                                # in a row: nobody reads on
        count = pipe.write(bytes(65536))
        sent += count or 0
        refused = 0 if count else refused + 1
        time.sleep(0.001)
    assert KEPT <= sent < KEPT + 4 * 65536
    pipe.close()
    keys.wait(10)
    got = 0
    while got < sent:
        got += len(keys.take(4096))
    assert got == sent


MONITOR = [sys.executable, "-m", "retrovm", "run", "-m", "sbc6502", "--serial", "-",
           str(bundled.program("sbc6502/monitor").file)]


def test_a_monitor_on_a_pipe_answers_and_the_command_ends():
    done = subprocess.run(MONITOR, input=b"R\r", capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
    assert b"> R\r\n" in done.stdout
    assert done.stdout.endswith(b"> ")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_monitor_on_a_terminal_gets_each_key_and_ctrl_right_bracket_ends():
    host, guest = os.openpty()
    with subprocess.Popen(MONITOR, stdin=guest, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        os.close(guest)
        seen = b""
        while not seen.endswith(b"> "):
            seen += process.stdout.read1()
        os.write(host, b"R")                          # no Return: in raw mode the key comes through at once
        while not seen.endswith(b"> R"):
            seen += process.stdout.read1()
        os.write(host, b"\x1d")
        _, notice = process.communicate(timeout=60)
    os.close(host)
    assert (process.returncode, notice) == (0, b"retrovm: Ctrl-] ends\n")


def test_machines_lists_what_is_installed(run, installed):
    status, out, err = run("machines")
    assert (status, err) == (0, "")
    assert "tiny" in out
    assert "a machine for tests" in out
    status, out, _ = run("machines", "--json")
    listed = json.loads(out)
    assert listed["tiny"]["options"]["divider"] == {"default": 1, "help": "ticks a cycle"}
    assert listed["tiny"]["ports"] == {"keys": {"title": "Keys", "kind": "buttons", "buttons": ["left"]}}


def test_info_says_what_a_file_is_and_why(run, rom):
    status, out, err = run("info", rom)
    assert (status, err) == (0, "")
    for text in ("program.bin", "tiny", "90%", "it was written for the tests", "divider", "ticks a cycle"):
        assert text in out
    status, out, _ = run("info", rom, "--json")
    found = json.loads(out)
    assert found["sha1"] == retrovm.load(rom).media.sha1
    assert found["targets"] == [
        {"machine": "tiny", "confidence": 0.9, "reason": "it was written for the tests", "details": [],
         "options": {}}]


def test_every_command_that_takes_a_program_knows_the_bundled_ones(run):
    status, out, err = run("info", "ember")
    assert (status, err) == (0, "")
    assert "ember.ch8" in out
    assert "14181C,F2E8C8" in out
    status, out, err = run("run", "ember", "--frames", "1", "--hash")
    assert (status, err) == (0, "")
    status, out, err = run("dis", "sbc6502/monitor", "--start", "0xF000", "--end", "0xF010")
    assert (status, err) == (0, "")
    status, out, err = run("run", "embr")
    assert (status, out) == (2, "")
    assert "no bundled program is called 'embr'; did you mean ember?" in err


def test_info_shows_a_machine_by_its_id(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run("info", "eater")
    assert (status, err) == (0, "")
    assert out.startswith("eater: 6502 breadboard computer\n")
    assert "lcd_module" in out
    status, out, _ = run("info", "eater", "--json")
    assert list(json.loads(out)["eater"]["options"])[:2] == ["model", "clock_hz"]
    (tmp_path / "eater").write_bytes(b"\x00\x00")
    assert run("info", "eater")[1].startswith("eater: raw binary")


def test_info_fails_when_no_machine_knows_the_file(run, rom, monkeypatch):
    monkeypatch.setattr("retrovm.detection.detect", lambda medium: [])
    status, out, _ = run("info", rom)
    assert status == 1
    assert "No machine knows it" in out


def test_ctrl_c_ends_with_130(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("retrovm.commands.run.make_vm", interrupted)
    assert cli.main(["run", "x.ch8"]) == 130


def test_a_fault_of_the_program_itself_is_not_hidden(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("retrovm.commands.run.make_vm", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["run", "x.ch8"])
