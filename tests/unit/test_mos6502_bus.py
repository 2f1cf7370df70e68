"""What a device on the 6502's bus sees, cycle by cycle, and what the chip reads where nobody answers.

Each is so in both builds; the fast one runs what begins more than 7 cycles before the end of a run, and NOPs follow the
instruction under test. Cycle 0 is the fetch of its opcode at $0400; X and Y are $20. Witnesses answer with $77.
(docs/references.md: 64doc)
"""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mos6502_machine import machine, witness

from retrovm.isa.mos6502 import opcodes

LONG = 30
"""Cycles: enough for the fast build."""

builds = pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
periods = pytest.mark.parametrize("period", [1, 3])


def prepared(code, *, exact=False, period=1, **registers):
    made = machine(bytes.fromhex(code), exact=exact, period=period, registers={"x": 0x20, "y": 0x20, **registers})
    # Pointers: ($20) is $40F0, ($24) is $4010, ($30) is $3FF0.
    made.cpu.memory[0x20:0x26] = bytes.fromhex("F0 40 EA EA 10 40")
    made.cpu.memory[0x30:0x32] = bytes.fromhex("F0 3F")
    return made


SEEN = {
    # what: (instruction, base of the witness, what it sees)
    "LDA abs,X within a page reads once": ("BD 10 40", 0x4000, [(3, "read", 0x4030, 0x77)]),
    "LDA abs,X over a page reads the page below first": ("BD F0 40", 0x4000, [(3, "read", 0x4010, 0x77)]),
    "LDA abs,X from below reads where it leads": ("BD F0 3F", 0x4000, [(4, "read", 0x4010, 0x77)]),
    "LDA (zp),Y over a page reads the page below first": ("B1 20", 0x4000, [(4, "read", 0x4010, 0x77)]),
    "LDA (zp),Y from below reads where it leads": ("B1 30", 0x4000, [(5, "read", 0x4010, 0x77)]),
    "STA abs,X reads before it writes": ("9D 10 40", 0x4000, [(3, "read", 0x4030, 0x77), (4, "write", 0x4030, 0xA5)]),
    "STA abs,Y over a page reads the page below": ("99 F0 40", 0x4000, [(3, "read", 0x4010, 0x77)]),
    "STA (zp),Y reads before it writes": ("91 24", 0x4000, [(4, "read", 0x4030, 0x77), (5, "write", 0x4030, 0xA5)]),
    "STA abs only writes": ("8D 10 40", 0x4000, [(3, "write", 0x4010, 0xA5)]),
    "INC abs writes the old value, then the new": (
        "EE 10 40", 0x4000, [(3, "read", 0x4010, 0x77), (4, "write", 0x4010, 0x77), (5, "write", 0x4010, 0x78)]),
    "INC abs,X reads twice and writes twice": (
        "FE 10 40", 0x4000, [(3, "read", 0x4030, 0x77), (4, "read", 0x4030, 0x77), (5, "write", 0x4030, 0x77),
                             (6, "write", 0x4030, 0x78)]),
    "INC abs,X over a page reads the page below": ("FE F0 40", 0x4000, [(3, "read", 0x4010, 0x77)]),
    "JMP (abs) takes the high byte from the same page": (
        "6C FF 40", 0x4000, [(3, "read", 0x40FF, 0x77), (4, "read", 0x4000, 0x77)]),
    "LDA zp,X reads without the index first": ("B5 10", 0, [(2, "read", 0x10, 0x77), (3, "read", 0x30, 0x77)]),
    "LDA zp,X wraps in page zero": ("B5 F0", 0, [(2, "read", 0xF0, 0x77), (3, "read", 0x10, 0x77)]),
    "LDA (zp,X) wraps in page zero": (
        "A1 DF", 0, [(2, "read", 0xDF, 0x77), (3, "read", 0xFF, 0x77), (4, "read", 0x00, 0x77)]),
    "LDA (zp),Y wraps in page zero": ("B1 FF", 0, [(2, "read", 0xFF, 0x77), (3, "read", 0x00, 0x77)]),
    "JSR looks at the stack before it pushes": (
        "20 34 12", 0x0100, [(2, "read", 0x01FD, 0x77), (3, "write", 0x01FD, 0x04), (4, "write", 0x01FC, 0x02)]),
    "RTS looks at the stack before it pulls": (
        "60", 0x0100, [(2, "read", 0x01FD, 0x77), (3, "read", 0x01FE, 0x77), (4, "read", 0x01FF, 0x77)]),
    "PLA looks at the stack before it pulls": ("68", 0x0100, [(2, "read", 0x01FD, 0x77), (3, "read", 0x01FE, 0x77)]),
    "PHA pushes in its last cycle": ("48", 0x0100, [(2, "write", 0x01FD, 0xA5)]),
    "BRK pushes three bytes": (
        "00", 0x0100, [(2, "write", 0x01FD, 0x04), (3, "write", 0x01FC, 0x02), (4, "write", 0x01FB, 0xB0)]),
}


@builds
@periods
@pytest.mark.parametrize(("code", "base", "expected"), SEEN.values(), ids=SEEN)
def test_a_device_sees(code, base, expected, exact, period):
    made = prepared(code, exact=exact, period=period, a=0xA5, p=0xA0)
    device = witness(made, base)
    made.run_cycles(LONG)
    assert device.log == expected


@builds
def test_a_device_sees_rts_read_the_return_address_and_go_on_behind_it(exact):
    made = prepared("60", exact=exact, s=0xFB)
    made.cpu.memory[0x1FC:0x1FE] = b"\x10\x40"
    device = witness(made, 0x4000)
    made.run_cycles(LONG)
    assert device.log[:2] == [(5, "read", 0x4010, 0x77), (6, "read", 0x4011, 0x77)]


@builds
def test_the_stack_wraps_within_its_page(exact):
    made = prepared("48 48 68 68 68", exact=exact, a=0xA5, s=0x00)
    made.cpu.memory[0x101] = 0x5A
    made.run_cycles(6)
    assert (made.cpu.memory[0x100], made.cpu.memory[0x1FF], made.cpu.registers["s"]) == (0xA5, 0xA5, 0xFE)
    made.run_cycles(LONG)
    assert (made.cpu.registers["a"], made.cpu.registers["s"]) == (0x5A, 0x01)


@builds
def test_an_indexed_address_wraps_at_the_end_of_memory(exact):
    made = prepared("BD F0 FF", exact=exact)
    made.cpu.memory[0x0010] = 0x5A
    made.run_cycles(LONG)
    assert made.cpu.registers["a"] == 0x5A


# --- nobody answers ---------------------------------------------------------------------------------------------------

OPEN = {
    # what passed last: (instruction, the first address where nobody is)
    "the high byte of the address": ("AD 34 50", 0x5000),
    "the high byte of the address before it was indexed": ("BD 34 50", 0x5000),
    "what the dummy read over the page found: the high byte again": ("BD F0 50", 0x5000),
    "what the dummy read in the page below found": ("BD F0 4F", 0x5000),
    "what the dummy read in the page below found, through a pointer": ("B1 28", 0x5000),
    "the high byte of the pointer": ("B1 26", 0x5000),
    "the address in page zero": ("A5 50", 0x0000),
    "what the dummy read in page zero found: the address": ("B5 50", 0x0000),
}


@builds
@periods
@pytest.mark.parametrize(("code", "hole"), OPEN.values(), ids=OPEN)
def test_a_read_where_nobody_answers_gives(code, hole, exact, period):
    made = prepared(code, exact=exact, period=period)
    made.cpu.memory[0x26:0x2A] = bytes.fromhex("34 50 F0 4F")
    made.cpu.memory[0x4F10] = 0x50
    made.buses["bus"].unmap(hole, 0x200)
    made.run_cycles(LONG)
    assert made.cpu.registers["a"] == 0x50


@builds
def test_pointers_that_nobody_holds_are_made_of_the_byte_that_passed_last(exact):
    made = prepared("A1 50", exact=exact)
    made.cpu.memory[0x5050] = 0x5A
    made.buses["bus"].unmap(0, 0x100)
    made.run_cycles(LONG)
    assert made.cpu.registers["a"] == 0x5A


@builds
def test_inc_where_nobody_answers_computes_with_the_open_bus_and_writes_into_nothing(exact):
    made = prepared("EE 34 50 AD 34 50", exact=exact)
    made.buses["bus"].unmap(0x5000, 0x100)
    made.run_cycles(LONG)
    assert made.cpu.registers["a"] == 0x50


@builds
@pytest.mark.parametrize(("code", "read_last"), [("60", 0x4FFF), ("D0 7F", 0x4F61)], ids=["RTS", "a branch"])
def test_an_instruction_where_nobody_answers_is_made_of_what_the_jump_there_read_last(code, read_last, exact):
    made = machine(bytes.fromhex(code), at=0x4FE0, exact=exact, registers={"s": 0xFB, "p": 0x20})
    made.cpu.memory[0x1FC:0x1FE] = b"\xff\x4f"
    made.cpu.memory[read_last] = 0xA9                 # LDA #, and its operand is that byte again
    made.buses["bus"].unmap(0x5000, 0x100)
    made.run_cycles(LONG)
    assert made.cpu.pc >> 8 == 0x50
    assert made.cpu.registers["a"] == 0xA9


@builds
def test_what_is_pulled_where_no_stack_is_was_read_behind_the_opcode(exact):
    made = prepared("68 EA", exact=exact)
    made.buses["bus"].unmap(0x0100, 0x100)
    made.run_cycles(LONG)
    assert made.cpu.registers["a"] == 0xEA


@builds
def test_a_stack_that_is_not_there_returns_to_what_the_lines_carried(exact):
    """JSR $5060 writes into nothing; RTS there pulls the byte that it read last, which is that behind it."""
    made = prepared("20 60 50", exact=exact)
    made.buses["bus"].unmap(0x0100, 0x100)
    made.cpu.memory[0x5060:0x5062] = b"\x60\x33"
    made.run_cycles(LONG)
    assert made.cpu.pc == 0x3334 + (LONG - 12) // 2


CODES = [opcode.code for opcode in opcodes() if opcode.mnemonic != "JAM"]


@given(seed=st.integers(0, 2**32), holes=st.sets(st.sampled_from([0, 1, 2, 0x10, 0x20, 0x40, 0x50, 0x80, 0xFF])),
       cycles=st.integers(1, 200), period=st.sampled_from([1, 3]))
def test_any_program_finds_the_same_where_nobody_answers_in_both_builds(seed, holes, cycles, period):
    draw = random.Random(seed)
    high = [0x00, 0x01, 0x02, 0x10, 0x1F, 0x20, 0x3F, 0x40, 0x50, 0x80, 0xFF]
    program = bytes(draw.choice([draw.choice(CODES), draw.choice(high), draw.randrange(256)]) for _ in range(0x300))
    image = bytes(draw.choice(high) for _ in range(0x100))
    registers = {name: draw.randrange(256) for name in "axysp"}
    ends = []
    for exact in (True, False):
        made = machine(program, exact=exact, period=period, registers=registers)
        made.cpu.memory[0x0000:0x0100] = image
        for page in holes:
            made.buses["bus"].unmap(page << 8, 0x100)
        made.run_cycles(cycles)
        ends.append(made.dump_fields())
    assert ends[0] == ends[1]
