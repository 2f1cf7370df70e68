"""The bus cycles of a processor, one by one: `cpu.trace_bus()`."""

from collections.abc import Sequence

from retrovm.core.bus cimport Bus

from retrovm.core.bus import Tracer
from retrovm.core.errors import ArgumentError


class BusTrace(Sequence):
    """Rows (cycle, address, value, "read" or "write") in the order of time; equal to a list of the same rows.

        with cpu.trace_bus() as trace:           # or vm.trace_bus()
            cpu.step()
        trace[0]                                 # (0, 0x0400, 0xE6, "read")

    It records while its `with` block runs, at most 16 million cycles; `OverflowError` says when more have passed.
    """

    def __init__(self, cpu):
        self._cpu = cpu
        self._tracer = Tracer()
        self._rows = []

    def __enter__(self):
        cdef Bus bus = self._cpu.bus
        if bus.tracing:
            raise ArgumentError("the bus is traced already; end that block first")
        # A cycle has the number that the processor counts for it, also where the host has set that count.
        self._first_tick, self._first_cycle = self._cpu.clock.ticks, self._cpu.cycles
        bus.trace(self._tracer)
        return self

    def __exit__(self, *error):
        self._cpu.bus.trace(None)

    @property
    def kinds(self):
        """Why the processor made each cycle: an `Access` a row."""
        return self._tracer.kinds()

    def clear(self):
        """Forgets what was recorded so far."""
        self._tracer.clear()
        self._rows = []

    def _all(self):
        if len(self._rows) != len(self._tracer):
            tick, cycle, period = self._first_tick, self._first_cycle, self._cpu.period
            self._rows = [((at - tick) // period + cycle, address, value, access)
                          for at, address, value, access in self._tracer.rows()]
        return self._rows

    def __len__(self):
        return len(self._tracer)

    def __getitem__(self, index):
        return self._all()[index]

    def __eq__(self, other):
        return self._all() == (other._all() if isinstance(other, BusTrace) else other)

    __hash__ = None

    def __repr__(self):
        return repr(self._all())
