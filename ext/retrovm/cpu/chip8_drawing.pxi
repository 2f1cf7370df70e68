# What the instructions of display and sound do, in functions named as in chip8_operations.pxi.

cdef inline void op_00e0(Chip8 self, Loop *r) noexcept nogil:
    """Clears the selected planes."""
    clear_display(self, self.selected)


cdef inline void end_of_frame(Chip8 self, Loop *r) noexcept nogil:
    """Lets the frame end with the present instruction."""
    self.wait = Wait.END_OF_FRAME
    end_run(r)


# DXYN draws N rows of 8 pixels from I at VX, VY; VF = a pixel was cleared. The start wraps round the edges; what lies
# over an edge is clipped, or wraps.

cdef inline void op_dxyn(Chip8 self, Loop *r) noexcept nogil:
    draw_narrow(self, r, False)


cdef inline void op_dxyn_clip(Chip8 self, Loop *r) noexcept nogil:
    draw_narrow(self, r, True)


cdef inline void op_dxyn_wait(Chip8 self, Loop *r) noexcept nogil:
    draw_narrow(self, r, False)
    end_of_frame(self, r)


cdef inline void op_dxyn_clip_wait(Chip8 self, Loop *r) noexcept nogil:
    draw_narrow(self, r, True)
    end_of_frame(self, r)


cdef inline void op_dxyn_wide(Chip8 self, Loop *r) noexcept nogil:
    cdef Loop copy
    if self.width == 64 and self.selected == 1 and n_of(r):
        draw_narrow(self, r, self.quirk.clip)
    else:
        # The routine gets a copy: if the loop's own struct had its address given away, none of it could live in
        # registers of the host, and everything would run at 0.8 of the speed.
        copy = r[0]
        draw_wide(self, &copy)
        r.left = copy.left
        r.slots = copy.slots
    if self.quirk.vblank and not (self.quirk.half_pixels and self.hires):
        end_of_frame(self, r)


cdef inline void op_00cn(Chip8 self, Loop *r) noexcept nogil:
    """Scrolls the display down by N pixels."""
    scroll_rows(self, n_of(r), True)


cdef inline void op_00dn(Chip8 self, Loop *r) noexcept nogil:
    """Scrolls the display up by N pixels."""
    scroll_rows(self, n_of(r), False)


cdef inline void op_00fb(Chip8 self, Loop *r) noexcept nogil:
    """Scrolls the display right by 4 pixels."""
    scroll_columns(self, True)


cdef inline void op_00fc(Chip8 self, Loop *r) noexcept nogil:
    """Scrolls the display left by 4 pixels."""
    scroll_columns(self, False)


cdef inline void switch_mode(Chip8 self, bint hires) noexcept nogil:
    self.set_mode(hires)
    if not self.quirk.half_pixels:
        clear_display(self, 0xFF)
    self.changed = True


cdef inline void op_00fe(Chip8 self, Loop *r) noexcept nogil:
    """Switches to 64 x 32 pixels."""
    switch_mode(self, False)


cdef inline void op_00ff(Chip8 self, Loop *r) noexcept nogil:
    """Switches to 128 x 64 pixels."""
    switch_mode(self, True)


cdef inline void op_fn01(Chip8 self, Loop *r) noexcept nogil:
    """Selects the planes of the bits of N."""
    self.selected = <uint8_t> (x_of(r) & ((1 << self.quirk.planes) - 1))


# --- sound ----------------------------------------------------------------------------------------------------

cdef inline void op_f002(Chip8 self, Loop *r) noexcept nogil:
    """Loads the pattern of the sound, 16 bytes from I."""
    cdef uint32_t n
    self.play(now(self, r))
    for n in range(<uint32_t> PATTERN):
        self.pattern[n] = rd(self, r, r.i + n, Access.READ)
    self.patterned = True
    self.retune()


cdef inline void op_fx3a(Chip8 self, Loop *r) noexcept nogil:
    """Plays the pattern at 4000 * 2**((VX - 64) / 48) bits a second."""
    self.play(now(self, r))
    self.pitch = vx(self, r)[0]
    self.retune()
