from collections.abc import Iterable, Sequence

from retrovm.core.bus import Tracer
from retrovm.core.memory import Memory
from retrovm.cpu.mos6502 import Mos6502

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

    def __init__(self, cpu: Mos6502, memory: Memory, tracer: Tracer, left_out: Iterable[int] = ()) -> None: ...
    def doubtful(self, cases: Cases, numbers: Sequence[int], *, exact: bool = True, fast: bool = True) -> list[int]:
        """Those of these cases that are not known to pass, in the order given."""
