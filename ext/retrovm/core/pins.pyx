"""The lines of a parallel port, and the parts at both of their ends.

A chip with a port makes a `Pins`; what is wired to the port is attached to it: a display, a card, another chip, the host.
Each part says which lines it drives, and to which levels. The level of a line is

    0   while anyone drives it low, also against others
    1   otherwise, while anyone drives it high
        otherwise that of its pull-up or pull-down resistor
        otherwise what it had: a line with a bus holder, or its own capacitance

In C, for a part that is a `Device`:

    slot = pins.attach(self, group)              once; `group` is the part's own name for these lines, any number
    pins.drive(slot, driven, levels, now)        when its outputs change: all of them at once, in the cycle `now`
    pins_changed(group, levels, driven, now)     is called in the part when others have changed a line
    pins.levels, pins.driven                     may be read at any time

`now` is the tick of a cycle: that of the access, at whose end the lines change; or, where a chip changes them by itself, which
is an event of it at that tick, the first one that sees them changed. A part brings itself up to `now` in `pins_changed` before
it looks at what has changed, and says `clock.expect(event)` if its next event moves; it may drive lines from there. Parts are
told once the lines have settled, so that one may be called again with levels that it knows: it compares with those that it saw
last.

The chip that makes a `Pins` visits it in its `sync`, and with it what every part drives there.
"""

from retrovm.core.errors import ArgumentError

cdef enum:
    HOST = 0                   # the slot of the host
    ROUNDS = 64                # of telling parts what other parts have changed when they were told


cdef class Pins:
    """Up to 32 lines.

    Parameters
        clock       of the machine
        name        how errors call the port
        names       of the lines, from bit 0 on: ("pa0", "pa1", ...)
        pull_ups    the lines with a pull-up resistor, a bit each; None: all of them
        pull_downs  those with a pull-down
    The host reads a line as `pins["pa0"]`, drives it with `pins["pa0"] = True` and lets it go with `pins["pa0"] = None`.
    """

    def __init__(self, Clock clock not None, str name, names, *, pull_ups=None, pull_downs=0):
        super().__init__()
        self.clock = clock
        self.name = name
        self.names = tuple(names)
        if not 0 < len(self.names) <= 32 or len(set(self.names)) < len(self.names):
            raise ArgumentError(f"{name}: a port has 1 to 32 lines, each with a name of its own, not {self.names}")
        self.mask = (1 << len(self.names)) - 1
        self.parts = [None]
        self.count = 1
        self.pull(self.mask & ~pull_downs if pull_ups is None else pull_ups, pull_downs)
        self.power_on(clock.now)

    def __repr__(self):
        return f"<Pins {self.name!r}: {', '.join(f'{line}={int(self[line])}' for line in self.names)}>"

    # --- parts --------------------------------------------------------------------------------------------------------

    cdef int attach(self, Device part, int group) except -1:
        """Lets a part take part, which drives nothing yet. Returns its slot for `drive`."""
        if self.count == PINS_PARTS:
            raise ArgumentError(f"{self.name}: {PINS_PARTS - 1} parts are attached already, as many as it takes")
        self.parts.append(part)
        self.part[self.count] = <PyObject *> part
        self.group[self.count] = group
        self.count += 1
        return self.count - 1

    cdef void drive(self, int slot, uint32_t driven, uint32_t levels, tick_t now) noexcept nogil:
        """From now on this part drives these lines to these levels, and no others."""
        cdef uint32_t before = self.levels
        cdef uint32_t before_driven = self.driven
        driven = driven & self.mask
        levels = levels & driven
        if self.out_driven[slot] == driven and self.out_levels[slot] == levels:
            return
        self.out_driven[slot] = driven
        self.out_levels[slot] = levels
        self.resolve()
        if self.levels != before or self.driven != before_driven:
            self.tell(slot, now)

    cdef void others(self, int slot, uint32_t *driven, uint32_t *levels) noexcept nogil:
        """What all parts but one drive."""
        cdef uint32_t high = 0
        cdef uint32_t low = 0
        cdef int i
        for i in range(self.count):
            if i != slot:
                high = high | self.out_levels[i] & self.out_driven[i]
                low = low | self.out_driven[i] & ~self.out_levels[i]
        driven[0] = high | low
        levels[0] = high & ~low

    cdef void resolve(self) noexcept nogil:
        cdef uint32_t high
        self.others(-1, &self.driven, &high)
        self.levels = high | (self.pull_ups | self.levels & ~self.pull_downs) & ~self.driven

    cdef void tell(self, int but, tick_t now) noexcept nogil:
        """Tells every part, or every one but that which has made the change, what the lines are now.

        A part may drive lines when it hears of it. That is told in a further round, to all: nobody is called within its own
        call by these lines. Parts that never agree are left alone after a number of rounds.
        """
        cdef int i, _
        self.changed = True
        if self.settling:
            return
        self.settling = True
        for _ in range(ROUNDS):
            self.changed = False
            for i in range(1, self.count):
                if i != but:
                    (<Device> self.part[i]).pins_changed(self.group[i], self.levels, self.driven, now)
            but = -1
            if not self.changed:
                break
        self.settling = False

    # --- the host -----------------------------------------------------------------------------------------------------

    cdef uint32_t bits(self, object name) except 0:
        if name not in self.names:
            raise ArgumentError(f"{self.name} has no line {name!r}; it has {', '.join(self.names)}")
        return <uint32_t> 1 << <int> self.names.index(name)

    def __getitem__(self, name):
        """The level of a line: True for high. Raises `ArgumentError` for a line that is not there."""
        return bool(self.levels & self.bits(name))

    def __setitem__(self, name, level):
        """Drives a line high or low from the host's side; None lets it go."""
        cdef uint32_t bit = self.bits(name)
        driven = self.out_driven[HOST] & ~bit | (0 if level is None else bit)
        self.set(driven, self.out_levels[HOST] & ~bit | (bit if level else 0))

    def set(self, driven, levels):
        """The host drives the lines whose bits are set in `driven` to `levels`, and lets go of all others."""
        if not 0 <= driven <= self.mask or not 0 <= levels <= self.mask:
            raise ArgumentError(f"{self.name}: lines are bits of ${self.mask:X}, not ${driven:X} to ${levels:X}")
        self.clock.begin()
        try:
            self.clock.dispatch(self.clock.now)
            self.drive(HOST, driven, levels, self.clock.now)
            self.clock.plan()
        finally:
            self.clock.end()

    def pull(self, up=0, down=0):
        """Adds pull-up and pull-down resistors, a bit for each line; a line has one of them, the one that came last."""
        if not 0 <= up <= self.mask or not 0 <= down <= self.mask or up & down:
            raise ArgumentError(f"{self.name}: a line of ${self.mask:X} is pulled up or down, not ${up:X} up and ${down:X} down")
        self.pull_ups = self.pull_ups & ~<uint32_t> down | <uint32_t> up
        self.pull_downs = self.pull_downs & ~<uint32_t> up | <uint32_t> down
        self.resolve()

    cdef void power_on(self, tick_t now) noexcept nogil:
        """Lines forget what they held; without a resistor they are high. What parts drive stays."""
        cdef uint32_t before = self.levels
        self.levels = self.mask
        self.resolve()
        if self.levels != before:
            self.tell(-1, now)

    # --- state --------------------------------------------------------------------------------------------------------

    cdef int sync(self, State state, str key) except -1:
        state.u32(f"{key}_levels", &self.levels, self.mask)
        state.field(f"{key}_out_driven", b"u", self.out_driven, 4, self.count, self.mask)
        state.field(f"{key}_out_levels", b"u", self.out_levels, 4, self.count, self.mask)
        if state.loading:
            self.resolve()
        return 0


cdef class Cable(Device):
    """`Cable(name, one, other)`: joins the lines of two ports, bit by bit: two chips that talk to each other.

    Each end drives what the parts at the other end drive. It joins the lower lines if one port has more than the other.
    """

    def __init__(self, str name, Pins one not None, Pins other not None):
        super().__init__(name)
        if one is other:
            raise ArgumentError(f"{name}: a cable joins two ports, and {one.name} is at both of its ends")
        self.one = one
        self.other = other
        self.one_slot = one.attach(self, 0)
        self.other_slot = other.attach(self, 1)
        self.pins_changed(0, one.levels, one.driven, one.clock.now)
        self.pins_changed(1, other.levels, other.driven, other.clock.now)

    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil:
        # What the cable itself drives at an end does not come back to the other, or no line would ever be let go.
        if group == 0:
            self.one.others(self.one_slot, &driven, &levels)
            self.other.drive(self.other_slot, driven, levels, now)
        else:
            self.other.others(self.other_slot, &driven, &levels)
            self.one.drive(self.one_slot, driven, levels, now)
