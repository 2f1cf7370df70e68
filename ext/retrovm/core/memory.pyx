"""Memory: bytes that a bus lets the processor reach without asking anyone.

Memory of more than 64 KiB is saved as its blocks of 4 KiB that are not as at power-on; a smaller one whole.
A page of memory costs nothing but the access itself. The device interface of `Memory` serves the same bytes where a
page is watched, shared with another part, or written although it is read-only.
"""

from libc.stdint cimport uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcmp, memcpy, memset
from retrovm.core.types cimport likely

from retrovm.core.errors import ArgumentError, StateError


cdef inline uint32_t place(Memory memory, uint32_t addr) noexcept nogil:
    # A bus asks for nothing outside, and a division would take longer than all the rest of an access.
    return addr if likely(addr < memory.size) else addr % memory.size


cdef enum:
    BLOCK = 4096
    SAVED_WHOLE = 0x10000


cdef class Memory(Device):
    """Bytes at addresses from 0.

    Parameters
        name      as in every device
        size      in bytes, or `contents` gives it
        contents  what it holds at power-on; shorter than `size` is filled up with `fill`
        writable  False for ROM: writes of the machine are ignored, and only a poked one is part of a snapshot
        fill      the byte of the rest, 0 to 255
    """

    def __init__(self, str name, size=None, contents=b"", bint writable=True, int fill=0):
        super().__init__(name)
        contents = bytes(contents)
        size = len(contents) if size is None else size
        if not 0 < size <= 1 << 28:
            raise ArgumentError(f"memory {name}: a size of 1 byte to 256 MiB is possible, not {size}")
        if len(contents) > size:
            raise ArgumentError(f"memory {name}: {len(contents)} bytes do not fit into {size}")
        if not 0 <= fill <= 255:
            raise ArgumentError(f"memory {name}: fill is a byte, not {fill}")
        self.size = size
        self.writable = writable
        self.plain = True
        self.fill = fill
        self.contents = contents
        self.image = <const uint8_t *> <const char *> self.contents
        self.image_size = <uint32_t> len(contents)
        self.data = <uint8_t *> calloc(size, 1)
        if self.data == NULL:
            raise MemoryError
        self.restore()

    def __dealloc__(self):
        free(self.data)

    def __len__(self):
        return self.size

    def __bytes__(self):
        return (<char *> self.data)[:self.size]

    cdef uint8_t read(self, uint32_t addr, Access kind) noexcept nogil:
        return self.data[place(self, addr)]

    cdef void write(self, uint32_t addr, uint8_t value) noexcept nogil:
        if self.writable:
            self.data[place(self, addr)] = value

    cdef uint8_t peek(self, uint32_t addr) noexcept nogil:
        return self.data[place(self, addr)]

    cdef bint poke(self, uint32_t addr, uint8_t value) noexcept nogil:
        self.patched = self.patched or (not self.writable and self.data[place(self, addr)] != value)
        self.data[place(self, addr)] = value
        return True

    cdef void reset(self, bint power_on) noexcept nogil:
        if power_on and not self.patched:
            self.restore()

    cdef uint32_t blocks(self) noexcept nogil:
        return (self.size + BLOCK - 1) // BLOCK

    cdef uint32_t block_size(self, uint32_t start) noexcept nogil:
        return min(<uint32_t> BLOCK, self.size - start)

    cdef bint untouched(self, uint32_t start) noexcept nogil:
        """Whether the block that begins at `start` is as at power-on."""
        cdef uint32_t imaged = 0 if start >= self.image_size else min(self.block_size(start), self.image_size - start)
        cdef uint32_t filled = self.block_size(start) - imaged
        cdef const uint8_t *rest = self.data + start + imaged
        if imaged and memcmp(self.data + start, self.image + start, imaged):
            return False
        return filled == 0 or (rest[0] == self.fill and memcmp(rest, rest + 1, filled - 1) == 0)

    cdef void restore(self) noexcept nogil:
        """Gives every byte what it has at power-on. The host keeps no memory for what was never written."""
        cdef uint32_t block, start, imaged
        for block in range(self.blocks()):
            start = block * BLOCK
            if not self.untouched(start):
                imaged = 0 if start >= self.image_size else min(self.block_size(start), self.image_size - start)
                memcpy(self.data + start, self.image + start, imaged)
                memset(self.data + start + imaged, self.fill, self.block_size(start) - imaged)

    cdef bytes changes(self):
        """The blocks that are not as at power-on, each behind its number as 4 bytes, little-endian, in order."""
        cdef uint32_t block, start
        found = []
        for block in range(self.blocks()):
            start = block * BLOCK
            if not self.untouched(start):
                found += [int(block).to_bytes(4, "little"), self.data[start:start + self.block_size(start)]]
        return b"".join(found)

    cdef int change(self, bytes found, bint loading) except -1:
        """Takes over what `changes` gave, or only checks that it could."""
        cdef const uint8_t *source = <const uint8_t *> <const char *> found
        cdef size_t at = 0, size = len(found)
        cdef uint64_t start, least = 0
        if loading:
            self.restore()
        while at < size:
            start = self.size
            if size - at > 4:
                start = <uint64_t> BLOCK * int.from_bytes(found[at:at + 4], "little")
            at += 4
            if start < least or start >= self.size or size - at < self.block_size(<uint32_t> start):
                raise StateError(f"{self.name}.changes: byte {at - 4} of {size} does not begin a block of this memory "
                                 f"of {self.size} bytes")
            if loading:
                memcpy(self.data + start, source + at, self.block_size(<uint32_t> start))
            at += self.block_size(<uint32_t> start)
            least = start + BLOCK
        return 0

    cdef int sync(self, State state) except -1:
        cdef bytes found
        Device.sync(self, state)
        if self.writable and self.size <= SAVED_WHOLE:
            return state.block("data", self.data, self.size)
        if self.writable:
            return self.change(state.blob("changes", self.changes()), state.loading)
        # A ROM is part of the machine, not of its state, until somebody pokes it.
        found = state.blob("patched", bytes(self) if self.patched else b"")
        if len(found) not in (0, self.size):
            raise StateError(f"{self.name}.patched: a ROM of {self.size} bytes cannot become {len(found)} bytes")
        if state.loading:
            self.patched = len(found) != 0
            if self.patched:
                memcpy(self.data, <const char *> found, self.size)
            else:
                self.reset(True)
        return 0
