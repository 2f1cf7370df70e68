"""What a machine looked like when a test ended, and what was expected of it, as plain data that travels with a result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrovm.session import VM

SERIAL = 16_384
"""How many of the last bytes of a serial line are kept."""


@dataclass(frozen=True)
class Comparison:
    """Something that is not as expected: two texts, or two pictures as the bytes of PNG files.

    title     what is compared: "the picture after 60 frames"
    expected  what should be; None where only a hash of it is known
    found     what is
    marked    of pictures, a third one that shows the pixels that differ
    """

    title: str
    expected: str | bytes | None
    found: str | bytes
    marked: bytes | None = None


@dataclass(frozen=True)
class Scene:
    """A machine at one moment.

    frame, cycles  finished frames, and cycles of the processor, since power-on
    pc             the address of the next instruction
    screen         the picture as the bytes of a PNG file, a pixel a pixel; None where there is no screen
    lcd            the rows of a character display; empty where there is none
    serial         the last text from the guest; None where there is no serial line
    registers      by name, each with its value as hexadecimal digits
    instructions   the last ones that ran, oldest first, as a listing: registers before it, address, bytes, instruction
    """

    machine: str
    frame: int
    cycles: int
    pc: int
    screen: bytes | None = None
    lcd: tuple[str, ...] = ()
    serial: str | None = None
    registers: tuple[tuple[str, str], ...] = ()
    instructions: tuple[str, ...] = ()


def capture(vm: VM, serial: bytes = b"", instructions: Iterable[str] = ()) -> Scene:
    """The scene of a machine; `serial` is what its guest has sent since power-on."""
    return Scene(vm.spec.id, vm.frame, vm.cpu.cycles, vm.cpu.pc, None if vm.screen is None else vm.screen.png(),
                 () if vm.lcd is None else tuple(vm.lcd.text), None if vm.serial is None else decoded(serial),
                 tuple((name, digits(name, value)) for name, value in registers(vm).items()), tuple(instructions))


def picture(vm: VM) -> Scene:
    """The scene of a machine with its picture alone."""
    return Scene(vm.spec.id, vm.frame, vm.cpu.cycles, vm.cpu.pc, None if vm.screen is None else vm.screen.png())


def registers(vm: VM) -> dict[str, int]:
    """The registers of the processor; empty for one that does not show them."""
    return dict(getattr(vm.cpu, "registers", {}))


def digits(name: str, value: int) -> str:
    """A register in hexadecimal: four digits of an address, two of a byte."""
    return f"{value:04X}" if name in ("pc", "i") or value > 0xFF else f"{value:02X}"


def decoded(sent: bytes) -> str:
    """Bytes of a serial line as text, a line a line; what cannot be shown as \\xNN."""
    text = sent[-SERIAL:].decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c == "\n" or c.isprintable() else f"\\x{ord(c):02x}" for c in text)
