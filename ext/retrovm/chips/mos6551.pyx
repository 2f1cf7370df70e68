"""The MOS 6551 asynchronous communication interface adapter (ACIA), and WDC's W65C51N by `model`.

             ┌────╮╭────┐
        GND ─┤ 1      28 ├─ R/W
        CS0 ─┤ 2      27 ├─ phi2
       /CS1 ─┤ 3      26 ├─ /IRQ
       /RES ─┤ 4      25 ├─ D7
        RxC ─┤ 5      24 ├─ D6
       XTLI ─┤ 6      23 ├─ D5
       XTLO ─┤ 7      22 ├─ D4
       /RTS ─┤ 8      21 ├─ D3
       /CTS ─┤ 9      20 ├─ D2
        TxD ─┤ 10     19 ├─ D1
       /DTR ─┤ 11     18 ├─ D0
        RxD ─┤ 12     17 ├─ /DSR
        RS0 ─┤ 13     16 ├─ /DCD
        RS1 ─┤ 14     15 ├─ VCC
             └───────────┘

| RS | write             | read    |
|----|-------------------|---------|
| 0  | transmit data     | receive data: RDRF falls |
| 1  | programmed reset  | STATUS: bit 7 and /IRQ are released |
| 2  | COMMAND           | COMMAND |
| 3  | CONTROL           | CONTROL |

| bit | STATUS               | COMMAND                               | CONTROL                               |
|-----|----------------------|---------------------------------------|---------------------------------------|
| 7   | IRQ                  | PMC: 00 odd, 01 even, 10 mark,        | SBN: 1 or 2 stop bits (1.5 for words  |
| 6   | DSR, 1 = not ready   |   11 space                            | WL: 8, 7, 6, 5 bits   of 5, 1 for 8   |
| 5   | DCD, 1 = no carrier  | PME: 1 = a parity bit                 |                        with parity)   |
| 4   | TDRE                 | REM: 1 = receiver echo                | RCS: 1 = receive at the rate of bits  |
| 3   | RDRF                 | TIC: 00 RTS high, transmitter off;    | SBR: the rate                  3 to 0 |
| 2   | overrun              |   01 interrupt, 10 none, 11 break     |                                       |
| 1   | framing error        | IRD: 1 = no receiver interrupt        |                                       |
| 0   | parity error         | DTR: 1 = receiver, interrupts enabled |                                       |

Emulated
    The four registers, hardware and programmed reset. The baud rate generator with all 15 rates and the 16x clock
    on XTLI (SBR = 0), exact and without drift: times are whole counts of the crystal and become ticks by one rounded
    division. Word length, parity and stop bits in the time of a character. Holding and shift registers in both
    directions, overrun, transmitter interrupts at every word time while nothing is sent, echo, flow control by RTS,
    DTR and CTS, and the interrupts of DSR and DCD with their latch. Of the W65C51N: TDRE is 1 whatever is written,
    data goes into the shift register at once, also over a character that is on its way, and TIC 01 interrupts
    without end.

Not emulated
    Single bits: a character is an event at its start, in the middle of its first stop bit when it is received, and
    at its end. CONTROL and the parity bits of COMMAND act on the next character. A character cut off by CTS, by
    TIC 00 or by reset does not reach the host, and neither does a break. In echo mode the host gets a character when
    the received one ends, half a bit earlier than on the wire. RxC is not connected: with RCS = 0 nothing is
    received. The host sends with the rate and format set here, so that parity and framing errors come from `inject`
    alone. False start bits.

Not in the datasheet, decided here
    The divider counts from power-on, and a character begins with a whole 16x clock. An interrupt that is pending
    stays so when DTR goes high. TIC 01 on an idle transmitter requests its first interrupt with the next 16x clock.
    TIC 00 cuts off the character on the line. A W65C51N that is loaded too early sends the new character in the
    time of the old one, which is lost; a real one sends a mixture of both.

Sources: mos6551, "Pin description" and "Internal organization" (registers, reset values); r6551, "Operation"
(continuous transmit and receive, underrun, overrun, echo, effects of CTS and DCD); w65c51n (the differences).
"""

from fractions import Fraction

from retrovm.core.types cimport NEVER

from retrovm.core.errors import ArgumentError, StateError


cdef enum Register:
    DATA = 0
    STATUS = 1
    COMMAND = 2
    CONTROL = 3

cdef enum StatusBit:
    PARITY_ERROR = 0x01
    FRAMING_ERROR = 0x02
    OVERRUN = 0x04
    ERRORS = 0x07
    RDRF = 0x08
    TDRE = 0x10
    DCD = 0x20
    DSR = 0x40
    MODEM = 0x60
    IRQ = 0x80

cdef enum CommandBit:
    DTR = 0x01
    IRD = 0x02
    TIC = 0x0C
    TIC_OFF = 0x00
    TIC_IRQ = 0x04
    TIC_BREAK = 0x0C
    REM = 0x10
    PME = 0x20
    PARITY = 0xE0

cdef enum ControlBit:
    SBR = 0x0F
    RCS = 0x10
    SBN = 0x80

cdef enum:
    CTS = 0x01                # in `inputs`, beside DSR and DCD at their places in STATUS

cdef enum:
    IDLE = 0
    WAIT = 1                  # for the next edge of the 16x clock
    SHIFT = 2                 # a character, to its end or to the point where it is received
    STOP = 3                  # receiver: the rest of the character

# mos6551 "Control register": what the crystal is divided by for the 16x clock. 0 is the external clock itself.
cdef uint32_t *DIVISORS = [1, 2304, 1536, 1048, 856, 768, 384, 192, 96, 64, 48, 32, 24, 16, 12, 6]

cdef dict TDRE_IS_STUCK = {"6551": False, "w65c51n": True}

cdef int64_t LONGEST = 2304 * 16 * 12


cdef class Mos6551(Device):
    """A serial port between a bus and a `Serial` line.

    Parameters
        name     as in every device
        clock    of the machine
        port     the host's end of the line
        irq      the wire that /IRQ pulls; None leaves the pin open
        crystal  the clock on XTLI in Hz, exact; at most 16 times the clock of the machine
        model    "6551", or "w65c51n", whose TDRE is stuck: its programs wait for the time of a character instead
        carrier  /DCD is wired to the carrier of the line: high while the host's end has no client. Without, it is tied low, as
                 on most boards, where a change would only interrupt programs that do not expect it
    Map it with `mirror=4` where its page is larger than its four registers.
    """

    def __init__(self, str name, Clock clock not None, Serial port not None, Wire irq=None, crystal=1_843_200,
                 str model="6551", bint carrier=False):
        super().__init__(name)
        if model not in TDRE_IS_STUCK:
            raise ArgumentError(f"{name}: there is no model {model!r}; it is one of {', '.join(TDRE_IS_STUCK)}")
        self.tdre_is_stuck = TDRE_IS_STUCK[model]
        ratio = Fraction(crystal) / clock.rate
        if not 0 < ratio <= 16:
            raise ArgumentError(f"{name}: a crystal of {crystal} Hz beside a clock of {clock.rate} Hz; "
                                f"it is above 0 and at most 16 times the clock")
        if ratio.numerator >= 1 << 31 or ratio.denominator >= 1 << 31:
            raise ArgumentError(f"{name}: the ratio of crystal and clock, {ratio}, has numbers of more than 31 bits; "
                                f"give rates with fewer digits")
        self.clock = clock
        self.port = port
        self.carrier = carrier
        if carrier:
            port.modems.append(self)
        self.irq = Wire() if irq is None else irq
        self.irq_bit = self.irq.driver()
        self.counts = ratio.numerator
        self.ticks = ratio.denominator
        self.last = 0
        self.reset(True)

    # --- time ------------------------------------------------------------------------------------------------

    cdef int64_t count_of(self, tick_t tick) noexcept nogil:
        """The crystal's count at a tick. Split, so that the products stay below 2**62."""
        return tick // self.ticks * self.counts + tick % self.ticks * self.counts // self.ticks

    cdef tick_t tick_of(self, int64_t count) noexcept nogil:
        """The first tick at or behind a count."""
        return (count // self.counts * self.ticks
                + (count % self.counts * self.ticks + self.counts - 1) // self.counts)

    cdef int64_t next_edge(self) noexcept nogil:
        """The next edge of the 16x clock: the next count that the divisor divides."""
        cdef int64_t divisor = DIVISORS[self.control & SBR]
        return (self.count_of(self.last) // divisor + 1) * divisor

    cdef int64_t length(self, bint whole) noexcept nogil:
        """How long a character is, or takes to the middle of its first stop bit, in counts."""
        cdef int word = 8 - (self.control >> 5 & 3)
        cdef bint parity = (self.command & PME) != 0
        cdef int clocks = 16 * (1 + word + parity)
        if not whole:
            clocks += 8
        elif not self.control & SBN or (word == 8 and parity):
            clocks += 16
        elif word == 5 and not parity:
            clocks += 24
        else:
            clocks += 32
        return <int64_t> clocks * DIVISORS[self.control & SBR]

    cdef void schedule(self) noexcept nogil:
        cdef tick_t tx = NEVER if self.tx_state == IDLE else self.tick_of(self.tx_at)
        cdef tick_t rx = NEVER if self.rx_state == IDLE else self.tick_of(self.rx_at)
        self.idle_until = min(tx, rx)
        self.clock.expect(self.idle_until)

    cdef void run_to(self, tick_t now) noexcept nogil:
        while self.idle_until <= now:
            self.last = self.idle_until
            if self.rx_state != IDLE and self.tick_of(self.rx_at) == self.last:
                self.run_receiver()
            else:
                self.run_transmitter()
            self.schedule()
        self.last = now

    cdef tick_t next_event(self) noexcept nogil:
        return self.idle_until

    cdef void begin_frame(self) noexcept nogil:
        # Only here does an idle line see that the host has sent something: the same input in the same frame gives
        # the same run, whenever the program looks.
        self.wake_receiver()
        self.schedule()

    # --- registers -------------------------------------------------------------------------------------------

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        if addr & 3 == STATUS:
            return self.read_status()
        if addr & 3 == DATA:
            self.status_bits = self.status_bits & ~RDRF
            return self.rdr
        return self.command if addr & 3 == COMMAND else self.control

    cdef uint8_t read_status(self) noexcept nogil:
        cdef uint8_t value = self.visible_status()
        if self.status_bits & IRQ and not self.always_requests():
            self.status_bits = self.status_bits & ~IRQ
            self.irq.drive(self.irq_bit, False)
        if not self.modem_served:
            self.modem_served = True
            self.look_at_modem()
        return value

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        if addr & 3 == STATUS:
            return self.visible_status()
        if addr & 3 == DATA:
            return self.rdr
        return self.command if addr & 3 == COMMAND else self.control

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        if addr & 3 == DATA:
            self.load(value)
        elif addr & 3 == STATUS:
            # mos6551 "Status register", "Command register": the row "program reset"
            self.status_bits = self.status_bits & ~OVERRUN
            self.set_command(self.command & PARITY | IRD)
        elif addr & 3 == COMMAND:
            self.set_command(value)
        else:
            self.control = value
            self.wake_receiver()
        self.schedule()

    cdef uint8_t visible_status(self) noexcept nogil:
        # r6551 "Effect of CTS on transmitter": STATUS does not say that the register is empty while CTS is high.
        if self.inputs & CTS:
            return self.status_bits & ~TDRE
        return self.status_bits | TDRE if self.tdre_is_stuck else self.status_bits

    cdef bint always_requests(self) noexcept nogil:
        # w65c51n: the interrupt follows TDRE, and that never falls.
        return self.tdre_is_stuck and self.command & (TIC | DTR) == TIC_IRQ | DTR

    cdef void set_command(self, uint8_t value) noexcept nogil:
        self.command = value
        if value & TIC == TIC_OFF:
            self.tx_live = False
        self.wake_transmitter()
        self.wake_receiver()

    cdef void request(self) noexcept nogil:
        """Requests an interrupt, unless DTR disables all of them."""
        if self.command & DTR:
            self.status_bits = self.status_bits | IRQ
            self.irq.drive(self.irq_bit, True)

    cdef void look_at_modem(self) noexcept nogil:
        """Takes DSR and DCD over into STATUS. A change keeps further ones away until STATUS is read.

        r6551 "Effect of DCD on receiver"; mos6551 "Status register".
        """
        if self.modem_served and (self.status_bits ^ self.inputs) & MODEM:
            self.status_bits = self.status_bits & ~MODEM | self.inputs & MODEM
            if self.command & DTR:
                self.modem_served = False
                self.request()

    cdef void reset(self, bint power_on) noexcept nogil:
        """/RES. mos6551, the rows "hardware reset"."""
        self.command = IRD
        self.control = 0
        self.status_bits = TDRE | self.inputs & MODEM
        self.modem_served = True
        self.tx_state = IDLE
        self.rx_state = IDLE
        self.tx_at = 0
        self.rx_at = 0
        self.rx_end = 0
        self.tx_live = False
        self.rx_echo = False
        self.irq.drive(self.irq_bit, False)
        if power_on:
            self.tdr = 0
            self.tsr = 0
            self.rdr = 0
            self.rsr = 0
        self.schedule()

    # --- transmitter -----------------------------------------------------------------------------------------

    cdef bint may_send(self) noexcept nogil:
        """The transmitter is on and has something to send."""
        cdef uint8_t tic = self.command & TIC
        return not (self.status_bits & TDRE or self.inputs & CTS or tic == TIC_OFF or tic == TIC_BREAK)

    cdef void load(self, uint8_t value) noexcept nogil:
        """Takes a character from the bus."""
        self.tdr = value
        if self.tdre_is_stuck and self.tx_state == SHIFT and self.tx_live:
            # w65c51n: the data and the shift register are loaded at the same time.
            self.tsr = value & self.word_mask()
            return
        self.status_bits = self.status_bits & ~TDRE
        self.wake_transmitter()

    cdef uint8_t word_mask(self) noexcept nogil:
        return <uint8_t> (0xFF >> (self.control >> 5 & 3))

    cdef void wake_transmitter(self) noexcept nogil:
        # r6551 "Transmit data register not loaded": in an underrun a start bit comes at once when data is loaded.
        if self.tx_state == SHIFT and self.tx_live:
            return
        if self.may_send() or (self.tx_state == IDLE and self.command & TIC == TIC_IRQ):
            if self.tx_state != WAIT:
                self.tx_state = WAIT
                self.tx_at = self.next_edge()

    cdef void next_word(self) noexcept nogil:
        """Begins the next word time at `tx_at`: with a character, or with nothing but the interrupt of its end."""
        self.tx_live = self.may_send()
        if self.tx_live:
            self.tsr = self.tdr & self.word_mask()
            self.status_bits = self.status_bits | TDRE
        elif self.command & TIC != TIC_IRQ:
            self.tx_state = IDLE
            return
        if self.command & TIC == TIC_IRQ:
            self.request()
        self.tx_state = SHIFT
        self.tx_at = self.tx_at + self.length(True)

    cdef void run_transmitter(self) noexcept nogil:
        if self.tx_state == SHIFT and self.tx_live:
            self.port.give(self.tsr)
        self.next_word()

    # --- receiver --------------------------------------------------------------------------------------------

    cdef bint rts_low(self) noexcept nogil:
        # mos6551 "Command register": TIC is 00 in echo mode, and RTS is low all the same.
        return self.command & (TIC | REM) != 0

    cdef bint is_held(self) noexcept nogil:
        """Another chip's port keeps the RTS of the cable high."""
        return self.rts_port is not None and (self.rts_port.driven & self.rts_port.levels & self.rts_line) != 0

    cdef bint may_receive(self) noexcept nogil:
        """The host may send the next character, it has one, and there is a clock to receive it with."""
        return ((self.command & DTR) != 0 and self.rts_low() and not self.is_held() and (self.control & RCS) != 0
                and self.port.waiting() != 0)

    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil:
        if self.last < now:
            self.run_to(now)
        self.wake_receiver()
        self.schedule()

    cdef void wake_receiver(self) noexcept nogil:
        if self.rx_state == IDLE and self.may_receive():
            self.rx_state = WAIT
            self.rx_at = self.next_edge()

    cdef void next_character(self) noexcept nogil:
        """Begins the next character of the host at `rx_at`, if it may send one."""
        cdef bint muted
        if not self.may_receive():
            self.rx_state = IDLE
            return
        self.rsr = <uint8_t> self.port.take() & self.word_mask()
        # r6551 "Overrun in echo mode": TxD is silent from the overrun to the first start bit after DATA is read.
        muted = self.status_bits & (RDRF | OVERRUN) == RDRF | OVERRUN
        self.rx_echo = self.command & (REM | TIC) == REM and not muted
        self.rx_state = SHIFT
        self.rx_end = self.rx_at + self.length(True)
        self.rx_at = self.rx_at + self.length(False)

    cdef void transfer(self, uint8_t value, uint8_t errors) noexcept nogil:
        """A character is complete."""
        if not self.command & DTR:
            return
        if self.status_bits & RDRF:
            # r6551 "Effect of overrun on receiver": the register keeps the last valid character.
            self.status_bits = self.status_bits | OVERRUN
        else:
            self.rdr = value
            self.status_bits = self.status_bits | RDRF | errors
            if not errors:
                self.status_bits = self.status_bits & ~ERRORS
        if not self.command & IRD:
            self.request()

    cdef void run_receiver(self) noexcept nogil:
        if self.rx_state == SHIFT:
            self.transfer(self.rsr, 0)
            self.rx_state = STOP
            self.rx_at = self.rx_end
            return
        if self.rx_state == STOP and self.rx_echo and self.command & REM and not self.inputs & CTS:
            self.port.give(self.rsr)
        self.next_character()

    # --- state -----------------------------------------------------------------------------------------------

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        state.u8("command", &self.command)
        state.u8("control", &self.control)
        state.u8("status_bits", &self.status_bits)
        state.u8("inputs", &self.inputs, CTS | MODEM)
        state.flag("modem_served", &self.modem_served)
        state.u8("tx_state", &self.tx_state, SHIFT)
        state.u8("rx_state", &self.rx_state, STOP)
        state.i64("tx_at", &self.tx_at)
        state.i64("rx_at", &self.rx_at)
        state.u8("tdr", &self.tdr)
        state.u8("tsr", &self.tsr)
        state.flag("tx_live", &self.tx_live)
        state.u8("rdr", &self.rdr)
        state.u8("rsr", &self.rsr)
        state.i64("rx_end", &self.rx_end)
        state.flag("rx_echo", &self.rx_echo)
        return 0

    cdef int restored(self) except -1:
        cdef int64_t now
        if self.last < 0 or self.last > self.clock.now:
            raise StateError(f"{self.name}.last: {self.last} is not between power-on and now, {self.clock.now}")
        now = self.count_of(self.last)
        for key, busy, at in (("tx_at", self.tx_state != IDLE, self.tx_at),
                              ("rx_at", self.rx_state != IDLE, self.rx_at),
                              ("rx_end", self.rx_state == SHIFT, self.rx_end)):
            if busy and not now <= at <= now + LONGEST:
                raise StateError(f"{self.name}.{key}: a character cannot go on until {at} when the crystal is at {now}")
        self.schedule()
        return 0

    # --- the outside -----------------------------------------------------------------------------------------

    def connect_rts(self, Pins port not None, str line not None):
        """Lets a line of another chip's port be the RTS of the cable, beside the chip's own: while it is driven high, the host
        sends nothing.

        This is for boards whose programs cannot use the chip's RTS, because its transmitter is off while that is high.
        """
        if self.rts_port is not None:
            raise ArgumentError(f"{self.name}: the RTS of its cable is wired already")
        self.rts_line = port.bits(line)
        self.rts_port = port
        port.attach(self, 0)

    def inject(self, value, *, bint parity_error=False, bint framing_error=False):
        """Ends a character on RxD now: what a noisy line, or something else than the port, has sent.

        `value` is a byte. The character is lost where a real one would be: with DTR high, or by overrun.
        """
        if not 0 <= value <= 0xFF:
            raise ArgumentError(f"{self.name}: a character is 0 to 255, not {value!r}")
        self.run_to(self.clock.now)
        self.transfer(value, (PARITY_ERROR if parity_error else 0) | (FRAMING_ERROR if framing_error else 0))

    cdef int set_input(self, uint8_t pin, bint ready) except -1:
        self.run_to(self.clock.now)
        self.inputs = self.inputs & ~pin if ready else self.inputs | pin
        if pin == CTS and not ready:
            self.tx_live = False              # r6551 "Effect of CTS on transmitter": TxD goes to mark at once
        self.look_at_modem()
        self.wake_transmitter()
        self.schedule()
        self.clock.plan()
        return 0

    @property
    def cts(self):
        """Clear to send: True lets the transmitter send, which is how the line is until somebody sets it."""
        return not self.inputs & CTS

    @cts.setter
    def cts(self, bint ready):
        self.set_input(CTS, ready)

    @property
    def dsr(self):
        """Data set ready: True when it is, the default."""
        return not self.inputs & DSR

    @dsr.setter
    def dsr(self, bint ready):
        self.set_input(DSR, ready)

    @property
    def dcd(self):
        """Data carrier detect: True when there is a carrier, the default."""
        return not self.inputs & DCD

    @dcd.setter
    def dcd(self, bint ready):
        self.set_input(DCD, ready)

    @property
    def rts(self):
        """Request to send, as the host gets it: True while the guest wants the host to send."""
        return self.rts_low() and not self.is_held()

    @property
    def dtr(self):
        """Data terminal ready: True while the guest has the receiver enabled."""
        return bool(self.command & DTR)
