"""`retrovm test`: runs test suites."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def command(
    paths: Annotated[list[Path], typer.Argument(
        metavar="PATH...", help="suite.toml files, folders to search for them, or single-step cases.")],
    machine: Annotated[str | None, typer.Option(
        "--machine", "-m", metavar="ID", help="Only tests of this machine, machine file or processor model.")] = None,
    jobs: Annotated[int, typer.Option(
        "--jobs", "-j", metavar="N", min=1, max=1024, show_default="one a processor",
        help="How many tests run at once.")] = os.cpu_count() or 1,
    select: Annotated[str, typer.Option(
        "-k", metavar="EXPR", show_default=False,
        help="Only tests with this in path or name: 'serial and not (echo or \"line editor\")'.")] = "",
    sample: Annotated[int | None, typer.Option(
        "--sample", metavar="N", min=1, show_default=False,
        help="Of each file of a corpus only N cases, chosen at random.")] = None,
    seed: Annotated[int, typer.Option(
        "--seed", metavar="N", help="Which cases --sample chooses.")] = 0,
    update_golden: Annotated[bool, typer.Option(
        "--update-golden", help="Write the golden pictures instead of comparing; look at them.")] = False,
    matrix: Annotated[bool, typer.Option(
        "--matrix", help="PATH is a program: on which members of its machine's family does it behave alike?")] = False,
    frames: Annotated[int, typer.Option(
        "--frames", metavar="N", min=1, help="With --matrix, how many frames are compared.")] = 600,
    strip: Annotated[Path | None, typer.Option(
        "--strip", metavar="F.png", show_default=False, help="With --matrix, the last pictures side by side.")] = None,
) -> None:
    """Run test suites.

    Example: retrovm test roms/

    Example: retrovm test --matrix game.ch8 --strip game.png

    Ends with the line "N passed, M failed", and with status 0 when nothing failed, 1 when something did.
    """
    from retrovm.errors import OptionError
    if matrix:
        from retrovm.commands.matrix import matrix as compare

        compare(paths, machine, frames=frames, seed=seed, jobs=jobs, picture=strip, as_json=False)
        return
    from retrovm.suite.discovery import discover
    from retrovm.suite.machine_run import machine_name
    from retrovm.suite.report import Live
    from retrovm.suite.runner import run
    from retrovm.suite.select import Selection
    from retrovm.suite.task import Settings

    settings = Settings(Selection(select), update_golden, sample, seed)
    chosen = machine if machine is None else machine_name(Path(), machine)
    tasks = [task for task in discover(paths) if chosen is None or task.machine == chosen]
    with Live(len(tasks)) as live:
        report = run(tasks, settings, jobs=jobs, progress=live)
    for line in report.lines():
        typer.echo(line)
    if report.interrupted:
        typer.echo("interrupted: not all tests have run", err=True)
    elif not report.total:
        asked = [f"-k {select!r}"] * bool(select) + [f"--machine {machine}"] * bool(machine)
        raise OptionError(f"{' and '.join(asked)}: selects none of the tests at {', '.join(map(str, paths))}")
    typer.echo(report.summary())
    if not report.ok:
        raise typer.Exit(130 if report.interrupted else 1)
