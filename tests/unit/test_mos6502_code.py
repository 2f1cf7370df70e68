"""Where the 6502's instructions come from: memory that changes under them, the edges of plain memory, devices, banks.

The fast build reads instructions through a window of plain memory; all of this is where the window ends or moves.
"""

import pytest
from mos6502_machine import Witness, machine, witness

from retrovm.core.memory import Memory
from retrovm.core.python_device import PythonDevice

LONG = 30
"""Cycles: the fast build runs what begins more than 7 cycles before the end of a run. NOPs follow."""

pytestmark = [
    pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"]),
    pytest.mark.parametrize("period", [1, 3]),
]


def test_a_program_that_changes_its_next_operand_uses_the_new_one(exact, period):
    made = machine(bytes.fromhex("A9 5A 8D 06 04 A2 00"), exact=exact, period=period)     # the STA hits LDX's operand
    made.run_cycles(LONG)
    assert made.cpu.registers["x"] == 0x5A


def test_a_program_that_changes_its_next_opcode_runs_the_new_one(exact, period):
    made = machine(bytes.fromhex("EE 03 04 E8"), exact=exact, period=period)              # INX becomes SBC #
    made.cpu.registers = {"a": 0xF0, "p": 0x21}
    made.run_cycles(LONG)
    assert (made.cpu.registers["x"], made.cpu.registers["a"]) == (0, 0xF0 - 0xEA)


def test_code_in_page_zero_and_in_the_stack_is_code_like_any_other(exact, period):
    made = machine(exact=exact, period=period)
    made.cpu.memory[0x00FE:0x0103] = bytes.fromhex("A9 11 A2 22 48")
    made.cpu.pc = 0x00FE
    made.run_cycles(7 + LONG)
    assert made.cpu.memory[0x01FD] == 0x11
    assert made.cpu.registers == {"pc": 0x103 + LONG // 2, "a": 0x11, "x": 0x22, "y": 0, "s": 0xFC, "p": 0x20}


@pytest.mark.parametrize("start", [0xFFFB, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF])
def test_an_instruction_goes_on_at_zero_behind_the_end_of_memory(start, exact, period):
    made = machine(exact=exact, period=period)
    for at, value in enumerate(bytes.fromhex("AD 34 12 A2 22")):
        made.cpu.memory[(start + at) & 0xFFFF] = value
    made.cpu.memory[0x1234] = 0x5A
    made.cpu.pc = start
    made.run_cycles(6 + LONG)
    assert (made.cpu.registers["a"], made.cpu.registers["x"]) == (0x5A, 0x22)
    assert made.cpu.pc == (start + 5 + LONG // 2) & 0xFFFF


def test_a_branch_wraps_at_both_ends_of_memory(exact, period):
    made = machine(exact=exact, period=period)
    made.cpu.memory[0xFFF0:0xFFF2] = bytes.fromhex("D0 20")
    made.cpu.memory[0x0012:0x0014] = bytes.fromhex("D0 D0")
    made.cpu.registers = {"pc": 0xFFF0, "p": 0x20}
    made.run_cycles(4 + 4 + 8)
    assert made.cpu.pc == 0xFFE8


# --- devices where there is code ------------------------------------------------------------------

class CodeDevice(Witness):
    """A device whose bytes are instructions: LDX #$77; JMP $0500."""

    code = bytes.fromhex("A2 77 4C 00 05")

    def read(self, addr):
        value = self.code[addr % len(self.code)]
        self.remember("read", addr, value)
        return value


def test_a_program_runs_into_a_device_and_out_again(exact, period):
    made = machine(bytes.fromhex("A9 11"), at=0x3FFE, exact=exact, period=period)
    device = made.add(CodeDevice(made.cpu, 0x4000))
    made.buses["bus"].map(0x4000, 0x100, device)
    made.run_cycles(2 + 2 + 3 + LONG)
    assert made.cpu.registers["x"] == 0x77
    assert made.cpu.pc == 0x0500 + LONG // 2
    assert device.log == [(2 + at, "read", 0x4000 + at, value) for at, value in enumerate(device.code)]


@pytest.mark.parametrize("behind", [1, 2])
def test_an_instruction_has_its_last_bytes_in_a_device(behind, exact, period):
    made = machine(b"\xad\x34"[: 3 - behind], at=0x4000 - 3 + behind, exact=exact, period=period)
    device = witness(made, 0x4000)
    made.cpu.memory[0x7734] = made.cpu.memory[0x7777] = 0x5A
    made.run_cycles(LONG)
    assert made.cpu.registers["a"] != 0x00
    assert device.log[:behind] == [(3 - behind + at, "read", 0x4000 + at, 0x77) for at in range(behind)]


def test_the_byte_behind_a_one_byte_instruction_is_read_from_the_device_there(exact, period):
    made = machine(b"\xe8", at=0x3FFF, exact=exact, period=period)
    device = witness(made, 0x4000)
    made.run_cycles(LONG)
    assert device.log[0] == (1, "read", 0x4000, 0x77)
    assert made.cpu.registers["x"] == 1


# --- banks ----------------------------------------------------------------------------------------

class Banks(PythonDevice):
    """A register: what is written chooses the memory at $8000-$BFFF."""

    def __init__(self, bus, banks):
        self.bus, self.banks = bus, banks
        super().__init__("banks")

    def write(self, addr, value):
        self.bus.map(0x8000, 0x4000, self.banks[value & 1])


def with_banks(program, first, second, **options):
    made = machine(program, **options)
    banks = [made.add(Memory(f"bank {n}", 0x4000, content)) for n, content in enumerate((first, second))]
    bus = made.buses["bus"]
    bus.map(0x8000, 0x4000, banks[0])
    bus.map(0x4000, 0x100, made.add(Banks(bus, banks)))
    return made


def test_the_instruction_behind_a_bank_switch_reads_the_other_bank(exact, period):
    # LDX $8000; LDA #1; STA $4000; LDY $8000
    made = with_banks(bytes.fromhex("AE 00 80 A9 01 8D 00 40 AC 00 80"), b"\x11", b"\x22", exact=exact, period=period)
    made.run_cycles(LONG)
    assert (made.cpu.registers["x"], made.cpu.registers["y"]) == (0x11, 0x22)


def test_the_write_of_the_new_value_goes_to_what_the_write_of_the_old_one_switched_to(exact, period):
    """INC writes twice, and both switch: the bank of the old value is there for one cycle."""
    made = with_banks(b"", bytes.fromhex("EE 00 40 A2 11"), bytes.fromhex("00 00 00 A2 22"), exact=exact, period=period)
    made.cpu.pc = 0x8000
    made.run_cycles(LONG)             # $FF + 1 = 0, so that bank 0 goes on
    assert made.cpu.registers["x"] == 0x11


def test_code_that_switches_its_own_bank_goes_on_in_the_other(exact, period):
    switch = bytes.fromhex("A9 01 8D 00 40")
    made = with_banks(b"", switch + b"\xa2\x11", b"\xea" * 5 + b"\xa2\x22", exact=exact, period=period)
    made.cpu.pc = 0x8000
    made.run_cycles(LONG)
    assert made.cpu.registers["x"] == 0x22


def test_a_stack_that_is_switched_away_during_jsr_is_gone_in_the_next_cycle(exact, period):
    """The page of the stack is a device that maps memory over itself when the first byte is pushed."""
    made = machine(bytes.fromhex("20 00 05"), exact=exact, period=period)
    bus = made.buses["bus"]
    memory = made.add(Memory("second stack", 0x100))

    class Once(PythonDevice):
        def write(self, addr, value):
            bus.map(0x0100, 0x100, memory)

    bus.map(0x0100, 0x100, made.add(Once("once")))
    made.run_cycles(LONG)
    assert bytes(memory)[0xFC:0xFE] == b"\x02\x00"


def test_runs_that_stop_at_hooks_take_the_way_of_one_that_stops_nowhere(exact, period):
    code = bytes.fromhex("A2 10 A0 20 88 D0 FD EA CA D0 F7 4C 00 04")     # two nested loops, again and again
    straight, stopping = machine(code, exact=exact, period=period), machine(code, exact=exact, period=period)
    straight.run_cycles(5_000)
    bus = stopping.cpu.bus
    for address in (0x0000, 0x0402, 0x0405, 0x0408, 0x0800, 0xFFFF):
        bus.hook(address)
    stops = set()
    while stopping.cpu.cycles < straight.cpu.cycles:
        stopping.cpu.run(cycles=straight.cpu.cycles - stopping.cpu.cycles)
        if stopping.cpu.cycles < straight.cpu.cycles:
            stops.add(stopping.cpu.pc)
            stopping.cpu.step()
    assert stops == {0x0402, 0x0405, 0x0408}
    assert (stopping.cpu.registers, stopping.cpu.cycles) == (straight.cpu.registers, straight.cpu.cycles)
    for address in (0x0402, 0x0405, 0x0408):
        bus.hook(address, False)
    before = stopping.cpu.cycles
    stopping.cpu.run(cycles=1_000)
    assert stopping.cpu.cycles >= before + 1_000
