# Pictures in bit planes, made into pixels of a byte each.

cdef uint8_t[256][8] PIXELS      # the pixels of each byte, leftmost first: 0 or 1


cdef int fill_pixels() except -1:
    for value in range(256):
        for x in range(8):
            PIXELS[value][x] = value >> (7 - x) & 1
    return 0


fill_pixels()


cdef inline void make_pixels_of_word(uint8_t *out, const uint64_t *word, size_t stride, int planes,
                                     uint64_t common) noexcept nogil:
    """64 pixels; the words of the other planes are `stride` words away each."""
    cdef int byte, plane
    cdef uint64_t eight, pixels
    for byte in range(8):
        pixels = common
        for plane in range(planes):
            # Eight pixels at once; a copy of bytes has the same order on every host.
            memcpy(&eight, PIXELS[word[plane * stride] >> (56 - 8 * byte) & 0xFF], 8)
            pixels |= eight << plane
        memcpy(out, &pixels, 8)
        out += 8


cdef void make_pixels(Screen screen) noexcept nogil:
    """Has the picture of the planes in `pixels`."""
    cdef size_t at
    cdef uint64_t common
    memset(&common, screen.common, sizeof(common))
    for at in range(<size_t> (screen.width * screen.height) >> 6):
        make_pixels_of_word(screen.pixels + 64 * at, screen.bits + at, screen.plane_words, screen.planes, common)
    screen.current = True
