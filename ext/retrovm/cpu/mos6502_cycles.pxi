# The cycles of a 6502, in two builds. Every function here is compiled once for each:
#
#   Fast     Dummy accesses are counted, and performed only where a device could see them. A device is called in place, with
#            the tick of the very cycle. Opcodes and operands come from the code window, which is plain memory.
#   Exact    Every cycle is performed, recorded where somebody traces, and sampled for interrupts.
#
# How RDY stretches a cycle stands in mos6502_pins.pxi.
#
# `r.data` is what the data lines carry: the operand, and what an open bus reads as.

ctypedef FastRegisters *Fast
ctypedef ExactRegisters *Exact

ctypedef fused Build:
    Fast
    Exact


# The registers of a run are a local struct that the C compiler keeps in the host's registers, so no function that is not
# inline may get a pointer to it: what such a function needs goes through its parameters or the core (measured: half the
# speed otherwise).

# --- the fast build, where a page has no pointer --------------------------------------------------------------------

cdef enum:
    LEAVE = 0x100              # beside the byte on the data lines: the fast run ends after this instruction


cdef inline tick_t tick_of(Mos6502 core, int64_t left) noexcept nogil:
    """The tick of the cycle that has just been counted."""
    return core.end - (left + 1) * core.period


# `how` is an `Access`, and above it what the instruction does to V: see `writes_overflow`.

cdef enum:
    HOW_SHIFT = 8
    ACCESS_MASK = 0xFF


cdef uint32_t device_read(Mos6502 core, uint32_t addr, uint32_t how, uint32_t data, int64_t left) noexcept nogil:
    cdef Slot *slot = &core.bus.slots[addr >> 8]
    cdef tick_t now = tick_of(core, left)
    if unlikely(core.clock.due <= now) or not idle(slot.device, now):
        return timed_read(core, addr, how, data, now)
    core.bus.data = <uint8_t> data
    core.clock.now = now
    core.access_addr = addr
    core.access_how = how
    data = (<Device> slot.device).read((addr - slot.base) & slot.mask, <Access> (how & ACCESS_MASK))
    if unlikely(core.clock.due < core.due):
        return leave_after_read(core, data)
    return data


cdef uint32_t device_write(Mos6502 core, uint32_t addr, uint32_t value, uint32_t how, int64_t left) noexcept nogil:
    cdef Slot *slot = &core.bus.slots[addr >> 8]
    cdef tick_t now = tick_of(core, left)
    if unlikely(core.clock.due <= now) or not idle(slot.device, now):
        return timed_write(core, addr, value, how, now)
    core.bus.data = <uint8_t> value
    core.clock.now = now
    core.access_addr = addr
    core.access_how = how
    (<Device> slot.device).write((addr - slot.base) & slot.mask, <uint8_t> value)
    if unlikely(core.clock.due < core.due):
        return leave_after_write(core, value)
    return 0


# What these two do is apart, so that the common case needs few host registers that survive calls. An event that is due
# was brought forward by an access earlier in this instruction.

cdef uint32_t timed_read(Mos6502 core, uint32_t addr, uint32_t how, uint32_t data, tick_t now) noexcept nogil:
    if core.clock.due <= now:
        core.clock.dispatch(now)
    core.bus.data = <uint8_t> data
    data = trap_read(core.bus, addr, <Access> (how & ACCESS_MASK), now)
    core.access_addr = addr
    core.access_how = how
    return leave_after_read(core, data) if core.leaving or core.clock.due < core.due else data


cdef uint32_t timed_write(Mos6502 core, uint32_t addr, uint32_t value, uint32_t how, tick_t now) noexcept nogil:
    if core.clock.due <= now:
        core.clock.dispatch(now)
    core.bus.data = <uint8_t> value
    trap_write(core.bus, addr, <uint8_t> value, now)
    core.access_addr = addr
    core.access_how = how
    return leave_after_write(core, value) if core.leaving or core.clock.due < core.due else 0


# What the fast build took for granted may be so no longer. One comparison says so: lines that change, pages that are
# switched and devices that fail bring `clock.due` forward.

cdef uint32_t leave_after_read(Mos6502 core, uint32_t data) noexcept nogil:
    core.leaving = True
    if core.lines & Line.RDY:
        begin_stall(core)
        data = stalled_read(core, core.access_addr, <Access> (core.access_how & ACCESS_MASK), data)
        end_stall(core)
    return data | LEAVE


cdef uint32_t leave_after_write(Mos6502 core, uint32_t value) noexcept nogil:
    core.leaving = True
    if core.is_cmos and core.lines & Line.RDY:
        begin_stall(core)
        stalled_write(core, core.access_addr, Access.WRITE, value)
        end_stall(core)
    return LEAVE


cdef inline void writes_overflow(Fast r, uint32_t late) noexcept nogil:
    """The instruction that begins writes V, so many cycles behind its end: an edge at SO that one of its accesses causes
    may be lost. The compiler knows this, as it knows `used`, so that only an access of a device has to tell it."""
    r.overflow = 1 + late


# The count of cycles is not touched here, nor anything else that lives in a host register: where this path meets the
# common one, each such value would cost every instruction a move.

cdef inline void read_device(Fast r, uint32_t addr, Access kind) noexcept nogil:
    r.data = device_read(<Mos6502> r.core, addr, kind | r.overflow << HOW_SHIFT, r.data, r.left - r.used)
    if unlikely(r.data & LEAVE):
        r.data &= 0xFF
        r.window_end = 0


cdef inline void write_device(Fast r, uint32_t addr, uint32_t value) noexcept nogil:
    if unlikely(device_write(<Mos6502> r.core, addr, value, Access.WRITE | r.overflow << HOW_SHIFT, r.left - r.used)):
        r.window_end = 0
    r.data = value


# --- the exact build, when there is more to a cycle than an access to memory --------------------------------------------
#
# `core.wake` is the tick from which on cycles are not plain: an event is due, a line has changed, or somebody traces.

cdef inline tick_t plain_until(Mos6502 core) noexcept nogil:
    return 0 if core.changed or core.bus.tracing or core.lines & Line.RDY else core.clock.due


cdef inline void begin_whole_cycle(Mos6502 core, tick_t now, uint32_t data) noexcept nogil:
    if core.clock.due <= now:
        core.clock.dispatch(now)
    core.bus.data = <uint8_t> data


cdef inline void end_whole_cycle(Mos6502 core, tick_t now, uint32_t addr, uint32_t data, Access kind,
                                 bint write) noexcept nogil:
    if core.bus.tracing:
        core.bus.tracer.record(now, addr & core.bus.mask, <uint8_t> data, kind, write)
    if core.changed:
        core.sample(now)
    core.wake = plain_until(core)
    core.eventful = True


cdef inline uint32_t read_once(Mos6502 core, tick_t now, uint32_t addr, Access kind, uint32_t data) noexcept nogil:
    cdef uint8_t *page
    begin_whole_cycle(core, now, data)
    page = core.bus.rp[addr >> 8]        # only now: an event may have switched the page
    data = page[addr] if page != NULL else trap_read(core.bus, addr, kind, now)
    end_whole_cycle(core, now, addr, data, kind, False)
    core.clock.now = now
    return data


cdef inline void write_once(Mos6502 core, tick_t now, uint32_t addr, Access kind, uint32_t data) noexcept nogil:
    cdef uint8_t *page
    begin_whole_cycle(core, now, data)
    page = core.bus.wp[addr >> 8]
    if page != NULL:
        page[addr] = <uint8_t> data
    else:
        core.bus.writing = kind
        trap_write(core.bus, addr, <uint8_t> data, now)
    end_whole_cycle(core, now, addr, data, kind, True)
    core.clock.now = now


# Both leave the tick of the cycle in `clock.now`: it is a later one when RDY has stretched the cycle.

cdef uint32_t whole_read(Mos6502 core, tick_t now, uint32_t addr, Access kind, uint32_t data) noexcept nogil:
    data = read_once(core, now, addr, kind, data)
    if unlikely(core.lines & Line.RDY):
        data = stalled_read(core, addr, kind, data)
    return data


cdef void whole_write(Mos6502 core, tick_t now, uint32_t addr, Access kind, uint32_t data) noexcept nogil:
    write_once(core, now, addr, kind, data)
    if unlikely(core.lines & Line.RDY) and core.is_cmos:
        stalled_write(core, addr, kind, data)


cdef inline uint32_t wanted(Mos6502 core, tick_t tick) noexcept nogil:
    """The interrupts that wanted service at the end of this cycle, one of the last two."""
    return core.active if core.active_since <= tick else core.active_before


# --- one cycle each -----------------------------------------------------------------------------------------------------

cdef inline void read_as(Build r, uint32_t addr, Access kind) noexcept nogil:
    cdef uint8_t *page = r.pages.read[addr >> 8]
    if Build is Fast:
        r.used += 1
        if likely(page != NULL):
            r.data = page[addr]
        else:
            read_device(r, addr, kind)
    else:
        if likely(page != NULL and r.now < (<Mos6502> r.core).wake):
            r.data = page[addr]
        else:
            r.data = whole_read(<Mos6502> r.core, r.now, addr, kind, r.data)
            r.now = (<Mos6502> r.core).clock.now
        r.now += r.period


cdef inline void write_as(Build r, uint32_t addr, uint32_t value, Access kind) noexcept nogil:
    cdef uint8_t *page = r.pages.write[addr >> 8]
    if Build is Fast:
        r.used += 1
        if likely(page != NULL):
            page[addr] = <uint8_t> value
            r.data = value
        else:
            write_device(r, addr, value)
    else:
        r.data = value
        if likely(page != NULL and r.now < (<Mos6502> r.core).wake):
            page[addr] = <uint8_t> value
        else:
            whole_write(<Mos6502> r.core, r.now, addr, kind, value)
            r.now = (<Mos6502> r.core).clock.now
        r.now += r.period


cdef inline void read(Build r, uint32_t addr) noexcept nogil:
    read_as(r, addr, Access.READ)


cdef inline void write(Build r, uint32_t addr, uint32_t value) noexcept nogil:
    write_as(r, addr, value, Access.WRITE)


cdef inline void read_dummy(Build r, uint32_t addr) noexcept nogil:
    """A read whose value the chip does not use, nor an open bus: the next cycle is in the same page, or a write."""
    if Build is Fast:
        r.used += 1
        if unlikely(r.pages.read[addr >> 8] == NULL):
            read_device(r, addr, Access.DUMMY)
    else:
        read_as(r, addr, Access.DUMMY)


cdef inline void read_astray(Build r, uint32_t addr) noexcept nogil:
    """A read whose value the chip does not use; where the next page is open, that value is still on the data lines."""
    read_as(r, addr, Access.DUMMY)


cdef inline void write_dummy(Build r, uint32_t addr, uint32_t value) noexcept nogil:
    """The write of the old value while the new one is computed; plain memory has that value already."""
    if Build is Fast:
        r.used += 1
        if unlikely(r.pages.write[addr >> 8] == NULL):
            write_device(r, addr, value)
    else:
        write_as(r, addr, value, Access.DUMMY)


cdef inline void fetch(Build r) noexcept nogil:
    """The next byte of the instruction."""
    if Build is Fast:
        r.used += 1
        r.data = r.code[r.pc]
        r.pc += 1
    else:
        read_as(r, r.pc, Access.OPERAND)
        r.pc = (r.pc + 1) & 0xFFFF


cdef inline void fetch_dummy(Build r) noexcept nogil:
    """The byte behind the instruction so far, which the chip reads and leaves."""
    if Build is Fast:
        r.used += 1
        r.data = r.code[r.pc]
    else:
        read_as(r, r.pc, Access.DUMMY)


cdef inline void jump(Build r, uint32_t addr) noexcept nogil:
    """Where the next instruction is."""
    r.pc = addr
    if Build is Fast:
        if unlikely(addr < r.window):
            r.window_end = 0                 # NEXT looks only at this end of the window, and finds another


cdef inline void push(Build r, uint32_t value) noexcept nogil:
    write(r, 0x100 | r.s, value)
    r.s = (r.s - 1) & 0xFF


cdef inline void pull(Build r) noexcept nogil:
    r.s = (r.s + 1) & 0xFF
    read(r, 0x100 | r.s)


cdef inline void read_stack_dummy(Build r) noexcept nogil:
    """The cycle in which the stack pointer moves."""
    read_dummy(r, 0x100 | r.s)
