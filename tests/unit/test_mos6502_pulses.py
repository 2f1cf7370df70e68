"""Pulses of IRQ and NMI of every width in every cycle of every opcode in all its timings, I clear: in both builds.

A seeded sample of the pulses; with RETROVM_PROFILE_LONG=1 all of them. What has to happen is said by the rules that were
read off the netlist of the NMOS chip (docs/references.md: 6502-interrupts); of the other models, the builds are compared.
"""

import random

import pytest
from mos6502_scenarios import IRQ, LONG, NMI, NMOS, WITH_LINES, both, expected, levels, variants

PULSES = [(line, first, length) for line in (IRQ, NMI) for first in range(9) for length in range(1, 11 - first)]
SAMPLE = 10


def pulses(variant):
    if LONG:
        return PULSES
    return random.Random(str(variant)).sample(PULSES, SAMPLE)


@pytest.mark.parametrize("model", WITH_LINES)
def test_a_pulse_of_any_width_in_any_cycle_of_any_opcode_is_served_as_the_rules_say(model):
    wrong = []
    for variant in variants(model):
        for pulse in pulses(variant):
            seen = both(variant.program, levels(*[pulse]), model=model)
            if model in NMOS and seen.served != expected(variant, *pulse):
                wrong.append((str(variant), pulse, seen.served, expected(variant, *pulse)))
    assert wrong == []


@pytest.mark.parametrize("model", NMOS)
def test_a_pulse_of_one_cycle_finds_the_polls_of_every_opcode(model):
    """The cycles of an instruction in which an IRQ of one cycle is served right behind it."""
    for variant in variants(model):
        if variant.opcode.mnemonic == "BRK":
            continue
        found = {cycle for cycle in range(variant.cycles)
                 if both(variant.program, levels((IRQ, cycle, 1)), model=model).served[:1] == [(variant.cycles, 0xFFFE)]}
        assert found == (set() if variant.own else variant.polled), str(variant)


def test_the_sweep_has_every_opcode_and_timing():
    found = variants()
    assert len({variant.opcode.code for variant in found}) == 256 - 12
    assert len(found) == 326
    assert len(PULSES) == 108
