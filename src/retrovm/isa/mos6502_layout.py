"""What lies where in a piece of memory: instructions and data, and labels for what is jumped to.

`layout` goes straight on from the start, or follows the instructions from entry points, so that whatever is not
reached is data. What is marked as data is never taken for instructions.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from .mos6502 import Opcode, opcodes

SPACE = 0x10000
# Instructions behind which something else may lie. BRK is one, for the byte behind it is often a number, and many
# programs end with it.
ENDS = frozenset({"RTS", "RTI", "JMP", "BRA", "JAM", "STP", "BRK"})
JUMPS = frozenset({"jsr", "jmp", "rel", "zpr"})
DATA_ROW = 8


@dataclass(frozen=True)
class Item:
    """An instruction, or a row of data if `opcode` is None. `numbers` are the operand: values and targets."""

    address: int
    data: bytes
    opcode: Opcode | None = None
    numbers: tuple[int, ...] = ()

    @property
    def target(self) -> int | None:
        """Where the instruction jumps, if its opcode and operand alone say so."""
        return self.numbers[-1] if self.opcode is not None and self.opcode.mode in JUMPS else None


@cache
def table(model: str) -> tuple[Opcode, ...]:
    return opcodes(model)


def instruction(data: bytes, at: int, address: int, model: str) -> Item:
    """The instruction at the offset `at`, which lies at `address`; as data if it is cut off."""
    opcode = table(model)[data[at]]
    raw = data[at : at + opcode.size]
    if len(raw) < opcode.size:
        return Item(address, raw)
    value = int.from_bytes(raw[1:], "little")
    if opcode.mode in ("rel", "zpr"):
        distance = raw[-1] - (0x100 if raw[-1] & 0x80 else 0)
        target = (address + opcode.size + distance) % SPACE
        return Item(address, raw, opcode, (target,) if opcode.mode == "rel" else (raw[1], target))
    return Item(address, raw, opcode, (value,) if opcode.size > 1 else ())


def layout(data: bytes, origin: int, model: str, marks: Iterable[Container[int]] = (),
           entries: Iterable[int] | None = None, names: Container[int] = ()) -> list[Item]:
    """The items of memory from `origin` on.

    marks    addresses that are data, as ranges or other things that contain them
    entries  where instructions begin; None: everything but the marks is instructions
    names    addresses that have a name, where a row of data begins anew
    """
    ranges = tuple(marks)
    is_data = bytearray(any(origin + at in each for each in ranges) for at in range(len(data)))
    starts = None if entries is None else _reached(data, origin, model, is_data, entries)
    items: list[Item] = []
    at = 0
    while at < len(data):
        item = None
        if not is_data[at] and (starts is None or at in starts):
            item = instruction(data, at, origin + at, model)
            if item.opcode is None or any(is_data[at : at + len(item.data)]):
                item = None
        if item is None:
            item = _row(data, at, origin, is_data, starts, names)
        items.append(item)
        at += len(item.data)
    return items


def _row(data: bytes, at: int, origin: int, is_data: Sequence[int], starts: set[int] | None,
         names: Container[int]) -> Item:
    """The row of data at an offset: to the next instruction or name, and not too long."""
    def goes_on(offset: int) -> bool:
        return (is_data[offset] == is_data[at] and origin + offset not in names
                and (starts is None or offset not in starts))

    if starts is None and not is_data[at]:         # an instruction that is cut off by what follows
        end = next((end for end in range(at + 1, len(data)) if is_data[end]), len(data))
        return Item(origin + at, data[at:end])
    end = at + 1
    while end < min(at + DATA_ROW, len(data)) and goes_on(end):
        end += 1
    return Item(origin + at, data[at:end])


def _reached(data: bytes, origin: int, model: str, is_data: Sequence[int], entries: Iterable[int]) -> set[int]:
    """The offsets of all instructions that are reached from the entries."""
    found: set[int] = set()
    todo = [entry - origin for entry in entries]
    while todo:
        at = todo.pop()
        while 0 <= at < len(data) and at not in found and not is_data[at]:
            item = instruction(data, at, origin + at, model)
            if item.opcode is None:
                break
            found.add(at)
            if item.target is not None:
                todo.append(item.target - origin)
            if item.opcode.mnemonic in ENDS:
                break
            at += len(item.data)
    return found


def label_targets(items: Iterable[Item], known: Mapping[int, str]) -> dict[int, str]:
    """The known names by address, and a label like L8000 for every other target of a jump among the items."""
    items = list(items)
    starts = {item.address for item in items}
    taken = {name.upper() for name in known.values()}
    found = dict(known)
    for target in sorted({item.target for item in items if item.target is not None}):
        name = f"L{target:04X}"
        while name in taken:
            name += "_"
        if target in starts and target not in known:
            found[target] = name
    return found
