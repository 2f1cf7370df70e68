# The instructions that only CHIP-8E and CHIP-8X have, in functions named as in chip8_operations.pxi and by their rows.

# --- CHIP-8E --------------------------------------------------------------------------------------------------

cdef inline void wait_for_delay(Chip8 self, Loop *r) noexcept nogil:
    if self.reg.dt:
        self.wait = Wait.DELAY
        end_run(r)


cdef inline void op_0151_wait(Chip8 self, Loop *r) noexcept nogil:
    """Waits until the delay timer is 0."""
    wait_for_delay(self, r)


cdef inline void op_fx4f_delay(Chip8 self, Loop *r) noexcept nogil:
    """Delay timer = VX; waits until it is 0."""
    self.reg.dt = vx(self, r)[0]
    wait_for_delay(self, r)


cdef inline void op_0188_skip(Chip8 self, Loop *r) noexcept nogil:
    """Skips."""
    skip(r, True)


cdef inline void op_5xy1_sgt(Chip8 self, Loop *r) noexcept nogil:
    """Skips if VX > VY."""
    skip(r, vx(self, r)[0] > vy(self, r)[0])


cdef inline void op_5xy2_save_to(Chip8 self, Loop *r) noexcept nogil:
    """Stores VX to VY at I, which is behind them then; nothing unless X < Y."""
    cdef uint32_t x = x_of(r), y = y_of(r)
    if x < y:
        store_range(self, r, x, y)
        r.i = r.i + y - x + 1 & 0xFFFF


cdef inline void op_5xy3_load_to(Chip8 self, Loop *r) noexcept nogil:
    """Loads VX to VY from I, which is behind them then; nothing unless X < Y."""
    cdef uint32_t x = x_of(r), y = y_of(r)
    if x < y:
        load_range(self, r, x, y)
        r.i = r.i + y - x + 1 & 0xFFFF


cdef inline void op_bbnn_back(Chip8 self, Loop *r) noexcept nogil:
    """Jumps NN bytes back."""
    jump(r, <uint32_t> r.pc + self.bus.size - 2 - nn(r) & self.bus.mask)


cdef inline void op_bfnn_forth(Chip8 self, Loop *r) noexcept nogil:
    """Jumps NN bytes forward."""
    jump(r, <uint32_t> r.pc - 2 + nn(r))


cdef inline void op_fx1b_skip_vx(Chip8 self, Loop *r) noexcept nogil:
    """Skips VX bytes."""
    r.pc = r.pc + vx(self, r)[0]


# --- CHIP-8X: the colours of the pixels are planes 1 to 3, a byte of them 8 equal bits ------------------------------

cdef inline void op_02a0_background(Chip8 self, Loop *r) noexcept nogil:
    """Steps to the next background colour."""
    self.background = self.background + 1 & 3
    self.changed = True


cdef inline void op_5xy1_add_octal(Chip8 self, Loop *r) noexcept nogil:
    """Adds two octal digits each, without a carry."""
    vx(self, r)[0] = <uint8_t> ((vx(self, r)[0] & 0x77) + (vy(self, r)[0] & 0x77)) & 0x77


cdef void colour_block(Chip8 self, uint32_t column, uint32_t y, uint8_t colour) noexcept nogil:
    """Gives 8 pixels of a row their colour."""
    cdef uint64_t eight = <uint64_t> 0xFF << 56 >> 8 * (column & 7)
    cdef uint64_t *row
    cdef uint32_t bit
    for bit in range(3):
        row = plane_row(self, bit + 1, y & self.quirk.height - 1)
        row[0] = row[0] & ~eight
        if colour >> bit & 1:
            row[0] |= eight
    self.changed = True


cdef inline uint8_t behind_vx(Chip8 self, Loop *r) noexcept nogil:
    """The register behind VX; behind VF it is V0."""
    return self.reg.v[x_of(r) + 1 & 15]


cdef inline void op_bxy0_colour_zones(Chip8 self, Loop *r) noexcept nogil:
    """Colours blocks of 8 x 4 pixels. In VX the low digit is the first column, the high one how many more follow; in the
    register behind it the same of rows. VY is the colour.
    """
    cdef uint32_t x = vx(self, r)[0], y = behind_vx(self, r)
    cdef uint32_t column, line
    for column in range((x >> 4) + 1):
        for line in range(4 * (y >> 4) + 4):
            colour_block(self, (x & 15) + column, 4 * (y & 15) + line, vy(self, r)[0] & 7)


cdef inline void op_bxyn_colour_rows(Chip8 self, Loop *r) noexcept nogil:
    """Colours N rows of the 8 pixels around VX, from the row in the register behind VX on. VY is the colour."""
    cdef uint32_t line
    for line in range(n_of(r)):
        colour_block(self, vx(self, r)[0] >> 3, behind_vx(self, r) + line, vy(self, r)[0] & 7)


cdef inline void op_exf2_skp_2(Chip8 self, Loop *r) noexcept nogil:
    """Skips if key VX of the second keypad is down."""
    skip(r, self.keys2 >> (vx(self, r)[0] & 15) & 1)


cdef inline void op_exf5_sknp_2(Chip8 self, Loop *r) noexcept nogil:
    """Skips if key VX of the second keypad is up."""
    skip(r, not self.keys2 >> (vx(self, r)[0] & 15) & 1)


cdef inline void op_fxf8_tone(Chip8 self, Loop *r) noexcept nogil:
    """The tone has 27535 / (VX + 1) Hz from now on."""
    self.play(now(self, r))
    self.tone = vx(self, r)[0] or VP595_DEFAULT
    self.retune()
