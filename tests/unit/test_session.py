"""What a machine can do from Python: running, looking inside, input, copies."""

import copy
import pickle
import signal
import threading
import time
from dataclasses import replace

import pytest
import tiny_machine as tiny

import retrovm
from retrovm import StopReason
from retrovm.core.memory import Memory
from retrovm.session import VM


def boot(vm):
    """Through the reset sequence, to the first instruction."""
    assert vm.step() == 7
    assert vm.cpu.pc == tiny.START


def test_a_new_machine_is_switched_on_and_at_its_reset(vm):
    assert (vm.cpu.cycles, vm.frame, vm.clock.ticks) == (0, 0, 0)
    boot(vm)


def test_step_runs_one_instruction_and_says_how_long_it_took(vm):
    boot(vm)
    assert vm.step() == 5
    assert vm.memory[0x10] == 1
    assert vm.step() == 3


def test_a_step_from_python_is_no_slower_than_promised(vm):
    def best(function):
        times = []
        for _ in range(30):
            start = time.perf_counter()
            for _ in range(1000):
                function()
            times.append(time.perf_counter() - start)
        return min(times)

    # The promise is 150 ns, which is four calls of an empty function: so measured it holds on a loaded host.
    assert best(vm.step) < 4 * best(lambda: None)


def test_tick_runs_whole_frames(vm):
    assert vm.tick(3)
    assert vm.frame == 3
    assert 30_000 <= vm.cpu.cycles < 30_008


def test_run_for_cycles_is_rounded_up_to_a_whole_instruction(vm):
    assert vm.run(cycles=1000) is StopReason.CYCLES
    assert 1000 <= vm.cpu.cycles < 1008


def test_run_until_an_address_stops_before_its_instruction(vm):
    vm.cpu.pc = tiny.START
    assert vm.run(until=0x0202) is StopReason.ADDRESS
    assert (vm.cpu.pc, vm.memory[0x10]) == (0x0202, 1)


def test_run_until_the_address_where_it_stopped_goes_round_once_more(vm):
    vm.run(until=0x0202)
    assert vm.run(until=0x0202) is StopReason.ADDRESS
    assert vm.memory[0x10] == 2


def test_run_until_an_address_ends_with_the_cycles_when_it_is_not_reached(vm):
    assert vm.run(cycles=500, until=tiny.MULTIPLY) is StopReason.CYCLES


def test_run_until_a_symbol(vm):
    vm.symbols.define("again", 0x0202)
    assert vm.run(until="again") is StopReason.ADDRESS
    with pytest.raises(retrovm.UnknownNameError, match="did you mean again"):
        vm.run(until="agian")


def test_run_until_a_predicate_asks_before_every_instruction(vm):
    assert vm.run(until=lambda vm: vm.memory[0x10] == 5) is StopReason.PREDICATE
    assert vm.cpu.pc == 0x0202
    assert vm.run(until=lambda vm: True) is StopReason.PREDICATE
    assert vm.run(cycles=100, until=lambda vm: False) is StopReason.CYCLES


def test_a_run_ends_when_the_processor_jams(vm):
    vm.cpu.pc = tiny.STOP
    assert vm.run() is StopReason.HALTED
    assert not vm.tick()
    vm.reset(power_on=False)
    assert vm.tick()


def test_a_run_without_end_is_ended_by_a_signal(vm):
    handler = signal.signal(signal.SIGUSR1, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        timer = threading.Timer(0.1, lambda: signal.raise_signal(signal.SIGUSR1))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            vm.run()
    finally:
        signal.signal(signal.SIGUSR1, handler)
    assert vm.tick()


@pytest.mark.parametrize("until", [3.5, b"main"])
def test_run_refuses_what_is_no_address(vm, until):
    with pytest.raises(retrovm.ArgumentError, match="an address"):
        vm.run(until=until)


def test_run_refuses_an_address_outside(vm):
    with pytest.raises(retrovm.AddressError, match="outside the address space"):
        vm.run(until=0x10000)
    with pytest.raises(retrovm.ArgumentError, match="number of cycles"):
        vm.run(cycles=-1)


def test_call_runs_a_subroutine_and_comes_back_to_where_the_machine_was(vm):
    boot(vm)
    vm.step()
    before = vm.cpu.registers
    result = vm.call(tiny.MULTIPLY, a=3, x=4)
    assert result.registers["a"] == 12
    assert result.cycles == 3 + 2 + 4 * (2 + 2 + 2 + 3 + 2 + 3) + 2 + 3 + 6
    assert (vm.cpu.pc, vm.cpu.registers["s"]) == (before["pc"], before["s"])


def test_call_works_on_a_machine_that_was_just_switched_on(vm):
    vm.symbols.define("multiply", tiny.MULTIPLY)
    assert vm.call("multiply", a=7, x=6).registers["a"] == 42
    vm.tick()
    assert vm.memory[0x10] > 0


def test_call_says_when_the_subroutine_does_not_come_back(vm):
    with pytest.raises(retrovm.CallError, match=r"\$0215 did not come back: CYCLES at \$0215"):
        vm.call(tiny.FOREVER, limit=1000)
    with pytest.raises(retrovm.CallError, match="HALTED"):
        vm.call(tiny.STOP)
    with pytest.raises(retrovm.ArgumentError, match="no register 'q'"):
        vm.call(tiny.MULTIPLY, q=1)


def test_a_hook_is_called_before_the_instruction_executes(vm):
    seen = []
    vm.hook(0x0202, lambda machine: seen.append(machine.memory[0x10]))
    vm.run(cycles=7 + 3 * 8)
    assert seen == [1, 2, 3]


def test_a_hook_may_take_itself_back_and_leave_the_others(vm):
    seen = []

    def once(machine):
        seen.append("once")
        machine.unhook(0x0202, once)

    vm.hook(0x0202, once)
    vm.hook(0x0202, lambda machine: seen.append("always"))
    vm.run(cycles=7 + 2 * 8)
    assert seen == ["once", "always", "always"]
    with pytest.raises(retrovm.ArgumentError, match="hooked"):
        vm.unhook(0x0202, once)


def test_a_hook_that_moves_the_program_counter_takes_the_place_of_the_instruction(vm):
    vm.hook(0x0200, lambda machine: setattr(machine.cpu, "pc", 0x0202))
    vm.run(cycles=100)
    assert vm.memory[0x10] == 0


def test_what_a_hook_raises_comes_out_of_the_run(vm):
    vm.hook(0x0202, lambda machine: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        vm.tick()


def test_a_trace_has_every_bus_cycle(vm):
    boot(vm)
    with vm.trace_bus() as trace:
        vm.step()
        assert len(trace) == 5
    assert trace == [
        (7, 0x0200, 0xE6, "read"), (8, 0x0201, 0x10, "read"), (9, 0x0010, 0, "read"),
        (10, 0x0010, 0, "write"), (11, 0x0010, 1, "write"),
    ]
    assert [kind.name for kind in trace.kinds] == ["FETCH", "OPERAND", "READ", "DUMMY", "WRITE"]
    vm.step()
    assert len(trace) == 5, "nothing is recorded behind the block"
    assert trace[-1] == (11, 0x0010, 1, "write")
    assert trace[1:3] == list(trace)[1:3]


def test_a_trace_counts_cycles_and_not_ticks(media):
    vm = VM(tiny.SPEC, media, {"divider": 3})
    boot(vm)
    with vm.trace_bus() as trace:
        vm.step()
    assert [row[0] for row in trace] == [7, 8, 9, 10, 11]


def test_one_trace_at_a_time(vm):
    with vm.trace_bus():
        with pytest.raises(retrovm.ArgumentError, match="traced already"), vm.trace_bus():
            pass
        vm.step()
    with vm.trace_bus() as trace:
        vm.step()
    assert len(trace) == 5


def test_a_button_is_released_after_its_frames(vm):
    keys = vm.ports.groups["keys"]
    vm.button("fire", frames=2)
    vm.button_press("left")
    vm.tick()
    assert keys.held == ("left", "fire")
    vm.tick()
    assert keys.held == ("left",)
    vm.button_release("left")
    assert keys.held == ()


def test_a_button_held_for_some_frames_is_held_as_long_after_a_snapshot(vm):
    keys = vm.ports.groups["keys"]
    vm.button("fire", frames=3)
    vm.tick()
    twin = vm.clone()
    vm.tick(2)
    assert keys.held == ()
    twin.tick()
    assert twin.ports.groups["keys"].held == ("fire",)
    twin.tick()
    assert twin.ports.groups["keys"].held == ()


def test_an_unknown_button_is_an_error_with_the_nearest(vm):
    with pytest.raises(retrovm.UnknownNameError, match="tiny has no button 'rigth'; did you mean right"):
        vm.button("rigth")
    with pytest.raises(retrovm.ArgumentError, match="1 frame or more"):
        vm.button("left", frames=0)


def test_power_on_clears_memory_and_the_reset_line_keeps_it(vm):
    vm.tick()
    count = vm.memory[0x10]
    assert count
    vm.reset(power_on=False)
    assert vm.memory[0x10] == count
    assert vm.frame == 1
    vm.reset()
    assert (vm.memory[0x10], vm.frame, vm.clock.ticks) == (0, 0, 0)


def test_switching_off_and_on_is_the_same_as_a_new_machine(vm, media):
    vm.tick(2)
    vm.reset()
    assert vm.state_hash() == VM(tiny.SPEC, media).state_hash()


def test_memory_reads_and_writes_without_side_effects(vm):
    before = vm.clock.ticks
    assert vm.memory[0x0200:0x0205] == tiny.PROGRAM[:5]
    vm.memory[0x300] = 0xAB
    vm.memory[0x301:0x304] = b"xyz"
    vm.memory[0x304:0x306] = [1, 2]
    vm.memory[0x306:0x308] = 9
    assert vm.memory[0x300:0x308] == b"\xabxyz\x01\x02\x09\x09"
    assert vm.memory.read(0x300) == 0xAB
    vm.memory.write(0x300, 1)
    assert (vm.memory[0x300], len(vm.memory), vm.clock.ticks) == (1, 0x10000, before)
    assert vm.memory[0x300:0x308:2] == b"\x01y\x01\x09"


@pytest.mark.parametrize("key", [-1, 0x10000, slice(0, 0x10001), slice(-2, None), slice(5, 4)])
def test_memory_outside_the_address_space_is_an_error(vm, key):
    with pytest.raises(retrovm.AddressError):
        vm.memory[key]


@pytest.mark.parametrize(("key", "value"), [
    (0, 256), (0, -1), (0, "a"), (slice(0, 2), b"abc"), (slice(0, 1), "a"), (slice(0, 4, 2), b"ab"),
    (slice(0, 2), [1, 300])])
def test_memory_takes_bytes_and_nothing_else(vm, key, value):
    with pytest.raises(retrovm.ArgumentError):
        vm.memory[key] = value
    assert vm.memory[0:4] == bytes(4)


def test_memory_takes_the_integers_of_numpy(vm):
    numpy = pytest.importorskip("numpy")
    vm.memory[numpy.uint16(0x300)] = numpy.uint8(7)
    vm.memory[0x301:0x303] = numpy.int64(8)
    vm.memory[0x303:0x305] = numpy.array([1, 2], numpy.uint8)
    assert vm.memory[0x300:0x305] == b"\x07\x08\x08\x01\x02"


def test_a_clone_goes_its_own_way(vm):
    vm.symbols.define("main", tiny.START)
    vm.hook("main", lambda machine: None)
    vm.tick()
    twin = vm.clone()
    assert twin.state_hash() == vm.state_hash()
    twin.tick()
    twin.symbols.define("other", 1)
    assert twin.state_hash() != vm.state_hash()
    assert list(vm.symbols) == ["main"]
    vm.tick()
    assert twin.state_hash() == vm.state_hash()


@pytest.mark.parametrize("twin_of", [copy.deepcopy, copy.copy, lambda vm: pickle.loads(pickle.dumps(vm))])
def test_a_machine_can_be_copied_and_pickled(vm, twin_of, installed):
    vm.symbols.define("main", tiny.START)
    vm.tick(2)
    vm.step()
    twin = twin_of(vm)
    assert type(twin) is VM
    assert (twin.spec, twin.options, twin.seed, twin.media) == (vm.spec, vm.options, vm.seed, vm.media)
    assert dict(twin.symbols) == dict(vm.symbols)
    assert twin.state_hash() == vm.state_hash()
    vm.tick(3)
    twin.tick(3)
    assert twin.state_hash() == vm.state_hash()


def test_a_machine_that_nobody_registered_cannot_be_pickled_but_cloned(vm, installed, monkeypatch):
    another = replace(tiny.SPEC, title="another one")
    monkeypatch.setattr("retrovm.registry.MACHINES._loaded", {"tiny": another})
    with pytest.raises(pickle.PicklingError, match=r"no machine 'tiny' is registered.*entry point"):
        pickle.dumps(vm)
    assert copy.deepcopy(vm).state_hash() == vm.state_hash()


def test_equal_seeds_give_equal_machines_and_other_seeds_do_not(media):
    hashes = {seed: VM(tiny.SPEC, media, seed=seed).state_hash() for seed in (1, 2)}
    assert hashes[1] == VM(tiny.SPEC, media).state_hash() != hashes[2]


def test_the_capabilities_that_a_machine_lacks_are_none(vm, media):
    def wire(machine, media, options):
        bus = machine.add_bus()
        bus.map(0, 0x10000, machine.add(Memory("ram", 0x10000)))
        machine.add(retrovm.cpu.mos6502.Mos6502(bus=bus))

    bare = VM(retrovm.MachineSpec(id="bare", title="", summary="", family="", wire=wire, judge=tiny.judge,
                                  clock_rate=lambda options: 1000))
    assert (bare.screen, bare.audio, bare.serial, bare._repr_png_()) == (None, None, None, None)
    assert vm.serial is vm.ports.serial


def test_a_machine_without_a_processor_is_refused(media):
    spec = retrovm.MachineSpec(id="empty", title="", summary="", family="", judge=tiny.judge,
                               wire=lambda *_: None, clock_rate=lambda options: 1000)
    with pytest.raises(retrovm.ArgumentError, match="adds no processor"):
        VM(spec)


def test_a_machine_that_has_no_processor_yet_says_so_instead_of_running():
    for run in (lambda m: m.tick(), lambda m: m.step(), lambda m: m.run_cycles(1), lambda m: m.add_hook(0, None)):
        with pytest.raises(retrovm.ArgumentError, match="no processor yet"):
            run(retrovm.Machine(1000))


def test_an_option_that_the_machine_lacks_is_an_error_with_the_nearest(media):
    with pytest.raises(retrovm.OptionError, match="did you mean clock_hz"):
        VM(tiny.SPEC, media, {"clok_hz": 5})


def test_the_name_of_a_machine_says_what_is_in_it(vm):
    vm.tick(2)
    assert repr(vm) == "<VM tiny with 'program.bin', frame 2>"


def test_the_picture_shows_itself_in_a_notebook(vm):
    assert vm._repr_png_().startswith(b"\x89PNG\r\n\x1a\n")
    assert vm.screen.image.size == (8, 4)
    assert vm.screen.ndarray.shape == (4, 8, 3)


def test_load_takes_bytes_and_paths_and_lets_options_override(installed, tmp_path):
    path = tmp_path / "program.bin"
    path.write_bytes(tiny.PROGRAM)
    vm = retrovm.load(path, clock_hz="2e6", seed=9)
    assert (vm.spec.id, vm.options["clock_hz"], vm.seed, vm.media.path) == ("tiny", 2_000_000, 9, path)
    with path.open("rb") as stream:
        assert retrovm.load(stream).media.sha1 == vm.media.sha1
    assert retrovm.load(tiny.PROGRAM, "tiny", name="x.bin").media.name == "x.bin"
    assert retrovm.load(vm.media).media is vm.media


def test_create_makes_a_machine_with_or_without_a_program(installed):
    assert retrovm.create("tiny").media is None
    vm = retrovm.create("tiny", rom=tiny.PROGRAM, divider="$2")
    assert vm.options["divider"] == 2
    assert vm.memory[0x200] == 0xE6
    with pytest.raises(retrovm.UnknownNameError, match="did you mean tiny"):
        retrovm.create("tini")
