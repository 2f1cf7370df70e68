# What each instruction does, in a function named by its opcode's pattern: X and Y are the numbers of VX and VY; N, NN
# and NNN are constants. `r.pc` is behind the instruction already.

cdef struct Loop:            # one call of `execute`: what has to live in registers of the host
    uint32_t opcode
    uint32_t pc
    uint32_t i
    int64_t left             # slots that have not begun
    int64_t slots            # that are used in the end
    tick_t start             # tick of the first slot
    const uint8_t *code      # indexed with the address
    uint32_t first, room     # an opcode at pc can be read through `code` when pc - first < room


cdef inline uint8_t *vx(Chip8 self, Loop *r) noexcept nogil:
    return &self.reg.v[r.opcode >> 8 & 15]


cdef inline uint8_t *vy(Chip8 self, Loop *r) noexcept nogil:
    return &self.reg.v[r.opcode >> 4 & 15]


cdef inline uint8_t nn(Loop *r) noexcept nogil:
    return <uint8_t> r.opcode


cdef inline uint32_t nnn(Loop *r) noexcept nogil:
    return r.opcode & 0xFFF


cdef inline tick_t now(Chip8 self, Loop *r) noexcept nogil:
    """The tick at which the present instruction began."""
    return r.start + (r.slots - r.left - 1) * self.period


cdef inline void end_run(Loop *r) noexcept nogil:
    """Lets the loop end with the present instruction, and gives the other slots back."""
    r.slots -= r.left
    r.left = 0


cdef inline void stop(Chip8 self, Loop *r, Halt reason) noexcept nogil:
    """Halts at the present instruction."""
    r.pc -= 2
    self.stop_at(reason, r.pc, r.opcode)
    end_run(r)


cdef inline void skip(Loop *r, bint condition) noexcept nogil:
    if condition:
        r.pc += 2


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


# --- into the loop and out of it ------------------------------------------------------------------------------

cdef inline void enter(Chip8 self, Loop *r, int64_t slots) noexcept nogil:
    """Fetches the first instruction over the bus; those behind it come through the window of plain code around it.

    Where code is watched, hooked or answered by a device the window is empty, and the loop ends after the first.
    """
    cdef CodeWindow window = self.bus.code_window(self.reg.pc, 2)
    r.start = self.clock.now
    r.slots = slots
    r.left = slots - 1
    r.pc = self.reg.pc
    r.i = self.reg.i
    r.code = self.bus.rp[self.reg.pc >> self.bus.shift]
    r.first = window.start
    r.room = window.end - window.start
    r.opcode = <uint32_t> rd(self, r, r.pc, Access.FETCH) << 8
    r.opcode |= rd(self, r, r.pc + 1, Access.OPERAND)
    r.pc += 2


cdef inline void leave(Chip8 self, Loop *r) noexcept nogil:
    end_run(r)               # slots are left where the window ended first
    self.executed = self.executed + r.slots
    self.cycle_count = self.cycle_count + r.slots
    self.clock.now = r.start + r.slots * self.period
    self.reg.i = <uint16_t> r.i
    self.settle(r.pc)


# --- flow -----------------------------------------------------------------------------------------------------

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
    r.pc = self.reg.stack[self.reg.sp]


cdef inline void op_1nnn(Chip8 self, Loop *r) noexcept nogil:
    """Jumps."""
    r.pc = nnn(r)


cdef inline void op_2nnn(Chip8 self, Loop *r) noexcept nogil:
    """Calls a subroutine."""
    if unlikely(self.reg.sp >= self.quirk.stack):
        stop(self, r, Halt.STACK_OVERFLOW)
        return
    self.reg.stack[self.reg.sp] = <uint16_t> r.pc
    self.reg.sp = self.reg.sp + 1
    r.pc = nnn(r)


cdef inline void op_bnnn(Chip8 self, Loop *r) noexcept nogil:
    """Jumps to NNN + V0; with the jump quirk XNN + VX."""
    r.pc = nnn(r) + (vx(self, r)[0] if self.quirk.jump else self.reg.v[0])


cdef inline void op_3xnn(Chip8 self, Loop *r) noexcept nogil:
    """Skips if VX = NN."""
    skip(r, vx(self, r)[0] == nn(r))


cdef inline void op_4xnn(Chip8 self, Loop *r) noexcept nogil:
    """Skips if VX is not NN."""
    skip(r, vx(self, r)[0] != nn(r))


cdef inline void op_5xy0(Chip8 self, Loop *r) noexcept nogil:
    """Skips if VX = VY."""
    skip(r, vx(self, r)[0] == vy(self, r)[0])


cdef inline void op_9xy0(Chip8 self, Loop *r) noexcept nogil:
    """Skips if VX is not VY."""
    skip(r, vx(self, r)[0] != vy(self, r)[0])


cdef inline void op_ex9e(Chip8 self, Loop *r) noexcept nogil:
    """Skips if the key in the low digit of VX is down."""
    skip(r, self.keys >> (vx(self, r)[0] & 15) & 1)


cdef inline void op_exa1(Chip8 self, Loop *r) noexcept nogil:
    """Skips if the key in the low digit of VX is up."""
    skip(r, not self.keys >> (vx(self, r)[0] & 15) & 1)


# --- arithmetic: VF is written last, so it holds the flag even when it is VX; vf_order turns that round

cdef inline void result(Chip8 self, Loop *r, uint32_t value, uint8_t flag) noexcept nogil:
    if self.quirk.vf_order:
        self.reg.v[15] = flag
        vx(self, r)[0] = <uint8_t> value
    else:
        vx(self, r)[0] = <uint8_t> value
        self.reg.v[15] = flag


cdef inline void logic_result(Chip8 self, Loop *r, uint8_t value) noexcept nogil:
    vx(self, r)[0] = value
    if self.quirk.logic:
        self.reg.v[15] = 0


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
    logic_result(self, r, vx(self, r)[0] | vy(self, r)[0])


cdef inline void op_8xy2(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX and VY."""
    logic_result(self, r, vx(self, r)[0] & vy(self, r)[0])


cdef inline void op_8xy3(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX xor VY."""
    logic_result(self, r, vx(self, r)[0] ^ vy(self, r)[0])


cdef inline void op_8xy4(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX + VY; VF = carry."""
    cdef uint32_t total = <uint32_t> vx(self, r)[0] + vy(self, r)[0]
    result(self, r, total, total > 0xFF)


cdef inline void op_8xy5(Chip8 self, Loop *r) noexcept nogil:
    """VX = VX - VY; VF = no borrow."""
    cdef uint32_t total = 0x100 + <uint32_t> vx(self, r)[0] - vy(self, r)[0]
    result(self, r, total, total > 0xFF)


cdef inline void op_8xy7(Chip8 self, Loop *r) noexcept nogil:
    """VX = VY - VX; VF = no borrow."""
    cdef uint32_t total = 0x100 + <uint32_t> vy(self, r)[0] - vx(self, r)[0]
    result(self, r, total, total > 0xFF)


cdef inline void op_8xy6(Chip8 self, Loop *r) noexcept nogil:
    """VX = VY shifted right, with the shift quirk VX; VF = the bit that falls out."""
    cdef uint8_t value = vx(self, r)[0] if self.quirk.shift else vy(self, r)[0]
    result(self, r, value >> 1, value & 1)


cdef inline void op_8xye(Chip8 self, Loop *r) noexcept nogil:
    """VX = VY shifted left, with the shift quirk VX; VF = the bit that falls out."""
    cdef uint8_t value = vx(self, r)[0] if self.quirk.shift else vy(self, r)[0]
    result(self, r, <uint32_t> value << 1, value >> 7)


cdef inline void op_cxnn(Chip8 self, Loop *r) noexcept nogil:
    """VX = a random byte and NN."""
    self.random = <uint32_t> (<uint64_t> self.random * 1103515245 + 12345 & 0x7FFFFFFF)
    self.drawn_numbers = self.drawn_numbers + 1
    vx(self, r)[0] = <uint8_t> (self.random >> 16) & nn(r)


# --- memory ---------------------------------------------------------------------------------------------------

cdef inline void op_annn(Chip8 self, Loop *r) noexcept nogil:
    """I = NNN."""
    r.i = nnn(r)


cdef inline void op_fx1e(Chip8 self, Loop *r) noexcept nogil:
    """I = I + VX; no flag."""
    r.i = r.i + vx(self, r)[0] & 0xFFFF


cdef inline void op_fx29(Chip8 self, Loop *r) noexcept nogil:
    """I = address of the digit in the low digit of VX: 5 bytes each, from 0."""
    r.i = 5 * <uint32_t> (vx(self, r)[0] & 15)


cdef inline void op_fx33(Chip8 self, Loop *r) noexcept nogil:
    """Stores the hundreds, tens and ones of VX at I."""
    cdef uint32_t value = vx(self, r)[0]
    wr(self, r, r.i, <uint8_t> (value // 100))
    wr(self, r, r.i + 1, <uint8_t> (value // 10 % 10))
    wr(self, r, r.i + 2, <uint8_t> (value % 10))


cdef inline void advance_i(Chip8 self, Loop *r, uint32_t x) noexcept nogil:
    if not self.quirk.load_store:
        r.i = r.i + x + 1 & 0xFFFF


cdef inline void op_fx55(Chip8 self, Loop *r) noexcept nogil:
    """Stores V0 to VX at I; I = I + X + 1, with the load_store quirk I stays."""
    cdef uint32_t n, x = r.opcode >> 8 & 15
    for n in range(x + 1):
        wr(self, r, r.i + n, self.reg.v[n])
    advance_i(self, r, x)


cdef inline void op_fx65(Chip8 self, Loop *r) noexcept nogil:
    """Loads V0 to VX from I; I = I + X + 1, with the load_store quirk I stays."""
    cdef uint32_t n, x = r.opcode >> 8 & 15
    for n in range(x + 1):
        self.reg.v[n] = rd(self, r, r.i + n, Access.READ)
    advance_i(self, r, x)


# --- display, keypad, timers ----------------------------------------------------------------------------------

cdef inline void op_00e0(Chip8 self, Loop *r) noexcept nogil:
    """Clears the display."""
    clear_display(self)


cdef inline void op_dxyn(Chip8 self, Loop *r) noexcept nogil:
    """Draws N rows of 8 pixels from I at VX, VY; VF = a pixel was cleared.

    The start wraps round the edges; what lies over an edge is clipped, or wraps without the clip quirk.
    """
    cdef uint32_t x = vx(self, r)[0] & (self.quirk.width - 1)
    cdef uint32_t y = vy(self, r)[0] & (self.quirk.height - 1)
    cdef uint32_t plane, line, at = r.i
    cdef uint64_t bits
    cdef uint8_t hit = 0
    for plane in range(self.quirk.planes):
        if self.selected >> plane & 1:
            for line in range(y, y + (r.opcode & 15)):
                bits = <uint64_t> rd(self, r, at, Access.READ) << 56
                at += 1
                if line < self.quirk.height or not self.quirk.clip:
                    hit |= draw_row(self, plane, x, line & (self.quirk.height - 1), bits)
    self.reg.v[15] = hit
    self.changed = True
    if self.quirk.vblank:
        self.wait = Wait.END_OF_FRAME
        end_run(r)


cdef inline void op_fx0a(Chip8 self, Loop *r) noexcept nogil:
    """Waits until a key is let go; VX = its number."""
    self.wait = Wait.A_KEY
    self.key_register = r.opcode >> 8 & 15
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
