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
    PLANES = 4           # the most planes: XO-CHIP
    WORDS = 128          # of a plane: 64 rows of 2 words; a word is 64 pixels, the leftmost in its highest bit


cdef struct Quirks:      # in what the members of the family differ; the docstring of Chip8 says what each means
    bint shift
    bint load_store
    bint vf_order
    bint clip
    bint jump
    bint logic
    bint vblank
    uint32_t stack       # the most return addresses
    uint32_t planes
    uint32_t width       # of the display, in pixels, powers of two
    uint32_t height


cdef struct Registers:
    uint8_t[16] v
    uint16_t[STACK] stack
    uint32_t pc
    uint32_t sp          # return addresses on the stack
    uint16_t i
    uint8_t dt
    uint8_t st


cdef class Chip8(Cpu):
    cdef readonly Buttons keypad      # not state: wiring
    cdef readonly Screen screen       # not state: wiring
    cdef readonly Audio audio         # not state: wiring
    cdef readonly str profile         # not state: wiring
    cdef readonly uint32_t start      # not state: wiring
    cdef uint32_t seed                # not state: wiring
    cdef Quirks quirk                 # not state: wiring
    cdef const uint8_t *decode        # not state: wiring, the number of the operation of each opcode

    cdef Registers reg
    cdef int64_t executed                    # instructions since power-on
    cdef int64_t drawn_numbers               # CXNN since power-on
    cdef uint32_t random                     # state of CXNN's generator
    cdef uint16_t keys                       # that are down in this frame, a bit a key
    cdef uint8_t wait                        # a Wait
    cdef uint8_t key_register                # where FX0A puts the key
    cdef uint8_t halt                        # a Halt
    cdef uint32_t halt_pc
    cdef uint16_t halt_opcode
    cdef bint timers_on                      # DT and ST count at the end of this frame

    cdef uint64_t[PLANES][WORDS] display
    cdef uint8_t selected                    # planes that drawing changes, a bit a plane
    cdef bint changed                        # the display, since the last end of a frame
    cdef uint64_t[PLANES][WORDS] picture     # not state: the display at the last end of a frame that changed it
    cdef bint stale                          # not state: the screen has not got `picture` yet

    cdef tick_t half_wave                    # not state: ticks between two edges of the tone, from the clock's rate
    cdef tick_t edge                         # when the next one is
    cdef bint high                           # what the tone is at

    cdef void pass_time(self, tick_t until) noexcept nogil
    cdef void stop_at(self, Halt reason, uint32_t pc, uint32_t opcode) noexcept nogil
    cdef void settle(self, uint32_t pc) noexcept nogil
    cdef void restart(self) noexcept nogil
    cdef void set_sound(self, uint8_t value, tick_t now) noexcept nogil
    cdef void play(self, tick_t now) noexcept nogil
    cdef void paint(self) noexcept nogil


cdef enum Wait:
    NOTHING = 0
    END_OF_FRAME = 1     # DXYN with the vblank quirk
    A_KEY = 2            # FX0A


cdef enum Halt:
    RUNNING = 0
    UNKNOWN_OPCODE = 1
    MACHINE_CODE = 2
    STACK_OVERFLOW = 3
    STACK_UNDERFLOW = 4
    END_OF_MEMORY = 5
