"""What every part of a machine is: something that answers on a bus, lets time pass and has state.

Addresses are those of the device: the bus subtracts the base and applies the mirror before it calls.
`run_to` and `next_event` are not called at an access before `idle_until`, which a device may set (device.pxd).
Nothing here may raise or touch Python: a run holds no lock on the interpreter. `PythonDevice` is for parts
that are written in Python.

| method       | called                                                   | says                                    |
|--------------|----------------------------------------------------------|-----------------------------------------|
| read, write  | in the cycle of the access, after `run_to` that cycle    |                                         |
| peek, poke   | by debuggers, at any time                                | without any side effect                 |
| run_to       | with every event's own tick, and before every access     | sets `last`                             |
| next_event   | after every access and every event                       | when this device next pulls a line      |
| pin_changed  | by a `Wire` that this device listens to                  | calls `clock.wake()` if its event moves |
| pins_changed | by `Pins` that this device is attached to                | runs itself up to that tick first       |
| begin_frame  | before the first cycle of a frame                        | input is latched                        |
| end_frame    | after the last, when every device was run to the end     | pictures and sound are finished         |
| sync         | to save, check, load and dump                            | every field that is state               |
| restored     | after a load                                             | what is derived from state is rebuilt   |
"""

from retrovm.core.errors import ArgumentError
from libc.stdint cimport uint64_t


cdef class Device:
    """The base of every part. `name` is how errors, snapshots and `machine.devices` call it."""

    def __cinit__(self, *args, **kwargs):
        self.last = NEVER

    def __init__(self, str name=""):
        self.name = name

    def __repr__(self):
        return f"<{type(self).__name__} {self.name!r}>"

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        return 0xFF

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        pass

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        """What a read would give, without its side effects."""
        return 0xFF

    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil:
        """Changes a stored byte without side effects; false where nothing is stored."""
        return False

    cdef void run_to(self, tick_t now) noexcept nogil:
        self.last = now

    cdef tick_t next_event(self) noexcept nogil:
        """The earliest tick at which a line or port of this device may change by itself."""
        return NEVER

    cdef void pin_changed(self, int pin, bint asserted) noexcept nogil:
        pass

    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil:
        """Others have changed lines of a port, in the cycle `now` (retrovm.core.pins)."""

    cdef void begin_frame(self) noexcept nogil:
        pass

    cdef void end_frame(self, tick_t now, bint render) noexcept nogil:
        pass

    cdef void reset(self, bint power_on) noexcept nogil:
        """The reset line (`power_on` false) or the power switch."""

    cdef int sync(self, State state) except -1:
        # NEVER has no field, so no field may be NEVER: the state would change its form.
        if self.last != NEVER:
            state.field("last", b"i", &self.last, 8, 1, <uint64_t> NEVER - 1)
        return 0

    cdef int restored(self) except -1:
        return 0


cdef class Wire:
    """An open-collector line: low, that is asserted, while any of its drivers pulls it.

    `Wire(sink, pin)` tells `sink.pin_changed(pin, asserted)` when the level changes. A device that drives it takes a
    bit by `driver()` once and calls `drive(bit, asserted)`. A wire without a sink leads nowhere.
    """

    def __init__(self, Device sink=None, int pin=0):
        self.sink = Device("nothing") if sink is None else sink
        self.pin = pin

    @property
    def asserted(self):
        return self.drivers != 0

    cdef uint32_t driver(self) except 0:
        if self.taken == 32:
            raise ArgumentError(f"32 devices drive one line of {self.sink.name} already; use a second wire")
        self.taken += 1
        return <uint32_t> 1 << (self.taken - 1)

    cdef int sync(self, State state, str key) except -1:
        return state.u32(key, &self.drivers)
