"""The 6502 disassembler: against the table, by example, and by what the assembler makes of its source."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.isa import mos6502_dis
from retrovm.isa.mos6502 import MODELS, opcodes
from retrovm.isa.mos6502_asm import assemble
from retrovm.isa.mos6502_dis import disassemble, disassemble_one, source, source_of


def test_the_example_in_its_description_is_true():
    failed, tried = doctest.testmod(mos6502_dis)
    assert (failed, tried) == (0, 3)


@pytest.mark.parametrize("model", MODELS)
def test_every_opcode_is_shown_with_its_name_and_length(model):
    for opcode in opcodes(model):
        text, size = disassemble_one(bytes([opcode.code, 0x34, 0x12]), pc=0x8000, model=model)
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


@pytest.mark.parametrize(("code", "text"), [
    ("B234", "LDA ($34)"), ("7C3412", "JMP ($1234,X)"), ("1A", "INC A"), ("80FE", "BRA $8000"), ("0F34FD", "BBR0 $34,$8000"),
    ("FF3410", "BBS7 $34,$8013"), ("B734", "SMB3 $34"), ("CB", "WAI"), ("5C3412", "NOP* $1234"),
])
def test_each_mode_of_the_65c02_is_written_as_assemblers_write_it(code, text):
    assert disassemble_one(bytes.fromhex(code), pc=0x8000, model="65c02-wdc") == (text, len(code) // 2)


def test_a_branch_wraps_at_the_end_of_memory():
    assert disassemble_one(b"\xd0\x02", pc=0xFFFE)[0] == "BNE $0002"


def test_an_instruction_that_is_cut_off_is_shown_as_bytes():
    assert disassemble(b"\xea\xad\x00", 0xFFFD) == "FFFD  EA        NOP\nFFFE  AD 00     .byte $AD,$00\n"


def test_an_immediate_operand_is_a_number_even_if_an_address_has_its_value():
    assert disassemble_one(b"\xa9\x10", names={0x10: "count"})[0] == "LDA #$10"
    assert disassemble_one(b"\xa5\x10", names={0x10: "count"})[0] == "LDA count"


def test_both_operands_of_a_branch_on_a_bit_have_names():
    names = {0x12: "flags", 0x8000: "wait"}
    assert disassemble_one(b"\x0f\x12\xfd", pc=0x8000, names=names, model="65c02-wdc")[0] == "BBR0 flags,wait"


def test_an_address_outside_of_the_data_is_an_error():
    with pytest.raises(ValueError, match="outside the 1 bytes"):
        disassemble_one(b"\xea", 1)


def test_bytes_that_do_not_lie_in_memory_are_an_error():
    with pytest.raises(ValueError, match="2 bytes from 65535 on do not lie in"):
        source(b"\xea\xea", 0xFFFF)


PROGRAM = assemble("""
start:  jsr print
@loop:  dex
        bne @loop
        jmp skip
        .byte "text", 0
print:  lda text,x
        rts
skip:   jmp (start)
text:   .asciiz "hello, world"
""")


def test_jump_targets_get_labels_where_they_have_no_name():
    listed = disassemble(PROGRAM.data[:9], 0x8000, {"start": 0x8000}, labels=True)
    assert listed == ("start:\n8000  20 0E 80  JSR $800E\nL8003:\n8003  CA        DEX\n8004  D0 FD     BNE L8003\n"
                      "8006  4C 12 80  JMP $8012\n")


def test_what_is_not_reached_from_the_entries_is_data():
    lines = disassemble(PROGRAM.data, 0x8000, entries=[0x8000], labels=True).splitlines()
    assert "8009            .byte $74,$65,$78,$74,$00" in lines
    assert "800E  BD 15 80  LDA $8015,X" in lines
    assert lines[-2:] == ["8015            .byte $68,$65,$6C,$6C,$6F,$2C,$20,$77", "801D            .byte $6F,$72,$6C,$64,$00"]


def test_marked_ranges_are_data_and_rows_of_data_begin_at_names():
    lines = disassemble(PROGRAM.data, 0x8000, {"x": 0x8017}, marks=[range(0x8015, 0x9000), range(5)]).splitlines()
    assert lines[-4:] == ["8015  68 65     .byte $68,$65", "x:", "8017            .byte $6C,$6C,$6F,$2C,$20,$77,$6F,$72",
                          "801F  6C 64 00  .byte $6C,$64,$00"]


def test_an_instruction_is_not_taken_from_marked_data():
    assert disassemble(b"\xea\xad\x00\x80", 0, marks=[range(3, 4)]) == (
        "0000  EA        NOP\n0001  AD 00     .byte $AD,$00\n0003  80        .byte $80\n")


def test_what_is_written_in_another_way_is_bytes_in_a_source():
    assert source(b"\x1a\xad\x12\x00\xa5\x12\xeb\x01", 0x8000) == """\
        .model "6502"
        .org $8000
        .byte $1A               ; 8000  1A  NOP*
        LDA a:$0012             ; 8001  AD 12 00
        LDA $12                 ; 8004  A5 12
        .byte $EB,$01           ; 8006  EB 01  SBC* #$01
"""


def test_segments_of_a_source_have_their_names_in_common():
    text = source_of([(0x8000, b"\x4c\x00\x90"), (0x9000, b"\x4c\x00\x80\x8d\x00\xd0")], {"main": 0x8000, "port.out": 0xD000},
                     labels=True)
    assert text.count("port_out = $D000") == 1
    assert "JMP L9000" in text
    assert "STA port_out" in text
    assert assemble(text).segments == ((0x8000, b"\x4c\x00\x90"), (0x9000, b"\x4c\x00\x80\x8d\x00\xd0"))


@pytest.mark.parametrize("model", MODELS)
def test_every_opcode_comes_back_from_its_source(model):
    for opcode in opcodes(model):
        for operand in (b"\x34\x12", b"\x34\x00", b"\xff\xff"):
            for origin in (0x0000, 0x8000, 0xFFFD):
                code = bytes([opcode.code]) + operand
                assert assemble(source(code, origin, model=model, labels=True)).data == code


@pytest.mark.parametrize("model", MODELS)
@given(data=st.data())
def test_whatever_the_bytes_are_they_come_back_from_their_source(model, data):
    code = data.draw(st.binary(min_size=1, max_size=60))
    origin = data.draw(st.sampled_from([0, 0x30, 0xF0, 0x8000, 0x10000 - len(code)]))
    inside = st.integers(origin, origin + len(code) - 1)
    names = st.sampled_from(["main", "main@l", "a::b", "a.b", "lda", "x", "L8000", "L8001", "5", "€"])
    symbols = data.draw(st.dictionaries(names, inside | st.integers(0, 0xFFFF), max_size=6))
    marks = data.draw(st.lists(st.tuples(inside, st.integers(0, 9)).map(lambda mark: range(mark[0], sum(mark))), max_size=2))
    entries = data.draw(st.none() | st.lists(inside, max_size=3))
    text = source(code, origin, symbols, model, marks=marks, entries=entries, labels=data.draw(st.booleans()))
    program = assemble(text, origin=0x1234)
    assert program.segments == ((origin, code),)
