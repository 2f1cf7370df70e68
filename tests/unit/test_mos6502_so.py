"""SO: its falling edge sets V, two cycles behind the cycle at whose end it was first low (docs/references.md: breaks)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mos6502_machine import machine, play, record
from mos6502_scenarios import WITH_SO

from retrovm.core.python_device import PythonDevice
from retrovm.core.types import Line
from retrovm.isa.mos6502 import opcodes

SO, RDY, IRQ = int(Line.SO), int(Line.RDY), int(Line.IRQ)
V = 0x40
BVC, CLV, BIT, ADC, PHP, PLP, RTI, NOP = 0x50, 0xB8, 0x2C, 0x6D, 0x08, 0x28, 0x40, 0xEA


def v_after(program, levels, cycles, *, stack=b"", exact=True, model="6502", p=0x20):
    made = machine(bytes(program), exact=exact, registers={"s": 0xFD - len(stack), "p": p}, model=model)
    made.buses["bus"].poke_bytes(0x01FE - len(stack), stack)
    made.buses["bus"].poke_bytes(0x2000, b"\x00")
    play(made, levels)
    made.run_cycles(cycles)
    return bool(made.cpu.registers["p"] & V)


def edge(cycle, low=20):
    return [0] * cycle + [SO] * low


def test_an_edge_sets_v_and_the_level_does_not():
    made = machine(bytes([NOP, CLV, NOP]))
    made.cpu.so = True
    made.run_cycles(4)
    assert not made.cpu.registers["p"] & V
    made.run_cycles(20)
    assert not made.cpu.registers["p"] & V
    made.cpu.so = False
    made.run_cycles(2)
    made.cpu.so = True
    made.run_cycles(6)
    assert made.cpu.so
    assert made.cpu.registers["p"] & V


@pytest.mark.parametrize(("cycle", "branches"), [(0, True), (1, True), (2, False), (3, False)])
def test_bvc_goes_by_v_in_its_second_cycle(cycle, branches):
    """NOP, and BVC in cycles 2 and 3: an edge has to be there at the end of cycle 1, the last one before the branch."""
    made = machine(bytes([NOP, BVC, 0x10, NOP]))
    play(made, edge(cycle))
    made.run_cycles(4)
    assert (made.cpu.pc == 0x0403) is branches
    made.run_cycles(8)
    assert made.cpu.registers["p"] & V


def test_a_branch_whose_second_cycle_rdy_stretches_goes_by_v_in_the_last_repetition():
    made = machine(bytes([NOP, BVC, 0x10, NOP]))
    play(made, [0, 0, SO, SO | RDY, SO | RDY, SO])
    made.run_cycles(4)
    assert (made.cpu.pc, made.cpu.cycles) == (0x0403, 6)


@pytest.mark.parametrize(("cycle", "pushed"), [(0, True), (1, False), (2, False)])
def test_php_pushes_v_as_it_is_in_the_cycle_of_the_push(cycle, pushed):
    made = machine(bytes([PHP, NOP]))
    play(made, edge(cycle))
    made.run_cycles(3)
    assert bool(made.cpu.memory[0x01FD] & V) is pushed


@pytest.mark.parametrize(("cycle", "pushed"), [(2, True), (3, False)])
def test_brk_pushes_v_as_it_is_in_the_cycle_of_the_push(cycle, pushed):
    made = machine(bytes([0x00, NOP]))
    play(made, edge(cycle))
    made.run_cycles(7)
    assert bool(made.cpu.memory[0x01FB] & V) is pushed


@pytest.mark.parametrize(("program", "stack", "cycles", "last_lost"), [
    ([CLV], b"", 2, 0),
    ([BIT, 0x00, 0x20], b"", 4, 2),
    ([PLP], b"\x20", 4, 2),
    ([ADC, 0x00, 0x20], b"", 4, 3),
    ([0x6F, 0x00, 0x20], b"", 6, 5),
    ([RTI], b"\x20\x01\x04", 6, 2),
], ids=["CLV", "BIT", "PLP", "ADC", "RRA", "RTI"])
def test_an_instruction_that_writes_v_wins_over_an_edge_up_to_one_of_its_cycles(program, stack, cycles, last_lost):
    for cycle in range(cycles + 1):
        assert v_after([*program, NOP], edge(cycle), 12, stack=stack) is (cycle > last_lost), cycle


class Puller(PythonDevice):
    """Pulls SO at an access and lets it go at the next."""

    def __init__(self, cpu):
        self.low = False
        self.log = []
        super().__init__("puller")
        self.so = self.output(cpu.wire(Line.SO))

    def access(self):
        self.log.append(self.now)
        self.low = not self.low
        self.so.drive(self.low)

    def read(self, addr):
        self.access()
        return 0x3A

    def write(self, addr, value):
        self.access()


def fields(made):
    found = made.dump_fields()
    del found["cpu.changed"]
    return found


@pytest.mark.parametrize("model", WITH_SO)
@pytest.mark.parametrize("page", [0x0000, 0x4000])
def test_a_device_that_pulls_so_as_it_is_accessed_is_the_same_in_both_builds(model, page):
    for opcode in opcodes(model):
        if opcode.mnemonic in ("JAM", "STP", "WAI") or opcode.access == "none":
            continue
        for accesses in (0, 1):
            ends = []
            for exact in (True, False):
                # An access before it decides which one of the opcode's own accesses makes the edge.
                made = machine(bytes([*[0xAD, 0x00, page >> 8] * accesses, NOP, NOP, opcode.code, 0x10, 0x40, NOP, NOP, PHP]),
                               exact=exact, model=model)
                made.buses["bus"].map(page, 0x100, made.add(Puller(made.cpu)))
                made.run_cycles(16)
                ends.append((fields(made), made.devices["puller"].log))
            assert ends[0] == ends[1], (opcode, accesses)


@given(seed=st.integers(0, 2**32), slices=st.lists(st.integers(1, 60), min_size=1, max_size=12),
       period=st.sampled_from([1, 1, 3]), every=st.integers(1, 5), model=st.sampled_from(WITH_SO))
def test_any_program_with_any_edges_runs_alike_however_it_is_sliced(seed, slices, period, every, model):
    draw = random.Random(seed)
    codes = [opcode.code for opcode in opcodes(model) if opcode.mnemonic not in ("JAM", "STP")]
    program = bytes(draw.choice([0x50, 0x70, 0x08, 0x28, 0xB8, 0x69, 0x2C, draw.choice(codes)]) for _ in range(0x300))
    levels = [draw.choice([0, SO, SO, RDY, IRQ]) for _ in range(draw.randrange(60))]
    runs = []
    for exact in (True, False):
        made = machine(program, exact=exact, model=model, period=period)
        made.buses["bus"].map(0x4000, 0x100, made.add(Puller(made.cpu)))
        play(made, levels, every)
        runs.append(made)
    together, sliced = runs
    for cycles in slices:
        sliced.run_cycles(cycles)
    together.run_cycles(sliced.cpu.cycles)
    assert together.cpu.cycles == sliced.cpu.cycles
    assert fields(together) == fields(sliced)


def test_an_edge_that_has_not_set_v_yet_is_saved():
    made = machine(bytes([NOP, NOP, BVC, 0x10]))
    play(made, edge(1))
    made.run_cycles(2)
    saved = made.save_fields()
    made.run_cycles(2)
    after = made.cpu.registers
    made.load_fields(saved)
    made.run_cycles(2)
    assert made.cpu.registers == after
    assert after["p"] & V


def test_the_bus_shows_nothing_of_it():
    program = bytes([NOP, NOP, NOP])
    plain, pulled = machine(program), machine(program)
    play(pulled, edge(1))
    assert record(plain, 6) == record(pulled, 6)
