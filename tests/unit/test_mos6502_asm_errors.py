"""What the 6502 assembler says about programs that are wrong: where, what, and what to do."""

import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrovm.isa.mos6502_asm import AssemblyError, assemble


@pytest.mark.parametrize(("text", "place", "message"), [
    ("lad #1", "1:1", "'lad' is no instruction of the 6502; did you mean 'LDA'?"),
    ("start lda #1", "1:1", "'start' is no instruction of the 6502; a label has a colon behind it"),
    ("  stz $12", "1:3", "'stz' is an instruction of 65c02-wdc, 65c02-rockwell, 65c02-synertek, not of the 6502; "
                         "choose one with .model"),
    ("ldx $12,x", "1:5", "there is no LDX with n,X on the 6502; there is LDX #n or LDX n or LDX n,Y"),
    ("rts 5", "1:5", "there is no RTS with n on the 6502; there is RTS"),
    ("lda", "1:1", "there is no LDA without an operand on the 6502"),
    ("lda z:$12,y", "1:7", "LDA has no form with a zero page address here; leave out the z:"),
    ("stx a:$12,y", "1:7", "STX has no form with an absolute address here; leave out the a:"),
    ("lda ($12)*2", "1:5", "for an expression write 0+(...)"),
    ("lda ($12,y)", "1:10", "expected X, as in (n,X), found 'y'"),
    ("lda ($12),x", "1:11", "expected Y, as in (n),Y, found 'x'"),
    ("lda ($12", "1:9", "expected ')' behind the address, found the end of the line"),
    ("lda x", "1:5", "expected a value, found the register 'x'"),
    ("lda #", "1:6", "expected a value, found the end of the line"),
    ("lda #\"a\"", "1:6", "write a character as 'a'"),
    ("lda #1 2", "1:8", "expected the end of the line behind the operand, found '2'"),
    ("bne sart\nstart:", "1:5", "the name 'sart' is not defined; did you mean 'start'?"),
    ("a:\n", "1:1", "'a' is a register and no name for anything else"),
    ("inc = 5", "1:1", "'inc' is an instruction and no name for anything else"),
    ("one:\none:", "2:1", "'one' is defined already, in line 1; rename one of them"),
    ("bne @l\nl:\n@l:", "1:5", "there is no '@l' among the local labels before the first label"),
    ("l:\n@lop: bne @loop", "2:11", "there is no '@loop' among the local labels of 'l'; did you mean 'lop'?"),
    ("bne :+", "1:5", "there are not so many unnamed labels behind this"),
    (":\nbne :--", "2:5", "there are not so many unnamed labels before this"),
    ("k = k2\nk2 = k", "1:1", "the value of 'k' depends on itself: k from k2"),
    ("bne $9000", "1:5", "$9000 is too far away for a branch: +4094 bytes, and it reaches from -128 to +127"),
    ("bne -1", "1:5", "-1 is no address to branch to"),
    ("lda #256", "1:6", "$0100 is no byte (-128 to $FF); take a part of it with < or >"),
    ("lda ($1234),y", "1:6", "$1234 is no address in the zero page (0 to $FF)"),
    ("lda -1", "1:5", "-1 is no address (0 to $FFFF)"),
    (".word $10000", "1:7", "$10000 is no word (-32768 to $FFFF)"),
    (".byte 1/0", "1:8", "a division by 0"),
    (".byte 1<<99", "1:8", "'<<' cannot be: it shifts by 0 to 63 bits"),
    (".byte 1>>-1", "1:8", "'>>' cannot be: it shifts by 0 to 63 bits"),
    (".byte 1,", "1:9", "expected a value, found the end of the line"),
    (".bite 5", "1:1", "there is no directive '.bite'; did you mean '.byte'?"),
    (".proc main", "1:1", "there is no directive '.proc'; there are .byte"),
    (".byte \"abc", "1:7", "this string has no closing quote"),
    (".byte 'ab'", "1:7", "a character stands between two single quotes"),
    (".byte \"\u20ac\"", "1:7", "'\u20ac' has no code of one byte"),
    ("lda $x", "1:5", "hexadecimal digits stand behind a $"),
    ("lda 5%x", "1:6", "the remainder of a division is .mod"),
    ("lda ?", "1:5", "'?' means nothing here"),
    (".byte " + "9" * 5000, "1:7", "this number is too long"),
    (".byte " + "(" * 5000, "1:39", "more than 32 operators or brackets one inside the other"),
    (".byte 0" + "+0" * 5000, "1:10006", "this takes too many steps to calculate: split it"),
    (".res later\nlater = 1", "1:6", "the number of bytes has to be known here"),
    (".res 1, 256", "1:9", "the byte to fill with is 0 to $FF, not $0100"),
    (".align 0", "1:8", "what divides the address is 1 to $10000, not 0"),
    (".org $10000", "1:6", "the address is 0 to $FFFF, not $10000"),
    (".org $FFFF\njmp 0", "2:1", "this reaches beyond $FFFF: it would lie at $FFFF-$10001"),
    ("nop\n.org $8000\nnop", "3:1", "address $8000 holds something already; move this or that with .org"),
    (".model 6502", "1:8", "expected the name of a model in double quotes, found '6502'"),
    (".model \"65c02\"", "1:8", "there is no model \"65c02\""),
    (".include \"nowhere.s\"", "1:10", "cannot read nowhere.s: No such file or directory"),
    (".assert 1 = 2, \"one is not two\"", "1:9", "one is not two"),
    (".assert 0", "1:9", "this is not so"),
])
def test_an_error_says_where_what_and_what_to_do(text, place, message):
    with pytest.raises(AssemblyError) as caught:
        assemble(text, name="a.s")
    assert str(caught.value.errors[0]).startswith(f"a.s:{place}: ")
    assert message in caught.value.message


def test_all_errors_are_reported_at_once_and_in_their_order():
    text = "lda nowhere\n foo\n lda #\n bne @l\n lda $12,z\n"
    with pytest.raises(AssemblyError) as caught:
        assemble(text)
    error = caught.value
    assert [each.line for each in error.errors] == [1, 2, 3, 4, 5]
    assert (error.path, error.line, error.column) == ("<string>", 1, 5)
    assert str(error).count("\n") == 4
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_one_error_does_not_bring_others_along():
    with pytest.raises(AssemblyError) as caught:
        assemble("k = 1 +\n lda k\nstart: foo\n bne start\n .byte 300")
    assert [each.line for each in caught.value.errors] == [1, 3]


def test_a_name_from_outside_cannot_get_another_meaning_later(tmp_path):
    (tmp_path / "b.s").write_text("port = $1234\n")
    with pytest.raises(AssemblyError, match="'port' was used before with its value from outside"):
        assemble("lda port\n.include \"b.s\"", name=str(tmp_path / "a.s"), symbols={"port": 5})


def test_a_long_row_of_constants_is_followed_in_any_order():
    down = [f"a{number} = a{number + 1} + a{number + 1}" for number in range(2000)]
    assert assemble("\n".join([*down, "a2000 = 0", ".byte a0"])).data == b"\0"
    assert assemble("\n".join(["a2000 = 0", *reversed(down), ".byte a0"])).data == b"\0"


def test_a_source_that_includes_itself_is_an_error(tmp_path):
    path = tmp_path / "a.s"
    path.write_text(".include \"a.s\"\n")
    with pytest.raises(AssemblyError, match="does this one include itself"):
        assemble(path.read_text(), name=str(path))


words = st.sampled_from([*"+-*/()#,<>:=@.;\"'$%", "lda", "bne", "jmp", ".byte", ".word", ".org", ".res", "a", "x", "y", "one",
                         "two", "@l", ":", ":+", ":-", " ", "\n", "1", "$80", "=", ".model", "\"65c02-wdc\"", "bbr0"])


@given(st.one_of(st.lists(words).map(" ".join), st.lists(words).map("".join), st.text()))
@example("a = b + b\nb = a")
@example(".org one\none:")
@example("x: .align *")
def test_whatever_the_source_is_it_is_assembled_or_an_error(text):
    try:
        assemble(text)
    except AssemblyError as error:
        assert all(each.line >= 1 and each.column >= 1 for each in error.errors)
