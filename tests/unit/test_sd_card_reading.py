"""Blocks from the card, sentence by sentence of the specification (sdspec 5.2, 5.3, 7.2.3, 7.3.1.3, 7.3.3)."""

import os

import pytest
from sd_host import Host, Refused, crc7, crc16, frame

from retrovm.chips.sd_registers import cid_of, csd_of
from retrovm.core.errors import ArgumentError
from retrovm.storage import open_disk

SECTORS = 2048
CONTENT = b"".join(sector.to_bytes(2, "little") * 256 for sector in range(SECTORS))


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "card.img"
    path.write_bytes(CONTENT)
    return path


def started(image, **options):
    host = Host()
    host.part = host.card(open_disk("disk", f"{image}:overlay"), **options)
    host.start()
    return host


def sector(number):
    return CONTENT[512 * number:512 * (number + 1)]


def refused(action, *arguments):
    with pytest.raises(Refused) as caught:
        action(*arguments)
    return caught.value.value


def test_cmd17_reads_a_block_by_its_number_on_a_card_of_high_capacity(image):
    host = started(image, kind="sdhc")
    assert [host.read(number) for number in (0, 5, 2047)] == [sector(0), sector(5), sector(2047)]


@pytest.mark.parametrize("kind", ["sdsc", "sd1"])
def test_and_by_the_number_of_its_first_byte_on_one_of_standard_capacity(image, kind):
    host = started(image, kind=kind)
    assert [host.read(512 * number) for number in (0, 5, 2047)] == [sector(0), sector(5), sector(2047)]


def test_a_block_is_a_start_token_its_data_and_their_crc(image):
    host = started(image, kind="sdhc", access_delay=3)
    host.send(frame(17, 5))
    assert host.receive(2 + 3 + 1 + 512 + 2 + 1) == (b"\xFF\0" + b"\xFF" * 3 + b"\xFE" + sector(5)
                                                     + crc16(sector(5)).to_bytes(2, "big") + b"\xFF")


@pytest.mark.parametrize("delay", [1, 2, 100, 255])
def test_the_block_comes_after_the_access_time(image, delay):
    host = started(image, kind="sdhc", access_delay=delay)
    assert host.command(17, 1) == 0
    assert host.receive(delay + 1) == b"\xFF" * delay + b"\xFE"


@pytest.mark.parametrize(("kind", "address"), [("sdhc", 2048), ("sdhc", 0xFFFFFFFF), ("sdsc", 2048 * 512)])
@pytest.mark.parametrize("command", [17, 18, 24, 25])
def test_an_address_behind_the_last_block_is_a_parameter_error(image, kind, address, command):
    host = started(image, kind=kind)
    assert host.command(command, address) == 0x40
    assert set(host.receive(20)) == {0xFF}


def test_a_block_that_crosses_into_the_next_one_is_an_address_error(image):
    host = started(image, kind="sdsc")
    assert refused(host.read, 1) == 0x20
    assert refused(host.write, 256, b"x" * 512) == 0x20


def test_cmd16_sets_the_length_of_what_is_read_on_a_card_of_standard_capacity(image):
    host = started(image, kind="sdsc")
    assert host.command(16, 10) == 0
    assert host.read(512 * 5 + 502, 10) == sector(5)[502:]
    assert refused(host.read, 512 * 5 + 503, 10) == 0x20


def test_and_changes_nothing_on_one_of_high_capacity(image):
    host = started(image, kind="sdhc")
    assert host.command(16, 10) == 0
    assert host.read(5) == sector(5)


@pytest.mark.parametrize("length", [0, 513, 1024, 1 << 31])
def test_another_length_is_a_parameter_error(image, length):
    host = started(image, kind="sdsc")
    assert host.command(16, length) == 0x40
    assert host.read(512) == sector(1)


def test_blocks_are_written_with_512_bytes_only(image):
    host = started(image, kind="sdsc")
    host.command(16, 256)
    assert refused(host.write, 0, b"x" * 512) == 0x40


def test_cmd18_sends_blocks_until_cmd12(image):
    host = started(image, kind="sdhc")
    assert host.command(18, 7) == 0
    assert [host.block() for _ in range(5)] == [sector(number) for number in range(7, 12)]
    assert host.command(12) == 0
    assert host.ready() > 0
    assert host.read(3) == sector(3)


def test_cmd12_may_come_in_the_middle_of_a_block(image):
    host = started(image, kind="sdhc", busy_time=5)
    host.command(18, 0x101)
    assert host.receive(100)[2:] == sector(0x101)[:98]
    host.send(frame(12))
    assert host.receive(9) == b"\x01\xFF\0" + bytes(5) + b"\xFF", "a stuff byte, R1, busy"
    assert host.read(3) == sector(3)


def test_what_is_no_command_does_not_disturb_a_transfer(image):
    host = started(image, kind="sdhc")
    host.command(17, 9)
    noise = bytes(range(0x41, 0x80)).replace(frame(12)[:1], b"") + bytes(100)
    assert host.send(noise.ljust(2 + 512, b"\xFF"))[2:] == sector(9)


def test_a_transfer_beyond_the_last_block_ends_with_the_token_out_of_range(image):
    host = started(image, kind="sdhc")
    host.command(18, 2046)
    assert [host.block(), host.block()] == [sector(2046), sector(2047)]
    assert refused(host.block) == 0x08
    assert set(host.receive(600)) == {0xFF}
    assert host.command(12) == 0
    host.ready()
    assert host.command(13, more=1) == (0, b"\x80")
    assert host.command(13, more=1) == (0, b"\0"), "reading it clears it"


def test_a_sector_that_the_host_cannot_read_is_a_data_error_token(image):
    host = started(image, kind="sdhc")
    os.truncate(image, 512 * 4)
    assert host.read(3) == sector(3)
    assert host.command(17, 4) == 0
    assert refused(host.block) == 0x01
    assert host.command(13, more=1) == (0, b"\x04")
    assert host.read(2) == sector(2)
    assert str(image) in str(host.part.disk.fault)


def test_cs_high_ends_a_transfer(image):
    host = started(image, kind="sdhc")
    host.command(17, 9)
    host.receive(100)
    host.deselect()
    host.select()
    assert set(host.receive(600)) == {0xFF}
    assert host.read(3) == sector(3)


def test_the_lamp_is_on_while_a_transfer_goes_on(image):
    host = started(image, kind="sdhc")
    assert not host.part.active
    host.command(17, 9)
    assert host.part.active
    host.block()
    assert not host.part.active
    assert (host.part.reads, host.part.writes) == (1, 0)


# --- registers

def field(register, high, low):
    return int.from_bytes(register, "big") >> low & (1 << (high - low + 1)) - 1


def test_cmd9_and_cmd10_send_registers_as_blocks_of_16_bytes(image):
    host = started(image, serial=0xDEADBEEF)
    assert host.command(9) == 0
    assert host.block(16) == host.part.csd
    assert host.command(10) == 0
    assert host.block(16) == host.part.cid == cid_of(0xDEADBEEF)


@pytest.mark.parametrize("register", [csd_of(2048, False, False), csd_of(2048, True, True), cid_of(77)])
def test_a_register_ends_with_its_crc7_and_a_one(register):
    assert len(register) == 16
    assert register[15] == crc7(register[:15]) << 1 | 1


def test_the_cid_has_the_serial_number_and_a_name():
    cid = cid_of(0x12345678)
    assert field(cid, 55, 24) == 0x12345678
    assert cid[3:8].isascii()
    assert cid[1:3].isascii()


@pytest.mark.parametrize("sectors", [1024, 1025, 2048, 15_523_840, 1 << 32])
def test_capacity_in_a_csd_of_version_2_is_c_size_plus_1_times_512_kib(sectors):
    csd = csd_of(sectors, True, False)
    assert field(csd, 127, 126) == 1
    assert field(csd, 83, 80) == 9
    assert (field(csd, 69, 48) + 1) * 1024 == sectors // 1024 * 1024


@pytest.mark.parametrize("sectors", [4, 5, 63, 2048, 2880, 65_536, 131_072, 1_000_000, 1 << 21, 3_000_000, 1 << 22])
def test_capacity_in_a_csd_of_version_1_is_c_size_plus_1_times_its_unit(sectors):
    csd = csd_of(sectors, False, False)
    assert field(csd, 127, 126) == 0
    unit = 4 << field(csd, 49, 47)
    size = (field(csd, 73, 62) + 1) * unit << field(csd, 83, 80) - 9
    assert size <= sectors
    assert sectors - size < unit << field(csd, 83, 80) - 9
    assert field(csd, 25, 22) == field(csd, 83, 80)
    assert field(csd, 79, 79) == 1, "READ_BL_PARTIAL"


def test_the_csd_says_which_commands_there_are():
    assert field(csd_of(2048, False, False), 95, 84) == 0b000100010101


def test_a_read_only_card_says_so(image):
    host = Host()
    card = host.card(open_disk("disk", f"{image}:readonly"))
    assert field(card.csd, 12, 12) == 1
    assert field(started(image).part.csd, 12, 12) == 0


@pytest.mark.parametrize(("sectors", "high_capacity", "range"), [(3, False, "4 to"), ((1 << 24) + 1, True, None),
                                                                 (1023, True, "1,024 to"), (1 << 26, False, "4 to")])
def test_a_card_has_a_size_that_its_csd_can_say(sectors, high_capacity, range):
    if range is None:
        assert csd_of(sectors, high_capacity, False)
        return
    with pytest.raises(ArgumentError, match=f"{range}.* not {sectors:,}"):
        csd_of(sectors, high_capacity, False)


def test_up_to_2_gib_a_card_is_of_standard_capacity(tmp_path):
    for sectors, kind in ((1 << 22, "sdsc"), ((1 << 22) + 1, "sdhc")):
        path = tmp_path / f"{kind}.img"
        with path.open("wb") as file:
            file.truncate(512 * sectors)                     # no room is taken
        assert Host().card(open_disk("disk", f"{path}:overlay")).kind == kind
