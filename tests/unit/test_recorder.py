"""Memory that records what comes to it through the device interface."""

import pytest

from retrovm.core.bus import Bus, Tracer
from retrovm.core.clock import Clock
from retrovm.core.recorder import RecordingMemory
from retrovm.core.types import Access
from retrovm.cpu.mos6502 import Mos6502
from retrovm.errors import ArgumentError


@pytest.fixture
def memory() -> RecordingMemory:
    return RecordingMemory("ram", 0x10000, Clock(1_000_000), Tracer())


def test_only_accesses_to_hidden_pages_are_recorded(memory: RecordingMemory) -> None:
    bus = Bus(memory.clock)
    bus.map(0, 0x10000, memory)
    cpu = Mos6502(bus=bus)
    # INC $3000; LDA $3110,X; STA $4000 with X = 0
    memory.store(enumerate(bytes.fromhex("EE 00 30 BD 10 31 8D 00 40"), 0x200))
    memory.store([(0x3000, 0x7F), (0x3110, 0x55)])
    bus.trap(0x3000, 0x100)
    bus.trap(0x4000, 0x100)
    cpu.pc = 0x200
    cpu.run(until=0x209)
    assert memory.tracer.rows() == [
        (3, 0x3000, 0x7F, "read"),
        (4, 0x3000, 0x7F, "write"),
        (5, 0x3000, 0x80, "write"),
        (13, 0x4000, 0x55, "write"),
    ]
    assert memory.tracer.kinds()[0] is Access.READ
    assert bytes(memory)[0x3000] == 0x80


def test_pages_that_are_no_longer_hidden_are_not_recorded(memory: RecordingMemory) -> None:
    bus = Bus(memory.clock)
    bus.map(0, 0x10000, memory)
    memory.store(enumerate(bytes.fromhex("AD 00 30"), 0x200))
    bus.trap(0x3000, 0x100)
    bus.untrap(0x3000, 0x100)
    cpu = Mos6502(bus=bus)
    cpu.pc = 0x200
    cpu.run(until=0x203)
    assert memory.tracer.rows() == []


def test_cells_that_differ_are_listed_with_what_is_there(memory: RecordingMemory) -> None:
    memory.store([(5, 6), (0xFFFF, 7)])
    assert memory.differences([(5, 6), (0xFFFF, 8), (0, 0)]) == [(0xFFFF, 8, 7)]


@pytest.mark.parametrize("cell", [(-1, 0), (0x10000, 0), (0, 256), (0, -1)])
def test_a_cell_that_cannot_be_is_refused(memory: RecordingMemory, cell: tuple[int, int]) -> None:
    with pytest.raises(ArgumentError, match="expected an address below 65536 and a byte"):
        memory.store([cell])
