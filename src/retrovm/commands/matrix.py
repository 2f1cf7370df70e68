"""`retrovm test --matrix`: on which members of its family a program behaves alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrovm.commands.arguments import locate, wrong
from retrovm.commands.machines import plain

if TYPE_CHECKING:
    from retrovm.suite.matrix import Matrix, Member


def matrix(paths: list[Path], machine: str | None, *, frames: int, seed: int, jobs: int, picture: Path | None,
           as_json: bool) -> None:
    """Compares the members for one program, prints what was found, and writes the strip of pictures where asked to."""
    from retrovm.machines.machine_file.opening import machine as find_machine
    from retrovm.media import open_media
    from retrovm.suite.matrix import compare
    from retrovm.suite.strip import strip

    if len(paths) != 1:
        raise wrong(f"--matrix is for one program, and {len(paths)} are given")
    media = open_media(locate(str(paths[0]))[0])
    found = compare(media, None if machine is None else find_machine(machine), frames=frames, seed=seed, jobs=jobs)
    if picture is not None:
        picture.write_bytes(strip([("as chosen", "", found.behaviour.picture), *(
            (name, short(member), member.behaviour.picture) for name, member in found.members.items())]))
    if as_json:
        print(json.dumps(describe(found), indent=2))
    else:
        show(found)


def short(member: Member) -> str:
    """The verdict in a few words."""
    from retrovm.suite.matrix import Verdict

    words = {Verdict.SAME: "same", Verdict.OTHER_TIMES: "same, other times", Verdict.FAILS: "cannot run it"}
    return words.get(member.verdict) or f"differs, frame {member.frame:,}{' with keys' * member.keys}"


def told(member: Member) -> str:
    """The verdict in a line."""
    if member.behaviour.error:
        return f"cannot run it: {member.behaviour.error}"
    text = str(member.verdict)
    if member.frame:
        text += f", from frame {member.frame:,} on{', when keys are pressed' * member.keys}"
    if member.behaviour.halted is not None:
        frame, address = member.behaviour.halted
        text += f"; it halts in frame {frame:,} at ${address:04X}"
    return text


def show(found: Matrix) -> None:
    """All of it for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    chosen = " ".join(f"{name}={text}" for name, text in found.spec.show_options(found.chosen).items())
    console.print(Text.assemble((found.media.name, "bold"), f" on {found.spec.id} {chosen}".rstrip(),
                                f", {found.frames:,} frames without keys and with some"))
    console.print()
    table = Table("member", "compared with that", box=None, pad_edge=False)
    for name, member in found.members.items():
        table.add_row(name, Text(told(member)))
    console.print(table)
    if not found.switches:
        return
    console.print()
    table = Table("switch", "now", "the other way", "by its text", box=None, pad_edge=False)
    usual = found.spec.switches(found.chosen)
    for name, member in found.switches.items():
        table.add_row(name, "yes" if usual[name] else "no", Text(told(member)), Text(found.remarks.get(name, "")))
    console.print(table)


def describe(found: Matrix) -> dict[str, Any]:
    """All of it for JSON."""

    def of(member: Member) -> dict[str, Any]:
        halted = member.behaviour.halted
        return {"verdict": member.verdict.name.lower(), "frame": member.frame or None, "with_keys": member.keys,
                "halted": None if halted is None else {"frame": halted[0], "pc": halted[1]},
                "error": member.behaviour.error or None,
                "options": {name: plain(value) for name, value in member.options.items()}}

    return {
        "name": found.media.name, "sha1": found.media.sha1, "machine": found.spec.id, "frames": found.frames,
        "options": {name: plain(value) for name, value in found.chosen.items()},
        "members": {name: of(member) for name, member in found.members.items()},
        "switches": {name: of(member) | {"remark": found.remarks.get(name)} for name, member in found.switches.items()},
    }
