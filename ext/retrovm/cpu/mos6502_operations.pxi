# Operations: what an instruction computes. The operand is r.data; one that is modified leaves its new value there.

cdef inline void set_nz(Build r, uint32_t value) noexcept nogil:
    r.nz = value


cdef inline void set_n_and_z(Build r, uint32_t n, uint32_t z) noexcept nogil:
    """N from bit 7 of one value, Z from the other, whose bit 7 is set only where that of the first is."""
    r.nz = (n & 0x80) << 8 | z


cdef inline uint32_t pack(uint32_t nz, uint32_t v, uint32_t p, uint32_t c) noexcept nogil:
    """P as a byte. Its bit 5 has no flag and is always set."""
    return ((nz & 0x8080) != 0) << 7 | (v & 0x80) >> 1 | 0x20 | p | ((nz & 0xFF) == 0) << 1 | c


cdef inline uint32_t packed(Build r, uint32_t b) noexcept nogil:
    """P as it is pushed; `b` is $10 for PHP and BRK."""
    return pack(r.nz, r.v, r.p, r.c) | b


cdef inline void unpack(Build r, uint32_t p) noexcept nogil:
    set_n_and_z(r, p, ~p & 2)
    write_overflow(r, 0)
    r.v = p << 1
    r.p = p & 0x0C
    r.c = p & 1


# --- loads, stores, transfers ---------------------------------------------------------------------------------------------

cdef inline void LDA(Build r) noexcept nogil:
    r.a = r.data
    set_nz(r, r.a)


cdef inline void LDX(Build r) noexcept nogil:
    r.x = r.data
    set_nz(r, r.x)


cdef inline void LDY(Build r) noexcept nogil:
    r.y = r.data
    set_nz(r, r.y)


cdef inline void STA(Build r) noexcept nogil:
    r.data = r.a


cdef inline void STX(Build r) noexcept nogil:
    r.data = r.x


cdef inline void STY(Build r) noexcept nogil:
    r.data = r.y


cdef inline void TAX(Build r) noexcept nogil:
    r.x = r.a
    set_nz(r, r.x)


cdef inline void TAY(Build r) noexcept nogil:
    r.y = r.a
    set_nz(r, r.y)


cdef inline void TXA(Build r) noexcept nogil:
    r.a = r.x
    set_nz(r, r.a)


cdef inline void TYA(Build r) noexcept nogil:
    r.a = r.y
    set_nz(r, r.a)


cdef inline void TSX(Build r) noexcept nogil:
    r.x = r.s
    set_nz(r, r.x)


cdef inline void TXS(Build r) noexcept nogil:
    r.s = r.x


# --- arithmetic and logic -------------------------------------------------------------------------------------------------

cdef inline void AND(Build r) noexcept nogil:
    r.a &= r.data
    set_nz(r, r.a)


cdef inline void ORA(Build r) noexcept nogil:
    r.a |= r.data
    set_nz(r, r.a)


cdef inline void EOR(Build r) noexcept nogil:
    r.a ^= r.data
    set_nz(r, r.a)


cdef inline void BIT(Build r) noexcept nogil:
    set_n_and_z(r, r.data, r.a & r.data)
    write_overflow(r, 0)
    r.v = r.data << 1


cdef inline void add_binary(Build r, uint32_t value) noexcept nogil:
    cdef uint32_t total = r.a + value + r.c
    r.v = (r.a ^ total) & (value ^ total)
    r.c = total >> 8
    r.a = total & 0xFF
    set_nz(r, r.a)


# Decimal mode is rare, and not inline: its result comes back in one number, with A in bits 0-7, C in bit 8, V in bit 15 and
# `nz` from bit 16 on (docs/references.md: decimal, 65c02-decimal).

cdef uint32_t decimal_sum(Mos6502 core, uint32_t a, uint32_t value, uint32_t c) noexcept nogil:
    """NMOS: Z is that of the binary sum; N and V see the sum before its high digit is adjusted. CMOS: only V sees that."""
    cdef uint32_t low = (a & 0x0F) + (value & 0x0F) + c
    cdef uint32_t total, nz, v
    if low > 9:
        low = ((low + 6) & 0x0F) | 0x10
    total = (a & 0xF0) + (value & 0xF0) + low
    nz = (total & 0x80) << 8 | (((a + value + c) & 0xFF) != 0)
    v = (a ^ total) & (value ^ total) & 0x80
    if total >= 0xA0:
        total += 0x60
    if core.is_cmos:
        nz = total & 0xFF
    return nz << 16 | v << 8 | (total >= 0x100) << 8 | (total & 0xFF)


cdef uint32_t decimal_difference(Mos6502 core, uint32_t a, uint32_t value, uint32_t c) noexcept nogil:
    """C and V are those of the binary difference; on NMOS N and Z are too."""
    cdef uint32_t borrow = c ^ 1
    cdef uint32_t low = (a & 0x0F) - (value & 0x0F) - borrow
    cdef uint32_t high = (a & 0xF0) - (value & 0xF0)
    cdef uint32_t total = a - value - borrow
    cdef uint32_t nz = total & 0xFF
    cdef uint32_t flags = ((a ^ value) & (a ^ total) & 0x80) << 8 | (total <= 0xFF) << 8
    if core.subtracts_by_digit:
        if low & 0x10:
            low -= 6
            high -= 0x10
        if high & 0x100:
            high -= 0x60
        total = (low & 0x0F) | (high & 0xF0)
    else:
        if total > 0xFF:
            total -= 0x60
        if low & 0x10:
            total -= 6
    if core.is_cmos:
        nz = total & 0xFF
    return nz << 16 | flags | (total & 0xFF)


cdef inline void take_decimal(Build r, uint32_t result) noexcept nogil:
    r.a = result & 0xFF
    r.c = (result >> 8) & 1
    r.v = result >> 8
    r.nz = result >> 16


cdef inline void ADC(Build r) noexcept nogil:
    write_overflow(r, 1)
    if unlikely(r.p & 8) and (<Mos6502> r.core).has_decimal_mode:
        take_decimal(r, decimal_sum(<Mos6502> r.core, r.a, r.data, r.c))
    else:
        add_binary(r, r.data)


cdef inline void SBC(Build r) noexcept nogil:
    write_overflow(r, 1)
    if unlikely(r.p & 8) and (<Mos6502> r.core).has_decimal_mode:
        take_decimal(r, decimal_difference(<Mos6502> r.core, r.a, r.data, r.c))
    else:
        add_binary(r, r.data ^ 0xFF)


cdef inline void compare(Build r, uint32_t register_) noexcept nogil:
    r.c = register_ >= r.data
    set_nz(r, (register_ - r.data) & 0xFF)


cdef inline void CMP(Build r) noexcept nogil:
    compare(r, r.a)


cdef inline void CPX(Build r) noexcept nogil:
    compare(r, r.x)


cdef inline void CPY(Build r) noexcept nogil:
    compare(r, r.y)


cdef inline void INX(Build r) noexcept nogil:
    r.x = (r.x + 1) & 0xFF
    set_nz(r, r.x)


cdef inline void INY(Build r) noexcept nogil:
    r.y = (r.y + 1) & 0xFF
    set_nz(r, r.y)


cdef inline void DEX(Build r) noexcept nogil:
    r.x = (r.x - 1) & 0xFF
    set_nz(r, r.x)


cdef inline void DEY(Build r) noexcept nogil:
    r.y = (r.y - 1) & 0xFF
    set_nz(r, r.y)


# --- read, modify, write ----------------------------------------------------------------------------------------------------

cdef inline void ASL(Build r) noexcept nogil:
    r.c = r.data >> 7
    r.data = (r.data << 1) & 0xFF
    set_nz(r, r.data)


cdef inline void LSR(Build r) noexcept nogil:
    r.c = r.data & 1
    r.data >>= 1
    set_nz(r, r.data)


cdef inline void ROL(Build r) noexcept nogil:
    cdef uint32_t shifted = (r.data << 1) | r.c
    r.c = shifted >> 8
    r.data = shifted & 0xFF
    set_nz(r, r.data)


cdef inline void ROR(Build r) noexcept nogil:
    cdef uint32_t wide = r.data | (r.c << 8)
    r.c = wide & 1
    r.data = wide >> 1
    set_nz(r, r.data)


cdef inline void ROR_of_revision_a(Build r) noexcept nogil:
    """The first chips shift to the left instead, and leave C alone (docs/references.md: ror, ror-pla)."""
    r.data = (r.data << 1) & 0xFF
    set_nz(r, r.data)


cdef inline void INC(Build r) noexcept nogil:
    r.data = (r.data + 1) & 0xFF
    set_nz(r, r.data)


cdef inline void DEC(Build r) noexcept nogil:
    r.data = (r.data - 1) & 0xFF
    set_nz(r, r.data)


# --- flags --------------------------------------------------------------------------------------------------------------------

cdef inline void CLC(Build r) noexcept nogil:
    r.c = 0


cdef inline void SEC(Build r) noexcept nogil:
    r.c = 1


cdef inline void CLD(Build r) noexcept nogil:
    r.p &= 4


cdef inline void SED(Build r) noexcept nogil:
    r.p |= 8


cdef inline void CLI(Build r) noexcept nogil:
    r.p &= 8
    if Build is Exact:
        poll_around_i(r)


cdef inline void SEI(Build r) noexcept nogil:
    r.p |= 4
    if Build is Exact:
        poll_around_i(r)


cdef inline void CLV(Build r) noexcept nogil:
    write_overflow(r, 0)
    r.v = 0


cdef inline void NOP(Build r) noexcept nogil:
    pass


# --- undocumented: two operations of the same column of the decoder at once (references.md: nmos-unintended) ---------------

cdef inline void LAX(Build r) noexcept nogil:
    LDA(r)
    r.x = r.data


cdef inline void SAX(Build r) noexcept nogil:
    r.data = r.a & r.x


cdef inline void SLO(Build r) noexcept nogil:
    ASL(r)
    ORA(r)


cdef inline void RLA(Build r) noexcept nogil:
    ROL(r)
    AND(r)


cdef inline void SRE(Build r) noexcept nogil:
    LSR(r)
    EOR(r)


cdef inline void RRA(Build r) noexcept nogil:
    ROR(r)
    ADC(r)
    write_overflow_behind(r)


cdef inline void RRA_of_revision_a(Build r) noexcept nogil:
    ROR_of_revision_a(r)
    ADC(r)
    write_overflow_behind(r)


cdef inline void DCP(Build r) noexcept nogil:
    DEC(r)
    CMP(r)


cdef inline void ISC(Build r) noexcept nogil:
    INC(r)
    SBC(r)
    write_overflow_behind(r)


cdef inline void ANC(Build r) noexcept nogil:
    AND(r)
    r.c = r.a >> 7


cdef inline void ALR(Build r) noexcept nogil:
    AND(r)
    r.c = r.a & 1
    r.a >>= 1
    set_nz(r, r.a)


cdef inline void ARR(Build r) noexcept nogil:
    """AND, then ROR through the adder, whose decimal correction sees the value before the rotation."""
    cdef uint32_t anded = r.a & r.data
    r.a = (anded >> 1) | (r.c << 7)
    set_nz(r, r.a)
    write_overflow(r, 1)
    r.v = (r.a ^ (r.a << 1)) << 1
    if r.p & 8 and (<Mos6502> r.core).has_decimal_mode:
        if (anded & 0x0F) + (anded & 0x01) > 5:
            r.a = (r.a & 0xF0) | ((r.a + 6) & 0x0F)
        r.c = (anded & 0xF0) + (anded & 0x10) > 0x50
        if r.c:
            r.a = (r.a + 0x60) & 0xFF
    else:
        r.c = (r.a >> 6) & 1


cdef inline void SBX(Build r) noexcept nogil:
    cdef uint32_t both = r.a & r.x
    r.c = both >= r.data
    r.x = (both - r.data) & 0xFF
    set_nz(r, r.x)


cdef inline void LAS(Build r) noexcept nogil:
    r.a = r.data & r.s
    r.x = r.a
    r.s = r.a
    set_nz(r, r.a)


# Two drivers meet on the internal bus here, and what A contributes depends on the chip (references.md: magic-constants).

cdef inline void ANE(Build r) noexcept nogil:
    r.a = (r.a | (<Mos6502> r.core).ane_constant) & r.x & r.data
    set_nz(r, r.a)


cdef inline void LXA(Build r) noexcept nogil:
    r.a = (r.a | (<Mos6502> r.core).lxa_constant) & r.data
    r.x = r.a
    set_nz(r, r.a)


# Stores of a register and the high byte of the address plus one. Over a page, the value becomes the high byte.

cdef inline void store_with_high(Build r, uint32_t value) noexcept nogil:
    r.data = value & ((r.ea >> 8) + 1 - r.carry)
    if Build is Exact:
        if unlikely(was_stretched(r)):
            r.data = value
    if r.carry:
        r.ea = (r.ea & 0xFF) | (r.data << 8)


cdef inline void SHA(Build r) noexcept nogil:
    store_with_high(r, r.a & r.x)


cdef inline void SHX(Build r) noexcept nogil:
    store_with_high(r, r.x)


cdef inline void SHY(Build r) noexcept nogil:
    store_with_high(r, r.y)


cdef inline void TAS(Build r) noexcept nogil:
    r.s = r.a & r.x
    store_with_high(r, r.s)
