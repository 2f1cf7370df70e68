"""`retrovm dis`: a program as instructions."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrovm.commands.arguments import Machine, Options, Rom, make_vm, require_file, wrong

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
) -> None:
    """Disassemble a program as it lies in the memory of its machine.

    Example: retrovm dis game.ch8
    """
    if symbols is not None:
        require_file(symbols)
    vm = make_vm(rom, machine, option)
    if symbols is not None:
        vm.symbols.load(Path(symbols))
    module = DISASSEMBLERS.get(type(vm.cpu).__name__)
    if module is None:
        raise wrong(f"there is no disassembler for the processor of {vm.spec.id}, {type(vm.cpu).__name__}; "
                    f"there are some for {', '.join(DISASSEMBLERS)}")
    disassemble = import_module(module).disassemble
    if start is None and end is None:
        places = program(vm)
    else:
        first = 0 if start is None else address(vm, start)
        behind = len(vm.memory) if end is None else address(vm, end)
        places = [(first, behind)]
    for first, behind in places:
        print(disassemble(vm.memory[first:behind], first, vm.symbols), end="")


def address(vm: VM, text: str) -> int:
    """An address from a command line: 512, 0x200, $200 or a symbol."""
    try:
        return int(text[1:], 16) if text.startswith("$") else int(text, 0)
    except ValueError:
        return vm.symbols[text]


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
