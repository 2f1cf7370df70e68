"""An SD memory card in SPI mode."""

from retrovm.core.blocks cimport Disk
from retrovm.core.device cimport Device
from retrovm.core.pins cimport Pins
from retrovm.core.state cimport State
from retrovm.core.types cimport tick_t
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    SD_SIGNALS = 4                    # CS, SCLK, DI, DO
    SD_REGISTER = 16                  # bytes of CSD and CID
    SD_FRAME = 6                      # bytes of a command
    SD_REPLY = 24                     # room for what precedes a response, and the response
    SD_BLOCK = 515                    # a token, 512 bytes, CRC16


cdef class SdCard(Device):
    cdef readonly Disk disk           # not state: a device of its own
    cdef readonly str kind            # not state: wiring
    cdef bint high_capacity           # not state: wiring, follows from `kind`
    cdef bint first_version           # not state: wiring, follows from `kind`
    cdef readonly uint8_t response_delay    # not state: wiring, in bytes, as the next two
    cdef readonly uint8_t access_delay      # not state: wiring
    cdef readonly uint8_t busy_time         # not state: wiring
    cdef readonly uint8_t polls       # not state: wiring
    cdef uint8_t csd_bytes[SD_REGISTER]     # not state: wiring, follows from the disk
    cdef uint8_t cid_bytes[SD_REGISTER]     # not state: wiring
    cdef Pins cs_port, sclk_port, di_port   # not state: wiring
    cdef Pins output                  # not state: wiring, where DO is
    cdef int slot                     # not state: wiring, of this card there
    cdef int group_of[SD_SIGNALS]     # not state: wiring, which group of lines a signal is in
    cdef uint32_t bit_of[SD_SIGNALS]  # not state: wiring, and which line of it
    cdef readonly uint64_t reads, writes    # not state: for lamps and statistics, sectors since it was made

    cdef bint cs, sclk, di            # the levels
    cdef bint data_out                # of DO, where CS is low
    cdef uint8_t bits                 # of the present byte that have been clocked in
    cdef uint8_t shift_in, shift_out
    cdef uint8_t clocks               # with CS and DI high since power-on, as far as they matter

    cdef bint spi                     # CMD0 has come with CS low
    cdef bint idle, starting, willing # R1 bit 0; initialization has begun; and can end
    cdef uint8_t polls_left
    cdef bint checks_crc              # CMD59
    cdef bint new_host                # CMD8 has come
    cdef bint application             # CMD55 has come
    cdef uint16_t length              # CMD16
    cdef uint8_t status               # the second byte of R2
    cdef uint32_t well_written        # ACMD22

    cdef uint8_t frame[SD_FRAME]
    cdef uint8_t frame_size
    cdef uint8_t reply[SD_REPLY]
    cdef uint8_t reply_at, reply_end
    cdef uint8_t busy                 # bytes for which DO stays low

    cdef uint8_t task
    cdef uint8_t wait                 # bytes before the block
    cdef uint8_t block[SD_BLOCK]
    cdef uint16_t block_at, block_end
    cdef uint64_t address             # of the next block, in bytes
    cdef bint refusing                # the blocks that still come

    cdef int attach(self, tuple wires) except -1
    cdef void move(self, bint cs, bint sclk, bint di) noexcept nogil
    cdef void show(self, tick_t now) noexcept nogil
    cdef void power_on(self) noexcept nogil
    cdef void forget(self) noexcept nogil
    cdef void take(self, uint8_t value) noexcept nogil
    cdef uint8_t give(self) noexcept nogil
    cdef uint8_t give_block(self) noexcept nogil

    cdef void execute(self) noexcept nogil
    cdef bint legal(self, uint8_t command, bint application) noexcept nogil
    cdef void run_command(self, uint8_t command, bint application, uint32_t argument) noexcept nogil
    cdef void answer(self, uint8_t errors) noexcept nogil
    cdef void append(self, uint32_t value, int size) noexcept nogil
    cdef void go_idle(self) noexcept nogil
    cdef void initialize(self, uint32_t argument) noexcept nogil
    cdef void interface_condition(self, uint32_t argument) noexcept nogil
    cdef void set_length(self, uint32_t argument) noexcept nogil
    cdef void stop(self) noexcept nogil
    cdef void begin(self, uint32_t argument, uint8_t task) noexcept nogil

    cdef void send_block(self, const uint8_t *data, int size) noexcept nogil
    cdef void load_block(self) noexcept nogil
    cdef void fail_block(self, uint8_t token) noexcept nogil
    cdef void take_token(self, uint8_t value) noexcept nogil
    cdef uint8_t finish_block(self) noexcept nogil
