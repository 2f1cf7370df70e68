"""Going back: how far, in how much memory, and what becomes of the states in between."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm import ArgumentError, StateError
from retrovm.rewind import Rewind, difference, undo


def run(vm, rewind, frames):
    """Runs frames and returns the hash before each."""
    hashes = []
    for _ in range(frames):
        hashes.append(vm.state_hash())
        vm.tick()
        rewind.capture()
    return hashes


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_difference_is_undone_whatever_the_sizes(old, new):
    assert undo(difference(old, new), new) == old


def test_each_step_back_is_the_state_that_was_captured(vm):
    rewind = Rewind(vm)
    hashes = run(vm, rewind, 20)
    assert len(rewind) == 20
    for expected in reversed(hashes):
        assert rewind.back() == 1
        assert vm.state_hash() == expected
    assert rewind.back() == 0
    assert vm.state_hash() == hashes[0]


def test_with_no_step_it_goes_to_the_newest_capture(vm):
    rewind = Rewind(vm)
    vm.tick(3)
    rewind.capture()
    captured = vm.state_hash()
    vm.run(cycles=123)
    vm.memory[0x1234] = 5
    assert rewind.back(0) == 0
    assert vm.state_hash() == captured
    assert len(rewind) == 1


def test_what_came_after_is_forgotten_and_the_machine_goes_on_from_there(vm):
    rewind = Rewind(vm)
    hashes = run(vm, rewind, 10)
    assert rewind.back(4) == 4
    assert len(rewind) == 6
    assert run(vm, rewind, 3) == hashes[6:9]
    assert rewind.back(100) == 9
    assert vm.state_hash() == hashes[0]


def test_memory_has_its_bound_and_the_oldest_states_go(vm):
    fields = len(vm.save_fields())
    rewind = Rewind(vm, limit=fields * 2 + 128)
    hashes = []
    for _ in range(1000):
        hashes += run(vm, rewind, 1)
        assert rewind.size <= rewind.limit
    assert 20 < len(rewind) < 1000
    steps = len(rewind)
    assert rewind.back(1000) == steps
    assert vm.state_hash() == hashes[1000 - steps]


def test_a_frame_that_changes_everything_leaves_no_step_where_there_is_no_room(vm):
    rewind = Rewind(vm, limit=2 * len(vm.save_fields()) + 128)
    run(vm, rewind, 5)
    vm.memory[0x1000:0xF000] = random.Random(1).randbytes(0xE000)
    rewind.capture()
    assert rewind.size <= rewind.limit
    assert rewind.back(0) == 0


def test_serial_bytes_that_wait_come_and_go_with_the_states(vm):
    rewind = Rewind(vm)
    for length in (1, 100, 3):
        vm.serial.send(b"x" * length)
        vm.tick()
        rewind.capture()
    assert [rewind.back() and vm.serial.pending for _ in range(3)] == [101, 1, 0]


def test_clear_begins_anew(vm):
    rewind = Rewind(vm)
    run(vm, rewind, 5)
    before = vm.state_hash()
    rewind.clear()
    assert (len(rewind), rewind.back()) == (0, 0)
    assert vm.state_hash() == before
    assert rewind.size == len(vm.save_fields()) + 64


def test_a_limit_that_no_two_states_fit_into_is_refused(vm):
    with pytest.raises(ArgumentError, match=r"a state of this machine has [\d,]+ bytes.*not 1,000"):
        Rewind(vm, limit=1000)


def test_nobody_goes_back_by_less_than_nothing(vm):
    with pytest.raises(ArgumentError, match="0 steps or more, not -1"):
        Rewind(vm).back(-1)


def test_a_state_that_the_machine_refuses_changes_nothing(vm):
    rewind = Rewind(vm)
    run(vm, rewind, 3)
    rewind._newest = rewind._newest[:-1]
    before = vm.save_fields()
    with pytest.raises(StateError):
        rewind.back(0)
    assert vm.save_fields() == before
    assert len(rewind) == 3
