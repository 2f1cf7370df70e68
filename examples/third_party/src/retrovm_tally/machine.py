"""The Tally.

| address | size    | what                                   |
|---------|---------|----------------------------------------|
| $00-$DF | 224     | RAM, where a tape is read to           |
| $E0-$EF | 1, x16  | printer                                |
| $F0-$FF | 1, x16  | countdown, in units of 100 cycles; IRQ |
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from retrovm import Judgement, Line, Machine, MachineSpec, Media, Option
from retrovm.core.memory import Memory
from retrovm.spec import rate
from retrovm_tally.countdown import Countdown
from retrovm_tally.printer import Printer
from retrovm_tally.processor import Tally

RAM = 0xE0


def wire(machine: Machine, media: Media | None, options: Mapping[str, Any]) -> None:
    """Adds the parts."""
    bus = machine.add_bus(size=0x100, page_size=0x10)
    content = b"" if media is None else media.image(0, RAM, 0)
    bus.map(0, RAM, machine.add(Memory("ram", RAM, contents=content)))
    bus.map(0xE0, 16, machine.add(Printer()), mirror=1)
    cpu = machine.add(Tally(bus))
    bus.map(0xF0, 16, machine.add(Countdown(cpu.wire(Line.IRQ), 100)), mirror=1)


def judge(media: Media) -> Judgement | None:
    """Takes tapes and nothing else."""
    return Judgement(1.0, "it is a tape of the Tally") if media.format == "tally-tape" else None


SPEC = MachineSpec(
    id="tally",
    title="Tally",
    summary="An adding machine that never was: an example",
    family="Tally",
    wire=wire,
    clock_rate=lambda options: Fraction(options["clock_hz"]),
    judge=judge,
    options=(Option(name="clock_hz", help="the clock of the processor", default=100_000, parse=rate),),
    formats=("tally-tape",),
)
