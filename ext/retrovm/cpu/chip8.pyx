"""The processor of the CHIP-8 family.

CHIP-8 was never a chip: it is the machine that Joseph Weisbecker's interpreter of 1977 makes of an RCA COSMAC VIP.
Display, keypad and timers belong to the instruction set, so they are here.

    V0-VF     8 bits; VF is also the flag        DT   delay timer, counts down once a frame
    I         16 bits, an address                ST   sound timer, likewise; a tone while it is not 0
    PC        address of the next instruction    a stack of return addresses, outside memory

Time
    A cycle is a slot for one instruction, whatever it does: programs of this family are written for a number of
    instructions a frame. A slot takes `period` ticks of the machine's clock; the ticks between are for the edges of
    the tone. A frame: keys are latched, waits end, instructions run, DT and ST count, the picture goes to the screen.
    After DXYN with the vblank quirk, in FX0A and after a halt time passes in empty slots.

Emulated
    Every instruction of the variant, with its quirks; the one generator of random numbers that all conformance data
    of the family assumes (state = (state * 1103515245 + 12345) mod 2**31, a number is its bits 16 to 23).

Not emulated
    The time that an instruction takes on a real COSMAC VIP; machine code (0NNN halts); the interpreter's own
    bytes, stack and display in the VIP's memory; the tone of FX0A while a key is held.

Sources: cosmac-vip (instructions, tone), chip8-research (quirks), octo-manual (FX0A), chip8-database (profiles).
"""

cimport cython
from libc.string cimport memcpy, memset
from retrovm.core.bus cimport Bus, CodeWindow, hooked, trap_read, trap_write
from retrovm.core.types cimport Access, StopReason, likely, unlikely

from retrovm.core.errors import ArgumentError, StateError

cdef extern from *:
    """
    /* The dispatch of the core loop. With computed goto each operation jumps to the next by a branch of its own, which
       the host predicts better than the one branch of a switch; compilers without it get the switch. Million
       instructions a second on a loop of arithmetic, x86-64 at 2.5 GHz, gcc 12: goto 370, switch 220. */
    #if !defined(RETROVM_SWITCH) && (defined(__GNUC__) || defined(__clang__))
    #define RETROVM_GOTO
    #endif

    #define retrovm_fetch(r) \\
        if ((r)->left <= 0 || (uint32_t) ((r)->pc - (r)->first) >= (r)->room) goto left_; \\
        (r)->left--; \\
        (r)->opcode = (uint32_t) (r)->code[(r)->pc] << 8 | (r)->code[(r)->pc + 1]; \\
        (r)->pc += 2;

    #ifdef RETROVM_GOTO
    #define DISPATCH(labels, decode, r) \\
        static const void *const labels_[] = labels; goto *labels_[(decode)[(r)->opcode]];
    #define OPCODE(name) L_##name:
    #define NEXT(decode, r) do { retrovm_fetch(r) goto *labels_[(decode)[(r)->opcode]]; } while (0)
    #define END_DISPATCH() left_: ;
    #else
    #define DISPATCH(labels, decode, r) \\
        goto first_; for (;;) { retrovm_fetch(r) first_: switch ((decode)[(r)->opcode]) {
    #define OPCODE(name) case name:
    #define NEXT(decode, r) continue
    #define END_DISPATCH() } } left_: ;
    #endif
    """
    enum: CHIP8_LABELS
    void DISPATCH(int labels, const uint8_t *decode, Loop *r) noexcept nogil
    void OPCODE(int number) noexcept nogil
    void NEXT(const uint8_t *decode, Loop *r) noexcept nogil
    void END_DISPATCH() noexcept nogil

include "chip8_display.pxi"
include "chip8_operations.pxi"
include "chip8_dispatch.pxi"

PROFILES = {
    "chip8": {
        "shift": False, "load_store": False, "vf_order": False, "clip": True, "jump": False, "logic": True,
        "vblank": True, "stack": 12, "planes": 1, "width": 64, "height": 32,
    },
}
FLAGS = ("shift", "load_store", "vf_order", "clip", "jump", "logic", "vblank")

cdef int TONE = 1400             # Hz, the VIP's; its oscillator is not exact
cdef int LOUDNESS = 6000         # of a level of 16 bits

cdef dict HALTS = {
    Halt.UNKNOWN_OPCODE: "opcode {opcode:04X} at ${pc:04X} is not an instruction of {profile}",
    Halt.MACHINE_CODE: "opcode {opcode:04X} at ${pc:04X} calls machine code of the host at ${target:03X}, "
                       "which only the real processor runs",
    Halt.STACK_OVERFLOW: "opcode {opcode:04X} at ${pc:04X} calls a subroutine with all {depth} places of the stack "
                         "taken",
    Halt.STACK_UNDERFLOW: "opcode {opcode:04X} at ${pc:04X} returns with nothing on the stack",
    Halt.END_OF_MEMORY: "the program ran off the end of memory to ${pc:04X}; the last address is ${last:04X}",
}

cdef uint8_t[65536] DECODE       # one load; a second level for the groups 0, 8, E and F is 40 % slower


cdef int fill_decode() except -1:
    cdef uint32_t opcode
    cdef uint8_t number
    for number in range(OP_ILLEGAL + 1, OPERATIONS):
        for opcode in range(65536):
            if opcode & chip8_patterns[number][0] == chip8_patterns[number][1]:
                DECODE[opcode] = number
    return 0


fill_pixels()
fill_decode()


cdef class Chip8(Cpu):
    """A CHIP-8 with its display, keypad and timers.

    Add it to a machine before its screen: see `sync`.

    Parameters
        name, bus, period  as in every processor; a cycle is one instruction
        keypad   16 `Buttons`, from key 0 to key F; without one no key is ever down
        screen   where pictures go, 64 x 32; without one they are not drawn
        audio    where the tone goes, channel 0
        profile  a name in `PROFILES`: which member of the family
        start    the address of the first instruction
        seed     of the random numbers, mod 2**31
        quirks   flags in the place of those of the profile:
                 shift       8XY6 and 8XYE shift VX itself, not VY
                 load_store  FX55 and FX65 leave I, where it else becomes I + X + 1
                 vf_order    8XYn write VF before the result, not after it
                 clip        sprites are cut at the edges, where they else wrap
                 jump        BXNN jumps to XNN + VX, not NNN + V0
                 logic       8XY1, 8XY2 and 8XY3 clear VF
                 vblank      DXYN ends the instructions of the frame
    """

    def __init__(self, str name, Bus bus not None, Buttons keypad=None, Screen screen=None, Audio audio=None, *,
                 str profile="chip8", start=0x200, seed=1, period=1, **quirks):
        super().__init__(name, bus, period)
        if profile not in PROFILES:
            raise ArgumentError(f"{name}: no profile {profile!r}; there are: {', '.join(PROFILES)}")
        for flag in quirks:
            if flag not in FLAGS:
                raise ArgumentError(f"{name}: no quirk {flag!r}; there are: {', '.join(FLAGS)}")
        if not 0 <= start <= bus.size - 2:
            raise ArgumentError(f"{name}: a program starts at $0000-${bus.size - 2:04X}, not {start!r}")
        if keypad is not None and len(keypad.names) != 16:
            raise ArgumentError(f"{name}: a keypad has 16 buttons, not {len(keypad.names)}")
        self.quirk = {**PROFILES[profile], **{flag: bool(on) for flag, on in quirks.items()}}
        if screen is not None and (screen.max_width < <int> self.quirk.width
                                   or screen.max_height < <int> self.quirk.height):
            raise ArgumentError(f"{name}: the display has {self.quirk.width} x {self.quirk.height} pixels, "
                                f"the screen at most {screen.max_width} x {screen.max_height}")
        self.keypad = keypad
        self.screen = screen
        self.audio = audio
        self.profile = profile
        self.start = start
        self.seed = seed & 0x7FFFFFFF
        self.decode = DECODE
        self.half_wave = max(1, round(self.clock.rate / (2 * TONE)))
        self.reset(True)

    # --- running -------------------------------------------------------------------------------------------------

    cdef StopReason run_until(self, tick_t until) noexcept nogil:
        cdef tick_t end
        while self.clock.now < until:
            if self.clock.due <= self.clock.now:
                self.clock.dispatch(self.clock.now)
            if self.halt or self.wait:
                self.pass_time(until)
                continue
            if hooked(self.bus, self.reg.pc):
                return StopReason.ADDRESS
            end = min(until, self.clock.due)
            execute(self, 1 if self.bus.tracing else (end - self.clock.now + self.period - 1) // self.period)
            if self.clock.stop:
                return StopReason.ERROR
        return StopReason.HALTED if self.halt else StopReason.CYCLES

    cdef StopReason run_one(self) noexcept nogil:
        """One instruction, or one empty slot of a wait."""
        if self.clock.due <= self.clock.now:
            self.clock.dispatch(self.clock.now)
        if self.halt or self.wait:
            self.pass_time(self.clock.now + 1)
        else:
            execute(self, 1)
        if self.clock.stop:
            return StopReason.ERROR
        return StopReason.HALTED if self.halt else StopReason.CYCLES

    cdef void pass_time(self, tick_t until) noexcept nogil:
        """Empty slots, up to the next event."""
        cdef tick_t end = min(until, self.clock.due)
        cdef int64_t slots = (end - self.clock.now + self.period - 1) // self.period
        self.cycle_count = self.cycle_count + slots
        self.clock.now = self.clock.now + slots * self.period

    cdef void stop_at(self, Halt reason, uint32_t pc, uint32_t opcode) noexcept nogil:
        self.halt = reason
        self.halt_pc = pc
        self.halt_opcode = <uint16_t> opcode

    cdef void settle(self, uint32_t pc) noexcept nogil:
        """Takes over a program counter; halts where no instruction can be."""
        self.reg.pc = pc
        if unlikely(pc >= self.bus.mask):
            self.reg.pc = self.bus.mask - 1
            if not self.halt:
                self.stop_at(Halt.END_OF_MEMORY, pc, 0)

    cdef uint32_t get_pc(self) noexcept nogil:
        return self.reg.pc

    cdef int set_pc(self, uint32_t pc) except -1:
        """Also ends a wait or a halt: the instruction at the new address is the next."""
        self.wait = Wait.NOTHING
        self.halt = Halt.RUNNING
        self.settle(pc)
        return 0

    cdef void begin_frame(self) noexcept nogil:
        cdef uint16_t before = self.keys
        cdef uint16_t released
        cdef uint8_t key
        self.keys = 0 if self.keypad is None else <uint16_t> self.keypad.pressed
        released = before & ~self.keys
        if self.wait == Wait.END_OF_FRAME:
            self.wait = Wait.NOTHING
        elif self.wait == Wait.A_KEY and released:
            for key in range(16):
                if released >> key & 1:
                    self.reg.v[self.key_register] = key
                    self.wait = Wait.NOTHING
                    break
        self.timers_on = not self.halt

    cdef void end_frame(self, tick_t now, bint render) noexcept nogil:
        self.play(now)
        if self.timers_on:
            if self.reg.dt:
                self.reg.dt = self.reg.dt - 1
            if self.reg.st:
                self.set_sound(self.reg.st - 1, now)
        if self.changed and self.screen is not None:
            memcpy(self.picture, self.display, sizeof(self.display))
            self.stale = True
            self.screen.end_picture(self.quirk.width, self.quirk.height)
        self.changed = False
        if render and self.stale:
            self.paint()

    cdef void paint(self) noexcept nogil:
        paint_picture(self)
        self.screen.coloured = False        # the picture may have been counted in an earlier frame, which was not drawn
        self.stale = False

    cdef void set_sound(self, uint8_t value, tick_t now) noexcept nogil:
        """ST = value. The tone begins with an edge and ends at rest."""
        self.play(now)
        if self.reg.st == 0:
            self.edge = now
            self.high = False
        self.reg.st = value
        if value == 0 and self.audio is not None:
            self.audio.level(0, now, 0)

    cdef void play(self, tick_t now) noexcept nogil:
        """The edges of the tone before `now`."""
        if self.reg.st == 0:
            return
        while self.edge < now:
            self.high = not self.high
            if self.audio is not None:
                self.audio.level(0, self.edge, LOUDNESS if self.high else -LOUDNESS)
            self.edge = self.edge + self.half_wave

    # --- state ---------------------------------------------------------------------------------------------------

    cdef void restart(self) noexcept nogil:
        memset(&self.reg, 0, sizeof(self.reg))
        memset(self.display, 0, sizeof(self.display))
        self.wait = Wait.NOTHING
        self.halt = Halt.RUNNING
        self.keys = 0
        self.key_register = 0
        self.selected = 1
        self.changed = True
        self.timers_on = True
        self.edge = 0
        self.high = False
        self.settle(self.start)

    cdef void reset(self, bint power_on) noexcept nogil:
        """The reset line keeps memory, the counters and the random numbers' state."""
        if self.reg.st:
            self.set_sound(0, self.clock.now)
        self.restart()
        if power_on:
            self.cycle_count = 0
            self.executed = 0
            self.drawn_numbers = 0
            self.random = self.seed
            self.stop_at(Halt.RUNNING, 0, 0)
            self.stale = False

    cdef int sync(self, State state) except -1:
        cdef uint32_t plane
        # The screen is saved behind this processor, and its pixels must not tell whether the last frames were rendered.
        if self.stale:
            self.paint()
        Cpu.sync(self, state)
        state.block("v", self.reg.v, 16)
        state.u16("i", &self.reg.i)
        state.u32("pc", &self.reg.pc, self.bus.size - 2)
        state.u32("sp", &self.reg.sp, self.quirk.stack)
        state.words("stack", self.reg.stack, 2, self.quirk.stack)
        state.u8("dt", &self.reg.dt)
        state.u8("st", &self.reg.st)
        state.i64("executed", &self.executed)
        state.i64("drawn_numbers", &self.drawn_numbers)
        state.u32("random", &self.random, 0x7FFFFFFF)
        state.u16("keys", &self.keys)
        state.u8("wait", &self.wait, Wait.A_KEY)
        state.u8("key_register", &self.key_register, 15)
        state.u8("halt", &self.halt, Halt.END_OF_MEMORY)
        state.u32("halt_pc", &self.halt_pc)
        state.u16("halt_opcode", &self.halt_opcode)
        state.flag("timers_on", &self.timers_on)
        for plane in range(self.quirk.planes):
            state.words(f"display{plane}", self.display[plane], 8, self.quirk.width * self.quirk.height >> 6)
        state.u8("selected", &self.selected, (1 << self.quirk.planes) - 1)
        state.flag("changed", &self.changed)
        state.i64("edge", &self.edge)
        state.flag("high", &self.high)
        return 0

    cdef int restored(self) except -1:
        self.stale = False
        if self.reg.st and not -self.clock.rate <= self.edge - self.clock.now <= self.clock.rate:
            raise StateError(f"{self.name}.edge: the next edge of the tone at tick {self.edge} is more than a second "
                             f"from now, tick {self.clock.now}")
        return 0

    # --- for people ----------------------------------------------------------------------------------------------

    @property
    def registers(self):
        """{"v0": ..., "vf": ..., "i", "pc", "sp", "dt", "st"}: `sp` counts return addresses. Assign any of them.

        Raises `ArgumentError`, and changes nothing, for an unknown name or a value that does not fit. Assigning `pc`
        ends a wait or a halt.
        """
        found = {f"v{n:x}": self.reg.v[n] for n in range(16)}
        return found | {"i": self.reg.i, "pc": self.reg.pc, "sp": self.reg.sp, "dt": self.reg.dt, "st": self.reg.st}

    @registers.setter
    def registers(self, values):
        most = {"i": 0xFFFF, "pc": self.bus.size - 2, "sp": self.quirk.stack}
        known = self.registers
        for name, value in values.items():
            if name not in known:
                raise ArgumentError(f"{self.name}: no register {name!r}; there are: {', '.join(known)}")
            if not isinstance(value, int) or not 0 <= value <= most.get(name, 0xFF):
                raise ArgumentError(f"{self.name}: {name} is 0 to {most.get(name, 0xFF)}, not {value!r}")
        new = known | dict(values)
        for n in range(16):
            self.reg.v[n] = new[f"v{n:x}"]
        self.reg.i = new["i"]
        self.reg.sp = new["sp"]
        self.reg.dt = new["dt"]
        self.set_sound(new["st"], self.clock.now)
        if "pc" in values:
            self.set_pc(new["pc"])

    @property
    def stack(self):
        """The return addresses, oldest first."""
        return tuple(self.reg.stack[n] for n in range(self.reg.sp))

    @property
    def instructions(self):
        """Instructions executed since power-on; `cycles` also counts the slots that passed in waits."""
        return self.executed

    @property
    def draws(self):
        """Random numbers drawn since power-on."""
        return self.drawn_numbers

    @property
    def waiting(self):
        """What the program waits for: "frame" after DXYN with the vblank quirk, "key" in FX0A, None while it runs."""
        return (None, "frame", "key")[self.wait]

    @property
    def halted(self):
        """Why the processor has stopped by itself, in words; None while it runs."""
        if self.halt == Halt.RUNNING:
            return None
        return HALTS[self.halt].format(opcode=self.halt_opcode, pc=self.halt_pc, target=self.halt_opcode & 0xFFF,
                                       profile=self.profile, depth=self.quirk.stack, last=self.bus.size - 1)

    @property
    def quirks(self):
        """The flags in force: {"shift": bool, ...}."""
        cdef dict flags = self.quirk
        return {flag: bool(flags[flag]) for flag in FLAGS}
