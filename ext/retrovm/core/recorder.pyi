from collections.abc import Iterable, Sequence

from retrovm.core.bus import Tracer
from retrovm.core.clock import Clock
from retrovm.core.memory import Memory

class RecordingMemory(Memory):
    """RAM that records, into `tracer` and with the ticks of `clock`, what comes to it through the device interface."""

    tracer: Tracer
    clock: Clock
    def __init__(self, name: str, size: int, clock: Clock, tracer: Tracer, fill: int = 0) -> None: ...
    def store(self, cells: Iterable[Sequence[int]]) -> None: ...
    def differences(self, cells: Iterable[Sequence[int]]) -> list[tuple[int, int, int]]: ...
