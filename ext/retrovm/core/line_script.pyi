from collections.abc import Iterable

from retrovm.core.cpu import Cpu
from retrovm.core.device import Device

class LineScript(Device):
    """Pulls a processor's lines at given ticks: from each tick on, exactly these `Line` bits: [(tick, lines), ...]."""

    def __init__(self, name: str, cpu: Cpu, changes: Iterable[tuple[int, int]]) -> None: ...
    @property
    def changes(self) -> tuple[tuple[int, int], ...]: ...
