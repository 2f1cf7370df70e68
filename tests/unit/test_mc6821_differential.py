"""The PIA, which is told when something happens, against one that is clocked cycle by cycle from the data sheet's tables."""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from retrovm.chips.mc6821 import Mc6821
from retrovm.core.device import Wire
from retrovm.core.machine import Machine

EXAMPLES = int(os.environ.get("RETROVM_EXAMPLES", "150"))

FALLING, RISING = False, True
C2_INPUT = {0b000: (FALLING, False), 0b001: (FALLING, True), 0b010: (RISING, False), 0b011: (RISING, True)}    # edge, interrupt
C1_INPUT = {0b00: (FALLING, False), 0b01: (FALLING, True), 0b10: (RISING, False), 0b11: (RISING, True)}
HANDSHAKE, PULSE, LOW, HIGH = 0b100, 0b101, 0b110, 0b111


class Side:
    """A port with its control register. Lines are lists of levels: eight of data, C1 and C2."""

    def __init__(self, pull_ups):
        self.pull_ups = pull_ups
        self.out, self.ddr, self.mode, self.flags = [0] * 8, [0] * 8, 0, [False, False]
        self.strobed = False
        self.host = [None] * 10
        self.lines = [1] * 10

    def c2_mode(self):
        return self.mode >> 3 & 7

    def drives(self, line):
        """What the chip drives a line to, or None."""
        if line < 8:
            return self.out[line] if self.ddr[line] else None
        if line == 9 and self.c2_mode() >= HANDSHAKE:
            return int({HANDSHAKE: not self.strobed, PULSE: not self.strobed, LOW: False, HIGH: True}[self.c2_mode()])
        return None

    def settle(self):
        """The lines, and what their edges do."""
        before, self.lines = self.lines, [self.level(line) for line in range(10)]
        edges = [None if old == new else bool(new) for old, new in zip(before, self.lines, strict=True)]
        if self.c2_mode() < HANDSHAKE and edges[9] == C2_INPUT[self.c2_mode()][0]:
            self.flags[1] = True
        if edges[8] == C1_INPUT[self.mode & 3][0]:
            self.flags[0] = True
            if self.c2_mode() == HANDSHAKE and self.strobed:
                self.strobed = False
                self.settle()

    def level(self, line):
        levels = [each for each in (self.drives(line), self.host[line]) if each is not None]
        if levels:
            return min(levels)
        return 1 if self.pull_ups[line] else self.lines[line]

    def irq(self):
        enabled = self.c2_mode() < HANDSHAKE and C2_INPUT[self.c2_mode()][1]
        return (self.flags[0] and C1_INPUT[self.mode & 3][1]) or (self.flags[1] and enabled)

    def control(self):
        return self.mode | self.flags[0] << 7 | self.flags[1] << 6

    def set_control(self, value):
        if (value ^ self.mode) & 0x38:
            self.strobed = False
        self.mode = value & 0x3F
        if self.c2_mode() >= HANDSHAKE:
            self.flags[1] = False
        self.settle()


def bits(value, count=8):
    return [value >> bit & 1 for bit in range(count)]


def number(levels):
    return sum(level << bit for bit, level in enumerate(levels))


class Model:
    def __init__(self):
        self.sides = Side([1] * 8 + [0, 1]), Side([0] * 10)
        self.selected = False

    def tick(self):
        """The end of a cycle, and of the pulses that it ends."""
        for side in self.sides:
            if side.strobed and side.c2_mode() == PULSE and not self.selected:
                side.strobed = False
                side.settle()
        self.selected = False

    def outside(self, port, driven, levels):
        side = self.sides[port]
        side.host = [level if drives else None for drives, level in zip(bits(driven, 10), bits(levels, 10), strict=True)]
        side.settle()

    def peek(self, register):
        side = self.sides[register >> 1]
        if register & 1:
            return side.control()
        if not side.mode & 4:
            return number(side.ddr)
        if register == 0:
            return number(side.lines[:8])
        return number(side.out[bit] if side.ddr[bit] else side.lines[bit] for bit in range(8))

    def read(self, register):
        value, side = self.peek(register), self.sides[register >> 1]
        self.selected = True
        if register & 1 == 0 and side.mode & 4:
            side.flags = [False, False]
            if register == 0:
                self.strobe(side)
        return value

    def write(self, register, value):
        side = self.sides[register >> 1]
        self.selected = True
        if register & 1:
            side.set_control(value)
        elif not side.mode & 4:
            side.ddr = bits(value)
        else:
            side.out = bits(value)
            if register == 2:
                self.strobe(side)
        side.settle()

    @staticmethod
    def strobe(side):
        if side.c2_mode() in (HANDSHAKE, PULSE):
            side.strobed = True
            side.settle()


class Pair:
    """The chip and its model, side by side."""

    def __init__(self, period=1):
        self.period = period
        self.machine = Machine(1_000_000)
        self.bus = self.machine.add_bus()
        self.wires = Wire(), Wire()
        self.pia = self.machine.add(Mc6821("pia", self.machine.clock, *self.wires, period=period))
        self.bus.map(0x5000, 4, self.pia)
        self.model = Model()

    def wait(self, cycles):
        self.machine.clock.wait(cycles * self.period)
        for _ in range(cycles):
            self.model.tick()

    def do(self, line, access):
        if line:
            port, driven, levels = line
            (self.pia.port_b if port else self.pia.port_a).set(driven, levels)
            self.model.outside(port, driven, levels)
        if access and access[0] == "read":
            assert self.bus.read(0x5000 + access[1]) == self.model.read(access[1])
        elif access:
            self.bus.write(0x5000 + access[1], access[2])
            self.model.write(access[1], access[2])

    def agree(self):
        assert [wire.asserted for wire in self.wires] == [side.irq() for side in self.model.sides]
        assert [self.pia.port_a.levels, self.pia.port_b.levels] == [number(side.lines) for side in self.model.sides]
        assert list(self.bus.peek_bytes(0x5000, 4)) == [self.model.peek(register) for register in range(4)]


control = st.builds(lambda value, data: value | 4 * data, st.integers(0, 255), st.booleans())
accesses = st.one_of(
    st.tuples(st.just("write"), st.sampled_from([0, 2]), st.integers(0, 255)),
    st.tuples(st.just("write"), st.sampled_from([1, 3]), control),
    st.tuples(st.just("read"), st.integers(0, 3), st.just(0)),
    st.none(),
)
lines = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 1), st.just(0x300), st.sampled_from([0, 0x100, 0x200, 0x300])),
    st.tuples(st.integers(0, 1), st.integers(0, 0x3FF), st.integers(0, 0x3FF)),
)
scripts = st.lists(st.tuples(st.one_of(st.integers(0, 3), st.integers(1, 40)), lines, accesses), max_size=60)


@settings(max_examples=EXAMPLES, deadline=None)
@given(scripts, st.sampled_from([1, 3]))
def test_all_registers_both_interrupt_lines_and_the_pins_are_those_of_the_model_in_every_cycle(script, period):
    pair = Pair(period)
    for pause, line, access in script:
        for _ in range(pause):
            pair.wait(1)
            pair.agree()
        pair.do(line, access)
        pair.agree()


@settings(max_examples=EXAMPLES, deadline=None)
@given(scripts)
def test_they_agree_whenever_somebody_looks_however_long_nobody_did(script):
    pair = Pair()
    for pause, line, access in script:
        pair.wait(pause)
        pair.do(line, access)
    pair.wait(1)
    pair.agree()


@settings(max_examples=EXAMPLES, deadline=None)
@given(scripts, scripts)
def test_a_loaded_state_goes_on_as_the_saved_one_would(before, after):
    pair = Pair()
    for pause, line, access in before:
        pair.wait(pause)
        pair.do(line, access)
    other = Pair()
    other.machine.load_fields(pair.machine.save_fields())
    other.model = pair.model
    assert other.machine.dump_fields() == pair.machine.dump_fields()
    for pause, line, access in after:
        other.wait(pause)
        other.do(line, access)
        other.agree()
