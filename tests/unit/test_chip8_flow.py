"""Which instructions of a CHIP-8 program are reached, and what happens first behind one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm.isa.chip8_flow import reachable
from retrovm.isa.octo import assemble


def reached(program, **where):
    return sorted(reachable(bytes.fromhex(program), **where).steps)


def test_both_ways_of_a_skip_are_followed_and_data_is_not():
    assert reached("3000 1206 1200 FFFF".replace("FFFF", "D125") + "1200") == [0x200, 0x202, 0x204, 0x206, 0x208]
    assert reached("1204 FFFF 1200") == [0x200, 0x204]


def test_behind_a_call_it_goes_on_only_if_the_routine_may_return():
    assert reached("2204 1202 00EE") == [0x200, 0x202, 0x204]
    assert reached("2204 FFFF 1204") == [0x200, 0x204]


def test_a_routine_returns_by_way_of_another():
    # 200 calls 206, which calls 20A, which returns; 204 is data and never reached.
    assert reached("2206 1202 FFFF 220A 00EE 00EE") == [0x200, 0x202, 0x206, 0x208, 0x20A]


def test_a_routine_that_calls_itself_ends():
    assert reached("2202 2202 00EE") == [0x200, 0x202]


def test_a_skip_over_four_bytes_skips_all_of_them():
    walk = reachable(bytes.fromhex("3000 F000 1234 1206"))
    assert walk.targets[0x200] == [0x202, 0x206]
    assert walk.strange == {}


def test_a_way_ends_at_0000_outside_of_the_program_and_at_what_is_no_instruction():
    walk = reachable(bytes.fromhex("3000 1FFF 4000 0000 FFFF"))
    assert sorted(walk.steps) == [0x200, 0x202, 0x204]
    assert walk.strange == {0x208: 0xFFFF}


def test_an_odd_byte_at_the_end_is_no_instruction():
    assert reached("6000 60") == [0x200]


def test_a_table_of_jumps_is_followed_to_its_end():
    assert reached("B202 1208 120A 6000 1208 120A FFFF")[:3] == [0x200, 0x202, 0x204]
    walk = reachable(assemble(": main v0 := random 6 jump0 table : table jump one jump two jump three "
                              ": one : two : three loop again").data)
    assert len(walk.targets[0x202]) == 4                    # the loop behind the table looks like an entry too


def test_a_table_of_routines_of_the_same_length_is_followed():
    entries = "A300 00EE " * 5 + "6000 6000 00EE"
    walk = reachable(bytes.fromhex("2204 1202 B206" + entries))
    assert walk.targets[0x204] == [0x206, 0x20A, 0x20E, 0x212, 0x216]


def test_what_the_program_itself_wrote_is_taken_for_an_instruction():
    # V0 and V1 are written over the two bytes behind.
    walk = reachable(bytes.fromhex("60A2 6100 A208 F155 0000 D125 120C"))
    assert walk.steps[0x208].instruction.name == "WRITTEN"
    assert 0x20A in walk.steps
    assert {at: str(step) for at, step in walk.patches.items()} == {0x208: "F155 at $0206", 0x209: "F155 at $0206"}


def test_a_variant_knows_only_its_own_instructions():
    program = bytes.fromhex("00E0 F030 1200")
    assert reachable(program, variant="schip1.1").strange == {}
    assert reachable(program, variant="schip1.0").strange == {0x202: 0xF030}
    assert reachable(bytes.fromhex("00FF 1200"), variant="chip48").strange == {0x200: 0x00FF}


def test_machine_code_is_called_only_in_the_program():
    walk = reachable(bytes.fromhex("0206 0E00 1200 D0"))
    assert (sorted(walk.steps), walk.strange) == ([0x200], {0x202: 0x0E00})


def test_the_program_may_lie_elsewhere_than_it_starts():
    walk = reachable(bytes.fromhex("FFFF FFFF 00E0 1204"), 0x204, origin=0x200)
    assert sorted(walk.steps) == [0x204, 0x206]


def test_the_line_before_an_instruction_ends_where_ways_come_together():
    walk = reachable(bytes.fromhex("6000 6101 6202 D015 1204"))
    assert [step.word for step in walk.line(0x206)] == [0x6202]
    assert [step.word for step in walk.line(0x204)] == []
    walk = reachable(bytes.fromhex("6000 6101 D015 1206"))
    assert [step.word for step in walk.line(0x204)] == [0x6101, 0x6000]


def test_what_comes_first_is_found_through_calls_and_returns():
    # 200 FX65, 202 call 208, 204 draw; the routine sets I only on one of its ways.
    walk = reachable(bytes.fromhex("F065 2208 D001 1206 3000 A300 00EE"))
    step = walk.steps[0x200]
    found = walk.first(step, lambda one: one.instruction.name in ("LD_I", "DRW"))
    assert [str(one) for one in found] == ["D001 at $0204", "A300 at $020A"]


def test_a_return_leads_behind_every_call_of_the_routine():
    walk = reachable(bytes.fromhex("2208 D001 2208 120E F065 00EE 0000 A300 1210"))
    found = walk.first(walk.steps[0x208], lambda one: one.instruction.name in ("LD_I", "DRW"))
    assert [str(one) for one in found] == ["D001 at $0202", "A300 at $020E"]


def test_registers_that_are_read_and_written():
    walk = reachable(bytes.fromhex("8124 F265 F355 DAB5 5472 1200"))
    effects = {step.word: (step.reads, step.writes) for step in walk.steps.values()}
    assert effects[0x8124] == (0b110, 1 << 15 | 0b10)
    assert effects[0xF265] == (0, 0b111)
    assert effects[0xF355] == (0b1111, 0)
    assert effects[0xDAB5] == (0b11 << 10, 1 << 15)
    assert effects[0x5472] == (0b11110000, 0)


@given(st.binary(max_size=600))
def test_any_bytes_can_be_followed(data):
    walk = reachable(data)
    assert set(walk.steps).isdisjoint(walk.strange)
    for step in walk.steps.values():
        assert 0x200 <= step.address < 0x200 + len(data)
        walk.first(step, lambda one: one.instruction.name == "DRW")


@pytest.mark.parametrize("words", ["8011", "30008011", "3000B3F0"])
def test_a_large_tangle_is_looked_at_only_so_long(words):
    walk = reachable(bytes.fromhex(words) * (65024 // (len(words) // 2)))
    for step in walk.steps.values():
        walk.first(step, lambda one: False)
    assert walk.patience <= 0
