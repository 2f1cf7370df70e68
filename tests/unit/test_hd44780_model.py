"""The HD44780 against a slow and simple model of its datasheet, and states in the middle of everything.

The model is written apart from the chip: memories are dictionaries by address, time is a Fraction of a second, and the two
nibbles are a list.
"""

from fractions import Fraction

import pytest
from hd44780_bench import PERIOD, Bench, PinBench
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrovm.chips.hd44780 import WIRINGS
from retrovm.chips.hd44780_module import Hd44780Module
from retrovm.chips.mos6522 import Mos6522
from retrovm.core.machine import Machine

OSCILLATOR = 270_000
RATE = PERIOD * OSCILLATOR


class Model:
    """The chip by the sentences of the datasheet."""

    def __init__(self):
        self.now = Fraction(0)
        self.bits, self.lines = 8, 1
        self.memory = {("dd", address): 0x20 for line in (1, 2) for address in self.addresses(line)}
        self.memory |= {("cg", address): 0 for address in range(64)}
        self.kind, self.address, self.old, self.shown_at = "dd", 0, 0, Fraction(0)
        self.register = 0
        self.direction, self.with_shift, self.on = 1, False, False
        self.offset = 0
        self.nibbles = []
        self.open = True
        self.ready = Fraction(1, 100)

    @staticmethod
    def addresses(lines):
        return list(range(80)) if lines == 1 else [*range(40), *range(0x40, 0x40 + 40)]

    def key(self, address):
        """DDRAM is one memory, whose 80 cells have other addresses while there are two lines."""
        if self.kind == "cg":
            return ("cg", address)
        there = self.addresses(self.lines)
        return ("dd", there.index(address)) if address in there else None

    def shows(self):
        address = self.address if self.now >= self.shown_at else self.old
        return (0x80 if self.now < self.ready else 0) | address

    def pulse(self, rs, rw, value):
        """One pulse on E; the value is on DB. Returns what DB has while E is high, for a read."""
        given = None
        if rw:
            given = self.register if rs else self.shows()
            if self.bits == 4:
                given = (given if not self.nibbles else given << 4) & 0xF0 | 0x0F
        if self.bits == 4:
            self.nibbles.append(self.nibbles[0] if rw and self.nibbles else self.kept if rw else value >> 4)
            if len(self.nibbles) == 1:
                self.kept = self.nibbles[0]
                return given
            value = self.nibbles[0] << 4 | value >> 4
            self.nibbles = []
        if self.now >= self.ready and (rs or not (rw or value == 0)):
            self.execute(rs, rw, value)
        return given

    kept = 0

    def execute(self, rs, rw, value):
        periods = 10
        self.old, self.shown_at = self.address, self.now
        if rs:
            if not rw:
                self.register = value
                if (key := self.key(self.address)) is not None:
                    self.memory[key] = value
                if self.kind == "dd" and self.with_shift:
                    self.offset += self.direction
            self.count(self.direction)
            if rw:
                self.prefetch()
            self.shown_at = self.now + Fraction(23, 2) / OSCILLATOR
            self.open = False
        else:
            highest = value.bit_length() - 1
            if highest < 2:
                periods = 410
            getattr(self, f"bit{highest}")(value)
            self.open = self.open and highest in (0, 5)
        self.ready = self.now + Fraction(periods, OSCILLATOR)

    def count(self, step):
        if self.kind == "cg":
            self.address = (self.address + step) % 64
        elif self.address in (there := self.addresses(self.lines)):
            self.address = there[(there.index(self.address) + step) % len(there)]
        else:
            self.address = (self.address + step) % 128

    def prefetch(self):
        key = self.key(self.address)
        self.register = 0xFF if key is None else self.memory[key]

    def bit0(self, value):
        for address in range(80):
            self.memory["dd", address] = 0x20
        self.direction = 1
        self.bit1(value)

    def bit1(self, value):
        self.kind, self.address, self.offset = "dd", 0, 0

    def bit2(self, value):
        self.direction = 1 if value & 2 else -1
        self.with_shift = bool(value & 1)

    def bit3(self, value):
        self.on = bool(value & 4)

    def bit4(self, value):
        step = 1 if value & 4 else -1
        if value & 8:
            self.offset -= step
        else:
            self.kind = "dd"
            self.count(step)
            self.prefetch()

    def bit5(self, value):
        bits = 8 if value & 16 else 4
        if bits != self.bits:
            self.open, self.bits, self.nibbles = True, bits, []
        if self.open:
            self.offset %= 80 if self.lines == 1 else 40
            self.lines = 2 if value & 8 else 1

    def bit6(self, value):
        self.kind, self.address = "cg", value & 0x3F
        self.prefetch()

    def bit7(self, value):
        self.kind, self.address = "dd", value & 0x7F
        self.prefetch()

    def visible(self):
        """The rows of a 16x2."""
        rows = []
        for row in range(2):
            cells = bytearray(b" " * 16)
            if self.on and row < self.lines:
                length = 80 // self.lines
                for column in range(16):
                    cells[column] = self.memory["dd", row * length + (column + self.offset) % length]
            rows.append(bytes(cells))
        return tuple(rows)


# Nothing, what is between BF and the address, and all that an instruction takes; instructions more often than chance has it.
GAPS = st.sampled_from([0, 1, 999, 1000, 1001, 1149, 1150, 2000, 40_999, 41_000])
INSTRUCTIONS = st.one_of(
    st.sampled_from([0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x07, 0x0C, 0x10, 0x14, 0x18, 0x1C, 0x20, 0x28, 0x30, 0x38, 0x80,
                     0xA7, 0xBE, 0xC0, 0xCF, 0xE7, 0xFF, 0x40, 0x7F]),
    st.integers(0, 0xFF))
PULSES = st.lists(st.tuples(GAPS, st.booleans(), st.sampled_from([False, False, False, True]), INSTRUCTIONS), max_size=120)


def compare(bench, model, give, pulses):
    """`give(rs, rw, value)` is a pulse on E of the bench."""
    for gap, rs, rw, value in pulses:
        bench.wait(gap)
        model.now = Fraction(bench.clock.ticks, RATE)
        expected = model.pulse(rs, rw, value)
        assert give(rs, rw, value) == expected
        assert bench.lcd.address | bench.lcd.is_busy << 7 == model.shows()
    assert bench.lcd.ddram_bytes == bytes(model.memory["dd", cell] for cell in range(80))
    assert bench.lcd.cgram_bytes == bytes(model.memory["cg", address] for address in range(64))
    assert bench.lcd.codes == model.visible()


def on_bus(bench):
    def give(rs, rw, value):
        return bench.get(rs) if rw else bench.put(value, rs)
    return give


def on_pins(bench):
    def give(rs, rw, value):
        if rw:
            return bench.sample(rs)
        bench.nibble_or_byte(value, rs)
        return None
    return give


@given(pulses=PULSES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_on_a_bus_it_does_what_the_model_does(pulses):
    bench, model = Bench(), Model()
    compare(bench, model, on_bus(bench), [(0, False, False, 0x0C), (1000, False, False, 0x38), *pulses])


@given(pulses=PULSES)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_on_pins_it_does_what_the_model_does(pulses):
    bench, model = PinBench("8-bit"), Model()
    compare(bench, model, on_pins(bench), [(0, False, False, 0x38), (1000, False, False, 0x0C), *pulses])


# --- states ---------------------------------------------------------------------------------------------------------


class Board(Bench):
    """A module on a VIA, which holds the state of the lines."""

    def wire(self):
        self.bus = self.machine.add_bus()
        self.via = self.machine.add(Mos6522("via", self.clock))
        self.bus.map(0x6000, 0x100, self.via, mirror=16)
        self.lcd.connect((self.via.port_a, self.via.port_b), WIRINGS["8-bit"])

    def store(self, register, value):
        self.bus.write(0x6000 + register, value)
        self.wait(7)


STORES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 0xFF)), max_size=80)


@given(stores=STORES, at=st.integers(0, 80))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_state_of_any_moment_goes_on_the_same_on_this_machine_and_on_another(stores, at):
    one, other = Board(RATE // 10), Board(RATE // 10, ready=False)
    for store in stores[:at]:
        one.store(*store)
    state = one.machine.save_fields()
    for store in stores[at:]:
        one.store(*store)
    expected = one.machine.save_fields(), one.lcd.art
    for made in (one, other):
        made.machine.load_fields(state)
        assert made.machine.save_fields() == state
        for store in stores[at:]:
            made.store(*store)
        assert (made.machine.save_fields(), made.lcd.art) == expected


@pytest.mark.parametrize("module", ["8x1", "40x2"])
def test_machines_with_the_same_input_are_the_same(module):
    states = []
    for _ in range(2):
        machine = Machine(1_000_000)
        lcd = machine.add(Hd44780Module("lcd", machine.clock, module=module))
        machine.add(lcd.screen)
        states.append(machine.save_fields())
    assert states[0] == states[1]
