# cython: overflowcheck=False
# The checks take the distance of two pointers for a sum of numbers. Numbers are bounded as they are read.
"""Cases of the single-step corpus, judged straight from the text of their file.

    cases = Cases(data)                                # where each case lies; nothing else is looked at
    judge = Judge(cpu, memory, tracer, flaws("6502"))      # of retrovm.suite.errata
    judge.doubtful(cases, range(len(cases)))           # -> [] when all pass
    judge.corrected                                    # how many of them passed as the chip works, and not as recorded

This is the short way through the corpus, without the interpreter's lock and without an object for a case. It knows a case
that passes, and no more: whatever it does not expect, be it in the text or in what the processor does, makes a case doubtful,
and then `retrovm.suite.singlestep` reads it as JSON, judges it, and says what is wrong. What is not doubtful passes there too.
What a case has to be where its recording is wrong is the same for both: `Judge.by_the_chip`.

Sources: docs/references.md: singlestep.
"""

import json

from libc.stdlib cimport free, realloc
from libc.string cimport memcmp
from retrovm.core.bus cimport TRAP_READ, TRAP_WRITE, BusCycle
from retrovm.core.types cimport tick_t
from retrovm.cpu.mos6502 cimport JAMMED


# --- reading ----------------------------------------------------------------------------------------------------------
#
# Each function reads what its name says, after any space, and is false where something else stands there.

cdef inline void skip_space(Text *text) noexcept nogil:
    while text.at < text.end and text.at[0] in (b" ", b"\n", b"\r", b"\t"):
        text.at += 1


cdef inline bint mark(Text *text, uint8_t which) noexcept nogil:
    skip_space(text)
    if text.at == text.end or text.at[0] != which:
        return False
    text.at += 1
    return True


cdef inline bint number(Text *text, uint32_t *value, uint32_t most) noexcept nogil:
    """A number without sign, point or leading zeros, at most `most`."""
    cdef const uint8_t *first
    cdef uint32_t found = 0
    skip_space(text)
    first = text.at
    while text.at < text.end and b"0" <= text.at[0] <= b"9" and text.at - first < 6:
        found = found * 10 + (text.at[0] - <uint8_t> b"0")
        text.at += 1
    value[0] = found
    return text.at > first and found <= most and (first[0] != b"0" or text.at - first == 1)


cdef inline bint word(Text *text, Text *found) noexcept nogil:
    """A string of printable ASCII without escapes; `found` is what is between the quotes."""
    if not mark(text, b'"'):
        return False
    found.at = text.at
    while text.at < text.end and text.at[0] != b'"':
        if not b" " <= text.at[0] <= b"~" or text.at[0] == b"\\":
            return False
        text.at += 1
    found.end = text.at
    return mark(text, b'"')


cdef inline bint says(Text *found, const char *expected, size_t size) noexcept nogil:
    return <size_t> (found.end - found.at) == size and memcmp(found.at, expected, size) == 0


cdef bint ram(Text *text, Side *side) noexcept nogil:
    """[[address, value], ...]"""
    cdef Cell *cell
    side.count = 0
    if not mark(text, b"["):
        return False
    if mark(text, b"]"):
        return True
    while side.count < MOST_CELLS:
        cell = &side.ram[side.count]
        if not (mark(text, b"[") and number(text, &cell.address, 0xFFFF) and mark(text, b",")
                and number(text, &cell.value, 0xFF) and mark(text, b"]")):
            return False
        side.count += 1
        if not mark(text, b","):
            return mark(text, b"]")
    return False


cdef bint side(Text *text, Side *found) noexcept nogil:
    """{"pc": 0, ..., "ram": [...]} with each key once, in whatever order."""
    cdef Text key
    cdef uint32_t bit, seen = 0
    cdef uint32_t *register
    if not mark(text, b"{"):
        return False
    while True:
        if not (word(text, &key) and mark(text, b":")):
            return False
        if says(&key, b"ram", 3):
            bit = 0x40
            if not ram(text, found):
                return False
        else:
            if says(&key, b"pc", 2):
                bit, register = 1, &found.pc
            elif key.end - key.at != 1:
                return False
            elif key.at[0] == b"a":
                bit, register = 2, &found.a
            elif key.at[0] == b"x":
                bit, register = 4, &found.x
            elif key.at[0] == b"y":
                bit, register = 8, &found.y
            elif key.at[0] == b"s":
                bit, register = 0x10, &found.s
            elif key.at[0] == b"p":
                bit, register = 0x20, &found.p
            else:
                return False
            if not number(text, register, 0xFFFF if bit == 1 else 0xFF):
                return False
        if seen & bit:
            return False
        seen |= bit
        if not mark(text, b","):
            return mark(text, b"}") and seen == 0x7F


cdef bint cycles(Text *text, Case *case) noexcept nogil:
    """[[address, value, "read" or "write"], ...], at least one."""
    cdef Text direction
    cdef Cycle *cycle
    case.count = 0
    if not mark(text, b"["):
        return False
    while case.count < MOST_CYCLES:
        cycle = &case.cycles[case.count]
        if not (mark(text, b"[") and number(text, &cycle.address, 0xFFFF) and mark(text, b",")
                and number(text, &cycle.value, 0xFF) and mark(text, b",") and word(text, &direction)
                and mark(text, b"]")):
            return False
        cycle.write = says(&direction, b"write", 5)
        if not cycle.write and not says(&direction, b"read", 4):
            return False
        case.count += 1
        if not mark(text, b","):
            return mark(text, b"]")
    return False


cdef bint read_case(Text *text, Case *case) noexcept nogil:
    """{"name": "...", "initial": {...}, "final": {...}, "cycles": [...]} and nothing behind it."""
    cdef Text key
    cdef uint32_t bit, seen = 0
    cdef bint fine
    if not mark(text, b"{"):
        return False
    while True:
        if not (word(text, &key) and mark(text, b":")):
            return False
        if says(&key, b"name", 4):
            bit = 1
            fine = word(text, &key)
        elif says(&key, b"initial", 7):
            bit = 2
            fine = side(text, &case.initial)
        elif says(&key, b"final", 5):
            bit = 4
            fine = side(text, &case.final)
        elif says(&key, b"cycles", 6):
            bit = 8
            fine = cycles(text, case)
        else:
            return False
        if not fine or seen & bit:
            return False
        seen |= bit
        if not mark(text, b","):
            return mark(text, b"}") and seen == 0xF and text.at == text.end


cdef bint skip_object(Text *text) noexcept nogil:
    """Moves behind an object, by its braces alone."""
    cdef size_t depth = 0
    if not mark(text, b"{"):
        return False
    depth = 1
    while text.at < text.end and depth:
        if text.at[0] == b'"':
            text.at += 1
            while text.at < text.end and text.at[0] != b'"':
                text.at += 2 if text.at[0] == b"\\" else 1
            if text.at >= text.end:
                return False
        elif text.at[0] == b"{":
            depth += 1
        elif text.at[0] == b"}":
            depth -= 1
        text.at += 1
    return depth == 0


cdef class Cases:
    """`Cases(text)`: the cases of a file, `text` being the JSON of an array of them.

    `len(cases)` and `cases[number]`, the text of one. Raises `ValueError` for what is no array of objects; what the objects
    are is not looked at.
    """

    def __dealloc__(self):
        free(self.spans)

    def __init__(self, bytes text not None):
        cdef const uint8_t *start = text
        cdef Text rest
        cdef bint fine
        cdef size_t begin
        rest.at, rest.end = start, start + len(text)
        self.text = text
        self.count = 0
        fine = mark(&rest, b"[")
        if fine and not mark(&rest, b"]"):
            while fine:
                skip_space(&rest)
                begin = rest.at - start
                with nogil:
                    fine = skip_object(&rest)
                if fine:
                    self.keep(begin, rest.at - start)
                    if mark(&rest, b","):
                        continue
                    fine = mark(&rest, b"]")
                break
        skip_space(&rest)
        if not fine or rest.at != rest.end:
            raise ValueError(f"no array of objects: it ends at byte {rest.at - start}")

    cdef int keep(self, size_t begin, size_t end) except -1:
        cdef void *grown
        if self.count == self.room:
            grown = realloc(self.spans, (2 * self.room + 1024) * sizeof(Span))
            if grown == NULL:
                raise MemoryError
            self.spans = <Span *> grown
            self.room = 2 * self.room + 1024
        self.spans[self.count].begin, self.spans[self.count].end = begin, end
        self.count += 1
        return 0

    def __len__(self):
        return self.count

    def __getitem__(self, Py_ssize_t number):
        if not 0 <= number < <Py_ssize_t> self.count:
            raise IndexError(f"case {number} of {self.count}")
        return self.text[self.spans[number].begin:self.spans[number].end]


include "singlestep_errata.pxi"


# --- judging ----------------------------------------------------------------------------------------------------------

cdef class Judge:
    """`Judge(cpu, memory, tracer, flaws)`: runs cases on a processor whose 64 KiB of memory are `memory`.

    Where a page is trapped, the memory has to record into `tracer` (`RecordingMemory`). `flaws` says of which opcodes
    recordings may be wrong, and how: `retrovm.suite.errata.flaws`. `corrected` is how many of the last cases passed as the
    chip works, and not as they are recorded.
    """

    def __init__(self, Mos6502 cpu not None, Memory memory not None, Tracer tracer not None, flaws=None):
        if memory.size != 0x10000:
            raise ValueError(f"the processor of a case sees 65536 bytes of memory, not {memory.size}")
        self.cpu = cpu
        self.memory = memory
        self.tracer = tracer
        for opcode, flaw in (flaws or {}).items():
            self.flaws[opcode] = FLAWS.index(flaw)

    def doubtful(self, Cases cases not None, numbers, *, bint exact=True, bint fast=True):
        """Those of these cases that are not known to pass, in the order given, in the builds that are asked for."""
        cdef const uint8_t *start = cases.text
        cdef list found = []
        cdef Case case
        cdef Text text
        cdef size_t number, i = 0, count = len(numbers)
        cdef size_t *wanted = <size_t *> realloc(NULL, (count + 1) * sizeof(size_t))
        if wanted == NULL:
            raise MemoryError
        try:
            for i in range(count):
                number = numbers[i]
                if number >= cases.count:
                    raise IndexError(f"case {number} of {cases.count}")
                wanted[i] = number
            self.corrected = 0
            self.cpu.bus.trace(self.tracer)
            self.cpu.bus.tracing = False
            with nogil:
                for i in range(count):
                    text.at = start + cases.spans[wanted[i]].begin
                    text.end = start + cases.spans[wanted[i]].end
                    if not (read_case(&text, &case) and self.passes(&case, exact, fast)):
                        with gil:
                            found.append(wanted[i])
        finally:
            self.cpu.bus.trace(None)
            free(wanted)
        return found

    cdef bint passes(self, Case *case, bint exact, bint fast) noexcept nogil:
        cdef uint32_t flaw = self.flaws[case.cycles[0].value]
        cdef bint amended = False
        if flaw:
            self.prepare(&case.initial)
            amended = by_the_chip(case, flaw, self.memory.data)
        if (exact and not self.passes_exact(case)) or (fast and not self.passes_fast(case)):
            return False
        if amended:
            self.corrected = self.corrected + 1
        return True

    def by_the_chip(self, case):
        """A case as the chip runs it, both as `json` has them; None where the recording is right, or no case of this form.

        The memory has to be as before the instruction.
        """
        cdef bytes content = json.dumps({key: case[key] for key in ("initial", "final", "cycles")} | {"name": ""}).encode()
        cdef const uint8_t *start = content
        cdef Text text
        cdef Case found
        cdef uint32_t i
        text.at, text.end = start, start + len(content)
        if not read_case(&text, &found) or not self.flaws[found.cycles[0].value]:
            return None
        if not by_the_chip(&found, self.flaws[found.cycles[0].value], self.memory.data):
            return None
        ram = [[found.final.ram[i].address, found.final.ram[i].value] for i in range(found.final.count)]
        cycles = [[found.cycles[i].address, found.cycles[i].value, "write" if found.cycles[i].write else "read"]
                  for i in range(found.count)]
        return {**case, "cycles": cycles, "final": {**case["final"], "pc": found.final.pc, "ram": ram}}

    cdef void stay_jammed(self, Case *case, tick_t began) noexcept nogil:
        """A jammed processor reads on, a cycle a step, as long as it was recorded."""
        while self.cpu.halt == JAMMED and self.cpu.clock.now - began < case.count:
            self.cpu.run_one(self.cpu.clock.now + 1)

    cdef void prepare(self, Side *initial) noexcept nogil:
        cdef uint32_t i
        # A reset ends whatever state the last case has left, and its sequence is left out.
        self.cpu.reset(False)
        self.cpu.resetting = self.cpu.changed = False
        self.cpu.a, self.cpu.x, self.cpu.y, self.cpu.s = initial.a, initial.x, initial.y, initial.s
        self.cpu.set_p(initial.p)
        self.cpu.pc = initial.pc
        for i in range(initial.count):
            self.memory.data[initial.ram[i].address] = <uint8_t> initial.ram[i].value
        self.tracer.count = 0

    cdef bint went(self, Case *case) noexcept nogil:
        """Whether registers and memory are as the case says."""
        cdef Side *final = &case.final
        cdef uint32_t i
        # Bits 4 and 5 of P are no flags: some recordings keep what the initial state has there.
        if (self.cpu.pc != final.pc or self.cpu.s != final.s or self.cpu.get_p() != (final.p & 0xEF | 0x20)
                or self.cpu.a != final.a or self.cpu.x != final.x or self.cpu.y != final.y):
            return False
        for i in range(final.count):
            if self.memory.data[final.ram[i].address] != final.ram[i].value:
                return False
        return True

    cdef bint passes_exact(self, Case *case) noexcept nogil:
        """Every cycle is recorded."""
        cdef tick_t began = self.cpu.clock.now
        cdef BusCycle *seen
        cdef Cycle *cycle
        cdef uint32_t i
        self.prepare(&case.initial)
        self.cpu.bus.tracing = True
        self.cpu.run_one(began + 1)
        self.stay_jammed(case, began)
        self.cpu.bus.tracing = False
        if self.tracer.count != case.count or self.cpu.clock.now - began != case.count:
            return False
        for i in range(case.count):
            seen, cycle = &self.tracer.cycles[i], &case.cycles[i]
            if (seen.tick != began + i or seen.addr != cycle.address or seen.value != cycle.value
                    or <bint> seen.write != cycle.write):
                return False
        return self.went(case)

    cdef bint passes_fast(self, Case *case) noexcept nogil:
        """What the instruction touches is recorded, but for page zero, the stack, and the pages that it lies in."""
        cdef tick_t began = self.cpu.clock.now
        cdef uint32_t first = case.initial.pc >> 8
        cdef uint32_t last = ((case.initial.pc + 2) & 0xFFFF) >> 8
        cdef uint32_t page, i, at = 0
        cdef uint32_t hidden = 0               # a bit a cycle whose page is
        cdef BusCycle *seen
        self.prepare(&case.initial)
        for i in range(case.count):
            page = case.cycles[i].address >> 8
            if page > 1 and page != first and page != last:
                hidden |= <uint32_t> 1 << i
                self.cpu.bus.set_traps(page << 8, 0x100, TRAP_READ | TRAP_WRITE, True)
        self.cpu.clock.dispatch(began)     # that the map has changed is no event for the fast build to stop at
        self.cpu.run_until(began + 1)
        self.stay_jammed(case, began)
        for i in range(case.count):
            if hidden >> i & 1:
                self.cpu.bus.set_traps(case.cycles[i].address & 0xFF00, 0x100, TRAP_READ | TRAP_WRITE, False)
        if self.cpu.clock.now - began != case.count:
            return False
        for i in range(case.count):
            if hidden >> i & 1:
                if at == self.tracer.count:
                    return False
                seen = &self.tracer.cycles[at]
                at += 1
                if (seen.tick != began + i or seen.addr != case.cycles[i].address
                        or seen.value != case.cycles[i].value or <bint> seen.write != case.cycles[i].write):
                    return False
        return at == self.tracer.count and self.went(case)
