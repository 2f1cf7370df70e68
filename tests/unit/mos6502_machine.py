"""A 6502 with RAM at all addresses, devices that pull its lines when a test wants it, and others that watch its bus."""

from retrovm.core.bus import Tracer
from retrovm.core.line_script import LineScript
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.python_device import PythonDevice
from retrovm.core.types import Line
from retrovm.cpu.mos6502 import Mos6502
from retrovm.isa.mos6502 import MODELS


def machine(program=b"", at=0x0400, *, exact=False, fill=0xEA, registers=None, period=1, model="6502"):
    """A machine whose processor stands before `program`; NOPs fill the rest."""
    made = Machine(1_000_000)
    size = 1 << MODELS[model].address_lines
    bus = made.add_bus(size=size)
    bus.map(0, size, made.add(Memory("ram", size, fill=fill)))
    cpu = made.add(Mos6502(model=model, bus=bus, period=period))
    cpu.exact = exact
    bus.poke_bytes(at, program)
    cpu.registers = {"pc": at, "s": 0xFD, "p": 0x20, **(registers or {})}
    return made


def play(made, levels, every=1):
    """Holds the lines as a list says: the bits of entry n from tick n * every on, and none behind its end."""
    changes = [(n * every, lines) for n, lines in enumerate([*levels, 0]) if lines != ([0, *levels][n])]
    return made.add(LineScript("script", made.cpu, changes))


class Trigger(PythonDevice):
    """Answers in a page, remembers every access, and pulls or releases a line some ticks after it.

    Bits 0-2 of the address are the ticks until the line changes; bits 3 and 4 choose which: IRQ low, IRQ high, NMI low,
    NMI high.
    """

    def __init__(self, cpu):
        self.pending = []
        self.log = []
        super().__init__("trigger")
        self.irq = self.output(cpu.wire(Line.IRQ))
        self.nmi = self.output(cpu.wire(Line.NMI))

    def access(self, kind, addr, value):
        self.log.append((self.now, kind, addr, value))
        self.pending.append((self.now + (addr & 7), addr >> 3 & 3))
        self.settle(self.now)

    def settle(self, now):
        for entry in sorted(entry for entry in self.pending if entry[0] <= now):
            (self.irq if entry[1] < 2 else self.nmi).drive(entry[1] in (0, 2))
        self.pending = [entry for entry in self.pending if entry[0] > now]

    def next_event(self):
        return min(self.pending)[0] if self.pending else None

    def run_to(self, now):
        self.settle(now)

    def read(self, addr):
        value = (addr * 37 + len(self.log)) & 0xFF
        self.access("read", addr, value)
        return value

    def write(self, addr, value):
        self.access("write", addr, value)


class Witness(PythonDevice):
    """Answers with $77 and remembers every access: (cycle since the beginning, "read" or "write", address, value)."""

    def __init__(self, cpu, base):
        self.cpu = cpu
        self.base = base
        self.log = []
        super().__init__(f"witness at {base:04X}")

    def remember(self, kind, addr, value):
        self.log.append((self.now // self.cpu.period, kind, self.base + addr, value))

    def read(self, addr):
        self.remember("read", addr, 0x77)
        return 0x77

    def write(self, addr, value):
        self.remember("write", addr, value)


def witness(made, base, size=0x100):
    device = made.add(Witness(made.cpu, base))
    made.buses["bus"].map(base, size, device)
    return device


def record(made, cycles):
    """[(cycle, address, value, "read" or "write")] of the next so many cycles, which the exact build runs."""
    bus, period = made.buses["bus"], made.cpu.period
    tracer = Tracer()
    bus.trace(tracer)
    made.run_cycles(cycles)
    bus.trace(None)
    return [(tick // period, address, value, kind) for tick, address, value, kind in tracer.rows()[:cycles]]
