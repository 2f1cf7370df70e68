"""Devices written in Python."""

from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device, Wire
from retrovm.core.types cimport tick_t


cdef class PythonDevice(Device):
    cdef dict methods                 # not state: what the subclass defines
    cdef public object clock          # not state: the clock of the machine that this device was added to
    cdef readonly BaseException fault  # not state: what a method raised in a run; the run raises it

    cdef void fail(self, BaseException error) noexcept
    cdef tick_t ask_next_event(self)
