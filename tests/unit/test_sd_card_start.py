"""From power-on to the transfer state, sentence by sentence of the specification (sdspec 6.4.1, 7.2.1, 7.2.2, 7.3)."""

import pytest
from sd_host import Host, crc7, crc16, frame

from retrovm.chips.sd_registers import checksum7, checksum16
from retrovm.core.errors import ArgumentError
from retrovm.storage import open_disk


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "card.img"
    path.write_bytes(b"".join(bytes([sector & 0xFF]) * 512 for sector in range(2048)))
    return path


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def card(host, image):
    return host.card(open_disk("disk", image))


def asleep(host):
    """Nothing but ones comes."""
    return set(host.receive(16)) == {0xFF}


def powered(host):
    host.clocks()
    host.select()
    return host


def test_the_crcs_are_those_of_the_examples():
    assert checksum7(bytes.fromhex("4000000000")) == 0x4A          # sdspec 4.5: CMD0, CMD17
    assert checksum7(bytes.fromhex("5100000000")) == 0x2A
    assert checksum16(b"\xFF" * 512) == 0x7FA1
    assert crc7(b"\x40\0\0\0\0") == 0x4A
    assert crc16(b"\xFF" * 512) == 0x7FA1


def test_cmd0_is_40_00_00_00_00_95():
    assert frame(0) == bytes.fromhex("400000000095")
    assert frame(8, 0x1AA)[5] == 0x87


def test_cmd0_with_cs_low_puts_the_card_into_spi_mode_and_the_idle_state(host, card):
    assert powered(host).command(0) == 0x01


@pytest.mark.parametrize(("clocks", "answered"), [(73, False), (74, True)])
def test_it_needs_74_clocks_before_the_first_command(host, card, clocks, answered):
    host.clocks(clocks)
    host.select()
    host.send(frame(0))
    assert asleep(host) is not answered


def test_these_clocks_come_with_cs_high(host, card):
    host.select()
    host.clocks()
    host.send(frame(0))
    assert asleep(host)


def test_and_with_di_high(host, card):
    for _ in range(80):
        host.bit(0)
    host.select()
    host.send(frame(0))
    assert asleep(host)


@pytest.mark.parametrize("command", [1, 8, 17, 55, 58])
def test_before_cmd0_no_command_is_answered(host, card, command):
    powered(host).send(frame(command))
    assert asleep(host)


def test_the_first_cmd0_needs_a_right_crc(host, card):
    powered(host).send(frame(0)[:5] + b"\xFF")
    assert asleep(host)
    assert host.command(0) == 0x01


def test_a_later_cmd0_does_not(host, card):
    powered(host).command(0)
    host.send(frame(0)[:5] + b"\xFF")
    assert host.response()[0] == 0x01


@pytest.mark.parametrize("delay", range(1, 9))
def test_a_response_comes_1_to_8_bytes_after_the_command(host, image, delay):
    host.card(open_disk("disk", image), response_delay=delay)
    powered(host).send(frame(0))
    assert host.response() == (0x01, delay)


def test_the_card_drives_do_only_while_cs_is_low(host, card):
    bit = 1 << host.pins.names.index("do")
    assert host.pins.driven & bit == 0
    host.select()
    assert host.pins.driven & bit
    host.deselect()
    assert host.pins.driven & bit == 0


def test_cmd8_echoes_the_voltage_and_the_check_pattern(host, card):
    powered(host).command(0)
    assert host.command(8, 0x1AA, more=4) == (0x01, b"\0\0\x01\xAA")
    assert host.command(8, 0x15C, more=4) == (0x01, b"\0\0\x01\x5C")


@pytest.mark.parametrize("voltage", [0, 2, 3, 4, 8])
def test_cmd8_does_not_accept_another_voltage(host, card, voltage):
    powered(host).command(0)
    assert host.command(8, voltage << 8 | 0xAA, more=4) == (0x01, b"\0\0\0\xAA")


def test_the_crc_of_cmd8_is_always_checked(host, card):
    powered(host).command(0)
    host.send(frame(8, 0x1AA)[:5] + b"\xFF")
    assert host.response()[0] == 0x09


def test_a_card_of_version_1_does_not_know_cmd8(host, image):
    host.card(open_disk("disk", image), kind="sd1")
    powered(host).command(0)
    assert host.command(8, 0x1AA) == 0x05


@pytest.mark.parametrize("command", [9, 10, 13, 16, 17, 18, 24, 25, 12])
def test_in_the_idle_state_commands_for_blocks_are_illegal(host, card, command):
    powered(host).command(0)
    assert host.command(command) == 0x05


@pytest.mark.parametrize("polls", [0, 1, 5])
def test_acmd41_is_repeated_until_the_card_is_not_idle(host, image, polls):
    host.card(open_disk("disk", image), polls=polls)
    powered(host).command(0)
    host.command(8, 0x1AA, more=4)
    assert [host.application(41, 1 << 30) for _ in range(polls + 2)] == [1] * polls + [0, 0]


def test_acmd41_needs_cmd55_right_before_it(host, card):
    powered(host).command(0)
    assert host.command(41) == 0x05
    host.command(55)
    host.command(58, more=4)
    assert host.command(41) == 0x05


def test_cmd1_initializes_too(host, image):
    host.card(open_disk("disk", image), kind="sd1")
    powered(host).command(0)
    assert [host.command(1) for _ in range(3)] == [1, 0, 0]


def test_a_card_of_high_capacity_stays_idle_without_hcs(host, image):
    host.card(open_disk("disk", image), kind="sdhc")
    powered(host).command(0)
    host.command(8, 0x1AA, more=4)
    assert [host.application(41) for _ in range(20)] == [1] * 20


def test_hcs_counts_at_the_first_acmd41_only(host, image):
    host.card(open_disk("disk", image), kind="sdhc")
    powered(host).command(0)
    host.command(8, 0x1AA, more=4)
    host.application(41)
    assert [host.application(41, 1 << 30) for _ in range(20)] == [1] * 20
    host.command(0)
    host.command(8, 0x1AA, more=4)
    assert [host.application(41, 1 << 30) for _ in range(2)] == [1, 0]


def test_hcs_is_ignored_when_cmd8_did_not_come(host, image):
    host.card(open_disk("disk", image), kind="sdhc")
    powered(host).command(0)
    assert [host.application(41, 1 << 30) for _ in range(20)] == [1] * 20


@pytest.mark.parametrize("kind", ["sdhc", "sdsc", "sd1"])
def test_a_host_finds_out_what_the_card_is(host, image, kind):
    host.card(open_disk("disk", image), kind=kind)
    assert host.start() == kind


def test_the_ocr_says_2_7_to_3_6_volts_and_nothing_of_the_capacity_before_initialization(host, image):
    host.card(open_disk("disk", image), kind="sdhc")
    powered(host).command(0)
    assert host.command(58, more=4) == (0x01, bytes.fromhex("00FF8000"))
    host.command(8, 0x1AA, more=4)
    while host.application(41, 1 << 30):
        pass
    assert host.command(58, more=4) == (0x00, bytes.fromhex("C0FF8000"))


def test_crcs_of_commands_are_checked_behind_cmd59(host, card):
    host.start()
    host.send(frame(13)[:5] + b"\xFF")
    assert host.response()[0] == 0x00
    host.exchange()
    assert host.command(59, 1) == 0x00
    host.send(frame(13)[:5] + b"\xFF")
    assert host.response()[0] == 0x08
    assert host.command(13, more=1) == (0x00, b"\0")
    assert host.command(59, 0) == 0x00
    host.send(frame(13)[:5] + b"\xFF")
    assert host.response()[0] == 0x00


def test_cmd0_turns_the_crc_option_off(host, card):
    host.start()
    host.command(59, 1)
    host.command(0)
    host.send(frame(58)[:5] + b"\xFF")
    assert host.response()[0] == 0x01


@pytest.mark.parametrize("command", [2, 3, 4, 5, 6, 7, 11, 14, 15, 19, 20, 26, 27, 28, 30, 32, 33, 38, 42, 56, 60, 63, 22, 41])
def test_a_command_that_there_is_not_is_illegal(host, card, command):
    host.start()
    assert host.command(command) == 0x04


def test_an_unknown_application_command_is_the_command_of_that_number(host, card):
    host.start()
    assert host.application(13, more=1) == (0x00, b"\0")
    assert host.application(63) == 0x04


def test_ones_between_commands_are_nothing(host, card):
    host.start()
    assert set(host.receive(100)) == {0xFF}
    assert host.command(13, more=1) == (0x00, b"\0")


def test_bytes_begin_where_cs_falls(host, card):
    host.start()
    for _ in range(3):
        host.bit(0)
    host.deselect()
    host.clocks(5)
    host.select()
    assert host.command(13, more=1) == (0x00, b"\0")


def test_cs_high_ends_a_command_that_is_not_whole(host, card):
    host.start()
    host.send(frame(13)[:4])
    host.deselect()
    host.select()
    assert set(host.receive(10)) == {0xFF}
    assert host.command(13, more=1) == (0x00, b"\0")


def test_mode_3_is_as_good_as_mode_0(image):
    host = Host(mode=3)
    host.card(open_disk("disk", image), kind="sdhc")
    assert host.start() == "sdhc"
    assert host.read(7) == b"\x07" * 512


def test_power_off_begins_anew(host, image):
    from retrovm.core.machine import Machine

    machine = Machine(1_000_000)
    disk = machine.add(open_disk("disk", image))
    machine.add(host.card(disk))
    host.start()
    machine.reset(False)
    assert host.command(13, more=1) == (0x00, b"\0")
    machine.reset(True)
    host.deselect()
    host.select()
    host.send(frame(13))
    assert asleep(host)


@pytest.mark.parametrize(("option", "value", "range"), [("response_delay", 0, "1 to 8"), ("response_delay", 9, "1 to 8"),
                                                        ("busy_time", 256, "1 to 255"), ("polls", -1, "0 to 255")])
def test_a_time_that_cannot_be_is_an_error(host, image, option, value, range):
    with pytest.raises(ArgumentError, match=f"card: {option} is {range}, not {value}"):
        host.card(open_disk("disk", image), **{option: value})


def test_a_kind_that_there_is_not_is_an_error(host, image):
    with pytest.raises(ArgumentError, match="one of sdhc, sdsc, sd1, not 'sdxc'"):
        host.card(open_disk("disk", image), kind="sdxc")
