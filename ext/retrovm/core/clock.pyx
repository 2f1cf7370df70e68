"""Time: the exact master rate, the tick that it is, and the next tick at which anything may happen.

Devices are not clocked one tick at a time. Each is caught up when somebody looks at it, and says when it will next
pull a line by itself; `due` is the earliest of these ticks. Up to it a processor may run without asking anyone.
"""

from fractions import Fraction

from libc.stdlib cimport free, realloc
from retrovm.core.errors import ArgumentError, BusyError


cdef class Clock:
    """`Clock(rate)`: `rate` in ticks per second, exact (an int, a Fraction or a string such as "39375000/11")."""

    def __cinit__(self, *args, **kwargs):
        self.due = NEVER

    def __init__(self, rate):
        self.rate = Fraction(rate)
        if self.rate <= 0:
            raise ArgumentError(f"a clock rate is a positive number of ticks per second, not {rate}")
        self.parts = []

    def __dealloc__(self):
        free(self.table)

    @property
    def ticks(self):
        """Ticks since power-on."""
        return self.now

    @property
    def seconds(self):
        """Time since power-on, as a Fraction."""
        return self.now / self.rate

    @property
    def is_running(self):
        """Whether a run goes on, in any thread, or something else that nothing may happen during."""
        return self.running != 0

    def wait(self, ticks):
        """Lets time pass without a processor, every event at its own tick: for chips that are tried alone."""
        if ticks < 0:
            raise ArgumentError(f"time passes by 0 ticks or more, not {ticks}")
        self.plan()
        self.catch_up(self.now + ticks)

    cdef int add(self, Device device) except -1:
        """Lets this device take part in time."""
        cdef void *grown = realloc(self.table, (self.count + 1) * sizeof(PyObject *))
        if grown == NULL:
            raise MemoryError
        self.table = <PyObject **> grown
        self.table[self.count] = <PyObject *> device
        self.parts.append(device)
        self.count += 1
        self.due = self.now                # ask it for its events before the next cycle
        return 0

    cdef int refuse(self) except -1:
        raise BusyError("the machine is in the middle of a run, of another thread or the one that has called this device; "
                        "wait for its end, or give each thread a machine of its own")

    cdef void plan(self) noexcept nogil:
        """Asks every device for its next event."""
        cdef tick_t due = NEVER
        cdef tick_t event
        cdef int i
        for i in range(self.count):
            event = (<Device> self.table[i]).next_event()
            if event < due:
                due = event
        self.due = due

    cdef void dispatch(self, tick_t now) noexcept nogil:
        """Lets every event up to and at `now` happen, in the order of time, each with `self.now` at its own tick."""
        cdef tick_t due
        cdef int i
        while self.due <= now:
            due = self.due
            if due > self.now:
                self.now = due
            for i in range(self.count):
                if (<Device> self.table[i]).next_event() <= due:
                    (<Device> self.table[i]).run_to(due)
            self.plan()
            if self.due <= due:            # a device that does not advance would hold the whole machine
                self.due = due + 1
        self.now = now

    cdef void catch_up(self, tick_t now) noexcept nogil:
        """Brings every device to `now`, events included."""
        cdef int i
        self.dispatch(now)
        for i in range(self.count):
            if (<Device> self.table[i]).last < now:
                (<Device> self.table[i]).run_to(now)
        self.plan()

    cdef int sync(self, State state) except -1:
        return state.i64("now", &self.now)
