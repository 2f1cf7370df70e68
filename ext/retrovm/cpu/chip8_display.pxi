# The display: planes of rows of 64-bit words, so that a row of a sprite is drawn by a shift and an exclusive or.

cdef inline uint64_t *plane_row(Chip8 self, uint32_t plane, uint32_t y) noexcept nogil:
    return self.display + plane * self.plane_words + y * (self.width >> 6)


# --- bits -----------------------------------------------------------------------------------------------------

@cython.overflowcheck(False)
cdef inline uint64_t rotated(uint64_t bits, uint32_t x) noexcept nogil:
    return bits >> x | bits << (64 - x & 63)


cdef inline uint64_t doubled(uint64_t bits) noexcept nogil:
    """The leftmost 8 pixels twice as wide."""
    cdef uint64_t wide = bits >> 56
    wide = (wide | wide << 4) & 0x0F0F
    wide = (wide | wide << 2) & 0x3333
    wide = (wide | wide << 1) & 0x5555
    return (wide | wide << 1) << 48


cdef inline uint64_t halved(uint64_t bits) noexcept nogil:
    """The left one of each two pixels, together in the lower 32 bits."""
    bits = bits >> 1 & <uint64_t> 0x5555555555555555
    bits = (bits | bits >> 1) & <uint64_t> 0x3333333333333333
    bits = (bits | bits >> 2) & <uint64_t> 0x0F0F0F0F0F0F0F0F
    bits = (bits | bits >> 4) & <uint64_t> 0x00FF00FF00FF00FF
    bits = (bits | bits >> 8) & <uint64_t> 0x0000FFFF0000FFFF
    return (bits | bits >> 16) & <uint64_t> 0xFFFFFFFF


# --- sprites --------------------------------------------------------------------------------------------------

cdef inline uint8_t sprite_byte(Chip8 self, Loop *r, const uint8_t *plain, uint32_t at) noexcept nogil:
    return plain[at] if likely(plain != NULL) else rd(self, r, at, Access.READ)


cdef inline bint draw_row(uint64_t *row, uint32_t words, uint32_t x, uint64_t bits, bint clip) noexcept nogil:
    """Draws `bits` with their left end at column x of a row of 1 or 2 words; true when that clears a pixel."""
    cdef uint32_t w = x >> 6
    cdef uint64_t first = bits >> (x & 63)
    cdef uint64_t rest = rotated(bits, x & 63) ^ first      # what falls over the end of the word
    cdef uint64_t hit = row[w] & first
    row[w] ^= first
    if rest and not (clip and w == words - 1):
        w = w + 1 & words - 1
        hit |= row[w] & rest
        row[w] ^= rest
    return hit != 0


cdef inline uint64_t placed(uint8_t pixels, uint32_t x, bint clip) noexcept nogil:
    """8 pixels at column x of a row of one word."""
    cdef uint64_t bits = <uint64_t> pixels << 56
    return bits >> x if clip else rotated(bits, x)


cdef inline void draw_narrow(Chip8 self, Loop *r, bint clip) noexcept nogil:
    """Draws a sprite of 8 columns in plane 0 where a row is one word: on most of the family's members."""
    cdef uint32_t x = vx(self, r)[0] & 63
    cdef uint32_t y = vy(self, r)[0] & (self.height - 1)
    cdef uint32_t line, rows = n_of(r)
    cdef const uint8_t *plain = span(self, r, r.i, rows)
    cdef uint64_t bits, hit = 0
    cdef uint64_t *row = self.display + y
    if likely(plain != NULL and y + rows <= self.height):
        plain += r.i
        for line in range(rows):
            bits = placed(plain[line], x, clip)
            hit |= row[line] & bits
            row[line] ^= bits
    else:
        for line in range(y, y + rows):
            bits = placed(sprite_byte(self, r, plain, r.i + line - y), x, clip)
            if line < self.height or not clip:
                row = self.display + (line & self.height - 1)
                hit |= row[0] & bits
                row[0] ^= bits
    self.reg.v[15] = hit != 0
    self.changed = True


cdef inline bint draw_doubled(Chip8 self, uint32_t plane, uint32_t x, uint32_t y, uint64_t bits) noexcept nogil:
    """Draws 8 pixels as blocks of four. The calculator's interpreter draws the upper row and copies it."""
    cdef uint64_t *upper = plane_row(self, plane, 2 * y)
    cdef uint64_t *lower = upper + 2
    cdef uint64_t[2] touched = [0, 0]
    cdef bint hit = draw_row(upper, 2, 2 * x, doubled(bits), self.quirk.clip)
    cdef uint32_t w
    draw_row(touched, 2, 2 * x, <uint64_t> 0xFFFF << 48, self.quirk.clip)
    for w in range(2):
        lower[w] = lower[w] & ~touched[w] | upper[w] & touched[w]
    return hit


cdef void draw_wide(Chip8 self, Loop *r) noexcept nogil:
    """Draws a sprite in whatever mode and planes there are."""
    cdef bint clip = self.quirk.clip
    cdef bint halves = self.quirk.half_pixels and not self.hires
    cdef uint32_t width = self.width >> halves
    cdef uint32_t height = self.height >> halves
    cdef uint32_t x = vx(self, r)[0] & (width - 1)
    cdef uint32_t y = vy(self, r)[0] & (height - 1)
    cdef uint32_t rows = n_of(r), width_in_bytes = 1
    cdef uint32_t plane, line, colliding = 0, below = 0, at = r.i
    cdef uint64_t bits
    cdef const uint8_t *plain
    if rows == 0:
        width_in_bytes = 2 if self.hires else self.quirk.tall >> 3
        rows = 16 if width_in_bytes else 0
    for plane in range(self.quirk.planes):
        if not self.selected >> plane & 1:
            continue
        plain = span(self, r, at, rows * width_in_bytes)
        for line in range(y, y + rows):
            bits = <uint64_t> sprite_byte(self, r, plain, at) << 56
            if width_in_bytes == 2:
                bits |= <uint64_t> sprite_byte(self, r, plain, at + 1) << 48
            at += width_in_bytes
            if line >= height and clip:
                below += 1
            elif halves:
                colliding += draw_doubled(self, plane, x, line & height - 1, bits)
            else:
                colliding += draw_row(plane_row(self, plane, line & height - 1), width >> 6, x, bits, clip)
    if self.quirk.count_rows and self.hires:
        self.reg.v[15] = <uint8_t> (colliding + below)
    else:
        self.reg.v[15] = colliding != 0
    self.changed = True


# --- all of the display ---------------------------------------------------------------------------------------

cdef void clear_display(Chip8 self, uint8_t planes) noexcept nogil:
    """Clears these planes, a bit a plane."""
    cdef uint32_t plane
    for plane in range(self.quirk.planes):
        if planes >> plane & 1:
            memset(self.display + plane * self.plane_words, 0, self.plane_words * sizeof(uint64_t))
    self.changed = True


cdef void reset_display(Chip8 self) noexcept nogil:
    """Clears all planes; blocks of colour become white, the last of the eight."""
    clear_display(self, 0xFF)
    if self.quirk.blocks:
        memset(self.display + self.plane_words, 0xFF, 3 * self.plane_words * sizeof(uint64_t))


cdef void scroll_rows(Chip8 self, uint32_t rows, bint down) noexcept nogil:
    """Moves the selected planes down or up."""
    cdef uint32_t plane
    cdef size_t away = rows * (self.width >> 6)
    cdef size_t kept = (self.height - rows) * (self.width >> 6)
    cdef uint64_t *top
    for plane in range(self.quirk.planes):
        if self.selected >> plane & 1:
            top = plane_row(self, plane, 0)
            memmove(top + (away if down else 0), top + (0 if down else away), kept * sizeof(uint64_t))
            memset(top if down else top + kept, 0, away * sizeof(uint64_t))
    self.changed = True


@cython.overflowcheck(False)         # pixels are meant to fall off
cdef void scroll_columns(Chip8 self, bint right) noexcept nogil:
    """Moves the selected planes by 4 pixels."""
    cdef uint32_t plane, y
    cdef bint two = self.width == 128
    cdef uint64_t *row
    for plane in range(self.quirk.planes):
        if not self.selected >> plane & 1:
            continue
        for y in range(self.height):
            row = plane_row(self, plane, y)
            if right:
                if two:
                    row[1] = row[1] >> 4 | row[0] << 60
                row[0] = row[0] >> 4
            else:
                row[0] = row[0] << 4
                if two:
                    row[0] |= row[1] >> 60
                    row[1] = row[1] << 4
    self.changed = True


# --- the screen -----------------------------------------------------------------------------------------------

cdef bint made_of_blocks(Chip8 self) noexcept nogil:
    """Whether 128 x 64 pixels are 64 x 32 blocks of four equal ones."""
    cdef uint32_t y, w
    cdef uint64_t *row
    for y in range(0, 64, 2):
        row = self.display + 2 * y
        for w in range(2):
            if row[w] != row[w + 2] or (row[w] ^ row[w] >> 1) & <uint64_t> 0x5555555555555555:
                return False
    return True


cdef void put_halved(Chip8 self) noexcept nogil:
    """Gives the screen each second pixel of each second row."""
    cdef uint32_t y
    for y in range(32):
        self.screen.bits[y] = halved(self.display[4 * y]) << 32 | halved(self.display[4 * y + 1])


cdef void put_planes(Chip8 self) noexcept nogil:
    """Gives the screen the display as it is."""
    cdef uint32_t plane
    for plane in range(self.quirk.planes):
        memcpy(self.screen.bits + plane * self.screen.plane_words, self.display + plane * self.plane_words,
               self.plane_words * sizeof(uint64_t))
