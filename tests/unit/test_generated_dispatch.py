"""The dispatch of the cores is what the instruction tables say."""

import pytest

from retrovm.isa.chip8 import CHIP8, INSTRUCTIONS
from retrovm.isa.chip8_core import dispatch_text as chip8_text
from retrovm.isa.generate import FILES
from retrovm.isa.mos6502 import opcodes
from retrovm.isa.mos6502_core import dispatch_text as mos6502_text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_committed_file_is_the_one_that_the_table_gives(path):
    if not path.parent.is_dir():
        pytest.skip("needs the source tree")
    assert path.read_text(encoding="utf-8") == FILES[path]()


def test_every_instruction_of_the_vip_has_a_case():
    text = chip8_text()
    for row in INSTRUCTIONS:
        assert (f"OPCODE(OP_{row.pattern});" in text) == (CHIP8 in row.variants)


def test_every_opcode_of_the_6502_has_a_case_in_both_builds():
    text = mos6502_text()
    for opcode in opcodes():
        assert text.count(f"OPCODE(X{opcode.code:02X});") == 1
        assert text.count(f"opcode == 0x{opcode.code:02X}:") == 1
