# The pins RDY and SO (docs/references.md: breaks, mcs6500-hardware, w65c02s).

# --- RDY ----------------------------------------------------------------------------------------------------------------
#
# While it is low at the end of a cycle, that cycle does not end: the address stays, and whoever answers there sees the
# access again. NMOS looks at RDY in reads only.
#
# The latch that takes an interrupt is not stopped by RDY. It looks whenever the cycle that comes next is the last of the
# instruction, perhaps the same once more: so a stretched last cycle polls in each of its repetitions but the last, besides
# the poll before it. Wherever else an instruction is stretched, that adds no poll.

cdef uint32_t stalled_read(Mos6502 core, uint32_t addr, Access kind, uint32_t data) noexcept nogil:
    """The read at `clock.now` again, until RDY is high at the end of the cycle."""
    begin_repeating(core)
    while may_repeat(core):
        data = read_once(core, core.clock.now + core.period, addr, kind, data)
    end_repeating(core)
    return data


cdef void stalled_write(Mos6502 core, uint32_t addr, Access kind, uint32_t value) noexcept nogil:
    begin_repeating(core)
    while may_repeat(core):
        write_once(core, core.clock.now + core.period, addr, kind, value)
    end_repeating(core)


cdef inline void begin_repeating(Mos6502 core) noexcept nogil:
    core.polled_before = wanted(core, core.clock.now - core.period)
    core.polled_meanwhile = 0
    core.patience = HELD_FOR_GOOD


cdef inline bint may_repeat(Mos6502 core) noexcept nogil:
    if not core.lines & Line.RDY or core.clock.failed:
        return False
    core.polled_meanwhile = core.polled_meanwhile | core.active
    if core.patience == 0:
        core.halt = HELD
        return False
    core.patience = core.patience - 1
    return True


cdef inline void end_repeating(Mos6502 core) noexcept nogil:
    """Should this have been the instruction's last cycle, its poll finds what all of them saw."""
    core.stretched = core.clock.now
    core.active_since = core.clock.now
    core.active_before = core.polled_before | core.polled_meanwhile


cdef inline bint was_stretched(Exact r) noexcept nogil:
    """RDY has stretched the cycle that has just ended."""
    return (<Mos6502> r.core).stretched == r.now - r.period


cdef inline void poll_around_i(Exact r) noexcept nogil:
    """CLI and SEI change I when their last cycle is performed for the first time: what polls after it goes by the new I."""
    if unlikely(was_stretched(r)):
        (<Mos6502> r.core).polled = ((<Mos6502> r.core).polled_before & interrupts_allowed((<Mos6502> r.core).polled_p)
                    | (<Mos6502> r.core).polled_meanwhile & interrupts_allowed(r.p))
        (<Mos6502> r.core).polled_p = 0          # each has asked I already


# A device that pulls RDY as it is accessed does so in a fast run, which counted on no cycle but its own.

cdef void begin_stall(Mos6502 core) noexcept nogil:
    """Sees the lines so far as the exact build would have; from here on every cycle is whole."""
    core.look_back(core.clock.now + core.period)
    core.sample(core.clock.now)
    core.stalled = True
    core.stalled_from = core.clock.now


cdef void end_stall(Mos6502 core) noexcept nogil:
    """The run ends later by the cycles that nobody had counted on. Where an event has come near, each access looks for it."""
    core.logged = 0
    core.end = core.end + core.clock.now - core.stalled_from
    if core.clock.due <= core.clock.now + 7 * core.period:
        core.bus.hide(True)


# --- SO -----------------------------------------------------------------------------------------------------------------
#
# Its falling edge sets V. One at the end of a cycle is sampled in the next, and V is set from the one behind that on. An
# instruction that writes V in the same cycle, or later, wins. So an edge is kept until V is read or written.

cdef enum:
    SO_DELAY = 2               # cycles


cdef inline void see_overflow_pin(Mos6502 core, tick_t cycle) noexcept nogil:
    """The end of a cycle in which lines changed."""
    cdef bint low = (core.lines & Line.SO) != 0
    cdef tick_t at = cycle + SO_DELAY * core.period
    if low and not core.so_was_low and at > core.overflow_written:
        if core.overflow_at == 0:
            core.overflow_at = at
        core.overflow_again_at = at
    core.so_was_low = low


cdef inline void forget_overflow_pin(Mos6502 core, tick_t until) noexcept nogil:
    """What was to set V up to this tick is done."""
    if core.overflow_again_at <= until:
        core.overflow_again_at = 0
    core.overflow_at = core.overflow_again_at


cdef inline bint overflow_is_due(Mos6502 core, tick_t tick) noexcept nogil:
    return unlikely(core.overflow_at != 0) and core.overflow_at <= tick


cdef inline void settle_overflow(Exact r, tick_t tick) noexcept nogil:
    """V as it is in the cycle at this tick."""
    if overflow_is_due(<Mos6502> r.core, tick):
        r.v |= 0x80
        forget_overflow_pin(<Mos6502> r.core, tick)


cdef inline void write_overflow(Build r, int64_t late) noexcept nogil:
    """The instruction that ends now writes V as the cycle begins that is so many behind its next one.

    The fast build knows it by `writes_overflow`, of the device access whose edge it is.
    """
    if Build is Exact:
        (<Mos6502> r.core).overflow_written = r.now + late * r.period
        if overflow_is_due(<Mos6502> r.core, r.now + late * r.period):
            forget_overflow_pin(<Mos6502> r.core, r.now + late * r.period)


cdef inline void write_overflow_behind(Build r) noexcept nogil:
    """ADC and SBC within an instruction that modifies memory: its last cycle is still to come."""
    write_overflow(r, 2)
