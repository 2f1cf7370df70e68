"""Instructions of a machine's processor, one at a time: their text, their size, and where execution may go from them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from retrovm.errors import ArgumentError
from retrovm.isa import chip8, chip8_dis, mos6502, mos6502_dis

ENDS = frozenset("RTS RTI JAM STP BRK".split())


@dataclass(frozen=True)
class Instruction:
    """An instruction where it lies.

    opcode   the byte or the word that says what it is
    text     as a listing shows it
    size     bytes
    branch   whether it goes one of two ways: a branch of a 6502, a skip of a CHIP-8
    targets  addresses where execution may go, as far as the instruction itself says
    """

    address: int
    opcode: int
    text: str
    size: int
    branch: bool
    targets: tuple[int, ...]

    @property
    def goes_nowhere(self) -> bool:
        """A branch to the instruction behind it, whose two ways are one."""
        return self.branch and set(self.targets) == {self.address + self.size}


Decoder = Callable[[bytes, int], Instruction]
"""Of an image of memory, whose first byte is at address 0, and an address in it."""


def decoder_of(processor: str, model: str) -> Decoder:
    """How to read the instructions of a processor, by the name of its class and its model. `ArgumentError` for others."""
    found = {"Mos6502": _mos6502, "Chip8": _chip8}.get(processor)
    if found is None:
        raise ArgumentError(f"the instructions of a {processor} are not known here; those of a Mos6502 and a Chip8 are")
    return found(model)


def reachable(image: bytes, begun: Iterable[int], decode: Decoder) -> dict[int, Instruction]:
    """The instructions at these addresses, and those that follow from them, by address.

    They are found without running anything: behind an indirect jump, or a return, nothing is.
    """
    found: dict[int, Instruction] = {}
    waiting = deque(begun)
    while waiting:
        address = waiting.popleft()
        if address not in found and 0 <= address < len(image):
            found[address] = decode(image, address)
            waiting.extend(found[address].targets)
    return dict(sorted(found.items()))


def _mos6502(model: str) -> Decoder:
    table = mos6502.opcodes(model)

    def decode(image: bytes, address: int) -> Instruction:
        data = bytes(image[address + n & 0xFFFF] if address + n < 0x10000 else image[address + n - 0x10000] for n in range(3))
        opcode = table[data[0]]
        text, size = mos6502_dis.disassemble_one(data, 0, address, None, model)
        behind, word = address + size & 0xFFFF, data[1] | data[2] << 8
        relative = opcode.mode in ("rel", "zpr")
        targets: tuple[int, ...] = (behind,)
        if relative:
            goal = behind + (data[size - 1] ^ 0x80) - 0x80 & 0xFFFF
            targets = (goal,) if opcode.mnemonic == "BRA" else (behind, goal)
        elif opcode.mnemonic == "JSR":
            targets = (behind, word)
        elif opcode.mnemonic == "JMP":
            targets = (word,) if opcode.syntax is mos6502.MODES["abs"] else ()
        elif opcode.mnemonic in ENDS:
            targets = ()
        return Instruction(address, data[0], text, size, relative and opcode.mnemonic != "BRA", targets)

    return decode


def _chip8(variant: str) -> Decoder:
    def decode(image: bytes, address: int) -> Instruction:
        word = int.from_bytes(image[address:address + 2].ljust(2, b"\0"))
        row = chip8.decode(word, variant)
        text, size = chip8_dis.disassemble_one(image, address, variant)
        behind = address + size
        targets: tuple[int, ...] = ()
        if row is not None:
            following = chip8.decode(int.from_bytes(image[behind:behind + 2].ljust(2, b"\0")), variant)
            past = behind + (following.length if following is not None else 2)
            targets = {chip8.Flow.NEXT: (behind,), chip8.Flow.SKIP: (behind, past), chip8.Flow.JUMP: (word & 0xFFF,),
                       chip8.Flow.CALL: (behind, word & 0xFFF)}.get(row.flow, ())
        return Instruction(address, word, text, size, row is not None and row.flow is chip8.Flow.SKIP, targets)

    return decode
