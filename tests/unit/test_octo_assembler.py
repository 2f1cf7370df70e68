"""The Octo assembler turns statements, control structures and macros into the documented bytes."""

import pytest

from retrovm.isa.octo import assemble


def code(body: str) -> str:
    """The bytes of `body`, placed after `: main`, as hexadecimal digits."""
    return assemble(": main " + body).data.hex()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("return", "00ee"),
        (";", "00ee"),
        ("clear", "00e0"),
        ("exit", "00fd"),
        ("hires lores", "00ff00fe"),
        ("scroll-down 3 scroll-up 15 scroll-left scroll-right", "00c300df00fc00fb"),
        ("jump 0x345", "1345"),
        ("jump0 0x345", "b345"),
        ("native 0x345", "0345"),
        (":call 0x345", "2345"),
        ("v1 := 2", "6102"),
        ("v1 := -1", "61ff"),
        ("VA := vb", "8ab0"),
        ("v1 += 0x10", "7110"),
        ("v1 -= 3 v1 -= -1", "71fd7101"),
        ("v1 += v2 v1 -= v2 v1 =- v2", "812481258127"),
        ("v1 |= v2 v1 &= v2 v1 ^= v2", "812181228123"),
        ("v1 >>= v2 v1 <<= v2", "8126812e"),
        ("v1 := random 0b1111", "c10f"),
        ("v1 := key v1 := delay", "f10af107"),
        ("delay := v1 buzzer := v2 pitch := v3", "f115f218f33a"),
        ("i := 0x345 i += v1", "a345f11e"),
        ("i := hex v1 i := bighex v2", "f129f230"),
        ("i := long 0xBEEF", "f000beef"),
        ("bcd v1 save v2 load v3", "f133f255f365"),
        ("save v1 - v4 load v4 - v1", "51425413"),
        ("saveflags v7 loadflags v7", "f775f785"),
        ("sprite v1 v2 15", "d12f"),
        ("plane 3 audio", "f301f002"),
        ("1 0x80 -1", "0180ff"),
        (":byte 7 :byte { 3 * 100 }", "072c"),
        ("v0 := OCTO_KEY_W v1 := OCTO_KEY_V", "6005610f"),
        (":alias p v7 :byte { 0x60 | p }", "67"),
        (":pointer 0x1234", "1234"),
    ],
)
def test_a_statement_is_its_documented_bytes(statement, expected):
    assert code(statement) == expected


@pytest.mark.parametrize(
    ("condition", "skip"),
    [
        ("v1 == 5", "4105"),
        ("v1 != 5", "3105"),
        ("v1 == v2", "9120"),
        ("v1 != v2", "5120"),
        ("v1 key", "e1a1"),
        ("v1 -key", "e19e"),
        ("v1 < v2", "8f208f174f00"),
        ("v1 > v2", "8f208f154f00"),
        ("v1 <= 9", "6f098f153f00"),
        ("v1 >= 9", "6f098f173f00"),
    ],
)
def test_if_then_skips_the_next_instruction_unless_the_condition_holds(condition, skip):
    assert code(f"if {condition} then clear") == skip + "00e0"


def test_begin_and_end_jump_over_the_block():
    assert code("if v1 == 5 begin clear end return") == "3105120600e000ee"


def test_else_has_its_own_block():
    assert code("if v1 == 5 begin clear else return end exit") == "3105120800e0120a00ee00fd"


def test_loops_nest_and_while_leaves_the_innermost():
    assert code("loop while v1 != 5 loop again again") == "4105120812041200"


def test_the_comparison_register_can_be_chosen():
    assert code(":alias compare-temp v7 if v1 < 2 then clear").startswith("67028717")


def test_a_program_that_does_not_start_with_main_starts_with_a_jump_to_it():
    assert assemble(": data 1 2 : main return").data.hex() == "1204010200ee"


def test_a_name_alone_calls_it_even_before_it_is_defined():
    assert code("draw jump draw : draw return") == "2204120400ee"


def test_forward_references_reach_every_kind_of_operand():
    source = (
        "i := there jump0 there i := long there :unpack 0xA there :unpack long there :pointer there : there 1"
    )
    assert code(source) == "a212b212f000021260a2611260026112021201"


def test_unpack_uses_the_registers_named_by_its_aliases():
    assert code(":alias unpack-hi v3 :alias unpack-lo v4 :unpack 1 main") == "63126400"


def test_next_labels_the_second_byte_of_an_instruction():
    result = assemble(": main :next operand v0 := 2 i := operand")
    assert result.symbols["operand"] == 0x201
    assert result.data.hex() == "6002a201"


def test_main_can_be_placed_at_the_start_after_something_else():
    result = assemble(":org 0x204 : later return :org 0x200 : main jump later")
    assert result.data.hex() == "1204000000ee"


def test_a_byte_order_mark_is_no_part_of_the_program():
    assert assemble("\ufeff: main clear").data.hex() == "00e0"


def test_org_leaves_a_gap_of_zeros():
    assert code(":org 0x204 clear") == "0000000000e0"


def test_constants_and_aliases_stand_for_numbers_and_registers():
    assert code(":const size 4 :alias px v5 :alias py { 2 + 4 } sprite px py size") == "d564"


def test_expressions_are_evaluated_from_right_to_left():
    values = {
        "2 * 3 + 5": 16,
        "( 2 * 3 ) + 5": 11,
        "10 - 4 - 3": 9,
        "- 1 + 2": -3,
        "7 % 4": 3,
        "1 << 4": 16,
        "0xFF & ~ 0x0F": 0xF0,
        "! 0": 1,
        "2 pow 5": 32,
        "3 max 2 min 9": 3,
        "3 >= 3": 1,
        'strlen "four"': 4,
        "floor 5 / 2": 2,
    }
    for text, value in values.items():
        assert assemble(f": main 0 :calc x {{ {text} }}").constants["x"] == value, text


def test_bit_operations_wrap_at_32_bits():
    assert assemble(": main 0 :calc x { 1 << 31 }").constants["x"] == -(2**31)
    assert assemble(": main 0 :calc x { 0xFFFFFFFF | 0 }").constants["x"] == -1


def test_a_calculated_constant_can_be_calculated_again():
    assert code(":calc a { 3 } :byte a :calc a { a + 2 } :byte a") == "0305"


def test_here_and_at_read_the_program_being_assembled():
    assert code("0x11 0x22 :byte { @ HERE - 2 } :byte { HERE & 0xFF }") == "11221103"


def test_macros_replace_their_parameters():
    assert code(":macro swap A B { vf := A A := B B := vf } swap v1 v2") == "8f10812082f0"


def test_macros_count_their_calls():
    assert code(":macro count { :byte CALLS } count count count") == "000102"


def test_macro_bodies_may_hold_braces_and_other_macros():
    assert code(":macro one X { :byte { X + 1 } } :macro two X { one X one X } two 4") == "0505"


def test_a_stringmode_translates_each_character():
    source = ':stringmode text "ABC" { :byte { VALUE * 2 } } :stringmode text " " { :byte INDEX } text "CA B"'
    assert code(source) == "04000202"


def test_a_stringmode_knows_the_character_code():
    assert code(r':stringmode ascii "\n\"A" { :byte CHAR } ascii "A\"\n"') == "41220a"


def test_scratch_memory_below_the_program_is_not_part_of_it():
    source = ": main clear :calc there { HERE } :org 0 0x12 0x34 :org there :byte { @ 1 }"
    assert code(source[7:]) == "00e034"


def test_comments_end_with_their_line():
    assert code("clear # return\nexit#clear") == "00e000fd"


def test_an_included_file_is_found_beside_the_one_that_includes_it(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.8o").write_text(': a ; :include "b.8o"')
    (tmp_path / "parts" / "b.8o").write_text(": b clear ;")
    source = tmp_path / "main.8o"
    result = assemble(': main a b\n:include "parts/a.8o"', str(source))
    assert result.data.hex() == "2204220600ee00e000ee"
    assert result.lines == [(0x200, 1)]
    assert result.locations[-1].path.endswith("b.8o")


def test_addresses_are_mapped_to_source_lines():
    result = assemble(": main\n  v0 := 1\n  v1 := 2 v2 := 3\n\nloop again")
    assert result.lines == [(0x200, 2), (0x202, 3), (0x206, 5)]


def test_breakpoints_and_monitors_are_kept_and_emit_nothing():
    result = assemble(': main :monitor v0 2 :monitor main "%2x" clear :breakpoint here return')
    assert result.data.hex() == "00e000ee"
    assert result.breakpoints == {0x202: "here"}
    assert result.monitors == [("v0", True, 0, 2), ("main", False, 0x200, "%2x")]


def test_symbols_hold_every_label():
    assert assemble(": main : start clear : end-of-it 1").symbols == {
        "main": 512,
        "start": 512,
        "end-of-it": 514,
    }


def test_labels_before_an_empty_main_start_with_it():
    assert assemble(": start : main jump start").data.hex() == "1200"


def test_another_origin_moves_the_program():
    result = assemble(": main jump main", origin=0x600)
    assert (result.origin, result.data.hex()) == (0x600, "1600")


def test_an_assertion_that_holds_is_silent():
    assert code('clear :assert "size" { HERE == 0x202 } :assert { 1 }') == "00e0"


def test_a_word_is_a_string_where_a_string_is_expected():
    source = ":stringmode s ab. { :byte VALUE } : main s ab.ba. :byte { strlen four } :assert fine { 1 }"
    assert assemble(source).data.hex() == "00010201000204"


def test_macros_may_be_defined_again_and_by_other_macros():
    source = ":macro both X { :macro inner { X } inner } :macro last { 7 } :macro last { 9 } : main both 1 both 2 last"
    assert assemble(source).data.hex() == "010209"


def test_a_macro_may_end_in_the_middle_of_a_statement():
    source = ":macro if-set N { vF := N vF &= v0 if vF != 0 } : main if-set 1 then clear if-set 2 begin return end"
    assert assemble(source).data.hex() == "6f018f023f0000e06f028f024f00121200ee"


def test_signs_and_single_letters_are_names_for_the_tiles_of_a_map():
    source = ":macro @ { 1 } :macro - { 2 } :macro . { 3 } :macro E { 4 } :macro / { 5 } : main save v1 - v2 @ @ - . E /"
    assert assemble(source).data.hex() == "5122010102030405"
