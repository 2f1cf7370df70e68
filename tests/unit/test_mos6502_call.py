"""Subroutines called from the host: `cpu.call` of a processor on its own, and `vm.call`, which is the same in a machine."""

import pickle

import pytest
import tiny_machine as tiny
from mos6502_scenarios import WITH_LINES

import retrovm
from retrovm import ArgumentError, CallError, CallResult, PythonDevice, StopReason
from retrovm.core.bus import Bus
from retrovm.core.clock import Clock
from retrovm.core.memory import Memory
from retrovm.cpu.mos6502 import Mos6502
from retrovm.isa.mos6502_asm import assemble

HOME, SUBROUTINE = 0x0400, 0x0500
NMI_HANDLER, IRQ_HANDLER = 0x9000, 0x9100

ADD = "CLC\nSTX $10\nADC $10\nRTS"               # A := A + X
ADD_CYCLES = 2 + 3 + 3 + 6
COUNT_AND_MASK = "INX\nPLA\nORA #4\nPHA\nRTI"    # goes back with I set, so a line that stays low interrupts once
COUNT_AND_MASK_CYCLES = 2 + 4 + 2 + 3 + 6

builds = pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])


def processor(source=ADD, *, model="6502", exact=False, s=0xFF, **options):
    cpu = Mos6502(model, **options)
    cpu.exact = exact
    assemble(source, SUBROUTINE, model).put_into(cpu.memory)
    cpu.memory[HOME : HOME + 0x10] = b"\xea" * 0x10
    cpu.memory[0xFFFA:0x10000] = bytes([0x00, 0x90, 0x00, 0x04, 0x00, 0x91])
    cpu.memory[NMI_HANDLER] = cpu.memory[IRQ_HANDLER] = 0x40
    cpu.registers = {"pc": HOME, "s": s, "p": 0x24}
    return cpu


@pytest.mark.parametrize("model", WITH_LINES)
@builds
def test_a_call_runs_a_subroutine_and_comes_back_to_where_the_processor_was(model, exact):
    cpu = processor(model=model, exact=exact)
    result = cpu.call(SUBROUTINE, a=3, x=4)
    assert result == CallResult(ADD_CYCLES, cpu.registers)
    assert cpu.registers == {"pc": HOME, "a": 7, "x": 4, "y": 0, "s": 0xFF, "p": 0x24}
    assert cpu.call(SUBROUTINE).registers["a"] == 11, "registers that are not given stay"


@pytest.mark.parametrize("period", [1, 12])
@builds
def test_a_call_counts_cycles_and_not_ticks(exact, period):
    cpu = processor(exact=exact, period=period)
    assert cpu.call(SUBROUTINE).cycles == cpu.cycles == ADD_CYCLES
    assert cpu.clock.ticks == period * ADD_CYCLES


@builds
def test_of_p_the_flags_can_be_given(exact):
    cpu = processor("ADC #0\nRTS", exact=exact)
    assert cpu.call(SUBROUTINE, a=1, p=0x01).registers["a"] == 2
    assert cpu.call(SUBROUTINE, a=1, p=0x00).registers["a"] == 1


@pytest.mark.parametrize("s", [0x00, 0x01, 0x02, 0xFF])
@builds
def test_the_stack_pointer_may_wrap_around(s, exact):
    cpu = processor(exact=exact, s=s)
    assert cpu.call(SUBROUTINE, a=1, x=1).registers["s"] == s
    assert cpu.memory[0x0100 | s] == (HOME - 1) >> 8
    assert cpu.memory[0x0100 | (s - 1) & 0xFF] == (HOME - 1) & 0xFF


@pytest.mark.parametrize("home", [0x0000, 0x0001, 0x00FF, 0x0100, 0xFFFF])
def test_the_program_counter_may_be_anywhere(home):
    cpu = processor(s=0x80)
    cpu.pc = home
    assert cpu.call(SUBROUTINE, a=1, x=1).registers["pc"] == home


@builds
def test_a_new_processor_runs_its_reset_sequence_first(exact):
    cpu = processor(exact=exact)
    cpu.power_cycle()
    result = cpu.call(SUBROUTINE, a=1, x=1)
    assert (result.cycles, result.registers["a"], cpu.pc, cpu.registers["s"]) == (ADD_CYCLES, 2, HOME, 0xFD)
    assert cpu.cycles == 7 + ADD_CYCLES


@builds
def test_the_subroutine_may_itself_run_through_where_the_processor_was(exact):
    cpu = processor("JSR $0400\nRTS", exact=exact)
    cpu.memory[HOME:HOME + 2] = b"\xe8\x60"                       # INX; RTS
    assert cpu.call(SUBROUTINE).registers["x"] == 1
    cpu.pc = SUBROUTINE
    assert cpu.call(SUBROUTINE).registers["x"] == 2, "a subroutine may be called at its own address"


@builds
def test_the_subroutine_may_begin_with_its_own_return(exact):
    cpu = processor("RTS", exact=exact)
    assert cpu.call(SUBROUTINE).cycles == 6


@builds
def test_an_interrupt_on_the_way_is_served_and_its_cycles_count(exact):
    cpu = processor("CLI\nNOP\nSEI\nRTS", exact=exact)
    assemble(COUNT_AND_MASK, IRQ_HANDLER).put_into(cpu.memory)
    cpu.irq = True
    result = cpu.call(SUBROUTINE)
    assert (result.registers["x"], result.cycles) == (1, 2 + 2 + 7 + COUNT_AND_MASK_CYCLES + 2 + 6)


@builds
def test_an_interrupt_that_was_about_to_be_served_is_served_in_the_subroutine(exact):
    cpu = processor("NOP\nRTS", exact=exact)
    cpu.memory[NMI_HANDLER : NMI_HANDLER + 2] = b"\xe8\x40"        # INX; RTI
    cpu.nmi = True
    cpu.step()                                                    # the NOP at $0400 polls it
    assert cpu.call(SUBROUTINE).registers["x"] == 1
    assert cpu.pc == HOME + 1


@builds
def test_an_interrupt_that_the_last_instruction_polls_is_served_before_the_call_is_over(exact):
    cpu = processor("CLI\nRTS", exact=exact)
    assemble(COUNT_AND_MASK, IRQ_HANDLER).put_into(cpu.memory)
    cpu.irq = True
    result = cpu.call(SUBROUTINE)
    assert (result.registers["x"], cpu.pc, result.registers["s"]) == (1, HOME, 0xFF)


@pytest.mark.parametrize(("source", "model", "message"), [
    ("JMP $0500", "6502", r"CYCLES at \$0500 after 1002 cycles; limit=1000 is what it may take"),
    (".byte $02", "6502", r"HALTED at \$0501 after 1000 cycles; the opcode before stops the processor for good"),
    ("STP", "65c02-wdc", r"HALTED at \$0501 after 1000 cycles; STP stops the processor until a reset"),
    ("WAI", "65c02-wdc", r"CYCLES at \$0501 after 1000 cycles; WAI waits for an interrupt"),
    ("PHA\nJMP $0400", "6502", r"CYCLES at"),
])
@builds
def test_a_call_says_why_the_subroutine_did_not_come_back(source, model, message, exact):
    cpu = processor(source, model=model, exact=exact)
    with pytest.raises(CallError, match=r"the subroutine at \$0500 did not come back: " + message):
        cpu.call(SUBROUTINE, limit=1000)


@builds
def test_a_subroutine_that_takes_exactly_its_limit_came_back(exact):
    assert processor(exact=exact).call(SUBROUTINE, limit=ADD_CYCLES).cycles == ADD_CYCLES
    with pytest.raises(CallError, match="limit=8"):
        processor(exact=exact).call(SUBROUTINE, limit=8)


@builds
def test_a_hook_of_the_bus_ends_a_call_and_stays(exact):
    cpu = processor(exact=exact)
    cpu.bus.hook(SUBROUTINE + 1)
    with pytest.raises(CallError, match=r"ADDRESS at \$0501 after 2 cycles; a hook stops there"):
        cpu.call(SUBROUTINE)
    cpu.bus.hook(SUBROUTINE + 1, False)
    cpu.bus.hook(HOME)
    cpu.pc = HOME
    cpu.call(SUBROUTINE)
    cpu.pc = HOME - 1
    cpu.memory[HOME - 1] = 0xEA
    assert cpu.run(cycles=100) is StopReason.ADDRESS, "the hook at the return address is still there"


@pytest.mark.parametrize(("arguments", "options", "message"), [
    ((0x10000,), {}, r"an address is \$0000-\$FFFF, not 65536"),
    ((-1,), {}, r"an address is \$0000-\$FFFF, not -1"),
    (("add",), {}, "an address is a number, not 'add'; names are for a machine's `vm.call`"),
    ((SUBROUTINE,), {"limit": -1}, "a number of cycles is 0 or more, not -1"),
    ((SUBROUTINE,), {"q": 1}, "no register 'q'"),
    ((SUBROUTINE,), {"a": 256}, "256 does not fit into register a"),
    ((SUBROUTINE,), {"s": 0x80}, "a call sets pc and s itself"),
    ((SUBROUTINE,), {"pc": 0x80}, "a call sets pc and s itself"),
])
def test_a_call_that_cannot_be_is_refused_and_changes_nothing(arguments, options, message):
    cpu = processor()
    before = cpu.registers, bytes(cpu.memory), cpu.cycles
    with pytest.raises(ArgumentError, match=message):
        cpu.call(*arguments, **options)
    assert (cpu.registers, bytes(cpu.memory), cpu.cycles) == before


def test_a_call_needs_a_stack_and_changes_nothing_without_one():
    bus = Bus(Clock(1_000_000))
    bus.map(0, 0x100, Memory("ram", 0x100))
    cpu = Mos6502(bus=bus)
    cpu.pc = 0x10
    before = cpu.registers
    with pytest.raises(ArgumentError):
        cpu.call(0x20, a=1)
    assert cpu.registers == before


@builds
def test_what_a_device_raises_ends_a_call(exact):
    class Broken(PythonDevice):
        def read(self, addr):
            raise LookupError("nothing to read")

    cpu = processor("LDA $4000\nRTS", exact=exact)
    cpu.bus.map(0x4000, 0x100, Broken("broken"))
    with pytest.raises(LookupError, match="nothing to read"):
        cpu.call(SUBROUTINE)
    cpu.memory[SUBROUTINE] = 0x60
    assert cpu.call(SUBROUTINE).cycles == 6, "it goes on"


@builds
def test_a_trace_of_a_processor_on_its_own_has_every_cycle(exact):
    cpu = processor(exact=exact)
    with cpu.trace_bus() as trace:
        cpu.call(SUBROUTINE, a=3, x=4)
        with pytest.raises(ArgumentError, match="traced already"), cpu.trace_bus():
            pass
    assert len(trace) == ADD_CYCLES
    assert trace[2:8] == [(2, 0x0501, 0x86, "read"), (3, 0x0502, 0x10, "read"), (4, 0x0010, 4, "write"),
                          (5, 0x0503, 0x65, "read"), (6, 0x0504, 0x10, "read"), (7, 0x0010, 4, "read")]
    cpu.step()
    assert len(trace) == ADD_CYCLES, "nothing is recorded behind the block"


def test_a_result_can_be_pickled():
    result = processor().call(SUBROUTINE)
    assert pickle.loads(pickle.dumps(result)) == result


# --- in a machine -----------------------------------------------------------------------------------------

@pytest.fixture
def vm(media):
    vm = retrovm.VM(tiny.SPEC, media)
    vm.step()
    return vm


def test_a_machine_and_its_processor_alone_give_the_same_result(vm):
    alone = Mos6502()
    alone.memory[:] = vm.memory[:]
    alone.registers = vm.cpu.registers
    assert alone.call(tiny.MULTIPLY, a=3, x=4) == vm.call(tiny.MULTIPLY, a=3, x=4)


def test_a_hook_may_call_a_subroutine_and_the_hook_at_the_return_address_is_not_called_for_it(vm):
    """The call comes back to the hooked instruction, which has not run yet: it would call itself for ever."""
    results, pc = [], vm.cpu.pc

    def hook(machine):
        results.append(machine.call(tiny.MULTIPLY, a=3, x=4).registers["a"])

    vm.hook(pc, hook)
    vm.step()
    assert results == [12]
    assert vm.cpu.pc != pc


def test_a_hook_in_a_subroutine_may_call_another(vm):
    squares = []

    def hook(machine):
        if not squares:
            squares.append(0)                      # the call from here comes by this hook, too
            saved = machine.cpu.registers
            squares[0] = machine.call(tiny.MULTIPLY, a=5, x=5).registers["a"]
            machine.cpu.registers = saved

    vm.hook(tiny.MULTIPLY, hook)
    assert vm.call(tiny.MULTIPLY, a=7, x=6).registers["a"] == 42
    assert squares == [25]


def test_hooks_at_the_return_address_are_called_when_its_instruction_runs(vm):
    calls, pc = [], vm.cpu.pc
    vm.hook(pc, lambda machine: calls.append(machine.cpu.cycles))
    vm.call(tiny.MULTIPLY, a=3, x=4)
    assert calls == []
    vm.run(cycles=1)
    assert len(calls) == 1


def test_a_machine_that_stopped_at_a_hook_goes_on_there_after_a_call(vm):
    stops, pc = [], vm.cpu.pc

    def hook(machine):
        stops.append(machine.cpu.pc)
        return StopReason.ADDRESS

    vm.hook(pc, hook)
    assert vm.run(cycles=100) is StopReason.ADDRESS
    vm.call(tiny.MULTIPLY, a=3, x=4)
    vm.run(cycles=1)
    assert stops == [pc], "the instruction that it stopped at runs, and is not stopped at again"


@builds
def test_a_processor_that_rdy_holds_does_not_come_back(exact):
    cpu = processor(exact=exact)
    cpu.rdy = True
    with pytest.raises(CallError, match="after 1000 cycles; RDY is low, and holds the processor"):
        cpu.call(SUBROUTINE, limit=1000)
