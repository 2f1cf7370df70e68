"""The processor of the CHIP-8 family.

CHIP-8 was never a chip: it is the machine that Joseph Weisbecker's interpreter of 1977 makes of an RCA COSMAC VIP.
Display, keypad and timers belong to the instruction set, so they are here.

    V0-VF     8 bits; VF is also the flag        DT   delay timer, counts down once a frame
    I         16 bits (MegaChip8 24), an address ST   sound timer, likewise; a sound while it is not 0
    PC        address of the next instruction    a stack of return addresses, outside memory

Members of the family
    `PROFILES` has one for each, written by the generator from isa/chip8_variants.py; which instructions they have comes
    from isa/chip8.py. What a member or a flag changes in an instruction is an operation of its own, chosen when the
    decode table is made: nothing is asked while a program runs. Tables are shared by all processors that agree.

Time
    A cycle is a slot for one instruction, whatever it does: programs of this family are written for a number of
    instructions a frame. A slot takes `period` ticks of the machine's clock; the ticks between are for the edges of
    the sound. A frame: keys are latched, waits end, instructions run, DT and ST count, the picture goes to the screen.
    After DXYN with the vblank quirk, in FX0A and after a halt time passes in empty slots.

    With `vip` a cycle is a machine cycle of the COSMAC VIP's 1802, 8 of its clocks, and an instruction takes as many as
    there (isa/chip8_vip.py). A frame has 3668 cycles and begins with the interrupt of the video chip at cycle 1096 of
    the picture, which sends the picture, counts DT and ST, turns the tone on or off, and takes 1832 cycles, 8 more with
    DT and 4 more with ST not 0. An instruction into which it falls is carried out first, unless the order can be
    seen. The program begins at cycle 3250. Power-on is cycle 1096: what is before is the start of the interpreter.

Emulated
    Every instruction of the variant, with its quirks; planes, modes, colours, patterns of sound, sampled sound; the
    one generator of random numbers that all conformance data of the family assumes (state = (state * 1103515245 + 12345)
    mod 2**31, a number is its bits 16 to 23).

Not emulated
    Machine code (0NNN halts); the interpreter's own bytes, stack and display in the VIP's memory; without `vip` the
    tone of FX0A while a key is held.

Sources: cosmac-vip (instructions, tone), vip-cycles (the time of a VIP), chip8-research (quirks), octo-manual (FX0A),
chip8-database (profiles), xochip-spec (planes, sound), legacy-superchip (SUPER-CHIP 1.x), chip8-extensions (CHIP-8E, CHIP-8X),
megachip8-spec and megachip8-notes (MegaChip8).
"""

from weakref import WeakValueDictionary

cimport cython
from cpython.object cimport PyObject
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memmove, memset
from retrovm.core.bus cimport Bus, CodeWindow, hooked, trap_read, trap_write
from retrovm.core.tally cimport Flow, Tally, begin, close_run, open_run, resume
from retrovm.core.types cimport NEVER, Access, StopReason, likely, unlikely

from retrovm.core.cpu import Frame
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
        if (retrovm_unlikely(--(r)->left < 0)) goto left_; \\
        if (retrovm_unlikely((r)->pc >= (r)->end)) goto left_; \\
        (r)->opcode = retrovm_word((r)->code + (r)->pc); \\
        (r)->pc += 2;

    static inline size_t retrovm_word(const uint8_t *at) { return at[0] | (size_t) at[1] << 8; }

    /* The same text is compiled once more for who counts the code that runs. */
    enum { RETROVM_PLAIN = 0, RETROVM_COUNTING = 1 };
    #define retrovm_counted(r) if (counting_) retrovm_count_chip8(r);

    #ifdef RETROVM_GOTO
    #define DISPATCH(labels, decode, r, counting) \\
        enum { counting_ = counting }; retrovm_counted(r) \\
        static const void *const labels_[] = labels; goto *labels_[(decode)[(r)->opcode]];
    #define OPCODE(name) L_##name:
    #define NEXT(decode, r) do { retrovm_fetch(r) retrovm_counted(r) goto *labels_[(decode)[(r)->opcode]]; } while (0)
    #define END_DISPATCH(r) left_: (r)->left++;
    #else
    #define DISPATCH(labels, decode, r, counting) \\
        enum { counting_ = counting }; \\
        goto first_; for (;;) { retrovm_fetch(r) first_: retrovm_counted(r) switch ((decode)[(r)->opcode]) {
    #define OPCODE(name) case name:
    #define NEXT(decode, r) continue
    #define END_DISPATCH(r) } } left_: (r)->left++;
    #endif
    """
    enum: CHIP8_LABELS
    int PLAIN "RETROVM_PLAIN"
    int COUNTING "RETROVM_COUNTING"
    void DISPATCH(int labels, const uint8_t *decode, Loop *r, int counting) noexcept nogil
    void OPCODE(int number) noexcept nogil
    void NEXT(const uint8_t *decode, Loop *r) noexcept nogil
    void END_DISPATCH(Loop *r) noexcept nogil

cdef inline uint32_t bytes_swapped(size_t word) noexcept nogil:
    return <uint32_t> (word >> 8 | (word & 0xFF) << 8)


include "chip8_operations.pxi"


cdef enum:
    SKIPPING = 0x4238            # a bit for each first digit of an opcode that may skip: 3, 4, 5, 9, E


cdef uint32_t nature_of(uint32_t opcode) noexcept nogil:
    """What an instruction does to the calls under way, and how long one is that skips, for who counts."""
    cdef Flow flow = Flow.STRAIGHT
    if opcode >> 12 == 2:
        flow = Flow.CALLS
    elif opcode == 0x00EE:
        flow = Flow.RETURNS
    elif SKIPPING >> (opcode >> 12) & 1 or opcode & 0xF0FF == 0xF01B or opcode == 0x0188:
        flow = Flow.BRANCHES
    return 2 << 8 | <uint32_t> flow


cdef inline uint32_t stack_pointer(Chip8 self) noexcept nogil:
    """Of a stack that grows downwards, as who counts expects it."""
    return 0xFF - self.reg.sp


cdef inline void count_begun "retrovm_count_chip8" (Loop *r) noexcept nogil:
    cdef Tally *tally = (<Chip8> r.core).tally
    begin(tally, <uint32_t> r.pc - 2, bytes_swapped(r.opcode), r.left, stack_pointer(<Chip8> r.core))


include "chip8_sound.pxi"
include "chip8_display.pxi"
include "chip8_drawing.pxi"
include "chip8_extensions.pxi"
include "chip8_mega_display.pxi"
include "chip8_mega.pxi"
include "chip8_dispatch.pxi"
include "chip8_vip.pxi"
include "chip8_vip_dispatch.pxi"

cdef dict HALTS = {
    Halt.UNKNOWN_OPCODE: "opcode {opcode:04X} at ${pc:04X} is not an instruction of {profile}",
    Halt.MACHINE_CODE: "opcode {opcode:04X} at ${pc:04X} calls machine code of the host at ${target:03X}, "
                       "which only the real processor runs",
    Halt.STACK_OVERFLOW: "opcode {opcode:04X} at ${pc:04X} calls a subroutine with all {depth} places of the stack "
                         "taken",
    Halt.STACK_UNDERFLOW: "opcode {opcode:04X} at ${pc:04X} returns with nothing on the stack",
    Halt.END_OF_MEMORY: "the program ran off the end of memory to ${pc:04X}; the last address is ${last:04X}",
    Halt.EXIT: "the program has ended, by opcode {opcode:04X} at ${pc:04X}",
}

# The flags by name, by their values: shared by all processors that agree.
cdef dict CHOSEN = {}

# By variant and features. 64 KiB each: one load; a second level for the groups 0, 8, E and F is 40 % slower.
cdef object DECODINGS = WeakValueDictionary()


cdef Decoding decoding_of(uint32_t variant, uint32_t features):
    """What each opcode, with its bytes swapped, is on a variant, by its number, with these bits of FEATURES."""
    cdef Decoding made = DECODINGS.get((variant, features))
    cdef const Rule *rule
    cdef uint32_t n, rest, open_bits
    if made is not None:
        return made
    made = Decoding()
    for n in range(<uint32_t> RULES):
        rule = &chip8_rules[n]
        if not rule.variants >> variant & 1 or rule.needs & ~features:
            continue
        open_bits = ~rule.mask & 0xFFFF
        rest = open_bits
        while True:                      # each opcode of the rule: all that the open bits can be
            made.operation[bytes_swapped(rule.bits | rest)] = <uint8_t> rule.operation
            if rest == 0:
                break
            rest = rest - 1 & open_bits
    DECODINGS[variant, features] = made
    return made


fill_pitches()


cdef class Chip8(Cpu):
    """A CHIP-8 with its display, keypad and timers.

    Parameters
        name, bus, period  as in every processor; a cycle is one instruction
        keypad   16 `Buttons`, from key 0 to key F; without one no key is ever down
        screen   where pictures go, with room for those of the variant and as many planes; without one they are not drawn
        audio    where the sound goes, voice 0; the sampled sound of a MegaChip8 is voice 1
        keypad2  the second keypad of a CHIP-8X, likewise
        profile  a name in `PROFILES`: which member of the family
        start    the address of the first instruction; that of the profile when not given
        seed     of the random numbers, mod 2**31
        vip      the time of a COSMAC VIP, on a clock of 1760640 Hz with a `period` of 8 and 60 frames a second; for the
                 profile chip8 with nothing changed
        vip_random  with `vip`: the second page of the VIP's interpreter, 256 bytes, from which it made its random
                 numbers; `seed` is then the counter's, R9 of the 1802, mod 2**16
        quirks   what to take in the place of the profile's: `FLAGS`, `stack` (return addresses, 1 to 16) and `planes`
                 (2 or 4, for a profile with 2)
    """

    def __init__(self, str name, Bus bus not None, Buttons keypad=None, Screen screen=None, Audio audio=None, *,
                 Buttons keypad2=None, str profile="chip8", start=None, seed=1, period=1, bint vip=False, vip_random=None,
                 **quirks):
        super().__init__(name, bus, period, pins=())
        self.choose(profile, quirks)
        self.choose_time(vip, vip_random)
        start = PROFILES[profile]["start"] if start is None else start
        if not 0 <= start <= bus.size - 2:
            raise ArgumentError(f"{name}: a program starts at $0000-${bus.size - 2:04X}, not {start!r}")
        for pad in (keypad, keypad2):
            if pad is not None and len(pad.names) != 16:
                raise ArgumentError(f"{name}: a keypad has 16 buttons, not {len(pad.names)}")
        width: int = MEGA_WIDTH if self.quirk.mega else self.quirk.width
        height: int = MEGA_HEIGHT if self.quirk.mega else self.quirk.height
        if screen is not None and (screen.max_width < width or screen.max_height < height):
            raise ArgumentError(f"{name}: the display has {width} x {height} pixels, "
                                f"the screen at most {screen.max_width} x {screen.max_height}")
        if screen is not None and <uint32_t> screen.planes < self.quirk.planes:
            raise ArgumentError(f"{name}: {profile} has {self.quirk.planes} planes, the screen {screen.planes}: make it with "
                                f"planes={self.quirk.planes}")
        if self.quirk.mega and screen is not None and screen.direct == NULL:
            raise ArgumentError(f"{name}: {profile} blends colours: make its screen with direct=True")
        if self.quirk.mega and audio is not None and audio.voices < 2:
            raise ArgumentError(f"{name}: {profile} has two voices, the audio has {audio.voices}")
        self.keypad = keypad
        self.keypad2 = keypad2
        self.screen = screen
        self.audio = audio
        self.start = start
        self.seed = seed & 0x7FFFFFFF
        self.ticks_a_second = int(self.clock.rate)
        self.plane_words = self.quirk.width * self.quirk.height >> 6
        self.display = <uint64_t *> calloc(self.quirk.planes * self.plane_words, sizeof(uint64_t))
        if self.quirk.mega:
            self.mega = <Mega *> calloc(1, sizeof(Mega))
        if self.display == NULL or (self.quirk.mega and self.mega == NULL):
            raise MemoryError
        self.reset(True)

    def __dealloc__(self):
        free(self.display)
        free(self.mega)

    cdef int choose(self, str profile, dict quirks) except -1:
        """Takes over what kind of processor this is."""
        if profile not in PROFILES:
            raise ArgumentError(f"{self.name}: no profile {profile!r}; there are: {', '.join(PROFILES)}")
        known = PROFILES[profile]
        for key, value in quirks.items():
            if key not in FLAGS and key not in ("stack", "planes"):
                raise ArgumentError(f"{self.name}: no quirk {key!r}; there are: {', '.join(FLAGS)}, stack, planes")
            if key == "stack" and not 1 <= value <= STACK:
                raise ArgumentError(f"{self.name}: a stack has 1 to {STACK} places, not {value!r}")
            if key == "planes" and value != known["planes"] and (known["planes"] != 2 or value != PLANES):
                raise ArgumentError(f"{self.name}: {profile} has {known['planes']} planes, not {value!r}")
        self.profile = profile
        chosen = {**known, **{key: bool(value) if key in FLAGS else value for key, value in quirks.items()}}
        self.chosen = CHOSEN.setdefault(tuple(chosen.values()), chosen)
        self.quirk = self.chosen
        self.decoding = decoding_of(VARIANTS.index(profile),
                                    sum(1 << n for n, feature in enumerate(FEATURES) if self.chosen[feature]))
        self.decode = self.decoding.operation
        return 0

    cdef int choose_time(self, bint vip, numbers) except -1:
        """Takes over whether it is the time of a COSMAC VIP."""
        if vip and (self.profile != "chip8" or self.chosen != PROFILES["chip8"]):
            raise ArgumentError(f"{self.name}: the time of a COSMAC VIP is known of its own CHIP-8, the profile chip8 with "
                                "nothing changed")
        if numbers is not None:
            if not vip:
                raise ArgumentError(f"{self.name}: the VIP's random numbers go with the time of a VIP")
            numbers = bytes(numbers)
            if len(numbers) != 256:
                raise ArgumentError(f"{self.name}: the VIP's random numbers are of a page of 256 bytes, not {len(numbers)}")
            self.numbers = numbers
            self.page = self.numbers
        self.vip = vip
        return 0

    # --- running -------------------------------------------------------------------------------------------------

    cdef StopReason run_until(self, tick_t until) noexcept nogil:
        cdef tick_t end
        cdef int64_t slots
        while self.clock.now < until:
            if self.clock.due <= self.clock.now:
                self.clock.dispatch(self.clock.now)
            if self.owed:
                self.pay()
                continue
            if self.halt or self.wait:
                self.pass_time(until)
                continue
            if hooked(self.bus, self.reg.pc):
                return StopReason.ADDRESS
            end = min(until, self.clock.due)
            slots = 1 if alone(self) else (end - self.clock.now + self.period - 1) // self.period
            self.run_slots(slots)
            if self.clock.stop:
                return StopReason.ERROR
        return StopReason.HALTED if self.halt else StopReason.CYCLES

    cdef StopReason run_one(self, tick_t until) noexcept nogil:
        """One instruction, or one empty slot of a wait; with the time of a VIP what is left of a frame in a wait, or an
        interrupt. A wait ends at `until` at the latest.
        """
        if self.clock.due <= self.clock.now:
            self.clock.dispatch(self.clock.now)
        if self.owed:
            self.pay()
        elif self.halt or self.wait:
            self.pass_time(min(until, self.clock.now + (cycles_left(self, self.clock.now) * self.period if self.vip else 1)))
        else:
            self.run_slots(1)
        if self.clock.stop:
            return StopReason.ERROR
        return StopReason.HALTED if self.halt else StopReason.CYCLES

    cdef void run_slots(self, int64_t slots) noexcept nogil:
        """Instructions in so many slots."""
        if unlikely(self.tally != NULL):
            open_run(self.tally, self.clock.now // self.period, slots - 1)       # `left` has moved past the opcode then
            if self.vip:
                execute_vip_counting(self, slots)
            else:
                execute_counting(self, slots)
            close_run(self.tally, self.reg.pc, self.clock.now // self.period, stack_pointer(self))
        elif self.vip:
            execute_vip(self, slots)
        else:
            execute(self, slots)

    cdef int start_counting(self) except -1:
        cdef Tally *tally = &self.counts.tally
        tally.nature = nature_of
        tally.bytes = 1
        self.counts.restart(self.clock.now // self.period,
                            [(frame.call, frame.entry or 0, 0xFF - frame.stack_pointer) for frame in reversed(self.call_stack())])
        return 0

    cdef void pass_time(self, tick_t until) noexcept nogil:
        """Empty slots, up to the next event."""
        cdef tick_t end = min(until, self.clock.due)
        cdef int64_t slots = (end - self.clock.now + self.period - 1) // self.period
        if self.wait == Wait.PREPARING:
            self.wait = Wait.END_OF_FRAME
        self.cycle_count = self.cycle_count + slots
        self.clock.now = self.clock.now + slots * self.period

    cdef void pay(self) noexcept nogil:
        """The time that is owed passes."""
        self.cycle_count = self.cycle_count + self.owed
        self.clock.now = self.clock.now + self.owed * self.period
        self.owed = 0

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
        self.keys2 = 0 if self.keypad2 is None else <uint16_t> self.keypad2.pressed
        released = before & ~self.keys
        self.timers_on = not self.halt
        if self.vip:
            vip_begin_frame(self)
            return
        if self.wait == Wait.END_OF_FRAME or (self.wait == Wait.DELAY and self.reg.dt == 0):
            self.wait = Wait.NOTHING
        elif self.wait == Wait.A_KEY and released:
            for key in range(16):
                if released >> key & 1:
                    self.reg.v[self.key_register] = key
                    self.wait = Wait.NOTHING
                    break

    cdef void end_frame(self, tick_t now, bint render) noexcept nogil:
        # A VIP draws the sprite, or goes on to clear, when this picture is sent already.
        cdef bint later = self.vip and (self.clearing != 0 or self.wait in (Wait.PREPARING, Wait.END_OF_FRAME))
        if self.vip:
            vip_end_frame(self, now)
        else:
            self.play(now)
            if self.mega:
                play_sample(self, now)
            if self.timers_on:
                if self.reg.dt:
                    self.reg.dt = self.reg.dt - 1
                if self.reg.st:
                    self.set_sound(self.reg.st - 1, now)
        if not later:
            if self.changed and self.screen is not None:
                self.put_picture()
            self.changed = False

    cdef void put_picture(self) noexcept nogil:
        """Gives the screen the display as a finished picture."""
        # Unless it is scrolled by half a pixel, a calculator's picture in its mode of 64 x 32 pixels has that size.
        if self.quirk.half_pixels and not self.hires and made_of_blocks(self):
            put_halved(self)
            self.screen.end_plane_picture(64, 32, 0)
        else:
            put_planes(self)
            self.screen.end_plane_picture(<int> self.width, <int> self.height, <uint8_t> (self.background << 4))

    cdef void set_mode(self, bint hires) noexcept nogil:
        """Takes over a mode, in which the display may have another size."""
        self.hires = hires
        if self.quirk.modes and not self.quirk.half_pixels and not hires:
            self.width = 64
            self.height = 32
        else:
            self.width = self.quirk.width
            self.height = self.quirk.height

    cdef void set_sound(self, uint8_t value, tick_t now) noexcept nogil:
        """ST = value. The sound begins with the first bit of the pattern and ends at rest.

        On a VIP the next interrupt sees to it.
        """
        if self.vip:
            self.reg.st = value
            return
        self.play(now)
        if self.reg.st == 0:
            start_sound(self, now)
        self.reg.st = value
        if value == 0 and self.audio is not None:
            self.audio.level(0, now, 0)

    cdef void retune(self) noexcept nogil:
        """Finds how long a bit of the pattern is."""
        cdef uint64_t rate = self.ticks_a_second
        if self.patterned:
            self.bit_time = rate * PITCHES[self.pitch] // PITCH_RATE >> 16
        elif self.tone:
            self.bit_time = rate * (self.tone + 1) // (2 * VP595) << 16
        else:
            self.bit_time = (rate + TONE) // (2 * TONE) << 16
        if self.bit_time < 1 << 16:
            self.bit_time = 1 << 16          # on a clock so slow that no tick lies between

    cdef void play(self, tick_t now) noexcept nogil:
        """The bits of the pattern that begin before `now`."""
        cdef uint64_t after
        if not sounding(self):
            return
        while self.edge < now:
            if self.audio is not None:
                self.audio.level(0, self.edge, LOUDNESS if bit_is_high(self) else -LOUDNESS)
            self.position = self.position + 1 & 127
            after = self.edge_part + self.bit_time
            self.edge = self.edge + <tick_t> (after >> 16)
            self.edge_part = <uint16_t> (after & 0xFFFF)

    # --- state ---------------------------------------------------------------------------------------------------

    cdef uint32_t most_i(self) noexcept nogil:
        return 0xFFFFFF if self.quirk.mega else 0xFFFF

    cdef void restart(self) noexcept nogil:
        memset(&self.reg, 0, sizeof(self.reg))
        reset_display(self)
        self.wait = Wait.NOTHING
        self.halt = Halt.RUNNING
        self.keys = 0
        self.keys2 = 0
        self.key_register = 0
        self.selected = 1
        self.background = 0
        self.set_mode(False)
        self.timers_on = True
        self.pitch = 64
        self.tone = 0
        self.patterned = False
        memset(self.pattern, 0xAA, PATTERN)
        self.retune()
        start_sound(self, 0)
        if self.mega:
            restart_mega(self)
        self.owed = VIP_START - VIP_INTERRUPT if self.vip else 0
        self.drawing = 0
        self.interrupted = False
        self.clearing = 0
        self.key = 0
        self.q = False
        self.q_next = False
        self.q_edge = NEVER
        self.settle(self.start)

    cdef void reset(self, bint power_on) noexcept nogil:
        """The reset line keeps memory, the flag registers, the counters and the random numbers' state."""
        if self.q and self.audio is not None:
            self.audio.level(0, self.clock.now, 0)
        if self.reg.st:
            self.set_sound(0, self.clock.now)
        self.restart()
        if self.tally != NULL:
            resume(self.tally, self.clock.now // self.period)
        if power_on:
            self.cycle_count = VIP_INTERRUPT if self.vip else 0
            self.executed = 0
            self.drawn_numbers = 0
            self.random = self.seed
            memset(self.rpl, 0, sizeof(self.rpl))
            self.stop_at(Halt.RUNNING, 0, 0)

    cdef int sync(self, State state) except -1:
        cdef uint32_t plane
        Cpu.sync(self, state)
        state.block("v", self.reg.v, 16)
        state.u32("i", &self.reg.i, self.most_i())
        state.u32("pc", &self.reg.pc, self.bus.size - 2)
        state.u32("sp", &self.reg.sp, self.quirk.stack)
        state.words("stack", self.reg.stack, 4, self.quirk.stack)
        state.u8("dt", &self.reg.dt)
        state.u8("st", &self.reg.st)
        state.i64("executed", &self.executed)
        state.i64("drawn_numbers", &self.drawn_numbers)
        state.u32("random", &self.random, 0x7FFFFFFF)
        state.u16("keys", &self.keys)
        state.u16("keys2", &self.keys2)
        state.u8("wait", &self.wait, Wait.TONE_ENDS if self.vip else Wait.DELAY)
        state.u8("key_register", &self.key_register, 15)
        state.u8("halt", &self.halt, Halt.EXIT)
        state.u32("halt_pc", &self.halt_pc)
        state.u16("halt_opcode", &self.halt_opcode)
        state.flag("timers_on", &self.timers_on)
        state.block("rpl", self.rpl, FLAG_REGISTERS)
        for plane in range(self.quirk.planes):
            state.words(f"display{plane}", self.display + plane * self.plane_words, 8, self.plane_words)
        state.flag("hires", &self.hires)
        state.u8("selected", &self.selected, (1 << self.quirk.planes) - 1)
        state.u8("background", &self.background, 3)
        state.flag("changed", &self.changed)
        state.block("pattern", self.pattern, PATTERN)
        state.flag("patterned", &self.patterned)
        state.u8("pitch", &self.pitch)
        state.u8("tone", &self.tone)
        state.u8("position", &self.position, 127)
        state.i64("edge", &self.edge)
        state.u16("edge_part", &self.edge_part)
        if self.mega:
            sync_mega(self.mega, state)
        if self.vip:
            self.sync_vip(state)
        return 0

    cdef int sync_vip(self, State state) except -1:
        state.u32("owed", &self.owed, 0xFFFF)
        state.u32("drawing", &self.drawing, 0xFFFF)
        state.flag("interrupted", &self.interrupted)
        state.i64("clearing", &self.clearing)
        state.u8("key", &self.key, 15)
        state.flag("q", &self.q)
        state.flag("q_next", &self.q_next)
        state.i64("q_edge", &self.q_edge)
        return 0

    cdef int restored(self) except -1:
        self.set_mode(self.hires)
        self.retune()
        if self.tally != NULL:
            self.start_counting()
        if self.hires and not self.quirk.modes:
            raise StateError(f"{self.name}.hires: {self.profile} has no second mode")
        if sounding(self) and not -self.ticks_a_second <= self.edge - self.clock.now <= self.ticks_a_second:
            raise StateError(f"{self.name}.edge: the next bit of the sound at tick {self.edge} is more than a second "
                             f"from now, tick {self.clock.now}")
        if self.mega:
            check_mega(self)
        if self.q_edge != NEVER and not -self.ticks_a_second <= self.q_edge - self.clock.now <= self.ticks_a_second:
            raise StateError(f"{self.name}.q_edge: the sound changes at tick {self.q_edge}, more than a second from now, "
                             f"tick {self.clock.now}")
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
        most = {"i": self.most_i(), "pc": self.bus.size - 2, "sp": self.quirk.stack}
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

    def call_stack(self):
        """The subroutines that are under way, a `Frame` each, innermost first: exact, for the stack holds nothing else."""
        found = []
        for depth in range(self.reg.sp, 0, -1):
            back: int = self.reg.stack[depth - 1]
            call = (back - 2) & (self.bus.size - 1)
            word = int.from_bytes(self.bus.peek_bytes(call, 2))
            found.append(Frame("call", call, word & 0xFFF if word >> 12 == 2 else None, back, depth, True, None))
        return tuple(found)

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
        """What the program waits for: None while it runs, "frame" after DXYN with the vblank quirk, "key" in FX0A,
        "delay" in CHIP-8E's waits for DT.
        """
        return (None, "frame", "key", "delay", "frame", "key", "key")[self.wait]

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
        return {flag: self.chosen[flag] for flag in FLAGS}

    @property
    def flag_registers(self):
        """The registers of FX75 and FX85, as many bytes as the variant has. Assign them to hand them on to a program."""
        return bytes(self.rpl[:self.quirk.flags])

    @flag_registers.setter
    def flag_registers(self, values):
        values = bytes(values)
        if len(values) != self.quirk.flags:
            raise ArgumentError(f"{self.name}: {self.profile} has {self.quirk.flags} flag registers, not {len(values)}")
        for n, value in enumerate(values):
            self.rpl[n] = value
