"""Subroutines of a 6502 that the host calls: what `Mos6502.call` and `vm.call` have in common."""

from retrovm.core.cpu cimport Cpu

from retrovm.core.cpu import CallResult
from retrovm.core.errors import ArgumentError, CallError


def call(Cpu cpu not None, runner, address, limit, registers):
    """Runs a subroutine to its RTS, as if a JSR stood at the program counter.

    Parameters
        cpu        the processor, a `Mos6502`
        runner     what lets the time pass, by `step` and `run_home`: the machine, or the processor itself
        address    of the subroutine's first instruction
        limit      the cycles that it may take
        registers  what it begins with, a dictionary
    Returns a `CallResult`, with the program counter and the stack pointer as before. Raises `ArgumentError`, and changes
    nothing, for a call that cannot be, and `CallError` when the subroutine does not come back.
    """
    if not isinstance(address, int):
        raise ArgumentError(f"{cpu.name}: an address is a number, not {address!r}; names are for a machine's `vm.call`")
    if not 0 <= address < 0x10000:
        raise ArgumentError(f"{cpu.name}: an address is $0000-$FFFF, not {address!r}")
    if limit < 0:
        raise ArgumentError(f"a number of cycles is 0 or more, not {limit}")
    if not registers.keys().isdisjoint(("pc", "s")):
        raise ArgumentError(f"{cpu.name}: a call sets pc and s itself; give it a, x, y or p")
    cpu.clock.begin()                    # it must be at rest before anything changes
    cpu.clock.end()
    if cpu.is_resetting:
        runner.step()                    # the reset sequence, or it would be forgotten
    before = cpu.registers
    home, stack = before["pc"], before["s"]
    back = (home - 1) & 0xFFFF           # RTS goes on behind the address that it pulls
    cpu.registers = registers            # refuses what does not fit, before the stack is touched
    try:
        cpu.memory[0x100 | stack] = back >> 8
        cpu.memory[0x100 | ((stack - 1) & 0xFF)] = back & 0xFF
    except ArgumentError:
        cpu.registers = before
        raise
    cpu.registers = {"s": (stack - 2) & 0xFF, "pc": address}

    def arrived():
        # The subroutine may itself run through this address, but then its own frames are on the stack.
        return cpu.registers["s"] == stack

    began = cpu.cycles
    reason = runner.run_home(home, arrived, limit)
    if cpu.pc != home or not arrived():
        raise CallError(f"the subroutine at ${address:04X} did not come back: {reason.name} at ${cpu.pc:04X} after "
                        f"{cpu.cycles - began} cycles; {why(cpu, reason, limit)}")
    return CallResult(cpu.cycles - began, cpu.registers)


def why(cpu, reason, limit):
    """What kept a subroutine, in words."""
    if reason.name == "ADDRESS":
        return "a hook stops there"
    if reason.name == "WATCH":
        return "a watchpoint stops there"
    if cpu.is_jammed:
        return "the opcode before stops the processor for good"
    if cpu.is_stopped:
        return "STP stops the processor until a reset"
    if cpu.is_waiting:
        return "WAI waits for an interrupt"
    if cpu.rdy:
        return "RDY is low, and holds the processor"
    return f"limit={limit} is what it may take"
