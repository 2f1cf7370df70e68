# What each instruction does, in a function named by its opcode's pattern: X and Y are the numbers of VX and VY; N, NN
# and NNN are constants. `r.pc` is behind the instruction already.

cdef enum:
    SMALL_DIGIT = 5          # bytes; the small digits begin at 0
    LARGE_DIGIT = 10
    LARGE_DIGITS = 80        # where the large ones begin

cdef struct Loop:            # one call of `execute`: what has to live in registers of the host
    size_t opcode            # as it lies in memory: its first byte is the low one, so that VX and VY are an operation each
    size_t pc                # as wide as a pointer, which it is added to
    uint32_t i
    int64_t left             # slots that have not begun
    int64_t slots            # that are used in the end
    tick_t start             # tick of the first slot
    const uint8_t *code      # indexed with the address
    size_t first, end        # an opcode at pc can be read through `code` from first on, and below end
    PyObject *core           # for who counts; else nobody sets it


cdef inline uint32_t x_of(Loop *r) noexcept nogil:
    return <uint32_t> r.opcode & 15


cdef inline uint32_t y_of(Loop *r) noexcept nogil:
    return <uint32_t> r.opcode >> 12


cdef inline uint32_t n_of(Loop *r) noexcept nogil:
    return <uint32_t> r.opcode >> 8 & 15


cdef inline uint8_t nn(Loop *r) noexcept nogil:
    return <uint8_t> (r.opcode >> 8)


cdef inline uint32_t nnn(Loop *r) noexcept nogil:
    return x_of(r) << 8 | nn(r)


cdef inline uint8_t *vx(Chip8 self, Loop *r) noexcept nogil:
    return &self.reg.v[x_of(r)]


cdef inline uint8_t *vy(Chip8 self, Loop *r) noexcept nogil:
    return &self.reg.v[y_of(r)]


cdef inline tick_t now(Chip8 self, Loop *r) noexcept nogil:
    """The tick at which the present instruction began."""
    return r.start + (r.slots - r.left - 1) * self.period


cdef inline void end_run(Loop *r) noexcept nogil:
    """Lets the loop end with the present instruction, and gives the other slots back."""
    r.slots -= r.left
    r.left = 0


cdef inline void stop(Chip8 self, Loop *r, Halt reason) noexcept nogil:
    """Halts at the present instruction."""
    self.stop_at(reason, <uint32_t> r.pc - 2, bytes_swapped(r.opcode))
    if not self.quirk.halt_behind:
        r.pc -= 2
    end_run(r)


# --- memory: the page's pointer, or a call when there is none or somebody watches -----------------------------

cdef inline void carry(Chip8 self, uint32_t addr, uint8_t value) noexcept nogil:
    """What open bus gives later. Not by memory: a watched page must not tell itself from one that is not."""
    if self.bus.slots[addr >> self.bus.shift].memory == NULL:
        self.bus.data = value


cdef uint8_t slow_read(Chip8 self, uint32_t addr, Access kind, tick_t now) noexcept nogil:
    cdef uint8_t *page = self.bus.rp[addr >> self.bus.shift]
    cdef uint8_t value
    if page != NULL:
        value = page[addr]
    else:
        value = trap_read(self.bus, addr, kind, now)
        carry(self, addr, value)
    if self.bus.tracing:
        self.bus.tracer.record(now, addr, value, kind, False)
    return value


cdef void slow_write(Chip8 self, uint32_t addr, uint8_t value, tick_t now) noexcept nogil:
    cdef uint8_t *page = self.bus.wp[addr >> self.bus.shift]
    if page != NULL:
        page[addr] = value
    else:
        carry(self, addr, value)
        trap_write(self.bus, addr, value, now)
    if self.bus.tracing:
        self.bus.tracer.record(now, addr, value, Access.WRITE, True)


cdef inline uint8_t rd(Chip8 self, Loop *r, uint32_t at, Access kind) noexcept nogil:
    cdef uint32_t addr = at & self.bus.mask
    cdef uint8_t *page = self.bus.rp[addr >> self.bus.shift]
    cdef tick_t tick
    if likely(page != NULL and not self.bus.tracing):
        return page[addr]
    tick = now(self, r)
    end_run(r)               # the device may have changed the map, or asked to stop
    return slow_read(self, addr, kind, tick)


cdef inline void wr(Chip8 self, Loop *r, uint32_t at, uint8_t value) noexcept nogil:
    cdef uint32_t addr = at & self.bus.mask
    cdef uint8_t *page = self.bus.wp[addr >> self.bus.shift]
    cdef tick_t tick
    if likely(page != NULL and not self.bus.tracing):
        page[addr] = value
        return
    tick = now(self, r)
    end_run(r)
    slow_write(self, addr, value, tick)


cdef inline const uint8_t *span(Chip8 self, Loop *r, uint32_t at, uint32_t count) noexcept nogil:
    """Memory that holds `count` bytes from `at` on, indexed with the address; NULL where they are not plain memory."""
    cdef uint32_t last = at + count - 1
    cdef uint8_t *page
    if likely(at >= r.first and <size_t> at + count <= r.end):       # where the program is: nearly always
        return r.code
    if unlikely(last > self.bus.mask or count == 0 or self.bus.tracing):
        return NULL
    page = self.bus.rp[at >> self.bus.shift]
    # Nothing that an instruction reads is longer than a page: if it begins and ends in one piece, it is one.
    return page if likely(page == self.bus.rp[last >> self.bus.shift]) else NULL


# --- into the loop and out of it ------------------------------------------------------------------------------

cdef inline bint alone(Chip8 self) noexcept nogil:
    """Whether each instruction has to enter the loop by itself: for who traces, or is told which one makes an access."""
    return self.bus.tracing or self.bus.watching


cdef inline void enter(Chip8 self, Loop *r, int64_t slots) noexcept nogil:
    """Fetches the first instruction over the bus; those behind it come through the window of plain code around it.

    Where code is watched, traced, hooked or answered by a device the window is empty, and the loop ends after the first.
    """
    cdef CodeWindow window = self.bus.code_window(self.reg.pc, 2)
    self.bus.instruction = self.reg.pc
    r.start = self.clock.now
    r.slots = slots
    r.left = slots - 1
    r.pc = self.reg.pc
    r.i = self.reg.i
    r.code = self.bus.rp[self.reg.pc >> self.bus.shift]
    r.first = window.start
    r.end = window.end if self.reg.pc >= window.start and not self.bus.tracing else 0
    r.opcode = rd(self, r, self.reg.pc, Access.FETCH)
    r.opcode |= <uint32_t> rd(self, r, self.reg.pc + 1, Access.OPERAND) << 8
    r.pc += 2


cdef inline void leave(Chip8 self, Loop *r) noexcept nogil:
    end_run(r)               # slots are left where the window ended first
    self.executed = self.executed + r.slots
    self.cycle_count = self.cycle_count + r.slots
    self.clock.now = r.start + r.slots * self.period
    self.reg.i = r.i
    self.settle(<uint32_t> r.pc)


# --- flow -----------------------------------------------------------------------------------------------------

cdef inline void jump(Loop *r, uint32_t addr) noexcept nogil:
    """Where the next instruction is: the loop looks only at the end of the code window, for all others are further on."""
    r.pc = addr
    if unlikely(r.pc < r.first):
        r.end = 0


cdef inline void op_illegal(Chip8 self, Loop *r) noexcept nogil:
    stop(self, r, Halt.UNKNOWN_OPCODE)


cdef inline void op_0nnn(Chip8 self, Loop *r) noexcept nogil:
    """Calls machine code of the host's own processor, which is not here: halts."""
    stop(self, r, Halt.MACHINE_CODE)


cdef inline void op_00ee(Chip8 self, Loop *r) noexcept nogil:
    """Returns from a subroutine."""
    if unlikely(self.reg.sp == 0):
        stop(self, r, Halt.STACK_UNDERFLOW)
        return
    self.reg.sp = self.reg.sp - 1
    jump(r, self.reg.stack[self.reg.sp])


cdef inline void op_1nnn(Chip8 self, Loop *r) noexcept nogil:
    """Jumps."""
    jump(r, nnn(r))


cdef inline void op_2nnn(Chip8 self, Loop *r) noexcept nogil:
    """Calls a subroutine."""
    if unlikely(self.reg.sp >= self.quirk.stack):
        stop(self, r, Halt.STACK_OVERFLOW)
        return
    self.reg.stack[self.reg.sp] = <uint32_t> r.pc
    self.reg.sp = self.reg.sp + 1
    jump(r, nnn(r))


cdef inline void op_bnnn(Chip8 self, Loop *r) noexcept nogil:
    """Jumps to NNN + V0."""
    jump(r, nnn(r) + self.reg.v[0])


cdef inline void op_bnnn_vx(Chip8 self, Loop *r) noexcept nogil:
    """Jumps to XNN + VX."""
    jump(r, nnn(r) + vx(self, r)[0])


cdef inline void op_nop(Chip8 self, Loop *r) noexcept nogil:
    pass


cdef inline void op_00fd(Chip8 self, Loop *r) noexcept nogil:
    """Ends the program."""
    stop(self, r, Halt.EXIT)


# --- skips: where there are instructions of four bytes, over all of one -----------------------------------------

cdef inline void skip(Loop *r, bint condition) noexcept nogil:
    if condition:
        r.pc += 2


cdef inline uint32_t next_word(Chip8 self, Loop *r) noexcept nogil:
    """The word behind an instruction."""
    cdef uint32_t word
    if likely(r.pc < r.end):
        return <uint32_t> r.code[r.pc] << 8 | r.code[r.pc + 1]
    word = <uint32_t> rd(self, r, <uint32_t> r.pc, Access.OPERAND) << 8
    return word | rd(self, r, <uint32_t> r.pc + 1, Access.OPERAND)


cdef inline void skip_long(Chip8 self, Loop *r, bint condition) noexcept nogil:
    if condition:
        r.pc += 4 if next_word(self, r) == 0xF000 else 2


cdef inline bint key_is_down(Chip8 self, Loop *r) noexcept nogil:
    """Key VX, of which only the low digit counts."""
    return self.keys >> (vx(self, r)[0] & 15) & 1


cdef inline bint key_exists_and_is_down(Chip8 self, Loop *r) noexcept nogil:
    """Key VX; there are none above 15."""
    return vx(self, r)[0] < 16 and self.keys >> vx(self, r)[0] & 1


cdef inline void op_3xnn(Chip8 self, Loop *r) noexcept nogil:
    """Skips if VX = NN."""
    skip(r, vx(self, r)[0] == nn(r))


cdef inline void op_3xnn_long(Chip8 self, Loop *r) noexcept nogil:
    skip_long(self, r, vx(self, r)[0] == nn(r))


cdef inline void op_4xnn(Chip8 self, Loop *r) noexcept nogil:
    """Skips if VX is not NN."""
    skip(r, vx(self, r)[0] != nn(r))


cdef inline void op_4xnn_long(Chip8 self, Loop *r) noexcept nogil:
    skip_long(self, r, vx(self, r)[0] != nn(r))


cdef inline void op_5xy0(Chip8 self, Loop *r) noexcept nogil:
    """Skips if VX = VY."""
    skip(r, vx(self, r)[0] == vy(self, r)[0])


cdef inline void op_5xy0_long(Chip8 self, Loop *r) noexcept nogil:
    skip_long(self, r, vx(self, r)[0] == vy(self, r)[0])


cdef inline void op_9xy0(Chip8 self, Loop *r) noexcept nogil:
    """Skips if VX is not VY."""
    skip(r, vx(self, r)[0] != vy(self, r)[0])


cdef inline void op_9xy0_long(Chip8 self, Loop *r) noexcept nogil:
    skip_long(self, r, vx(self, r)[0] != vy(self, r)[0])


cdef inline void op_ex9e(Chip8 self, Loop *r) noexcept nogil:
    """Skips if key VX is down."""
    skip(r, key_is_down(self, r))


cdef inline void op_ex9e_long(Chip8 self, Loop *r) noexcept nogil:
    skip_long(self, r, key_exists_and_is_down(self, r))


cdef inline void op_exa1(Chip8 self, Loop *r) noexcept nogil:
    """Skips if key VX is up."""
    skip(r, not key_is_down(self, r))


cdef inline void op_exa1_long(Chip8 self, Loop *r) noexcept nogil:
    skip_long(self, r, not key_exists_and_is_down(self, r))


# --- arithmetic: VF is written last, so it holds the flag even when it is VX; vf_first turns that round --------

cdef inline void result(Chip8 self, Loop *r, uint32_t value, uint8_t flag) noexcept nogil:
    vx(self, r)[0] = <uint8_t> value
    self.reg.v[15] = flag


cdef inline void result_vf_first(Chip8 self, Loop *r, uint32_t value, uint8_t flag) noexcept nogil:
    self.reg.v[15] = flag
    vx(self, r)[0] = <uint8_t> value


cdef inline void op_6xnn(Chip8 self, Loop *r) noexcept nogil:
    """VX = NN."""
    vx(self, r)[0] = nn(r)


cdef inline void op_7xnn(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX + NN; no flag."""
    vx(self, r)[0] = <uint8_t> (<uint32_t> vx(self, r)[0] + nn(r))


cdef inline void op_8xy0(Chip8 self, Loop *r) noexcept nogil:
    """VX = VY."""
    vx(self, r)[0] = vy(self, r)[0]


cdef inline void op_8xy1(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX or VY."""
    vx(self, r)[0] |= vy(self, r)[0]


cdef inline void op_8xy1_vf0(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX or VY; VF = 0."""
    vx(self, r)[0] |= vy(self, r)[0]
    self.reg.v[15] = 0


cdef inline void op_8xy2(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX and VY."""
    vx(self, r)[0] &= vy(self, r)[0]


cdef inline void op_8xy2_vf0(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX and VY; VF = 0."""
    vx(self, r)[0] &= vy(self, r)[0]
    self.reg.v[15] = 0


cdef inline void op_8xy3(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX xor VY."""
    vx(self, r)[0] ^= vy(self, r)[0]


cdef inline void op_8xy3_vf0(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX xor VY; VF = 0."""
    vx(self, r)[0] ^= vy(self, r)[0]
    self.reg.v[15] = 0


cdef inline void op_8xy4(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX + VY; VF = carry."""
    cdef uint32_t total = <uint32_t> vx(self, r)[0] + vy(self, r)[0]
    result(self, r, total, total > 0xFF)


cdef inline void op_8xy4_vf_first(Chip8 self, Loop *r) noexcept nogil:
    cdef uint32_t total = <uint32_t> vx(self, r)[0] + vy(self, r)[0]
    result_vf_first(self, r, total, total > 0xFF)


cdef inline void op_8xy5(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX - VY; VF = no borrow."""
    cdef uint32_t total = 0x100 + <uint32_t> vx(self, r)[0] - vy(self, r)[0]
    result(self, r, total, total > 0xFF)


cdef inline void op_8xy5_vf_first(Chip8 self, Loop *r) noexcept nogil:
    cdef uint32_t total = 0x100 + <uint32_t> vx(self, r)[0] - vy(self, r)[0]
    result_vf_first(self, r, total, total > 0xFF)


cdef inline void op_8xy7(Chip8 self, Loop *r) noexcept nogil:
    """VX = VY - VX; VF = no borrow."""
    cdef uint32_t total = 0x100 + <uint32_t> vy(self, r)[0] - vx(self, r)[0]
    result(self, r, total, total > 0xFF)


cdef inline void op_8xy7_vf_first(Chip8 self, Loop *r) noexcept nogil:
    cdef uint32_t total = 0x100 + <uint32_t> vy(self, r)[0] - vx(self, r)[0]
    result_vf_first(self, r, total, total > 0xFF)


cdef inline void op_8xy6(Chip8 self, Loop *r) noexcept nogil:
    """VX = VY shifted right; VF = the bit that falls out."""
    cdef uint8_t value = vy(self, r)[0]
    result(self, r, value >> 1, value & 1)


cdef inline void op_8xy6_vx(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX shifted right; VF = the bit that falls out."""
    cdef uint8_t value = vx(self, r)[0]
    result(self, r, value >> 1, value & 1)


cdef inline void op_8xy6_vf_first(Chip8 self, Loop *r) noexcept nogil:
    cdef uint8_t value = vy(self, r)[0]
    result_vf_first(self, r, value >> 1, value & 1)


cdef inline void op_8xy6_vx_vf_first(Chip8 self, Loop *r) noexcept nogil:
    cdef uint8_t value = vx(self, r)[0]
    result_vf_first(self, r, value >> 1, value & 1)


cdef inline void op_8xye(Chip8 self, Loop *r) noexcept nogil:
    """VX = VY shifted left; VF = the bit that falls out."""
    cdef uint8_t value = vy(self, r)[0]
    result(self, r, <uint32_t> value << 1, value >> 7)


cdef inline void op_8xye_vx(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX shifted left; VF = the bit that falls out."""
    cdef uint8_t value = vx(self, r)[0]
    result(self, r, <uint32_t> value << 1, value >> 7)


cdef inline void op_8xye_vf_first(Chip8 self, Loop *r) noexcept nogil:
    cdef uint8_t value = vy(self, r)[0]
    result_vf_first(self, r, <uint32_t> value << 1, value >> 7)


cdef inline void op_8xye_vx_vf_first(Chip8 self, Loop *r) noexcept nogil:
    cdef uint8_t value = vx(self, r)[0]
    result_vf_first(self, r, <uint32_t> value << 1, value >> 7)


cdef inline void op_cxnn(Chip8 self, Loop *r) noexcept nogil:
    """VX = a random byte and NN."""
    self.random = <uint32_t> (<uint64_t> self.random * 1103515245 + 12345 & 0x7FFFFFFF)
    self.drawn_numbers = self.drawn_numbers + 1
    vx(self, r)[0] = <uint8_t> (self.random >> 16) & nn(r)


# --- memory ---------------------------------------------------------------------------------------------------

cdef inline void op_annn(Chip8 self, Loop *r) noexcept nogil:
    """I = NNN."""
    r.i = nnn(r)


cdef inline void op_f000(Chip8 self, Loop *r) noexcept nogil:
    """I = NNNN, the word behind."""
    r.i = next_word(self, r)
    r.pc += 2


cdef inline void op_fx1e(Chip8 self, Loop *r) noexcept nogil:
    """I = I + VX; no flag."""
    r.i = r.i + vx(self, r)[0] & 0xFFFF


cdef inline void op_fx33(Chip8 self, Loop *r) noexcept nogil:
    """Stores the hundreds, tens and ones of VX at I."""
    cdef uint32_t value = vx(self, r)[0]
    wr(self, r, r.i, <uint8_t> (value // 100))
    wr(self, r, r.i + 1, <uint8_t> (value // 10 % 10))
    wr(self, r, r.i + 2, <uint8_t> (value % 10))


cdef inline void store(Chip8 self, Loop *r, uint32_t x) noexcept nogil:
    """Stores V0 to VX at I."""
    cdef uint32_t n, last = r.i + x
    cdef uint8_t *page
    if likely(last <= self.bus.mask and not self.bus.tracing):
        page = self.bus.wp[r.i >> self.bus.shift]
        if likely(page != NULL and page == self.bus.wp[last >> self.bus.shift]):
            for n in range(x + 1):
                page[r.i + n] = self.reg.v[n]
            return
    for n in range(x + 1):
        wr(self, r, r.i + n, self.reg.v[n])


cdef inline void load(Chip8 self, Loop *r, uint32_t x) noexcept nogil:
    """Loads V0 to VX from I."""
    cdef uint32_t n
    cdef const uint8_t *plain = span(self, r, r.i, x + 1)
    if likely(plain != NULL):
        for n in range(x + 1):
            self.reg.v[n] = plain[r.i + n]
        return
    for n in range(x + 1):
        self.reg.v[n] = rd(self, r, r.i + n, Access.READ)


cdef inline void op_fx55(Chip8 self, Loop *r) noexcept nogil:
    """Stores V0 to VX at I; I = I + X + 1."""
    store(self, r, x_of(r))
    r.i = r.i + x_of(r) + 1 & 0xFFFF


cdef inline void op_fx55_add_x(Chip8 self, Loop *r) noexcept nogil:
    """Stores V0 to VX at I; I = I + X."""
    store(self, r, x_of(r))
    r.i = r.i + x_of(r) & 0xFFFF


cdef inline void op_fx55_keep(Chip8 self, Loop *r) noexcept nogil:
    """Stores V0 to VX at I."""
    store(self, r, x_of(r))


cdef inline void op_fx65(Chip8 self, Loop *r) noexcept nogil:
    """Loads V0 to VX from I; I = I + X + 1."""
    load(self, r, x_of(r))
    r.i = r.i + x_of(r) + 1 & 0xFFFF


cdef inline void op_fx65_add_x(Chip8 self, Loop *r) noexcept nogil:
    """Loads V0 to VX from I; I = I + X."""
    load(self, r, x_of(r))
    r.i = r.i + x_of(r) & 0xFFFF


cdef inline void op_fx65_keep(Chip8 self, Loop *r) noexcept nogil:
    """Loads V0 to VX from I."""
    load(self, r, x_of(r))


cdef inline void store_range(Chip8 self, Loop *r, int first, int last) noexcept nogil:
    """Stores V`first` to V`last`, up or down, at I."""
    cdef int n, step = 1 if first <= last else -1
    for n in range(step * (last - first) + 1):
        wr(self, r, r.i + n, self.reg.v[first + step * n])


cdef inline void load_range(Chip8 self, Loop *r, int first, int last) noexcept nogil:
    """Loads V`first` to V`last`, up or down, from I."""
    cdef int n, step = 1 if first <= last else -1
    for n in range(step * (last - first) + 1):
        self.reg.v[first + step * n] = rd(self, r, r.i + n, Access.READ)


cdef inline void op_5xy2(Chip8 self, Loop *r) noexcept nogil:
    """Stores VX to VY, in that order, at I."""
    store_range(self, r, x_of(r), y_of(r))


cdef inline void op_5xy3(Chip8 self, Loop *r) noexcept nogil:
    """Loads VX to VY, in that order, from I."""
    load_range(self, r, x_of(r), y_of(r))


cdef inline void op_fx75(Chip8 self, Loop *r) noexcept nogil:
    """Saves V0 to VX in the flag registers, as far as there are some."""
    memcpy(self.rpl, self.reg.v, min(x_of(r) + 1, self.quirk.flags))


cdef inline void op_fx85(Chip8 self, Loop *r) noexcept nogil:
    """Loads V0 to VX from the flag registers, as far as there are some."""
    memcpy(self.reg.v, self.rpl, min(x_of(r) + 1, self.quirk.flags))


# --- keypad, timers, digits -----------------------------------------------------------------------------------

cdef inline void op_fx0a(Chip8 self, Loop *r) noexcept nogil:
    """Waits until a key is let go; VX = its number."""
    self.wait = Wait.A_KEY
    self.key_register = <uint8_t> x_of(r)
    end_run(r)


cdef inline void op_fx07(Chip8 self, Loop *r) noexcept nogil:
    """VX = delay timer."""
    vx(self, r)[0] = self.reg.dt


cdef inline void op_fx15(Chip8 self, Loop *r) noexcept nogil:
    """Delay timer = VX."""
    self.reg.dt = vx(self, r)[0]


cdef inline void op_fx18(Chip8 self, Loop *r) noexcept nogil:
    """Sound timer = VX."""
    self.set_sound(vx(self, r)[0], now(self, r))


cdef inline void op_fx29(Chip8 self, Loop *r) noexcept nogil:
    """I = address of the small digit in the low digit of VX."""
    r.i = SMALL_DIGIT * <uint32_t> (vx(self, r)[0] & 15)


cdef inline void op_fx29_big(Chip8 self, Loop *r) noexcept nogil:
    """I = address of the small digit VX, for 10 to 19 of the large digits 0 to 9."""
    cdef uint32_t value = vx(self, r)[0]
    if 10 <= value < 20:
        r.i = LARGE_DIGITS + LARGE_DIGIT * (value - 10)
    else:
        r.i = SMALL_DIGIT * (value & 15)


cdef inline void op_fx30(Chip8 self, Loop *r) noexcept nogil:
    """I = address of the large digit in the low digit of VX."""
    r.i = LARGE_DIGITS + LARGE_DIGIT * <uint32_t> (vx(self, r)[0] & 15)
