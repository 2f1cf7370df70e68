"""`retrovm run`: a machine without a window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrovm.commands.arguments import (
    STDIO,
    Disk,
    Machine,
    Options,
    Seed,
    check_line,
    close_disks,
    make_vm,
    require_file,
    wrong,
)
from retrovm.commands.measures import check_measures, measures
from retrovm.commands.sound import Sound
from retrovm.commands.taps import Film, joined
from retrovm.commands.terminal import attend, connect, run_frames
from retrovm.host_files import write_whole

if TYPE_CHECKING:
    from retrovm.commands.taps import Tap
    from retrovm.core.ports import Serial
    from retrovm.movie import Movie
    from retrovm.session import VM

DEFAULT_FRAMES = 60


def run(
    rom: Annotated[str | None, typer.Argument(metavar="[ROM]", help=(
        "A program: a file, or the name of a bundled one. A machine that --machine names may run without."))] = None,
    frames: Annotated[int | None, typer.Option(metavar="N", min=0, help=(
        "How many frames to run. Without it 60; with --serial, until there is nothing left to do."))] = None,
    machine: Machine = None,
    option: Options = None,
    disk: Disk = None,
    screenshot: Annotated[Path | None, typer.Option(metavar="F.png", help="Save the last picture.")] = None,
    scale: Annotated[int | None, typer.Option(metavar="N", min=1, max=64, show_default="1, or what fits in 640 x 480", help=(
        "Enlarge the saved picture and the video."))] = None,
    wav: Annotated[Path | None, typer.Option(metavar="F.wav", help="Save the sound.")] = None,
    video: Annotated[Path | None, typer.Option(metavar="F", help=(
        "Record every frame: F.gif the pictures; F.mkv (without loss), F.mp4 or F.webm with the sound."))] = None,
    serial: Annotated[str | None, typer.Option(metavar="LINE", help=(
        "Connect the serial line: - or stdio is standard input and output, where Ctrl-] ends on a terminal; pty is a "
        "new pseudo-terminal, pty:PATH one with a link to it, tcp:HOST:PORT a TCP port, and with these the machine "
        "runs at its real speed until Ctrl-C."))] = None,
    record: Annotated[Path | None, typer.Option(metavar="MOVIE", help=(
        "Record a movie of what comes over the serial line."))] = None,
    input: Annotated[str | None, typer.Option(metavar="MOVIE", help=(
        "Play a movie, with its options and its seed. Without --frames, to its end; a replay that goes apart is an "
        "error."))] = None,
    hash: Annotated[bool, typer.Option("--hash", help="Print the hash of the state at the end.")] = False,
    seed: Seed = 1,
    coverage: Annotated[list[Path] | None, typer.Option(metavar="F", help=(
        "Write which code ran: F.info for lcov, F.json data to which later runs add, else a folder of pages. May be "
        "given several times."))] = None,
    profile: Annotated[list[Path] | None, typer.Option(metavar="F", help=(
        "Write the cycles of each subroutine: F.callgrind, F.speedscope.json (a flame graph) or F.txt (a table). May "
        "be given several times."))] = None,
    symbols: Annotated[list[str] | None, typer.Option(metavar="F", help=(
        "Names for addresses, as assemblers write them; ld65's F.dbg also says which source lines were covered."))] = None,
    state_in: Annotated[str | None, typer.Option(metavar="F", help="Begin with a saved state.")] = None,
    state_out: Annotated[Path | None, typer.Option(metavar="F", help="Save the state at the end.")] = None,
) -> None:
    """Run a program without a window. It prints and writes what is asked for and nothing else.

    Example: retrovm run game.ch8 --frames 600 --screenshot game.png --hash

    Example: retrovm run game.ch8 --frames 600 --video game.gif

    Example: retrovm run --machine my.toml --serial -

    Example: retrovm run game.ch8 --input game.rmv --screenshot end.png --hash

    Example: retrovm run game.bin --symbols game.dbg --coverage game.info --profile game.callgrind
    """
    check_line(serial)
    if record is not None and serial is None:
        raise wrong("--record writes down what comes over a serial line: give --serial too")
    for path in (screenshot, wav, video, state_out, record):
        if path is not None and not path.resolve().parent.is_dir():
            raise wrong(f"the folder of {path} does not exist")
    if video is not None:
        from retrovm import recording

        recording.check(video)
    if state_in is not None:
        require_file(state_in)
    check_measures(coverage or [], profile or [], symbols or [])
    if input is not None and (serial is not None or state_in is not None):
        raise wrong("a movie says itself where it begins and what comes over the serial line: give --input without "
                    "--state-in and --serial")
    movie = None if input is None else open_movie(input)
    vm = make_vm(rom, machine, option, seed, disk, movie)
    screen, audio, line = vm.screen, vm.audio, vm.serial
    if screenshot is not None and screen is None:
        raise wrong(f"--screenshot: {vm.spec.id} has no screen")
    if wav is not None and audio is None:
        raise wrong(f"--wav: {vm.spec.id} makes no sound")
    if video is not None and screen is None:
        raise wrong(f"--video: {vm.spec.id} has no screen")
    if serial is not None and line is None:
        raise wrong(f"--serial: {vm.spec.id} has no serial line")
    if state_in is not None:
        vm.load_state(Path(state_in).read_bytes())
    sound = None if wav is None or audio is None else Sound(audio)
    with measures(vm, coverage or [], profile or [], symbols or []), filming(vm, video, scale) as film:
        tap = joined([tap for tap in (sound, film) if tap is not None])
        if serial is not None and line is not None:
            with recording_movie(vm, record):
                run_line(vm, line, serial, frames, tap)
        elif movie is not None:
            play_movie(vm, movie, frames, tap)
        else:
            run_frames(vm, DEFAULT_FRAMES if frames is None else frames, tap)
    if screenshot is not None and screen is not None:
        write_whole(screenshot, screen.png(scale or 1))
    if wav is not None and sound is not None:
        write_whole(wav, sound.wav())
    if state_out is not None:
        write_whole(state_out, vm.save_state())
    if hash:
        print(vm.state_hash())
    close_disks(vm)


def open_movie(path: str) -> Movie:
    """Reads a movie that is there."""
    from retrovm.movie import Movie

    if not Path(path).is_file():
        raise wrong(f"there is no movie {path}")
    return Movie.open(path)


def play_movie(vm: VM, movie: Movie, frames: int | None, tap: Tap | None) -> None:
    """Plays a movie to its end, or so many frames of it, and lets `tap` take each frame."""
    from retrovm.movie import Playback

    playback = Playback(movie, vm)
    done = 0
    while playback.is_open and done != frames:
        vm.tick()
        done += 1
        if tap is not None:
            tap.take()


@contextmanager
def filming(vm: VM, path: Path | None, scale: int | None) -> Iterator[Film | None]:
    """Records pictures and sound where that is asked for."""
    if path is None:
        yield None
    else:
        from retrovm.recording import record

        with record(vm, path, scale=scale) as recorder:
            yield Film(recorder)


def recording_movie(vm: VM, path: Path | None) -> AbstractContextManager[object]:
    """Records a movie where one is asked for."""
    from retrovm.movie import Recorder

    return nullcontext() if path is None else Recorder(vm, path)


def run_line(vm: VM, line: Serial, place: str, frames: int | None, tap: Tap | None) -> None:
    """Runs with the serial line where the option says."""
    if place in STDIO:
        connect(vm, line, frames, tap)
    else:
        with vm.connect(place) as outside:
            attend(vm, outside, frames, tap)
