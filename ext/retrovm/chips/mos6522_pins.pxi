# The pins of the 6522. It drives both ports as its registers say, and acts on edges at CA1, CA2,
# CB1, CB2 and PB6, its own among them.


cdef void drive_a(Mos6522 via, int64_t now) noexcept nogil:
    cdef uint32_t driven = via.ddra
    cdef uint32_t levels = via.ora
    if via.pcr & C2_OUTPUT:
        driven |= C2
        if c2_high(via.pcr, via.ca2_low):
            levels |= C2
    via.driving = via.driving + 1
    via.port_a.drive(via.slot_a, driven, levels, now * via.period)
    via.driving = via.driving - 1
    look_a(via, now)


cdef void drive_b(Mos6522 via, int64_t now) noexcept nogil:
    cdef int mode = shift_mode(via)
    cdef uint8_t control = via.pcr >> 4
    cdef uint32_t driven = via.ddrb
    cdef uint32_t levels = via.orb
    if via.acr & T1_PB7:
        levels = levels & ~<uint32_t> PB7 | (PB7 if via.pb7 else 0)
    if mode != OFF and mode != IN_CB1 and mode != OUT_CB1:
        driven |= C1
        levels |= 0 if via.edges & 1 else C1
    if via.acr & SHIFT_OUT:
        driven |= C2
        levels |= C2 if via.sr_out else 0
    elif mode == OFF and control & C2_OUTPUT:
        driven |= C2
        levels |= C2 if c2_high(control, via.cb2_low) else 0
    via.driving = via.driving + 1
    via.port_b.drive(via.slot_b, driven, levels, now * via.period)
    via.driving = via.driving - 1
    look_b(via, now)


cdef void look_a(Mos6522 via, int64_t now) noexcept nogil:
    """Does what edges at CA1 and CA2 ask for."""
    cdef uint32_t levels = via.port_a.levels
    cdef uint32_t changed = levels ^ via.seen_a
    if via.resetting:
        return
    via.seen_a = levels
    if changed & C2 and not via.pcr & C2_OUTPUT and (levels & C2 != 0) == (via.pcr & C2_RISING != 0):
        via.ifr = via.ifr | F_CA2
    if changed & C1 and (levels & C1 != 0) == (via.pcr & C1_RISING != 0):
        if not via.ifr & F_CA1:
            via.ira = <uint8_t> (levels & DATA)
        via.ifr = via.ifr | F_CA1
        if via.ca2_low and via.pcr & C2_MODE == C2_HANDSHAKE:
            via.ca2_low = False
            drive_a(via, now)


cdef void look_b(Mos6522 via, int64_t now) noexcept nogil:
    """Does what edges at CB1, CB2 and PB6 ask for."""
    cdef uint8_t control = via.pcr >> 4
    cdef uint32_t levels = via.port_b.levels
    cdef uint32_t changed = levels ^ via.seen_b
    cdef int mode = shift_mode(via)
    cdef bint drive = False
    if via.resetting:
        return
    via.seen_b = levels
    if changed & ~levels & PB6 and via.acr & T2_PULSES:
        count_pulse(via, now)
    if changed & C2 and not control & C2_OUTPUT and (levels & C2 != 0) == (control & C2_RISING != 0):
        via.ifr = via.ifr | F_CB2
    if not changed & C1:
        return
    if mode == OFF or mode == IN_CB1 or mode == OUT_CB1:
        external_edge(via, levels & C1 != 0)
        drive = mode == OUT_CB1
    if (levels & C1 != 0) == (control & C1_RISING != 0):
        if not via.ifr & F_CB1:
            via.irb = <uint8_t> (levels & DATA)
        via.ifr = via.ifr | F_CB1
        if via.cb2_low and control & C2_MODE == C2_HANDSHAKE:
            via.cb2_low = False
            drive = True
    if drive:
        drive_b(via, now)
