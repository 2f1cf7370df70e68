"""The I/O port of the MOS 6510."""

from cpython.object cimport PyObject
from retrovm.core.bus cimport Bus
from retrovm.core.device cimport Device, Wire
from retrovm.core.state cimport State
from retrovm.core.types cimport Access, tick_t
from libc.stdint cimport uint8_t, uint32_t


cdef class Mos6510Port(Device):
    cdef readonly uint32_t pull_ups    # not state: wiring, the pins that have one
    cdef readonly object fade_cycles   # not state: wiring
    cdef tick_t fade_ticks             # not state: wiring
    cdef Bus bus                       # not state: wiring, of the processor
    cdef readonly uint32_t ddr
    cdef readonly uint32_t data
    cdef uint32_t charge               # pins that nobody drives and that still hold a 1
    cdef tick_t[8] fades               # the tick at which each of them holds it no longer
    cdef list wires                    # not state: derived, by the wires' own state; others pull a pin low by them
    cdef uint32_t low                  # not state: derived, the pins that are pulled low
    cdef readonly uint32_t levels      # not state: derived, of the pins
    cdef list outputs                  # not state: wiring, keeps alive what `driven` points to
    cdef PyObject *driven[8]           # not state: wiring, the wire that shows the level of a pin to others, or NULL
    cdef uint32_t drivers[8]           # not state: wiring, the port's driver of that wire

    cdef int attach(self, Bus bus, tick_t period) except -1
    cdef void set_direction(self, uint32_t ddr) noexcept nogil
    cdef void update(self) noexcept nogil
