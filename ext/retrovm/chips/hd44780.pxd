"""The HD44780U: a controller for character displays, by its interface of 8 or 4 bits."""

from cpython.object cimport PyObject
from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device
from retrovm.core.pins cimport Pins
from retrovm.core.state cimport State
from retrovm.core.types cimport Access, tick_t
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t


cdef enum:
    SIGNALS = 11               # DB0 to DB7, RS, R/W, E
    DDRAM_SIZE = 80
    CGRAM_SIZE = 64
    CGROM_SIZE = 4096


cdef class Hd44780(Device):
    cdef Clock clock                  # not state: wiring
    cdef readonly bytes cgrom         # not state: wiring, 16 rows a code
    cdef const uint8_t *rom           # not state: wiring, the bytes of `cgrom`
    cdef bint always_function_set     # not state: wiring
    cdef tick_t long_time, short_time # not state: wiring, ticks that instructions take
    cdef tick_t address_time          # not state: wiring, the same until AC has changed
    cdef tick_t reset_time            # not state: wiring
    cdef int64_t blinks, blink_ticks  # not state: wiring, blinking changes `blinks` times in every `blink_ticks`, exactly

    cdef list ports                   # not state: wiring, keeps alive what `pins` points to
    cdef PyObject *pins[SIGNALS]      # not state: wiring, the port of each signal; NULL where it has a level for good
    cdef uint32_t[SIGNALS] bits       # not state: wiring, its line there
    cdef uint32_t tied                # not state: wiring, the signals that are high for good
    cdef list slots                   # not state: wiring
    cdef PyObject *port[SIGNALS]      # not state: wiring, each port once
    cdef int[SIGNALS] slot            # not state: wiring, what each calls this chip
    cdef int port_count               # not state: wiring

    cdef uint16_t lines               # the levels of the signals
    cdef uint8_t out                  # what the chip drives while E and R/W are high: the byte, or the nibble on DB4 to DB7
    cdef bint second                  # the next nibble is the low one
    cdef uint8_t high                 # the high one, in bits 4 to 7
    cdef tick_t busy_until            # BF falls in this tick
    cdef uint8_t ac, ac_before        # the address counter, and what it shows
    cdef tick_t ac_at                 # before this tick
    cdef bint in_cgram                # AC is an address of CGRAM
    cdef uint8_t dr
    cdef bint increment, shifting     # I/D, S
    cdef bint display, cursor, blink  # D, C, B
    cdef bint wide, two_lines, tall   # DL, N, F
    cdef bint function_open           # N and F may be set
    cdef uint8_t shift                # how far the display is shifted to the left
    cdef uint8_t[DDRAM_SIZE] ddram
    cdef uint8_t[CGRAM_SIZE] cgram
    cdef bint changed                 # not state: a hint that dots may have changed; to look once more than needed is harmless

    cdef uint16_t gather(self) noexcept nogil
    cdef void put(self, tick_t now) noexcept nogil
    cdef void set_lines(self, uint16_t lines, tick_t now) noexcept nogil
    cdef uint8_t output(self, bint rs, tick_t now) noexcept nogil
    cdef void fall(self, uint16_t lines, tick_t now) noexcept nogil
    cdef void execute(self, bint rs, bint rw, uint8_t data, tick_t now) noexcept nogil
    cdef void instruct(self, uint8_t data, tick_t now) noexcept nogil
    cdef void function_set(self, uint8_t data) noexcept nogil
    cdef void write_data(self, uint8_t data) noexcept nogil
    cdef void go_to(self, uint8_t address, bint in_cgram) noexcept nogil
    cdef void step(self, bint up) noexcept nogil
    cdef void fetch(self) noexcept nogil
    cdef int cell(self, uint8_t address) noexcept nogil
    cdef void shift_display(self, bint left) noexcept nogil
    cdef uint8_t shown_address(self, tick_t now) noexcept nogil

    cdef bint blinking(self, tick_t now) noexcept nogil
    cdef int cell_at(self, int com, int position) noexcept nogil
    cdef uint8_t dots(self, int com, int position, tick_t now) noexcept nogil
