"""Judges of sound, of several moments, of reports in memory, of logs, and of functions, on small programs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from suite_folder import COUNT, DIGIT, FLAT, HELLO, SBC

from retrovm.suite import Report, Result, Settings, discover, run
from retrovm.suite.judges.audio import tone_of

# CHIP-8: sets the sound timer to 255 and stays at $0204.
BEEP = bytes.fromhex("60 FF F0 18 12 04")

# XO-CHIP: as BEEP, but first a pattern of 4 zeros and 4 ones, over and over, at the rate of 4000 bits a second: 500 Hz.
TONE = bytes.fromhex("A2 0C F0 02 60 FF F0 18 12 08 00 00") + bytes([0x0F] * 16)

CHIP8 = 'machine = "chip8"\n'


def judged(folder: Path, keys: str, rom: bytes, name: str) -> Report:
    (folder / name).write_bytes(rom)
    (folder / "suite.toml").write_text(f"[suite]\ntitle = 'x'\n[[test]]\nname = 'it works'\nrom = '{name}'\n{keys}")
    return run(discover([folder]), Settings(), keep_passed=True)


def passes(folder: Path, keys: str, rom: bytes, name: str = "a.ch8") -> Result:
    report = judged(folder, keys, rom, name)
    assert report.summary() == "1 passed, 0 failed", "\n".join(report.lines())
    return report.results[0]


def reason(folder: Path, keys: str, rom: bytes, name: str = "a.ch8") -> str:
    report = judged(folder, keys, rom, name)
    assert report.summary() == "0 passed, 1 failed"
    return report.results[0].reason


# --- audio --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frequency", [55.0, 440.0, 1234.5, 4000.0])
@pytest.mark.parametrize("square", [False, True])
def test_the_frequency_of_a_tone_is_known_to_a_tenth_of_a_percent(frequency: float, square: bool) -> None:
    wave = np.sin(2 * np.pi * frequency * np.arange(24_000) / 48_000) * 10_000
    found = tone_of(np.sign(wave) * 8_000 if square else wave, 48_000)
    assert found == pytest.approx(frequency, rel=0.001)


def test_noise_and_silence_are_no_tone() -> None:
    noise = np.random.default_rng(1).normal(0, 5_000, 24_000)
    assert tone_of(noise, 48_000) is None
    assert tone_of(np.zeros(24_000), 48_000) is None
    assert tone_of(np.zeros(3), 48_000) is None


def test_a_tone_is_heard_and_another_one_is_not(tmp_path: Path) -> None:
    keys = CHIP8 + "options = { variant = 'xochip' }\nlimit = { frames = 60 }\njudge = 'audio'\n"
    passes(tmp_path, keys + "tone = 500\n", TONE)
    said = reason(tmp_path, keys + "tone = 450\ntolerance = 10\n", TONE)
    assert said.startswith("expected a tone of 450 Hz, 10 Hz more or less, in the frames 30 to 60, and heard one of 50")


def test_silence_is_heard_until_the_timer_is_set_and_after_it_has_run_out(tmp_path: Path) -> None:
    quiet = CHIP8 + "limit = { frames = 300 }\njudge = 'audio'\nsilence = true\nlisten = 20\n"
    passes(tmp_path, quiet, BEEP)
    assert "expected silence in the frames 30 to 60, and heard " in reason(
        tmp_path, CHIP8 + "limit = { frames = 60 }\njudge = 'audio'\nsilence = true\n", BEEP)
    assert "and heard nothing" in reason(tmp_path, CHIP8 + "limit = { frames = 60 }\njudge = 'audio'\ntone = 500\n", DIGIT)


def test_sound_is_heard_whole_when_an_input_cuts_a_frame_in_two(tmp_path: Path) -> None:
    keys = CHIP8 + ("options = { variant = 'xochip' }\nlimit = { frames = 60 }\njudge = 'audio'\ntone = 500\n"
                    "input = [ { cycle = 650, press = '1' }, { cycle = 703, release = '1' }, { frame = 50, press = '2' } ]\n")
    passes(tmp_path, keys, TONE)


@pytest.mark.parametrize(("keys", "said"), [
    ("limit = { cycles = 60 }\ntone = 1\n", "limit: expected a limit in frames"),
    ("limit = { frames = 10 }\ntone = 1\n", "limit: expected at least the 30 frames that are listened to"),
    ("limit = { frames = 60 }\n", "expected one of tone, silence, found none of them"),
    ("limit = { frames = 60 }\nsilence = false\n", "silence: expected true, found false"),
    ("limit = { frames = 60 }\ntone = 0\n", "tone: expected a number above 0, found 0"),
])
def test_what_is_wrong_with_a_test_of_sound_is_said(tmp_path: Path, keys: str, said: str) -> None:
    assert said in reason(tmp_path, CHIP8 + "judge = 'audio'\n" + keys, BEEP)


def test_a_machine_without_sound_is_not_silent(tmp_path: Path) -> None:
    assert reason(tmp_path, FLAT + "judge = 'audio'\nsilence = true\nlimit = { frames = 60 }\n", COUNT,
                  "a.bin") == "sbc6502 makes no sound"


# --- checkpoints --------------------------------------------------------------------------------------------------------


def test_several_moments_of_one_run_are_judged_each_by_what_is_expected_then(tmp_path: Path) -> None:
    picture = np.zeros((32, 64), np.uint8)
    picture[:5, :4] = [[1, 1, 1, 1], [1, 0, 0, 1], [1, 0, 0, 1], [1, 0, 0, 1], [1, 1, 1, 1]]
    sha1 = hashlib.sha1(picture.tobytes()).hexdigest()
    (tmp_path / "a.lbl").write_text("al 000206 .end\nal 000200 .begin\n")
    result = passes(tmp_path, CHIP8 + f"""judge = "checkpoints"
symbols = "a.lbl"
checkpoints = [
    {{ reach = "end", cycles = {{ least = 1, most = 100 }}, registers = {{ v0 = 0, pc = 0x206 }} }},
    {{ frame = 3, sha1 = "{sha1}", memory = [ {{ at = "begin", bytes = "60 00" }} ] }},
    {{ frame = 9, silence = true, listen = 5 }},
]
""", DIGIT)
    assert result.scene is not None
    assert result.scene.frame == 14


def test_the_serial_line_is_judged_from_power_on_at_each_checkpoint(tmp_path: Path) -> None:
    head = SBC + "options = { org = 0x0400 }\njudge = 'checkpoints'\n"
    passes(tmp_path, head + "checkpoints = [ { cycle = 100_000, serial = ['H', 'I'] }, { cycle = 120_000, serial = 'HI' } ]\n",
           HELLO, "a.bin")
    said = reason(tmp_path, head + "checkpoints = [ { cycle = 20, registers = { y = 0 } }, { cycle = 60, serial = 'I' } ]\n",
                  HELLO, "a.bin")
    assert said.startswith("checkpoint 2 of 2: expected the guest to send 'I' by cycle 6")


@pytest.mark.parametrize(("points", "said"), [
    ("{ reach = 0x0405, cycles = { most = 10 } }", "reached $0405 after 33 cycles; expected at most 10"),
    ("{ reach = 0x5000, cycles = { most = 10 } }", "expected the program counter to reach $5000 within "),
    ("{ reach = 0x0405, cycles = { least = 1000 } }", "reached $0405 after 33 cycles; expected at least 1,000"),
    ("{ reach = 0x5000 }", "expected the program counter to reach $5000 within 5,000 cycles; it is at $0406"),
    ("{ cycle = 6_000, registers = { a = 0 } }", "cycle 6,000 is not reached within 5,000 cycles"),
    ("{ cycle = 60, registers = { x = 5 } }", "x is $01 in cycle 6"),
    ("{ cycle = 60, registers = { q = 5 } }", "the processor of sbc6502 has no register 'q'; it has pc, a, x, y, s, p"),
    ("{ reach = 'gone' }", "no symbol 'gone'"),
    ("{ cycle = 60, sha1 = '" + "0" * 40 + "' }", "sbc6502 has no screen to look at"),
    ("{ cycle = 60, lcd = 'x' }", "sbc6502 has no character display"),
    ("{ cycle = 60, tone = 440 }", "sbc6502 makes no sound"),
    ("{ cycle = 60, memory = [ { at = 0x400, bytes = 'A3' } ] }", "memory differs"),
])
def test_a_checkpoint_that_does_not_hold_says_why(tmp_path: Path, points: str, said: str) -> None:
    keys = FLAT + "poke = [ { at = 0xFFFC, bytes = '00 04' } ]\njudge = 'checkpoints'\nlimit = { cycles = 5_000 }\n"
    assert said in reason(tmp_path, keys + f"checkpoints = [ {points} ]\n", COUNT, "a.bin")


@pytest.mark.parametrize(("keys", "said"), [
    ("checkpoints = []\n", "8:1: test[0].checkpoints: the list is empty"),
    ("checkpoints = [ { frame = 1 } ]\n", "8:17: test[0].checkpoints[0]: nothing is expected here; give golden"),
    ("checkpoints = [ { silence = true } ]\n", "expected one of frame, cycle, reach, found none of them"),
    ("checkpoints = [ { frame = 2, silence = true }, { frame = 1, silence = true } ]\n",
     "expected each frame after the one before"),
    ("checkpoints = [ { reach = 1, cycles = { least = 5, most = 4 } } ]\nlimit = { frames = 1 }\n", "expected at least 5, found 4"),
    ("checkpoints = [ { reach = 1 } ]\n", "the key 'limit' is missing"),
])
def test_what_is_wrong_with_checkpoints_is_said_with_its_place(tmp_path: Path, keys: str, said: str) -> None:
    text = reason(tmp_path, CHIP8 + "judge = 'checkpoints'\n" + keys, DIGIT)
    assert said in text


def test_memory_is_judged_and_poked_by_the_symbols_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.sym").write_text("place = $0300\nelsewhere = $0310\n")
    keys = FLAT + "symbols = 'a.sym'\njudge = 'memory'\nlimit = { cycles = 10 }\n"
    passes(tmp_path, keys + "poke = [ { at = 'place', bytes = '12' } ]\nat = 'place'\nbytes = '12'\n", COUNT, "a.bin")
    said = reason(tmp_path, keys + "memory = [ { at = 'plce', bytes = '12' } ]\n", COUNT, "a.bin")
    assert "no symbol 'plce'; did you mean place?" in said
    (tmp_path / "a.sym").write_text("place = $0300\nwhat is this\n")
    assert "a.sym, line 2, column 6: this line is not understood: found 'what is this', expected NAME = VALUE" in reason(
        tmp_path, keys + "at = 'place'\nbytes = '12'\n", COUNT, "a.bin")


# --- blargg -------------------------------------------------------------------------------------------------------------


def report_in_memory(result: int, text: bytes, *, reset: bool = False) -> bytes:
    """A program for a 6502 that reports at $6000. With `reset`, it asks for one first, and knows it by $0200 = $77."""
    code = bytearray()

    def store(value: int, at: int) -> None:
        code.extend([0xA9, value, 0x8D, at & 0xFF, at >> 8])

    if reset:
        code += bytes.fromhex("AD 00 02 C9 77 F0")                     # LDA $0200: CMP #$77: BEQ over the wish
        store_at = len(code)
        code.append(0)
    for i, value in enumerate(bytes.fromhex("DE B0 61")):
        store(value, 0x6001 + i)
    if reset:
        store(0x77, 0x0200)
        store(0x81, 0x6000)
        here = 0x0400 + len(code)
        code += bytes([0x4C, here & 0xFF, here >> 8])                  # JMP to itself
        code[store_at] = len(code) - store_at - 1
    store(0x80, 0x6000)
    for i, value in enumerate([*text, 0]):
        store(value, 0x6004 + i)
    store(result, 0x6000)
    here = 0x0400 + len(code)
    return bytes(code) + bytes([0x4C, here & 0xFF, here >> 8])


BLARGG = FLAT + "poke = [ { at = 0xFFFC, bytes = '00 04' } ]\njudge = 'blargg'\nlimit = { frames = 30 }\n"


def test_the_result_0_passes_and_any_other_fails_with_the_text(tmp_path: Path) -> None:
    passes(tmp_path, BLARGG, report_in_memory(0, b"\nAll well\n"), "a.bin")
    said = reason(tmp_path, BLARGG, report_in_memory(3, b"\nINC $12\n\nFailed #3\n"), "a.bin")
    assert said == "the program ended with the result 3, expected 0\n  | INC $12\n  | \n  | Failed #3"


def test_a_program_that_asks_for_a_reset_gets_it(tmp_path: Path) -> None:
    passes(tmp_path, BLARGG, report_in_memory(0, b"", reset=True), "a.bin")


def test_a_program_that_never_ends_or_never_reports_fails_at_the_limit(tmp_path: Path) -> None:
    assert reason(tmp_path, BLARGG, report_in_memory(0x80, b"busy"), "a.bin") == (
        "the program has not ended: $6000 is $80 within 30 frames\n  | busy")
    assert reason(tmp_path, BLARGG, COUNT, "a.bin") == (
        "expected DE B0 61 at $6001, by which a program reports, and found none within 30 frames")


# --- log ----------------------------------------------------------------------------------------------------------------

LOG = """0400  A2 05     LDX #$05                        A:00 X:00 Y:00 P:24 SP:FD PPU:  0, 21 CYC:7
0402  CA        DEX                             A:00 X:05 Y:00 P:24 SP:FD PPU:  0, 27 CYC:9
0403  D0 FD     BNE $0402                       A:00 X:04 Y:00 P:24 SP:FD PPU:  0, 33 CYC:11
0402  CA        DEX                             A:00 X:04 Y:00 P:24 SP:FD PPU:  0, 42 CYC:14
"""


def test_a_processor_that_does_what_the_log_says_passes(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG)
    keys = FLAT + "judge = 'log'\nlog = 'a.log'\nstart = 0x0400\nlimit = { cycles = 1000 }\n"
    passes(tmp_path, keys, COUNT, "a.bin")
    passes(tmp_path, keys.replace("start = 0x0400", "poke = [ { at = 0xFFFC, bytes = '00 04' } ]"), COUNT, "a.bin")


@pytest.mark.parametrize(("was", "became", "said"), [
    ("X:04 Y:00 P:24 SP:FD PPU:  0, 33", "X:05 Y:00 P:24 SP:FD PPU:  0, 33", "a.log:3: X differ from the log"),
    ("0402  CA        DEX                             A:00 X:04", "0405  CA  DEX A:00 X:04", "a.log:4: PC differ from the log"),
    ("CYC:14", "CYC:13", "a.log:4: CYC differ from the log"),
    ("P:24 SP:FD PPU:  0, 27", "P:26 SP:FD PPU:  0, 27", "a.log:2: P differ from the log"),
    ("0403", "xyzw", "line 3, column 1: this line is not understood: found 'xyzw"),
])
def test_the_first_line_that_differs_is_named_with_what_differs(tmp_path: Path, was: str, became: str, said: str) -> None:
    (tmp_path / "a.log").write_text(LOG.replace(was, became, 1))
    assert said in reason(tmp_path, FLAT + "judge = 'log'\nlog = 'a.log'\nstart = 0x0400\nlimit = { cycles = 1000 }\n", COUNT,
                          "a.bin")


def test_the_bits_of_p_that_are_no_flags_are_not_compared_and_the_lines_before_are_shown(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG.replace("P:24", "P:04"))
    keys = FLAT + "judge = 'log'\nlog = 'a.log'\nstart = 0x0400\nlimit = { cycles = 1000 }\n"
    passes(tmp_path, keys, COUNT, "a.bin")
    (tmp_path / "a.log").write_text(LOG.replace("CYC:14", "CYC:15"))
    (comparison,) = judged(tmp_path, keys, COUNT, "a.bin").problems[0].comparisons
    assert str(comparison.expected).count("\n") == str(comparison.found).count("\n") == 3


# --- python -------------------------------------------------------------------------------------------------------------

CHECKS = """
def good(run):
    run.to_frame(3)
    assert run.vm.memory[0x200] == 0x60

def bad(run):
    run.to_end()
    assert run.vm.memory[0x200] == 0x61, "the first byte is another one"

def no(run):
    return False

def broken(run):
    return run.nothing

value = 5
"""

PYTHON = CHIP8 + "limit = { frames = 9 }\njudge = 'python'\n"


@pytest.mark.parametrize(("function", "said"), [
    ("checks.py:bad", "checks.py:8: AssertionError: the first byte is another one"),
    ("checks.py:no", "no returned False; expected None or True"),
    ("checks.py:broken", "AttributeError: 'MachineRun' object has no attribute 'nothing'"),
    ("checks.py:value", "checks.py has no function value"),
    ("no.such.module:f", "no.such.module cannot be imported: ModuleNotFoundError"),
    ("gone.py:f", "function: there is no file"),
    ("checks.py", 'function: expected a function in quotes, "FILE.py:NAME" or "MODULE:NAME"'),
])
def test_a_function_that_finds_something_wrong_says_where(tmp_path: Path, function: str, said: str) -> None:
    (tmp_path / "checks.py").write_text(CHECKS)
    assert said in reason(tmp_path, PYTHON + f"function = '{function}'\n", DIGIT)


def test_a_function_of_a_file_or_a_module_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "checks.py").write_text(CHECKS)
    (tmp_path / "module_of_checks.py").write_text(CHECKS)
    passes(tmp_path, PYTHON + "function = 'checks.py:good'\n", DIGIT)
    monkeypatch.syspath_prepend(str(tmp_path))
    passes(tmp_path, PYTHON + "function = 'module_of_checks:good'\n", DIGIT)


def test_every_judge_is_described_in_the_documentation() -> None:
    from retrovm.suite.judges import registered

    page = (Path(__file__).parents[2] / "docs/suite.md").read_text()
    assert [name for name in registered() if f"\n### {name}\n" not in page] == []
