"""The control flow of a CHIP-8 program: its basic blocks, its routines, and what is never reached.

    >>> graph = control_flow(bytes.fromhex("2206 1200 FFFF 6001 00EE"))
    >>> print(graph.text())
    main $0200
      $0200-$0203 main: 2 instructions, calls sub_206, goes to main; from main
    <BLANKLINE>
    sub_206 $0206, called at $0200
      $0206-$0209 sub_206: 2 instructions, returns
    <BLANKLINE>
    not reached
      $0204-$0205: 2 bytes, FF FF

A block is a run of instructions that is entered at its first and left at its last. A call does not end it: what is called comes
back. What is not reached is data, or code that `chip8_flow.reachable` cannot see to be reached.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .chip8 import Flow
from .chip8_flow import WRITTEN, Step
from .chip8_layout import ORIGIN, Layout

_SHOWN = 8


@dataclass
class Block:
    """A run of instructions. `first` and `last` are addresses of bytes; the others of blocks, and of routines.

    ends  why it ends: "next" where another begins, "skip", "jump", "indexed", "return", "stop", or "lost" where it goes to
          what is no instruction, or out of the program
    """

    first: int
    last: int
    steps: list[Step]
    ends: str
    goes_to: list[int]
    comes_from: list[int] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)


@dataclass
class Routine:
    """The start of the program or what is called: its address, its name, and the addresses of the calls."""

    address: int
    name: str
    called_at: list[int]
    blocks: list[Block] = field(default_factory=list)


@dataclass
class ControlFlow:
    """`routines` by address, each with its blocks; a block of several routines stands with the first.

    unreached  the runs of bytes that are no reached instruction: (first, last)
    strange    words that are reached and are no instruction, by address
    names      the labels by address
    """

    routines: list[Routine]
    unreached: list[tuple[int, int]]
    strange: dict[int, int]
    names: dict[int, str]
    data: bytes
    origin: int

    def text(self) -> str:
        """For people."""
        lines: list[str] = []
        for routine in self.routines:
            calls = _list(f"${at:04X}" for at in routine.called_at)
            lines += ["", f"{routine.name} ${routine.address:04X}{', called at ' if calls else ''}{calls}"]
            lines += [f"  {self._line(block)}" for block in routine.blocks]
        if self.strange:
            lines += ["", "reached, and no instruction"]
            lines += [f"  ${address:04X}: {word:04X}" for address, word in sorted(self.strange.items())]
        if self.unreached:
            lines += ["", "not reached"]
        for first, last in self.unreached:
            raw = self.data[first - self.origin : last + 1 - self.origin]
            shown = raw[:_SHOWN].hex(" ").upper() + (" ..." if len(raw) > _SHOWN else "")
            lines.append(f"  ${first:04X}-${last:04X}: {_count(len(raw), 'byte')}, {shown}")
        return "\n".join(lines[1:])

    def as_dict(self) -> dict[str, Any]:
        """For programs: plain values, as `retrovm dis --flow --json` writes them."""
        return {
            "routines": [{
                "address": routine.address, "name": routine.name, "called_at": routine.called_at,
                "blocks": [{
                    "first": block.first, "last": block.last, "instructions": len(block.steps), "ends": block.ends,
                    "goes_to": block.goes_to, "comes_from": block.comes_from, "calls": block.calls,
                } for block in routine.blocks],
            } for routine in self.routines],
            "unreached": [{"first": first, "last": last} for first, last in self.unreached],
            "strange": [{"address": address, "word": word} for address, word in sorted(self.strange.items())],
        }

    def _line(self, block: Block) -> str:
        parts = [_count(len(block.steps), "instruction")]
        if block.calls:
            parts.append(f"calls {_list(map(self._name, block.calls))}")
        if block.goes_to:
            parts.append(f"goes to {_list(map(self._name, block.goes_to))}")
        else:
            parts.append({"return": "returns", "stop": "stops"}.get(block.ends, "goes on to what is not known"))
        name = f" {self.names[block.first]}" if block.first in self.names else ""
        source = f"; from {_list(map(self._name, block.comes_from))}" if block.comes_from else ""
        return f"${block.first:04X}-${block.last:04X}{name}: {', '.join(parts)}{source}"

    def _name(self, address: int) -> str:
        return self.names.get(address, f"${address:04X}")


def control_flow(data: bytes, origin: int = ORIGIN, symbols: Mapping[str, int] | None = None,
                 variant: str | None = None) -> ControlFlow:
    """The control flow of a program that is loaded and started at `origin`.

    `symbols` gives names to addresses; `variant` is one of `chip8.VARIANTS`. Empty data raises ValueError.
    """
    layout = Layout(data, origin, symbols, variant)
    blocks = _blocks(layout)
    calls = {address: sorted(at for at in calls if at in layout.code)
             for address, calls in layout.walk.routines.items()}
    calls.setdefault(origin, [])
    routines = []
    left = dict(blocks)
    # Last what is only reached through an instruction that shares bytes with another.
    for address in (*sorted(calls), *sorted(blocks)):
        if address not in left:
            continue
        routine = Routine(address, layout.names.get(address, f"${address:04X}"), calls.get(address, []))
        routines.append(routine)
        waiting = [address]
        while waiting:
            block = left.pop(waiting.pop(), None)
            if block is not None:
                routine.blocks.append(block)
                waiting += [target for target in block.goes_to if target not in calls]
        routine.blocks.sort(key=lambda block: block.first)
    routines.sort(key=lambda routine: routine.address)
    return ControlFlow(routines, _unreached(layout), layout.walk.strange, layout.names, data, origin)


def _blocks(layout: Layout) -> dict[int, Block]:
    """All blocks by address."""
    targets = {address: _behind(layout, address) for address in layout.code}
    before: dict[int, list[int]] = defaultdict(list)
    for address, others in targets.items():
        for other in others:
            before[other].append(address)
    inner = {step.after for step in layout.code.values()
             if targets[step.address] == [step.after] and before[step.after] == [step.address]}
    starts = ({layout.origin, *layout.walk.routines} | set(layout.code) - inner) & set(layout.code)
    found: dict[int, Block] = {}
    owner: dict[int, int] = {}
    for start in sorted(starts):
        steps = [layout.code[start]]
        while targets[steps[-1].address] == [steps[-1].after] and steps[-1].after not in starts:
            steps.append(layout.code[steps[-1].after])
        last = steps[-1]
        owner |= dict.fromkeys((step.address for step in steps), start)
        found[start] = Block(start, last.after - 1, steps, _end(layout, last), targets[last.address],
                             calls=sorted({step.operands["NNN"] for step in steps
                                           if step.instruction.flow is Flow.CALL}))
    for start, block in found.items():
        block.comes_from = sorted({owner[address] for address in before[start] if address in owner})
    return found


def _behind(layout: Layout, address: int) -> list[int]:
    """The instructions that may come next, also behind one that the program itself writes."""
    found: set[int] = set()
    seen: set[int] = set()
    waiting = list(layout.walk.targets[address])
    while waiting:
        target = waiting.pop()
        if target in layout.code:
            found.add(target)
        elif target not in seen:
            seen.add(target)
            waiting += layout.walk.targets.get(target, ())
    return sorted(found)


def _end(layout: Layout, last: Step) -> str:
    targets = layout.walk.targets[last.address]
    flow = last.instruction.flow
    if flow in (Flow.RETURN, Flow.STOP):
        return flow.name.lower()
    if any(target not in layout.code for target in targets) or (not targets and flow is not Flow.CALL):
        return "lost"
    return "next" if flow in (Flow.NEXT, Flow.CALL) else flow.name.lower()


def _unreached(layout: Layout) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    written = {address for step in layout.walk.steps.values() if step.instruction is WRITTEN
               for address in range(step.address, step.after)}
    for address in range(layout.origin, layout.end):
        if address in layout.owner or address in written:
            continue
        if runs and runs[-1][1] == address - 1:
            runs[-1] = (runs[-1][0], address)
        else:
            runs.append((address, address))
    return runs


def _list(items: Iterable[str]) -> str:
    return ", ".join(items)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
