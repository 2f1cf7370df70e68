"""The MOS 6551 ACIA: a serial port with its own baud rate generator."""

from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device, Wire
from retrovm.core.pins cimport Pins
from retrovm.core.ports cimport Serial
from retrovm.core.state cimport State
from retrovm.core.types cimport Access, tick_t
from libc.stdint cimport int64_t, uint8_t, uint32_t


cdef class Mos6551(Device):
    cdef Clock clock                  # not state: wiring
    cdef readonly Serial port         # not state: wiring
    cdef readonly bint carrier        # not state: wiring
    cdef Wire irq                     # not state: wiring
    cdef uint32_t irq_bit             # not state: wiring
    cdef int64_t counts, ticks        # not state: the crystal counts `counts` in every `ticks` ticks, exactly

    cdef bint tdre_is_stuck           # not state: the model
    cdef Pins rts_port                # not state: wiring, whose line goes into the cable as RTS beside the chip's own; or None
    cdef uint32_t rts_line            # not state: wiring, a bit of it

    cdef uint8_t command, control
    cdef uint8_t status_bits          # as STATUS is read, but for what CTS hides
    cdef uint8_t inputs               # CTS, DSR, DCD as the pins are: a set bit is a high, not ready, pin
    cdef bint modem_served            # false while a change of DSR or DCD waits for STATUS to be read

    # Times are counts of the crystal since power-on.
    cdef uint8_t tx_state, rx_state
    cdef int64_t tx_at, rx_at         # when these states end
    cdef uint8_t tdr, tsr             # transmit data register, transmit shift register
    cdef bint tx_live                 # a character is on TxD, not only the time of one
    cdef uint8_t rdr, rsr
    cdef int64_t rx_end               # when the character on RxD ends, its stop bits included
    cdef bint rx_echo                 # it goes back on TxD

    cdef int64_t count_of(self, tick_t tick) noexcept nogil
    cdef tick_t tick_of(self, int64_t count) noexcept nogil
    cdef int64_t next_edge(self) noexcept nogil
    cdef int64_t length(self, bint whole) noexcept nogil
    cdef void schedule(self) noexcept nogil

    cdef void request(self) noexcept nogil
    cdef uint8_t read_status(self) noexcept nogil
    cdef uint8_t visible_status(self) noexcept nogil
    cdef bint always_requests(self) noexcept nogil
    cdef void look_at_modem(self) noexcept nogil
    cdef void set_command(self, uint8_t value) noexcept nogil

    cdef bint may_send(self) noexcept nogil
    cdef void load(self, uint8_t value) noexcept nogil
    cdef uint8_t word_mask(self) noexcept nogil
    cdef void wake_transmitter(self) noexcept nogil
    cdef void next_word(self) noexcept nogil
    cdef void run_transmitter(self) noexcept nogil

    cdef bint rts_low(self) noexcept nogil
    cdef bint is_held(self) noexcept nogil
    cdef bint may_receive(self) noexcept nogil
    cdef void wake_receiver(self) noexcept nogil
    cdef void next_character(self) noexcept nogil
    cdef void transfer(self, uint8_t value, uint8_t errors) noexcept nogil
    cdef void run_receiver(self) noexcept nogil

    cdef int set_input(self, uint8_t pin, bint ready) except -1
