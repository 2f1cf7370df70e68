# Instructions with cycles of their own: jumps, branches, the stack, interrupts.

cdef inline void JMP_jmp(Build r) noexcept nogil:
    abs_(r)
    jump(r, r.ea)


cdef inline void JMP_ind(Build r) noexcept nogil:
    """The pointer's high byte comes from the same page: JMP ($10FF) reads $10FF and $1000."""
    abs_(r)
    read(r, r.ea)
    r.temp = r.data
    read(r, (r.ea & 0xFF00) | ((r.ea + 1) & 0xFF))
    jump(r, r.temp | (r.data << 8))


cdef inline void JSR_jsr(Build r) noexcept nogil:
    """The high byte of the target is fetched after the return address was pushed."""
    fetch(r)
    r.ea = r.data
    read_stack_dummy(r)
    push(r, <uint32_t> r.pc >> 8)
    push(r, r.pc & 0xFF)
    fetch(r)
    jump(r, r.ea | (r.data << 8))


cdef inline void RTS_rts(Build r) noexcept nogil:
    fetch_dummy(r)
    read_stack_dummy(r)
    pull(r)
    r.ea = r.data
    pull(r)
    r.ea |= r.data << 8
    read_astray(r, r.ea)
    jump(r, (r.ea + 1) & 0xFFFF)


cdef inline void RTI_rti(Build r) noexcept nogil:
    fetch_dummy(r)
    read_stack_dummy(r)
    pull(r)
    unpack(r, r.data)
    if Build is Exact:
        (<Mos6502> r.core).polled_p = r.p     # the new I counts at this instruction's own poll
    pull(r)
    r.ea = r.data
    pull(r)
    jump(r, r.ea | (r.data << 8))


cdef inline void PHA_pha(Build r) noexcept nogil:
    fetch_dummy(r)
    push(r, r.a)


cdef inline void PHP_php(Build r) noexcept nogil:
    fetch_dummy(r)
    if Build is Exact:
        settle_overflow(r, r.now)
    push(r, packed(r, 0x10))


cdef inline void PLA_pla(Build r) noexcept nogil:
    fetch_dummy(r)
    read_stack_dummy(r)
    pull(r)
    LDA(r)


cdef inline void PLP_plp(Build r) noexcept nogil:
    fetch_dummy(r)
    read_stack_dummy(r)
    pull(r)
    unpack(r, r.data)


cdef inline void branch_of(Build r, bint taken, uint32_t size) noexcept nogil:
    fetch(r)
    go_if(r, taken, size)


cdef inline void go_if(Build r, bint taken, uint32_t size) noexcept nogil:
    """The rest of a branch, whose last byte is on the data lines.

    On NMOS, a taken branch does not poll in its second cycle, so one that stays in its page has only the first cycle's poll.
    On CMOS it polls as any instruction does (docs/references.md: cmos-polls).

    Over a page, one of `size` 2 reads from the target without its carry, one of 3 (CMOS) behind itself again. That byte
    is the fourth then, and may lie outside the code window.
    """
    cdef uint32_t pc, target
    if taken:
        pc = <uint32_t> r.pc
        target = (pc + (r.data ^ 0x80) - 0x80) & 0xFFFF
        if Build is Exact:
            if not (<Mos6502> r.core).is_cmos:
                (<Mos6502> r.core).polled = wanted(<Mos6502> r.core, r.now - 2 * r.period)
        if size == 2:
            fetch_dummy(r)                   # code on an open bus may follow, and sees this
        else:
            read_astray(r, pc & 0xFFFF)
        if (target ^ pc) & 0xFF00:
            read_astray(r, (pc & 0xFF00) | (target & 0xFF) if size == 2 else pc & 0xFFFF)
            if Build is Exact:
                if not (<Mos6502> r.core).is_cmos:
                    (<Mos6502> r.core).polled = (<Mos6502> r.core).polled | wanted(<Mos6502> r.core, r.now - 2 * r.period)
        jump(r, target)


cdef inline void branch(Build r, bint taken) noexcept nogil:
    branch_of(r, taken, 2)


cdef inline void BPL_rel(Build r) noexcept nogil:
    branch(r, (r.nz & 0x8080) == 0)


cdef inline void BMI_rel(Build r) noexcept nogil:
    branch(r, (r.nz & 0x8080) != 0)


cdef inline void branch_on_overflow(Build r, bint wanted_v) noexcept nogil:
    """It goes by V as it is in its second cycle, when an edge at SO may have set it."""
    fetch(r)
    if Build is Exact:
        settle_overflow(r, r.now - r.period)
    go_if(r, ((r.v & 0x80) != 0) == wanted_v, 2)


cdef inline void BVC_rel(Build r) noexcept nogil:
    branch_on_overflow(r, False)


cdef inline void BVS_rel(Build r) noexcept nogil:
    branch_on_overflow(r, True)


cdef inline void BCC_rel(Build r) noexcept nogil:
    branch(r, r.c == 0)


cdef inline void BCS_rel(Build r) noexcept nogil:
    branch(r, r.c != 0)


cdef inline void BNE_rel(Build r) noexcept nogil:
    branch(r, (r.nz & 0xFF) != 0)


cdef inline void BEQ_rel(Build r) noexcept nogil:
    branch(r, (r.nz & 0xFF) == 0)


# --- exact build only ---------------------------------------------------------------------------------------------------------

cdef inline uint32_t interrupts_allowed(uint32_t p) noexcept nogil:
    return Line.NMI if p & 4 else Line.NMI | Line.IRQ


cdef inline void stop_at_end(Exact r, Halt halt) noexcept nogil:
    (<Mos6502> r.core).halt = halt
    (<Mos6502> r.core).eventful = True


cdef inline void start_handler(Mos6502 core, Exact r) noexcept nogil:
    r.p |= 4
    if core.is_cmos:
        r.p &= 4                                 # D is cleared


cdef inline void enter_handler(Mos6502 core, Exact r, uint32_t b, uint32_t vector) noexcept nogil:
    """The last five of the seven cycles of BRK, IRQ and NMI; an NMI that came by now takes the sequence over.

    On NMOS, while P is pushed and the low byte of the vector is read, the edge detector is blind: an edge is lost unless
    the line is still low when the high byte is read. On CMOS it is never blind, and a BRK is not taken over: the NMI follows.
    The instruction behind the vector always runs before the next poll counts.
    """
    push(r, r.pc >> 8)
    push(r, r.pc & 0xFF)
    if core.nmi_latched and not (core.is_cmos and b):
        core.nmi_latched = False
        core.active = core.active & ~<uint32_t> Line.NMI
        vector = 0xFFFA
    core.nmi_blind = not core.is_cmos
    settle_overflow(r, r.now)
    push(r, packed(r, b))
    start_handler(core, r)
    core.vector = vector
    read(r, vector)
    r.pc = r.data
    core.nmi_blind = False
    read(r, vector + 1)
    r.pc |= r.data << 8
    (<Mos6502> r.core).polled = 0


cdef inline void BRK_brk(Exact r) noexcept nogil:
    fetch(r)
    enter_handler(<Mos6502> r.core, r, 0x10, 0xFFFE)


cdef inline void interrupt(Mos6502 core, Exact r) noexcept nogil:
    """IRQ or NMI: a BRK whose opcode, which was read in the first cycle, and padding byte are not used."""
    read_as(r, r.pc, Access.DUMMY)
    enter_handler(core, r, 0, 0xFFFE)


cdef inline void reset_sequence(Mos6502 core, Exact r) noexcept nogil:
    """A BRK that cannot write: the three pushes are reads. The first cycle has passed."""
    cdef int i
    read_as(r, r.pc, Access.DUMMY)
    for i in range(3):
        read_stack_dummy(r)
        r.s = (r.s - 1) & 0xFF
    start_handler(core, r)
    read(r, 0xFFFC)
    r.pc = r.data
    read(r, 0xFFFD)
    r.pc |= r.data << 8
    core.nmi_latched = False
    core.active = core.active & ~<uint32_t> Line.NMI
    core.halt = RUNS
    (<Mos6502> r.core).polled = 0


cdef inline void JAM_jam(Exact r) noexcept nogil:
    """The sequencer never ends this instruction: the bus goes on reading $FFFF, and no interrupt gets in."""
    fetch_dummy(r)
    read_dummy(r, 0xFFFF)
    read_dummy(r, 0xFFFE)
    read_dummy(r, 0xFFFE)
    stop_at_end(r, JAMMED)
    (<Mos6502> r.core).polled = 0
