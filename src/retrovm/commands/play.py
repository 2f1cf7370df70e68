"""`retrovm play`: a machine in a window."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from retrovm.player.settings import SETTINGS, Settings, default_file, names_of

if TYPE_CHECKING:
    from retrovm.commands.terminal import Console
    from retrovm.core.screen import Screen
    from retrovm.hostline import HostLine
    from retrovm.session import VM

# What is written without a display: the picture after so many seconds, as large as fits in here.
PICTURE_SECONDS = 5
PICTURE_ROOM = (640, 480)


def flag(name: str, metavar: str = "", flags: str = "") -> Any:
    """The option of the command line for a setting; what is not given there is said in the file of settings."""
    setting = SETTINGS[name]
    values = None if isinstance(setting.default, bool) else "|".join(map(str, setting.values))
    return typer.Option(flags or f"--{name}", metavar=metavar or values, help=setting.help,
                        show_default="by the settings", rich_help_panel="Settings")


def command(
    rom: Annotated[str | None, typer.Argument(metavar="[ROM]", help=(
        "A program: a file, or the name of a bundled one. With neither it nor --machine: a menu of programs."))] = None,
    machine: Machine = None,
    option: Options = None,
    disk: Disk = None,
    frames: Annotated[int | None, typer.Option(metavar="N", min=1, help="End after so many frames.")] = None,
    serial: Annotated[str | None, typer.Option(metavar="LINE", help=(
        "Connect the serial line: - or stdio, pty, pty:PATH or tcp:HOST:PORT, as in 'retrovm run'. That of a machine without "
        "a screen ends in a terminal in the window otherwise."))] = None,
    movie: Annotated[Path | None, typer.Option(metavar="F", help="Play a movie; then the program goes on from its end.")] = None,
    record: Annotated[Path | None, typer.Option(metavar="F", help="Record a movie: what is done from the beginning on.")] = None,
    stats: Annotated[bool, typer.Option("--stats", help="Show the player's figures, and print them at the end.")] = False,
    seed: Seed = 1,
    config: Annotated[Path | None, typer.Option(metavar="F", help="The file of settings.", show_default="the user's")] = None,
    config_show: Annotated[bool, typer.Option("--config-show", help=(
        "Print what counts for this program, and who has said so, and end."))] = False,
    home: Annotated[Path | None, typer.Option(metavar="DIR", envvar="RETROVM_HOME", show_default="the user's", help=(
        "Keep settings, save slots and programs of late in this folder: a portable player."))] = None,
    scale: Annotated[int | None, flag("scale", "N")] = None,
    fullscreen: Annotated[bool | None, flag("fullscreen", flags="--fullscreen/--window")] = None,
    vsync: Annotated[bool | None, flag("vsync", flags="--vsync/--no-vsync")] = None,
    scaling: Annotated[str | None, flag("scaling")] = None,
    pixels: Annotated[str | None, flag("pixels")] = None,
    filter: Annotated[str | None, flag("filter")] = None,
    palette: Annotated[str | None, flag("palette", "NAME|FILE")] = None,
    screenshots: Annotated[str | None, flag("screenshots")] = None,
    volume: Annotated[int | None, flag("volume", "PERCENT")] = None,
    mute: Annotated[bool | None, flag("mute", flags="--mute/--sound")] = None,
    latency: Annotated[int | None, flag("latency", "MS")] = None,
    fast: Annotated[str | None, flag("fast")] = None,
    rewind: Annotated[int | None, flag("rewind", "MIB")] = None,
    saves: Annotated[Path | None, typer.Option(metavar="DIR", envvar="RETROVM_SAVES", show_default="by the settings", help=(
        SETTINGS["saves"].help), rich_help_panel="Settings")] = None,
    pictures: Annotated[Path | None, flag("pictures", "DIR")] = None,
) -> None:
    """Play a program in a window, at its own speed.

    The keys of the machine lie where they lie on the machine: F1 shows them.
    Esc opens the menu, P pauses, Tab held runs fast, Backspace held goes back
    in time, F5 saves and F8 loads, F11 is full screen, F12 writes a picture,
    Ctrl-R resets, Ctrl-Shift-R switches off and on, Ctrl-Q ends;
    docs/player.md has them all. A key that the machine has is the machine's.

    A computer without a screen has a terminal in the window, at its serial
    line; with --serial - it talks here. On a host without a display it does
    so, too, and of other machines a picture is written.

    Example: retrovm play ember
    """
    given = {"scale": scale, "fullscreen": fullscreen, "vsync": vsync, "scaling": scaling, "pixels": pixels, "filter": filter,
             "palette": palette, "screenshots": screenshots, "volume": volume, "mute": mute, "latency": latency, "fast": fast,
             "rewind": rewind, "saves": None if saves is None else str(saves),
             "pictures": None if pictures is None else str(pictures)}
    settings = open_settings(config, home, given)
    check_line(serial)
    if rom is None and machine is None and movie is None:
        if config_show:
            print(settings.show(), end="")
        else:
            play_menu(settings, stats)
        return
    vm = open_machine(rom, machine, option, seed, disk, movie, settings)
    if config_show:
        print(settings.show(vm.spec.id, names_of(vm)), end="")
        return
    if serial is not None and vm.serial is None:
        raise wrong(f"--serial: {vm.spec.id} has no serial line")
    if vm.screen is None and (vm.serial is None or serial is not None):
        play_in_terminal(vm, frames, serial)
        close_disks(vm)
        return
    from retrovm.player import app, sdl

    try:
        with open_line(vm, serial) as line:
            app.play(vm, settings=settings, frames=frames, line=line, stats=stats, program=program_of(rom),
                     movie=movie, record=record)
        return
    except sdl.NoDisplay:
        if vm.screen is None:
            play_in_terminal(vm, frames, serial)
        else:
            write_picture(vm, vm.screen, frames, settings.get("scale") or None)
    close_disks(vm)


def open_settings(config: Path | None, home: Path | None, flags: dict[str, Any]) -> Settings:
    """The settings of the user, or of a file that must be there, and the flags of the command line."""
    if config is not None and not config.is_file():
        raise wrong(f"--config: there is no file {config}")
    return Settings(config or default_file(home), flags, home)


def open_machine(rom: str | None, machine: str | None, option: list[str] | None, seed: int, disk: str | None,
                 movie: Path | None, settings: Settings) -> VM:
    """The machine of the command line, with the options that the settings have for its program where it says none."""
    from retrovm.movie import Movie

    if movie is not None and not movie.is_file():
        raise wrong(f"there is no movie {movie}")
    vm = make_vm(rom, machine, option, seed, disk, None if movie is None else Movie.open(movie))
    said = {text.partition("=")[0].strip() for text in option or ()}
    more = {name: value for name, value in settings.options_for(vm).items() if name not in said}
    if not more or movie is not None:
        return vm
    vm.close()
    return make_vm(rom, machine or vm.spec.id, [*(option or ()), *(f"{name}={value}" for name, value in more.items())], seed, disk)


def program_of(rom: str | None) -> str | None:
    """How the player can open a program again: its path, or the id of a bundled one."""
    from retrovm import bundled

    if rom is None:
        return None
    path = Path(rom)
    if path.exists() or path.suffix or "#" in rom:
        return str(path.resolve())
    return bundled.find(rom).id


def play_menu(settings: Settings, stats: bool) -> None:
    """The menu over the bundled programs; a list of them where there is no display."""
    from retrovm.player import app, sdl

    try:
        app.play(None, settings=settings, stats=stats)
    except sdl.NoDisplay:
        list_programs()


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
