"""Snapshots: what goes in comes out, and what is wrong with one is found before anything changes."""

import json
import struct
import zlib

import pytest
import tiny_machine as tiny
from hypothesis import given
from hypothesis import strategies as st

import retrovm
from retrovm.media import open_media
from retrovm.session import VM
from retrovm.snapshot import MAGIC, Snapshot


def sealed(data):
    """With the checksum that belongs to it."""
    return data + struct.pack("<I", zlib.crc32(data))


def test_a_machine_goes_on_from_a_snapshot_as_if_nothing_had_happened(vm, media):
    vm.run(cycles=12_345)
    saved = vm.save_state()
    vm.tick(5)
    other = VM(tiny.SPEC, media)
    other.load_state(saved)
    other.tick(5)
    assert other.state_hash() == vm.state_hash()
    assert other.save_state() == vm.save_state()


@given(cycles=st.integers(0, 50_000), more=st.integers(0, 50_000))
def test_save_run_load_run_is_bit_equal_at_any_moment(cycles, more):
    vm = VM(tiny.SPEC, open_media(tiny.PROGRAM, format="binary"))
    vm.button("fire", frames=3)
    vm.run(cycles=cycles)
    saved = vm.save_state()
    vm.run(cycles=more)
    expected = vm.state_hash()
    vm.load_state(saved)
    vm.run(cycles=more)
    assert vm.state_hash() == expected


def test_the_bytes_are_those_of_the_documented_layout(vm):
    data = vm.save_state()
    magic, version, header_size, fields_size = struct.unpack_from("<8sIIQ", data)
    assert (magic, version) == (b"retrovm\x1a", 1)
    header = json.loads(data[24 : 24 + header_size])
    assert header == {"machine": "tiny", "media": vm.media.sha1, "seed": 1,
                      "options": {"clock_hz": "1000000", "divider": 1}}
    assert data[24 + header_size :][:fields_size] == vm.save_fields()
    assert struct.unpack("<I", data[-4:])[0] == zlib.crc32(data[:-4])
    assert len(data) == 24 + header_size + fields_size + 4


def test_a_snapshot_may_come_in_any_kind_of_bytes(vm):
    vm.load_state(bytearray(vm.save_state()))
    vm.load_state(memoryview(vm.save_state()))


def unchanged(vm, data, message):
    vm.tick()
    before = vm.save_fields()
    with pytest.raises(retrovm.StateError, match=message):
        vm.load_state(data)
    assert vm.save_fields() == before


def test_a_snapshot_of_another_machine_is_refused(vm):
    other = Snapshot(machine="chip8", options={}, media=None, seed=1, fields=b"").pack()
    unchanged(vm, other, "the snapshot is of a chip8, and this machine is a tiny")


def test_a_snapshot_with_other_media_is_refused(vm):
    unchanged(vm, VM(tiny.SPEC).save_state(), f"saved with no media, and this machine has .*{vm.media.sha1}")


def test_a_snapshot_with_other_options_is_refused(vm, media):
    other = VM(tiny.SPEC, media, {"divider": 3}).save_state()
    unchanged(vm, other, r"other options: divider=3 \(here 1\)")
    strange = Snapshot(machine="tiny", options={"colour": 1}, media=vm.media.sha1, seed=1, fields=b"").pack()
    unchanged(vm, strange, "has no option 'colour'")


def test_a_snapshot_of_a_newer_layout_is_refused(vm):
    data = bytearray(vm.save_state())
    data[8] = 2
    unchanged(vm, data, "layout 2, and this retrovm knows 1: .* update retrovm")


@pytest.mark.parametrize("data", [b"", b"retro", b"\x7fELF" + bytes(100), b"PNG"])
def test_what_is_no_snapshot_is_refused(vm, data):
    unchanged(vm, data, "no snapshot|cut off")


@pytest.mark.parametrize("header", [
    b"", b"[]", b"{}", b"\xff", b'{"machine": 1, "options": {}, "media": null, "seed": 1}',
    b'{"machine": "tiny", "options": [], "media": null, "seed": 1}'])
def test_a_header_that_cannot_be_meant_is_refused(vm, header):
    data = struct.pack("<8sIIQ", MAGIC, 1, len(header), 0) + header
    unchanged(vm, sealed(data), "header of the snapshot")


def test_fields_of_another_machine_under_the_same_name_change_nothing(vm):
    fields = vm.save_fields()
    for wrong in (fields[:-1], fields + b"x", fields[:40] + b"?" + fields[41:]):
        data = Snapshot(machine="tiny", options=vm.options, media=vm.media.sha1, seed=1, fields=wrong).pack()
        with pytest.raises(retrovm.StateError):
            vm.load_state(data)
        assert vm.save_fields() == fields


@given(at=st.integers(0, 10**9), bit=st.integers(0, 7), cut=st.booleans())
def test_a_damaged_snapshot_is_refused_wherever_the_damage_is(at, bit, cut):
    vm = VM(tiny.SPEC)
    data = bytearray(vm.save_state())
    at %= len(data)
    if cut:
        del data[at:]
    else:
        data[at] ^= 1 << bit
    before = vm.save_fields()
    with pytest.raises(retrovm.StateError):
        vm.load_state(data)
    assert vm.save_fields() == before


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_with_a_typed_error(data):
    with pytest.raises(retrovm.StateError):
        Snapshot.unpack(sealed(MAGIC + struct.pack("<I", 1) + data))


def test_a_hook_where_the_machine_stopped_counts_again_after_a_load(vm):
    vm.run(until=0x0202)
    saved = vm.save_state()
    twin = vm.clone()
    vm.load_state(saved)
    assert vm.run(until=0x0202) == twin.run(until=0x0202)
    assert vm.state_hash() == twin.state_hash()
