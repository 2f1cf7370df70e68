"""200 damaged manifests, programs, symbol files and logs: each is a failure that says where and why, and the others run.

All damage comes from one seed, so a failure of these tests can be looked at again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import suite_folder

from retrovm.suite import Outcome, Report, Settings, discover, run

SEED = 20_261_123
COUNT = 200

MANIFEST = '''[suite]
title = "damaged"

[[test]]
name = "memory is as it was"
rom = "program.hex"
machine = "sbc6502"
options = { ram = "$0000-$FFFF", acia = "none", start = 0x0400 }
symbols = "program.lbl"
limit = { cycles = 100 }
judge = "memory"
at = "begin"
bytes = "A2 05"
'''

LABELS = "".join(f"al {address:06X} .{name}\n" for name, address in (("begin", 0x400), ("loop", 0x402), ("end", 0x406)))


def intel_hex(data: bytes, at: int) -> str:
    lines = []
    for i in range(0, len(data), 4):
        record = bytes([len(data[i:i + 4]), at + i >> 8, at + i & 0xFF, 0]) + data[i:i + 4]
        lines.append(f":{record.hex().upper()}{-sum(record) & 0xFF:02X}")
    return "\n".join([*lines, ":00000001FF", ""])


PROGRAM = intel_hex(suite_folder.COUNT, 0x0400)

Damage = Callable[[random.Random], tuple[dict[str, str], str]]
"""What is damaged, as {file name: its content}, and what a message about it has to have, as a regular expression."""

DEBUG = """\
version\tmajor=2,minor=0
file\tid=0,name="main.s",size=64,mtime=0x6B02FA57,mod=0
seg\tid=0,name="CODE",start=0x000400,size=0x0006,addrsize=absolute,type=rw,oname="main.bin",ooffs=0
scope\tid=0,name="",mod=0,size=6
scope\tid=1,name="begin",mod=0,type=scope,size=6,parent=0,sym=0
sym\tid=0,name="begin",addrsize=absolute,scope=0,val=0x400,seg=0,type=lab
sym\tid=1,name="loop",addrsize=absolute,scope=1,val=0x402,seg=0,type=lab
"""

PLACE = r"suite\.toml:\d+(:\d+)?: .+"


def manifest_line(random: random.Random) -> tuple[dict[str, str], str]:
    """A line of the manifest ends too early: no TOML, or a value that means something else."""
    lines = MANIFEST.split("\n")
    at = random.choice([i for i, line in enumerate(lines) if line])
    lines[at] = lines[at][:random.randrange(1, len(lines[at]))]
    return {"suite.toml": "\n".join(lines)}, rf"suite\.toml|{PLACE}"


def manifest_key(random: random.Random) -> tuple[dict[str, str], str]:
    """A key is misspelt."""
    key = random.choice(["rom", "machine", "limit", "judge", "at", "bytes", "name", "symbols"])
    at = random.randrange(len(key))
    wrong = key[:at] + random.choice("xyzq_") + key[at:]
    line = next(i for i, line in enumerate(MANIFEST.split("\n"), 1) if line.startswith(f"{key} ="))
    place = rf"suite\.toml:(4|{line}):\d+: test\[0\].*(there is no such key|is missing|expected one of|expected the key)"
    return {"suite.toml": re.sub(rf"^{key} =", f"{wrong} =", MANIFEST, flags=re.M)}, place


def manifest_value(random: random.Random) -> tuple[dict[str, str], str]:
    """A value is of the wrong type."""
    key = random.choice(["name", "rom", "machine", "options", "limit", "judge", "at", "bytes", "symbols"])
    wrong = random.choice(["[[]]", "-1", "1.5", "true", "''", "2020-01-01"])
    lines = MANIFEST.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{key} ="))
    lines[at] = f"{key} = {wrong}"
    return {"suite.toml": "\n".join(lines)}, rf"suite\.toml:{at + 1}:\d+: test\[0\]\.{key}.*: expected .*found"


def manifest_bytes(random: random.Random) -> tuple[dict[str, str], str]:
    """Characters that TOML does not have where they are."""
    at = random.randrange(len(MANIFEST))
    return {"suite.toml": MANIFEST[:at] + random.choice("\x00\x01\x7f") + MANIFEST[at:]}, PLACE


def manifest_meaning(random: random.Random) -> tuple[dict[str, str], str]:
    """A value is of the right type, and means nothing here."""
    key, wrong, message = random.choice([
        ("rom", "'programm.hex'", r"there is no file .*programm\.hex"), ("machine", "'sbc65O2'", "there is no machine .*sbc6502"),
        ("options", "{ ram = '$0000-$FFFF', acai = 'none' }", r"acai: sbc6502 has no option .*acia"),
        ("options", "{ ram = '$FFFF-$0000', acia = 'none' }", r"ram: .*option ram=.*1 or more are needed"),
        ("symbols", "'programm.lbl'", r"there is no file .*programm\.lbl"),
        ("at", "'begin_'", "no symbol 'begin_'; did you mean begin"),
        ("at", "0x1_0000", r"\$10000 up to \$10002 is no range"),
        ("judge", "'memroy'", "expected a judge: .*memory.*found 'memroy'")])
    lines = MANIFEST.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{key} ="))
    lines[at] = f"{key} = {wrong}"
    return {"suite.toml": "\n".join(lines)}, rf"suite\.toml:{at + 1}:\d+: test\[0\]\.{key}.*{message}"


def program_digit(random: random.Random) -> tuple[dict[str, str], str]:
    """A digit of the program is another one: its checksum tells."""
    lines = PROGRAM.split("\n")
    row = random.randrange(len(lines) - 2)
    at = random.randrange(9, len(lines[row]) - 2)
    digit = random.choice([d for d in "0123456789ABCDEF" if d != lines[row][at]])
    lines[row] = lines[row][:at] + digit + lines[row][at + 1:]
    return {"program.hex": "\n".join(lines)}, rf"program\.hex, line {row + 1}, column \d+: .*checksum.*found .*expected"


def program_line(random: random.Random) -> tuple[dict[str, str], str]:
    """A line of the program ends too early."""
    lines = PROGRAM.split("\n")
    row = random.randrange(len(lines) - 1)
    lines[row] = lines[row][:random.randrange(2, len(lines[row]))]
    return {"program.hex": "\n".join(lines)}, rf"program\.hex, line {row + 1}, column \d+: .*(found|expected)"


def program_text(random: random.Random) -> tuple[dict[str, str], str]:
    """Something else between the lines of the program."""
    lines = PROGRAM.split("\n")
    row = random.randrange(1, len(lines) - 1)
    lines.insert(row, random.choice(["hello", "S00600004844521B", "zz:", "$400"]))
    return {"program.hex": "\n".join(lines)}, rf"program\.hex, line {row + 1}, column \d+: "


def symbol_line(random: random.Random) -> tuple[dict[str, str], str]:
    """A line of the symbols that is none."""
    lines = LABELS.split("\n")
    row = random.randrange(1, len(lines))
    lines.insert(row, random.choice(["al", "al 00GG .name", "name = $400", "al 000400", "\x00", "al C: .x"]))
    return {"program.lbl": "\n".join(lines)}, rf"program\.lbl, line {row + 1}, column \d+: .*found .*expected al"


def symbol_name(random: random.Random) -> tuple[dict[str, str], str]:
    """The symbol that the manifest names is missing."""
    symbols = LABELS.replace(".begin", f".begin{random.randrange(10)}")
    return {"program.lbl": symbols}, r"suite\.toml:12:1: test\[0\]\.at: no symbol 'begin'; did you mean begin"


def debug_field(random: random.Random) -> tuple[dict[str, str], str]:
    """A field of the debug information of an assembler is misspelt, has another value, or is cut off."""
    lines = DEBUG.split("\n")
    row, before, after = random.choice([
        (0, "major=2", "major=1"), (3, "id=0", "di=0"), (4, "parent=0", "parent=6"), (4, "parent=0", "parent=1"), (5, "id=0,", ""),
        (5, "0x400", "0x4G0"), (5, "name=", "nam="), (6, "scope=1", "scope=3"), (6, '"loop"', '"loop'), (6, "=0x402", "")])
    lines[row] = lines[row].replace(before, after)
    message = rf"program\.lbl, line {row + 1}, column \d+: .*found .*expected"
    return {"program.lbl": "\n".join(lines)}, message


DAMAGES: list[Damage] = [manifest_line, manifest_key, manifest_value, manifest_bytes, manifest_meaning, program_digit,
                         program_line, program_text, symbol_line, symbol_name, debug_field]


def write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, content in ({"suite.toml": MANIFEST, "program.hex": PROGRAM, "program.lbl": LABELS} | files).items():
        (folder / name).write_text(content, encoding="utf-8", newline="")


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, list[tuple[str, str]]]:
    """The report on 200 damaged suites with a good one behind each tenth, and what is expected of the damaged ones."""
    source, root, expected = random.Random(SEED), tmp_path_factory.mktemp("damaged"), []
    for number in range(COUNT):
        damage = DAMAGES[number % len(DAMAGES)]
        files, message = damage(source)
        write(root / f"{number:03}", files)
        expected.append((f"{number:03} {damage.__name__}", message))
        if number % 10 == 9:
            write(root / f"{number:03}-good", {})
    return run(discover([root]), Settings(), jobs=2, keep_passed=True), expected


def test_damage_ends_no_test_but_its_own(damaged: tuple[Report, list[tuple[str, str]]]) -> None:
    report, _ = damaged
    assert report.total == COUNT + COUNT // 10
    good = [result for result in report.results if Path(result.suite).parent.name.endswith("-good")]
    assert [result.outcome for result in good] == [Outcome.PASSED] * (COUNT // 10)
    assert not report.unfinished


def test_each_damage_is_reported_with_its_place_and_what_was_expected(
    damaged: tuple[Report, list[tuple[str, str]]]
) -> None:
    report, expected = damaged
    results = [result for result in report.results if not Path(result.suite).parent.name.endswith("-good")]
    wrong = []
    for result, (name, message) in zip(results, expected, strict=True):
        harmless = name.endswith("manifest_line") and result.outcome is Outcome.PASSED    # a title may be cut short
        if not harmless and (result.outcome is not Outcome.FAILED or not re.search(message, result.reason)):
            wrong.append(f"{name}: {result.outcome}: {result.reason} (expected {message})")
    assert wrong == [], "\n".join(wrong)


def test_no_damage_shows_as_a_fault_of_this_program(damaged: tuple[Report, list[tuple[str, str]]]) -> None:
    report, _ = damaged
    faults = [result.reason for result in report.results
              if re.match(r"[A-Z]\w*(Error|Exception|Interrupt|Iteration): ", result.reason) or "Traceback" in result.reason]
    assert faults == []
    assert all(result.reproduce.startswith("retrovm test ") for result in report.problems)
