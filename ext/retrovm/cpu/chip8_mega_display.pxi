# The display of a MegaChip8 in its own mode: a canvas of colours that is drawn on and a picture that is shown, 256 x 192
# pixels. For each pixel of the canvas the number of the colour that was drawn there last is kept too: collisions are by it.

cdef enum Blend:
    COVER = 0                # 1 to 3: by so many quarters
    ADD = 4
    MULTIPLY = 5

cdef enum:
    OPAQUE = 255             # of an alpha
    QUARTERS = 4
    ALL = 1020               # OPAQUE * QUARTERS
    WHITE = 0xFFFFFF
    WHITE_NUMBER = 255       # the colour as which digits collide
    DIGITS_END = 0x100       # sprites below are digits


cdef inline uint32_t mixed(uint32_t below, uint32_t above, uint32_t weight) noexcept nogil:
    """One part of a colour, `weight` / ALL of it from above; rounded to the nearest."""
    return (above * weight + below * (ALL - weight) + ALL // 2) // ALL


cdef inline uint32_t sum_of(uint32_t one, uint32_t other) noexcept nogil:
    return min(one + other, 255)


cdef inline uint32_t product_of(uint32_t one, uint32_t other) noexcept nogil:
    return (one * other + 127) // 255


cdef inline uint32_t blended(uint32_t below, uint32_t colour, uint8_t blend) noexcept nogil:
    """What a pixel becomes: `colour` has an alpha, by which the blend is mixed with what is below."""
    cdef uint32_t weight = (colour >> 24) * (blend if 1 <= blend < QUARTERS else QUARTERS)
    cdef uint32_t under_red = below >> 16, under_green = below >> 8 & 0xFF, under_blue = below & 0xFF
    cdef uint32_t red = colour >> 16 & 0xFF, green = colour >> 8 & 0xFF, blue = colour & 0xFF
    if blend == Blend.ADD:
        red, green, blue = sum_of(under_red, red), sum_of(under_green, green), sum_of(under_blue, blue)
    elif blend == Blend.MULTIPLY:
        red, green, blue = product_of(under_red, red), product_of(under_green, green), product_of(under_blue, blue)
    red = mixed(under_red, red, weight)
    green = mixed(under_green, green, weight)
    blue = mixed(under_blue, blue, weight)
    return red << 16 | green << 8 | blue


cdef bint draw_pixels(Mega *m, const uint8_t *source, uint32_t at, uint32_t count) noexcept nogil:
    """Draws a part of a row of a sprite from pixel `at` of the canvas on; true when it meets the collision colour."""
    cdef uint8_t *drawn = m.drawn + at
    cdef uint32_t *canvas = m.canvas + at
    cdef uint8_t blend = m.blend, collision = m.collision      # bytes that are written may not change these
    cdef uint32_t n, colour
    cdef bint hit = False
    for n in range(count):
        if source[n]:
            hit |= drawn[n] == collision
            drawn[n] = source[n]
            colour = m.palette[source[n]]
            if likely(blend == Blend.COVER and colour >> 24 == OPAQUE):
                canvas[n] = colour & 0xFFFFFF
            else:
                canvas[n] = blended(canvas[n], colour, blend)
    return hit


cdef const uint8_t *sprite_row(Chip8 self, Loop *r, uint32_t at, uint32_t count, uint8_t *copy) noexcept nogil:
    """`count` bytes of memory: in their place, or copied where they are not plain memory in one piece."""
    cdef const uint8_t *plain = span(self, r, at & self.bus.mask, count)
    cdef uint32_t n
    if likely(plain != NULL):
        return plain + (at & self.bus.mask)
    for n in range(count):
        copy[n] = rd(self, r, at + n, Access.READ)
    return copy


cdef void draw_colours(Chip8 self, Loop *r) noexcept nogil:
    """Draws a sprite of a byte a pixel. VX and VY are not wrapped: rows below 191 are hidden, and without the clip quirk
    the display goes on at row 0, behind row 255, as it does at column 0.
    """
    cdef Mega *m = self.mega
    cdef uint32_t width = m.sprite_width or 256, height = m.sprite_height or 256
    cdef uint32_t x = vx(self, r)[0], y = vy(self, r)[0]
    cdef uint32_t inside = min(width, MEGA_WIDTH - x), line, row
    cdef uint8_t[256] copy
    cdef const uint8_t *source
    cdef bint hit = False
    for line in range(height):
        row = y + line
        if not self.quirk.clip:
            row &= 0xFF
        if row >= MEGA_HEIGHT:
            if self.quirk.clip:
                break
            continue
        source = sprite_row(self, r, r.i + line * width, width, copy)
        hit |= draw_pixels(m, source, row * MEGA_WIDTH + x, inside)
        if inside < width and not self.quirk.clip:
            hit |= draw_pixels(m, source + inside, row * MEGA_WIDTH, width - inside)
    self.reg.v[15] = hit


cdef void draw_digit(Chip8 self, Loop *r) noexcept nogil:
    """Draws N rows of 8 pixels in white, a bit a pixel."""
    cdef Mega *m = self.mega
    cdef uint32_t x = vx(self, r)[0], y = vy(self, r)[0], row, column, line, bit
    cdef uint8_t bits
    cdef bint hit = False
    for line in range(n_of(r)):
        bits = rd(self, r, r.i + line, Access.READ)
        for bit in range(8):
            row = y + line
            column = x + bit
            if not self.quirk.clip:
                row &= 0xFF
                column &= 0xFF
            if bits << bit & 0x80 and row < MEGA_HEIGHT and column < MEGA_WIDTH:
                hit |= m.drawn[row * MEGA_WIDTH + column] == m.collision
                m.drawn[row * MEGA_WIDTH + column] = WHITE_NUMBER
                m.canvas[row * MEGA_WIDTH + column] = WHITE
    self.reg.v[15] = hit


# --- all of the canvas ------------------------------------------------------------------------------------------

cdef void clear_canvas(Mega *m) noexcept nogil:
    memset(m.drawn, 0, sizeof(m.drawn))
    memset(m.canvas, 0, sizeof(m.canvas))


cdef void scroll_canvas_rows(Mega *m, uint32_t rows, bint down) noexcept nogil:
    """Moves the canvas down or up."""
    cdef size_t away = rows * MEGA_WIDTH
    cdef size_t kept = MEGA_PIXELS - away
    memmove(m.drawn + (away if down else 0), m.drawn + (0 if down else away), kept)
    memmove(m.canvas + (away if down else 0), m.canvas + (0 if down else away), kept * sizeof(uint32_t))
    memset(m.drawn + (0 if down else kept), 0, away)
    memset(m.canvas + (0 if down else kept), 0, away * sizeof(uint32_t))


cdef void scroll_canvas_columns(Mega *m, bint right) noexcept nogil:
    """Moves the canvas by 4 pixels."""
    cdef uint32_t y, old = 0 if right else 4, new = 4 if right else 0, bare = 0 if right else MEGA_WIDTH - 4
    cdef uint8_t *drawn
    cdef uint32_t *canvas
    for y in range(<uint32_t> MEGA_HEIGHT):
        drawn = m.drawn + y * MEGA_WIDTH
        canvas = m.canvas + y * MEGA_WIDTH
        memmove(drawn + new, drawn + old, MEGA_WIDTH - 4)
        memmove(canvas + new, canvas + old, (MEGA_WIDTH - 4) * sizeof(uint32_t))
        memset(drawn + bare, 0, 4)
        memset(canvas + bare, 0, 4 * sizeof(uint32_t))


cdef void show_canvas(Chip8 self) noexcept nogil:
    """Gives the screen the canvas, as bright as the alpha says."""
    cdef Mega *m = self.mega
    cdef uint32_t n, shift, colour
    if self.screen is None:
        return
    if m.alpha == OPAQUE:
        memcpy(self.screen.direct, m.canvas, sizeof(m.canvas))
    else:
        for n in range(<uint32_t> MEGA_PIXELS):
            colour = 0
            for shift in range(0, 24, 8):
                colour |= mixed(0, m.canvas[n] >> shift & 0xFF, m.alpha * QUARTERS) << shift
            self.screen.direct[n] = colour
    self.screen.end_direct_picture(MEGA_WIDTH, MEGA_HEIGHT)
