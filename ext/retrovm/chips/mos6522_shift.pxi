# The shift register of the 6522.


cdef int shift_mode(Mos6522 via) noexcept nogil:
    return (via.acr & SHIFT_MODE) >> 2


cdef bint clocked_by_t2(Mos6522 via) noexcept nogil:
    cdef int mode = shift_mode(via)
    return mode == IN_T2 or mode == OUT_T2 or mode == OUT_FREE


cdef bint clocked_by_phi2(Mos6522 via) noexcept nogil:
    cdef int mode = shift_mode(via)
    return mode == IN_PHI2 or mode == OUT_PHI2


cdef void shifted_out(Mos6522 via) noexcept nogil:
    via.sr_out = via.sr >> 7
    via.sr = <uint8_t> ((via.sr << 1 | via.sr >> 7) & 0xFF)


cdef void shifted_in(Mos6522 via) noexcept nogil:
    via.sr = <uint8_t> ((via.sr << 1 | (via.port_b.levels & C2 != 0)) & 0xFF)


cdef void shift_edge(Mos6522 via) noexcept nogil:
    """An edge of the clock that the chip itself puts on CB1: data goes out when it falls, and in when it rises."""
    if via.edges & 1:
        if not via.acr & SHIFT_OUT:
            shifted_in(via)
    elif via.acr & SHIFT_OUT:
        shifted_out(via)
    via.edges = via.edges + 1
    if via.edges == SHIFTED:
        if shift_mode(via) == OUT_FREE:
            via.edges = 0
        else:
            via.ifr = via.ifr | F_SR


cdef void external_edge(Mos6522 via, bint rising) noexcept nogil:
    """An edge on CB1 that others make. The count of them stops nothing."""
    cdef int mode = shift_mode(via)
    if mode == OUT_CB1 and not rising:
        shifted_out(via)
    elif (mode == IN_CB1 or mode == OFF) and rising:
        shifted_in(via)
    if rising and mode != OFF:
        via.edges = (via.edges & 0xE) + 2
        if via.edges == SHIFTED:
            via.edges = 0
            via.ifr = via.ifr | F_SR


cdef void access_sr(Mos6522 via, int64_t now) noexcept nogil:
    """A read or a write of SR starts what is not under way (vice-via)."""
    cdef int mode = shift_mode(via)
    via.clear(F_SR, now)
    if mode == IN_CB1 or mode == OUT_CB1:
        via.edges = 0
    elif mode != OFF and via.edges == SHIFTED:
        via.edges = 0
        via.phi2_at = now + 2
