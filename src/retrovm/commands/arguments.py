"""What several commands take, and what they do with it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retrovm.errors import ArgumentError, MediaError

if TYPE_CHECKING:
    from retrovm.detection import Target
    from retrovm.movie import Movie
    from retrovm.session import VM
    from retrovm.spec import MachineSpec

Rom = Annotated[str, typer.Argument(metavar="ROM", help=(
    "The program: a file, GAMES.ZIP#NAME for one in an archive, or the name of a bundled one."))]
Machine = Annotated[str | None, typer.Option("--machine", "-m", metavar="ID", help=(
    "The machine, or a machine file: my.toml. Without it the program decides."))]
Options = Annotated[list[str] | None, typer.Option("--option", "-o", metavar="NAME=VALUE", help=(
    "An option of the machine; 'retrovm info ROM' lists them."))]
Disk = Annotated[str | None, typer.Option("--disk", metavar="IMAGE[:MODE]", help=(
    "The disk of the machine: a raw image. The guest writes to the file, unless MODE is overlay (the machine keeps the "
    "changes, and the file stays as it is), overlay=FILE (FILE keeps them) or readonly."))]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="The seed of the machine's randomness.")]
STDIO = ("-", "stdio")               # of --serial: standard input and output
Json = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]


def wrong(message: str) -> ArgumentError:
    """The error of a command line that cannot be meant: exit status 2."""
    return ArgumentError(message)


def require_file(path: str) -> None:
    """Ends the command with status 2 when there is no such file; `path` may name a member of an archive."""
    from retrovm.media import open_media

    parts = path.split("#")
    if any(os.path.isfile("#".join(parts[:end])) for end in range(1, len(parts) + 1)):
        return
    try:
        open_media(path)
    except MediaError as error:          # it knows the files with nearly that name
        raise wrong(str(error)) from None


def parse_options(given: list[str] | None) -> dict[str, Any]:
    """The options of a machine from "name=value"."""
    options = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise wrong(f"an option is NAME=VALUE, not {text!r}")
        options[name.strip()] = value.strip()
    return options


def locate(rom: str) -> tuple[str, str | None]:
    """The file that is meant, and the machine of a bundled program; a file goes before one of the same name."""
    from retrovm import bundled

    if not os.path.exists(rom) and not Path(rom).suffix and "#" not in rom:
        program = bundled.find(rom)
        return str(program.file), program.machine
    require_file(rom)
    return rom, None


def find_target(rom: str, machine: str | None) -> Target:
    """The machine for a program."""
    from retrovm import detection
    from retrovm.machines.machine_file.opening import machine as find_machine

    file, known = locate(rom)
    chosen = machine or known
    return detection.best(file, None if chosen is None else find_machine(chosen))


def with_disk(spec: MachineSpec, options: dict[str, Any], disk: str | None) -> dict[str, Any]:
    """The options, with that of the machine's first disk where one is given."""
    from retrovm.storage import missing, parse_disk

    if disk is None:
        return options
    slots = [option.name for option in spec.options if option.medium]
    if not slots:
        raise wrong(f"--disk: {spec.id} has no place for a disk")
    if slots[0] in options:
        raise wrong(f"--disk and --option {slots[0]} say the same; give one of them")
    try:
        path = parse_disk(disk).path
    except ValueError as error:
        raise wrong(f"--disk {disk}: {error}") from None
    if not path.exists():
        raise wrong(str(missing(str(path))))
    return {**options, slots[0]: disk}


def make_vm(rom: str | None, machine: str | None, options: list[str] | None, seed: int = 1,
            disk: str | None = None, movie: Movie | None = None) -> VM:
    """The machine of a command line, switched on; without a program where the machine is named, which a movie does, too.

    The options and the seed of a movie count, but for options that the command line says.
    """
    from retrovm.machines.machine_file.opening import machine as find_machine
    from retrovm.session import VM

    given = parse_options(options)
    if movie is not None:
        machine, seed = machine or movie.machine, movie.seed
        given = {**{name: value for name, value in movie.options.items() if value is not None}, **given}
    if rom is not None:
        target = find_target(rom, machine)
        chosen = with_disk(target.spec, given, disk)
        return VM(target.spec, target.media, target.spec.combine_options(target.options, chosen), seed)
    if machine is None:
        raise wrong("expected a program, or --machine with the machine that runs without one")
    spec = find_machine(machine)
    return VM(spec, None, with_disk(spec, given, disk), seed)


def check_line(place: str | None) -> None:
    """Ends the command with status 2 for an option --serial that names no place."""
    from retrovm.hostline import parse

    if place is not None and place not in STDIO:
        try:
            parse(place)
        except ArgumentError as error:
            raise wrong(f"--serial takes - for standard input and output; {error}") from None


def close_disks(vm: VM) -> None:
    """Ends with the machine's disks written and closed, and says what the host could not do for them."""
    faults = [disk.fault for disk in vm.disks.values()]
    vm.close()
    for fault in faults:
        if fault is not None:
            print(f"retrovm: {fault.filename}: the guest had a disk error: {fault.strerror}", file=sys.stderr)


def number(text: str) -> int | None:
    """The number that is written like 512, 0x200 or $200; None for what is none."""
    try:
        return int(text[1:], 16) if text.startswith("$") else int(text, 0)
    except ValueError:
        return None
