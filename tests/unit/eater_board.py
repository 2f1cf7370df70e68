"""The breadboard computer for tests: its bundled programs with their symbols, and small ROMs."""

import retrovm
from retrovm import bundled

VIA, ACIA = 0x6000, 0x5000
PORTB, PORTA, DDRB, DDRA = VIA, VIA + 1, VIA + 2, VIA + 3
T1CH, ACR, PCR, IFR, IER = VIA + 5, VIA + 11, VIA + 12, VIA + 13, VIA + 14


def program(name, **options):
    """A bundled program of the breadboard, switched on."""
    vm = retrovm.load(bundled.program(f"eater/{name}").file, machine="eater", **options)
    vm.symbols.load(bundled.path(f"eater/{name}/{name}.lbl"))
    return vm


def rom(code=b"\x80\xFE", size=0x8000, org=None):
    """A ROM that begins with this code at its first byte, by default with a BRA to itself."""
    first = 0x10000 - size if org is None else org
    return code.ljust(size - 6, b"\xEA") + first.to_bytes(2, "little") * 3


def board(code=b"\x80\xFE", **options):
    """The breadboard with a ROM of one's own."""
    return retrovm.load(rom(code), machine="eater", name="mine.bin", **options)


def write(vm, *pairs):
    """Real bus accesses: address, value, address, value."""
    for address, value in zip(pairs[::2], pairs[1::2], strict=True):
        vm.memory.write(address, value)
