"""The ports of the VIA, sentence by sentence: directions, latches, control lines, handshakes."""

import pytest
from mos6522_bench import (
    ACR,
    C2,
    CA1,
    CA2,
    CB1,
    CB2,
    DDRA,
    DDRB,
    IER,
    IFR,
    LATCH_A,
    LATCH_B,
    ORA,
    ORA15,
    ORB,
    PCR,
    T1_PB7,
    Bench,
)

from retrovm.chips.mos6522 import Mos6522
from retrovm.core.errors import ArgumentError, StateError
from retrovm.core.machine import Machine
from retrovm.core.pins import Cable

# How CA2 works, bits 3 to 1 of PCR; CB2 has the same in bits 7 to 5.
FALLING, FALLING_ALONE, RISING, RISING_ALONE, HANDSHAKE, PULSE, LOW, HIGH = range(8)


def control(mode, side, c1_rising=False):
    """PCR for one side."""
    return (mode << 1 | c1_rising) << (0 if side == "a" else 4)


@pytest.fixture
def bench():
    return Bench()


# --- directions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("port", "data", "direction"), [("port_a", ORA, DDRA), ("port_b", ORB, DDRB)])
def test_an_output_shows_its_bit_and_an_input_is_left_to_others(bench, port, data, direction):
    pins = getattr(bench.via, port)
    bench[direction] = 0xF0
    bench[data] = 0x5A
    assert (pins.driven, pins.levels & 0xF0) == (0xF0, 0x50)
    pins.set(0x0F, 0x09)
    assert pins.levels & 0xFF == 0x59
    assert (bench[data], bench[direction]) == (0x59, 0xF0)


def test_a_write_to_an_input_is_kept_until_it_becomes_an_output(bench):
    bench[ORA], bench[ORB] = 0x12, 0x34
    assert (bench.a.driven, bench.b.driven) == (0, 0)
    bench[DDRA] = bench[DDRB] = 0xFF
    assert (bench.a.levels & 0xFF, bench.b.levels & 0xFF) == (0x12, 0x34)


def test_port_a_reads_its_pins_even_of_outputs_and_port_b_what_was_written(bench):
    bench[DDRA] = bench[DDRB] = 0xFF
    bench[ORA] = bench[ORB] = 0xFF
    bench.a.set(0x01, 0)                            # somebody pulls them low all the same
    bench.b.set(0x01, 0)
    assert bench[ORA] == bench[ORA15] == 0xFE
    assert bench[ORB] == 0xFF


def test_inputs_that_nobody_drives_are_high_on_an_nmos_chip_and_held_by_a_w65c22():
    for variant, held in (("6522", 0xFF), ("65c22", 0x5A)):
        bench = Bench(variant)
        assert bench[ORA] == bench[ORB] == 0xFF
        bench.b.set(0xFF, 0x5A)
        bench.b.set(0, 0)
        assert bench[ORB] == held


def test_a_write_changes_the_pins_in_its_own_cycle(bench):
    bench[DDRB] = 0xFF
    bench.wait(17)
    bench[ORB] = 0x81
    assert bench.watch_b.log[-1] == (17, 0x381)


def test_register_15_is_port_a_without_handshake_and_without_touching_flags(bench):
    bench[PCR] = control(HANDSHAKE, "a")
    bench[DDRA] = 0xFF
    bench.pulse(bench.a, "ca1")
    bench[ORA15] = 0x77
    assert bench[ORA15] == 0x77
    assert (bench.a["ca2"], bench.flags()) == (True, CA1)


def test_two_vias_talk_through_a_cable():
    machine = Machine(1_000_000)
    bus = machine.add_bus()
    for n, name in enumerate(("left", "right")):
        bus.map(0x6000 + 16 * n, 16, machine.add(Mos6522(name, machine.clock)))
    left, right = machine.devices["left"], machine.devices["right"]
    machine.add(Cable("cable", left.port_b, right.port_a))
    bus.write(0x6000 + DDRB, 0xF0)
    bus.write(0x6000 + ORB, 0xA0)
    bus.write(0x6010 + DDRA, 0x0F)
    bus.write(0x6010 + ORA, 0x03)
    assert bus.read(0x6000 + ORB) == bus.read(0x6010 + ORA) == 0xA3
    bus.write(0x6000 + PCR, control(LOW, "b"))      # CB2 is joined to CA2
    assert bus.read(0x6010 + IFR) == CA2


# --- latching ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "data", "latch", "flag"), [("a", ORA, LATCH_A, CA1), ("b", ORB, LATCH_B, CB1)])
def test_with_latching_the_port_reads_as_it_was_at_the_edge_until_the_flag_is_cleared(bench, side, data, latch, flag):
    pins = getattr(bench.via, f"port_{side}")
    bench[ACR] = latch
    pins.set(0xFF, 0x11)
    assert bench[data] == 0x11
    pins.set(0x1FF, 0x22)                           # C1 falls with the data
    assert bench.flags() == flag
    pins.set(0x1FF, 0x33)
    assert bench[data] == 0x22
    assert bench.flags() == 0
    assert bench[data] == 0x33


def test_without_latching_the_port_reads_as_it_is(bench):
    bench.a.set(0x1FF, 0x22)
    bench.a.set(0x1FF, 0x33)
    assert bench[ORA] == 0x33


def test_a_second_edge_does_not_change_what_is_latched_for_the_first(bench):
    bench[ACR] = LATCH_A
    bench.a.set(0x1FF, 0x22)
    bench.a.set(0x1FF, 0x144)
    bench.a.set(0x1FF, 0x055)
    assert bench[ORA] == 0x22


def test_on_port_b_only_inputs_are_latched(bench):
    bench[ACR] = LATCH_B
    bench[DDRB] = 0xF0
    bench[ORB] = 0xC0
    bench.b.set(0x10F, 0x005)
    bench.b.set(0x10F, 0x00A)
    bench[ORB] = 0x90                               # clears the flag of CB1
    bench.b.set(0x10F, 0x107)
    bench.b.set(0x10F, 0x007)
    bench.b.set(0x10F, 0x009)
    assert bench[ORB] == 0x97


# --- edges ------------------------------------------------------------------------------------------------------------

SIDES = [("a", ORA, CA1, CA2), ("b", ORB, CB1, CB2)]


@pytest.mark.parametrize(("side", "data", "c1", "c2"), SIDES)
@pytest.mark.parametrize("rising", [False, True])
def test_c1_sets_its_flag_at_the_edge_that_pcr_says(bench, side, data, c1, c2, rising):
    pins, line = getattr(bench.via, f"port_{side}"), f"c{side}1"
    bench[PCR] = control(FALLING, side, rising)
    pins[line] = False
    assert bench.flags() == (0 if rising else c1)
    bench[IFR] = 0x7F
    pins[line] = True
    assert bench.flags() == (c1 if rising else 0)


@pytest.mark.parametrize(("side", "data", "c1", "c2"), SIDES)
@pytest.mark.parametrize("mode", [FALLING, FALLING_ALONE, RISING, RISING_ALONE])
def test_c2_as_an_input_sets_its_flag_at_the_edge_that_pcr_says(bench, side, data, c1, c2, mode):
    pins, line = getattr(bench.via, f"port_{side}"), f"c{side}2"
    bench[PCR] = control(mode, side)
    pins[line] = False
    assert bench.flags() == (c2 if mode in (FALLING, FALLING_ALONE) else 0)
    bench[IFR] = 0x7F
    pins[line] = True
    assert bench.flags() == (c2 if mode in (RISING, RISING_ALONE) else 0)


@pytest.mark.parametrize(("side", "data", "c1", "c2"), SIDES)
@pytest.mark.parametrize("mode", range(8))
@pytest.mark.parametrize("write", [False, True])
def test_an_access_of_the_port_clears_both_flags_but_for_that_of_an_independent_c2(bench, side, data, c1, c2, mode, write):
    pins = getattr(bench.via, f"port_{side}")
    bench[PCR] = 0
    bench.pulse(pins, f"c{side}1")
    bench.pulse(pins, f"c{side}2")
    bench[PCR] = control(mode, side)
    assert bench.flags() == c1 | c2
    if write:
        bench[data] = 0
    else:
        bench[data]
    assert bench.flags() == (c2 if mode in (FALLING_ALONE, RISING_ALONE) else 0)


def test_the_flag_of_an_independent_input_is_cleared_by_a_write_of_ifr(bench):
    bench[PCR] = control(FALLING_ALONE, "a")
    bench.pulse(bench.a, "ca2")
    bench[IFR] = CA2
    assert bench.flags() == 0


@pytest.mark.parametrize(("side", "data", "c1", "c2"), SIDES)
@pytest.mark.parametrize(("mode", "level"), [(LOW, False), (HIGH, True)])
def test_c2_as_a_manual_output_is_low_or_high_and_sets_no_flag(bench, side, data, c1, c2, mode, level):
    pins, line = getattr(bench.via, f"port_{side}"), f"c{side}2"
    bench[PCR] = control(LOW if level else HIGH, side)
    bench[IFR] = 0x7F
    bench[PCR] = control(mode, side)
    assert (pins[line], pins.driven, bench.flags()) == (level, C2, 0)


# --- handshakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [False, True])
def test_ca2_says_data_taken_or_data_ready_from_an_access_of_ora_to_the_answer_on_ca1(bench, write):
    bench[PCR] = control(HANDSHAKE, "a")
    assert bench.a["ca2"]
    bench.wait(10)
    if write:
        bench[ORA] = 0x55
    else:
        bench[ORA]
    bench.wait(90)
    assert not bench.a["ca2"]
    bench.a["ca1"] = False
    assert (bench.a["ca2"], bench.flags()) == (True, CA1)
    assert bench.watch_a.line(C2)[-2:] == [(10, False), (100, True)]


def test_the_inactive_edge_of_ca1_does_not_end_a_handshake(bench):
    bench[PCR] = control(HANDSHAKE, "a", c1_rising=True)
    bench[ORA] = 0
    bench.a["ca1"] = False
    assert not bench.a["ca2"]
    bench.a["ca1"] = True
    assert bench.a["ca2"]


def test_cb2_has_a_handshake_for_writes_only(bench):
    bench[PCR] = control(HANDSHAKE, "b")
    bench[ORB]
    assert bench.b["cb2"]
    bench[ORB] = 0
    assert not bench.b["cb2"]
    bench.b["cb1"] = False
    assert bench.b["cb2"]


@pytest.mark.parametrize("write", [False, True])
def test_ca2_is_low_for_one_cycle_after_an_access_of_ora(bench, write):
    bench[PCR] = control(PULSE, "a")
    bench.wait(10)
    if write:
        bench[ORA] = 1
    else:
        bench[ORA]
    bench.wait(1)
    assert not bench.a["ca2"]
    bench.wait(1)
    assert bench.a["ca2"]
    bench.wait(10)
    assert bench.watch_a.line(C2)[-2:] == [(10, False), (12, True)]


def test_cb2_is_low_for_one_cycle_after_a_write_of_orb(bench):
    bench[PCR] = control(PULSE, "b")
    bench[ORB]
    bench.wait()
    assert bench.b["cb2"]
    bench[ORB] = 1
    bench.wait()
    assert not bench.b["cb2"]
    bench.wait()
    assert bench.b["cb2"]


def test_accesses_in_adjoining_cycles_make_one_long_pulse(bench):
    bench[PCR] = control(PULSE, "a")
    bench.wait(10)
    bench[ORA] = 1
    bench.wait()
    bench[ORA] = 2
    bench.wait(10)
    assert bench.watch_a.line(C2)[-2:] == [(10, False), (13, True)]


def test_a_change_of_mode_ends_a_handshake_and_the_same_mode_again_does_not(bench):
    bench[PCR] = control(HANDSHAKE, "a")
    bench[ORA] = 0
    bench[PCR] = control(HANDSHAKE, "a", c1_rising=True)
    assert not bench.a["ca2"]
    bench[PCR] = control(PULSE, "a")
    assert bench.a["ca2"]


# --- interrupts -------------------------------------------------------------------------------------------------------


def test_a_flag_is_set_whether_or_not_it_is_enabled_and_asserts_irq_only_then(bench):
    bench.pulse(bench.a, "ca1")
    assert (bench[IFR], bench.irq) == (CA1, False)
    bench[IER] = 0x80 | CA1
    assert (bench[IFR], bench.irq) == (0x80 | CA1, True)
    bench[IER] = CA1
    assert (bench[IFR], bench.irq) == (CA1, False)


def test_bit_7_of_ier_says_whether_ones_set_or_clear_and_reads_one(bench):
    assert bench[IER] == 0x80
    bench[IER] = 0x80 | 0x55
    bench[IER] = 0x80 | 0x0A
    assert bench[IER] == 0x80 | 0x5F
    bench[IER] = 0x11
    assert bench[IER] == 0x80 | 0x4E


def test_bit_7_of_ifr_cannot_be_cleared_but_by_clearing_what_sets_it(bench):
    bench[IER] = 0xFF
    bench.pulse(bench.a, "ca1")
    bench.pulse(bench.b, "cb1")
    bench[IFR] = 0x80
    assert bench[IFR] == 0x80 | CA1 | CB1
    bench[IFR] = 0x80 | CA1
    assert (bench[IFR], bench.irq) == (0x80 | CB1, True)
    bench[IFR] = CB1
    assert (bench[IFR], bench.irq) == (0, False)


def test_an_edge_asserts_irq_in_its_own_cycle(bench):
    bench[IER] = 0x80 | CA2
    bench.wait(5)
    bench.a["ca2"] = False
    assert bench.irq


# --- reset, peeking, state ----------------------------------------------------------------------------------------------


def test_reset_makes_every_pin_an_input_and_clears_flags_and_enables(bench):
    bench[DDRA] = bench[DDRB] = bench[ORA] = bench[ORB] = bench[PCR] = bench[ACR] = 0xFF
    bench[IER] = 0xFF
    bench.pulse(bench.a, "ca1")
    bench.a["ca1"] = None
    bench.machine.reset(power_on=False)
    assert (bench.a.driven, bench.b.driven, bench.irq) == (0, 0, False)
    assert [bench[n] for n in (DDRA, DDRB, ACR, PCR, IFR, IER)] == [0, 0, 0, 0, 0, 0x80]
    bench[DDRA] = bench[DDRB] = 0xFF
    assert (bench.a.levels & 0xFF, bench.b.levels & 0xFF) == (0, 0)


def test_switching_the_power_off_and_on_gives_the_state_of_a_new_machine(bench):
    bench[DDRA] = bench[ACR] = bench[PCR] = 0xFF
    bench[ORA] = 0x55
    bench.wait(100)
    bench.machine.reset(power_on=True)
    assert bench.machine.dump_fields() == Bench().machine.dump_fields()


def test_peeking_changes_nothing(bench):
    bench[PCR] = control(HANDSHAKE, "a")
    bench.start_t1(2)
    bench.pulse(bench.a, "ca1")
    bench.wait(10)
    before = bench.machine.save_fields()
    for register in range(16):
        bench.peek(register)
    assert bench.machine.save_fields() == before


def test_the_registers_repeat_over_the_page(bench):
    bench[0x12] = 0xA5
    assert bench[DDRB] == bench[0xF2] == 0xA5


def test_a_state_that_cannot_be_is_refused_and_changes_nothing(bench):
    bench[PCR] = control(PULSE, "a")
    bench.wait(7)
    bench[ORA] = 0
    saved = bench.machine.save_fields()
    key = b"ca2_rise"
    at = saved.index(key) + len(key)
    where = saved.index((9).to_bytes(8, "little"), at)
    for wrong in (7, 10, -1):
        damaged = saved[:where] + wrong.to_bytes(8, "little", signed=True) + saved[where + 8:]
        with pytest.raises(StateError, match=r"via\.ca2_rise"):
            bench.machine.load_fields(damaged)
    assert bench.machine.save_fields() == saved


def test_wrong_options_say_what_is_meant():
    clock = Machine(1_000_000).clock
    with pytest.raises(ArgumentError, match="'6526' is no variant of the VIA; there are 6522 and 65c22"):
        Mos6522("via", clock, variant="6526")
    with pytest.raises(ArgumentError, match="whole number of ticks"):
        Mos6522("via", clock, period=0)


def test_pb7_as_the_timers_output_is_not_that_of_orb(bench):
    bench[DDRB], bench[ORB] = 0xFF, 0x00
    bench[ACR] = T1_PB7
    assert bench[ORB] == 0x80
    assert bench.b["pb7"]
