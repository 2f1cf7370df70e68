"""Devices written in Python: slow, and whole.

    class Dice(retrovm.PythonDevice):
        def read(self, addr):
            return 4

Any of these may be defined; each has the meaning of the method of the same name in `retrovm.core.device`:

    read(addr) -> int             write(addr, value)           peek(addr) -> int
    run_to(now)                   next_event() -> int | None   pin_changed(pin, asserted)
    pins_changed(group, levels, driven, now)
    begin_frame()                 end_frame(now, render)       reset(power_on)
    save() -> bytes               load(data)

What a method raises ends the run after the instruction that goes on, and the run raises it.
"""

from retrovm.core.pins cimport Pins
from retrovm.core.state cimport State
from retrovm.core.types cimport NEVER, Access
from libc.stdint cimport uint8_t, uint32_t

METHODS = ("read", "write", "peek", "run_to", "next_event", "pin_changed", "pins_changed", "begin_frame", "end_frame", "reset",
           "save", "load")


cdef class Pin:
    """An output of a `PythonDevice`: `pin.drive(True)` asserts the line that it is wired to."""

    cdef Wire wire
    cdef uint32_t bit

    def drive(self, bint asserted):
        self.wire.drive(self.bit, asserted)


cdef class Plug:
    """What a `PythonDevice` drives on the lines of a port."""

    cdef Pins pins
    cdef int slot

    def drive(self, uint32_t driven, uint32_t levels):
        """Drives the lines whose bits are set in `driven` to `levels`, and lets go of all others."""
        self.pins.drive(self.slot, driven, levels, self.pins.clock.now)


cdef class PythonDevice(Device):
    """Subclass this in Python. `name` is how errors, snapshots and `machine.devices` call the device."""

    def __init__(self, str name=""):
        super().__init__(name)
        self.methods = {method: getattr(self, method) for method in METHODS if hasattr(self, method)}
        if "run_to" in self.methods or "next_event" in self.methods:
            self.last = 0

    @property
    def now(self):
        """The tick up to which this device has been run."""
        return self.clock.ticks if self.last == NEVER and self.clock is not None else self.last

    def output(self, Wire wire not None):
        """Connects an output to a line, `machine.cpu.wire(Line.IRQ)` for one, and returns its `Pin`."""
        cdef Pin pin = Pin()
        pin.wire = wire
        pin.bit = wire.driver()
        return pin

    def plug(self, Pins pins not None, int group=0):
        """Attaches the device to the lines of a port, `via.port_a` for one, and returns its `Plug`.

        `pins_changed(group, levels, driven, now)` is called when others change a line, with the tick of the cycle.
        """
        cdef Plug plug = Plug()
        plug.pins = pins
        plug.slot = pins.attach(self, group)
        return plug

    def take_fault(self):
        """What a method raised in the run that has just ended, or None; it is handed over once."""
        fault, self.fault = self.fault, None
        return fault

    cdef void fail(self, BaseException error) noexcept:
        if self.fault is None:
            self.fault = error
        if self.clock is not None:
            (<Clock> self.clock).stop = (<Clock> self.clock).failed = True
            (<Clock> self.clock).wake()

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        with gil:
            try:
                return self.methods["read"](addr) if "read" in self.methods else 0xFF
            except BaseException as error:
                self.fail(error)
                return 0xFF

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        with gil:
            try:
                if "write" in self.methods:
                    self.methods["write"](addr, value)
            except BaseException as error:
                self.fail(error)

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        with gil:
            try:
                return self.methods["peek"](addr) if "peek" in self.methods else 0xFF
            except BaseException as error:
                self.fail(error)
                return 0xFF

    cdef void run_to(self, tick_t now) noexcept nogil:
        with gil:
            try:
                if "run_to" in self.methods:
                    self.methods["run_to"](now)
            except BaseException as error:
                self.fail(error)
            self.last = now

    cdef tick_t next_event(self) noexcept nogil:
        if self.last == NEVER:
            return NEVER
        with gil:
            try:
                return self.ask_next_event()
            except BaseException as error:
                self.fail(error)
                return NEVER

    cdef tick_t ask_next_event(self):
        event = self.methods["next_event"]() if "next_event" in self.methods else None
        return NEVER if event is None else event

    cdef void pin_changed(self, int pin, bint asserted) noexcept nogil:
        with gil:
            try:
                if "pin_changed" in self.methods:
                    self.methods["pin_changed"](pin, bool(asserted))
            except BaseException as error:
                self.fail(error)

    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil:
        if self.last < now:
            self.run_to(now)
        with gil:
            try:
                if "pins_changed" in self.methods:
                    self.methods["pins_changed"](group, levels, driven, now)
            except BaseException as error:
                self.fail(error)

    cdef void begin_frame(self) noexcept nogil:
        with gil:
            try:
                if "begin_frame" in self.methods:
                    self.methods["begin_frame"]()
            except BaseException as error:
                self.fail(error)

    cdef void end_frame(self, tick_t now, bint render) noexcept nogil:
        with gil:
            try:
                if "end_frame" in self.methods:
                    self.methods["end_frame"](now, bool(render))
            except BaseException as error:
                self.fail(error)

    cdef void reset(self, bint power_on) noexcept nogil:
        with gil:
            try:
                if "reset" in self.methods:
                    self.methods["reset"](bool(power_on))
            except BaseException as error:
                self.fail(error)

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        if "save" not in self.methods or "load" not in self.methods:
            return 0
        found = state.blob("data", bytes(self.methods["save"]()))
        if state.loading:
            self.methods["load"](found)
        return 0
