"""RAM that records what comes to it through the device interface."""

from retrovm.core.bus cimport Tracer
from retrovm.core.clock cimport Clock
from retrovm.core.memory cimport Memory


cdef class RecordingMemory(Memory):
    cdef readonly Tracer tracer       # not state: it belongs to whoever reads it
    cdef readonly Clock clock         # not state: the machine's, which saves it
