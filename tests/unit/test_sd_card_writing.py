"""Blocks to the card, sentence by sentence of the specification (sdspec 7.2.4, 7.3.3)."""

import os
from hashlib import sha256

import pytest
from sd_host import Host, Refused, crc16, frame

from retrovm.storage import open_disk

SECTORS = 2048
A, B, C = (bytes(sha256(bytes([i])).digest() * 16) for i in range(3))


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "card.img"
    path.write_bytes(bytes(512 * SECTORS))
    return path


@pytest.fixture
def host(image):
    return started(image)


def started(image, mode="", **options):
    host = Host()
    host.part = host.card(open_disk("disk", f"{image}{mode}"), **{"kind": "sdhc", **options})
    host.start()
    return host


def sector(image, number):
    return image.read_bytes()[512 * number:512 * (number + 1)]


def status(host):
    value, more = host.command(13, more=1)
    assert value == 0
    return more[0]


def test_cmd24_writes_a_block_to_the_file(host, image):
    host.write(5, A)
    assert image.read_bytes() == bytes(512 * 5) + A + bytes(512 * (SECTORS - 6))
    assert host.read(5) == A
    assert status(host) == 0


def test_on_a_card_of_standard_capacity_by_its_address(image):
    host = started(image, kind="sdsc")
    host.write(512 * 2047, A)
    assert sector(image, 2047) == A


def test_the_data_response_follows_the_crc_and_busy_follows_it(image):
    host = started(image, busy_time=7)
    assert host.command(24, 1) == 0
    host.send(b"\xFE" + A + crc16(A).to_bytes(2, "big"))
    assert host.receive(10) == b"\xE5" + bytes(7) + b"\xFF\xFF"


@pytest.mark.parametrize("pause", [0, 1, 20])
def test_the_block_may_come_at_any_time_behind_the_response(host, image, pause):
    host.command(24, 1)
    host.receive(pause)
    host.send(b"\xFE" + A + crc16(A).to_bytes(2, "big"))
    assert host.exchange() == 0xE5
    assert sector(image, 1) == A


@pytest.mark.parametrize("busy", [1, 8, 255])
def test_the_card_is_busy_until_it_has_written(image, busy):
    host = started(image, busy_time=busy)
    host.command(24, 1)
    host.give(A)
    assert host.ready() == busy


def test_a_busy_card_can_be_deselected_and_goes_on_being_busy(image):
    host = started(image, busy_time=20)
    host.command(24, 1)
    host.give(A)
    assert host.receive(5) == bytes(5)
    host.deselect()
    assert host.pins["do"]
    host.clocks(16)
    host.select()
    assert not host.pins["do"]
    assert 10 < host.ready() < 20
    assert host.read(1) == A


def test_a_busy_card_rejects_commands(image):
    host = started(image, busy_time=20)
    host.command(24, 1)
    host.give(A)
    host.send(frame(13))
    host.ready()
    assert set(host.receive(20)) == {0xFF}


def test_but_not_cmd0(image):
    host = started(image, busy_time=255)
    host.command(24, 1)
    host.give(A)
    host.send(frame(0))
    assert host.receive(2) == b"\xFF\x01"


def test_without_the_crc_option_the_crc_of_a_block_does_not_matter(host, image):
    host.command(24, 1)
    assert host.give(A, check=0xFFFF) == 0x05
    host.ready()
    assert sector(image, 1) == A


def test_with_it_a_block_with_a_wrong_crc_is_not_written(host, image):
    host.command(59, 1)
    host.command(24, 1)
    assert host.give(A, check=crc16(A) ^ 1) == 0x0B
    assert host.ready() == 0
    assert sector(image, 1) == bytes(512)
    host.write(1, A)
    assert sector(image, 1) == A


def test_data_bytes_that_look_like_commands_and_tokens_are_data(host, image):
    data = bytes([0x40, 0x4C, 0x51, 0xFE, 0xFC, 0xFD, 0x00, 0xFF]) * 64
    host.write(3, data)
    assert sector(image, 3) == data


def test_cmd25_writes_blocks_until_the_stop_token(image):
    host = started(image, busy_time=6)
    assert host.command(25, 10) == 0
    for data in (A, B, C):
        assert host.give(data, token=0xFC) == 0x05
        host.ready()
    assert host.send(b"\xFD") == b"\xFF"
    assert host.receive(9) == b"\xFF" + bytes(6) + b"\xFF\xFF"
    assert image.read_bytes()[512 * 10:512 * 13] == A + B + C
    assert status(host) == 0


def test_cmd12_ends_it_too(host, image):
    host.command(25, 10)
    host.give(A, token=0xFC)
    host.ready()
    assert host.command(12) == 0
    assert host.ready() > 0
    assert host.read(10) == A


@pytest.mark.parametrize(("command", "token"), [(24, 0xFC), (24, 0xFD), (25, 0xFE)])
def test_each_write_has_its_own_start_token(host, image, command, token):
    host.command(command, 1)
    host.send(bytes([token]))
    assert set(host.receive(30)) == {0xFF}
    assert image.read_bytes() == bytes(512 * SECTORS)


def test_other_commands_are_illegal_between_the_blocks_of_cmd25(host, image):
    host.command(25, 10)
    host.give(A, token=0xFC)
    host.ready()
    assert host.command(17, 0) == 0x04
    assert host.give(B, token=0xFC) == 0x05
    host.ready()
    assert sector(image, 11) == B


def test_after_a_crc_error_the_further_blocks_of_cmd25_are_ignored(host, image):
    host.command(59, 1)
    host.command(25, 10)
    assert host.give(A, token=0xFC) == 0x05
    host.ready()
    assert host.give(B, token=0xFC, check=0) == 0x0B
    assert host.give(C, token=0xFC) == 0x0D
    host.send(b"\xFD\xFF")
    host.ready()
    assert image.read_bytes()[512 * 10:512 * 13] == A + bytes(1024)


def test_acmd22_says_how_many_blocks_were_written(host):
    host.command(59, 1)
    host.command(25, 10)
    for _ in range(3):
        host.give(A, token=0xFC)
        host.ready()
    host.give(B, token=0xFC, check=0)
    host.command(12)
    host.ready()
    assert host.application(22) == 0
    assert host.block(4) == b"\0\0\0\x03"


def test_acmd23_is_a_hint(host, image):
    assert host.application(23, 2) == 0
    host.command(25, 10)
    host.give(A, token=0xFC)
    host.ready()
    host.send(b"\xFD\xFF")
    host.ready()
    assert sector(image, 10) == A


def test_a_write_beyond_the_last_block_is_a_write_error(host, image):
    host.command(25, 2047)
    assert host.give(A, token=0xFC) == 0x05
    host.ready()
    assert host.give(B, token=0xFC) == 0x0D
    host.send(b"\xFD\xFF")
    host.ready()
    assert status(host) == 0x80
    assert sector(image, 2047) == A
    assert image.stat().st_size == 512 * SECTORS


def test_a_read_only_card_answers_with_a_write_error(image):
    host = started(image, ":readonly")
    with pytest.raises(Refused, match=r"data response \$0D"):
        host.write(5, A)
    assert status(host) == 0x20
    assert sector(image, 5) == bytes(512)


def test_so_does_a_card_whose_host_cannot_write(image):
    host = started(image)
    host.part.disk.close()
    with pytest.raises(Refused, match=r"data response \$0D"):
        host.write(5, A)
    assert status(host) == 0x04
    assert host.part.disk.fault.filename == str(image)


def test_cs_high_within_a_block_writes_nothing(host, image):
    host.command(24, 1)
    host.send(b"\xFE" + A[:511])
    host.deselect()
    host.select()
    host.send(b"\0\0\0")
    assert image.read_bytes() == bytes(512 * SECTORS)
    host.write(1, B)
    assert sector(image, 1) == B


def test_a_command_instead_of_the_block_is_a_command(host, image):
    host.command(24, 1)
    assert host.read(0) == bytes(512)
    host.send(b"\xFE" + A + b"\0\0\0")
    assert image.read_bytes() == bytes(512 * SECTORS)


def test_the_lamp_is_on_while_the_card_writes(host):
    host.command(24, 1)
    assert host.part.active
    host.give(A)
    assert host.part.active
    host.ready()
    assert not host.part.active
    assert (host.part.reads, host.part.writes) == (0, 1)


def test_an_overlay_takes_what_is_written_and_the_file_stays(image):
    before = os.stat(image).st_mtime_ns
    host = started(image, ":overlay")
    host.write(5, A)
    assert host.read(5) == A
    assert host.part.disk.changed == (5,)
    assert image.read_bytes() == bytes(512 * SECTORS)
    assert os.stat(image).st_mtime_ns == before
