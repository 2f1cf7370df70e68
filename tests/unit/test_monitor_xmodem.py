"""MON65 and XMODEM: blocks with sums and with CRCs, in both directions, over a line that errs."""

from binascii import crc_hqx

import pytest

import retrovm

SOH, EOT, ACK, NAK, CAN, SUB = 1, 4, 6, 0x15, 0x18, 0x1A
BLOCK = 128


@pytest.fixture(params=["sbc6502", "eater"])
def vm(request):
    vm = retrovm.create(request.param, fill=0)
    until(vm, b"\n> ")
    return vm


def until(vm, end, most=900):
    """What the monitor sends, up to its last bytes `end`."""
    got = b""
    for _ in range(most):
        vm.tick()
        got += vm.serial.receive()
        if got.endswith(end):
            return got
    raise AssertionError(f"{end!r} did not come; this did: {got!r}")


def begin(vm, command, last):
    """Gives a command, and returns when the monitor has said what it waits for; and asked, if `last` is its asking."""
    vm.serial.send(command + b"\r")
    return until(vm, last)


def block(number, data, *, crc=True):
    check = crc_hqx(data, 0).to_bytes(2) if crc else bytes([sum(data) & 0xFF])
    return bytes([SOH, number & 0xFF, ~number & 0xFF]) + data + check


def blocks(content, *, crc=True):
    padded = content + bytes([SUB]) * (-len(content) % BLOCK)
    return [block(1 + at // BLOCK, padded[at:at + BLOCK], crc=crc) for at in range(0, len(padded), BLOCK)]


CONTENT = bytes((i * 7 + (i >> 8)) & 0xFF for i in range(1000))       # with bytes of 3, which are no ^C here


@pytest.mark.parametrize("crc", [True, False])
def test_a_file_arrives_in_blocks(vm, crc):
    begin(vm, b"xload 1000", b"C" if crc else bytes([NAK]))
    for each in blocks(CONTENT, crc=crc):
        vm.serial.send(each)
        until(vm, bytes([ACK]))
    vm.serial.send(bytes([EOT]))
    assert b"1024 bytes loaded, 1000.13FF\r\n" in until(vm, b"\n> ")
    assert vm.memory[0x1000:0x1000 + len(CONTENT)] == CONTENT
    assert vm.memory[0x1000 + len(CONTENT):0x1400] == bytes([SUB]) * 24


def test_a_wrong_block_is_asked_for_again_and_not_stored(vm):
    begin(vm, b"xload 1000", b"C")
    right = block(1, CONTENT[:BLOCK])
    for at in (1, 2, 50, BLOCK + 4):                     # its number, the complement, a byte, the CRC
        wrong = bytearray(right)
        wrong[at] ^= 0x40
        vm.serial.send(bytes(wrong))
        until(vm, bytes([NAK]))
        assert vm.memory[0x1000:0x1000 + BLOCK] == bytes(BLOCK)
    vm.serial.send(right[:100])                          # and the rest never comes
    until(vm, bytes([NAK]))
    vm.serial.send(right)
    until(vm, bytes([ACK]))
    assert vm.memory[0x1000:0x1000 + BLOCK] == CONTENT[:BLOCK]


def test_a_block_that_comes_twice_is_stored_once(vm):
    begin(vm, b"xload 1000", b"C")
    first, second = blocks(CONTENT[:2 * BLOCK])
    for each in (first, first, second):
        vm.serial.send(each)
        until(vm, bytes([ACK]))
    vm.serial.send(bytes([EOT]))
    assert b"256 bytes loaded, 1000.10FF\r\n" in until(vm, b"\n> ")
    assert vm.memory[0x1000:0x1100] == CONTENT[:2 * BLOCK]


def test_a_missing_block_ends_the_transfer(vm):
    begin(vm, b"xload 1000", b"C")
    first, _, third = blocks(CONTENT[:3 * BLOCK])
    vm.serial.send(first)
    until(vm, bytes([ACK]))
    vm.serial.send(third)
    told = until(vm, b"\n> ")
    assert told.startswith(bytes([CAN, CAN]))
    assert b"? a block is missing\r\n" in told


@pytest.mark.parametrize("address", [b"below", b"60", b"c000", b"ffc0"])
def test_what_is_not_the_program_s_is_not_loaded_over(vm, address):
    last = 0x3BFF if vm.spec.id == "eater" else 0x7BFF
    if address == b"below":
        address = b"%x" % (last - 126)
    before = vm.memory[0:0x10000]
    begin(vm, b"xload " + address, b"C")
    vm.serial.send(block(1, CONTENT[:BLOCK]))
    assert b" is the monitor's or no RAM\r\n" in until(vm, b"\n> ")
    assert vm.memory[last - 255:last + 1] == before[last - 255:last + 1]


@pytest.mark.parametrize(("sent", "told"), [(b"\x03", b"? ^C\r\n"), (bytes([CAN]), b"? the sender gave up\r\n")])
def test_each_side_can_give_up_before_the_first_block(vm, sent, told):
    begin(vm, b"xload 1000", b"C")
    vm.serial.send(sent)
    assert told in until(vm, b"\n> ")


def test_a_line_on_which_nobody_sends_is_given_up_in_the_end(vm):
    begin(vm, b"xload 1000", b"C")
    told = until(vm, b"\n> ", most=6000)
    assert told.count(b"C") == 3                         # and one that `begin` has seen; then the sums are asked for
    assert told.count(NAK) == 16
    assert b"? no sender, or too many errors\r\n" in told


@pytest.mark.parametrize("crc", [True, False])
def test_memory_is_sent_in_blocks(vm, crc):
    vm.memory[0x2000:0x2000 + len(CONTENT)] = CONTENT
    begin(vm, b"xsave 2000+3e8", b"gives up\r\n")
    answer = b"C" if crc else bytes([NAK])
    for expected in blocks(CONTENT, crc=crc):
        vm.serial.send(answer)
        assert until(vm, expected) == expected
        answer = bytes([ACK])
    vm.serial.send(answer)
    assert until(vm, bytes([EOT])) == bytes([EOT])
    vm.serial.send(answer)
    assert b"sent\r\n" in until(vm, b"\n> ")


def test_a_block_is_sent_again_when_it_is_asked_for_and_when_no_answer_comes(vm):
    vm.memory[0x2000:0x2080] = CONTENT[:BLOCK]
    begin(vm, b"xsave 2000+80", b"gives up\r\n")
    expected = block(1, CONTENT[:BLOCK])
    for asked in (b"C", bytes([NAK]), b""):
        vm.serial.send(asked)
        assert until(vm, expected) == expected
    vm.serial.send(bytes([CAN]))
    assert b"? the receiver gave up\r\n" in until(vm, b"\n> ")
