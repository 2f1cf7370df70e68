"""Push buttons on the lines of ports, each with a resistor.

    closes_to="low"      +5 V ──[ R ]──┬── line          closes_to="high"     +5 V ──/ ──┬── line
                                       └──/ ── GND                                       └──[ R ]── GND

Emulated
    A pressed button drives its line, against the resistor that holds it at the other level. The lines may be any of any
    ports: inputs of a 6522, its CA1 as well. The host's buttons are latched at the beginning of a frame, as everywhere, and
    the lines change there.

Not emulated
    Bouncing: a contact here closes once.
"""

from retrovm.core.state cimport State

from retrovm.core.errors import ArgumentError


cdef class PushButtons(Device):
    """Push buttons on lines.

    Parameters
        name       as in every device
        clock      of the machine
        buttons    what the host presses, added to the machine before this part
        lines      {a name in `buttons`: (pins, "pa0")}; a button without a line leads nowhere
        closes_to  "low": to ground; "high": to +5 V
    """

    def __init__(self, str name, Clock clock not None, Buttons buttons not None, lines, *, str closes_to="low"):
        cdef Pins pins
        super().__init__(name)
        if closes_to not in ("low", "high"):
            raise ArgumentError(f"{name}: a button closes to low or high, not to {closes_to!r}")
        self.clock = clock
        self.buttons = buttons
        self.closes_to = closes_to
        self.high = closes_to == "high"
        self.ports = []
        for button, (pins, line) in lines.items():
            if button not in buttons.names:
                raise ArgumentError(f"{name} has no button {button!r}; it has {', '.join(buttons.names)}")
            i = buttons.names.index(button)
            self.pins[i] = <PyObject *> pins
            self.bits[i] = pins.bits(line)
            if self.high:
                pins.pull(down=self.bits[i])
            else:
                pins.pull(up=self.bits[i])
            if pins not in self.ports:
                self.port[self.port_count] = <PyObject *> pins
                self.slot[self.port_count] = pins.attach(self, self.port_count)
                self.ports.append(pins)
                self.port_count += 1

    def __repr__(self):
        return f"<PushButtons {self.name!r}: {', '.join(self.buttons.names)}>"

    cdef void put(self, tick_t now) noexcept nogil:
        """Drives the lines of the buttons that are pressed."""
        cdef uint32_t driven
        cdef int i, n
        for n in range(self.port_count):
            driven = 0
            for i in range(MOST_BUTTONS):
                if self.down >> i & 1 and self.pins[i] == self.port[n]:
                    driven = driven | self.bits[i]
            (<Pins> self.port[n]).drive(self.slot[n], driven, driven if self.high else 0, now)

    cdef void begin_frame(self) noexcept nogil:
        if self.buttons.pressed != self.down:
            self.down = self.buttons.pressed
            self.put(self.clock.now)

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on:
            self.down = self.buttons.live
            self.put(self.clock.now)

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        return state.u64("down", &self.down)
