# Page zero of the 6510 in the fast build. Its first two addresses are the I/O port, so the page is no plain memory for the
# bus; but the rest of it nearly always is, and then zero-page modes reach it here. Where it is not, the exact build runs
# everything.

cdef enum:
    PORT_END = 2


cdef bint page_zero_is_plain(Mos6502 core) noexcept nogil:
    """Whether it is RAM but for the port: then `core.zero`."""
    cdef Slot *slots
    cdef int i
    if core.zero_generation != core.bus.generation:
        core.zero_generation = core.bus.generation
        slots = (<Split> core.bus.answering(0).device).slots
        core.zero = slots[2].memory if slots[2].writable and not core.bus.hidden and not core.bus.traps[0] else NULL
        for i in range(3, 0x100):
            if slots[i].memory != core.zero or not slots[i].writable:
                core.zero = NULL
    return core.zero != NULL


cdef inline void start_port(Mos6502 core, Fast r) noexcept nogil:
    r.zero = core.zero


cdef CodeWindow window_over_port(Mos6502 core, uint32_t pc) noexcept nogil:
    """Where instructions may start without asking, around an address in page zero; empty for one of the port."""
    cdef CodeWindow window
    window.start = window.end = 0
    if pc >= PORT_END and pc < 0x100 - 2:
        window.start = PORT_END
        window.end = 0x100 - 2
        core.bus.cut_at_hooks(&window, pc)
    return window


cdef inline void read_zero_as(Fast r, uint32_t addr, Access kind) noexcept nogil:
    r.used += 1
    if likely(addr >= PORT_END):
        r.data = r.zero[addr]
    else:
        read_device(r, addr, kind)


cdef inline void read_zero(Fast r, uint32_t addr) noexcept nogil:
    read_zero_as(r, addr, Access.READ)


cdef inline void read_zero_dummy(Fast r, uint32_t addr) noexcept nogil:
    r.used += 1
    if unlikely(addr < PORT_END):
        read_device(r, addr, Access.DUMMY)


cdef inline void store_zero(Fast r) noexcept nogil:
    r.used += 1
    if likely(r.ea >= PORT_END):
        r.zero[r.ea] = <uint8_t> r.data
    else:
        write_device(r, r.ea, r.data)


cdef inline void modify_zero(Fast r) noexcept nogil:
    read_zero(r, r.ea)
    r.used += 1
    if unlikely(r.ea < PORT_END):
        write_device(r, r.ea, r.data)


# The modes of mos6502_modes.pxi that go there.

cdef inline void zero_page_indexed_port(Fast r, uint32_t index) noexcept nogil:
    fetch(r)
    r.ea = r.data
    read_zero_dummy(r, r.ea)
    r.ea = (r.ea + index) & 0xFF


cdef inline void pointer_port(Fast r, uint32_t addr) noexcept nogil:
    read_zero(r, addr)
    r.ea = r.data
    read_zero(r, (addr + 1) & 0xFF)


cdef inline void izx_port(Fast r) noexcept nogil:
    fetch(r)
    r.temp = r.data
    read_zero_dummy(r, r.temp)
    pointer_port(r, (r.temp + r.x) & 0xFF)
    r.ea |= r.data << 8


cdef inline void izy_port(Fast r) noexcept nogil:
    fetch(r)
    pointer_port(r, r.data)
    r.ea += r.y
    r.carry = r.ea >> 8
    r.ea = ((r.data << 8) + r.ea) & 0xFFFF


cdef inline void read_zp_port(Fast r) noexcept nogil:
    zp(r)
    read_zero(r, r.ea)


cdef inline void read_zpx_port(Fast r) noexcept nogil:
    zero_page_indexed_port(r, r.x)
    read_zero(r, r.ea)


cdef inline void read_zpy_port(Fast r) noexcept nogil:
    zero_page_indexed_port(r, r.y)
    read_zero(r, r.ea)


cdef inline void read_izx_port(Fast r) noexcept nogil:
    izx_port(r)
    read(r, r.ea)


cdef inline void read_izy_port(Fast r) noexcept nogil:
    izy_port(r)
    crossed(r)
    read(r, r.ea)


cdef inline void write_zp_port(Fast r) noexcept nogil:
    zp(r)


cdef inline void write_zpx_port(Fast r) noexcept nogil:
    zero_page_indexed_port(r, r.x)


cdef inline void write_zpy_port(Fast r) noexcept nogil:
    zero_page_indexed_port(r, r.y)


cdef inline void write_izx_port(Fast r) noexcept nogil:
    izx_port(r)


cdef inline void write_izy_port(Fast r) noexcept nogil:
    izy_port(r)
    uncarried(r)


cdef inline void modify_zp_port(Fast r) noexcept nogil:
    zp(r)
    modify_zero(r)


cdef inline void modify_zpx_port(Fast r) noexcept nogil:
    zero_page_indexed_port(r, r.x)
    modify_zero(r)


cdef inline void modify_izx_port(Fast r) noexcept nogil:
    izx_port(r)
    modify(r)


cdef inline void modify_izy_port(Fast r) noexcept nogil:
    write_izy_port(r)
    modify(r)
