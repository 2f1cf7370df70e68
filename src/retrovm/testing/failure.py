"""What a failed test shows of its machine: registers, the code around the program counter, and how it came there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from retrovm.core.types import Access
from retrovm.errors import RetroVMError

if TYPE_CHECKING:
    from retrovm.core.trace import BusTrace
    from retrovm.testing.guest import GuestVM
    from retrovm.testing.program import SourceLine

BEFORE, BEHIND, TRAIL = 5, 5, 16
"""Instructions that are shown before and behind the program counter, and of those that ran last."""

REACH = 24
"""Bytes before the program counter where a place is looked for from which instructions are in step with it."""

JSR, RTS = 0x20, 0x60


class GuestFailure(RetroVMError, AssertionError):
    """A guard has seen what may not be. Says which instruction did what."""


def name_of(vm: GuestVM, address: int) -> str:
    """An address with the label that it is, or that it lies behind: $0204 (multiply+$04)."""
    label = label_of(vm, address)
    return f"${address:04X}" + (f" ({label})" if label else "")


def label_of(vm: GuestVM, address: int) -> str:
    """The label of an address, or the nearest before it and the distance; "" without one."""
    labels = {} if vm.program is None else vm.program.labels
    exact = labels.get(address, "")
    if not exact and (address > 0xFF or vm.program is None or vm.program.debug is None):
        exact = next(iter(vm.symbols.at(address)), "")      # a small number is a constant, where labels are told from those
    if exact:
        return exact
    before = max((each for each in labels if each < address), default=None)
    if before is None or vm.program is None:
        return ""
    inside = range(vm.program.origin, vm.program.origin + len(vm.program.data))
    far = before + vm.program.sizes.get(labels[before], 1)
    return f"{labels[before]}+${address - before:02X}" if address < far or (address in inside and before in inside) else ""


def place_of(vm: GuestVM, address: int) -> str:
    """An address in the program, with its source line."""
    line = None if vm.program is None else vm.program.lines.get(address)
    return name_of(vm, address) + (f", {line}" if line else "")


def range_of(vm: GuestVM, first: int, last: int) -> str:
    """A range of addresses for a message."""
    return name_of(vm, first) if first == last else f"${first:04X}-${last:04X}"


# --- instructions ------------------------------------------------------------------------------------------------------


def instruction(vm: GuestVM, address: int) -> tuple[str, int]:
    """The text of an instruction, with labels for addresses, and its size."""
    cpu: Any = vm.cpu
    data = vm.memory[address:min(address + 5, len(vm.memory))]
    if vm.is_chip8:
        from retrovm.isa import chip8_dis

        return chip8_dis.disassemble_one(data, 0, cpu.profile)
    from retrovm.isa import mos6502_dis

    return mos6502_dis.disassemble_one(data, 0, address, operand_names(vm), cpu.model)


def operand_names(vm: GuestVM) -> dict[int, str]:
    """Names for the addresses in operands: labels, the bytes of variables (`total+$01`), and what lies outside of the program."""
    if vm.program is None:
        return {value: name for name, value in vm.symbols.items()}
    names = {value: name for name, value in vm.symbols.items() if value > 0xFF or vm.program.debug is None}
    inside = range(vm.program.origin, vm.program.origin + len(vm.program.data))
    for address, name in vm.program.labels.items():
        size = vm.program.sizes.get(name, 1)
        if address not in inside:
            names.update((address + offset, f"{name}+${offset:02X}") for offset in range(1, size))
        names[address] = name
    return names


def shown(vm: GuestVM, address: int, mark: str = " ") -> str:
    """An instruction as a line: where it is, its bytes, its text, and its line of source."""
    text, size = instruction(vm, address)
    labels = {} if vm.program is None else vm.program.labels
    label = f"{labels[address]}: " if address in labels else ""
    row = f"{mark} ${address:04X}  {vm.memory[address:address + size].hex(' ').upper():<11} {label + text:<32}"
    line = None if vm.program is None else vm.program.lines.get(address)
    return (row + (f" ; {line}: {line.text.strip()}" if line else "")).rstrip()


def around(vm: GuestVM, pc: int) -> Iterator[str]:
    """The instructions around an address, with a mark at it."""
    known = set() if vm.program is None else beginnings(vm.program.lines) | vm.program.labels.keys()
    before: list[int] = []
    for start in sorted(each for each in known if pc - REACH <= each < pc):
        row, at = [], start
        while at < pc:
            row.append(at)
            at += instruction(vm, at)[1]
        if at == pc:
            before = row
            break
    for address in before[-BEFORE:]:
        yield shown(vm, address)
    address = pc
    for number in range(BEHIND + 1):
        if address >= len(vm.memory):
            break
        yield shown(vm, address, " " if number else ">")
        address += instruction(vm, address)[1]


def beginnings(lines: Mapping[int, SourceLine]) -> set[int]:
    """The addresses where lines begin, at which instructions do."""
    return {address for address, line in lines.items() if lines.get(address - 1) != line}


def opcodes(trace: BusTrace) -> list[int]:
    """The numbers of those rows of a trace that fetch an opcode."""
    return [number for number, kind in enumerate(trace.kinds) if kind is Access.FETCH]


def ran(vm: GuestVM, trace: BusTrace) -> list[int]:
    """The addresses of the instructions that ran, in order. `OverflowError` where they were too many to be recorded."""
    rows = trace[:]
    found = [rows[number][1] for number in opcodes(trace)]
    return found[1:] if vm.is_chip8 else found              # the first is the host's CALL


class LostReturn(NamedTuple):
    """An RTS that pulls other bytes than its JSR has pushed: where, as which of the instructions that ran, and in words."""

    address: int
    number: int
    why: str


def lost_return(vm: GuestVM, trace: BusTrace) -> LostReturn | None:
    """Where the stack of a 6502 went wrong in a call: the first such RTS. None where it did not."""
    assert vm.last_call is not None
    rows, kinds, starts = trace[:], trace.kinds, opcodes(trace)
    calls = [0x100 | vm.last_call.stack_pointer - 1 & 0xFF]          # where the low bytes of return addresses lie
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(rows)], strict=True)):
        _, address, opcode, _ = rows[start]
        used = [rows[n][1] for n in range(start, end) if kinds[n] in (Access.READ, Access.WRITE)]
        if opcode == JSR:
            calls += used[1:2]                              # the high byte is pushed before it
        elif opcode == RTS and used:
            low, expected = used[0], calls.pop()
            if low != expected:
                off = (expected - low + 0x80 & 0xFF) - 0x80
                count = "1 byte" if abs(off) == 1 else f"{abs(off)} bytes"
                what = "pushed than pulled" if off > 0 else "pulled than pushed"
                where = place_of(vm, address)
                return LostReturn(address, number, f"the stack is not balanced: the RTS at {where} comes with {count} more {what}")
            if not calls:
                return None
    return None


# --- the report --------------------------------------------------------------------------------------------------------


def report(vm: GuestVM) -> str:
    """What a test shows that has failed: plain text."""
    return "\n".join(_report(vm))


def _report(vm: GuestVM) -> Iterator[str]:
    cpu: Any = vm.cpu
    yield "  ".join(f"{name}={_digits(name, value)}" for name, value in cpu.registers.items()) + f"  cycles={cpu.cycles}"
    last = vm.last_call
    if last is not None:
        given = ", ".join(f"{name}=${value:02X}" for name, value in last.registers.items())
        became = f"returned after {last.result.cycles} cycles" if last.result else "did not come back"
        yield f"last call: {name_of(vm, last.address)} with {given or 'the registers as they were'}, {became}"
    here = cpu.pc if vm.fault is None else vm.fault
    if last is None or last.result is None:
        yield f"around {name_of(vm, here)}:"
        yield from around(vm, here)
    if last is not None and last.trace is not None:
        try:
            trail = ran(vm, last.trace)
        except OverflowError as error:
            yield f"which instructions it ran is not kept: {error}"
            return
        if last.lost is not None:                           # what ran after it was no program any more
            trail = trail[:last.lost.number + 1]
        yield "the last instructions that it ran:"
        runs = [(address, len(list(again))) for address, again in groupby(trail)]
        for address, times in runs[-TRAIL:]:
            yield shown(vm, address) + (f"    {times:,} times" if times > 1 else "")


def _digits(name: str, value: int) -> str:
    return f"${value:04X}" if name in ("pc", "i") else f"${value:02X}"


def title(vm: GuestVM) -> str:
    """A heading for the report."""
    return f"machine {vm.spec.id}" + ("" if vm.program is None else f" with {Path(vm.program.name).name}")
