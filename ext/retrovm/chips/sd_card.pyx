"""An SD memory card in SPI mode.

        ╭─────────────────────────╮
       ╱ 9  1  2  3  4  5  6  7  8│
      │                           │
      │                           │
      └───────────────────────────┘

| pad        | SD bus        | SPI mode                                             |
|------------|---------------|------------------------------------------------------|
| 1          | CD/DAT3       | CS: low selects the card                             |
| 2          | CMD           | DI: from the host, MOSI                              |
| 5          | CLK           | SCLK                                                 |
| 7          | DAT0          | DO: to the host, MISO; high impedance with CS high   |
| 3, 4, 6    | VSS, VDD, VSS | the same                                             |
| 8, 9       | DAT1, DAT2    | not used                                             |

| command | argument         | response                | does                                               |
|---------|------------------|-------------------------|----------------------------------------------------|
| CMD0    |                  | R1                      | GO_IDLE_STATE: into SPI mode, and resets the card  |
| CMD1    | 30 HCS           | R1                      | SEND_OP_COND: initializes, as ACMD41               |
| CMD8    | 11-8 VHS, 7-0    | R1, echo (R7)           | SEND_IF_COND; illegal on a version 1 card          |
| CMD9    |                  | R1, 16 bytes as a block | SEND_CSD                                           |
| CMD10   |                  | R1, 16 bytes as a block | SEND_CID                                           |
| CMD12   |                  | R1, busy (R1b)          | STOP_TRANSMISSION of CMD18 and CMD25               |
| CMD13   |                  | R1, a byte (R2)         | SEND_STATUS, and clears it                         |
| CMD16   | length           | R1                      | SET_BLOCKLEN                                       |
| CMD17   | address          | R1, a block             | READ_SINGLE_BLOCK                                  |
| CMD18   | address          | R1, blocks              | READ_MULTIPLE_BLOCK, until CMD12                   |
| CMD24   | address          | R1; takes a block       | WRITE_BLOCK                                        |
| CMD25   | address          | R1; takes blocks        | WRITE_MULTIPLE_BLOCK, until the stop token         |
| CMD55   |                  | R1                      | APP_CMD: an ACMD follows                           |
| CMD58   |                  | R1, OCR (R3)            | READ_OCR                                           |
| CMD59   | 0 on             | R1                      | CRC_ON_OFF                                         |
| ACMD22  |                  | R1, 4 bytes as a block  | SEND_NUM_WR_BLOCKS of the last write               |
| ACMD23  | blocks           | R1                      | SET_WR_BLK_ERASE_COUNT, a hint                     |
| ACMD41  | 30 HCS           | R1                      | SD_SEND_OP_COND: initializes                       |

| bit | R1                   | second byte of R2         | data error token |
|-----|----------------------|---------------------------|------------------|
| 7   | 0                    | out of range              |                  |
| 6   | parameter error      | erase parameter           |                  |
| 5   | address error        | write protect violation   |                  |
| 4   | erase sequence error | card ECC failed           |                  |
| 3   | command CRC error    | CC error                  | out of range     |
| 2   | illegal command      | error                     | card ECC failed  |
| 1   | erase reset          | lock or unlock failed     | CC error         |
| 0   | in idle state        | card is locked            | error            |

Emulated
    The bus bit by bit: DI is taken at the rising edge of SCLK, DO changes at the falling one, so that modes 0 and 3 are
    alike; bytes begin with the falling edge of CS. The 74 clocks with CS and DI high before the first CMD0, whose CRC
    is always checked, as is that of CMD8; CMD59 for all others. Standard capacity (byte addresses, CMD16 with short
    reads, CSD version 1) and high capacity (block addresses, CSD version 2), and cards of version 1 of the
    specification. Busy signalling, also after CS was high meanwhile. All errors that a host can make or meet.

Not emulated
    The SD bus itself: before CMD0 in SPI mode the card answers nothing. Erasing, write protection by the host, locking
    and switching functions (command classes 5, 6, 7 and 10): the CSD says that they are not there, and they are illegal
    commands. Times in seconds: a card is as fast as its clock.

Not in the specification, decided here
    A response comes `response_delay` bytes after its command, a block `access_delay` bytes after that, and DO is low for
    `busy_time` bytes after a write; clocks while CS is high do not count. Initialization is done at the `polls`-th
    ACMD41 after the first. CS high in the middle of a command, a response or a block ends it, and no sector is written.
    While blocks are sent, only CMD12 and CMD0 are commands. The unused bits of a data response are ones. The byte
    behind CMD12 is the one that would have come.

Sources: sdspec (chapters 4.5, 5 and 7: CRC, registers, SPI mode); sandisksd (chapter 5: timing of the SPI bus).
"""

from libc.string cimport memcpy
from retrovm.chips.sd_registers cimport crc7, crc16

from retrovm.chips.sd_registers import cid_of, csd_of
from retrovm.core.errors import ArgumentError, StateError


cdef enum:                    # the signals, in the order of the parameters
    CS = 0
    SCLK = 1
    DI = 2
    DO = 3

cdef enum R1:
    IN_IDLE_STATE = 0x01
    ILLEGAL_COMMAND = 0x04
    COM_CRC_ERROR = 0x08
    ADDRESS_ERROR = 0x20
    PARAMETER_ERROR = 0x40

cdef enum R2:
    ERROR = 0x04
    WP_VIOLATION = 0x20
    OUT_OF_RANGE = 0x80

cdef enum Token:
    START_BLOCK = 0xFE
    START_BLOCK_MANY = 0xFC
    STOP_TRAN = 0xFD
    ACCEPTED = 0xE5
    CRC_ERROR = 0xEB
    WRITE_ERROR = 0xED
    DATA_ERROR = 0x01
    DATA_OUT_OF_RANGE = 0x08

cdef enum Task:
    NOTHING = 0
    READ = 1                   # one block; also registers
    READ_MANY = 2
    WRITE = 3
    WRITE_MANY = 4
    LAST_TASK = 4

cdef enum:
    SECTOR = 512
    POWER_ON_CLOCKS = 74       # sdspec 6.4.1
    ALL_ONES = 0xFF            # DO while there is nothing to say
    HCS = 0x40000000

# sdspec 5.1: all voltages from 2.7 to 3.6 V; bit 31 is set after initialization, bit 30 then says high capacity.
cdef uint32_t OCR = 0x00FF8000

cdef tuple KINDS = ("sdhc", "sdsc", "sd1")
cdef uint64_t LARGEST_SDSC = 1 << 22       # sectors: 2 GiB


cdef class SdCard(Device):
    """An SD card between four lines and a disk.

    Parameters
        name            as in every device
        disk            what it holds
        cs, sclk, di, do  its pads, each a line: (pins, "pb4"). Pins of several ports may be mixed; CS and DO get pull-ups
        kind            "sdhc": high capacity, with addresses of blocks; "sdsc": standard capacity, with addresses of bytes;
                        "sd1": the same of version 1, which does not know CMD8; None: sdsc up to 2 GiB, sdhc above
        response_delay  bytes between a command and its response, 1 to 8
        access_delay    bytes between a response and its block, 1 to 255
        busy_time       bytes for which the card is busy after a write, 1 to 255
        polls           how many ACMD41 find it still initializing, 0 to 255
        serial          its serial number, 32 bits, in the CID
    The capacity in the CSD is the largest that its fields can say and the disk has; all sectors of the disk can be used.
    Raises `ArgumentError` for a disk that no such card can have.
    """

    def __init__(self, str name, Disk disk not None, *, cs, sclk, di, do, kind=None, response_delay=1, access_delay=1,
                 busy_time=8, polls=1, serial=1):
        super().__init__(name)
        if kind is None:
            kind = "sdsc" if disk.sectors <= LARGEST_SDSC else "sdhc"
        if kind not in KINDS:
            raise ArgumentError(f"{name}: a card is one of {', '.join(KINDS)}, not {kind!r}")
        for what, value, least, most in (("response_delay", response_delay, 1, 8), ("access_delay", access_delay, 1, 255),
                                         ("busy_time", busy_time, 1, 255), ("polls", polls, 0, 255),
                                         ("serial", serial, 0, 0xFFFFFFFF)):
            if not least <= value <= most:
                raise ArgumentError(f"{name}: {what} is {least} to {most}, not {value}")
        self.disk = disk
        self.kind = kind
        self.high_capacity = kind == "sdhc"
        self.first_version = kind == "sd1"
        self.response_delay, self.access_delay, self.busy_time, self.polls = response_delay, access_delay, busy_time, polls
        try:
            csd = csd_of(disk.sectors, self.high_capacity, not disk.writable)
        except ArgumentError as error:
            raise ArgumentError(f"{name}: {error}") from None
        memcpy(self.csd_bytes, <const uint8_t *> <bytes> csd, SD_REGISTER)
        cid = cid_of(serial)
        memcpy(self.cid_bytes, <const uint8_t *> <bytes> cid, SD_REGISTER)
        self.attach((cs, sclk, di, do))
        self.power_on()

    cdef int attach(self, tuple wires) except -1:
        """Wires the pads; a port that several of them are on is one group of lines."""
        cdef Pins pins
        slots = {}
        for signal, (port, line) in enumerate(wires):
            pins = port
            if pins not in slots:
                slots[pins] = pins.attach(self, len(slots))
            self.group_of[signal] = list(slots).index(pins)
            self.bit_of[signal] = pins.bits(line)
        (self.cs_port, _), (self.sclk_port, _), (self.di_port, _), _ = wires
        self.output = pins
        self.slot = slots[pins]
        self.cs_port.pull(up=self.bit_of[CS])
        self.output.pull(up=self.bit_of[DO])
        return 0

    @property
    def csd(self):
        """The card-specific data register, 16 bytes."""
        return self.csd_bytes[:SD_REGISTER]

    @property
    def cid(self):
        """The card identification register, 16 bytes."""
        return self.cid_bytes[:SD_REGISTER]

    @property
    def active(self):
        """Whether a lamp on the card's reader is lit: a transfer goes on."""
        return self.task != NOTHING or self.busy > 0

    # --- the bus ---------------------------------------------------------------------------------------------------

    cdef void pins_changed(self, int group, uint32_t levels, uint32_t driven, tick_t now) noexcept nogil:
        cdef bint cs = self.cs if self.group_of[CS] != group else levels & self.bit_of[CS] != 0
        cdef bint sclk = self.sclk if self.group_of[SCLK] != group else levels & self.bit_of[SCLK] != 0
        cdef bint di = self.di if self.group_of[DI] != group else levels & self.bit_of[DI] != 0
        if cs != self.cs or sclk != self.sclk or di != self.di:
            self.move(cs, sclk, di)
            self.show(now)

    cdef void move(self, bint cs, bint sclk, bint di) noexcept nogil:
        """What the host does to the lines. Where CS and SCLK change at once, CS is first."""
        cdef bint rises = sclk and not self.sclk
        self.di = di
        self.sclk = sclk
        if cs != self.cs:
            self.cs = cs
            self.bits = 0
            self.shift_out = 0 if self.busy else ALL_ONES
            self.data_out = self.busy == 0
            if cs:
                self.forget()
        if not rises:
            return
        if cs:
            if di and self.clocks < POWER_ON_CLOCKS:
                self.clocks = self.clocks + 1
            return
        self.shift_in = <uint8_t> ((self.shift_in << 1 | di) & 0xFF)
        self.bits = (self.bits + 1) & 7
        if self.bits == 0:
            self.take(self.shift_in)
            self.shift_out = self.give()

    cdef void show(self, tick_t now) noexcept nogil:
        """DO: the next bit from the falling edge of SCLK on; the host reads it at the rising one."""
        if not self.sclk:
            self.data_out = self.shift_out >> (7 - self.bits) & 1
        self.output.drive(self.slot, 0 if self.cs else self.bit_of[DO], self.bit_of[DO] if self.data_out else 0, now)

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on:                       # a card has no reset line
            self.power_on()

    cdef void power_on(self) noexcept nogil:
        self.cs = self.cs_port.levels & self.bit_of[CS] != 0
        self.sclk = self.sclk_port.levels & self.bit_of[SCLK] != 0
        self.di = self.di_port.levels & self.bit_of[DI] != 0
        self.bits = self.shift_in = 0
        self.shift_out = ALL_ONES
        self.data_out = True
        self.clocks = 0
        self.spi = False
        self.go_idle()
        self.show(self.output.clock.now)

    cdef void forget(self) noexcept nogil:
        """CS has risen: what was under way is given up, unless it is being written already."""
        self.frame_size = 0
        self.reply_at = self.reply_end = 0
        self.task = NOTHING

    # --- bytes -----------------------------------------------------------------------------------------------------

    cdef void take(self, uint8_t value) noexcept nogil:
        """A byte from the host."""
        cdef bint sending = self.task == READ or self.task == READ_MANY
        if self.frame_size:
            self.frame[self.frame_size] = value
            self.frame_size = self.frame_size + 1
            if self.frame_size == SD_FRAME:
                self.frame_size = 0
                self.execute()
        elif self.reply_at < self.reply_end:
            pass
        elif (self.task == WRITE or self.task == WRITE_MANY) and self.block_at:
            self.block[self.block_at] = value
            self.block_at = self.block_at + 1
            if self.block_at == SD_BLOCK:
                self.append(self.finish_block(), 1)
        elif value & 0xC0 == 0x40:
            if value == 0x40 or (not self.busy and (not sending or value == 0x40 | 12)):
                self.frame[0] = value
                self.frame_size = 1
        elif not self.busy:
            self.take_token(value)

    cdef uint8_t give(self) noexcept nogil:
        """The next byte for the host."""
        if self.reply_at < self.reply_end:
            self.reply_at = self.reply_at + 1
            return self.reply[self.reply_at - 1]
        if self.busy:
            self.busy = self.busy - 1
            return 0
        if self.task == READ or self.task == READ_MANY:
            return self.give_block()
        return ALL_ONES

    cdef uint8_t give_block(self) noexcept nogil:
        cdef uint8_t value
        if self.wait:
            self.wait = self.wait - 1
            return ALL_ONES
        if self.block_at == self.block_end:          # the last block could not be sent
            return ALL_ONES
        value = self.block[self.block_at]
        self.block_at = self.block_at + 1
        if self.block_at == self.block_end:
            if self.task == READ:
                self.task = NOTHING
            elif self.block[0] == START_BLOCK:
                self.load_block()
        return value

    # --- commands --------------------------------------------------------------------------------------------------

    cdef void execute(self) noexcept nogil:
        """The command in `frame`. sdspec 7.2.1, 7.2.2."""
        cdef uint8_t command = self.frame[0] & 0x3F
        cdef bint application = self.application
        cdef bint right = self.frame[5] == (crc7(self.frame, 5) << 1 | 1)
        cdef uint32_t argument = (<uint32_t> self.frame[1] << 24 | <uint32_t> self.frame[2] << 16
                                  | <uint32_t> self.frame[3] << 8 | self.frame[4])
        cdef uint8_t stuff
        if not self.spi:
            if command == 0 and right and self.clocks == POWER_ON_CLOCKS:
                self.spi = True
                self.go_idle()
                self.answer(0)
            return
        self.application = False
        if command == 12:
            stuff = self.give()
            self.reply_at = self.reply_end = 0
            self.append(stuff, 1)
        if not right and (self.checks_crc or command == 8):
            self.answer(COM_CRC_ERROR)
        elif not self.legal(command, application):
            self.answer(ILLEGAL_COMMAND)
        else:
            self.run_command(command, application, argument)

    cdef bint legal(self, uint8_t command, bint application) noexcept nogil:
        """sdspec 7.3.1.3, and 7.2.1 for the idle state."""
        cdef bint moving = self.task == READ_MANY or self.task == WRITE_MANY
        if command == 0 or command == 12:
            return command == 0 or moving
        if moving:
            return False
        if command == 1 or command == 55 or command == 58 or command == 59:
            return True
        if command == 8:
            return self.idle and not self.first_version
        if command == 41:
            return application
        if self.idle:
            return False
        if command == 22 or command == 23:
            return application
        return (command == 9 or command == 10 or command == 13 or command == 16 or command == 17 or command == 18
                or command == 24 or command == 25)

    cdef void run_command(self, uint8_t command, bint application, uint32_t argument) noexcept nogil:
        cdef uint8_t count[4]
        if not self.task == READ_MANY and not self.task == WRITE_MANY:
            self.task = NOTHING                    # a host that did not send the block of CMD24 after all
        if command == 0:
            self.go_idle()
            self.answer(0)
        elif command == 1 or command == 41:
            self.initialize(argument)
        elif command == 8:
            self.interface_condition(argument)
        elif command == 9 or command == 10:
            self.answer(0)
            self.task = READ
            self.send_block(&self.csd_bytes[0] if command == 9 else &self.cid_bytes[0], SD_REGISTER)
        elif command == 12:
            self.stop()
        elif command == 13:
            self.answer(0)
            self.append(self.status, 1)
            self.status = 0
        elif command == 16:
            self.set_length(argument)
        elif command == 17:
            self.begin(argument, READ)
        elif command == 18:
            self.begin(argument, READ_MANY)
        elif command == 22:
            self.answer(0)
            count[0] = <uint8_t> (self.well_written >> 24)
            count[1] = <uint8_t> (self.well_written >> 16 & 0xFF)
            count[2] = <uint8_t> (self.well_written >> 8 & 0xFF)
            count[3] = <uint8_t> (self.well_written & 0xFF)
            self.task = READ
            self.send_block(count, 4)
        elif command == 24:
            self.begin(argument, WRITE)
        elif command == 25:
            self.begin(argument, WRITE_MANY)
        elif command == 55:
            self.application = True
            self.answer(0)
        elif command == 58:
            self.answer(0)
            self.append(OCR if self.idle else OCR | <uint32_t> 1 << 31 | <uint32_t> self.high_capacity << 30, 4)
        elif command == 59:
            self.checks_crc = argument & 1
            self.answer(0)
        else:                                      # ACMD23
            self.answer(0)

    cdef void answer(self, uint8_t errors) noexcept nogil:
        """R1, behind the delay that precedes every response."""
        cdef int _
        for _ in range(self.response_delay):
            self.append(ALL_ONES, 1)
        self.append(errors | (IN_IDLE_STATE if self.idle else 0), 1)

    cdef void append(self, uint32_t value, int size) noexcept nogil:
        """The lower bytes of a value, the highest first, behind what is to be sent already."""
        cdef int i
        if self.reply_at == self.reply_end:
            self.reply_at = self.reply_end = 0
        for i in range(size):
            self.reply[self.reply_end] = <uint8_t> (value >> (8 * (size - 1 - i)) & 0xFF)
            self.reply_end = self.reply_end + 1

    cdef void go_idle(self) noexcept nogil:
        """CMD0. sdspec 7.2.1, 7.2.2: the CRC option is off."""
        self.frame_size = 0
        self.reply_at = self.reply_end = 0
        self.task = NOTHING
        self.busy = self.wait = 0
        self.block_at = self.block_end = 0
        self.address = 0
        self.idle = True
        self.starting = self.willing = self.refusing = False
        self.polls_left = 0
        self.checks_crc = self.new_host = self.application = False
        self.length = SECTOR
        self.status = 0
        self.well_written = 0

    cdef void initialize(self, uint32_t argument) noexcept nogil:
        """ACMD41 and CMD1. sdspec 7.2.1: HCS counts at the first one, and only behind CMD8."""
        if self.idle and not self.starting:
            self.starting = True
            self.polls_left = self.polls
            self.willing = not self.high_capacity or (self.new_host and argument & HCS != 0)
        elif self.idle and self.polls_left:
            self.polls_left = self.polls_left - 1
        if self.idle and self.willing and self.polls_left == 0:
            self.idle = False
        self.answer(0)

    cdef void interface_condition(self, uint32_t argument) noexcept nogil:
        """CMD8. sdspec 7.3.1.4: the voltage is accepted when it is 2.7 to 3.6 V and no other."""
        self.new_host = True
        self.answer(0)
        self.append(argument & 0xFF | (0x100 if argument >> 8 & 0xF == 1 else 0), 4)

    cdef void set_length(self, uint32_t argument) noexcept nogil:
        """CMD16. sdspec 7.2.3: it changes nothing on a card of high capacity."""
        if argument > SECTOR or (argument == 0 and not self.high_capacity):
            self.answer(PARAMETER_ERROR)
            return
        if not self.high_capacity:
            self.length = <uint16_t> argument
        self.answer(0)

    cdef void stop(self) noexcept nogil:
        """CMD12."""
        self.task = NOTHING
        self.answer(0)
        self.busy = self.busy_time

    cdef void begin(self, uint32_t argument, uint8_t task) noexcept nogil:
        """CMD17, 18, 24 and 25. sdspec 7.2.3, 7.2.4: a block lies within one sector; what is written is a sector."""
        cdef uint64_t address = argument
        cdef bint writing = task == WRITE or task == WRITE_MANY
        if self.high_capacity:
            address = address * SECTOR
        if address >= SECTOR * self.disk.sectors or (writing and self.length != SECTOR):
            self.answer(PARAMETER_ERROR)
        elif address % SECTOR + self.length > SECTOR:
            self.answer(ADDRESS_ERROR)
        else:
            self.answer(0)
            self.task = task
            self.address = address
            self.refusing = False
            self.block_at = self.block_end = 0
            if writing:
                self.well_written = 0
            else:
                self.load_block()

    # --- blocks from the card ----------------------------------------------------------------------------------------

    cdef void send_block(self, const uint8_t *data, int size) noexcept nogil:
        """A start token, the data and their CRC, behind the access delay. sdspec 7.3.3.2."""
        cdef uint16_t crc = crc16(data, size)
        self.block[0] = START_BLOCK
        memcpy(self.block + 1, data, size)
        self.block[size + 1] = <uint8_t> (crc >> 8)
        self.block[size + 2] = <uint8_t> (crc & 0xFF)
        self.block_at = 0
        self.block_end = <uint16_t> (size + 3)
        self.wait = self.access_delay

    cdef void load_block(self) noexcept nogil:
        """The block at `address`, or the token that says why there is none. sdspec 7.3.3.3."""
        cdef uint8_t data[SECTOR]
        cdef uint32_t offset = <uint32_t> (self.address % SECTOR)
        if self.address >= SECTOR * self.disk.sectors:
            self.status = self.status | OUT_OF_RANGE
            self.fail_block(DATA_OUT_OF_RANGE)
        elif offset + self.length > SECTOR or not self.disk.fetch(self.address // SECTOR, data):
            self.status = self.status | ERROR
            self.fail_block(DATA_ERROR)
        else:
            self.send_block(data + offset, self.length)
            self.address = self.address + self.length
            self.reads = self.reads + 1

    cdef void fail_block(self, uint8_t token) noexcept nogil:
        self.block[0] = token
        self.block_at = 0
        self.block_end = 1
        self.wait = self.access_delay

    # --- blocks from the host ----------------------------------------------------------------------------------------

    cdef void take_token(self, uint8_t value) noexcept nogil:
        """What precedes a block. sdspec 7.3.3.2."""
        if (self.task == WRITE and value == START_BLOCK) or (self.task == WRITE_MANY and value == START_BLOCK_MANY):
            self.block[0] = value
            self.block_at = 1
        elif self.task == WRITE_MANY and value == STOP_TRAN:
            self.task = NOTHING
            self.append(ALL_ONES, 1)           # sandisksd 5.4.4, NBR: busy comes up to a byte later
            self.busy = self.busy_time

    cdef uint8_t finish_block(self) noexcept nogil:
        """Writes the block that has come. Returns the data response token. sdspec 7.3.3.1."""
        cdef bint right = crc16(self.block + 1, SECTOR) == (self.block[SECTOR + 1] << 8 | self.block[SECTOR + 2])
        cdef bint many = self.task == WRITE_MANY
        self.block_at = 0
        if not many:
            self.task = NOTHING
        if self.refusing:
            return WRITE_ERROR
        self.refusing = many                   # after an error, until the host has stopped
        if self.checks_crc and not right:
            return CRC_ERROR
        if not self.disk.writable:
            self.status = self.status | WP_VIOLATION
            return WRITE_ERROR
        if self.address >= SECTOR * self.disk.sectors:
            self.status = self.status | OUT_OF_RANGE
            return WRITE_ERROR
        if not self.disk.store(self.address // SECTOR, self.block + 1):
            self.status = self.status | ERROR
            return WRITE_ERROR
        self.refusing = False
        self.address = self.address + SECTOR
        self.writes = self.writes + 1
        self.well_written = self.well_written + 1
        self.busy = self.busy_time
        return ACCEPTED

    # --- state -------------------------------------------------------------------------------------------------------

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        state.flag("cs", &self.cs)
        state.flag("sclk", &self.sclk)
        state.flag("di", &self.di)
        state.flag("data_out", &self.data_out)
        state.u8("bits", &self.bits, 7)
        state.u8("shift_in", &self.shift_in)
        state.u8("shift_out", &self.shift_out)
        state.u8("clocks", &self.clocks, POWER_ON_CLOCKS)
        state.flag("spi", &self.spi)
        state.flag("idle", &self.idle)
        state.flag("starting", &self.starting)
        state.flag("willing", &self.willing)
        state.u8("polls_left", &self.polls_left)
        state.flag("checks_crc", &self.checks_crc)
        state.flag("new_host", &self.new_host)
        state.flag("application", &self.application)
        state.u16("length", &self.length, SECTOR)
        state.u8("status", &self.status)
        state.u32("well_written", &self.well_written)
        state.block("frame", self.frame, SD_FRAME)
        state.u8("frame_size", &self.frame_size, SD_FRAME - 1)
        state.block("reply", self.reply, SD_REPLY)
        state.u8("reply_at", &self.reply_at, SD_REPLY)
        state.u8("reply_end", &self.reply_end, SD_REPLY - 1)
        state.u8("busy", &self.busy)
        state.u8("task", &self.task, LAST_TASK)
        state.u8("wait", &self.wait)
        state.block("block", self.block, SD_BLOCK)
        state.u16("block_at", &self.block_at, SD_BLOCK)
        state.u16("block_end", &self.block_end, SD_BLOCK)
        state.u64("address", &self.address, SECTOR * (<uint64_t> 1 << 32))
        return state.flag("refusing", &self.refusing)

    cdef int restored(self) except -1:
        cdef bint sending = self.task == READ or self.task == READ_MANY
        if self.reply_at > self.reply_end or (self.frame_size and self.reply_at < self.reply_end):
            raise StateError(f"{self.name}: it cannot be at byte {self.reply_at} of a response of {self.reply_end}, with "
                             f"{self.frame_size} bytes of a command")
        if self.block_at > self.block_end if sending else self.block_at == SD_BLOCK:
            raise StateError(f"{self.name}: it cannot be at byte {self.block_at} of a block of {self.block_end}")
        self.show(self.output.clock.now)
        return 0
