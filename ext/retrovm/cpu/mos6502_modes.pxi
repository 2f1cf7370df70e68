# Addressing modes: how an instruction reaches its operand, cycle by cycle (docs/references.md: 64doc).
#
# `MODE(r)` leaves the effective address in r.ea. Three families are composed of it, by what is done there:
#
#   read_MODE     the operand is in r.data
#   write_MODE    the address is ready; `store` writes r.data
#   modify_MODE   the operand was read and written back; `store` writes the new value from r.data

cdef inline void zp(Build r) noexcept nogil:
    fetch(r)
    r.ea = r.data


cdef inline void zero_page_indexed(Build r, uint32_t index) noexcept nogil:
    fetch(r)
    r.ea = r.data
    read_dummy(r, r.ea)
    r.ea = (r.ea + index) & 0xFF


cdef inline void zpx(Build r) noexcept nogil:
    zero_page_indexed(r, r.x)


cdef inline void zpy(Build r) noexcept nogil:
    zero_page_indexed(r, r.y)


cdef inline void abs_(Build r) noexcept nogil:
    fetch(r)
    r.ea = r.data
    fetch(r)
    r.ea |= r.data << 8


cdef inline void absolute_indexed(Build r, uint32_t index) noexcept nogil:
    fetch(r)
    r.ea = r.data + index
    r.carry = r.ea >> 8
    fetch(r)
    r.ea = ((r.data << 8) + r.ea) & 0xFFFF


cdef inline void abx(Build r) noexcept nogil:
    absolute_indexed(r, r.x)


cdef inline void aby(Build r) noexcept nogil:
    absolute_indexed(r, r.y)


cdef inline void pointer(Build r, uint32_t addr) noexcept nogil:
    """The address in two bytes of page zero, the second of which never lies in page one."""
    read(r, addr)
    r.ea = r.data
    read(r, (addr + 1) & 0xFF)


cdef inline void izx(Build r) noexcept nogil:
    fetch(r)
    r.temp = r.data
    read_dummy(r, r.temp)
    pointer(r, (r.temp + r.x) & 0xFF)
    r.ea |= r.data << 8


cdef inline void izy(Build r) noexcept nogil:
    fetch(r)
    pointer(r, r.data)
    r.ea += r.y
    r.carry = r.ea >> 8
    r.ea = ((r.data << 8) + r.ea) & 0xFFFF


cdef inline void crossed(Build r) noexcept nogil:
    """A read over a page: the first try went to the page below."""
    if r.carry:
        read_astray(r, (r.ea - 0x100) & 0xFFFF)


cdef inline void uncarried(Build r) noexcept nogil:
    """What writes cannot try: it reads from the address without its carry first, always."""
    read_astray(r, (r.ea - (r.carry << 8)) & 0xFFFF)


cdef inline void modify(Build r) noexcept nogil:
    read(r, r.ea)
    write_dummy(r, r.ea, r.data)


cdef inline void store(Build r) noexcept nogil:
    write(r, r.ea, r.data)


# read

cdef inline void read_imm(Build r) noexcept nogil:
    fetch(r)


cdef inline void read_zp(Build r) noexcept nogil:
    zp(r)
    read(r, r.ea)


cdef inline void read_zpx(Build r) noexcept nogil:
    zpx(r)
    read(r, r.ea)


cdef inline void read_zpy(Build r) noexcept nogil:
    zpy(r)
    read(r, r.ea)


cdef inline void read_abs(Build r) noexcept nogil:
    abs_(r)
    read(r, r.ea)


cdef inline void read_abx(Build r) noexcept nogil:
    abx(r)
    crossed(r)
    read(r, r.ea)


cdef inline void read_aby(Build r) noexcept nogil:
    aby(r)
    crossed(r)
    read(r, r.ea)


cdef inline void read_izx(Build r) noexcept nogil:
    izx(r)
    read(r, r.ea)


cdef inline void read_izy(Build r) noexcept nogil:
    izy(r)
    crossed(r)
    read(r, r.ea)


# write

cdef inline void write_zp(Build r) noexcept nogil:
    zp(r)


cdef inline void write_zpx(Build r) noexcept nogil:
    zpx(r)


cdef inline void write_zpy(Build r) noexcept nogil:
    zpy(r)


cdef inline void write_abs(Build r) noexcept nogil:
    abs_(r)


cdef inline void write_abx(Build r) noexcept nogil:
    abx(r)
    uncarried(r)


cdef inline void write_aby(Build r) noexcept nogil:
    aby(r)
    uncarried(r)


cdef inline void write_izx(Build r) noexcept nogil:
    izx(r)


cdef inline void write_izy(Build r) noexcept nogil:
    izy(r)
    uncarried(r)


# modify

cdef inline void modify_zp(Build r) noexcept nogil:
    zp(r)
    modify(r)


cdef inline void modify_zpx(Build r) noexcept nogil:
    zpx(r)
    modify(r)


cdef inline void modify_abs(Build r) noexcept nogil:
    abs_(r)
    modify(r)


cdef inline void modify_abx(Build r) noexcept nogil:
    write_abx(r)
    modify(r)


cdef inline void modify_aby(Build r) noexcept nogil:
    write_aby(r)
    modify(r)


cdef inline void modify_izx(Build r) noexcept nogil:
    izx(r)
    modify(r)


cdef inline void modify_izy(Build r) noexcept nogil:
    write_izy(r)
    modify(r)


# no operand in memory

cdef inline void imp(Build r) noexcept nogil:
    fetch_dummy(r)


cdef inline void acc(Build r) noexcept nogil:
    fetch_dummy(r)
    r.data = r.a


cdef inline void to_a(Build r) noexcept nogil:
    r.a = r.data
