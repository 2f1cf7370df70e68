"""The checksums of an SD card, and the registers that say what it is."""

from libc.stdint cimport uint8_t, uint16_t, uint32_t


cdef uint8_t crc7(const uint8_t *data, int size) noexcept nogil
cdef uint16_t crc16(const uint8_t *data, int size) noexcept nogil
