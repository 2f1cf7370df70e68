"""What lies where in a piece of memory: instructions and data, and labels for what is jumped to.

`layout` goes straight on from the start, or follows the instructions from entry points, so that whatever is not
reached is data. What is marked as data is never taken for instructions.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
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


def instruction(data: bytes | bytearray, at: int, address: int, model: str) -> Item:
    """The instruction at the offset `at`, which lies at `address`; as data if it is cut off."""
    opcode = table(model)[data[at]]
    raw = bytes(data[at : at + opcode.size])
    if len(raw) < opcode.size:
        return Item(address, raw)
    value = int.from_bytes(raw[1:], "little")
    if opcode.mode in ("rel", "zpr"):
        distance = raw[-1] - (0x100 if raw[-1] & 0x80 else 0)
        target = (address + opcode.size + distance) % SPACE
        return Item(address, raw, opcode, (target,) if opcode.mode == "rel" else (raw[1], target))
    return Item(address, raw, opcode, (value,) if opcode.size > 1 else ())


class Memory:
    """The address space with some segments in it; of each address, whether it is there and may be an instruction."""

    ABSENT, CODE, DATA = range(3)

    def __init__(self, segments: Iterable[tuple[int, bytes]], marks: Iterable[range], model: str) -> None:
        self.data = bytearray(SPACE)
        self.kinds = bytearray(SPACE)
        self.model = model
        for origin, data in segments:
            if not 0 <= origin <= SPACE - len(data):
                raise ValueError(f"{len(data)} bytes from {origin} on do not lie in $0000-$FFFF")
            self.data[origin : origin + len(data)] = data
            self.kinds[origin : origin + len(data)] = bytes((self.CODE,)) * len(data)
        for address in (address for mark in marks for address in mark):
            if 0 <= address < SPACE and self.kinds[address]:
                self.kinds[address] = self.DATA

    def instruction(self, address: int) -> Item | None:
        """The instruction at an address, or None if it is not there as a whole."""
        item = instruction(self.data, address, address, self.model)
        whole = item.opcode is not None and all(
            self.kinds[at] == self.CODE for at in range(address, address + len(item.data)))
        return item if whole else None

    def reached(self, entries: Iterable[int]) -> set[int]:
        """The addresses of all instructions that are reached from the entries."""
        found: set[int] = set()
        todo = list(entries)
        while todo:
            address = todo.pop()
            while 0 <= address < SPACE and address not in found:
                item = self.instruction(address)
                if item is None or item.opcode is None:
                    break
                found.add(address)
                if item.target is not None:
                    todo.append(item.target)
                if item.opcode.mnemonic in ENDS:
                    break
                address += len(item.data)
        return found

    def row(self, address: int, end: int, starts: Container[int], names: Container[int]) -> Item:
        """The row of data at an address: up to where an instruction may begin or a name is, and not too long."""
        last = address + 1
        while (last < min(address + DATA_ROW, end) and self.kinds[last] == self.kinds[address]
               and last not in names and last not in starts):
            last += 1
        return Item(address, bytes(self.data[address:last]))


def layout(segments: Iterable[tuple[int, bytes]], model: str, marks: Iterable[range] = (),
           entries: Iterable[int] | None = None, names: Container[int] = ()) -> list[Item]:
    """The items of the segments, (origin, bytes), one after the other.

    marks    ranges of addresses that are data
    entries  where instructions begin; None: everything but the marks is instructions
    names    addresses that have a name, where a row of data begins anew
    """
    segments = list(segments)
    memory = Memory(segments, marks, model)
    starts = range(SPACE) if entries is None else memory.reached(entries)
    items: list[Item] = []
    for address, data in segments:
        end = address + len(data)
        while address < end:
            item = memory.instruction(address) if address in starts else None
            # Where all may be instructions, one that is cut off is a row as long as what there is of it.
            item = item or memory.row(address, end, starts if entries is not None else (), names)
            items.append(item)
            address += len(item.data)
    return items


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
