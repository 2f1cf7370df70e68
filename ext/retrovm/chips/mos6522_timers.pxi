# The timers of the 6522. Both are caught up: a counter is what it was loaded with and when.
#
# Everything that a timer does is settled by `run_t1` and `run_t2`, in the order of time; what lies between two accesses and
# is seen by nobody is done at once, however many times the timer has come round.


# --- timer 1 ------------------------------------------------------------------------------------------------------------


cdef uint16_t t1_count(Mos6522 via, int64_t now) noexcept nogil:
    return <uint16_t> ((via.t1_loaded - max(<int64_t> 0, now - via.t1_start)) & 0xFFFF)


cdef void run_t1(Mos6522 via, int64_t now) noexcept nogil:
    cdef int64_t end = via.t1_start + via.t1_loaded + 1        # the cycle of $FFFF
    cdef int64_t periods
    while now >= end:
        if via.t1_armed and via.t1_fired != end:
            via.t1_fired = end
            via.ifr = via.ifr | F_T1
            via.pb7 = not via.pb7
            via.t1_armed = (via.acr & T1_FREE) != 0
        if now == end:
            return                       # a latch that is written in this cycle is still loaded
        via.t1_start = end + 1
        via.t1_loaded = via.t1_latch
        periods = (now - via.t1_start) // (via.t1_latch + 2) - 1
        if periods > 0:                  # all but the last one at once
            via.t1_start = via.t1_start + periods * (via.t1_latch + 2)
            if via.t1_armed and periods & 1:
                via.pb7 = not via.pb7
        end = via.t1_start + via.t1_loaded + 1


# --- timer 2 ------------------------------------------------------------------------------------------------------------


cdef uint16_t t2_count(Mos6522 via, int64_t now) noexcept nogil:
    return <uint16_t> ((via.t2_value - max(<int64_t> 0, min(now, via.t2_stop) - via.t2_at)) & 0xFFFF)


cdef int64_t t2_timeout(Mos6522 via) noexcept nogil:
    """The cycle that will set the flag of T2, or NEVER."""
    cdef int64_t at = via.t2_at + via.t2_value + 1
    if not via.t2_armed or via.t2_at >= via.t2_stop:
        return NEVER
    if via.t2_reload != NEVER:
        # The high byte counts how often the low byte comes round, a period of the latch and two cycles.
        at = via.t2_reload - 1 + (t2_count(via, via.t2_reload - 2) >> 8) * (via.t2_latch + 2)
    return at if at <= via.t2_stop else NEVER


cdef void plan_reload(Mos6522 via, int64_t now) noexcept nogil:
    """Finds the first cycle behind `now` in which the low byte is loaded from its latch: that behind its $FF."""
    cdef int64_t at = via.t2_at + (via.t2_value & 0xFF) + 2
    if at <= now:
        at += ((now - at) // 256 + 1) * 256
    via.t2_reload = at if clocked_by_t2(via) and at - 1 <= via.t2_stop else NEVER


cdef void fire_t2(Mos6522 via, int64_t now) noexcept nogil:
    via.t2_armed = False
    via.t2_fired = now
    via.ifr = via.ifr | F_T2


cdef void reload_t2(Mos6522 via, int64_t now) noexcept nogil:
    via.t2_value = (t2_count(via, now - 1) & 0xFF00) | via.t2_latch
    via.t2_at = now
    via.shift_at = now + 1
    plan_reload(via, now)


cdef void run_t2(Mos6522 via, int64_t now) noexcept nogil:
    cdef int64_t timeout = t2_timeout(via)
    cdef int64_t periods
    while min(timeout, min(via.t2_reload, via.shift_at)) <= now:
        if timeout <= min(via.t2_reload, via.shift_at):
            fire_t2(via, timeout)
        elif via.shift_at <= via.t2_reload:
            if via.edges < SHIFTED and clocked_by_t2(via):
                shift_edge(via)
                drive_b(via, via.shift_at)
            via.shift_at = NEVER
        else:
            periods = 0
            if via.edges == SHIFTED and not via.t2_armed and via.t2_stop == NEVER:
                periods = max(<int64_t> 0, (now - via.t2_reload) // (via.t2_latch + 2))
            reload_t2(via, via.t2_reload)
            if periods:                  # nothing but the high byte changes in them
                via.t2_value = <uint16_t> ((via.t2_value - (periods << 8)) & 0xFFFF)
                via.t2_at = via.t2_at + periods * (via.t2_latch + 2)
                via.shift_at = via.t2_at + 1
                plan_reload(via, via.t2_at)
        timeout = t2_timeout(via)


cdef void count_pulse(Mos6522 via, int64_t now) noexcept nogil:
    """A falling edge on PB6."""
    cdef int64_t at = max(now, via.t2_stop)
    run_t2(via, via.t2_stop)                # it may be asked to count in the cycle in which it stops counting cycles
    via.t2_value = <uint16_t> ((t2_count(via, at) - 1) & 0xFFFF)
    via.t2_at = via.t2_stop
    if via.t2_value == 0xFFFF and via.t2_armed:
        fire_t2(via, now)
    if via.t2_value & 0xFF == 0xFF and clocked_by_t2(via):
        via.t2_reload = at + 1
