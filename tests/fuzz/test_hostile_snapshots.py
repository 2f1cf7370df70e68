"""Any bytes as a snapshot: refused with `StateError` and nothing is changed, or the machine goes on."""

import struct
import zlib

import hostile
import pytest
from hypothesis import given
from hypothesis import strategies as st

import retrovm
from retrovm import bundled, registry
from retrovm.snapshot import Snapshot

MACHINES = tuple(registry.machines())


def make(id):
    program = registry.machine(id).demo
    vm = retrovm.create(id, None if program is None else bundled.program(program).file)
    vm.tick(2)
    return vm


def load(vm, data):
    """Loads a snapshot; true where it was taken. One that was not must have changed nothing."""
    before = vm.save_fields()
    with hostile.no_hang():
        try:
            vm.load_state(data)
        except retrovm.StateError as error:
            assert str(error)
            assert vm.save_fields() == before
            return False
        go_on(vm)
    return True


def go_on(vm):
    """A state that was taken can be run, saved, looked at; time that has run out is said."""
    try:
        vm.tick(2)
        vm.step()
    except (OverflowError, retrovm.RetroVMError) as error:
        assert str(error)
    assert vm.save_state()
    vm.memory[0:256]
    vm.reset()
    vm.tick()


@pytest.mark.parametrize("id", MACHINES)
@given(edits=hostile.EDITS)
def test_a_damaged_snapshot_is_refused(id, edits):
    vm = make(id)
    data = vm.save_state()
    damaged = hostile.edited(data, edits)
    if damaged != data:
        assert not load(vm, damaged)


@pytest.mark.parametrize("id", MACHINES)
@given(edits=hostile.EDITS)
def test_a_forged_snapshot_is_refused_or_runs(id, edits):
    """With a checksum that is right, so that only the fields themselves can give it away."""
    vm = make(id)
    body = hostile.edited(vm.save_state()[:-4], edits)
    load(vm, body + struct.pack("<I", zlib.crc32(body)))


@pytest.mark.parametrize("id", MACHINES)
@given(data=st.data())
def test_a_snapshot_with_other_values_in_its_fields_is_refused_or_runs(id, data):
    """The form is kept and the values are not: the largest, the smallest, any."""
    vm = make(id)
    snapshot = Snapshot.unpack(vm.save_state())
    fields = bytearray(snapshot.fields)
    places = list(integers(fields))
    for _ in range(data.draw(st.integers(1, 4))):
        at, size = data.draw(st.sampled_from(places))
        fields[at:at + size] = data.draw(st.one_of(
            st.sampled_from([bytes(size), b"\xff" * size, b"\xff" * (size - 1) + b"\x7f", bytes(size - 1) + b"\x80"]),
            st.binary(min_size=size, max_size=size)))
    load(vm, Snapshot(machine=snapshot.machine, options=snapshot.options, media=snapshot.media, seed=snapshot.seed,
                      fields=bytes(fields)).pack())


def integers(fields):
    """(offset, size) of every integer, as retrovm.core.state describes the layout."""
    at = 0
    while at < len(fields):
        kind = chr(fields[at])
        if kind == ">":
            at += 1
            continue
        at += 2 + fields[at + 1]
        if kind == "<":
            continue
        width, count = fields[at], int.from_bytes(fields[at + 1:at + 5], "little")
        at += 5
        if kind in "ui":
            yield from ((at + i * width, width) for i in range(count))
        at += width * count


@given(st.binary(max_size=400))
def test_noise_is_no_snapshot(data):
    vm = make("chip8")
    assert not load(vm, data)
