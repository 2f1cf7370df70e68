"""`retrovm play`: a machine in a window."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    wrong,
)

if TYPE_CHECKING:
    from retrovm.commands.terminal import Console
    from retrovm.core.screen import Screen
    from retrovm.hostline import HostLine
    from retrovm.session import VM

# What is written without a display: the picture after so many seconds, as large as fits in here.
PICTURE_SECONDS = 5
PICTURE_ROOM = (640, 480)


def command(
    rom: Annotated[str | None, typer.Argument(metavar="[ROM]", help=(
        "A program: a file, or the name of a bundled one. With neither it nor --machine: a list of those."))] = None,
    machine: Machine = None,
    option: Options = None,
    disk: Disk = None,
    scale: Annotated[int | None, typer.Option(metavar="N", min=1, max=64, help=(
        "How many lines high a pixel is; two thirds of the display when not given."))] = None,
    fullscreen: Annotated[bool, typer.Option("--fullscreen", help="Begin in full screen.")] = False,
    mute: Annotated[bool, typer.Option("--mute", help="No sound.")] = False,
    vsync: Annotated[bool, typer.Option("--vsync/--no-vsync", help=(
        "Show pictures in step with the display, or at once."))] = True,
    frames: Annotated[int | None, typer.Option(metavar="N", min=1, help="End after so many frames.")] = None,
    serial: Annotated[str | None, typer.Option(metavar="LINE", help=(
        "Connect the serial line: - or stdio, pty, pty:PATH or tcp:HOST:PORT, as in 'retrovm run'. A machine without a "
        "screen has it on standard input and output."))] = None,
    saves: Annotated[Path | None, typer.Option(metavar="DIR", envvar="RETROVM_SAVES", show_default="the user's", help=(
        "The folder of the save slots."))] = None,
    seed: Seed = 1,
) -> None:
    """Play a program in a window, at its own speed.

    The keys of the machine lie where they lie on the machine. P pauses, Tab held runs fast, Backspace held goes back in
    time, F5 saves and F8 loads, F11 is full screen, F12 writes a picture, Ctrl-R resets, Ctrl-Shift-R switches off and on,
    Ctrl-Q ends; docs/player.md has them all. A key that the machine has itself is the machine's.

    A computer without a screen talks in this terminal, over its serial line. On a host without a display a
    picture is written instead.

    Example: retrovm play ember
    """
    if rom is None and machine is None:
        list_programs()
        return
    check_line(serial)
    vm = make_vm(rom, machine, option, seed, disk)
    if serial is not None and vm.serial is None:
        raise wrong(f"--serial: {vm.spec.id} has no serial line")
    if vm.screen is None:
        play_in_terminal(vm, frames, serial)
        close_disks(vm)
        return
    from retrovm.player import app, sdl

    try:
        with open_line(vm, serial) as line:
            app.play(vm, scale=scale, fullscreen=fullscreen, mute=mute, vsync=vsync, frames=frames, line=line,
                     saves=saves)
    except sdl.NoDisplay:
        write_picture(vm, vm.screen, frames, scale)
    close_disks(vm)


def list_programs() -> None:
    """The bundled programs and how to start them."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from retrovm import bundled, registry

    names = [program.name for program in bundled.programs().values()]
    table = Table(box=None, show_header=False, pad_edge=False)
    for program in bundled.programs().values():
        name = program.name if names.count(program.name) == 1 else program.id
        table.add_row(Text(f"retrovm play {name}", "bold"), Text(registry.machine(program.machine).title))
    table.add_row(Text("retrovm play FILE", "bold"), Text("a program of yours"))
    Console(highlight=False).print(table)


@contextmanager
def open_line(vm: VM, place: str | None) -> Iterator[HostLine | Console | None]:
    """The serial line of a machine in a window where the option says; None if it says nothing."""
    from retrovm.commands.terminal import console

    if place is None or vm.serial is None:
        yield None
    elif place in STDIO:
        with console(vm, vm.serial) as line:
            yield line
    else:
        with vm.connect(place) as outside:
            print(f"retrovm: the serial line is {outside.where}", file=sys.stderr, flush=True)
            yield outside


def play_in_terminal(vm: VM, frames: int | None, place: str | None) -> None:
    """Connects the serial line with this terminal, or where the option says."""
    from retrovm.commands.terminal import attend, connect

    if vm.serial is None:
        raise wrong(f"{vm.spec.id} has neither a screen nor a serial line: 'retrovm run' runs it")
    if place is not None and place not in STDIO:
        with vm.connect(place) as line:
            attend(vm, line, frames, None)
        return
    print(f"retrovm: {vm.spec.id} has no screen: its serial line is connected to this terminal", file=sys.stderr)
    connect(vm, vm.serial, frames, None)


def write_picture(vm: VM, screen: Screen, frames: int | None, scale: int | None) -> None:
    """What can be seen of a program without a display."""
    from retrovm.player.files import stem_of, write_new

    count = round(vm.frame_rate * PICTURE_SECONDS) if frames is None else frames
    vm.tick(count - 1, render=False)
    vm.tick()
    width, height = screen.size
    if scale is None:
        scale = max(1, min(PICTURE_ROOM[0] // width, PICTURE_ROOM[1] // height))
    path = write_new(Path(), stem_of(vm), ".png", screen.png(scale))
    print(f"retrovm: no display: wrote {path} after {count} frame{'s' * (count != 1)}", file=sys.stderr)
