"""`retrovm dis`: a program as instructions."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retrovm.commands.arguments import Json, Machine, Options, Rom, make_vm, number, require_file, wrong

if TYPE_CHECKING:
    from retrovm.session import VM

# By the class of the processor: disassemble(data, origin, symbols) -> text.
DISASSEMBLERS = {
    "Chip8": "retrovm.isa.chip8_dis",
    "Mos6502": "retrovm.isa.mos6502_dis",
}


def dis(
    rom: Rom,
    machine: Machine = None,
    option: Options = None,
    start: Annotated[str | None, typer.Option(metavar="ADDRESS", help=(
        "The first address, like 0x200 or a symbol; without it, where the program lies."))] = None,
    end: Annotated[str | None, typer.Option(metavar="ADDRESS", help=(
        "The address behind the last byte."))] = None,
    symbols: Annotated[str | None, typer.Option(metavar="F", help=(
        "Names for addresses, from a .dbg, .lbl or .sym file."))] = None,
    labels: Annotated[bool, typer.Option("--labels", help=(
        "6502: give labels to targets of jumps that have no name."))] = False,
    data: Annotated[list[str] | None, typer.Option("--data", metavar="RANGE", help=(
        "6502: these addresses are data, like 0xC100-0xC1FF; may be given again."))] = None,
    entry: Annotated[list[str] | None, typer.Option("--entry", metavar="ADDRESS", help=(
        "6502: instructions begin here, and what is not reached from there is data; may be given again."))] = None,
    source: Annotated[bool, typer.Option("--source", help=(
        "Write source, of which 'retrovm asm' makes the same bytes; for a CHIP-8 with Octo's loops and branches."))] = False,
    flow: Annotated[bool, typer.Option("--flow", help=(
        "CHIP-8: its routines and basic blocks, who goes where, and what is not reached."))] = False,
    as_json: Json = False,
    model: Annotated[str | None, typer.Option(metavar="MODEL", help=(
        "Whose instructions: a model of the 6502, or a variant of CHIP-8. Without it those of the machine."))] = None,
) -> None:
    """Disassemble a program as it lies in the memory of its machine.

    Example: retrovm dis game.ch8
    """
    if as_json and not flow:
        raise wrong("--json is for what --flow tells")
    if symbols is not None:
        require_file(symbols)
    vm = make_vm(rom, machine, option)
    if symbols is not None:
        vm.symbols.load(Path(symbols))
    module = DISASSEMBLERS.get(type(vm.cpu).__name__)
    if module is None:
        raise wrong(f"there is no disassembler for the processor of {vm.spec.id}, {type(vm.cpu).__name__}; "
                    f"there are some for {', '.join(DISASSEMBLERS)}")
    disassembler = import_module(module)
    if start is None and end is None:
        places = program(vm)
    else:
        first = 0 if start is None else address(vm, start)
        behind = len(vm.memory) if end is None else address(vm, end)
        places = [(first, behind)]
    given: dict[str, Any]
    if module == DISASSEMBLERS["Mos6502"]:
        if flow:
            raise wrong(f"--flow is for a CHIP-8, and {vm.spec.id} has none")
        given = {"model": model_of(vm, model), "labels": labels, "marks": [data_range(vm, text) for text in data or ()],
                 "entries": None if entry is None else [address(vm, text) for text in entry]}
    else:
        if labels or data or entry:
            raise wrong(f"--labels, --data and --entry are for a 6502, and {vm.spec.id} has none")
        if flow and source:
            raise wrong("--flow and --source are two things to write: give one of them")
        given = {"variant": variant_of(vm, model)}
    if flow:
        show_flow(vm, places, as_json, **given)
    elif source:
        segments = [(first, vm.memory[first:behind]) for first, behind in places]
        print(disassembler.source_of(segments, vm.symbols, **given), end="")
    else:
        for first, behind in places:
            print(disassembler.disassemble(vm.memory[first:behind], first, vm.symbols, **given), end="")


def show_flow(vm: VM, places: list[tuple[int, int]], as_json: bool, variant: str | None) -> None:
    """Writes the control flow of a CHIP-8 program."""
    from retrovm.isa.chip8_blocks import control_flow

    graphs = [control_flow(vm.memory[first:behind], first, vm.symbols, variant) for first, behind in places]
    if as_json:
        for graph in graphs:
            print(json.dumps(graph.as_dict(), indent=1))
    else:
        print("\n\n".join(graph.text() for graph in graphs))


def variant_of(vm: VM, asked: str | None) -> str | None:
    """The variant of CHIP-8 to disassemble for: the one asked for, or the machine's own where it is one with instructions that
    Octo's language has no statements for.
    """
    from retrovm.cpu.chip8 import Chip8
    from retrovm.isa.chip8 import EXTENSIONS, OCTO, VARIANTS
    from retrovm.spec import nearest

    if asked is None:
        assert isinstance(vm.cpu, Chip8)
        profile = vm.cpu.profile
        return profile if profile != OCTO and any(profile in row.variants for row in EXTENSIONS) else None
    if asked not in VARIANTS:
        raise wrong(f"there is no variant {asked!r}{nearest(asked, dict.fromkeys(VARIANTS))}")
    return asked


def address(vm: VM, text: str) -> int:
    """An address from a command line: 512, 0x200, $200 or a symbol."""
    value = number(text)
    return vm.symbols[text] if value is None else value


def data_range(vm: VM, text: str) -> range:
    """Addresses from a command line: FIRST-LAST, or one."""
    first, dash, last = text.partition("-")
    found = range(address(vm, first), address(vm, last if dash else first) + 1)
    if not found:
        raise wrong(f"--data takes a first and a last address, like 0xC100-0xC1FF, not {text!r}")
    return found


def model_of(vm: VM, asked: str | None) -> str:
    """The model of the 6502 to disassemble for: the one asked for, or the machine's own."""
    from retrovm.cpu.mos6502 import Mos6502
    from retrovm.isa.mos6502 import MODELS
    from retrovm.spec import nearest

    if asked is None:
        assert isinstance(vm.cpu, Mos6502)
        return vm.cpu.model
    if asked not in MODELS:
        raise wrong(f"there is no model {asked!r}{nearest(asked, MODELS)}")
    return asked


def program(vm: VM) -> list[tuple[int, int]]:
    """Where the machine has put the program: [(first, behind)]."""
    if vm.media is None:
        return []
    memory = vm.memory[:]
    places = []
    for segment in vm.media.segments:
        # Many formats do not say where a program belongs; the machine knows, and has put it there.
        first = memory.find(segment.data) if segment.address is None else segment.address
        if first < 0:
            raise wrong(f"{vm.media.name} does not lie in the memory of {vm.spec.id} in one piece: "
                        f"give --start and --end")
        places.append((first, min(first + len(segment.data), len(memory))))
    return places
