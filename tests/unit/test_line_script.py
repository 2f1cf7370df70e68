"""A device that pulls a processor's lines when a list says."""

import pytest
from mos6502_machine import machine

from retrovm.core.line_script import LineScript
from retrovm.core.types import Line
from retrovm.errors import ArgumentError


def test_each_entry_says_the_lines_from_its_tick_on():
    made = machine(registers={"p": 0x24})
    made.add(LineScript("script", made.cpu, [(2, Line.IRQ), (6, Line.IRQ | Line.NMI), (8, 0)]))
    seen = []
    for _ in range(5):
        made.run_cycles(2)
        seen.append((made.clock.ticks, made.cpu.irq, made.cpu.nmi))
    assert seen[:3] == [(2, False, False), (4, True, False), (6, True, False)]
    assert seen[-1][1:] == (False, False)
    assert made.cpu.pc >> 8 == 0xEA, "the NMI was served: its vector is made of NOPs"


def test_others_pull_the_same_line_on_their_own_account():
    made = machine(registers={"p": 0x24})
    made.add(LineScript("script", made.cpu, [(2, Line.IRQ), (4, 0)]))
    made.cpu.irq = True
    made.run_cycles(10)
    assert made.cpu.irq
    made.cpu.irq = False
    assert not made.cpu.irq


def test_it_begins_anew_with_the_machine():
    made = machine(registers={"p": 0x24})
    made.add(LineScript("script", made.cpu, [(3, Line.IRQ)]))
    made.run_cycles(10)
    assert made.cpu.irq
    made.reset()
    assert not made.cpu.irq
    made.run_cycles(10)
    assert made.cpu.irq


def test_it_goes_on_from_a_saved_state():
    made, other = (machine(registers={"p": 0x24}) for _ in range(2))
    for one in (made, other):
        one.add(LineScript("script", one.cpu, [(3, Line.IRQ), (20, 0), (30, Line.IRQ)]))
    made.run_cycles(10)
    other.load_fields(made.save_fields())
    for one in (made, other):
        one.run_cycles(15)
    assert made.dump_fields() == other.dump_fields()
    assert not other.cpu.irq
    other.run_cycles(10)
    assert other.cpu.irq


@pytest.mark.parametrize("changes", [[(5, 1), (5, 0)], [(5, 1), (4, 0)], [(-1, 1)]])
def test_ticks_that_do_not_rise_are_refused(changes):
    with pytest.raises(ArgumentError, match="the ticks of changes rise from 0 or more"):
        LineScript("script", machine().cpu, changes)


def test_a_line_that_the_processor_does_not_have_is_refused():
    with pytest.raises(ArgumentError, match=r"lines are bits of \$1F, as cpu has them, not \$40"):
        LineScript("script", machine().cpu, [(5, 0x40)])
