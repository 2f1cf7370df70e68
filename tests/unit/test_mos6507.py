"""The 6507: a 6502 whose upper three address lines, IRQ, NMI and SO have no pins (docs/references.md: 6507)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mos6502_machine import machine, play, record, witness

from retrovm.core.bus import Bus
from retrovm.core.clock import Clock
from retrovm.core.line_script import LineScript
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.types import Line, StopReason
from retrovm.cpu.mos6502 import Mos6502
from retrovm.errors import AddressError, ArgumentError
from retrovm.isa.mos6502 import opcodes

builds = pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])


def test_alone_it_has_8_kib_of_ram():
    cpu = Mos6502(model="6507")
    assert len(cpu.memory) == 0x2000
    with pytest.raises(AddressError, match=r"\$0000-\$1FFF"):
        cpu.memory[0x2000]


def test_a_bus_that_its_lines_do_not_fit_is_refused():
    with pytest.raises(ArgumentError, match="a 6507 drives 8192 bytes in pages of 256, not 65536"):
        Mos6502(model="6507", bus=Bus(Clock(1)))
    with pytest.raises(ArgumentError, match="a 6502 drives 65536 bytes"):
        Mos6502(bus=Bus(Clock(1), size=0x2000))


@builds
def test_the_program_counter_keeps_16_bits_that_a_subroutine_call_pushes(exact):
    made = machine(bytes([0x20, 0x10, 0xF4]), model="6507", exact=exact)            # JSR $F410
    made.cpu.pc = 0xC400
    made.step()
    assert made.cpu.pc == 0xF410
    assert made.cpu.memory[0x01FC:0x01FE] == b"\x02\xc4"


@builds
def test_the_reset_vector_lies_at_1ffc_and_may_name_any_mirror(exact):
    cpu = Mos6502(model="6507")
    cpu.exact = exact
    cpu.memory[0x1FFC:0x1FFE] = b"\x00\xf0"
    cpu.memory[0x1000:0x1003] = bytes([0xA9, 0x42, 0xE8])
    cpu.step()
    assert cpu.pc == 0xF000
    cpu.run(cycles=4)
    assert (cpu.pc, cpu.registers["a"], cpu.registers["x"]) == (0xF003, 0x42, 1)


def test_the_bus_shows_13_lines():
    made = machine(bytes([0xAD, 0x34, 0xF2, 0x8D, 0x35, 0x72]), at=0x1400, model="6507", registers={"pc": 0xF400})
    assert [(address, kind) for _, address, _, kind in record(made, 8)] == [
        (0x1400, "read"), (0x1401, "read"), (0x1402, "read"), (0x1234, "read"),
        (0x1403, "read"), (0x1404, "read"), (0x1405, "read"), (0x1235, "write")]


@builds
def test_memory_is_the_same_in_every_mirror(exact):
    made = machine(bytes([0xAD, 0x34, 0xB2, 0x8D, 0x35, 0x72]), model="6507", exact=exact)
    made.cpu.memory[0x1234] = 0x5A
    made.run_cycles(8)
    assert made.cpu.memory[0x1235] == 0x5A


@builds
@pytest.mark.parametrize("size", [0x100, 0x40])
def test_a_device_sees_its_own_addresses_in_every_mirror(exact, size):
    program = bytes([0xAD, 0x03, 0x02, 0xAD, 0x13, 0x22, 0x8D, 0x23, 0xE2])
    made = machine(program, model="6507", exact=exact, registers={"a": 0x11})
    device = witness(made, 0x0200, size)
    made.run_cycles(12)
    assert device.log == [(3, "read", 0x0203, 0x77), (7, "read", 0x0213, 0x77), (11, "write", 0x0223, 0x77)]


@builds
def test_a_part_that_is_mapped_later_answers_in_every_mirror_too(exact):
    made = machine(bytes([0xAD, 0x00, 0xF2]), model="6507", exact=exact)
    made.buses["bus"].map(0x1200, 0x100, made.add(Memory("rom", contents=b"\x99" * 0x100, writable=False)))
    made.step()
    assert made.cpu.registers["a"] == 0x99
    made.buses["bus"].unmap(0x1200, 0x100)
    made.cpu.pc = 0x0400
    made.step()
    assert made.cpu.registers["a"] == 0xF2                   # the open bus: the last byte of the instruction


@builds
def test_an_instruction_may_begin_at_the_end_of_a_mirror_and_go_on_in_the_next(exact):
    made = machine(model="6507", exact=exact)
    made.cpu.memory[0x1FFE:0x2000] = bytes([0xE8, 0xA9])     # INX; LDA #
    made.cpu.memory[0x0000:0x0002] = bytes([0x42, 0xC8])     # $42; INY
    made.cpu.pc = 0x5FFE
    made.run_cycles(6)
    assert (made.cpu.pc, made.cpu.registers["a"], made.cpu.registers["y"]) == (0x6002, 0x42, 1)
    made.cpu.pc = 0xFFFF
    made.run_cycles(2)
    assert made.cpu.pc == 0x0001


@builds
def test_a_hook_is_called_in_whatever_mirror_the_instruction_runs(exact):
    made = machine(bytes([0xE8, 0xC8, 0x4C, 0x00, 0xF4]), model="6507", exact=exact)       # INX; INY; JMP $F400
    calls = []
    made.add_hook(0x1401, lambda _: calls.append(made.cpu.pc))
    made.cpu.memory[0x1400:0x1405] = bytes([0xE8, 0xC8, 0x4C, 0x00, 0x54])
    made.run_cycles(7 + 7 + 7)
    made.run_cycles(4)
    assert calls == [0xF401, 0x5401, 0x5401]


@builds
def test_a_run_until_an_address_ends_there_in_any_mirror(exact):
    cpu = Mos6502(model="6507")
    cpu.exact = exact
    cpu.memory[0x1400:0x1405] = bytes([0xE8, 0xC8, 0x4C, 0x00, 0xF4])
    cpu.pc = 0xF400
    for _ in range(3):
        assert cpu.run(until=0xF401) is StopReason.ADDRESS
        assert cpu.pc == 0xF401
        assert cpu.run(until=0x1401, cycles=100) is StopReason.ADDRESS
    assert cpu.registers["x"] == 6


def test_it_has_no_pins_for_interrupts_and_overflow():
    cpu = Mos6502(model="6507")
    assert set(cpu.wires) == {Line.RESET, Line.RDY}
    for pull in (lambda: setattr(cpu, "irq", True), lambda: setattr(cpu, "nmi", True),
                 lambda: cpu.wire(Line.IRQ), lambda: cpu.assert_line(Line.SO, True)):
        with pytest.raises(ArgumentError, match=r"no pin (IRQ|NMI|SO); it has RESET, RDY"):
            pull()
    with pytest.raises(ArgumentError, match="lines are bits"):
        LineScript("script", cpu, [(1, Line.IRQ)])
    assert not cpu.irq
    assert not cpu.nmi


@builds
def test_rdy_holds_it_in_a_read(exact):
    made = machine(bytes([0xAD, 0x00, 0xF2]), model="6507", exact=exact)
    play(made, [0, 0, int(Line.RDY), int(Line.RDY), int(Line.RDY)])
    assert made.step() == 4 + 3


@given(seed=st.integers(0, 2**32), slices=st.lists(st.integers(1, 120), min_size=1, max_size=12))
def test_any_program_runs_as_on_a_6502_that_decodes_13_lines(seed, slices):
    """On the 6502, the same memory is mapped eight times."""
    draw = random.Random(seed)
    codes = [opcode.code for opcode in opcodes("6507") if opcode.mnemonic != "JAM"]
    program = bytes(draw.choice(codes) if draw.random() < 0.7 else draw.randrange(0x100) for _ in range(0x2000))
    registers = {name: draw.randrange(256) for name in "axyp"} | {"pc": draw.randrange(0x10000)}
    runs = []
    for model, exact in (("6502", True), ("6507", True), ("6507", False)):
        made = Machine(1_000_000)
        size = 0x10000 if model == "6502" else 0x2000
        bus = made.add_bus(size=size)
        bus.map(0, size, made.add(Memory("ram", 0x2000, contents=program)), mirror=0x2000)
        cpu = made.add(Mos6502(model=model, bus=bus))
        cpu.exact = exact
        cpu.registers = registers
        seen = []
        for cycles in slices:
            made.run_cycles(cycles)
            seen.append((cpu.registers, cpu.cycles))
        state = made.dump_fields()
        runs.append((seen, {name: value for name, value in state.items() if name.startswith(("ram", "bus"))}))
    assert runs[0] == runs[1] == runs[2]
