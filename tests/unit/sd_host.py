"""The host's end of an SD card's SPI bus, bit by bit, written from the specification without the card's code."""

from retrovm.chips.sd_card import SdCard
from retrovm.core.clock import Clock
from retrovm.core.pins import Pins

LINES = ("cs", "sclk", "di", "do")


def crc(data, polynomial, width):
    """The remainder of a message, most significant bit first, from 0 on."""
    value = 0
    for byte in data:
        for bit in range(7, -1, -1):
            top = value >> (width - 1) & 1
            value = (value << 1) & ((1 << width) - 1)
            if top ^ (byte >> bit & 1):
                value ^= polynomial
    return value


def crc7(data):
    return crc(data, 0x09, 7)


def crc16(data):
    return crc(data, 0x1021, 16)


def frame(command, argument=0):
    """The six bytes of a command."""
    head = bytes([0x40 | command]) + argument.to_bytes(4, "big")
    return head + bytes([crc7(head) << 1 | 1])


class Refused(Exception):
    """The card has answered with an error: R1, a data response or a data error token."""

    def __init__(self, what, value):
        super().__init__(f"{what} ${value:02X}")
        self.value = value


class Host:
    """Four lines and what a host does with them. `mode` 3 lets SCLK rest high."""

    def __init__(self, pins=None, mode=0):
        self.pins = Pins(Clock(1_000_000), "spi", LINES) if pins is None else pins
        self.rest = mode == 3
        self.pins["cs"], self.pins["sclk"], self.pins["di"] = True, self.rest, True

    def card(self, disk, **options):
        wires = {line: (self.pins, line) for line in LINES}
        return SdCard("card", disk, **wires, **options)

    # --- bits and bytes

    def bit(self, level):
        if self.rest:
            self.pins["sclk"] = False
        self.pins["di"] = bool(level)
        if not self.rest:
            found = self.pins["do"]
            self.pins["sclk"] = True
            self.pins["sclk"] = False
        else:
            found = self.pins["do"]
            self.pins["sclk"] = True
        return found

    def exchange(self, value=0xFF):
        found = 0
        for bit in range(7, -1, -1):
            found = found << 1 | self.bit(value >> bit & 1)
        return found

    def send(self, data):
        return bytes(self.exchange(value) for value in data)

    def receive(self, count):
        return bytes(self.exchange() for _ in range(count))

    def select(self):
        self.pins["cs"] = False

    def deselect(self):
        self.pins["cs"] = True

    # --- commands

    def clocks(self, count=80):
        for _ in range(count):
            self.bit(1)

    def response(self, limit=9):
        """R1, and how many bytes it took."""
        for delay in range(limit):
            value = self.exchange()
            if value != 0xFF:
                return value, delay
        raise TimeoutError("no response")

    def command(self, command, argument=0, more=0):
        """R1; with `more`, and so many bytes behind it."""
        self.send(frame(command, argument))
        if command == 12:
            self.exchange()                # sdspec 7.3.1.3: a stuff byte
        value, _ = self.response()
        return (value, self.receive(more)) if more else value

    def application(self, command, argument=0, more=0):
        self.command(55)
        return self.command(command, argument, more)

    def ready(self, limit=600):
        """Waits until the card is no longer busy. How many bytes it was."""
        for count in range(limit):
            if self.exchange() == 0xFF:
                return count
        raise TimeoutError("busy for ever")

    def start(self):
        """From power-on to the state in which blocks can be read. What the card is: "sdhc", "sdsc" or "sd1"."""
        self.clocks()
        self.select()
        assert self.command(0) == 0x01
        kind = "sd1"
        value, condition = self.command(8, 0x1AA, more=4)
        if value & 4 == 0:
            assert condition == b"\0\0\x01\xAA"
            kind = "sdsc"
        for _ in range(100):
            if self.application(41, 0x4000_0000 if kind != "sd1" else 0) == 0:
                break
        else:
            raise TimeoutError("never ready")
        value, ocr = self.command(58, more=4)
        assert value == 0
        assert ocr[0] & 0x80
        return "sdhc" if ocr[0] & 0x40 else kind

    def block(self, size=512, limit=300):
        """A data block with a right CRC."""
        for _ in range(limit):
            token = self.exchange()
            if token != 0xFF:
                break
        else:
            raise TimeoutError("no block")
        if token != 0xFE:
            raise Refused("token", token)
        data = self.receive(size)
        assert int.from_bytes(self.receive(2), "big") == crc16(data)
        return data

    def read(self, address, size=512):
        value = self.command(17, address)
        if value:
            raise Refused("R1", value)
        return self.block(size)

    def give(self, data, token=0xFE, check=None):
        """Sends a block. The data response, without its undefined bits."""
        self.send(b"\xFF" + bytes([token]) + data + (crc16(data) if check is None else check).to_bytes(2, "big"))
        return self.exchange() & 0x1F

    def write(self, address, data):
        value = self.command(24, address)
        if value:
            raise Refused("R1", value)
        value = self.give(data)
        if value != 0x05:
            raise Refused("data response", value)
        return self.ready()
