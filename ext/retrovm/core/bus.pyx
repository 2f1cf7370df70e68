"""An address space: a table of pages that are plain memory or answered by a device.

A page of plain memory has a pointer, biased so that it is indexed with the full address; the processor uses it without
a call. A page without one (`NULL`) is a trap: the slot of the page says which device answers. Traps also serve what has to
see accesses to memory: a watchpoint or a cheat takes the pointer away and nothing else changes, so that it costs nothing
where it is not used.

    pointers  rp[page], wp[page]     what a processor reads and writes directly
    slots     slots[page]            who is there; the pointers are derived from it
    traps     traps[page]            reasons to hide the pointers
    behind    behind[page]           who answers where the slot is a watcher's (watch.pyx)
    runs      run_start, run_end     how far plain memory goes on around a page
    hooks     a bit an address       where runs stop; between two of them code runs as if there were none

A processor may count further than it has address lines, as the 6507 does. Its bus has the size that the lines reach, and for
the addresses behind that, up to `reach`, mirrors of the pointers and slots, so that no access has to mask its address.
"""

from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memmove
from retrovm.core.python_device cimport PythonDevice

from retrovm.core.types import Access as AccessKind
from retrovm.core.errors import ArgumentError


cdef class Tracer:
    """Records every cycle of a bus while it is attached to it. At most 16 million cycles, then it says so."""

    def __dealloc__(self):
        free(self.cycles)

    cdef void record(self, tick_t tick, uint32_t addr, uint8_t value, Access kind, bint write) noexcept nogil:
        cdef size_t room
        cdef void *grown
        if self.count == self.room:
            room = 2 * self.room + 64
            grown = NULL if room > 1 << 24 else realloc(self.cycles, room * sizeof(BusCycle))
            if grown == NULL:
                self.overflow = True
                return
            self.cycles = <BusCycle *> grown
            self.room = room
        self.cycles[self.count].tick = tick
        self.cycles[self.count].addr = addr
        self.cycles[self.count].value = value
        self.cycles[self.count].kind = kind
        self.cycles[self.count].write = write
        self.count = self.count + 1

    def __len__(self):
        return self.count

    def clear(self):
        """Forgets what was recorded."""
        self.count = 0
        self.overflow = False

    def rows(self):
        """[(tick, address, value, "read" or "write")] of every cycle, in order.

        Raises `OverflowError` when more cycles passed than fit.
        """
        self.complete()
        cdef BusCycle *c = self.cycles
        cdef size_t i
        return [(c[i].tick, c[i].addr, c[i].value, "write" if c[i].write else "read") for i in range(self.count)]

    def kinds(self):
        """The `Access` of every cycle, in order."""
        self.complete()
        cdef size_t i
        return [AccessKind(self.cycles[i].kind) for i in range(self.count)]

    def complete(self):
        if self.overflow:
            raise OverflowError(f"more than the {self.count} bus cycles that a trace holds have passed; "
                                f"read the trace more often")


cdef class OpenBus(Device):
    """Nobody there: a read gives what the data lines carried last."""

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        return (<Bus> self.bus).data

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        return (<Bus> self.bus).data


cdef class Split(Device):
    """A page that several parts share: each of its addresses has a slot of its own."""

    def __dealloc__(self):
        free(self.slots)
        free(self.timed)

    cdef void place(self, uint32_t addr, Slot slot) noexcept nogil:
        self.slots[addr - self.first] = slot

    cdef int survey(self) except -1:
        """Finds the parts that have events, so that `next_event`, which every access asks, need not."""
        cdef uint32_t i, known
        cdef PyObject *device
        if self.timed == NULL:
            self.timed = <PyObject **> calloc(self.size, sizeof(void *))
            if self.timed == NULL:
                raise MemoryError
        self.timed_count = 0
        for i in range(self.size):
            device = self.slots[i].device
            known = 0
            while known < self.timed_count and self.timed[known] != device:
                known += 1
            if known == self.timed_count and (<Device> device).last != NEVER:
                self.timed[known] = device
                self.timed_count += 1
        return 0

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        cdef Slot *slot = &self.slots[addr]
        if (<Device> slot.device).last < self.last:
            (<Device> slot.device).run_to(self.last)
        return (<Device> slot.device).read((addr + self.first - slot.base) & slot.mask, kind)

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        cdef Slot *slot = &self.slots[addr]
        if (<Device> slot.device).last < self.last:
            (<Device> slot.device).run_to(self.last)
        (<Device> slot.device).write((addr + self.first - slot.base) & slot.mask, value)

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        cdef Slot *slot = &self.slots[addr]
        return (<Device> slot.device).peek((addr + self.first - slot.base) & slot.mask)

    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil:
        cdef Slot *slot = &self.slots[addr]
        return (<Device> slot.device).poke((addr + self.first - slot.base) & slot.mask, value)

    cdef tick_t next_event(self) noexcept nogil:
        cdef tick_t due = NEVER
        cdef tick_t event
        cdef uint32_t i
        for i in range(self.timed_count):
            event = (<Device> self.timed[i]).next_event()
            if event < due:
                due = event
        return due


cdef uint32_t power_of_two(value, str what) except 0:
    if not isinstance(value, int) or not 0 < value <= 1 << 30 or value & (value - 1):
        raise ArgumentError(f"{what} is a power of two up to 2**30, not {value!r}")
    return value


cdef class Bus:
    """`Bus(clock, size=65536, page_size=256, name="bus")`: an empty address space of `size` bytes.

    Map parts with `map`; what is mapped later lies on top. Addresses wrap at `size`.
    """

    def __cinit__(self, *args, **kwargs):
        self.parts = []
        self.regions = []

    def __init__(self, Clock clock not None, size=0x10000, page_size=0x100, str name="bus"):
        cdef uint32_t page
        cdef Slot nobody
        self.name = name
        self.clock = clock
        self.size = power_of_two(size, "the size of an address space")
        self.page_size = power_of_two(page_size, "the size of a page")
        if self.page_size > self.size or self.size // self.page_size > 1 << 20:
            raise ArgumentError(f"an address space of {size} bytes cannot have pages of {page_size} bytes")
        self.mask = self.size - 1
        self.shift = self.page_size.bit_length() - 1
        self.pages = self.size >> self.shift
        self.traps = <uint8_t *> calloc(self.pages, 1)
        if self.traps == NULL:
            raise MemoryError
        self.make_tables(self.size)
        self.open_bus = OpenBus("open bus")
        self.open_bus.bus = <PyObject *> self
        nobody = self.nobody()
        for page in range(self.pages):
            self.slots[page] = nobody
        self.generation = 1
        self.writing = Access.WRITE

    def __dealloc__(self):
        self.free_tables()
        free(self.behind)
        free(self.traps)
        free(self.hooks)
        free(self.hook_list)

    def __repr__(self):
        return f"<Bus {self.name!r}: {self.size} bytes>"

    cdef void free_tables(self) noexcept nogil:
        free(self.rp)
        free(self.slots)
        free(self.run_start)
        free(self.run_end)

    cdef int make_tables(self, uint32_t reach) except -1:
        """Empty tables for the addresses below `reach`."""
        cdef uint32_t pages = reach >> self.shift
        self.free_tables()
        self.rp = <uint8_t **> calloc(2 * pages, sizeof(void *))
        self.slots = <Slot *> calloc(pages, sizeof(Slot))
        self.run_start = <uint32_t *> calloc(pages, sizeof(uint32_t))
        self.run_end = <uint32_t *> calloc(pages, sizeof(uint32_t))
        if not (self.rp and self.slots and self.run_start and self.run_end):
            raise MemoryError
        self.wp = self.rp + pages
        self.reach = reach
        return 0

    cdef int extend(self, uint32_t reach) except -1:
        """Lets a processor use the addresses below `reach`, a multiple of `size`: they are mirrors."""
        cdef uint32_t page
        cdef Slot *mapped = self.slots
        if reach <= self.reach:
            return 0
        self.slots = NULL
        try:
            self.make_tables(reach)
            for page in range(self.pages):
                self.slots[page] = mapped[page]
                self.publish(page)
        finally:
            free(mapped)
        return 0

    # --- the map ------------------------------------------------------------------------------------------------

    cdef Slot nobody(self) noexcept:
        cdef Slot slot
        slot.device = <PyObject *> self.open_bus
        slot.memory = NULL
        slot.writable = False
        slot.base = 0
        slot.mask = 0xFFFFFFFF
        return slot

    def map(self, start, size, Device device not None, *, mirror=None, offset=0):
        """Lets `device` answer at `size` addresses from `start`.

        Parameters
            device  a `Memory` is reached by pointer wherever whole pages of it are mapped
            mirror  the device repeats every so many bytes, a power of two: its registers, or a part of its memory
            offset  the address inside the device that appears at `start`
        Raises `ArgumentError` when the region leaves the address space.
        """
        cdef Slot slot
        cdef Memory memory
        cdef uint32_t period, at
        if not 0 <= start < self.size or not 0 < size <= self.size - start:
            raise ArgumentError(f"{self.name}: {device.name} at ${start:04X} with {size} bytes leaves the address space "
                             f"$0000-${self.size - 1:04X}")
        period = self.size if mirror is None else power_of_two(mirror, "the distance of mirrors")
        self.parts.append(device)
        self.regions.append((start, start + size - 1, device.name, device, mirror))
        if isinstance(device, PythonDevice) and device.clock is None:
            device.clock = self.clock        # also without a machine: an exception has to end the run
        slot.device = <PyObject *> device
        slot.memory = NULL
        slot.writable = False
        slot.base = <uint32_t> (start - offset) if mirror is None else <uint32_t> start
        slot.mask = 0xFFFFFFFF if mirror is None else period - 1
        if not isinstance(device, Memory):
            if mirror is not None and offset:
                raise ArgumentError("a mirrored device has no offset: its registers begin at the start of the region")
            self.map_slot(start, size, slot)
            return
        memory = <Memory> device
        if mirror is not None and period > memory.size - offset:
            raise ArgumentError(f"{self.name}: {device.name} has {memory.size} bytes, less than a mirror of {period}")
        if mirror is None and offset + size > memory.size:
            raise ArgumentError(f"{self.name}: {device.name} has {memory.size} bytes; "
                             f"${start:04X}-${start + size - 1:04X} needs {offset + size}: give mirror=")
        for at in range(start, start + size, period):
            slot.base = <uint32_t> (at - <uint32_t> offset)
            slot.mask = 0xFFFFFFFF
            slot.memory = <uint8_t *> (<size_t> memory.data + <uint32_t> offset - at) if memory.plain else NULL
            slot.writable = memory.writable
            self.map_slot(at, min(period, <uint32_t> (start + size - at)), slot)

    def unmap(self, start, size):
        """Leaves nobody at these addresses."""
        if not 0 <= start < self.size or not 0 < size <= self.size - start:
            raise ArgumentError(f"{self.name}: ${start:04X} with {size} bytes leaves the address space")
        self.regions.append((start, start + size - 1, "open bus", None, None))
        self.map_slot(start, size, self.nobody())

    cdef int map_slot(self, uint32_t start, uint32_t size, Slot slot) except -1:
        """Puts a slot into whole pages, and into a `Split` where only a part of a page is meant."""
        cdef uint32_t page, at, first, end = start + size
        cdef Split split
        cdef Slot shared
        for page in range(start >> self.shift, ((end - 1) >> self.shift) + 1):
            first = page << self.shift
            if first >= start and first + self.page_size <= end:
                self.place(page, slot)
                self.publish(page)
                continue
            split = self.split(page)
            for at in range(max(first, start), min(first + self.page_size, end)):
                split.place(at, slot)
            split.survey()
            shared.device = <PyObject *> split
            shared.memory = NULL
            shared.writable = False
            shared.base = first
            shared.mask = self.page_size - 1
            self.place(page, shared)
            self.publish(page)
        if start < COVERED and self.on_chip is not None and slot.device != <PyObject *> self.on_chip:
            self.cover_again()

    # A processor may have registers on its own chip. What is mapped at their addresses, whenever that is, lies below them.

    cdef int cover(self, Device part) except -1:
        """Lets a part of the processor's own chip answer at the first `COVERED` addresses."""
        if self.on_chip is not None:
            raise ArgumentError(f"{self.name}: {self.on_chip.name} of another processor is at its first addresses already")
        self.on_chip = part
        self.regions.append((0, COVERED - 1, part.name, part, None))
        return self.cover_again()

    cdef int cover_again(self) except -1:
        cdef Slot slot = self.nobody()
        cdef Split split = self.split(0)
        cdef int addr
        slot.device = <PyObject *> self.on_chip
        for addr in range(COVERED):
            if split.slots[addr].device != slot.device:
                self.covered[addr] = split.slots[addr]
        return self.map_slot(0, COVERED, slot)

    cdef void write_covered(self, uint32_t addr, uint8_t value) noexcept nogil:
        """A write that reaches what lies below a part of the processor's chip."""
        cdef Slot *slot = &self.covered[addr]
        if (<Device> slot.device).last < self.clock.now:
            (<Device> slot.device).run_to(self.clock.now)
        (<Device> slot.device).write((addr - slot.base) & slot.mask, value)

    cdef Split split(self, uint32_t page):
        """The `Split` of this page; a new one holds what the page had."""
        cdef Split split
        cdef Slot whole = self.answering(page)
        cdef uint32_t i
        if isinstance(<Device> whole.device, Split):
            return <Split> whole.device
        split = Split(f"page ${page << self.shift:04X}")
        split.last = 0                   # so that the bus tells it the time, which it hands on
        split.first = page << self.shift
        split.size = self.page_size
        split.slots = <Slot *> calloc(self.page_size, sizeof(Slot))
        if split.slots == NULL:
            raise MemoryError
        for i in range(self.page_size):
            split.slots[i] = whole
        self.parts.append(split)
        return split

    # Before who answers in a watched page stands the watcher. The slot keeps the memory that it hides.

    cdef Slot answering(self, uint32_t page) noexcept nogil:
        """Who answers in a page, watched or not."""
        return self.behind[page] if self.traps[page] & (WATCH_READ | WATCH_WRITE) else self.slots[page]

    cdef void place(self, uint32_t page, Slot slot) noexcept nogil:
        """Lets somebody answer in a page, watched or not."""
        if self.traps[page] & (WATCH_READ | WATCH_WRITE):
            self.behind[page] = slot
            slot.device = <PyObject *> self.watcher
            slot.base = 0
            slot.mask = 0xFFFFFFFF
        self.slots[page] = slot

    cdef int watch_page(self, uint32_t page, uint8_t bits) except -1:
        """Puts the watcher before a page, for WATCH_READ, WATCH_WRITE or both, or takes it away (0)."""
        cdef Slot slot = self.answering(page)
        cdef uint8_t traps = self.traps[page] & (TRAP_READ | TRAP_WRITE) | bits
        if traps == self.traps[page]:
            return 0
        if self.behind == NULL:
            self.behind = <Slot *> calloc(self.pages, sizeof(Slot))
            if self.behind == NULL:
                raise MemoryError
        self.traps[page] = traps
        self.place(page, slot)
        self.publish(page)
        return 0

    cdef void publish(self, uint32_t page) noexcept nogil:
        """Derives the pointers of a page from its slot and its traps, and those of its mirrors."""
        cdef Slot slot = self.slots[page]
        cdef uint8_t traps = self.traps[page]
        while page < self.reach >> self.shift:
            self.slots[page] = slot
            self.rp[page] = NULL if self.hidden or traps & (TRAP_READ | WATCH_READ) else slot.memory
            self.wp[page] = (NULL if self.hidden or traps & (TRAP_WRITE | WATCH_WRITE) or not slot.writable
                             else slot.memory)
            page += self.pages
            slot.base += self.size
            if slot.memory != NULL:
                slot.memory = <uint8_t *> (<size_t> slot.memory - self.size)
        self.generation = self.generation + 1
        self.clock.wake()

    cdef void hide(self, bint hidden) noexcept nogil:
        """Sends every access through the device interface, or ends that: for a processor that has to look at each."""
        cdef uint32_t page
        if hidden != self.hidden:
            self.hidden = hidden
            for page in range(self.pages):
                self.publish(page)

    cdef void expose(self, Memory memory, bint plain) noexcept nogil:
        """Reaches a memory by pointers again, or no longer: for one that has times in which it gives no plain bytes."""
        cdef uint32_t page, at
        cdef Slot *slot
        memory.plain = plain
        for page in range(self.pages):
            slot = &self.slots[page]
            if slot.device == <PyObject *> memory:
                at = page << self.shift
                slot.memory = <uint8_t *> (<size_t> memory.data + (at - slot.base) - at) if plain else NULL
                self.publish(page)

    cdef void find_runs(self) noexcept nogil:
        """Finds, for each page, how far the same memory goes on around it without a trap, or to the end of a mirror."""
        cdef uint32_t page, i, first = 0
        cdef uint32_t pages = self.reach >> self.shift
        cdef bint plain
        if self.run_generation == self.generation:
            return
        for page in range(1, pages + 1):
            plain = self.rp[first] != NULL
            if page & (self.pages - 1) and plain and self.rp[page] == self.rp[first]:
                continue
            for i in range(first, page):
                self.run_start[i] = first << self.shift
                self.run_end[i] = (page if plain else first) << self.shift
            first = page
        self.run_generation = self.generation

    cdef CodeWindow code_window(self, uint32_t addr, uint32_t size) noexcept nogil:
        """Where an instruction of at most `size` bytes may start without asking, around an address; empty if not there.

        Every byte of it is plain memory then, reached by the pointer of the page, and none of its starts has a hook.
        """
        cdef uint32_t page = addr >> self.shift
        cdef CodeWindow window
        self.find_runs()
        window.start = self.run_start[page]
        window.end = self.run_end[page]
        if window.end < addr + size:
            window.end = window.start
        else:
            window.end -= size - 1
            if self.hook_count:
                self.cut_at_hooks(&window, addr)
        return window

    cdef void cut_at_hooks(self, CodeWindow *window, uint32_t addr) noexcept nogil:
        cdef uint32_t mirror = addr & ~self.mask
        cdef int i = self.first_hook(addr & self.mask)
        if i < self.hook_count and mirror + self.hook_list[i] < window.end:
            window.end = mirror + self.hook_list[i]
        if i and mirror + self.hook_list[i - 1] >= window.start:
            window.start = mirror + self.hook_list[i - 1] + 1

    cdef int first_hook(self, uint32_t addr) noexcept nogil:
        """The place in `hook_list` of the first hook at or behind an address."""
        cdef int low = 0
        cdef int high = self.hook_count
        cdef int middle
        while low < high:
            middle = (low + high) >> 1
            if self.hook_list[middle] < addr:
                low = middle + 1
            else:
                high = middle
        return low

    def trap(self, start, size, bint read=True, bint write=True):
        """Sends accesses to these addresses through the device interface, also where plain memory is. Whole pages."""
        self.set_traps(start, size, (TRAP_READ if read else 0) | (TRAP_WRITE if write else 0), True)

    def untrap(self, start, size):
        """Takes back `trap`."""
        self.set_traps(start, size, TRAP_READ | TRAP_WRITE, False)

    cdef void set_traps(self, uint32_t start, uint32_t size, uint8_t bits, bint on) noexcept nogil:
        cdef uint32_t page
        for page in range((start & self.mask) >> self.shift, (((start + size - 1) & self.mask) >> self.shift) + 1):
            self.traps[page] = self.traps[page] | bits if on else self.traps[page] & ~bits
            self.publish(page)

    def map_table(self):
        """[(first, last, name, device or None, mirror or None)] in the order of mapping: later rows lie on top."""
        return list(self.regions)

    # --- looking and touching from outside ------------------------------------------------------------------------

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        cdef Slot *slot = &self.slots[(addr & self.mask) >> self.shift]
        return (<Device> slot.device).peek(((addr & self.mask) - slot.base) & slot.mask)

    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil:
        cdef Slot *slot = &self.slots[(addr & self.mask) >> self.shift]
        return (<Device> slot.device).poke(((addr & self.mask) - slot.base) & slot.mask, value)

    def read(self, addr):
        """A real read at the present tick, with every side effect."""
        cdef uint32_t at = addr & self.mask
        self.clock.dispatch(self.clock.now)
        # Within a run it is a part of the machine that reads, past the processor.
        self.data = trap_read(self, at, Access.DMA if self.clock.running else Access.READ, self.clock.now)
        return self.data

    def write(self, addr, value):
        """A real write at the present tick, with every side effect."""
        self.clock.dispatch(self.clock.now)
        self.data = value
        self.writing = Access.DMA
        trap_write(self, addr & self.mask, value, self.clock.now)
        self.writing = Access.WRITE

    def peek_bytes(self, start, size):
        """`size` bytes from `start`, as bytes, without any side effect. Wraps at the end of the address space."""
        cdef bytearray found = bytearray(size)
        cdef uint32_t i, first = start & self.mask, count = size
        for i in range(count):
            found[i] = self.peek(first + i)
        return bytes(found)

    def poke_bytes(self, start, data):
        """Stores bytes without any side effect. Raises `ArgumentError`, before anything changes, where nothing is stored."""
        cdef bytes values = bytes(data)
        cdef uint32_t i, at, first = start & self.mask, count = len(values)
        for i in range(count):
            at = (first + i) & self.mask
            if not self.poke(at, self.peek(at)):
                raise ArgumentError(f"{self.name}: ${at:04X} is {self.who(at)}, which stores no byte to poke; "
                                 f"a real access is memory.write(0x{at:04X}, value)")
        for i in range(count):
            self.poke(first + i, values[i])

    def who(self, addr):
        """The name of the part that answers at this address."""
        cdef uint32_t at = addr & self.mask
        cdef Slot slot = self.answering(at >> self.shift)
        if isinstance(<Device> slot.device, Split):
            slot = (<Split> slot.device).slots[at & (self.page_size - 1)]
        return (<Device> slot.device).name

    cdef int sync(self, State state) except -1:
        return state.u8("data", &self.data)

    # --- hooks and traces -------------------------------------------------------------------------------------------

    def hook(self, addr, bint on=True):
        """Makes runs stop before the instruction at this address, or no longer."""
        cdef uint32_t at = addr & self.mask
        cdef uint8_t bit = 1 << (at & 7)
        cdef int i = self.first_hook(at)
        cdef void *grown
        if self.hooks == NULL:
            self.hooks = <uint8_t *> calloc((self.size + 7) >> 3, 1)
            if self.hooks == NULL:
                raise MemoryError
        if ((self.hooks[at >> 3] & bit) != 0) == on:
            return
        if on:
            grown = realloc(self.hook_list, (self.hook_count + 1) * sizeof(uint32_t))
            if grown == NULL:
                raise MemoryError
            self.hook_list = <uint32_t *> grown
            memmove(self.hook_list + i + 1, self.hook_list + i, (self.hook_count - i) * sizeof(uint32_t))
            self.hook_list[i] = at
            self.hook_count += 1
        else:
            self.hook_count -= 1
            memmove(self.hook_list + i, self.hook_list + i + 1, (self.hook_count - i) * sizeof(uint32_t))
        self.hooks[at >> 3] ^= bit
        self.clock.wake()                # a run that goes on has a code window

    def trace(self, Tracer tracer):
        """Records every cycle from now on into `tracer`; None ends it."""
        self.tracer = tracer
        self.tracing = tracer is not None
