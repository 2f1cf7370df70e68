from enum import IntEnum

class Access(IntEnum):
    """Why the processor uses the bus in a cycle."""

    FETCH = 0
    OPERAND = 1
    READ = 2
    WRITE = 3
    DUMMY = 4
    DMA = 5

class Line(IntEnum):
    """The input lines of a processor, as bits; a set bit is an asserted line."""

    IRQ = 1
    NMI = 2
    RESET = 4
    RDY = 8
    SO = 16

class StopReason(IntEnum):
    """Why a run ended."""

    CYCLES = 0
    ADDRESS = 1
    PREDICATE = 2
    HALTED = 3
    ERROR = 4
    WATCH = 5
