"""`retrovm test --matrix`: on which members of its family a program behaves alike."""

import json
from io import BytesIO

import pytest
import tiny_machine
from PIL import Image

import retrovm
from retrovm.cli import main
from retrovm.errors import MediaError, OptionError
from retrovm.media import open_media
from retrovm.suite.matrix import Verdict, compare

# V1 = 8, V0 = 2; V0 = V1 >> 1 or V0 >> 1; a bar is drawn once at the column V0, which is 4 or 1.
SHIFTS = "6108 6002 8016 A20E 6300 D031 120C FF00"
# Waits for a key first.
KEY_SHIFTS = "F40A 6108 6002 8016 A210 6300 D031 120E FF00"
# A sprite goes from left to right for ever, drawn and erased; the delay timer keeps its pace.
MOVES = "A21C 6300 D331 6402 F415 F507 3500 120A D331 7301 1204 0000 0000 0000 FF00"


def ch8(text):
    return open_media(bytes.fromhex(text), name="program.ch8")


def verdicts(members):
    return {name: member.verdict for name, member in members.items()}


def test_a_program_behaves_alike_on_members_that_agree_on_what_it_does():
    found = compare(ch8(SHIFTS), options={"variant": "chip8"}, frames=30)
    assert {"chip8", "chip8e", "xochip", "octo"} <= set(found.alike)
    for other in ("chip48", "schip1.0", "schip1.1"):
        assert found.members[other].verdict is Verdict.DIFFERS
        assert found.members[other].frame == 1
        assert not found.members[other].keys


def test_a_switch_that_matters_is_found_by_running_and_by_reading():
    found = compare(ch8(SHIFTS), options={"variant": "chip8"}, frames=30)
    alike = {name for name, member in found.switches.items() if member.verdict is Verdict.SAME}
    assert found.switches["shift"].verdict is Verdict.DIFFERS
    assert found.switches["shift"].options == {"variant": "chip8", "shift": True}
    assert alike == set(found.switches) - {"shift"}
    assert "8016 at $0204" in found.remarks["shift"]
    assert found.remarks["jump"].startswith("irrelevant")


def test_what_shows_only_when_keys_are_pressed_is_found():
    member = compare(ch8(KEY_SHIFTS), options={"variant": "chip8"}, frames=60).members["chip48"]
    assert member.verdict is Verdict.DIFFERS
    assert member.keys
    assert member.frame > 20


def test_the_same_pictures_at_other_times_are_no_difference():
    found = compare(ch8(MOVES), options={"variant": "chip8"}, frames=300)
    assert found.members["timing=vip"].verdict is Verdict.OTHER_TIMES
    assert found.members["chip48"].verdict is Verdict.SAME


def test_what_is_given_for_a_switch_is_what_the_others_are_compared_with():
    found = compare(ch8(SHIFTS), options={"variant": "chip8", "shift": True}, frames=30)
    assert found.members["chip48"].verdict is Verdict.SAME
    assert found.members["chip8"].verdict is Verdict.DIFFERS
    assert found.switches["shift"].options["shift"] is False


def test_members_run_at_the_speed_of_the_chosen_one():
    found = compare(ch8(MOVES), options={"variant": "schip1.1", "tickrate": 9}, frames=10)
    assert {member.options.get("tickrate") for name, member in found.members.items() if name != "timing=vip"} == {9}


def test_a_member_that_cannot_run_a_program_says_why():
    found = compare(open_media(bytes.fromhex("00E0 1202") + bytes(5000), name="large.ch8"), options={"variant": "xochip"},
                    frames=5)
    assert found.members["chip8"].verdict is Verdict.FAILS
    assert "does not fit into this memory" in found.members["chip8"].behaviour.error
    assert found.members["octo"].verdict is Verdict.SAME


def test_a_member_on_which_a_program_halts_says_where():
    found = compare(ch8("00FF 1202"), options={"variant": "schip1.1"}, frames=5)
    assert found.members["schip1.1"].behaviour.halted is None
    assert found.members["chip8"].behaviour.halted == (1, 0x200)


def test_models_of_a_6502_are_compared_by_what_they_send():
    # The ACIA is switched on; LDA #$41; STA $10; STZ $10, which is a NOP of two bytes on an NMOS model; LDA $10; STA $8000; JMP *
    code = bytes.fromhex("A90B 8D0280 A91F 8D0380 A941 8510 6410 A510 8D0080 4C1504")
    media = open_media(code, name="program.bin")
    found = compare(media, retrovm.machines()["sbc6502"], {"model": "65c02-wdc", "org": 0x0400}, frames=5)
    cmos = {"65c02-wdc", "65c02-rockwell", "65c02-synertek"}
    assert {name for name, verdict in verdicts(found.members).items() if verdict is Verdict.SAME} == cmos
    assert not found.switches


def test_a_machine_that_is_the_only_one_has_nothing_to_compare():
    with pytest.raises(OptionError, match="tiny has no members to compare"):
        compare(open_media(tiny_machine.PROGRAM, name="tiny.bin"), tiny_machine.SPEC)


def test_a_program_that_the_chosen_machine_cannot_run_is_an_error():
    with pytest.raises(MediaError, match="does not fit"):
        compare(open_media(bytes(5000), name="large.ch8"), options={"variant": "chip8"})


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "program.ch8"
    path.write_bytes(bytes.fromhex(SHIFTS))
    return path


def test_the_command_prints_a_table_and_writes_a_strip_of_pictures(program, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    picture = tmp_path / "strip.png"
    assert main(["test", "--matrix", str(program), "--frames", "20", "--strip", str(picture)]) == 0
    out = capsys.readouterr().out
    assert "chip8         differs, from frame 1 on" in out
    assert "shift" in out
    sheet = Image.open(BytesIO(picture.read_bytes()))
    assert sheet.width > 6 * 160
    assert sheet.height > 3 * 120
    assert len(sheet.getcolors()) > 3


def test_the_command_is_for_one_program(program, capsys):
    assert main(["test", "--matrix", str(program), str(program)]) == 2
    assert "--matrix is for one program, and 2 are given" in capsys.readouterr().err


def test_a_strip_that_cannot_be_written_is_told(program, tmp_path, capsys):
    assert main(["test", "--matrix", str(program), "--frames", "2", "--strip", str(tmp_path / "no" / "strip.png")]) != 0
    assert "strip.png" in capsys.readouterr().err


def test_everything_is_there_for_programs(program):
    from retrovm.commands.matrix import describe

    told = json.loads(json.dumps(describe(compare(open_media(program), frames=20))))
    assert told["options"]["variant"] == "schip1.1"
    assert told["members"]["chip48"]["verdict"] == "same"
    assert told["members"]["chip8"]["verdict"] == "differs"
    assert told["members"]["chip8"]["frame"] == 1
    assert "8016 at $0204" in told["switches"]["shift"]["remark"]
