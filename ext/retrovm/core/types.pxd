"""Types that every compiled module shares."""

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

ctypedef int64_t tick_t        # master-clock ticks since power-on

cdef extern from *:
    """
    #define RETROVM_NEVER INT64_MAX
    #if defined(__GNUC__) || defined(__clang__)
    #define retrovm_likely(x) __builtin_expect(!!(x), 1)
    #define retrovm_unlikely(x) __builtin_expect(!!(x), 0)
    #define retrovm_take(flag) (!__atomic_exchange_n(flag, 1, __ATOMIC_ACQUIRE))
    #define retrovm_give_back(flag) __atomic_store_n(flag, 0, __ATOMIC_RELEASE)
    #else
    #include <intrin.h>
    #define retrovm_likely(x) (x)
    #define retrovm_unlikely(x) (x)
    #define retrovm_take(flag) (!_InterlockedExchange((volatile long *) (flag), 1))
    #define retrovm_give_back(flag) _InterlockedExchange((volatile long *) (flag), 0)
    #endif
    """
    const tick_t NEVER "RETROVM_NEVER"
    bint likely "retrovm_likely" (bint condition) noexcept nogil
    bint unlikely "retrovm_unlikely" (bint condition) noexcept nogil
    bint take "retrovm_take" (int *flag) noexcept nogil       # true for the one thread that finds it free
    void give_back "retrovm_give_back" (int *flag) noexcept nogil

cpdef enum Access:
    FETCH = 0      # an opcode
    OPERAND = 1    # the bytes behind it
    READ = 2
    WRITE = 3
    DUMMY = 4      # a read or write that the chip makes and does not use
    DMA = 5

cpdef enum Line:
    IRQ = 1        # level
    NMI = 2        # edge
    RESET = 4
    RDY = 8
    SO = 16

cpdef enum StopReason:
    CYCLES = 0     # the time that was asked for has passed
    ADDRESS = 1    # the program counter is at the address asked for; its instruction has not run
    PREDICATE = 2  # the predicate returned true
    HALTED = 3     # the processor has stopped by itself: a 6502 that jammed, a CHIP-8 that exited
    ERROR = 4      # a device written in Python raised; the run raises that exception
    WATCH = 5      # a watchpoint was hit, and the instruction that did it has run
