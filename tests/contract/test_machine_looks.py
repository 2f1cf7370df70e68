"""Looking at a machine, for every machine: looking is without consequences, and what it says of itself is so."""

import every_machine
import pytest

from retrovm import MachineSpec
from retrovm.spec import nearest


def test_peek_has_no_side_effect_anywhere(vm):
    """Each part answers a peek at each of its addresses: twice the same, and the machine is as before."""
    vm.tick(4)
    every_machine.poke_at(vm, 0x41)
    vm.tick()
    before = vm.save_fields()
    first = [bytes(bus.peek_bytes(0, bus.size)) for bus in vm.buses.values()]
    assert vm.save_fields() == before
    assert [bytes(bus.peek_bytes(0, bus.size)) for bus in vm.buses.values()] == first
    assert vm.save_fields() == before


def test_peek_does_not_change_what_follows(machine):
    one, other = every_machine.make(machine), every_machine.make(machine)
    for _ in range(10):
        for vm in (one, other):
            vm.tick()
        other.memory[0:len(other.memory)]
    assert one.save_fields() == other.save_fields()


def test_poke_of_what_is_there_changes_nothing(vm):
    vm.tick(2)
    before = vm.save_fields()
    poked = 0
    for address in range(0, len(vm.memory), 61):
        try:
            vm.memory[address] = vm.memory[address]
        except ValueError:        # nothing is stored there
            continue
        poked += 1
    assert poked
    assert vm.dump_fields().keys() == type(vm)(vm.spec, vm.media, vm.options).dump_fields().keys()
    vm.load_fields(before)
    assert vm.save_fields() == before


def test_pictures_and_sound_have_their_form(vm):
    vm.tick(5)
    if vm.screen is not None:
        height, width, colours = vm.screen.ndarray.shape
        assert (vm.screen.indices.shape, colours) == ((height, width), 3)
        assert not vm.screen.ndarray.flags.writeable
        assert int(vm.screen.indices.max()) < len(vm.screen.palette)
        assert vm._repr_png_().startswith(b"\x89PNG")
    if vm.audio is not None:
        assert vm.audio.ndarray.dtype == "int16"
        assert abs(len(vm.audio.ndarray) - 5 * vm.audio.rate / vm.frame_rate) <= 1


def test_the_spec_says_what_the_machine_has(machine, vm):
    spec = vm.spec
    assert isinstance(spec, MachineSpec)
    assert spec.id == every_machine.id_of(machine)
    assert spec.title
    assert spec.summary
    assert spec.clock_rate(vm.options) == vm.clock.rate
    assert spec.frame_rate(vm.options) == vm.frame_rate
    assert {port.name for port in spec.ports} == set(vm.ports.groups)
    for port in spec.ports:
        if port.kind == "buttons":
            assert tuple(button.name for button in port.buttons) == vm.ports.groups[port.name].names
    keys = [key for port in spec.ports for button in port.buttons for key in button.keys]
    assert len(keys) == len(set(keys))


def test_every_option_has_help_and_a_default_that_it_takes(machine, vm):
    options = vm.spec.parse_options({})
    assert options == vm.options or machine not in every_machine.IDS
    for option in vm.spec.options:
        assert option.help
        assert option.default is None or option.parse(option.default) == options[option.name]
        with pytest.raises((ValueError, TypeError)):
            option.parse(object())


def test_an_unknown_option_names_the_nearest(machine, vm):
    import retrovm

    for option in vm.spec.options:
        with pytest.raises(retrovm.OptionError, match=option.name):
            retrovm.create(vm.spec.id, every_machine.demo(machine), **{option.name + "x": 1})
    assert nearest("x", {}) == "; it has none"


def test_every_format_it_names_is_registered(vm):
    from retrovm import registry

    assert set(vm.spec.formats) <= set(registry.formats())


def test_its_demo_is_detected_as_its_own(machine):
    import retrovm

    path = every_machine.demo(machine)
    if path is None:
        pytest.skip(f"{machine} has no demo")
    target = retrovm.detect(path)[0]
    assert target.spec.id == every_machine.id_of(machine)
    assert 0 < target.confidence <= 1
    assert target.reason
