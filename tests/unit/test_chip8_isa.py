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


ROWS = chip8.INSTRUCTIONS + chip8.EXTENSIONS


def test_names_and_forms_are_unique():
    for key in ("name", "form"):
        values = [getattr(row, key) for row in ROWS]
        assert len(set(values)) == len(values)


def test_patterns_are_unique_within_a_variant_and_within_the_language():
    for rows in [chip8.INSTRUCTIONS, *map(chip8.instructions, chip8.VARIANTS)]:
        patterns = [row.pattern for row in rows]
        assert len(set(patterns)) == len(patterns)


def test_names_can_be_used_as_identifiers():
    assert all(row.name.isidentifier() and row.name.isupper() for row in ROWS)


@pytest.mark.parametrize(("word", "variant", "name"), [
    (0x5121, "chip8e", "SGT"), (0x5121, "chip8x", "ADD_OCTAL"), (0x5121, "chip8", None),
    (0x5122, "chip8e", "SAVE_TO"), (0x5122, "xochip", "SAVE_RANGE"), (0x0230, "chip8-64x64", "CLS_64X64"),
    (0x0230, "chip8", "SYS"), (0xB120, "chip8x", "COLOUR_ZONES"), (0xB123, "chip8x", "COLOUR_ROWS"),
    (0x00B3, "megachip8", "SCRU"), (0x0123, "megachip8", "LDHI"), (0x0123, "chip8", "SYS"),
    (0xB123, "chip8e", "JP_V0"), (0xBB23, "chip8e", "BACK"), (0x8123, "dream6800", "NOP_XOR"),
])
def test_a_word_can_be_another_instruction_on_another_variant(word, variant, name):
    row = chip8.decode(word, variant)
    assert (row and row.name) == name


def test_rows_use_known_flags_and_variants():
    for row in ROWS:
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


SCHIP11 = {"schip1.1", "schpc", "schip-modern", "megachip8", "xochip", "octo"}


@pytest.mark.parametrize(
    ("word", "variants"),
    [
        (0x00FD, {"schip1.0"} | SCHIP11),
        (0x00FF, {"schip1.0"} | SCHIP11),
        (0x00C1, SCHIP11),
        (0xF030, SCHIP11),
        (0x00D1, {"xochip", "octo"}),
    ],
)
def test_a_later_instruction_is_unknown_to_earlier_variants(word, variants):
    rows = {variant: chip8.decode(word, variant) for variant in chip8.VARIANTS}
    assert {variant for variant, row in rows.items() if row is not None and row.name != "SYS"} == variants


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
    assert len(table.splitlines()) == len(ROWS) + 2
    assert "| `8XY1` | OR | `vX \\|= vY` | VX = VX or VY | all | logic |" in table
    assert "| `F000 NNNN` |" in table
