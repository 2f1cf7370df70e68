"""Every wrong Octo program is refused with the place, what was found and what was expected."""

import contextlib
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrovm.isa.octo import AssemblyError, assemble
from retrovm.isa.octo_grammar import RESERVED


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (": main speed := 1", "'speed' is not a register or an alias"),
        (": main v1 := spede :const speed 1", "'spede' is not a number or a name defined before"),
        (":const speed 1 : main v1 := spede", "did you mean 'speed'"),
        (": main cleer", "the name 'cleer' is not defined; did you mean 'clear'"),
        (": main spd := 1 :alias speed v1", "is not a register"),
        (":alias speed v1 : main sped := 1", "did you mean 'speed'"),
        (": main draw-bal : draw-ball ;", "did you mean 'draw-ball'"),
        (": main sprite v0 5 5", "expected a register"),
        (": main v1 = 5", "expected ':='"),
        (": main i -= v1", r"expected ':=' or '\+=', found '-='"),
        (": main v1 := 256", "expected a number from -128 to 255, found 256"),
        (": main 300", "expected a byte from -128 to 255, found 300"),
        (": main sprite v0 v0 16", "expected a number from 0 to 15, found 16"),
        (": main jump 0x1000", "expected an address from 0 to 4095, found 4096"),
        (": main v1 :=", "found the end of the program"),
        (": main loop", "this 'loop' has no 'again'"),
        (": main again", "this 'again' has no 'loop'"),
        (": main while v0 == 1", "'while' is not in a loop"),
        (": main if v0 == 1 begin", "this 'begin' has no 'end'"),
        (": main else", "this 'else' has no 'begin'"),
        (": main if v0 == 1 begin else else end", "this 'else' has no 'begin'"),
        (": main end", "this 'end' has no 'begin'"),
        (": main if v0 == 1 clear", "expected 'then' or 'begin', found 'clear'"),
        (": main if 5 == v1 then clear", "expected a register"),
        (": main if vf > 3 then clear", "this comparison overwrites vF"),
        (": main ; :const OCTO_KEY_A 1", "'OCTO_KEY_A' is already the name of a constant"),
        (": main v1 := 5 jump v1", "expected an address"),
        (": main then", "'then' cannot begin a statement"),
        (": start clear", "the program has no ': main'"),
        (": main ;  : main ;", "'main' is already the name of a label"),
        (": main ; : sprite ;", "'sprite' is a word of the language"),
        (": main ; : v1 ;", "'v1' is a word of the language"),
        (": main ; :const a 1 :const a 2", "'a' is already the name of a constant"),
        (": main ; :const a 1 :calc a { 2 }", "'a' is already the name of a constant"),
        (": main later :calc later { 1 }", "'later' was used as a label before"),
        (": main :const a later", "'later' is not a number or a name defined before"),
        (": main clear :org 0x200 clear", "address 0x200 already holds something"),
        (": main :calc x { 1 + }", "expected a value, found '}'"),
        (": main :calc x { 1 2 }", "expected an operator or '}', found '2'"),
        (": main :calc x { 1 / 0 }", "'/' cannot be applied to 1 and 0"),
        (": main :calc x { log - 1 }", "'log' cannot be applied to -1"),
        (": main :calc x { ( 1 }", r"expected an operator or '\)'"),
        (": main :macro m { clear", "this '{' has no '}'"),
        (": main :macro m { m } m", "'m' expands itself without end"),
        (": main :macro m A { A } m", "expected the argument A of 'm'"),
        (': main :stringmode s "A" { 1 } s "AB"', "stringmode 's' does not say what 'B' means"),
        (': main :stringmode s "A" { 1 } :stringmode s "A" { 2 }', "already says what 'A' means"),
        (': main "text"', "a string stands only after"),
        (':stringmode s "1" { 1 } : main s 1', "expected a string, found the number 1: put it into quotes"),
        (': main :stringmode s "A', "this string has no closing quote"),
        (r': main :stringmode s "\q" { 1 }', "unknown escape"),
        (': main :assert "too big" { 1 > 2 }', "this assertion does not hold: too big"),
        (': main :include "nowhere.8o"', "cannot read nowhere.8o"),
        (": main jump far :org 0x1234 : far 1", "'far' is at 0x1234, which does not fit into 12 bits"),
        (": main :byte { @ 70000 }", "'@' reads from 0"),
        (": main", "the program is empty"),
        ("", "the program has no ': main'"),
    ],
)
def test_a_wrong_program_is_refused_with_a_reason(source, message):
    with pytest.raises(AssemblyError, match=message):
        assemble(source)


def test_an_error_says_where_it_is():
    with pytest.raises(AssemblyError) as caught:
        assemble(": main\n  v0 := 1\n  v1 := many # no such name", "game.8o")
    error = caught.value
    assert (error.path, error.line, error.column) == ("game.8o", 3, 9)
    assert str(error).startswith("game.8o:3:9: 'many' is not")


def test_an_error_in_a_macro_shows_who_used_it():
    with pytest.raises(AssemblyError) as caught:
        assemble(":macro put X {\n  v0 := X\n  v1 := oops\n}\n: main\n  put 1", "game.8o")
    assert caught.value.line == 3
    assert "expanded from 'put' at game.8o:6:3" in str(caught.value)


def test_an_error_in_an_included_file_names_that_file(tmp_path):
    (tmp_path / "part.8o").write_text("\n v0 := oops")
    with pytest.raises(AssemblyError) as caught:
        assemble(': main :include "part.8o"', str(tmp_path / "main.8o"))
    assert caught.value.path == str(tmp_path / "part.8o")
    assert caught.value.line == 2


def test_a_file_that_includes_itself_is_refused(tmp_path):
    path = tmp_path / "part.8o"
    path.write_text('1 :include "part.8o"')
    with pytest.raises(AssemblyError, match="':include' expands itself without end"):
        assemble(': main :include "part.8o"', str(tmp_path / "main.8o"))


NAMES_AND_NUMBERS = [
    "v0",
    "vF",
    "0",
    "1",
    "255",
    "0xFFF",
    "70000",
    "-1",
    "name",
    "other",
    "(",
    ")",
    "+",
    "*",
    "main",
]
WORDS = [*sorted(RESERVED), *NAMES_AND_NUMBERS, '"text"', '""', "#", "\n"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_no_arrangement_of_words_does_anything_but_assemble_or_be_refused(words):
    with contextlib.suppress(AssemblyError):
        assert assemble(": main clear " + " ".join(words)).data.startswith(b"\x00\xe0")


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_does_anything_but_assemble_or_be_refused(text):
    with contextlib.suppress(AssemblyError):
        assemble(": main clear " + text)


def test_an_error_survives_pickling():
    error = pickle.loads(pickle.dumps(AssemblyError("a.8o", 1, 2, "why")))
    assert (error.path, error.line, error.column, error.message) == ("a.8o", 1, 2, "why")
