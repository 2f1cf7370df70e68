from collections.abc import Mapping, Sequence
from typing import Any

from retrovm.core.bus import Tracer
from retrovm.core.memory import Memory
from retrovm.cpu.mos6502 import Mos6502

FLAWS: tuple[str, ...]

class Cases:
    """The cases of a file: where each lies in the text. Raises `ValueError` for what is no array of objects."""

    def __init__(self, text: bytes) -> None: ...
    @property
    def text(self) -> bytes: ...
    def __len__(self) -> int: ...
    def __getitem__(self, number: int, /) -> bytes:
        """The text of a case."""

class Judge:
    """Runs cases on a processor whose 64 KiB of memory record into `tracer` where their pages are trapped."""

    def __init__(self, cpu: Mos6502, memory: Memory, tracer: Tracer, flaws: Mapping[int, str] | None = None) -> None: ...
    @property
    def corrected(self) -> int:
        """How many of the last cases passed as the chip works, and not as they are recorded."""
    def doubtful(self, cases: Cases, numbers: Sequence[int], *, exact: bool = True, fast: bool = True) -> list[int]:
        """Those of these cases that are not known to pass, in the order given."""
    def by_the_chip(self, case: dict[str, Any]) -> dict[str, Any] | None:
        """A case as the chip runs it; None where the recording is right. Memory has to be as before the instruction."""
