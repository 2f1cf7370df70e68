"""`retrovm info`: what a file is, and why."""

from __future__ import annotations

import json as jsonlib
import os
from typing import TYPE_CHECKING, Any

import typer

from retrovm.commands.arguments import Json, Rom, locate
from retrovm.commands.machines import describe as describe_machine
from retrovm.commands.machines import plain

if TYPE_CHECKING:
    from rich.console import Console

    from retrovm.detection import Target
    from retrovm.media import Media
    from retrovm.spec import MachineSpec


def info(rom: Rom, json: Json = False) -> None:
    """Show what a program is, the machines that run it and why, and their options; or a machine, by its id or its file.

    The exit status is 1 when no machine knows a program.

    Example: retrovm info game.ch8

    Example: retrovm info eater
    """
    from retrovm import detection, registry
    from retrovm.machines.machine_file.opening import SUFFIX, machine
    from retrovm.media import open_media

    if rom.lower().endswith(SUFFIX) or (rom in registry.MACHINES.ids() and not os.path.exists(rom)):
        spec = machine(rom)
        if json:
            print(jsonlib.dumps({spec.id: describe_machine(spec)}, indent=2))
        else:
            show_machine(spec)
        return
    medium = open_media(locate(rom)[0])
    targets = detection.detect(medium)
    if json:
        print(jsonlib.dumps(describe(medium, targets), indent=2))
    else:
        show(medium, targets)
    if not targets:
        raise typer.Exit(1)


def describe(medium: Media, targets: list[Target]) -> dict[str, Any]:
    """All of it for JSON."""
    return {
        "name": medium.name,
        "archive": medium.archive,
        "format": medium.format,
        "description": medium.description,
        "file_size": len(medium.data),
        "sha1": medium.sha1,
        "entry": medium.entry,
        "segments": [{"address": segment.address, "size": len(segment.data)} for segment in medium.segments],
        "targets": [
            {
                "machine": target.spec.id,
                "confidence": target.confidence,
                "reason": target.reason,
                "details": list(target.details()),
                "options": {name: plain(value) for name, value in target.options.items()},
            }
            for target in targets
        ],
    }


def show(medium: Media, targets: list[Target]) -> None:
    """All of it for people."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text.assemble((medium.name, "bold"), f": {medium.description}"))
    if medium.archive is not None:
        console.print(Text(f"in the archive {medium.archive}"))
    console.print(Text(f"SHA-1 {medium.sha1}"))
    console.print()
    if not targets:
        console.print("No machine knows it. 'retrovm machines' lists them; --machine chooses one by hand.")
        return
    table = Table("machine", "sure", "because", "with", box=None, pad_edge=False)
    for target in targets:
        chosen = " ".join(f"{name}={text}" for name, text in target.spec.show_options(target.options).items())
        table.add_row(target.spec.id, f"{target.confidence:.0%}", Text(target.reason), Text(chosen))
    console.print(table)
    for target in targets:
        if lines := target.details():
            console.print()
            console.print(Text(f"{target.spec.id}, by what the program does:"))
            for line in lines:
                console.print(Padding(Text(line), (0, 0, 0, 2)))
    for target in targets:
        show_options(console, target.spec)


def show_machine(spec: MachineSpec) -> None:
    """What a machine file describes, for people."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text.assemble((spec.id, "bold"), f": {spec.title}"))
    if spec.summary:
        console.print(Text(spec.summary))
    for port in spec.ports:
        console.print(Text(f"{port.name}: {port.title}"))
    console.print(Text(f"Programs: {' '.join(spec.formats) or 'none, it runs what is in its ROMs'}"))
    show_options(console, spec)


def show_options(console: Console, spec: MachineSpec) -> None:
    """The options of a machine, for people; nothing where it has none."""
    from rich.table import Table
    from rich.text import Text

    if not spec.options:
        return
    console.print()
    table = Table(f"option of {spec.id}", "default", "what it does", box=None, pad_edge=False)
    for option in spec.options:
        default = "" if option.default is None else option.show(option.default)
        table.add_row(option.name, default, Text(option.help))
    console.print(table)
