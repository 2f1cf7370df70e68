"""The machine of a unit test: routines are called, others are replaced, memory is looked at by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, Self

from retrovm import detection
from retrovm.core.bus import Bus
from retrovm.core.cpu import CallResult
from retrovm.core.memory_view import MemoryView
from retrovm.core.trace import BusTrace
from retrovm.errors import ArgumentError, CallError
from retrovm.machines.machine_file.opening import machine as find_machine
from retrovm.media import open_media
from retrovm.session import VM, Target, Where
from retrovm.testing import failure
from retrovm.testing.guards import ReadGuard, WriteGuard
from retrovm.testing.program import GuestProgram, Structure, bytes_of

LIMIT = 1_000_000
"""Cycles that a routine may take, if nothing else is said: a second of a machine of 1 MHz, a few hundredths of one here."""

BARE = {"ram": "$0000-$FFFF", "acia": "none"}
"""The sbc6502 as nothing but RAM."""

SCRATCH = 0x1FC
"""Where the CALL to a routine of a CHIP-8 lies for its time: below any program, and above the digits of every variant."""

VECTORS = 0xFFFA
"""Where the machine itself stores where a program begins; that of a CHIP-8 stores digits below the program."""

FLAGS = {"carry": 0x01, "zero": 0x02, "interrupt": 0x04, "decimal": 0x08, "overflow": 0x40, "negative": 0x80}

Kind = Literal["byte", "word", "text"] | int | str | Structure

Stub = Callable[["GuestVM"], Mapping[str, int] | None]


@dataclass(frozen=True)
class Call(CallResult):
    """What a routine did: `cycles` from its first instruction to the end of its return, `registers` then.

    Each register is an attribute, too (`result.a`, `result.v0`), and of a 6502 so are the flags as True or False: `carry`, `zero`,
    `interrupt`, `decimal`, `overflow`, `negative`.
    """

    def __getattr__(self, name: str) -> int:
        registers: dict[str, int] = self.__dict__.get("registers", {})
        if name in registers:
            return registers[name]
        if name in FLAGS and "p" in registers:
            return bool(registers["p"] & FLAGS[name])
        raise AttributeError(f"a routine leaves {', '.join(registers)}, and no {name!r}")


@dataclass
class LastCall:
    """The last call of a machine, for the report on a failure. `stack_pointer` is that of a 6502 before it, `lost` where its
    stack went wrong."""

    address: int
    registers: Mapping[str, int]
    trace: BusTrace | None
    stack_pointer: int = 0
    result: Call | None = None
    lost: failure.LostReturn | None = None


class Patch:
    """A Python function in the place of a routine, made by `vm.patch`. It works until `remove()`, or to the end of its block.

    calls  the registers of each call, as it began
    """

    def __init__(self, vm: GuestVM, address: int, function: Stub | None) -> None:
        self.address = address
        self.calls: list[dict[str, int]] = []
        self._vm, self._function = vm, function
        self._held = b""
        if vm.is_chip8:                       # the return is an instruction, as the stack of a CHIP-8 lies in no memory
            self._held = vm.memory[address:address + 2]
            vm.memory[address:address + 2] = b"\x00\xee"
        vm.patches[address] = self
        vm.add_hook(address, self._called)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Lets the routine be itself again; it may be so already."""
        if self._vm.patches.get(self.address) is self:
            del self._vm.patches[self.address]
            self._vm.remove_hook(self.address, self._called)
            if self._held:
                self._vm.memory[self.address:self.address + 2] = self._held

    def _called(self, vm: GuestVM) -> None:
        cpu: Any = vm.cpu
        self.calls.append(cpu.registers)
        left = None if self._function is None else self._function(vm)
        if left is not None:
            if not isinstance(left, Mapping):
                raise ArgumentError(f"what stands for the routine at ${self.address:04X} returns registers, {{\"a\": 1}}, or None, "
                                    f"not {left!r}")
            cpu.registers = left
        if not vm.is_chip8 and cpu.pc == self.address:
            s = cpu.registers["s"]
            low, high = (vm.memory[0x100 | s + n & 0xFF] for n in (1, 2))
            cpu.registers = {"s": s + 2 & 0xFF, "pc": (low | high << 8) + 1 & 0xFFFF}


class GuestMemory(MemoryView):
    """The memory of a machine that tells what the host has stored in it."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        self.stored = bytearray(bus.reach)

    def __setitem__(self, key: Any, value: Any, /) -> None:
        super().__setitem__(key, value)
        if isinstance(key, slice):
            first, last = key.start or 0, len(self) if key.stop is None else key.stop
            self.stored[first:last] = b"\1" * (last - first)
        else:
            self.stored[key.__index__()] = 1


class GuestVM(VM):
    """A machine with a program in it whose routines are called one by one; a `VM` with what tests need.

    program  the `GuestProgram`, or None
    patches  what `patch` has replaced, by address
    """

    @classmethod
    def of(cls, program: GuestProgram | None, machine: str | None = None, *, seed: int = 1, **options: Any) -> GuestVM:
        """A machine with a program, switched on.

        Parameters
            program  None for a machine as it is, which needs `machine` then
            machine  its id or machine file; without it, chip8 for a CHIP-8's program, else a 6502 with 64 KiB of RAM
            options  of the machine
        A program whose last byte is at $FFFF is a ROM, any other lies in RAM, at its origin, where the machine has `org`.
        """
        if machine is None:
            if program is None:
                raise ArgumentError("a machine without a program needs a name")
            machine = "chip8" if program.processor == "chip8" else "sbc6502"
            options = {**BARE, **options} if machine == "sbc6502" else options
        spec = find_machine(machine)
        if program is None:
            return cls(spec, None, options, seed)
        is_rom = program.origin + len(program.data) == 0x10000 and "rom" in {option.name for option in spec.options} \
            and options.get("ram") != BARE["ram"]
        if not is_rom and any(option.name == "org" for option in spec.options):
            options = {"org": program.origin, **options}
        format = "ch8" if program.processor == "chip8" else "binary"
        target = detection.best(open_media(program.data, name=program.name, format=format), spec)
        vm = cls(target.spec, target.media, target.spec.combine_options(target.options, options), seed)
        vm.load_program(program)
        if not vm.is_chip8:
            vm.step()                                      # the reset sequence, after which it can be called
        return vm

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.program: GuestProgram | None = None
        self.patches: dict[int, Patch] = {}
        self.last_call: LastCall | None = None
        self.memory: GuestMemory = GuestMemory(self.cpu.bus)
        self.fault: int | None = None

    def load_program(self, program: GuestProgram) -> None:
        """Takes over what is known of the program that is in the machine."""
        self.program = program
        self.symbols = program.symbols.copy()
        self.memory.stored[program.origin:program.origin + len(program.data)] = b"\1" * len(program.data)
        own = range(program.origin) if self.is_chip8 else range(VECTORS, len(self.memory.stored))
        self.memory.stored[own.start:own.stop] = b"\1" * len(own)

    @property
    def is_chip8(self) -> bool:
        """Whether the processor is a CHIP-8, and no 6502."""
        return type(self.cpu).__name__ == "Chip8"

    # --- calling ----------------------------------------------------------------------------------------------------

    def call(self, target: Target, *, limit: int = LIMIT, **registers: int) -> Call:
        """Runs a routine to its return, as if it were called where the program counter is.

        Parameters
            target     its address or symbol
            limit      the cycles that it may take
            registers  what it begins with: `a=3, x=4`, or `v0=3, i=0x300`
        Afterwards the program counter and the stack are as before, the other registers as the routine left them. Raises
        `CallError` when it does not come back, and says where the stack went wrong, if it did.
        """
        __tracebackhide__ = True                           # a failure is shown where the test makes the call
        address = self._address(target)
        if address in self.patches:
            raise ArgumentError(f"{target!r} is patched, so that a call of it would run nothing of the guest")
        try:
            with self._followed(address, registers) as last:
                found = self._call_chip8(address, limit, registers) if self.is_chip8 else self._call_6502(address, limit, registers)
                last.result = Call(found.cycles, found.registers)
        except (failure.GuestFailure, CallError) as error:
            raise error.with_traceback(None) from None
        return last.result

    @contextmanager
    def _followed(self, address: int, registers: Mapping[str, int]) -> Iterator[LastCall]:
        """Records the bus for a call, unless the test does so itself."""
        self.fault = None
        with ExitStack() as stack:
            try:
                trace: BusTrace | None = stack.enter_context(self.trace_bus())
            except ArgumentError:
                trace = None
            self.last_call = LastCall(address, dict(registers), trace)
            yield self.last_call

    def _call_6502(self, address: int, limit: int, registers: Mapping[str, int]) -> CallResult:
        cpu: Any = self.cpu
        if cpu.is_resetting:
            self.step()                                    # it sets the stack pointer
        assert self.last_call is not None
        self.last_call.stack_pointer = s = cpu.registers["s"]
        for n in (0, 1):                                   # the return address is written by the host
            self.memory.stored[0x100 | s - n & 0xFF] = 1
        try:
            return super().call(address, limit=limit, **registers)
        except CallError as error:
            message = f"{failure.name_of(self, address)}: {error}"
            if self.last_call.trace is not None:
                with suppress(OverflowError):              # too long a run for the trace
                    self.last_call.lost = failure.lost_return(self, self.last_call.trace)
            if self.last_call.lost is not None:
                self.fault = self.last_call.lost.address
                message += f"\n{self.last_call.lost.why}"
            raise CallError(message) from None

    def _call_chip8(self, address: int, limit: int, registers: Mapping[str, int]) -> CallResult:
        cpu: Any = self.cpu
        if not {"pc", "sp"}.isdisjoint(registers):
            raise ArgumentError("a call sets pc and sp itself; give it v0 to vf, i, dt or st")
        if address > 0xFFF:
            raise ArgumentError(f"the CALL of a CHIP-8 reaches up to $0FFF, not ${address:04X}")
        home, depth = cpu.pc, len(cpu.stack)
        held = self.memory[SCRATCH:SCRATCH + 2]
        cpu.registers = {**registers, "pc": SCRATCH}
        self.memory[SCRATCH:SCRATCH + 2] = (0x2000 | address).to_bytes(2)
        try:
            self.step()
            began = cpu.cycles
            reason = self.run_home(SCRATCH + 2, lambda: len(cpu.stack) == depth, limit)
        finally:
            self.memory[SCRATCH:SCRATCH + 2] = held
        if cpu.pc != SCRATCH + 2 or len(cpu.stack) != depth:
            why = cpu.halted or f"limit={limit} is what it may take"
            raise CallError(f"{failure.name_of(self, address)}: the subroutine at ${address:04X} did not come back: "
                            f"{reason.name} at ${cpu.pc:04X} after {cpu.cycles - began} cycles; {why}")
        cpu.registers = {"pc": home}
        return CallResult(cpu.cycles - began, cpu.registers)

    def patch(self, target: Target, function: Stub | None = None) -> Patch:
        """Lets a Python function stand for a routine; the guest returns from it at once, and no time passes in it on a 6502.

        Parameters
            target    the address or symbol of the routine; there need not be one
            function  `function(vm)`, which may return registers to leave, as a mapping; without it, nothing is done
        Returns the `Patch`, whose `calls` are the registers of each call. A function that sets the program counter itself goes
        on there.
        """
        address = self._address(target)
        if address in self.patches:
            raise ArgumentError(f"{target!r} is patched already; remove that patch first")
        return Patch(self, address, function)

    # --- memory -----------------------------------------------------------------------------------------------------

    def peek(self, where: Target, kind: Kind = "byte") -> Any:
        """What is at an address or symbol.

        `kind` is "byte"; "word", two bytes, low byte first; a number of bytes; "text", which a zero byte ends; the name of a
        `.struct` of the sources or a `Structure`, for a dictionary.
        """
        first = self._address(where)
        if kind == "text":
            data = self.memory[first:len(self.memory)]
            if 0 not in data:
                raise ArgumentError(f"no zero byte ends the text at {where!r}")
            return data[:data.index(0)].decode("latin-1")
        if isinstance(kind, int):
            return self.memory[first:first + kind]
        if isinstance(kind, str) and kind in ("byte", "word"):
            return int.from_bytes(self.memory[first:first + 1 + (kind == "word")], "little")
        structure = self._structure(kind)
        return structure.unpack(self.memory[first:first + structure.size])

    def poke(self, where: Target, value: int | bytes | str | Mapping[str, int | bytes], kind: Kind = "byte") -> None:
        """Stores a value at an address or symbol: a number as "byte" or "word", bytes as they are, a text with a zero byte behind
        it, or those fields of a structure that a mapping has, with the structure as `kind`."""
        first = self._address(where)
        if isinstance(value, Mapping):
            for offset, data in self._structure(kind).pack(value):
                self.memory[first + offset:first + offset + len(data)] = data
            return
        if isinstance(value, int):
            value = bytes_of(value, 2 if kind == "word" else 1, f"a {kind} at {where!r}")
        elif isinstance(value, str):
            value = value.encode("latin-1") + b"\0"
        self.memory[first:first + len(value)] = value

    def _structure(self, kind: Kind) -> Structure:
        if isinstance(kind, Structure):
            return kind
        if self.program is None or not isinstance(kind, str):
            raise ArgumentError(f"expected byte, word, text, a number of bytes or a structure, not {kind!r}")
        return self.program.structure(kind)

    # --- guards -----------------------------------------------------------------------------------------------------

    def guard_writes(self, *where: Where) -> WriteGuard:
        """From now on, or in a `with` block, a write of an instruction to any other address than these fails the test.

        `where` is as for `vm.watch`; a symbol has all the bytes of its label, where the debug information says how many, and
        `vm.program.segment("BSS")` is a segment. The stack of a 6502 may always be written.
        """
        return WriteGuard(self, [self._region(each) for each in where])

    def guard_reads(self) -> ReadGuard:
        """From now on, or in a `with` block, reading RAM fails the test where nothing was written since.

        What the program brings along counts as written, and what the test has stored by `poke` and `vm.memory`.
        """
        return ReadGuard(self)

    def _region(self, where: Where) -> tuple[int, int]:
        first, last = self._addresses(where)
        if isinstance(where, str) and self.program is not None:
            last = first + self.program.size_of(where, first) - 1
        return first, last
