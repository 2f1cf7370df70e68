"""What a 65C02 does that an NMOS 6502 does not. (docs/references.md: r65c00, w65c02s, 65c02-5c)"""

import pytest
from mos6502_machine import Witness, machine, play, record, witness

from retrovm.core.types import Line, StopReason
from retrovm.cpu import Mos6502

CMOS = ("65c02-wdc", "65c02-rockwell", "65c02-synertek")
builds = pytest.mark.parametrize("exact", [True, False], ids=["exact", "fast"])
models = pytest.mark.parametrize("model", CMOS)
IRQ, NMI = int(Line.IRQ), int(Line.NMI)


def with_vectors(program=b"", model="65c02-wdc", **options):
    """Handlers: NMI at $9000, reset at $8000, IRQ and BRK at $9100."""
    made = machine(program, model=model, **options)
    made.cpu.memory[0xFFFA:0x10000] = b"\x00\x90\x00\x80\x00\x91"
    return made


def addresses(made, cycles):
    return [address for _, address, _, _ in record(made, cycles)]


# --- interrupts -----------------------------------------------------------------------------------------------------

@models
@pytest.mark.parametrize("cause", ["BRK", "IRQ", "NMI", "RESET"])
def test_interrupts_and_resets_clear_d_after_they_have_pushed_it(model, cause):
    made = with_vectors(b"\x00" if cause == "BRK" else b"\xea\xea", model, registers={"p": 0x28, "s": 0xFD})
    if cause == "RESET":
        made.reset(power_on=False)
        made.step()
    else:
        if cause != "BRK":
            play(made, [IRQ if cause == "IRQ" else NMI] * 4)
            made.step()
        made.step()
        assert made.cpu.memory[0x01FB] & 0x28 == 0x28
    assert made.cpu.registers["p"] & 0x0C == 0x04


def test_an_nmos_6502_keeps_d_in_an_interrupt():
    made = with_vectors(b"\x00", "6502", registers={"p": 0x28})
    made.step()
    assert made.cpu.registers["p"] & 0x0C == 0x0C


@models
@pytest.mark.parametrize("cycle", range(7))
def test_an_nmi_does_not_take_a_brk_over_but_follows_it(model, cycle):
    made = with_vectors(b"\x00\xea", model)
    play(made, [0] * cycle + [NMI])
    made.step()
    assert made.cpu.pc == 0x9100
    assert made.cpu.memory[0x01FB] & 0x10
    made.step()
    made.step()
    assert made.cpu.pc == 0x9000


# --- WAI and STP ----------------------------------------------------------------------------------------------------

@builds
@pytest.mark.parametrize("period", [1, 3])
def test_wai_waits_and_the_time_passes(exact, period):
    made = with_vectors(b"\xcb\xe8", exact=exact, period=period)
    assert made.run_cycles(1000) is StopReason.CYCLES
    assert made.cpu.is_waiting
    assert not made.cpu.is_stopped
    assert not made.cpu.is_jammed
    assert (made.cpu.cycles, made.clock.ticks, made.cpu.pc) == (1000, 1000 * period, 0x0401)


@builds
def test_an_irq_ends_wai_by_its_handler_where_i_is_clear(exact):
    made = with_vectors(b"\xcb\xe8", exact=exact)
    play(made, [0] * 500 + [IRQ] * 5)
    made.run_cycles(503)
    assert not made.cpu.is_waiting
    made.run_cycles(7)
    assert (made.cpu.cycles, made.cpu.pc) == (510, 0x9100)
    assert made.cpu.memory[0x01FC] == 0x01       # back behind WAI
    assert made.cpu.registers["x"] == 0


@builds
def test_an_irq_ends_wai_where_i_is_set_and_the_program_goes_on_behind_it(exact):
    made = with_vectors(b"\xcb\xe8\xe8", exact=exact, registers={"p": 0x24})
    play(made, [0] * 500 + [IRQ] * 50)
    made.run_cycles(507)
    assert (made.cpu.cycles, made.cpu.pc, made.cpu.registers["x"]) == (507, 0x0403, 2)


@builds
@pytest.mark.parametrize("p", [0x20, 0x24])
def test_an_nmi_ends_wai_by_its_handler(exact, p):
    made = with_vectors(b"\xcb\xe8", exact=exact, registers={"p": p})
    play(made, [0] * 500 + [NMI])
    made.run_cycles(510)
    assert (made.cpu.cycles, made.cpu.pc) == (510, 0x9000)


@builds
def test_wai_takes_its_three_cycles_where_an_interrupt_is_there_already(exact):
    made = with_vectors(b"\xcb\xe8", exact=exact, registers={"p": 0x24})
    made.cpu.irq = True
    assert made.step() == 3
    assert not made.cpu.is_waiting
    assert made.cpu.pc == 0x0401


def test_wai_reads_at_the_next_instruction_while_it_waits():
    made = with_vectors(b"\xcb\xe8")
    assert addresses(made, 8) == [0x0400, *[0x0401] * 7]


def test_wai_steps_a_cycle_at_a_time():
    made = with_vectors(b"\xcb")
    assert (made.step(), made.step(), made.step()) == (2, 1, 1)


def test_wai_alone_without_an_end_says_that_nothing_will_wake_it():
    cpu = Mos6502("65c02-wdc")
    cpu.memory[0x0400] = 0xCB
    cpu.pc = 0x0400
    assert cpu.run(until=0x9000) is StopReason.HALTED
    assert cpu.is_waiting


@builds
def test_stp_stops_for_good_and_hears_no_interrupt(exact):
    made = with_vectors(b"\xdb\xe8", exact=exact)
    play(made, [0] * 20 + [IRQ, NMI] * 20)
    assert made.run_cycles(1000) is StopReason.HALTED
    assert made.cpu.is_stopped
    assert not made.cpu.is_waiting
    assert not made.cpu.is_jammed
    assert (made.cpu.cycles, made.cpu.pc) == (1000, 0x0401)


@builds
@pytest.mark.parametrize("opcode", [0xCB, 0xDB], ids=["WAI", "STP"])
def test_a_reset_ends_wai_and_stp(exact, opcode):
    made = with_vectors(bytes([opcode]), exact=exact)
    made.run_cycles(20)
    made.reset(power_on=False)
    assert not made.cpu.is_stopped
    assert not made.cpu.is_waiting
    made.run_cycles(7)
    assert made.cpu.pc == 0x8000


@builds
@pytest.mark.parametrize("opcode", [0xCB, 0xDB], ids=["WAI", "STP"])
def test_the_reset_line_ends_wai_and_stp_in_its_cycle(exact, opcode):
    made = with_vectors(bytes([opcode]), exact=exact)
    play(made, [0] * 50 + [Line.RESET])
    made.run_cycles(51 + 7)
    assert (made.cpu.cycles, made.cpu.pc) == (58, 0x8000)


@pytest.mark.parametrize("opcode", [0xCB, 0xDB], ids=["WAI", "STP"])
def test_waiting_and_stopped_are_state_that_a_snapshot_keeps(opcode):
    made, other = (with_vectors(bytes([opcode])) for _ in range(2))
    made.run_cycles(20)
    other.load_fields(made.save_fields())
    assert (other.cpu.is_waiting, other.cpu.is_stopped) == (opcode == 0xCB, opcode == 0xDB)


@pytest.mark.parametrize("model", CMOS[1:])
@pytest.mark.parametrize("opcode", [0xCB, 0xDB])
def test_other_models_neither_wait_nor_stop(model, opcode):
    made = with_vectors(bytes([opcode]), model)
    made.run_cycles(20)
    assert not made.cpu.is_waiting
    assert not made.cpu.is_stopped


# --- the bus --------------------------------------------------------------------------------------------------------

@models
@builds
def test_what_is_modified_is_read_twice_and_written_once(model, exact):
    made = with_vectors(b"\xee\x00\x40", model, exact=exact)
    device = witness(made, 0x4000)
    made.run_cycles(8)
    assert device.log == [(3, "read", 0x4000, 0x77), (4, "read", 0x4000, 0x77), (5, "write", 0x4000, 0x78)]


class Counting(Witness):
    """Answers with another value each time."""

    def read(self, addr):
        super().read(addr)
        return 0x10 * len(self.log)


@builds
def test_the_first_of_the_two_reads_counts(exact):
    made = with_vectors(b"\xee\x00\x40", exact=exact)
    device = made.add(Counting(made.cpu, 0x4000))
    made.buses["bus"].map(0x4000, 0x100, device)
    made.run_cycles(8)
    assert device.log[-1] == (5, "write", 0x4000, 0x11)


@models
@builds
@pytest.mark.parametrize(("code", "operand"), [(0xBD, [0xF0, 0x3F]), (0x9D, [0xF0, 0x3F]), (0xB1, [0x20])])
def test_an_index_over_a_page_disturbs_no_device(model, code, operand, exact):
    made = with_vectors(bytes([code, *operand]), model, exact=exact, registers={"x": 0x20, "y": 0x20})
    made.cpu.memory[0x20:0x22] = b"\xf0\x3f"
    below, above = witness(made, 0x3F00), witness(made, 0x4000)
    made.run_cycles(8)
    assert below.log == []
    assert [entry[2] for entry in above.log] == [0x4010]


@models
def test_a_pointer_may_cross_a_page(model):
    made = with_vectors(b"\x6c\xff\x10", model)
    made.cpu.memory[0x10FF:0x1101] = b"\x34\x12"
    assert made.step() == 6
    assert made.cpu.pc == 0x1234


@models
def test_opcode_5c_takes_eight_cycles_in_the_last_page(model):
    made = with_vectors(b"\x5c\x34\x12", model)
    assert addresses(made, 9) == [0x0400, 0x0401, 0x0402, 0xFF34, *[0xFFFF] * 4, 0x0403]


@builds
@pytest.mark.parametrize("model", CMOS[:2])
@pytest.mark.parametrize(("code", "offset", "cycles"), [(0x0F, 0x10, 6), (0x8F, 0x10, 5), (0x0F, 0x80, 7)])
def test_a_bit_branch_takes_five_cycles_and_more_where_it_branches(model, code, offset, cycles, exact):
    made = with_vectors(bytes([code, 0x20, offset]), model, exact=exact)
    made.cpu.memory[0x20] = 0xFE
    made.run_cycles(1)
    assert made.cpu.cycles == cycles


@pytest.mark.parametrize("model", CMOS[:2])
@builds
def test_a_bit_branch_at_the_end_of_memory_reads_the_device_behind_it(model, exact):
    made = with_vectors(b"\x0f\x20\xf0", model, at=0x04FD, exact=exact, registers={"pc": 0x04F9})
    made.cpu.memory[0x20] = 0xFE
    device = witness(made, 0x0500)
    made.run_cycles(8 + 7)
    assert device.log == [(13, "read", 0x0500, 0x77), (14, "read", 0x0500, 0x77)]


# --- other models ---------------------------------------------------------------------------------------------------

@builds
def test_a_2a03_has_the_flag_d_and_adds_in_binary(exact):
    cpu = Mos6502("2a03")
    cpu.exact = exact
    cpu.memory[0x0400:0x0404] = bytes([0xF8, 0x69, 0x09, 0x08])     # SED; ADC #9; PHP
    cpu.registers = {"pc": 0x0400, "a": 9, "s": 0xFF, "p": 0x20}
    cpu.run(cycles=5)
    assert cpu.registers["a"] == 18
    assert cpu.registers["p"] & 8


@builds
@pytest.mark.parametrize("carry", [0, 1])
def test_ror_of_revision_a_shifts_to_the_left_and_leaves_c_alone(carry, exact):
    cpu = Mos6502("6502-rev-a")
    cpu.exact = exact
    cpu.memory[0x0400:0x0403] = bytes([0x6A, 0xEA, 0xEA])
    cpu.registers = {"pc": 0x0400, "a": 0xC1, "p": 0x20 | carry}
    cpu.run(cycles=6)
    assert cpu.registers["a"] == 0x82
    assert cpu.registers["p"] == 0xA0 | carry


@pytest.mark.parametrize("model", ["65C02", "z80", ""])
def test_an_unknown_model_is_an_error_that_names_those_that_there_are(model):
    with pytest.raises(ValueError, match="65c02-wdc"):
        Mos6502(model)
