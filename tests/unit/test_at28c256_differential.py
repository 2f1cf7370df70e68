"""The 28C256, whose write cycles are events, against a model that keeps all writes and judges them when the cycle is over."""

import os

from at28c256_bench import PROTECT, UNPROTECT, Bench
from hypothesis import given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("RETROVM_EXAMPLES", "150"))
T_BLC, T_WC = 10, 100          # microseconds


class Model:
    """Writes of the present cycle are (time, address, value); everything else follows from them."""

    def __init__(self, protected):
        self.now = 0
        self.contents = {}
        self.protected = protected
        self.writes = []
        self.reads = 0

    def wait(self, ticks):
        self.now += ticks
        if self.writes and self.now >= self.writes[-1][0] + T_WC:
            self.finish()

    def write(self, address, value):
        if self.writes and self.now > self.writes[-1][0] + T_BLC:
            return
        self.reads = self.reads if self.writes else 0
        self.writes.append((self.now, address, value))

    def read(self, address):
        if not self.writes:
            return self.contents.get(address, 0xFF)
        self.reads += 1
        value = self.writes[-1][2]
        return (value & 0x3F) + 0x40 * (self.reads % 2) + (0 if value & 0x80 else 0x80)

    def finish(self):
        pairs = [(address, value) for _, address, value in self.writes]
        command, start = None, 0
        at = 0
        while at < len(pairs):
            for keys, protect in ((PROTECT, True), (UNPROTECT, False)):
                if tuple(pairs[at:at + len(keys)]) == keys:
                    command, start = protect, at + len(keys)
                    at = start - 1
                    break
            at += 1
        if not self.protected or command is not None:
            page = {address // 64 for address, _ in pairs[start:start + 1]}
            self.contents.update({address: value for address, value in pairs[start:] if address // 64 in page})
        if command is not None:
            self.protected = command
        self.writes = []


addresses = st.sampled_from([0, 1, 0x3F, 0x40, 0x2AAA, 0x2AAB, 0x5540, 0x5555, 0x7FFF])
values = st.sampled_from([0x00, 0x20, 0x55, 0x80, 0xA0, 0xAA, 0xFF])
pauses = st.one_of(st.integers(0, T_BLC), st.sampled_from([T_BLC + 1, T_WC - 1, T_WC, T_WC + T_BLC]))
data = st.lists(st.tuples(addresses, values), max_size=4)
keys = st.lists(st.sampled_from([PROTECT, UNPROTECT, PROTECT[:2], PROTECT[2:], UNPROTECT[:3], UNPROTECT[3:]]), max_size=3)
steps = st.builds(lambda before, keys, behind: [*before, *(pair for key in keys for pair in key), *behind], data, keys, data)
scripts = st.lists(st.tuples(steps, pauses, st.lists(addresses, max_size=3), pauses), max_size=12)


def play(script, *sides):
    """Does the same with every side, and yields what each of them answers to reads."""
    for writes, gap, reads, pause in script:
        for address, value in writes:
            for side in sides:
                side.write(address, value)
                side.wait(gap)
        yield from ([side.read(address) for side in sides] for address in reads)
        for side in sides:
            side.wait(pause)


class Chip(Bench):
    def __init__(self, protected):
        super().__init__(protected=protected, t_blc_us=T_BLC, t_wc_us=T_WC)

    def write(self, address, value):
        self[address] = value

    def read(self, address):
        return self[address]


@settings(max_examples=EXAMPLES, deadline=None)
@given(scripts, st.booleans())
def test_reads_contents_and_protection_are_those_of_the_model(script, protected):
    chip, model = Chip(protected), Model(protected)
    for one, other in play(script, chip, model):
        assert one == other
    for side in (chip, model):
        side.wait(T_WC)
    assert {at: value for at, value in enumerate(chip.contents) if value != 0xFF} == {
        at: value for at, value in model.contents.items() if value != 0xFF}
    assert chip.chip.protected == model.protected


@settings(max_examples=EXAMPLES, deadline=None)
@given(scripts, scripts)
def test_a_loaded_state_goes_on_as_the_saved_one_would(before, after):
    chip, other = Chip(False), Chip(False)
    for _ in play(before, chip):
        pass
    other.machine.load_fields(chip.machine.save_fields())
    for one, two in play(after, chip, other):
        assert one == two
    assert other.machine.dump_fields() == chip.machine.dump_fields()
