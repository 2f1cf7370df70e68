# cython: overflowcheck=False
# Registers are held in wider unsigned integers, which wrap around and are masked where a value leaves them.
r"""The 6502 family, all 256 opcodes of each model: the MOS 6502 and its first revision, the 2A03, the 6507 and the 6510
(NMOS), and the 65C02 of WDC, Rockwell and Synertek (CMOS).

              +----\/----+
         VSS  | 1     40 |  /RES
         RDY  | 2     39 |  phi2 out
    phi1 out  | 3     38 |  SO
        /IRQ  | 4     37 |  phi0 in
          NC  | 5     36 |  NC
        /NMI  | 6     35 |  NC
        SYNC  | 7     34 |  R/W
         VCC  | 8     33 |  D0
          A0  | 9     32 |  D1
          A1  | 10    31 |  D2
          A2  | 11    30 |  D3
          A3  | 12    29 |  D4
          A4  | 13    28 |  D5
          A5  | 14    27 |  D6
          A6  | 15    26 |  D7
          A7  | 16    25 |  A15
          A8  | 17    24 |  A14
          A9  | 18    23 |  A13
         A10  | 19    22 |  A12
         A11  | 20    21 |  VSS
              +----------+

Emulated      every bus cycle of every opcode, documented or not; IRQ, NMI and RESET sequences with the cycles in which
              the lines are polled; the bus while nobody answers
              all of it as each model does it, decimal mode and WAI and STP included
              RDY in every cycle, and the falling edge of SO
Not emulated  RESET works when it is pulled, and holding it longer changes nothing

Two builds of the same text run it (mos6502_cycles.pxi). The fast one runs as long as no device can interrupt and nobody
looks; the exact one runs everything else. The driver, `run_until`, hands over between them:

    fast   starts an instruction only when it ends before the next event (`clock.due`), so no line changes during it
           but by its own accesses to devices. Such a change is logged with its tick, the run ends after the
           instruction, and `look_back` finds what the instruction's poll saw.
    exact  an instruction that an event may fall into, interrupt sequences, opcodes that may let a waiting IRQ in, code
           outside plain memory, and everything while a tracer records.

Files: mos6502_cycles.pxi bus cycles, mos6502_pins.pxi RDY and SO, mos6502_modes.pxi addressing, mos6502_operations.pxi what
is computed, mos6502_control.pxi jumps and interrupts, mos6502_cmos.pxi what the 65C02 does otherwise, mos6502_port.pxi page
zero of the 6510, mos6502_dispatch.pxi and mos6502_tables.h (generated from isa/mos6502.py) the opcodes of each model composed
of these.

Sources: docs/references.md: 64doc, nmos-unintended, decimal, visual6502, 6502-interrupts, breaks, 6507, 6510-port, r65c00,
w65c02s, 65c02-opcodes.
"""

from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t

from retrovm.core.bus cimport Bus, CodeWindow, Slot, Split, hooked, idle, trap_read, trap_write
from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device
from retrovm.core.memory cimport Memory
from retrovm.core.python_device cimport PythonDevice
from retrovm.core.tally cimport (OPCODE_BITS, Flow, Kind, Tally, begin, close_run, enter_handler as count_handler,
                                 moved_by_host, open_run, resume, take_back)
from retrovm.core.types cimport NEVER, Access, Line, StopReason, likely, tick_t, unlikely

from retrovm.core.errors import ArgumentError
from retrovm.core.memory_view import MemoryView
from retrovm.core.types import Line as LineName, StopReason as Reason
from retrovm.cpu.mos6502_call import call
from retrovm.cpu.mos6502_calls import CallTrace, stack_of

# The poll of most instructions is in their last cycle but one.
cdef enum:
    OPEN = 0x100
    BRK_OPCODE = 0x00

include "mos6502_cycles.pxi"
include "mos6502_pins.pxi"
include "mos6502_modes.pxi"
include "mos6502_operations.pxi"
include "mos6502_control.pxi"
include "mos6502_cmos.pxi"
include "mos6502_port.pxi"

cdef extern from "mos6502_dispatch.h" nogil:
    int NMOS, PORT, CMOS
    const uint16_t *retrovm_numbers(bint cmos, int table) noexcept
    int PLAIN "RETROVM_PLAIN"
    int COUNTING "RETROVM_COUNTING"
    void START(Fast r, int models, int table, int counting) noexcept
    void OPCODE(int opcode) noexcept
    void NEXT(Fast r) noexcept
    void DISPATCH(Fast r) noexcept
    void END() noexcept
    void BACK(Fast r) noexcept
    void GUARD(Fast r) noexcept
    void GUARD_DEVICE(Fast r) noexcept
    enum: IRQ_WAITS, DEVICE_BELOW
    void AT_WINDOW() noexcept
    void AT_BACK() noexcept
    void AT_DONE() noexcept
    void UNREACHABLE() noexcept


cdef bint find_window(Mos6502 core, uint32_t pc) noexcept nogil:
    """Finds the code window around an address; false where no whole instruction is in plain memory."""
    cdef CodeWindow found
    if pc < 0x100 and core.port is not None:
        found = window_over_port(core, pc)
        core.code = core.zero
    else:
        found = core.bus.code_window(pc, 3)
        core.code = core.bus.rp[pc >> 8]
    core.window = found.start
    core.window_end = found.end
    return pc < found.end


cdef inline bint open_window(Fast r) noexcept nogil:
    """A code window for the opcode that `pc` has just moved past."""
    cdef uint32_t opcode = (r.pc - 1) & 0xFFFF
    if (<Mos6502> r.core).leaving or not find_window(<Mos6502> r.core, opcode):
        return False
    r.pc = opcode + 1
    r.code = (<Mos6502> r.core).code
    r.window = (<Mos6502> r.core).window
    r.window_end = (<Mos6502> r.core).window_end
    return True


cdef inline void load(Mos6502 core, Build r) noexcept nogil:
    r.a, r.x, r.y, r.s, r.pc = core.a, core.x, core.y, <uint8_t> core.s, core.pc
    r.p, r.c, r.nz, r.v = core.p, core.c, core.nz, core.v
    r.data = core.bus.data
    r.period = core.period
    r.pages = <PageTable *> core.bus.rp
    r.core = <PyObject *> core
    r.ea = r.carry = r.temp = 0


cdef inline void start_exact(Mos6502 core, Exact r) noexcept nogil:
    r.now = core.clock.now
    core.bus.instruction = core.pc
    core.overflow_written = core.stretched = -1
    core.active_since = -1               # whatever it was, it was before this run
    core.wake = plain_until(core)


cdef inline void unload(Mos6502 core, Build r) noexcept nogil:
    if Build is Exact:
        settle_overflow(r, r.now)
    core.a, core.x, core.y, core.s, core.pc = r.a, r.x, r.y, r.s, <uint32_t> r.pc
    core.p, core.c, core.nz, core.v = r.p, r.c, r.nz, r.v
    # The next fetch overwrites what the data lines carry, unless it finds an open bus. So that both builds leave the same,
    # it is done here; where the next fetch meets no memory, both have followed the lines to the end.
    cdef uint32_t pc = r.pc & 0xFFFF
    cdef uint8_t *page = r.pages.read[pc >> 8]
    if page == NULL:
        page = core.bus.slots[pc >> 8].memory        # a page that is watched leaves the same
    if page != NULL:
        core.bus.data = page[pc]
    elif Build is Exact:
        core.bus.data = <uint8_t> r.data


cdef inline void start_fast(Mos6502 core, Fast r) noexcept nogil:
    load(core, r)
    r.left = core.left
    r.used = r.overflow = 0
    r.code = NULL
    r.window = r.window_end = 0     # no code window yet: the first instruction finds one
    r.careful = IRQ_WAITS if core.active & Line.IRQ else 0
    if (core.is_cmos and r.pages.read[0] == NULL) or r.pages.read[1] == NULL or r.pages.write[1] == NULL:
        r.careful |= DEVICE_BELOW            # JSR goes to page one, BBR and BBS of CMOS go to page zero


cdef inline void end_fast(Mos6502 core, Fast r) noexcept nogil:
    r.left += 1
    r.pc -= 1
    if unlikely(core.stalled):
        core.bus.hide(False)
    unload(core, r)
    core.left = r.left


cdef inline void keep_data "retrovm_keep_data" (Fast r) noexcept nogil:
    (<Mos6502> r.core).bus.data = <uint8_t> r.data


# What an instruction does to the calls under way, and how long a branch is, for who counts.

cdef uint32_t nature_of_nmos(uint32_t opcode) noexcept nogil:
    cdef Flow flow = Flow.STRAIGHT
    if opcode & 0x1F == 0x10:
        flow = Flow.BRANCHES
    elif opcode == 0x20:                         # JSR
        flow = Flow.CALLS
    elif opcode == 0x40 or opcode == 0x60:       # RTI, RTS
        flow = Flow.RETURNS
    return 2 << 8 | <uint32_t> flow


cdef uint32_t nature_of_cmos(uint32_t opcode) noexcept nogil:
    return 3 << 8 | <uint32_t> Flow.BRANCHES if opcode & 0xF == 0xF else nature_of_nmos(opcode)      # BBR and BBS


cdef inline void count_begun "retrovm_count" (Fast r) noexcept nogil:
    cdef uint32_t at = <uint32_t> r.pc - 1
    cdef Tally *tally = (<Mos6502> r.core).tally
    begin(tally, at, r.code[at], r.left, r.s)


cdef inline void count_taken_back "retrovm_take_back" (Fast r) noexcept nogil:
    take_back((<Mos6502> r.core).tally, r.left)


include "mos6502_dispatch.pxi"


cdef inline bint first_cycle(Mos6502 core, Exact r, Access kind, tick_t until) noexcept nogil:
    """The opcode; false when RDY was low until the time was over. Between instructions it may be so for any time."""
    if likely(not core.lines & Line.RDY):
        read_as(r, <uint32_t> r.pc, kind)
        return True
    r.data = core.hold(<uint32_t> r.pc, kind, r.data, r.now, until)
    r.now = core.clock.now
    if core.holding:
        return False
    r.now += r.period
    return True


cdef inline void read_idly(Mos6502 core, Exact r, uint32_t addr) noexcept nogil:
    """A cycle of a processor that does nothing, which RDY does not stretch."""
    r.data = read_once(core, r.now, addr, Access.DUMMY, r.data)
    r.now += r.period


cdef inline void skip_unseen(Mos6502 core, Exact r, uint32_t addr, tick_t until) noexcept nogil:
    """Cycles that read the same again and again are let pass at once, where nobody sees them before the next event."""
    cdef tick_t end = min(until, core.clock.due)
    if not core.bus.tracing and r.pages.read[addr >> 8] != NULL and end > r.now:
        r.now += (end - r.now + r.period - 1) // r.period * r.period


cdef class Mos6502(Cpu):
    """A processor of the 6502 family.

    Parameters
        model   "6502" NMOS; "6502-rev-a" its first revision, whose ROR does something else; "2a03" without decimal mode;
                "6507" with 13 address lines, and without the pins IRQ, NMI and SO; "6510" with an I/O port at $0000 and
                $0001, and without SO;
                "65c02-synertek" CMOS; "65c02-rockwell" with RMB, SMB, BBR and BBS; "65c02-wdc" with WAI and STP too
        name    as in every device
        bus     the address space that it drives, of 64 KiB in pages of 256 bytes, or of 8 KiB for a 6507, which sees it
                again and again in its 64 KiB; without one, as much RAM
        period  master-clock ticks a cycle
        ane_constant, lxa_constant
                NMOS: what A is ORed with in the undocumented opcodes ANE ($8B, also XAA) and LXA ($AB). It depends on the
                chip and its temperature: $EE on many, $EF, $FF or $00 on others (docs/references.md: magic-constants)
        port    "6510": its `Mos6510Port`; without one, a port of its own whose pins are connected to nothing
    """

    def __init__(self, str model="6502", *, str name="cpu", Bus bus=None, period=1, ane_constant=0xEE, lxa_constant=0xEE,
                 Mos6510Port port=None):
        if model not in MODELS:
            raise ArgumentError(f"no 6502 model {model!r}; there are: {', '.join(MODELS)}")
        for constant in (ane_constant, lxa_constant):
            if not isinstance(constant, int) or not 0 <= constant <= 0xFF:
                raise ArgumentError(f"{name}: the constant of ANE or LXA is a byte, not {constant!r}")
        (self.is_cmos, self.table, exact_table, self.has_decimal_mode, self.subtracts_by_digit,
         self.adc_reads, self.sbc_reads, size, pins, has_port) = FACTS[model]
        if port is not None and not has_port:
            raise ArgumentError(f"{name}: a {model} has no port")
        if bus is None:
            bus = Bus(Clock(1_000_000), size)
            bus.map(0, size, Memory("ram", size))
        if bus.size != size or bus.page_size != 0x100:
            raise ArgumentError(f"a {model} drives {size} bytes in pages of 256, not {bus.size} in pages of {bus.page_size}")
        bus.extend(0x10000)
        super().__init__(name, bus, period, [LineName[pin] for pin in pins.split()])
        self.model = model
        self.ane_constant = ane_constant
        self.lxa_constant = lxa_constant
        self.numbers = retrovm_numbers(self.is_cmos, exact_table)
        if has_port:
            self.port = Mos6510Port() if port is None else port
            self.port.attach(bus, self.period)
        self.reset(True)

    # --- running ----------------------------------------------------------------------------------------------------

    cdef void pin_changed(self, int pin, bint asserted) noexcept nogil:
        cdef tick_t cycle
        Cpu.pin_changed(self, pin, asserted)
        self.changed = True
        self.clock.wake()
        if pin == Line.RESET and asserted:
            self.resetting = True
            if self.port is not None:
                self.port.reset(False)
        # The cycle whose end sees this: a fast instruction that caused it has to know afterwards.
        cycle = (self.clock.now + self.period - 1) // self.period * self.period
        if self.logged and self.log[self.logged - 1].tick == cycle:
            self.log[self.logged - 1].lines = self.lines
        elif self.logged < 16:
            self.log[self.logged].tick = cycle
            self.log[self.logged].lines = self.lines
            self.logged = self.logged + 1

    cdef void sample(self, tick_t cycle) noexcept nogil:
        """The end of a cycle in which lines changed: IRQ is a level, NMI an edge that is kept until it is served."""
        cdef bint nmi_low = (self.lines & Line.NMI) != 0
        cdef uint32_t active = self.lines & Line.IRQ
        if not self.nmi_blind:
            if nmi_low and not self.nmi_was_low:
                self.nmi_latched = True
            self.nmi_was_low = nmi_low
            self.changed = False
        if self.nmi_latched:
            active |= Line.NMI
        see_overflow_pin(self, cycle)
        if active != self.active:
            self.active_before = self.active
            self.active_since = cycle
            self.active = active

    cdef void look_back(self, tick_t end) noexcept nogil:
        """Samples the lines of a fast run's last instruction in the cycles before `end` in which they changed."""
        cdef uint32_t present = self.lines
        cdef int i
        for i in range(self.logged):
            if self.log[i].tick < end:
                self.lines = self.log[i].lines
                self.sample(self.log[i].tick)
        self.lines = present

    cdef bint must_run_exactly(self) noexcept nogil:
        """Whatever happens on the lines, as long as the host leaves things as they are."""
        # Who watches is told the instruction and the kind of each access, which the fast build does not keep.
        return self.exact or self.bus.tracing or self.bus.watching or (self.port is not None and not page_zero_is_plain(self))

    cdef bint may_run_fast(self) noexcept nogil:
        return not (self.must_run_exactly() or self.changed or self.taken or self.resetting
                    or self.lines & Line.RDY or self.overflow_at or self.active & interrupts_allowed(self.p))

    cdef bint fast(self, tick_t until) noexcept nogil:
        """Whole instructions until this tick, or until the exact build has to run the next one: then false."""
        cdef tick_t now
        self.left = (until - self.clock.now + self.period - 1) // self.period
        self.end = self.clock.now + self.left * self.period
        self.due = self.clock.due
        self.logged = 0
        self.active_since = -1               # whatever it was, it was before this run
        self.stuck = self.leaving = self.stalled = False
        if unlikely(self.tally != NULL):
            open_run(self.tally, self.clock.now // self.period, self.left - 1)   # `left` has moved past the opcode then
            if self.is_cmos:
                run_cmos_counting(self)
            elif self.port is not None:
                run_port_counting(self)
            else:
                run_nmos_counting(self)
        elif self.is_cmos:
            run_cmos(self)
        elif self.port is not None:
            run_port(self)
        else:
            run_nmos(self)
        self.pc = self.pc & 0xFFFF
        now = self.end - self.left * self.period
        if unlikely(self.tally != NULL):
            close_run(self.tally, self.pc, now // self.period, self.s)
        if self.clock.due < now:
            # The clock still stands at the access that brought this event forward, so it happens at its own tick.
            self.clock.dispatch(now - self.period)
        self.clock.now = now
        if self.logged or self.stalled:
            self.look_back(now)
            self.taken = (wanted(self, now - 2 * self.period) & interrupts_allowed(self.p)) != 0
            self.changed = True
            if self.overflow_at:
                self.settle_after_fast(now)
        return not self.stuck

    cdef uint32_t hold(self, uint32_t pc, Access kind, uint32_t data, tick_t now, tick_t until) noexcept nogil:
        """The first cycle of an instruction while RDY is low, until it goes high or the time is over.

        The last of these cycles, with `clock.now` at its tick, is then the one that counts.
        """
        cdef tick_t end
        while True:
            data = read_once(self, now, pc, kind, data)
            self.holding = (self.lines & Line.RDY) != 0 and not self.clock.failed
            if not self.holding:
                return data
            now += self.period
            end = min(until, self.clock.due)
            if end > now and not self.bus.tracing and self.bus.rp[pc >> 8] != NULL:      # nobody sees these reads
                now += (end - now + self.period - 1) // self.period * self.period
            if now >= until or self.clock.stop:
                self.clock.now = now
                return data

    cdef void settle_after_fast(self, tick_t now) noexcept nogil:
        """What an edge at SO that the last instruction of a fast run has caused does to V."""
        cdef uint32_t late = self.access_how >> HOW_SHIFT
        if late and overflow_is_due(self, now + (late - 1) * self.period):       # it has written V itself
            forget_overflow_pin(self, now + (late - 1) * self.period)
        if overflow_is_due(self, now):
            self.v = self.v | 0x80
            forget_overflow_pin(self, now)

    cdef void exactly(self, tick_t until, bint stay) noexcept nogil:
        """Whole instructions until this tick, a hook, or a stop; one at least, but for RDY.

        With `stay` false it also ends where the fast build can go on: in a code window.
        """
        cdef ExactRegisters registers
        cdef Exact r = &registers
        cdef bint resets
        cdef uint32_t at
        cdef tick_t began
        load(self, r)
        start_exact(self, r)
        self.eventful = True
        self.holding = False                 # unless `hold` finds out again
        while True:
            self.polled = OPEN
            self.polled_p = r.p
            at = <uint32_t> r.pc
            began = r.now
            if unlikely(self.eventful) and (self.resetting or self.taken):
                resets = self.resetting
                if not first_cycle(self, r, Access.DUMMY, until):
                    break
                if resets:
                    self.resetting = False
                    reset_sequence(self, r)
                else:
                    interrupt(self, r)
                if unlikely(self.tally != NULL):
                    self.count_sequence(Kind.RESET if resets else Kind.IRQ, at, r.pc, r.s, began)
            else:
                if likely(not self.eventful):
                    read_as(r, <uint32_t> r.pc, Access.FETCH)
                elif not first_cycle(self, r, Access.FETCH, until):
                    break
                r.pc = (r.pc + 1) & 0xFFFF
                if unlikely(self.tally != NULL):
                    open_run(self.tally, began // self.period, 0)
                    begin(self.tally, at, r.data, 0, r.s)
                execute(r, self.numbers[r.data])
                if unlikely(self.tally != NULL):
                    self.count_ended(at, r.pc, r.s, r.now)
            if likely(not self.eventful and r.now < until):
                continue
            if self.polled == OPEN:
                self.polled = wanted(self, r.now - 2 * r.period)
            self.taken = (self.polled & interrupts_allowed(self.polled_p)) != 0
            if r.now >= until or self.halt or self.clock.stop or hooked(self.bus, r.pc) or self.bus.watching:
                break                        # who watches is told where each instruction began: `start_exact` does
            if not stay and find_window(self, r.pc):
                break
            self.eventful = (self.taken or self.active or self.resetting or self.lines & Line.RDY
                             or self.bus.hook_count or not stay)
        unload(self, r)
        self.clock.now = r.now

    cdef void count_ended(self, uint32_t at, uint32_t pc, uint32_t s, tick_t now) noexcept nogil:
        """Tells who counts that the instruction at `at` has ended in the exact build."""
        cdef bint breaks = self.tally.cell.key & ((1 << OPCODE_BITS) - 1) == BRK_OPCODE
        close_run(self.tally, pc, now // self.period, s)
        if breaks:
            self.count_sequence(Kind.BRK, at, pc, s, now)

    cdef void count_sequence(self, Kind kind, uint32_t at, uint32_t pc, uint32_t s, tick_t began) noexcept nogil:
        """Likewise, that the sequence which began then has led to the handler at `pc`."""
        if kind != Kind.RESET and self.vector == 0xFFFA:
            kind = Kind.NMI
        count_handler(self.tally, kind, at, pc, s, began // self.period)

    cdef int start_counting(self) except -1:
        cdef Tally *tally = &self.counts.tally
        tally.nature = nature_of_cmos if self.is_cmos else nature_of_nmos
        tally.bytes = 2
        self.counts.restart(self.clock.now // self.period,
                            [(frame.call, frame.entry, frame.stack_pointer) for frame in reversed(self.call_stack())])
        return 0

    cdef void count(self, tick_t since) noexcept nogil:
        cdef tick_t ticks = self.clock.now - since
        if likely(self.period == 1):         # likely, or gcc divides all the same: 12 of the 100 ns of a `step()`
            self.cycle_count = self.cycle_count + ticks
        else:
            self.cycle_count = self.cycle_count + ticks // self.period

    cdef StopReason run_until(self, tick_t until) noexcept nogil:
        cdef tick_t since = self.clock.now
        cdef tick_t quiet
        cdef StopReason reason = StopReason.CYCLES
        while self.clock.now < until:
            if self.clock.stop:
                reason = StopReason.ERROR
                break
            if unlikely(self.halt) and self.halt != WAITS and not self.resetting:
                if until != NEVER:               # without a limit nobody waits for it
                    self.stay_halted(until)
                if self.resetting:
                    continue
                reason = StopReason.HALTED
                break
            if unlikely(self.halt) and not self.resetting:
                if until == NEVER and self.clock.due == NEVER and not self.changed and not self.active:
                    reason = StopReason.HALTED   # nothing will ever wake it
                    break
                self.stay_waiting(until)
                continue
            if self.may_run_fast():
                # The longest instruction has 8 cycles, and the last of them must lie before the event.
                quiet = min(until, self.clock.due - 7 * self.period)
                if self.clock.now < quiet and self.fast(quiet):
                    continue
            if hooked(self.bus, self.pc) and not (self.taken or self.resetting or self.holding):
                reason = StopReason.ADDRESS
                break
            self.exactly(until, self.must_run_exactly())
        self.count(since)
        return reason

    cdef StopReason run_one(self, tick_t until) noexcept nogil:
        cdef tick_t since = self.clock.now
        if unlikely(self.halt) and not self.resetting:
            if self.halt != WAITS:
                self.stay_halted(since + 1)
                self.count(since)
                return StopReason.HALTED
            self.stay_waiting(since + 1)
            self.count(since)
            return StopReason.CYCLES
        self.exactly(since + 1, True)
        self.count(since)
        return StopReason.CYCLES

    cdef void stay_halted(self, tick_t until) noexcept nogil:
        """A processor that stopped reads in every cycle, until this tick or a reset: $FFFF when it jammed, else at `pc`."""
        cdef ExactRegisters registers
        cdef Exact r = &registers
        cdef uint32_t addr = 0xFFFF if self.halt == JAMMED else self.pc
        load(self, r)
        start_exact(self, r)
        while r.now < until and not self.resetting and not self.clock.stop:
            read_idly(self, r, addr)
            skip_unseen(self, r, addr, until)
        unload(self, r)
        self.clock.now = r.now

    cdef void stay_waiting(self, tick_t until) noexcept nogil:
        """The second cycle of WAI again and again, until this tick, and the third when it is over.

        It is over when an interrupt was wanted, whether I masks it or not, at the end of the cycle before. So what comes
        behind WAI begins in the third cycle after the one at whose end the line was low first (docs/references.md: wai).
        """
        cdef ExactRegisters registers
        cdef Exact r = &registers
        load(self, r)
        start_exact(self, r)
        while r.now < until and not self.resetting and not self.clock.stop:
            read_idly(self, r, r.pc)
            if wanted(self, r.now - 2 * r.period):
                read_idly(self, r, r.pc)
                self.halt = RUNS
                self.taken = (wanted(self, r.now - 2 * r.period) & interrupts_allowed(r.p)) != 0
                break
            if not self.active and not self.changed:
                skip_unseen(self, r, r.pc, until)
        unload(self, r)
        self.clock.now = r.now

    cdef void reset(self, bint power_on) noexcept nogil:
        """The reset sequence comes next. At power-on the registers are zero; a 6502 promises no more than that."""
        if power_on:
            self.a = self.x = self.y = self.s = self.pc = 0
            self.p = self.c = self.v = 0
            self.nz = 1
            self.cycle_count = 0
            self.nmi_latched = self.nmi_was_low = self.so_was_low = False
            self.overflow_at = self.overflow_again_at = 0
        if self.port is not None:
            self.port.reset(power_on)
        if self.tally != NULL:
            resume(self.tally, self.clock.now // self.period)
        self.halt = RUNS
        self.taken = False
        self.resetting = True
        self.active = 0
        self.changed = True

    # --- state --------------------------------------------------------------------------------------------------------

    cdef uint32_t get_p(self) noexcept nogil:
        return pack(self.nz, self.v, self.p, self.c)

    cdef void set_p(self, uint32_t p) noexcept nogil:
        self.nz = (p & 0x80) << 8 | (~p & 2)
        self.v = p << 1
        self.p = p & 0x0C
        self.c = p & 1

    cdef int sync(self, State state) except -1:
        cdef uint32_t p = self.get_p()
        Cpu.sync(self, state)
        state.u32("a", &self.a, 0xFF)
        state.u32("x", &self.x, 0xFF)
        state.u32("y", &self.y, 0xFF)
        state.u32("s", &self.s, 0xFF)
        state.u32("pc", &self.pc, 0xFFFF)
        state.u32("p", &p, 0xFF)
        if state.loading:
            self.set_p(p)
        state.u32("active", &self.active, Line.IRQ | Line.NMI)
        state.flag("changed", &self.changed)
        state.flag("nmi_was_low", &self.nmi_was_low)
        state.flag("nmi_latched", &self.nmi_latched)
        state.flag("so_was_low", &self.so_was_low)
        state.i64("overflow_at", &self.overflow_at)
        state.i64("overflow_again_at", &self.overflow_again_at)
        state.flag("taken", &self.taken)
        state.flag("resetting", &self.resetting)
        if self.port is not None:
            state.enter("port")
            self.port.sync(state)
            state.leave()
        return state.u32("halt", &self.halt, HELD)

    cdef int restored(self) except -1:
        if self.follower is not None:
            self.follower.begin()
        if self.tally != NULL:
            self.start_counting()
        return 0 if self.port is None else self.port.restored()

    cdef uint32_t get_pc(self) noexcept nogil:
        return self.pc

    cdef int set_pc(self, uint32_t pc) except -1:
        """Instructions go on there: whatever it did, or was about to do, is forgotten."""
        if self.tally != NULL:
            moved_by_host(self.tally, self.pc, pc, self.s)
        self.pc = pc
        self.taken = self.resetting = self.holding = False
        self.halt = RUNS
        return 0

    # --- for Python -----------------------------------------------------------------------------------------------------

    @property
    def registers(self):
        """{"pc", "a", "x", "y", "s", "p"}; assigning a dictionary changes those that it has."""
        return {"pc": self.pc, "a": self.a, "x": self.x, "y": self.y, "s": self.s, "p": self.get_p()}

    @registers.setter
    def registers(self, values):
        for name, value in values.items():
            if name not in REGISTERS:
                raise ArgumentError(f"{self.name}: no register {name!r}; there are: {', '.join(REGISTERS)}")
            if not 0 <= value <= (0xFFFF if name == "pc" else 0xFF):
                raise ArgumentError(f"{self.name}: {value!r} does not fit into register {name}")
        current = self.registers
        current.update(values)
        self.a, self.x, self.y, self.s = current["a"], current["x"], current["y"], current["s"]
        self.set_p(current["p"])
        if "pc" in values:
            self.set_pc(current["pc"])

    @property
    def memory(self):
        """What it sees at its addresses: `memory[0x0200]`, `memory[0x0200:0x0300]`; see `MemoryView`."""
        return MemoryView(self.bus)

    @property
    def irq(self):
        """The level of the IRQ line, True while anyone asserts it. Assigning pulls it from outside, or lets it go."""
        return (self.lines & Line.IRQ) != 0

    @irq.setter
    def irq(self, bint asserted):
        self.assert_line(Line.IRQ, asserted)

    @property
    def nmi(self):
        """The level of the NMI line; an interrupt comes of its going from False to True."""
        return (self.lines & Line.NMI) != 0

    @nmi.setter
    def nmi(self, bint asserted):
        self.assert_line(Line.NMI, asserted)

    @property
    def rdy(self):
        """True while anyone holds the RDY line low: the processor waits, NMOS in reads only, CMOS in writes too."""
        return (self.lines & Line.RDY) != 0

    @rdy.setter
    def rdy(self, bint asserted):
        self.assert_line(Line.RDY, asserted)

    @property
    def so(self):
        """The level of the SO line; going from False to True sets V, seen from the second cycle after it on."""
        return (self.lines & Line.SO) != 0

    @so.setter
    def so(self, bint asserted):
        self.assert_line(Line.SO, asserted)

    @property
    def is_held(self):
        """True after RDY was low within an instruction for 1,048,576 cycles on end. Only a reset, or assigning `pc`, helps.

        Between instructions it may be low for any time. A device that pulls it during one has to let go by itself.
        """
        return self.halt == HELD

    @property
    def is_resetting(self):
        """True when the reset sequence comes next, as after power-on."""
        return self.resetting

    @property
    def is_jammed(self):
        """True after an opcode that stops the processor for good. Only a reset, or assigning `pc`, helps."""
        return self.halt == JAMMED

    @property
    def is_stopped(self):
        """True after STP (65c02-wdc). Only a reset, or assigning `pc`, helps."""
        return self.halt == STOPPED

    @property
    def is_waiting(self):
        """True from WAI (65c02-wdc) until IRQ, whatever I says, or NMI. Time passes; the bus goes on reading at `pc`."""
        return self.halt == WAITS

    def step(self):
        """One instruction, or one interrupt sequence. Returns the cycles that it took.

        For a processor on its own; in a machine, `machine.step` also lets the other parts live.
        """
        cdef int64_t before = self.cycle_count
        self.clock.begin()
        self.run_one(NEVER)
        self.clock.end()
        self.raise_fault()
        return self.cycle_count - before

    def run(self, cycles=None, until=None):
        """Runs a processor on its own, and says with a `StopReason` why it stopped.

        Parameters
            cycles  at most so many, rounded up to a whole instruction
            until   to before the instruction at this address; from there it goes on, until it comes back
        Hooks and watchpoints of a machine end it, and nobody is called. Raises `ArgumentError` without either: a 6502
        knows no end of its own.
        """
        cdef tick_t end
        cdef uint32_t at
        cdef bint hook
        cdef StopReason reason = StopReason.CYCLES
        if cycles is None and until is None:
            raise ArgumentError(f"{self.name}: run for a number of cycles, or until an address, or both")
        if cycles is not None and cycles < 0:
            raise ArgumentError(f"a number of cycles is 0 or more, not {cycles}")
        end = NEVER if cycles is None else self.clock.now + <int64_t> cycles * self.period
        if until is None:
            self.clock.begin()
            with nogil:
                reason = self.run_until(end)
                self.clock.end()
            return self.ended(reason)
        if not 0 <= until < 0x10000:
            raise ArgumentError(f"{self.name}: an address is $0000-$FFFF, not {until!r}")
        at = until
        hook = hooked(self.bus, at)
        self.clock.begin()
        try:
            self.bus.hook(until, True)
            with nogil:
                if not (self.pc ^ at) & self.bus.mask and self.clock.now < end:
                    reason = self.run_one(end)
                if reason == StopReason.CYCLES:
                    reason = self.run_until(end)
            self.bus.hook(until, hook)
        finally:
            self.clock.end()
        return self.ended(reason)

    cdef object ended(self, StopReason reason):
        """What `run` returns: a stop that is no fault is a watchpoint's."""
        cdef bint stopped = self.clock.stop
        self.raise_fault()
        return Reason.WATCH if stopped and self.bus.watching else Reason(reason)

    def call(self, address, *, limit=100_000_000, **registers):
        """Runs a subroutine to its RTS on a processor on its own, as if a JSR stood at the program counter.

        Parameters
            address    of its first instruction
            limit      the cycles that it may take
            registers  what it begins with: `a=3, x=4`
        Returns a `CallResult`. Afterwards the program counter and the stack pointer are as before, the other registers
        as the subroutine left them. Raises `CallError` when it does not come back; the processor is then where it has
        come to. In a machine, `vm.call` also lets the other parts live.
        """
        return call(self, self, address, limit, registers)

    def run_home(self, address, arrived, cycles):
        """Runs to before the instruction at `address`, at a time when `arrived()` is true; for so many cycles at most.

        Returns the `StopReason`: ADDRESS on arrival, and at any other hook of the bus.
        """
        cdef int64_t end = self.cycle_count + <int64_t> cycles
        while True:
            reason = self.run(cycles=max(0, end - self.cycle_count), until=address)
            if reason is not Reason.ADDRESS or self.pc != address or arrived():
                return reason

    cdef int raise_fault(self) except -1:
        """Raises what a device written in Python has raised in the run."""
        if not self.clock.stop:
            return 0
        self.clock.stop = self.clock.failed = False
        for device in self.bus.parts:
            if isinstance(device, PythonDevice):
                fault = device.take_fault()
                if fault is not None:
                    raise fault
        return 0

    def call_stack(self):
        """The subroutines and interrupts that are under way, a `Frame` each, innermost first.

        Inside a `trace_calls` block they are known. Without, they are found on the stack: a pair of bytes counts for which a
        JSR stands where it would have been called from. Interrupts are not found, and nothing found is `certain`.
        """
        return stack_of(self) if self.follower is None else self.follower.stack()

    def trace_calls(self):
        """Follows JSR, RTS, RTI, BRK and interrupts inside a `with` block, so that `call_stack` is certain of them.

        What is on the stack already is found there. The block runs in the exact build, as one of `trace_bus`, and not
        within one.
        """
        return CallTrace(self)

    def power_cycle(self):
        """Switches it off and on: the registers are zero and the reset sequence comes next."""
        self.reset(True)


MODELS = tuple(FACTS)
WITH_64_KIB = tuple(model for model, facts in FACTS.items() if facts[7] == 0x10000)      # of addresses
REGISTERS = ("pc", "a", "x", "y", "s", "p")
