"""The 28C256, sentence by sentence: what its data sheet says of reads, write cycles, polling and data protection."""

import pytest
from at28c256_bench import PROTECT, T_BLC, T_WC, UNPROTECT, Bench

from retrovm.chips.at28c256 import At28c256
from retrovm.core.errors import ArgumentError, StateError
from retrovm.core.machine import Machine
from retrovm.storage import open_disk

PATTERN = bytes(number * 7 & 0xFF for number in range(0x8000))


@pytest.fixture
def bench():
    return Bench(PATTERN)


# --- reads ------------------------------------------------------------------------------------------------------------


def test_it_is_read_like_a_static_ram(bench):
    assert [bench[address] for address in (0, 1, 0x1234, 0x7FFF)] == [PATTERN[address] for address in (0, 1, 0x1234, 0x7FFF)]


def test_erased_bytes_are_ff():
    assert Bench(b"\x12\x34").contents == b"\x12\x34".ljust(0x8000, b"\xFF")


def test_it_holds_no_more_than_32_kib():
    with pytest.raises(ArgumentError, match="eeprom: 32769 bytes do not fit into 32768"):
        Bench(bytes(0x8001))


# --- write cycles -----------------------------------------------------------------------------------------------------


def test_a_byte_that_is_written_is_stored_when_t_wc_has_passed(bench):
    bench[0x1234] = 0x99
    assert bench.chip.busy
    bench.wait(T_WC - 1)
    assert bench.chip.busy
    assert bench.contents == PATTERN
    bench.wait()
    assert not bench.chip.busy
    assert bench[0x1234] == 0x99
    assert bench.contents == PATTERN[:0x1234] + b"\x99" + PATTERN[0x1235:]


def test_up_to_64_bytes_of_a_page_are_written_in_one_cycle_in_any_order(bench):
    new = bytes(range(0x40, 0x80))
    bench.store(*[(0x1240 + place, new[place]) for place in sorted(range(64), key=lambda place: place * 37 % 64)])
    assert bench.contents == PATTERN[:0x1240] + new + PATTERN[0x1280:]


def test_only_the_bytes_that_were_written_are_changed(bench):
    bench.store((0x1240, 1), (0x127F, 2))
    assert bench.contents == PATTERN[:0x1240] + b"\x01" + PATTERN[0x1241:0x127F] + b"\x02" + PATTERN[0x1280:]


def test_a_byte_may_be_altered_within_the_cycle(bench):
    bench.store((0x1240, 1), (0x1241, 2), (0x1240, 3))
    assert bench.contents[0x1240:0x1242] == b"\x03\x02"


def test_each_byte_has_to_follow_within_t_blc_of_the_one_before(bench):
    bench.store(*[(0x1240 + place, place) for place in range(64)], gap=T_BLC)
    assert bench.contents[0x1240:0x1280] == bytes(range(64))


def test_behind_t_blc_the_chip_takes_no_more_bytes(bench):
    bench.write((0x1240, 1))
    bench.wait(T_BLC + 1)
    bench[0x1241] = 2
    bench.wait(T_WC - T_BLC - 1)
    assert not bench.chip.busy
    assert bench.contents[0x1240:0x1242] == bytes([1, PATTERN[0x1241]])


def test_t_wc_counts_from_the_last_byte(bench):
    bench.write((0x1240, 1), (0x1241, 2), gap=100)
    bench.wait(T_WC - 1)
    assert bench.chip.busy
    bench.wait()
    assert not bench.chip.busy


def test_a_byte_of_another_page_is_not_stored(bench):
    bench.store((0x1240, 1), (0x1280, 2), (0x1241, 3))
    assert bench.contents == PATTERN[:0x1240] + b"\x01\x03" + PATTERN[0x1242:]


def test_a_write_with_we_tied_high_does_nothing():
    bench = Bench(PATTERN, write_enable=False)
    bench[0x1234] = 0x99
    assert not bench.chip.busy
    assert bench[0x1234] == PATTERN[0x1234]


@pytest.mark.parametrize(("rate", "t_blc", "t_wc"), [(1_000_000, 150, 10_000), (1_843_200, 276, 18_432), (32_768, 4, 328)])
def test_the_times_are_those_of_the_clock(rate, t_blc, t_wc):
    chip = Bench(rate=rate).chip
    assert (chip.t_blc, chip.t_wc) == (t_blc, t_wc)


def test_other_versions_have_other_times():
    bench = Bench(t_wc_us=3000)
    bench[0] = 1
    bench.wait(3000)
    assert not bench.chip.busy
    with pytest.raises(ArgumentError, match="eeprom: t_WC has to be longer than t_BLC, not 100 and 150 microseconds"):
        Bench(t_wc_us=100)


# --- polling ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0x00, 0x80, 0x3F, 0xFF])
def test_io7_is_the_complement_of_the_last_byte_written_until_the_cycle_is_over(bench, value):
    bench.write((0x1240, value ^ 0x80), (0x1241, value))
    for _ in range(4):
        assert bench[0x1241] >> 7 != value >> 7
    bench.wait(T_WC)
    assert bench[0x1241] == value


def test_io6_toggles_from_read_to_read_and_stops_when_the_cycle_is_over(bench):
    bench[0x1240] = 0x40
    assert [bench[0x1240] >> 6 & 1 for _ in range(6)] == [1, 0, 1, 0, 1, 0]
    bench.wait(T_WC)
    assert [bench[0x1240] for _ in range(3)] == [0x40] * 3


def test_reads_are_polling_at_every_address_and_from_the_first_byte_on(bench):
    bench[0x1240] = 0x2A
    assert [bench[address] for address in (0x1240, 0x0000, 0x7FFF)] == [0xEA, 0xAA, 0xEA]


def test_a_look_from_outside_is_what_the_next_read_gives_and_toggles_nothing(bench):
    bench[0x1240] = 0x2A
    assert [bench.bus.peek_bytes(0x9240, 1)[0] for _ in range(3)] == [0xEA] * 3
    assert bench[0x1240] == 0xEA
    assert bench.bus.peek_bytes(0x9240, 1)[0] == 0xAA


# --- software data protection -------------------------------------------------------------------------------------------


def test_it_comes_without_protection(bench):
    assert not bench.chip.protected


def test_three_bytes_protect_it_from_the_end_of_their_write_cycle_on(bench):
    bench.write(*PROTECT)
    assert not bench.chip.protected
    bench.wait(T_WC)
    assert bench.chip.protected


def test_the_bytes_of_a_command_are_not_stored(bench):
    bench.store(*PROTECT)
    bench.store(*UNPROTECT)
    assert bench.contents == PATTERN


def test_a_write_without_the_command_starts_the_timer_and_stores_nothing(bench):
    bench.store(*PROTECT)
    bench[0x1240] = 0x2A
    assert bench[0x1240] == 0xEA
    bench.wait(T_WC - 1)
    assert bench.chip.busy
    bench.wait()
    assert bench[0x1240] == PATTERN[0x1240]
    assert bench.contents == PATTERN


@pytest.mark.parametrize("protected", [False, True])
def test_behind_the_command_up_to_64_bytes_are_written_and_the_chip_is_protected(protected):
    bench = Bench(PATTERN, protected=protected)
    bench.store(*PROTECT, *[(0x5540 + place, place) for place in range(64)])
    assert bench.contents == PATTERN[:0x5540] + bytes(range(64)) + PATTERN[0x5580:]
    assert bench.chip.protected


def test_six_bytes_end_the_protection_and_bytes_behind_them_are_written(bench):
    bench.store(*PROTECT)
    bench.store(*UNPROTECT, (0x0000, 0x42))
    assert not bench.chip.protected
    assert bench[0x0000] == 0x42
    bench.store((0x1240, 1))
    assert bench[0x1240] == 1


@pytest.mark.parametrize("wrong", range(6))
@pytest.mark.parametrize("change", [(0, 1), (1, 0)])
def test_a_command_with_a_wrong_byte_or_address_is_none(bench, wrong, change):
    bench.store(*PROTECT)
    bytes_of = [list(pair) for pair in UNPROTECT]
    bytes_of[wrong][0] ^= change[0]
    bytes_of[wrong][1] ^= change[1]
    bench.store(*bytes_of)
    assert bench.chip.protected
    assert bench.contents == PATTERN


def test_a_command_keeps_to_t_blc(bench):
    bench.store(*PROTECT, gap=T_BLC)
    assert bench.chip.protected
    bench.store(*UNPROTECT, gap=T_BLC + 1)
    bench.wait(T_WC)
    assert bench.chip.protected


def test_what_begins_like_a_command_is_data_of_an_unprotected_chip(bench):
    bench.store((0x5555, 0xAA))
    assert bench[0x5555] == 0xAA
    assert not bench.chip.protected


def test_protection_and_contents_outlive_the_power_switch(bench):
    bench.store((0x1240, 1))
    bench.store(*PROTECT)
    bench.machine.reset(power_on=True)
    assert bench.chip.protected
    assert bench[0x1240] == 1


def test_power_off_ends_a_write_cycle_without_its_page_and_reset_does_not(bench):
    bench[0x1240] = 1
    bench.machine.reset(power_on=False)
    assert bench.chip.busy
    bench.wait(T_WC)
    assert bench[0x1240] == 1
    bench[0x1240] = 2
    bench.machine.reset(power_on=True)
    assert bench[0x1240] == 1
    assert not bench.chip.busy


# --- the file -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "eeprom.bin"
    path.write_bytes(PATTERN)
    return path


def with_file(choice):
    return Bench(disk=open_disk("file", choice))


def test_with_a_file_the_contents_are_its_own(file):
    bench = with_file(file)
    assert bench.contents == PATTERN
    assert bench[0x1234] == PATTERN[0x1234]


def test_a_page_is_in_the_file_when_its_write_cycle_is_over(file):
    bench = with_file(file)
    bench.write((0x1240, 1), (0x1241, 2))
    assert file.read_bytes() == PATTERN
    bench.wait(T_WC)
    assert file.read_bytes() == bench.contents == PATTERN[:0x1240] + b"\x01\x02" + PATTERN[0x1242:]


def test_the_last_page_of_the_file_is_as_good_as_any(file):
    bench = with_file(file)
    bench.store((0x7FC0, 1), (0x7FFF, 2))
    assert file.read_bytes() == PATTERN[:0x7FC0] + b"\x01" + PATTERN[0x7FC1:0x7FFF] + b"\x02"


def test_with_an_overlay_the_file_stays_as_it_is_and_a_state_has_the_change(file):
    bench = with_file(f"{file}:overlay")
    bench.store((0x1240, 1))
    saved = bench.machine.save_fields()
    bench.store((0x1240, 2))
    bench.machine.load_fields(saved)
    assert bench[0x1240] == 1
    assert file.read_bytes() == PATTERN


def test_with_a_file_that_is_read_only_a_write_cycle_changes_nothing(file):
    bench = with_file(f"{file}:readonly")
    bench.store((0x1240, 1))
    assert bench.contents == PATTERN
    with pytest.raises(ArgumentError, match="eeprom, which stores no byte to poke"):
        bench.bus.poke_bytes(0x9240, b"\x01")


def test_a_page_that_the_host_cannot_write_stays_as_it_was(file):
    bench = with_file(file)
    bench.chip.disk.close()
    bench.store((0x1240, 1))
    assert bench.contents == file.read_bytes() == PATTERN
    assert bench.chip.disk.fault is not None


def test_a_file_of_another_size_is_refused(tmp_path):
    (tmp_path / "small.bin").write_bytes(bytes(512))
    with pytest.raises(ArgumentError, match="eeprom: a 28C256 has 32,768 bytes, and its disk 512"):
        with_file(tmp_path / "small.bin")
    (tmp_path / "right.bin").write_bytes(bytes(0x8000))
    with pytest.raises(ArgumentError, match="eeprom: the disk holds what is in the chip; give no contents"):
        Bench(b"\x01", disk=open_disk("file", tmp_path / "right.bin"))


def test_a_poke_changes_the_contents_and_the_file_at_once(file):
    bench = with_file(file)
    bench.bus.poke_bytes(0x9240, b"\x01\x02")
    assert bench[0x1241] == 2
    assert file.read_bytes()[0x1240:0x1242] == b"\x01\x02"


def test_a_poke_into_a_chip_that_programs_is_refused(bench):
    bench[0x1240] = 1
    with pytest.raises(ArgumentError, match="eeprom, which stores no byte to poke"):
        bench.bus.poke_bytes(0x8000, b"\x01")


# --- states ---------------------------------------------------------------------------------------------------------------


def test_a_state_in_the_middle_of_a_write_cycle_goes_on(bench):
    bench.write(*PROTECT[:2], gap=20)
    bench.wait(7)
    other = Bench()
    other.machine.load_fields(bench.machine.save_fields())
    for each in (bench, other):
        each.write(PROTECT[2], (0x0003, 0x33), gap=20)
        assert each[0] == 0xF3
    assert other.machine.dump_fields() == bench.machine.dump_fields()
    for each in (bench, other):
        each.wait(T_WC)
        assert each[0x0003] == 0x33
    assert other.machine.dump_fields() == bench.machine.dump_fields()


def test_a_state_without_a_write_cycle_ends_the_one_that_goes_on(bench):
    saved = bench.machine.save_fields()
    bench[0x1240] = 1
    bench.machine.load_fields(saved)
    assert bench[0x1240] == PATTERN[0x1240]
    assert not bench.chip.busy


@pytest.mark.parametrize(("before", "after", "error"), [
    (10_000, 10_001, "write_end: tick 10001 is not in the 10000 behind 0"),
    (150, 151, "load_end: 151 does not belong to a write cycle up to 10000"),
])
def test_a_state_of_a_write_cycle_that_could_not_be_is_refused(bench, before, after, error):
    bench[0x1240] = 1
    saved = bench.machine.save_fields()
    at = saved.index(before.to_bytes(8, "little"))
    with pytest.raises(StateError, match=error):
        bench.machine.load_fields(saved[:at] + after.to_bytes(8, "little") + saved[at + 8:])
    assert bench.chip.busy


def test_it_may_be_mapped_more_than_once_and_while_it_programs():
    machine = Machine(1_000_000)
    bus = machine.add_bus()
    chip = machine.add(At28c256("eeprom", machine.clock, bus, PATTERN))
    bus.map(0x8000, 0x8000, chip)
    bus.map(0x4000, 0x4000, chip, mirror=0x1000, offset=0x1000)
    bus.write(0x8000, 0x2A)
    bus.map(0x2000, 0x1000, chip)
    assert [bus.read(address) for address in (0x8000, 0x4321, 0x2345)] == [0xEA, 0xAA, 0xEA]
    machine.clock.wait(T_WC)
    assert [bus.read(address) for address in (0x8000, 0x4321, 0x5321, 0x2345)] == [
        0x2A, PATTERN[0x1321], PATTERN[0x1321], PATTERN[0x345]]
