"""Watchpoints on a CHIP-8: which instruction reaches which bytes, on every member of the family."""

import pytest

import retrovm
from retrovm import Access, StopReason
from retrovm.cpu import chip8

# v0 := 7; v1 := 8; i := 0x600; save v1; i := 0x600; load v1; i := 0x610; bcd v0; i := 0x600; sprite v2 v2 2; v0 := key
PROGRAM = bytes.fromhex("6007 6108 A600 F155 A600 F165 A610 F033 A600 D222 F00A")


@pytest.fixture(params=chip8.VARIANTS)
def vm(request):
    return load(variant=request.param)


def load(program=PROGRAM, **options):
    return retrovm.create("chip8", program, name="program.ch8", format="ch8", tickrate=100, **options)


def told(vm, where, on):
    """[(pc, kind, address, value)] of the first frames."""
    seen = []
    vm.watch(where, lambda vm, event: seen.append((event.pc, event.kind, event.address, event.value)), on=on)
    vm.tick(3)
    return seen


def test_what_instructions_store_is_told_in_their_order(vm):
    origin = vm.cpu.pc
    assert told(vm, (0x600, 0x612), "write") == [
        (origin + 6, "write", 0x600, 7), (origin + 6, "write", 0x601, 8),
        (origin + 14, "write", 0x610, 0), (origin + 14, "write", 0x611, 0), (origin + 14, "write", 0x612, 7)]


def test_what_instructions_load_and_draw_is_told(vm):
    origin = vm.cpu.pc
    assert told(vm, (0x600, 0x612), "read") == [
        (origin + 10, "read", 0x600, 7), (origin + 10, "read", 0x601, 8),
        (origin + 18, "read", 0x600, 7), (origin + 18, "read", 0x601, 8)]


def test_instructions_are_read_on_the_bus_only(vm):
    origin = vm.cpu.pc
    assert told(vm, (origin + 2, origin + 3), "access") == []
    vm.reset(True)
    assert told(vm, (origin + 2, origin + 3), "bus") == [
        (origin + 2, "read", origin + 2, 0x61), (origin + 2, "read", origin + 3, 0x08)]


def test_a_run_stops_behind_the_instruction_that_stores(vm):
    origin = vm.cpu.pc
    watch = vm.watch(0x601)
    vm.memory[0x601] = 0x55
    assert vm.run(cycles=100) is StopReason.WATCH
    event = vm.stopped_by
    assert (event.watch, event.cycle, event.pc, event.access) == (watch, 3, origin + 6, Access.WRITE)
    assert (event.old, event.value) == (0x55, 8)
    assert (vm.cpu.pc, vm.cpu.cycles) == (origin + 8, 4)
    assert vm.run(cycles=100) is StopReason.CYCLES


def test_a_watched_machine_draws_the_same_picture_and_keeps_the_same_time(vm):
    plain = load(variant=vm.options["variant"])
    for machine in (vm, plain):
        if machine is vm:
            machine.watch(slice(None), lambda vm, event: None, on="bus")
        machine.tick(5)
    assert vm.state_hash() == plain.state_hash()
    assert bytes(vm.screen.ndarray) == bytes(plain.screen.ndarray)


def test_an_error_in_a_callback_surfaces_and_the_machine_goes_on(vm):
    origin = vm.cpu.pc

    def fail(vm, event):
        raise ZeroDivisionError("of the callback")

    watch = vm.watch(0x600, fail)
    with pytest.raises(ZeroDivisionError, match="of the callback"):
        vm.tick()
    assert vm.cpu.pc == origin + 8
    watch.remove()
    plain = load(variant=vm.options["variant"])
    for machine in (vm, plain):
        machine.tick(2 - machine.frame)
    assert vm.state_hash() == plain.state_hash()


def test_a_callback_may_remove_its_watchpoint_and_stop(vm):
    def stop(vm, event):
        event.watch.remove()
        return StopReason.WATCH

    vm.watch(0x600, stop)
    assert vm.tick() is False
    assert (vm.stopped_by.address, vm.watches) == (0x600, ())
    assert vm.tick() is True


def test_all_16_mib_of_a_megachip8_can_be_watched():
    vm = load(bytes.fromhex("0011 01FF FFFE 6055 F055 120A"), variant="megachip8")     # i := 0xFFFFFE; v0 := 0x55; save v0
    vm.watch(slice(None))
    assert vm.run(cycles=100) is StopReason.WATCH
    assert (vm.stopped_by.address, vm.stopped_by.value) == (0xFFFFFE, 0x55)


def test_the_time_of_a_vip_tells_the_machine_cycle():
    plain = retrovm.create("chip8", PROGRAM, name="program.ch8", format="ch8", timing="vip")
    watched = retrovm.create("chip8", PROGRAM, name="program.ch8", format="ch8", timing="vip")
    watched.watch(0x601)
    assert watched.run(cycles=100_000) is StopReason.WATCH
    with plain.trace_bus() as trace:
        plain.run(cycles=100_000)
    stored = [cycle for cycle, address, _, kind in trace if (address, kind) == (0x601, "write")]
    assert [watched.stopped_by.cycle] == stored
