"""`retrovm asm`, and `retrovm dis` for a 6502: what they write, and what they say."""

import pytest

from retrovm import cli
from retrovm.media import open_media
from retrovm.symbols import Symbols

SOURCE = """
        .org $C000
port = $8000
start:  lda #'!'
@loop:  sta port
        bne @loop
text:   .asciiz "a text that is longer"
        .org $FFFC
        .word start
"""


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.s").write_text(SOURCE)

    def run(*words):
        status = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_a_source_is_only_checked_where_nothing_is_asked_for(run, tmp_path):
    assert run("asm", "a.s") == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["a.s"]


@pytest.mark.parametrize(("name", "options", "format"), [
    ("a.bin", [], "binary"), ("a.out", [], "binary"), ("a.hex", [], "ihex"), ("a.s19", [], "srec"),
    ("a.bin", ["--format", "ihex"], "ihex"), ("a.hex", ["--format", "srec"], "srec"), ("a.hex", ["--format", "bin"], "binary"),
])
def test_the_end_of_the_name_or_an_option_chooses_the_format(name, options, format, run, tmp_path):
    assert run("asm", "a.s", "-o", name, *options) == (0, "", "")
    medium = open_media((tmp_path / name).read_bytes(), name="a.out" if format == "binary" else "a")
    assert medium.format == format
    if format == "binary":
        assert medium.segments[0].data[-2:] == b"\x00\xc0"
        assert len(medium.segments[0].data) == 0x3FFE
    else:
        assert [str(segment) for segment in medium.segments] == ["$C000-$C01C", "$FFFC-$FFFD"]


def test_the_symbols_are_read_back(run, tmp_path):
    assert run("asm", "a.s", "--symbols", "a.lbl") == (0, "", "")
    symbols = Symbols()
    assert symbols.load(tmp_path / "a.lbl") == 4
    assert dict(symbols) == {"port": 0x8000, "start": 0xC000, "start@loop": 0xC002, "text": 0xC007}


def test_the_listing_has_every_line_with_its_bytes(run, tmp_path):
    assert run("asm", "a.s", "--listing", "a.lst") == (0, "", "")
    assert (tmp_path / "a.lst").read_text() == """\
; a.s
                    1
                    2          .org $C000
                    3  port = $8000
C000  A9 21         4  start:  lda #'!'
C002  8D 00 80      5  @loop:  sta port
C005  D0 FB         6          bne @loop
C007  61 20 74      7  text:   .asciiz "a text that is longer"
C00A  65 78 74
C00D  20 74 68
C010  61 74 20
C013  ... to C01C
                    8          .org $FFFC
FFFC  00 C0         9          .word start
                   10
"""


def test_origin_and_model_are_those_of_the_command_line(run, tmp_path):
    (tmp_path / "b.s").write_text("start: stz start\n")
    assert run("asm", "b.s", "--org", "$0400", "--model", "65c02-wdc", "-o", "b.bin") == (0, "", "")
    assert (tmp_path / "b.bin").read_bytes() == b"\x9c\x00\x04"


def test_all_errors_are_printed_and_nothing_is_written(run, tmp_path):
    (tmp_path / "b.s").write_text(" lad #1\n bne nowhere\n")
    status, out, err = run("asm", "b.s", "-o", "b.bin", "--listing", "b.lst")
    assert (status, out) == (1, "")
    assert err == ("retrovm: b.s:1:2: 'lad' is no instruction of the 6502; did you mean 'LDA'?\n"
                   "retrovm: b.s:2:6: the name 'nowhere' is not defined\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.s", "b.s"]


@pytest.mark.parametrize(("words", "message"), [
    (["nowhere.s"], "nowhere.s: there is no such file"),
    (["a.s", "--org", "start"], "--org takes an address from 0 to 0xFFFF, not 'start'"),
    (["a.s", "--org", "0x10000"], "--org takes an address from 0 to 0xFFFF"),
    (["a.s", "--model", "65c02-wcd"], "there is no model '65c02-wcd'; did you mean 65c02-wdc"),
    (["a.s", "--format", "hex", "-o", "a.hex"], "there is no format 'hex' to write; did you mean ihex?"),
    (["a.s", "-o", "no/a.bin"], "the folder of no/a.bin does not exist"),
    (["a.s", "-o", "a.s"], "two of them are the same here"),
    (["a.s", "-o", "b", "--listing", "./b"], "two of them are the same here"),
])
def test_wrong_use_is_one_line_and_status_2(words, message, run):
    status, out, err = run("asm", *words)
    assert (status, out) == (2, "")
    assert err.startswith("retrovm: ")
    assert err.count("\n") == 1
    assert message in err


def test_a_source_that_is_no_text_is_a_failure(run, tmp_path):
    (tmp_path / "b.s").write_bytes(b"lda #\xff")
    status, _, err = run("asm", "b.s")
    assert (status, err) == (1, "retrovm: b.s, offset $0005: this is no text in UTF-8\n")


def test_what_dis_writes_as_source_asm_makes_the_same_program_of(run, tmp_path):
    run("asm", "a.s", "-o", "a.hex", "--symbols", "a.lbl")
    words = ["dis", "a.hex", "-m", "sbc6502", "--source", "--labels", "--symbols", "a.lbl"]
    for more in ([], ["--entry", "start"], ["--data", "text-0xC01C"], ["--data", "$C007-$C01C", "--data", "0xFFFC-0xFFFD"]):
        status, out, err = run(*words, *more)
        assert (status, err) == (0, "")
        assert "start_loop:" in out
        (tmp_path / "b.s").write_text(out)
        assert run("asm", "b.s", "-o", "b.hex") == (0, "", "")
        assert (tmp_path / "b.hex").read_bytes() == (tmp_path / "a.hex").read_bytes()
    assert ".byte $61,$20,$74,$65,$78,$74,$20,$74 ; C007  a text t" in out


def test_dis_knows_marks_entries_labels_and_models(run, tmp_path):
    run("asm", "a.s", "-o", "a.hex")
    (tmp_path / "b.s").write_text("jmp $8000\n.byte $61, $20\n")
    run("asm", "b.s", "-o", "b.hex", "--org", "0x0200")
    dis = ["dis", "a.hex", "-m", "sbc6502"]
    assert "C005  D0 FB     BNE LC002\n" in run(*dis, "--labels")[1]
    assert "0203  61 20     ADC ($20,X)\n" in run("dis", "b.hex", "-m", "sbc6502", "-o", "start=0x200")[1]
    assert "0203  61 20     .byte $61,$20\n" in run("dis", "b.hex", "-m", "sbc6502", "-o", "start=0x200", "--entry", "0x200")[1]
    assert "C000  A9        .byte $A9\nC001  21 8D     AND ($8D,X)\n" in run(*dis, "--data", "0xC000")[1]
    assert "C01B  72        JAM*\n" in run(*dis)[1]
    assert "C01B  72 00     ADC ($00)\n" in run(*dis, "--model", "65c02-wdc")[1]


@pytest.mark.parametrize(("words", "message"), [
    (["a.hex", "-m", "sbc6502", "--model", "6809"], "there is no model '6809'"),
    (["a.hex", "-m", "sbc6502", "--data", "5-4"], "--data takes a first and a last address, like 0xC100-0xC1FF, not '5-4'"),
    (["a.hex", "-m", "sbc6502", "--entry", "stat"], "no symbol 'stat'"),
    (["ember", "--labels"], "--labels, --data and --entry are for a 6502, and chip8 has none"),
])
def test_wrong_use_of_dis_is_one_line_and_status_2(words, message, run):
    run("asm", "a.s", "-o", "a.hex")
    status, out, err = run("dis", *words)
    assert (status, out) == (2, "")
    assert message in err
