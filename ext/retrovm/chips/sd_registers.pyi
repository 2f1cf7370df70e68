def checksum7(data: bytes) -> int:
    """The CRC7 of a command or register: x^7 + x^3 + 1, from 0 on."""

def checksum16(data: bytes) -> int:
    """The CRC16 of a data block: x^16 + x^12 + x^5 + 1, from 0 on."""

def csd_of(sectors: int, high_capacity: bool, read_only: bool) -> bytes:
    """The CSD of a card with so many sectors: the largest capacity that its fields can say and the card has."""

def cid_of(serial: int) -> bytes:
    """The CID of a card with this serial number, of 32 bits."""
