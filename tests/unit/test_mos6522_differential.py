"""The VIA, which is caught up when somebody looks, against one that is clocked cycle by cycle (mos6522_model.py)."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mos6522_model import ACR, IER, PCR, SR, T1CH, T1CL, T2CH, T2CL, Model

from retrovm.chips.mos6522 import VARIANTS, Mos6522
from retrovm.core.device import Wire
from retrovm.core.machine import Machine

EXAMPLES = int(os.environ.get("RETROVM_EXAMPLES", "150"))

small = st.integers(0, 12)
byte = st.one_of(st.integers(0, 255), st.sampled_from([0, 0xFF, 0x80, 0x7F]))
writes = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 15), byte),
    st.tuples(st.just("write"), st.sampled_from([T1CL, T2CL]), small),
    st.tuples(st.just("write"), st.sampled_from([T1CH, T2CH]), st.integers(0, 1)),
    st.tuples(st.just("write"), st.just(IER), st.integers(0x80, 0xFF)),
    st.tuples(st.just("write"), st.sampled_from([ACR, PCR, SR]), byte),
)
reads = st.tuples(st.just("read"), st.integers(0, 15), st.just(0))
lines = st.one_of(
    st.tuples(st.sampled_from("ab"), st.integers(0, 0x3FF), st.integers(0, 0x3FF)),
    st.tuples(st.just("b"), st.just(0x340), st.sampled_from([0, 0x40, 0x100, 0x200, 0x300, 0x340])),
)
pauses = st.one_of(st.integers(1, 4), st.integers(1, 40), st.integers(1, 700))
scripts = st.lists(st.tuples(pauses, st.one_of(st.none(), lines), st.one_of(writes, writes, reads, st.none())), max_size=60)


class Pair:
    """The chip and its model, side by side."""

    def __init__(self, variant="65c22", period=1):
        self.period = period
        self.machine = Machine(1_000_000)
        self.bus = self.machine.add_bus()
        self.wire = Wire()
        self.via = self.machine.add(Mos6522("via", self.machine.clock, self.wire, variant=variant, period=period))
        self.bus.map(0x6000, 16, self.via)
        self.model = Model(variant)

    def wait(self, cycles):
        self.machine.clock.wait(cycles * self.period)
        for _ in range(cycles):
            self.model.tick()

    def do(self, line, access):
        if line:
            port, driven, levels = line
            getattr(self.via, f"port_{port}").set(driven, levels)
            self.model.outside(port, driven, levels)
        if access and access[0] == "read":
            assert self.bus.read(0x6000 + access[1]) == self.model.read(access[1])
        elif access:
            self.bus.write(0x6000 + access[1], access[2])
            self.model.write(access[1], access[2])

    def seen(self):
        """What is outside the chip."""
        return self.wire.asserted, self.via.port_a.levels, self.via.port_b.levels

    def expected(self):
        return self.model.irq, self.model.a.levels, self.model.b.levels

    def agree(self):
        assert self.seen() == self.expected()
        registers = self.bus.peek_bytes(0x6000, 16)
        assert registers.hex(" ") == bytes(self.model.peek(n) for n in range(16)).hex(" ")


@settings(max_examples=EXAMPLES, deadline=None)
@given(scripts, st.sampled_from(VARIANTS))
def test_all_registers_the_irq_line_and_the_pins_are_those_of_the_model_in_every_cycle(script, variant):
    pair = Pair(variant)
    for pause, line, access in script:
        for _ in range(min(pause, 60)):
            pair.wait(1)
            pair.agree()
        pair.do(line, access)
        assert pair.seen() == pair.expected()


@settings(max_examples=EXAMPLES, deadline=None)
@given(scripts, st.sampled_from([1, 3]))
def test_they_agree_whenever_somebody_looks_however_long_nobody_did(script, period):
    pair = Pair(period=period)
    for pause, line, access in script:
        pair.wait(pause)
        pair.do(line, access)
        assert pair.seen() == pair.expected()
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
    other.wait(1)
    other.agree()


@pytest.mark.parametrize("latch", [0, 1, 5, 255])
def test_the_shift_register_under_t2_comes_round_for_ever_as_the_model_does(latch):
    pair = Pair()
    for access in ((T2CL, latch), (T2CH, 1), (ACR, 0x10), (SR, 0xA5)):
        pair.wait(1)
        pair.do(None, ("write", *access))
    for _ in range(700):
        pair.wait(1)
        pair.agree()
    pair.wait(10_007)
    pair.agree()
