"""timing="vip" against Cadmium's 1802 and 1861 with the original interpreter: each instruction at its cycle, and the screens.

The expected values are in $RETROVM_TESTDATA/chip8/oracle/vip.json. Programs that draw random numbers are left out: the
VIP's depend on bytes of its interpreter. So are those that do not fit into a VIP of 4 KiB.
"""

import json
import os
from functools import cache
from hashlib import sha1
from pathlib import Path
from struct import pack

import pytest

import retrovm

ROOT = Path(os.environ.get("RETROVM_TESTDATA", "")) / "chip8"
HINT = "set RETROVM_TESTDATA to the folder of conformance data"


@cache
def oracle():
    return json.loads((ROOT / "oracle" / "vip.json").read_text(encoding="utf-8"))


def rom(name):
    for folder in ("timendus", "archive"):
        for found in (ROOT / folder).rglob(name):
            return found
    return None


def names():
    if not os.environ.get("RETROVM_TESTDATA"):
        return [pytest.param("", marks=pytest.mark.skip(reason=HINT))]
    return [name for name, expected in oracle()["traces"].items()
            if rom(name) and not expected["cxnn_executed"] and expected["fits_in_4k_vip"]]


def names_with_screens():
    return [name for name in names() if not isinstance(name, str) or name.removesuffix(".ch8") in oracle()["screens"]]


def starts(vm):
    """(address, cycle) of each instruction when it starts, up to FX0A or a halt."""
    while vm.cpu.waiting != "key" and vm.cpu.halted is None:
        pc, cycle, executed = vm.cpu.pc, vm.cpu.cycles, vm.cpu.instructions
        vm.step()
        if vm.cpu.instructions > executed:
            yield pc, cycle


@pytest.mark.parametrize("name", names())
def test_every_instruction_starts_at_the_machine_cycle_of_a_vip(name):
    expected = oracle()["traces"][name]
    marks = {number: (pc, cycle) for number, pc, cycle in expected["marks_n_pc_cycle"]}
    # A trace that ends in FX0A has its start, too.
    count = expected["instructions"] + (expected["stop"] == "FX0A")
    digest = sha1()
    vm = retrovm.create("chip8", rom=rom(name), timing="vip")
    number = 0
    for start in starts(vm):
        assert start == marks.get(number, start), f"instruction {number}"
        digest.update(pack("<HI", *start))
        number += 1
        if number == count:
            break
    assert number == count
    assert digest.hexdigest() == expected["trace_sha1"]


@pytest.mark.parametrize("name", names_with_screens())
def test_the_screen_shows_what_a_vip_sends(name):
    snapshots = oracle()["screens"][name.removesuffix(".ch8")]
    vm = retrovm.create("chip8", rom=rom(name), timing="vip")
    for snapshot in snapshots:
        # Frame n of the oracle shows the picture that the interrupt in it sends, with which frame n - 1 ends here.
        vm.tick(snapshot["frame"] - 1 - vm.frame)
        assert sha1(vm.screen.indices.tobytes()).hexdigest() == snapshot["sha1"], f"frame {snapshot['frame']}"
