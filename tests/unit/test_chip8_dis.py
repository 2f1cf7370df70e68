"""Disassembled CHIP-8 programs are readable and assemble to the same bytes."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrovm.isa.chip8_dis import disassemble, disassemble_one
from retrovm.isa.octo import assemble

BUNDLED = sorted((Path(__file__).parents[2] / "roms" / "chip8").glob("*/*.ch8"))
TESTDATA = os.environ.get("RETROVM_TESTDATA")
FOREIGN = sorted(Path(TESTDATA, "chip8").glob("*/*.ch8")) if TESTDATA else []


@pytest.mark.parametrize("rom", BUNDLED, ids=lambda path: path.stem)
def test_a_bundled_program_is_reassembled_exactly(rom):
    data = rom.read_bytes()
    assert assemble(disassemble(data)).data == data


@pytest.mark.parametrize("rom", BUNDLED, ids=lambda path: path.stem)
def test_a_bundled_program_is_reassembled_exactly_with_its_own_names(rom):
    data = rom.read_bytes()
    source = rom.parent / "src" / "main.8o"
    symbols = assemble(source.read_text(encoding="utf-8"), str(source)).symbols
    text = disassemble(data, symbols=symbols)
    assert assemble(text).data == data
    # Tables that exist only while assembling have labels below the program.
    assert all(f" {name}\n" in text for name, address in symbols.items() if address >= 0x200)


@pytest.mark.skipif(not TESTDATA, reason="set RETROVM_TESTDATA to the folder of conformance data")
def test_the_conformance_programs_are_there():
    assert len(FOREIGN) >= 58, f"expected the archive and the test suite below {TESTDATA}"


@pytest.mark.parametrize("rom", FOREIGN, ids=lambda path: path.stem)
def test_a_conformance_program_is_reassembled_exactly(rom):
    data = rom.read_bytes()
    assert assemble(disassemble(data)).data == data


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_reassembled_exactly(data):
    assert assemble(disassemble(data)).data == data


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=64), st.integers(0x000, 0xFFF))
def test_any_bytes_are_reassembled_exactly_at_any_origin(data, origin):
    assert assemble(disassemble(data, origin), origin=origin).data == data


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=64), st.dictionaries(st.text(min_size=1), st.integers(0x1F0, 0x250)))
def test_any_symbols_keep_the_bytes(data, symbols):
    assert assemble(disassemble(data, symbols=symbols)).data == data


def test_code_data_and_sprites_are_told_apart():
    source = """
        : main  i := ball  sprite v0 v1 2  score  loop again
        : score v0 += 1 ;
        : ball  0b01100000 0b11110000
        : rest  1 2 3
    """
    lines = [line.split("#")[0].strip() for line in disassemble(assemble(source).data).splitlines()]
    assert lines == [
        ": main",
        "i := data_20C",
        "sprite v0 v1 2",
        ":call sub_208",
        ": loc_206",
        "jump loc_206",
        ": sub_208",
        "v0 += 0x01",
        "return",
        ": data_20C",
        "0b01100000",
        "0b11110000",
        "0x01 0x02 0x03",
    ]


def test_a_sprite_is_shown_as_a_picture():
    text = disassemble(assemble(": main i := s sprite v0 v0 1 loop again : s 0x81").data)
    assert "0b10000001" in text
    assert "#......#" in text


def test_given_symbols_name_the_addresses():
    text = disassemble(bytes.fromhex("2204120000ee"), symbols={"update": 0x204, "elsewhere": 0x900})
    assert ": update" in text
    assert ":call update" in text
    assert "elsewhere" not in text


def test_the_entries_of_a_jump_table_are_followed():
    source = ": main v0 := 2 jump0 table : table jump a jump b : a clear : stop jump stop : b exit"
    assert "exit" in disassemble(assemble(source).data)


def test_a_label_in_the_middle_of_an_instruction_uses_next():
    text = disassemble(assemble(": main :next operand v0 := 5 i := operand loop again").data)
    assert ":next data_201" in text


def test_both_ways_of_a_skip_over_a_long_load_are_followed():
    data = assemble(": main if v0 == 1 then i := long main exit").data
    assert "exit" in disassemble(data)
    assert assemble(disassemble(data)).data == data


def test_one_instruction_is_shown_with_its_length():
    data = bytes.fromhex("8ab4f00012348ab8f00012")
    assert disassemble_one(data) == ("vA += vB", 2)
    assert disassemble_one(data, 2) == ("i := long 0x1234", 4)
    assert disassemble_one(data, 6) == ("0x8A 0xB8", 2)
    assert disassemble_one(data, 8) == ("0xF0 0x00", 2)
    assert disassemble_one(data, 10) == ("0x12", 1)


def test_an_address_outside_of_the_data_is_refused():
    with pytest.raises(ValueError, match="address 0x2 is outside the 2 bytes"):
        disassemble_one(b"\x00\xe0", 2)


def test_an_empty_program_is_refused():
    with pytest.raises(ValueError, match="empty"):
        disassemble(b"")
