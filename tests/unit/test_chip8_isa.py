"""The CHIP-8 instruction table decodes, encodes and names every opcode once."""

import pytest

from retrovm.isa import chip8


def test_every_opcode_that_decodes_encodes_to_itself():
    for word in range(0x10000):
        row = chip8.decode(word)
        if row is not None:
            data = chip8.encode(row, **row.fields(word, 0x1234))
            assert data[:2] == word.to_bytes(2, "big"), row
            assert len(data) == row.length


def test_names_patterns_and_forms_are_unique():
    for key in ("name", "pattern", "form"):
        values = [getattr(row, key) for row in chip8.INSTRUCTIONS]
        assert len(set(values)) == len(values)


def test_names_can_be_used_as_identifiers():
    assert all(row.name.isidentifier() and row.name.isupper() for row in chip8.INSTRUCTIONS)


def test_rows_use_known_flags_and_variants():
    for row in chip8.INSTRUCTIONS:
        assert row.flags <= chip8.FLAGS.keys(), row
        assert row.variants <= set(chip8.VARIANTS), row


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (0x00E0, "clear"),
        (0x00C5, "scroll-down 5"),
        (0x0123, "native 0x123"),
        (0x12A4, "jump 0x2A4"),
        (0x3A07, "if vA != 0x07 then"),
        (0x5122, "save v1 - v2"),
        (0x8AB7, "vA =- vB"),
        (0xBFFF, "jump0 0xFFF"),
        (0xD12F, "sprite v1 v2 15"),
        (0xE59E, "if v5 -key then"),
        (0xF301, "plane 3"),
        (0xF43A, "pitch := v4"),
        (0xFE65, "load vE"),
    ],
)
def test_an_opcode_is_written_in_the_octo_language(word, text):
    row = chip8.decode(word)
    assert row is not None
    assert row.text(row.fields(word)) == text


@pytest.mark.parametrize("word", [0x5121, 0x8128, 0x9121, 0xE19F, 0xF0FF, 0xF100])
def test_a_word_outside_the_table_is_no_instruction(word):
    assert chip8.decode(word) is None


@pytest.mark.parametrize(
    ("word", "since"),
    [
        (0x00FD, "schip1.0"),
        (0x00FF, "schip1.0"),
        (0x00C1, "schip1.1"),
        (0xF030, "schip1.1"),
        (0x00D1, "xochip"),
    ],
)
def test_a_later_instruction_is_unknown_to_earlier_variants(word, since):
    first = chip8.VARIANTS.index(since)
    for number, variant in enumerate(chip8.VARIANTS):
        row = chip8.decode(word, variant)
        later = row is not None and row.name != "SYS"
        assert later == (number >= first), variant


def test_on_the_vip_an_unknown_0nnn_calls_machine_code():
    row = chip8.decode(0x00FF, "chip8")
    assert row is chip8.BY_NAME["SYS"]
    assert chip8.decode(0x0123, "schip1.1") is None


def test_an_unknown_variant_is_an_error_that_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'chip9'.*xochip"):
        chip8.decode(0x00E0, "chip9")


def test_a_long_load_is_four_bytes():
    assert chip8.encode(chip8.BY_NAME["LD_I_LONG"], NNNN=0xBEEF).hex() == "f000beef"


def test_encoding_refuses_numbers_that_do_not_fit():
    with pytest.raises(ValueError, match="8 bits: 256"):
        chip8.encode(chip8.BY_NAME["LD_NN"], X=1, NN=256)
    with pytest.raises(ValueError, match="takes the operands"):
        chip8.encode(chip8.BY_NAME["LD_NN"], X=1, NNN=2)


def test_the_reference_table_has_a_row_for_each_instruction():
    table = chip8.markdown_table()
    assert len(table.splitlines()) == len(chip8.INSTRUCTIONS) + 2
    assert "| `8XY1` | OR | `vX \\|= vY` | VX = VX or VY | all | logic |" in table
    assert "| `F000 NNNN` |" in table
