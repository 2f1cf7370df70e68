"""`retrovm test --fetch`: gets public suites."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer


def fetch_suites(ids: Sequence[str], list_file: Path | None) -> None:
    """Gets the suites with these ids, all without one, and says what each is and where it lies."""
    from retrovm.suite.fetch import PUBLIC, catalogue, choose, fetch, target_folder

    suites = choose(catalogue(PUBLIC if list_file is None else list_file), ids)
    folder = target_folder()
    for suite in suites:
        typer.echo(f"{suite.id}: {suite.title}, licence {suite.licence}, from {suite.home}")
        paths = fetch(suite, folder, lambda line: typer.echo(f"    {line}", err=True))
        where = folder / suite.folder
        typer.echo(f"    {len(paths)} files in {where}; they are tested by: retrovm test {where}")
