# The display: planes of rows of 64-bit words, so that a row of a sprite is drawn by a shift and an exclusive or.

cdef uint8_t[256][8] PIXELS      # the pixels of each byte, leftmost first, as the screen wants them: 0 or 1


cdef int fill_pixels() except -1:
    for value in range(256):
        for x in range(8):
            PIXELS[value][x] = value >> (7 - x) & 1
    return 0


@cython.overflowcheck(False)         # pixels are meant to fall off both ends
cdef inline uint64_t columns(uint64_t bits, int x) noexcept nogil:
    """What shows of `bits`, whose left end lies at column x, in the columns 0 to 63."""
    if x <= -64 or x >= 64:
        return 0
    return bits >> x if x >= 0 else bits << -x


cdef inline bint draw_row(Chip8 self, uint32_t plane, uint32_t x, uint32_t y, uint64_t bits) noexcept nogil:
    """Draws `bits` with their left end at column x of a row; true when that clears a pixel."""
    cdef uint32_t words = self.quirk.width >> 6
    cdef uint64_t *row = &self.display[plane][y * words]
    cdef uint64_t piece, hit = 0
    cdef uint32_t w
    for w in range(words):
        piece = columns(bits, <int> x - 64 * <int> w)
        if not self.quirk.clip:
            piece |= columns(bits, <int> x - 64 * <int> w - <int> self.quirk.width)
        hit |= row[w] & piece
        row[w] ^= piece
    return hit != 0


cdef void clear_display(Chip8 self) noexcept nogil:
    """Clears the selected planes."""
    cdef uint32_t plane
    for plane in range(<uint32_t> PLANES):
        if self.selected >> plane & 1:
            memset(self.display[plane], 0, sizeof(self.display[plane]))
    self.changed = True


cdef void paint_picture(Chip8 self) noexcept nogil:
    """Gives the screen the picture: a byte a pixel, plane 0 in bit 0."""
    cdef uint32_t at, byte, plane
    cdef uint64_t eight, pixels
    cdef uint8_t *out = self.screen.pixels
    for at in range(self.quirk.width * self.quirk.height >> 6):
        for byte in range(8):
            pixels = 0
            for plane in range(self.quirk.planes):
                # Eight pixels at once; a copy of bytes has the same order on every host.
                memcpy(&eight, PIXELS[self.picture[plane][at] >> (56 - 8 * byte) & 0xFF], 8)
                pixels |= eight << plane
            memcpy(out, &pixels, 8)
            out += 8
