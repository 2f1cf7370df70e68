# The time of a COSMAC VIP: a cycle is one of the 1802's machine cycles, and a frame lasts from one interrupt of the video
# chip to the next. What an instruction takes is in isa/chip8_vip.py.
#
# An instruction is carried out at its begin, and then its time passes. An interrupt falls between two instructions of
# the 1802, so into the middle of one of CHIP-8: its time comes on top, behind the instruction (`owed`), and where the
# order can be seen it is looked after here. The cycles within an instruction follow from its 1802 code.

cdef enum:
    VIP_FRAME = 3668             # 262 lines of 14 machine cycles
    VIP_INTERRUPT = 1096         # of a frame; here frames begin with it
    VIP_START = 3250             # where the interpreter has cleared the display and begins the program
    VIP_CLEAR = 3118             # what 00E0 takes
    VIP_CLEARED = 52             # where in it the last byte is cleared; one more every 12
    VIP_KEY = 10                 # what FX0A takes when its tone has ended


# --- instructions: their time ---------------------------------------------------------------------------------

cdef inline void spend(Chip8 self, Loop *r, uint32_t cycles) noexcept nogil:
    """The present instruction takes so many cycles; fetching it has counted one of them."""
    r.left -= <int64_t> cycles - 1
    self.executed = self.executed + 1


cdef inline void leave_vip(Chip8 self, Loop *r) noexcept nogil:
    leave(self, r)
    self.executed = self.executed - r.slots      # spend has counted


cdef inline bint other_page(uint32_t one, uint32_t other) noexcept nogil:
    return one >> 8 != other >> 8


cdef inline uint32_t digits(uint32_t value) noexcept nogil:
    """The sum of the decimal digits."""
    return value // 100 + value // 10 % 10 + value % 10


cdef inline int64_t cycles_left(Chip8 self, tick_t now) noexcept nogil:
    """To the next interrupt."""
    return VIP_FRAME - now // self.period % VIP_FRAME


# --- the interrupt --------------------------------------------------------------------------------------------

cdef void hear(Chip8 self, tick_t now) noexcept nogil:
    """The sound up to `now`. The tone follows Q, which changes near the end of an interrupt."""
    if self.q_edge < now:
        self.play(self.q_edge)
        if self.q_next and not self.q:
            start_sound(self, self.q_edge)
        elif self.q and not self.q_next and self.audio is not None:
            self.audio.level(0, self.q_edge, 0)
        self.q = self.q_next
        self.q_edge = NEVER
    self.play(now)


cdef void interrupt(Chip8 self, tick_t now) noexcept nogil:
    """The interrupt at this tick: counts DT and ST, turns the tone on or off, sends the picture."""
    cdef uint32_t cycles = 1832 + (8 if self.reg.dt else 0) + (4 if self.reg.st else 0)
    hear(self, now)
    self.q_next = self.reg.st != 0
    self.q_edge = now + (cycles - (8 if self.q_next else 4)) * self.period
    if self.reg.dt:
        self.reg.dt = self.reg.dt - 1
    if self.reg.st:
        self.reg.st = self.reg.st - 1
    if self.page != NULL:
        self.random = self.random + 1 & 0xFFFF
    self.owed = self.owed + cycles
    self.interrupted = True
    if self.clearing:
        send_half_cleared(self)
        self.clearing = self.clearing + VIP_FRAME - cycles
        if self.clearing >= VIP_CLEAR:
            self.clearing = 0


cdef inline void interrupt_before(Chip8 self, Loop *r, int64_t cycles) noexcept nogil:
    """Lets an interrupt within so many cycles of the present instruction come before what the instruction does."""
    cdef tick_t start = now(self, r)
    cdef int64_t left = cycles_left(self, start)
    if left <= cycles:
        interrupt(self, start + left * self.period)


cdef void vip_begin_frame(Chip8 self) noexcept nogil:
    """Behind the interrupt: a sprite is drawn, FX0A looks for its key."""
    if self.wait == Wait.END_OF_FRAME:
        self.wait = Wait.NOTHING
        self.owed = self.owed + self.drawing
    look_for_key(self)


cdef void vip_end_frame(Chip8 self, tick_t now) noexcept nogil:
    if self.timers_on and not self.interrupted:
        interrupt(self, now - now % (VIP_FRAME * self.period))
    self.interrupted = False
    hear(self, now)


cdef void look_for_key(Chip8 self) noexcept nogil:
    """FX0A: while a key is down ST is 4 time and again; the program goes on when the tone of the last 4 has ended."""
    if self.wait == Wait.A_KEY and self.keys:
        self.wait = Wait.KEY_UP
        self.key = 0
        while not self.keys >> self.key & 1:
            self.key = self.key + 1
    if self.wait == Wait.KEY_UP:
        if self.keys >> self.key & 1:
            self.reg.st = 4
        else:
            self.wait = Wait.TONE_ENDS
    if self.wait == Wait.TONE_ENDS and self.reg.st == 0:
        self.wait = Wait.NOTHING
        self.reg.v[self.key_register] = self.key
        self.owed = self.owed + VIP_KEY


# --- the picture: what the television gets at an interrupt ------------------------------------------------------

cdef void send_half_cleared(Chip8 self) noexcept nogil:
    """The picture in the middle of 00E0, which clears bytes from the last to the first."""
    cdef uint32_t at = self.plane_words, last
    cdef int64_t count = (self.clearing - VIP_CLEARED) // 12 + 1 if self.clearing >= VIP_CLEARED else 0
    if self.screen is None:
        return
    while count >= 8 and at:
        at -= 1
        self.screen.bits[at] = 0
        count -= 8
    if count and at:
        last = 8 * <uint32_t> count
        self.screen.bits[at - 1] = self.screen.bits[at - 1] >> last << last
    self.screen.end_plane_picture(64, 32, 0)


cdef inline void vip_00e0(Chip8 self, Loop *r) noexcept nogil:
    cdef int64_t left = cycles_left(self, now(self, r))
    if left < VIP_CLEAR:
        if self.screen is not None:
            put_planes(self)         # nobody looks before the interrupt, which is within this instruction
        self.clearing = left
    op_00e0(self, r)


cdef inline void vip_dxyn(Chip8 self, Loop *r) noexcept nogil:
    """Draws behind the interrupt that follows on the preparation, so no interrupt before shows the sprite."""
    cdef uint64_t[16] before
    cdef uint32_t x = vx(self, r)[0] & 63
    cdef uint32_t y = vy(self, r)[0] & 31
    cdef uint32_t rows = min(n_of(r), 32 - y), line
    cdef uint64_t hit, left = <uint64_t> 0xFF << 56 >> (x & 56)
    if self.changed and self.screen is not None:
        self.put_picture()
    self.changed = False
    self.drawing = 26 + 34 * rows - (4 if y + n_of(r) >= 32 else 0)
    if x < 56:
        self.drawing = self.drawing + 16 * rows
    for line in range(rows):
        before[line] = self.display[y + line]
    draw_narrow(self, r, True)
    for line in range(rows):
        hit = before[line] & ~self.display[y + line]
        self.drawing = self.drawing + (4 if hit & left else 0) + (4 if hit & left >> 8 else 0)
    self.wait = Wait.PREPARING
    end_run(r)


# --- instructions: what is different ----------------------------------------------------------------------------

cdef inline void vip_fx07(Chip8 self, Loop *r) noexcept nogil:
    interrupt_before(self, r, 72)
    op_fx07(self, r)


cdef inline void vip_fx15(Chip8 self, Loop *r) noexcept nogil:
    interrupt_before(self, r, 74)
    op_fx15(self, r)


cdef inline void vip_fx18(Chip8 self, Loop *r) noexcept nogil:
    interrupt_before(self, r, 74)
    self.reg.st = vx(self, r)[0]


cdef inline void vip_fx0a(Chip8 self, Loop *r) noexcept nogil:
    op_fx0a(self, r)
    look_for_key(self)


cdef inline void vip_cxnn(Chip8 self, Loop *r) noexcept nogil:
    """The interpreter's own numbers, if its page is there: from a counter, of which each changes the high byte."""
    cdef uint32_t value
    if self.page == NULL:
        op_cxnn(self, r)
        return
    interrupt_before(self, r, 70)
    self.random = self.random + 1 & 0xFFFF
    value = (self.random >> 8) + self.page[self.random & 0xFF]
    value = (value & 0xFF) + (value >> 1) & 0xFF
    self.random = value << 8 | self.random & 0xFF
    self.drawn_numbers = self.drawn_numbers + 1
    vx(self, r)[0] = <uint8_t> value & nn(r)
