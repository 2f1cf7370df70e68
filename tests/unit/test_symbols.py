"""Symbols: what assemblers write, told apart by content."""

import shutil
import subprocess
from contextlib import suppress
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrovm
from retrovm.symbols import Symbols
from retrovm.symbols.formats import read_symbols

CA65 = """\
    version\tmajor=2,minor=0
    info\tcsym=0,file=1,lib=0,line=1,mod=1,scope=3,seg=1,span=1,sym=6,type=0
    file\tid=0,name="a, b.s",size=244,mtime=0x6B02FA57,mod=0
    scope\tid=0,name="",mod=0,size=13,span=10
    scope\tid=1,name="helper",mod=0,type=scope,size=6,parent=0,sym=2,span=8
    scope\tid=2,name="deep",mod=0,type=scope,size=1,parent=1,span=9
    sym\tid=0,name="here",addrsize=absolute,size=1,scope=2,def=8,val=0x800C,seg=0,type=lab
    sym\tid=1,name="again",addrsize=absolute,size=1,scope=1,def=0,ref=6,val=0x8008,seg=0,type=lab
    sym\tid=2,name="helper",addrsize=absolute,size=6,scope=0,def=2,val=0x8006,seg=0,type=lab
    sym\tid=3,name="@loop",addrsize=absolute,size=1,parent=5,def=14,ref=7,val=0x8002,seg=0,type=lab
    sym\tid=4,name="count",addrsize=zeropage,scope=0,def=13,ref=11,val=0x8,type=equ
    sym\tid=5,name="multiply",addrsize=absolute,scope=0,def=12,ref=1,val=0x8000,seg=0,type=lab
    sym\tid=6,name="putc",addrsize=absolute,scope=0,def=12,ref=1,type=imp
"""

FILES = {
    "ca65 debug information": (CA65, {
        "helper::deep::here": 0x800C, "helper::again": 0x8008, "helper": 0x8006, "multiply@loop": 0x8002,
        "count": 8, "multiply": 0x8000}),
    "ld65 labels": ("al 008000 .multiply\nal 00800C .here\nal 008002 .@loop\nal 008000 .multiply\n", {
        "multiply": 0x8000, "here": 0x800C, "@loop": 0x8002}),
    "VICE labels": ("""\
        # from the monitor
        al C:080d .main
        add_label c:c000 .irq
        al 8:0300 .drive
        break 080d
        """, {"main": 0x80D, "irq": 0xC000}),
    "64tass labels": ("""\
        SCREEN          = $0400
        main            = $080d
        main.loop       = $0812
        MASK            = %10100000
        COUNT           = 10
        TITLE           = "A = B"
        RATIO           = 1.5
        LIST            = [1, 2]
        """, {"SCREEN": 0x400, "main": 0x80D, "main.loop": 0x812, "MASK": 0xA0, "COUNT": 10}),
    "ACME symbols": ("\tbasout\t= $ffd2\n\tmain\t= $c000\t; unused\n\thalf\t= 0.5\n", {
        "basout": 0xFFD2, "main": 0xC000}),
    "KickAssembler symbols": ("""\
        .label SCREEN=$0400
        .namespace sprites {
          .label pointer=$07f8
        }
        .label main=$080d {
          .label loop=$0812 {
            .label inner=$0815
          }
        }
        .label name="text"
        .label after=$0900
        """, {"SCREEN": 0x400, "sprites.pointer": 0x7F8, "main": 0x80D, "main.loop": 0x812,
              "main.loop.inner": 0x815, "after": 0x900}),
    "WLA DX symbols": ("""\
        ; this file was created with wlalink
        [information]
        version 3
        [labels]
        00:8000 main
        0001:c123 bank_one ; a comment
        [definitions]
        0000001c COUNT
        [source files]
        0000 12345678 main.s
        """, {"main": 0x8000, "bank_one": 0xC123, "COUNT": 0x1C}),
    "WLA DX symbols without a heading": ("00:0150 start\n00:0213 loop\n", {"start": 0x150, "loop": 0x213}),
}


@pytest.mark.parametrize("format", FILES)
def test_a_symbol_file_of_each_format_is_known_by_its_content(format, tmp_path):
    text, expected = FILES[format]
    path = tmp_path / "symbols"
    path.write_text(dedent(text))
    symbols = Symbols()
    symbols.load(path)
    assert dict(symbols) == expected


def test_the_source_of_an_octo_program_gives_its_labels(tmp_path):
    path = tmp_path / "a.8o"
    path.write_text(": main\n  v0 := 1\n: forever\n  jump forever\n")
    symbols = Symbols()
    symbols.load(path)
    assert (symbols["main"], symbols["forever"]) == (0x200, 0x202)
    path.write_text(": main\n  jump nowhere\n")
    with pytest.raises(retrovm.MediaError, match=r"a\.8o, line 2, column 8: .*nowhere"):
        Symbols().load(path)


def test_the_last_part_of_a_name_is_enough_where_it_is_unique(tmp_path):
    path = tmp_path / "a.dbg"
    path.write_text(dedent(CA65))
    symbols = Symbols()
    assert symbols.load(path) == 6
    assert symbols["again"] == symbols["helper::again"] == 0x8008
    assert symbols["@loop"] == 0x8002
    assert "again" in symbols
    assert "againx" not in symbols
    assert symbols.at(0x8008) == ("helper::again",)
    assert symbols.at(0x1234) == ()


def test_a_name_with_several_addresses_is_ambiguous():
    symbols = Symbols()
    symbols.define("loop", 0x1000)
    symbols.define("loop", 0x1000)
    assert symbols["loop"] == 0x1000
    symbols.define("loop", 0x2000)
    with pytest.raises(retrovm.UnknownNameError, match=r"'loop' is ambiguous: it is at \$1000, \$2000"):
        symbols["loop"]


def test_a_short_name_with_several_meanings_is_ambiguous(tmp_path):
    path = tmp_path / "a.sym"
    path.write_text(".label a=$10 {\n.label loop=$11\n}\n.label b=$20 {\n.label loop=$21\n}\n")
    symbols = Symbols()
    symbols.load(path)
    with pytest.raises(retrovm.UnknownNameError, match=r"may be a\.loop or b\.loop"):
        symbols["loop"]
    assert symbols.copy()["b.loop"] == 0x21


def test_a_name_without_scope_goes_before_a_short_one(tmp_path):
    path = tmp_path / "a.sym"
    path.write_text(".label a=$10 {\n.label loop=$11\n}\n.label loop=$30\n")
    symbols = Symbols()
    symbols.load(path)
    assert symbols["loop"] == 0x30


def test_an_unknown_name_is_an_error_with_the_nearest():
    symbols = Symbols()
    with pytest.raises(retrovm.UnknownNameError, match="0 symbols are loaded"):
        symbols["main"]
    symbols.define("multiply", 1)
    with pytest.raises(retrovm.UnknownNameError, match="did you mean multiply"):
        symbols["multiplie"]
    assert symbols.get("multiplie") is None


@pytest.mark.parametrize(("text", "message"), [
    ("al 1000 .a\nhello\n", r"x\.lbl, line 2, column 1: .*found 'hello', expected al \[C:\]ADDRESS \.NAME"),
    ("al 1000 .a\n  al 10G0 .b\n", r"line 2, column 6: .*expected al \[C:\]ADDRESS \.NAME"),
    ("al 1000 .a\nal 1000\n", "line 2, column 8: "),
    ("al 1000 .a\nal 1000 .b c\n", "line 2, column 9: "),
    ("version\tmajor=3,minor=0\n", "line 1, column 9: .*expected version 2"),
    ("\nfile\tid=0\nversion\tmajor=2\n", "line 2, column 1: .*expected version 2"),
    ("version\tmajor=2\n\nsym\tname=\"a\"\n", "line 3, column 13: .*expected the field id="),
    ("version\tmajor=2\n\nsym\tid=0,val=3\n", "line 3, column 15: .*expected the field name="),
    ("version\tmajor=2\nsym\tid=0,name=\"a\",val=zz\n", "line 2, column 23: .*expected a number after val="),
    ("version\tmajor=2\nsym\tid\n", "line 2, column 5: .*key=value"),
    ("version\tmajor=2\nsym\tid=0,name=\"a\",scope=7,val=1\n", "line 2, column 25: .*expected the id of a scope after scope="),
    (".label a=$10 {\n}\n}\n", "line 3, column 1: .*no block is open"),
    (".label a=$10\n.label b $11\n", "line 2, column 10: .*expected .label NAME=VALUE"),
    (".label a=$10\n.namespace b\n", r"line 2, column 13: .*expected .namespace NAME \{"),
    ("[labels]\n00:8000 a\n00:80 b\n", "line 3, column 3: .*BANK:ADDRESS NAME"),
    ("[labels]\n[definitions]\n001C ; none\n", "line 3, column 5: .*VALUE NAME"),
    ("a = $10\nnonsense here\n", "line 2, column 10: .*NAME = VALUE"),
    ("", "no symbols of a known format.*ca65 debug information or VICE"),
    ("\x7fELF\x02\x01", "line 1, column 1: these are no symbols of a known format"),
])
def test_a_line_that_is_not_understood_is_named_and_nothing_is_added(text, message, tmp_path):
    path = tmp_path / "x.lbl"
    path.write_text(text)
    symbols = Symbols()
    with pytest.raises(retrovm.MediaError, match=message):
        symbols.load(path)
    assert len(symbols) == 0


def test_a_symbol_file_that_is_not_there_is_named():
    with pytest.raises(retrovm.MediaError, match=r"nowhere\.dbg: the symbols cannot be read \(No such file"):
        Symbols().load("nowhere.dbg")


@given(st.text(st.sampled_from(list("al .C:=$08af{}\n\tsymid,=\"[]labelversion;2")), max_size=200))
def test_any_text_is_symbols_or_a_typed_error(text):
    with suppress(retrovm.MediaError):
        read_symbols(text)


def test_scopes_that_form_a_ring_are_told():
    text = 'version\tmajor=2\nscope\tid=0,name="a",parent=1\nscope\tid=1,name="b",parent=0\nsym\tid=0,name="x",scope=0,val=1\n'
    with pytest.raises(retrovm.MediaError, match=r"line 2, column 28: .*expected no scope that lies within this one after parent="):
        read_symbols(text)


def test_cheap_labels_that_form_a_ring_come_to_an_end():
    assert read_symbols('version\tmajor=2\nsym\tid=1,name="@y",parent=1,val=2\n')[0].name == "@y@y"


@pytest.mark.skipif(not shutil.which("ld65"), reason="ld65 is not installed: apt install cc65")
def test_what_ld65_writes_is_understood(tmp_path):
    (tmp_path / "a.s").write_text(dedent("""\
        .segment "CODE"
        main:   ldx #8
        @loop:  dex
                bne @loop
        .proc helper
        again:  jmp again
        .endproc
        """))
    (tmp_path / "a.cfg").write_text("MEMORY { ROM: start=$8000, size=$100, file=%O; }\n"
                                    "SEGMENTS { CODE: load=ROM, type=ro; }\n")
    subprocess.run(["ca65", "-g", "a.s"], cwd=tmp_path, check=True)
    subprocess.run(["ld65", "-C", "a.cfg", "-o", "a.bin", "a.o", "--dbgfile", "a.dbg", "-Ln", "a.lbl"],
                   cwd=tmp_path, check=True)
    debug, labels = Symbols(), Symbols()
    debug.load(tmp_path / "a.dbg")
    labels.load(tmp_path / "a.lbl")
    assert dict(debug) == {"main": 0x8000, "main@loop": 0x8002, "helper": 0x8005, "helper::again": 0x8005}
    assert labels["main"] == debug["main"]
    assert labels["again"] == debug["again"]
