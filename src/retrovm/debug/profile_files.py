"""A profile as the files of others: callgrind's, and speedscope's.

Sources: docs/references.md: callgrind-format, speedscope-format.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrovm.debug.profile import Edge, Function, Profile

SCHEMA = "https://www.speedscope.app/file-format-schema.json"


def callgrind(profile: Profile, title: str) -> str:
    """The profile for kcachegrind and callgrind_annotate: cycles by function and address, and calls with what they took.

    There are no sources in it: a position is an address, which also stands where others have a line.
    """
    functions = list(profile.functions)
    spent: dict[Function, list[tuple[int, int]]] = defaultdict(list)
    for (function, address), cycles in sorted(profile.addresses.items()):
        spent[function].append((address, cycles))
    calls: dict[Function, list[tuple[Edge, int, int]]] = defaultdict(list)
    for edge, cost in profile.edges.items():
        calls[edge.caller].append((edge, cost.calls, cost.total))
    named: set[Function] = set()

    def name(function: Function) -> str:
        number = f"({functions.index(function) + 1})"
        if function in named:
            return number
        named.add(function)
        return f"{number} {profile.name(function)}"

    rows = ["# callgrind format", "version: 1", "creator: retrovm", f"cmd: {title}", "positions: instr line", "events: Cycles",
            f"summary: {profile.cycles}", ""]
    for function in functions:
        rows += ["fl=(1) ???" if function is functions[0] else "fl=(1)", f"fn={name(function)}"]
        rows += [f"0x{address:x} {address} {cycles}" for address, cycles in spent[function]]
        for edge, times, cycles in calls[function]:
            entry = edge.callee.entry
            rows += [f"cfn={name(edge.callee)}", f"calls={times} 0x{entry:x} {entry}",
                     f"0x{edge.address:x} {edge.address} {cycles}"]
        rows.append("")
    return "".join(row + "\n" for row in rows)


def speedscope(profile: Profile, title: str) -> dict[str, Any]:
    """The flame graph: a sample for each set of calls under way, weighted by its cycles."""
    functions = list(profile.functions)
    stacks = profile.stacks
    return {
        "$schema": SCHEMA, "exporter": "retrovm", "name": title, "activeProfileIndex": 0,
        "shared": {"frames": [{"name": profile.name(function)} for function in functions]},
        "profiles": [{"type": "sampled", "name": title, "unit": "none", "startValue": 0, "endValue": sum(stacks.values()),
                      "samples": [[functions.index(function) for function in stack] for stack in stacks],
                      "weights": list(stacks.values())}],
    }


def speedscope_json(profile: Profile, title: str) -> str:
    return json.dumps(speedscope(profile, title)) + "\n"
