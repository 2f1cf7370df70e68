"""A watched run is the run that it would have been: the same state and cycles, and each access told once, as the bus saw it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mos6502_machine import machine, play
from watch_oracle import events_of, row_of, wanted

import retrovm
from retrovm.core.types import Line
from retrovm.cpu import chip8
from retrovm.isa.mos6502 import MODELS, opcodes

LENGTH = 300                              # cycles of a random run
OPCODES = {model: [opcode.code for opcode in opcodes(model) if opcode.mnemonic not in ("JAM", "STP")] for model in MODELS}
INPUTS = int(Line.IRQ), int(Line.NMI), int(Line.RDY), int(Line.SO)

# Code, zero page, stack and vectors, and addresses anywhere.
places = st.one_of(st.integers(0x0000, 0x02FF), st.integers(0x0400, 0x04FF), st.integers(0xFF00, 0xFFFF),
                   st.integers(0x0000, 0xFFFF))
points = st.lists(st.tuples(places, st.sampled_from((0, 1, 0x10, 0x180, 0x4000)),
                            st.sampled_from(("write", "read", "access", "bus")),
                            st.none() | st.integers(0, 255)), min_size=1, max_size=4)
levels = st.lists(st.sampled_from((0, 0, 0, 0, *INPUTS)), max_size=12)


def a_6502(seed, lines, *, exact, model, period):
    """Random opcodes and operands, which mostly stay near the beginning of memory."""
    noise = random.Random(seed)
    made = machine(exact=exact, model=model, period=period,
                   registers={name: noise.randrange(256) for name in ("a", "x", "y", "s")})
    size = made.cpu.bus.size
    made.cpu.bus.poke_bytes(0, bytes(noise.choices((*OPCODES[model], *[0, 1, 3, 4, 5] * 40), k=0x800)) * (size // 0x800))
    play(made, [bit & sum(made.cpu.wires) for bit in lines], every=5 * period)
    return made


def limited(found, bus):
    """The watchpoints of a list that lie in an address space, each cut off at its end."""
    return [(first, min(first + more, bus.size - 1), on, value) for first, more, on, value in found if first < bus.size]


def compare(build, found, cycles):
    """Runs equal machines watched, unwatched and stepped under a trace."""
    watched, plain, stepped = build(), build(), build()
    told = []
    found = limited(found, watched.cpu.bus)
    for first, last, on, value in found:
        watched.add_watch(first, last, lambda machine, event: told.append(event), on=on, value=value)
    shadow = bytearray(stepped.cpu.bus.peek_bytes(0, stepped.cpu.bus.size))
    for made in (watched, plain):
        made.run_cycles(cycles)
    rows = events_of(stepped, cycles)
    assert watched.dump_fields() == plain.dump_fields()
    expected = [row for row in rows for point in found if wanted(row, *point)]
    assert [row_of(event) for event in told] == expected
    olds = []
    for row in rows:
        _, address, value, direction, _, _ = row
        olds += [shadow[address] if direction == "write" else None for point in found if wanted(row, *point)]
        if direction == "write":
            shadow[address] = value
    assert [event.old for event in told] == olds


@pytest.mark.parametrize("exact", [True, False])
@given(model=st.sampled_from(sorted(OPCODES)), seed=st.integers(0, 2**32), lines=levels, found=points,
       period=st.sampled_from((1, 3)))
def test_a_6502_is_told_of_as_its_bus_is_and_runs_as_if_nobody_watched(exact, model, seed, lines, found, period):
    compare(lambda: a_6502(seed, lines, exact=exact, model=model, period=period), found, LENGTH)


def a_chip8(seed, variant, **options):
    """Random instructions that mostly load, store, draw and call."""
    noise = random.Random(seed)
    words = []
    for _ in range(200):
        x = noise.randrange(16) << 8
        words.append(noise.choice((
            0x6000 | x | noise.randrange(256), 0xA200 | noise.randrange(0x200), 0xF055 | x, 0xF065 | x, 0xF033 | x, 0xF01E | x,
            0xD000 | noise.randrange(4096), 0x2200 | noise.randrange(0, 0x190, 2), 0x00EE, 0x00E0, 0xF015 | x, 0xF029 | x,
            noise.randrange(0x10000))))
    return retrovm.create("chip8", b"".join(word.to_bytes(2, "big") for word in words), name="program.ch8", format="ch8",
                          variant=variant, seed=seed, **options)


chip8_places = st.one_of(st.integers(0x200, 0x3FF), st.integers(0, 0xFFF))
chip8_points = st.lists(st.tuples(chip8_places, st.sampled_from((0, 1, 0x10, 0x100)),
                                  st.sampled_from(("write", "read", "access", "bus")),
                                  st.none() | st.integers(0, 255)), min_size=1, max_size=3)


@pytest.mark.parametrize("variant", sorted(chip8.VARIANTS))
@given(seed=st.integers(0, 2**32), found=chip8_points)
def test_every_member_of_the_chip_8_family_is_told_of_as_its_bus_is(variant, seed, found):
    compare(lambda: a_chip8(seed, variant, tickrate=(7, 100)[seed & 1]), found, 200)


@given(seed=st.integers(0, 2**32), found=chip8_points)
def test_the_time_of_a_vip_is_the_same_while_somebody_watches(seed, found):
    compare(lambda: a_chip8(seed, "chip8", timing="vip"), found, 20_000)
