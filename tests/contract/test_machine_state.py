"""State, for every machine: what is saved goes on bit-equal, at any moment; copies go their own way."""

import copy
import pickle

import every_machine
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrovm

# Cycles of a run that ends at any moment of a frame, and what the host does before it.
RUNS = st.lists(st.tuples(st.integers(0, 255), st.integers(0, 30_000)), max_size=4)


def play(vm, runs):
    for choice, cycles in runs:
        every_machine.poke_at(vm, choice)
        vm.run(cycles=cycles)


@given(before=RUNS, after=RUNS)
def test_save_load_and_go_on_equals_going_on(machine, before, after):
    vm = every_machine.make(machine)
    play(vm, before)
    saved = vm.save_state()
    play(vm, after)
    expected = vm.save_fields()

    vm.load_state(saved)
    assert vm.save_state() == saved
    play(vm, after)
    assert vm.save_fields() == expected

    other = every_machine.make(machine)
    other.load_state(saved)
    play(other, after)
    assert other.save_fields() == expected


@given(before=RUNS, after=RUNS)
def test_a_clone_is_equal_and_goes_its_own_way(machine, before, after):
    vm = every_machine.make(machine)
    play(vm, before)
    twin = vm.clone()
    here = vm.save_fields()
    assert twin.save_fields() == here
    play(twin, after)
    assert vm.save_fields() == here
    play(vm, after)
    assert twin.save_fields() == vm.save_fields()


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda vm: pickle.loads(pickle.dumps(vm))],
                         ids=["copy", "deepcopy", "pickle"])
def test_a_copy_goes_on_like_the_original(vm, duplicate):
    vm.tick(3)
    twin = duplicate(vm)
    assert twin.spec is vm.spec
    assert twin.state_hash() == vm.state_hash()
    for machine in (vm, twin):
        machine.tick(3)
    assert twin.state_hash() == vm.state_hash()


def test_equal_seeds_give_equal_runs(machine):
    one, other = every_machine.make(machine, seed=7), every_machine.make(machine, seed=7)
    for vm in (one, other):
        vm.tick(20)
    assert one.state_hash() == other.state_hash()
    assert one.screen is None or one.screen.ndarray.tobytes() == other.screen.ndarray.tobytes()


def test_power_on_begins_anew(machine, vm):
    fresh = vm.save_fields()
    vm.tick(5)
    vm.reset(power_on=True)
    assert vm.save_fields() == fresh


def test_the_reset_line_restarts_the_program_and_not_time(running):
    running.tick(5)
    ticks = running.clock.ticks
    running.reset(power_on=False)
    assert running.clock.ticks == ticks
    assert running.tick(5)
    assert running.clock.ticks > ticks


@pytest.mark.parametrize("cycles", [1, 7, 4453])
def test_a_state_taken_right_behind_a_reset_can_be_loaded(machine, cycles):
    vm = every_machine.make(machine)
    vm.run(cycles=cycles)
    vm.reset(power_on=False)
    before = vm.save_fields()
    state = vm.save_state()
    vm.tick()
    vm.load_state(state)
    assert vm.save_fields() == before


def test_a_state_of_another_machine_is_refused(machine, vm):
    for other in every_machine.KINDS:
        if other != machine:
            before = vm.save_fields()
            with pytest.raises(retrovm.StateError):
                vm.load_state(every_machine.make(other).save_state())
            assert vm.save_fields() == before
