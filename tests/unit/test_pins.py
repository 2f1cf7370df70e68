"""The lines of a port: what they are when several drive them, who is told, and when."""

import pytest

from retrovm.core.errors import ArgumentError, BusyError
from retrovm.core.machine import Machine
from retrovm.core.pins import Cable, Pins
from retrovm.core.python_device import PythonDevice

NAMES = tuple(f"p{bit}" for bit in range(8))


class Part(PythonDevice):
    """Drives what a test says, and remembers what it is told: (group, levels, driven, now)."""

    def __init__(self, name, pins, group=0):
        super().__init__(name)
        self.plugged = self.plug(pins, group)
        self.log = []

    def pins_changed(self, *what):
        self.log.append(what)


@pytest.fixture
def clock():
    return Machine(1_000_000).clock


@pytest.fixture
def pins(clock):
    return Pins(clock, "port", NAMES)


def test_a_line_that_nobody_drives_has_the_level_of_its_resistor(clock):
    assert Pins(clock, "port", NAMES).levels == 0xFF
    mixed = Pins(clock, "port", NAMES, pull_downs=0x0F)
    assert (mixed.levels, mixed.driven) == (0xF0, 0)
    mixed.pull(up=0x01, down=0x80)
    assert (mixed.levels, mixed.pull_ups, mixed.pull_downs) == (0x71, 0x71, 0x8E)


def test_a_line_without_a_resistor_keeps_what_it_had(clock):
    pins = Pins(clock, "port", NAMES, pull_ups=0)
    pins.set(0xFF, 0x5A)
    pins.set(0, 0)
    assert (pins.levels, pins.driven) == (0x5A, 0)


def test_low_wins_where_two_drive_against_each_other(pins):
    one, other = Part("one", pins), Part("other", pins)
    one.plugged.drive(0x0F, 0x0C)
    other.plugged.drive(0x3C, 0x28)
    assert pins.driven == 0x3F
    assert pins.levels == 0b1110_1000
    one.plugged.drive(0, 0)
    assert pins.levels == 0b1110_1011


def test_the_host_reads_drives_and_lets_go_of_a_line_by_its_name(pins):
    pins["p3"] = False
    assert (pins["p3"], pins.levels, pins.driven) == (False, 0xF7, 0x08)
    pins["p3"] = True
    assert (pins["p3"], pins.driven) == (True, 0x08)
    pins["p3"] = None
    assert pins.driven == 0


def test_all_others_are_told_of_a_change_with_the_tick_of_the_cycle(clock, pins):
    one, other = Part("one", pins), Part("other", pins, group=7)
    clock.wait(123)
    one.plugged.drive(0x01, 0x00)
    assert other.log == [(7, 0xFE, 0x01, 123)]
    assert one.log == []
    pins["p0"] = False
    assert len(other.log) == 1                     # the line is what it was
    pins["p1"] = False
    assert one.log == [(0, 0xFC, 0x03, 123)]


def test_a_part_may_answer_as_soon_as_it_is_told(pins):
    class Inverter(PythonDevice):
        def pins_changed(self, group, levels, driven, now):
            self.out.drive(0x02, 0 if levels & 1 else 2)

    part = Part("part", pins)
    inverter = Inverter("inverter")
    inverter.out = inverter.plug(pins)
    part.plugged.drive(0x01, 0x01)
    assert pins.levels & 3 == 1
    part.plugged.drive(0x01, 0x00)
    assert pins.levels & 3 == 2
    assert part.log[-1][1] & 3 == 2


def test_parts_that_never_agree_are_left_alone(pins):
    class Oscillator(PythonDevice):
        def __init__(self):
            super().__init__("oscillator")
            self.calls = 0

        def pins_changed(self, group, levels, driven, now):
            self.calls += 1
            self.out.drive(0x01, ~levels & 1)

    devices = [Oscillator(), Oscillator()]
    for device in devices:
        device.out = device.plug(pins)
    pins["p7"] = False
    assert 10 < devices[0].calls < 200
    calls = devices[0].calls
    pins["p6"] = False                             # and the lines still work
    assert devices[0].calls > calls


def test_a_cable_joins_two_ports_both_ways(clock, pins):
    far = Pins(clock, "far", NAMES)
    Cable("cable", pins, far)
    near_part, far_part = Part("near", pins), Part("far", far)
    pins["p0"] = False
    assert (far["p0"], far.driven) == (False, 1)
    far_part.plugged.drive(0x02, 0x00)
    assert pins.levels == far.levels == 0xFC
    assert near_part.log[-1][1] == 0xFC
    pins["p0"] = None
    far_part.plugged.drive(0, 0)
    assert (pins.levels, far.levels, pins.driven, far.driven) == (0xFF, 0xFF, 0, 0)


def test_what_a_part_raises_ends_in_the_run_that_asked(clock, pins):
    class Broken(PythonDevice):
        def pins_changed(self, *what):
            raise RuntimeError("bad solder")

    broken = Broken("broken")
    broken.plug(pins)
    pins["p0"] = False
    assert str(broken.fault) == "bad solder"


def test_the_host_leaves_the_lines_alone_in_the_middle_of_a_run(pins):
    class Meddler(PythonDevice):
        def pins_changed(self, *what):
            pins["p1"] = False

    meddler = Meddler("meddler")
    meddler.plug(pins)
    pins["p0"] = False
    assert isinstance(meddler.fault, BusyError)


def test_wrong_uses_say_what_is_meant(clock, pins):
    with pytest.raises(ArgumentError, match="no line 'pa0'; it has p0, p1"):
        pins["pa0"]
    with pytest.raises(ArgumentError, match=r"lines are bits of \$FF"):
        pins.set(0x100, 0)
    with pytest.raises(ArgumentError, match="pulled up or down"):
        pins.pull(up=1, down=1)
    with pytest.raises(ArgumentError, match="a name of its own"):
        Pins(clock, "port", ("p0", "p0"))
    with pytest.raises(ArgumentError, match="1 to 32 lines"):
        Pins(clock, "port", ())
    with pytest.raises(ArgumentError, match="both of its ends"):
        Cable("cable", pins, pins)
    for n in range(15):
        Part(f"part {n}", pins)
    with pytest.raises(ArgumentError, match="15 parts are attached already"):
        Part("one more", pins)
