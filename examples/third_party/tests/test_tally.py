"""The Tally, found by its entry points."""

import pickle
from itertools import pairwise
from pathlib import Path

import pytest

import retrovm
from retrovm import StopReason

PROGRAM = Path(__file__).parents[1] / "programs" / "countdown.tally"


@pytest.fixture
def vm():
    return retrovm.load(PROGRAM)


def test_the_machine_is_found_by_its_entry_point_and_its_tapes_are_detected(vm):
    assert "tally" in retrovm.machines()
    assert vm.spec.id == "tally"
    assert retrovm.detect(PROGRAM)[0].reason == "it is a tape of the Tally"


def test_the_program_prints_and_halts(vm):
    assert vm.run(cycles=100_000) is StopReason.HALTED
    assert vm.devices["printer"].text == "54321"


def test_the_countdown_wakes_the_processor_on_its_own_tick(vm):
    with vm.trace_bus() as trace:
        vm.run(cycles=10_000)
    writes = [cycle for cycle, address, value, kind in trace if address == 0xE0 and kind == "write"]
    # From one print to the next: LDI and STA, whose last cycle starts the countdown; 1000 cycles; and the 23 cycles of
    # LDA, LDA, ADD, STA, JNZ, LDA, ADD, STA, whose last prints.
    assert {later - earlier for earlier, later in pairwise(writes)} == {5 + 1000 + 23 - 1}


def test_a_state_goes_on_bit_equal_within_a_countdown(vm):
    vm.run(cycles=1500)
    saved = vm.save_state()
    vm.tick(3)
    expected = vm.state_hash(), vm.devices["printer"].text
    vm.load_state(saved)
    vm.tick(3)
    assert (vm.state_hash(), vm.devices["printer"].text) == expected


def test_a_pickle_goes_on_like_the_original(vm):
    vm.run(cycles=1500)
    twin = pickle.loads(pickle.dumps(vm))
    for machine in (vm, twin):
        machine.tick(5)
    assert twin.state_hash() == vm.state_hash()


def test_its_printer_is_a_chip_for_machine_files():
    hello = b"".join(bytes([0xA9, letter, 0x8D, 0x00, 0x60]) for letter in b"HI")         # LDA, STA
    vm = retrovm.load(hello, machine=str(PROGRAM.with_name("board.toml")), name="hello.bin")
    vm.run(cycles=20)
    assert vm.devices["printer"].text == "HI"


@pytest.mark.parametrize(("tape", "line"), [(b"TALLY\n256\n", 2), (b"TALLY\n1\nx\n", 3)])
def test_a_bad_tape_is_refused_with_its_line(tape, line):
    with pytest.raises(retrovm.MediaError, match=f"bad.tally, line {line}: this is no byte"):
        retrovm.load(tape, name="bad.tally")
