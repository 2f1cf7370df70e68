"""Watchpoints: accesses to memory and registers that are told, or that end a run.

A `Watcher` stands before whoever answers in a watched page, hands every access on, and notes those that somebody waits for.
Only the pages that are watched, and only in the direction that is watched, lose their pointers; a bus without watchpoints
has no watcher.

An access that is waited for lets the run end after the instruction that made it, as a fault of a device does. Then the
machine is at rest and tells what was noted (`Machine.call_watches`); so whoever is called sees registers and memory as they
are between two instructions, may change them, and takes no part in the time of the machine.
"""

from dataclasses import dataclass

from libc.stdlib cimport free, realloc
from retrovm.core.bus cimport WATCH_READ, WATCH_WRITE, Slot, idle
from retrovm.core.cpu cimport Cpu

from retrovm.core.errors import ArgumentError
from retrovm.core.types import Access as AccessKind

cdef enum:
    MOST_HITS = 0x1000000      # of one instruction, should RDY repeat its access that often

# What counts, as bits of `Access`: (reads, writes).
REAL = 1 << AccessKind.READ | 1 << AccessKind.WRITE | 1 << AccessKind.DMA
ANY = (1 << len(AccessKind)) - 1
COUNTED = {"write": (0, REAL), "read": (REAL, 0), "access": (REAL, REAL), "bus": (ANY, ANY)}


@dataclass(frozen=True)
class WatchEvent:
    """An access that a watchpoint waited for.

    Attributes
        watch    the `Watch`
        address  on the lines of the bus
        value    that was read or written
        old      what a look without side effects gave there just before a write; None for a read
        kind     "read" or "write"
        access   why it was made, an `Access`
        cycle    its number, as in `cpu.cycles` and `trace_bus`
        pc       the address of the instruction that made it; before an interrupt, of the one that comes after it; None
                 where another part than the processor did
    """

    watch: object
    address: int
    value: int
    old: int | None
    kind: str
    access: AccessKind
    cycle: int
    pc: int | None


class Watch:
    """A watchpoint, made by `vm.watch`. It works until `remove()`, or to the end of its `with` block.

    Attributes
        first, last  the addresses, both included
        on           "write", "read", "access" or "bus"
        value        that counts; None for any
        callback     `callback(machine, event)`, or None where it stops the run
    """

    def __init__(self, machine, watcher, first, last, on, value, callback):
        self.first, self.last, self.on, self.value, self.callback = first, last, on, value, callback
        self._machine = machine              # keeps the bus alive, to which the watcher only points
        self._watcher = watcher
        self._id = watcher.add(self)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.remove()

    def __repr__(self):
        value = "" if self.value is None else f", value=${self.value:02X}"
        return f"<Watch ${self.first:04X}-${self.last:04X}, on={self.on!r}{value}>"

    @property
    def active(self):
        """True until it is removed."""
        return self._id is not None

    def remove(self):
        """Ends it, now; it may be ended already."""
        if self._id is not None:
            self._watcher.remove(self._id)
            self._id = None


cdef class Watcher(Device):
    """Stands before the parts in the watched pages of a bus. Addresses are those of the bus."""

    def __init__(self, Bus bus not None):
        super().__init__("watcher")
        self.last = 0                    # so that the bus asks for the events of the part behind
        self.bus = <PyObject *> bus
        self.watches = {}

    def __dealloc__(self):
        free(self.points)
        free(self.hits)

    # --- between the bus and a part -------------------------------------------------------------------------------

    cdef PyObject *answering(self, uint32_t addr, uint32_t *at) noexcept nogil:
        """Who answers at an address, and its own address for it."""
        cdef Slot *slot = &(<Bus> self.bus).behind[addr >> (<Bus> self.bus).shift]
        at[0] = (addr - slot.base) & slot.mask
        return slot.device

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        cdef uint32_t at
        cdef PyObject *part = self.answering(addr, &at)
        cdef tick_t now = (<Bus> self.bus).clock.now
        cdef uint8_t value
        if not idle(part, now) and (<Device> part).last < now:
            (<Device> part).run_to(now)
        value = (<Device> part).read(at, kind)
        self.touched = part
        if self.wanted(addr, value, kind, False):
            self.note(addr, value, value, kind, False)
        return value

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        cdef uint32_t at
        cdef PyObject *part = self.answering(addr, &at)
        cdef tick_t now = (<Bus> self.bus).clock.now
        cdef Access kind = (<Bus> self.bus).writing
        if not idle(part, now) and (<Device> part).last < now:
            (<Device> part).run_to(now)
        if self.wanted(addr, value, kind, True):
            self.note(addr, value, (<Device> part).peek(at), kind, True)
        (<Device> part).write(at, value)
        self.touched = part

    cdef tick_t next_event(self) noexcept nogil:
        return (<Device> self.touched).next_event()

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        cdef uint32_t at
        cdef PyObject *part = self.answering(addr, &at)
        return (<Device> part).peek(at)

    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil:
        cdef uint32_t at
        cdef PyObject *part = self.answering(addr, &at)
        return (<Device> part).poke(at, value)

    # --- what is waited for -----------------------------------------------------------------------------------------

    cdef bint wants(self, const Point *point, uint32_t addr, uint8_t value, Access kind, bint write) noexcept nogil:
        return (point.first <= addr <= point.last and (point.writes if write else point.reads) >> <int> kind & 1
                and (point.value < 0 or point.value == value))

    cdef bint wanted(self, uint32_t addr, uint8_t value, Access kind, bint write) noexcept nogil:
        """Whether anyone waits for this. What the host does between runs is not the machine's doing."""
        cdef uint32_t i
        if (<Bus> self.bus).clock.running:
            for i in range(self.count):
                if self.wants(&self.points[i], addr, value, kind, write):
                    return True
        return False

    cdef void note(self, uint32_t addr, uint8_t value, uint8_t old, Access kind, bint write) noexcept nogil:
        """Keeps an access for everyone who waits for it, and ends the run after the instruction."""
        cdef uint32_t i
        cdef size_t room
        cdef void *grown
        cdef Hit *hit
        for i in range(self.count):
            if not self.wants(&self.points[i], addr, value, kind, write):
                continue
            if self.hit_count == self.hit_room:
                room = 2 * self.hit_room + 16
                grown = NULL if room > MOST_HITS else realloc(self.hits, room * sizeof(Hit))
                if grown == NULL:
                    self.overflow = True
                    break
                self.hits = <Hit *> grown
                self.hit_room = room
            hit = &self.hits[self.hit_count]
            hit.id = self.points[i].id
            hit.tick = (<Bus> self.bus).clock.now
            hit.addr = addr
            hit.instruction = (<Bus> self.bus).instruction
            hit.value = value
            hit.old = old
            hit.kind = <uint8_t> kind
            hit.write = write
            self.hit_count = self.hit_count + 1
        (<Bus> self.bus).clock.stop = True
        (<Bus> self.bus).clock.wake()

    # --- for Python ---------------------------------------------------------------------------------------------------

    def add(self, watch):
        """Lets a `Watch` begin; returns its number. `BusyError` in the middle of a run, as for `remove`."""
        if watch.on not in tuple(COUNTED):
            raise ArgumentError(f"a watchpoint is on {', '.join(COUNTED)}, not {watch.on!r}")
        if watch.value is not None and not (isinstance(watch.value, int) and 0 <= watch.value <= 0xFF):
            raise ArgumentError(f"a watchpoint waits for a byte, 0 to 255, or None for any, not {watch.value!r}")
        if watch.callback is not None and not callable(watch.callback):
            raise ArgumentError("a watchpoint calls callback(machine, event), or stops the run where that is None, and "
                                f"{watch.callback!r} is neither; of vm.watch, several addresses are one argument: (first, last)")
        (<Bus> self.bus).clock.begin()           # a run that goes on has its pointers from the pages
        try:
            return self.begin(watch)
        finally:
            (<Bus> self.bus).clock.end()

    cdef uint32_t begin(self, watch) except? 0:
        cdef Point point
        point.id = self.last_id + 1
        point.first, point.last = watch.first, watch.last
        point.reads, point.writes = COUNTED[watch.on]
        point.value = -1 if watch.value is None else watch.value
        grown = <Point *> realloc(self.points, (self.count + 1) * sizeof(Point))
        if grown == NULL:
            raise MemoryError
        self.points = grown
        self.points[self.count] = point
        self.count += 1
        self.last_id += 1
        self.watches[point.id] = watch
        self.set_pages(point.first, point.last)
        return point.id

    def remove(self, uint32_t id):
        """Ends the `Watch` of this number."""
        cdef Bus bus = <Bus> self.bus
        bus.clock.begin()
        try:
            self.end(id)
        finally:
            bus.clock.end()

    cdef int end(self, uint32_t id) except -1:
        cdef uint32_t i, at = 0
        cdef Point point
        while at < self.count and self.points[at].id != id:
            at += 1
        if at == self.count:                     # another thread was first
            return 0
        point = self.points[at]
        self.count -= 1
        for i in range(at, self.count):
            self.points[i] = self.points[i + 1]
        del self.watches[id]
        return self.set_pages(point.first, point.last)

    cdef int set_pages(self, uint32_t first, uint32_t last) except -1:
        """Watches as much of the pages of these addresses as the watchpoints want."""
        cdef Bus bus = <Bus> self.bus
        cdef uint32_t page, i
        cdef uint8_t bits
        for page in range(first >> bus.shift, (last >> bus.shift) + 1):
            bits = 0
            for i in range(self.count):
                if self.points[i].first >> bus.shift <= page <= self.points[i].last >> bus.shift:
                    bits |= WATCH_READ if self.points[i].reads else 0
                    bits |= WATCH_WRITE if self.points[i].writes else 0
            bus.watch_page(page, bits)
        bus.watching = self.count != 0
        return 0

    def forget(self):
        """Drops what was noted and not told."""
        self.hit_count = 0
        self.overflow = False

    def take(self, Cpu cpu not None):
        """What was noted, once: [(number of the watch, `WatchEvent` but for its watch), ...] in order."""
        cdef Hit *hit
        cdef size_t i
        found = []
        for i in range(self.hit_count):
            hit = &self.hits[i]
            access = AccessKind(hit.kind)
            found.append((hit.id, {
                "address": hit.addr, "value": hit.value, "old": hit.old if hit.write else None,
                "kind": "write" if hit.write else "read", "access": access,
                "cycle": cpu.cycle_count - (cpu.clock.now - hit.tick) // cpu.period,
                "pc": None if access is AccessKind.DMA else hit.instruction}))
        overflow = self.overflow
        self.forget()
        if overflow:
            raise MemoryError("one instruction has made more watched accesses than can be kept")
        return found
