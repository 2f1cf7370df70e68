"""`retrovm asm` and `retrovm dis` for a CHIP-8."""

import json

import pytest

from retrovm import cli
from retrovm.isa.octo import assemble

SOURCE = """: main
    i := ball
    loop
        sprite v0 v1 2
        v0 += 1
        if v0 != 10 then
    again
    exit
: ball
    0x60 0xF0
"""


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.8o").write_text(SOURCE)
    (tmp_path / "a.ch8").write_bytes(assemble(SOURCE).data)

    def run(*words):
        status = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_an_octo_source_is_known_by_the_end_of_its_name(run, tmp_path):
    assert run("asm", "a.8o", "-o", "b.ch8", "--symbols", "b.lbl", "--listing", "b.lst") == (0, "", "")
    assert (tmp_path / "b.ch8").read_bytes() == assemble(SOURCE).data
    assert (tmp_path / "b.lbl").read_text() == "al 000200 .main\nal 00020C .ball\n"
    assert (tmp_path / "b.lst").read_text().splitlines()[:3] == [
        "; a.8o", "0200  A2 0C         2      i := ball", "0202  D0 12         4          sprite v0 v1 2"]


def test_an_octo_source_takes_an_origin_and_a_variant(run, tmp_path):
    (tmp_path / "b.8o").write_text(": main stop jump main")
    assert run("asm", "b.8o", "-o", "b.ch8", "--org", "0x300", "--model", "chip8e") == (0, "", "")
    assert (tmp_path / "b.ch8").read_bytes().hex() == "00ed1300"


def test_an_error_in_an_octo_source_is_one_line_with_its_place(run, tmp_path):
    (tmp_path / "b.8o").write_text(": main\n  cleer")
    assert run("asm", "b.8o") == (1, "", "retrovm: b.8o:2:3: the name 'cleer' is not defined; did you mean 'clear'?\n")


def test_a_variant_that_is_not_there_is_wrong_use(run):
    status, out, err = run("asm", "a.8o", "--model", "chip8f")
    assert (status, out) == (2, "")
    assert "there is no variant 'chip8f'" in err
    status, out, err = run("dis", "a.ch8", "--model", "chip8f")
    assert (status, out) == (2, "")
    assert "there is no variant 'chip8f'" in err


def test_source_has_blocks_and_assembles_to_the_same_bytes(run, tmp_path):
    status, out, _ = run("dis", "a.ch8", "--source")
    assert status == 0
    assert "    loop\n        sprite v0 v1 2\n" in out
    assert assemble(out).data == (tmp_path / "a.ch8").read_bytes()


def test_flow_is_text_or_json(run):
    status, out, _ = run("dis", "a.ch8", "--flow")
    assert status == 0
    assert out.startswith("main $0200\n  $0200-$0201 main: 1 instruction, goes to loc_202\n")
    status, out, _ = run("dis", "a.ch8", "--flow", "--json")
    assert json.loads(out)["unreached"] == [{"first": 0x20C, "last": 0x20D}]


@pytest.mark.parametrize(("words", "message"), [
    (["a.ch8", "--json"], "--json is for what --flow tells"),
    (["a.ch8", "--flow", "--source"], "two things to write"),
])
def test_wrong_use_of_dis_is_status_2(run, words, message):
    status, out, err = run("dis", *words)
    assert (status, out) == (2, "")
    assert message in err


def test_a_machine_with_instructions_of_its_own_is_disassembled_for_them(run, tmp_path):
    (tmp_path / "e.ch8").write_bytes(bytes.fromhex("0151 00ED"))
    status, out, _ = run("dis", "e.ch8", "-m", "chip8", "-o", "variant=chip8e")
    assert status == 0
    assert [line.split("#")[0].strip() for line in out.splitlines()] == [":variant chip8e", ": main", "wait", "stop"]
