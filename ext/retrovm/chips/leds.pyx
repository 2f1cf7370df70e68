"""LEDs on the lines of ports, each with a resistor.

    lit_by="high"     line ──[ R ]──▷|── GND          lit_by="low"     +5 V ──[ R ]──▷|── line

Emulated
    An LED is lit while somebody drives its line to that level; a pull-up alone does not light it. How long it was lit is
    counted in every frame, so that one that a program switches faster than frames change is seen half bright.

Not emulated
    Currents: an LED does not change the level of its line.
"""

from retrovm.core.errors import ArgumentError, StateError
from retrovm.core.pins cimport Pins
from retrovm.core.state cimport State
from libc.string cimport memset


cdef class Leds(Device):
    """LEDs on lines.

    Parameters
        name     as in every device
        clock    of the machine
        leds     {its name: its colour, 0xRRGGBB}, up to 32
        lines    {its name: (pins, "pb0")}; an LED without a line stays dark
        lit_by   "high" or "low"
    """

    def __init__(self, str name, Clock clock not None, leds, lines, *, str lit_by="high"):
        cdef Pins pins
        super().__init__(name)
        if lit_by not in ("low", "high"):
            raise ArgumentError(f"{name}: an LED is lit by low or high, not by {lit_by!r}")
        if not 0 < len(leds) <= MOST_LEDS:
            raise ArgumentError(f"{name}: a row of LEDs has 1 to {MOST_LEDS}, not {len(leds)}")
        self.clock = clock
        self.names = tuple(leds)
        self.colours = tuple(leds.values())
        self.lit_by = lit_by
        self.high = lit_by == "high"
        self.ports = []
        for led, (pins, line) in lines.items():
            i = self.index(led)
            self.pins[i] = <PyObject *> pins
            self.bits[i] = pins.bits(line)
            if pins not in self.ports:
                pins.attach(self, len(self.ports))
                self.ports.append(pins)
        self.on = self.gather()

    def __repr__(self):
        return f"<Leds {self.name!r}: {', '.join(f'{led}={int(self[led])}' for led in self.names)}>"

    cdef int index(self, object name) except -1:
        if name not in self.names:
            raise ArgumentError(f"{self.name} has no LED {name!r}; it has {', '.join(self.names)}")
        return self.names.index(name)

    cdef uint32_t gather(self) noexcept nogil:
        """Those whose lines light them now."""
        cdef uint32_t found = 0
        cdef int i
        for i in range(MOST_LEDS):
            if self.pins[i] == NULL or not (<Pins> self.pins[i]).driven & self.bits[i]:
                continue
            if ((<Pins> self.pins[i]).levels & self.bits[i] != 0) == self.high:
                found = found | <uint32_t> 1 << i
        return found

    cdef void advance(self, tick_t now) noexcept nogil:
        """Counts the time up to now."""
        cdef int i
        if self.on:
            for i in range(MOST_LEDS):
                if self.on >> i & 1:
                    self.lit_for[i] = self.lit_for[i] + now - self.since
        self.since = now

    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil:
        cdef uint32_t on = self.gather()
        if on != self.on:
            self.advance(now)
            self.on = on

    cdef void end_frame(self, tick_t now, bint render) noexcept nogil:
        cdef tick_t whole = now - self.frame_start
        cdef int i
        self.advance(now)
        for i in range(MOST_LEDS):
            self.level[i] = <uint8_t> (self.lit_for[i] * 255 // whole) if whole > 0 else 0
            self.lit_for[i] = 0
        self.frame_start = now

    # --- what the host sees ---------------------------------------------------------------------------------------------

    def __getitem__(self, name):
        """Whether an LED is lit now. Raises `ArgumentError` for one that is not there."""
        return bool(self.on >> self.index(name) & 1)

    @property
    def lit(self):
        """The names of those that are lit now."""
        return tuple(name for i, name in enumerate(self.names) if self.on >> <int> i & 1)

    def brightness(self, name):
        """The part of the last whole frame for which an LED was lit, from 0.0 to 1.0, in steps of 1/255."""
        return self.level[self.index(name)] / 255.0

    # --- state ----------------------------------------------------------------------------------------------------------

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on:
            self.on = self.gather()
            self.since = 0
            self.frame_start = 0
            memset(self.lit_for, 0, sizeof(self.lit_for))
            memset(self.level, 0, sizeof(self.level))

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        state.u32("on", &self.on)
        state.i64("since", &self.since)
        state.i64("frame_start", &self.frame_start)
        state.field("lit_for", b"i", self.lit_for, 8, MOST_LEDS, 0x7FFFFFFFFFFFFFFF)
        return state.block("level", self.level, MOST_LEDS)

    cdef int restored(self) except -1:
        cdef tick_t now = self.clock.now
        if not 0 <= self.frame_start <= self.since <= now:
            raise StateError(f"{self.name}: its frame cannot have begun at {self.frame_start} and its LEDs have changed at "
                             f"{self.since} when it is {now}")
        for i in range(MOST_LEDS):
            if not 0 <= self.lit_for[i] <= now - self.frame_start:
                raise StateError(f"{self.name}: an LED cannot have been lit for {self.lit_for[i]} ticks of a frame that began at "
                                 f"{self.frame_start}")
        return 0
