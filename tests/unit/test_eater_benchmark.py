"""The benchmark of the breadboard computer: what it prints is what its processor does, to the cycle."""

import re

import pytest
from eater_board import program

WORKLOADS = ("sieve", "sort", "crc", "divide", "decimal", "copy", "calls")


def printed(**options):
    """What the whole run prints."""
    vm = program("benchmark", **options)
    while vm.tick():
        assert vm.clock.seconds < 10, "it does not end"
    return vm.serial.receive().decode()


def cycles_of(text):
    return {name: int(cycles) for name, cycles in re.findall(r"^(\w+) +(\d+) cycles, right\r$", text, re.M)}


@pytest.fixture(scope="module")
def report():
    return printed()


@pytest.fixture(scope="module")
def stopped():
    """The machine before its first workload, with nothing that interrupts it."""
    vm = program("benchmark")
    vm.run(until="next_workload")
    return vm


@pytest.mark.parametrize("workload", WORKLOADS)
def test_timer_1_counts_the_cycles_that_the_processor_takes(report, stopped, workload):
    rts = 6
    assert cycles_of(report)[workload] == stopped.clone().call(workload).cycles - rts


def test_the_sum_is_that_of_all_workloads(report):
    assert f"in all {sum(cycles_of(report).values()):>13} cycles" in report


@pytest.mark.parametrize("hertz", [500_000, 1_000_000, 1_843_200, 3_000_000])
def test_the_clock_is_measured_by_the_bits_of_the_acia(hertz):
    text = printed(clock_hz=hertz)
    measured = int(re.search(r"clock +(\d+) Hz", text)[1])
    assert measured == pytest.approx(hertz, rel=0.0005)
    assert set(cycles_of(text)) == set(WORKLOADS)


def test_a_w65c51n_tells_no_clock(report):
    text = printed(acia_model="w65c51n")
    assert cycles_of(text) == cycles_of(report)
    assert "clock: not measured" in text


@pytest.mark.parametrize("rounds", [0, 51, 102])
@pytest.mark.parametrize("offset", range(0, 640, 13))
def test_a_count_is_exact_around_the_time_outs_of_the_timer(stopped, rounds, offset):
    """Routines that take 51 * 1,285 = 65,535 cycles or its double and up to 1,280 more."""
    vm = stopped.clone()
    entry, slide = 0x0800, 0x0900
    vm.memory[slide:slide + 640] = b"\xEA" * 639 + b"\x60"                 # NOPs, RTS
    loop = bytes([0xA0, rounds, 0xA2, 0x00, 0xCA, 0xD0, 0xFD, 0x88, 0xD0, 0xF8]) if rounds else b""
    goto = bytes([0x24, 0x00] * (offset % 2)) + b"\x4C" + (slide + offset).to_bytes(2, "little")
    vm.memory[entry:entry + len(loop + goto)] = loop + goto
    expected = vm.clone().call(entry).cycles - 6
    vm.call("measure", a=entry & 0xFF, x=entry >> 8)
    elapsed = vm.symbols["elapsed"]
    assert int.from_bytes(vm.memory[elapsed:elapsed + 4], "little") == expected
