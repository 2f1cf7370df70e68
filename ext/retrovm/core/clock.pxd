"""Time: the exact master rate, the tick that it is, and the next tick at which anything may happen."""

from cpython.object cimport PyObject
from retrovm.core.device cimport Device
from retrovm.core.state cimport State
from retrovm.core.types cimport NEVER, give_back, take, tick_t, unlikely


cdef class Clock:
    cdef readonly object rate         # not state: wiring
    cdef tick_t now
    cdef tick_t due                   # not state: derived, every device is asked after a load
    """No device pulls a line before this tick. May be early, never late; not state: asked for anew after a load."""
    cdef bint stop                    # not state: only within a run
    """Set by a device to end the run after the instruction that goes on."""
    cdef bint failed                  # not state: only within a run
    """Set with `stop` by a device that cannot go on: not even the rest of a wait within that instruction counts then."""
    cdef int running                  # not state: only within a run
    cdef list parts                   # not state: wiring
    cdef PyObject **table             # not state: wiring
    cdef int count                    # not state: wiring

    cdef int add(self, Device device) except -1
    cdef int refuse(self) except -1
    cdef inline int begin(self) except -1:
        """Takes the machine for something that nothing else may happen during. Raises `BusyError` when it is taken."""
        if not take(&self.running):
            self.refuse()
        return 0
    cdef inline void end(self) noexcept nogil:
        """Gives it back."""
        give_back(&self.running)
    cdef void plan(self) noexcept nogil
    cdef inline void wake(self) noexcept nogil:
        """Ends what goes on without asking anyone: something has changed, and the present tick has to be looked at."""
        if self.due > self.now:
            self.due = self.now
    cdef inline void expect(self, tick_t event) noexcept nogil:
        """A device has an event at this tick."""
        if unlikely(event < self.due):
            self.due = event
    cdef void dispatch(self, tick_t now) noexcept nogil
    cdef void catch_up(self, tick_t now) noexcept nogil
    cdef int sync(self, State state) except -1
