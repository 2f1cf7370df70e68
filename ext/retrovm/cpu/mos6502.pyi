from collections.abc import Mapping

from retrovm.core.bus import Bus
from retrovm.core.cpu import Cpu
from retrovm.core.memory_view import MemoryView
from retrovm.core.types import StopReason

FACTS: dict[str, tuple[bool, int, bool, bool, int, int, int, str]]
MODELS: tuple[str, ...]
REGISTERS: tuple[str, ...]

class Mos6502(Cpu):
    """A 6502: `model` is one of `MODELS`; without a `bus` it has RAM at all addresses and a clock of its own."""

    exact: bool
    """Run every instruction in the exact build: the same result, at less speed."""

    def __init__(self, model: str = "6502", *, name: str = "cpu", bus: Bus | None = None, period: int = 1) -> None: ...
    @property
    def model(self) -> str: ...
    @property
    def registers(self) -> dict[str, int]:
        """{"pc", "a", "x", "y", "s", "p"}; assigning a dictionary changes those that it has."""

    @registers.setter
    def registers(self, values: Mapping[str, int]) -> None: ...
    @property
    def memory(self) -> MemoryView:
        """What it sees at its addresses."""

    @property
    def irq(self) -> bool:
        """The level of the IRQ line, True while anyone asserts it."""

    @irq.setter
    def irq(self, asserted: bool) -> None: ...
    @property
    def nmi(self) -> bool:
        """The level of the NMI line; an interrupt comes of its going from False to True."""

    @nmi.setter
    def nmi(self, asserted: bool) -> None: ...
    @property
    def is_jammed(self) -> bool:
        """True after an opcode that stops the processor for good."""

    @property
    def is_stopped(self) -> bool:
        """True after STP (65c02-wdc), until a reset."""

    @property
    def is_waiting(self) -> bool:
        """True from WAI (65c02-wdc) until IRQ, whatever I says, or NMI."""

    @property
    def is_resetting(self) -> bool:
        """True until the reset sequence has run, which comes before the next instruction."""

    def step(self) -> int:
        """One instruction, or one interrupt sequence. Returns the cycles that it took."""

    def run(self, cycles: int | None = None, until: int | None = None) -> StopReason:
        """Runs a processor on its own for so many cycles, or until before the instruction at an address."""

    def power_cycle(self) -> None:
        """Switches it off and on."""
