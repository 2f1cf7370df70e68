"""Judge `memory`: when the time is over, memory holds these bytes.

    judge = "memory"
    at = 0x0200
    bytes = "A9 01"          # or text = "DONE"

or several such places, which may be named by a symbol where the test has `symbols`:

    memory = [ { at = 0x0200, bytes = "A9 01" }, { at = "message", text = "DONE" } ]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retrovm import toml_keys as is_
from retrovm.suite.address import Address
from retrovm.suite.machine_judge import MachineJudge
from retrovm.suite.machine_run import MachineRun
from retrovm.suite.scene import Comparison
from retrovm.suite.task import Mismatch, Settings
from retrovm.toml_keys import Keys


@dataclass(frozen=True)
class Expected:
    """Bytes at an address, or at a symbol."""

    at: Address
    data: bytes

    @classmethod
    def parse(cls, keys: Keys) -> Expected:
        at = keys.take("at", Address.parser(keys, "at"))
        data = (keys.take("bytes", is_.hexadecimal) if keys.one_of("bytes", "text") == "bytes" else
                keys.take("text", is_.latin))
        return cls(at, data)

    @classmethod
    def parse_all(cls, tables: list[Keys]) -> tuple[Expected, ...]:
        found = []
        for one in tables:
            found.append(cls.parse(one))
            one.finish()
        return tuple(found)


@dataclass(frozen=True)
class Memory(MachineJudge):
    """Runs to the limit, or until the processor halts, and compares."""

    expected: tuple[Expected, ...]

    @classmethod
    def expect(cls, keys: Keys) -> dict[str, Any]:
        if keys.one_of("at", "memory") == "at":
            return {"expected": (Expected.parse(keys),)}
        found = Expected.parse_all(keys.tables("memory", required=True))
        if not found:
            keys.fail("memory", "the list is empty")
        return {"expected": found}

    def watch(self, run: MachineRun, settings: Settings) -> None:
        run.to_end()
        check(run, self.expected)


def check(run: MachineRun, expected: tuple[Expected, ...]) -> None:
    """Raises `Mismatch` where memory has other bytes now."""
    differences, comparisons = [], []
    for one in expected:
        at, found = one.at.of(run.vm), one.at.read(run.vm, len(one.data))
        if found != one.data:
            differences.append(side_by_side(at, one.data, found))
            comparisons.append(Comparison(f"memory from {one.at.shown(run.vm)}", dump(at, one.data), dump(at, found)))
    if differences:
        raise Mismatch("\n".join(["memory differs:", *differences]), *comparisons)


def dump(at: int, data: bytes) -> str:
    """Bytes as lines of 8, each with its address, as numbers and as characters."""
    rows = []
    for row in range(0, len(data), 8):
        some = data[row:row + 8]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in some)
        rows.append(f"${at + row:04X}: {some.hex(' ').upper():23}  {shown}")
    return "\n".join(rows)


def side_by_side(at: int, expected: bytes, found: bytes) -> str:
    """The rows of 8 bytes that differ, with each differing byte of the second column marked."""
    lines = [f"  {'':6} {'expected':25} found"]
    for row in range(0, len(expected), 8):
        left, right = expected[row:row + 8], found[row:row + 8]
        if left != right:
            marked = "".join(f"{b:02X}{' ' if a == b else '*'}" for a, b in zip(left, right, strict=True))
            lines.append(f"  ${at + row:04X}: {left.hex(' ').upper():25} {marked.rstrip()}")
    return "\n".join(lines)
