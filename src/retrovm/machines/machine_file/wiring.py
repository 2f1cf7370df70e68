"""From a board to a `MachineSpec`, which puts its parts together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from retrovm.chip_spec import Socket
from retrovm.core.ports import Buttons, Serial
from retrovm.core.types import Line
from retrovm.machines.machine_file.board import Board, Part, place
from retrovm.machines.machine_file.program import add_vectors, contents_of, program_of
from retrovm.spec import Judgement, MachineSpec, Options, Port

if TYPE_CHECKING:
    from retrovm.core.cpu import Cpu
    from retrovm.core.device import Device
    from retrovm.core.machine import Machine
    from retrovm.media import Media


def spec_of(board: Board, reload: Callable[[], MachineSpec]) -> MachineSpec:
    """The machine of a board; `reload` reads its file again, for other processes."""
    def judge(media: Media) -> Judgement | None:
        return board.cpu.spec.judge(media) if board.detect else None

    return MachineSpec(
        id=board.id, title=board.title, summary=board.summary, family=board.family,
        wire=lambda machine, media, options: wire(board, machine, media, options),
        clock_rate=lambda options: Fraction(board.cpu.clock_hz(options)),
        frame_rate=lambda options: board.frame_rate,
        judge=judge, options=board.options,
        ports=tuple(port for part in board.parts for port in ports_of(part)),
        formats=board.formats, demo=board.slot.bundled if board.slot is not None else None, reload=reload,
    )


def ports_of(part: Part) -> Iterator[Port]:
    """Where the host's devices plug into a chip."""
    if part.serial is not None:
        yield Port(name=part.serial, title=f"Serial line of the {part.name.upper()}", kind="serial")
    if part.pad is not None:
        yield Port(name=part.pad, title=f"Buttons of the {part.name.upper()}", buttons=part.buttons)


def wire(board: Board, machine: Machine, media: Media | None, options: Options) -> None:
    """Builds the computer: memory, the processor, then all other chips in the order of the file."""
    program = program_of(board, media, options)
    placed = place(board, options, program.rom)
    add_vectors(board, program, placed)
    contents = contents_of(board, program, placed, options, machine.random)
    bus = machine.add_bus()
    made: dict[str, Device] = {}

    def plug(part: Part, name: str, **socket: Any) -> Device:
        chosen = {key: setting(options) for key, setting in part.options.items()}
        made[name] = machine.add(part.spec.make(Socket(name=name, clock=machine.clock, bus=bus, options=chosen, **socket)))
        return made[name]

    ram = next((part for part in board.parts if part.spec.memory == "ram"), None)
    for each in placed:
        part = each.part or ram
        if each.is_memory and part is not None:
            plug(part, each.name, contents=contents[each.name])
    chosen = {key: setting(options) for key, setting in board.cpu.options.items()}
    cpu: Any = machine.add(board.cpu.spec.make(
        Socket(name=board.cpu.name, clock=machine.clock, bus=bus, options=chosen)))
    present = {each.name for each in placed}
    for part in board.parts:
        if part.spec.memory is None and (part.name in present or not part.spec.size):
            line = machine.add(Serial(part.serial)) if part.serial is not None else None
            pad = None
            if part.pad is not None:
                pad = machine.add(Buttons(part.pad, [button.name for button in part.buttons]))
            plug(part, part.name, serial=line, buttons=pad, wires=wires_of(part, cpu), pins=pins_of(board, part, made))
    # What is mapped later lies on top.
    for each in sorted(placed, key=lambda each: each.priority):
        for region in each.ranges:
            bus.map(region.first, region.size, made[each.name], mirror=each.size)


def wires_of(part: Part, cpu: Cpu) -> dict[str, Any]:
    """{output of a chip: the line of the processor that it pulls, or None}"""
    return {output: cpu.wire(Line[part.outputs[output].upper()]) if output in part.outputs else None
            for output in part.spec.outputs}


def pins_of(board: Board, part: Part, made: dict[str, Device]) -> dict[str, tuple[Any, str]]:
    """{signal of a chip: (the lines of a port, the name of one of them), or (None, a level)}"""
    found: dict[str, tuple[Any, str]] = {}
    for signal, (owner, line) in part.pins.items():
        if owner is None:
            found[signal] = None, line
            continue
        spec = next(each.spec for each in board.parts if each.name == owner)
        port = next(name for name, lines in spec.ports.items() if line in lines)
        found[signal] = (getattr(made[owner], port), line)
    return found
