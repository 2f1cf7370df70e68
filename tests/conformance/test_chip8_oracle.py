"""The CHIP-8 family against other engines: the CHIP-8 archive frame by frame, and Timendus's test suite.

The expected values are in $RETROVM_TESTDATA/chip8/oracle; CONVENTIONS.md there says how they were made.
"""

import json
import os
from functools import cache
from hashlib import sha1
from pathlib import Path

import pytest

import retrovm

HINT = "set RETROVM_TESTDATA to the folder of conformance data"
ROOT = Path(os.environ.get("RETROVM_TESTDATA", "")) / "chip8"

QUIRKS = {"shift": "shift", "loadStore": "load_store", "vfOrder": "vf_order", "clip": "clip", "jump": "jump",
          "logic": "logic", "vblank": "vblank"}

# The suite's platforms and the variants that they are. CHIP-48, SCHPC and the DREAM 6800 are known to one engine alone.
PLATFORMS = {"chip8": "chip8", "schip-modern": "schip-modern", "xochip": "xochip", "schip-legacy": "schip1.1",
             "chip48": "chip48", "schipc": "schpc", "dream6800": "dream6800"}
# CHIPOS takes a key for FX0A when it goes down, and its menus blink at other moments: of the DREAM 6800 these count.
OF_DREAM6800 = {"1-chip8-logo", "2-ibm-logo", "3-corax+", "4-flags", "6-keypad[1=EX9E] nokeys", "7-beep"}


@cache
def oracle(name):
    return json.loads((ROOT / "oracle" / f"{name}.json").read_text(encoding="utf-8"))


def programs():
    if not os.environ.get("RETROVM_TESTDATA"):
        return [pytest.param("", "", marks=pytest.mark.skip(reason=HINT))]
    return [(keys, name) for keys in ("nokeys", "keys") for name in oracle(f"archive_{keys}")["programs"]]


def screens():
    if not os.environ.get("RETROVM_TESTDATA"):
        return [pytest.param({}, marks=pytest.mark.skip(reason=HINT))]
    return [pytest.param(test, id=f"{test['platform']}-{test['test']}") for test in oracle("suite")["tests"]
            if test["platform"] in PLATFORMS and (test["platform"] != "dream6800" or test["test"] in OF_DREAM6800)]


def frames(vm, count, events):
    """Runs frame by frame; each event is [frame, "d" or "u", key]."""
    for frame in range(1, count + 1):
        for at, what, key in events:
            if at == frame:
                (vm.button_press if what == "d" else vm.button_release)(f"{key:x}")
        vm.tick()
        yield frame


def picture(vm):
    return sha1(vm.screen.indices.tobytes()).hexdigest()


@pytest.mark.parametrize(("keys", "name"), programs())
def test_a_program_of_the_archive_runs_like_in_three_other_engines(keys, name):
    expected = oracle(f"archive_{keys}")["programs"][name]
    vm = retrovm.create("chip8", rom=ROOT / "archive" / expected["rom"], variant="octo", font=expected["font"],
                        tickrate=expected["tickrate"],
                        **{QUIRKS[quirk]: on for quirk, on in expected["quirks"].items()})
    snapshots = {snapshot["frame"]: snapshot for snapshot in expected["snaps"]}
    hashes = expected["frame_sha1_prefix8"]
    for frame in frames(vm, 600, oracle(f"archive_{keys}")["meta"]["keys"]):
        assert picture(vm)[:8] == hashes[8 * frame - 8:8 * frame], f"frame {frame}"
        if frame not in snapshots:
            continue
        snapshot, found = snapshots[frame], vm.cpu.registers
        assert found == {f"v{n:x}": value for n, value in enumerate(snapshot["v"])} | {
            register: snapshot[register] for register in ("i", "pc", "sp", "dt", "st")}, f"frame {frame}"
        assert vm.cpu.instructions == snapshot["instructions"]
        assert vm.cpu.draws == snapshot["draws"]
        assert (vm.cpu.waiting == "key") == snapshot["waiting"]
        assert (vm.cpu.halted is not None) == snapshot["halted"]
    assert sha1(vm.cpu.bus.peek_bytes(0, 65536)).hexdigest() == expected["mem_sha1"]


@pytest.mark.parametrize("test", screens())
def test_a_screen_of_the_test_suite_is_that_of_its_platform(test):
    vm = retrovm.create("chip8", rom=ROOT / "timendus" / test["rom"], variant=PLATFORMS[test["platform"]])
    if test["poke_0x1FF"] is not None:
        vm.memory[0x1FF] = test["poke_0x1FF"]
    for _ in frames(vm, test["frames"], test["keys"] or []):
        pass
    assert picture(vm) in test["accepted_sha1"]
    assert vm.screen.size == (test["w"], test["h"])
