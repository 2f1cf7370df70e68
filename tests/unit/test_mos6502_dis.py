"""The 6502 disassembler, against the table of opcodes and by example."""

import doctest

import pytest

from retrovm.isa import mos6502_dis
from retrovm.isa.mos6502 import opcodes
from retrovm.isa.mos6502_dis import disassemble, disassemble_one


def test_the_example_in_its_description_is_true():
    failed, tried = doctest.testmod(mos6502_dis)
    assert (failed, tried) == (0, 3)


@pytest.mark.parametrize("opcode", opcodes(), ids=lambda opcode: f"{opcode.code:02X}")
def test_every_opcode_is_shown_with_its_name_and_length(opcode):
    text, size = disassemble_one(bytes([opcode.code, 0x34, 0x12]), pc=0x8000)
    assert size == opcode.size
    assert text.split()[0] == opcode.mnemonic + "*" * (not opcode.documented)


@pytest.mark.parametrize(("code", "text"), [
    ("0A", "ASL A"), ("A534", "LDA $34"), ("B534", "LDA $34,X"), ("B634", "LDX $34,Y"),
    ("A134", "LDA ($34,X)"), ("B134", "LDA ($34),Y"), ("AD3412", "LDA $1234"),
    ("BD3412", "LDA $1234,X"), ("B93412", "LDA $1234,Y"), ("6C3412", "JMP ($1234)"), ("203412", "JSR $1234"),
    ("4C3412", "JMP $1234"), ("00", "BRK"), ("60", "RTS"),
    ("D0FE", "BNE $8000"), ("D07F", "BNE $8081"), ("D080", "BNE $7F82"), ("EB01", "SBC* #$01"),
    ("02", "JAM*"),
])
def test_each_mode_is_written_as_assemblers_write_it(code, text):
    assert disassemble_one(bytes.fromhex(code), pc=0x8000) == (text, len(code) // 2)


def test_a_branch_wraps_at_the_end_of_memory():
    assert disassemble_one(b"\xd0\x02", pc=0xFFFE)[0] == "BNE $0002"


def test_an_instruction_that_is_cut_off_is_shown_as_bytes():
    assert disassemble(b"\xea\xad\x00", 0xFFFD) == "FFFD  EA        NOP\nFFFE  AD 00     .byte $AD,$00\n"


def test_an_immediate_operand_is_a_number_even_if_an_address_has_its_value():
    assert disassemble_one(b"\xa9\x10", names={0x10: "count"})[0] == "LDA #$10"
    assert disassemble_one(b"\xa5\x10", names={0x10: "count"})[0] == "LDA count"


def test_an_address_outside_of_the_data_is_an_error():
    with pytest.raises(ValueError, match="outside the 1 bytes"):
        disassemble_one(b"\xea", 1)
