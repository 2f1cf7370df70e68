"""The commands as typer sees them."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from retrovm.cli import COMMANDS


class LazyGroup(TyperGroup):
    """Imports the module of a command when the command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, typer.Typer):
            app = typer.Typer(add_completion=False)
            app.command(cmd_name)(command)
            command = app
        found = typer.main.get_command(command)
        found.name = cmd_name
        return found

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        self.commands: Any = dict.fromkeys(COMMANDS)      # the names among which typer looks for the nearest
        return super().resolve_command(ctx, args)


def _show_version(show: bool) -> None:
    if show:
        from retrovm import __version__

        print(f"retrovm {__version__}")
        raise typer.Exit


def _retrovm(
    version: Annotated[bool, typer.Option("--version", help="Show the version.", callback=_show_version,
                                          is_eager=True)] = False,
) -> None:
    """Virtual machines for the computers and consoles of old.

    Example: retrovm run game.ch8 --frames 60 --screenshot game.png
    """


def group() -> Any:
    """The command `retrovm` with all its commands."""
    app = typer.Typer(cls=LazyGroup, add_completion=False, no_args_is_help=True)
    app.callback()(_retrovm)
    return typer.main.get_command(app)
