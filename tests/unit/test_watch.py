"""Watchpoints: what they tell, when, and how a run ends by one."""

import gc
import threading
import weakref

import pytest
from mos6502_machine import machine, witness

import retrovm
from retrovm import Access, AddressError, ArgumentError, BusyError, CallError, PythonDevice, StopReason, Watch
from retrovm.core.bus import Bus

# LDA #5; STA $0200; INC $0200; LDA $0200; JMP $0405
PROGRAM = bytes.fromhex("A905 8D0002 EE0002 AD0002 4C0504")
ORIGIN, CELL = 0x0400, 0x0200


@pytest.fixture
def vm():
    vm = retrovm.load(PROGRAM, machine="sbc6502", name="a.bin", org=ORIGIN, ram="$0000-$FFFF", acia="none")
    vm.cpu.pc = ORIGIN
    vm.memory[CELL] = 0
    vm.symbols.define("cell", CELL)
    return vm


def log(vm, *args, **options):
    """The events of a watchpoint, as they come."""
    told = []
    vm.watch(*args, lambda vm, event: told.append(event), **options)
    return told


# --- what is told -----------------------------------------------------------------------------------------------


def test_a_watchpoint_without_a_callback_stops_the_run_behind_the_instruction(vm):
    watch = vm.watch("cell")
    assert vm.run(cycles=1000) is StopReason.WATCH
    event = vm.stopped_by
    assert (event.watch, event.address, event.value, event.old) == (watch, CELL, 5, 0)
    assert (event.kind, event.access, event.cycle, event.pc) == ("write", Access.WRITE, 5, 0x0402)
    assert (vm.cpu.pc, vm.cpu.cycles) == (0x0405, 6)


def test_a_run_goes_on_where_a_watchpoint_stopped_it(vm):
    vm.watch("cell")
    stops = [(vm.run(cycles=1000), vm.stopped_by.value, vm.cpu.pc) for _ in range(3)]
    assert stops == [(StopReason.WATCH, 5, 0x0405), (StopReason.WATCH, 6, 0x0408), (StopReason.WATCH, 7, 0x0408)]
    assert vm.run(cycles=1) is StopReason.CYCLES
    assert vm.stopped_by is None


def test_the_dummy_write_of_an_instruction_that_modifies_memory_is_seen_on_the_bus_only(vm):
    vm.cpu.pc = 0x0405
    vm.memory[CELL] = 5
    meant, all_of_it = log(vm, "cell", on="write"), log(vm, "cell", on="bus")
    vm.step()
    assert [(event.kind, event.access, event.old, event.value) for event in meant] == [("write", Access.WRITE, 5, 6)]
    assert [(event.cycle, event.kind, event.access, event.old, event.value) for event in all_of_it] == [
        (3, "read", Access.READ, None, 5), (4, "write", Access.DUMMY, 5, 5), (5, "write", Access.WRITE, 5, 6)]


def test_the_dummy_read_across_a_page_is_seen_on_the_bus_only(vm):
    vm.memory[0x0300:0x0303] = bytes.fromhex("BD FF 01")          # LDA $01FF,X
    vm.cpu.registers = {"pc": 0x0300, "x": 0x11}
    meant, all_of_it = log(vm, 0x0110, on="access"), log(vm, 0x0110, on="bus")
    vm.step()
    assert meant == []
    assert [(event.cycle, event.access) for event in all_of_it] == [(3, Access.DUMMY)]


def test_code_is_read_on_the_bus_only(vm):
    meant, all_of_it = log(vm, (ORIGIN, ORIGIN + 1), on="access"), log(vm, (ORIGIN, ORIGIN + 1), on="bus")
    vm.step()
    assert meant == []
    assert [(event.access, event.value) for event in all_of_it] == [(Access.FETCH, 0xA9), (Access.OPERAND, 5)]


def test_a_value_lets_only_accesses_with_it_count(vm):
    vm.watch("cell", value=9)
    vm.run(cycles=1000)
    assert (vm.stopped_by.old, vm.stopped_by.value, vm.memory[CELL]) == (8, 9, 9)


@pytest.mark.parametrize("where", [(0x01FE, 0x0201), slice(0x01FE, 0x0202), range(0x01FE, 0x0202), slice("cell", 0x202), "cell",
                                   0x0200, slice(0x0200), slice(0x0100, None)])
def test_addresses_are_given_in_many_ways(vm, where):
    told = log(vm, where, on="write")
    vm.run(cycles=6)
    assert len(told) == (0 if where == slice(0x0200) else 1)


def test_the_stack_and_the_vectors_are_reached_by_accesses(vm):
    vm.memory[0xFFFE:0x10000] = b"\x00\x03"
    vm.memory[ORIGIN] = 0                                         # BRK
    vm.cpu.registers = {"s": 0xFF}
    told = log(vm, slice(None), on="access")
    vm.step()
    assert [(event.kind, event.address) for event in told] == [
        ("write", 0x01FF), ("write", 0x01FE), ("write", 0x01FD), ("read", 0xFFFE), ("read", 0xFFFF)]


def test_a_register_of_a_device_is_accessed_once_and_at_its_cycle():
    plain, watched = machine(bytes.fromhex("AD0380 8D0480")), machine(bytes.fromhex("AD0380 8D0480"))
    told = []
    devices = [witness(made, 0x8000) for made in (plain, watched)]
    watched.add_watch(0x8000, 0x80FF, lambda machine, event: told.append((event.cycle, event.kind, event.address, event.value)),
                      on="bus")
    for made in (plain, watched):
        made.run_cycles(8)
    assert devices[0].log == devices[1].log == told == [(3, "read", 0x8003, 0x77), (7, "write", 0x8004, 0x77)]


def test_a_part_that_is_mapped_while_it_is_watched_answers_and_is_watched():
    made = machine(bytes.fromhex("AD0380"))
    told = []
    watch = made.add_watch(0x8003, 0x8003, lambda machine, event: told.append(event.value), on="read")
    witness(made, 0x8000)
    made.step()
    assert told == [0x77]
    assert made.cpu.bus.who(0x8003) == "witness at 8000"
    watch.remove()
    assert made.cpu.bus.who(0x8003) == "witness at 8000"


def test_what_another_part_reads_in_a_run_is_told_as_such():
    class Copier(PythonDevice):
        """Copies a byte of memory when it is written to."""

        def __init__(self, bus: Bus) -> None:
            super().__init__("copier")
            self.bus = bus

        def write(self, addr, value):
            self.bus.write(0x0300, self.bus.read(0x0200))

    made = machine(bytes.fromhex("8D0080"))
    told = []
    made.cpu.bus.map(0x8000, 0x100, made.add(Copier(made.cpu.bus)))
    made.add_watch(0x0200, 0x0300, lambda machine, event: told.append((event.kind, event.address, event.access, event.pc)),
                   on="access")
    made.step()
    assert told == [("read", 0x0200, Access.DMA, None), ("write", 0x0300, Access.DMA, None)]


def test_what_the_host_does_with_memory_is_not_told(vm):
    told = log(vm, slice(None), on="bus")
    vm.memory[CELL] = 1
    assert vm.memory[CELL] == vm.memory.read(CELL) == 1
    vm.memory.write(CELL, 2)
    assert (told, vm.memory[CELL]) == ([], 2)


def test_a_6507_sees_its_watched_memory_in_every_mirror():
    made = machine(bytes.fromhex("8D0032"), model="6507")         # STA $3200
    told = []
    made.add_watch(0x5200, 0x5200, lambda machine, event: told.append(event.address))
    made.step()
    assert told == [0x1200]
    with pytest.raises(ArgumentError, match="over no mirror's end"):
        made.add_watch(0x1FFF, 0x2000)


# --- how runs end -----------------------------------------------------------------------------------------------


def test_every_way_to_run_says_that_a_watchpoint_stopped_it(vm):
    vm.watch("cell")
    assert vm.tick() is False
    assert vm.run(until=0x040B) is StopReason.WATCH
    assert vm.run(until=lambda vm: False) is StopReason.WATCH
    assert vm.cpu.run(cycles=1000) is StopReason.WATCH
    assert vm.cpu.run(until=0x0400, cycles=1000) is StopReason.WATCH
    vm.cpu.registers = {"pc": 0x0402, "a": 5}
    assert vm.step() == 4
    assert vm.stopped_by.value == 5
    with pytest.raises(CallError, match="a watchpoint stops there"):
        vm.call(0x0400)


def test_a_frame_that_was_stopped_is_run_to_its_end_by_the_next_tick(vm):
    with vm.watch("cell"):
        assert vm.tick() is False
        assert vm.frame == 0
    assert vm.tick() is True
    assert vm.frame == 1


def test_a_hook_behind_a_watched_access_is_called_when_the_run_goes_on(vm):
    seen = []
    vm.watch("cell")
    vm.hook(0x0405, lambda vm: seen.append(vm.cpu.pc))
    assert vm.run(cycles=100) is StopReason.WATCH
    assert seen == []
    assert vm.run(cycles=100) is StopReason.WATCH
    assert seen == [0x0405]


def test_an_address_to_run_to_is_reached_behind_a_stop(vm):
    vm.watch("cell")
    assert vm.run(until=0x0405) is StopReason.WATCH
    assert vm.run(until=0x0405) is StopReason.ADDRESS
    assert vm.cpu.cycles == 6
    assert vm.run(until=0x0408) is StopReason.WATCH, "the instruction at the address where it stands is run"
    assert vm.run(until=0x0408) is StopReason.ADDRESS


def test_of_several_watchpoints_the_first_that_stops_is_the_reason(vm):
    seen = []
    vm.watch("cell", lambda vm, event: seen.append("told"))
    second = vm.watch("cell", lambda vm, event: StopReason.WATCH)
    vm.watch("cell")
    assert vm.run(cycles=100) is StopReason.WATCH
    assert vm.stopped_by.watch is second
    assert seen == ["told"]


# --- callbacks --------------------------------------------------------------------------------------------------


def test_a_callback_may_remove_its_own_watchpoint(vm):
    seen = []

    def once(vm, event):
        seen.append(event.value)
        event.watch.remove()

    vm.watch("cell", once)
    assert vm.run(cycles=100) is StopReason.CYCLES
    assert (seen, vm.watches) == ([5], ())


def test_a_watchpoint_that_a_callback_before_has_removed_is_not_called(vm):
    seen = []
    vm.watch("cell", lambda vm, event: later.remove())
    later = vm.watch("cell", lambda vm, event: seen.append(event))
    vm.run(cycles=100)
    assert seen == []


def test_a_callback_may_add_a_watchpoint(vm):
    seen = []
    first = vm.watch("cell", lambda vm, event: (first.remove(), vm.watch("cell", lambda vm, event: seen.append(event.value))))
    vm.run(cycles=30)
    assert seen == [6, 7]


def test_an_error_in_a_callback_ends_the_run_behind_the_instruction_and_the_machine_goes_on(vm):
    def fail(vm, event):
        if event.value == 6:
            raise ZeroDivisionError("of the callback")

    other = retrovm.load(PROGRAM, machine="sbc6502", name="a.bin", org=ORIGIN, ram="$0000-$FFFF", acia="none")
    other.cpu.pc = ORIGIN
    vm.watch("cell", fail)
    for run in (lambda: vm.run(cycles=1000), lambda: (setattr(vm.cpu, "pc", 0x0400), vm.tick())):
        with pytest.raises(ZeroDivisionError, match="of the callback"):
            run()
        assert vm.cpu.pc == 0x0408
        assert vm.stopped_by is None
    vm.cpu.pc = 0x0402
    vm.cpu.registers = {"a": 5}
    vm.step()
    with pytest.raises(ZeroDivisionError):
        vm.step()
    other.run(cycles=12)
    assert vm.memory[CELL] == other.memory[CELL] == 6
    assert vm.run(cycles=100) is StopReason.CYCLES


def test_a_callback_sees_the_machine_at_rest_and_may_change_it(vm):
    def rewrite(vm, event):
        assert vm.cpu.pc == event.pc + 3
        vm.save_state()
        vm.memory[CELL] = 0x40
        vm.cpu.registers = {"x": event.value}

    with vm.watch("cell", rewrite):
        vm.run(cycles=6)
    vm.run(cycles=6)
    assert (vm.memory[CELL], vm.cpu.registers["x"]) == (0x41, 5)


def test_a_callback_may_step_the_machine_itself(vm):
    values = []

    def step(vm, event):
        values.append(event.value)
        if len(values) < 5:
            vm.step()

    vm.watch("cell", step)
    vm.run(cycles=6)
    assert values == [5, 6]


def test_a_callback_may_put_a_state_back(vm):
    saved = vm.save_state()
    times = []

    def again(vm, event):
        times.append(event.cycle)
        if len(times) < 3:
            vm.load_state(saved)

    vm.watch("cell", again)
    vm.run(cycles=6)
    assert times == [5, 5, 5]


def test_a_fault_of_a_device_comes_before_what_was_watched(vm):
    class Broken(PythonDevice):
        def write(self, addr, value):
            raise ZeroDivisionError("of the device")

    made = machine(bytes.fromhex("8D0080"))
    told = []
    made.cpu.bus.map(0x8000, 0x100, made.add(Broken("broken")))
    made.add_watch(0x8000, 0x8000, lambda machine, event: told.append(event))
    with pytest.raises(ZeroDivisionError, match="of the device"):
        made.run_cycles(100)
    assert made.run_cycles(100) is StopReason.CYCLES
    assert told == []


# --- watchpoints and the session --------------------------------------------------------------------------------


def test_watchpoints_are_listed_and_removed(vm):
    one = vm.watch("cell")
    two = vm.watch((0x10, 0x1F), on="read", value=3)
    assert vm.watches == (one, two)
    assert repr(two) == "<Watch $0010-$001F, on='read', value=$03>"
    assert isinstance(one, Watch)
    one.remove()
    one.remove()
    assert (one.active, two.active, vm.watches) == (False, True, (two,))
    assert vm.run(cycles=1000) is StopReason.CYCLES


def test_a_with_block_ends_its_watchpoint(vm):
    with vm.watch("cell") as watch:
        assert vm.run(cycles=100) is StopReason.WATCH
    assert not watch.active
    assert vm.run(cycles=100) is StopReason.CYCLES


def test_watchpoints_stay_through_states_and_resets_and_are_no_part_of_either(vm):
    unwatched = vm.state_hash()
    vm.watch("cell")
    saved = vm.save_state()
    assert vm.state_hash() == unwatched
    assert vm.run(cycles=100) is StopReason.WATCH
    vm.load_state(saved)
    assert vm.run(cycles=100) is StopReason.WATCH
    vm.reset(True)
    vm.cpu.pc = ORIGIN
    vm.memory[ORIGIN : ORIGIN + len(PROGRAM)] = PROGRAM
    assert vm.run(cycles=100) is StopReason.WATCH


def test_a_copy_has_no_watchpoints(vm):
    vm.watch("cell")
    twin = vm.clone()
    assert twin.watches == ()
    assert twin.run(cycles=100) is StopReason.CYCLES
    assert vm.run(cycles=100) is StopReason.WATCH


def test_a_machine_with_watchpoints_is_freed():
    vm = retrovm.create("sbc6502")
    vm.watch(0x0200, lambda vm, event: None)
    vm.tick()
    there = weakref.ref(vm)
    del vm
    gc.collect()
    assert there() is None


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("where", "error", "text"), [
    (0x10000, AddressError, r"outside the address space, \$0000-\$FFFF"),
    (-1, AddressError, "outside the address space"),
    ((0xFFF0, 0x10000), AddressError, "outside the address space"),
    (slice(-16, None), AddressError, "outside the address space"),
    ((0x20, 0x10), ArgumentError, "in order"),
    ((1, 2, 3), ArgumentError, "an address or the name of one"),
    (None, ArgumentError, "an address or the name of one"),
    (range(0, 16, 2), ArgumentError, "one after the other"),
    (slice(5, 5), ArgumentError, "one at least"),
    ("nowhere", retrovm.UnknownNameError, "nowhere"),
])
def test_addresses_that_cannot_be_watched_are_refused(vm, where, error, text):
    with pytest.raises(error, match=text):
        vm.watch(where)
    assert vm.watches == ()


@pytest.mark.parametrize(("options", "text"), [
    ({"on": "exec"}, "write, read, access, bus, not 'exec'"),
    ({"on": ["read"]}, "write, read, access, bus"),
    ({"value": 256}, "a byte, 0 to 255"),
    ({"value": -1}, "a byte, 0 to 255"),
    ({"value": "a"}, "a byte, 0 to 255"),
    ({"callback": 0x300}, r"768 is neither.*\(first, last\)"),
])
def test_what_is_no_watchpoint_is_refused(vm, options, text):
    with pytest.raises(ArgumentError, match=text):
        vm.watch("cell", **options)
    assert vm.watches == ()
    assert vm.run(cycles=100) is StopReason.CYCLES


def test_a_machine_refuses_addresses_that_its_bus_does_not_have():
    made = machine()
    for first, last in ((0x10000, 0x10000), (-1, 5), (0, 0x10000), (1 << 40, 1 << 41)):
        with pytest.raises(AddressError, match=r"\$0000-\$FFFF"):
            made.add_watch(first, last)
    with pytest.raises(ArgumentError, match="from its first address to its last"):
        made.add_watch(5, 4)
    with pytest.raises(ArgumentError, match="no processor yet"):
        retrovm.Machine(1_000_000).add_watch(0, 1)


def test_watchpoints_are_set_and_removed_between_runs_only():
    inside, go_on = threading.Event(), threading.Event()

    class Port(PythonDevice):
        def read(self, addr):
            inside.set()
            go_on.wait()
            return 0

    made = machine(bytes.fromhex("AD0080"))
    made.cpu.bus.map(0x8000, 0x100, made.add(Port("port")))
    watch = made.add_watch(0x0200, 0x0200)
    thread = threading.Thread(target=made.run_cycles, args=(10,))
    thread.start()
    inside.wait()
    with pytest.raises(BusyError):
        made.add_watch(0x0300, 0x0300)
    with pytest.raises(BusyError):
        watch.remove()
    go_on.set()
    thread.join()
    assert made.watches == (watch,)
    watch.remove()
    assert made.watches == ()
