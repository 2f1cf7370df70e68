"""The subroutines and interrupts of a 6502 that are under way: `cpu.call_stack()` and `cpu.trace_calls()`.

The stack of a 6502 holds bytes, and nothing says which of them are return addresses. So there are two ways to know:

    found      when somebody asks: a pair of bytes on the stack is taken for a return address if a JSR stands where it would
               have been called from. Data may look so by chance, and interrupts are not seen: such frames are not certain.
    followed   while a `trace_calls` block runs: JSR, RTS, RTI, BRK, IRQ, NMI and RESET are told by their bus cycles, whatever
               else the program does with its stack. The processor is in its exact build meanwhile.

A followed frame ends when RTS or RTI pulls bytes from above it, whosever they are, or a new call is pushed over it. So an
RTS that serves as a jump ends nothing, and a return address that was dropped, or a stack pointer that was set back, ends
what lies below it. Until such an instruction, a frame below the stack pointer is only not shown: a routine that takes its
return address from the stack, moves it and puts it back is still under way. What one of several stacks holds is forgotten
when the program goes over to a higher one, and all of it when the stack pointer wraps around.
"""

from libc.stdint cimport uint8_t, uint32_t
from retrovm.core.bus cimport Bus, Tracer
from retrovm.core.cpu cimport Cpu
from retrovm.core.types cimport Access, tick_t

from retrovm.core.cpu import Frame
from retrovm.core.errors import ArgumentError

cdef enum:
    DEEPEST = 128              # frames that fit on the stack
    JSR = 0x20
    RTI = 0x40
    RTS = 0x60
    BREAK = 0x10               # of the P that BRK pushes
    BYTES = 256                # of the stack

cdef enum Kind:
    CALL
    IRQ
    NMI
    BRK

KINDS = ("call", "irq", "nmi", "brk")


cdef struct Followed:
    Kind kind
    uint32_t call, entry       # addresses
    uint8_t s                  # the stack pointer as the call left it
    tick_t tick                # of the first cycle behind it
    bint certain


cdef class CallFollower(Tracer):
    """Knows what is under way from the cycles of a 6502's bus, from what it finds on the stack at first."""

    cdef readonly Cpu cpu
    cdef Followed[DEEPEST] frames      # the outermost first
    cdef int depth
    cdef uint32_t addr                 # the last cycle
    cdef Access kind
    cdef bint write
    cdef uint32_t opcode, at           # the instruction
    cdef uint32_t operands, pulls      # so many bytes of it were read so far
    cdef uint32_t pushes               # writes to the stack in the cycles just before
    cdef uint32_t idle_reads           # dummy reads of the stack
    cdef uint32_t last_pushes          # the last three bytes pushed, the latest lowest
    cdef uint8_t s                     # the stack pointer behind the last of them
    cdef uint32_t low                  # of two bytes, the one that was read first
    cdef uint32_t vector               # where that was in an interrupt sequence; 0 outside of one
    cdef bint entering                 # three pushes have passed, and the vector follows
    cdef bint entered                  # the last cycle was that of a call

    def __init__(self, Cpu cpu not None):
        self.cpu = cpu
        self.begin()

    def begin(self):
        """Starts from what is found on the stack."""
        cdef int n
        found = stack_of(self.cpu)
        self.depth = len(found)
        for n in range(self.depth):
            frame = found[self.depth - 1 - n]
            self.frames[n].kind = Kind.CALL
            self.frames[n].call = frame.call
            self.frames[n].entry = frame.entry
            self.frames[n].s = frame.stack_pointer
            self.frames[n].tick = -1
            self.frames[n].certain = False
        self.addr = self.opcode = 0xFFFFFFFF     # none
        self.entering = self.entered = False
        self.pushes = self.idle_reads = 0

    cdef void add(self, Kind kind, uint32_t call, uint32_t entry, tick_t tick) noexcept nogil:
        """A call, whose last cycle is at this tick. Where it has pushed, nobody else has anything now."""
        cdef Followed *frame
        cdef uint32_t highest = self.s + (2 if kind == Kind.CALL else 3)
        while self.depth and self.frames[self.depth - 1].s < highest:
            self.depth = self.depth - 1
        frame = &self.frames[self.depth]         # each frame before has two bytes of its own, so there is room
        frame.kind = kind
        frame.call = call
        frame.entry = entry
        frame.s = self.s
        frame.tick = tick + self.cpu.period
        frame.certain = True
        self.depth = self.depth + 1
        self.entered = True

    cdef void end(self, uint32_t s) noexcept nogil:
        """A return that left the stack pointer at `s`."""
        while self.depth and self.frames[self.depth - 1].s < s:
            self.depth = self.depth - 1

    cdef void record(self, tick_t tick, uint32_t addr, uint8_t value, Access kind, bint write) noexcept nogil:
        cdef uint32_t pushes = self.pushes
        if addr == self.addr and kind == self.kind and write == self.write:
            if self.entered:                     # RDY repeats a cycle; nothing here makes two that are alike
                self.frames[self.depth - 1].tick = tick + self.cpu.period
            return
        self.entered = False
        self.addr = addr
        self.kind = kind
        self.write = write
        if write:
            self.pushes = pushes + 1 if addr >> 8 == 1 and kind == Access.WRITE else 0
            self.s = <uint8_t> (addr - 1)
            self.last_pushes = (self.last_pushes << 8 | value) & 0xFFFFFF
            self.entering = self.pushes == 3     # only BRK and interrupts write three times in a row
            return
        self.pushes = 0
        if kind == Access.FETCH:
            self.opcode = value
            self.at = addr
            self.operands = self.pulls = self.idle_reads = 0
            self.entering = False
            self.vector = 0
        elif kind == Access.OPERAND:
            self.operands = self.operands + 1
            if self.operands == 1:
                self.low = value
            elif self.opcode == JSR and pushes == 2:
                self.add(Kind.CALL, self.at, self.low | <uint32_t> value << 8, tick)
        elif kind == Access.DUMMY:
            if addr >> 8 == 1:
                self.idle_reads = self.idle_reads + 1
        elif self.entering:
            self.read_vector(tick, addr, value)
        elif self.idle_reads >= 3 and addr & 15 == 0xC:
            self.depth = 0                       # the reset sequence
        elif addr >> 8 == 1 and (self.opcode == RTS or self.opcode == RTI):
            self.pulls = self.pulls + 1
            if self.pulls == (2 if self.opcode == RTS else 3):
                self.end(addr & 0xFF)

    cdef void read_vector(self, tick_t tick, uint32_t addr, uint8_t value) noexcept nogil:
        """The two reads that say where an interrupt goes; an NMI may have taken over a BRK by then."""
        cdef uint32_t back = self.last_pushes >> 8
        cdef bint by_brk = self.last_pushes & BREAK != 0
        cdef Kind kind
        if self.vector == 0:
            self.vector = addr
            self.low = value
            return
        kind = Kind.NMI if self.vector & 15 == 0xA else Kind.BRK if by_brk else Kind.IRQ
        self.entering = False
        self.add(kind, self.at if by_brk else back, self.low | <uint32_t> value << 8, tick)

    def stack(self):
        """The frames, innermost first."""
        cdef int n
        cdef Followed *frame
        if self.cpu.is_resetting:                # and takes nothing up again
            return ()
        lowest = self.cpu.registers["s"]
        held = self.cpu.bus.peek_bytes(0x100, BYTES)
        found = []
        for n in range(self.depth - 1, -1, -1):
            frame = &self.frames[n]
            if frame.s < lowest:
                continue
            since = None
            if frame.tick >= 0:
                since = self.cpu.cycle_count - (self.cpu.clock.now - frame.tick) // self.cpu.period
            back = back_from(held, frame.s, frame.kind != Kind.CALL)
            found.append(Frame(KINDS[frame.kind], frame.call, frame.entry, back, frame.s, bool(frame.certain), since))
        return tuple(found)


def back_from(stack, s, interrupted):
    """Where a frame goes on, as the stack says now."""
    at = s + 2 if interrupted else s + 1         # above the P of an interrupt
    word = stack[at & 0xFF] | stack[at + 1 & 0xFF] << 8
    return word if interrupted else word + 1 & 0xFFFF


def stack_of(Cpu cpu not None):
    """The frames that the bytes on the stack look like, innermost first."""
    cdef Bus bus = cpu.bus
    if cpu.is_resetting:
        return ()
    stack = bus.peek_bytes(0x100, BYTES)
    at = cpu.registers["s"] + 1
    found = []
    while at < BYTES - 1:
        word = stack[at] | stack[at + 1] << 8
        call = word - 2 & 0xFFFF
        if bus.peek(call) == JSR:
            entry = bus.peek(call + 1 & 0xFFFF) | bus.peek(call + 2 & 0xFFFF) << 8
            found.append(Frame("call", call, entry, word + 1 & 0xFFFF, at - 1, False, None))
            at += 2
        else:
            at += 1
    return tuple(found)


class CallTrace:
    """Follows calls and interrupts while its `with` block runs; see `Mos6502.trace_calls`."""

    def __init__(self, cpu):
        self._cpu = cpu

    def __enter__(self):
        cdef Bus bus = self._cpu.bus
        if bus.tracing:
            raise ArgumentError("the bus is traced already; end that block first")
        self._cpu.follower = CallFollower(self._cpu)
        bus.trace(self._cpu.follower)
        return self

    def __exit__(self, *error):
        self._cpu.bus.trace(None)
        self._cpu.follower = None
