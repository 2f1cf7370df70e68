"""`Builder`: sources to programs, by the assemblers of others and by retrovm's, kept by their content."""

import os
import stat
import sys

import pytest
from assemblers import require

from retrovm.errors import ArgumentError, MediaError, UnknownNameError
from retrovm.testing import Builder, BuildError, GuestVM, SourceLine
from retrovm.testing.program import of_ca65

CA65 = """
.include "sizes.inc"
.struct Point
    xx  .byte
    yy  .word
    nm  .byte 6
.endstruct
.macro twice
    asl a
    asl a
.endmacro
.zeropage
sum:    .res 2
.bss
buffer: .res SIZE
here:   .tag Point
.code
.proc add
begin:
@again:
    clc
    adc sum
    twice
    rts
.segment "BSS"
own:    .res 3
.endproc
.rodata
text:   .byte "HI", 0
"""
CONFIG = """
MEMORY {
    ZP:   start = $10,   size = $10,   type = rw;
    MAIN: start = $1000, size = $1000, type = ro, file = %O;
    RAM:  start = $4000, size = $1000, type = rw;
}
SEGMENTS {
    ZEROPAGE: load = ZP,   type = zp;
    CODE:     load = MAIN, type = ro;
    RODATA:   load = MAIN, type = ro;
    BSS:      load = RAM,  type = bss;
}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "main.s").write_text(CA65)
    (tmp_path / "main.cfg").write_text(CONFIG)
    (tmp_path / "sizes.inc").write_text("SIZE = 16\n")
    return tmp_path


@pytest.fixture
def build(folder):
    return Builder(folder, folder / "cache")


def kept(folder):
    return sorted(path.name for path in (folder / "cache").iterdir())


# --- ca65 ---------------------------------------------------------------------------------------------------------------


def test_of_ca65_come_lines_labels_sizes_structures_and_segments(build, folder):
    require("ca65")
    program = build("main.s", config="main.cfg")
    assert (program.name, program.origin, program.data.hex()) == ("main.bin", 0x1000, "18" "6510" "0a0a" "60" "484900")
    number = CA65.split("\n").index("    adc sum") + 1
    assert program.lines[0x1001] == SourceLine(str(folder / "main.s"), number, "    adc sum")
    assert str(program.lines[0x1003]) == str(program.lines[0x1004]) == f"main.s:{number + 1}", "a macro's call, not its definition"
    assert program.labels == {0x10: "sum", 0x4000: "buffer", 0x4010: "here", 0x4019: "add::own", 0x1000: "add", 0x1006: "text"}
    assert {name: program.sizes[name] for name in ("sum", "buffer", "here")} == {"sum": 2, "buffer": 16, "here": 9}
    assert program.structure("Point").fields == {"xx": (0, 1), "yy": (1, 2), "nm": (3, 6)}
    assert (program.size_of("own", 0x4019), program.size_of("add::own", 0x4019), program.size_of("sum", 0x4019)) == (3, 3, 1)
    assert program.segment("BSS") == (0x4000, 0x401B)
    assert program.symbols["begin@again"] == program.symbols["begin"] == 0x1000
    assert GuestVM.of(program).call("add", a=0).cycles == 2 + 3 + 2 + 2 + 6
    with pytest.raises(UnknownNameError, match="no structure 'Pont'"):
        program.structure("Pont")
    with pytest.raises(UnknownNameError, match="no segment 'DATA'"):
        program.segment("DATA")


def test_what_was_built_is_kept_and_built_anew_when_any_file_of_it_changes(build, folder):
    require("ca65")
    first, again = build("main.s", config="main.cfg"), build("main.s", config="main.cfg")
    assert (again.data, again.lines, again.debug) == (first.data, first.lines, first.debug)
    assert len(kept(folder)) == 1
    (folder / "sizes.inc").write_text("SIZE = 32\n")
    assert build("main.s", config="main.cfg").sizes["buffer"] == 32
    assert len(kept(folder)) == 2
    (folder / "sizes.inc").write_text("SIZE = 16\n")
    assert build("main.s", config="main.cfg").sizes["buffer"] == 16
    build("main.s", config="main.cfg", flags=["--cpu", "65c02"])
    assert len(kept(folder)) == 3, "other options are another build, and an old content is an old one"


def test_a_file_of_a_name_that_a_macro_makes_is_told_by_depends(build, folder):
    require("ca65")
    (folder / "main.s").write_text('.code\n.incbin .concat("data", ".bin")\n')
    (folder / "data.bin").write_bytes(b"one")
    assert build("main.s", config="main.cfg", depends=["*.bin"]).data == b"one"
    (folder / "data.bin").write_bytes(b"two")
    assert build("main.s", config="main.cfg", depends=["*.bin"]).data == b"two"


def test_include_folders_and_symbols_are_given_to_the_assembler(build, folder):
    require("ca65")
    (folder / "inc").mkdir()
    (folder / "inc" / "value.inc").write_text(".byte VALUE\n")
    (folder / "main.s").write_text('.code\n.include "value.inc"\n')
    assert build("main.s", config="main.cfg", include=["inc"], define={"VALUE": 7}).data == b"\7"
    (folder / "inc" / "value.inc").write_text(".byte VALUE + 1\n")
    assert build("main.s", config="main.cfg", include=["inc"], define={"VALUE": 7}).data == b"\x08"


def test_several_sources_are_linked_and_without_a_cache_nothing_is_kept(folder):
    require("ca65")
    (folder / "other.s").write_text(".export other\n.code\nother: rts\n")
    program = Builder(folder)("*.s", config="main.cfg")
    assert program.symbols["other"] == 0x1006
    assert program.debug is None
    assert not (folder / "cache").exists()
    assert not list(folder.glob("*.o"))


def test_what_the_assembler_says_is_the_error_and_nothing_is_kept(build, folder):
    require("ca65")
    (folder / "main.s").write_text(".code\n lda #\n")
    with pytest.raises(BuildError, match=r"main\.s.2.: Error[^\n]*\n(.*\n)*ca65 -g .*main\.s"):
        build("main.s", config="main.cfg")
    (folder / "main.s").write_text(".import nowhere\n.code\n jmp nowhere\n")
    with pytest.raises(BuildError, match=r"(?s)nowhere.*ld65 -C"):
        build("main.s", config="main.cfg")
    assert kept(folder) == []


def test_a_config_that_writes_elsewhere_is_told(build, folder):
    require("ca65")
    (folder / "main.cfg").write_text(CONFIG.replace("%O", f'"{(folder / "else.bin").as_posix()}"'))
    with pytest.raises(BuildError, match=r"has written no program; a memory area of .*main.cfg needs file = %O"):
        build("main.s", config="main.cfg")


def test_damaged_debug_information_is_an_error_with_its_file(tmp_path):
    debug = tmp_path / "a.dbg"
    debug.write_text('version\tmajor=2,minor=0\nseg\tid=0,name="CODE",start=zero,size=1\n')
    with pytest.raises(MediaError, match=r"a\.dbg, line 2, column 28: .*expected a number after start="):
        of_ca65(b"\0", debug)
    debug.write_text("version\tmajor=2,minor=0\n")
    with pytest.raises(MediaError, match="no segment lies at the beginning"):
        of_ca65(b"\0", debug)


# --- the others ---------------------------------------------------------------------------------------------------------


def test_64tass_and_acme_give_symbols_and_the_origin(build, folder):
    require("64tass")
    require("acme")
    (folder / "more.inc").write_text(" rts\n")
    (folder / "tass.asm").write_text('* = $1000\nCHROUT = $FFD2\nfirst: lda #VALUE\n .include "more.inc"\n')
    (folder / "acme.asm").write_text('* = $1000\nCHROUT = $FFD2\nfirst: lda #VALUE\n!source "more.inc"\n')
    for tool in ("64tass", "acme"):
        program = build(f"{tool.removeprefix('64')}.asm", tool=tool, define={"VALUE": 5})
        assert (program.origin, program.data.hex(), program.labels) == (0x1000, "a90560", {0x1000: "first"})
        assert program.symbols["CHROUT"] == 0xFFD2
        assert GuestVM.of(program).call("first").a == 5
        assert {address: (str(line), line.text) for address, line in program.lines.items()} == {
            0x1000: (f"{tool.removeprefix('64')}.asm:3", "first: lda #VALUE"), 0x1002: ("more.inc:1", "rts")}
        assert program.lines[0x1002].path == str(folder / "more.inc")
    (folder / "more.inc").write_text(" nop\n rts\n")
    assert build("tass.asm", tool="64tass", define={"VALUE": 5}).data.hex() == "a905ea60"


def test_of_64tass_the_lines_of_loops_and_macros_are_found_by_their_text(build, folder):
    require("64tass")
    lines = ["* = $1000", "again .macro", " inx", " .endmacro", " nop", " nop", " .for i := 0, i < 2, i += 1", " iny", " .next",
             " #again", " .byte " + ", ".join(["7"] * 20), " rts"]
    (folder / "loops.asm").write_text("\n".join(lines) + "\n")
    found = build("loops.asm", tool="64tass").lines
    assert {address: line.number for address, line in found.items()} == {
        0x1000: 5, 0x1001: 6, 0x1002: 8, 0x1003: 8, 0x1004: 3, 0x1005: 11, 0x1019: 12}


def test_the_errors_of_64tass_and_acme_name_the_line(build, folder):
    require("64tass")
    require("acme")
    (folder / "bad.asm").write_text("* = $1000\n lda #)\n")
    for tool in ("64tass", "acme"):
        with pytest.raises(BuildError, match=rf"(?s)bad\.asm.*2.*\n{tool} "):
            build("bad.asm", tool=tool)


@pytest.mark.skipif(os.name == "nt", reason="puts a script on the PATH")
def test_octo_is_run_and_its_bytes_count(build, folder, monkeypatch):
    (folder / "bin").mkdir()
    octo = folder / "bin" / "octo"
    octo.write_text(f"#!{sys.executable}\nimport sys\nfrom retrovm.isa.octo import assemble\n"
                    "open(sys.argv[2], 'wb').write(assemble(open(sys.argv[1]).read()).data)\n")
    octo.chmod(octo.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder / "bin"), prepend=os.pathsep)
    (folder / "main.8o").write_text(": main loop again\n: seven v0 := 7 return\n")
    program = build("main.8o", tool="octo")
    assert GuestVM.of(program).call("seven").v0 == 7
    assert str(program.lines[program.symbols["seven"]]) == "main.8o:2"
    assert len(kept(folder)) == 1


def test_an_assembler_that_is_not_there_is_named_with_where_it_comes_from(build, folder, monkeypatch):
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(BuildError, match=r"ca65 is not on the PATH; it comes with cc65: https://cc65\.github\.io, or apt"):
        build("main.s", config="main.cfg")


def test_retrovm_assembles_both_languages_itself(build, folder):
    (folder / "patch.s").write_text("value = 5\nset: lda #value\n rts\n")
    (folder / "game.8o").write_text(": main loop again\n: seven v0 := 7 return\n")
    program = build("patch.s", origin=0x300)
    assert (program.name, program.origin, GuestVM.of(program).call("set").a) == ("patch.bin", 0x300, 5)
    assert program.lines[0x300] == SourceLine(str(folder / "patch.s"), 2, "set: lda #value")
    assert program.labels == {0x300: "set"}
    assert GuestVM.of(build("game.8o")).call("seven").v0 == 7
    assert not (folder / "cache").exists()
    (folder / "patch.s").write_text(" lda #value\n")
    with pytest.raises(BuildError, match=r"patch\.s:1:7: .*value"):
        build("patch.s")


@pytest.mark.parametrize(("arguments", "named", "message"), [
    (["main.s", "main.s"], {}, "retrovm takes one source, not 2"),
    (["main.s"], {"tool": "ca56"}, "no assembler 'ca56' here; did you mean ca65|no assembler 'ca56' here"),
    (["main.s"], {"tool": "ca65"}, "takes the config of ld65"),
    (["main.s"], {"tool": "acme", "config": "main.cfg"}, "and others take none"),
    (["main.s"], {"flags": ["-x"]}, "no include, define or flags"),
    (["main.s"], {"config": "main.cfg", "origin": 0x200}, "origin and model are for retrovm's own assembler"),
])
def test_an_order_that_makes_no_sense_is_refused(build, arguments, named, message):
    with pytest.raises(ArgumentError, match=message):
        build(*arguments, **named)


def test_a_source_that_is_not_there_is_an_error(build, folder):
    with pytest.raises(BuildError, match=r"there is no file .*nowhere\.s"):
        build("nowhere.s")
    with pytest.raises(ArgumentError, match="a language is 6502 or octo"):
        build.text("", language="z80")
