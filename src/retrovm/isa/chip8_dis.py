"""Disassembler from CHIP-8 programs to Octo's language.

`disassemble` separates code from data by following the control flow, and writes a source that `octo.assemble`
turns into the same bytes again. `disassemble_one` shows a single instruction, for debuggers and traces.

    >>> print(disassemble(bytes.fromhex("6005a208d0021202f090")), end="")
    : main
        v0 := 0x05                      # 200  60 05
    : loc_202
        i := data_208                   # 202  A2 08
        sprite v0 v0 2                  # 204  D0 02
        jump loc_202                    # 206  12 02
    : data_208
        0b11110000                      # 208  ####....
        0b10010000                      # 209  #..#....

What the program text alone does not show (targets of `jump0` beyond a table of jumps, code that the program
writes itself) stays data, which assembles to the same bytes all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .chip8 import Flow, Instruction, decode
from .octo_grammar import is_taken

ORIGIN = 0x200
DATA_PER_LINE = 8

_WIDTH = 36
# A word that the assembler cannot take for a number, a string or a comment.
PLAIN_NAME = re.compile(r"[A-Za-z_][^\s#\"]*")


def disassemble_one(data: bytes, address: int = 0) -> tuple[str, int]:
    """The instruction at the offset `address` of `data` as text, and its length in bytes.

    Bytes that are no instruction, or the first part of one that is cut off, are shown as numbers. An
    `address` outside of `data` raises ValueError.
    """
    if not 0 <= address < len(data):
        raise ValueError(f"address 0x{address:X} is outside the {len(data)} bytes of data")
    found = _decode_at(data, address)
    if found is None:
        raw = data[address : address + 2]
        return " ".join(f"0x{byte:02X}" for byte in raw), len(raw)
    instruction, operands = found
    return instruction.text(operands), instruction.length


def disassemble(data: bytes, origin: int = ORIGIN, symbols: Mapping[str, int] | None = None) -> str:
    """The source of a program that is loaded and started at `origin`.

    `symbols` gives names to addresses, for example those of `octo.Assembly.symbols`. Addresses outside the
    program and words of the language are ignored; `main` always names the start. Assembled with the same
    `origin`, the source gives `data` again. Empty data raises ValueError.
    """
    if not data:
        raise ValueError("there is nothing to disassemble: the program is empty")
    return _Listing(_Trace(data, origin), symbols or {}).text()


def _decode_at(data: bytes, offset: int) -> tuple[Instruction, dict[str, int]] | None:
    word = int.from_bytes(data[offset : offset + 2], "big")
    instruction = decode(word) if offset + 2 <= len(data) else None
    if instruction is None or offset + instruction.length > len(data):
        return None
    return instruction, instruction.fields(word, int.from_bytes(data[offset + 2 : offset + 4], "big"))


class _Trace:
    """What following the control flow from the start finds out about a program."""

    def __init__(self, data: bytes, origin: int) -> None:
        self.data = data
        self.origin = origin
        self.end = origin + len(data)
        self.code: dict[int, tuple[Instruction, dict[str, int]]] = {}
        self.owner: dict[int, int] = {}  # address of a byte of code -> address of its instruction
        self.names: dict[int, str] = {}  # address -> the kind of label it deserves
        self.sprites: set[int] = set()
        self._pending = [origin]
        while self._pending:
            self._follow(self._pending.pop())

    def _follow(self, address: int) -> None:
        """Trace a run of instructions until the flow ends or meets code that is known."""
        index: int | None = None  # I, as far as this run has set it to a known address
        while address not in self.owner:
            found = self._at(address)
            # A word 0000 is unused memory far more often than a call of machine code at address 0.
            if found is None or (found[0].name == "SYS" and not found[1]["NNN"]):
                return
            instruction, operands = found
            after = address + instruction.length
            if any(byte in self.owner for byte in range(address, after)):
                return
            self.code[address] = found
            for byte in range(address, after):
                self.owner[byte] = address
            index = self._note(instruction, operands, index)
            if instruction.flow in (Flow.JUMP, Flow.RETURN, Flow.STOP, Flow.INDEXED):
                return
            if instruction.flow is Flow.SKIP:
                skipped = self._at(after)
                self._pending.append(after + (skipped[0].length if skipped else 2))
            address = after

    def _note(self, instruction: Instruction, operands: dict[str, int], index: int | None) -> int | None:
        """Remember the addresses that an instruction names; returns what is known of I after it."""
        target = operands.get("NNN", operands.get("NNNN", 0))
        if instruction.flow in (Flow.JUMP, Flow.CALL):
            # A name that says subroutine says more than one that says jump target.
            if instruction.flow is Flow.CALL or target not in self.names:
                self.names[target] = "sub" if instruction.flow is Flow.CALL else "loc"
            self._pending.append(target)
        elif instruction.flow is Flow.INDEXED:
            self.names.setdefault(target, "table")
            self._pending += self._jump_table(target)
        elif instruction.name in ("LD_I", "LD_I_LONG"):
            self.names.setdefault(target, "data")
            return target
        elif instruction.name == "DRW" and index is not None:
            rows = operands["N"] or 32  # height 0 is a sprite of 16 rows, two bytes each
            self.sprites.update(range(index, index + rows))
        elif "sets_i" in instruction.flags:
            return None
        return index

    def _jump_table(self, target: int) -> Iterator[int]:
        """The start of an indexed jump and, as long as jumps stand there, the following entries."""
        yield target
        while (found := self._at(target)) and found[0].flow is Flow.JUMP:
            target += 2
            yield target

    def _at(self, address: int) -> tuple[Instruction, dict[str, int]] | None:
        inside = self.origin <= address < self.end
        return _decode_at(self.data, address - self.origin) if inside else None


class _Listing:
    """The source text of a traced program."""

    def __init__(self, trace: _Trace, symbols: Mapping[str, int]) -> None:
        self.trace = trace
        self.lines: list[str] = []
        # The first label of an address is the one that instructions use.
        self.labels: dict[int, list[str]] = {trace.origin: ["main"]}
        for name, address in symbols.items():
            if name != "main" and self._can_label(address) and _is_name(name):
                self.labels.setdefault(address, []).append(name)
        taken = {name for names in self.labels.values() for name in names}
        for address, kind in sorted(trace.names.items()):
            name = f"{kind}_{address:03X}"
            if address not in self.labels and self._can_label(address) and name not in taken:
                self.labels[address] = [name]
        self.names = {address: names[0] for address, names in self.labels.items()}

    def _can_label(self, address: int) -> bool:
        """Labels stand before a statement, or with `:next` at the second byte of an instruction."""
        if not self.trace.origin <= address < self.trace.end:
            return False
        return address - self.trace.owner.get(address, address) <= 1

    def text(self) -> str:
        address = self.trace.origin
        indent = ""
        while address < self.trace.end:
            self.lines += [f": {name}" for name in self.labels.get(address, ())]
            if address in self.trace.code:
                instruction, operands = self.trace.code[address]
                self._next_labels(address + 1)
                self._write(indent + instruction.text(operands, self.names), address, instruction.length)
                indent = "    " if instruction.flow is Flow.SKIP else ""
                address += instruction.length
            else:
                address = self._data(address)
                indent = ""
        return "\n".join(self.lines) + "\n"

    def _next_labels(self, address: int) -> None:
        self.lines += [f"    :next {name}" for name in self.labels.get(address, ())]

    def _write(self, statement: str, address: int, length: int) -> None:
        offset = address - self.trace.origin
        raw = self.trace.data[offset : offset + length].hex(" ").upper()
        self.lines.append(f"    {statement}".ljust(_WIDTH) + f"# {address:03X}  {raw}")

    def _data(self, address: int) -> int:
        """Write one line of data; returns the address after it."""
        byte = self.trace.data[address - self.trace.origin]
        if address in self.trace.sprites:
            picture = f"{byte:08b}".replace("0", ".").replace("1", "#")
            self.lines.append(f"    0b{byte:08b}".ljust(_WIDTH) + f"# {address:03X}  {picture}")
            return address + 1
        end = address + 1
        while (
            end < min(address + DATA_PER_LINE, self.trace.end)
            and end not in self.trace.owner
            and end not in self.labels
            and end not in self.trace.sprites
        ):
            end += 1
        raw = self.trace.data[address - self.trace.origin : end - self.trace.origin]
        self.lines.append("    " + " ".join(f"0x{byte:02X}" for byte in raw) + f"  # {address:03X}")
        return end


def _is_name(name: str) -> bool:
    """Whether the assembler reads `name` back as the name of a label."""
    return PLAIN_NAME.fullmatch(name) is not None and not is_taken(name)
