"""The chips that come with retrovm, as machine files know them. Each is imported when a machine has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retrovm.chip_spec import ChipSpec, CpuSpec, Socket
from retrovm.cpu.mos6502 import WITH_64_KIB
from retrovm.media.traits import mos6502_likeness, mos6502_uses
from retrovm.spec import Option, boolean, choice, integer, rate

if TYPE_CHECKING:
    from retrovm.core.device import Device


def byte_or_random(value: Any) -> int | None:
    """Parses a byte, or "random", which is None."""
    return None if value == "random" else integer(0, 0xFF)(value)


def make_ram(socket: Socket) -> Device:
    """Memory that is written."""
    from retrovm.core.memory import Memory

    return Memory(socket.name, contents=socket.contents)


def make_rom(socket: Socket) -> Device:
    """Memory that is not."""
    from retrovm.core.memory import Memory

    return Memory(socket.name, contents=socket.contents, writable=False)


def make_mc6821(socket: Socket) -> Device:
    """A PIA with two ports."""
    from retrovm.chips.mc6821 import Mc6821

    return Mc6821(socket.name, socket.clock, socket.wires["irqa"], socket.wires["irqb"])


def make_mos6551(socket: Socket) -> Device:
    """An ACIA between the bus and a serial line."""
    from retrovm.chips.mos6551 import Mos6551

    assert socket.serial is not None, "its ChipSpec has `serial`"
    chip = Mos6551(socket.name, socket.clock, socket.serial, socket.wires["irq"], socket.options["crystal_hz"],
                   socket.options["model"], socket.options["carrier"])
    for pins, line in socket.lines().values():
        chip.connect_rts(pins, line)
    return chip


def make_mos6502(socket: Socket) -> Device:
    """A processor on the machine's bus."""
    from retrovm.cpu.mos6502 import Mos6502

    return Mos6502(name=socket.name, bus=socket.bus, **socket.options)


RAM = ChipSpec(
    id="ram", title="RAM", memory="ram", make=make_ram,
    options=(Option(name="fill", help="what RAM holds at power-on: a byte, or random", default="random",
                    parse=byte_or_random),),
)

ROM = ChipSpec(id="rom", title="ROM", memory="rom", make=make_rom)

MC6821 = ChipSpec(
    id="mc6821", title="6821 PIA", size=4, outputs=("irqa", "irqb"), make=make_mc6821,
    ports={"port_a": (*(f"pa{bit}" for bit in range(8)), "ca1", "ca2"),
           "port_b": (*(f"pb{bit}" for bit in range(8)), "cb1", "cb2")},
)

MOS6551 = ChipSpec(
    id="mos6551", title="MOS 6551 ACIA", size=4, outputs=("irq",), signals=("rts",), serial=True, make=make_mos6551,
    options=(
        Option(name="crystal_hz", help="the crystal of the ACIA", default=1_843_200, parse=rate),
        Option(name="model", help="6551, or w65c51n, whose TDRE is stuck", default="6551", parse=choice("6551", "w65c51n")),
        Option(name="carrier", help="wire /DCD to the carrier of the line instead of low", default=False, parse=boolean),
    ),
)

MOS6502 = CpuSpec(
    id="mos6502", title="6502 and its family", make=make_mos6502,
    lines=("irq", "nmi", "reset", "rdy", "so"),
    vectors=(0xFFFA, 0xFFFF), reset=0xFFFC, judge=mos6502_likeness, uses=mos6502_uses,
    models=WITH_64_KIB,
    options=(
        Option(name="model", help="the processor", default="6502", parse=choice(*WITH_64_KIB)),
        Option(name="ane_constant", help="what A is ORed with in the undocumented opcode ANE of an NMOS model, a byte",
               default=0xEE, parse=integer(0, 0xFF)),
        Option(name="lxa_constant", help="the same in LXA", default=0xEE, parse=integer(0, 0xFF)),
    ),
)
