"""What a processor counts of the code that it runs, for coverage and profile: `cpu.begin_counting()`.

    cell    an opcode at an address, within a function: how often it ran, how often the next instruction was not the one
            behind it (a branch that was taken), and its cycles
    node    a function as it was called from one place, below whatever was under way: calls, and cycles of its own

A function is an address that was called, or that an interrupt led to; one that both lead to counts twice. Its cell is found
by the address, whose last one is at hand, so that an instruction costs two comparisons and three additions.

A call under way ends as `trace_calls` says (cpu/mos6502_calls.pyx): when a return pulls from above it, or a new call is pushed
over it. So a jump to the end of another routine does not leave a function, and a return that serves as a jump neither.

Time between two runs goes to the last instruction: the waiting behind a WAI is its own, and a handler has the cycles of the
sequence that leads to it, in a cell with the opcode `ENTRY`.

The processor has a build of its core for this (docs/architecture.md), so that the others ask nothing.
"""

from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memset

cdef enum:
    MOST = 0x400000            # cells or nodes: more are those of a program gone wild

KINDS = ("outermost", "call", "irq", "nmi", "brk", "reset", "host")


cdef uint64_t function_of(uint32_t kind, uint32_t entry) noexcept nogil:
    """A function's number, as it is in the key of its cells: whoever calls it, it is the same."""
    if kind == Kind.OUTERMOST:
        return 0
    if kind == Kind.HOST or kind == Kind.RESET:
        kind = Kind.CALL
    return (<uint64_t> kind << 32 | entry) << OPCODE_BITS


cdef inline uint32_t number_of(Tally *t, Cell *cell) noexcept nogil:
    """The place of a cell; in bytes, as a build that checks for overflow takes pointers from one another as numbers."""
    return <uint32_t> ((<size_t> cell - <size_t> t.cells) // sizeof(Cell))


cdef Cell *find_cell(Tally *t, uint32_t addr, uint32_t opcode) noexcept nogil:
    """The cell of an opcode at an address in the present function, which comes to be the first of its address."""
    cdef uint64_t key = t.function | opcode
    cdef uint32_t at = t.index[addr], before = 0, room, nature, present
    cdef void *grown
    cdef Cell *cell
    while at and t.cells[at].key != key:
        before = at
        at = t.cells[at].next
    if at:
        if before:
            t.cells[before].next = t.cells[at].next
            t.cells[at].next = t.index[addr]
            t.index[addr] = at
        return &t.cells[at]
    if t.cell_count == t.cell_room:
        room = 2 * t.cell_room
        grown = NULL if room > MOST else realloc(t.cells, room * sizeof(Cell))
        if grown == NULL:
            t.overflow = True
            return &t.cells[0]
        present = number_of(t, t.cell)
        t.cells = <Cell *> grown
        t.cell = &t.cells[present]
        t.cell_room = room
    nature = t.nature(opcode)
    at = t.cell_count
    cell = &t.cells[at]
    memset(cell, 0, sizeof(Cell))
    cell.key = key
    cell.addr = addr
    cell.behind = addr + (nature >> 8)
    cell.flow = nature & 0xFF
    cell.next = t.index[addr]
    t.index[addr] = at
    t.cell_count = at + 1
    return cell


cdef uint32_t find_node(Tally *t, uint32_t parent, Kind kind, uint32_t call, uint32_t entry) noexcept nogil:
    """The node of a function that is called from here; the parent's own where there is no room."""
    cdef uint32_t at = t.nodes[parent].child, room
    cdef void *grown
    cdef Node *node
    while at:
        node = &t.nodes[at]
        if node.entry == entry and node.call == call and node.kind == <uint32_t> kind:
            return at
        at = node.sibling
    if t.node_count == t.node_room:
        room = 2 * t.node_room
        grown = NULL if room > MOST else realloc(t.nodes, room * sizeof(Node))
        if grown == NULL:
            t.overflow = True
            return parent
        t.nodes = <Node *> grown
        t.node_room = room
    at = t.node_count
    node = &t.nodes[at]
    memset(node, 0, sizeof(Node))
    node.parent = parent
    node.kind = kind
    node.function = function_of(kind, entry)
    node.call = call
    node.entry = entry
    node.sibling = t.nodes[parent].child
    t.nodes[parent].child = at
    t.node_count = at + 1
    return at


cdef inline void go_to(Tally *t, uint32_t node) noexcept nogil:
    """Another node is what runs now."""
    t.nodes[t.node].cycles += t.last - t.since
    t.since = t.last
    t.node = node
    t.function = t.nodes[node].function


cdef inline void enter(Tally *t, Kind kind, uint32_t call, uint32_t entry, uint32_t s, uint32_t bytes) noexcept nogil:
    """A call that has pushed so many bytes: where they are, nobody else has anything now."""
    cdef uint32_t node
    while t.depth and t.frames[t.depth - 1].s < s + bytes:
        t.depth = t.depth - 1
    node = find_node(t, t.frames[t.depth - 1].node if t.depth else t.outermost, kind, call, entry)
    t.frames[t.depth].node = node
    t.frames[t.depth].s = s
    t.depth = t.depth + 1
    t.nodes[node].calls += 1
    go_to(t, node)


cdef inline void leave(Tally *t, uint32_t s) noexcept nogil:
    """A return that left the stack pointer at `s`."""
    cdef int depth = t.depth
    while t.depth and t.frames[t.depth - 1].s < s:
        t.depth = t.depth - 1
    if t.depth != depth:
        go_to(t, t.frames[t.depth - 1].node if t.depth else t.outermost)


cdef void follow(Tally *t, Cell *cell, uint32_t pc, int64_t now, uint32_t s) noexcept nogil:
    """An instruction that calls, or returns, has ended before the one at `pc`."""
    t.last = now
    if cell.flow == Flow.CALLS:
        enter(t, Kind.CALL, cell.addr, pc, s, t.bytes)
    else:
        leave(t, s)


cdef void rest(Tally *t, int64_t now) noexcept nogil:
    """Between two runs: gives the time up to this cycle to what has run last."""
    t.cells[t.resting].cycles += now - t.last
    t.last = now


cdef void open_run(Tally *t, int64_t now, int64_t left) noexcept nogil:
    """Instructions begin to be counted, by what is left of a number that falls by one a cycle."""
    rest(t, now)
    t.base = now + left
    t.cell.cycles += left


cdef void close_run(Tally *t, uint32_t pc, int64_t now, uint32_t s) noexcept nogil:
    """The last instruction of a run has ended before the one at `pc`."""
    finish(t, pc, t.base - now, s)
    t.last = now
    if t.cell != t.cells:
        t.resting = number_of(t, t.cell)
        t.cell = t.cells


cdef void take_back(Tally *t, int64_t left) noexcept nogil:
    """The instruction that has just begun did not."""
    t.cell.count -= 1
    t.cell.cycles -= left
    t.cell = t.cells
    t.cell.cycles += left


cdef void enter_handler(Tally *t, Kind kind, uint32_t call, uint32_t entry, uint32_t s, int64_t began) noexcept nogil:
    """A sequence that began at this cycle, behind a run, has led to a handler; after a reset nothing is under way."""
    cdef Cell *cell
    rest(t, began)
    if kind == Kind.RESET:
        t.depth = 0
        t.outermost = find_node(t, 0, kind, 0, entry)
        t.nodes[t.outermost].calls += 1
        go_to(t, t.outermost)
    else:
        enter(t, kind, call, entry, s, 3)
    cell = find_cell(t, entry, ENTRY)
    cell.count += 1
    t.resting = number_of(t, cell)


cdef void moved_by_host(Tally *t, uint32_t call, uint32_t pc, uint32_t s) noexcept nogil:
    """The host has set the program counter: to come back from a call where the stack says so, else to call."""
    cdef int depth = t.depth
    leave(t, s)
    if t.depth == depth:
        enter(t, Kind.HOST, call, pc, s, 2)


cdef void resume(Tally *t, int64_t now) noexcept nogil:
    """Time goes on from this cycle, whatever it was before."""
    go_to(t, t.node)
    t.last = t.since = now


cdef class Counts:
    """The tally of a processor, made by `cpu.begin_counting()`. It only grows: who wants a part of the time subtracts."""

    def __init__(self, size):
        cdef Tally *t = &self.tally
        self.size = size
        t.cells = <Cell *> calloc(64, sizeof(Cell))
        t.nodes = <Node *> calloc(64, sizeof(Node))
        t.index = <uint32_t *> calloc(self.size, sizeof(uint32_t))
        if t.cells == NULL or t.nodes == NULL or t.index == NULL:
            raise MemoryError
        t.cells[0].key = ~<uint64_t> 0
        t.cell = &t.cells[0]
        t.cell_count = t.node_count = 1
        t.cell_room = t.node_room = 64

    def __dealloc__(self):
        free(self.tally.cells)
        free(self.tally.nodes)
        free(self.tally.index)

    def cells(self):
        """{(kind, entry, address, opcode): (count, moved, cycles)}: opcodes that were run, each by a function.

        `kind` and `entry` say which function: how it is entered, "outermost", "call", "irq", "nmi" or "brk", and where.
        `opcode` is None for the sequence that leads to a handler. `moved` counts the times after which the next instruction
        was not the one behind; for a branch, those in which it was taken. Raises `OverflowError` when there was no room.
        """
        cdef uint32_t i
        cdef Cell *cell
        self.complete()
        found = {}
        for i in range(1, self.tally.cell_count):
            cell = &self.tally.cells[i]
            opcode = cell.key & ((1 << OPCODE_BITS) - 1)
            function = cell.key >> OPCODE_BITS
            found[KINDS[function >> 32], function & 0xFFFFFFFF, cell.addr, None if opcode == ENTRY else opcode] = (
                cell.count, cell.moved, cell.cycles)
        return found

    def nodes(self):
        """[(parent, kind, call, entry, calls, cycles), ...]: the tree of calls. The first is the root, and its own parent.

        `call` is the address of the calling instruction, `cycles` those of the function itself.
        """
        cdef uint32_t i
        cdef Node *node
        self.complete()
        found = []
        for i in range(self.tally.node_count):
            node = &self.tally.nodes[i]
            found.append((node.parent, KINDS[node.kind], node.call, node.entry, node.calls, node.cycles))
        return found

    def complete(self):
        """Raises `OverflowError` when there was no room for all of it."""
        if self.tally.overflow:
            raise OverflowError("the program has run or called more different code than can be counted")

    def restart(self, now, stack):
        """Time goes on from this cycle, with these calls under way: [(call, entry, stack pointer), ...], outermost first."""
        cdef Tally *t = &self.tally
        go_to(t, t.node)
        t.last = t.since = now
        t.resting = 0
        t.depth = 0
        t.outermost = find_node(t, 0, Kind.OUTERMOST, 0, 0)
        t.node = t.outermost
        for call, entry, s in stack:
            t.node = find_node(t, t.node, Kind.CALL, call, entry)
            t.frames[t.depth].node = t.node
            t.frames[t.depth].s = s
            t.depth = t.depth + 1
        go_to(t, t.node)

    def flush(self, now):
        """Gives the time up to this cycle to what has run last."""
        cdef Tally *t = &self.tally
        rest(t, now)
        go_to(t, t.node)
