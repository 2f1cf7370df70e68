"""A 6502 without a machine: `Mos6502()` with 64 KiB of RAM and a clock of its own."""

import pytest

from retrovm.core.bus import Bus, Tracer
from retrovm.core.clock import Clock
from retrovm.core.memory import Memory
from retrovm.core.python_device import PythonDevice
from retrovm.core.types import Access, StopReason
from retrovm.cpu import Mos6502
from retrovm.errors import AddressError, ArgumentError

builds = pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
COUNT = bytes.fromhex("E8 D0 FD 4C 00 04")       # $0400: INX; BNE $0400; JMP $0400


def processor(program=COUNT, *, exact=False, **options):
    cpu = Mos6502(**options)
    cpu.exact = exact
    cpu.memory[0x0400 : 0x0400 + len(program)] = program
    cpu.pc = 0x0400
    return cpu


def test_it_begins_with_the_reset_sequence():
    cpu = Mos6502()
    cpu.memory[0xFFFC:0xFFFE] = b"\x00\x04"
    assert cpu.is_resetting
    assert cpu.step() == 7
    assert cpu.pc == 0x0400


def test_assigning_the_program_counter_skips_the_reset_sequence():
    cpu = processor()
    assert not cpu.is_resetting
    assert cpu.step() == 2
    assert cpu.registers["x"] == 1


@pytest.mark.parametrize("period", [1, 12])
@builds
def test_a_step_is_one_instruction_and_says_its_cycles(exact, period):
    cpu = processor(exact=exact, period=period)
    assert [cpu.step() for _ in range(3)] == [2, 3, 2]
    assert (cpu.cycles, cpu.clock.ticks) == (7, 7 * period)


@pytest.mark.parametrize("period", [1, 12])
@builds
def test_a_run_for_cycles_ends_behind_a_whole_instruction(exact, period):
    cpu = processor(exact=exact, period=period)
    assert cpu.run(cycles=0) is StopReason.CYCLES
    assert cpu.cycles == 0
    assert cpu.run(cycles=6) is StopReason.CYCLES
    assert cpu.cycles == 7
    cpu.run(cycles=10_000)
    assert 10_007 <= cpu.cycles < 10_010


@builds
def test_a_run_until_an_address_ends_before_the_instruction_there(exact):
    cpu = processor(exact=exact)
    assert cpu.run(until=0x0403) is StopReason.ADDRESS
    assert (cpu.pc, cpu.registers["x"]) == (0x0403, 0)
    assert cpu.cycles == 256 * 5 - 1


@builds
def test_a_run_until_the_present_address_goes_once_around(exact):
    cpu = processor(exact=exact)
    for n in range(1, 4):
        assert cpu.run(until=0x0400) is StopReason.ADDRESS
        assert (cpu.pc, cpu.registers["x"], cpu.cycles) == (0x0400, n, 5 * n)


@builds
def test_of_both_limits_the_first_ends_the_run(exact):
    cpu = processor(exact=exact)
    assert cpu.run(cycles=100, until=0x0403) is StopReason.CYCLES
    assert cpu.run(cycles=10_000, until=0x0403) is StopReason.ADDRESS


@builds
def test_the_bytes_behind_an_opcode_are_no_address_to_stop_at(exact):
    cpu = processor(exact=exact)
    assert cpu.run(cycles=5000, until=0x0402) is StopReason.CYCLES


@builds
def test_a_hook_of_the_bus_ends_every_run(exact):
    cpu = processor(exact=exact)
    cpu.bus.hook(0x0403)
    assert cpu.run(cycles=1_000_000) is StopReason.ADDRESS
    assert cpu.pc == 0x0403
    cpu.bus.hook(0x0403, False)
    assert cpu.run(cycles=1000) is StopReason.CYCLES


@builds
def test_a_program_that_jams_ends_a_run_without_a_limit(exact):
    cpu = processor(b"\xea\x02", exact=exact, period=3)
    assert cpu.run(until=0x0500) is StopReason.HALTED
    assert (cpu.cycles, cpu.clock.ticks, cpu.is_jammed) == (7, 21, True)
    assert cpu.run(until=0x0500) is StopReason.HALTED
    assert cpu.cycles == 7
    cpu.power_cycle()
    assert not cpu.is_jammed


@pytest.mark.parametrize("arguments", [{}, {"cycles": -1}, {"until": 0x10000}, {"until": -1}])
def test_a_run_that_cannot_be_is_refused(arguments):
    with pytest.raises(ArgumentError):
        processor().run(**arguments)


class Broken(PythonDevice):
    def read(self, addr):
        raise LookupError("nothing to read")


@builds
def test_what_a_device_raises_ends_the_run_after_the_instruction(exact):
    bus = Bus(Clock(1_000_000))
    bus.map(0, 0x10000, Memory("ram", 0x10000))
    bus.map(0x4000, 0x100, Broken("broken"))
    cpu = processor(bytes.fromhex("AD 00 40 E8 E8 E8"), exact=exact, bus=bus)
    for _ in range(2):
        cpu.pc = 0x0400
        with pytest.raises(LookupError, match="nothing to read"):
            cpu.run(cycles=100)
        assert cpu.pc == 0x0403
    cpu.pc = 0x0400
    with pytest.raises(LookupError):
        cpu.step()
    cpu.pc = 0x0400
    with pytest.raises(LookupError):
        cpu.run(until=0x0406)
    assert cpu.step() == 2, "it goes on"


# --- registers and memory -------------------------------------------------------------------------

def test_assigning_registers_changes_those_that_are_named():
    cpu = processor()
    cpu.registers = {"a": 1, "p": 0xFF}
    assert cpu.registers == {"pc": 0x0400, "a": 1, "x": 0, "y": 0, "s": 0, "p": 0xEF}
    cpu.registers = {"x": 2, "y": 3, "s": 4, "pc": 0x1234, "p": 0}
    assert cpu.registers == {"pc": 0x1234, "a": 1, "x": 2, "y": 3, "s": 4, "p": 0x20}


@pytest.mark.parametrize("p", range(256))
def test_every_flag_is_kept_and_bits_4_and_5_are_no_flags(p):
    cpu = processor(b"\x08")
    cpu.registers = {"p": p, "s": 0xFF}
    assert cpu.registers["p"] == p & 0xCF | 0x20
    cpu.step()
    assert cpu.memory[0x01FF] == p | 0x30


@pytest.mark.parametrize(("values", "message"), [
    ({"a": 256}, "256 does not fit into register a"),
    ({"pc": 0x10000}, "65536 does not fit into register pc"),
    ({"x": -1}, "-1 does not fit into register x"),
    ({"a": 1, "z": 1}, "no register 'z'; there are: pc, a, x, y, s, p"),
])
def test_registers_that_cannot_be_are_refused_and_nothing_changes(values, message):
    cpu = processor()
    before = cpu.registers
    with pytest.raises(ArgumentError, match=message):
        cpu.registers = values
    assert cpu.registers == before


@pytest.mark.parametrize("address", [-1, 0x10000])
def test_a_program_counter_outside_memory_is_refused(address):
    with pytest.raises(ArgumentError, match=r"a program counter is \$0000-\$FFFF"):
        processor().pc = address


def test_memory_is_the_64_kib_that_it_sees():
    cpu = Mos6502()
    assert len(cpu.memory) == 0x10000
    cpu.memory[:] = bytes(range(256)) * 256
    assert cpu.memory[0xFFFE:] == b"\xfe\xff"
    with pytest.raises(AddressError):
        cpu.memory[0x10000]


def test_an_unknown_model_is_refused_with_those_that_there_are():
    with pytest.raises(ArgumentError, match="no 6502 model '6809'; there are: 6502"):
        Mos6502(model="6809")


def test_a_bus_of_another_size_is_refused():
    with pytest.raises(ArgumentError, match="a 6502 drives 65536 bytes in pages of 256, not 4096 in pages of 256"):
        Mos6502(bus=Bus(Clock(1), 0x1000))


@pytest.mark.parametrize("period", [0, -1, 1.5])
def test_a_period_that_is_no_whole_number_of_ticks_is_refused(period):
    with pytest.raises(ArgumentError, match="a cycle takes a whole number of ticks"):
        Mos6502(period=period)


# --- lines ----------------------------------------------------------------------------------------

@builds
def test_irq_is_a_level(exact):
    cpu = processor(b"\xea" * 20, exact=exact)
    cpu.registers = {"p": 0x20, "s": 0xFD}
    cpu.memory[0xFFFE:0x10000] = b"\x00\x91"
    cpu.memory[0x9100] = 0x40
    cpu.irq = True
    assert cpu.irq
    assert [cpu.step() for _ in range(5)] == [2, 7, 6, 7, 6]
    cpu.irq = False
    assert not cpu.irq
    # The RTI polled before the line was let go.
    assert [cpu.step() for _ in range(4)] == [7, 6, 2, 2]


@builds
def test_nmi_is_an_edge(exact):
    cpu = processor(b"\xea" * 20, exact=exact)
    cpu.registers = {"s": 0xFD}
    cpu.memory[0xFFFA:0xFFFC] = b"\x00\x90"
    cpu.memory[0x9000] = 0x40
    for _ in range(2):
        cpu.nmi = True
        assert cpu.nmi
        assert [cpu.step() for _ in range(5)] == [2, 7, 6, 2, 2]
        cpu.nmi = False
        assert cpu.step() == 2


def test_a_line_changes_nothing_before_the_next_cycle():
    cpu = processor()
    before = cpu.registers, bytes(cpu.memory)
    cpu.irq = cpu.nmi = True
    assert (cpu.registers, bytes(cpu.memory)) == before


def test_a_trace_shows_every_cycle_and_why_the_bus_is_used():
    cpu = processor(bytes.fromhex("EE 34 12"))
    tracer = Tracer()
    cpu.bus.trace(tracer)
    cpu.step()
    cpu.bus.trace(None)
    cpu.step()
    assert tracer.rows() == [
        (0, 0x0400, 0xEE, "read"), (1, 0x0401, 0x34, "read"), (2, 0x0402, 0x12, "read"),
        (3, 0x1234, 0x00, "read"), (4, 0x1234, 0x00, "write"), (5, 0x1234, 0x01, "write"),
    ]
    assert tracer.kinds() == [Access.FETCH, Access.OPERAND, Access.OPERAND, Access.READ, Access.DUMMY, Access.WRITE]


@builds
@pytest.mark.parametrize("constant", [0x00, 0xEE, 0xEF, 0xFF])
def test_the_constants_of_ane_and_lxa_are_those_of_the_chip_that_one_asks_for(exact, constant):
    program = bytes([0xA9, 0x10, 0xA2, 0xF7, 0x8B, 0x3F,          # LDA #$10; LDX #$F7; ANE #$3F
                     0xA8, 0xA9, 0x01, 0xAB, 0x7F])               # TAY; LDA #$01; LXA #$7F
    cpu = processor(program, exact=exact, ane_constant=constant)
    cpu.run(cycles=12)
    assert (cpu.ane_constant, cpu.lxa_constant) == (constant, 0xEE)
    assert (cpu.registers["y"], cpu.registers["a"], cpu.registers["x"]) == ((0x10 | constant) & 0xF7 & 0x3F, 0x6F, 0x6F)
    cpu = processor(program, exact=exact, lxa_constant=constant)
    cpu.run(cycles=12)
    assert (cpu.registers["y"], cpu.registers["x"]) == ((0x10 | 0xEE) & 0xF7 & 0x3F, (0x01 | constant) & 0x7F)


@pytest.mark.parametrize("wrong", [{"ane_constant": 256}, {"lxa_constant": -1}, {"ane_constant": "ee"}])
def test_a_constant_that_is_no_byte_is_refused(wrong):
    with pytest.raises(ArgumentError, match="the constant of ANE or LXA is a byte"):
        Mos6502(**wrong)
