"""The control flow of CHIP-8 programs: blocks, routines, and what is not reached."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrovm.isa.chip8_blocks import control_flow
from retrovm.isa.chip8_layout import Layout
from retrovm.isa.octo import assemble

# Bytes that make jumps, calls, skips and jump tables.
LIKELY = [0x12, 0x22, 0x30, 0x60, 0x00, 0xEE, 0xE0, 0x04, 0x08, 0x09, 0xB2, 0xF3]


def graph_of(source):
    program = assemble(source)
    return control_flow(program.data, symbols=program.symbols)


def test_a_skip_ends_a_block_and_both_ways_are_told():
    graph = graph_of(": main if v0 == 1 then clear loop again")
    (routine,) = graph.routines
    assert [(block.first, block.last, block.ends, block.goes_to, block.comes_from) for block in routine.blocks] == [
        (0x200, 0x201, "skip", [0x202, 0x204], []),
        (0x202, 0x203, "next", [0x204], [0x200]),
        (0x204, 0x205, "jump", [0x204], [0x200, 0x202, 0x204]),
    ]


def test_routines_know_their_calls():
    graph = graph_of(": main draw draw loop again : draw clear ;")
    assert [(routine.name, routine.called_at) for routine in graph.routines] == [("main", []), ("draw", [0x200, 0x202])]
    assert graph.routines[0].blocks[0].calls == [0x206]
    assert graph.routines[1].blocks[0].ends == "return"


def test_what_is_not_reached_is_told():
    graph = graph_of(": main jump on 1 2 3 4 : on exit 5")
    assert graph.unreached == [(0x202, 0x205), (0x208, 0x208)]


def test_a_word_that_is_no_instruction_is_told():
    graph = control_flow(bytes.fromhex("60018AB8"))
    assert graph.strange == {0x202: 0x8AB8}
    assert graph.routines[0].blocks[0].ends == "lost"
    assert "$0202: 8AB8" in graph.text()


def test_a_jump_table_leads_to_each_entry():
    graph = graph_of(": main jump0 table : table jump a jump b : a exit : b clear exit")
    assert set(graph.routines[0].blocks[0].goes_to) >= {0x202, 0x204}


def test_the_text_says_who_goes_where():
    assert graph_of(": main draw jump main : draw clear ; 7 7").text().splitlines() == [
        "main $0200",
        "  $0200-$0203 main: 2 instructions, calls draw, goes to main; from main",
        "",
        "draw $0204, called at $0200",
        "  $0204-$0207 draw: 2 instructions, returns",
        "",
        "not reached",
        "  $0208-$0209: 2 bytes, 07 07",
    ]


def test_the_plain_values_are_json():
    told = json.loads(json.dumps(graph_of(": main draw loop again : draw ;").as_dict()))
    assert told["routines"][1] == {
        "address": 0x204, "name": "draw", "called_at": [0x200],
        "blocks": [{"first": 0x204, "last": 0x205, "instructions": 1, "ends": "return", "goes_to": [],
                    "comes_from": [], "calls": []}]}


@settings(deadline=None)
@given(st.lists(st.sampled_from(LIKELY), min_size=1, max_size=120))
def test_every_instruction_is_in_one_block_and_every_way_in_both_lists(data):
    graph = control_flow(bytes(data))
    blocks = {block.first: block for routine in graph.routines for block in routine.blocks}
    steps = [step.address for block in blocks.values() for step in block.steps]
    assert sorted(steps) == sorted(Layout(bytes(data)).code)
    ways = {(block.first, target) for block in blocks.values() for target in block.goes_to}
    assert ways == {(source, block.first) for block in blocks.values() for source in block.comes_from}


def test_an_empty_program_is_refused():
    with pytest.raises(ValueError, match="empty"):
        control_flow(b"")
