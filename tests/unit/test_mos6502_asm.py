"""The 6502 assembler: what it makes of a source, and what a program that uses it gets."""

import doctest

import pytest

from retrovm.cpu import Mos6502
from retrovm.isa import mos6502_asm
from retrovm.isa.mos6502 import MODELS, opcodes
from retrovm.isa.mos6502_asm import SourceLine, assemble
from retrovm.isa.mos6502_grammar import shape


def made(text, **options):
    return assemble(text, **options).data.hex(" ")


def test_the_example_in_its_description_is_true():
    assert doctest.testmod(mos6502_asm) == (0, 2)


@pytest.mark.parametrize("model", MODELS)
def test_every_documented_opcode_is_written_as_the_table_writes_it(model):
    for opcode in opcodes(model):
        if opcode.documented:
            relative = opcode.mode in ("rel", "zpr")
            operand = shape(opcode).replace("n", "$34" if opcode.syntax.size == 1 else "$1234")
            if relative:
                operand = "*" if opcode.mode == "rel" else "$34,*"
            data = assemble(f"{opcode.mnemonic.lower()} {operand}", model=model).data
            assert data[0] == opcode.code
            assert len(data) == opcode.size


@pytest.mark.parametrize(("text", "code"), [
    ("lda $12", "a5 12"), ("lda $100", "ad 00 01"), ("lda a:$12", "ad 12 00"), ("lda z:$12", "a5 12"),
    ("LDA $12,X", "b5 12"), ("lda $12,y", "b9 12 00"), ("ldx $12,y", "b6 12"), ("jmp $12", "4c 12 00"),
    ("asl", "0a"), ("asl a", "0a"), ("asl $12", "06 12"), ("lda #-1", "a9 ff"), ("lda #'A'", "a9 41"),
    ("lda #<$1234", "a9 34"), ("lda #>$1234", "a9 12"), ("lda #%1010", "a9 0a"), ("lda ($12),y", "b1 12"),
    ("lda ($12,x)", "a1 12"), ("jmp ($1234)", "6c 34 12"), ("lda 0+(1+2)*4", "a5 0c"), ("lda 2*(3+4)", "a5 0e"),
    ("nop", "ea"), ("nop $12", "04 12"), ("nop $1234,x", "1c 34 12"), ("lax #1", "ab 01"), ("lxa #1", "ab 01"),
    ("axs #2", "cb 02"), ("beq *", "f0 fe"), ("brk", "00"),
])
def test_an_operand_chooses_the_mode(text, code):
    assert made(text) == code


@pytest.mark.parametrize(("text", "code"), [
    ("ina", "1a"), ("dec", "3a"), ("inc a", "1a"), ("stz $12", "64 12"), ("lda ($12)", "b2 12"), ("bra *+2", "80 00"),
    ("jmp ($1234,x)", "7c 34 12"), ("rmb3 $12", "37 12"), ("bbs7 $12,*+3", "ff 12 00"), ("wai", "cb"), ("stp", "db"),
])
def test_a_65c02_has_more(text, code):
    assert made(text, model="65c02-wdc") == code
    assert made(f'.model "65C02-WDC"\n{text}') == code


@pytest.mark.parametrize(("text", "code"), [
    (".byte 1, -1, $FF, \"ab;\", 'c'", "01 ff ff 61 62 3b 63"), (".text \"x\", 0", "78 00"), (".asciiz \"x\"", "78 00"),
    (".word 1, -1, $1234", "01 00 ff ff 34 12"), (".addr $1234", "34 12"), (".dbyt $1234", "12 34"),
    (".dword $12345678", "78 56 34 12"), (".res 3", "00 00 00"), (".res 2, $EA", "ea ea"), (".byte <*, <*", "00 01"),
    (".byte 1\n.align 4\n.byte 2", "01 00 00 00 02"), (".align 4\n.byte 2", "02"), (".BYTE 1 ; a remark", "01"),
    (".byte ';' ; 'x", "3b"), ("\ufeff.byte 1\r\n.byte 2\r", "01 02"),
])
def test_directives_put_data_into_memory(text, code):
    assert made(text) == code


def test_a_name_that_comes_later_is_taken_for_an_absolute_address():
    assert made("lda later\nlater = 5\nlda later") == "ad 05 00 a5 05"
    assert made("lda (later),y\nstx later,y\nlater = 5") == "b1 05 96 05"
    assert made("lda <later\nlater = 5") == "a5 05"


def test_constants_may_be_made_of_what_comes_later():
    assert assemble("size = end - start\nstart: .res 5\nend:").symbols == {"size": 5, "start": 0x8000, "end": 0x8005}


def test_a_local_label_belongs_to_the_label_before_it():
    program = assemble("one:\n@again: bne @again\ntwo:\n@again: beq @again")
    assert program.data.hex(" ") == "d0 fe f0 fe"
    assert program.symbols == {"one": 0x8000, "one@again": 0x8000, "two": 0x8002, "two@again": 0x8002}


def test_unnamed_labels_are_counted_from_where_they_are_used():
    assert made(": bne :-\n beq :+\n: bne :--\n beq :++\n:\n:") == "d0 fe f0 00 d0 fa f0 00"
    assert assemble(": nop").symbols == {}


def test_a_branch_goes_around_the_end_of_memory():
    assert made("bne $0002", origin=0xFFFE) == "d0 02"


def test_what_is_far_apart_is_in_segments_of_its_own():
    program = assemble(".org $FFFC\n.word start\n* = $C000\nstart: rti\n.org $C001\nnop")
    assert program.segments == ((0xC000, b"\x40\xea"), (0xFFFC, b"\x00\xc0"))
    assert (program.origin, len(program.data)) == (0xC000, 0x3FFE)
    assert assemble("; nothing").segments == ()
    assert (assemble("").origin, assemble("").data) == (0, b"")


def test_every_byte_knows_its_line():
    program = assemble("; two\nstart:\n  lda #1\n  rts\n.org $9000\n.res 100", name="a.s")
    assert program.line_at(0x8001) == SourceLine(0x8000, 2, "a.s", 3, "  lda #1")
    assert program.line_at(0x8002).number == 4
    assert program.line_at(0x8003) is None
    assert program.line_at(0x9063).number == 6
    assert [line.number for line in program.lines] == [1, 2, 3, 4, 5, 6]


def test_names_from_outside_are_known_and_its_own_go_before_them():
    given = {"port": 0x12, "start": 0x1234, "a::b": 1}
    program = assemble("lda start\nstart: lda port", symbols=given)
    assert program.data.hex(" ") == "ad 03 80 a5 12"
    assert program.symbols == {"start": 0x8003}


def test_another_source_is_included_by_its_place(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.inc").write_text("one: .byte 1\n.include \"b.inc\"\n")
    (tmp_path / "lib" / "b.inc").write_text(".byte 2\n")
    program = assemble(".include \"lib/a.inc\"\n.byte <one", name=str(tmp_path / "main.s"))
    assert program.data.hex(" ") == "01 02 00"
    assert program.line_at(0x8001).path == str(tmp_path / "lib" / "b.inc")


def test_a_program_goes_into_a_memory_and_runs():
    program = assemble("ldx #3\n@loop: dex\nbne @loop\nstx $10\ndone: jmp done", origin=0x0400)
    cpu = Mos6502()
    program.put_into(cpu.memory)
    cpu.pc = program.origin
    cpu.run(until=program.symbols["done"], cycles=1000)
    assert (cpu.pc, cpu.memory[0x10]) == (program.symbols["done"], 0)
    image = bytearray(0x10000)
    program.put_into(image)
    assert image[0x0400 : 0x0400 + len(program.data)] == program.data


@pytest.mark.parametrize(("options", "message"), [
    ({"model": "6809"}, "there is no model '6809'"), ({"origin": -1}, "no address -1"), ({"origin": 0x10000}, "no address"),
])
def test_a_model_or_an_origin_that_there_is_not_is_an_error(options, message):
    with pytest.raises(ValueError, match=message):
        assemble("nop", **options)
