"""Coverage of guest code: which instructions ran, and which ways their branches went.

    with vm.coverage(debug="game.dbg") as coverage:
        vm.run(cycles=1_000_000)
    coverage.counts[0x8000]              # how often the instruction there ran
    coverage.branches[0x8004]            # (times taken, times not)
    coverage.write("coverage.info")      # lcov; "coverage.json" data that adds up; else a folder with pages

An address is one of the processor's: where banks are switched, all that was ever mapped there counts together, and what is
shown of it is what memory held at the end.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from retrovm.core.cpu import Cpu
from retrovm.debug.counting import Cell, CellKey, Counting, Step
from retrovm.debug.covered_files import CoveredFile, covered_files
from retrovm.debug.guest_code import Instruction, decoder_of, reachable
from retrovm.errors import ArgumentError, MediaError
from retrovm.symbols import Symbols

FORMAT = "retrovm coverage 1"


class Coverage(Counting):
    """What ran of a program; made by `vm.coverage()`. `a + b` is what ran in either of two, of the same program.

    Attributes
        counts    {address: times}, of instructions that ran
        branches  {address: (times taken, times not)}: branches of a 6502, skips of a CHIP-8
        image     memory from address 0 on, as it was at the end
    """

    def __init__(self, cpu: Cpu, symbols: Symbols, model: str, debug: str | PathLike[str] | None = None) -> None:
        super().__init__(cpu)
        self.symbols = symbols
        self.debug = None if debug is None else Path(debug)
        self.image = b""
        self.counts: dict[int, int] = {}
        self._moved: dict[int, int] = {}
        self._processor, self._model = type(cpu).__name__, model
        self._decode = decoder_of(self._processor, model)

    def __repr__(self) -> str:
        return f"<Coverage: {len(self.counts)} instructions>"

    def take(self, cells: dict[CellKey, Cell], tree: dict[tuple[Step, ...], tuple[int, int]]) -> None:
        self.image = self._cpu.bus.peek_bytes(0, self._cpu.bus.reach)
        for (_, _, address, opcode), (count, moved, cycles) in cells.items():
            if opcode is None or not count:
                continue
            self.counts[address] = self.counts.get(address, 0) + count
            instruction = self._decode(self.image, address)
            if instruction.opcode == opcode and instruction.goes_nowhere and self._processor == "Mos6502":
                # Only its time tells: a cycle more when it is taken.
                moved = max(0, min(count, cycles - count * (2 if instruction.size == 2 else 5)))
            self._moved[address] = self._moved.get(address, 0) + moved

    @property
    def branches(self) -> dict[int, tuple[int, int]]:
        found = {}
        for address, count in sorted(self.counts.items()):
            if self._decode(self.image, address).branch:
                found[address] = self._moved[address], count - self._moved[address]
        return found

    def instructions(self) -> dict[int, Instruction]:
        """Those that ran, and those that might have run behind them, by address: what is not in `counts` did not."""
        return reachable(self.image, sorted(self.counts), self._decode)

    def decode(self, address: int) -> Instruction:
        """The instruction that memory has at an address."""
        return self._decode(self.image, address)

    def files(self) -> list[CoveredFile]:
        """The sources with what ran of each line; without debug information, a listing in their place."""
        return covered_files(self)

    def __add__(self, other: Coverage) -> Coverage:
        if (self._processor, self._model) != (other._processor, other._model):
            raise ArgumentError(f"coverage of a {self._model} and of a {other._model} does not add up")
        total = Coverage(self._cpu, self.symbols, self._model, self.debug or other.debug)
        total.image = self.image or other.image
        for one in (self, other):
            total._add(one.counts, one._moved)
        return total

    def _add(self, counts: Mapping[int, int], moved: Mapping[int, int]) -> None:
        for address, count in counts.items():
            self.counts[address] = self.counts.get(address, 0) + count
            self._moved[address] = self._moved.get(address, 0) + moved[address]

    # --- files ------------------------------------------------------------------------------------------------

    def data(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {"format": FORMAT, "processor": self._processor, "model": self._model,
                "ran": {f"{address:04X}": [count, self._moved[address]] for address, count in sorted(self.counts.items())},
                "image": base64.b64encode(zlib.compress(self.image)).decode("ascii")}

    def add_data(self, path: str | PathLike[str]) -> None:
        """Adds what an earlier `write` of a .json file has kept. `MediaError`, and nothing is added, where it is none."""
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
            kind = data["format"], data["processor"], data["model"]
            ran = {int(address, 16): (int(count), int(moved)) for address, (count, moved) in data["ran"].items()}
            image = zlib.decompress(base64.b64decode(data["image"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
            raise MediaError("this is no coverage data", file=str(path), expected="what --coverage F.json has written",
                             found=str(error)) from error
        if kind != (FORMAT, self._processor, self._model):
            raise MediaError("this coverage is not of the same kind", file=str(path),
                             expected=f"{FORMAT} of a {self._model}", found=f"{kind[0]} of a {kind[2]}")
        self.image = self.image or image
        self._add({address: count for address, (count, _) in ran.items()},
                  {address: moved for address, (_, moved) in ran.items()})

    def write(self, path: str | PathLike[str]) -> None:
        """Writes it: F.info for lcov, F.json to be added to, else a folder of pages, which begin with index.html."""
        from retrovm.debug.coverage_html import write_pages
        from retrovm.debug.coverage_lcov import write_lcov

        path = Path(path)
        if path.suffix == ".json":
            path.write_text(json.dumps(self.data()) + "\n", encoding="utf-8")
        elif path.suffix == ".info":
            write_lcov(self, path)
        else:
            write_pages(self, path)
