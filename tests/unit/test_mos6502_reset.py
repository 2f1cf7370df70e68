"""What a reset does to a 6502, and what stops it for good. (docs/references.md: visual6502)"""

import pytest
from mos6502_machine import machine, play, record

from retrovm.core.types import Line, StopReason

builds = pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
periods = pytest.mark.parametrize("period", [1, 3])


def with_vectors(program=b"", **options):
    made = machine(program, **options)
    made.cpu.memory[0xFFFA:0x10000] = b"\x00\x90\x00\x80\x00\x91"
    return made


@periods
def test_a_reset_takes_seven_cycles_that_read_where_an_interrupt_would_push(period):
    made = with_vectors(registers={"s": 0x80, "p": 0x28}, period=period)
    made.reset(power_on=False)
    assert record(made, 8) == [
        (0, 0x0400, 0xEA, "read"), (1, 0x0400, 0xEA, "read"),
        (2, 0x0180, 0xEA, "read"), (3, 0x017F, 0xEA, "read"), (4, 0x017E, 0xEA, "read"),
        (5, 0xFFFC, 0x00, "read"), (6, 0xFFFD, 0x80, "read"),
        (7, 0x8000, 0xEA, "read"),
    ]


@builds
def test_a_reset_sets_i_moves_s_by_three_and_leaves_the_rest(exact):
    made = with_vectors(exact=exact, registers={"a": 1, "x": 2, "y": 3, "s": 0x80, "p": 0xEB})
    made.reset(power_on=False)
    assert made.cpu.is_resetting
    assert made.step() == 7
    assert not made.cpu.is_resetting
    assert made.cpu.registers == {"pc": 0x8000, "a": 1, "x": 2, "y": 3, "s": 0x7D, "p": 0xEF}


@builds
def test_at_power_on_the_registers_are_zero_and_the_stack_pointer_ends_at_fd(exact):
    made = machine(exact=exact, registers={"a": 1, "x": 2, "y": 3, "p": 0xEB})
    made.reset()
    made.step()
    assert made.cpu.registers == {"pc": 0xEAEA, "a": 0, "x": 0, "y": 0, "s": 0xFD, "p": 0x24}
    assert made.cpu.cycles == 7


def test_an_irq_waits_behind_a_reset_until_i_is_cleared():
    made = with_vectors()
    made.cpu.memory[0x8000] = 0x58
    made.cpu.irq = True
    made.reset(power_on=False)
    made.run_cycles(7 + 2 + 2)
    assert made.cpu.pc == 0x8002
    assert made.step() == 7
    assert made.cpu.pc == 0x9100


def test_an_nmi_is_heard_after_a_reset():
    made = with_vectors()
    made.reset(power_on=False)
    made.run_cycles(7)
    made.cpu.nmi = True
    made.step()
    made.step()
    assert made.cpu.pc == 0x9000


def test_an_nmi_that_came_before_the_reset_is_forgotten():
    made = with_vectors()
    made.cpu.nmi = True
    made.reset(power_on=False)
    made.run_cycles(30)
    assert made.cpu.pc >> 8 == 0x80


@builds
@periods
def test_the_reset_line_starts_the_sequence_after_the_instruction_that_hears_it(exact, period):
    made = with_vectors(bytes.fromhex("EE 34 12"), exact=exact, period=period)
    play(made, [0] * 2 + [Line.RESET], every=period)
    made.run_cycles(6 + 7)
    assert (made.cpu.cycles, made.cpu.pc) == (13, 0x8000)


# --- jam --------------------------------------------------------------------------------------------------------------

JAMS = [code for code in range(0x02, 0x100, 0x10) if code not in (0x82, 0xA2, 0xC2, 0xE2)]


@pytest.mark.parametrize("code", JAMS, ids=lambda code: f"{code:02X}")
def test_a_jam_reads_the_last_addresses_for_ever(code):
    made = machine(bytes([code]))
    addresses = [address for _, address, _, _ in record(made, 10)]
    assert addresses == [0x0400, 0x0401, 0xFFFF, 0xFFFE, 0xFFFE, *[0xFFFF] * 5]


@builds
@periods
def test_a_jammed_processor_lets_time_pass_and_says_so(exact, period):
    made = machine(b"\xea\x02", exact=exact, period=period)
    assert made.run_cycles(1000) is StopReason.HALTED
    assert made.cpu.is_jammed
    assert (made.cpu.cycles, made.clock.ticks, made.cpu.pc) == (1000, 1000 * period, 0x0402)
    assert made.run_cycles(10) is StopReason.HALTED
    assert made.cpu.cycles == 1010


def test_a_jammed_processor_steps_a_cycle_at_a_time():
    made = machine(b"\x02")
    assert (made.step(), made.step(), made.step()) == (5, 1, 1)


@builds
def test_a_reset_wakes_a_jammed_processor(exact):
    made = with_vectors(b"\x02", exact=exact)
    made.run_cycles(20)
    made.reset(power_on=False)
    assert not made.cpu.is_jammed
    assert made.run_cycles(7) is StopReason.CYCLES
    assert made.cpu.pc == 0x8000


@builds
@periods
def test_a_device_that_pulls_the_reset_line_wakes_it_in_that_cycle(exact, period):
    made = with_vectors(b"\x02", exact=exact, period=period)
    play(made, [0] * 50 + [Line.RESET], every=period)
    assert made.run_cycles(51 + 7) is StopReason.CYCLES
    assert not made.cpu.is_jammed
    assert made.cpu.pc == 0x8000
    made.run_cycles(20)
    assert made.cpu.pc == 0x800A


@builds
def test_assigning_the_program_counter_frees_a_jammed_processor(exact):
    made = machine(b"\x02", exact=exact)
    made.run_cycles(20)
    made.cpu.pc = 0x0500
    assert made.run_cycles(2) is StopReason.CYCLES
    assert made.cpu.pc == 0x0501


def test_events_go_on_at_their_ticks_while_it_is_jammed():
    made = machine(b"\x02")
    play(made, [0] * 50 + [Line.IRQ])
    made.run_cycles(50)
    assert not made.cpu.irq
    made.run_cycles(1)
    assert made.cpu.irq
