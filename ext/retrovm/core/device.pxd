"""What every part of a machine is: something that answers on a bus, lets time pass and has state."""

from retrovm.core.state cimport State
from retrovm.core.types cimport NEVER, Access, tick_t
from libc.stdint cimport uint8_t, uint32_t


cdef class Device:
    cdef readonly str name            # not state: wiring
    cdef tick_t last
    """Has been run up to here. NEVER for a device in which time changes nothing: it is not caught up and has no events."""
    cdef tick_t idle_until            # not state: derived
    """Before this tick nothing happens by itself, so the bus calls neither `run_to`, which would only set `last`, nor
    `next_event`. 0 in a device that leaves this to the bus; one that sets it tells `clock.expect` its next event."""

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil
    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil
    cdef uint8_t peek(self, uint32_t addr) noexcept nogil
    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil
    cdef void run_to(self, tick_t now) noexcept nogil
    cdef tick_t next_event(self) noexcept nogil
    cdef void pin_changed(self, int pin, bint asserted) noexcept nogil
    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil
    cdef void begin_frame(self) noexcept nogil
    cdef void end_frame(self, tick_t now, bint render) noexcept nogil
    cdef void reset(self, bint power_on) noexcept nogil
    cdef int sync(self, State state) except -1
    cdef int restored(self) except -1


cdef class Wire:
    """An open-collector line: low, that is asserted, while any of its drivers pulls it."""

    cdef uint32_t drivers
    cdef int taken                    # not state: wiring, how many drivers it has
    cdef Device sink                  # not state: wiring
    cdef int pin                      # not state: wiring
    cdef uint32_t driver(self) except 0
    cdef int sync(self, State state, str key) except -1

    cdef inline void drive(self, uint32_t driver, bint asserted) noexcept nogil:
        cdef uint32_t before = self.drivers
        self.drivers = before | driver if asserted else before & ~driver
        if (before != 0) != (self.drivers != 0):
            self.sink.pin_changed(self.pin, self.drivers != 0)
