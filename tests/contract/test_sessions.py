"""What holds for every registered machine with its own demo in it: states, copies, determinism."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrovm
from retrovm import bundled

MACHINES = retrovm.machines()


def switched_on(id):
    demo = MACHINES[id].demo
    return retrovm.create(id, rom=None if demo is None else bundled.program(demo).file, seed=7)


def play(vm, frames, presses):
    """Frames with a button pressed in some of them."""
    buttons = [button.name for port in vm.spec.ports for button in port.buttons]
    for frame in range(frames):
        if buttons and frame in presses:
            vm.button(buttons[presses[frame] % len(buttons)], frames=2)
        vm.tick(render=frame % 2 == 0)


moments = given(cycles=st.integers(0, 200_000), frames=st.integers(1, 8),
                presses=st.dictionaries(st.integers(0, 8), st.integers(0, 63)))


@pytest.mark.parametrize("id", MACHINES)
@moments
def test_a_saved_state_goes_on_bit_by_bit_as_the_machine_does(id, cycles, frames, presses):
    vm = switched_on(id)
    vm.run(cycles=cycles % 20_000)
    play(vm, 2, presses)
    vm.step()
    saved = vm.save_state()
    play(vm, frames, presses)
    fresh = switched_on(id)
    fresh.load_state(saved)
    play(fresh, frames, presses)
    assert fresh.save_state() == vm.save_state()
    if vm.screen is not None:
        assert fresh.screen.png() == vm.screen.png()


@pytest.mark.parametrize("id", MACHINES)
def test_a_pickled_machine_is_the_same_machine(id):
    vm = switched_on(id)
    vm.tick(5)
    twin = pickle.loads(pickle.dumps(vm))
    assert (twin.options, twin.seed, twin.save_state()) == (vm.options, vm.seed, vm.save_state())


@pytest.mark.parametrize("id", MACHINES)
def test_drawing_and_looking_change_nothing(id):
    drawn, blind = switched_on(id), switched_on(id)
    drawn.tick(10)
    assert len(drawn.memory[:]) == len(drawn.memory)
    with drawn.trace_bus():
        blind.tick(10, render=False)
    assert drawn.state_hash() == blind.state_hash()


@pytest.mark.parametrize("id", MACHINES)
def test_a_traced_step_is_the_same_step(id):
    traced, plain = switched_on(id), switched_on(id)
    for _ in range(200):
        with traced.trace_bus() as trace:
            cycles = traced.step()
        assert plain.step() == cycles
        assert len(trace) > 0 or cycles <= 1
    assert traced.state_hash() == plain.state_hash()


@pytest.mark.parametrize("id", MACHINES)
def test_switching_off_and_on_makes_a_new_machine(id):
    vm = switched_on(id)
    vm.tick(7)
    vm.reset()
    assert vm.state_hash() == switched_on(id).state_hash()
