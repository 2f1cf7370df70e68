"""The PIA, sentence by sentence: what its data sheet says of ports, control registers, lines and interrupts."""

import pytest
from mc6821_bench import (
    C1,
    C1_ENABLE,
    C1_FLAG,
    C1_RISING,
    C2,
    C2_ENABLE,
    C2_FLAG,
    C2_RISING,
    CRA,
    CRB,
    DATA,
    HANDSHAKE,
    HIGH,
    LOW,
    ORA,
    ORB,
    PULSE,
    SIDES,
    Bench,
)

from retrovm.chips.mc6821 import Mc6821
from retrovm.core.device import Wire
from retrovm.core.errors import ArgumentError, StateError
from retrovm.core.machine import Machine
from retrovm.core.memory import Memory
from retrovm.core.pins import Cable
from retrovm.core.types import Line
from retrovm.cpu.mos6502 import Mos6502

side = pytest.mark.parametrize("side", SIDES)
rising = pytest.mark.parametrize("rising", [False, True])


@pytest.fixture
def bench():
    return Bench()


# --- registers --------------------------------------------------------------------------------------------------------


@side
def test_bit_2_of_a_control_register_chooses_between_the_direction_and_the_data_register(bench, side):
    data, control = bench.data(side), bench.control(side)
    bench[data] = 0xF0
    assert bench[data] == 0xF0
    bench[control] = DATA
    bench[data] = 0x55
    assert bench[data] & 0xF0 == 0x50
    bench[control] = 0
    assert bench[data] == 0xF0


@side
def test_the_control_bits_are_read_as_they_were_written_and_the_flags_are_not_written(bench, side):
    bench[bench.control(side)] = 0xFF
    assert bench[bench.control(side)] == 0x3F


def test_the_sides_have_registers_of_their_own(bench):
    bench.direction("a", 0x0F)
    bench.direction("b", 0xF0)
    bench[CRA], bench[CRB] = 0x00, 0x10
    assert (bench[ORA], bench[CRA], bench[ORB], bench[CRB]) == (0x0F, 0x00, 0xF0, 0x10)


def test_the_registers_repeat_every_four_addresses(bench):
    bench[0x43] = 0x2A
    assert bench[CRB] == 0x2A


@side
def test_lines_whose_direction_bit_is_one_are_outputs_and_the_others_inputs(bench, side):
    bench.direction(side, 0x0F)
    bench[bench.data(side)] = 0x35
    assert [bench.port(side)[f"p{side}{bit}"] for bit in range(4)] == [True, False, True, False]
    for bit in range(4, 8):
        bench.port(side)[f"p{side}{bit}"] = bit == 6
    assert bench[bench.data(side)] == 0x45


@side
def test_what_is_written_while_a_line_is_an_input_waits_in_the_output_register(bench, side):
    bench[bench.control(side)] = DATA
    bench[bench.data(side)] = 0x00
    assert bench.port(side)[f"p{side}3"]
    bench.direction(side, 0x08)
    assert not bench.port(side)[f"p{side}3"]


def test_a_read_of_port_a_gives_the_pins_also_of_outputs_that_somebody_pulls_down(bench):
    bench.direction("a", 0xFF)
    bench[ORA] = 0xFF
    bench.a["pa2"] = False
    assert bench[ORA] == 0xFB


def test_a_read_of_port_b_gives_outputs_from_their_register_whatever_the_pins_are(bench):
    bench.direction("b", 0x0F)
    bench[ORB] = 0x0F
    bench.b["pb2"] = False
    bench.b["pb7"] = False
    assert bench[ORB] == 0x7F


def test_port_a_and_ca2_have_pull_ups_and_port_b_has_none(bench):
    for port, name in ((bench.a, "pa0"), (bench.a, "ca2"), (bench.b, "pb0"), (bench.b, "cb2")):
        port[name] = False
        port[name] = None
    assert (bench.a["pa0"], bench.a["ca2"], bench.b["pb0"], bench.b["cb2"]) == (True, True, False, False)


@side
def test_reset_clears_all_registers_and_makes_every_line_an_input(bench, side):
    bench.direction(side, 0xFF)
    bench[bench.data(side)] = 0x00
    bench[bench.control(side)] = HIGH | DATA | C1_ENABLE
    bench.edge(side, 1, False)
    assert bench.irq(side)
    bench.machine.reset(power_on=False)
    assert not bench.irq(side)
    assert (bench[bench.control(side)], bench[bench.data(side)]) == (0, 0)
    assert bench.port(side).driven & ~C1 == 0
    bench[bench.control(side)] = DATA
    bench.direction(side, 0xFF)
    assert bench.port(side).levels & 0xFF == 0


def test_reset_ends_a_pulse_and_makes_no_flag_of_its_own_edges(bench):
    for each in SIDES:
        bench[bench.control(each)] = LOW | DATA | C2_ENABLE
        bench[bench.control(each)] = PULSE | DATA
        bench.strobe(each)
    bench.machine.reset(power_on=False)
    bench.wait(10)
    assert (bench[CRA], bench[CRB]) == (0, 0)


# --- C1 ---------------------------------------------------------------------------------------------------------------


@side
@rising
def test_the_edge_of_c1_that_bit_1_names_sets_bit_7_and_the_other_edge_does_not(bench, side, rising):
    bench.rest(side, 1, rising)
    bench[bench.control(side)] = C1_RISING * rising
    bench.port(side)[f"c{side}1"] = not rising
    assert bench.flags(side) == 0
    bench.wait()
    bench.port(side)[f"c{side}1"] = rising
    assert bench.flags(side) == C1_FLAG


@side
def test_a_level_at_c1_is_no_edge(bench, side):
    bench.port(side)[f"c{side}1"] = False
    bench[bench.control(side)] = DATA
    bench[bench.data(side)]
    bench[bench.control(side)] = C1_RISING | DATA
    bench.wait(10)
    assert bench.flags(side) == 0


@side
def test_bit_0_lets_the_flag_of_c1_pull_the_interrupt_line_of_its_side_only(bench, side):
    bench[bench.control(side)] = C1_ENABLE
    bench.edge(side, 1, False)
    assert bench.irq(side)
    assert not bench.irq("b" if side == "a" else "a")


@side
def test_a_flag_that_was_set_while_it_was_disabled_interrupts_when_it_is_enabled(bench, side):
    bench.edge(side, 1, False)
    assert not bench.irq(side)
    bench[bench.control(side)] = C1_ENABLE
    assert bench.irq(side)
    bench[bench.control(side)] = 0
    assert not bench.irq(side)
    assert bench.flags(side) == C1_FLAG


@side
def test_a_read_of_the_data_register_clears_both_flags_and_the_interrupt(bench, side):
    bench[bench.control(side)] = DATA | C1_ENABLE | C2_ENABLE
    bench.edge(side, 1, False)
    bench.edge(side, 2, False)
    assert (bench.flags(side), bench.irq(side)) == (C1_FLAG | C2_FLAG, True)
    bench[bench.data(side)]
    assert (bench.flags(side), bench.irq(side)) == (0, False)


@side
@pytest.mark.parametrize("access", [
    lambda b, side: b[b.control(side)],
    lambda b, side: b.__setitem__(b.control(side), DATA),
    lambda b, side: b.__setitem__(b.data(side), 0xFF),
    lambda b, side: (b.__setitem__(b.control(side), 0), b[b.data(side)], b.__setitem__(b.control(side), DATA)),
    lambda b, side: b[b.data("b" if side == "a" else "a")],
    lambda b, side: b.peek(b.data(side)),
])
def test_nothing_else_clears_a_flag(bench, side, access):
    bench[CRA] = bench[CRB] = DATA
    bench.edge(side, 1, False)
    bench.edge(side, 2, False)
    access(bench, side)
    assert bench.flags(side) == C1_FLAG | C2_FLAG


@side
def test_after_it_was_cleared_a_flag_is_set_by_the_next_edge(bench, side):
    bench[bench.control(side)] = DATA
    for _ in range(3):
        bench.edge(side, 1, False)
        assert bench.flags(side) == C1_FLAG
        bench[bench.data(side)]
        bench.wait()


def test_both_sides_may_pull_one_line():
    line, machine = Wire(), Machine(1_000_000)
    pia = machine.add(Mc6821("pia", machine.clock, line, line))
    bus = machine.add_bus()
    bus.map(0x5000, 4, pia)
    bus.write(0x5001, C1_ENABLE | DATA)
    bus.write(0x5003, C1_ENABLE | DATA)
    pia.port_a["ca1"] = False
    pia.port_b["cb1"] = False
    bus.read(0x5000)
    assert line.asserted
    bus.read(0x5002)
    assert not line.asserted


# --- C2 as an input ---------------------------------------------------------------------------------------------------


@side
@rising
@pytest.mark.parametrize("enable", [0, C2_ENABLE])
def test_the_edge_of_c2_that_bit_4_names_sets_bit_6_and_bit_3_lets_it_interrupt(bench, side, rising, enable):
    bench.rest(side, 2, rising)
    bench[bench.control(side)] = C2_RISING * rising | enable
    bench.port(side)[f"c{side}2"] = not rising
    assert (bench.flags(side), bench.irq(side)) == (0, False)
    bench.wait()
    bench.port(side)[f"c{side}2"] = rising
    assert (bench.flags(side), bench.irq(side)) == (C2_FLAG, bool(enable))


@side
@pytest.mark.parametrize("mode", [HANDSHAKE, PULSE, LOW, HIGH])
def test_while_c2_is_an_output_bit_6_is_zero_and_its_edges_set_nothing(bench, side, mode):
    bench.edge(side, 2, False)
    assert bench.flags(side) == C2_FLAG
    bench[bench.control(side)] = mode | DATA
    assert bench.flags(side) == 0
    bench.port(side)[f"c{side}2"] = None
    bench.strobe(side)
    bench.wait(10)
    bench[bench.control(side)] = mode ^ C2_ENABLE | DATA
    bench.wait(10)
    assert (bench.flags(side), bench.irq(side)) == (0, False)


# --- C2 as an output --------------------------------------------------------------------------------------------------


@side
def test_with_bits_5_and_4_set_c2_follows_bit_3(bench, side):
    line = f"c{side}2"
    bench[bench.control(side)] = LOW
    assert not bench.port(side)[line]
    bench[bench.control(side)] = HIGH
    assert bench.port(side)[line]
    bench.strobe(side)
    assert bench.port(side)[line]


@side
@rising
def test_in_handshake_mode_c2_is_low_from_the_access_to_the_edge_of_c1_that_sets_its_flag(bench, side, rising):
    line = f"c{side}2"
    bench.rest(side, 1, rising)
    bench[bench.control(side)] = HANDSHAKE | DATA | C1_RISING * rising
    assert bench.port(side)[line]
    bench.strobe(side)
    assert not bench.port(side)[line]
    bench.wait(1000)
    bench.port(side)[f"c{side}1"] = not rising
    assert not bench.port(side)[line]
    bench.wait()
    bench.port(side)[f"c{side}1"] = rising
    assert bench.port(side)[line]
    assert bench.flags(side) == C1_FLAG


@side
def test_a_pulse_lasts_the_cycle_behind_the_access(bench, side):
    bench[bench.control(side)] = PULSE | DATA
    bench.wait(4)
    bench.strobe(side)
    bench.wait(10)
    watch = bench.watch_a if side == "a" else bench.watch_b
    assert watch.line(C2)[-2:] == [(4, False), (4 + 2, True)]        # low in cycle 5


@side
def test_a_pulse_ends_behind_the_first_cycle_in_which_the_chip_is_not_selected(bench, side):
    bench[bench.control(side)] = PULSE | DATA
    bench.wait(4)
    bench.strobe(side)
    for _ in range(3):
        bench.wait()
        bench[CRA]
    bench.wait(10)
    watch = bench.watch_a if side == "a" else bench.watch_b
    assert watch.line(C2)[-2:] == [(4, False), (7 + 2, True)]


@pytest.mark.parametrize("mode", [HANDSHAKE, PULSE])
def test_ca2_answers_to_reads_only_and_cb2_to_writes_only(bench, mode):
    bench[CRA] = bench[CRB] = mode | DATA
    bench[ORA] = 0
    bench[ORB]
    assert (bench.a["ca2"], bench.b["cb2"]) == (True, True)
    bench[ORA]
    bench[ORB] = 0
    assert (bench.a["ca2"], bench.b["cb2"]) == (False, False)


@side
@pytest.mark.parametrize("mode", [HANDSHAKE, PULSE])
def test_an_access_of_the_direction_register_is_no_handshake(bench, side, mode):
    bench[bench.control(side)] = mode
    bench.strobe(side)
    bench.wait(3)
    assert bench.port(side)[f"c{side}2"]


@side
def test_a_change_of_the_mode_of_c2_ends_its_handshake_and_another_write_of_the_register_does_not(bench, side):
    line = f"c{side}2"
    bench[bench.control(side)] = HANDSHAKE | DATA
    bench.strobe(side)
    bench[bench.control(side)] = HANDSHAKE | DATA | C1_ENABLE
    assert not bench.port(side)[line]
    bench[bench.control(side)] = PULSE | DATA
    assert bench.port(side)[line]
    bench[bench.control(side)] = HANDSHAKE | DATA
    assert bench.port(side)[line]


def test_two_pias_hand_bytes_over_by_their_handshakes(bench):
    """Port B of one is joined to port A of another; CB2 says that data is there, CA2 that it was taken."""
    other = bench.machine.add(Mc6821("other", bench.clock))
    bench.bus.map(0x5100, 4, other)
    bench.machine.add(Cable("data", bench.b, other.port_a))
    bench.direction("b", 0xFF)
    bench[CRB] = HANDSHAKE | DATA
    bench.bus.write(0x5101, PULSE | DATA)
    for value in (0x12, 0x34, 0x56):
        bench[ORB] = value
        assert not bench.b["cb2"]
        bench.wait()
        assert bench.bus.read(0x5100) == value
        bench.b["cb1"] = other.port_a["ca2"]           # the wire from CA2 to CB1
        assert bench.b["cb2"]
        assert bench[CRB] & C1_FLAG
        bench[ORB]
        bench.wait(2)
        bench.b["cb1"] = other.port_a["ca2"]


# --- beside the data sheet ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", [1, 3])
def test_pulses_are_cycles_of_the_processor(period):
    bench = Bench(period)
    bench[CRA] = PULSE | DATA
    bench.wait(4)
    bench[ORA]
    bench.wait(10)
    assert bench.watch_a.line(C2)[-2:] == [(4 * period, False), (6 * period, True)]


def test_a_look_from_outside_changes_nothing(bench):
    bench[CRA] = PULSE | DATA | C1_ENABLE
    bench[CRB] = HANDSHAKE | DATA | C1_ENABLE
    bench.edge("a", 1, False)
    bench.edge("b", 1, False)
    before = bench.machine.dump_fields()
    for _ in range(2):
        assert bench.bus.peek_bytes(0x5000, 256) == bench.bus.peek_bytes(0x5000, 4) * 64
    assert bench.machine.dump_fields() == before
    assert [bench.irq(side) for side in SIDES] == [True, True]


@pytest.mark.parametrize("period", [0, -1, 1.5, "1", 1 << 31])
def test_a_cycle_takes_a_whole_number_of_ticks(period):
    with pytest.raises(ArgumentError, match="pia: a cycle takes a whole number of ticks"):
        Mc6821("pia", Machine(1_000_000).clock, period=period)


def test_a_state_in_the_middle_of_a_pulse_goes_on(bench):
    bench[CRA] = PULSE | DATA
    bench.wait(4)
    bench[ORA]
    saved = bench.machine.save_fields()
    other = Bench()
    other.machine.load_fields(saved)
    assert not other.a["ca2"]
    other.wait(2)
    assert other.a["ca2"]


def test_a_state_whose_pulse_could_not_be_is_refused(bench):
    bench[CRA] = PULSE | DATA
    bench.wait(4)
    bench[ORA]
    saved = bench.machine.save_fields()
    at = saved.index((6).to_bytes(8, "little"))
    with pytest.raises(StateError, match="ca2_rise: a pulse cannot end in cycle 9, where the chip is in cycle 4"):
        Bench().machine.load_fields(saved[:at] + (9).to_bytes(8, "little") + saved[at + 8:])


@pytest.mark.parametrize("exact", [False, True])
def test_a_program_is_interrupted_by_an_edge_and_reads_the_port(exact):
    machine = Machine(1_000_000)
    bus = machine.add_bus()
    bus.map(0, 0x10000, machine.add(Memory("ram", 0x10000, fill=0xEA)))
    cpu = machine.add(Mos6502(model="65c02-wdc", bus=bus))
    cpu.exact = exact
    pia = machine.add(Mc6821("pia", machine.clock, cpu.wire(Line.IRQ)))
    bus.map(0x5000, 4, pia)
    bus.poke_bytes(0x0400, bytes.fromhex("A9 05 8D 01 50 58 CB 80 FD"))            # CRA, CLI, WAI, BRA to it
    bus.poke_bytes(0x0500, bytes.fromhex("AD 00 50 85 10 E6 11 40"))               # LDA ORA, STA $10, INC $11, RTI
    bus.poke_bytes(0x10, b"\0\0")
    bus.poke_bytes(0xFFFE, b"\x00\x05")
    cpu.registers = {"pc": 0x0400, "s": 0xFD, "p": 0x24}
    machine.run_cycles(100)
    for count, value in enumerate((0x3C, 0xC3), 1):
        pia.port_a.set(0x1FF, 0x100 | value)
        machine.run_cycles(20)
        pia.port_a.set(0x1FF, value)
        machine.run_cycles(100)
        assert bus.peek_bytes(0x10, 2) == bytes([value, count])
