"""Decompiler from CHIP-8 programs to Octo's language, with its loops and branches.

    >>> print(decompile(bytes.fromhex("60003005120c7001d125120200e01200")), end="")
    : main
        loop
            v0 := 0x00
            loop
                while v0 == 0x05
                v0 += 0x01
                sprite v1 v2 5
            again
            clear
        again

Every statement of Octo is the same bytes wherever it stands, so the source assembles to the same program again, whatever the
structure: `again` is a jump back to its `loop`; `while` and `begin` are a skip over a jump, which leads behind the `again`
and to the `end` or behind the `else`. A jump becomes one of them where such blocks lie inside of each other, hold nothing but
code, and no subroutine begins in their middle; else it stays a jump.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from .chip8 import BY_NAME, Flow
from .chip8_flow import Step
from .chip8_layout import ORIGIN, Layout, target_of
from .octo_grammar import COMPARISONS, OPPOSITE, OPPOSITE_COMPARISON

_COMPARISON_OF = {names: sign for sign, names in COMPARISONS.items()}


def decompile(data: bytes, origin: int = ORIGIN, symbols: Mapping[str, int] | None = None,
              variant: str | None = None) -> str:
    """The source of a program that is loaded and started at `origin`, for people.

    `symbols` gives names to addresses, for example those of `octo.Assembly.symbols`; `variant` is one of `chip8.VARIANTS`.
    Assembled with the same `origin`, the source gives `data` again. Empty data raises ValueError.
    """
    layout = Layout(data, origin, symbols, variant)
    first = _begin(layout)
    return _Text(layout, _Structure(layout)).write(first)


def _begin(layout: Layout) -> int:
    """Where the source begins: behind a jump to the start, which the assembler writes itself where `main` comes later."""
    step = layout.code.get(layout.origin)
    if step is None or step.instruction.name != "JP" or layout.labels[layout.origin] != ["main"]:
        return layout.origin
    start = step.operands["NNN"]
    if start <= step.after or start not in layout.labels:
        return layout.origin
    if layout.origin in layout.kinds or layout.origin + 1 in layout.labels:
        return layout.origin
    del layout.labels[layout.origin]
    # A name that was made for it gives way, a given one stays.
    layout.labels[start] = ["main", *(name for name in layout.labels[start] if name not in layout.made)]
    layout.names[start] = "main"
    return step.after


class _Condition(NamedTuple):
    """What runs, or skips, what stands at `after`: one skip, or the three instructions of a comparison.

    `text` is the condition under which the next instruction runs, `opposite` the one under which it does not.
    """

    text: str
    opposite: str
    after: int


class _Structure:
    """Which instructions are which part of a block.

    conditions  the conditions by address
    loops       where a `loop` begins, by the address of its jump back
    whiles      the conditions whose jump leaves the loop
    begins      the conditions of `if ... begin`
    elses       the jumps that are an `else`
    ends        how many `end` stand at an address
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.code = layout.code
        self.before = {step.after: step for step in self.code.values()}
        self.routines = sorted(address for address, kind in layout.kinds.items() if kind == "sub")
        self.conditions: dict[int, _Condition] = {}
        self.loops: dict[int, int] = {}
        self.whiles: set[int] = set()
        self.begins: set[int] = set()
        self.elses: set[int] = set()
        self.ends: Counter[int] = Counter()
        self._blocks: list[tuple[int, int]] = []
        self._solid = self._solid_until()
        self._find_conditions()
        self._find_loops()
        self._find_branches()
        self.hidden = {*self.loops, *self.elses,
                       *(self.conditions[address].after for address in (*self.whiles, *self.begins))}

    def _solid_until(self) -> dict[int, int]:
        """By the address of an instruction, up to where there is nothing but code."""
        ends: dict[int, int] = {}
        for address in sorted(self.code, reverse=True):
            after = self.code[address].after
            ends[address] = ends.get(after, after)
        return ends

    def _is_guarded(self, address: int) -> bool:
        """Whether a skip may skip what stands here."""
        before = self.before.get(address)
        return before is not None and before.instruction.flow is Flow.SKIP

    def _has_label(self, first: int, last: int) -> bool:
        return any(address in self.layout.labels for address in range(first, last + 1))

    def _find_conditions(self) -> None:
        for address, step in sorted(self.code.items()):
            if step.instruction.form.startswith("if "):
                text = _condition(step, step.instruction.name)
                name = OPPOSITE.get(step.instruction.name)
                opposite = _condition(step, name) if name else ""
                self.conditions[address] = _Condition(text, opposite, step.after)
        for address in sorted(self.code):
            if (found := self._comparison(address)) is not None:
                self.conditions[address] = found
                del self.conditions[address + 4]

    def _comparison(self, address: int) -> _Condition | None:
        """`vF := a`, `vF -= vX`, and a skip by vF, as Octo writes vX > a."""
        steps = [self.code.get(address + offset) for offset in (0, 2, 4)]
        first, second, skip = steps
        if first is None or second is None or skip is None or self._is_guarded(address):
            return None
        sign = _COMPARISON_OF.get((second.instruction.name, skip.instruction.name))
        if sign is None or first.instruction.name not in ("LD", "LD_NN"):
            return None
        if self._has_label(address + 2, address + 5):
            return None
        left = second.operands["Y"]
        right = first.operands.get("Y")
        registers = (first.operands["X"], second.operands["X"], skip.operands["X"])
        if registers != (15, 15, 15) or skip.operands["NN"] or left == 15:
            return None
        other = f"0x{first.operands['NN']:02X}" if right is None else f"v{right:X}"
        opposite = OPPOSITE_COMPARISON[sign]
        return _Condition(f"v{left:X} {sign} {other}", f"v{left:X} {opposite} {other}", skip.after)

    def _is_block(self, first: int, behind: int) -> bool:
        """Whether only code lies here, of which no subroutine begins in the middle, and the blocks so far fit."""
        if first >= behind or self._solid.get(self.layout.owner.get(first, first), first) < behind:
            return False
        if behind not in self.code and behind in self.layout.owner:
            return False
        within = bisect_right(self.routines, first)
        if within < len(self.routines) and self.routines[within] < behind:
            return False
        return self._fits(first, behind)

    def _find_loops(self) -> None:
        jumps = [(target, step) for step in self.code.values()
                 if step.instruction.name == "JP" and (target := step.operands["NNN"]) <= step.address]
        starts: set[int] = set()
        for target, step in sorted(jumps, key=lambda jump: (jump[0] - jump[1].address, jump[0])):
            # Of several jumps back to one place the last is the loop's.
            if target in self.code and target not in starts and not self._is_guarded(target) \
                    and self._is_block(target, step.after):
                starts.add(target)
                self.loops[step.address] = target
                # What is inside ends before the jump back.
                self._blocks += [(target, step.after), (target, step.address)]

    def _find_branches(self) -> None:
        for address, condition in sorted(self.conditions.items()):
            jump = self.code.get(condition.after)
            if jump is None or jump.instruction.name != "JP" or jump.address in self.loops:
                continue
            if not condition.opposite or self._is_guarded(address) or self._has_label(jump.address, jump.address + 1):
                continue
            target = jump.operands["NNN"]
            if target == self._loop_end(address):
                self.whiles.add(address)
            elif target > jump.after and not self._is_guarded(target) and self._is_block(address + 1, target):
                self._branch(address, jump.after, target)

    def _branch(self, address: int, block: int, target: int) -> None:
        # Blocks begin behind the condition's first byte: a loop that begins with the condition does not lie inside.
        last = self.before[target]
        end = last.operands["NNN"] if last.instruction.name == "JP" else 0
        if (end > target and last.address >= block and last.address not in self.loops
                and not self._is_guarded(last.address) and not self._is_guarded(end)
                and self._is_block(address + 1, end)
                and self._fits(block, last.address) and self._fits(target, end)):
            self.elses.add(last.address)
            self._blocks += [(address + 1, end), (block, last.address), (target, end)]
        else:
            end = target
            self._blocks.append((address + 1, target))
        self.begins.add(address)
        self.ends[end] += 1

    def _fits(self, first: int, behind: int) -> bool:
        return first <= behind and not any(
            first < low < behind < high or low < first < high < behind for low, high in self._blocks)

    def _loop_end(self, address: int) -> int | None:
        """The address behind the innermost loop around a condition."""
        around = [(end + 2, start) for end, start in self.loops.items() if start <= address < end]
        return min(around, key=lambda loop: loop[0] - loop[1])[0] if around else None


class _Text:
    """Writes the source."""

    def __init__(self, layout: Layout, structure: _Structure) -> None:
        self.layout = layout
        self.structure = structure
        self.lines: list[str] = [] if layout.variant is None else [f":variant {layout.variant}", ""]
        self.depth = 1
        self.starts = set(structure.loops.values())
        named = {target_of(step) for address, step in layout.code.items() if address not in structure.hidden}
        self.labels = {address: [name for name in names if address in named or name not in layout.made]
                       for address, names in layout.labels.items()}

    def write(self, address: int) -> str:
        while address < self.layout.end:
            address = self._at(address)
        for _ in range(self.structure.ends[address]):
            self._close()
        return "\n".join([*self.lines, ""])

    def _at(self, address: int) -> int:
        """Writes what stands at an address; returns the one behind it."""
        for _ in range(self.structure.ends[address]):
            self._close()
        step = self.layout.code.get(address)
        if self.lines and (self.layout.kinds.get(address) == "sub"
                           or (step is None and address in self.layout.labels)):
            self.lines.append("")
        self.lines += [f"{'    ' * (self.depth - 1)}: {name}" for name in self.labels.get(address, ())]
        if step is None:
            text, picture, behind = self.layout.data_line(address)
            self._line(f"{text}  # {picture}" if picture else text)
            return behind
        if address in self.starts:
            self._line("loop")
            self.depth += 1
        for name in self.labels.get(address + 1, ()):
            self._line(f":next {name}")
        return self._statement(address, step)

    def _statement(self, address: int, step: Step) -> int:
        structure = self.structure
        condition = structure.conditions.get(address)
        if address in structure.loops:
            self.depth -= 1
            self._line("again")
        elif address in structure.elses:
            self.depth -= 1
            self._line("else")
            self.depth += 1
        elif condition is None:
            self._line(self._plain(step))
        elif address in structure.whiles:
            self._line(f"while {condition.opposite}")
            return condition.after + 2
        elif address in structure.begins:
            self._line(f"if {condition.opposite} begin")
            self.depth += 1
            return condition.after + 2
        else:
            return self._guard(condition)
        return step.after

    def _guard(self, condition: _Condition) -> int:
        """`if ... then`, with the statement that it is about where that is a simple one."""
        after = condition.after
        step = self.layout.code.get(after)
        start = f"if {condition.text} then"
        labelled = after in self.labels or after + 1 in self.labels
        if step is None or step.instruction.flow is Flow.SKIP or labelled or after in self.structure.elses:
            self._line(start)
            return after
        if after in self.structure.loops:
            self._line(start)
            return after
        self._line(f"{start} {self._plain(step)}")
        return step.after

    def _plain(self, step: Step) -> str:
        if step.instruction.name == "CALL":
            return self.layout.names.get(step.operands["NNN"], self.layout.statement(step))
        return "return" if step.instruction.name == "RET" else self.layout.statement(step)

    def _close(self) -> None:
        self.depth -= 1
        self._line("end")

    def _line(self, text: str) -> None:
        self.lines.append(f"{'    ' * self.depth}{text}")


def _condition(step: Step, name: str) -> str:
    """The condition of the skip `name`, with the operands of a step."""
    words = BY_NAME[name].text(step.operands).split()
    return " ".join(words[1:-1])
