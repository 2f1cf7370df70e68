"""`retrovm machines`: what is installed."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from retrovm.commands.arguments import Json

if TYPE_CHECKING:
    from retrovm.spec import MachineSpec


def machines(json: Json = False) -> None:
    """List the machines that are installed.

    Example: retrovm machines
    """
    from retrovm import registry

    specs = registry.machines()
    for problem in registry.problems():
        print(f"retrovm: {problem}", file=sys.stderr)
    if json:
        print(jsonlib.dumps({id: describe(spec) for id, spec in specs.items()}, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("id", "machine", "what it is", "files", box=None, pad_edge=False)
    for spec in specs.values():
        table.add_row(spec.id, spec.title, spec.summary, " ".join(spec.formats))
    Console().print(table)


def describe(spec: MachineSpec) -> dict[str, Any]:
    """A machine for JSON."""
    return {
        "title": spec.title,
        "summary": spec.summary,
        "family": spec.family,
        "formats": list(spec.formats),
        "options": {
            option.name: {"default": plain(option.default, option.show), "help": option.help} for option in spec.options
        },
        "ports": {
            port.name: {"title": port.title, "kind": port.kind, "buttons": [key.name for key in port.buttons]}
            for port in spec.ports
        },
    }


def plain(value: Any, show: Callable[[Any], str] = str) -> Any:
    """A value as JSON has it; others as the text that the option parses."""
    return value if isinstance(value, (bool, int, float, str, type(None))) else show(value)
