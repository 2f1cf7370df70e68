from collections.abc import Callable, Mapping

from retrovm.core.bus import Bus
from retrovm.core.cpu import CallResult, Cpu, Frame
from retrovm.core.memory_view import MemoryView
from retrovm.core.types import StopReason
from retrovm.cpu.mos6502_calls import CallFollower, CallTrace
from retrovm.cpu.mos6510_port import Mos6510Port

FACTS: dict[str, tuple[bool, int, int, bool, bool, int, int, int, str, bool]]
MODELS: tuple[str, ...]
WITH_64_KIB: tuple[str, ...]
REGISTERS: tuple[str, ...]

class Mos6502(Cpu):
    """A 6502: `model` is one of `MODELS`; without a `bus` it has RAM at all addresses and a clock of its own."""

    follower: CallFollower | None
    """Knows the calls under way inside a `trace_calls` block."""

    exact: bool
    """Run every instruction in the exact build: the same result, at less speed."""

    def __init__(
        self, model: str = "6502", *, name: str = "cpu", bus: Bus | None = None, period: int = 1,
        ane_constant: int = 0xEE, lxa_constant: int = 0xEE, port: Mos6510Port | None = None,
    ) -> None: ...
    @property
    def model(self) -> str: ...
    @property
    def ane_constant(self) -> int:
        """What A is ORed with in ANE ($8B) of an NMOS model."""

    @property
    def lxa_constant(self) -> int:
        """The same in LXA ($AB)."""

    @property
    def port(self) -> Mos6510Port | None:
        """The I/O port of a 6510; None in other models."""

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
    def rdy(self) -> bool:
        """True while anyone holds the RDY line low: the processor waits, NMOS in reads only, CMOS in writes too."""

    @rdy.setter
    def rdy(self, asserted: bool) -> None: ...
    @property
    def so(self) -> bool:
        """The level of the SO line; going from False to True sets V."""

    @so.setter
    def so(self, asserted: bool) -> None: ...
    @property
    def is_held(self) -> bool:
        """True after RDY was low within an instruction for 1,048,576 cycles on end, until a reset."""

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

    def call(self, address: int, *, limit: int = 100_000_000, **registers: int) -> CallResult:
        """Runs a subroutine to its RTS on a processor on its own, as if a JSR stood at the program counter.

        Parameters
            address    of its first instruction
            limit      the cycles that it may take
            registers  what it begins with: `a=3, x=4`
        Returns a `CallResult`. Afterwards the program counter and the stack pointer are as before, the other registers
        as the subroutine left them. Raises `CallError` when it does not come back; the processor is then where it has
        come to. In a machine, `vm.call` also lets the other parts live.
        """

    def run_home(self, address: int, arrived: Callable[[], object], cycles: int) -> StopReason:
        """Runs to before the instruction at `address`, at a time when `arrived()` is true; for so many cycles at most."""

    def call_stack(self) -> tuple[Frame, ...]:
        """The subroutines and interrupts that are under way, innermost first."""

    def trace_calls(self) -> CallTrace:
        """Follows JSR, RTS, RTI, BRK and interrupts inside a `with` block, so that `call_stack` is certain of them."""

    def power_cycle(self) -> None:
        """Switches it off and on."""
