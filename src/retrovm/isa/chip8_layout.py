"""What the bytes of a CHIP-8 program are: instructions, sprites or other data, and which addresses need names.

    >>> layout = Layout(bytes.fromhex("6005a208d0021202f090"))
    >>> [f"{address:03X} {kind}" for address, kind in sorted(layout.kinds.items())]
    ['202 loc', '208 data']
    >>> [f"{address:03X}" for address in layout.sprites]
    ['208', '209']

What `chip8_flow.reachable` reaches is code, everything else is data. Behind `i := NNN` lies a sprite if a sprite is drawn from
there, and a table of them if a register is added before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .chip8 import Flow
from .chip8_flow import WRITTEN, Step, reachable
from .octo_grammar import is_taken

ORIGIN = 0x200
DATA_PER_LINE = 8

# A word that the assembler cannot take for a number, a string or a comment.
PLAIN_NAME = re.compile(r"[A-Za-z_][^\s#\"]*")


class Layout:
    """What the bytes of a program are that is loaded and started at `origin`.

    data, origin, end  the program, its first address, and the one behind it
    code      the instructions by address; no two share a byte
    owner     by the address of a byte of code, that of its instruction
    kinds     the addresses that instructions name: "sub", "loc", "table" or "data"
    sprites   by the address of a byte of a sprite, how many bytes a row has, 1 or 2
    labels    by address, the names that can be defined there; instructions use the first
    made      the names among them that nobody gave
    """

    def __init__(self, data: bytes, origin: int = ORIGIN, symbols: Mapping[str, int] | None = None,
                 variant: str | None = None) -> None:
        if not data:
            raise ValueError("there is nothing to disassemble: the program is empty")
        self.data = data
        self.origin = origin
        self.end = origin + len(data)
        self.variant = variant
        self.walk = reachable(data, origin, variant)
        self.code: dict[int, Step] = {}
        self.owner: dict[int, int] = {}
        for step in self.walk.steps.values():
            taken = any(address in self.owner for address in range(step.address, step.after))
            if step.instruction is not WRITTEN and step.after <= self.end and not taken:
                self.code[step.address] = step
                self.owner |= dict.fromkeys(range(step.address, step.after), step.address)
        self.kinds: dict[int, str] = {}
        for step in self.code.values():
            if (target := target_of(step)) is not None:
                self._note(step.instruction.flow, target)
        self.made: set[str] = set()
        self.labels = self._named(symbols or {})
        self.names = {address: names[0] for address, names in self.labels.items()}
        self.sprites: dict[int, int] = {}
        for step in self.walk.sites("LD_I", "LD_I_LONG"):
            self._find_sprites(step)

    def statement(self, step: Step) -> str:
        """An instruction with the names of its addresses."""
        return step.instruction.text(step.operands, self.names)

    def data_line(self, address: int) -> tuple[str, str, int]:
        """Some bytes of data: a line of source, a comment that shows a row of a sprite, and the address behind them."""
        end = address + 1
        width = self.sprites.get(address, 0)
        size = width or DATA_PER_LINE
        while end < min(address + size, self.end) and self._goes_on(end, width):
            end += 1
        raw = self.data[address - self.origin : end - self.origin]
        if not width:
            return " ".join(f"0x{byte:02X}" for byte in raw), "", end
        bits = [f"{byte:08b}" for byte in raw]
        return " ".join(f"0b{row}" for row in bits), "".join(bits).replace("0", ".").replace("1", "#"), end

    def _goes_on(self, address: int, width: int) -> bool:
        return (address not in self.code and address not in self.labels
                and self.sprites.get(address, 0) == width)

    def _note(self, flow: Flow, target: int) -> None:
        if flow is Flow.CALL:
            # A name that says subroutine says more than one that says jump target.
            self.kinds[target] = "sub"
        elif flow is Flow.JUMP:
            if self.kinds.get(target) != "sub":
                self.kinds[target] = "loc"
        elif flow is Flow.INDEXED:
            self.kinds.setdefault(target, "table")
        else:
            self.kinds.setdefault(target, "data")

    def _find_sprites(self, step: Step) -> None:
        start = target_of(step)
        if start is None or not self.origin <= start < self.end:
            return
        for user in self.walk.first(step, _ends_index):
            if user.instruction.name == "DRW":
                self._mark(start, user, start + (user.operands["N"] or 32))
            elif user.instruction.name == "ADD_I":
                for draw in self.walk.first(user, _ends_index):
                    if draw.instruction.name == "DRW":
                        self._mark(start, draw, self.end)

    def _mark(self, start: int, draw: Step, end: int) -> None:
        """The bytes up to `end` are sprites, as far as nothing else begins."""
        width = 1 if draw.operands["N"] else 2
        for address in range(start, min(end, self.end)):
            if address in self.owner or (address != start and address in self.labels):
                return
            self.sprites[address] = max(width, self.sprites.get(address, 0))

    def _named(self, symbols: Mapping[str, int]) -> dict[int, list[str]]:
        labels: dict[int, list[str]] = {self.origin: ["main"]}
        for name, address in symbols.items():
            if name != "main" and self._can_label(address) and is_name(name, self.variant):
                labels.setdefault(address, []).append(name)
        taken = {name for names in labels.values() for name in names}
        for address, kind in sorted(self.kinds.items()):
            name = f"{kind}_{address:03X}"
            if address not in labels and self._can_label(address) and name not in taken:
                labels[address] = [name]
                self.made.add(name)
        return labels

    def _can_label(self, address: int) -> bool:
        """Labels stand before a statement, or with `:next` at the second byte of an instruction."""
        return self.origin <= address < self.end and address - self.owner.get(address, address) <= 1


def target_of(step: Step) -> int | None:
    """The address that an instruction names: where it jumps to, or what becomes I."""
    if step.instruction.name == "LD_I_LONG":
        return step.operands["NNNN"]
    if step.instruction.flow in (Flow.JUMP, Flow.CALL, Flow.INDEXED) or step.instruction.name == "LD_I":
        return step.operands.get("NNN")
    return None


def is_name(name: str, variant: str | None = None) -> bool:
    """Whether the assembler reads `name` back as the name of a label."""
    return PLAIN_NAME.fullmatch(name) is not None and not is_taken(name, variant)


def _ends_index(step: Step) -> bool:
    """Whether an instruction uses the sprite at I, or changes I."""
    return step.instruction.name == "DRW" or "sets_i" in step.instruction.flags
