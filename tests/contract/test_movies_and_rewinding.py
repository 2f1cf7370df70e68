"""Movies and rewinding, for every machine: what was done can be done again, and undone, bit by bit."""

import every_machine
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrovm import MovieError
from retrovm.movie import Movie, Playback, Recorder
from retrovm.rewind import Rewind

# What the host does, one after the other: a kind of deed and a number that says more.
DEEDS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20_000)), max_size=12)


def do(vm, kind, number, states):
    """Something that a host may do to a machine."""
    names = every_machine.buttons(vm)
    if kind == 0:
        vm.run(cycles=number % 5000)
    elif kind == 1:
        vm.step()
    elif kind == 2:
        vm.reset(power_on=number % 2 == 0)
    elif kind == 3:
        states.append(vm.save_state())
    elif kind == 4 and states:
        vm.load_state(states[number % len(states)])
    elif kind == 5 and names:
        vm.button_press(names[number % len(names)])
    elif kind == 6 and names:
        vm.ports.find(names[number % len(names)]).release_all()
    elif kind == 7 and names:
        vm.button_release(names[number % len(names)])
    else:
        every_machine.poke_at(vm, number)
        vm.tick(1 + number % 4, render=number % 3 == 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("movies")


@given(before=DEEDS, deeds=DEEDS)
def test_a_replay_is_the_run_that_was_recorded(machine, folder, before, deeds):
    path = folder / "movie.rmv"
    vm = every_machine.make(machine)
    states = []
    for deed in before:
        do(vm, *deed, states)
    with Recorder(vm, path, every=2):
        for deed in deeds:
            do(vm, *deed, states)
    other = every_machine.make(machine)
    playback = Playback(Movie.open(path), other)
    playback.run()
    assert playback.done
    assert other.save_fields() == vm.save_fields()
    vm.tick(3)
    other.tick(3)
    assert other.save_fields() == vm.save_fields()


@given(deeds=DEEDS)
def test_recording_changes_nothing(machine, folder, deeds):
    one, other = every_machine.make(machine), every_machine.make(machine)
    with Recorder(one, folder / "movie.rmv"):
        for vm in (one, other):
            states = []
            for deed in deeds:
                do(vm, *deed, states)
    assert one.save_fields() == other.save_fields()


@given(deeds=DEEDS, sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=8))
def test_a_replay_does_not_depend_on_how_the_machine_is_run(machine, folder, deeds, sizes):
    path = folder / "movie.rmv"
    vm = every_machine.make(machine)
    with Recorder(vm, path, every=3):
        for deed in deeds:
            do(vm, *deed, [])
    other = every_machine.make(machine)
    playback = Playback(Movie.open(path), other)
    for cycles in sizes:
        if playback.is_open:
            other.run(cycles=cycles)
        if playback.is_open:
            other.step()
    playback.run()
    assert playback.done
    assert other.save_fields() == vm.save_fields()


@given(choices=st.lists(st.integers(0, 255), min_size=1, max_size=12), data=st.data())
def test_going_back_and_doing_the_same_again_comes_to_the_same(machine, choices, data):
    vm = every_machine.make(machine)
    rewind = Rewind(vm)
    hashes = [vm.state_hash()]
    for choice in choices:
        every_machine.poke_at(vm, choice)
        vm.tick()
        rewind.capture()
        hashes.append(vm.state_hash())
    steps = data.draw(st.integers(0, len(choices)))
    assert rewind.back(steps) == steps
    assert vm.state_hash() == hashes[len(choices) - steps]
    for frame in range(len(choices) - steps, len(choices)):
        every_machine.poke_at(vm, choices[frame])
        vm.tick()
        rewind.capture()
        assert vm.state_hash() == hashes[frame + 1]
    assert rewind.back(len(choices) + 1) == len(choices)
    assert vm.state_hash() == hashes[0]


def test_going_back_is_part_of_a_movie(machine, vm, tmp_path):
    rewind = Rewind(vm)
    with Recorder(vm, tmp_path / "movie.rmv", every=1):
        for choice in range(6):
            every_machine.poke_at(vm, choice)
            vm.tick()
            rewind.capture()
        rewind.back(4)
        every_machine.poke_at(vm, 9)
        vm.tick(4)
    other = every_machine.make(machine)
    Playback(Movie.open(tmp_path / "movie.rmv"), other).run()
    assert other.state_hash() == vm.state_hash()


def test_a_movie_of_another_machine_is_refused(machine, vm, tmp_path):
    vm.tick(2)
    with Recorder(vm, tmp_path / "movie.rmv"):
        vm.tick()
    movie = Movie.open(tmp_path / "movie.rmv")
    for other in every_machine.KINDS:
        if other != machine:
            stranger = every_machine.make(other)
            before = stranger.save_fields()
            with pytest.raises(MovieError, match=r"the movie was|the movie is of"):
                Playback(movie, stranger)
            assert stranger.save_fields() == before
            assert stranger.witness is None
