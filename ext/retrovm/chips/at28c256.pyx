"""The Atmel AT28C256, an EEPROM of 32 KiB that a program may write; other makers' 28C256 likewise.

             ┌────╮╭────┐
        A14 ─┤ 1      28 ├─ VCC
        A12 ─┤ 2      27 ├─ /WE
         A7 ─┤ 3      26 ├─ A13
         A6 ─┤ 4      25 ├─ A8
         A5 ─┤ 5      24 ├─ A9
         A4 ─┤ 6      23 ├─ A11
         A3 ─┤ 7      22 ├─ /OE
         A2 ─┤ 8      21 ├─ A10
         A1 ─┤ 9      20 ├─ /CE
         A0 ─┤ 10     19 ├─ I/O7
       I/O0 ─┤ 11     18 ├─ I/O6
       I/O1 ─┤ 12     17 ├─ I/O5
       I/O2 ─┤ 13     16 ├─ I/O4
        GND ─┤ 14     15 ├─ I/O3
             └───────────┘

A write begins a write cycle. Within t_BLC of each byte the next one may follow, all of them in one page of 64 bytes, that is with
equal A6 to A14; t_WC after the last one the page is programmed, all at once. Until then every read is polling:

| bit  | while a write cycle goes on                          |
|------|------------------------------------------------------|
| I/O7 | the complement of that of the last byte written      |
| I/O6 | toggles from read to read                            |
| rest | of the last byte written                             |

Software data protection is switched by bytes that are written to these addresses of the chip, each within t_BLC of the one
before. They are not stored; bytes of a page may follow, and those are.

| command   | address = byte                                                       | the chip, from the end of the write cycle on  |
|-----------|----------------------------------------------------------------------|-----------------------------------------------|
| protect   | $5555 = $AA, $2AAA = $55, $5555 = $A0                                | stores only what comes behind this command    |
| unprotect | $5555 = $AA, $2AAA = $55, $5555 = $80, $5555 = $AA, $2AAA = $55,     | stores what is written                        |
|           | $5555 = $20                                                          |                                               |

What is written without the command while the chip is protected changes nothing, and takes as long.

Emulated
    All of the above, by the clock of the machine. While no write cycle goes on, the chip is as fast as a ROM. Its contents
    outlive the machine's power switch; with a disk of 32 KiB they are the host's file, to which each page is written in one
    piece, as the modes of the disk say (retrovm.storage).

Not emulated
    Erasing the chip and its 64 bytes for identification, which need 12 V. The delay of writes after power-on, noise, wear.

Not in the data sheet, decided here
    A write cycle takes the longest t_WC that is allowed, and t_BLC the shortest. A byte for another page than the first of a
    write cycle is not stored. A command counts wherever it stands among the bytes of a write cycle. A write after t_BLC, while
    the chip is programming, does nothing. Reads are polling at all addresses, and I/O6 of the first one is 1. Power off ends a
    write cycle without its page. A page that the host cannot write stays as it was.

Sources: at28c256, "Device operation", "AC write characteristics", "Page mode characteristics", "Software data protection"
(algorithms and their notes).
"""

from libc.string cimport memcpy
from retrovm.core.blocks cimport SECTOR
from retrovm.core.device cimport Device
from retrovm.core.types cimport NEVER

from retrovm.core.errors import ArgumentError, StateError

cdef enum:
    SIZE = 0x8000
    STEPS = 6                               # of the longest command

cdef enum Command:
    NONE = 0
    PROTECT = 1
    UNPROTECT = 2

# Commands are three bytes, or twice three. The first two are always the same.
cdef uint16_t[3] KEY_ADDRESS = [0x5555, 0x2AAA, 0x5555]
cdef uint8_t[2] KEY = [0xAA, 0x55]
cdef enum ThirdKey:
    PROTECT_KEY = 0xA0
    AGAIN_KEY = 0x80                        # and another three
    UNPROTECT_KEY = 0x20


cdef class At28c256(Memory):
    """A 28C256.

    Parameters
        name          as in every device
        clock         of the machine
        bus           the address space that it is mapped into
        contents      what it holds when the machine is made, up to 32,768 bytes; the rest is $FF
        disk          instead of `contents`: where they are, a disk of 64 sectors that is a part of the machine, too
        write_enable  False for a /WE that is tied high: writes do nothing
        protected     software data protection is on when the machine is made
        t_blc_us      how soon the next byte of a page has to follow, in microseconds
        t_wc_us       how long a write cycle takes from its last byte on; 3000 for the AT28C256F
    `bytes(chip)` gives the contents.
    """

    def __init__(self, str name, Clock clock not None, Bus bus not None, contents=b"", *, Disk disk=None,
                 bint write_enable=True, bint protected=False, t_blc_us=150, t_wc_us=10_000):
        if disk is not None and disk.size != SIZE:
            raise ArgumentError(f"{name}: a 28C256 has {SIZE:,} bytes, and its disk {disk.size:,}")
        if disk is not None and len(contents):
            raise ArgumentError(f"{name}: the disk holds what is in the chip; give no contents")
        super().__init__(name, SIZE, contents, writable=False, fill=0xFF)
        self.clock = clock
        self.bus = bus
        self.disk = disk
        self.write_enable = write_enable
        self.protected = protected
        ticks = [clock.rate * us / 1_000_000 for us in (t_blc_us, t_wc_us)]
        if not 0 <= ticks[0] < ticks[1] < 1 << 40:
            raise ArgumentError(f"{name}: t_WC has to be longer than t_BLC, not {t_wc_us} and {t_blc_us} microseconds")
        self.t_blc = int(ticks[0])
        self.t_wc = -int(-ticks[1] // 1)
        self.write_end = NEVER
        self.last = clock.now
        self.fill_up()
        self.schedule()

    @property
    def busy(self):
        return self.write_end != NEVER

    cdef int fill_up(self) except -1:
        """Takes the contents from the disk."""
        cdef uint64_t sector
        if self.disk is not None:
            for sector in range(SIZE // SECTOR):
                if not self.disk.fetch(sector, self.data + SECTOR * sector):
                    raise OSError(f"{self.name}: sector {sector} of its disk cannot be read: "
                                  f"{self.disk.fault or 'the disk is closed'}")
        return 0

    # --- time -----------------------------------------------------------------------------------------------------

    cdef void run_to(self, tick_t now) noexcept nogil:
        self.last = now
        if self.write_end <= now:
            self.program()
            self.schedule()

    cdef tick_t next_event(self) noexcept nogil:
        return self.write_end

    cdef void schedule(self) noexcept nogil:
        """The end of a write cycle is all that happens by itself. While there is none, buses read the bytes directly."""
        self.idle_until = self.write_end
        self.clock.expect(self.write_end)
        if self.plain != (self.write_end == NEVER):
            self.bus.expose(self, self.write_end == NEVER)

    # --- accesses ---------------------------------------------------------------------------------------------------

    cdef uint8_t polled(self, bint toggle) noexcept nogil:
        return self.last_byte & 0x3F | (0x40 if toggle else 0) | ~self.last_byte & 0x80

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        if self.write_end == NEVER:
            return self.data[addr & (SIZE - 1)]
        self.toggle = not self.toggle
        return self.polled(self.toggle)

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        return self.data[addr & (SIZE - 1)] if self.write_end == NEVER else self.polled(not self.toggle)

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        cdef tick_t now = self.last
        cdef uint8_t place = addr & (PAGE - 1)
        if not self.write_enable or (self.write_end != NEVER and now > self.load_end):
            return
        if self.write_end == NEVER:
            self.loaded = 0
            self.toggle = False
            self.step = 0
            self.command = NONE
        self.load_end = now + self.t_blc
        self.write_end = now + self.t_wc
        self.last_byte = value
        addr = addr & (SIZE - 1)
        if not self.command_byte(addr, value):
            if self.loaded == 0:
                self.page_at = <uint16_t> (addr & ~<uint32_t> (PAGE - 1))
            if self.page_at == (addr & ~<uint32_t> (PAGE - 1)):
                self.page[place] = value
                self.loaded = self.loaded | <uint64_t> 1 << place
        self.schedule()

    cdef bint command_byte(self, uint32_t addr, uint8_t value) noexcept nogil:
        """Whether this byte ends a command. The bytes before it are then part of that, and of no page."""
        if self.step % 3 < 2 and addr == KEY_ADDRESS[self.step % 3] and value == KEY[self.step % 3]:
            self.step = self.step + 1
            return False
        if self.step % 3 == 2 and addr == KEY_ADDRESS[2]:
            if value == PROTECT_KEY or (value == UNPROTECT_KEY and self.step == 5):
                self.command = PROTECT if value == PROTECT_KEY else UNPROTECT
                self.step = 0
                self.loaded = 0
                return True
            if value == AGAIN_KEY:
                self.step = 3
                return False
        self.step = 1 if addr == KEY_ADDRESS[0] and value == KEY[0] else 0
        return False

    cdef void program(self) noexcept nogil:
        """The end of a write cycle."""
        self.write_end = NEVER
        if self.loaded and (not self.protected or self.command != NONE):
            self.burn(self.page_at, self.page, self.loaded)
        if self.command != NONE:
            self.protected = self.command == PROTECT

    cdef bint burn(self, uint32_t addr, const uint8_t *values, uint64_t which) noexcept nogil:
        """Stores those of the values behind an address, within a sector, whose bits are set. False where the host cannot."""
        cdef uint8_t sector[SECTOR]
        cdef uint32_t start = addr & ~<uint32_t> (SECTOR - 1)
        cdef int i
        memcpy(sector, self.data + start, SECTOR)
        for i in range(PAGE):
            if which >> i & 1:
                sector[addr - start + i] = values[i]
        if self.disk is not None and not self.disk.store(start // SECTOR, sector):
            return False
        memcpy(self.data + start, sector, SECTOR)
        return True

    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil:
        """Changes a byte of the contents, and of the disk. While a write cycle goes on, there is none to be seen."""
        addr = addr & (SIZE - 1)
        if self.write_end != NEVER or (self.disk is not None and not self.disk.writable):
            return False
        return self.data[addr] == value or self.burn(addr, &value, 1)

    cdef void reset(self, bint power_on) noexcept nogil:
        """There is no reset pin. Power off leaves the contents, and the page of a write cycle is lost."""
        if power_on:
            self.write_end = NEVER
            self.schedule()

    # --- state ----------------------------------------------------------------------------------------------------

    cdef int sync(self, State state) except -1:
        Device.sync(self, state)
        if self.disk is None:
            state.block("data", self.data, SIZE)
        state.flag("protected", &self.protected)
        state.i64("load_end", &self.load_end)
        state.i64("write_end", &self.write_end)
        state.block("page", self.page, PAGE)
        state.u64("loaded", &self.loaded)
        state.u16("page_at", &self.page_at, SIZE - PAGE)
        state.u8("last_byte", &self.last_byte)
        state.flag("toggle", &self.toggle)
        state.u8("step", &self.step, STEPS - 1)
        state.u8("command", &self.command, UNPROTECT)
        return 0

    cdef int restored(self) except -1:
        if self.write_end != NEVER and not self.last < self.write_end <= self.last + self.t_wc:
            raise StateError(f"{self.name}.write_end: tick {self.write_end} is not in the {self.t_wc} behind {self.last}, where "
                             f"the chip is")
        if self.write_end != NEVER and self.load_end != self.write_end - self.t_wc + self.t_blc:
            raise StateError(f"{self.name}.load_end: {self.load_end} does not belong to a write cycle up to {self.write_end}")
        if self.page_at % PAGE:
            raise StateError(f"{self.name}.page_at: ${self.page_at:04X} is not where a page of {PAGE} bytes begins")
        self.fill_up()
        self.schedule()
        return 0
