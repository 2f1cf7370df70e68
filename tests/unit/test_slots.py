"""Save slots: states in files of the user's."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import retrovm
from retrovm import bundled
from retrovm.errors import ArgumentError, StateError
from retrovm.slots import Slots, state_of, with_state


def ember(**options):
    vm = retrovm.load(bundled.find("ember").file, **options)
    vm.tick(30)
    return vm


@pytest.fixture
def vm():
    return ember()


def test_a_slot_gives_back_what_was_saved(vm, tmp_path):
    slots = Slots(vm, tmp_path)
    slots.save(3)
    saved = vm.state_hash()
    vm.tick(50)
    slots.load(3)
    assert vm.state_hash() == saved


def test_a_slot_is_a_picture_with_its_time(vm, tmp_path):
    slots = Slots(vm, tmp_path)
    path = slots.save(0)
    assert Image.open(path).convert("RGB").tobytes() == vm.screen.tobytes()
    [slot] = slots.all()
    assert (slot.number, slot.path) == (0, path)
    assert abs(datetime.now() - slot.saved) < timedelta(minutes=1)
    assert Image.open(BytesIO(slot.picture)).size == vm.screen.size


def test_programs_and_machines_have_their_own_slots(vm, tmp_path):
    other = retrovm.load(bundled.find("grotto").file)
    Slots(vm, tmp_path).save(1)
    assert not list(Slots(other, tmp_path).all())
    assert Slots(ember(), tmp_path).path(1).exists()


def test_a_machine_without_a_screen_has_slots_too(tmp_path):
    vm = retrovm.create("sbc6502")
    vm.tick(5)
    slots = Slots(vm, tmp_path)
    path = slots.save(9)
    saved = vm.state_hash()
    assert path.suffix == ".state"
    assert [slot.picture for slot in slots.all()] == [b""]
    vm.tick(5)
    slots.load(9)
    assert vm.state_hash() == saved


def test_an_empty_slot_and_a_number_that_is_none_are_told(vm, tmp_path):
    slots = Slots(vm, tmp_path)
    with pytest.raises(StateError, match="slot 2 is empty: there is no "):
        slots.load(2)
    for number in (-1, 10):
        with pytest.raises(ArgumentError, match="save slots are numbered from 0 to 9"):
            slots.save(number)


def test_a_slot_of_other_options_is_refused_and_changes_nothing(tmp_path):
    Slots(ember(tickrate=9), tmp_path).save(0)
    vm = ember()
    before = vm.save_fields()
    with pytest.raises(StateError, match=r"slot 0, .*0\.png: the snapshot was saved with other options"):
        Slots(vm, tmp_path).load(0)
    assert vm.save_fields() == before


@given(data=st.data())
def test_a_damaged_slot_is_refused_and_changes_nothing(tmp_path_factory, data):
    vm = ember()
    slots = Slots(vm, tmp_path_factory.mktemp("slots"))
    path = slots.save(0)
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        content = content[:data.draw(st.integers(0, len(content) - 13))]        # 12 bytes of the end may be missing
    else:
        content[data.draw(st.integers(0, len(content) - 13))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    before = vm.save_fields()
    with pytest.raises(StateError, match="slot 0, "):
        slots.load(0)
    assert vm.save_fields() == before


def test_a_picture_without_a_state_is_told(vm):
    with pytest.raises(StateError, match="the picture has no state in it"):
        state_of(vm.screen.png())
    assert state_of(with_state(vm.screen.png(), b"abc")) == b"abc"


def test_the_users_folder_is_used_where_none_is_named(vm, monkeypatch, tmp_path):
    monkeypatch.setattr("retrovm.slots.user_folder", lambda kind: tmp_path / kind)
    assert Slots(vm).path(4) == tmp_path / "data" / "slots" / "chip8" / vm.media.sha1 / "4.png"
    monkeypatch.setattr("retrovm.slots.user_folder", lambda kind: None)
    with pytest.raises(ArgumentError, match="is found by platformdirs"):
        Slots(vm)


SAVES = """
import sys, retrovm
from pathlib import Path
from retrovm import bundled
from retrovm.slots import Slots
vm = retrovm.load(bundled.find("ember").file)
slots = Slots(vm, Path(sys.argv[1]))
while True:
    vm.tick()
    slots.save(0)
    print(vm.frame, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_process_that_is_killed_while_it_saves_leaves_the_slot_before_or_after(tmp_path):
    vm = ember()
    slots = Slots(vm, tmp_path)
    for wait in (0.0, 0.003, 0.007, 0.011, 0.02, 0.031):
        process = subprocess.Popen([sys.executable, "-c", SAVES, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout.readline()
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        told = [1, *map(int, process.communicate(timeout=20)[0].split())]
        slots.load(0)
        assert told[-1] <= vm.frame <= told[-1] + 1
