"""The table of the 6502's opcodes: its counts, and that the core takes the cycles that it says."""

import pytest
from mos6502_machine import machine

from retrovm.isa.mos6502 import MODELS, MODES, OWN_SEQUENCE, PAGE_CROSSING, opcodes
from retrovm.isa.mos6502_dis import disassemble_one

TABLE = opcodes()
JAMS = {0x02, 0x12, 0x22, 0x32, 0x42, 0x52, 0x62, 0x72, 0x92, 0xB2, 0xD2, 0xF2}
LONG = 30
BRANCHES = {
    # Mnemonic: P with which it is not taken, and with which it is.
    "BPL": (0xA0, 0x20), "BMI": (0x20, 0xA0), "BVC": (0x60, 0x20), "BVS": (0x20, 0x60),
    "BCC": (0x21, 0x20), "BCS": (0x20, 0x21), "BNE": (0x22, 0x20), "BEQ": (0x20, 0x22),
}  # fmt: skip


def each(condition=lambda opcode: True):
    return pytest.mark.parametrize("opcode", [opcode for opcode in TABLE if condition(opcode)],
                                   ids=lambda opcode: f"{opcode.code:02X}-{opcode.mnemonic}")


def each_model(condition=lambda opcode: True):
    """Every opcode of the NMOS 6502, and of each other model those that it has otherwise."""
    found = [("6502", opcode) for opcode in TABLE]
    for model in MODELS:
        like = TABLE if MODELS[model].technology == "nmos" else opcodes("65c02-synertek")
        found += [(model, opcode) for opcode in opcodes(model)
                  if model == "65c02-synertek" or opcode != like[opcode.code]]
    return pytest.mark.parametrize(("model", "opcode"), [(model, opcode) for model, opcode in found if condition(opcode)],
                                   ids=lambda value: value if isinstance(value, str) else
                                   f"{value.code:02X}-{value.mnemonic}")


def test_there_are_256_opcodes_in_order():
    assert [opcode.code for opcode in TABLE] == list(range(256))


def test_151_opcodes_with_56_mnemonics_are_documented():
    documented = [opcode for opcode in TABLE if opcode.documented]
    assert len(documented) == 151
    assert len({opcode.mnemonic for opcode in documented}) == 56


def test_twelve_opcodes_stop_the_processor():
    assert {opcode.code for opcode in TABLE if opcode.mnemonic == "JAM"} == JAMS


def test_one_nop_and_no_second_sbc_is_documented():
    assert [opcode.code for opcode in TABLE if opcode.mnemonic == "NOP" and opcode.documented] == [0xEA]
    assert [opcode.code for opcode in TABLE if opcode.mnemonic == "SBC" and opcode.mode == "imm"] == [0xE9, 0xEB]
    assert not TABLE[0xEB].documented


def test_documented_modes_count_as_in_the_programming_manual():
    counts = dict.fromkeys(MODES, 0)
    for opcode in TABLE:
        if opcode.documented:
            counts[OWN_SEQUENCE.get(opcode.mode, opcode.mode)] += 1
    assert {mode: count for mode, count in counts.items() if count} == {
                      "imp": 25, "acc": 4, "imm": 11, "zp": 21, "zpx": 16, "zpy": 2, "abs": 23, "abx": 15, "aby": 9,
                      "ind": 1, "izx": 8, "izy": 8, "rel": 8}


def test_a_model_without_a_table_is_an_error():
    with pytest.raises(KeyError):
        opcodes("6809")


def cycles(opcode, *, exact, index=0, low=0x10, p=0x20, model="6502"):
    """What one instruction takes; its operand leads to $2000 + low, indexed."""
    operand = {0: [], 1: [0x80], 2: [low, 0x20]}[opcode.syntax.size]
    alone, long = (machine(bytes([opcode.code, *operand]), exact=exact, registers={"x": index, "y": index, "p": p},
                           model=model)
                   for _ in range(2))
    for made in (alone, long):
        made.cpu.memory[0x80:0x82] = bytes([low, 0x20])
    taken = alone.step()
    # The fast build runs what is not the last of a run: NOPs follow, and where they end says how many there were.
    long.run_cycles(LONG)
    assert long.cpu.cycles - 2 * (long.cpu.pc - alone.cpu.pc) == taken
    return taken


@each_model(lambda opcode: opcode.mnemonic not in ("JAM", "WAI", "STP"))
@pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
def test_the_core_takes_the_cycles_of_the_table(model, opcode, exact):
    not_taken, _ = BRANCHES.get(opcode.mnemonic, (0x20, 0x20))
    crossed = opcode.mnemonic == "BRA"             # 128 bytes back
    # The operand of BBR and BBS is $10, which holds $EA: five of its bits are set.
    taken = opcode.mode == "zpr" and (0xEA >> int(opcode.mnemonic[3]) & 1) == (opcode.mnemonic[:3] == "BBS")
    assert cycles(opcode, exact=exact, p=not_taken, model=model) == opcode.cycles + taken + crossed


@each_model(lambda opcode: opcode.mode in PAGE_CROSSING)
@pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
def test_crossing_a_page_costs_a_cycle_where_the_table_says_so(model, opcode, exact):
    assert cycles(opcode, exact=exact, index=0x20, low=0xF0, model=model) == opcode.cycles + opcode.page_penalty
    assert cycles(opcode, exact=exact, index=0x0F, low=0xF0, model=model) == opcode.cycles


@each_model(lambda opcode: opcode.mnemonic in ("ADC", "SBC"))
@pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
def test_decimal_mode_costs_a_cycle_on_cmos(model, opcode, exact):
    expected = opcode.cycles + (opcode.technology == "cmos")
    assert cycles(opcode, exact=exact, p=0x28, model=model) == expected


def test_the_opcodes_that_cost_more_over_a_page_are_those_of_the_manual():
    found = {}
    for opcode in TABLE:
        if opcode.page_penalty and opcode.documented:
            found.setdefault(opcode.mode, set()).add(opcode.mnemonic)
    common = {"ADC", "AND", "CMP", "EOR", "LDA", "ORA", "SBC"}
    assert found == {"abx": common | {"LDY"}, "aby": common | {"LDX"}, "izy": common}


@pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
@pytest.mark.parametrize(("offset", "extra"), [(0x10, 1), (0x7F, 1), (0xF0, 2), (0x80, 2)])
@each(lambda opcode: opcode.mode == "rel")
def test_a_branch_costs_a_cycle_when_taken_and_two_over_a_page(opcode, offset, extra, exact):
    _, taken = BRANCHES[opcode.mnemonic]
    made = machine(bytes([opcode.code, offset]), exact=exact, registers={"p": taken})
    made.run_cycles(LONG)
    target = 0x0402 + offset - (0x100 if offset & 0x80 else 0)
    assert made.cpu.cycles - 2 * (made.cpu.pc - target) == 2 + extra


@each()
def test_what_the_disassembler_writes_names_the_operand_again(opcode):
    text, size = disassemble_one(bytes([opcode.code, 0x34, 0x12]), pc=0x8000)
    assert size == opcode.size
    digits = {0: "", 1: "34", 2: "1234"}[opcode.syntax.size]
    if opcode.mode == "rel":
        digits = "8036"
    _, _, operand = text.partition(" ")
    assert operand == opcode.syntax.syntax.format(int(digits or "0", 16))


def test_a_65c02_has_64_mnemonics_and_no_undocumented_one_that_does_anything():
    table = opcodes("65c02-synertek")
    assert len({opcode.mnemonic for opcode in table if opcode.documented}) == 64
    assert {opcode.mnemonic for opcode in table if not opcode.documented} == {"NOP"}


def test_the_others_add_bit_instructions_and_those_that_wait_and_stop():
    def added(model, to):
        return {opcode.mnemonic for opcode in opcodes(model)} - {opcode.mnemonic for opcode in opcodes(to)}

    bits = {f"{name}{bit}" for name in ("RMB", "SMB", "BBR", "BBS") for bit in range(8)}
    assert added("65c02-rockwell", "65c02-synertek") == bits
    assert added("65c02-wdc", "65c02-rockwell") == {"WAI", "STP"}


def test_no_two_documented_opcodes_are_written_alike():
    written = [disassemble_one(bytes([opcode.code, 0x34, 0x12]), pc=0x8000)[0] for opcode in TABLE if opcode.documented]
    assert len(set(written)) == len(written)
