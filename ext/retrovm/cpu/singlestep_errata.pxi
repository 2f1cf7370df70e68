"""How a case goes on the chip where its recording is wrong: `retrovm.suite.errata` tells what and why."""

# What `retrovm.suite.errata.flaws` calls them, in the order of `Flaw`.
FLAWS = ("", "jam", "nop abs", "nop abx", "shx", "shy", "sha", "nop long", "bit branch")


cdef inline void put(Case *case, uint32_t at, uint32_t address, uint32_t value, bint write) noexcept nogil:
    """Makes this the cycle `at`, and the last one."""
    case.cycles[at].address, case.cycles[at].value, case.cycles[at].write = address, value, write
    case.count = at + 1


cdef inline void put_read(Case *case, uint32_t at, uint32_t address, const uint8_t *memory) noexcept nogil:
    put(case, at, address, memory[address], False)


cdef bint by_the_chip(Case *case, uint32_t flaw, const uint8_t *memory) noexcept nogil:
    """Makes of a case what the chip does. Returns false, and changes nothing, where the recording is right.

    `memory` is as before the instruction.
    """
    if flaw == JAMS:
        return jam(case, memory)
    if flaw == NOP_ABS or flaw == NOP_ABX:
        return absolute_nop(case, flaw, memory)
    if flaw == LONG_NOP:
        return long_nop(case, memory)
    if flaw == BIT_BRANCH:
        return bit_branch(case, memory)
    return unstable_store(case, flaw)


cdef bint jam(Case *case, const uint8_t *memory) noexcept nogil:
    cdef Cycle *second = &case.cycles[1]
    cdef Cycle *third = &case.cycles[2]
    if (case.count != 3 or second.address != third.address or second.value != third.value or second.write != third.write
            or case.final.pc != case.initial.pc):
        return False
    put_read(case, 2, 0xFFFF, memory)
    put_read(case, 3, 0xFFFE, memory)
    put_read(case, 4, 0xFFFE, memory)
    case.final.pc = (case.initial.pc + 1) & 0xFFFF
    return True


cdef bint absolute_nop(Case *case, uint32_t flaw, const uint8_t *memory) noexcept nogil:
    cdef uint32_t base = case.cycles[1].value | case.cycles[2].value << 8
    cdef uint32_t address = base if flaw == NOP_ABS else (base + case.initial.x) & 0xFFFF
    if case.count != <uint32_t> (3 if flaw == NOP_ABS else 4) or (flaw == NOP_ABX and address >> 8 == base >> 8):
        return False
    put_read(case, case.count, address, memory)
    return True


cdef bint unstable_store(Case *case, uint32_t flaw) noexcept nogil:
    cdef Cycle *last
    cdef uint32_t low, high, recorded, address, value, stored
    if case.count < 4:
        return False
    last = &case.cycles[case.count - 1]
    low, high = case.cycles[case.count - 4].value, case.cycles[case.count - 3].value
    stored = case.initial.x if flaw == SHX else case.initial.y if flaw == SHY else case.initial.a & case.initial.x
    recorded = ((high << 8 | low) + (case.initial.x if flaw == SHY else case.initial.y)) & 0xFFFF
    if (recorded >> 8 == high or last.address != recorded or last.value != stored & ((recorded >> 8) + 1)
            or not last.write):
        return False
    value = stored & (high + 1)
    address = value << 8 | recorded & 0xFF
    if not move_cell(&case.final, recorded, address, value):
        return False
    put(case, case.count - 1, address, value, True)
    return True


cdef bint move_cell(Side *side, uint32_t away, uint32_t address, uint32_t value) noexcept nogil:
    """Takes the address `away` out of a memory and puts `address` with this value in; false where it has no room."""
    cdef uint32_t i, kept = 0
    for i in range(side.count):
        if side.ram[i].address != away and side.ram[i].address != address:
            side.ram[kept] = side.ram[i]
            kept += 1
    if kept == MOST_CELLS:
        return False
    side.ram[kept].address, side.ram[kept].value = address, value
    side.count = kept + 1
    return True


cdef bint long_nop(Case *case, const uint8_t *memory) noexcept nogil:
    cdef uint32_t i
    if case.count != 4:
        return False
    put_read(case, 3, 0xFF00 | case.cycles[1].value, memory)
    for i in range(4, 8):
        put_read(case, i, 0xFFFF, memory)
    return True


cdef bint bit_branch(Case *case, const uint8_t *memory) noexcept nogil:
    cdef uint32_t opcode = case.cycles[0].value             # BBR0 is $0F, BBR1 $1F, ... BBS0 $8F
    cdef uint32_t following = (case.initial.pc + 3) & 0xFFFF
    cdef uint32_t offset, target
    if case.count != 6 or not case.cycles[3].write:
        return False
    offset = case.cycles[4].value
    case.cycles[3] = case.cycles[2]
    case.cycles[3].write = False
    case.count = 5
    if (case.cycles[2].value >> (opcode >> 4 & 7) & 1) == opcode >> 7:
        target = (following + (offset ^ 0x80) - 0x80) & 0xFFFF
        put_read(case, 5, following, memory)
        if (target ^ following) & 0xFF00:
            put_read(case, 6, following, memory)
    return True
