"""Interrupts of the NMOS 6502 against bus traces of the chip's netlist.

RETROVM_TESTDATA names the folder that holds 6502-interrupts/: each opcode with a one-cycle pulse of IRQ or NMI in
each of its cycles (poll), and the flag windows, hijackings and arbitrations (windows). A row says which lines are low
at the end of each cycle, and what the bus carried.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from retrovm.core.bus import Tracer
from retrovm.core.line_script import LineScript
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.recorder import RecordingMemory
from retrovm.cpu.mos6502 import Mos6502

DATA = os.environ.get("RETROVM_TESTDATA")
FILES = {"poll": 6732, "windows": 546}
NOP = 0xEA

pytestmark = [
    pytest.mark.skipif(DATA is None, reason="set RETROVM_TESTDATA to a folder with 6502-interrupts/*.json.gz"),
    pytest.mark.parametrize("name", FILES),
    pytest.mark.parametrize("period", [1, 3]),
]


def rows(name):
    with gzip.open(Path(str(DATA), "6502-interrupts", f"{name}.json.gz")) as source:
        found = json.load(source)
    assert len(found) == FILES[name]
    return found


def line_changes(levels, period):
    """[(tick, lines), ...] of a list with the lines of every cycle; behind its end they stay."""
    before = [0, *levels]
    return [(cycle * period, lines) for cycle, lines in enumerate(levels) if lines != before[cycle]]


def prepare(machine, memory, row, period):
    bus = machine.add_bus()
    bus.map(0, 0x10000, machine.add(memory))
    cpu = machine.add(Mos6502(bus=bus, period=period))
    machine.add(LineScript("script", cpu, line_changes(row["lines"], period)))
    for address, value in row["initial"]["ram"]:
        bus.poke_bytes(address, bytes([value]))
    cpu.registers = {key: value for key, value in row["initial"].items() if key != "ram"}
    return cpu


def cycles_of(tracer, period):
    """{cycle: [address, value, direction]} of what was recorded."""
    return {tick // period: [address, value, direction] for tick, address, value, direction in tracer.rows()}


def test_every_cycle_of_the_exact_build_is_that_of_the_chip(name, period):
    wrong = []
    for row in rows(name):
        machine = Machine(1_000_000)
        cpu = prepare(machine, Memory("ram", 0x10000, fill=NOP), row, period)
        cpu.exact = True
        tracer = Tracer()
        cpu.bus.trace(tracer)
        machine.run_cycles(len(row["cycles"]))
        seen = cycles_of(tracer, period)
        if [seen[cycle] for cycle in range(len(row["cycles"]))] != row["cycles"]:
            wrong.append(row["name"])
    assert wrong == []


def hidden_pages(row):
    """Pages that a device can have and the fast build still run: not page zero, the stack, or where there is code.

    The program and the handlers are read from one address to the next; operands are not.
    """
    program = row["initial"]["pc"] >> 8
    handlers = [dict(row["initial"]["ram"]).get(vector, NOP) for vector in (0xFFFB, 0xFFFF)]
    code = {0, 1, program, program + 1, *handlers}
    return {address >> 8 for address, _, _ in row["cycles"]} - code


def test_a_device_sees_what_the_chip_would_show_it_while_the_builds_take_turns(name, period):
    wrong, compared = [], 0
    for row in rows(name):
        pages = hidden_pages(row)
        machine = Machine(1_000_000)
        tracer = Tracer()
        memory = RecordingMemory("ram", 0x10000, machine.clock, tracer, fill=NOP)
        cpu = prepare(machine, memory, row, period)
        for page in pages:
            cpu.bus.trap(page << 8, 0x100)
        machine.run_cycles(len(row["cycles"]))
        end = len(row["cycles"])
        seen = {cycle: entry for cycle, entry in cycles_of(tracer, period).items() if cycle < end}
        expected = {cycle: entry for cycle, entry in enumerate(row["cycles"]) if entry[0] >> 8 in pages}
        compared += len(expected)
        if seen != expected:
            wrong.append(row["name"])
    assert wrong == []
    assert compared > 1000, "the rows show too little to devices"
