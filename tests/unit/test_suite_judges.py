"""The judges that watch a machine, on small programs for the machines that come with the package."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from retrovm.suite import Outcome, Report, Settings, discover, run

# sets up the ACIA of sbc6502, sends what stands behind the program, and stays at $0423
HELLO = (
    bytes.fromhex(
        "A9 0B 8D 02 80 A9 1F 8D 03 80 A2 00 BD 26 04 F0 12 48 AD 01 80 29 10 F0 F9 68 8D 00 80"
        "E8 D0 EC EA EA EA 4C 23 04"
    )
    + b"HELLO\r\nWORLD\x00"
)

# CHIP-8: waits for a key, draws its digit at the top left, and stays at $0206
DIGIT = bytes.fromhex("F0 0A F0 29 D1 15 12 06")
DIGIT_5 = [[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 1], [1, 1, 1, 1]]

KEYS = "input = [ { frame = 30, press = '5' }, { frame = 40, release = '5' } ]\n"


def judge(folder: Path, text: str, rom: bytes = HELLO, name: str = "a.bin", golden: bool = False) -> Report:
    """Runs a manifest with one test of this ROM, to which `text` adds keys."""
    (folder / name).write_bytes(rom)
    machine = (
        "machine = 'sbc6502'\noptions = { org = 0x0400 }\n" if name == "a.bin" else "machine = 'chip8'\n"
    )
    head = f"[suite]\ntitle = 'x'\n[[test]]\nname = 'it works'\nrom = '{name}'\n"
    (folder / "suite.toml").write_text(head + (machine if "machine" not in text else "") + text)
    return run(discover([folder]), Settings(update_golden=golden))


def passes(folder: Path, text: str, rom: bytes = HELLO, name: str = "a.bin") -> None:
    report = judge(folder, text, rom, name)
    assert report.summary() == "1 passed, 0 failed", "\n".join(report.lines())


def reason(folder: Path, text: str, rom: bytes = HELLO, name: str = "a.bin") -> str:
    report = judge(folder, text, rom, name)
    assert report.summary() == "0 passed, 1 failed"
    return report.problems[0].reason


# --- serial ---


def test_texts_from_the_guest_pass_in_their_order(tmp_path: Path) -> None:
    passes(tmp_path, "limit = { cycles = 200_000 }\njudge = 'serial'\ntext = ['HELL', 'O', 'WORLD']\n")


def test_texts_in_another_order_fail_and_the_transcript_is_shown(tmp_path: Path) -> None:
    said = reason(tmp_path, "limit = { cycles = 200_000 }\njudge = 'serial'\ntext = ['WORLD', 'HELLO']\n")
    assert said == (
        "expected the guest to send 'HELLO' after 'WORLD' within 200,000 cycles\n"
        "it sent 12 bytes:\n  | HELLO\n  | WORLD"
    )


def test_a_limit_in_frames_ends_a_test_as_well(tmp_path: Path) -> None:
    assert "within 6 frames" in reason(tmp_path, "limit = { frames = 6 }\njudge = 'serial'\ntext = 'BYE'\n")


def test_a_guest_that_jams_fails_at_once_and_the_place_is_named(tmp_path: Path) -> None:
    said = reason(tmp_path, "limit = { cycles = 1_000_000_000 }\njudge = 'serial'\ntext = 'x'\n", b"\xea\x02")
    assert "before the processor halted at $040" in said
    assert said.endswith("it sent nothing")


# --- trap ---


def test_a_program_that_stays_at_the_right_address_passes(tmp_path: Path) -> None:
    passes(tmp_path, "limit = { cycles = 200_000 }\njudge = 'trap'\nsuccess = 0x0423\n")


def test_a_program_that_stays_elsewhere_fails_with_the_address_and_registers(tmp_path: Path) -> None:
    said = reason(
        tmp_path, "limit = { cycles = 200_000 }\njudge = 'trap'\nsuccess = 0x0500\nfailure = 0x0423\n"
    )
    assert said.startswith("the program counter stays at $0423, a known failure, after ")
    assert "expected $0500\nregisters: pc=423" in said


def test_the_cycles_from_start_to_success_are_exact(tmp_path: Path) -> None:
    nops = b"\xea" * 100 + b"\x4c\x64\x04"
    keys = "judge = 'trap'\nstart = 0x0410\nsuccess = 0x0464\n"
    passes(tmp_path, keys + "cycles = 168\n", nops)
    assert reason(tmp_path, keys + "cycles = 169\n", nops) == "reached $0464 after 168 cycles; expected 169"


def test_the_places_of_a_trap_may_be_symbols(tmp_path: Path) -> None:
    (tmp_path / "a.lbl").write_text("al 000410 .main\nal 000464 .done\nal 000500 .elsewhere\n")
    nops = b"\xea" * 100 + b"\x4c\x64\x04"
    keys = "symbols = 'a.lbl'\nlimit = { cycles = 9_000 }\njudge = 'trap'\nstart = 'main'\n"
    passes(tmp_path, keys + "success = 'done'\ncycles = 168\n", nops)
    said = reason(tmp_path, keys + "success = 'elsewhere'\nfailure = [0x300, 'done']\n", nops)
    assert said.startswith("the program counter stays at $0464, a known failure, after ")
    assert "expected elsewhere ($0500)" in said
    assert re.search(r"suite\.toml:\d+:\d+: test\[0\]\.success: no symbol 'don'; did you mean done",
                     reason(tmp_path, keys + "success = 'don'\n", nops))


def test_passing_through_the_right_address_is_not_staying_there(tmp_path: Path) -> None:
    said = reason(
        tmp_path, "limit = { cycles = 9_000 }\njudge = 'trap'\nsuccess = 0x0400\n", b"\xea\x4c\x00\x04"
    )
    assert said.startswith("expected the program counter to stay at $0400 within 9,000 cycles")


# --- memory ---


def test_memory_is_compared_when_the_time_is_over(tmp_path: Path) -> None:
    store = bytes.fromhex("A9 41 8D 00 20 A5 10 8D 01 20 4C 0A 04")
    keys = "limit = { cycles = 1000 }\npoke = [ { at = 0x10, bytes = '42' } ]\njudge = 'memory'\n"
    passes(tmp_path, keys + "at = 0x2000\nbytes = '41 42'\n", store)
    passes(tmp_path, keys + "memory = [ { at = 0x2000, text = 'A' }, { at = 0x2001, text = 'B' } ]\n", store)
    said = reason(tmp_path, keys + "at = 0x2000\nbytes = '41 43'\n", store)
    assert said.splitlines()[-1] == "  $2000: 41 43                     41 42*"


def test_memory_outside_the_address_space_is_a_failure_and_no_crash(tmp_path: Path) -> None:
    assert reason(tmp_path, "limit = { cycles = 10 }\njudge = 'memory'\nat = 0xFFFFF\nbytes = '00'\n")


# --- lcd ---

# for the breadboard: writes A and B on the LCD, with 20 ms between bytes, and stays
LETTERS = bytes.fromhex(
    "A2 FF 9A A9 FF 8D 02 60 A9 E0 8D 03 60 20 40 80"        # DDRB, DDRA; pause
    "A0 00 B9 60 80 F0 FE 8D 00 60 C0 03 A9 00 90 02 A9 20"    # instructions, then data
    "8D 01 60 09 80 8D 01 60 29 7F 8D 01 60 20 40 80 C8 80 DD"
)


def letters() -> bytes:
    """The ROM: LETTERS at $8000, a pause of more than 10 ms at $8040, what goes to the LCD at $8060."""
    rom = bytearray(b"\xEA" * 0x8000)
    rom[:len(LETTERS)] = LETTERS
    rom[0x40:0x4F] = bytes.fromhex("A2 10 A9 00 3A D0 FD CA D0 F8 60").ljust(15, b"\xEA")
    rom[0x60:0x66] = b"\x38\x0E\x01AB\x00"
    rom[-6:] = b"\x00\x80" * 3
    return bytes(rom)


BOARD = "machine = 'eater'\nlimit = { frames = 60 }\njudge = 'lcd'\n"


def test_what_the_display_shows_passes_and_blanks_at_the_end_of_a_row_do_not_count(tmp_path: Path) -> None:
    passes(tmp_path, BOARD + "text = ['AB  ', '']\n", letters(), "b.bin")
    passes(tmp_path, BOARD + "text = 'AB'\n", letters(), "b.bin")


def test_another_text_fails_and_what_is_shown_is_told(tmp_path: Path) -> None:
    said = reason(tmp_path, BOARD + "text = ['BA']\n", letters(), "b.bin")
    assert said == f"expected the display to show 'BA' within 60 frames\nit shows {'AB'.ljust(16)!r} / {' ' * 16!r}"


def test_more_rows_than_the_display_has_and_no_display_are_told(tmp_path: Path) -> None:
    assert "the display 16x2 has 2" in reason(tmp_path, BOARD + "text = ['A', 'B', 'C']\n", letters(), "b.bin")
    text = "limit = { frames = 60 }\njudge = 'lcd'\ntext = 'A'\n"
    assert reason(tmp_path, text) == "sbc6502 has no character display"


# --- screen ---


def test_golden_pictures_are_written_when_asked_for_and_compared_otherwise(tmp_path: Path) -> None:
    keys = (
        KEYS
        + "judge = 'screen'\n"
        + "checkpoints = [{ frame = 20, golden = 'a.png' }, { frame = 60, golden = 'b.png' }]\n"
    )
    assert "`retrovm test --update-golden` writes it" in reason(tmp_path, keys, DIGIT, "a.ch8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ch8", "suite.toml"]
    assert judge(tmp_path, keys, DIGIT, "a.ch8", golden=True).ok
    passes(tmp_path, keys, DIGIT, "a.ch8")
    with Image.open(tmp_path / "a.png") as before, Image.open(tmp_path / "b.png") as after:
        assert np.asarray(before).max() == 0
        assert np.asarray(after)[:5, :4].tolist() == DIGIT_5
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes())
    said = reason(tmp_path, keys, DIGIT, "a.ch8")
    assert (
        said
        == "the picture after 60 frames differs from b.png in 14 of 2,048 pixels, "
        "all in columns 0-3, rows 0-4"
    )


def test_a_picture_is_compared_by_the_hash_of_its_palette_indices(tmp_path: Path) -> None:
    from hashlib import sha1

    picture = np.zeros((32, 64), np.uint8)
    picture[:5, :4] = DIGIT_5
    found = sha1(picture.tobytes()).hexdigest()
    keys = KEYS + "limit = { frames = 60 }\njudge = 'screen'\n"
    passes(tmp_path, keys + f"sha1 = '{found}'\n", DIGIT, "a.ch8")
    assert f"found    sha1 {found}" in reason(tmp_path, keys + f"sha1 = '{'0' * 40}'\n", DIGIT, "a.ch8")


def test_a_golden_picture_of_another_size_or_that_is_none_fails(tmp_path: Path) -> None:
    keys = "limit = { frames = 1 }\njudge = 'screen'\ngolden = 'a.png'\n"
    Image.new("RGB", (3, 2)).save(tmp_path / "a.png")
    assert (
        reason(tmp_path, keys, DIGIT, "a.ch8")
        == "the picture after 1 frames is 64 x 32 pixels; a.png is 3 x 2"
    )
    (tmp_path / "a.png").write_bytes(b"no picture")
    assert "is no picture: expected a PNG" in reason(tmp_path, keys, DIGIT, "a.ch8")


def test_a_machine_without_a_screen_says_so(tmp_path: Path) -> None:
    keys = f"limit = {{ frames = 1 }}\njudge = 'screen'\nsha1 = '{'0' * 40}'\n"
    assert reason(tmp_path, keys) == "sbc6502 has no screen to look at"


# --- input and files ---


@pytest.mark.parametrize("cycle", [0, 1, 5_000, 16_667, 40_000])
def test_input_by_cycle_among_checkpoints_by_frame_comes_at_the_first_instruction_that_ends_behind_it(
    tmp_path: Path, cycle: int
) -> None:
    from retrovm import load
    from retrovm.suite.machine_run import Input, MachineRun, Setup

    (tmp_path / "a.bin").write_bytes(HELLO)
    vm = load(tmp_path / "a.bin", "sbc6502", org=0x400)
    setup = Setup(tmp_path, None, None, {}, (Input(cycle=cycle, serial=b"x"),), (), None, None)
    machine = MachineRun(vm, setup, lambda: False)
    waiting = []
    while machine.frames < 5:
        machine.advance(frame=5)
        waiting.append((machine.cycles, machine.by_cycle))
    came = next((cycles for cycles, _ in waiting if cycles >= cycle), None)
    assert came is not None
    assert came - cycle < 8 or cycle == 0
    assert not machine.by_cycle


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("input = [{ frame = 0, press = 'fire' }]\n", "has no button 'fire'"),
        ("input = [{ frame = 0, serial = 'x' }]\n", "test[0].input[0].serial: chip8 has no serial line"),
        ("options = { colour = 1 }\n", "has no option 'colour'"),
        ("machine = 'chip9'\n", "chip9"),
    ],
)
def test_what_the_machine_has_not_fails_the_test_and_names_it(tmp_path: Path, keys: str, said: str) -> None:
    keys += f"limit = {{ frames = 2 }}\njudge = 'screen'\nsha1 = '{'0' * 40}'\n"
    assert said in reason(tmp_path, keys, DIGIT, "a.ch8")


def test_a_rom_that_is_not_there_fails_and_data_of_others_that_is_not_there_skips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "[suite]\ntitle = 'x'\n[[test]]\nname = 'a'\nmachine = 'sbc6502'\n"
        "limit = { cycles = 1 }\njudge = 'serial'\ntext = 'x'\nrom = '{}'\n"
    )
    manifest = tmp_path / "suite.toml"
    manifest.write_text(text.replace("{}", "gone.bin"))
    (failed,) = run(discover([manifest])).problems
    assert (failed.outcome, failed.reason) == (
        Outcome.FAILED, f"{manifest}:9:1: test[0].rom: there is no file {tmp_path / 'gone.bin'}")
    manifest.write_text(text.replace("{}", "$RETROVM_TESTDATA/gone/gone.bin"))
    monkeypatch.delenv("RETROVM_TESTDATA", raising=False)
    (skipped,) = run(discover([manifest])).problems
    assert (skipped.outcome, "set RETROVM_TESTDATA to the folder" in skipped.reason) == (
        Outcome.SKIPPED,
        True,
    )
    monkeypatch.setenv("RETROVM_TESTDATA", str(tmp_path))
    (skipped,) = run(discover([manifest])).problems
    assert (skipped.outcome, "which has no gone/gone.bin" in skipped.reason) == (Outcome.SKIPPED, True)


def test_a_broken_manifest_fails_and_the_rest_of_the_run_goes_on(tmp_path: Path) -> None:
    for name, content in (("a", "[suite"), ("b", None)):
        (tmp_path / name).mkdir()
        if content is None:
            judge(tmp_path / name, "limit = { cycles = 99_999 }\njudge = 'serial'\ntext = 'H'\n")
        else:
            (tmp_path / name / "suite.toml").write_text(content)
    report = run(discover([tmp_path]))
    assert report.summary() == "1 passed, 1 failed"
    assert "suite.toml:1: not TOML" in report.problems[0].reason
