"""An address space: a table of pages that are plain memory or answered by a device."""

from cpython.object cimport PyObject
from retrovm.core.clock cimport Clock
from retrovm.core.device cimport Device
from retrovm.core.memory cimport Memory
from retrovm.core.state cimport State
from retrovm.core.types cimport NEVER, Access, tick_t, unlikely
from libc.stdint cimport uint8_t, uint32_t


cdef enum:
    COVERED = 2                # addresses of a processor's own chip


cdef enum Trap:                # why a page hides its pointers
    TRAP_READ = 1
    TRAP_WRITE = 2
    WATCH_READ = 4             # likewise, and the bus's `watcher` stands before who answers there
    WATCH_WRITE = 8


cdef struct Slot:              # who answers in a page
    PyObject *device
    uint8_t *memory            # biased: indexed with the full address; NULL where there is no plain memory
    bint writable              # the memory takes writes
    uint32_t base              # the device sees (address - base) & mask
    uint32_t mask


cdef struct CodeWindow:        # instructions may start from `start` on, and below `end`
    uint32_t start, end


cdef struct BusCycle:          # one recorded cycle
    tick_t tick
    uint32_t addr
    uint8_t value
    uint8_t kind               # an Access
    uint8_t write


cdef class Tracer:
    """Records every cycle of a bus while it is attached to it."""

    cdef BusCycle *cycles
    cdef size_t count, room
    cdef bint overflow
    cdef void record(self, tick_t tick, uint32_t addr, uint8_t value, Access kind, bint write) noexcept nogil


cdef class OpenBus(Device):
    cdef PyObject *bus                # not state: wiring


cdef class Split(Device):
    """A page that several parts share: each of its addresses has a slot of its own."""

    cdef Slot *slots                  # not state: wiring, who answers at each address
    cdef uint32_t first, size         # not state: wiring, the addresses of the page
    cdef PyObject **timed             # not state: derived, the parts in which time passes
    cdef uint32_t timed_count         # not state: derived
    cdef int survey(self) except -1
    cdef void place(self, uint32_t addr, Slot slot) noexcept nogil


cdef class Bus:
    cdef readonly str name            # not state: wiring
    cdef readonly uint32_t size       # not state: wiring
    cdef readonly uint32_t page_size  # not state: wiring
    cdef readonly uint32_t reach      # not state: wiring, of the addresses below it every page has pointers and a slot
    cdef readonly Clock clock         # not state: wiring
    cdef uint32_t mask, shift, pages  # not state: wiring; pages are those of `size`
    cdef uint8_t **rp                 # not state: derived, the biased read pointer of each page, NULL = ask the slot
    cdef uint8_t **wp                 # not state: derived, likewise; behind the read pointers, so that one register serves both
    cdef Slot *slots                  # not state: wiring; who switches banks maps them anew when it is restored
    cdef bint hidden                  # not state: derived, every page is hidden for the moment
    cdef uint8_t *traps               # not state: of the session, the Trap bits of each page
    cdef uint32_t *run_start          # not state: derived, first and one past the last address of the run of plain pages around
    cdef uint32_t *run_end            # not state: derived, likewise
    cdef uint32_t run_generation      # not state: derived
    cdef uint32_t generation          # not state: derived, counts changes of the map
    cdef uint8_t data                 # what the data lines carried last
    cdef Tracer tracer                # not state: of the session
    cdef bint tracing                 # not state: of the session
    cdef uint8_t *hooks               # not state: of the session, a bit an address: stop before the instruction there
    cdef uint32_t *hook_list          # not state: of the session, the same in order
    cdef int hook_count               # not state: of the session
    cdef list parts                   # not state: keeps alive what the slots point to
    cdef list regions                 # not state: wiring
    cdef OpenBus open_bus             # not state: wiring
    cdef Device on_chip               # not state: wiring, a part of the processor's own chip, at the first addresses
    cdef Slot[COVERED] covered        # not state: wiring, who would answer there
    cdef Device watcher               # not state: of the session, sees the accesses to watched pages
    cdef Slot *behind                 # not state: wiring, who answers in each watched page; NULL before the first
    cdef bint watching                # not state: of the session, some page is watched
    cdef uint32_t instruction         # not state: while watching, the address of the one that makes the present access
    cdef Access writing               # not state: while watching, the kind of the present write

    cdef void free_tables(self) noexcept nogil
    cdef int make_tables(self, uint32_t reach) except -1
    cdef int extend(self, uint32_t reach) except -1
    cdef Slot nobody(self) noexcept
    cdef Slot answering(self, uint32_t page) noexcept nogil
    cdef void place(self, uint32_t page, Slot slot) noexcept nogil
    cdef int watch_page(self, uint32_t page, uint8_t bits) except -1
    cdef Split split(self, uint32_t page)
    cdef void set_traps(self, uint32_t start, uint32_t size, uint8_t bits, bint on) noexcept nogil
    cdef void publish(self, uint32_t page) noexcept nogil
    cdef void hide(self, bint hidden) noexcept nogil
    cdef void expose(self, Memory memory, bint plain) noexcept nogil
    cdef void find_runs(self) noexcept nogil
    cdef CodeWindow code_window(self, uint32_t addr, uint32_t size) noexcept nogil
    cdef void cut_at_hooks(self, CodeWindow *window, uint32_t addr) noexcept nogil
    cdef int first_hook(self, uint32_t addr) noexcept nogil
    cdef int cover(self, Device part) except -1
    cdef int cover_again(self) except -1
    cdef void write_covered(self, uint32_t addr, uint8_t value) noexcept nogil
    cdef int map_slot(self, uint32_t start, uint32_t size, Slot slot) except -1
    cdef uint8_t peek(self, uint32_t addr) noexcept nogil
    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil
    cdef int sync(self, State state) except -1


# The two functions through which a processor reaches a page without a pointer. The device is first brought up to
# the cycle of the access, and what it will do next is asked afterwards, so that no chip can forget either. An idle one
# has nothing to catch up with and nothing to say.

cdef inline bint idle(PyObject *device, tick_t now) noexcept nogil:
    """True where an access at this tick is a call of `read` or `write` and nothing else."""
    if (<Device> device).last != NEVER:
        if now >= (<Device> device).idle_until:
            return False
        (<Device> device).last = now
    return True


cdef inline uint8_t trap_read(Bus bus, uint32_t addr, Access kind, tick_t now) noexcept nogil:
    cdef Slot *slot = &bus.slots[addr >> bus.shift]
    cdef PyObject *device = slot.device
    cdef uint8_t value
    addr = (addr - slot.base) & slot.mask
    bus.clock.now = now
    if idle(device, now):
        return (<Device> device).read(addr, kind)
    if (<Device> device).last < now:
        (<Device> device).run_to(now)
    value = (<Device> device).read(addr, kind)
    bus.clock.expect((<Device> device).next_event())
    return value


cdef inline void trap_write(Bus bus, uint32_t addr, uint8_t value, tick_t now) noexcept nogil:
    cdef Slot *slot = &bus.slots[addr >> bus.shift]
    cdef PyObject *device = slot.device
    addr = (addr - slot.base) & slot.mask
    bus.clock.now = now
    if idle(device, now):
        (<Device> device).write(addr, value)
        return
    if (<Device> device).last < now:
        (<Device> device).run_to(now)
    (<Device> device).write(addr, value)
    bus.clock.expect((<Device> device).next_event())


cdef inline bint hooked(Bus bus, uint32_t addr) noexcept nogil:
    """True where a run has to stop before the instruction at this address."""
    return bus.hook_count and (bus.hooks[(addr & bus.mask) >> 3] >> (addr & 7)) & 1
