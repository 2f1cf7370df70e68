"""A processor: a device that drives a bus and listens to interrupt lines.

`run_until` and `run_one` end between instructions. `clock.now` is then the tick of the first cycle that has not happened.
"""

from contextlib import nullcontext
from dataclasses import dataclass

from retrovm.core.errors import ArgumentError
from retrovm.core.trace import BusTrace
from retrovm.core.types import Line as LineName


@dataclass(frozen=True)
class CallResult:
    """What a subroutine did: `cycles` from its first instruction to the end of its RTS, `registers` then."""

    cycles: int
    registers: dict


@dataclass(frozen=True)
class Frame:
    """A subroutine or an interrupt that is under way.

    Attributes
        kind            "call", "irq", "nmi" or "brk"
        call            the address of the calling instruction; of an interrupt, that of the instruction it came before
        entry           the address of the first instruction behind the call; None where memory no longer tells
        return_address  where it will go on, as the stack says now
        stack_pointer   as the call left it
        certain         False where it was only found on the stack, and may be there by chance
        cycle           the number of the first cycle behind the call, as in `cpu.cycles`; None where nobody followed it
    """

    kind: str
    call: int
    entry: int | None
    return_address: int
    stack_pointer: int
    certain: bool
    cycle: int | None


cdef class Cpu(Device):
    """The base of every processor.

    Parameters
        name    as in every device
        bus     the address space that it drives
        period  master-clock ticks a cycle
        pins    the lines that it has, of `Line`
    """

    def __init__(self, str name, Bus bus not None, period=1, pins=tuple(LineName)):
        super().__init__(name)
        if not isinstance(period, int) or period < 1:
            raise ArgumentError(f"{name}: a cycle takes a whole number of ticks, 1 or more, not {period!r}")
        self.bus = bus
        self.clock = bus.clock
        self.period = period
        self.wires = {line: Wire(self, line) for line in pins}
        self.host = {line: (<Wire> wire).driver() for line, wire in self.wires.items()}

    cdef StopReason run_until(self, tick_t until) noexcept nogil:
        """Whole instructions, until `clock.now` is at or behind `until`, or there is a reason to stop.

        A processor that has stopped by itself lets the time pass and says `HALTED`.
        """
        self.clock.now = until
        return StopReason.HALTED

    cdef StopReason run_one(self, tick_t until) noexcept nogil:
        """One instruction, or one interrupt sequence. A wait that goes by in one step ends at `until`, if not before."""
        return StopReason.HALTED

    cdef uint32_t get_pc(self) noexcept nogil:
        return 0

    cdef int set_pc(self, uint32_t pc) except -1:
        return 0

    cpdef Wire wire(self, Line line):
        """The open-collector line that devices drive; `Line.IRQ`, for one. Raises `ArgumentError` where it has no such pin."""
        found = self.wires.get(line)
        if found is None:
            raise ArgumentError(f"{self.name}: this processor has no pin {LineName(line).name}; "
                                f"it has {', '.join([pin.name for pin in self.wires]) or 'none'}")
        return found

    cdef void pin_changed(self, int pin, bint asserted) noexcept nogil:
        self.lines = self.lines | <uint32_t> pin if asserted else self.lines & ~<uint32_t> pin

    def assert_line(self, Line line, bint asserted):
        """Pulls a line from the host's side, or lets it go; devices pull it on their own account."""
        self.wire(line).drive(self.host[line], asserted)

    def trace_bus(self):
        """Records every bus cycle inside a `with` block, into a `BusTrace`."""
        return BusTrace(self)

    def call_stack(self):
        """The subroutines and interrupts that are under way, a `Frame` each, innermost first."""
        raise ArgumentError(f"{self.name}: a {type(self).__name__} does not tell of its calls")

    def trace_calls(self):
        """Follows calls and interrupts inside a `with` block, so that `call_stack` is certain of them.

        A processor whose `call_stack` is certain by itself does nothing for it.
        """
        return nullcontext()

    def begin_counting(self):
        """Counts the code that runs from now on, until as many `end_counting`: returns the `Counts`, and starts them at first.

        A processor that counts stays as exact, and is slower by less than a factor of three.
        """
        self.clock.begin()
        try:
            if self.counts is None:
                self.counts = Counts(self.bus.reach)
                try:
                    self.start_counting()
                except BaseException:
                    self.counts = None
                    raise
                self.tally = &self.counts.tally
            self.counters = self.counters + 1
            self.counts.flush(self.clock.now // self.period)
        finally:
            self.clock.end()
        return self.counts

    def end_counting(self):
        """Takes back `begin_counting`. The `Counts` keep what they have."""
        if self.counters:
            self.clock.begin()
            self.counts.flush(self.clock.now // self.period)
            self.counters = self.counters - 1
            if not self.counters:
                self.tally = NULL
                self.counts = None
            self.clock.end()

    cdef int start_counting(self) except -1:
        """Makes `counts` begin now: what calls and returns, and which calls are under way."""
        raise ArgumentError(f"{self.name}: a {type(self).__name__} does not count the code that it runs")

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        state.i64("cycles", &self.cycle_count)
        state.u32("lines", &self.lines)
        for line, wire in self.wires.items():
            (<Wire> wire).sync(state, line.name.lower())
        return 0

    @property
    def pc(self):
        """The address of the next instruction. Raises `ArgumentError` for one outside the address space."""
        return self.get_pc()

    @pc.setter
    def pc(self, value):
        if not 0 <= value < self.bus.reach:
            raise ArgumentError(f"{self.name}: a program counter is $0000-${self.bus.reach - 1:04X}, not {value!r}")
        self.set_pc(value)

    @property
    def cycles(self):
        """Cycles since power-on."""
        return self.cycle_count
