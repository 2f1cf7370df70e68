"""The Hitachi HD44780U dot matrix liquid crystal display controller.

        RS   R/W   what a pulse on E does              DB7 to DB0   an instruction                       takes
       ────────────────────────────────────           ────────────────────────────────────────────────────────
        0     0    writes an instruction               0000 0001    clear display                        1.52 ms
        0     1    reads BF (DB7) and AC               0000 001-    return home                          1.52 ms
        1     0    writes data to DDRAM or CGRAM       0000 01is    entry mode: I/D, S                   37 us
        1     1    reads data from there               0000 1dcb    display control: D, C, B             37 us
                                                       0001 sr--    shift: S/C, R/L                      37 us
        E rises: the chip drives DB if R/W is high     001d nf--    function set: DL, N, F               37 us
        E falls: it takes what the lines were          01aa aaaa    CGRAM address                        37 us
        DB0 to DB3 are not used while DL is 0          1aaa aaaa    DDRAM address                        37 us

    times at 270 kHz; a data write or read takes 37 us, and AC shows the next address 1.5 periods later

Emulated
    All instructions; the interfaces of 8 and 4 bits with the phase of the nibbles, so that both initialisations by
    instruction work from any state; BF and AC with execution times in periods of the oscillator; the data register with
    its prefetch; DDRAM of one and two lines with the wraps of AC and of the display shift; cursor and blinking; CGRAM
    with characters of 5 x 8 and 5 x 10 dots; what each common and segment line shows. The reset at power-on.

Not emulated
    Set-up times, hold times and pulse widths: a machine whose cycles are shorter than 500 ns works here, and may not on a
    desk. The changed contrast of a glass that is driven with another duty factor than it is made for. Effects of an
    instruction on the display show when it begins, not in the course of its execution.

Not in the datasheet, decided here
    - An instruction that comes while BF is 1 is lost, and so is data: "Read Busy Flag and Address" says that it is not
      accepted. Its nibble counts as one all the same: the phase belongs to the interface.
    - With E falling, the lines are taken as they were before this change: data has to be there 80 ns before the edge, and a
      port that changes all of its lines at once keeps no hold time.
    - What is read is sampled when E rises, or R/W or RS change under a high E.
    - Function set after other instructions changes N and F only together with DL, as "Function Set" says. Clear display does
      not count as one of these instructions: programs begin with it. `always_function_set` takes N and F at any time, as many
      chips that are sold for this one do.
    - DDRAM addresses without a cell behind them lose writes and read as $FF; AC counts on through them.
    - Cursor shift leads AC from CGRAM to DDRAM, being the same as a DDRAM address ("Read Data from CG or DDRAM").
    - The instruction 0000 0000 does nothing and takes no time.
    - tADD is 1.5 periods, by the formula at "Address Counter Update"; the table beside it says 4 us.
    - Instructions begin with the edge of E, not with one of the oscillator. Blinking counts periods from power-on.
    - CGRAM holds $00 at power-on, and so does the data register.

Sources: hd44780u, "Function Description" (registers, BF, AC, DDRAM, CGRAM, cursor), "Interfacing to the MPU", "Reset Function",
"Instructions", "Instruction Description", "Initializing by Instruction".
"""

from fractions import Fraction

from libc.string cimport memset

from retrovm.chips import hd44780_cgrom
from retrovm.core.errors import ArgumentError, StateError


cdef enum:
    DB = 0x0FF                 # in `lines`
    RS = 0x100
    RW = 0x200
    E = 0x400

cdef enum:
    LINE_LENGTH = 40           # cells of each line while there are two
    NOWHERE = -1               # for a cell of DDRAM that is not there

SIGNAL_NAMES = ("d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "rs", "rw", "e")
LEVELS = {"low": 0, "high": 1}

WIRINGS = {
    "8-bit": {"rs": "pa5", "rw": "pa6", "e": "pa7", "d0": "pb0", "d1": "pb1", "d2": "pb2", "d3": "pb3", "d4": "pb4",
              "d5": "pb5", "d6": "pb6", "d7": "pb7"},
    "4-bit": {"d4": "pb0", "d5": "pb1", "d6": "pb2", "d7": "pb3", "rs": "pb4", "rw": "pb5", "e": "pb6"},
}

# Periods of the oscillator. hd44780u "Instructions": at 270 kHz these are 1.52 ms, 37 us and, behind it, tADD.
LONG = 410
SHORT = 10
ADDRESS = SHORT + Fraction(3, 2)
# hd44780u "Display On/Off Control": 409.6 ms at 250 kHz.
BLINK = 102_400
# hd44780u "Reset Function".
RESET_SECONDS = Fraction(10, 1000)


cdef class Hd44780(Device):
    """The controller, on the lines of ports or on a bus.

    Parameters
        name        as in every device
        clock       of the machine
        oscillator  fOSC in Hz, exact; 270 kHz is what 91 kOhm give at 5 V
        cgrom       another character generator ROM than A00: 8, 10, 11 or 16 bytes for each of the 256 codes
        always_function_set  whether function set changes N and F at any time
    `connect` wires it to ports. On a bus it has two addresses: A0 is RS, and an access is a pulse on E.
    """

    def __init__(self, str name, Clock clock not None, *, oscillator=270_000, cgrom=None, bint always_function_set=False):
        super().__init__(name)
        frequency = Fraction(oscillator)
        if frequency <= 0:
            raise ArgumentError(f"{name}: an oscillator has a positive frequency in Hz, not {oscillator}")
        period = clock.rate / frequency
        blinks = 1 / (period * BLINK)
        if max(blinks.numerator, blinks.denominator) >= 1 << 31:
            raise ArgumentError(f"{name}: the ratio of oscillator and clock, {1 / period}, has numbers of more than 31 bits; "
                                f"give rates with fewer digits")
        self.clock = clock
        self.cgrom = hd44780_cgrom.A00 if cgrom is None else hd44780_cgrom.cgrom(bytes(cgrom))
        self.rom = self.cgrom
        self.always_function_set = always_function_set
        self.long_time, self.short_time, self.address_time, self.reset_time = (
            -(-ticks // 1) for ticks in (LONG * period, SHORT * period, ADDRESS * period, RESET_SECONDS * clock.rate))
        self.blinks = blinks.numerator
        self.blink_ticks = blinks.denominator
        self.ports = []
        self.slots = []
        self.reset(True)

    # --- wiring ---------------------------------------------------------------------------------------------------------

    def connect(self, ports, wiring):
        """Wires the chip to lines of ports.

        Parameters
            ports   the `Pins` that have these lines
            wiring  signal: line, as in `WIRINGS`; the signals are d0 to d7, rs, rw and e. "low" or "high" in place of a line
                    ties the signal for good. d0 to d3 may be left out, for 4 bits.
        The chip pulls RS, R/W and DB up, as weakly as any resistor. `ArgumentError` says what cannot be wired.
        """
        cdef Pins pins
        cdef int i, slot
        if self.ports:
            raise ArgumentError(f"{self.name}: it is wired already")
        found = self.check(ports, wiring)
        tied = 0
        for i, name in enumerate(SIGNAL_NAMES):
            pins, line = found.get(name, (None, "high"))
            if pins is None:
                tied |= LEVELS[line] << i
                continue
            self.pins[i] = <PyObject *> pins
            self.bits[i] = pins.bits(line)
            if name != "e":
                pins.pull(up=self.bits[i])
            if pins not in self.ports:
                slot = pins.attach(self, len(self.ports))
                self.port[len(self.ports)] = <PyObject *> pins
                self.slot[len(self.ports)] = slot
                self.ports.append(pins)
        self.port_count = len(self.ports)
        self.tied = tied
        self.set_lines(self.gather(), self.clock.now)
        self.put(self.clock.now)

    def check(self, ports, wiring):
        """What `connect` is told as {signal: (pins or None, line)}."""
        wrong = [signal for signal in wiring if signal not in SIGNAL_NAMES]
        missing = [signal for signal in ("rs", "rw", "e", "d4", "d5", "d6", "d7") if signal not in wiring]
        if wrong or missing:
            told = f"has no signal {wrong[0]!r}" if wrong else f"needs its {missing[0]} wired"
            raise ArgumentError(f"{self.name} {told}; its signals are {', '.join(SIGNAL_NAMES)}, of which d0 to d3 may be left out")
        found = {}
        for signal, line in wiring.items():
            there = [pins for pins in ports if line in pins.names]
            if len(there) != 1 and line not in LEVELS:
                lines = ", ".join(name for pins in ports for name in pins.names)
                raise ArgumentError(f"{self.name}: {signal} goes to {line!r}, which {len(there)} of the ports have; "
                                    f"a signal goes to one line ({lines}), or is low or high")
            if line not in LEVELS and (there[0], line) in found.values():
                raise ArgumentError(f"{self.name}: two signals go to {line!r}")
            found[signal] = (None if line in LEVELS else there[0], line)
        return found

    cdef uint16_t gather(self) noexcept nogil:
        """The levels of all signals as they are now."""
        cdef uint32_t lines = self.tied
        cdef int i
        for i in range(SIGNALS):
            if self.pins[i] != NULL and (<Pins> self.pins[i]).levels & self.bits[i]:
                lines = lines | <uint32_t> 1 << i
        return <uint16_t> lines

    cdef void put(self, tick_t now) noexcept nogil:
        """Drives DB, or lets go of it."""
        cdef uint32_t driven, levels
        cdef uint32_t mine = 0
        cdef int i, n
        if self.lines & (E | RW) == E | RW:
            mine = 0xFF if self.wide else 0xF0
        for n in range(self.port_count):
            driven = 0
            levels = 0
            for i in range(8):
                if mine >> i & 1 and self.pins[i] == self.port[n]:
                    driven = driven | self.bits[i]
                    if self.out >> i & 1:
                        levels = levels | self.bits[i]
            (<Pins> self.port[n]).drive(self.slot[n], driven, levels, now)
        if self.port_count:
            self.lines = self.gather()         # of what the chip does itself, ports do not tell it

    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil:
        cdef uint16_t lines = self.gather()
        if lines != self.lines:
            self.set_lines(lines, now)
            self.put(now)

    # --- interface ------------------------------------------------------------------------------------------------------

    cdef void set_lines(self, uint16_t lines, tick_t now) noexcept nogil:
        """The signals have these levels from the tick `now` on."""
        cdef uint16_t before = self.lines
        self.lines = lines
        if before & E and not lines & E:
            self.fall(before, now)
        if lines & (E | RW) == E | RW and (before ^ lines) & (E | RW | RS):
            self.out = self.output(lines & RS != 0, now)

    cdef uint8_t output(self, bint rs, tick_t now) noexcept nogil:
        """What a read gives now: the byte, or the nibble whose turn it is."""
        cdef uint8_t value = self.dr
        if not rs:
            value = self.shown_address(now) | <uint8_t> (0x80 if now < self.busy_until else 0)
        if self.wide:
            return value
        return <uint8_t> (value << 4) | 0x0F if self.second else value | 0x0F

    cdef void fall(self, uint16_t lines, tick_t now) noexcept nogil:
        """The falling edge of E, with the levels before it."""
        cdef bint rw = lines & RW != 0
        cdef uint8_t data = <uint8_t> (lines & DB)
        if not self.wide:
            self.second = not self.second
            if self.second:
                if not rw:
                    self.high = data & 0xF0
                return
            data = self.high | data >> 4
        if now >= self.busy_until:
            self.execute(lines & RS != 0, rw, data, now)

    cdef uint8_t shown_address(self, tick_t now) noexcept nogil:
        return self.ac_before if now < self.ac_at else self.ac

    # --- bus ------------------------------------------------------------------------------------------------------------

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        cdef uint16_t rs = RS if addr & 1 else 0
        self.set_lines(E | RW | rs, self.clock.now)
        self.set_lines(RW | rs, self.clock.now)
        return self.out

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        cdef uint16_t rs = RS if addr & 1 else 0
        self.set_lines(E | rs | value, self.clock.now)
        self.set_lines(rs | value, self.clock.now)

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        return self.output(addr & 1, self.clock.now)

    # --- instructions ---------------------------------------------------------------------------------------------------

    cdef void execute(self, bint rs, bint rw, uint8_t data, tick_t now) noexcept nogil:
        """What a pulse on E has brought, with BF 0."""
        cdef tick_t time = self.short_time
        if not rs and (rw or not data):
            return
        self.changed = True
        self.ac_before = self.ac
        self.ac_at = now
        if rs:
            if not rw:
                self.write_data(data)
            self.step(self.increment)
            if rw:
                self.fetch()
            self.ac_at = now + self.address_time
        else:
            self.instruct(data, now)
            if data < 0x04:
                time = self.long_time
        if rs or (data != 0x01 and (data >= 0x40 or data < 0x20)):
            self.function_open = False
        self.busy_until = now + time

    cdef void instruct(self, uint8_t data, tick_t now) noexcept nogil:
        if data & 0x80:
            self.go_to(data & 0x7F, False)
            self.fetch()
        elif data & 0x40:
            self.go_to(data & 0x3F, True)
            self.fetch()
        elif data & 0x20:
            self.function_set(data)
        elif data & 0x10:
            if data & 0x08:
                self.shift_display(not data & 0x04)
            else:
                self.in_cgram = False
                self.step(data & 0x04 != 0)
                self.fetch()
        elif data & 0x08:
            self.display = data & 0x04 != 0
            self.cursor = data & 0x02 != 0
            self.blink = data & 0x01 != 0
        elif data & 0x04:
            self.increment = data & 0x02 != 0
            self.shifting = data & 0x01 != 0
        else:
            if data & 0x02 == 0:
                memset(self.ddram, 0x20, DDRAM_SIZE)
                self.increment = True
            self.go_to(0, False)
            self.shift = 0

    cdef void function_set(self, uint8_t data) noexcept nogil:
        cdef bint wide = data & 0x10 != 0
        if wide != self.wide:
            self.function_open = True
            self.second = False
            self.wide = wide
        if self.function_open or self.always_function_set:
            self.two_lines = data & 0x08 != 0
            self.tall = data & 0x04 != 0
            if self.two_lines:
                self.shift = self.shift % LINE_LENGTH

    cdef void write_data(self, uint8_t data) noexcept nogil:
        cdef int at
        self.dr = data
        if self.in_cgram:
            self.cgram[self.ac] = data
            return
        at = self.cell(self.ac)
        if at != NOWHERE:
            self.ddram[at] = data
        if self.shifting:
            self.shift_display(self.increment)

    cdef void go_to(self, uint8_t address, bint in_cgram) noexcept nogil:
        self.ac = address
        self.in_cgram = in_cgram

    cdef void step(self, bint up) noexcept nogil:
        """Counts AC."""
        cdef uint8_t ac = self.ac
        if self.in_cgram:
            self.ac = ac + (1 if up else 0x3F) & 0x3F
        elif up:
            if ac == (0x67 if self.two_lines else 0x4F):
                self.ac = 0
            elif ac == 0x27 and self.two_lines:
                self.ac = 0x40
            else:
                self.ac = ac + 1 & 0x7F
        elif ac == 0:
            self.ac = 0x67 if self.two_lines else 0x4F
        elif ac == 0x40 and self.two_lines:
            self.ac = 0x27
        else:
            self.ac = ac - 1

    cdef void fetch(self) noexcept nogil:
        """Brings what AC points to into the data register."""
        cdef int at
        if self.in_cgram:
            self.dr = self.cgram[self.ac]
            return
        at = self.cell(self.ac)
        self.dr = 0xFF if at == NOWHERE else self.ddram[at]

    cdef int cell(self, uint8_t address) noexcept nogil:
        """The cell of DDRAM behind an address."""
        cdef int at = address & 0x3F if self.two_lines else address
        if at >= (LINE_LENGTH if self.two_lines else DDRAM_SIZE):
            return NOWHERE
        return at + LINE_LENGTH if self.two_lines and address & 0x40 else at

    cdef void shift_display(self, bint left) noexcept nogil:
        cdef int length = LINE_LENGTH if self.two_lines else DDRAM_SIZE
        self.shift = <uint8_t> ((self.shift + (1 if left else length - 1)) % length)

    # --- display --------------------------------------------------------------------------------------------------------

    cdef bint blinking(self, tick_t now) noexcept nogil:
        """The half of the time in which the character under the cursor is a block. Split, so that no product overflows."""
        return (now // self.blink_ticks * self.blinks + now % self.blink_ticks * self.blinks // self.blink_ticks) & 1

    cdef int cell_at(self, int com, int position) noexcept nogil:
        """The cell of DDRAM that a common line, from 0 on, shows at a position of five segments."""
        if not self.display:
            return NOWHERE
        if self.two_lines:
            return (position + self.shift) % LINE_LENGTH + (LINE_LENGTH if com >= 8 else 0)
        if com >= (11 if self.tall else 8):
            return NOWHERE
        return (position + self.shift) % DDRAM_SIZE

    cdef uint8_t dots(self, int com, int position, tick_t now) noexcept nogil:
        """The five dots that a common line shows at a position, the left one in bit 4."""
        cdef int at = self.cell_at(com, position)
        cdef int row = com & 7 if self.two_lines else com
        cdef bint tall = self.tall and not self.two_lines
        cdef uint8_t code
        if at == NOWHERE:
            return 0
        if at == self.cell(self.shown_address(now)):
            if (self.cursor and row == (10 if tall else 7)) or (self.blink and self.blinking(now)):
                return 0x1F
        code = self.ddram[at]
        if code >= 0x10:
            return self.rom[code * 16 + row]
        # hd44780u "Relationship between CGRAM Addresses, Character Codes (DDRAM) and Character Patterns"
        return self.cgram[(code & 6) << 3 | row if tall else (code & 7) << 3 | row] & 0x1F

    @property
    def ddram_bytes(self):
        """The 80 bytes of DDRAM: a line of 80, or two of 40."""
        return bytes(self.ddram[:DDRAM_SIZE])

    @property
    def cgram_bytes(self):
        """The 64 bytes of CGRAM."""
        return bytes(self.cgram[:CGRAM_SIZE])

    @property
    def address(self):
        """The address counter, as it shows now: 0 to $7F."""
        return self.shown_address(self.clock.now)

    @property
    def is_busy(self):
        """BF."""
        return self.clock.now < self.busy_until

    @property
    def display_shift(self):
        """How many cells the display is shifted to the left."""
        return self.shift

    # --- state ----------------------------------------------------------------------------------------------------------

    cdef void reset(self, bint power_on) noexcept nogil:
        """hd44780u "Reset Function". The chip has no reset line."""
        if not power_on:
            return
        memset(self.ddram, 0x20, DDRAM_SIZE)
        memset(self.cgram, 0, CGRAM_SIZE)
        self.go_to(0, False)
        self.ac_before = 0
        self.ac_at = 0
        self.dr = 0
        self.shift = 0
        self.wide = True
        self.two_lines = False
        self.tall = False
        self.function_open = True
        self.display = False
        self.cursor = False
        self.blink = False
        self.increment = True
        self.shifting = False
        self.second = False
        self.high = 0
        self.busy_until = self.reset_time
        # Whether the ports are reset before or after this chip, E that is high now was high at power-on.
        self.lines = self.gather() if self.port_count else 0
        self.out = self.output(self.lines & RS != 0, 0)
        self.put(0)
        self.changed = True

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        state.u16("lines", &self.lines, E | RW | RS | DB)
        state.u8("out", &self.out)
        state.flag("second", &self.second)
        state.u8("high", &self.high, 0xF0)
        state.i64("busy_until", &self.busy_until)
        state.u8("ac", &self.ac, 0x7F)
        state.u8("ac_before", &self.ac_before, 0x7F)
        state.i64("ac_at", &self.ac_at)
        state.flag("in_cgram", &self.in_cgram)
        state.u8("dr", &self.dr)
        state.flag("increment", &self.increment)
        state.flag("shifting", &self.shifting)
        state.flag("display", &self.display)
        state.flag("cursor", &self.cursor)
        state.flag("blink", &self.blink)
        state.flag("wide", &self.wide)
        state.flag("two_lines", &self.two_lines)
        state.flag("tall", &self.tall)
        state.flag("function_open", &self.function_open)
        state.u8("shift", &self.shift, DDRAM_SIZE - 1)
        state.block("ddram", self.ddram, DDRAM_SIZE)
        return state.block("cgram", self.cgram, CGRAM_SIZE)

    cdef int restored(self) except -1:
        cdef tick_t now = self.clock.now
        if self.two_lines and self.shift >= LINE_LENGTH:
            raise StateError(f"{self.name}.shift: a line of {LINE_LENGTH} cells cannot be shifted by {self.shift}")
        if self.in_cgram and self.ac >= CGRAM_SIZE:
            raise StateError(f"{self.name}.ac: CGRAM has no address ${self.ac:02X}")
        for key, at in (("busy_until", self.busy_until), ("ac_at", self.ac_at)):
            if not 0 <= at <= now + max(self.long_time, self.reset_time):
                raise StateError(f"{self.name}.{key}: nothing lasts until {at} that began before {now}")
        self.changed = True
        return 0
