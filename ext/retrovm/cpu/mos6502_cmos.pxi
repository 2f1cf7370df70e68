# What the CMOS models do otherwise (docs/references.md: r65c00, singlestep): where the NMOS sequencer reads from an address
# without its carry, they read the last byte of the instruction again; what is modified is read twice and written once;
# decimal mode takes a cycle more.

cdef inline void refetch(Build r, uint32_t back) noexcept nogil:
    """A byte of the instruction again, `back` bytes before the next one, which the chip does not use."""
    if Build is Fast:
        r.used += 1
        r.data = r.code[r.pc - back]
    else:
        read_as(r, (r.pc - back) & 0xFFFF, Access.DUMMY)


cdef inline void refetch_crossed(Build r) noexcept nogil:
    if r.carry:
        refetch(r, 1)


cdef inline void modify_cmos(Build r) noexcept nogil:
    read(r, r.ea)
    r.temp = r.data
    read_dummy(r, r.ea)
    r.data = r.temp


# read

cdef inline void read_abx_cmos(Build r) noexcept nogil:
    abx(r)
    refetch_crossed(r)
    read(r, r.ea)


cdef inline void read_aby_cmos(Build r) noexcept nogil:
    aby(r)
    refetch_crossed(r)
    read(r, r.ea)


cdef inline void refetch_late(Build r) noexcept nogil:
    """The same after an access to data, whose device may have stalled the processor: this cycle may be one with an event."""
    read_astray(r, (r.pc - 1) & 0xFFFF)


cdef inline void read_izy_cmos(Build r) noexcept nogil:
    izy(r)
    if r.carry:
        refetch_late(r)
    read(r, r.ea)


cdef inline void izp(Build r) noexcept nogil:
    fetch(r)
    pointer(r, r.data)
    r.ea |= r.data << 8


cdef inline void read_izp(Build r) noexcept nogil:
    izp(r)
    read(r, r.ea)


# write

cdef inline void write_abx_cmos(Build r) noexcept nogil:
    abx(r)
    refetch(r, 1)


cdef inline void write_aby_cmos(Build r) noexcept nogil:
    aby(r)
    refetch(r, 1)


cdef inline void write_izy_cmos(Build r) noexcept nogil:
    izy(r)
    refetch_late(r)


cdef inline void write_izp(Build r) noexcept nogil:
    izp(r)


# modify

cdef inline void modify_zp_cmos(Build r) noexcept nogil:
    zp(r)
    modify_cmos(r)


cdef inline void modify_zpx_cmos(Build r) noexcept nogil:
    zpx(r)
    modify_cmos(r)


cdef inline void modify_abs_cmos(Build r) noexcept nogil:
    abs_(r)
    modify_cmos(r)


cdef inline void modify_abx_cmos(Build r) noexcept nogil:
    write_abx_cmos(r)
    modify_cmos(r)


cdef inline void modify_abx_quick(Build r) noexcept nogil:
    abx(r)
    refetch_crossed(r)
    modify_cmos(r)


# The cycle in which ADC and SBC get the flags of a decimal result. It is counted in `left`: `used` has to stay a number that
# the compiler knows.

cdef inline void decimal_cycle_at(Build r, uint32_t addr) noexcept nogil:
    cdef uint8_t *page = r.pages.read[addr >> 8]
    if Build is Fast:
        r.left -= 1
        if likely(page != NULL):
            r.data = page[addr]
        else:
            read_device(r, addr, Access.DUMMY)
    else:
        read_as(r, addr, Access.DUMMY)


cdef inline void decimal_cycle(Build r) noexcept nogil:
    if unlikely(r.p & 8):
        decimal_cycle_at(r, r.ea)


cdef inline void decimal_cycle_ADC(Build r) noexcept nogil:
    if unlikely(r.p & 8):
        decimal_cycle_at(r, (<Mos6502> r.core).adc_reads)


cdef inline void decimal_cycle_SBC(Build r) noexcept nogil:
    if unlikely(r.p & 8):
        decimal_cycle_at(r, (<Mos6502> r.core).sbc_reads)


# --- operations -------------------------------------------------------------------------------------------------------------

cdef inline void set_z(Build r, uint32_t value) noexcept nogil:
    """Z alone."""
    r.nz = ((r.nz & 0x8080) != 0) << 15 | (value != 0)


cdef inline void BIT_imm(Build r) noexcept nogil:
    set_z(r, r.a & r.data)


cdef inline void STZ(Build r) noexcept nogil:
    r.data = 0


cdef inline void TSB(Build r) noexcept nogil:
    set_z(r, r.a & r.data)
    r.data |= r.a


cdef inline void TRB(Build r) noexcept nogil:
    set_z(r, r.a & r.data)
    r.data &= r.a ^ 0xFF


cdef inline void RMB0(Build r) noexcept nogil:
    r.data &= 0xFE


cdef inline void RMB1(Build r) noexcept nogil:
    r.data &= 0xFD


cdef inline void RMB2(Build r) noexcept nogil:
    r.data &= 0xFB


cdef inline void RMB3(Build r) noexcept nogil:
    r.data &= 0xF7


cdef inline void RMB4(Build r) noexcept nogil:
    r.data &= 0xEF


cdef inline void RMB5(Build r) noexcept nogil:
    r.data &= 0xDF


cdef inline void RMB6(Build r) noexcept nogil:
    r.data &= 0xBF


cdef inline void RMB7(Build r) noexcept nogil:
    r.data &= 0x7F


cdef inline void SMB0(Build r) noexcept nogil:
    r.data |= 0x01


cdef inline void SMB1(Build r) noexcept nogil:
    r.data |= 0x02


cdef inline void SMB2(Build r) noexcept nogil:
    r.data |= 0x04


cdef inline void SMB3(Build r) noexcept nogil:
    r.data |= 0x08


cdef inline void SMB4(Build r) noexcept nogil:
    r.data |= 0x10


cdef inline void SMB5(Build r) noexcept nogil:
    r.data |= 0x20


cdef inline void SMB6(Build r) noexcept nogil:
    r.data |= 0x40


cdef inline void SMB7(Build r) noexcept nogil:
    r.data |= 0x80


# --- jumps, branches, stack --------------------------------------------------------------------------------------------------

cdef inline void JMP_ind_cmos(Build r) noexcept nogil:
    """The pointer may cross a page, for which a cycle is always there."""
    abs_(r)
    read(r, r.ea)
    r.temp = r.data
    r.ea = (r.ea + 1) & 0xFFFF
    read_dummy(r, r.ea)
    read(r, r.ea)
    jump(r, r.temp | (r.data << 8))


cdef inline void JMP_iax(Build r) noexcept nogil:
    abx(r)
    refetch(r, 2)
    read(r, r.ea)
    r.temp = r.data
    read(r, (r.ea + 1) & 0xFFFF)
    jump(r, r.temp | (r.data << 8))


cdef inline void BRA_rel(Build r) noexcept nogil:
    branch(r, True)


cdef inline void bit_branch(Build r, uint32_t mask, uint32_t wanted_bit) noexcept nogil:
    zp(r)
    read(r, r.ea)
    r.temp = r.data & mask
    read_dummy(r, r.ea)
    branch_of(r, r.temp == wanted_bit, 3)


cdef inline void BBR0_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x01, 0)


cdef inline void BBR1_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x02, 0)


cdef inline void BBR2_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x04, 0)


cdef inline void BBR3_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x08, 0)


cdef inline void BBR4_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x10, 0)


cdef inline void BBR5_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x20, 0)


cdef inline void BBR6_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x40, 0)


cdef inline void BBR7_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x80, 0)


cdef inline void BBS0_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x01, 0x01)


cdef inline void BBS1_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x02, 0x02)


cdef inline void BBS2_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x04, 0x04)


cdef inline void BBS3_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x08, 0x08)


cdef inline void BBS4_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x10, 0x10)


cdef inline void BBS5_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x20, 0x20)


cdef inline void BBS6_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x40, 0x40)


cdef inline void BBS7_zpr(Build r) noexcept nogil:
    bit_branch(r, 0x80, 0x80)


cdef inline void PHX_phx(Build r) noexcept nogil:
    fetch_dummy(r)
    push(r, r.x)


cdef inline void PHY_phy(Build r) noexcept nogil:
    fetch_dummy(r)
    push(r, r.y)


cdef inline void PLX_plx(Build r) noexcept nogil:
    fetch_dummy(r)
    read_stack_dummy(r)
    pull(r)
    LDX(r)


cdef inline void PLY_ply(Build r) noexcept nogil:
    fetch_dummy(r)
    read_stack_dummy(r)
    pull(r)
    LDY(r)


# NOPs that read no operand (docs/references.md: 65c02-opcodes, 65c02-5c).

cdef inline void NOP_opc(Build r) noexcept nogil:
    """Its only cycle does not poll: an interrupt comes after the next instruction (docs/references.md: cmos-polls)."""
    if Build is Exact:
        (<Mos6502> r.core).polled = 0


cdef inline void NOP_op3(Build r) noexcept nogil:
    fetch(r)
    fetch(r)


cdef inline void NOP_op4(Build r) noexcept nogil:
    NOP_op3(r)
    refetch(r, 1)


cdef inline void NOP_op8(Build r) noexcept nogil:
    """It reads from the last page, at the low byte of its operand, and then the last byte of memory."""
    fetch(r)
    r.ea = 0xFF00 | r.data
    fetch(r)
    read_astray(r, r.ea)
    read_astray(r, 0xFFFF)
    read_astray(r, 0xFFFF)
    read_astray(r, 0xFFFF)
    read_astray(r, 0xFFFF)


# Exact build only: what ends when something from outside happens (docs/references.md: w65c02s, wai).

cdef inline void WAI_wai(Exact r) noexcept nogil:
    """Three cycles, of which the second is repeated, not in the same instruction, for want of an interrupt: `stay_waiting`."""
    fetch_dummy(r)
    if wanted(<Mos6502> r.core, r.now - 2 * r.period):
        fetch_dummy(r)
    else:
        stop_at_end(r, WAITS)
        (<Mos6502> r.core).polled = 0


cdef inline void STP_stp(Exact r) noexcept nogil:
    fetch_dummy(r)
    fetch_dummy(r)
    stop_at_end(r, STOPPED)
    (<Mos6502> r.core).polled = 0
