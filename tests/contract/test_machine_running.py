"""Running, for every machine: in one piece or in slices, drawn or not, alone or beside others."""

import threading
from concurrent.futures import ThreadPoolExecutor

import every_machine
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm import StopReason

FRAMES = 12


def test_it_runs_its_demo(running):
    assert running.tick(FRAMES)
    assert running.frame == FRAMES
    assert running.cpu.cycles > 0


def test_every_frame_takes_its_exact_time(machine, vm):
    """An instruction that straddles the end of a frame belongs to it whole; the rate does not drift."""
    longest = (3200 if "timing=vip" in machine else 64) * vm.cpu.period
    for frame in range(1, FRAMES + 1):
        vm.tick()
        assert 0 <= vm.clock.ticks - frame * vm.clock.rate / vm.frame_rate < longest


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 255))
def test_frames_in_slices_equal_frames_at_once(machine, slices, choice):
    one, other = every_machine.make(machine), every_machine.make(machine)
    for vm in (one, other):
        every_machine.poke_at(vm, choice)
    one.tick(sum(slices))
    for frames in slices:
        other.tick(frames)
    assert one.save_fields() == other.save_fields()


@given(st.lists(st.integers(0, 3000), max_size=30))
def test_cycles_in_slices_equal_instructions_one_by_one(machine, slices):
    """Each slice ends at an instruction's end, so stepping to the same cycle is the same run."""
    one, other = every_machine.make(machine), every_machine.make(machine)
    for cycles in slices:
        one.run(cycles=cycles)
    while other.cpu.cycles < one.cpu.cycles and other.cpu.cycles < 20_000:
        other.step()
    if other.cpu.cycles == one.cpu.cycles:
        assert one.dump_fields() == other.dump_fields()


@given(st.lists(st.booleans(), min_size=1, max_size=FRAMES))
def test_not_drawing_changes_no_state(machine, drawn):
    one, other = every_machine.make(machine), every_machine.make(machine)
    for render in drawn:
        one.tick(render=render)
        other.tick(render=True)
    one.tick()
    other.tick()
    assert one.save_fields() == other.save_fields()
    if one.screen is not None:
        assert one.screen.ndarray.tobytes() == other.screen.ndarray.tobytes()


def test_a_hook_that_does_nothing_changes_nothing(machine, running):
    one, other = every_machine.make(machine), running
    seen = []
    for _ in range(50):
        other.step()
    address = other.cpu.pc
    other = every_machine.make(machine)
    other.hook(address, lambda vm: seen.append(vm.cpu.pc))
    one.tick(FRAMES)
    other.tick(FRAMES)
    assert seen
    assert set(seen) == {address}
    assert one.save_fields() == other.save_fields()


def test_a_traced_run_is_the_same_run(machine):
    one, other = every_machine.make(machine), every_machine.make(machine)
    one.tick(2)
    with other.trace_bus() as trace:
        other.tick(2)
    assert one.save_fields() == other.save_fields()
    assert len(trace) > 0
    assert {row[3] for row in trace} <= {"read", "write"}


def test_run_until_an_address_stops_there(running):
    for _ in range(200):
        running.step()
    address = running.cpu.pc
    running.reset(power_on=True)
    assert running.run(cycles=1_000_000, until=address) is StopReason.ADDRESS
    assert running.cpu.pc == address


def test_two_machines_in_two_threads_run_as_one_after_the_other(machine):
    expected = every_machine.make(machine)
    expected.tick(200)
    machines = [every_machine.make(machine) for _ in range(2)]
    threads = [threading.Thread(target=vm.tick, args=(200,)) for vm in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {vm.state_hash() for vm in machines} == {expected.state_hash()}


def life(machine, seed):
    """Makes a machine, plays on it, goes back, looks at it, and tells what became of it."""
    vm = every_machine.make(machine, seed)
    for choice in range(5):
        every_machine.poke_at(vm, seed + choice)
        vm.tick(2)
    state = vm.save_state()
    vm.tick(5)
    end = vm.state_hash()
    picture = None if vm.screen is None else vm.screen.ndarray.tobytes()
    for again in (vm, every_machine.make(machine, seed)):
        again.load_state(state)
        again.tick(5)
        assert again.state_hash() == end
    return end, picture, bytes(vm.memory)


def test_machines_that_come_and_go_in_many_threads_live_as_in_one(machine):
    seeds = range(1, 25)
    expected = [life(machine, seed) for seed in seeds]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(life, [machine] * len(seeds), seeds)) == expected


def test_every_button_can_be_pressed_and_let_go(vm):
    for port in vm.spec.ports:
        for button in port.buttons:
            vm.button_press(button.name)
            assert button.name in vm.ports.find(button.name).held
            vm.tick()
            vm.button_release(button.name)
            assert button.name not in vm.ports.find(button.name).held
    for name in every_machine.buttons(vm):
        vm.button(name, frames=2)
    vm.tick(3)
    assert not any(port.held for port in vm.ports.groups.values() if hasattr(port, "held"))


def test_the_sound_of_a_run_does_not_depend_on_its_slices(machine):
    one, other = every_machine.make(machine), every_machine.make(machine)
    if one.audio is None:
        pytest.skip(f"{machine} makes no sound")
    one.tick(6)
    pieces = []
    for _ in range(6):
        other.tick()
        pieces.append(other.audio.ndarray.tobytes())
    assert one.audio.ndarray.tobytes() == b"".join(pieces)
