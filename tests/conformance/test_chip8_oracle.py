"""The CHIP-8 against three other engines: the CHIP-8 archive frame by frame, and Timendus's test suite.

The expected values are in $RETROVM_TESTDATA/chip8/oracle; CONVENTIONS.md there says how they were made.
The archive's runs assume 64 KiB and Octo's digits for every program.
"""

import json
import os
from functools import cache
from hashlib import sha1
from pathlib import Path

import pytest

from retrovm.core.machine import Machine
from retrovm.machines.chip8 import SPEC
from retrovm.media import Media, Segment

HINT = "set RETROVM_TESTDATA to the folder of conformance data"
ROOT = Path(os.environ.get("RETROVM_TESTDATA", "")) / "chip8"

QUIRKS = {"shift": "shift", "loadStore": "load_store", "vfOrder": "vf_order", "clip": "clip", "jump": "jump",
          "logic": "logic", "vblank": "vblank"}

# What Octo has at $0050, and a CHIP-8 has not: digits of 10 rows. Here so that all of memory can be compared.
LARGE_DIGITS = bytes.fromhex(
    "FFFFC3C3C3C3C3C3FFFF 1878781818181818FFFF FFFF0303FFFFC0C0FFFF FFFF0303FFFF0303FFFF C3C3C3C3FFFF03030303"
    "FFFFC0C0FFFF0303FFFF FFFFC0C0FFFFC3C3FFFF FFFF0303060C18181818 FFFFC3C3FFFFC3C3FFFF FFFFC3C3FFFF0303FFFF"
    "7EFFC3C3C3FFFFC3C3C3 FCFCC3C3FCFCC3C3FCFC 3CFFC3C0C0C0C0C3FF3C FCFEC3C3C3C3C3C3FEFC FFFFC0C0FFFFC0C0FFFF"
    "FFFFC0C0FFFFC0C0C0C0")


@cache
def oracle(name):
    return json.loads((ROOT / "oracle" / f"{name}.json").read_text(encoding="utf-8"))


def programs():
    """Those that need no more than CHIP-8."""
    if not os.environ.get("RETROVM_TESTDATA"):
        return [pytest.param("", "", marks=pytest.mark.skip(reason=HINT))]
    return [(keys, name) for keys in ("nokeys", "keys")
            for name, program in oracle(f"archive_{keys}")["programs"].items()
            if program["platform"] == "chip8"]


def screens():
    if not os.environ.get("RETROVM_TESTDATA"):
        return [pytest.param({}, marks=pytest.mark.skip(reason=HINT))]
    return [pytest.param(test, id=test["test"]) for test in oracle("suite")["tests"]
            if test["platform"] == "chip8"]


def machine(folder, rom, **options):
    data = (ROOT / folder / rom).read_bytes()
    parsed = SPEC.parse_options(options)
    made = Machine(SPEC.clock_rate(parsed), frame_rate=SPEC.frame_rate(parsed))
    SPEC.wire(made, Media(rom, data, "ch8", (Segment(None, data),)), parsed)
    made.reset(True)
    return made


def frames(made, count, events):
    """Runs frame by frame; each event is [frame, "d" or "u", key]."""
    pad = made.ports.groups["keypad"]
    for frame in range(1, count + 1):
        for at, what, key in events:
            if at == frame:
                (pad.press if what == "d" else pad.release)(f"{key:x}")
        made.tick()
        yield frame


def picture(made):
    return sha1(made.screen.indices.tobytes()).hexdigest()


@pytest.mark.parametrize(("keys", "name"), programs())
def test_a_program_of_the_archive_runs_like_in_three_other_engines(keys, name):
    expected = oracle(f"archive_{keys}")["programs"][name]
    assert expected["font"] == "octo"
    made = machine("archive", expected["rom"], tickrate=expected["tickrate"], memory=65536, font="octo",
                   **{QUIRKS[quirk]: on for quirk, on in expected["quirks"].items()})
    made.cpu.bus.poke_bytes(0x50, LARGE_DIGITS)
    snapshots = {snapshot["frame"]: snapshot for snapshot in expected["snaps"]}
    hashes = expected["frame_sha1_prefix8"]
    for frame in frames(made, 600, oracle(f"archive_{keys}")["meta"]["keys"]):
        assert picture(made)[:8] == hashes[8 * frame - 8:8 * frame], f"frame {frame}"
        if frame not in snapshots:
            continue
        snapshot, found = snapshots[frame], made.cpu.registers
        assert found == {f"v{n:x}": value for n, value in enumerate(snapshot["v"])} | {
            register: snapshot[register] for register in ("i", "pc", "sp", "dt", "st")}, f"frame {frame}"
        assert made.cpu.instructions == snapshot["instructions"]
        assert made.cpu.draws == snapshot["draws"]
        assert (made.cpu.waiting == "key") == snapshot["waiting"]
        assert (made.cpu.halted is not None) == snapshot["halted"]
    assert sha1(made.cpu.bus.peek_bytes(0, 65536)).hexdigest() == expected["mem_sha1"]


@pytest.mark.parametrize("test", screens())
def test_a_screen_of_the_test_suite_is_that_of_the_cosmac_vip(test):
    made = machine("timendus", test["rom"])
    if test["poke_0x1FF"] is not None:
        made.cpu.bus.poke_bytes(0x1FF, bytes([test["poke_0x1FF"]]))
    for _ in frames(made, test["frames"], test["keys"] or []):
        pass
    assert picture(made) in test["accepted_sha1"]

