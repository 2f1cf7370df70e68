"""What a processor counts of the code that it runs; tally.pyx describes it."""

from retrovm.core.types cimport unlikely
from libc.stdint cimport int64_t, uint32_t, uint64_t

cdef enum:
    DEEPEST = 256              # calls under way: two bytes each on the stack of a 6502, or a place each on that of a CHIP-8
    OPCODE_BITS = 17           # of a cell's key; above them is the function
    ENTRY = 0x10000            # in the place of an opcode: the sequence that goes to an interrupt's handler


cdef enum Flow:                # what an instruction does to the calls under way
    STRAIGHT
    BRANCHES
    CALLS
    RETURNS


cdef enum Kind:                # how a function was entered
    OUTERMOST
    CALL
    IRQ
    NMI
    BRK
    RESET
    HOST


ctypedef uint32_t (*Nature)(uint32_t opcode) noexcept nogil    # its `Flow`, and above 8 bits the bytes of a branch


cdef struct Cell:              # an opcode at an address, run by a function
    uint64_t key
    int64_t count              # times that it was run
    int64_t cycles
    int64_t moved              # of a branch, the times after which the next instruction was not the one behind it
    uint32_t addr, behind
    uint32_t next              # another one of this address; 0 is none
    uint32_t flow


cdef struct Node:              # a function as it was called from one place, below whatever was under way then
    int64_t calls
    int64_t cycles             # of its own
    uint64_t function          # as in the keys of its cells
    uint32_t parent, child, sibling
    uint32_t kind, call, entry


cdef struct UnderWay:
    uint32_t node
    uint32_t s                 # the stack pointer as the call left it


cdef struct Tally:
    Cell *cells                # the first is nobody's
    uint32_t cell_count, cell_room
    uint32_t *index            # the cell of each address that was used last
    Node *nodes                # the first is the root, of no time
    uint32_t node_count, node_room
    Cell *cell                 # of the present instruction; between two runs the first, which is nobody's
    uint32_t resting           # the last one, to which the time between two runs goes
    uint64_t function          # the present one, as in a key
    uint32_t node              # likewise
    int64_t base               # of a run: the cycle's number is base - left
    int64_t last               # the cycle up to which time was given to cells
    int64_t since              # likewise, to a node
    UnderWay[DEEPEST] frames   # the outermost first
    int depth
    uint32_t outermost         # the node when none is under way
    Nature nature
    uint32_t bytes             # of the stack that a call takes
    bint overflow


cdef Cell *find_cell(Tally *t, uint32_t addr, uint32_t opcode) noexcept nogil
cdef void follow(Tally *t, Cell *cell, uint32_t pc, int64_t now, uint32_t s) noexcept nogil
cdef void open_run(Tally *t, int64_t now, int64_t left) noexcept nogil
cdef void close_run(Tally *t, uint32_t pc, int64_t now, uint32_t s) noexcept nogil
cdef void take_back(Tally *t, int64_t left) noexcept nogil
cdef void enter_handler(Tally *t, Kind kind, uint32_t call, uint32_t entry, uint32_t s, int64_t began) noexcept nogil
cdef void moved_by_host(Tally *t, uint32_t call, uint32_t pc, uint32_t s) noexcept nogil
cdef void resume(Tally *t, int64_t now) noexcept nogil


# The whole price of counting. A cell's cycles are what was left at its beginnings without what was left at its ends, so that
# nobody has to remember when the instruction before began. Each handler of an opcode has a copy of this: the host predicts
# there whether the instruction branches or calls.

cdef inline void finish(Tally *t, uint32_t pc, int64_t left, uint32_t s) noexcept nogil:
    """The present instruction has ended, before the one at `pc`."""
    cdef Cell *cell = t.cell
    cell.cycles -= left
    if unlikely(cell.flow):
        if cell.flow == Flow.BRANCHES:
            cell.moved += pc != cell.behind
        else:
            follow(t, cell, pc, t.base - left, s)


cdef inline void begin(Tally *t, uint32_t pc, uint32_t opcode, int64_t left, uint32_t s) noexcept nogil:
    """An instruction begins within a run, and the one before ends."""
    cdef Cell *cell
    finish(t, pc, left, s)
    cell = &t.cells[t.index[pc]]
    if unlikely(cell.key != (t.function | opcode)):
        cell = find_cell(t, pc, opcode)
    cell.count += 1
    cell.cycles += left
    t.cell = cell


cdef class Counts:
    cdef Tally tally
    cdef readonly uint32_t size
