"""RDY: while it is low at the end of a cycle, that cycle does not end; NMOS looks at it in reads only."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mos6502_machine import machine, play, record, witness
from mos6502_scenarios import LONG, WITH_LINES, variants

from retrovm.core.python_device import PythonDevice
from retrovm.core.types import Line, StopReason
from retrovm.cpu.mos6502 import MODELS
from retrovm.isa.mos6502 import opcodes

RDY, IRQ = int(Line.RDY), int(Line.IRQ)
SHOWN = 12
VECTORS = {0xFFFA: b"\x00\x90", 0xFFFE: b"\x00\x91"}
HANDLERS = {0x9000: bytes([0xE8, 0x40]), 0x9100: bytes([0xC8, 0x40])}      # INX; RTI and INY; RTI


def prepared(program, model="6502", *, exact=True):
    made = machine(program.code, model=model, exact=exact,
                   registers={"p": program.p, "s": 0xFD - len(program.stack), **program.registers})
    for address, content in {0x01FE - len(program.stack): program.stack, **program.memory}.items():
        made.buses["bus"].poke_bytes(address, content)
    return made


def stretched(cycles, levels, *, writes_too):
    """The cycles as they are with these levels of RDY, one for each cycle that really passes."""
    shown = []
    for _, address, value, kind in cycles:
        while True:
            shown.append((len(shown), address, value, kind))
            low = len(shown) <= len(levels) and levels[len(shown) - 1]
            if not low or (kind == "write" and not writes_too):
                break
    return shown


@pytest.mark.parametrize("model", MODELS)
def test_rdy_stretches_any_cycle_of_any_opcode_and_changes_nothing_else(model):
    # RDY changes what the unstable stores write: a test of their own, below.
    every = [variant for variant in variants(model) if variant.opcode.mnemonic not in ("SHA", "SHX", "SHY", "TAS")]
    for variant in every if LONG else random.Random(model).sample(every, 60):
        plain = record(prepared(variant.program, model), SHOWN)
        for first in range(9):
            for length in (1, 2, 5):
                levels = [0] * first + [RDY] * length
                made = prepared(variant.program, model)
                play(made, levels)
                seen = record(made, SHOWN)
                assert seen == stretched(plain, levels, writes_too=model.startswith("65c02"))[:SHOWN], (variant, levels)


def test_an_nmos_processor_ends_its_writes_and_stops_at_the_next_read():
    made = machine(bytes([0xEE, 0x00, 0x20]))                              # INC $2000: two writes, in cycles 4 and 5
    play(made, [0, 0, 0, 0, RDY, RDY, RDY, RDY])
    assert [(address, kind) for _, address, _, kind in record(made, 9)] == [
        (0x0400, "read"), (0x0401, "read"), (0x0402, "read"), (0x2000, "read"), (0x2000, "write"), (0x2000, "write"),
        (0x0403, "read"), (0x0403, "read"), (0x0403, "read")]


def test_a_cmos_processor_stops_in_a_write_whose_device_sees_it_again():
    made = machine(bytes([0x8D, 0x00, 0x20]), model="65c02-wdc", registers={"a": 0x11})
    device = witness(made, 0x2000)
    play(made, [0, 0, 0, RDY, RDY])
    assert record(made, 7)[3:] == [(3, 0x2000, 0x11, "write"), (4, 0x2000, 0x11, "write"), (5, 0x2000, 0x11, "write"),
                                   (6, 0x0403, 0xEA, "read")]
    assert [cycle for cycle, *_ in device.log] == [3, 4, 5]


def test_a_device_sees_a_stretched_read_in_each_of_its_cycles():
    made = machine(bytes([0xAD, 0x00, 0x20]))
    device = witness(made, 0x2000)
    play(made, [0, 0, 0, RDY, RDY, RDY])
    made.step()
    assert [cycle for cycle, *_ in device.log] == [3, 4, 5, 6]
    assert made.cpu.cycles == 7


@pytest.mark.parametrize("exact", [True, False])
def test_the_host_holds_a_processor_between_instructions_for_as_long_as_it_likes(exact):
    made = machine(bytes([0xE8]), exact=exact)
    made.cpu.rdy = True
    assert made.cpu.rdy
    assert made.run_cycles(5_000_000) is StopReason.CYCLES
    assert (made.cpu.cycles, made.cpu.pc, made.cpu.registers["x"]) == (5_000_000, 0x0400, 0)
    assert made.step() == 1
    made.cpu.rdy = False
    assert made.step() == 2
    assert made.cpu.registers["x"] == 1


def test_a_hook_at_an_instruction_that_rdy_holds_back_is_called_once():
    made = machine(bytes([0xEA, 0xE8]))
    play(made, [0, 0, *[RDY] * 100])
    calls = []
    made.add_hook(0x0401, lambda _: calls.append(made.clock.ticks))
    made.run_cycles(50)
    made.run_cycles(100)
    assert calls == [2]
    assert made.cpu.registers["x"] == 1


@pytest.mark.parametrize("exact", [True, False])
def test_hooks_are_called_again_once_the_host_has_let_go(exact):
    made = machine(bytes([0xE8, 0xE8, 0xE8]), exact=exact)
    calls = []
    for address in (0x0400, 0x0402):
        made.add_hook(address, lambda _: calls.append(made.cpu.pc))
    made.cpu.rdy = True
    made.run_cycles(10)
    made.cpu.rdy = False
    made.run_cycles(10)
    assert calls == [0x0400, 0x0402]


class Holder(PythonDevice):
    """Pulls RDY at an access, and lets it go some ticks later, or never, as `for_ticks` says; and lets the next one pass."""

    def __init__(self, cpu, for_ticks):
        self.cpu = cpu
        self.for_ticks = for_ticks
        self.until = None
        self.served = False
        self.log = []
        super().__init__("holder")
        self.rdy = self.output(cpu.wire(Line.RDY))

    def access(self, *what):
        self.log.append((self.now, *what))
        ticks = self.for_ticks(what[1], self)
        if self.served:
            self.served = False
        elif ticks is not None and self.until is None:
            self.rdy.drive(True)
            self.until = self.now + ticks

    def run_to(self, now):
        if self.until is not None and self.until <= now:
            self.until = None
            self.served = True
            self.rdy.drive(False)

    def next_event(self):
        return self.until

    def read(self, addr):
        self.access("read", addr)
        return (0x20 + len(self.log)) & 0xFF

    def write(self, addr, value):
        self.access("write", addr, value)


def with_holder(program, for_ticks, *, exact, model="6502", registers=None, page=0x4000, period=1):
    made = machine(program, model=model, exact=exact, registers=registers, period=period)
    for address, content in {**VECTORS, **HANDLERS}.items():
        made.buses["bus"].poke_bytes(address, content)
    made.buses["bus"].map(page, 0x100, made.add(Holder(made.cpu, for_ticks)))
    return made


def fields(made):
    found = made.dump_fields()
    del found["cpu.changed"]
    return found


@pytest.mark.parametrize("exact", [True, False])
def test_a_store_that_holds_the_processor_until_the_end_of_a_line_delays_the_next_instruction(exact):
    """What STA WSYNC does on the Atari 2600: the store ends in cycle 3, the next fetch waits until cycle 75."""
    made = with_holder(bytes([0x8D, 0x00, 0x40, 0xE8]), lambda *_: 72, exact=exact)
    made.step()
    assert made.cpu.cycles == 4
    made.run_cycles(74 - 4)
    assert (made.cpu.pc, made.cpu.cycles) == (0x0403, 74)
    made.run_cycles(1)
    assert (made.cpu.pc, made.cpu.cycles) == (0x0403, 75)
    made.step()
    assert made.cpu.cycles == 77
    assert made.cpu.registers["x"] == 1


@pytest.mark.parametrize("exact", [True, False])
def test_a_slow_device_gets_the_cycles_that_it_asks_for(exact):
    """A wait state: the device pulls RDY as it is read, and lets go in the next cycle, in which it is read again."""
    made = with_holder(bytes([0xAD, 0x00, 0x40]), lambda *_: 1, exact=exact)
    made.step()
    assert made.cpu.cycles == 5
    assert [tick for tick, *_ in made.devices["holder"].log] == [3, 4]
    assert made.cpu.registers["a"] == 0x22


@pytest.mark.parametrize("exact", [True, False])
def test_a_processor_that_is_held_within_an_instruction_for_good_halts(exact):
    made = with_holder(bytes([0xAD, 0x00, 0x40]), lambda *_: 1 << 40, exact=exact)
    made.step()
    assert made.cpu.is_held
    assert made.cpu.cycles == 4 + (1 << 20)
    assert made.run_cycles(10) is StopReason.HALTED
    made.reset(power_on=False)
    assert not made.cpu.is_held


@pytest.mark.parametrize("model", WITH_LINES)
@pytest.mark.parametrize("period", [1, 3])
def test_a_device_that_holds_the_processor_at_any_access_is_the_same_in_both_builds(model, period):
    for opcode in opcodes(model):
        if opcode.mnemonic in ("JAM", "STP") or opcode.access == "none":
            continue
        page_zero = opcode.syntax.size == 1
        for index in (0x00, 0x30):
            for ticks in (1, 2, 3, 7):
                target = 0x4010
                program = bytes([0xEA, opcode.code, 0x20 if page_zero else (target - index) & 0xFF,
                                 (target - index) >> 8 if not page_zero else 0xEA, 0xEA, 0xA5, 0x07, 0x58, 0xEA, 0xEA])
                ends = []
                for exact in (True, False):
                    made = with_holder(program, lambda *_, ticks=ticks: ticks, exact=exact, model=model, period=period,
                                       registers={"x": index, "y": index})
                    pointer = target - index if opcode.mode == "izy" else target
                    made.buses["bus"].poke_bytes(0x20, pointer.to_bytes(2, "little"))
                    made.buses["bus"].poke_bytes(0x20 + index, pointer.to_bytes(2, "little"))
                    # An interrupt and another stall, that fall into what comes behind the first one.
                    play(made, [0] * 7 + [IRQ, 0, RDY, 0, IRQ, IRQ], every=period)
                    made.run_cycles(60)
                    ends.append((fields(made), made.devices["holder"].log))
                assert ends[0] == ends[1], (opcode, index, ticks)


@pytest.mark.parametrize("page", [0x0000, 0x0100])
@pytest.mark.parametrize("model", ["6502", "65c02-wdc"])
def test_a_device_below_that_holds_the_processor_is_the_same_in_both_builds(model, page):
    """In page zero and in the stack."""
    for opcode in opcodes(model):
        if opcode.mnemonic in ("JAM", "STP"):
            continue
        program = bytes([0xEA, opcode.code, 0x20, 0x05, 0xEA, 0xA5, 0x07, 0x48, 0x68, 0x58, 0xEA, 0xEA])
        ends = []
        for exact in (True, False):
            made = with_holder(program, lambda _, holder: 1 + len(holder.log) % 3, exact=exact, model=model, page=page,
                               registers={"x": 0xF3, "y": 0xF3})
            play(made, [0] * 6 + [RDY, 0, 0, RDY, RDY, 0, IRQ, IRQ])
            made.run_cycles(80)
            ends.append((fields(made), made.devices["holder"].log))
        assert ends[0] == ends[1], opcode


@given(seed=st.integers(0, 2**32), slices=st.lists(st.integers(1, 120), min_size=1, max_size=12),
       period=st.sampled_from([1, 1, 3, 12]), every=st.integers(1, 13), model=st.sampled_from([*WITH_LINES]))
def test_any_program_with_any_stalls_and_interrupts_runs_alike_however_it_is_sliced(seed, slices, period, every, model):
    draw = random.Random(seed)
    codes = [opcode.code for opcode in opcodes(model) if opcode.mnemonic not in ("JAM", "STP")]
    program = bytes(draw.choice([0x40, 0x40, draw.choice(codes), draw.randrange(0x40)]) for _ in range(0x300))
    registers = {name: draw.randrange(256) for name in "axy"}
    levels = [draw.choice([0, 0, 0, IRQ, int(Line.NMI), RDY, RDY | IRQ]) for _ in range(draw.randrange(60))]
    runs = []
    for exact in (True, False):
        made = with_holder(program, lambda addr, _: addr & 7 or None, exact=exact, model=model, registers=registers,
                           period=period)
        made.buses["bus"].poke_bytes(0, bytes(0x40 if n & 3 == 1 else n for n in range(256)))
        play(made, levels, every)
        runs.append(made)
    together, sliced = runs
    for cycles in slices:
        sliced.run_cycles(cycles)
    together.run_cycles(sliced.cpu.cycles)
    assert together.cpu.cycles == sliced.cpu.cycles
    assert together.devices["holder"].log == sliced.devices["holder"].log
    assert fields(together) == fields(sliced)


CLI, SEI, NOP, INC = 0x58, 0x78, 0xEA, 0xEE


def sequence_begins(program, levels, *, p=0x20, stack=b""):
    """The cycle in which an IRQ sequence begins, None without one: its two reads stand before three pushes."""
    made = machine(bytes(program), registers={"p": p, "s": 0xFD - len(stack)})
    made.buses["bus"].poke_bytes(0xFFFE, b"\x00\x91")
    made.buses["bus"].poke_bytes(0x01FE - len(stack), stack)
    play(made, levels)
    vectors = [cycle for cycle, address, _, _ in record(made, 40) if address == 0xFFFE]
    return vectors[0] - 5 if vectors else None


def test_a_last_cycle_that_is_stretched_polls_in_every_repetition_but_the_last():
    """LDA $10 in cycles 0 to 2; its last cycle is performed in cycles 2, 3 and 4."""
    stretch = [0, 0, RDY, RDY, 0]
    for cycle, begins in ((0, None), (1, 5), (2, 5), (3, 5), (4, None)):
        levels = [stretch[n] | (IRQ if n == cycle else 0) for n in range(5)]
        assert sequence_begins([0xA5, 0x10, INC, 0x00, 0x20], levels) == begins, cycle


def test_a_cycle_before_the_last_polls_once_however_long_it_is():
    """LDA $10 again; its second cycle is performed in cycles 1, 2 and 3, and the last of these polls."""
    stretch = [0, RDY, RDY, 0, 0]
    for cycle, begins in ((0, None), (1, None), (2, None), (3, 5), (4, None)):
        levels = [stretch[n] | (IRQ if n == cycle else 0) for n in range(5)]
        assert sequence_begins([0xA5, 0x10, INC, 0x00, 0x20], levels) == begins, cycle


def test_cli_lets_an_interrupt_in_at_once_when_its_last_cycle_is_stretched():
    """I is clear as soon as that cycle has been performed once."""
    assert sequence_begins([CLI, INC, 0x00, 0x20], [IRQ] * 40, p=0x24) == 8
    assert sequence_begins([CLI, INC, 0x00, 0x20], [IRQ, IRQ | RDY, *[IRQ] * 40], p=0x24) == 3


def test_sei_keeps_an_interrupt_out_that_comes_while_its_last_cycle_is_stretched():
    assert sequence_begins([SEI, INC, 0x00, 0x20], [IRQ, RDY, 0]) == 3
    assert sequence_begins([SEI, INC, 0x00, 0x20], [0, IRQ | RDY, IRQ | RDY, IRQ]) is None


def test_plp_goes_by_the_old_i_however_long_its_last_cycle_is():
    assert sequence_begins([0x28, NOP, INC, 0x00, 0x20], [0, 0, 0, IRQ | RDY, IRQ | RDY, *[IRQ] * 9], p=0x24,
                           stack=b"\x20") == 8


def test_a_taken_branch_polls_in_the_repetitions_of_its_second_cycle_but_the_last():
    """BNE to itself and on, in cycles 0 to 2; its second cycle is performed in cycles 1, 2 and 3."""
    stretch = [0, RDY, RDY, 0, 0, 0]
    for cycle, begins in ((0, 5), (1, 5), (2, 5), (3, None), (4, None)):
        levels = [stretch[n] | (IRQ if n == cycle else 0) for n in range(6)]
        assert sequence_begins([0xD0, 0x00, INC, 0x00, 0x20], levels, p=0x20) == begins, cycle


def test_a_taken_branch_does_not_poll_in_repetitions_of_its_third_cycle():
    stretch = [0, 0, RDY, RDY, 0, 0]
    for cycle, begins in ((0, 5), (1, None), (2, None), (3, None), (4, None)):
        levels = [stretch[n] | (IRQ if n == cycle else 0) for n in range(6)]
        assert sequence_begins([0xD0, 0x00, INC, 0x00, 0x20], levels, p=0x20) == begins, cycle


@pytest.mark.parametrize(("code", "registers", "plain"), [
    (0x9F, {"a": 0xFF, "x": 0xF3}, 0xF3), (0x9E, {"x": 0xF3}, 0xF3), (0x9C, {"y": 0xF3}, 0xF3),
    (0x9B, {"a": 0xFF, "x": 0xF3}, 0xF3)], ids=["SHA", "SHX", "SHY", "TAS"])
def test_an_unstable_store_leaves_out_the_high_byte_when_the_cycle_before_is_stretched(code, registers, plain):
    for levels, stored in (([], plain & 0x21), ([0, 0, 0, RDY], plain)):
        made = machine(bytes([code, 0x00, 0x20]), registers={"x": 0, "y": 0, **registers})
        play(made, levels)
        writes = [(address, value) for _, address, value, kind in record(made, 6) if kind == "write"]
        index = made.cpu.registers["x" if code == 0x9C else "y"]
        assert writes == [(0x2000 + index, stored)]
