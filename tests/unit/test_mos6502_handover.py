"""The fast build and the exact build are one processor: whoever runs which instruction, nobody can tell."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mos6502_machine import Trigger, machine, play
from mos6502_scenarios import WITH_LINES

from retrovm.core.types import Line
from retrovm.isa.mos6502 import MODELS, PAGE_CROSSING, opcodes
from retrovm.isa.mos6502_core import handler

HALTS = ("JAM", "STP")
MODEL_OPCODES = {model: [opcode for opcode in opcodes(model) if opcode.mnemonic not in HALTS] for model in MODELS}
# The models that have the most opcodes of their technology.
TECHNOLOGIES = ("6502", "65c02-wdc")


def runs(opcodes_of_models):
    """Opcodes with a model that has them; those that models have in common once."""
    seen, found = set(), []
    for model, listed in opcodes_of_models.items():
        for opcode in listed:
            if handler(opcode) not in seen:
                seen.add(handler(opcode))
                found.append((model, opcode))
    return found
VECTORS = {0xFFFA: b"\x00\x90", 0xFFFE: b"\x00\x91"}
HANDLERS = {0x9000: bytes([0xE8, 0x40]), 0x9100: bytes([0xC8, 0x40])}      # INX; RTI and INY; RTI


def prepared(program, *, exact, registers, period=1, model="6502"):
    made = machine(program, exact=exact, registers=registers, period=period, model=model)
    for address, content in {**VECTORS, **HANDLERS}.items():
        made.cpu.memory[address : address + len(content)] = content
    # Pointers of page zero lead to the trigger's page for some operands and to RAM for others.
    made.cpu.memory[0x0000:0x0100] = bytes(0x40 if n & 3 == 1 else n for n in range(256))
    return made


def fields(made):
    """The whole state, but for what lines had been seen at the end of a cycle that the next one looks at anew."""
    found = made.dump_fields()
    del found["cpu.changed"]
    return found


def with_trigger(program, *, exact, registers, period=1, model="6502"):
    made = prepared(program, exact=exact, registers=registers, period=period, model=model)
    made.buses["bus"].map(0x4000, 0x100, made.add(Trigger(made.cpu)))
    return made


@pytest.mark.parametrize(("model", "opcode"), runs(MODEL_OPCODES), ids=lambda value: value if isinstance(value, str) else
                         f"{value.code:02X}-{value.mnemonic}-{value.mode}")
def test_a_line_that_changes_in_any_cycle_is_served_alike(model, opcode):
    program = bytes([0xEA, opcode.code, 0x10, 0x20, 0xE6, 0x80, 0x58, 0xEA, 0xEA, 0xEA])
    for line in (Line.IRQ, Line.NMI):
        for first in range(12):
            for length in (1, 2, 9):
                levels = [0] * first + [int(line)] * length
                ends = []
                for exact in (True, False):
                    made = prepared(program, exact=exact, registers={"x": 0xF8, "y": 0xF4}, model=model)
                    play(made, levels)
                    made.run_cycles(40)
                    ends.append(fields(made))
                assert ends[0] == ends[1], (line, first, length)


@pytest.mark.parametrize("model", TECHNOLOGIES)
@pytest.mark.parametrize("period", [1, 3])
@pytest.mark.parametrize("action", range(32))
def test_an_access_that_pulls_a_line_at_once_or_later_is_served_alike(action, period, model):
    """Every opcode with an operand in memory reaches the trigger, which changes a line 0 to 7 ticks later."""
    for opcode in MODEL_OPCODES[model]:
        if opcode.access == "none":
            continue
        page_zero = opcode.syntax.size == 1
        # An indexed pointer or address leads to $4000 + action, with and without crossing a page on the way.
        for index in (0x00, 0x30):
            target = 0x4000 + action
            program = bytes([0xEA, opcode.code, 0x20 if page_zero else (target - index) & 0xFF,
                             (target - index) >> 8 if not page_zero else 0xEA, 0xEA, 0xA5, 0x07, 0x58, 0xEA, 0xEA])
            ends = []
            for exact in (True, False):
                made = with_trigger(program, exact=exact, registers={"x": index, "y": index}, period=period,
                                    model=model)
                pointer = target - index if opcode.mode == "izy" else target
                made.cpu.memory[0x20] = pointer & 0xFF
                made.cpu.memory[0x21] = pointer >> 8
                made.cpu.memory[0x20 + index] = pointer & 0xFF
                made.cpu.memory[0x21 + index] = pointer >> 8
                made.run_cycles(60)
                ends.append((fields(made), made.devices["trigger"].log))
            assert ends[0] == ends[1], (opcode, index)


@pytest.mark.parametrize("period", [1, 3])
@pytest.mark.parametrize("action", range(32))
def test_a_dummy_read_that_pulls_a_line_within_its_own_instruction_is_served_alike(action, period):
    """Indexing leaves the trigger's page: only the read without the carry is there, some cycles before the end."""
    for opcode in MODEL_OPCODES["6502"]:
        if opcode.mode not in PAGE_CROSSING:
            continue
        base = 0x40C0 + action
        program = bytes([0xEA, opcode.code, *([0x20] if opcode.mode == "izy" else [base & 0xFF, base >> 8]),
                         *[0xEA] * 4, 0x58, 0xEA, 0xEA])
        ends = []
        for exact in (True, False):
            made = with_trigger(program, exact=exact, registers={"x": 0x60, "y": 0x60}, period=period)
            made.cpu.memory[0x20:0x22] = base.to_bytes(2, "little")
            made.run_cycles(60)
            ends.append((fields(made), made.devices["trigger"].log))
        assert ends[0] == ends[1], opcode
        assert ends[0][1][0][2] == (base + 0x60) & 0xFF


@given(seed=st.integers(0, 2**32), irq_disabled=st.booleans(),
       slices=st.lists(st.integers(1, 120), min_size=1, max_size=12),
       period=st.sampled_from([1, 1, 3, 12]), every=st.integers(1, 13), model=st.sampled_from(WITH_LINES),
       decimal=st.booleans())
def test_any_program_with_any_interrupts_runs_alike_however_it_is_sliced(seed, irq_disabled, slices, period, every,
                                                                         model, decimal):
    """Lines change at ticks that need be no multiple of the processor's period."""
    draw = random.Random(seed)
    codes = [opcode.code for opcode in MODEL_OPCODES[model]]
    program = bytes(draw.choice([0x40, 0x40, draw.choice(codes), draw.randrange(0x40)]) for _ in range(0x300))
    registers = {name: draw.randrange(256) for name in "axy"} | {"p": 0x20 | irq_disabled << 2 | decimal << 3}
    levels = [draw.choice([0, 0, 0, 1, 2, 3]) for _ in range(draw.randrange(60))]
    together = with_trigger(program, exact=True, registers=registers, period=period, model=model)
    sliced = with_trigger(program, exact=False, registers=registers, period=period, model=model)
    for made in (together, sliced):
        play(made, levels, every)
    for cycles in slices:
        sliced.run_cycles(cycles)
    together.run_cycles(sliced.cpu.cycles)
    assert together.cpu.cycles == sliced.cpu.cycles
    assert together.devices["trigger"].log == sliced.devices["trigger"].log
    assert fields(together) == fields(sliced)
