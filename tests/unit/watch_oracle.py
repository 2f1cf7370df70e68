"""What watchpoints have to tell, from the bus trace of an equal machine that steps from instruction to instruction."""

from retrovm.core.types import Access

REAL = (Access.READ, Access.WRITE)


def events_of(made, cycles):
    """Runs at least so many cycles, or until the processor stops for good.

    Returns [(cycle, address, value, "read" or "write", access, pc)] of each bus cycle.
    """
    end = made.cpu.cycles + cycles
    instructions = []
    with made.cpu.trace_bus() as trace:
        while made.cpu.cycles < end:
            pc = made.cpu.pc
            if not made.step():
                break                            # it has stopped for good
            instructions += [pc] * (len(trace) - len(instructions))
        return [(*row, kind, pc) for row, kind, pc in zip(trace, trace.kinds, instructions, strict=True)]


def wanted(row, first, last, on, value):
    """Whether a watchpoint waits for this row of `events_of`."""
    _, address, found, direction, access, _ = row
    if not first <= address <= last or (value is not None and value != found):
        return False
    if on == "bus":
        return True
    return access in REAL and on in ("access", direction)


def row_of(event):
    """An event as a row of `events_of`."""
    return (event.cycle, event.address, event.value, event.kind, event.access, event.pc)
