"""The checksums of an SD card, and the registers that say what it is.

Sources: sdspec (4.5: CRC; 5.2: CID; 5.3.2 and 5.3.3: CSD of version 1 and 2).
"""

from retrovm.core.errors import ArgumentError

cdef object SECTOR = 512
cdef object LARGEST_C_SIZE = 4095      # sdspec 5.3.2
cdef object LARGEST_MULT = 7
cdef object UNIT = 1024                # sectors; sdspec 5.3.3: C_SIZE of a version 2 CSD counts 512 KiB
cdef object MOST_UNITS = 1 << 22
cdef object CCC = 0x115                # classes 0, 2, 4 and 8: basic, block read, block write, application specific


cdef uint8_t crc7(const uint8_t *data, int size) noexcept nogil:
    """x^7 + x^3 + 1, from 0 on; in bits 6 to 0."""
    cdef uint8_t crc = 0
    cdef int i, _
    for i in range(size):
        crc ^= data[i]
        for _ in range(8):
            crc = <uint8_t> ((crc & 0x7F) << 1 ^ (0x12 if crc & 0x80 else 0))
    return crc >> 1


cdef uint16_t crc16(const uint8_t *data, int size) noexcept nogil:
    """x^16 + x^12 + x^5 + 1, from 0 on. A byte at a time: what the polynomial does to eight bits at once."""
    cdef uint32_t crc = 0
    cdef uint32_t byte
    cdef int i
    for i in range(size):
        byte = crc >> 8 ^ data[i]
        byte ^= byte >> 4
        crc = (crc << 8 ^ byte << 12 ^ byte << 5 ^ byte) & 0xFFFF
    return <uint16_t> crc


def checksum7(bytes data not None):
    """The CRC7 of a command or register: x^7 + x^3 + 1, from 0 on."""
    return crc7(data, <int> len(data))


def checksum16(bytes data not None):
    """The CRC16 of a data block: x^16 + x^12 + x^5 + 1, from 0 on."""
    return crc16(data, <int> len(data))


cdef bytes register(tuple fields):
    """The 16 bytes of (value, bits), from bit 127 on, with their CRC7 and the last bit behind them."""
    bits = value = 0
    for content, width in fields:
        value = value << width | content
        bits += width
    assert bits == 120
    head = value.to_bytes(15, "big")
    return head + bytes([checksum7(head) << 1 | 1])


def csd_of(sectors, high_capacity, read_only):
    """The CSD of a card with so many sectors: the largest capacity that its fields can say and the card has.

    Raises `ArgumentError` for a number of sectors that no such card can have.
    """
    # sdspec 5.3.2: TAAC 1 ms, NSAC 0, TRAN_SPEED 25 MHz
    timing = ((0x0E, 8), (0, 8), (0x32, 8), (CCC, 12))
    # ERASE_BLK_EN 1, SECTOR_SIZE 128 blocks, WP_GRP_SIZE 0, WP_GRP_ENABLE 0, reserved, R2W_FACTOR 4, WRITE_BL_LEN,
    # WRITE_BL_PARTIAL 0, reserved, FILE_FORMAT_GRP, COPY, PERM_WRITE_PROTECT, TMP_WRITE_PROTECT, FILE_FORMAT, reserved
    if high_capacity:
        units = sectors // UNIT
        if not 1 <= units <= MOST_UNITS:
            raise ArgumentError(f"an SDHC card has {UNIT:,} to {UNIT * MOST_UNITS:,} sectors of {SECTOR} bytes, "
                                f"not {sectors:,}")
        # READ_BL_LEN 9, READ_BL_PARTIAL, WRITE_BLK_MISALIGN, READ_BLK_MISALIGN, DSR_IMP, reserved, C_SIZE, reserved
        size = ((9, 4), (0, 4), (0, 6), (units - 1, 22), (0, 1))
        structure, length = 1, 9
    else:
        structure = 0
        length, size = standard_size(sectors)
    return register(((structure, 2), (0, 6), *timing, *size, (1, 1), (0x7F, 7), (0, 7), (0, 1), (0, 2), (2, 3), (length, 4),
                     (0, 1), (0, 5), (0, 1), (0, 1), (0, 1), (bool(read_only), 1), (0, 2), (0, 2)))


cdef tuple standard_size(object sectors):
    """READ_BL_LEN, and the fields from it to C_SIZE_MULT, of a version 1 CSD."""
    for length in (9, 10, 11):
        blocks = sectors >> (length - 9)
        for mult in range(LARGEST_MULT + 1):
            count = blocks >> (mult + 2)
            if 1 <= count <= LARGEST_C_SIZE + 1:
                # READ_BL_PARTIAL 1, no misalignment, DSR_IMP 0, reserved, C_SIZE, the currents, C_SIZE_MULT
                return length, ((length, 4), (8, 4), (0, 2), (count - 1, 12), (0xFFF, 12), (mult, 3))
    raise ArgumentError(f"a standard capacity SD card has 4 to {(LARGEST_C_SIZE + 1) << (LARGEST_MULT + 4):,} sectors of "
                        f"{SECTOR} bytes, not {sectors:,}")


def cid_of(serial):
    """The CID of a card with this serial number, of 32 bits."""
    # MID, OID, PNM, PRV 1.0, PSN, reserved, MDT: January 2024
    return register(((0, 8), (int.from_bytes(b"RV", "big"), 16), (int.from_bytes(b"RETRO", "big"), 40), (0x10, 8),
                     (serial, 32), (0, 4), (24, 8), (1, 4)))
