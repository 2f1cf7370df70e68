"""`retrovm run`: a machine without a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrovm.commands.arguments import (
    Disk,
    Machine,
    Options,
    Seed,
    close_disks,
    make_vm,
    require_file,
    write_whole,
    wrong,
)
from retrovm.commands.sound import Sound

if TYPE_CHECKING:
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
    scale: Annotated[int, typer.Option(metavar="N", min=1, max=64, help="Enlarge the saved picture.")] = 1,
    wav: Annotated[Path | None, typer.Option(metavar="F.wav", help="Save the sound.")] = None,
    serial: Annotated[str | None, typer.Option(metavar="-", help=(
        "Connect the serial line to standard input and output. On a terminal, Ctrl-] ends."))] = None,
    hash: Annotated[bool, typer.Option("--hash", help="Print the hash of the state at the end.")] = False,
    seed: Seed = 1,
    state_in: Annotated[str | None, typer.Option(metavar="F", help="Begin with a saved state.")] = None,
    state_out: Annotated[Path | None, typer.Option(metavar="F", help="Save the state at the end.")] = None,
) -> None:
    """Run a program without a window. It prints and writes what is asked for and nothing else.

    Example: retrovm run game.ch8 --frames 600 --screenshot game.png --hash

    Example: retrovm run --machine my.toml --serial -
    """
    if serial not in (None, "-"):
        raise wrong(f"--serial takes -, for standard input and output, not {serial!r}")
    for path in (screenshot, wav, state_out):
        if path is not None and not path.resolve().parent.is_dir():
            raise wrong(f"the folder of {path} does not exist")
    if state_in is not None:
        require_file(state_in)
    vm = make_vm(rom, machine, option, seed, disk)
    screen, audio, line = vm.screen, vm.audio, vm.serial
    if screenshot is not None and screen is None:
        raise wrong(f"--screenshot: {vm.spec.id} has no screen")
    if wav is not None and audio is None:
        raise wrong(f"--wav: {vm.spec.id} makes no sound")
    if serial is not None and line is None:
        raise wrong(f"--serial: {vm.spec.id} has no serial line")
    if state_in is not None:
        vm.load_state(Path(state_in).read_bytes())
    sound = None if wav is None or audio is None else Sound(audio)
    if serial is not None and line is not None:
        from retrovm.commands.terminal import connect

        connect(vm, line, frames, sound)
    else:
        run_frames(vm, DEFAULT_FRAMES if frames is None else frames, sound)
    if screenshot is not None and screen is not None:
        write_whole(screenshot, screen.png(scale))
    if wav is not None and sound is not None:
        write_whole(wav, sound.wav())
    if state_out is not None:
        write_whole(state_out, vm.save_state())
    if hash:
        print(vm.state_hash())
    close_disks(vm)


def run_frames(vm: VM, frames: int, sound: Sound | None) -> None:
    """Runs so many frames, draws the last one, and collects the sound of all where it is wanted."""
    if sound is None:
        vm.tick(max(frames - 1, 0), render=False)
        vm.tick(min(frames, 1))
        return
    for frame in range(frames):
        vm.tick(render=frame == frames - 1)
        sound.take()
