# The instructions that only a MegaChip8 has, or has in another way, in functions named as in chip8_operations.pxi and by
# their rows: the names are those of its specification. Outside of its own mode it is a SUPER-CHIP.

cdef enum:
    SAMPLE_HEADER = 6        # bytes: two of the rate, three of the length, one that is 0
    SILENCE = 128            # a byte of a sound at rest
    SAMPLE_LOUDNESS = 128    # levels of 16 bits a step of a byte


# Where a routine that is called takes the loop's struct, it gets a copy: `op_dxyn_wide` says why.

cdef inline void take_back(Loop *r, Loop *copy) noexcept nogil:
    r.left = copy.left
    r.slots = copy.slots


# --- modes ------------------------------------------------------------------------------------------------------

cdef inline void op_0010_megaoff(Chip8 self, Loop *r) noexcept nogil:
    """Switches to the display of 64 x 32 pixels; a sampled sound ends."""
    self.mega.on = False
    stop_sample(self, now(self, r))
    self.set_mode(False)
    clear_display(self, 0xFF)


cdef inline void op_0011_megaon(Chip8 self, Loop *r) noexcept nogil:
    """Switches to the display of 256 x 192 pixels, which is black then."""
    self.mega.on = True
    self.changed = False             # what was drawn before in this frame is not seen any more
    clear_canvas(self.mega)
    show_canvas(self)


cdef inline void op_00fe_mega(Chip8 self, Loop *r) noexcept nogil:
    """Switches to 64 x 32 pixels; not from the mode of 256 x 192."""
    if not self.mega.on:
        op_00fe(self, r)


cdef inline void op_00ff_mega(Chip8 self, Loop *r) noexcept nogil:
    """Switches to 128 x 64 pixels; not from the mode of 256 x 192."""
    if not self.mega.on:
        op_00ff(self, r)


# --- drawing ----------------------------------------------------------------------------------------------------

cdef inline void op_00e0_mega(Chip8 self, Loop *r) noexcept nogil:
    """Shows the canvas, clears it, and lets the frame end: it is what programs are timed by."""
    if self.mega.on:
        show_canvas(self)
        clear_canvas(self.mega)
        end_of_frame(self, r)
    else:
        op_00e0(self, r)


cdef inline void op_fx0a_mega(Chip8 self, Loop *r) noexcept nogil:
    """Shows the canvas, and waits until a key is let go."""
    if self.mega.on:
        show_canvas(self)
    op_fx0a(self, r)


cdef inline void op_dxyn_mega(Chip8 self, Loop *r) noexcept nogil:
    """Draws a sprite of colours from I at VX, VY, as large as 03NN and 04NN say, or a digit of N rows; VF = it met the
    collision colour.
    """
    cdef Loop copy
    if not self.mega.on:
        op_dxyn_wide(self, r)
        return
    copy = r[0]
    if r.i < DIGITS_END:
        draw_digit(self, &copy)
    else:
        draw_colours(self, &copy)
    take_back(r, &copy)


cdef inline void scroll_up_or_down(Chip8 self, Loop *r, bint down) noexcept nogil:
    if self.mega.on:
        scroll_canvas_rows(self.mega, n_of(r), down)
    else:
        scroll_rows(self, n_of(r), down)


cdef inline void op_00bn_scru(Chip8 self, Loop *r) noexcept nogil:
    """Scrolls the display up by N pixels."""
    scroll_up_or_down(self, r, False)


cdef inline void op_00cn_mega(Chip8 self, Loop *r) noexcept nogil:
    """Scrolls the display down by N pixels."""
    scroll_up_or_down(self, r, True)


cdef inline void op_00fb_mega(Chip8 self, Loop *r) noexcept nogil:
    """Scrolls the display right by 4 pixels."""
    if self.mega.on:
        scroll_canvas_columns(self.mega, True)
    else:
        scroll_columns(self, True)


cdef inline void op_00fc_mega(Chip8 self, Loop *r) noexcept nogil:
    """Scrolls the display left by 4 pixels."""
    if self.mega.on:
        scroll_canvas_columns(self.mega, False)
    else:
        scroll_columns(self, False)


cdef void load_palette(Chip8 self, Loop *r) noexcept nogil:
    """As many colours as the opcode says, 4 bytes each, are those from number 1 on."""
    cdef uint32_t number, byte, colour, at = r.i
    for number in range(1, <uint32_t> nn(r) + 1):
        colour = 0
        for byte in range(4):
            colour = colour << 8 | rd(self, r, at + byte, Access.READ)
        self.mega.palette[number] = colour
        at += 4


cdef inline void op_02nn_ldpal(Chip8 self, Loop *r) noexcept nogil:
    """Loads NN colours from I; they are those from number 1 on."""
    cdef Loop copy = r[0]
    load_palette(self, &copy)
    take_back(r, &copy)


cdef inline void op_03nn_sprw(Chip8 self, Loop *r) noexcept nogil:
    """Sprites have NN columns; 0 is 256."""
    self.mega.sprite_width = nn(r)


cdef inline void op_04nn_sprh(Chip8 self, Loop *r) noexcept nogil:
    """Sprites have NN rows; 0 is 256."""
    self.mega.sprite_height = nn(r)


cdef inline void op_05nn_alpha(Chip8 self, Loop *r) noexcept nogil:
    """Pictures are shown with NN / 255 of their brightness from now on."""
    self.mega.alpha = nn(r)


cdef inline void op_080n_bmode(Chip8 self, Loop *r) noexcept nogil:
    """Chooses how sprites blend with what is below; numbers above 5 are as 0."""
    self.mega.blend = <uint8_t> n_of(r) if n_of(r) <= Blend.MULTIPLY else <uint8_t> Blend.COVER


cdef inline void op_09nn_ccol(Chip8 self, Loop *r) noexcept nogil:
    """DXYN tells by VF that it draws over colour NN."""
    self.mega.collision = nn(r)


# --- an I of 24 bits, and skips over the instruction of four bytes that loads it ------------------------------------

cdef inline void op_01nn_ldhi(Chip8 self, Loop *r) noexcept nogil:
    """I = NN and the word behind."""
    r.i = <uint32_t> nn(r) << 16 | next_word(self, r)
    r.pc += 2


cdef inline void op_fx1e_mega(Chip8 self, Loop *r) noexcept nogil:
    """I = I + VX; no flag."""
    r.i = r.i + vx(self, r)[0] & 0xFFFFFF


cdef inline void op_fx55_mega(Chip8 self, Loop *r) noexcept nogil:
    """Stores V0 to VX at I; I = I + X + 1."""
    store(self, r, x_of(r))
    r.i = r.i + x_of(r) + 1 & 0xFFFFFF


cdef inline void op_fx55_add_x_mega(Chip8 self, Loop *r) noexcept nogil:
    """Stores V0 to VX at I; I = I + X."""
    store(self, r, x_of(r))
    r.i = r.i + x_of(r) & 0xFFFFFF


cdef inline void op_fx65_mega(Chip8 self, Loop *r) noexcept nogil:
    """Loads V0 to VX from I; I = I + X + 1."""
    load(self, r, x_of(r))
    r.i = r.i + x_of(r) + 1 & 0xFFFFFF


cdef inline void op_fx65_add_x_mega(Chip8 self, Loop *r) noexcept nogil:
    """Loads V0 to VX from I; I = I + X."""
    load(self, r, x_of(r))
    r.i = r.i + x_of(r) & 0xFFFFFF


cdef inline void skip_mega(Chip8 self, Loop *r, bint condition) noexcept nogil:
    if condition:
        r.pc += 4 if next_word(self, r) >> 8 == 1 else 2


cdef inline void op_3xnn_mega(Chip8 self, Loop *r) noexcept nogil:
    skip_mega(self, r, vx(self, r)[0] == nn(r))


cdef inline void op_4xnn_mega(Chip8 self, Loop *r) noexcept nogil:
    skip_mega(self, r, vx(self, r)[0] != nn(r))


cdef inline void op_5xy0_mega(Chip8 self, Loop *r) noexcept nogil:
    skip_mega(self, r, vx(self, r)[0] == vy(self, r)[0])


cdef inline void op_9xy0_mega(Chip8 self, Loop *r) noexcept nogil:
    skip_mega(self, r, vx(self, r)[0] != vy(self, r)[0])


cdef inline void op_ex9e_mega(Chip8 self, Loop *r) noexcept nogil:
    skip_mega(self, r, key_is_down(self, r))


cdef inline void op_exa1_mega(Chip8 self, Loop *r) noexcept nogil:
    skip_mega(self, r, not key_is_down(self, r))


# --- sampled sound: unsigned bytes in memory, played from there ----------------------------------------------------

cdef void play_sample(Chip8 self, tick_t now) noexcept nogil:
    """The bytes that begin before `now`. They are read when this is called: at the end of a frame at the latest."""
    cdef Mega *m = self.mega
    cdef int level
    cdef uint32_t part
    while m.length and m.edge < now:
        if m.position == m.length:
            if not m.repeats:
                stop_sample(self, m.edge)
                return
            m.position = 0
        level = <int> self.bus.peek(m.sample + m.position & self.bus.mask) - SILENCE
        if self.audio is not None:
            self.audio.level(1, m.edge, level * SAMPLE_LOUDNESS)
        m.position += 1
        m.edge += self.ticks_a_second // m.rate
        part = m.edge_part + <uint32_t> (self.ticks_a_second % m.rate)
        if part >= m.rate:
            part -= m.rate
            m.edge += 1
        m.edge_part = <uint16_t> part


cdef void stop_sample(Chip8 self, tick_t now) noexcept nogil:
    """Ends the sound, after what is left of it before `now`."""
    cdef Mega *m = self.mega
    if m.length and m.edge < now:
        play_sample(self, now)
    m.length = 0
    if self.audio is not None:
        self.audio.level(1, now, 0)


cdef void start_sample(Chip8 self, Loop *r) noexcept nogil:
    cdef Mega *m = self.mega
    cdef uint32_t n, length = 0
    cdef uint32_t rate = <uint32_t> rd(self, r, r.i, Access.READ) << 8
    rate |= rd(self, r, r.i + 1, Access.READ)
    for n in range(2, 5):
        length = length << 8 | rd(self, r, r.i + n, Access.READ)
    if rate == 0:
        return                       # a sound that does not move on is none
    m.sample = r.i + SAMPLE_HEADER & self.bus.mask
    m.length = length
    m.position = 0
    m.rate = <uint16_t> rate
    m.repeats = n_of(r) == 0
    m.edge_part = 0


cdef inline void op_060n_digisnd(Chip8 self, Loop *r) noexcept nogil:
    """Plays the sound at I in the place of the present one: over and over for N = 0, else once."""
    cdef tick_t began = now(self, r)
    cdef Loop copy = r[0]
    stop_sample(self, began)
    self.mega.edge = began
    start_sample(self, &copy)
    take_back(r, &copy)


cdef inline void op_0700_stopsnd(Chip8 self, Loop *r) noexcept nogil:
    """Stops the sampled sound."""
    stop_sample(self, now(self, r))


# --- state --------------------------------------------------------------------------------------------------------

cdef void restart_mega(Chip8 self) noexcept nogil:
    """As after a reset: all colours are black but the last, which is white, and collides."""
    cdef uint32_t number
    stop_sample(self, self.clock.now)
    memset(self.mega, 0, sizeof(Mega))
    for number in range(1, 255):
        self.mega.palette[number] = 0xFF000000
    self.mega.palette[WHITE_NUMBER] = 0xFFFFFFFF
    self.mega.alpha = OPAQUE
    self.mega.collision = WHITE_NUMBER


cdef int sync_mega(Mega *m, State state) except -1:
    state.flag("mega", &m.on)
    state.u8("sprite_width", &m.sprite_width)
    state.u8("sprite_height", &m.sprite_height)
    state.u8("alpha", &m.alpha)
    state.u8("blend", &m.blend, Blend.MULTIPLY)
    state.u8("collision", &m.collision)
    state.words("palette", m.palette, 4, 256)
    state.block("drawn", m.drawn, MEGA_PIXELS)
    state.words("canvas", m.canvas, 4, MEGA_PIXELS)
    state.u32("sample", &m.sample, 0xFFFFFF)
    state.u32("sample_length", &m.length, 0xFFFFFF)
    state.u32("sample_position", &m.position, 0xFFFFFF)
    state.u16("sample_rate", &m.rate)
    state.flag("sample_repeats", &m.repeats)
    state.i64("sample_edge", &m.edge)
    state.u16("sample_edge_part", &m.edge_part)
    return 0


cdef int check_mega(Chip8 self) except -1:
    """Raises `StateError` where the fields contradict each other."""
    cdef Mega *m = self.mega
    if m.length and (m.position > m.length or m.edge_part >= m.rate
                     or not -self.ticks_a_second <= m.edge - self.clock.now <= self.ticks_a_second):
        raise StateError(f"{self.name}.sample: byte {m.position} of {m.length}, at {m.rate} a second, begins at tick "
                         f"{m.edge} and {m.edge_part} / {m.rate}; the machine is at tick {self.clock.now}")
    return 0
