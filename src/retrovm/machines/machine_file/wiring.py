"""From a board to a `MachineSpec`, which puts its parts together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from retrovm.chip_spec import Shown, Socket
from retrovm.core.ports import Buttons, Serial
from retrovm.core.screen import Screen
from retrovm.core.types import Line
from retrovm.errors import OptionError
from retrovm.machines.machine_file.board import Board, Part, place, ranges_of
from retrovm.machines.machine_file.program import add_vectors, contents_of, program_of
from retrovm.machines.machine_file.wires import Wires
from retrovm.spec import Judgement, MachineSpec, Options, Port

if TYPE_CHECKING:
    from retrovm.core.blocks import Image
    from retrovm.core.cpu import Cpu
    from retrovm.core.device import Device
    from retrovm.core.machine import Machine
    from retrovm.media import Media


# Bytes that are no instructions may look like one that uses a chip: in 32 KiB of noise, four of them once in 300 times.
LEAST_USED = 4
SURER = 0.15


def spec_of(board: Board, reload: Callable[[], MachineSpec]) -> MachineSpec:
    """The machine of a board; `reload` reads its file again, for other processes."""
    return MachineSpec(
        id=board.id, title=board.title, summary=board.summary, family=board.family,
        wire=lambda machine, media, options: wire(board, machine, media, options),
        clock_rate=lambda options: Fraction(board.cpu.clock_hz(options)),
        frame_rate=lambda options: board.frame_rate,
        judge=lambda media: judge(board, media), options=board.options,
        ports=tuple(port for part in board.parts for port in ports_of(part)),
        ports_with=lambda options: tuple(port for part in board.parts if is_there(part, options) for port in ports_of(part)),
        members=members_of(board), formats=board.formats, demo=board.slot.bundled if board.slot is not None else None,
        reload=reload,
    )


def members_of(board: Board) -> Callable[[Options], dict[str, Options]] | None:
    """The computer with each model of its processor, where that can be chosen."""
    option = board.cpu.model
    if option is None:
        return None
    return lambda options: {model: {**options, option: model} for model in board.cpu.spec.models}


def judge(board: Board, media: Media) -> Judgement | None:
    """How like a program for this machine a medium looks."""
    likeness = board.cpu.spec.judge(media) if board.detect else None
    if likeness is None or board.detect != "chips" or board.cpu.spec.uses is None:
        return likeness
    defaults = board.defaults
    registers = {part.name: range(first := ranges_of(part, defaults, None)[0].first, first + part.spec.size)
                 for part in board.parts if part.spec.size and part.spec.memory is None and ranges_of(part, defaults, None)}
    used = {name: board.cpu.spec.uses(media, (place,)) for name, place in registers.items()}
    if sum(used.values()) < LEAST_USED:
        return None
    where = " and ".join(f"{name} at ${place[0]:04X}" for name, place in registers.items() if used[name])
    return Judgement(min(likeness.confidence + SURER, 1), f"{likeness.reason}; it uses {where}")


def is_there(part: Part, options: Options) -> bool:
    """Whether a chip that is no memory is on the board with these options: it has an address, or else wires."""
    return (part.at if part.spec.size else part.pins)(options) is not None


def ports_of(part: Part) -> Iterator[Port]:
    """Where the host's devices plug into a chip."""
    if part.serial is not None:
        yield Port(name=part.serial, title=f"Serial line of the {part.name.upper()}", kind="serial")
    if part.pad is not None:
        title = "Buttons" if part.spec.pin_each else f"Buttons of the {part.name.upper()}"
        yield Port(name=part.pad, title=title, buttons=part.buttons)


def wire(board: Board, machine: Machine, media: Media | None, options: Options) -> None:
    """Builds the computer: memory, the processor, then all other chips in the order of the file."""
    program = program_of(board, media, options)
    placed = place(board, options, program.rom)
    add_vectors(board, program, placed)
    contents = contents_of(board, program, placed, options, machine.random)
    bus = machine.add_bus()
    made: dict[str, tuple[Device, ...]] = {}

    def plug(part: Part, name: str, **socket: Any) -> None:
        chosen = {key: setting(options) for key, setting in part.options.items()}
        found = part.spec.make(Socket(name=name, clock=machine.clock, bus=bus, options=chosen, title=board.title, **socket))
        made[name] = found if isinstance(found, tuple) else (found,)
        for device in made[name]:
            machine.add(device)

    ram = next((part for part in board.parts if part.spec.memory == "ram"), None)
    at_addresses = [each.part for each in placed]
    for each in placed:
        part = each.part or ram
        if each.is_memory and part is not None:
            plug(part, each.name, contents=contents.get(each.name, b""), disks=disks_of(machine, part, options))
    chosen = {key: setting(options) for key, setting in board.cpu.options.items()}
    cpu: Any = board.cpu.spec.make(Socket(name=board.cpu.name, clock=machine.clock, bus=bus, options=chosen))
    machine.add(cpu)
    for part in board.parts:
        if part.spec.memory is None and is_there(part, options):
            line = machine.add(Serial(part.serial)) if part.serial is not None else None
            pad = None
            if part.pad is not None:
                pad = machine.add(Buttons(part.pad, [button.name for button in part.buttons]))
            plug(part, part.name, serial=line, buttons=pad, lamps=part.lamps, wires=wires_of(part, cpu),
                 pins=pins_of(board, part, part.pins(options) or Wires(), made), disks=disks_of(machine, part, options),
                 shows=tuple(shown_of(board, machine, name, made) for name in part.shows if made.get(name)))
        elif (given := [id for id in part.media.values() if options[id] is not None]) and part not in at_addresses:
            raise OptionError(f"{board.id}: the option {given[0]} is the disk of {part.name}, which is left out")
    if board.screen is not None:
        for device in made.get(board.screen, ()):
            if isinstance(device, Screen):
                machine.show(device)
    # What is mapped later lies on top.
    for each in sorted(placed, key=lambda each: each.priority):
        for region in each.ranges:
            bus.map(region.first, region.size, made[each.name][0], mirror=each.size)


def wires_of(part: Part, cpu: Cpu) -> dict[str, Any]:
    """{output of a chip: the line of the processor that it pulls, or None}"""
    return {output: cpu.wire(Line[part.outputs[output].upper()]) if output in part.outputs else None
            for output in part.spec.outputs}


def pins_of(board: Board, part: Part, wires: Wires, made: dict[str, tuple[Device, ...]]) -> dict[str, tuple[Any, str]]:
    """{signal of a chip: (the lines of a port, the name of one of them), or (None, a level)}

    Raises `OptionError` for a wire to a part that is left out.
    """
    found: dict[str, tuple[Any, str]] = {}
    for signal, owner, line in wires:
        if owner is None:
            found[signal] = None, line
            continue
        if not made.get(owner):
            leave_out = f"its {signal}" if part.spec.size else part.name
            raise OptionError(f"{board.id}: {part.name} is wired to {owner}.{line}, and {owner} is left out: "
                              f"leave out {leave_out} as well, or wire it to another part")
        spec = next(each.spec for each in board.parts if each.name == owner)
        port = next(name for name, lines in spec.ports.items() if line in lines)
        found[signal] = (getattr(made[owner][0], port), line)
    return found


def disks_of(machine: Machine, part: Part, options: Options) -> dict[str, Image | None]:
    """The disks of a chip, put into the machine; None where there is none."""
    from retrovm.storage import open_disk

    return {key: machine.add(open_disk(id, options[id])) if options[id] is not None else None
            for key, id in part.media.items()}


def shown_of(board: Board, machine: Machine, name: str, made: dict[str, tuple[Device, ...]]) -> Shown:
    """A part that another one shows."""
    part = next(each for each in board.parts if each.name == name)
    pad: Any = machine.devices[part.pad] if part.pad is not None else None
    return Shown(made[name][0], pad, part.buttons, part.lamps)
