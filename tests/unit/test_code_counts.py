"""`cpu.begin_counting`: what the counting build finds is what happens on the bus, and nothing else changes by it."""

import random

import pytest
from mos6502_machine import machine, play

import retrovm
from retrovm import bundled
from retrovm.core.errors import ArgumentError
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.types import Access
from retrovm.isa.mos6502 import MODELS, opcodes

CYCLES = 3000


def scenario(model, seed, exact=False):
    """Random bytes as a program, with lines that change at random times; the same for the same seed."""
    dice = random.Random(seed)
    usable = [opcode.code for opcode in opcodes(model) if opcode.mnemonic not in ("JAM", "STP", "WAI")]
    program = bytes(dice.choice(usable) if dice.random() < 0.7 else dice.randrange(256) for _ in range(0x400))
    made = machine(program, exact=exact, model=model)
    made.cpu.bus.poke_bytes(0xFFFA, bytes.fromhex("000500060007"))
    if MODELS[model].address_lines == 16:
        play(made, [dice.choice((0, 0, 0, 1, 2)) for _ in range(60)], every=47)
    return made


def fetched(trace, kinds):
    """{address: times}, of opcodes that the bus shows, and the cycles to the next one."""
    found, spent, present = {}, {}, None
    for (_, address, _, _), kind in zip(trace, kinds, strict=True):
        if kind == Access.FETCH:
            present = address
            found[address] = found.get(address, 0) + 1
        if present is not None:
            spent[present] = spent.get(present, 0) + 1
    return found, spent


def by_address(counts):
    found = {}
    for (_, _, address, opcode), (count, _, _) in counts.cells().items():
        if opcode is not None and count:
            found[address] = found.get(address, 0) + count
    return found


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("model", ["6502", "65c02-wdc", "6510", "2a03"])
def test_the_instructions_that_are_counted_are_those_that_the_bus_shows(model, seed):
    traced, counted, plain = scenario(model, seed), scenario(model, seed), scenario(model, seed)
    with traced.cpu.trace_bus() as trace:
        traced.run_cycles(CYCLES)
    counts = counted.cpu.begin_counting()
    counted.run_cycles(CYCLES)
    counted.cpu.end_counting()
    plain.run_cycles(CYCLES)
    assert by_address(counts) == fetched(trace, trace.kinds)[0]
    assert counted.dump_fields() == plain.dump_fields()


@pytest.mark.parametrize("seed", range(4))
def test_runs_that_are_cut_anywhere_count_the_same(seed):
    whole, cut = scenario("6502", seed), scenario("6502", seed)
    one, other = whole.cpu.begin_counting(), cut.cpu.begin_counting()
    whole.run_cycles(CYCLES)
    dice = random.Random(seed)
    while cut.cpu.cycles < whole.cpu.cycles:
        dice.choice((cut.step, lambda: cut.run_cycles(min(dice.randrange(1, 60), whole.cpu.cycles - cut.cpu.cycles))))()
    assert cut.cpu.cycles == whole.cpu.cycles
    whole.cpu.end_counting()
    cut.cpu.end_counting()
    assert one.cells() == other.cells()
    assert one.nodes() == other.nodes()


@pytest.mark.parametrize("exact", [False, True])
def test_all_cycles_are_given_to_an_instruction_and_to_a_function(exact):
    made = scenario("6502", 5, exact)
    counts = made.cpu.begin_counting()
    began = made.cpu.cycles
    made.run_cycles(CYCLES)
    made.cpu.end_counting()
    spent = made.cpu.cycles - began
    assert sum(cycles for _, _, cycles in counts.cells().values()) == spent
    assert sum(node[-1] for node in counts.nodes()) == spent


@pytest.mark.parametrize("before", range(56, 68))
def test_the_room_for_cells_may_run_out_where_a_handler_begins(before):
    made = machine(bytes([0xEA] * before + [0x00, 0x00] + [0xEA] * 200))           # NOPs, BRK, NOPs
    made.cpu.bus.poke_bytes(0xFFFE, bytes.fromhex("0007"))
    made.cpu.bus.poke_bytes(0x0700, bytes([0x40]))
    counts = made.cpu.begin_counting()
    began, entry = made.cpu.cycles, made.cpu.pc
    made.run_cycles(2 * before + 7 + 6 + 100)
    made.cpu.end_counting()
    cells = counts.cells()
    assert sum(cycles for _, _, cycles in cells.values()) == made.cpu.cycles - began
    assert [count for (_, _, address, _), (count, _, _) in cells.items() if entry <= address < entry + before] == [1] * before


@pytest.mark.parametrize("seed", range(4))
def test_both_builds_count_the_same(seed):
    fast, exact = scenario("65c02-rockwell", seed), scenario("65c02-rockwell", seed, exact=True)
    one, other = fast.cpu.begin_counting(), exact.cpu.begin_counting()
    fast.run_cycles(CYCLES)
    exact.run_cycles(CYCLES)
    fast.cpu.end_counting()
    exact.cpu.end_counting()
    assert one.cells() == other.cells()
    assert one.nodes() == other.nodes()


def test_the_wait_behind_wai_is_its_own():
    made = machine(bytes.fromhex("EA CB EA"), model="65c02-wdc", registers={"p": 0x24})
    play(made, [0] * 40 + [1] * 200)
    counts = made.cpu.begin_counting()
    made.run_cycles(60)
    made.cpu.end_counting()
    cells = {(address, opcode): (count, cycles) for (_, _, address, opcode), (count, _, cycles) in counts.cells().items()}
    assert cells[0x0400, 0xEA] == (1, 2)
    assert cells[0x0401, 0xCB][0] == 1
    assert cells[0x0401, 0xCB][1] == made.cpu.cycles - 2 - sum(cycles for (address, _), (_, cycles) in cells.items()
                                                                  if address > 0x0401)


def test_code_that_changes_counts_by_what_it_was():
    made = machine(bytes.fromhex("EE 03 04 EA EE 03 04 4C 00 04"))       # INC $0403: NOP, then INX... of itself
    made.cpu.bus.poke_bytes(0x0403, b"\xE8")
    counts = made.cpu.begin_counting()
    made.step()
    made.step()
    made.cpu.end_counting()
    assert {opcode for _, _, address, opcode in counts.cells() if address == 0x0403} == {0xE9}


def test_who_counts_nests_and_the_machine_is_plain_again_behind():
    made = machine(bytes.fromhex("4C 00 04"))
    first = made.cpu.begin_counting()
    second = made.cpu.begin_counting()
    assert first is second is made.cpu.counts
    made.cpu.end_counting()
    made.run_cycles(9)
    made.cpu.end_counting()
    assert made.cpu.counts is None
    made.run_cycles(9)
    assert by_address(first) == {0x0400: 3}


def test_a_processor_that_does_not_count_says_so():
    made = Machine(1_000_000)
    bus = made.add_bus()
    bus.map(0, 0x10000, made.add(Memory("ram", 0x10000)))
    from retrovm.core.cpu import Cpu

    with pytest.raises(ArgumentError, match="does not count"):
        made.add(Cpu("other", bus)).begin_counting()


@pytest.mark.parametrize("options", [{}, {"timing": "vip"}, {"variant": "octo"}], ids=str)
def test_a_chip8_counts_its_instructions_and_stays_the_same(options):
    rom = bundled.find("ember").file
    if "timing" in options:
        rom = bytes.fromhex("6000 220A 7001 3005 1202 00E0 C1FF F10A 1210")
        counted = retrovm.create("chip8", rom, name="a.ch8", **options)
        plain = retrovm.create("chip8", rom, name="a.ch8", **options)
    else:
        counted, plain = retrovm.load(rom, **options), retrovm.load(rom, **options)
    counts = counted.cpu.begin_counting()
    counted.tick(120)
    counted.cpu.end_counting()
    plain.tick(120)
    assert sum(by_address(counts).values()) == plain.cpu.instructions
    assert counted.state_hash() == plain.state_hash()


def test_a_state_that_is_loaded_and_a_reset_do_not_disturb_the_time():
    made = machine(bytes.fromhex("EA 4C 00 04"))
    saved = made.save_fields()
    counts = made.cpu.begin_counting()
    made.run_cycles(50)
    made.load_fields(saved)
    made.run_cycles(50)
    made.cpu.bus.poke_bytes(0xFFFC, b"\x00\x04")
    made.reset(True)
    made.run_cycles(57)
    made.cpu.end_counting()
    assert sum(cycles for _, _, cycles in counts.cells().values()) == 50 + 50 + 57
    assert sum(node[-1] for node in counts.nodes()) == 50 + 50 + 57


