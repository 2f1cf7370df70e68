"""Where a CHIP-8 program can go: all instructions that are reached from its start, without running it.

    >>> walk = reachable(bytes.fromhex("2204 1202 00EE"))
    >>> [f"{step.address:03X} {step.instruction.name}" for step in walk.steps.values()]
    ['200 CALL', '202 JP', '204 RET']

`Walk.first` looks ahead from an instruction: what happens first to I, or to a register, on each way from there.

Sources: octo-manual (what the statements of Octo become), chip8-research (lengths of instructions that others skip).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

from .chip8 import Flow, Instruction, decode

ORIGIN = 0x200
# What stands where a program writes an instruction before it gets there: nothing is known of it.
WRITTEN = Instruction("WRITTEN", "....", "", "is written by the program itself", frozenset())
# The longest entry of a table behind BNNN: BNNN adds at most 255, and a table has several.
LONGEST_ENTRY = 32
# How far back `Walk.line` looks, and at how many instructions `Walk.first` does in all. The largest programs that people
# wrote need a tenth of it; data that looks like a program must not take minutes.
LINE = 64
PATIENCE = 300_000

_ENDS = frozenset({Flow.JUMP, Flow.RETURN, Flow.STOP, Flow.INDEXED})


@dataclass(frozen=True, eq=False)
class Step:
    """An instruction of a program, its operands by their letters: X, Y, N, NN, NNN, NNNN."""

    address: int
    word: int
    instruction: Instruction
    operands: dict[str, int]

    @property
    def after(self) -> int:
        """The address behind it."""
        return self.address + self.instruction.length

    @property
    def reads(self) -> int:
        """The registers that it reads, as bits: 1 << 15 is VF."""
        return _registers(self.instruction.name, self.word)[0]

    @property
    def writes(self) -> int:
        """The registers that it writes, as bits."""
        return _registers(self.instruction.name, self.word)[1]

    def __str__(self) -> str:
        return f"{self.word:04X} at ${self.address:04X}"


@dataclass
class Walk:
    """What is reached.

    start     the address of the first instruction
    origin    the address of the first byte of `program`
    steps     the instructions by address; `WRITTEN` where the program itself writes one
    strange   the words that are reached and are no instruction, by address
    patches   by the address of a byte of an instruction, the one that writes it
    targets   by the address of an instruction, where execution may go from there; not behind RET, and behind a call only
              where its routine comes back
    routines  by the address of a routine, those of its calls
    patience  at how many instructions `first` may still look; it stops at 0
    """

    start: int
    origin: int
    program: bytes
    steps: dict[int, Step] = field(default_factory=dict)
    strange: dict[int, int] = field(default_factory=dict)
    patches: dict[int, Step] = field(default_factory=dict)
    targets: dict[int, list[int]] = field(default_factory=dict)
    routines: dict[int, list[int]] = field(default_factory=dict)
    patience: int = PATIENCE

    def sites(self, *names: str) -> list[Step]:
        """All instructions of these names, by address."""
        return [step for address, step in sorted(self.steps.items()) if step.instruction.name in names]

    @cached_property
    def before(self) -> dict[int, list[int]]:
        """By address, the instructions that may lead there inside of a routine."""
        found = defaultdict(list)
        for address, targets in self.targets.items():
            for target in targets:
                found[target].append(address)
        return found

    def line(self, address: int) -> Iterator[Step]:
        """What is certain to have run before the instruction at `address`, the last first.

        It ends where ways come together, at the start of a routine, at a call, and after 64 instructions.
        """
        for _ in range(LINE):
            before = self.before[address]
            if len(before) != 1 or address in self.routines or address == self.start:
                return
            step = self.steps[before[0]]
            if step.instruction.flow is Flow.CALL:
                return
            yield step
            address = step.address

    def first(self, step: Step, ends: Callable[[Step], bool]) -> list[Step]:
        """The instructions behind `step`, not itself a call, for which `ends` is true and before which it was not."""
        found: dict[int, Step] = {}
        seen: set[tuple[int, int]] = set()
        # An address, and where the routines entered on the way return to, the innermost first.
        waiting: list[tuple[int, tuple[int, ...]]] = [(target, ()) for target in self.targets[step.address]]
        while waiting and self.patience > 0:
            self.patience -= 1
            address, returns = waiting.pop()
            key = (address, returns[0] if returns else -1)
            if key in seen or address not in self.steps:
                continue
            seen.add(key)
            next_step = self.steps[address]
            if ends(next_step):
                found[address] = next_step
            elif next_step.instruction.flow is Flow.CALL:
                waiting.append((next_step.operands["NNN"], (next_step.after, *returns)[:16]))
            elif next_step.instruction.flow is Flow.RETURN:
                if returns:
                    waiting.append((returns[0], returns[1:]))
                else:
                    waiting += [(self.steps[call].after, ()) for call in self._callers(address)]
            else:
                waiting += [(target, returns) for target in self.targets[address]]
        return [found[address] for address in sorted(found)]

    def _callers(self, address: int) -> list[int]:
        """The calls of the routines that may return by the RET at `address`."""
        if address not in self._known_callers:
            waiting, seen, calls = [address], set[int](), list[int]()
            while waiting and self.patience > 0:
                self.patience -= 1
                at = waiting.pop()
                if at not in seen:
                    seen.add(at)
                    calls += self.routines.get(at, ())
                    waiting += self.before[at]
            self._known_callers[address] = calls
        return self._known_callers[address]

    @cached_property
    def _known_callers(self) -> dict[int, list[int]]:
        return {}


def reachable(program: bytes, start: int = ORIGIN, variant: str | None = None, origin: int | None = None) -> Walk:
    """Follows all ways through a program that starts at `start`, as a member of the family would.

    It lies there too, or else at `origin`.
    `variant` is one of `chip8.VARIANTS`; without it the instructions of all count. A way ends where it leaves the
    program, at 0000, which fills unused memory, and at a word that is no instruction, such as a call of machine code
    (0NNN) outside of the program. It does not end at what the program itself wrote there, as far as ANNN before FX33 or
    FX55 tells. Behind a call it goes on only if the routine may return, for data often follows one that does not. BNNN
    goes to its table: to what lies at NNN, and on as long as pieces of the same length follow.
    """
    return _Walker(Walk(start, start if origin is None else origin, program), variant).walk


class _Walker:
    def __init__(self, walk: Walk, variant: str | None) -> None:
        self.walk = walk
        self.variant = variant
        self.before: defaultdict[int, list[int]] = defaultdict(list)
        self.returning: set[int] = set()
        self.sizes: dict[int, int] = {}
        self.ends: set[int] = set()        # where a way ended at 0000
        self.writes: dict[int, Step] = {}
        self.waiting = [walk.start]
        while self.waiting:
            while self.waiting:
                address = self.waiting.pop()
                if address not in self.walk.steps and address not in self.walk.strange:
                    self._visit(address)
            for address in (self.ends | set(self.walk.strange)) & set(self.writes):
                self.ends.discard(address)
                self.walk.strange.pop(address, None)
                self._enter(Step(address, self._word(address) or 0, WRITTEN, {}))
        self.walk.patches = {at: writer for at, writer in self.writes.items()
                             if at in self.walk.steps or at - 1 in self.walk.steps}

    def _visit(self, address: int) -> None:
        word = self._word(address)
        if word is None:
            return
        step = self._step(address, word)
        if step is not None:
            self._enter(step)
        elif word:
            self.walk.strange[address] = word
        else:
            self.ends.add(address)

    def _enter(self, step: Step) -> None:
        address = step.address
        self.walk.steps[address] = step
        self.walk.targets[address] = []
        if step.instruction.name in ("BCD", "SAVE"):
            self._note_writes(step)
        flow = step.instruction.flow
        if flow is Flow.CALL:
            target = step.operands["NNN"]
            self.walk.routines.setdefault(target, []).append(address)
            self.waiting.append(target)
            if target in self.returning:
                self._link(address, step.after)
        elif flow is Flow.RETURN:
            self._comes_back(address)
        elif flow is Flow.INDEXED:
            # Where it may go is not wholly known, so it may well go to where the routine returns.
            self._comes_back(address)
            for target in self._indexed(step):
                self._link(address, target)
        elif flow is Flow.JUMP:
            self._link(address, step.operands["NNN"])
        elif flow is not Flow.STOP:
            self._link(address, step.after)
            if flow is Flow.SKIP:
                skipped = self._step(step.after, self._word(step.after) or 0)
                self._link(address, step.after + (skipped.instruction.length if skipped else 2))

    def _note_writes(self, step: Step) -> None:
        """Remembers which bytes of the program FX33 or FX55 writes, where ANNN stands a few instructions before."""
        at = step.address
        for _ in range(16):
            if len(self.before[at]) != 1 or at in self.walk.routines:
                return
            at = self.before[at][0]
            before = self.walk.steps[at].instruction
            if before.name == "LD_I":
                first = self.walk.steps[at].operands["NNN"]
                count = 3 if step.instruction.name == "BCD" else step.operands["X"] + 1
                self.writes |= {address: step for address in range(first, first + count)
                                if 0 <= address - self.walk.origin < len(self.walk.program)}
                return
            if "sets_i" in before.flags or before.flow is Flow.CALL:
                return

    def _link(self, address: int, target: int) -> None:
        self.walk.targets[address].append(target)
        self.before[target].append(address)
        self.waiting.append(target)
        if target in self.returning:
            self._comes_back(address)

    def _comes_back(self, address: int) -> None:
        """The way through `address` may reach the end of its routine, and so may all ways to it."""
        waiting = [address]
        while waiting:
            at = waiting.pop()
            if at in self.returning:
                continue
            self.returning.add(at)
            waiting += self.before[at]
            for call in self.walk.routines.get(at, ()):
                after = self.walk.steps[call].after
                if after not in self.walk.targets[call]:
                    self.walk.targets[call].append(after)
                    self.before[after].append(call)
                    self.waiting.append(after)
                    if after in self.returning:
                        waiting.append(call)

    def _indexed(self, step: Step) -> list[int]:
        """Where a jump to what a register says may go, as far as it says itself."""
        if "NNN" in step.operands:
            return self._table(step.operands["NNN"])
        ways = {"BACK": -1, "FORTH": 1}      # of CHIP-8E, by so many bytes; FX1B says nothing
        name = step.instruction.name
        return [step.address + ways[name] * step.operands["NN"]] if name in ways else []

    def _table(self, address: int) -> list[int]:
        size = self._entry(address)
        found = [address]
        while size and found[-1] + size - address < 0x100 and self._entry(found[-1] + size) == size:
            found.append(found[-1] + size)
        return found

    def _entry(self, address: int) -> int:
        """How long the piece of program at `address` is, up to what ends it; 0 if nothing soon does."""
        if address not in self.sizes:
            self.sizes[address] = self._measure(address)
        return self.sizes[address]

    def _measure(self, address: int) -> int:
        at = address
        while at - address < LONGEST_ENTRY and (step := self._step(at, self._word(at) or 0)) is not None:
            if step.instruction.name == "SYS":
                return 0
            at = step.after
            if step.instruction.flow in _ENDS:
                return at - address
        return 0

    def _word(self, address: int) -> int | None:
        offset = address - self.walk.origin
        inside = 0 <= offset <= len(self.walk.program) - 2
        return int.from_bytes(self.walk.program[offset : offset + 2]) if inside else None

    def _step(self, address: int, word: int) -> Step | None:
        instruction = _decode(word, self.variant) if word else None
        if instruction is None:
            return None
        # Machine code of a program lies in the program. What calls some elsewhere is data that looks like a call.
        if instruction.name == "SYS" and not 0 <= (word & 0xFFF) - self.walk.origin < len(self.walk.program):
            return None
        second = self._word(address + 2) if instruction.length == 4 else 0
        return Step(address, word, instruction, instruction.fields(word, second or 0))


_decode = cache(decode)

# What instructions do to VX and VY, "r" or "w", and to VF.
_EFFECTS = {
    "SE_NN": "rX", "SNE_NN": "rX", "SE": "rX rY", "SNE": "rX rY", "LD_NN": "wX", "ADD_NN": "rX wX", "LD": "rY wX",
    "OR": "rX rY wX", "AND": "rX rY wX", "XOR": "rX rY wX", "ADD": "rX rY wX wF", "SUB": "rX rY wX wF",
    "SUBN": "rX rY wX wF", "SHR": "rX rY wX wF", "SHL": "rX rY wX wF", "JP_V0": "r0", "RND": "wX",
    "DRW": "rX rY wF", "SKP": "rX", "SKNP": "rX", "LD_VX_DT": "wX", "LD_VX_K": "wX", "LD_DT_VX": "rX",
    "LD_ST_VX": "rX", "ADD_I": "rX", "FONT": "rX", "BIG_FONT": "rX", "BCD": "rX", "PITCH": "rX",
    "SAVE": "r0X", "LOAD": "w0X", "SAVE_FLAGS": "r0X", "LOAD_FLAGS": "w0X", "SAVE_RANGE": "rXY", "LOAD_RANGE": "wXY",
}


@cache
def _registers(name: str, word: int) -> tuple[int, int]:
    x, y = word >> 8 & 15, word >> 4 & 15
    places = {"X": 1 << x, "Y": 1 << y, "F": 1 << 15, "0": 1, "0X": (2 << x) - 1,
              "XY": (2 << max(x, y)) - (1 << min(x, y))}
    reads = writes = 0
    for effect in _EFFECTS.get(name, "").split():
        if effect[0] == "r":
            reads |= places[effect[1:]]
        else:
            writes |= places[effect[1:]]
    return reads, writes
