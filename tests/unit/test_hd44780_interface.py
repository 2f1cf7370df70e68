"""The HD44780's interface: signals and their edges, bytes and nibbles, both initialisations by instruction, wirings."""

import pytest
from hd44780_bench import (
    ADDED,
    BF,
    BITS8,
    CGRAM,
    CLEAR,
    DDRAM,
    LONG,
    PERIOD,
    RESET,
    SHORT,
    TWO_LINES,
    Bench,
    PinBench,
)

from retrovm.chips.hd44780 import WIRINGS, Hd44780
from retrovm.chips.hd44780_module import Hd44780Module
from retrovm.chips.mos6522 import Mos6522
from retrovm.core.errors import ArgumentError, StateError

ORB, ORA, DDRB, DDRA = range(4)
MILLISECOND = 270 * PERIOD
HELLO = b"Hello, world!"


@pytest.fixture
def wide():
    return PinBench("8-bit").begin()


@pytest.fixture
def narrow():
    bench = PinBench("4-bit")
    bench.nibble_or_byte(0x20, 0)
    bench.wait(SHORT)
    return bench.begin(TWO_LINES)


# --- edges ----------------------------------------------------------------------------------------------------------


def test_the_falling_edge_of_e_writes(wide):
    wide.set(rs=1, rw=0, **dict.fromkeys(wide.data, 1))
    wide.set(e=1)
    wide.wait(1000)
    assert wide.lcd.ddram_bytes[0] == 0x20
    wide.set(e=0)
    assert wide.lcd.ddram_bytes[0] == 0xFF


def test_without_an_edge_of_e_nothing_happens(wide):
    before = wide.lcd.ddram_bytes
    for level in (1, 0, 1):
        wide.set(rs=level, rw=level, **dict.fromkeys(wide.data, level))
        wide.wait(SHORT)
    assert wide.lcd.ddram_bytes == before
    assert not wide.lcd.is_busy


def test_data_may_change_until_the_edge(wide):
    wide.set(rs=1, rw=0, **dict.fromkeys(wide.data, 0))
    wide.set(e=1)
    wide.set(d6=1, d0=1)
    wide.set(e=0)
    assert wide.lcd.ddram_bytes[0] == 0x41


def test_a_port_that_changes_all_its_lines_with_e_is_taken_as_it_was_before(narrow):
    narrow.port_b.set(0xFF, 0x54)                  # E, RS and 4
    narrow.port_b.set(0xFF, 0x0F)                  # all at once: E falls, data and RS change
    narrow.port_b.set(0xFF, 0x51)
    narrow.port_b.set(0xFF, 0x20)
    assert narrow.lcd.ddram_bytes[0] == 0x41


def test_data_lines_are_driven_while_e_and_rw_are_high_and_at_no_other_time(wide):
    wide.write(b"A")
    wide.do(DDRAM)
    wide.set(rs=1, rw=1, **dict.fromkeys(wide.data))
    assert wide.port_b.driven == 0
    wide.set(e=1)
    assert (wide.port_b.driven, wide.port_b.levels) == (0xFF, 0x41)
    wide.set(e=0)
    assert wide.port_b.driven == 0
    wide.set(rw=0, e=1)
    assert wide.port_b.driven == 0


def test_rw_and_rs_turn_the_data_lines_under_a_high_e(wide):
    wide.write(b"A")
    wide.do(DDRAM | 0x15)
    wide.set(rs=0, rw=0, **dict.fromkeys(wide.data))
    wide.set(e=1)
    assert wide.port_b.driven == 0
    wide.set(rw=1)
    assert (wide.port_b.driven, wide.port_b.levels) == (0xFF, 0x15)
    wide.set(rs=1)
    assert wide.port_b.levels == 0x20
    wide.set(rw=0)
    assert wide.port_b.driven == 0


def test_what_is_read_is_that_of_the_rising_edge(wide):
    wide.put(0x06)
    wide.set(rs=0, rw=1, **dict.fromkeys(wide.data))
    wide.set(e=1)
    wide.wait(SHORT)
    assert wide.port_b.levels == BF
    wide.set(e=0)
    wide.set(e=1)
    assert wide.port_b.levels == 0


def test_lines_that_nobody_drives_are_pulled_up_but_e_is_not():
    bench = PinBench("8-bit")
    assert bench.port_b.pull_ups == 0xFF
    assert bench.port_a.pull_ups == 0x60


# --- 4 bits ---------------------------------------------------------------------------------------------------------


def test_with_4_bits_the_high_nibble_comes_first(narrow):
    narrow.nibble_or_byte(0x40, 1)
    assert not narrow.lcd.is_busy
    narrow.nibble_or_byte(0x10, 1)
    assert narrow.lcd.is_busy
    assert narrow.lcd.ddram_bytes[0] == 0x41


def test_with_4_bits_reads_give_the_high_nibble_first_on_the_upper_lines(narrow):
    narrow.write(HELLO)
    narrow.do(DDRAM | 0x45)
    assert (narrow.sample(0), narrow.sample(0)) == (0x40, 0x50)
    narrow.do(DDRAM)
    assert (narrow.sample(1), narrow.sample(1)) == (0x40, 0x80)
    assert narrow.lcd.is_busy
    narrow.wait(SHORT + ADDED)
    assert narrow.read(12) == HELLO[1:]


def test_with_4_bits_each_nibble_of_bf_and_address_is_that_of_its_own_edge(narrow):
    narrow.put(0x06)
    assert narrow.sample(0) == BF
    narrow.wait(SHORT)
    assert narrow.sample(0) == 0
    assert narrow.sample(0) == 0


def test_nibbles_count_while_bf_is_1(narrow):
    narrow.put(CLEAR)
    narrow.nibble_or_byte(0x10, 0)
    narrow.wait(LONG)
    narrow.nibble_or_byte(0x80, 0)                 # the low nibble of 18, a shift of the display
    assert narrow.lcd.display_shift == 1


def test_the_lower_data_lines_are_free_while_the_interface_has_4_bits():
    bench = PinBench("8-bit")
    bench.nibble_or_byte(0x20, 0)
    bench.wait(SHORT)
    bench.set(rs=0, rw=1, **dict.fromkeys(bench.data))
    bench.set(e=1)
    assert bench.port_b.driven == 0xF0


def test_function_set_leads_back_to_8_bits(narrow):
    narrow.do(0x20 | BITS8 | TWO_LINES)
    narrow.nibble_or_byte(0x10, 0)                 # with the lower lines pulled up: 1F
    assert narrow.lcd.is_busy
    assert narrow.lcd.display_shift == 39


# --- initialisation by instruction ----------------------------------------------------------------------------------


def in_8_bits(bench):
    return bench.begin()


def in_4_bits(bench):
    bench.nibble_or_byte(0x20, 0)
    bench.wait(SHORT)
    return bench.begin(TWO_LINES)


def between_two_nibbles(bench):
    in_4_bits(bench)
    bench.nibble_or_byte(0x00, 0)


STATES = [lambda bench: None, in_8_bits, in_4_bits, between_two_nibbles]
NAMES = ["power-on", "8 bits", "4 bits", "half a byte"]


def by_instruction(bench, last):
    """hd44780u "Initializing by Instruction": three times function set, with waits instead of BF."""
    for wait in (15, 4.1, 0.1):
        bench.wait(int(wait * MILLISECOND))
        bench.nibble_or_byte(0x30, 0)
    bench.wait(SHORT)
    for nibble in last:
        bench.nibble_or_byte(nibble, 0)
        bench.wait(SHORT)


@pytest.mark.parametrize("before", STATES, ids=NAMES)
def test_8_bits_are_set_by_instruction_from_any_state(before):
    bench = PinBench("8-bit", ready=False)
    bench.wait(RESET)
    before(bench)
    by_instruction(bench, [])
    bench.do(0x38, 0x08, CLEAR, 0x06, 0x0C, DDRAM | 0x40)
    bench.write(HELLO)
    assert bench.lcd.text == (" " * 16, "Hello, world!   ")


@pytest.mark.parametrize("before", STATES, ids=NAMES)
def test_4_bits_are_set_by_instruction_from_any_state(before):
    bench = PinBench("4-bit", ready=False)
    bench.wait(RESET)
    before(bench)
    by_instruction(bench, [0x20])
    bench.do(0x28, 0x08, CLEAR, 0x06, 0x0C, DDRAM | 0x40)
    bench.write(HELLO)
    assert bench.lcd.text == (" " * 16, "Hello, world!   ")


# --- wiring ---------------------------------------------------------------------------------------------------------


def test_a_module_that_is_never_read_has_rw_low_for_good():
    wiring = {"rs": "pa0", "rw": "low", "e": "pa1", "d4": "pb4", "d5": "pb5", "d6": "pb6", "d7": "pb7"}
    bench = PinBench({**wiring, "rw": "pa7"}, ready=False)
    lcd = bench.machine.add(Hd44780Module("other", bench.clock, screen_name="other_screen"))
    lcd.connect((bench.port_a, bench.port_b), wiring)
    bench.wait(RESET)
    bench.nibble_or_byte(0x20, 0)
    bench.wait(SHORT)
    bench.begin(TWO_LINES)
    bench.write(HELLO)
    assert lcd.text == bench.lcd.text == ("Hello, world!   ", " " * 16)


def test_two_modules_share_lines_with_an_e_each():
    bench = PinBench("8-bit", module="40x2")
    other = bench.machine.add(Hd44780Module("other", bench.clock, module="40x2", screen_name="other_screen"))
    other.connect((bench.port_a, bench.port_b), {**WIRINGS["8-bit"], "e": "pa4"})
    bench.port_a["pa4"] = False
    bench.begin()
    bench.write(HELLO)
    assert bench.lcd.text[0].rstrip() == "Hello, world!"
    assert other.text[0].strip() == ""


@pytest.mark.parametrize(("change", "message"), [
    ({"d9": "pb0"}, "lcd has no signal 'd9'; its signals are d0, d1, .* of which d0 to d3 may be left out"),
    ({"e": None}, "lcd needs its e wired"),
    ({"d7": None}, "lcd needs its d7 wired"),
    ({"rs": "pc0"}, r"lcd: rs goes to 'pc0', which 0 of the ports have; a signal goes to one line \(pa0, pa1,.*or is low"),
    ({"rs": "pa7"}, "lcd: two signals go to 'pa7'"),
])
def test_what_cannot_be_wired_is_refused_and_changes_nothing(change, message):
    bench = PinBench("8-bit")
    lcd = Hd44780("lcd", bench.clock)
    wiring = {signal: line for signal, line in {**WIRINGS["8-bit"], **change}.items() if line is not None}
    with pytest.raises(ArgumentError, match=message):
        lcd.connect((bench.port_a, bench.port_b), wiring)
    lcd.connect((bench.port_a, bench.port_b), WIRINGS["8-bit"])


def test_a_chip_is_wired_once():
    bench = PinBench("8-bit")
    with pytest.raises(ArgumentError, match="lcd: it is wired already"):
        bench.lcd.connect((bench.port_a, bench.port_b), WIRINGS["8-bit"])


# --- on a VIA -------------------------------------------------------------------------------------------------------


class ViaBench(Bench):
    """The wirings of the breadboard as a program sees them: by the registers of a VIA."""

    def __init__(self, wiring, **options):
        self.wiring = wiring
        super().__init__(1_000_000, ready=False, **options)

    def wire(self):
        self.bus = self.machine.add_bus()
        self.via = self.machine.add(Mos6522("via", self.clock))
        self.bus.map(0x6000, 0x100, self.via, mirror=16)
        self.lcd.connect((self.via.port_a, self.via.port_b), WIRINGS[self.wiring])

    def __setitem__(self, register, value):
        self.bus.write(0x6000 + register, value)
        self.wait(4)

    def __getitem__(self, register):
        self.wait(4)
        return self.bus.read(0x6000 + register)


def test_a_program_prints_through_a_via_with_8_bits_and_the_busy_flag():
    bench = ViaBench("8-bit")
    bench.wait(20_000)
    rs, rw, e = 0x20, 0x40, 0x80
    bench[ORA] = 0
    bench[DDRA] = rs | rw | e

    def send(value, select):
        bench[DDRB] = 0
        while True:
            bench[ORA] = rw
            bench[ORA] = rw | e
            status = bench[ORB]
            bench[ORA] = rw
            if not status & BF:
                break
        bench[DDRB] = 0xFF
        bench[ORB] = value
        bench[ORA] = select
        bench[ORA] = select | e
        bench[ORA] = select

    for instruction in (0x38, 0x0E, 0x06, CLEAR):
        send(instruction, 0)
    for character in HELLO:
        send(character, rs)
    assert bench.lcd.text == ("Hello, world!   ", " " * 16)


def test_a_program_prints_through_a_via_with_4_bits_and_the_busy_flag():
    bench = ViaBench("4-bit")
    bench.wait(20_000)
    rs, rw, e = 0x10, 0x20, 0x40
    bench[ORB] = 0
    bench[DDRB] = 0x7F
    bench.wait(100)

    def nibble(value, select):
        bench[ORB] = value | select
        bench[ORB] = value | select | e
        bench[ORB] = value | select

    def busy():
        bench[DDRB] = 0x70
        status = []
        for _ in range(2):
            bench[ORB] = rw
            bench[ORB] = rw | e
            status.append(bench[ORB] & 0x0F)
            bench[ORB] = rw
        bench[DDRB] = 0x7F
        return status[0] & 8

    def send(value, select=0):
        while busy():
            pass
        nibble(value >> 4, select)
        nibble(value & 0x0F, select)

    nibble(0x2, 0)
    bench.wait(100)
    for instruction in (0x28, 0x0E, 0x06, CLEAR):
        send(instruction)
    for character in HELLO:
        send(character, rs)
    assert bench.lcd.text == ("Hello, world!   ", " " * 16)


def test_an_e_that_floats_high_ends_a_read_when_the_program_takes_the_line():
    bench = PinBench("8-bit").begin()
    bench.port_a.pull(up=0xE0)
    bench.set(e=None, rs=None, rw=None)
    assert bench.port_b.driven == 0xFF
    bench.set(e=0)
    assert bench.lcd.is_busy
    bench.wait(SHORT + ADDED)
    assert bench.lcd.address == 1


# --- state ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "value", "message"), [
    ("shift", 40, "lcd.shift: a line of 40 cells cannot be shifted by 40"),
    ("busy_until", 1 << 50, "lcd.busy_until: nothing lasts until"),
    ("busy_until", -1, "lcd.busy_until: nothing lasts until -1"),
    ("ac_at", 1 << 50, "lcd.ac_at: nothing lasts until"),
])
def test_a_state_that_cannot_be_is_refused(field, value, message):
    bench = Bench().begin()
    fields = bench.machine.save_fields()
    with pytest.raises(StateError, match=message):
        bench.machine.load_fields(changed(fields, field, value))
    assert bench.machine.save_fields() == fields


def test_an_address_of_cgram_that_cannot_be_is_refused():
    bench = Bench().begin()
    bench.do(CGRAM | 3)
    fields = bench.machine.save_fields()
    with pytest.raises(StateError, match=r"lcd.ac: CGRAM has no address \$41"):
        bench.machine.load_fields(changed(fields, "ac", 0x41))


def changed(fields, name, value):
    """A saved state with another number in a field of the display."""
    head = bytes([len(name)]) + name.encode()
    at = fields.index(head) + len(head)
    width = fields[at]
    at += 5                                        # width and count
    return fields[:at] + value.to_bytes(width, "little", signed=value < 0) + fields[at + width:]
