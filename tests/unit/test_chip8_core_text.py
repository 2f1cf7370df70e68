"""The dispatch loop of the core is what the instruction table says."""

from pathlib import Path

import pytest

from retrovm.isa.chip8 import CHIP8, INSTRUCTIONS
from retrovm.isa.chip8_core import loop_text

CORE = Path(__file__).parents[2] / "ext" / "retrovm" / "cpu"


def test_the_committed_loop_is_the_one_that_the_table_gives():
    if not CORE.is_dir():
        pytest.skip("needs the source tree")
    assert (CORE / "chip8_loop.pxi").read_text(encoding="utf-8") == loop_text()


def test_every_instruction_of_the_vip_has_a_case():
    text = loop_text()
    for row in INSTRUCTIONS:
        assert (f"OPCODE(OP_{row.pattern});" in text) == (CHIP8 in row.variants)
