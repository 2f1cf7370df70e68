"""`retrovm test`: runs test suites."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from retrovm.suite.last_failed import LastFailed
    from retrovm.suite.report import Report
    from retrovm.suite.task import Task

STDOUT = "-"
MAY_STAND_ALONE = ("--tap", "--json")


class Command(TyperCommand):
    """Lets `--tap` and `--json` stand alone, which means standard output, or before the name of a file."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        return super().parse_args(ctx, with_places(args))


def with_places(arguments: Sequence[str]) -> list[str]:
    """A command line in which `--tap` and `--json` have their file.

    The next word is that file if its name ends so, or if it is "-". Any other is a path to test.
    """
    given = list(arguments)
    found: list[str] = []
    while given:
        word = given.pop(0)
        if word == "--":
            return [*found, word, *given]
        if word in MAY_STAND_ALONE:
            is_place = given and (given[0] == STDOUT or given[0].lower().endswith(f".{word[2:]}"))
            word = f"{word}={given.pop(0) if is_place else STDOUT}"
        found.append(word)
    return found


command = typer.Typer(add_completion=False)


@command.command(cls=Command)
def run_suites(
    paths: Annotated[list[Path] | None, typer.Argument(
        metavar="PATH...", help="suite.toml files, ROMs, single-step cases, and folders to search for them.")] = None,
    machine: Annotated[str | None, typer.Option(
        "--machine", "-m", metavar="ID",
        help="Only tests of this machine, machine file or processor model; ROMs without a suite run on it.")] = None,
    judge: Annotated[str | None, typer.Option("--judge", metavar="NAME", help="Only tests of this judge.")] = None,
    select: Annotated[str, typer.Option(
        "-k", metavar="EXPR", show_default=False,
        help="Only tests with this in path or name: 'serial and not (echo or \"line editor\")'.")] = "",
    last_failed: Annotated[bool, typer.Option(
        "--last-failed", help="Only tests that failed when they last ran; all, if none did.")] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", "-x", help="Stop at the first failure.")] = False,
    jobs: Annotated[int, typer.Option(
        "--jobs", "-j", metavar="N", min=1, max=1024, show_default="one a processor",
        help="How many tests run at once.")] = os.cpu_count() or 1,
    executor: Annotated[str | None, typer.Option(
        "--executor", metavar="NAME[:ADDRESS]", show_default=False,
        help="Run the tests elsewhere: processes, dask, or dask:tcp://host:8786.")] = None,
    timeout: Annotated[float | None, typer.Option(
        "--timeout", metavar="SECONDS", min=0.001, show_default=False,
        help="How long a test on a machine may take, in real time.")] = None,
    frames: Annotated[int, typer.Option(
        "--frames", metavar="N", min=1, help="How long ROMs without a suite, and with --matrix, run.")] = 600,
    sample: Annotated[int | None, typer.Option(
        "--sample", metavar="N", min=1, show_default=False,
        help="Of each file of a corpus only N cases, chosen at random.")] = None,
    seed: Annotated[int, typer.Option(
        "--seed", metavar="N", help="Which cases --sample chooses.")] = 0,
    update_golden: Annotated[bool, typer.Option(
        "--update-golden", help="Write the golden pictures instead of comparing; look at them.")] = False,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="F.xml", help="Write a report as JUnit XML.")] = None,
    html: Annotated[Path | None, typer.Option(
        "--html", metavar="F.html", help="Write a report to look at, with pictures, in one file.")] = None,
    tap: Annotated[str | None, typer.Option(
        "--tap", metavar="[F.tap]", help="Write TAP, for 'prove'. Alone, or with -, instead of the report here.")] = None,
    as_json: Annotated[str | None, typer.Option(
        "--json", metavar="[F.json]", help="Write JSON. Alone, or with -, instead of the report here.")] = None,
    cache: Annotated[Path | None, typer.Option(
        "--cache", metavar="DIR", envvar="RETROVM_CACHE", show_default="the user's",
        help="Where it is remembered which tests failed.")] = None,
    matrix: Annotated[bool, typer.Option(
        "--matrix", help="PATH is a program: on which members of its machine's family does it behave alike?")] = False,
    strip: Annotated[Path | None, typer.Option(
        "--strip", metavar="F.png", show_default=False, help="With --matrix, the last pictures side by side.")] = None,
    fetch: Annotated[bool, typer.Option(
        "--fetch", help="Get public suites, those of which a PATH is the name or all, and say which licence each has.")] = False,
    suites: Annotated[Path | None, typer.Option(
        "--suites", metavar="F.toml", show_default=False, help="With --fetch, a list of suites of your own.")] = None,
) -> None:
    """Run test suites.

    Example: retrovm test roms/

    Example: retrovm test roms/ --junit junit.xml --html report.html

    Example: retrovm test --matrix game.ch8 --strip game.png

    Example: retrovm test --fetch klaus

    Ends with the line "N passed, M failed", and with status 0 when nothing failed, 1 when something did.
    """
    from retrovm.errors import ArgumentError, OptionError
    from retrovm.spec import nearest

    if fetch:
        from retrovm.commands.fetch import fetch_suites

        fetch_suites([str(path) for path in paths or ()], suites)
        return
    if not paths:
        raise ArgumentError("there is nothing to test: give PATH, a suite.toml, a ROM, single-step cases, or a folder with them")
    if matrix:
        from retrovm.commands.matrix import matrix as compare

        if as_json not in (None, STDOUT):
            raise OptionError("--matrix writes JSON to standard output: give --json alone")
        compare(paths, machine, frames=frames, seed=seed, jobs=jobs, picture=strip, as_json=as_json is not None)
        return
    from retrovm.suite.discovery import discover
    from retrovm.suite.executors import open_executor
    from retrovm.suite.judges import registered
    from retrovm.suite.last_failed import LastFailed
    from retrovm.suite.machine_run import machine_name
    from retrovm.suite.progress import Live
    from retrovm.suite.runner import run
    from retrovm.suite.select import Selection
    from retrovm.suite.task import Settings

    reports = Reports(junit, html, tap, as_json)
    if judge is not None and judge not in registered():
        raise OptionError(f"--judge {judge}: there is no such judge{nearest(judge, registered())}")
    if executor is not None and update_golden:
        raise OptionError("--update-golden writes pictures on this computer: leave --executor out")
    settings = Settings(Selection(select), update_golden, sample, seed, timeout, bool(reports))
    memory = LastFailed(cache, settings)
    if last_failed and (names := memory.read()):
        settings = memory.settings = replace(settings, selection=Selection(select, names, os.getcwd()))
    chosen = None if machine is None else machine_name(Path(), machine)
    tasks = [task for task in discover(paths, machine=chosen, frames=frames) if wanted(task, chosen, judge)]
    crew = None if executor is None else open_executor(executor, jobs)
    with Live(len(tasks)) as live:
        def progress(results: list[Any]) -> None:
            live(results)
            memory.take(results)

        report = run(tasks, settings, jobs=jobs, fail_fast=fail_fast, keep_passed=bool(reports), progress=progress, executor=crew)
    if not report.total and not report.unfinished:
        asked = [f"-k {select!r}"] * bool(select) + [f"--machine {machine}"] * bool(machine)
        asked += [f"--judge {judge}"] * bool(judge) + ["--last-failed"] * last_failed
        raise OptionError(f"{' and '.join(asked)}: selects none of the tests at {', '.join(map(str, paths))}")
    remember(memory)
    reports.write(report)
    if not reports.on_stdout:
        for line in report.lines():
            typer.echo(line)
    if report.unfinished:
        typer.echo(report.unfinished, err=True)
    typer.echo(report.summary(), err=reports.on_stdout)
    if not report.ok:
        raise typer.Exit(130 if report.interrupted else 1)


def wanted(task: Task, machine: str | Path | None, judge: str | None) -> bool:
    return (machine is None or task.machine == str(machine)) and (judge is None or task.judge == judge)


def remember(memory: LastFailed) -> None:
    """Writes down which tests failed; where that is not possible, the results count all the same."""
    try:
        memory.write()
    except OSError as error:
        typer.echo(f"retrovm: {memory.file} cannot be written, so --last-failed will not know: {error.strerror}", err=True)


class Reports:
    """The reports that are asked for. Raises `OptionError` for those that cannot be written, before any test has run."""

    def __init__(self, junit: Path | None, html: Path | None, tap: str | None, as_json: str | None) -> None:
        from retrovm.errors import OptionError

        asked = {"junit": junit, "html": html, "tap": tap, "as_json": as_json}
        self.places = {form: Path(place) for form, place in asked.items() if place is not None}
        self.on_stdout = STDOUT in (tap, as_json)
        if tap == as_json == STDOUT:
            raise OptionError("--tap and --json both go to standard output: give one of them a file")
        for place in self.places.values():
            if str(place) != STDOUT and (place.is_dir() or not place.absolute().parent.is_dir()):
                raise OptionError(f"{place}: expected the name of a file in a folder that exists")
        if html is not None:
            from retrovm.suite.reports.html import template

            template()

    def __bool__(self) -> bool:
        return bool(self.places)

    def write(self, report: Report) -> None:
        from importlib import import_module

        from retrovm.host_files import write_whole

        for form, place in self.places.items():
            # A name of a file may have bytes that are no text of any encoding.
            content = import_module(f"retrovm.suite.reports.{form}").text(report).encode("utf-8", "replace")
            if str(place) == STDOUT:
                typer.echo(content, nl=False)
            else:
                write_whole(place, content)
