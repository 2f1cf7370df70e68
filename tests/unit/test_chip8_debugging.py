"""Looking into a running CHIP-8: breakpoints, the stack of calls, changes of memory, the bus."""

import pytest

import retrovm
from retrovm import StopReason
from retrovm.isa.octo import assemble

PROGRAM = assemble("""
: main    v0 := 5  outer  loop again
: outer   v1 := 1  inner  ;
: inner   i := buffer  save v0  ;
: buffer  0
""")


@pytest.fixture
def vm(tmp_path):
    path = tmp_path / "a.ch8"
    path.write_bytes(PROGRAM.data)
    vm = retrovm.load(path)
    for name, address in PROGRAM.symbols.items():
        vm.symbols.define(name, address)
    return vm


def test_a_run_stops_before_the_instruction_at_a_symbol(vm):
    assert vm.run(until="inner", cycles=100) is StopReason.ADDRESS
    assert vm.cpu.pc == PROGRAM.symbols["inner"]


def test_a_hook_sees_the_addresses_that_the_calls_return_to_the_outermost_first(vm):
    seen = []
    vm.hook("inner", lambda vm: seen.append(vm.cpu.stack))
    vm.run(cycles=20)
    assert seen == [(0x204, PROGRAM.symbols["outer"] + 4)]


def test_a_run_stops_when_memory_changes(vm):
    buffer = PROGRAM.symbols["buffer"]
    assert vm.run(until=lambda vm: vm.memory[buffer] != 0, cycles=100) is StopReason.PREDICATE
    assert vm.cpu.pc == PROGRAM.symbols["inner"] + 4


def test_the_bus_tells_who_writes(vm):
    with vm.trace_bus() as trace:
        vm.run(cycles=20)
    assert [(address, value) for _, address, value, kind in trace if kind == "write"] == [(PROGRAM.symbols["buffer"], 5)]
