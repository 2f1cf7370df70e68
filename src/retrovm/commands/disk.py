"""`retrovm disk`: disk images and what overlays have changed in them."""

from __future__ import annotations

import json as jsonlib
import os
from typing import Annotated

import typer

from retrovm.commands.arguments import Json, require_file, wrong

Changes = Annotated[str, typer.Argument(metavar="CHANGES", help="The file that an overlay was kept in.")]

command = typer.Typer(add_completion=False, no_args_is_help=True)


@command.callback()
def disk() -> None:
    """Look at disk images, and commit or drop what overlays have changed in them.

    A machine that runs with --disk card.img:overlay=changes keeps what its program writes in the file "changes".

    Example: retrovm disk commit card.img changes
    """


@command.command()
def info(changes: Changes, json: Json = False) -> None:
    """Show which sectors an overlay has changed.

    Example: retrovm disk info changes
    """
    from retrovm.ranges import runs
    from retrovm.storage import Delta

    require_file(changes)
    delta = Delta.read(changes)
    delta.close()
    if json:
        print(jsonlib.dumps({"sectors": delta.sectors, "changed": list(delta.changed), "committing": delta.committing}))
        return
    print(f"{changes}: {counted(len(delta.changed))} of {delta.sectors:,} changed"
          f"{', and a commit of them was interrupted' if delta.committing else ''}")
    for first, last in runs(delta.changed):
        print(f"  {first}" if first == last else f"  {first}-{last}")


@command.command()
def commit(
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="The disk image that the overlay belongs to.")],
    changes: Changes,
) -> None:
    """Write what an overlay has changed to its disk image, and delete the overlay.

    A commit that was interrupted is finished by another one.

    Example: retrovm disk commit card.img changes
    """
    from retrovm.storage import commit, missing

    if not os.path.exists(image):
        raise wrong(str(missing(image)))
    require_file(changes)
    print(f"{image}: {counted(commit(image, changes))} written")


@command.command()
def drop(changes: Changes) -> None:
    """Delete an overlay and all that it has changed.

    Example: retrovm disk drop changes
    """
    from retrovm.storage import drop

    require_file(changes)
    print(f"{changes}: {counted(drop(changes))} dropped")


def counted(number: int) -> str:
    return f"{number:,} sector{'s' * (number != 1)}"
