# The cycles of a 6502, in two builds. Every function here is compiled once for each:
#
#   Fast     Dummy accesses are counted, and performed only where a device could see them. A device is called in place, with
#            the tick of the very cycle. Opcodes and operands come from the code window, which is plain memory.
#   Exact    Every cycle is performed, recorded where somebody traces, and sampled for interrupts.
#
# `r.data` is what the data lines carry: the operand, and what an open bus reads as.

ctypedef FastRegisters *Fast
ctypedef ExactRegisters *Exact

ctypedef fused Build:
    Fast
    Exact


# --- the fast build, where a page has no pointer --------------------------------------------------------------------

cdef inline tick_t fast_tick(Fast r) noexcept nogil:
    """The tick of the cycle that has just been counted."""
    return r.end - (r.left + 1) * r.period


cdef void before_device(Mos6502 core, Fast r) noexcept nogil:
    # An event that an access earlier in this instruction has brought forward may lie before this one.
    cdef tick_t now = fast_tick(r)
    if unlikely(core.clock.due <= now):
        core.clock.dispatch(now)
    core.bus.data = <uint8_t> r.data


cdef void after_device(Mos6502 core, Fast r) noexcept nogil:
    # What the fast build took for granted may be so no longer; then it ends after this instruction, at the same tick.
    if core.clock.due < core.due or core.logged or core.bus.generation != core.generation or core.clock.stop:
        r.end -= r.left * r.period
        r.left = 0


cdef void device_read(Mos6502 core, Fast r, uint32_t addr, Access kind) noexcept nogil:
    before_device(core, r)
    r.data = trap_read(core.bus, addr, kind, fast_tick(r))
    after_device(core, r)


cdef void device_write(Mos6502 core, Fast r, uint32_t addr, uint32_t value) noexcept nogil:
    before_device(core, r)
    trap_write(core.bus, addr, <uint8_t> value, fast_tick(r))
    r.data = value
    after_device(core, r)


# --- the exact build, where a cycle is more than an access to memory ---------------------------------------------------

cdef void device_read_exact(Mos6502 core, Exact r, uint32_t addr, Access kind) noexcept nogil:
    core.bus.data = <uint8_t> r.data
    r.data = trap_read(core.bus, addr, kind, r.now)


cdef void device_write_exact(Mos6502 core, Exact r, uint32_t addr) noexcept nogil:
    core.bus.data = <uint8_t> r.data
    trap_write(core.bus, addr, <uint8_t> r.data, r.now)


cdef void notice(Mos6502 core, Exact r, uint32_t addr, Access kind, bint write) noexcept nogil:
    if core.bus.tracing:
        core.bus.tracer.record(r.now, addr, <uint8_t> r.data, kind, write)
    if core.changed:
        core.sample()


cdef inline void begin_cycle(Mos6502 core, Exact r) noexcept nogil:
    if unlikely(core.clock.due <= r.now):
        core.clock.dispatch(r.now)


cdef inline void end_cycle(Mos6502 core, Exact r, uint32_t addr, Access kind, bint write) noexcept nogil:
    r.polled = r.seen
    if unlikely(core.changed | core.bus.tracing):
        notice(core, r, addr, kind, write)
    r.seen = core.active
    r.now += r.period


# --- one cycle each -----------------------------------------------------------------------------------------------------

cdef inline void read_as(Build r, uint32_t addr, Access kind) noexcept nogil:
    cdef uint8_t *page = r.rp[addr >> 8]
    if Build is Fast:
        r.left -= 1
        if likely(page != NULL):
            r.data = page[addr]
        else:
            device_read(<Mos6502> r.core, r, addr, kind)
    else:
        begin_cycle(<Mos6502> r.core, r)
        page = r.rp[addr >> 8]           # an event may have switched the page
        if likely(page != NULL):
            r.data = page[addr]
        else:
            device_read_exact(<Mos6502> r.core, r, addr, kind)
        end_cycle(<Mos6502> r.core, r, addr, kind, False)


cdef inline void write_as(Build r, uint32_t addr, uint32_t value, Access kind) noexcept nogil:
    cdef uint8_t *page = r.wp[addr >> 8]
    if Build is Fast:
        r.left -= 1
        if likely(page != NULL):
            page[addr] = <uint8_t> value
            r.data = value
        else:
            device_write(<Mos6502> r.core, r, addr, value)
    else:
        begin_cycle(<Mos6502> r.core, r)
        page = r.wp[addr >> 8]
        r.data = value
        if likely(page != NULL):
            page[addr] = <uint8_t> value
        else:
            device_write_exact(<Mos6502> r.core, r, addr)
        end_cycle(<Mos6502> r.core, r, addr, kind, True)


cdef inline void read(Build r, uint32_t addr) noexcept nogil:
    read_as(r, addr, Access.READ)


cdef inline void write(Build r, uint32_t addr, uint32_t value) noexcept nogil:
    write_as(r, addr, value, Access.WRITE)


cdef inline void read_dummy(Build r, uint32_t addr) noexcept nogil:
    """A read whose value the chip does not use."""
    if Build is Fast:
        r.left -= 1
        if unlikely(r.rp[addr >> 8] == NULL):
            device_read(<Mos6502> r.core, r, addr, Access.DUMMY)
    else:
        read_as(r, addr, Access.DUMMY)


cdef inline void write_dummy(Build r, uint32_t addr, uint32_t value) noexcept nogil:
    """The write of the old value while the new one is computed; plain memory has that value already."""
    if Build is Fast:
        r.left -= 1
        if unlikely(r.wp[addr >> 8] == NULL):
            device_write(<Mos6502> r.core, r, addr, value)
    else:
        write_as(r, addr, value, Access.DUMMY)


cdef inline void fetch(Build r) noexcept nogil:
    """The next byte of the instruction."""
    if Build is Fast:
        r.left -= 1
        r.data = r.code[r.pc]
        r.pc += 1
    else:
        read_as(r, r.pc, Access.OPERAND)
        r.pc = (r.pc + 1) & 0xFFFF


cdef inline void fetch_dummy(Build r) noexcept nogil:
    """The byte behind a one-byte instruction, which the chip reads and leaves."""
    if Build is Fast:
        r.left -= 1
    else:
        read_as(r, r.pc, Access.DUMMY)


cdef inline void push(Build r, uint32_t value) noexcept nogil:
    write(r, 0x100 | r.s, value)
    r.s = (r.s - 1) & 0xFF


cdef inline void pull(Build r) noexcept nogil:
    r.s = (r.s + 1) & 0xFF
    read(r, 0x100 | r.s)


cdef inline void read_stack_dummy(Build r) noexcept nogil:
    """The cycle in which the stack pointer moves."""
    read_dummy(r, 0x100 | r.s)
