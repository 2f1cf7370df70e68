"""Decompiled CHIP-8 programs have Octo's blocks, and assemble to the same bytes."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrovm.isa import chip8
from retrovm.isa.chip8_decompile import decompile
from retrovm.isa.chip8_dis import disassemble, source_of
from retrovm.isa.octo import assemble

BUNDLED = sorted((Path(__file__).parents[2] / "roms" / "chip8").glob("*/*.ch8"))
TESTDATA = os.environ.get("RETROVM_TESTDATA")
FOREIGN = sorted(Path(TESTDATA, "chip8").glob("*/*.ch8")) if TESTDATA else []

# Whose instructions: None is Octo's language.
WHOSE = [None, *chip8.VARIANTS]

# Bytes that make jumps, calls, skips and comparisons.
LIKELY = [0x12, 0x22, 0x30, 0x4F, 0x6F, 0x8F, 0x00, 0xEE, 0x04, 0x08, 0x0C, 0xA2]


def rows_of(variant):
    return chip8.INSTRUCTIONS if variant is None else chip8.instructions(variant)


@st.composite
def programs(draw):
    """A variant, and some of its instructions, with jumps that mostly stay in the program."""
    variant = draw(st.sampled_from(WHOSE))
    data = b""
    for row in draw(st.lists(st.sampled_from(rows_of(variant)), min_size=1, max_size=40)):
        operands = {letter: draw(st.integers(0, (1 << bits) - 1)) for letter, bits in row.operands.items()}
        if "NNN" in operands:
            operands["NNN"] = 0x200 + draw(st.integers(0, 90))
        data += chip8.encode(row, **operands)
    return variant, data


def lines(source):
    return [line.strip() for line in decompile(assemble(source).data).splitlines() if line.strip()]


@pytest.mark.parametrize("rom", [*BUNDLED, *FOREIGN], ids=lambda path: path.stem)
def test_a_real_program_is_reassembled_exactly_and_has_blocks(rom):
    data = rom.read_bytes()
    # Only MegaChip8 itself has the instruction that switches its mode on.
    text = decompile(data, variant=chip8.MEGACHIP8 if data.startswith(b"\x00\x11") else None)
    assert assemble(text).data == data
    if len(data) > 1000:
        assert "again" in text.split()


@pytest.mark.skipif(not TESTDATA, reason="set RETROVM_TESTDATA to the folder of conformance data")
def test_few_jumps_of_the_archive_stay_jumps():
    words = " ".join(decompile(rom.read_bytes()) for rom in FOREIGN).split()
    blocks = sum(map(words.count, ("again", "while", "begin", "else")))
    assert len(FOREIGN) >= 58
    assert words.count("jump") * 3 < blocks


@settings(deadline=None)
@given(programs())
def test_programs_of_every_member_of_the_family_are_reassembled_exactly(program):
    variant, data = program
    assert assemble(decompile(data, variant=variant)).data == data
    assert assemble(disassemble(data, variant=variant)).data == data


@settings(deadline=None)
@given(st.lists(st.sampled_from(LIKELY), min_size=1, max_size=200), st.integers(0, 0xFFF))
def test_any_bytes_are_reassembled_exactly_at_any_origin(data, origin):
    assert assemble(decompile(bytes(data), origin), origin=origin).data == bytes(data)


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=64), st.dictionaries(st.text(min_size=1), st.integers(0x1F0, 0x250)))
def test_any_symbols_keep_the_bytes(data, symbols):
    assert assemble(decompile(data, symbols=symbols)).data == data


@pytest.mark.parametrize("variant", WHOSE)
def test_every_statement_of_a_member_is_read_back_as_the_same_instruction(variant):
    for row in rows_of(variant):
        for fill in (0, 1):
            operands = dict.fromkeys(row.operands, fill)
            data = chip8.encode(row, **operands)
            word = int.from_bytes(data[:2])
            if chip8.decode(word, variant) is not row:
                continue                               # 00E0 is not the 0NNN that it looks like
            text = row.text(operands)
            statement = f": main {text} 1" if text.endswith("then") else f": main {text}"
            assert assemble(statement, variant=variant).data[: len(data)] == data, text


def test_an_endless_loop_with_a_way_out_is_a_loop_with_while():
    assert lines(": main v0 := 0 loop v0 += 1 while v0 != 5 clear again exit") == [
        ": main", "v0 := 0x00", "loop", "v0 += 0x01", "while v0 != 0x05", "clear", "again", "exit"]


def test_a_loop_that_ends_with_a_condition_keeps_it_before_its_again():
    assert lines(": main v0 := 0 loop v0 += 1 if v0 != 5 then again exit")[2:] == [
        "loop", "v0 += 0x01", "if v0 != 0x05 then", "again", "exit"]


def test_branches_lie_inside_of_each_other():
    source = ": main if v0 == 1 begin if v1 key begin clear else hires clear end else lores clear end exit"
    assert lines(source) == [
        ": main", "if v0 == 0x01 begin", "if v1 key begin", "clear", "else", "hires", "clear", "end",
        "else", "lores", "clear", "end", "exit"]


def test_blocks_are_indented():
    text = decompile(assemble(": main loop if v0 == v1 begin clear hires end again").data)
    assert text == ": main\n    loop\n        if v0 == v1 begin\n            clear\n            hires\n        end\n    again\n"


@pytest.mark.parametrize("sign", ["<", ">", "<=", ">="])
@pytest.mark.parametrize("other", ["v3", "0x40"])
def test_comparisons_are_found_in_their_three_instructions(sign, other):
    assert f"if v1 {sign} {other} then clear" in lines(f": main if v1 {sign} {other} then clear exit")
    assert f"if v1 {sign} {other} begin" in lines(f": main if v1 {sign} {other} begin clear hires end exit")
    assert f"while v1 {sign} {other}" in lines(f": main loop while v1 {sign} {other} clear again exit")


def test_calls_are_names_and_main_is_where_the_program_starts():
    assert lines(": draw clear ; : main loop draw again") == [": sub_202", "clear", "return", ": main", "loop", "sub_202", "again"]


def test_a_jump_out_of_nested_loops_stays_a_jump():
    text = lines(": main loop clear loop if v0 == 1 then jump out v0 += 1 while v0 != 9 again again : out exit")
    assert "if v0 == 0x01 then jump loc_210" in text
    assert text.count("again") == 2


def test_a_label_that_no_statement_uses_is_not_written():
    assert not any(line.startswith(": loc") for line in lines(": main loop clear again"))


def test_sprites_are_pictures_wide_ones_too():
    text = decompile(assemble(": main i := big sprite v0 v0 0 i := small sprite v0 v0 1 loop again : big "
                              + "0xF0 0x0F " * 16 + ": small 0x81").data)
    assert text.count("0b11110000 0b00001111  # ####........####") == 16
    assert "0b10000001  # #......#" in text


def test_a_table_of_sprites_is_pictures_up_to_the_next_name():
    source = ": main i := table i += v0 sprite v1 v2 2 i := after load v0 loop again : table 1 2 4 8 : after 9"
    text = decompile(assemble(source).data)
    assert text.count("# ") == 4
    assert "    0x09\n" in text


def test_the_source_for_a_variant_names_it():
    text = decompile(bytes.fromhex("0151 00ED"), variant="chip8e")
    assert text.split() == [":variant", "chip8e", ":", "main", "wait", "stop"]


def test_several_segments_are_written_one_after_the_other():
    assert source_of([(0x200, b"\x00\xe0"), (0x300, b"\x00\xee")]) == ": main\n    clear\n\n: main\n    return\n"


def test_an_empty_program_is_refused():
    with pytest.raises(ValueError, match="empty"):
        decompile(b"")
