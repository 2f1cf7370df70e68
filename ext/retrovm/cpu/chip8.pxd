"""The processor of the CHIP-8 family; chip8.pyx describes it."""

from retrovm.core.audio cimport Audio
from retrovm.core.cpu cimport Cpu
from retrovm.core.ports cimport Buttons
from retrovm.core.screen cimport Screen
from retrovm.core.state cimport State
from retrovm.core.types cimport tick_t
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    STACK = 16           # the deepest stack of the family
    PLANES = 4           # the most planes
    PATTERN = 16         # bytes of a pattern of sound
    FLAG_REGISTERS = 16  # the most of the family
    MEGA_WIDTH = 256
    MEGA_HEIGHT = 192
    MEGA_PIXELS = 49152


cdef struct Quirks:      # in what the members of the family differ; isa/chip8_variants.py says what each means
    bint clip
    bint vblank
    bint modes
    bint half_pixels
    bint count_rows
    bint blocks
    bint mega
    bint halt_behind
    uint32_t tall
    uint32_t planes
    uint32_t width
    uint32_t height
    uint32_t stack
    uint32_t flags


cdef struct Registers:
    uint8_t[16] v
    uint32_t[STACK] stack
    uint32_t pc
    uint32_t sp          # return addresses on the stack
    uint32_t i
    uint8_t dt
    uint8_t st


cdef struct Mega:        # what only a MegaChip8 has
    bint on                        # its own mode is on
    uint8_t sprite_width           # of DXYN; 0 is 256
    uint8_t sprite_height          # likewise
    uint8_t alpha                  # brightness of pictures, in 255ths
    uint8_t blend                  # a Blend
    uint8_t collision              # the colour that DXYN tells of
    uint32_t[256] palette          # alpha, red, green, blue
    uint8_t[MEGA_PIXELS] drawn     # the number of the colour that was drawn last, 0 where none was
    uint32_t[MEGA_PIXELS] canvas   # the picture that is drawn on: red, green, blue
    uint32_t sample                # where the sound lies that is played
    uint32_t length                # bytes of it; 0 while there is silence
    uint32_t position              # the one that begins next
    uint16_t rate                  # how many begin in a second
    bint repeats
    tick_t edge                    # when the next one begins
    uint16_t edge_part             # so many parts of a tick later, of which a tick has `rate`


cdef class Decoding:
    """What each opcode is, by its two bytes as they lie in memory: shared by all processors of one variant with the same flags."""

    cdef uint8_t[65536] operation
    cdef object __weakref__


cdef class Chip8(Cpu):
    cdef readonly Buttons keypad      # not state: wiring
    cdef readonly Buttons keypad2     # not state: wiring
    cdef readonly Screen screen       # not state: wiring
    cdef readonly Audio audio         # not state: wiring
    cdef readonly str profile         # not state: wiring
    cdef readonly uint32_t start      # not state: wiring
    cdef readonly bint vip            # not state: wiring, the time of a COSMAC VIP
    cdef bytes numbers                # not state: wiring, what `page` points at
    cdef const uint8_t *page          # not state: wiring, the VIP's table of random numbers or NULL
    cdef uint32_t seed                # not state: wiring
    cdef Quirks quirk                 # not state: wiring
    cdef dict chosen                  # not state: wiring, the flags by name
    cdef Decoding decoding            # not state: wiring
    cdef const uint8_t *decode        # not state: wiring, in `decoding`

    cdef Registers reg
    cdef int64_t executed                    # instructions since power-on
    cdef int64_t drawn_numbers               # CXNN since power-on
    cdef uint32_t random                     # state of CXNN's generator; R9 of the 1802 where `page` is there
    cdef uint16_t keys                       # that are down in this frame, a bit a key
    cdef uint16_t keys2                      # likewise on the second keypad
    cdef uint8_t wait                        # a Wait
    cdef uint8_t key_register                # where FX0A puts the key
    cdef uint8_t halt                        # a Halt
    cdef uint32_t halt_pc
    cdef uint16_t halt_opcode
    cdef bint timers_on                      # DT and ST count at the end of this frame
    cdef uint8_t[FLAG_REGISTERS] rpl         # the flag registers of FX75: the calculator's, which a program finds again

    # The display: `planes` planes of `plane_words` words; a word is 64 pixels, the leftmost in its highest bit. Row y of
    # `width` pixels begins at word y * width / 64.
    cdef uint64_t *display
    cdef uint32_t plane_words                # not state: wiring
    cdef uint32_t width, height              # not state: derived from hires, of what is in `display`
    cdef bint hires
    cdef uint8_t selected                    # planes that drawing changes, a bit a plane
    cdef uint8_t background                  # colour of CHIP-8X
    cdef bint changed                        # the display, since the last end of a frame
    cdef Mega *mega                          # NULL on all other members

    # With the time of a VIP: see chip8_vip.pxi.
    cdef uint32_t owed                       # cycles that pass before the next instruction
    cdef uint32_t drawing                    # cycles that DXYN takes behind its wait
    cdef bint interrupted                    # the interrupt at the end of this frame was, within an instruction
    cdef int64_t clearing                    # cycles of 00E0 at the next interrupt, 0 when none goes on
    cdef uint8_t key                         # that FX0A has found
    cdef bint q                              # the tone is on
    cdef bint q_next                         # is it from q_edge on
    cdef tick_t q_edge                       # NEVER when nothing is to change

    # The sound while ST is not 0: the bits of a pattern, the highest of the first byte first.
    cdef uint8_t[PATTERN] pattern
    cdef bint patterned                      # the pattern was loaded: `pitch` counts, not `tone`
    cdef uint8_t pitch                       # of FX3A
    cdef uint8_t tone                        # of FXF8; 0 is the machine's own
    cdef tick_t ticks_a_second               # not state: wiring
    cdef uint64_t bit_time                   # not state: derived from pitch and tone, 2**-16 ticks
    cdef uint8_t position                    # the bit that begins next
    cdef tick_t edge                         # when it does
    cdef uint16_t edge_part                  # so many 2**-16 ticks later

    cdef int choose(self, str profile, dict quirks) except -1
    cdef int choose_time(self, bint vip, numbers) except -1
    cdef void pay(self) noexcept nogil
    cdef void run_slots(self, int64_t slots) noexcept nogil
    cdef int sync_vip(self, State state) except -1
    cdef void set_mode(self, bint hires) noexcept nogil
    cdef void pass_time(self, tick_t until) noexcept nogil
    cdef void stop_at(self, Halt reason, uint32_t pc, uint32_t opcode) noexcept nogil
    cdef void settle(self, uint32_t pc) noexcept nogil
    cdef uint32_t most_i(self) noexcept nogil
    cdef void restart(self) noexcept nogil
    cdef void set_sound(self, uint8_t value, tick_t now) noexcept nogil
    cdef void play(self, tick_t now) noexcept nogil
    cdef void retune(self) noexcept nogil
    cdef void put_picture(self) noexcept nogil


cdef enum Wait:
    NOTHING = 0
    END_OF_FRAME = 1     # DXYN with the vblank quirk
    A_KEY = 2            # FX0A
    DELAY = 3            # until DT is 0
    PREPARING = 4        # DXYN before its END_OF_FRAME, with the time of a VIP; the others are of its FX0A
    KEY_UP = 5           # until the key is up again
    TONE_ENDS = 6        # until ST is 0


cdef enum Halt:
    RUNNING = 0
    UNKNOWN_OPCODE = 1
    MACHINE_CODE = 2
    STACK_OVERFLOW = 3
    STACK_UNDERFLOW = 4
    END_OF_MEMORY = 5
    EXIT = 6
