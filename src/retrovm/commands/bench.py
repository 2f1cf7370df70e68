"""`retrovm bench`: how fast processors and machines run on this computer."""

from __future__ import annotations

import json as jsonlib
from typing import Annotated

import typer

from retrovm.commands.arguments import Json, Options, find_target, parse_options, require_file, wrong
from retrovm.spec import integer

Runs = Annotated[int, typer.Option(metavar="N", min=1, help="How many runs; the figure is their median.")]

command = typer.Typer(add_completion=False, no_args_is_help=True)


@command.callback()
def bench() -> None:
    """Measure how fast processors and machines run, in CPU time.

    Example: retrovm bench cpu
    """


@command.command()
def cpu(
    model: Annotated[str, typer.Option(metavar="MODEL", help="The processor.")] = "6502",
    image: Annotated[str | None, typer.Option(metavar="F", help=(
        "The program: raw bytes, Intel HEX or S-records; without it, one that comes with retrovm."))] = None,
    start: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where it begins, like 0x400.")] = None,
    until: Annotated[str | None, typer.Option(metavar="ADDRESS", help=(
        "Where it ends: the time to the first arrival there is measured."))] = None,
    org: Annotated[str | None, typer.Option(metavar="ADDRESS", help=(
        "Where raw bytes belong; 64 KiB need none."))] = None,
    runs: Runs = 9,
    exact: Annotated[bool, typer.Option("--exact", help="Perform every bus cycle, seen or not.")] = False,
    json: Json = False,
) -> None:
    """Measure a processor alone, in emulated MHz.

    The exit status is 1 when the program does not arrive at its end.

    Example: retrovm bench cpu --image test.bin --start 0x400 --until 0x3469
    """
    from retrovm import bench

    given = {"--start": start, "--until": until, "--org": org}
    if image is None:
        for option, value in given.items():
            if value is not None:
                raise wrong(f"{option} is about an image: give --image too")
        program = bench.bundled_program()
    else:
        require_file(image)
        if until is None:
            raise wrong("--image needs --until, the address at which the program ends")
        program = bench.program(image, start=None if start is None else address("--start", start),
                                end=address("--until", until), org=None if org is None else address("--org", org))
    benchmark = bench.CpuBenchmark(program, model, exact=exact)
    done = []
    for _ in range(runs):
        done.append(benchmark.run())
        if not json:
            print(f"{done[-1][0]:9.1f} MHz", flush=True)
    report = bench.cpu_report(benchmark, done)
    if json:
        print(jsonlib.dumps(report, indent=2))
        return
    print(f"{report['mhz']:9.1f} MHz, median of CPU time ({report['wall_mhz']:.1f} of wall time), variation "
          f"{report['variation']:.1%}")
    print(f"{program.name} on a {model}, {report['build']} build: {benchmark.cycles:,} cycles from "
          f"${program.start:04X} to ${program.end:04X}")


@command.command()
def machine(
    machine: Annotated[str, typer.Argument(metavar="ID", help="The machine; 'retrovm machines' lists them.")],
    rom: Annotated[str | None, typer.Option(metavar="F", help=(
        "The program; without it, the one that comes with the machine."))] = None,
    frames: Annotated[int, typer.Option(metavar="N", min=1, help="How many frames a run has.")] = 1000,
    runs: Runs = 5,
    option: Options = None,
    json: Json = False,
) -> None:
    """Measure a machine from power-on, in frames per second: drawing every frame, and drawing none.

    A CHIP-8 also counts its instructions; with many in a frame little else takes time.

    Example: retrovm bench machine chip8 -o tickrate=100000
    """
    from retrovm import bench, bundled, registry

    spec = registry.machine(machine)
    media, chosen = None, parse_options(option)
    if rom is None and spec.demo is not None:
        rom = str(bundled.program(spec.demo).file)
    if rom is not None:
        target = find_target(rom, machine)
        media, chosen = target.media, {**target.options, **chosen}
    done = []
    for run in bench.bench_machine(spec, media, chosen, frames=frames, runs=runs):
        done.append(run)
        if not json:
            print(f"{run.fps:11,.0f} frames/s drawn {run.unrendered_fps:11,.0f} not drawn", flush=True)
    report = bench.machine_report(spec, media, frames, done)
    if json:
        print(jsonlib.dumps(report, indent=2))
        return
    print(f"{report['fps']:11,.0f} frames/s drawn {report['unrendered_fps']:11,.0f} not drawn, median of CPU time, "
          f"variation {report['variation']:.1%}")
    if "mips" in report:
        print(f"{report['mips']:11,.1f} million instructions/s")
    print(f"{report['image'] or 'no program'} on {spec.id}, {frames:,} frames a run")


def address(option: str, text: str) -> int:
    """An address from the command line: 1024, 0x400 or $400."""
    try:
        return integer(0, 0xFFFF)(text)
    except ValueError as error:
        raise wrong(f"{option}: {error}") from None
